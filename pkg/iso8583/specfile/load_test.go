package specfile_test

import (
	"encoding/json"
	"errors"
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	moov "github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/exp/emv"
	"github.com/moov-io/iso8583/specs"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

// builtIn are the message specs that moov ships.
func builtIn() map[string]*moov.MessageSpec {
	return map[string]*moov.MessageSpec{
		"Spec87": moov.Spec87, "Spec87ASCII": specs.Spec87ASCII, "Spec87Hex": specs.Spec87Hex, "emv": emv.MessageSpec,
	}
}

type exporter struct {
	name   string
	export func(*moov.MessageSpec) ([]byte, error)
	load   func([]byte) (*moov.MessageSpec, error)
}

func exporters() []exporter {
	return []exporter{{"json", specs.ExportJSON, specs.ImportJSON}, {"yaml", specs.ExportYAML, specs.ImportYAML}}
}

// What moov writes of its own specs loads unchanged, and says the same in both formats.
func TestLoadBuiltIn(t *testing.T) {
	for name, spec := range builtIn() {
		var said []string
		for _, e := range exporters() {
			data, err := e.export(spec)
			if err != nil {
				t.Fatalf("%s %s: moov does not export it: %v", name, e.name, err)
			}
			loaded, report, err := specfile.Read(data, specfile.Options{})
			if err != nil {
				t.Errorf("%s %s: %v", name, e.name, err)
				continue
			}
			if string(report.Format) != e.name || report.Fields != len(spec.Fields) {
				t.Errorf("%s: %s of %d fields, want %s of %d", name, report.Format, report.Fields, e.name, len(spec.Fields))
			}
			said = append(said, asJSON(t, loaded.Definition()))
		}
		if len(said) == 2 && said[0] != said[1] {
			t.Errorf("%s: JSON and YAML differ:\n%s\n%s", name, said[0], said[1])
		}
	}
}

// The JSON reader of this package and that of iso8583 read the same.
func TestLoadAgreesWithLoadSpec(t *testing.T) {
	for name, spec := range builtIn() {
		data, err := specs.ExportJSON(spec)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := specfile.Load(data)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := iso8583.LoadSpec(data)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := asJSON(t, ours.Definition()), asJSON(t, theirs.Definition()); a != b {
			t.Errorf("%s: read as\n%s, want\n%s", name, a, b)
		}
	}
}

// Every spec file in moov's repository loads.
func TestLoadMoovFiles(t *testing.T) {
	pkg, err := build.Import("github.com/moov-io/iso8583", ".", build.FindOnly)
	if err != nil {
		t.Skip("the source of moov-io/iso8583 is not here:", err)
	}
	count := 0
	err = filepath.WalkDir(pkg.Dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".json") && !strings.HasSuffix(name, ".yaml") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, e := range exporters() {
			if _, err := e.load(data); err != nil {
				continue // no spec, or not in this format
			}
			_, err := specfile.Load(data)
			if base := filepath.Base(name); base == "track2.json" { // one field, and no message
				if err == nil || !strings.Contains(err.Error(), "no field 0") {
					t.Errorf("%s: %v", base, err)
				}
			} else if err != nil {
				t.Errorf("%s: %v", strings.TrimPrefix(name, pkg.Dir), err)
			}
			count++
			return nil
		}
		return nil
	})
	if err != nil || count < 3 {
		t.Errorf("%d spec files, %v", count, err)
	}
}

// Every dialect comes back from its JSON and its YAML.
func TestExportRoundTrip(t *testing.T) {
	for _, name := range dialect.Names() {
		spec, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for format, write := range map[string]func(*iso8583.Spec) ([]byte, error){"json": specfile.JSON, "yaml": specfile.YAML} {
			data, err := write(spec)
			if err != nil {
				t.Fatal(err)
			}
			again, err := specfile.Load(data)
			if err != nil {
				t.Errorf("%s %s: %v", name, format, err)
				continue
			}
			if a, b := asJSON(t, again.Definition()), asJSON(t, spec.Definition()); a != b {
				t.Errorf("%s %s came back as\n%s, was\n%s", name, format, a, b)
			}
		}
	}
}

// What is exported is what moov reads, but for length prefixes of more than four digits.
func TestMoovReadsExports(t *testing.T) {
	for _, name := range dialect.Names() {
		spec, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range exporters() {
			write := specfile.JSON
			if e.name == "yaml" {
				write = specfile.YAML
			}
			data, err := write(spec)
			if err != nil {
				t.Fatal(err)
			}
			read, err := e.load(data)
			switch long := name == "base24" || name == "postilion"; {
			case long && (err == nil || !strings.Contains(err.Error(), "unknown prefix")):
				t.Errorf("%s %s: %v, want it refused for its prefixes", name, e.name, err)
			case !long && err != nil:
				t.Errorf("%s %s: %v", name, e.name, err)
			case !long && len(read.Fields) != len(spec.Definition().Fields):
				t.Errorf("%s %s: %d fields, want %d", name, e.name, len(read.Fields), len(spec.Definition().Fields))
			}
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSniff(t *testing.T) {
	tests := []struct {
		data string
		want specfile.Format
	}{
		{`{"name":"x"}`, specfile.FormatJSON},
		{"\xEF\xBB\xBF \n{}", specfile.FormatJSON},
		{"{name: x, fields: {}}", specfile.FormatYAML},
		{"# a comment\n---\nname: x\n", specfile.FormatYAML},
		{"fields:\n", specfile.FormatYAML},
		{"<?xml version='1.0'?><isopackager/>", specfile.FormatJPOS},
		{"", ""},
		{"0800203800000020000081000001", ""},
	}
	for _, tt := range tests {
		if got := specfile.Sniff([]byte(tt.data)); got != tt.want {
			t.Errorf("%q is %q, want %q", tt.data, got, tt.want)
		}
	}
}

// A file of a folder is read under its own name, and an error begins with it.
func TestLoadFS(t *testing.T) {
	const fields = `fields: {0: {type: String, length: 4, enc: ASCII, prefix: ASCII.Fixed}, 1: {type: Bitmap, length: 8, enc: Binary, prefix: Hex.Fixed}}`
	fsys := fstest.MapFS{"specs/acme.pos.yaml": {Data: []byte(fields)}, "bad.json": {Data: []byte(`{"fields":{}`)}}
	spec, err := specfile.LoadFS(fsys, "specs/acme.pos.yaml")
	if err != nil || spec.Name() != "acme.pos" {
		t.Errorf("%v, %v", spec, err)
	}
	_, err = specfile.LoadFS(fsys, "bad.json")
	var bad *specfile.Error
	if !errors.Is(err, iso8583.ErrSpec) || !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), "bad.json: ") {
		t.Errorf("%v", err)
	}
	if _, err := specfile.LoadFS(fsys, "none.json"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
