package detect_test

import (
	"fmt"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/money"
)

// Every currency and every country that is known elsewhere in the library speaks for a
// message that holds it, and codes that nobody has speak against.
func TestCodes(t *testing.T) {
	d := newDetector(t, detect.Options{Dialects: []string{"iso87-ascii"}})
	spec := specs(t)["iso87-ascii"]
	known := map[string]int{}
	for n := range 1000 {
		code := fmt.Sprintf("%03d", n)
		for _, path := range []string{"19", "49"} {
			raw := withCode(t, spec, path, code)
			points := pointsOf(d.Detect(raw), path)
			if isKnown(spec, raw, path, code) {
				if known[path]++; points <= 0 {
					t.Errorf("field %s, %s: %d points", path, code, points)
				}
			}
		}
	}
	for _, nobody := range []string{"001", "111", "777"} {
		for _, path := range []string{"19", "49"} {
			if points := pointsOf(d.Detect(withCode(t, spec, path, nobody)), path); points >= 0 {
				t.Errorf("field %s, %s: %d points", path, nobody, points)
			}
		}
	}
	if known["19"] < 200 || known["49"] < 150 {
		t.Errorf("only %v codes are known", known)
	}
}

func isKnown(spec *iso8583.Spec, raw []byte, path, code string) bool {
	if path == "49" {
		_, err := money.CurrencyByNumber(code)
		return err == nil
	}
	for _, f := range spec.Explain(raw, "en").Fields {
		if f.Path == path {
			return f.Meaning != ""
		}
	}
	return false
}

func withCode(t *testing.T, spec *iso8583.Spec, path, code string) []byte {
	t.Helper()
	m := spec.NewMessage("0200")
	for _, kv := range [][2]string{{"3", "000000"}, {"4", "000000001250"}, {"7", "1123024011"}, {"11", "000042"}, {"41", "TERM0001"}, {path, code}} {
		if err := m.Set(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func pointsOf(r detect.Result, path string) int {
	points := 0
	for _, e := range r.Ranked[0].Evidence {
		if e.Path == path {
			points += e.Points
		}
	}
	return points
}
