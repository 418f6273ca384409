package dialect

import (
	"cmp"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// style says how a dialect codes data elements, by the names of [iso8583.Definition].
type style struct {
	text     string // characters: ASCII or EBCDIC
	digits   string // n of fixed length
	variable string // n of variable length
	track    string // z of two digits of length: tracks 2
	lengths  string // family of length prefixes
	oneByte  bool   // every length prefix is one byte
	bytes    string // b
	bitmap   string // Binary or HexToASCII
	always   bool   // the bitmap has 128 bits whatever its first says
	signed   bool   // x+n is a character and packed digits
}

// asciiStyle: every character and every length is ASCII; bitmaps and binary fields are
// hex characters.
func asciiStyle() style {
	return style{text: "ASCII", digits: "ASCII", variable: "ASCII", track: "ASCII", lengths: "ASCII", bytes: "HexToASCII", bitmap: "HexToASCII"}
}

// bcdStyle: digits and lengths are packed, other characters ASCII, bitmaps and binary
// fields bytes. A fixed odd number of digits has a 0 in front (right-justified), a
// variable one a 0 behind (left-justified). Of the tracks only track 2 is packed.
func bcdStyle() style {
	return style{text: "ASCII", digits: "BCD", variable: "LBCD", track: "LBCD", lengths: "BCD", bytes: "Binary", bitmap: "Binary", signed: true}
}

// ebcdicStyle: every character and every length is EBCDIC, bitmaps and binary fields
// bytes.
func ebcdicStyle() style {
	return style{text: "EBCDIC", digits: "EBCDIC", variable: "EBCDIC", track: "EBCDIC", lengths: "EBCDIC", bytes: "Binary", bitmap: "Binary"}
}

// field is a data element in the style.
func (s style) field(e element) *iso8583.Field {
	f := &iso8583.Field{Type: "String", Enc: s.text, Length: e.length, Prefix: s.prefix(e), Content: e.content, Description: e.en, Zh: e.zh, Class: e.class}
	if s.oneByte && e.ls > 0 {
		f.Length = min(f.Length, 255)
	}
	switch e.content {
	case "bitmap":
		return s.bits(f)
	case "b":
		f.Type, f.Enc = "Binary", s.bytes
	case "raw":
		f.Enc, f.Content = "Binary", ""
	case "n":
		f.Enc = s.digits
		if e.ls > 0 {
			f.Enc = s.variable
		}
	case "z":
		if e.ls == 2 {
			f.Enc = s.track
		}
	case "x+n":
		if s.signed {
			return s.sign(f)
		}
	case "tlv":
		return s.tlv(f, e.option("bytes") != "")
	case "pos", "cut", "bits", "dbm", "tags", "sets", "split", "tokens":
		return s.composite(f, e)
	}
	f.Enc = cmp.Or(e.option("enc"), f.Enc)
	return f
}

// bits is field 1: 8 bytes, and 8 more where the first bit says so, or always 16.
func (s style) bits(f *iso8583.Field) *iso8583.Field {
	f.Type, f.Enc, f.Length, f.Prefix, f.Content = "Bitmap", s.bitmap, 8, "Hex.Fixed", ""
	if s.always {
		f.Length, f.DisableAutoExpand = 16, true
	}
	return f
}

// sign is a sign as a character and packed digits.
func (s style) sign(f *iso8583.Field) *iso8583.Field {
	digits := f.Length - 1
	f.Type, f.Enc, f.Length = "Composite", "", 1+digits/2
	if s.text != "ASCII" {
		f.Content = "" // what is one element in ASCII is two here
	}
	f.Tag = &iso8583.Tag{Sort: "StringsByInt"}
	f.Subfields = iso8583.Fields{
		"1": {Type: "String", Enc: s.text, Length: 1, Prefix: "ASCII.Fixed", Content: "a", Description: "Sign", Zh: "符号"},
		"2": {Type: "String", Enc: "BCD", Length: digits, Prefix: "BCD.Fixed", Content: "n", Description: "Amount", Zh: "金额"},
	}
	return f
}

// tlv is BER-TLV as EMV uses it. One tag is declared because moov takes a composite
// without subfields for a plain field; all others are taken and kept all the same.
func (s style) tlv(f *iso8583.Field, bytes bool) *iso8583.Field {
	f.Type, f.Enc, f.Content = "Composite", "", ""
	f.Tag = &iso8583.Tag{Enc: "BerTLVTag", Sort: "StringsByHex", SkipUnknownTLVTags: true, StoreUnknownTLVTags: true, Bytes: bytes}
	f.Subfields = iso8583.Fields{
		"9F26": {Type: "Binary", Enc: "Binary", Length: 8, Prefix: "BerTLV", Description: "Application cryptogram", Zh: "应用密文"},
	}
	return f
}

// prefix is the length prefix of an element.
func (s style) prefix(e element) string {
	family := cmp.Or(e.option("len"), s.lengths)
	switch {
	case e.option("rest") != "":
		return "None.Fixed"
	case e.ls == 0:
		return family + ".Fixed"
	case s.oneByte && e.option("len") == "":
		return family + ".L"
	}
	return family + "." + "LLLLLL"[:e.ls]
}

// parentOf is the path of what a path is in, and its last step.
func parentOf(path string) (parent, id string) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}
