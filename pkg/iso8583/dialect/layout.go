package dialect

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// composite is an element with parts, which further lines of the table name:
//
//	pos     one behind the other
//	cut     digits one behind the other in one packed number; with "exact" no others
//	bits    announced by a bitmap of as many bytes as "bitmap" says, in the coding "bits"
//	dbm     announced by the bitmap of a dataset
//	tags    behind a tag of as many characters as "tag" says and a length of "ls" digits
//	sets    datasets of ISO 8583:2003: an identifier of one byte and two bytes of length
//	split   those of no length up to the character "by"
//	tokens  BASE24 tokens
func (s style) composite(f *iso8583.Field, e element) *iso8583.Field {
	f.Type, f.Enc, f.Content, f.Subfields = "Composite", "", "", iso8583.Fields{}
	f.Tag = &iso8583.Tag{Sort: "StringsByInt"}
	switch e.content {
	case "cut":
		f.Content, f.Enc = "n", cmp.Or(e.option("enc"), s.digits)
		if e.ls > 0 {
			f.Enc = cmp.Or(e.option("enc"), s.variable)
		}
		f.Tag.Exact = e.option("exact") != ""
	case "bits":
		f.Tag, f.Bitmap = nil, &iso8583.Field{
			Type: "Bitmap", Length: number(e.option("bitmap"), 8), Enc: cmp.Or(e.option("bits"), "Binary"), Prefix: "Binary.Fixed",
			DisableAutoExpand: true, Description: "Bit map", Zh: "位图",
		}
	case "dbm":
		f.Tag, f.Bitmap = nil, &iso8583.Field{
			Type: "Bitmap", Length: 2, Enc: "Binary", Prefix: "Binary.Fixed", DisableAutoExpand: true, Dataset: true,
			Description: "Dataset bit map", Zh: "数据集位图",
		}
		f.Prefix = "Binary.LL"
	case "tags":
		f.Tag = s.tagged(e)
	case "sets":
		f.Tag = s.datasets()
	case "split":
		f.Tag.Delimiter = e.option("by")
	case "tokens":
		f.Tag.Tokens = true
	}
	return f
}

// tagged is how tags of characters are told apart.
func (s style) tagged(e element) *iso8583.Tag {
	lengths := s.lengths + "." + strings.Repeat("L", number(e.option("ls"), 3))
	return &iso8583.Tag{
		Length: number(e.option("tag"), 2), Enc: s.text, Sort: "StringsByInt", SkipUnknownTLVTags: true, StoreUnknownTLVTags: true, PrefUnknownTLV: lengths,
		Unknown: &iso8583.Field{Type: "String", Enc: s.text, Prefix: lengths, Length: 999, Description: "Unknown tag", Zh: "未知标签"},
	}
}

// datasets is how datasets are told apart. One that a table does not name is BER-TLV up
// to 70, and bytes after it.
func (s style) datasets() *iso8583.Tag {
	unknown := s.tlv(&iso8583.Field{Length: 9999, Prefix: "Binary.LL", Description: "Dataset", Zh: "数据集"}, true)
	return &iso8583.Tag{
		Length: 1, Enc: "ASCIIToHex", Sort: "StringsByHex", SkipUnknownTLVTags: true, StoreUnknownTLVTags: true, PrefUnknownTLV: "Binary.LL",
		Unknown: unknown,
	}
}

// number is a number of an option, or what stands for none.
func number(s string, none int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return none
	}
	return n
}
