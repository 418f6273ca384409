package iso8583_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

// TestSet holds what is accepted, how it is filled, and what is refused.
func TestSet(t *testing.T) {
	tests := []struct {
		path, value, want string
		err               error
	}{
		{"0", "0200", "0200", nil},
		{"0", "20", "", iso8583.ErrMTI},
		{"4", "000000001250", "000000001250", nil},
		{"4", "1250", "000000001250", nil},
		{"4", "12.50", "", iso8583.ErrDigit},
		{"4", "0000000001250", "", iso8583.ErrLength},
		{"4", "", "", iso8583.ErrLength},
		{"41", "", "", iso8583.ErrLength},
		{"28", "D00000010", "D00000010", nil},
		{"28", "10", "", iso8583.ErrCharacter},
		{"28", "D10", "", iso8583.ErrLength},
		{"32", "", "", nil},
		{"35", "4761739001010010=3112", "476173******0010=****", nil},
		{"35", "4761739001010010D3112", "", iso8583.ErrCharacter},
		{"37", "632702000042", "632702000042", nil},
		{"37", "6327", "", iso8583.ErrLength},
		{"38", "A1 2C3", "A1 2C3", nil},
		{"39", "0", "", iso8583.ErrLength},
		{"39", "é", "", iso8583.ErrCharacter},
		{"41", "TERM1", "TERM1   ", nil},
		{"41", "TERM00001", "", iso8583.ErrLength},
		{"41", "TERM\n", "", iso8583.ErrCharacter},
		{"48", "any \x00 bytes", "any \x00 bytes", nil},
		{"48", strings.Repeat("x", 1000), "", iso8583.ErrLength},
		{"49", "156", "156", nil},
		{"64", "0123456789abcdef", "0123456789ABCDEF", nil},
		{"64", "0123456789ABCDE", "", iso8583.ErrHex},
		{"64", "0123456789ABCD", "", iso8583.ErrLength},
		{"55", "9f2701809c0100", "9F2701809C0100", nil},
		{"55", "9F2701809C01", "", iso8583.ErrShort},
		{"55", "9F2701809C0", "", iso8583.ErrHex},
		{"55.9F27", "80", "80", nil},
		{"55.9f27", "80", "80", nil},
		{"55.9F26", "01020304050607", "01020304050607", nil},
		{"55.9F26", "010203040506070809", "", iso8583.ErrLength},
		{"55.9F27#2", "80", "", iso8583.ErrPath},
		{"55.9F", "80", "", iso8583.ErrPath},
		{"55.XX", "80", "", iso8583.ErrPath},
		{"4.1", "0", "", iso8583.ErrPath},
		{"1", "00", "", iso8583.ErrPath},
		{"65", "0011223344556677", "", iso8583.ErrAnnounces},
		{"129", "0", "", iso8583.ErrUndefined},
		{"193", "0", "", iso8583.ErrPath},
		{"04", "0", "", iso8583.ErrPath},
		{"", "0", "", iso8583.ErrPath},
		{"x", "0", "", iso8583.ErrPath},
	}
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		for _, tt := range tests {
			m := spec.NewMessage("0200")
			err := m.Set(tt.path, tt.value)
			if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Errorf("%s: set %s %q: %v, want %v", spec.Name(), tt.path, tt.value, err, tt.err)
			}
			if got := m.Value(tt.path); tt.err == nil && got != tt.want {
				t.Errorf("%s: set %s %q: value %q, want %q", spec.Name(), tt.path, tt.value, got, tt.want)
			}
			if tt.err != nil && len(m.Fields()) != 0 {
				t.Errorf("%s: set %s %q failed and left %v", spec.Name(), tt.path, tt.value, m.Fields())
			}
		}
	}
}

// TestSetErrorHidesValue: what was refused is not in the error.
func TestSetErrorHidesValue(t *testing.T) {
	for _, path := range []string{"2", "4", "35", "52", "55", "55.5A", "64"} {
		err := ascii(t).NewMessage("0200").Set(path, "47617390010100104761739001010010X")
		if err == nil || strings.Contains(err.Error(), "4761") {
			t.Errorf("field %s: %v", path, err)
		}
	}
}

func TestPackChecksType(t *testing.T) {
	if _, err := ascii(t).NewMessage("").Pack(); !errors.Is(err, iso8583.ErrMTI) {
		t.Errorf("packed without a type: %v", err)
	}
}

func TestFieldsAndUnset(t *testing.T) {
	m := ascii(t).NewMessage("0200")
	for _, path := range []string{"70", "4", "11", "64"} {
		value := map[bool]string{true: "0011223344556677", false: "1"}[path == "64"]
		if err := m.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(m.Fields(), " "); got != "4 11 64 70" {
		t.Errorf("fields %s", got)
	}
	m.Unset("11")
	m.Unset("12")
	m.Unset("55.9F26")
	if m.Has("11") || !m.Has("4") || strings.Join(m.Fields(), " ") != "4 64 70" {
		t.Errorf("fields after unset %v", m.Fields())
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(raw), "0200"+"9000000000000001"+"0400000000000000") {
		t.Errorf("bitmaps %s", raw[4:36])
	}
	m.Unset("70")
	if raw, err = m.Pack(); err != nil || !strings.HasPrefix(string(raw), "0200"+"1000000000000001"+"000000000001") {
		t.Errorf("one bitmap where no field is over 64: %s, %v", raw, err)
	}
}

// TestTLVInPlace: elements are replaced where they stand, new ones go to the end, and
// what was read keeps its order, its duplicates and its lengths.
func TestTLVInPlace(t *testing.T) {
	m := bcd(t).NewMessage("0200")
	steps := []struct{ path, value, want string }{
		{"55.9F36", "0001", "9F36020001"},
		{"55.95", "8000048000", "9F36020001" + "95058000048000"},
		{"55.9F36", "0002", "9F36020002" + "95058000048000"},
		{"55.95#2", "0000000000", "9F36020002" + "95058000048000" + "95050000000000"},
		{"55.95", "", "9F36020002" + "9500" + "95050000000000"},
		{"55", "9F36810200FF" + "0000" + "9C0100", "9F36810200FF" + "0000" + "9C0100"},
		{"55.9C", "20", "9F36810200FF" + "0000" + "9C0120"},
		{"55.71", strings.Repeat("AB", 200), "9F36810200FF" + "0000" + "9C0120" + "7181C8" + strings.Repeat("AB", 200)},
	}
	for _, s := range steps {
		if err := m.Set(s.path, s.value); err != nil {
			t.Fatalf("set %s: %v", s.path, err)
		}
		if got := m.Reveal("55"); got != s.want {
			t.Fatalf("after %s: %s, want %s", s.path, got, s.want)
		}
	}
	m.Unset("55.71")
	m.Unset("55.9F36")
	if got := m.Reveal("55"); got != "0000"+"9C0120" {
		t.Errorf("after unset: %s", got)
	}
	if err := m.Set("55.72", strings.Repeat("AB", 1000)); !errors.Is(err, iso8583.ErrLength) {
		t.Errorf("field 55 of more than 999 bytes: %v", err)
	}
}

func TestSetBytes(t *testing.T) {
	m := ascii(t).NewMessage("0200")
	block := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	for _, path := range []string{"52", "64", "55.9F26"} {
		if err := m.SetBytes(path, block); err != nil {
			t.Fatal(err)
		}
	}
	block[0] = 99
	if got := m.Bytes("64"); !bytes.Equal(got, []byte{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Errorf("bytes of 64: %x", got)
	}
	if got := m.Reveal("52"); got != "0102030405060708" {
		t.Errorf("field 52: %s", got)
	}
	if got := m.Bytes("55"); hex.EncodeToString(got) != "9f26080102030405060708" {
		t.Errorf("bytes of 55: %x", got)
	}
	if m.Bytes("96") != nil || m.Bytes("55.9C") != nil {
		t.Error("bytes of what is not there")
	}
	if err := m.SetBytes("64", block[:7]); !errors.Is(err, iso8583.ErrLength) {
		t.Errorf("seven bytes in field 64: %v", err)
	}
	if err := m.SetBytes("55", []byte{0x9F}); !errors.Is(err, iso8583.ErrTLV) {
		t.Errorf("half a tag in field 55: %v", err)
	}
}

// TestUnpackOwns: a message does not change with the bytes it was read from, nor a
// clone with its origin.
func TestUnpackOwns(t *testing.T) {
	raw := benchMessage(t, ascii(t))
	m, err := ascii(t).Unpack(raw)
	if err != nil {
		t.Fatal(err)
	}
	clear(raw)
	if got := m.Reveal("37"); got != "632702000042" {
		t.Errorf("field 37 after the buffer was used again: %q", got)
	}
	c := m.Clone()
	if err := c.Set("37", "000000000000"); err != nil {
		t.Fatal(err)
	}
	c.Unset("11")
	if m.Reveal("37") != "632702000042" || !m.Has("11") {
		t.Error("the origin changed with its clone")
	}
}

func TestMessageFormats(t *testing.T) {
	m := ascii(t).NewMessage("0200")
	for _, kv := range [][2]string{{"2", "4761739001010010"}, {"4", "1250"}, {"48", "bell \a"}, {"55", "9F2701805A084761739001010010"}} {
		if err := m.Set(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	want := `0200 2=476173******0010 4=000000001250 48=0x62656C6C2007 55.9F27=80 55.5A=476173******0010`
	if m.String() != want {
		t.Errorf("got  %s\nwant %s", m, want)
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	wantJSON := `{"mti":"0200","fields":{"2":"476173******0010","4":"000000001250","48":"0x62656C6C2007","55.9F27":"80","55.5A":"476173******0010"}}`
	if string(b) != wantJSON {
		t.Errorf("got  %s\nwant %s", b, wantJSON)
	}
}

// FuzzSet: whatever is set is refused, or packs and is read back as it was set.
func FuzzSet(f *testing.F) {
	for _, kv := range authorization() {
		f.Add(kv[0], kv[1], "55.9F36", "0001", false)
	}
	f.Add("55", "9F36020001", "55.9F36#2", "AA", true)
	f.Add("28", "C00000001", "97", "D0000000000000001", true)
	specs := []*iso8583.Spec{ascii(f), bcd(f)}
	f.Fuzz(func(t *testing.T, path1, value1, path2, value2 string, packed bool) {
		spec := specs[0]
		if packed {
			spec = specs[1]
		}
		m := spec.NewMessage("0200")
		for _, kv := range [][2]string{{path1, value1}, {path2, value2}} {
			if err := m.Set(kv[0], kv[1]); err != nil && len(kv[1]) > 6 && strings.Contains(err.Error(), kv[1]) && !strings.Contains(kv[0], kv[1]) {
				t.Fatalf("the error quotes the value: %v", err)
			}
		}
		raw, err := m.Pack()
		if err != nil {
			t.Fatalf("set and cannot be packed: %v", err)
		}
		back, err := spec.Unpack(raw)
		if err != nil || back.String() != m.String() {
			t.Fatalf("read back %v, %v, want %v", back, err, m)
		}
	})
}
