package specfile_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

// vector is a message of somebody else's test suite with its fields.
type vector struct {
	ID       string `json:"id"`
	Hex      string `json:"hex"`
	Header   string `json:"header_hex"`
	Expected struct {
		MTI    string            `json:"mti"`
		Fields map[string]string `json:"fields"`
	} `json:"expected"`
}

// packagerOf says with which of jPOS's packagers a message was made.
func packagerOf() map[string]string {
	return map[string]string{
		"h01": "iso87ascii.xml", "h02": "iso87binary.xml", "h03": "iso87ascii.xml", "h04": "iso87binary.xml",
		"h05": "iso93ascii.xml", "h06": "iso93binary.xml", "h07": "iso93ebcdic-custom.xml", "h08": "postpack.xml",
	}
}

// TestImportedPackagersReadMessages reads messages of jPOS's own tests by the imported
// packagers they were made with.
func TestImportedPackagersReadMessages(t *testing.T) {
	files := jposFiles(t)
	folder := os.Getenv("TILL_VECTORS")
	if folder == "" {
		t.Skip("TILL_VECTORS names no folder of vectors")
	}
	file, err := os.Open(filepath.Join(folder, "iso8583.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	seen := 0
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if name := packagerOf()[v.ID]; name != "" {
			seen++
			t.Run(v.ID, func(t *testing.T) { readVector(t, files[name], v) })
		}
	}
	if seen != len(packagerOf()) {
		t.Errorf("%d messages, want %d", seen, len(packagerOf()))
	}
}

func readVector(t *testing.T, packager string, v vector) {
	data, err := os.ReadFile(packager)
	if err != nil {
		t.Fatal(err)
	}
	spec, report, err := specfile.Read(data, specfile.Options{Lenient: true})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := hex.DecodeString(v.Hex)
	if err != nil {
		t.Fatal(err)
	}
	raw = raw[report.Header:]
	var l iso8583.Layout
	if err := spec.Decode(raw, &l); err != nil {
		t.Error(err)
	}
	got := map[string]string{}
	for i := range l.Len() {
		got[l.Path(i)] = string(l.AppendReveal(nil, i))
	}
	if got["0"] != v.Expected.MTI {
		t.Errorf("message type %q, want %q", got["0"], v.Expected.MTI)
	}
	for path, want := range v.Expected.Fields {
		if v.ID == "h06" && path == "56" {
			want = "5678" // the source packed the low halves of the letters EFGH
		}
		if path == "55" && strings.Contains("h02 h04", v.ID) {
			want = "41424344" // the packager has bytes there
		}
		if v.ID == "h07" { // the header of field 55 is a subfield, and so is what follows it
			path = strings.Replace(path, "55.", "55.1.", 1)
			path = strings.Replace(path, "55.1.header", "55.0", 1)
		}
		if got[path] != want {
			t.Errorf("%s: %q, want %q", path, got[path], want)
		}
	}
	m, err := spec.Unpack(raw)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := m.Pack(); err != nil || string(again) != string(raw) {
		t.Errorf("packed again it differs: %v", err)
	}
}
