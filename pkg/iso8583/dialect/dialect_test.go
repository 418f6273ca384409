package dialect_test

import (
	"strconv"
	"strings"
	"testing"

	moov "github.com/moov-io/iso8583"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

func TestNames(t *testing.T) {
	if got := strings.Join(dialect.Names(), " "); got != "iso87-ascii iso87-bcd" {
		t.Errorf("got %s", got)
	}
	for _, name := range dialect.Names() {
		s, err := dialect.Load(name)
		if err != nil || s.Name() != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoadUnknown(t *testing.T) {
	_, err := dialect.Load("iso87")
	if err == nil || !strings.Contains(err.Error(), "iso87-ascii, iso87-bcd") {
		t.Errorf("got %v, want the dialects there are", err)
	}
}

// TestEveryField: 128 fields, each with a name in both languages.
func TestEveryField(t *testing.T) {
	for _, name := range dialect.Names() {
		s, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for num := range 129 {
			en, zh := s.FieldName(strconv.Itoa(num), "en"), s.FieldName(strconv.Itoa(num), "zh")
			if en == "" || zh == "" || en == zh {
				t.Errorf("%s: field %d is called %q and %q", name, num, en, zh)
			}
		}
		if got := len(s.FieldNumbers()); got != 126 {
			t.Errorf("%s: %d fields", name, got)
		}
	}
}

// TestSameFields: the dialects differ in coding and in nothing else.
func TestSameFields(t *testing.T) {
	a, err := dialect.ISO87ASCII()
	if err != nil {
		t.Fatal(err)
	}
	b, err := dialect.ISO87BCD()
	if err != nil {
		t.Fatal(err)
	}
	for path, f := range a.Definition().Fields {
		g := b.Definition().Fields[path]
		if f.Description != g.Description || f.Zh != g.Zh || f.Class != g.Class || f.Content != g.Content {
			t.Errorf("field %s differs: %+v and %+v", path, f, g)
		}
	}
}

// TestLengths compares the lengths with moov's table of the same edition, which
// others wrote from the same standard.
func TestLengths(t *testing.T) {
	s, err := dialect.ISO87ASCII()
	if err != nil {
		t.Fatal(err)
	}
	for num, f := range moov.Spec87.Fields {
		ours := s.Definition().Fields[strconv.Itoa(num)]
		if num == 44 {
			continue // an..25 in the 1987 edition, up to 99 in moov's table
		}
		_, ls, _ := strings.Cut(ours.Prefix, ".")
		_, theirs, _ := strings.Cut(f.Spec().Pref.Inspect(), ".")
		if num > 1 && (ours.Length != f.Spec().Length || ls != theirs) {
			t.Errorf("field %d: %s %d, moov has %s %d", num, ours.Prefix, ours.Length, f.Spec().Pref.Inspect(), f.Spec().Length)
		}
	}
}

// TestShapes holds the notations of the standard for fields of every kind.
func TestShapes(t *testing.T) {
	tests := []struct {
		dialect, path, value, wire string
	}{
		{"iso87-ascii", "2", "4222222222222", "134222222222222"},
		{"iso87-ascii", "22", "051", "051"},
		{"iso87-ascii", "28", "D00000010", "D00000010"},
		{"iso87-ascii", "35", "4761739001010010=3112201", "244761739001010010=3112201"},
		{"iso87-ascii", "36", "011=2", "005011=2"},
		{"iso87-ascii", "52", "0123456789ABCDEF", "0123456789ABCDEF"},
		{"iso87-ascii", "55", "9C0100", "003\x9C\x01\x00"},
		{"iso87-ascii", "63", "两", "003两"},
		{"iso87-bcd", "2", "4222222222222", "\x13\x42\x22\x22\x22\x22\x22\x20"},
		{"iso87-bcd", "22", "051", "\x00\x51"},
		{"iso87-bcd", "27", "6", "\x06"},
		{"iso87-bcd", "28", "D00000010", "D\x00\x00\x00\x10"},
		{"iso87-bcd", "32", "123", "\x03\x12\x30"},
		{"iso87-bcd", "35", "4222222222222=3112201", "\x21\x42\x22\x22\x22\x22\x22\x2D\x31\x12\x20\x10"},
		{"iso87-bcd", "36", "011=2", "\x00\x05011=2"},
		{"iso87-bcd", "39", "00", "00"},
		{"iso87-bcd", "49", "156", "156"},
		{"iso87-bcd", "52", "0123456789ABCDEF", "\x01\x23\x45\x67\x89\xAB\xCD\xEF"},
		{"iso87-bcd", "55", "9C0100", "\x00\x03\x9C\x01\x00"},
		{"iso87-bcd", "60", "000017", "\x00\x06000017"},
	}
	for _, tt := range tests {
		spec, err := dialect.Load(tt.dialect)
		if err != nil {
			t.Fatal(err)
		}
		m := spec.NewMessage("0100")
		if err := m.Set(tt.path, tt.value); err != nil {
			t.Errorf("%s field %s: %v", tt.dialect, tt.path, err)
			continue
		}
		raw, err := m.Pack()
		if err != nil {
			t.Errorf("%s field %s: %v", tt.dialect, tt.path, err)
			continue
		}
		head := map[string]int{"iso87-ascii": 20, "iso87-bcd": 10}[tt.dialect]
		if got := string(raw[head:]); got != tt.wire {
			t.Errorf("%s field %s: %q, want %q", tt.dialect, tt.path, got, tt.wire)
		}
		if back, err := spec.Unpack(raw); err != nil || back.Reveal(tt.path) != tt.value {
			t.Errorf("%s field %s read back: %v", tt.dialect, tt.path, err)
		}
	}
}

// TestMoovNames: what a dialect is written in are names that moov's importer has.
func TestMoovNames(t *testing.T) {
	for _, name := range dialect.Names() {
		s, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for path, f := range s.Definition().Fields {
			moovNames(t, name+" "+path, f)
		}
	}
}

func moovNames(t *testing.T, place string, f *iso8583.Field) {
	t.Helper()
	const encodings, prefixes, types = " ASCII BCD LBCD Binary HexToASCII ", " ASCII.Fixed ASCII.LL ASCII.LLL BCD.Fixed BCD.LL BCD.LLL Hex.Fixed BerTLV ", " String Binary Bitmap Composite "
	if !strings.Contains(types, " "+f.Type+" ") || !strings.Contains(prefixes, " "+f.Prefix+" ") {
		t.Errorf("%s: type %q, prefix %q", place, f.Type, f.Prefix)
	}
	if (len(f.Subfields) == 0) != strings.Contains(encodings, " "+f.Enc+" ") {
		t.Errorf("%s: encoding %q with %d subfields", place, f.Enc, len(f.Subfields))
	}
	for key, sub := range f.Subfields {
		moovNames(t, place+"."+key, sub)
	}
}
