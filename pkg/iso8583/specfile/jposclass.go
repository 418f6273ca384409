package specfile

import (
	_ "embed"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// jposTSV says of every field class of jPOS what it does to the bytes.
//
//go:embed jposclass.tsv
var jposTSV string

// jposClass is one line of the table.
type jposClass struct {
	name, kind, enc, prefix, content string
	most                             int // greatest length, 0 for any
	en, zh                           string
}

// supported reports a class that has a counterpart.
func (c jposClass) supported() bool { return c.kind != "-" }

// tagOf is the coding and length of the tag that the class has in front, and the type
// of what follows.
func (c jposClass) tagOf() (enc string, length int, kind string, ok bool) {
	parts := strings.Split(c.kind, ":")
	if len(parts) != 4 || parts[0] != "tag" {
		return "", 0, "", false
	}
	length, err := strconv.Atoi(parts[2])
	return parts[1], length, parts[3], err == nil
}

// findJPOS is the class of a name, with or without its package.
func findJPOS(name string) (jposClass, bool) {
	short, ours := shortClass(name)
	at := strings.Index(jposTSV, "\n"+short+"\t")
	if !ours || short == "" || at < 0 {
		return jposClass{}, false
	}
	line, _, _ := strings.Cut(jposTSV[at+1:], "\n")
	cells := strings.Split(line, "\t")
	if len(cells) != 8 {
		return jposClass{}, false
	}
	most, _ := strconv.Atoi(cells[5])
	return jposClass{name: short, kind: cells[1], enc: cells[2], prefix: cells[3], content: cells[4], most: most, en: cells[6], zh: cells[7]}, true
}

// shortClass is a class name without its package; ours reports one of jPOS's packages.
func shortClass(name string) (short string, ours bool) {
	name = strings.TrimSpace(name)
	i := strings.LastIndexByte(name, '.')
	return name[i+1:], i < 0 || strings.HasPrefix(name, "org.jpos.iso.") || strings.HasPrefix(name, "org.jpos.tlv.")
}

// field is the element that the class makes, of a length and with pad or without.
func (c jposClass) field(kind string, length int, pad bool) (*iso8583.Field, bool) {
	f := &iso8583.Field{Type: kind, Length: length, Enc: c.enc, Prefix: c.prefix, Content: c.content}
	if f.Enc == "BCD?" {
		f.Enc = "LBCD"
		if pad {
			f.Enc = "BCD"
		}
	}
	switch kind {
	case "Signed":
		if length < 2 || length%2 == 0 && !pad {
			return nil, false
		}
		return signedField(length), true
	case "HexDigits":
		f.Type, f.Length = "Binary", (length+1)/2
		return f, length%2 == 0
	case "Packed":
		f.Type, f.Length = "Binary", (length+1)/2
	case "Nothing":
		return &iso8583.Field{Type: "String", Enc: "ASCII", Prefix: "ASCII.Fixed"}, true
	case "Bitmap8":
		f.Type, f.Length, f.DisableAutoExpand = "Bitmap", 8, true
	case "Bitmap":
		f.Length, f.DisableAutoExpand = min(length, 8), length <= 8
	}
	return f, true
}

// signedField is a sign and packed digits.
func signedField(length int) *iso8583.Field {
	return &iso8583.Field{
		Type: "Composite", Length: 1 + length/2, Prefix: "ASCII.Fixed", Content: "x+n", Tag: &iso8583.Tag{Sort: "StringsByInt"},
		Subfields: iso8583.Fields{
			"1": {Type: "String", Enc: "ASCII", Length: 1, Prefix: "ASCII.Fixed", Description: "Sign", Zh: "符号"},
			"2": {Type: "String", Enc: "BCD", Length: length - 1, Prefix: "BCD.Fixed", Description: "Amount", Zh: "金额"},
		},
	}
}
