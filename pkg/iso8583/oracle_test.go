package iso8583_test

import (
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	moov "github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/encoding"
	moovErrors "github.com/moov-io/iso8583/errors"
	"github.com/moov-io/iso8583/field"
	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// difference names a place where our decoder and moov v0.26.1 are known to disagree.
type difference string

// The differences that are meant, each with its reason.
const (
	same              difference = ""
	moovTakesTrailing difference = "moov ignores bytes after the last field; here they are an error"
	moovTakesMTI      difference = "moov takes any characters as a message type; here it has four digits"
	moovTakesPad      difference = "moov drops the pad nibble of an odd number of digits unseen; here it must be blank"
	moovTakesSign     difference = "moov reads a length with a sign or an unused nibble in it; here it is digits"
	moovTakesTLV      difference = "moov takes an indefinite length as none, tags over 4 bytes and lengths over 3"
	moovTakesFiller   difference = "moov takes F as the last digit of a packed number and leaves a zero byte for it"
	weTakeZeros       difference = "zero bytes between data objects, which EMV allows and moov reads as tag 00"
	weTakeText        difference = "characters that make no TLV, the use of field 55 before EMV, which moov refuses"
	moovTakesBitmaps  difference = "moov takes any number of bitmaps, and ones of no bits"
	moovIsBlind       difference = "moov cannot look into the composite, see blind: what is wrong inside it does not see"
	weTakeBytes       difference = "bytes of which not even the first element is BER-TLV, as field 55 of 1993 may hold, which moov refuses"
	weTakeFewer       difference = "moov wants all parts of a composite that takes what is left of another"
)

// disagreement compares the two decoders on one message: the fields that both read,
// and who refused what. It answers the known difference, or an error.
func disagreement(spec *iso8583.Spec, oracle *moov.MessageSpec, raw []byte) (difference, error) {
	ours, err := spec.Unpack(raw)
	theirs := moov.NewMessage(oracle)
	moovErr := theirs.Unpack(raw)
	var fault *iso8583.Error
	switch {
	case err == nil && moovErr == nil:
		return sameValues(spec, raw, ours, theirs)
	case err == nil:
		return known(weTake(spec, raw, moovErr), moovErr)
	case !errors.As(err, &fault):
		return "", err
	case moovErr != nil:
		return same, nil
	case errors.Is(err, iso8583.ErrTrailing):
		// Without the bytes left over both must read the same.
		d, err := disagreement(spec, oracle, raw[:fault.Offset])
		if err != nil || d != same {
			return d, err
		}
		return moovTakesTrailing, nil
	}
	return known(moovTakes(spec, fault, raw), err)
}

func known(d difference, err error) (difference, error) {
	if d == same {
		return same, err
	}
	return d, nil
}

// moovTakes classes what only we refuse.
func moovTakes(spec *iso8583.Spec, fault *iso8583.Error, raw []byte) difference {
	switch {
	case errors.Is(fault, iso8583.ErrMTI):
		return moovTakesMTI
	case errors.Is(fault, iso8583.ErrPad):
		return moovTakesPad
	case errors.Is(fault, iso8583.ErrDigit) && raw[fault.Offset]&15 == 15:
		return moovTakesFiller
	case errors.Is(fault, iso8583.ErrPrefix):
		return moovTakesSign
	case errors.Is(fault, iso8583.ErrBitmap), fault.Path == "129":
		return moovTakesBitmaps
	case errors.Is(fault, iso8583.ErrTLV) && !zerosBetween(spec, raw):
		return moovTakesTLV
	case inBlind(spec.Definition().Fields, fault.Path):
		return moovIsBlind
	case strings.Contains(fault.Path, ".") && zerosBetween(spec, raw), errors.Is(fault, iso8583.ErrTLV) && zerosBetween(spec, raw):
		return weTakeZeros // after them moov goes on from another byte
	}
	return same
}

// weTake classes what only moov refuses.
func weTake(spec *iso8583.Spec, raw []byte, moovErr error) difference {
	switch {
	case zerosBetween(spec, raw):
		return weTakeZeros
	case warned(spec, raw, "text, not BER-TLV"):
		return weTakeText
	case warned(spec, raw, "bytes, not BER-TLV"):
		return weTakeBytes
	case strings.Contains(moovErr.Error(), "not enough data") && takesRest(spec, moovErr):
		return weTakeFewer
	}
	return same
}

// inBlind reports a path in a composite that moov reads as a whole.
func inBlind(fields iso8583.Fields, path string) bool {
	first, rest, _ := strings.Cut(path, ".")
	f := fields[first]
	return f != nil && (blind(f) != "" || inBlind(f.Subfields, rest))
}

// takesRest reports that the field of an error of moov's has a composite in it that takes
// what is left.
func takesRest(spec *iso8583.Spec, moovErr error) bool {
	var fault *moovErrors.UnpackError
	if !errors.As(moovErr, &fault) {
		return false
	}
	f := spec.Definition().Fields[fault.FieldID]
	if f == nil {
		return false
	}
	for _, part := range f.Subfields {
		if part.Type == "Composite" && part.Prefix == "None.Fixed" {
			return true
		}
	}
	return false
}

// zerosBetween reports a zero byte where an element of BER-TLV should start.
func zerosBetween(spec *iso8583.Spec, raw []byte) bool {
	var l iso8583.Layout
	_ = spec.Decode(raw, &l) // of a broken message up to the fault
	for i := range l.Len() {
		f := fieldAt(spec.Definition().Fields, l.Path(i))
		if f == nil || f.Tag == nil || f.Tag.Enc != "BerTLVTag" {
			continue
		}
		end := int(l.At(i).End)
		for _, pos := range append(elementEnds(&l, l.Path(i)), int(l.At(i).Start)) {
			if pos < end && raw[pos] == 0 {
				return true
			}
		}
	}
	return false
}

// fieldAt is the definition of a path, or nil.
func fieldAt(fields iso8583.Fields, path string) *iso8583.Field {
	first, rest, more := strings.Cut(path, ".")
	first, _, _ = strings.Cut(first, "#")
	f := fields[first]
	if f == nil || !more {
		return f
	}
	if first, _, _ := strings.Cut(rest, "."); f.Tag != nil && f.Tag.Unknown != nil && f.Subfields[first] == nil {
		return f.Tag.Unknown
	}
	return fieldAt(f.Subfields, rest)
}

// elementEnds are the places behind the elements of a field.
func elementEnds(l *iso8583.Layout, path string) (ends []int) {
	for i := range l.Len() {
		if rest, ok := strings.CutPrefix(l.Path(i), path+"."); ok && !strings.Contains(rest, ".") {
			ends = append(ends, int(l.At(i).End))
		}
	}
	return ends
}

// warned reports a warning.
func warned(spec *iso8583.Spec, raw []byte, what string) bool {
	return slices.ContainsFunc(spec.Explain(raw, "en").Warnings, func(w string) bool { return strings.Contains(w, what) })
}

// sameValues compares every field.
func sameValues(spec *iso8583.Spec, raw []byte, ours *iso8583.Message, theirs *moov.Message) (difference, error) {
	for num, f := range theirs.GetFields() {
		path := strconv.Itoa(num)
		if num < 2 {
			continue
		}
		d, err := sameField(ours, path, spec.Definition().Fields[path], f)
		if err != nil && zerosBetween(spec, raw) {
			return weTakeZeros, nil
		}
		if d != same || err != nil {
			return d, err
		}
	}
	return same, nil
}

// sameField compares one element, and those in it.
func sameField(ours *iso8583.Message, path string, def *iso8583.Field, theirs field.Field) (difference, error) {
	c, ok := theirs.(*field.Composite)
	if ok && def.Content != "x+n" {
		return sameParts(ours, path, def, c)
	}
	want, err := oracleText(theirs)
	if err != nil {
		return "", err
	}
	if !ours.Has(path) && want == "" {
		return weTakeFewer, nil // moov has an empty part where nothing is left
	}
	if !ours.Has(path) {
		return "", errors.New("field " + path + " is missing")
	}
	if got := ours.Reveal(path); got != textOf(def, want) && hex.EncodeToString(ours.Bytes(path)) != hex.EncodeToString([]byte(want)) {
		return "", errors.New("field " + path + " differs: " + strconv.Quote(got) + ", moov " + strconv.Quote(textOf(def, want)))
	}
	return same, nil
}

// textOf is what moov read as a text form of ours.
func textOf(def *iso8583.Field, value string) string {
	switch {
	case def.Type == "Binary", def.Type == "Composite" && (blind(def) == "" || def.Bitmap != nil):
		return strings.ToUpper(hex.EncodeToString([]byte(value)))
	case def.Type == "Composite" && def.Tag != nil && def.Tag.Delimiter != "" && def.Subfields["1"].Enc == "EBCDIC":
		b, _, _ := encoding.EBCDIC.Decode([]byte(value), len(value))
		return string(b)
	}
	return value
}

// sameParts compares the parts of a composite: moov keeps the last of each tag.
func sameParts(ours *iso8583.Message, path string, def *iso8583.Field, theirs *field.Composite) (difference, error) {
	for id, f := range theirs.GetSubfields() {
		if def.Tag != nil && id == "00" && (def.Tag.Enc == "BerTLVTag" || !ours.Has(path+".00")) { // no data set has the identifier 00 either
			return weTakeZeros, nil
		}
		last := path + "." + id
		for n := 2; ours.Has(path + "." + id + "#" + strconv.Itoa(n)); n++ {
			last = path + "." + id + "#" + strconv.Itoa(n)
		}
		part := def.Subfields[id]
		if part == nil {
			part = unknownPart(def)
		}
		if d, err := sameField(ours, last, part, f); d != same || err != nil {
			return d, err
		}
	}
	return same, nil
}

// unknownPart is how a tag that the spec does not name is read.
func unknownPart(def *iso8583.Field) *iso8583.Field {
	if def.Tag.Unknown != nil && def.Tag.Unknown.Enc == "EBCDIC" {
		return &iso8583.Field{Type: "Composite", Tag: &iso8583.Tag{Delimiter: "-"}, Subfields: iso8583.Fields{"1": {Enc: "EBCDIC"}}}
	}
	if def.Tag.Unknown != nil && def.Tag.Unknown.Type == "String" {
		return def.Tag.Unknown
	}
	return &iso8583.Field{Type: "Binary"}
}

// oracleText is the characters or bytes that moov read.
func oracleText(f field.Field) (string, error) {
	c, ok := f.(*field.Composite)
	if !ok {
		b, err := f.Bytes()
		return string(b), err
	}
	var out string
	for _, id := range []string{"1", "2"} {
		if sub := c.GetSubfields()[id]; sub != nil {
			s, err := sub.String()
			if err != nil {
				return "", err
			}
			out += s
		}
	}
	return out, nil
}

// TestOracle holds the two decoders together on drawn messages, whole and damaged.
func TestOracle(t *testing.T) {
	for _, spec := range every(t) {
		oracle := oracleOf(t, spec)
		t.Run(spec.Name(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				raw, err := drawMessage(t, spec).Pack()
				if err != nil {
					t.Fatal(err)
				}
				if d, err := disagreement(spec, oracle, raw); d != same && d != weTakeFewer || err != nil {
					t.Fatalf("whole message: %q, %v", d, err)
				}
				for range rapid.IntRange(1, 3).Draw(t, "damages") {
					at := rapid.IntRange(0, len(raw)-1).Draw(t, "at")
					raw[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "by"))
				}
				if _, err := disagreement(spec, oracle, raw); err != nil {
					t.Fatalf("damaged message %x: %v", raw, err)
				}
			})
		})
	}
}

// TestKnownDifferences shows each difference by a message.
func TestKnownDifferences(t *testing.T) {
	tests := []struct {
		want difference
		spec *iso8583.Spec
		raw  string
	}{
		{same, bcd(t), "0800 2020000000000000 000000 000042"},
		{moovTakesTrailing, bcd(t), "0800 2020000000000000 000000 000042 AA"},
		{moovTakesMTI, ascii(t), hex.EncodeToString([]byte("08A02020000000000000000000000042"))},
		{moovTakesPad, bcd(t), "0100 0000040000000000 9010"},
		{moovTakesPad, bcd(t), "0100 4000000000000000 13 42222222222225"},
		{moovTakesSign, ascii(t), hex.EncodeToString([]byte("01004000000000000000+547617"))},
		{moovTakesSign, bcd(t), "0100 0000000000010000 1001 41"},
		{moovTakesTLV, bcd(t), "0100 0000000000000200 0002 9A80"},
		{same, bcd(t), "0100 4000000000000000 13 4222222222222F"},
		{moovTakesFiller, bcd(t), "0100 0100000000000000 0000000F"},
		{weTakeZeros, bcd(t), "0100 0000000000000200 0004 00 9C0100"},
		{weTakeText, bcd(t), "0100 0000000000000200 0004 41424344"},
		{weTakeBytes, load(t, "iso93-bcd"), "0100 0000000000000200 0002 CAFE"},
		{moovIsBlind, load(t, "base24"), hex.EncodeToString([]byte("0100" + "0000000000000002" + "020& 0000100099" + "! B4000001"))},
		{weTakeFewer, load(t, "unionpay-pos"), "0100 0000000000000002 0023 435550" + strings.Repeat("41", 20)},
		{moovTakesBitmaps, bcd(t), "0800 8000000000000000 8000000000000000 8000000000000000 8000000000000000 0000000000000000"},
	}
	for _, tt := range tests {
		raw := unhex(t, tt.raw)
		got, err := disagreement(tt.spec, oracleOf(t, tt.spec), raw)
		if got != tt.want || err != nil {
			_, ours := tt.spec.Unpack(raw)
			t.Errorf("%s: got %q, %v; want %q (we said %v)", tt.raw, got, err, tt.want, ours)
		}
	}
}

// FuzzOracle holds the two decoders together on any bytes, in any dialect.
func FuzzOracle(f *testing.F) {
	specs := every(f)
	var oracles []*moov.MessageSpec
	for i, spec := range specs {
		oracles = append(oracles, oracleOf(f, spec))
		f.Add(sample(f, spec), byte(i))
	}
	f.Add(unhex(f, "08002020000000000000000000000042"), byte(slices.Index(dialect.Names(), "iso87-bcd")))
	f.Add(unhex(f, "01000000000000000200000400009C0100"), byte(slices.Index(dialect.Names(), "iso87-bcd")))
	f.Fuzz(func(t *testing.T, raw []byte, which byte) {
		i := int(which) % len(specs)
		if _, err := disagreement(specs[i], oracles[i], raw); err != nil {
			t.Fatalf("%s: %v", specs[i].Name(), err)
		}
	})
}
