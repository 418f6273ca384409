package specfile

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// doubts finds what the compiler takes and nobody may have meant.
func (d *draft) doubts() {
	d.messageDoubts()
	for _, key := range sortedKeys(d.def.Fields) {
		if f := d.def.Fields[key]; f != nil {
			d.fieldDoubts(key, f, nil)
			en, zh := sensitiveField(key)
			d.classDoubts(key, f, en, zh)
		}
	}
	d.presenceDoubts()
	d.nameDoubts()
}

// presenceDoubts looks at what types of messages must have.
func (d *draft) presenceDoubts() {
	for _, mti := range slices.Sorted(maps.Keys(d.def.MTI)) {
		at := d.at("", "mti."+mti)
		if _, err := iso8583.ParseMTI(mti); err != nil {
			d.warnf("", at, "mti %s: a message type has 4 digits", "mti %s:报文类型为 4 位数字", shown(mti))
		}
		p := d.def.MTI[mti]
		for _, num := range slices.Concat(p.Required, p.Recommended, p.Forbidden) {
			if !hasNumber(d.def.Fields, strconv.Itoa(num)) {
				d.warnf("", at, "mti %s: field %d is not defined", "mti %s:域 %d 没有定义", shown(mti), num)
			}
		}
	}
}

// messageDoubts looks at what all messages have.
func (d *draft) messageDoubts() {
	if f := d.def.Fields["0"]; f != nil && f.Length != 4 {
		d.warnf("0", d.at("0", "length"), "length %d: a message type has 4 digits", "长度 %d:报文类型为 4 位数字", f.Length)
	}
	if f := d.def.Fields["1"]; f != nil && f.Type == "Bitmap" && f.Length == 16 && !f.DisableAutoExpand {
		d.warnf("1", d.at("1", "length"), "length 16: every message has 128 bits, and a first bit that is set announces 128 more; the standard has 8, and 8 more where the first bit is set",
			"长度 16:每个报文都有 128 位，首位为 1 表示还有 128 位；标准为 8 字节，首位为 1 时再加 8 字节")
	}
	keys := sortedKeys(d.def.Fields)
	for i, key := range keys {
		if f := d.def.Fields[key]; f != nil && f.Prefix == "None.Fixed" && i+1 < len(keys) && key != "0" && key != "1" {
			d.warnf(key, d.at(key, "prefix"), "None.Fixed takes the rest of the message: fields behind it get nothing", "None.Fixed 占用报文剩余部分:其后的域没有内容")
		}
	}
}

// fieldDoubts looks at one element and what is in it.
func (d *draft) fieldDoubts(path string, f, in *iso8583.Field) {
	if most := prefixMost(f.Prefix); most > 0 && f.Length > most {
		d.warnf(path, d.at(path, "length"), "length %d: the prefix %s can tell at most %d", "长度 %d:前缀 %s 最多表示 %d", f.Length, f.Prefix, most)
	}
	if (f.Enc == "BCD" || f.Enc == "LBCD") && strings.Contains(" a an anp ns ans ", " "+f.Content+" ") && f.Content != "" {
		d.warnf(path, d.at(path, "content"), "content %s in %s: packed digits hold no letters", "内容 %s 使用 %s:压缩数字不能存放字母", f.Content, f.Enc)
	}
	if f.Length == 0 && f.Type != "Composite" && f.Type != "Bitmap" && f.Prefix != "BerTLV" && f.Prefix != "None.Fixed" {
		d.warnf(path, d.at(path, "length"), "length 0: it can hold nothing", "长度 0:无法存放内容")
	}
	whole := fixedBytes(f)
	if in != nil && in.Length > 0 && whole > in.Length {
		d.warnf(path, d.at(path, "length"), "%d bytes: longer than the %d bytes of the field that it is in", "%d 字节:超过所在域的 %d 字节", whole, in.Length)
	}
	if f.Type == "Composite" {
		d.insideDoubts(path, f)
	}
}

// prefixMost is the greatest length that a prefix tells, or 0 for any.
func prefixMost(prefix string) int {
	family, ls, _ := strings.Cut(prefix, ".")
	if ls == "" || strings.Trim(ls, "L") != "" || len(ls) > 6 {
		return 0
	}
	base := 10
	if family == "Hex" || family == "Binary" {
		base = 256
	}
	most := 1
	for range len(ls) {
		most *= base
	}
	return most - 1
}

// insideDoubts looks at the subfields of a composite.
func (d *draft) insideDoubts(path string, f *iso8583.Field) {
	if len(f.Subfields) == 0 {
		d.warnf(path, d.at(path, ""), "a composite without subfields: moov takes it for a plain field", "没有子域的组合域:moov 视为普通域")
	}
	positional := f.Tag != nil && f.Tag.Enc == "" && f.Bitmap == nil && f.Content != "x+n"
	sum := 0
	for _, key := range sortedKeys(f.Subfields) {
		kid, inner := f.Subfields[key], join(path, key)
		if kid == nil {
			continue
		}
		d.fieldDoubts(inner, kid, f)
		if f.Tag != nil {
			d.tagDoubts(inner, key, f.Tag)
		}
		if f.Tag != nil && f.Tag.Enc == "BerTLVTag" {
			en, zh := sensitiveTag(key)
			d.classDoubts(inner, kid, en, zh)
		}
		if n, _ := strconv.Atoi(key); f.Bitmap != nil && !f.Bitmap.Dataset && n > 8*max(f.Bitmap.Length, 0) && f.Bitmap.Length > 0 {
			d.warnf(inner, d.at(inner, ""), "the bitmap has %d bits: this subfield is never announced", "位图只有 %d 位:该子域不会出现", 8*f.Bitmap.Length)
		}
		sum += fixedBytes(kid)
	}
	if positional && f.Length > 0 && sum > f.Length && strings.HasSuffix(f.Prefix, ".Fixed") && f.Prefix != "None.Fixed" {
		d.warnf(path, d.at(path, "length"), "length %d: its subfields take at least %d bytes", "长度 %d:其子域至少需要 %d 字节", f.Length, sum)
	}
}

// fixedBytes is what an element takes at least.
func fixedBytes(f *iso8583.Field) int {
	if !strings.HasSuffix(f.Prefix, ".Fixed") || f.Prefix == "None.Fixed" || f.Length > lengthMost/256 {
		return 0
	}
	switch f.Enc {
	case "BCD", "LBCD":
		return (f.Length + 1) / 2
	case "HexToASCII", "HexToEBCDIC":
		return 2 * f.Length
	}
	return f.Length
}

// tagDoubts finds keys that no tag on the wire can be.
func (d *draft) tagDoubts(path, key string, t *iso8583.Tag) {
	if t.Enc == "" || t.Enc == "BerTLVTag" || t.Enc == "Binary" || t.Enc == "ASCIIToHex" {
		return
	}
	padded := t.Padding != nil && t.Padding.Type != "None" && t.Padding.Pad != ""
	switch {
	case len(key) > t.Length:
		d.warnf(path, d.at(path, ""), "a tag of %d characters where tags have %d: it never comes", "标签有 %d 个字符，而规定为 %d 个:不会出现", len(key), t.Length)
	case len(key) < t.Length && !padded:
		d.warnf(path, d.at(path, ""), "a tag of %d characters where tags have %d, and no padding for the rest: it never comes", "标签有 %d 个字符，而规定为 %d 个且没有填充:不会出现", len(key), t.Length)
	case padded && t.Padding.Type == "Left" && strings.HasPrefix(key, t.Padding.Pad):
		d.warnf(path, d.at(path, ""), "the padding is taken off tags: write this one without %q in front", "标签会去掉填充:请去掉前面的 %q", t.Padding.Pad)
	}
}

// sensitiveField is what the standard puts in a field of the message that must not be
// shown, or nothing.
func sensitiveField(key string) (en, zh string) {
	switch meant(key) {
	case "2", "34":
		return "a card number", "卡号"
	case "14":
		return "an expiry date", "有效期"
	case "35", "36", "45":
		return "a track", "磁道"
	case "52":
		return "a PIN block", "PIN 块"
	case "55":
		return "card data of EMV", "EMV 卡数据"
	case "102", "103":
		return "an account number", "账号"
	}
	return "", ""
}

// sensitiveTag is the same of EMV data objects.
func sensitiveTag(key string) (en, zh string) {
	switch strings.ToUpper(key) {
	case "5A":
		return "a card number", "卡号"
	case "57", "9F6B", "56", "9F1F", "9F20":
		return "a track", "磁道"
	case "5F20", "9F0B":
		return "a cardholder's name", "持卡人姓名"
	case "5F24":
		return "an expiry date", "有效期"
	case "99":
		return "a PIN block", "PIN 块"
	}
	return "", ""
}

// classDoubts finds a class that shows what must not be shown (PCI DSS 4, 3.3 and 3.4).
func (d *draft) classDoubts(path string, f *iso8583.Field, en, zh string) {
	if f.Class == "open" && en != "" {
		d.warnf(path, d.at(path, "class"), "class open: it holds %[1]s, which would be shown", "class 为 open:其中是%[2]s，将会显示", en, zh)
	}
}

// nameDoubts finds elements with a name in one language only. Where a language has no
// name at all, that is said once.
func (d *draft) nameDoubts() {
	var missing [2][]string
	named := [2]bool{}
	d.eachName("", d.def.Fields, func(path string, f *iso8583.Field) {
		for i, name := range []string{f.Description, f.Zh} {
			if name == "" {
				missing[i] = append(missing[i], path)
			} else {
				named[i] = true
			}
		}
	})
	for i, paths := range missing {
		en, zh := "no description: it has no English name", "缺少 description:没有英文名称"
		allEn, allZh := "no field has an English name (description)", "所有域都没有英文名称(description)"
		if i == 1 {
			en, zh = "no zh: it has no Chinese name", "缺少 zh:没有中文名称"
			allEn, allZh = "no field has a Chinese name (zh)", "所有域都没有中文名称(zh)"
		}
		if !named[i] && len(paths) > 0 {
			d.warnf("", d.start, "%[1]s", "%[2]s", allEn, allZh)
			continue
		}
		for _, path := range paths {
			d.warnf(path, d.at(path, ""), "%[1]s", "%[2]s", en, zh)
		}
	}
}

// eachName visits the elements of a message that have a name.
func (d *draft) eachName(path string, fields iso8583.Fields, visit func(string, *iso8583.Field)) {
	for _, key := range sortedKeys(fields) {
		f := fields[key]
		if f == nil {
			continue
		}
		visit(join(path, key), f)
		d.eachName(join(path, key), f.Subfields, visit)
	}
}
