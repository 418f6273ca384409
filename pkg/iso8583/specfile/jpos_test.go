package specfile_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

// packager is a packager around the elements given.
func packager(elements string) string {
	return `<isopackager>
<isofield id="0" length="4" name="Type" class="org.jpos.iso.IFA_NUMERIC"/>
<isofield id="1" length="16" name="Bitmap" class="org.jpos.iso.IFA_BITMAP"/>
` + elements + `
</isopackager>`
}

func importString(file string, o specfile.Options) (iso8583.Definition, specfile.Report, error) {
	return specfile.ImportJPOS(strings.NewReader(file), o)
}

// Every field class of jPOS is read, or refused with a reason and what to do; one that
// jPOS does not have is neither.
func TestEveryClass(t *testing.T) {
	data, err := os.ReadFile("testdata/jpos-classes.txt")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, class := range strings.Fields(string(data)) {
		file := packager(`<isofield id="4" length="9" name="Four" class="org.jpos.iso.` + class + `"/>`)
		def, report, err := importString(file, specfile.Options{})
		if err == nil {
			if class != "IF_UNUSED" {
				read++
			}
			if (def.Fields["4"] == nil) != (class == "IF_UNUSED") {
				t.Errorf("%s: field 4 is %v", class, def.Fields["4"])
			}
			continue
		}
		if strings.Contains(class, "BITMAP") && strings.Contains(err.Error(), "only be field 1") {
			read++
			continue
		}
		if !refusal(report.Findings, "4", class) || strings.Contains(err.Error(), "no field class") {
			t.Errorf("%s: %v", class, err)
		}
		def, report, err = importString(file, specfile.Options{Lenient: true})
		if err != nil || def.Fields["4"] != nil || len(report.Findings) == 0 {
			t.Errorf("%s leniently: %v, %v, %v", class, def.Fields["4"], report.Findings, err)
		}
	}
	if read < 90 {
		t.Errorf("%d classes are read", read)
	}
}

// refusal reports a finding about a class that says what to do.
func refusal(found []specfile.Finding, path, class string) bool {
	return slices.ContainsFunc(found, func(f specfile.Finding) bool {
		return f.Severity == specfile.SeverityError && f.Path == path && f.Class == class && f.Line > 0 &&
			strings.Contains(f.En, "in JSON by hand") && strings.Contains(f.Zh, "JSON") && strings.HasPrefix(f.En, class+": ")
	})
}

// What the classes do to the bytes: one field each, as jPOS packs it.
func TestClassesReadBytes(t *testing.T) {
	tests := []struct{ class, attrs, wire, value string }{
		{"IF_CHAR", `length="4"`, "41422020", "AB  "},
		{"IF_ECHAR", `length="2"`, "C1C2", "AB"},
		{"IFA_NUMERIC", `length="4"`, "30303432", "0042"},
		{"IFA_AMOUNT", `length="5"`, "4330303432", "C0042"},
		{"IFA_BINARY", `length="2"`, "30413042", "0A0B"},
		{"IFA_LLCHAR", `length="9"`, "30324142", "AB"},
		{"IFA_LLLLLCHAR", `length="99999"`, "30303030324142", "AB"},
		{"IFA_LLLLLLBINARY", `length="999999"`, "3030303030320A0B", "0A0B"},
		{"IFA_LLABINARY", `length="9"`, "303230413042", "0A0B"},
		{"IFA_LLBNUM", `length="9"`, "303412FF", ""},
		{"IFAE_LLCHAR", `length="9"`, "3032C1C2", "AB"},
		{"IFB_NUMERIC", `length="3" pad="true"`, "0123", "123"},
		{"IFB_NUMERIC", `length="3"`, "1230", "123"},
		{"IFB_FNUMERIC", `length="3"`, "123F", "123"},
		{"IFB_AMOUNT", `length="9"`, "4312345678", "C12345678"},
		{"IFB_BINARY", `length="2"`, "0A0B", "0A0B"},
		{"IFB_HEX", `length="4"`, "0A0B", "0A0B"},
		{"IFB_LLNUM", `length="9"`, "031230", "123"},
		{"IFB_LLHNUM", `length="9" pad="true"`, "030123", "123"},
		{"IFB_LLHCHAR", `length="9"`, "024142", "AB"},
		{"IFB_LLHECHAR", `length="9"`, "02C1C2", "AB"},
		{"IFB_LLLHBINARY", `length="999"`, "00020A0B", "0A0B"},
		{"IFB_LLLCHAR", `length="999"`, "00024142", "AB"},
		{"IFB_LLLLBINARY", `length="9999"`, "00020A0B", "0A0B"},
		{"IFB_LLLLLLCHAR", `length="9999"`, "0000024142", "AB"},
		{"IFE_NUMERIC", `length="2"`, "F4F2", "42"},
		{"IFE_BINARY", `length="2"`, "F0C1F0C2", "0A0B"},
		{"IFE_LLCHAR", `length="9"`, "F0F2C1AD", "A["},
		{"IFE_LLLBINARY", `length="9"`, "F0F0F20A0B", "0A0B"},
		{"IFEA_LLCHAR", `length="9"`, "F0F24142", "AB"},
		{"IFEB_LLNUM", `length="19"`, "F0F2123F", "123F"},
	}
	for _, tt := range tests {
		def, _, err := importString(packager(`<isofield id="4" name="Four" class="org.jpos.iso.`+tt.class+`" `+tt.attrs+`/>`), specfile.Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.class, err)
			continue
		}
		spec, err := iso8583.NewSpec(def)
		if err != nil {
			t.Fatal(err)
		}
		raw := append([]byte("01001000000000000000"), unhex(t, tt.wire)...)
		var l iso8583.Layout
		err = spec.Decode(raw, &l)
		if tt.value == "" {
			if err == nil {
				t.Errorf("%s: %s was read", tt.class, tt.wire)
			}
			continue
		}
		if i := l.Find("4"); err != nil || i < 0 || string(l.AppendReveal(nil, i)) != tt.value {
			t.Errorf("%s: %v, want %q", tt.class, err, tt.value)
		}
	}
}

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// A message as jPOS packs it by testdata/acme.xml is read field by field.
func TestImportedSpecReads(t *testing.T) {
	data, err := os.ReadFile("testdata/acme.xml")
	if err != nil {
		t.Fatal(err)
	}
	spec, report, err := specfile.Read(data, specfile.Options{Name: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	if report.Format != specfile.FormatJPOS || report.Fields != 16 || spec.Name() != "acme" || len(report.Findings) != 0 {
		t.Errorf("%+v", report)
	}
	if got := spec.FieldName("127", "en"); got != "Größe" {
		t.Errorf("field 127 is %q", got)
	}
	raw := unhex(t, "0200"+bitmapOf(2, 4, 22, 23, 28, 35, 41, 43, 48, 55, 60, 62, 64, 127)+
		"16 4761739001010010"+ // 2: length and digits packed
		"303030303030303031323530"+ // 4
		"0051 0010"+ // 22 with its pad nibble in front, 23 behind
		"44 00000100"+ // 28: a sign and packed digits
		"21 04761739001010010D3112201123456789"+ // 35
		"E3C5D9D4F0F0F0F1"+ // 41 in EBCDIC
		"4E4F574845524520202058 58"+ // 43: ten characters and two
		"303132 3031 3032 4142 3432 3032 4344"+ // 48: tags of two digits
		"0005 9F36020011"+ // 55
		"303036 3037 3032 4546"+ // 60
		"0D 8000100000000000 41 3032 4748"+ // 62
		"F0F1F2F3F4F5F6F7C1C2C3C4C5C6F8F9"+ // 64
		"303030303032 5859") // 127
	var l iso8583.Layout
	if err := spec.Decode(raw, &l); err != nil {
		t.Error(err)
	}
	for path, want := range map[string]string{
		"0": "0200", "2": "4761739001010010", "4": "000000001250", "22": "051", "23": "001", "28": "D00000100", "35": "4761739001010010=3112201123456789",
		"41": "TERM0001", "43.0": "NOWHERE   ", "43.1": "XX", "48.1": "AB", "48.42": "CD", "55.9F36": "0011", "60.7": "EF", "62.1": "A", "62.20": "GH",
		"64": "01234567ABCDEF89", "127": "XY",
	} {
		if i := l.Find(path); i < 0 || string(l.AppendReveal(nil, i)) != want {
			t.Errorf("%s is not %s", path, want)
		}
	}
}

// bitmapOf is the hex of two bitmaps.
func bitmapOf(fields ...int) string {
	var bits [16]byte
	for _, n := range append(fields, 1) {
		bits[(n-1)/8] |= 0x80 >> ((n - 1) % 8)
	}
	return hex.EncodeToString(bits[:])
}

// Programs on jPOS send chip data through a field of characters as well, which takes any
// byte; what stands in it as characters stays what it is.
func TestFieldOfCharactersCarriesChipData(t *testing.T) {
	spec, err := specfile.Load([]byte(packager(`<isofield id="55" length="999" name="RESERVED ISO" class="org.jpos.iso.IFA_LLLCHAR"/>`)))
	if err != nil {
		t.Fatal(err)
	}
	for _, icc := range []string{"\x9F\x26\x08\x01\x23\x45\x67\x89\xAB\xCD\xEF\x95\x05\x80\x00\x00\x88\x00", "0123456789AB"} {
		wire := fmt.Sprintf("02000000000000000200%03d%s", len(icc), icc)
		m, err := spec.Unpack([]byte(wire))
		if err != nil || string(m.Bytes("55")) != icc {
			t.Errorf("%q: got %q, %v", icc, m.Bytes("55"), err)
			continue
		}
		if again, err := m.Pack(); err != nil || string(again) != wire {
			t.Errorf("%q packed again: %q, %v", icc, again, err)
		}
	}
}

// A packager that is partly of other people's classes comes in without them.
func TestImportLenient(t *testing.T) {
	file := packager(`<isofield id="4" length="12" name="Four" class="com.acme.Packed"/>
<isofield id="5" length="12" name="Five" class="org.jpos.iso.IFA_NUMERIC"/>
<isofieldpackager id="48" length="999" name="Parts" class="org.jpos.iso.IFA_LLLBINARY" packager="com.acme.Parts"><isofield id="1" length="1" name="One" class="com.acme.One"/></isofieldpackager>`)
	_, report, err := importString(file, specfile.Options{})
	var bad *specfile.Error
	if !errors.As(err, &bad) || !errors.Is(err, iso8583.ErrSpec) || len(bad.Findings) != 2 || bad.Findings[0].Line != 4 || bad.Findings[1].Path != "48" {
		t.Errorf("%v, %+v", err, report)
	}
	def, report, err := importString(file, specfile.Options{Lenient: true})
	if err != nil || def.Fields["4"] != nil || def.Fields["5"] == nil || def.Fields["48"] == nil || def.Fields["48"].Type != "Binary" {
		t.Errorf("%v, %+v", err, def.Fields)
	}
	for _, f := range report.Findings {
		if f.Severity != specfile.SeverityWarning || f.Zh == "" || f.Class == "" {
			t.Errorf("%+v", f)
		}
	}
	if len(report.Findings) != 2 {
		t.Errorf("%v", report.Findings)
	}
}

// What is wrong with a packager, and where.
func TestLintJPOS(t *testing.T) {
	field := func(attrs string) string { return packager("<isofield " + attrs + "/>") }
	tests := []struct {
		name, file string
		severity   specfile.Severity
		path, en   string
	}{
		{"misspelt class", field(`id="4" length="12" name="x" class="org.jpos.iso.IFA_NUMERICS"`), "error", "4", "did you mean IFA_NUMERIC?"},
		{"no class", field(`id="4" length="12" name="x"`), "error", "4", "no class"},
		{"no id", field(`length="12" name="x" class="org.jpos.iso.IFA_NUMERIC"`), "error", "", "without an id"},
		{"id too great", field(`id="200" length="12" name="x" class="org.jpos.iso.IFA_NUMERIC"`), "error", "", "without an id"},
		{"no length", field(`id="4" name="x" class="org.jpos.iso.IFA_NUMERIC"`), "error", "4", "is no length"},
		{"length that is no number", field(`id="4" length="twelve" name="x" class="org.jpos.iso.IFA_NUMERIC"`), "error", "4", "is no length"},
		{"length of 2^63", field(`id="4" length="9223372036854775808" name="x" class="org.jpos.iso.IFA_NUMERIC"`), "error", "4", "is no length"},
		{"length that the class cannot tell", field(`id="4" length="255" name="x" class="org.jpos.iso.IFA_LLCHAR"`), "warning", "4", "at most 99"},
		{"length that counts itself", field(`id="4" length="99" name="x" class="org.jpos.iso.IFB_LLHBINARY" inclusive="true"`), "error", "4", "counts itself"},
		{"misspelt attribute", field(`id="4" lengt="12" length="12" name="x" class="org.jpos.iso.IFA_NUMERIC"`), "warning", "4", `did you mean "length"?`},
		{"field twice", packager(`<isofield id="4" length="12" name="x" class="org.jpos.iso.IFA_NUMERIC"/><isofield id="4" length="12" name="x" class="org.jpos.iso.IFA_NUMERIC"/>`), "warning", "4", "the last one counts"},
		{"validator", packager(`<isovalidator class="org.jpos.iso.validator.X"/>`), "warning", "", "left out"},
		{"other element", packager(`<isofeld id="4"/>`), "warning", "", "unknown element"},
		{"no bitmap", `<isopackager><isofield id="0" length="4" name="x" class="org.jpos.iso.IFA_NUMERIC"/></isopackager>`, "error", "1", "no bitmap"},
		{"bitmap not emitted", `<isopackager emitBitmap="false"/>`, "error", "", "emitBitmap"},
		{"bitmap elsewhere", `<isopackager bitmapField="3"/>`, "error", "", "bitmapField is 3"},
		{"header", strings.Replace(packager(""), "<isopackager", `<isopackager headerLength="5"`, 1), "warning", "", "5 bytes of header"},
		{"third bitmap in a field", strings.Replace(packager(""), "<isopackager", `<isopackager thirdBitmapField="70"`, 1), "warning", "", "thirdBitmapField"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := specfile.Lint([]byte(tt.file), "mine.xml")
			i := slices.IndexFunc(found, func(f specfile.Finding) bool {
				return f.Severity == tt.severity && f.Path == tt.path && strings.Contains(f.En, tt.en) && f.Line > 0 && f.Zh != f.En
			})
			if i < 0 {
				t.Errorf("found %v", found)
			}
			agrees(t, []byte(tt.file), found)
		})
	}
}

// Nothing that a packager names is opened: a file that cannot be there is no matter.
func TestImportFetchesNothing(t *testing.T) {
	for _, head := range []string{
		`<!DOCTYPE isopackager SYSTEM "file:///nowhere/at/all.dtd">`,
		`<!DOCTYPE isopackager PUBLIC "x" "http://127.0.0.1:1/x.dtd">`,
		`<!DOCTYPE isopackager [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>`,
	} {
		if _, _, err := importString(head+packager(""), specfile.Options{}); err != nil {
			t.Errorf("%s: %v", head, err)
		}
	}
	_, _, err := importString(`<!DOCTYPE isopackager [<!ENTITY x SYSTEM "file:///etc/passwd">]>`+packager(`<isofield id="4" length="1" class="org.jpos.iso.IF_CHAR" name="&x;"/>`), specfile.Options{})
	if err == nil || !strings.Contains(err.Error(), "not XML") {
		t.Errorf("%v", err)
	}
}

// jposFiles are the packagers of a jPOS source tree, in the folder that TILL_JPOS names.
func jposFiles(t *testing.T) map[string]string {
	t.Helper()
	root := os.Getenv("TILL_JPOS")
	if root == "" {
		t.Skip("TILL_JPOS names no jPOS source tree")
	}
	files := map[string]string{}
	for _, dir := range []string{"src/main/resources/packager", "src/dist/cfg/packager"} {
		names, err := filepath.Glob(filepath.Join(root, "jpos", dir, "*.xml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			files[filepath.Base(name)] = name
		}
	}
	if len(files) < 20 {
		t.Fatalf("%d packagers in %s", len(files), root)
	}
	return files
}

// Every packager of jPOS's loads, or its fields that have no counterpart are named by
// class; leniently all load but that of ANSI X9.2.
func TestImportJPOSTree(t *testing.T) {
	whole := 0
	for base, name := range jposFiles(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, report, err := specfile.ImportJPOS(bytes.NewReader(data), specfile.Options{Name: base})
		if err == nil {
			whole++
		}
		for _, f := range report.Findings {
			t.Logf("%s: %s", base, f)
			if f.Severity == specfile.SeverityError && f.Class == "" && base != "x92pack.xml" {
				t.Errorf("%s: %s", base, f)
			}
		}
		_, _, err = specfile.ImportJPOS(bytes.NewReader(data), specfile.Options{Name: base, Lenient: true})
		if (err != nil) != (base == "x92pack.xml") {
			t.Errorf("%s leniently: %v", base, err)
		}
		agrees(t, data, specfile.Lint(data, base))
	}
	if whole < 16 {
		t.Errorf("%d load without leaving anything out", whole)
	}
}

// The list of classes that TestEveryClass goes by is that of the source tree.
func TestClassesOfJPOSTree(t *testing.T) {
	jposFiles(t)
	listed, err := os.ReadFile("testdata/jpos-classes.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Fields(string(listed))
	pattern := regexp.MustCompile(`^(I[FV][A-Z]*_\w+|ISO\w*FieldPackager|ISOBitMapPackager|\w+_BITMAP\w*)\.java$`)
	root := os.DirFS(filepath.Join(os.Getenv("TILL_JPOS"), "jpos/src/main/java/org/jpos"))
	for _, dir := range []string{"iso", "iso/packager", "tlv/packager"} {
		entries, err := fs.ReadDir(root, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if m := pattern.FindStringSubmatch(e.Name()); m != nil && m[1] != "ISOSubFieldPackager" && !slices.Contains(known, m[1]) {
				t.Errorf("%s is not listed", m[1])
			}
		}
	}
}

// Digits whose length counts bytes come as the hex of those bytes, and masked as what
// the field holds.
func TestPackedBytesAreMasked(t *testing.T) {
	file := packager(`<isofield id="2" length="19" name="PAN" class="org.jpos.iso.IFEB_LLNUM"/>
<isofield id="35" length="37" name="Track 2" class="org.jpos.iso.IFEB_LLNUM"/>`)
	spec, err := specfile.Load([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	raw := append([]byte("01004000000020000000"), unhex(t, "F0F8 4761739001010010 F1F7 4761739001010010D31122011234567890")...)
	x := spec.Explain(raw, "en")
	if x.Error != nil || len(x.Fields) != 4 {
		t.Fatalf("%+v", x)
	}
	for _, f := range x.Fields[2:] {
		for _, secret := range []string{"90010100", "31122011", "34567890"} {
			if strings.Contains(f.Value+f.Raw, secret) {
				t.Errorf("field %s shows it: %s, %s", f.Path, f.Value, f.Raw)
			}
		}
	}
}
