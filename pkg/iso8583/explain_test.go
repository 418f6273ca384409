package iso8583_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/pkg/iso8583"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares text with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// sheet is an explanation as lines for a golden file.
func sheet(x iso8583.Explanation) string {
	var out strings.Builder
	fmt.Fprintf(&out, "dialect %s  mti %s  trailing %d\n", x.Dialect, x.MTI, x.Trailing)
	for _, f := range x.Fields {
		fmt.Fprintf(&out, "%s | %s | %d+%d/%d | %s | %s | %s\n", f.Path, f.Name, f.Offset, f.Length, f.Prefix, f.Raw, f.Value, f.Meaning)
	}
	for _, w := range x.Warnings {
		fmt.Fprintf(&out, "warning: %s\n", w)
	}
	if x.Error != nil {
		fmt.Fprintf(&out, "error: field %q at %d: %s\n", x.Error.Path, x.Error.Offset, x.Error.Text)
	}
	return out.String()
}

// pack makes a message of a dialect.
func pack(tb testing.TB, spec *iso8583.Spec, mti iso8583.MTI, fields [][2]string) []byte {
	tb.Helper()
	m := spec.NewMessage(mti)
	for _, kv := range fields {
		if err := m.Set(kv[0], kv[1]); err != nil {
			tb.Fatal(err)
		}
	}
	raw, err := m.Pack()
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// explained are the messages of the golden files.
func explained(tb testing.TB, spec *iso8583.Spec) map[string][]byte {
	sale := pack(tb, spec, "0100", authorization())
	return map[string][]byte{
		"sale": sale,
		"answer": pack(tb, spec, "0110", [][2]string{
			{"3", "000000"}, {"4", "1250"}, {"7", "1123024011"}, {"11", "42"}, {"37", "632702000042"}, {"38", "A1B2C3"},
			{"39", "51"}, {"41", "TERM0001"}, {"49", "156"}, {"54", "1001156C0000000987651002156D000000000005"},
			{"55", "910AA1B2C3D4E5F60718303071049F1801AA8A023531"},
		}),
		"reversal": pack(tb, spec, "0401", [][2]string{
			{"3", "200030"}, {"4", "1250"}, {"7", "1123024011"}, {"11", "43"}, {"22", "801"}, {"25", "08"}, {"28", "D00000010"},
			{"41", "T1"}, {"42", "M 77"}, {"49", "840"}, {"90", "010000004211230240110000001234500000000000"}, {"95", "000000000500000000000500C00000000D00000000"},
		}),
		"totals": pack(tb, spec, "0500", [][2]string{
			{"7", "1123024011"}, {"11", "44"}, {"41", "TERM0001"}, {"49", "392"}, {"60", "000017"}, {"66", "1"}, {"74", "3"}, {"75", "0"}, {"76", "12"},
			{"77", "1"}, {"86", "1500"}, {"87", "0"}, {"88", "98765"}, {"89", "1250"}, {"97", "C0000000000096015"},
		}),
		"sign-on":  pack(tb, spec, "0800", [][2]string{{"7", "1123024011"}, {"11", "1"}, {"41", "TERM0001"}, {"70", "001"}}),
		"cut":      sale[:len(sale)-30],
		"trailing": append(append([]byte{}, pack(tb, spec, "0800", [][2]string{{"11", "1"}, {"70", "301"}})...), 1, 2, 3),
		"odd": pack(tb, spec, "0630", [][2]string{
			{"2", "4761739001010011"}, {"48", "ref 4761739001010010 = 5413 3300 8901 0434"}, {"60", "\x02\x47\x61\x73\x90\x01\x01\x00\x10"},
			{"55", "009F2701809F270140" + "DF01084761739001010010" + "E10A5A084761739001010010" + "0000"}, {"86", "4761739001010010"}, {"63", "签购单"},
		}),
	}
}

func TestExplain(t *testing.T) {
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		for name, raw := range explained(t, spec) {
			for _, lang := range []string{"en", "zh"} {
				t.Run(spec.Name()+"/"+name+"/"+lang, func(t *testing.T) {
					golden(t, fmt.Sprintf("explain-%s-%s.%s.txt", spec.Name(), name, lang), sheet(spec.Explain(raw, lang)))
				})
			}
		}
	}
}

// TestExplainJSON holds the keys that programs read.
func TestExplainJSON(t *testing.T) {
	raw := pack(t, ascii(t), "0800", [][2]string{{"11", "1"}, {"70", "301"}})
	b, err := json.MarshalIndent(ascii(t).Explain(raw[:len(raw)-1], "en"), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "explain.json", string(b)+"\n")
}

// TestExplainCovers: the rows of a sound message are all its bytes, once each.
func TestExplainCovers(t *testing.T) {
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		for name, raw := range explained(t, spec) {
			x := spec.Explain(raw, "en")
			pos := 0
			for _, f := range x.Fields {
				if strings.Contains(f.Path, ".") {
					continue
				}
				if f.Offset != pos {
					t.Errorf("%s %s: field %s at %d, want %d", spec.Name(), name, f.Path, f.Offset, pos)
				}
				if len(f.Raw) != 2*f.Length {
					t.Errorf("%s %s: field %s has %d hex digits for %d bytes", spec.Name(), name, f.Path, len(f.Raw), f.Length)
				}
				pos += f.Length
			}
			if x.Error == nil && pos != len(raw) {
				t.Errorf("%s %s: rows end at %d of %d bytes", spec.Name(), name, pos, len(raw))
			}
		}
	}
}

// The bitmap of a dataset lists its elements, those of its third byte too.
func TestDatasetBitmapList(t *testing.T) {
	spec := custom(t, `,"2":{"type":"Composite","length":99,"prefix":"ASCII.LL","bitmap":{"type":"Bitmap","length":2,"enc":"Binary","prefix":"Binary.Fixed","disableAutoExpand":true,"dataset":true},
		"subfields":{"1":{"type":"String","length":1,"enc":"ASCII","prefix":"ASCII.Fixed"},"15":{"type":"String","length":1,"enc":"ASCII","prefix":"ASCII.Fixed"},"16":{"type":"String","length":1,"enc":"ASCII","prefix":"ASCII.Fixed"}}}`)
	for body, want := range map[string]string{"\x40\x00A": "1", "\xC0\x01\x40ABC": "1 15 16", "\xC0\x01\x40": "1 15 16"} {
		raw := append([]byte("0100\x40\x00\x00\x00\x00\x00\x00\x00"), fmt.Sprintf("%02d%s", len(body), body)...)
		x := spec.Explain(raw, "en")
		if len(x.Fields) < 4 || x.Fields[3].Meaning != want {
			t.Errorf("%X: %+v, want %q", body, x.Fields, want)
		}
	}
}
