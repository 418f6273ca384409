package dialect_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	moov "github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/specs"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

func TestNames(t *testing.T) {
	want := strings.Fields(`amex-gcag base24 iso2003
		iso87-ascii iso87-ascii-128 iso87-ascii-binbmp iso87-bcd iso87-ebcdic iso87-ebcdic-hexbmp
		iso93-ascii iso93-bcd iso93-bcd-left iso93-ebcdic
		mastercard-ipm mastercard-ipm-ascii mastercard-ipm-ascii-hexbmp mastercard-ipm-hexbmp
		nac-pos postilion unionpay-pos visa-base1`)
	if got := dialect.Names(); !slices.Equal(got, want) {
		t.Errorf("got %s", got)
	}
	for _, name := range dialect.Names() {
		s, err := dialect.Load(name)
		if err != nil || s.Name() != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestInfos: what is said of a dialect without compiling it is whole, in both languages.
func TestInfos(t *testing.T) {
	infos := dialect.Infos()
	if len(infos) != len(dialect.Names()) {
		t.Fatalf("%d infos, %d names", len(infos), len(dialect.Names()))
	}
	for i, info := range infos {
		if info.Name != dialect.Names()[i] {
			t.Errorf("info %d is of %s", i, info.Name)
		}
		if info.Title.In("en") == "" || info.Title.In("zh_CN") == "" || info.Title.En == info.Title.Zh || info.Missing.En == "" || info.Missing.Zh == "" || len(info.Sources) == 0 {
			t.Errorf("%s: %+v", info.Name, info)
		}
		if !strings.Contains("1987 1993 2003", info.Edition) || !strings.Contains("ascii bcd ebcdic", info.MTICoding) || !strings.Contains("hex binary", info.Bitmap) || len(info.Versions) == 0 {
			t.Errorf("%s: %+v", info.Name, info)
		}
	}
	if !slices.IsSorted(dialect.Names()) {
		t.Errorf("not in the order of names: %v", dialect.Names())
	}
}

func TestLoadUnknown(t *testing.T) {
	_, err := dialect.Load("iso87")
	if err == nil || !strings.Contains(err.Error(), "amex-gcag, base24, iso2003, iso87-ascii") {
		t.Errorf("got %v, want the dialects there are", err)
	}
}

// TestEveryField: each field has a name in both languages, and the plain editions define
// all 128.
func TestEveryField(t *testing.T) {
	for _, info := range dialect.Infos() {
		s, err := dialect.Load(info.Name)
		if err != nil {
			t.Fatal(err)
		}
		eachField(s.Definition().Fields, "", func(path string, f *iso8583.Field) {
			if f.Description == "" || f.Zh == "" || f.Description == f.Zh {
				t.Errorf("%s: field %s is called %q and %q", info.Name, path, f.Description, f.Zh)
			}
		})
		if got := len(s.FieldNumbers()); got != 126 && strings.HasPrefix(info.Name, "iso") {
			t.Errorf("%s: %d fields", info.Name, got)
		}
	}
}

// eachField visits every field and part of a field.
func eachField(fields iso8583.Fields, parent string, visit func(path string, f *iso8583.Field)) {
	for key, f := range fields {
		visit(parent+key, f)
		eachField(f.Subfields, parent+key+".", visit)
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

// moovCannot says why moov's importer refuses a dialect.
func moovCannot() map[string]string {
	return map[string]string{
		"base24":    "length prefixes of five digits, in tokens",
		"postilion": "a length prefix of six digits",
	}
}

// TestMoovLoads: moov's importer takes what a dialect is written in, unless a reason
// stands above.
func TestMoovLoads(t *testing.T) {
	for _, name := range dialect.Names() {
		s, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		err = imports(data)
		if reason, listed := moovCannot()[name]; listed != (err != nil) {
			t.Errorf("%s: moov says %v, listed: %q", name, err, reason)
		}
	}
}

// imports loads a spec in moov, which panics at some that it cannot use.
func imports(data []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	_, err = specs.ImportJSON(data)
	return err
}
