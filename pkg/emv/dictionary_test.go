package emv_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// What the dictionary may say of a format and of a class.
const (
	formats = "a an ans b cn n var dol t"
	classes = "- pan track pin name token"
)

// Every line of the dictionary can be read, is found again, and says itself in both
// languages.
func TestDictionary(t *testing.T) {
	last, n := emv.Tag(0), 0
	for e := range emv.Entries() {
		n++
		if e.Tag <= last {
			t.Errorf("%s stands behind %s", e.Tag, last)
		}
		last = e.Tag
		if again, ok := emv.Lookup(e.Tag); !ok || again != e {
			t.Errorf("%s is not found again: %+v, %v", e.Tag, again, ok)
		}
		if _, err := emv.ParseTag(e.Tag.String()); err != nil {
			t.Errorf("%s is no tag: %v", e.Tag, err)
		}
		if !isOneOf(string(e.Source), "C T I A") || !isOneOf(string(e.Format), formats) || !isOneOf(string(e.Class), classes) {
			t.Errorf("%s: source %q, format %q, class %q", e.Tag, e.Source, e.Format, e.Class)
		}
		if e.Min > e.Max || e.Max == 0 && e.Tag != 0x05 || e.Tag.IsConstructed() != (e.Format == emv.FormatTemplate) {
			t.Errorf("%s: %d to %d bytes, format %s", e.Tag, e.Min, e.Max, e.Format)
		}
		if e.Name("en") == "" || !hasHan(e.Name("zh")) || hasHan(e.Name("en")) {
			t.Errorf("%s: names %q and %q", e.Tag, e.Name("en"), e.Name("zh"))
		}
	}
	if n < 190 {
		t.Errorf("%d tags", n)
	}
}

func isOneOf(word, words string) bool {
	for _, w := range strings.Fields(words) {
		if w == word {
			return true
		}
	}
	return false
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF })
}

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		tag    emv.Tag
		name   string
		format emv.Format
		source emv.Source
		class  emv.Class
	}{
		{0x06, "Object identifier (OID)", emv.FormatVariable, emv.SourceAny, emv.ClassNone},
		{emv.TagPAN, "Application primary account number (PAN)", emv.FormatCompressed, emv.SourceCard, emv.ClassPAN},
		{emv.TagTrack2, "Track 2 equivalent data", emv.FormatBinary, emv.SourceCard, emv.ClassTrack},
		{emv.TagCardholderName, "Cardholder name", emv.FormatText, emv.SourceCard, emv.ClassName},
		{emv.TagScriptCommand, "Issuer script command", emv.FormatBinary, emv.SourceIssuer, emv.ClassPIN},
		{emv.TagTVR, "Terminal verification results (TVR)", emv.FormatBinary, emv.SourceTerminal, emv.ClassNone},
		{0xDF4B, "POS cardholder interaction information", emv.FormatBinary, emv.SourceCard, emv.ClassNone},
	} {
		e, ok := emv.Lookup(c.tag)
		if !ok || e.Name("en") != c.name || e.Format != c.format || e.Source != c.source || e.Class != c.class || e.IsSensitive() != (c.class != emv.ClassNone) {
			t.Errorf("%s: %+v, %v", c.tag, e, ok)
		}
	}
	for _, unknown := range []emv.Tag{0, 1, 0x5E, 0x9F00, 0xDF4C, 0xFFFFFFFF} {
		if e, ok := emv.Lookup(unknown); ok {
			t.Errorf("%s is known as %q", unknown, e.Name("en"))
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := emv.Lookup(emv.TagIAD); !ok {
			b.Fatal("not found")
		}
	}
}

// What schemes mean by their own tags differs from the common meaning, is found by an
// application identifier, and stands among the variants of the tag.
func TestLookupFor(t *testing.T) {
	for _, c := range []struct {
		aid, tag, scheme, name string
		known                  bool
	}{
		{"A0000000031010", "9F6E", "Visa", "Form factor indicator", true},
		{"A0000000041010", "9F6E", "Mastercard", "Third party data", true},
		{"A0000000043060", "9F6E", "Mastercard", "Third party data", true},
		{"A00000002501", "9F6E", "American Express", "Enhanced contactless reader capabilities", true},
		{"A000000333010101", "9F6E", "", "Form factor indicator or third party data (scheme specific)", true},
		{"A0000000041010", "9F51", "Mastercard", "Data object list for the recovery of torn transactions (DRDOL)", true},
		{"A000000333010101", "9F51", "UnionPay", "Application currency code", true},
		{"A0000000651010", "9F53", "JCB", "Terminal interchange profile", true},
		{"A0000001523010", "9F71", "Discover", "Card processing requirements", true},
		{"A0000002771010", "9F59", "Interac", "Terminal transaction information", true},
		{"A0000000031010", "95", "", "Terminal verification results (TVR)", true},
		{"", "9F7C", "", "Customer exclusive data or merchant custom data", true},
		{"A0000000031010", "DF7F", "", "", false},
	} {
		tag, err := emv.ParseTag(c.tag)
		if err != nil {
			t.Fatal(err)
		}
		e, known := emv.LookupFor(tag, unhex(c.aid))
		if e.Scheme != c.scheme || e.Name("en") != c.name || known != c.known {
			t.Errorf("%s of %s: %q %q, %v; want %q %q, %v", c.tag, c.aid, e.Scheme, e.Name("en"), known, c.scheme, c.name, c.known)
		}
	}
}

func TestVariants(t *testing.T) {
	schemes := ""
	for _, e := range emv.Variants(0x9F66) {
		schemes += e.Scheme + " "
	}
	if want := "Discover Mastercard UnionPay Visa "; schemes != want {
		t.Errorf("9F66: %s, want %s", schemes, want)
	}
	for e := range emv.Entries() {
		for _, v := range emv.Variants(e.Tag) {
			if v.Tag != e.Tag || v.Min > v.Max || v.Max == 0 || v.Name("en") == "" || !hasHan(v.Name("zh")) || v.Source == "" || !isOneOf(string(v.Class), classes) || !isOneOf(string(v.Format), formats) {
				t.Errorf("%s: %+v", e.Tag, v)
			}
		}
	}
	if len(emv.Variants(0x82)) != 0 {
		t.Error("82 has one meaning")
	}
}
