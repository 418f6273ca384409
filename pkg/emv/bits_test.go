package emv_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// One line a value: tag, value, and what its bits say in English (EMV 4.4 Book 3, annex
// C; Book 4, annex A).
func TestBits(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(`
82    1C00        Cardholder verification supported | Terminal risk management to be performed | Issuer authentication by EXTERNAL AUTHENTICATE supported
82    5900        Static data authentication (SDA) supported | Cardholder verification supported | Terminal risk management to be performed | Combined data authentication (CDA) supported
95    0000000000
95    8080001000  Offline data authentication was not performed | Card and terminal have different application versions | Selected at random for online processing
95    0000000010  Script failed after the final GENERATE AC
95    0004000000  Byte 2 bit 3 (reserved)
95    0100000000  Extended data authentication (XDA) selected
9F0D  8000000000  Offline data authentication was not performed
9F0E  0010000000  Requested service not allowed for this card product
9F0F  0000000800  Merchant forced the transaction online
9B    E800        Offline data authentication was performed | Cardholder verification was performed | Card risk management was performed | Terminal risk management was performed
9B    0001        Byte 2 bit 1 (reserved)
9F07  FF00        Valid for domestic cash | Valid for international cash | Valid for domestic goods | Valid for international goods | Valid for domestic services | Valid for international services | Valid at ATMs | Valid at terminals other than ATMs
9F27  00          Cryptogram type: AAC (declined)
9F27  01          Cryptogram type: AAC (declined) | Reason: service not allowed
9F27  40          Cryptogram type: TC (approved)
9F27  88          Cryptogram type: ARQC (go online) | Advice required
9F33  2028C8      Chip with contacts | Signature on paper | No cardholder verification required | Static data authentication (SDA) | Dynamic data authentication (DDA) | Combined data authentication (CDA)
9F40  8000000001  Cash | Code table 1
9F02  000000000001
`), "\n") {
		fields := strings.Fields(line)
		tag, err := emv.ParseTag(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Join(fields[2:], " ")
		if got := strings.Join(emv.Bits(tag, unhex(fields[1]), "en"), " | "); got != want {
			t.Errorf("%s %s: %s\nwant %s", fields[0], fields[1], got, want)
		}
		if len(emv.Bits(tag, unhex(fields[1]), "zh")) != len(emv.Bits(tag, unhex(fields[1]), "en")) {
			t.Errorf("%s %s: the languages say different numbers of bits", fields[0], fields[1])
		}
	}
}

// The tables hold the numbers of bits that the books define, each in both languages, and
// no bit twice.
func TestFlagTables(t *testing.T) {
	for tag, want := range map[emv.Tag]struct{ bytes, flags int }{
		emv.TagAIP: {2, 8}, emv.TagTVR: {5, 37}, emv.TagTSI: {2, 6}, emv.TagAUC: {2, 10}, emv.TagCID: {1, 8},
		emv.TagTerminalCapabilities: {3, 16}, emv.TagAdditionalCapabilities: {5, 27}, 0x9F66: {4, 17}, 0x9F6C: {2, 10},
		0x9F1D: {8, 18}, 0xDF8121: {5, 37},
	} {
		flags := emv.Flags(tag, make([]byte, want.bytes))
		if len(flags) != want.flags {
			t.Errorf("%s: %d flags, want %d", tag, len(flags), want.flags)
		}
		seen := map[string]bool{}
		for _, f := range flags {
			key := fmt.Sprint(f.Byte, f.Mask, f.Value)
			if seen[key] || f.Byte < 1 || f.Byte > want.bytes || f.Value&^f.Mask != 0 || f.Text("en") == "" || !hasHan(f.Text("zh")) {
				t.Errorf("%s: flag %+v, %q", tag, f, f.Text("zh"))
			}
			seen[key] = true
		}
	}
}

// The whole of a table is a grid: what is set and what is not, in order.
func TestFlagsGrid(t *testing.T) {
	flags := emv.Flags(emv.TagTVR, unhex("8000008000"))
	var set []string
	for _, f := range flags {
		if f.Set {
			set = append(set, fmt.Sprintf("%d/%02X", f.Byte, f.Mask))
		}
	}
	if want := []string{"1/80", "4/80"}; !slices.Equal(set, want) {
		t.Errorf("set: %v, want %v", set, want)
	}
	if emv.Flags(emv.TagPAN, nil) != nil {
		t.Error("a card number has bits")
	}
}

func TestBitsOfShortAndLongValues(t *testing.T) {
	if got := emv.Bits(emv.TagTVR, unhex("80"), "en"); len(got) != 1 {
		t.Errorf("short: %v", got)
	}
	got := emv.Bits(emv.TagTSI, unhex("000001"), "zh")
	if want := []string{"字节 3 位 1（保留）"}; !slices.Equal(got, want) {
		t.Errorf("long: %v, want %v", got, want)
	}
}

func TestStatusWords(t *testing.T) {
	for _, c := range []struct {
		sw     uint16
		en, zh string
	}{
		{0x9000, "Done", "成功"},
		{0x6126, "More data is ready", "还有响应数据"},
		{0x6283, "Selected file or application is blocked", "选择的文件或应用已锁定"},
		{0x63C2, "Verification failed, tries left: 2", "验证失败，剩余次数：2"},
		{0x6C1C, "Wrong length expected, the right one is said", "Le 错误，返回正确长度"},
		{0x6A83, "Record not found", "记录未找到"},
		{0x6A89, "File exists already", "文件已存在"},
		{0x6A8F, "Wrong parameters P1 P2", "参数 P1 P2 错误"},
		{0x62F1, "Warning, nothing changed", "警告，状态未变"},
		{0x6884, "Chains of commands not supported", "不支持命令链"},
		{0x1234, "Status word not known", "未知状态字"},
	} {
		if en, zh := emv.StatusWord(c.sw, "en"), emv.StatusWord(c.sw, "zh"); en != c.en || zh != c.zh {
			t.Errorf("%04X: %q, %q", c.sw, en, zh)
		}
	}
}
