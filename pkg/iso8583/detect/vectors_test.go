package detect_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
)

// vector is a message that someone else wrote, with what they say it holds.
type vector struct {
	ID       string
	Hex      string
	Framing  string
	Broken   bool
	Expected struct {
		MTI    iso8583.MTI
		Fields map[string]string
	}
}

// vectors reads the messages of others from the folder of TILL_VECTORS.
func vectors(t *testing.T) []vector {
	t.Helper()
	dir := os.Getenv("TILL_VECTORS")
	if dir == "" {
		t.Skip("TILL_VECTORS names no folder of other people's messages")
	}
	f, err := os.Open(filepath.Join(dir, "iso8583.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []vector
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// plain drops what the sources write differently: blanks, zeros in front of numbers,
// the case of hex.
func plain(s string) string {
	return strings.TrimLeft(strings.ToUpper(strings.Join(strings.Fields(s), "")), "0")
}

func newDetector(tb testing.TB, o detect.Options) *detect.Detector {
	tb.Helper()
	d, err := detect.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// found are the dialects in which the messages of others are found; package dialect
// tests that each gives their fields.
func found() map[string]string {
	out := map[string]string{}
	for name, ids := range map[string]string{
		"iso87-ascii":                 "h01 h03 h20 h21 h22 h23 h24 h25 h26 h27 h28 h48 h49 h50 h51",
		"iso87-ascii-128":             "h09 h10 h11 h12 h13 h14 h15 h16 h17 h18",
		"iso87-bcd":                   "h02 h04",
		"iso93-ascii":                 "h05",
		"iso93-bcd-left":              "h06",
		"postilion":                   "h08",
		"mastercard-ipm-ascii":        "h29",
		"mastercard-ipm":              "h30",
		"mastercard-ipm-ascii-hexbmp": "h31",
		"mastercard-ipm-hexbmp":       "h32",
		"amex-gcag":                   "h47",
	} {
		for id := range strings.FieldsSeq(ids) {
			out[id] = name
		}
	}
	return out
}

// doubtful are those of which more than "likely" would be too much, each with the reason.
func doubtful() map[string]string {
	return map[string]string{
		"h05": "a packager's own test: function code, entry mode and response are what no host sends",
		"h47": "its source masked number and expiry with bytes that are no digits",
	}
}

// Every message of others is found without being told anything, its framing and its
// dialect; those whose layout is private to their source are found with their spec, and
// without it nothing is said for sure.
func TestVectors(t *testing.T) {
	d := newDetector(t, detect.Options{})
	private := privateSpecs(t)
	counts := map[string]int{}
	for _, v := range vectors(t) {
		raw, err := hex.DecodeString(v.Hex)
		if err != nil {
			t.Fatal(err)
		}
		if spec := private[v.ID]; spec != nil {
			counts["private"]++
			isPrivate(t, d, spec, v, raw)
			continue
		}
		r := d.Detect(raw)
		counts[r.Confidence]++
		want, ok := found()[v.ID]
		switch {
		case !ok:
			t.Errorf("%s is neither found nor private", v.ID)
		case r.Best == nil || r.Best.Dialect != want || r.Best.Framing != v.Framing || !r.Best.Sound:
			t.Errorf("%s: want %s: %s", v.ID, want, shown(r))
		case r.Confidence != detect.Sure && doubtful()[v.ID] == "":
			t.Errorf("%s is %s: %s", v.ID, r.Confidence, shown(r))
		default:
			holds(t, v, r.Best.Spec, raw[r.Best.Start:r.Best.End])
		}
	}
	t.Logf("%v", counts)
}

// isPrivate holds what is found with a spec and what is not without it.
func isPrivate(t *testing.T, d *detect.Detector, spec *iso8583.Spec, v vector, raw []byte) {
	t.Helper()
	if r := d.Detect(raw); r.Confidence == detect.Sure {
		t.Errorf("%s is surely %s without its spec", v.ID, r.Best.Dialect)
	}
	r := newDetector(t, detect.Options{Specs: []*iso8583.Spec{spec}}).Detect(raw)
	if r.Best == nil || r.Best.Spec != spec || !r.Best.Sound {
		t.Errorf("%s is not found with its spec: %s", v.ID, shown(r))
		return
	}
	holds(t, v, spec, raw[r.Best.Start:r.Best.End])
}

// holds reports fields that are not there, or that are not what their source says.
func holds(t *testing.T, v vector, spec *iso8583.Spec, body []byte) {
	t.Helper()
	m, err := spec.Unpack(body)
	if err != nil || m.MTI() != v.Expected.MTI {
		t.Errorf("%s is a %s: %v", v.ID, m.MTI(), err)
	}
	for path, want := range v.Expected.Fields {
		num, _, inside := strings.Cut(path, ".")
		if !m.Has(num) {
			t.Errorf("%s: field %s is not there", v.ID, num)
		}
		switch num {
		case "3", "4", "7", "11", "12", "37", "41", "49", "70":
			if got := m.Reveal(num); !inside && plain(got) != plain(want) {
				t.Errorf("%s: field %s differs", v.ID, num)
			}
		}
	}
}

// privateSpecs are the specs of messages whose layout is their source's own, by id;
// package dialect has the list, with the reasons.
func privateSpecs(t *testing.T) map[string]*iso8583.Spec {
	t.Helper()
	dir := filepath.Join("..", "dialect", "testdata")
	list, err := os.ReadFile(filepath.Join(dir, "private.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*iso8583.Spec{}
	for line := range strings.Lines(string(list)) {
		cols := strings.Split(line, "\t")
		if strings.HasPrefix(line, "#") || len(cols) < 2 {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, cols[1]))
		if err != nil {
			t.Fatal(err)
		}
		if out[cols[0]], err = iso8583.LoadSpec(data); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
