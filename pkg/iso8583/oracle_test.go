package iso8583_test

import (
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	moov "github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/field"
	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/iso8583"
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
	case fault.Path == "55" && errors.Is(fault, iso8583.ErrTLV):
		return moovTakesTLV
	case strings.HasPrefix(fault.Path, "55") && zerosBetween(spec, raw):
		return weTakeZeros // after them moov goes on from another byte
	}
	return same
}

// weTake classes what only moov refuses.
func weTake(spec *iso8583.Spec, raw []byte, moovErr error) difference {
	switch inField55 := strings.Contains(moovErr.Error(), "failed to unpack field 55"); {
	case inField55 && zerosBetween(spec, raw):
		return weTakeZeros
	case inField55 && warned(spec, raw, "text, not BER-TLV"):
		return weTakeText
	}
	return same
}

// zerosBetween reports a zero byte where an element of field 55 should start.
func zerosBetween(spec *iso8583.Spec, raw []byte) bool {
	var l iso8583.Layout
	_ = spec.Decode(raw, &l) // of a broken message up to the fault
	field := l.Find("55")
	if field < 0 {
		return false
	}
	end := int(l.At(field).End)
	for _, pos := range append(elementEnds(&l), int(l.At(field).Start)) {
		if pos < end && raw[pos] == 0 {
			return true
		}
	}
	return false
}

// elementEnds are the places behind the elements of field 55.
func elementEnds(l *iso8583.Layout) (ends []int) {
	for i := range l.Len() {
		if path := l.Path(i); strings.HasPrefix(path, "55.") && strings.Count(path, ".") == 1 {
			ends = append(ends, int(l.At(i).End))
		}
	}
	return ends
}

// warned reports a warning about field 55.
func warned(spec *iso8583.Spec, raw []byte, what string) bool {
	return slices.ContainsFunc(spec.Explain(raw, "en").Warnings, func(w string) bool {
		return strings.HasPrefix(w, "field 55") && strings.Contains(w, what)
	})
}

// sameValues compares every field.
func sameValues(spec *iso8583.Spec, raw []byte, ours *iso8583.Message, theirs *moov.Message) (difference, error) {
	for num, f := range theirs.GetFields() {
		path := strconv.Itoa(num)
		if num < 2 {
			continue
		}
		if !ours.Has(path) {
			return "", errors.New("field " + path + " is missing")
		}
		want, err := oracleText(f)
		if err != nil {
			return "", err
		}
		got := ours.Reveal(path)
		if num == 55 {
			if d, err := sameTLV(ours, f.(*field.Composite), zerosBetween(spec, raw)); d != same || err != nil {
				return d, err
			}
			continue
		}
		if spec.Definition().Fields[path].Type == "Binary" {
			want = strings.ToUpper(hex.EncodeToString([]byte(want)))
		}
		if got != want {
			return "", errors.New("field " + path + " differs: " + strconv.Quote(got) + ", moov " + strconv.Quote(want))
		}
	}
	return same, nil
}

// sameTLV compares the elements: moov keeps the last of each tag.
func sameTLV(ours *iso8583.Message, theirs *field.Composite, zeros bool) (difference, error) {
	for tag, f := range theirs.GetSubfields() {
		if tag == "00" {
			return weTakeZeros, nil
		}
		want, err := f.Bytes()
		if err != nil {
			return "", err
		}
		last := "55." + tag
		for n := 2; ours.Has("55." + tag + "#" + strconv.Itoa(n)); n++ {
			last = "55." + tag + "#" + strconv.Itoa(n)
		}
		if got := ours.Reveal(last); got != strings.ToUpper(hex.EncodeToString(want)) {
			if zeros {
				return weTakeZeros, nil
			}
			return "", errors.New("field " + last + " differs")
		}
	}
	return same, nil
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
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		oracle := oracleOf(t, spec)
		t.Run(spec.Name(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				raw, err := drawMessage(t, spec).Pack()
				if err != nil {
					t.Fatal(err)
				}
				if d, err := disagreement(spec, oracle, raw); d != same || err != nil {
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

// FuzzOracle holds the two decoders together on any bytes.
func FuzzOracle(f *testing.F) {
	specs := []*iso8583.Spec{ascii(f), bcd(f)}
	oracles := []*moov.MessageSpec{oracleOf(f, specs[0]), oracleOf(f, specs[1])}
	for i, spec := range specs {
		f.Add(benchMessage(f, spec), i == 1)
	}
	f.Add(unhex(f, "08002020000000000000000000000042"), true)
	f.Add(unhex(f, "01000000000000000200000400009C0100"), true)
	f.Fuzz(func(t *testing.T, raw []byte, packed bool) {
		i := 0
		if packed {
			i = 1
		}
		if _, err := disagreement(specs[i], oracles[i], raw); err != nil {
			t.Fatal(err)
		}
	})
}
