package dialect_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// vector is a message that someone else wrote, with what they say it holds.
type vector struct {
	ID       string
	Hex      string
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

// inDialect are the dialects of the sound vectors.
func inDialect() map[string][]string {
	return map[string][]string{
		"iso87-ascii":                 {"h01", "h03", "h20", "h21", "h22", "h23", "h24", "h25", "h26", "h48", "h49", "h50", "h51"},
		"iso87-ascii-128":             {"h09", "h10", "h11", "h12", "h13", "h14", "h15", "h16", "h17", "h18"},
		"iso87-bcd":                   {"h02", "h04"},
		"iso93-ascii":                 {"h05"},
		"iso93-bcd-left":              {"h06"},
		"postilion":                   {"h08"},
		"mastercard-ipm-ascii":        {"h29"},
		"mastercard-ipm":              {"h30"},
		"mastercard-ipm-ascii-hexbmp": {"h31"},
		"mastercard-ipm-hexbmp":       {"h32"},
		"amex-gcag":                   {"h47"},
	}
}

// TestVectors reads them field by field, and packs them again byte by byte.
func TestVectors(t *testing.T) {
	all := vectors(t)
	seen := map[string]bool{}
	for name, ids := range inDialect() {
		spec, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			t.Run(id, func(t *testing.T) { readVector(t, spec, find(t, all, id), 0) })
			seen[id] = true
		}
	}
	for _, p := range privateVectors(t) {
		data, err := os.ReadFile(filepath.Join("testdata", p.spec))
		if err != nil {
			t.Fatal(err)
		}
		spec, err := iso8583.LoadSpec(data)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(p.id, func(t *testing.T) { readVector(t, spec, find(t, all, p.id), p.header) })
		seen[p.id] = true
	}
	for _, v := range all {
		if !seen[v.ID] && !v.Broken {
			t.Errorf("%s is read by no dialect and not listed in testdata/private.tsv", v.ID)
		}
	}
}

// TestBrokenVectors: two messages are called broken by their source because a field that
// it wants is missing, or one is there that it does not want. Their bytes are sound, so the
// decoder says nothing; what must be there is for Validate to say. Cut short they tell
// where.
func TestBrokenVectors(t *testing.T) {
	all := vectors(t)
	spec, err := dialect.Load("iso87-ascii")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ id, fields, before, path string }{
		{"h27", "2 3 4 7 11 12 25", "2 3 4 7 11 12", "25"},
		{"h28", "2 3 4 7 11 12 13 14 25 32", "2 3 4 7 11 12 13 14 25", "32"},
	}
	for _, tt := range tests {
		raw, err := hex.DecodeString(find(t, all, tt.id).Hex)
		if err != nil {
			t.Fatal(err)
		}
		m, err := spec.Unpack(raw)
		if got := strings.Join(m.Fields(), " "); err != nil || got != tt.fields {
			t.Errorf("%s: fields %s, %v, want %s", tt.id, got, err, tt.fields)
		}
		m, err = spec.Unpack(raw[:len(raw)-1])
		var fault *iso8583.Error
		if !errors.As(err, &fault) || fault.Path != tt.path || !errors.Is(err, iso8583.ErrShort) || fault.Offset < 0 {
			t.Errorf("%s cut: %v, want field %s", tt.id, err, tt.path)
		}
		if got := strings.Join(m.Fields(), " "); got != tt.before {
			t.Errorf("%s cut: fields %s, want %s", tt.id, got, tt.before)
		}
	}
}

// privateVector is one that needs a spec of its source's own.
type privateVector struct {
	id, spec string
	header   int // bytes in front of the message
}

// privateVectors reads the list of them, with the reason of each.
func privateVectors(t *testing.T) []privateVector {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "private.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var out []privateVector
	for line := range strings.Lines(string(data)) {
		cols := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		header, err := strconv.Atoi(cols[2])
		if len(cols) != 4 || err != nil {
			t.Fatalf("private.tsv: %q", line)
		}
		out = append(out, privateVector{cols[0], cols[1], header})
	}
	return out
}

func find(t *testing.T, all []vector, id string) vector {
	t.Helper()
	i := slices.IndexFunc(all, func(v vector) bool { return v.ID == id })
	if i < 0 {
		t.Fatalf("no vector %s", id)
	}
	return all[i]
}

func readVector(t *testing.T, spec *iso8583.Spec, v vector, header int) {
	raw, err := hex.DecodeString(v.Hex)
	if err != nil {
		t.Fatal(err)
	}
	raw = raw[header:]
	m, err := spec.Unpack(raw)
	if err != nil {
		t.Fatal(err)
	}
	if m.MTI() != v.Expected.MTI {
		t.Errorf("type %s, want %s", m.MTI(), v.Expected.MTI)
	}
	for path, want := range v.Expected.Fields {
		want, _, _ = strings.Cut(want, " (") // a remark of whoever collected it
		switch v.ID + " " + path {
		case "h06 56":
			want = "5678" // the source packed the low halves of the letters EFGH
		case "h07 55.header":
			want = "1" // F1 in EBCDIC
		case "h47 2", "h47 14": // the source masked them: its bytes are no digits of EBCDIC
			if got := m.Value(path); got != want {
				t.Errorf("field %s masked: %q, want %q", path, got, want)
			}
			continue
		}
		if got := valueAt(m, v.ID, path); plain(got) != plain(want) {
			t.Errorf("field %s differs: %d characters, want %d", path, len(got), len(want))
		}
	}
	if again, err := m.Pack(); err != nil || !sameBytes(spec, again, raw) {
		t.Errorf("packed again it differs: %v", err)
	}
}

// sameBytes compares, the case of a hex bitmap aside.
func sameBytes(spec *iso8583.Spec, a, b []byte) bool {
	if strings.HasPrefix(spec.Definition().Fields["1"].Enc, "HexTo") {
		return strings.EqualFold(string(a), string(b))
	}
	return string(a) == string(b)
}

// valueAt is the value of a path as its source writes it.
func valueAt(m *iso8583.Message, id, path string) string {
	where := map[string][2]int{"43.1": {0, 25}, "43.2": {25, 38}, "43.3": {38, 40}}
	named := map[string]string{
		"43.name": "43.1", "43.address": "43.2", "43.suburb": "43.3", "43.postcode": "43.4", "43.state": "43.5", "43.country": "43.6",
		"55.header": "55.1",
	}
	at, cut := where[path]
	inside, deeper := strings.CutPrefix(path, "55.")
	switch {
	case named[path] != "":
		return m.Reveal(named[path])
	case cut && strings.HasPrefix(m.Spec().Name(), "iso87"):
		return m.Reveal("43")[at[0]:at[1]]
	case id == "h07" && deeper: // the source counts the parts behind the header
		return m.Reveal("55.2." + inside)
	case id == "h47" && path == "112":
		return hex.EncodeToString(m.Bytes(path))
	}
	return m.Reveal(path)
}

// plain drops what the sources write differently: blanks, zeros in front of numbers,
// the case of hex.
func plain(s string) string {
	return strings.TrimLeft(strings.ToUpper(strings.Join(strings.Fields(s), "")), "0")
}
