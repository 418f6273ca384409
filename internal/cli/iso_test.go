package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// packed is a sale in a dialect.
func packed(t testing.TB, name string) []byte {
	t.Helper()
	spec, err := dialect.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	m := spec.NewMessage("0200")
	for path, value := range map[string]string{
		"2": "4111111111111111", "3": "000000", "4": "000000001250", "11": "000042", "22": "051", "41": "TILLLAB1", "49": "156",
	} {
		if err := m.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Whatever dialect a message is in, whatever stands before it and however it is written
// down, it is recognised without being told.
func TestISOExplainRecognises(t *testing.T) {
	for _, name := range []string{"iso87-ascii", "iso87-bcd"} {
		for _, framing := range append([]string{""}, link.FramingNames()...) {
			wire := packed(t, name)
			if framing != "" {
				wire = framed(t, framing, wire)
			}
			for form, dump := range map[string][]byte{
				"raw":     wire,
				"hex":     []byte(hex.EncodeToString(wire)),
				"spelled": []byte(strings.ToUpper(hex.EncodeToString(wire[:3])) + " 0x" + hex.EncodeToString(wire[3:]) + "\n"),
			} {
				t.Run(strings.Join([]string{name, framing, form}, "/"), func(t *testing.T) {
					con := newConsole(t)
					con.In.Reader = bytes.NewReader(dump)
					code := con.till("iso", "explain", "--json")
					var x iso8583.Explanation
					if err := json.Unmarshal(con.out.Bytes(), &x); err != nil || code != exitDone {
						t.Fatalf("exit %d, %v, %s", code, err, con.err.String())
					}
					if x.Dialect != name || x.Framing != framing || x.Error != nil || len(x.Fields) != 9 || x.Confidence != "sure" {
						t.Errorf("read as %s behind %q with %d fields, %s, %v", x.Dialect, x.Framing, len(x.Fields), x.Confidence, x.Error)
					}
					if want := bytes.Index(wire, packed(t, name)); int(x.Offset) != want {
						t.Errorf("the message stands at %d, want %d", x.Offset, want)
					}
				})
			}
		}
	}
}

func framed(t *testing.T, name string, body []byte) []byte {
	t.Helper()
	f, err := link.FramingByName(name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.WriteFrame(&b, body); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A message cut anywhere is explained up to the cut, and ends with 7.
func TestISOExplainOfACutMessage(t *testing.T) {
	whole := packed(t, "iso87-ascii")
	for cut := 1; cut < len(whole); cut++ {
		con := newConsole(t)
		code := con.till("iso", "explain", "--json", "--spec", "iso87-ascii", hex.EncodeToString(whole[:cut]))
		if code != exitDifferences || con.err.Len() > 0 {
			t.Fatalf("cut at %d: exit %d, stderr %q", cut, code, con.err.String())
		}
		if out := con.out.String(); !strings.Contains(out, `"error":{`) || strings.Contains(out, "4111111111111111") {
			t.Errorf("cut at %d: %s", cut, out)
		}
	}
}

func TestISOExplainFlags(t *testing.T) {
	for args, want := range map[string]isoInput{
		"":                        {},
		"0810 8220":               {words: []string{"0810", "8220"}},
		"--file a.hex --file b":   {files: []string{"a.hex", "b"}},
		"--spec iso87-bcd 0810":   {words: []string{"0810"}, isoReading: isoReading{spec: "iso87-bcd"}},
		"--framing tpdu --port 1": {ports: []uint{1}, isoReading: isoReading{framing: "tpdu"}},
		"a.pcap --format pcap":    {words: []string{"a.pcap"}, format: "pcap"},
	} {
		con := newConsole(t)
		con.lang = "en"
		var got isoExplainOptions
		c := newISOExplain(con.Env, func(_ context.Context, o *isoExplainOptions) error { got = *o; return nil })
		c.SetArgs(strings.Fields(args))
		if err := c.Execute(); err != nil {
			t.Errorf("%q: %v", args, err)
		}
		if fmt.Sprint(got.in) != fmt.Sprint(want) {
			t.Errorf("%q: %+v, want %+v", args, got.in, want)
		}
	}
}

// A spec of the user's own is a JSON file.
func TestISOExplainOwnSpec(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"broken.json": "{", "empty.json": ""} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := specsByName(path)
		var p *till.Problem
		if !errors.As(err, &p) || p.Code != till.CodeUsage || !strings.Contains(p.What.String(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := specsByName(filepath.Join(dir, "nosuch.json")); err == nil {
		t.Error("a file that is not there: no error")
	}
}

// Input that never ends is not read to its end.
func TestReadInputIsBounded(t *testing.T) {
	con := newConsole(t)
	con.In.Reader = endless{}
	if _, err := readInput(context.Background(), con.Env, "-", 1000); !errors.Is(err, errTooLong) {
		t.Errorf("%v, want too long", err)
	}
	con.In.Reader = strings.NewReader(strings.Repeat("0", 1000))
	if raw, err := readInput(context.Background(), con.Env, "-", 1000); err != nil || len(raw) != 1000 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	con.In.Terminal = true
	var p *till.Problem
	if _, err := readInput(context.Background(), con.Env, "-", 1000); !errors.As(err, &p) || p.Code != till.CodeUsage {
		t.Errorf("a terminal: %v, want a usage problem and no waiting", err)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// Whatever is in a dump, it is explained without a panic, and ends with one line a
// message and an exit code that says whether all are sound.
func FuzzISOExplain(f *testing.F) {
	for _, name := range []string{"iso87-ascii", "iso87-bcd"} {
		f.Add(packed(f, name))
		f.Add([]byte(hex.EncodeToString(packed(f, name))))
	}
	f.Add([]byte("0x0810 \n82:20"))
	f.Fuzz(func(t *testing.T, dump []byte) {
		con := newConsole(t)
		con.In.Reader = bytes.NewReader(dump)
		code := con.till("iso", "explain", "-O", "ndjson")
		switch lines := bytes.Count(con.out.Bytes(), []byte("\n")); {
		case code == exitUsage && lines == 0:
		case code != exitDone && code != exitDifferences || lines == 0:
			t.Errorf("exit %d, %d lines: %s", code, lines, con.err.String())
		}
		for line := range bytes.Lines(con.out.Bytes()) {
			if !json.Valid(line) {
				t.Errorf("no JSON: %s", line)
			}
		}
	})
}
