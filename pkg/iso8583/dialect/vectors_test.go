package dialect_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// vector is a message that someone else wrote, with what they say it holds.
type vector struct {
	ID       string
	Hex      string
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

// inDialect are the vectors whose dialect is one of ours.
func inDialect() map[string][]string {
	return map[string][]string{
		"iso87-ascii": {"h01", "h03", "h20", "h21", "h22", "h23", "h24", "h25", "h26", "h48", "h49", "h50", "h51"},
		"iso87-bcd":   {"h02", "h04"},
	}
}

// TestVectors reads them field by field, and packs them again byte by byte.
func TestVectors(t *testing.T) {
	all := vectors(t)
	for name, ids := range inDialect() {
		spec, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			i := slices.IndexFunc(all, func(v vector) bool { return v.ID == id })
			if i < 0 {
				t.Fatalf("no vector %s", id)
			}
			t.Run(id, func(t *testing.T) { readVector(t, spec, all[i]) })
		}
	}
}

func readVector(t *testing.T, spec *iso8583.Spec, v vector) {
	raw, err := hex.DecodeString(v.Hex)
	if err != nil {
		t.Fatal(err)
	}
	m, err := spec.Unpack(raw)
	if err != nil {
		t.Fatal(err)
	}
	if m.MTI() != v.Expected.MTI {
		t.Errorf("type %s, want %s", m.MTI(), v.Expected.MTI)
	}
	for path, want := range v.Expected.Fields {
		if got := valueAt(m, path); plain(got) != plain(want) {
			t.Errorf("field %s differs: %d characters, want %d", path, len(got), len(want))
		}
	}
	if again, err := m.Pack(); err != nil || string(again) != string(raw) {
		t.Errorf("packed again it differs: %v", err)
	}
}

// valueAt is the value of a path; the parts of 43 are 25, 13 and 2 characters of it.
func valueAt(m *iso8583.Message, path string) string {
	where := map[string][2]int{"43.1": {0, 25}, "43.2": {25, 38}, "43.3": {38, 40}}
	if at, ok := where[path]; ok {
		return m.Reveal("43")[at[0]:at[1]]
	}
	return m.Reveal(path)
}

// plain drops what the sources write differently: blanks, zeros in front of numbers,
// the case of hex.
func plain(s string) string {
	return strings.TrimLeft(strings.ToUpper(strings.Join(strings.Fields(s), "")), "0")
}
