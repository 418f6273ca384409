package dialect

import (
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// style says how a dialect codes a data element.
type style func(element) *iso8583.Field

// asciiStyle: every character and every length is ASCII; bitmaps and binary fields are
// hex characters; BER-TLV is bytes.
func asciiStyle(e element) *iso8583.Field {
	f := &iso8583.Field{Type: "String", Enc: "ASCII", Length: e.length, Prefix: prefixOf("ASCII", e.ls), Content: e.content}
	switch e.content {
	case "bitmap":
		return bitmap("HexToASCII")
	case "b":
		f.Type, f.Enc = "Binary", "HexToASCII"
	case "raw":
		f.Enc, f.Content = "Binary", ""
	case "tlv":
		return tlv(e, "ASCII")
	}
	return f
}

// bcdStyle: digits and lengths are packed, other characters ASCII, bitmaps and binary
// fields bytes. A fixed odd number of digits has a 0 in front (right-justified), a
// variable one a 0 behind (left-justified). Of the tracks only track 2 is packed.
func bcdStyle(e element) *iso8583.Field {
	f := &iso8583.Field{Type: "String", Enc: "ASCII", Length: e.length, Prefix: prefixOf("BCD", e.ls), Content: e.content}
	switch e.content {
	case "bitmap":
		return bitmap("Binary")
	case "b":
		f.Type, f.Enc = "Binary", "Binary"
	case "raw":
		f.Enc, f.Content = "Binary", ""
	case "n":
		f.Enc = "BCD"
		if e.ls > 0 {
			f.Enc = "LBCD"
		}
	case "z":
		if e.ls == 2 {
			f.Enc = "LBCD"
		}
	case "x+n":
		return signed(e)
	case "tlv":
		return tlv(e, "BCD")
	}
	return f
}

// bitmap is field 1: 8 bytes, and 8 more where the first bit says so.
func bitmap(enc string) *iso8583.Field {
	return &iso8583.Field{Type: "Bitmap", Enc: enc, Length: 8, Prefix: "Hex.Fixed"}
}

// signed is a sign in ASCII and packed digits.
func signed(e element) *iso8583.Field {
	return &iso8583.Field{
		Type: "Composite", Length: 1 + e.length/2, Prefix: "ASCII.Fixed", Content: e.content,
		Tag: &iso8583.Tag{Sort: "StringsByInt"},
		Subfields: iso8583.Fields{
			"1": {Type: "String", Enc: "ASCII", Length: 1, Prefix: "ASCII.Fixed", Description: "Sign", Zh: "符号"},
			"2": {Type: "String", Enc: "BCD", Length: e.length - 1, Prefix: "BCD.Fixed", Description: "Amount", Zh: "金额"},
		},
	}
}

// tlv is field 55 as EMV uses it. One tag is declared because moov takes a composite
// without subfields for a plain field; all others are taken and kept all the same.
func tlv(e element, lengths string) *iso8583.Field {
	return &iso8583.Field{
		Type: "Composite", Length: e.length, Prefix: prefixOf(lengths, e.ls),
		Tag: &iso8583.Tag{Enc: "BerTLVTag", Sort: "StringsByHex", SkipUnknownTLVTags: true, StoreUnknownTLVTags: true},
		Subfields: iso8583.Fields{
			"9F26": {Type: "Binary", Enc: "Binary", Length: 8, Prefix: "BerTLV", Description: "Application cryptogram", Zh: "应用密文"},
		},
	}
}

// prefixOf is the prefix of a number of length digits.
func prefixOf(family string, ls int) string {
	if ls == 0 {
		return family + ".Fixed"
	}
	return family + "." + strings.Repeat("L", ls)
}
