package iso8583_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

// custom loads a spec of a few fields around those given in JSON.
func custom(tb testing.TB, fields string) *iso8583.Spec {
	tb.Helper()
	s, err := iso8583.LoadSpec([]byte(customJSON(fields)))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func customJSON(fields string) string {
	return `{"name":"custom","fields":{
		"0":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed"},
		"1":{"type":"Bitmap","length":8,"enc":"Binary","prefix":"Hex.Fixed"}` + fields + `}}`
}

// TestLoadSpecKinds reads and packs one field of every kind that moov's format has.
func TestLoadSpecKinds(t *testing.T) {
	tests := []struct {
		name, field, wire, value string
	}{
		{"ascii fixed", `{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed"}`, "41424344", "ABCD"},
		{"ascii l", `{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.L"}`, "324142", "AB"},
		{"ascii llll", `{"type":"String","length":9999,"enc":"ASCII","prefix":"ASCII.LLLL"}`, "303030324142", "AB"},
		{"bcd", `{"type":"String","length":5,"enc":"BCD","prefix":"BCD.Fixed"}`, "012345", "12345"},
		{"bcd ll", `{"type":"String","length":5,"enc":"BCD","prefix":"BCD.LL"}`, "030123", "123"},
		{"lbcd", `{"type":"String","length":5,"enc":"LBCD","prefix":"BCD.LL"}`, "031230", "123"},
		{"numeric, padded", `{"type":"Numeric","length":6,"enc":"ASCII","prefix":"ASCII.Fixed","padding":{"type":"Left","pad":"0"}}`, "303030303432", "42"},
		{"blank padded", `{"type":"String","length":6,"enc":"ASCII","prefix":"ASCII.Fixed","padding":{"type":"Right","pad":" "}}`, "414220202020", "AB"},
		{"padding none", `{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed","padding":{"type":"None","pad":""}}`, "4142", "AB"},
		{"binary", `{"type":"Binary","length":3,"enc":"Binary","prefix":"Binary.Fixed"}`, "0A0B0C", "0A0B0C"},
		{"binary l", `{"type":"Binary","length":255,"enc":"Binary","prefix":"Binary.L"}`, "030A0B0C", "0A0B0C"},
		{"binary ll", `{"type":"Binary","length":999,"enc":"Binary","prefix":"Binary.LL"}`, "00030A0B0C", "0A0B0C"},
		{"hex type", `{"type":"Hex","length":3,"enc":"Binary","prefix":"Binary.Fixed"}`, "0A0B0C", "0A0B0C"},
		{"hex characters", `{"type":"Binary","length":3,"enc":"HexToASCII","prefix":"Hex.Fixed"}`, "304130423043", "0A0B0C"},
		{"hex characters of ebcdic", `{"type":"Binary","length":3,"enc":"HexToEBCDIC","prefix":"EBCDIC.Fixed"}`, "F0C1F0C2F0C3", "0A0B0C"},
		{"hex characters of ebcdic, ebcdic ll", `{"type":"Binary","length":30,"enc":"HexToEBCDIC","prefix":"EBCDIC.LL"}`, "F0F3F0C1F0C2F0C3", "0A0B0C"},
		{"hex characters, hex ll", `{"type":"Binary","length":300,"enc":"HexToASCII","prefix":"Hex.LL"}`, "30303033304130423043", "0A0B0C"},
		{"bytes as hex text", `{"type":"String","length":3,"enc":"ASCIIToHex","prefix":"ASCII.L"}`, "330A0B0C", "0A0B0C"},
		{"bcd of a track", `{"type":"String","length":37,"enc":"BCD","content":"z","prefix":"Binary.L"}`, "050123D4", "123=4"},
		{"ebcdic", `{"type":"String","length":9,"enc":"EBCDIC","prefix":"EBCDIC.LL"}`, "F0F5C1C2406BF1", "AB ,1"},
		{"ebcdic 1047", `{"type":"String","length":9,"enc":"EBCDIC1047","prefix":"EBCDIC.LL"}`, "F0F5C1ADE0F14D", "A[\\1("},
		{"ber length", `{"type":"Binary","length":300,"enc":"Binary","prefix":"BerTLV"}`, "03010203", "010203"},
		{"ber length of nothing", `{"type":"Binary","length":300,"enc":"Binary","prefix":"BerTLV"}`, "00", ""},
		{"ber length of digits, as moov counts", `{"type":"String","length":12,"enc":"BCD","prefix":"BerTLV"}`, "06001250", "001250"},
		{"the rest", `{"type":"String","length":99,"enc":"ASCII","prefix":"None.Fixed"}`, "414243", "ABC"},
		{"positional", `{"type":"Composite","length":6,"prefix":"ASCII.Fixed","tag":{"sort":"StringsByInt"},"subfields":{
			"1":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"},"2":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"},
			"10":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"}}}`, "303132303330", "012030"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spec := custom(t, `,"4":`+tt.field)
			raw := append([]byte("0100\x10\x00\x00\x00\x00\x00\x00\x00"), unhex(t, tt.wire)...)
			m, err := spec.Unpack(raw)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Value("4"); got != tt.value {
				t.Errorf("read %q, want %q", got, tt.value)
			}
			made := spec.NewMessage("0100")
			if err := made.Set("4", tt.value); err != nil {
				t.Fatal(err)
			}
			if again, err := made.Pack(); err != nil || string(again) != string(raw) {
				t.Errorf("packed %x, %v, want %x", again, err, raw)
			}
			if x := spec.Explain(raw, "en"); x.Error != nil || !strings.HasSuffix(x.Fields[2].Raw, tt.wire) {
				t.Errorf("explained %+v", x)
			}
		})
	}
}

// nested is a field 127 of a bitmap, with a tagged and a positional composite in it.
const nested = `,"127":{"type":"Composite","length":999,"prefix":"ASCII.LLL","bitmap":{"type":"Bitmap","length":8,"enc":"Binary","prefix":"Binary.Fixed","disableAutoExpand":true},
	"subfields":{
		"2":{"type":"String","length":9,"enc":"ASCII","prefix":"ASCII.LL"},
		"6":{"type":"Composite","length":99,"prefix":"ASCII.LL","tag":{"length":2,"enc":"ASCII","sort":"StringsByInt","padding":{"type":"Left","pad":"0"},"skipUnknownTLVTags":true,"prefUnknownTLV":"ASCII.LL"},
			"subfields":{"3":{"type":"String","length":9,"enc":"ASCII","prefix":"ASCII.LL"},"12":{"type":"String","length":9,"enc":"ASCII","prefix":"ASCII.LL","class":"cvv"}}},
		"9":{"type":"Composite","length":4,"prefix":"ASCII.LL","tag":{"sort":"StringsByInt"},"subfields":{
			"1":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"},"2":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"}}}}}`

func TestNestedComposites(t *testing.T) {
	spec := custom(t, nested)
	m := spec.NewMessage("0100")
	for _, kv := range [][2]string{{"127.9.1", "AB"}, {"127.2", "SWITCH"}, {"127.6.12", "123"}, {"127.6.3", "Z"}, {"127.9.2", "CD"}, {"127.6.12", "456"}} {
		if err := m.Set(kv[0], kv[1]); err != nil {
			t.Fatalf("set %s: %v", kv[0], err)
		}
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	want := "0100\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02" + "036" + "\x44\x80\x00\x00\x00\x00\x00\x00" + "06SWITCH" + "12" + "1203456" + "0301Z" + "04ABCD"
	if string(raw) != want {
		t.Fatalf("packed\n%q, want\n%q", raw, want)
	}
	m, err = spec.Unpack(raw)
	if err != nil {
		t.Fatal(err)
	}
	for path, value := range map[string]string{"127.2": "SWITCH", "127.6.12": "***", "127.6.3": "Z", "127.9": "ABCD", "127.9.2": "CD"} {
		if got := m.Value(path); got != value {
			t.Errorf("%s: %q, want %q", path, got, value)
		}
	}
	if strings.Contains(m.String(), "456") || strings.Contains(m.String(), "343536") {
		t.Errorf("a CVV is shown: %s", m)
	}
	m.Unset("127.2")
	m.Unset("127.6.3")
	if m.Has("127.2") || m.Has("127.6.3") || m.Value("127.6.12") != "***" || m.Value("127.9") != "ABCD" {
		t.Errorf("after unset: %s", m)
	}
	golden(t, "explain-nested.txt", sheet(spec.Explain(raw, "en")))
}

func TestNestedRefusals(t *testing.T) {
	m := custom(t, nested).NewMessage("0100")
	for path, want := range map[string]error{
		"127.3": iso8583.ErrUndefined, "127.9.2": iso8583.ErrPath, "127.9.3": iso8583.ErrUndefined, "127.2.1": iso8583.ErrPath, "127.9": iso8583.ErrLength,
	} {
		value := map[bool]string{true: "ABCDEFG", false: "AB"}[path == "127.9"]
		if err := m.Set(path, value); !errors.Is(err, want) {
			t.Errorf("set %s: %v, want %v", path, err, want)
		}
	}
	unknown := []byte("0100\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02" + "017" + "\x04\x00\x00\x00\x00\x00\x00\x00" + "07" + "7703XYZ")
	got, err := custom(t, nested).Unpack(unknown)
	if err != nil || got.Value("127.6.77") != "58595A" {
		t.Errorf("tag that the spec does not name: %v, %v", got, err)
	}
}

// TestLoadSpecRefuses: what cannot be done is said with its place, when the spec is
// loaded and not when a message comes.
func TestLoadSpecRefuses(t *testing.T) {
	tests := []struct{ name, json, path string }{
		{"no json", `{`, ""},
		{"no fields", `{"name":"x"}`, ""},
		{"no bitmap", `{"fields":{"0":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed"}}}`, ""},
		{"field name", customJSON(`,"Field004":{}`), "Field004"},
		{"field number", customJSON(`,"193":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed"}`), "193"},
		{"null", customJSON(`,"4":null`), "4"},
		{"type", customJSON(`,"4":{"type":"Float","length":4,"enc":"ASCII","prefix":"ASCII.Fixed"}`), "4"},
		{"encoding", customJSON(`,"4":{"type":"String","length":4,"enc":"UTF16","prefix":"ASCII.Fixed"}`), "4"},
		{"prefix", customJSON(`,"4":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.LLLLLLL"}`), "4"},
		{"no prefix", customJSON(`,"4":{"type":"String","length":4,"enc":"ASCII"}`), "4"},
		{"padding", customJSON(`,"4":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed","padding":{"type":"Centre","pad":"0"}}`), "4"},
		{"padding of two", customJSON(`,"4":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed","padding":{"type":"Left","pad":"00"}}`), "4"},
		{"class", customJSON(`,"4":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed","class":"secret"}`), "4"},
		{"content", customJSON(`,"4":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed","content":"q"}`), "4"},
		{"length of 2^62", customJSON(`,"4":{"type":"Binary","length":4611686018427387904,"enc":"HexToASCII","prefix":"ASCII.Fixed"}`), "4"},
		{"length of 2^63-1", customJSON(`,"4":{"type":"String","length":9223372036854775807,"enc":"BCD","prefix":"BCD.Fixed"}`), "4"},
		{"signed of no digits", customJSON(`,"4":{"type":"Composite","length":1,"prefix":"ASCII.Fixed","content":"x+n","tag":{},"subfields":{
			"1":{"type":"String","length":1,"enc":"ASCII","prefix":"ASCII.Fixed"},"2":{"type":"String","length":-1,"enc":"BCD","prefix":"BCD.Fixed"}}}`), "4.2"},
		{"negative length", customJSON(`,"4":{"type":"String","length":-1,"enc":"ASCII","prefix":"ASCII.Fixed"}`), "4"},
		{"second bitmap field", customJSON(`,"4":{"type":"Bitmap","length":8,"enc":"Binary","prefix":"Hex.Fixed"}`), "4"},
		{"bitmap in digits", `{"fields":{"0":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed"},"1":{"type":"Bitmap","enc":"BCD","prefix":"Hex.Fixed"}}}`, "1"},
		{"bitmap in EBCDIC", `{"fields":{"0":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed"},"1":{"type":"Bitmap","enc":"EBCDIC","prefix":"Hex.Fixed"}}}`, "1"},
		{"composite without layout", customJSON(`,"4":{"type":"Composite","length":4,"prefix":"ASCII.Fixed"}`), "4"},
		{"composite bitmap that expands", customJSON(`,"4":{"type":"Composite","length":4,"prefix":"ASCII.Fixed","bitmap":{"type":"Bitmap","length":8,"enc":"Binary","prefix":"Binary.Fixed"}}`), "4"},
		{"subfield of a bitmap by name", customJSON(`,"4":{"type":"Composite","length":4,"prefix":"ASCII.LL","bitmap":{"type":"Bitmap","length":8,"enc":"Binary","prefix":"Binary.Fixed","disableAutoExpand":true},"subfields":{"A":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"}}}`), "4.A"},
		{"tag of no hex", customJSON(`,"55":{"type":"Composite","length":4,"prefix":"ASCII.LL","tag":{"enc":"BerTLVTag","sort":"StringsByHex"},"subfields":{"XY":{"type":"Binary","length":2,"enc":"Binary","prefix":"BerTLV"}}}`), "55.XY"},
		{"packed number of no digits", customJSON(`,"48":{"type":"Composite","length":4,"prefix":"BCD.LL","enc":"ASCII","tag":{"sort":"StringsByInt"},"subfields":{"1":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"}}}`), "48"},
		{"packed number right-justified of any length", customJSON(`,"48":{"type":"Composite","length":4,"prefix":"BCD.LL","enc":"BCD","tag":{"sort":"StringsByInt"},"subfields":{"1":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"}}}`), "48"},
		{"part of a packed number with a length", customJSON(`,"48":{"type":"Composite","length":4,"prefix":"BCD.LL","enc":"LBCD","tag":{"sort":"StringsByInt"},"subfields":{"1":{"type":"String","length":2,"enc":"BCD","prefix":"BCD.L"}}}`), "48.1"},
		{"delimiter of two", customJSON(`,"48":{"type":"Composite","length":4,"prefix":"ASCII.LL","tag":{"sort":"StringsByInt","delimiter":"--"},"subfields":{"1":{"type":"String","length":2,"enc":"ASCII","prefix":"None.Fixed"}}}`), "48"},
		{"delimiter in digits", customJSON(`,"48":{"type":"Composite","length":4,"prefix":"ASCII.LL","tag":{"sort":"StringsByInt","delimiter":"-"},"subfields":{"1":{"type":"String","length":2,"enc":"BCD","prefix":"None.Fixed"}}}`), "48"},
		{"dataset bitmap of three bytes", customJSON(`,"48":{"type":"Composite","length":4,"prefix":"ASCII.LL","bitmap":{"type":"Bitmap","length":3,"enc":"Binary","prefix":"Binary.Fixed","disableAutoExpand":true,"dataset":true},"subfields":{"1":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"}}}`), "48.0"},
		{"tag too long", customJSON(`,"48":{"type":"Composite","length":4,"prefix":"ASCII.LL","tag":{"length":2,"enc":"ASCII","sort":"StringsByInt"},"subfields":{"ABC":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.L"}}}`), "48.ABC"},
		{"unknown tag of no kind", customJSON(`,"48":{"type":"Composite","length":4,"prefix":"ASCII.LL","tag":{"length":2,"enc":"ASCII","sort":"StringsByInt","unknown":{"type":"String","enc":"?","prefix":"ASCII.L"}}}`), "48.*"},
		{"subfield encoding", customJSON(`,"48":{"type":"Composite","length":4,"prefix":"ASCII.LL","tag":{"sort":"StringsByInt"},"subfields":{"1":{"type":"String","length":2,"enc":"?","prefix":"ASCII.Fixed"}}}`), "48.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := iso8583.LoadSpec([]byte(tt.json))
			var fault *iso8583.Error
			if !errors.Is(err, iso8583.ErrSpec) || (errors.As(err, &fault) && fault.Path != tt.path) {
				t.Errorf("got %v, want ErrSpec at %q", err, tt.path)
			}
		})
	}
}

// TestSpecThatHoldsItself is refused, whatever it holds itself in.
func TestSpecThatHoldsItself(t *testing.T) {
	inner := &iso8583.Field{Type: "Composite", Length: 99, Prefix: "ASCII.LL", Tag: &iso8583.Tag{Sort: "StringsByInt"}}
	inner.Subfields = iso8583.Fields{"1": inner}
	unknown := &iso8583.Field{Type: "Composite", Length: 99, Prefix: "ASCII.LL", Tag: &iso8583.Tag{Length: 2, Enc: "ASCII", Sort: "StringsByInt"}}
	unknown.Tag.Unknown = unknown
	for _, f := range []*iso8583.Field{inner, unknown} {
		def := custom(t, "").Definition()
		def.Fields = maps.Clone(def.Fields)
		def.Fields["48"] = f
		if _, err := iso8583.NewSpec(def); !errors.Is(err, iso8583.ErrSpec) {
			t.Errorf("got %v, want ErrSpec", err)
		}
	}
}

// TestExport: a spec written out and loaded again reads and packs the same.
func TestExport(t *testing.T) {
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		again, err := iso8583.LoadSpec(exported(t, spec))
		if err != nil {
			t.Fatal(err)
		}
		if string(exported(t, again)) != string(exported(t, spec)) {
			t.Errorf("%s: written again it differs", spec.Name())
		}
		for name, raw := range explained(t, spec) {
			if got, want := sheet(again.Explain(raw, "zh")), sheet(spec.Explain(raw, "zh")); got != want {
				t.Errorf("%s %s: loaded again it reads differently", spec.Name(), name)
			}
		}
	}
}

// TestMoovFile loads a file in moov's format as its users have them: no key of ours.
func TestMoovFile(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "moov.json"))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := iso8583.LoadSpec(data)
	if err != nil {
		t.Fatal(err)
	}
	raw := []byte("0100" + "7000000000000000" + "16" + "4761739001010010" + "000000" + "000000001250")
	golden(t, "explain-moov.txt", sheet(spec.Explain(raw, "zh")))
}

// TestClassByNumber: a spec without classes masks the fields of the message by what
// the standard puts there, and a subfield "2" is no card number.
func TestClassByNumber(t *testing.T) {
	spec := custom(t, `,"2":{"type":"String","length":19,"enc":"ASCII","prefix":"ASCII.LL"},
		"48":{"type":"Composite","length":99,"prefix":"ASCII.LL","tag":{"sort":"StringsByInt"},"subfields":{
			"1":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"},"2":{"type":"String","length":12,"enc":"ASCII","prefix":"ASCII.Fixed"}}},
		"62":{"type":"String","length":99,"enc":"ASCII","prefix":"ASCII.LL","class":"pan"},
		"52":{"type":"Binary","length":8,"enc":"Binary","prefix":"Binary.Fixed","class":"open"}`)
	m := spec.NewMessage("0100")
	for _, kv := range [][2]string{{"2", "4761739001010010"}, {"48", "01ORDER1234567"}, {"52", "0011223344556677"}, {"62", "4761739001010010"}} {
		if err := m.Set(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{"2": "476173******0010", "48.2": "ORDER1234567", "52": "0011223344556677", "62": "476173******0010"} {
		if got := m.Value(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestFieldName(t *testing.T) {
	tests := []struct{ path, en, zh string }{
		{"0", "Message type indicator", "报文类型标识"},
		{"4", "Amount, transaction", "交易金额"},
		{"55.9F36", "Application transaction counter (ATC)", "应用交易计数器（ATC）"},
		{"55.9F26", "Application cryptogram", "应用密文"},
		{"55.71.86", "Issuer script command", "发卡行脚本命令"},
		{"55.DF01", "", ""},
		{"4.1", "", ""},
		{"150", "", ""},
		{"x", "", ""},
	}
	for _, tt := range tests {
		if en, zh := ascii(t).FieldName(tt.path, "en"), ascii(t).FieldName(tt.path, "zh_CN"); en != tt.en || zh != tt.zh {
			t.Errorf("%s: %q and %q, want %q and %q", tt.path, en, zh, tt.en, tt.zh)
		}
	}
}

// TestConcurrent uses one spec from many goroutines.
func TestConcurrent(t *testing.T) {
	spec := ascii(t)
	raw := benchMessage(t, spec)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				m, err := spec.Unpack(raw)
				if err != nil {
					t.Error(err)
					return
				}
				if again, err := m.Pack(); err != nil || string(again) != string(raw) {
					t.Errorf("packed %x, %v", again, err)
				}
			}
		})
	}
	group.Wait()
}

// FuzzLoadSpec: any JSON loads or is refused, and a spec that loads reads any message.
func FuzzLoadSpec(f *testing.F) {
	f.Add([]byte(customJSON(nested)), []byte("0100"))
	f.Add([]byte(customJSON(`,"48":{"type":"Composite","length":9,"prefix":"ASCII.LL","tag":{"sort":"StringsByInt"},"subfields":{"\u0001":{"type":"String","length":2,"enc":"ASCII","prefix":"ASCII.Fixed"}}}`)), []byte("0100"))
	for _, seed := range [][2]string{{"base24", "63"}, {"iso2003", "49"}, {"mastercard-ipm", "43"}, {"mastercard-ipm", "48"}, {"unionpay-pos", "60"}, {"visa-base1", "63"}} {
		field, err := json.Marshal(load(f, seed[0]).Definition().Fields[seed[1]])
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(customJSON(`,"`+seed[1]+`":`+string(field))), []byte("0100\x00\x00\x00\x00\x00\x21\x80\x12"+"0004ABCD"))
	}
	f.Fuzz(func(t *testing.T, spec, raw []byte) {
		s, err := iso8583.LoadSpec(spec)
		if err != nil {
			return
		}
		s.Explain(raw, "en")
		if _, err := json.Marshal(s.Definition()); err != nil {
			t.Fatal(err)
		}
	})
}

// A bitmap in hex characters of EBCDIC, of the message and of a composite, is read and
// packed.
func TestBitmapInHexOfEBCDIC(t *testing.T) {
	spec, err := iso8583.LoadSpec([]byte(`{"fields":{
		"0":{"type":"String","length":4,"enc":"EBCDIC","prefix":"EBCDIC.Fixed"},
		"1":{"type":"Bitmap","length":8,"enc":"HexToEBCDIC","prefix":"EBCDIC.Fixed"},
		"70":{"type":"Composite","length":99,"prefix":"EBCDIC.LL","bitmap":{"type":"Bitmap","length":1,"enc":"HexToEBCDIC","prefix":"EBCDIC.Fixed","disableAutoExpand":true},
			"subfields":{"3":{"type":"String","length":1,"enc":"EBCDIC","prefix":"EBCDIC.Fixed"}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	m := spec.NewMessage("0800")
	if err := m.Set("70.3", "A"); err != nil {
		t.Fatal(err)
	}
	raw, err := m.Pack()
	want := unhex(t, "F0F8F0F0"+"F8F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0"+"F0F4F0F0F0F0F0F0F0F0F0F0F0F0F0F0"+"F0F3"+"F2F0"+"C1")
	if err != nil || string(raw) != string(want) {
		t.Fatalf("packed %X, %v, want %X", raw, err, want)
	}
	again, err := spec.Unpack(raw)
	if err != nil || again.Value("70.3") != "A" {
		t.Errorf("read %q, %v", again.Value("70.3"), err)
	}
}

// A packed track whose pad nibble is in front is masked in its bytes as in its text.
func TestPackedTrackIsMasked(t *testing.T) {
	spec := custom(t, `,"35":{"type":"String","length":37,"enc":"BCD","content":"z","prefix":"Binary.L"}`)
	raw := append([]byte("0100\x00\x00\x00\x00\x20\x00\x00\x00"), unhex(t, "21"+"04761739001010010D3112201123456789")...)
	f := spec.Explain(raw, "en").Fields[2]
	if want := "476173******0010" + "=" + strings.Repeat("*", 16); f.Value != want {
		t.Errorf("%s, want %s", f.Value, want)
	}
	if want := "21" + "0476173******0010D" + strings.Repeat("*", 16); f.Raw != want {
		t.Errorf("raw %s, want %s", f.Raw, want)
	}
}
