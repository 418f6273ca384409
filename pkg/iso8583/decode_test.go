package iso8583_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

// text is the hex of ASCII, for messages written as they look.
func text(s string) string { return hex.EncodeToString([]byte(s)) }

// TestFaults holds the place and the kind of each fault: the path, the byte, the error.
func TestFaults(t *testing.T) {
	tests := []struct {
		name    string
		dialect string
		raw     string
		path    string
		offset  int
		err     error
		want    int
		got     int
	}{
		{"nothing", "iso87-ascii", "", "0", 0, iso8583.ErrShort, 4, 0},
		{"half a type", "iso87-bcd", "02", "0", 0, iso8583.ErrShort, 2, 1},
		{"type with a letter", "iso87-ascii", text("0A00"), "0", 1, iso8583.ErrMTI, 0, 0},
		{"type with a nibble over 9", "iso87-bcd", "02A0", "0", 1, iso8583.ErrDigit, 0, 0},
		{"no bitmap", "iso87-ascii", text("0800"), "1", 4, iso8583.ErrShort, 16, 0},
		{"bitmap of no hex", "iso87-ascii", text("0800202000000G000000"), "1", 13, iso8583.ErrBitmap, 0, 0},
		{"second bitmap cut", "iso87-bcd", "0800 8000000000000000 04", "1", 10, iso8583.ErrShort, 8, 1},
		{"five bitmaps", "iso87-bcd", "0800" + strings.Repeat("8000000000000000", 5), "1", 34, iso8583.ErrBitmap, 0, 0},
		{"field not defined", "iso87-bcd", "0800 8000000000000000 8000000000000000 4000000000000000", "130", 26, iso8583.ErrUndefined, 0, 0},
		{"fixed field cut", "iso87-ascii", text("08000020000000000000" + "0000"), "11", 20, iso8583.ErrShort, 6, 4},
		{"length prefix cut", "iso87-ascii", text("01004000000000000000" + "1"), "2", 20, iso8583.ErrShort, 2, 1},
		{"length prefix with a sign", "iso87-ascii", text("01004000000000000000" + "+54761"), "2", 20, iso8583.ErrPrefix, 0, 0},
		{"length prefix with a letter", "iso87-ascii", text("01004000000000000000" + "1O4761"), "2", 21, iso8583.ErrPrefix, 0, 0},
		{"length prefix with a nibble over 9", "iso87-bcd", "0100 4000000000000000 1A 4761", "2", 10, iso8583.ErrPrefix, 0, 0},
		{"length prefix with an unused nibble", "iso87-bcd", "0100 0000000000010000 1001 41", "48", 10, iso8583.ErrPrefix, 0, 0},
		{"longer than the field may be", "iso87-ascii", text("01004000000000000000" + "2011111111111111111111"), "2", 20, iso8583.ErrLength, 19, 20},
		{"variable field cut", "iso87-bcd", "0100 4000000000000000 16 4761", "2", 11, iso8583.ErrShort, 8, 2},
		{"digit that is none", "iso87-bcd", "0800 0020000000000000 00004A", "11", 12, iso8583.ErrDigit, 0, 0},
		{"pad nibble in front", "iso87-bcd", "0100 0000040000000000 9010", "22", 10, iso8583.ErrPad, 0, 0},
		{"pad nibble behind", "iso87-bcd", "0100 4000000000000000 13 42222222222221", "2", 17, iso8583.ErrPad, 0, 0},
		{"pad nibble of a track", "iso87-bcd", "0100 0000000020000000 03 4763", "35", 12, iso8583.ErrPad, 0, 0},
		{"character over 127", "iso87-ascii", text("08000000000000800000" + "TERM\xC4001"), "41", 24, iso8583.ErrCharacter, 0, 0},
		{"binary of no hex", "iso87-ascii", text("01000000000000001000" + "0123456789ABCDEG"), "52", 35, iso8583.ErrHex, 0, 0},
		{"bytes left over", "iso87-bcd", "0800 0020000000000000 000042 AABB", "", 13, iso8583.ErrTrailing, 0, 2},
		{"tag cut", "iso87-bcd", "0100 0000000000000200 0001 9F", "55", 12, iso8583.ErrTLV, 0, 0},
		{"tag of five bytes", "iso87-bcd", "0100 0000000000000200 0006 DF8182838401", "55", 12, iso8583.ErrTLV, 0, 0},
		{"length missing", "iso87-bcd", "0100 0000000000000200 0001 9A", "55", 13, iso8583.ErrShort, 1, 0},
		{"length indefinite", "iso87-bcd", "0100 0000000000000200 0003 9A8000", "55", 13, iso8583.ErrTLV, 0, 0},
		{"length of length cut", "iso87-bcd", "0100 0000000000000200 0003 9A8200", "55", 13, iso8583.ErrTLV, 0, 0},
		{"value cut", "iso87-bcd", "0100 0000000000000200 0004 9A032611", "55.9A", 13, iso8583.ErrShort, 3, 2},
		{"declared value cut", "iso87-bcd", "0100 0000000000000200 0004 9F260211", "55.9F26", 15, iso8583.ErrShort, 2, 1},
		{"declared value too long", "iso87-bcd", "0100 0000000000000200 0012 9F2609010203040506070809", "55.9F26", 14, iso8583.ErrLength, 8, 9},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.dialect).Unpack(unhex(t, tt.raw))
			var fault *iso8583.Error
			if !errors.As(err, &fault) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if fault.Path != tt.path || fault.Offset != tt.offset || !errors.Is(err, tt.err) {
				t.Errorf("got %v; want field %q at byte %d: %v", err, tt.path, tt.offset, tt.err)
			}
			if fault.Want != tt.want || fault.Got != tt.got {
				t.Errorf("figures %d and %d, want %d and %d", fault.Want, fault.Got, tt.want, tt.got)
			}
		})
	}
}

// TestTruncation cuts valid messages at every byte: an error with its place, no panic,
// and what lies whole before the cut is there.
func TestTruncation(t *testing.T) {
	messages := [][]byte{benchMessage(t, ascii(t)), benchMessage(t, bcd(t))}
	specs := []*iso8583.Spec{ascii(t), bcd(t)}
	for _, spec := range every(t) {
		specs, messages = append(specs, spec), append(messages, drawn(t, spec, 3))
	}
	for i, spec := range specs {
		raw := messages[i]
		whole := spec.Explain(raw, "en")
		for cut := range raw {
			m, err := spec.Unpack(raw[:cut:cut])
			var fault *iso8583.Error
			if !errors.As(err, &fault) || fault.Offset < 0 || fault.Offset > cut {
				t.Fatalf("%s cut at %d: %v, want an error with a place up to there", spec.Name(), cut, err)
			}
			for _, f := range whole.Fields {
				if f.Path == "1" || strings.Contains(f.Path, ".") || f.Offset+f.Length > cut {
					continue
				}
				if !m.Has(f.Path) {
					t.Fatalf("%s cut at %d: field %s lies before the cut and is missing", spec.Name(), cut, f.Path)
				}
			}
			x := spec.Explain(raw[:cut:cut], "zh")
			if x.Error == nil || x.Error.Path != fault.Path || x.Error.Offset != fault.Offset {
				t.Fatalf("%s cut at %d: explained %+v, unpacked %v", spec.Name(), cut, x.Error, fault)
			}
		}
	}
}

// TestFaultInside: a fault inside a field whose own length is sound is told, and what
// follows the field is read all the same.
func TestFaultInside(t *testing.T) {
	raw := unhex(t, "0100 0000000000000201 0004 9A032611 0102030405060708")
	m, err := bcd(t).Unpack(raw)
	if !errors.Is(err, iso8583.ErrShort) {
		t.Fatalf("got %v, want %v", err, iso8583.ErrShort)
	}
	if got := m.Value("64"); got != "0102030405060708" {
		t.Errorf("field 64 after the fault: got %q", got)
	}
	if got := m.Value("55"); got != "********" {
		t.Errorf("what could not be read of field 55 is shown: %q", got)
	}
}

// TestLayout walks the spans as a program does that reads many messages.
func TestLayout(t *testing.T) {
	spec := bcd(t)
	raw := unhex(t, "0100 4000000000000200 16 4761739001010010 0020 9F360200017104AA02BBCC9F3602000200D101EE")
	var l iso8583.Layout
	if err := spec.Decode(raw, &l); err != nil {
		t.Fatal(err)
	}
	want := []struct {
		path               string
		offset, start, end int32
		masked, clear      string
	}{
		{"0", 0, 0, 2, "0100", "0100"},
		{"1", 2, 2, 10, "4000000000000200", "4000000000000200"},
		{"2", 10, 11, 19, "476173******0010", "4761739001010010"},
		{"55", 19, 21, 41, "9F360200017104AA02BBCC9F3602000200D101EE", "9F360200017104AA02BBCC9F3602000200D101EE"},
		{"55.9F36", 21, 24, 26, "0001", "0001"},
		{"55.71", 26, 28, 32, "AA02BBCC", "AA02BBCC"},
		{"55.71.AA", 28, 30, 32, "BBCC", "BBCC"},
		{"55.9F36#2", 32, 35, 37, "0002", "0002"},
		{"55.D1", 38, 40, 41, "EE", "EE"},
	}
	if l.Len() != len(want) {
		t.Fatalf("%d spans", l.Len())
	}
	for i, w := range want {
		sp := l.At(i)
		if got := l.Path(i); got != w.path || sp.Offset != w.offset || sp.Start != w.start || sp.End != w.end {
			t.Errorf("span %d: %s %d %d %d, want %+v", i, got, sp.Offset, sp.Start, sp.End, w)
		}
		if got := string(l.AppendMasked(nil, i)); got != w.masked {
			t.Errorf("span %d masked: %q, want %q", i, got, w.masked)
		}
		if got := string(l.AppendReveal(nil, i)); got != w.clear {
			t.Errorf("span %d clear: %q, want %q", i, got, w.clear)
		}
	}
}

// TestLayoutPaths: order and duplicates of BER-TLV are kept, templates are looked into.
func TestLayoutPaths(t *testing.T) {
	m := bcd(t).NewMessage("0100")
	if err := m.Set("55", "9F36020001"+"7107"+"9F180101"+"8601AA"+"9F36020002"+"0000"+"D102EEEE"+"7202"+"FFFF"+"9F36020003"); err != nil {
		t.Fatal(err)
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	var l iso8583.Layout
	if err := bcd(t).Decode(raw, &l); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for i := range l.Len() {
		paths = append(paths, l.Path(i))
	}
	got, want := strings.Join(paths, " "), "0 1 55 55.9F36 55.71 55.71.9F18 55.71.86 55.9F36#2 55.D1 55.72 55.9F36#3"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if i := l.Find("55.71.86"); i < 0 || string(l.AppendMasked(nil, i)) != "AA" {
		t.Errorf("find a tag in a template: %d", i)
	}
	if l.Find("56") != -1 {
		t.Error("found what is not there")
	}
}

// TestDecodeAllocates nothing into a layout that was used before, whatever the dialect.
func TestDecodeAllocates(t *testing.T) {
	for _, spec := range every(t) {
		for seed := range 8 {
			raw := drawn(t, spec, seed)
			var l iso8583.Layout
			got := testing.AllocsPerRun(20, func() {
				if err := spec.Decode(raw, &l); err != nil {
					t.Fatal(err)
				}
			})
			if got != 0 {
				t.Errorf("%s: %v allocations a message", spec.Name(), got)
			}
		}
	}
}

// FuzzDecode: any bytes are explained in any dialect without a panic, the rows stay inside
// the message, and what was read packs.
func FuzzDecode(f *testing.F) {
	specs := every(f)
	for i, spec := range specs {
		f.Add(sample(f, spec), byte(i))
		if spec.Name() == "iso87-ascii" || spec.Name() == "iso87-bcd" {
			for _, raw := range explained(f, spec) {
				f.Add(raw, byte(i))
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, which byte) {
		spec := specs[int(which)%len(specs)]
		x := spec.Explain(raw, "zh")
		for _, row := range x.Fields {
			if row.Offset < 0 || row.Offset+row.Length > len(raw) || len(row.Raw) != 2*row.Length {
				t.Fatalf("%s: row %+v of %d bytes", spec.Name(), row, len(raw))
			}
		}
		m, err := spec.Unpack(raw)
		if (err == nil) != (x.Error == nil) {
			t.Fatalf("%s: unpacked %v, explained %+v", spec.Name(), err, x.Error)
		}
		_ = m.String()
		if err != nil {
			return
		}
		again, err := m.Pack()
		if err != nil {
			t.Fatalf("%s: cannot pack what was read: %v", spec.Name(), err)
		}
		// What was packed is canonical: hex in capitals, no empty bitmap, pad nibble 0.
		same, err := spec.Unpack(again)
		if err != nil || same.String() != m.String() {
			t.Fatalf("%s: packed and read again: %v, %v, want %v", spec.Name(), same, err, m)
		}
	})
}
