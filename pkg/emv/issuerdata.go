package emv

import (
	"fmt"
	"strconv"
)

// issuerAuthentication says issuer authentication data (EMV 4.4 Book 2, 8.2): a cryptogram
// of eight bytes and a response code, or a cryptogram of four and card status updates.
func (x explainer) issuerAuthentication(v []byte) []string {
	if len(v) == 10 {
		return append([]string{pick(x.lang, "Response cryptogram (ARPC): ", "授权响应密文（ARPC）：") + upperHex(v[:8])}, x.responseCode(v[8:])...)
	}
	if len(v) < 8 {
		return nil
	}
	said := []string{pick(x.lang, "Response cryptogram (ARPC): ", "授权响应密文（ARPC）：") + upperHex(v[:4])}
	said = append(said, flagsSaid(flagsCcdCsu, v[4:8], x.lang)...)
	if v[5]&0x10 != 0 {
		said = append(said, fmt.Sprintf(pick(x.lang, "PIN tries: %d", "PIN 尝试次数：%d"), v[4]&0x0F))
	}
	if len(v) > 8 {
		said = append(said, pick(x.lang, "Proprietary: ", "专有数据：")+upperHex(v[8:]))
	}
	return said
}

// responseCode says the two bytes behind a cryptogram: characters of a response code, or
// bits of Mastercard's.
func (x explainer) responseCode(v []byte) []string {
	if en, _ := sayResponseCode(v); en != "" {
		return []string{strconv.Quote(string(v)) + " " + x.said(sayResponseCode, string(v))}
	}
	if isAlphaNum(v[0]) && isAlphaNum(v[1]) {
		return []string{pick(x.lang, "Response code ", "响应码 ") + strconv.Quote(string(v))}
	}
	return []string{pick(x.lang, "Response code of M/Chip: ", "M/Chip 响应码：") + upperHex(v)}
}

func isAlphaNum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// scriptResults says issuer script results, five bytes a script (EMV 4.4 Book 4, annex A5).
func (x explainer) scriptResults(v []byte) []string {
	if len(v)%5 != 0 {
		return nil
	}
	var said []string
	for ; len(v) > 0; v = v[5:] {
		line := fmt.Sprintf(pick(x.lang, "Script %X: ", "脚本 %X："), v[1:5])
		switch v[0] >> 4 {
		case 0:
			line += pick(x.lang, "not performed", "未执行")
		case 1:
			line += x.failedCommand(v[0] & 15)
		case 2:
			line += pick(x.lang, "successful", "成功")
		default:
			line += fmt.Sprintf("%02X", v[0]) + pick(x.lang, " (reserved)", "（保留）")
		}
		said = append(said, line)
	}
	return said
}

// failedCommand says which command of a script failed; 15 stands for that and all behind.
func (x explainer) failedCommand(n byte) string {
	switch n {
	case 0:
		return pick(x.lang, "failed", "失败")
	case 15:
		return pick(x.lang, "command 15 or a later one failed", "第 15 条或之后的命令失败")
	}
	return fmt.Sprintf(pick(x.lang, "command %d failed", "第 %d 条命令失败"), n)
}

// scriptCommand names the command of a script, and the data object that it puts. The data
// of the command stays hidden: it may be a PIN.
func (x explainer) scriptCommand(v []byte) []string {
	if len(v) < 4 {
		return nil
	}
	said := commandName(v[1], x.lang)
	if v[1] != insPutData {
		return []string{said}
	}
	tag := Tag(v[2])<<8 | Tag(v[3])
	if v[2]&0x1F != 0x1F {
		tag = Tag(v[2])
		if v[2] == 0 {
			tag = Tag(v[3])
		}
	}
	if e, known := lookupScheme(tag, x.scheme); known {
		return []string{said + " " + tag.String() + " " + e.Name(x.lang)}
	}
	return []string{said + " " + tag.String()}
}

// insPutData is the instruction byte of PUT DATA.
const insPutData = 0xDA
