package specfile

import (
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// inside takes a field apart as its packager does. Where that has no counterpart the
// field is kept whole.
func (i *importer) inside(path string, e *element, whole *iso8583.Field) *iso8583.Field {
	name, ours := shortClass(e.attrs["packager"])
	if whole.Enc != "Binary" && whole.Enc != "ASCII" {
		i.whole(path, e, name, "its subfields would be coded in "+whole.Enc+" once more", "子域会被再次按 "+whole.Enc+" 编码")
		return whole
	}
	before := len(i.list)
	c := &iso8583.Field{Type: "Composite", Length: whole.Length, Prefix: whole.Prefix}
	en, zh := "a packager of somebody else's", "第三方 packager"
	if ours {
		en, zh = i.layout(path, e, name, c)
	}
	if en == "" && len(c.Subfields) == 0 && (c.Tag == nil || c.Tag.Enc != "BerTLVTag") {
		en, zh = "it has no subfields", "没有子域"
	}
	if en != "" {
		if i.lenient { // what its subfields lack is no matter any more
			i.list = i.list[:min(before, len(i.list))]
		}
		i.whole(path, e, name, en, zh)
		return whole
	}
	return c
}

// whole says that a field is not taken apart: an error, or of a lenient import a warning.
func (i *importer) whole(path string, e *element, packager, en, zh string) {
	f := Finding{Severity: SeverityError, Path: path, Line: e.at.line, Column: e.at.column, Class: packager}
	if i.lenient {
		f.Severity = SeverityWarning
		f.En, f.Zh = packager+": "+en+"; the field is read as a whole", packager+": "+zh+"；该域按整体读取"
	} else {
		f.En = packager + ": " + en + "; describe its subfields in JSON by hand, or import leniently and read the field as a whole"
		f.Zh = packager + ": " + zh + "；请在 JSON 中手工描述子域，或以宽松方式导入(按整体读取)"
	}
	i.add(f)
}

// layout fills a composite; the texts say why it cannot.
func (i *importer) layout(path string, e *element, packager string, c *iso8583.Field) (en, zh string) {
	switch packager {
	case "GenericPackager", "GenericSubFieldPackager", "GenericValidatingPackager":
		return i.generic(path, e, packager == "GenericSubFieldPackager", c)
	case "Base1SubFieldPackager":
		return i.base1(path, e, c)
	case "CTCSubFieldPackager", "CTCSubElementPackager":
		return i.positional(path, e, 0, c)
	case "EuroSubFieldPackager", "MasterCardEBCDICSubFieldPackager":
		return i.tagged(path, e, c)
	case "GenericTaggedFieldsPackager":
		return i.mapped(path, e, c)
	case "ICCDataPackager", "DefaultICCBERTLVPackager", "BERTLVBinaryPackager":
		berTLV(c)
		return "", ""
	case "DatasetPackager":
		return i.datasets(path, e, c)
	case "GICCSubFieldPackager":
		return "the length of a subfield comes before its tag", "子域长度在标签之前"
	case "BERTLVAsciiHexPackager", "BERTLVEbcdicHexPackager":
		return "BER-TLV in hex characters", "以十六进制字符表示的 BER-TLV"
	case "DummyPackager":
		return "it reads nothing", "不读取任何内容"
	}
	return "how it tells its subfields apart stands in its Java code", "如何区分子域写在 Java 代码中"
}

// berTLV makes a composite of EMV data objects. One tag is declared because moov takes
// a composite without subfields for a plain field.
func berTLV(c *iso8583.Field) {
	c.Tag = &iso8583.Tag{Enc: "BerTLVTag", Sort: "StringsByHex", SkipUnknownTLVTags: true, StoreUnknownTLVTags: true}
	c.Subfields = iso8583.Fields{"9F26": {Type: "Binary", Enc: "Binary", Length: 8, Prefix: "BerTLV", Description: "Application cryptogram", Zh: "应用密文"}}
}

// generic is a bitmap and what it announces or, without one, subfields in order.
// A packager that reads subfields only (sub) knows no header and no message type.
func (i *importer) generic(path string, e *element, sub bool, c *iso8583.Field) (en, zh string) {
	zero, one := e.kid(0), e.kid(1)
	first, said := e.number("firstField")
	if !said {
		first = 1
		switch {
		case one == nil || zero != nil && zero.name == "isofieldpackager":
			first = 0
		case isBitmap(one):
			first = 2
		}
	}
	if e.attrs["emitBitmap"] == "false" {
		if !sub {
			first = 0
		}
		return i.positional(path, e, first, c)
	}
	number, said := e.number("bitmapField")
	if !said {
		number = 1
	}
	header, _ := e.number("headerLength")
	if sub {
		header = 0
	}
	if !sub && zero != nil && number != 0 && zero.attrs["length"] != "0" && !strings.HasSuffix(zero.attrs["class"], ".IF_NOP") {
		return "subfields with a message type of their own", "子域带有自己的报文类型"
	}
	if header <= 0 {
		return i.bitmapped(path, e, number, max(first, 1), c)
	}
	body := &iso8583.Field{Type: "Composite", Length: c.Length, Prefix: "None.Fixed", Description: "Subfields", Zh: "子域"}
	if en, zh = i.bitmapped(join(path, "1"), e, number, max(first, 1), body); en != "" {
		return en, zh
	}
	c.Tag = &iso8583.Tag{Sort: "StringsByInt"}
	c.Subfields = iso8583.Fields{
		"0": {Type: "Binary", Length: header, Enc: "Binary", Prefix: "Binary.Fixed", Description: "Header", Zh: "头"},
		"1": body,
	}
	i.warnf(path, e.at, "a header stands in front of the bitmap: it is subfield 0, and what follows is under subfield 1", "位图之前有头部:头部为子域 0，其余在子域 1 之下")
	return "", ""
}

// base1 is a bitmap that is subfield 0, or all from subfield 0 in order.
func (i *importer) base1(path string, e *element, c *iso8583.Field) (en, zh string) {
	if zero := e.kid(0); zero != nil && isBitmap(zero) {
		return i.bitmapped(path, e, 0, 1, c)
	}
	return i.positional(path, e, 0, c)
}

// kid is the subfield of a number; the last one counts.
func (e *element) kid(number int) *element {
	var found *element
	for _, k := range e.kids {
		if n, ok := k.number("id"); ok && n == number && (k.name == "isofield" || k.name == "isofieldpackager") {
			found = k
		}
	}
	return found
}

// isBitmap reports an element whose class is a bitmap.
func isBitmap(e *element) bool {
	class, _ := findJPOS(e.attrs["class"])
	return strings.HasPrefix(class.kind, "Bitmap")
}

// bitmapped makes a composite whose bitmap is the subfield of a number.
func (i *importer) bitmapped(path string, e *element, number, first int, c *iso8583.Field) (en, zh string) {
	bits := e.kid(number)
	if bits == nil || !isBitmap(bits) {
		return "its subfield " + strconv.Itoa(number) + " is no bitmap", "子域 " + strconv.Itoa(number) + " 不是位图"
	}
	i.places[spot(join(path, "bitmap"), "")] = bits.at
	c.Bitmap = i.field(join(path, strconv.Itoa(number)), bits)
	if c.Bitmap == nil {
		return "its bitmap has no counterpart", "位图没有对应形式"
	}
	if !c.Bitmap.DisableAutoExpand {
		c.Bitmap.DisableAutoExpand = true
		i.warnf(path, bits.at, "a second bitmap inside the field is not read: it has the subfields up to 64", "域内的第二位图不读取:只有 64 以内的子域")
	}
	c.Bitmap.Description = strings.TrimSpace(bits.attrs["name"])
	c.Subfields = i.fields(path, e.from(first, number))
	for key := range c.Subfields {
		if n, _ := strconv.Atoi(key); n > 8*c.Bitmap.Length {
			delete(c.Subfields, key)
		}
	}
	return "", ""
}

// positional makes a composite of subfields in order.
func (i *importer) positional(path string, e *element, first int, c *iso8583.Field) (en, zh string) {
	c.Tag = &iso8583.Tag{Sort: "StringsByInt"}
	kids := e.from(first, -1)
	c.Subfields = i.fields(path, kids)
	for key, f := range c.Subfields {
		switch {
		case f.Type == "Bitmap" && !f.DisableAutoExpand:
			return "a bitmap among its subfields that may have another behind it", "子域中有可能接续的位图"
		case f.Type == "Bitmap": // of bytes like others: what it says is not asked
			f.Type, f.DisableAutoExpand = "Binary", false
		case f.Length == 0 && f.Type != "Composite":
			delete(c.Subfields, key)
		}
	}
	// A subfield that is left out moves all that follow it.
	if last := i.firstMissing(kids, c.Subfields); last >= 0 {
		return "subfield " + strconv.Itoa(last) + " has no counterpart, and those behind it no place", "子域 " + strconv.Itoa(last) + " 没有对应形式，其后的子域无法定位"
	}
	return "", ""
}

// firstMissing is the first subfield with bytes that was left out, or -1.
func (i *importer) firstMissing(e *element, fields iso8583.Fields) int {
	for _, k := range e.kids {
		id, ok := k.number("id")
		class, _ := findJPOS(k.attrs["class"])
		length, _ := k.number("length")
		if ok && k.at != (place{}) && length > 0 && class.kind != "Nothing" && class.name != "IF_UNUSED" && fields[strconv.Itoa(id)] == nil {
			return id
		}
	}
	return -1
}

// from is the element with those of its fields that start at a number, but one.
func (e *element) from(first, but int) *element {
	part := &element{name: e.name, attrs: e.attrs, at: e.at}
	for _, k := range e.kids {
		id, ok := k.number("id")
		if field := k.name == "isofield" || k.name == "isofieldpackager"; field && ok && (id < first || id == but) {
			continue
		}
		part.kids = append(part.kids, k)
	}
	return part
}
