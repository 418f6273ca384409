package specfile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// What the keys of an element may hold; see [iso8583.Field].
func typeNames() []string {
	return []string{"String", "Numeric", "Binary", "Hex", "Bitmap", "Composite", "Track1", "Track2", "Track3"}
}

func encodingNames() []string {
	return []string{"ASCII", "EBCDIC", "EBCDIC1047", "Binary", "HexToASCII", "HexToEBCDIC", "ASCIIToHex", "BCD", "LBCD"}
}

func classNames() []string {
	return []string{"pan", "account", "track", "pin", "cvv", "expiry", "name", "hidden", "open"}
}

func contentNames() []string {
	return []string{"n", "a", "an", "anp", "ns", "ans", "z", "x+n", "b"}
}

func prefixNames() []string {
	names := []string{"None.Fixed", "BerTLV"}
	for _, family := range []string{"ASCII", "BCD", "EBCDIC", "Hex", "Binary"} {
		for _, ls := range []string{"Fixed", "L", "LL", "LLL", "LLLL", "LLLLL", "LLLLLL"} {
			names = append(names, family+"."+ls)
		}
	}
	return names
}

// faults finds what the compiler will not take in a field of the message, and reports
// whether there is anything.
func (d *draft) faults(key string) bool {
	before := len(d.list)
	known := failure(d.under(key)) != nil
	f, at := d.def.Fields[key], d.at(key, "")
	num, err := strconv.Atoi(key)
	switch {
	case err != nil || num < 0 || num > 192:
		d.errorf(key, at, "no field number: want 0 to 192, three bitmaps of 64", "不是域号:应为 0 到 192(三个 64 位位图)")
	case f == nil && !known:
		d.errorf(key, at, "no definition", "没有定义")
	case f == nil:
	case num == 1 && f.Type != "Bitmap":
		d.errorf(key, d.at(key, "type"), "field 1 is the bitmap: want the type Bitmap", "域 1 是位图:类型应为 Bitmap")
	case num != 1 && f.Type == "Bitmap":
		d.errorf(key, d.at(key, "type"), "a bitmap can only be field 1; further ones follow it by themselves", "位图只能是域 1;后续位图会自动接续")
	}
	if f != nil {
		d.faultsOf(key, f, nil)
	}
	return known || len(d.list) > before
}

// under are the findings of an element and of what is in it.
func (d *draft) under(path string) []Finding {
	var list []Finding
	for _, f := range d.list {
		if f.Path == path || strings.HasPrefix(f.Path, path+".") {
			list = append(list, f)
		}
	}
	return list
}

// faultsOf finds what the compiler will not take in an element of a composite, or of
// the message where in is nil.
func (d *draft) faultsOf(path string, f, in *iso8583.Field) {
	if d.full(SeverityError) {
		return
	}
	if f == nil {
		d.errorf(path, d.at(path, ""), "no definition", "没有定义")
		return
	}
	d.named(path, "type", f.Type, typeNames())
	d.named(path, "prefix", f.Prefix, prefixNames())
	if f.Content != "" {
		d.named(path, "content", f.Content, contentNames())
	}
	if f.Class != "" {
		d.named(path, "class", f.Class, classNames())
	}
	if f.Length < 0 || f.Length > lengthMost {
		d.errorf(path, d.at(path, "length"), "length %d: want 0 to %d", "长度 %d:应为 0 到 %d", f.Length, lengthMost)
	}
	d.paddingFault(path, "padding", f.Padding)
	if in != nil && in.Tag != nil && in.Tag.Enc == "BerTLVTag" && f.Prefix != "BerTLV" {
		d.errorf(path, d.at(path, "prefix"), "an element of BER-TLV has the prefix BerTLV", "BER-TLV 元素的前缀应为 BerTLV")
	}
	switch {
	case f.Content == "x+n" && f.Type == "Composite":
		d.signedFault(path, f)
	case f.Type == "Composite":
		d.compositeFault(path, f)
	default:
		d.named(path, "enc", f.Enc, encodingNames())
		d.bitmapFault(path, f)
	}
}

// named holds a value to the names there are.
func (d *draft) named(path, key, value string, names []string) {
	if slices.Contains(names, value) {
		return
	}
	at := d.at(path, key)
	switch near := nearest(value, names); {
	case value == "":
		d.errorf(path, at, "no %s: want one of %s", "缺少 %s:应为以下之一 %s", key, strings.Join(names, ", "))
	case near != "":
		d.errorf(path, at, "unknown %s %s: did you mean %q?", "未知的 %s %s:是否想写 %q?", key, shown(value), near)
	default:
		d.errorf(path, at, "unknown %s %s: want one of %s", "未知的 %s %s:应为以下之一 %s", key, shown(value), strings.Join(names, ", "))
	}
}

func (d *draft) paddingFault(path, key string, p *iso8583.Padding) {
	if p == nil || p.Type == "None" {
		return
	}
	if p.Type != "Left" && p.Type != "Right" {
		d.named(path, key, p.Type, []string{"Left", "Right", "None"})
	}
	if len(p.Pad) != 1 || p.Pad[0] > 0x7F {
		d.errorf(path, d.at(path, key), "padding: want one ASCII character as pad, got %d bytes", "padding:pad 应为一个 ASCII 字符，实为 %d 字节", len(p.Pad))
	}
}

func (d *draft) bitmapFault(path string, f *iso8583.Field) {
	if f.Type != "Bitmap" {
		return
	}
	if f.Length > 32 {
		d.errorf(path, d.at(path, "length"), "bitmap of %d bytes: want 1 to 32", "位图 %d 字节:应为 1 到 32", f.Length)
	}
	if slices.Contains(encodingNames(), f.Enc) && f.Enc != "Binary" && f.Enc != "HexToASCII" && f.Enc != "HexToEBCDIC" && f.Enc != "ASCIIToHex" {
		d.errorf(path, d.at(path, "enc"), "a bitmap has the encoding Binary, HexToASCII or HexToEBCDIC", "位图的编码应为 Binary、HexToASCII 或 HexToEBCDIC")
	}
}

func (d *draft) signedFault(path string, f *iso8583.Field) {
	sign, digits := f.Subfields["1"], f.Subfields["2"]
	if sign == nil || digits == nil || len(f.Subfields) != 2 || sign.Enc != "ASCII" || sign.Length != 1 || digits.Enc != "BCD" {
		d.errorf(path, d.at(path, "content"), "x+n: want a subfield 1 of one ASCII character and a subfield 2 in BCD", "x+n:子域 1 应为一个 ASCII 字符，子域 2 应为 BCD")
		return
	}
	if digits.Length < 1 || digits.Length > lengthMost {
		inner := join(path, "2")
		d.errorf(inner, d.at(inner, "length"), "length %d: want 1 to %d", "长度 %d:应为 1 到 %d", digits.Length, lengthMost)
	}
}

// compositeFault finds what is wrong with how subfields are told apart, and in them.
func (d *draft) compositeFault(path string, f *iso8583.Field) {
	if f.Padding != nil && f.Padding.Type != "None" {
		d.errorf(path, d.at(path, "padding"), "a composite has no padding", "组合域没有填充")
	}
	switch {
	case f.Tag == nil && f.Bitmap == nil:
		d.errorf(path, d.at(path, ""), "a composite with neither tag nor bitmap: how are its subfields told apart? (a tag with no enc is one after the other)", "组合域既无 tag 也无 bitmap:无法区分子域(tag 不写 enc 表示依次排列)")
	case f.Tag != nil && f.Bitmap != nil:
		d.errorf(path, d.at(path, "bitmap"), "a composite has either a tag or a bitmap, not both", "组合域只能有 tag 或 bitmap 之一")
	case f.Bitmap != nil:
		d.innerBitmapFault(path, f.Bitmap)
	case f.Tag.Enc != "" && f.Tag.Enc != "BerTLVTag":
		d.taggingFault(path, f.Tag)
	}
	for _, key := range sortedKeys(f.Subfields) {
		inner := join(path, key)
		if f.Bitmap != nil && (key == "" || strings.Trim(key, "0123456789") != "" || key[0] == '0') {
			d.errorf(inner, d.at(inner, ""), "the subfields of a bitmap are numbers from 1", "位图的子域应为从 1 开始的数字")
		}
		if f.Tag != nil && f.Tag.Enc == "BerTLVTag" && !berTag(key) {
			d.errorf(inner, d.at(inner, ""), "not the hex of a BER tag", "不是 BER 标签的十六进制")
		}
		d.faultsOf(inner, f.Subfields[key], f)
	}
}

func (d *draft) innerBitmapFault(path string, b *iso8583.Field) {
	inner := path + ".bitmap"
	if b.Type != "" && b.Type != "Bitmap" {
		d.errorf(inner, d.at(inner, "type"), "want the type Bitmap", "类型应为 Bitmap")
	}
	if !b.DisableAutoExpand {
		d.errorf(inner, d.at(inner, ""), "the bitmap of a composite has disableAutoExpand: true", "组合域的位图应设 disableAutoExpand: true")
	}
	bits := *b
	bits.Type = "Bitmap"
	d.faultsOf(inner, &bits, nil)
}

func (d *draft) taggingFault(path string, t *iso8583.Tag) {
	d.named(path, "tag.enc", t.Enc, append(encodingNames(), "BerTLVTag"))
	if t.Length < 1 {
		d.errorf(path, d.at(path, "tag.length"), "tag length %d: want 1 or more", "标签长度 %d:应为 1 或更大", t.Length)
	}
	d.paddingFault(path, "tag.padding", t.Padding)
	if t.PrefUnknownTLV != "" && t.SkipUnknownTLVTags {
		d.named(path, "tag.prefunknowntlv", t.PrefUnknownTLV, prefixNames())
	}
}

// berTag reports the hex of one whole tag of ISO/IEC 8825-1, of up to four bytes.
func berTag(s string) bool {
	tag, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s)%2 != 0 || tag == 0 {
		return false
	}
	bytes := len(s) / 2
	first := byte(tag >> (8 * (bytes - 1)))
	if first&0x1F != 0x1F {
		return bytes == 1
	}
	for i := bytes - 2; i >= 0; i-- {
		if byte(tag>>(8*i))&0x80 == 0 {
			return i == 0
		}
	}
	return false
}
