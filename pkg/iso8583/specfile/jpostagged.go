package specfile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// datasets makes a composite of the datasets of ISO 8583:2003: an identifier of one
// byte, two bytes of length; BER-TLV up to 70, after that a bitmap and the elements that
// the packager defines for all of them.
func (i *importer) datasets(path string, e *element, c *iso8583.Field) (en, zh string) {
	tlv := &iso8583.Field{Type: "Composite", Length: c.Length, Prefix: "Binary.LL", Description: "Dataset", Zh: "数据集"}
	berTLV(tlv)
	tlv.Tag.Bytes = true
	c.Tag = &iso8583.Tag{
		Length: 1, Enc: "ASCIIToHex", Sort: "StringsByHex", SkipUnknownTLVTags: true, StoreUnknownTLVTags: true, PrefUnknownTLV: "Binary.LL", Unknown: tlv,
	}
	c.Subfields = iso8583.Fields{"01": tlv}
	elements := i.fields(path, e.from(1, -1))
	if len(elements) == 0 {
		return "", ""
	}
	const last = 0x7F
	for id := 0x71; id <= last; id++ {
		c.Subfields[fmt.Sprintf("%02X", id)] = &iso8583.Field{
			Type: "Composite", Length: c.Length, Prefix: "Binary.LL", Description: "Dataset", Zh: "数据集", Subfields: elements,
			Bitmap: &iso8583.Field{Type: "Bitmap", Length: 2, Enc: "Binary", Prefix: "Binary.Fixed", DisableAutoExpand: true, Dataset: true, Description: "Dataset bit map", Zh: "数据集位图"},
		}
	}
	i.warnf(path, e.at, "datasets after %02X are read as bytes", "%02X 之后的数据集按字节读取", last)
	return "", ""
}

// tagged makes a composite of subfields whose classes carry a tag.
func (i *importer) tagged(path string, e *element, c *iso8583.Field) (en, zh string) {
	enc, length := "", 0
	for _, k := range e.kids {
		class, _ := findJPOS(k.attrs["class"])
		kidEnc, kidLength, _, ok := class.tagOf()
		id, _ := k.number("id")
		switch {
		case !ok && class.name != "" && class.supported():
			return "its subfield " + strconv.Itoa(id) + " has no tag", "子域 " + strconv.Itoa(id) + " 没有标签"
		case !ok:
			return k.attrs["class"] + ": " + orElse(class.en, "no class of jPOS"), k.attrs["class"] + ": " + orElse(class.zh, "不是 jPOS 的类")
		case enc != "" && (enc != kidEnc || length != kidLength):
			return "tags of more than one kind", "标签形式不止一种"
		}
		enc, length = kidEnc, kidLength
	}
	c.Tag = &iso8583.Tag{Length: length, Enc: enc, Sort: "StringsByInt", Padding: &iso8583.Padding{Type: "Left", Pad: "0"}}
	c.Subfields = i.fields(path, e)
	return "", ""
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// mapped makes a composite of subfields whose tags are their numbers in decimal.
func (i *importer) mapped(path string, e *element, c *iso8583.Field) (en, zh string) {
	mapper, _ := shortClass(e.attrs["tagMapper"])
	size, _ := e.number("tagSize")
	lens, _ := e.number("lenSize")
	digits := map[string]int{"TTDecimalTagMapper": 2, "TTTDecimalTagMapper": 3}[mapper]
	switch {
	case e.attrs["swapTagAndLen"] == "true":
		return "swapTagAndLen: the length of a subfield comes before its tag", "swapTagAndLen:子域长度在标签之前"
	case digits == 0:
		return "the tags of its mapper " + mapper + " stand in Java code", "映射类 " + mapper + " 的标签写在 Java 代码中"
	case digits != size || lens < 1 || lens > 6:
		return "tagSize and lenSize do not fit its mapper", "tagSize、lenSize 与映射类不符"
	}
	if en, zh = i.tagged(path, e, c); en != "" {
		return en, zh
	}
	c.Tag.SkipUnknownTLVTags, c.Tag.StoreUnknownTLVTags = true, true
	c.Tag.PrefUnknownTLV = "ASCII." + strings.Repeat("L", lens)
	c.Tag.Unknown = &iso8583.Field{Type: "String", Length: prefixMost(c.Tag.PrefUnknownTLV), Enc: "ASCII", Prefix: c.Tag.PrefUnknownTLV}
	return "", ""
}
