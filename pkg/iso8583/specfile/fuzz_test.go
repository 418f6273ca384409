package specfile_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

// seeds are files of the three formats, sound and not.
func seeds(f *testing.F) {
	f.Helper()
	acme, err := os.ReadFile("testdata/acme.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(acme)
	for _, file := range []string{
		around(`"4":{"type":"String","length":12,"enc":"ASCII","prefix":"ASCII.Fixed"}`),
		five(`"type":"Composite","length":99,"prefix":"ASCII.LL","tag":{"enc":"BerTLVTag","sort":"StringsByHex"},"subfields":{"5A":{"type":"Binary","enc":"Binary","prefix":"BerTLV"}}`),
		"name: x\nfields:\n  0: &a {type: String, length: 4, enc: ASCII, prefix: ASCII.Fixed}\n  1: {type: Bitmap, length: 8, enc: Binary, prefix: Hex.Fixed}\n  2: *a\n  3: {<<: *a, length: 010}\nmti: {\"0200\": {required: [2, 3]}}\n",
		"? fields\n: - !!str 4\n  - |\n    text\n",
		packager(`<isofieldpackager id="4" length="99" name="x" class="org.jpos.iso.IFA_LLCHAR" packager="org.jpos.iso.packager.GenericSubFieldPackager"/>`),
		`<isopackager headerLength="2"><isofield id="1" length="0" class="IFA_BITMAP"/></isopackager>`,
	} {
		f.Add([]byte(file))
	}
}

// FuzzLoad: a file that loads comes back from its export and reads whatever it is given,
// and one that does not load has a finding that says so.
func FuzzLoad(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		spec, report, err := specfile.Read(data, specfile.Options{})
		if (spec == nil) != (err != nil) || len(report.Findings) > 200 {
			t.Fatalf("%v, %v, %d findings", spec, err, len(report.Findings))
		}
		if err != nil {
			return
		}
		reads(spec, data)
		for name, write := range map[string]func(*iso8583.Spec) ([]byte, error){"json": specfile.JSON, "yaml": specfile.YAML} {
			out, err := write(spec)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			again, err := specfile.Load(out)
			if err != nil {
				t.Fatalf("%s does not load: %v\n%s", name, err, out)
			}
			if a, b := asJSON(t, again.Definition()), asJSON(t, spec.Definition()); a != b {
				t.Fatalf("%s came back as\n%s, was\n%s", name, a, b)
			}
		}
	})
}

// reads gives a spec messages of every field to read, whose contents are those given.
func reads(spec *iso8583.Spec, data []byte) {
	var l iso8583.Layout
	for _, head := range []string{"0200", "\x02\x00", "\xF0\xF2\xF0\xF0"} {
		for _, bits := range []string{"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "7FFFFFFFFFFFFFFF", "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"} {
			raw := append([]byte(head+bits), data...)
			_ = spec.Decode(raw, &l)
			_ = spec.Explain(raw, "zh")
		}
	}
}

// FuzzLint: there is an error exactly where a file does not load, and every finding has
// its texts.
func FuzzLint(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		found := specfile.Lint(data, "x.json")
		agrees(t, data, found)
		if len(found) > 200 {
			t.Fatalf("%d findings", len(found))
		}
		for _, x := range found {
			if x.En == "" || x.Zh == "" || x.Line < 0 || x.Column < 0 || strings.Contains(x.En, "%!(") {
				t.Fatalf("%+v", x)
			}
		}
	})
}

// FuzzImportJPOS: a definition that is given compiles.
func FuzzImportJPOS(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, lenient := range []bool{false, true} {
			def, _, err := specfile.ImportJPOS(bytes.NewReader(data), specfile.Options{Lenient: lenient})
			if err != nil {
				continue
			}
			if _, err := iso8583.NewSpec(def); err != nil {
				t.Fatal(err)
			}
		}
	})
}
