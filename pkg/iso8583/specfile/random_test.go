package specfile_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

// randomField is an element of any kind that the compiler takes, and of some that it
// does not.
func randomField(r *rand.Rand, depth int) *iso8583.Field {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	f := &iso8583.Field{
		Type:   pick("String", "Numeric", "Binary", "Hex", "Track2", "Composite", "Composite"),
		Length: []int{0, 1, 2, 3, 9, 37, 999, 1 << 20}[r.IntN(8)],
		Enc:    pick("ASCII", "EBCDIC", "EBCDIC1047", "Binary", "HexToASCII", "HexToEBCDIC", "ASCIIToHex", "BCD", "LBCD"),
		Prefix: pick("ASCII", "BCD", "EBCDIC", "Hex", "Binary") + "." + pick("Fixed", "Fixed", "L", "LL", "LLL", "LLLLLL"),
	}
	switch r.IntN(8) {
	case 0:
		f.Prefix = "None.Fixed"
	case 1:
		f.Prefix = "BerTLV"
	case 2:
		f.Padding = &iso8583.Padding{Type: pick("Left", "Right"), Pad: pick("0", " ")}
	case 3:
		f.Content = pick("n", "ans", "z", "x+n", "b")
	case 4:
		f.Class = pick("pan", "track", "pin", "hidden", "open", "name")
	}
	if f.Type == "Composite" && depth < 3 {
		inside(r, f, depth, pick)
	}
	return f
}

// inside gives a composite subfields.
func inside(r *rand.Rand, f *iso8583.Field, depth int, pick func(...string) string) {
	f.Subfields = iso8583.Fields{}
	if r.IntN(6) > 0 {
		f.Enc, f.Content, f.Padding = "", "", nil
	}
	for i := range r.IntN(4) + 1 {
		f.Subfields[strconv.Itoa(i+1)] = randomField(r, depth+1)
	}
	switch r.IntN(7) {
	case 0:
		f.Bitmap = &iso8583.Field{Type: "Bitmap", Length: r.IntN(9), Enc: pick("Binary", "HexToASCII", "HexToEBCDIC"), Prefix: "Binary.Fixed", DisableAutoExpand: true}
	case 1:
		f.Bitmap = &iso8583.Field{Type: "Bitmap", Length: 2, Enc: "Binary", Prefix: "Binary.Fixed", DisableAutoExpand: true, Dataset: true}
	case 2:
		f.Tag = &iso8583.Tag{Enc: "BerTLVTag", SkipUnknownTLVTags: r.IntN(2) == 0, Bytes: r.IntN(2) == 0}
		f.Subfields = iso8583.Fields{"9F26": {Type: "Binary", Enc: "Binary", Prefix: "BerTLV", Length: r.IntN(9)}, "5A": {Type: "String", Enc: "BCD", Prefix: "BerTLV", Length: 19}}
	case 3:
		f.Tag = &iso8583.Tag{Enc: pick("ASCII", "EBCDIC", "BCD", "Binary", "ASCIIToHex"), Length: r.IntN(4), SkipUnknownTLVTags: true, PrefUnknownTLV: pick("ASCII.LL", "Binary.L", "Binary.LL")}
		if r.IntN(2) == 0 {
			f.Tag.Padding = &iso8583.Padding{Type: "Left", Pad: "0"}
		}
	case 4:
		f.Tag = &iso8583.Tag{Delimiter: pick(",", "|")}
	case 5:
		f.Tag = &iso8583.Tag{Tokens: true, Length: 2, Enc: "ASCII"}
	default:
		f.Tag = &iso8583.Tag{Sort: "StringsByInt", Exact: r.IntN(2) == 0}
	}
}

// TestRandomSpecsRead: whatever spec compiles reads whatever it is given, and what it
// exports is what it was; whatever does not compile is found by Lint.
func TestRandomSpecsRead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	compiled := 0
	for range 1500 {
		def := iso8583.Definition{Fields: iso8583.Fields{
			"0": {Type: "String", Length: 4, Enc: "ASCII", Prefix: "ASCII.Fixed"},
			"1": {Type: "Bitmap", Length: 8, Enc: "Binary", Prefix: "Hex.Fixed"},
			"2": randomField(r, 0),
			"3": randomField(r, 0),
		}}
		data := []byte(asJSON(t, def))
		agrees(t, data, specfile.Lint(data, ""))
		spec, err := specfile.Load(data)
		if err != nil {
			continue
		}
		compiled++
		var l iso8583.Layout
		for range 5 {
			raw := append([]byte("0200\x60\x00\x00\x00\x00\x00\x00\x00"), randomBytes(r)...)
			_ = spec.Decode(raw, &l)
			for i := range l.Len() {
				_ = l.AppendMasked(nil, i)
			}
			_ = spec.Explain(raw, "en")
			if m, err := spec.Unpack(raw); err == nil {
				_, _ = m.Pack()
			}
		}
	}
	if compiled < 250 {
		t.Errorf("%d of the specs compiled", compiled)
	}
}

// randomBytes are bytes that could be lengths, digits and letters.
func randomBytes(r *rand.Rand) []byte {
	b := make([]byte, r.IntN(60))
	for i := range b {
		switch r.IntN(4) {
		case 0:
			b[i] = byte('0' + r.IntN(10))
		case 1:
			b[i] = byte(r.IntN(4))
		case 2:
			b[i] = byte(0xF0 + r.IntN(10))
		default:
			b[i] = byte(r.IntN(256))
		}
	}
	return b
}
