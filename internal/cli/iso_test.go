package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
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
	for _, name := range dialect.Names() {
		for _, framing := range append([]string{""}, link.FramingNames()...) {
			wire := packed(t, name)
			if framing != "" {
				wire = framed(t, framing, wire)
			}
			for form, dump := range map[string][]byte{
				"raw":     wire,
				"hex":     []byte(hex.EncodeToString(wire)),
				"spelled": []byte(strings.ToUpper(hex.EncodeToString(wire[:3])) + "\n 0x" + hex.EncodeToString(wire[3:]) + "\n"),
			} {
				t.Run(strings.Join([]string{name, framing, form}, "/"), func(t *testing.T) {
					specs, err := specsByName("")
					if err != nil {
						t.Fatal(err)
					}
					readings, err := readingsOf(dump, false)
					if err != nil {
						t.Fatal(err)
					}
					x := explainBest(specs, readings, "en")
					if x.Dialect != name || x.Framing != framing || x.Error != nil || len(x.Fields) != 9 {
						t.Errorf("read as %s behind %q with %d fields, %v", x.Dialect, x.Framing, len(x.Fields), x.Error)
					}
					if want := len(wire) - len(packed(t, name)); x.Offset != want {
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
	for args, want := range map[string]isoExplainOptions{
		"":                      {file: "-"},
		"0810 8220":             {hex: "08108220", file: "-"},
		"--file a.hex":          {file: "a.hex"},
		"--spec iso87-bcd 0810": {hex: "0810", file: "-", spec: "iso87-bcd"},
	} {
		con := newConsole(t)
		con.lang = "en"
		var got isoExplainOptions
		c := newISOExplain(con.Env, func(_ context.Context, o *isoExplainOptions) error { got = *o; return nil })
		c.SetArgs(strings.Fields(args))
		if err := c.Execute(); err != nil {
			t.Errorf("%q: %v", args, err)
		}
		if got.hex != want.hex || got.file != want.file || got.spec != want.spec {
			t.Errorf("%q: hex %q, file %q, spec %q", args, got.hex, got.file, got.spec)
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

// Whatever is in a dump, it is explained without a panic, and the explanation of text
// is the explanation of its bytes.
func FuzzISOExplain(f *testing.F) {
	for _, name := range dialect.Names() {
		f.Add(packed(f, name))
		f.Add([]byte(hex.EncodeToString(packed(f, name))))
	}
	f.Add([]byte("0x0810 \n82:20"))
	specs, err := specsByName("")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, dump []byte) {
		readings, err := readingsOf(dump, false)
		if err != nil {
			return
		}
		best := explainBest(specs, readings, "zh")
		if best.Dialect == "" {
			t.Error("no reading of a dump that is not empty")
		}
		text := []byte(hex.EncodeToString(dump))
		again, err := readingsOf(text, true)
		if err != nil || !bytes.Equal(again[0].message, dump) {
			t.Errorf("the digits of %d bytes give %d, %v", len(dump), len(again[0].message), err)
		}
	})
}

func BenchmarkISOExplain(b *testing.B) {
	specs, err := specsByName("")
	if err != nil {
		b.Fatal(err)
	}
	dump := packed(b, "iso87-ascii")
	var x iso8583.Explanation
	b.ReportAllocs()
	for b.Loop() {
		readings, err := readingsOf(dump, false)
		if err != nil {
			b.Fatal(err)
		}
		x = explainBest(specs, readings, "en")
	}
	_ = x
}
