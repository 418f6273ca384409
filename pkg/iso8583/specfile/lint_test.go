package specfile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

// around puts the JSON of a field 4 into a sound file, on line 5.
func around(field string) string {
	return `{"name":"mine","fields":{
"0":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed","description":"MTI","zh":"类型"},
"1":{"type":"Bitmap","length":8,"enc":"Binary","prefix":"Hex.Fixed","description":"Bitmap","zh":"位图"},
"2":{"type":"String","length":19,"enc":"ASCII","prefix":"ASCII.LL","description":"PAN","zh":"主账号"},
` + field + `}}`
}

// five is a field 4 with more keys, whose names are given.
func five(rest string) string {
	return around(`"4":{"description":"Four","zh":"四",` + rest + `}`)
}

// TestLint finds each mistake at its place and under its path, in two languages.
func TestLint(t *testing.T) {
	const plain = `"type":"String","length":12,"enc":"ASCII","prefix":"ASCII.Fixed"`
	tests := []struct {
		name, file string
		severity   specfile.Severity
		path       string
		line       int
		en         string
	}{
		{"unknown type", five(`"type":"Sting","length":12,"enc":"ASCII","prefix":"ASCII.Fixed"`), "error", "4", 5, `did you mean "String"?`},
		{"no type", five(`"length":12,"enc":"ASCII","prefix":"ASCII.Fixed"`), "error", "4", 5, "no type"},
		{"unknown encoding", five(`"type":"String","length":12,"enc":"ASCI","prefix":"ASCII.Fixed"`), "error", "4", 5, `unknown enc "ASCI": did you mean "ASCII"?`},
		{"unknown prefix", five(`"type":"String","length":12,"enc":"ASCII","prefix":"ASCII.LLLLLLL"`), "error", "4", 5, "unknown prefix"},
		{"unknown padding", five(plain + `,"padding":{"type":"Lef","pad":"0"}`), "error", "4", 5, `did you mean "Left"?`},
		{"padding of two characters", five(plain + `,"padding":{"type":"Left","pad":"00"}`), "error", "4", 5, "one ASCII character"},
		{"unknown class", five(plain + `,"class":"secret"`), "error", "4", 5, "unknown class"},
		{"unknown content", five(plain + `,"content":"numeric"`), "error", "4", 5, "unknown content"},
		{"unknown key", five(plain + `,"descriptio":"x"`), "warning", "4", 5, `did you mean "description"?`},
		{"unknown key, nothing near", five(plain + `,"colour":"x"`), "warning", "4", 5, "it is not read"},
		{"key in capitals", five(plain + `,"Padding":{"type":"None","pad":""}`), "warning", "4", 5, `write "padding"`},
		{"length that is text", five(`"type":"String","length":"12","enc":"ASCII","prefix":"ASCII.Fixed"`), "error", "4", 5, "want a whole number, got text"},
		{"length with a fraction", five(`"type":"String","length":1.5,"enc":"ASCII","prefix":"ASCII.Fixed"`), "error", "4", 5, "want a whole number"},
		{"length of 2^63", five(`"type":"String","length":9223372036854775808,"enc":"ASCII","prefix":"ASCII.Fixed"`), "error", "4", 5, "want at most"},
		{"length below nothing", five(`"type":"String","length":-1,"enc":"ASCII","prefix":"ASCII.Fixed"`), "error", "4", 5, "want 0 to"},
		{"length the prefix cannot tell", five(`"type":"String","length":999,"enc":"ASCII","prefix":"ASCII.LL"`), "warning", "4", 5, "can tell at most 99"},
		{"letters in packed digits", five(`"type":"String","length":12,"enc":"BCD","prefix":"BCD.Fixed","content":"an"`), "warning", "4", 5, "hold no letters"},
		{"length of nothing", five(`"type":"String","enc":"ASCII","prefix":"ASCII.Fixed"`), "warning", "4", 5, "hold nothing"},
		{"bitmap elsewhere", five(`"type":"Bitmap","length":8,"enc":"Binary","prefix":"Hex.Fixed"`), "error", "4", 5, "only be field 1"},
		{"the rest in the middle", around(`"4":{"description":"Four","zh":"四","type":"String","length":12,"enc":"ASCII","prefix":"None.Fixed"},"5":{"description":"Five","zh":"五",` + plain + `}`), "warning", "4", 5, "takes the rest"},
		{"field over 192", around(`"193":{"description":"x","zh":"x",` + plain + `}`), "error", "193", 5, "want 0 to 192"},
		{"field that is no number", around(`"four":{"description":"x","zh":"x",` + plain + `}`), "error", "four", 5, "want 0 to 192"},
		{"nothing", around(`"4":null`), "error", "4", 5, "no definition"},
		{"a number for a field", around(`"4":5`), "error", "4", 5, "want an object, got a number"},
		{"the same field twice", around(`"4":{"description":"Four","zh":"四",` + plain + `},"4":{"description":"Four","zh":"四",` + plain + `}`), "error", "4", 5, "defined twice"},
		{"the same field under two keys", around(`"4":{"description":"Four","zh":"四",` + plain + `},"04":{"description":"Four","zh":"四",` + plain + `}`), "error", "04", 5, "defined twice"},
		{"the same key twice", five(plain + `,"length":12`), "error", "4", 5, "stands twice"},
		{"one language", around(`"4":{"description":"Four",` + plain + `}`), "warning", "4", 5, "no Chinese name"},
		{"the other language", around(`"4":{"zh":"四",` + plain + `}`), "warning", "4", 5, "no English name"},
		{"open card number", around(`"34":{"description":"PAN extended","zh":"扩展主账号","class":"open","type":"String","length":28,"enc":"ASCII","prefix":"ASCII.LL"}`), "warning", "34", 5, "class open"},
		{"composite of neither", five(`"type":"Composite","length":12,"prefix":"ASCII.Fixed","subfields":{"1":{"description":"a","zh":"a",` + plain + `}}`), "error", "4", 5, "neither tag nor bitmap"},
		{"composite of both", five(`"type":"Composite","length":12,"prefix":"ASCII.Fixed","tag":{"sort":"StringsByInt"},"bitmap":{"type":"Bitmap","length":8,"enc":"Binary","prefix":"Hex.Fixed","disableAutoExpand":true},"subfields":{"1":{"description":"a","zh":"a",` + plain + `}}`), "error", "4", 5, "not both"},
		{"composite with padding", five(`"type":"Composite","length":12,"prefix":"ASCII.Fixed","padding":{"type":"Left","pad":"0"},"tag":{"sort":"StringsByInt"},"subfields":{"1":{"description":"a","zh":"a",` + plain + `}}`), "error", "4", 5, "no padding"},
		{"composite of nothing", five(`"type":"Composite","length":12,"prefix":"ASCII.Fixed","tag":{"sort":"StringsByInt"}`), "warning", "4", 5, "without subfields"},
		{"subfields too long", five(`"type":"Composite","length":12,"prefix":"ASCII.Fixed","tag":{"sort":"StringsByInt"},"subfields":{"1":{"description":"a","zh":"a",` + plain + `},"2":{"description":"a","zh":"a",` + plain + `}}`), "warning", "4", 5, "at least 24 bytes"},
		{"subfield longer than its field", five(`"type":"Composite","length":8,"prefix":"ASCII.LL","tag":{"sort":"StringsByInt"},"subfields":{"1":{"description":"a","zh":"a",` + plain + `}}`), "warning", "4.1", 5, "longer than the 8 bytes"},
		{"inner bitmap that expands", five(`"type":"Composite","length":99,"prefix":"ASCII.LL","bitmap":{"type":"Bitmap","length":8,"enc":"Binary","prefix":"Hex.Fixed"},"subfields":{"2":{"description":"a","zh":"a",` + plain + `}}`), "error", "4.bitmap", 5, "disableAutoExpand"},
		{"subfield beyond its bitmap", five(`"type":"Composite","length":99,"prefix":"ASCII.LL","bitmap":{"type":"Bitmap","length":1,"enc":"Binary","prefix":"Hex.Fixed","disableAutoExpand":true},"subfields":{"9":{"description":"a","zh":"a",` + plain + `}}`), "warning", "4.9", 5, "never announced"},
		{"subfield of a bitmap with a name", five(`"type":"Composite","length":99,"prefix":"ASCII.LL","bitmap":{"type":"Bitmap","length":1,"enc":"Binary","prefix":"Hex.Fixed","disableAutoExpand":true},"subfields":{"A":{"description":"a","zh":"a",` + plain + `}}`), "error", "4.A", 5, "numbers from 1"},
		{"tag of no length", five(`"type":"Composite","length":99,"prefix":"ASCII.LL","tag":{"enc":"ASCII","sort":"StringsByInt"},"subfields":{"01":{"description":"a","zh":"a",` + plain + `}}`), "error", "4", 5, "tag length 0"},
		{"tag too long", five(`"type":"Composite","length":99,"prefix":"ASCII.LL","tag":{"length":2,"enc":"ASCII","sort":"StringsByInt"},"subfields":{"001":{"description":"a","zh":"a",` + plain + `}}`), "warning", "4.001", 5, "it never comes"},
		{"tag with its padding", five(`"type":"Composite","length":99,"prefix":"ASCII.LL","tag":{"length":2,"enc":"ASCII","sort":"StringsByInt","padding":{"type":"Left","pad":"0"}},"subfields":{"01":{"description":"a","zh":"a",` + plain + `}}`), "warning", "4.01", 5, "taken off tags"},
		{"no tag of ber", five(`"type":"Composite","length":99,"prefix":"ASCII.LL","tag":{"enc":"BerTLVTag","sort":"StringsByHex"},"subfields":{"9F":{"description":"a","zh":"a","type":"Binary","enc":"Binary","prefix":"BerTLV"}}`), "error", "4.9F", 5, "not the hex of a BER tag"},
		{"ber without its length", five(`"type":"Composite","length":99,"prefix":"ASCII.LL","tag":{"enc":"BerTLVTag","sort":"StringsByHex"},"subfields":{"9F26":{"description":"a","zh":"a","type":"Binary","length":8,"enc":"Binary","prefix":"ASCII.Fixed"}}`), "error", "4.9F26", 5, "prefix BerTLV"},
		{"ber tag twice", five(`"type":"Composite","length":99,"prefix":"ASCII.LL","tag":{"enc":"BerTLVTag","sort":"StringsByHex"},"subfields":{"9f26":{"description":"a","zh":"a","type":"Binary","enc":"Binary","prefix":"BerTLV"},"9F26":{"description":"a","zh":"a","type":"Binary","enc":"Binary","prefix":"BerTLV"}}`), "error", "4.9F26", 5, "defined twice"},
		{"open tag", five(`"type":"Composite","length":99,"prefix":"ASCII.LL","tag":{"enc":"BerTLVTag","sort":"StringsByHex"},"subfields":{"5A":{"description":"a","zh":"a","class":"open","type":"Binary","enc":"Binary","prefix":"BerTLV"}}`), "warning", "4.5A", 5, "class open"},
		{"x+n of something else", five(`"type":"Composite","length":9,"prefix":"ASCII.Fixed","content":"x+n","tag":{"sort":"StringsByInt"},"subfields":{"1":{"description":"a","zh":"a",` + plain + `}}`), "error", "4", 5, "x+n"},
		{"128 bits always", strings.Replace(around(`"4":{"description":"Four","zh":"四",`+plain+`}`), `"length":8`, `"length":16`, 1), "warning", "1", 3, "128"},
		{"message type of three digits", strings.Replace(around(`"4":{"description":"Four","zh":"四",`+plain+`}`), `"length":4`, `"length":3`, 1), "warning", "0", 2, "4 digits"},
		{"presence of a field that is not there", strings.Replace(around(`"4":{"description":"Four","zh":"四",`+plain+`}`), `"fields"`, `"mti":{"0200":{"required":[4,5]}},"fields"`, 1), "warning", "", 1, "field 5 is not defined"},
		{"presence of no type", strings.Replace(around(`"4":{"description":"Four","zh":"四",`+plain+`}`), `"fields"`, `"mti":{"200":{"required":[4]}},"fields"`, 1), "warning", "", 1, "has 4 digits"},
		{"presence that is no list", strings.Replace(around(`"4":{"description":"Four","zh":"四",`+plain+`}`), `"fields"`, `"mti":{"0200":{"required":4}},"fields"`, 1), "error", "", 1, "want a list"},
		{"no message type", "{\"fields\":{\n\"1\":{\"type\":\"Bitmap\",\"length\":8,\"enc\":\"Binary\",\"prefix\":\"Hex.Fixed\"}}}", "error", "", 1, "no field 0"},
		{"no bitmap", "{\"fields\":{\n\"0\":{" + plain + "}}}", "error", "", 1, "no field 1"},
		{"no fields", `{"name":"x"}`, "error", "", 1, "no fields"},
		{"not closed", "{\"fields\":{\n", "error", "", 2, "ends in the middle"},
		{"not JSON", "{\"fields\":{\n]", "error", "", 2, "not JSON"},
		{"something behind", around(`"4":{"description":"Four","zh":"四",`+plain+`}`) + "\nx", "error", "", 6, "something follows"},
		{"a list", `["fields"]`, "error", "", 1, "neither JSON nor YAML"},
		{"nothing at all", "", "error", "", 1, "neither JSON nor YAML"},
		{"cyclic anchor", "fields:\n  0: &a\n    bitmap: *a\n", "error", "", 3, "contains itself"},
		{"alias of nothing", "fields:\n  0: *b\n", "error", "", 2, "no anchor"},
		{"yaml twice", "name: x\nfields:\n  0: {type: String}\n  0: {type: String}\n", "error", "0", 4, "defined twice"},
		{"two documents", "name: x\nfields: {}\n---\nname: y\n", "error", "", 4, "second document"},
		{"not XML", "<isopackager>\n<isofield", "error", "", 2, "not XML"},
		{"another XML", "<specs/>", "error", "", 1, "want the element isopackager"},
		{"entity", "<!DOCTYPE a [<!ENTITY b \"c\">]>\n<isopackager name='&b;'/>", "error", "", 2, "not XML"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := specfile.Lint([]byte(tt.file), "mine.json")
			i := slices.IndexFunc(found, func(f specfile.Finding) bool {
				return f.Severity == tt.severity && f.Path == tt.path && strings.Contains(f.En, tt.en)
			})
			if i < 0 {
				t.Fatalf("found %v", found)
			}
			if f := found[i]; f.Line != tt.line || f.Column < 1 || f.In("zh-CN") == f.En || f.In("en") != f.En || f.Zh == "" {
				t.Errorf("%+v, want it in line %d and in Chinese", f, tt.line)
			}
			for _, f := range found {
				if strings.Contains(f.En+f.Zh, "%!") {
					t.Errorf("text not made: %+v", f)
				}
			}
			agrees(t, []byte(tt.file), found)
		})
	}
}

// agrees holds that a file loads exactly where there is no error.
func agrees(t *testing.T, file []byte, found []specfile.Finding) {
	t.Helper()
	_, err := specfile.Load(file)
	bad := slices.ContainsFunc(found, func(f specfile.Finding) bool { return f.Severity == specfile.SeverityError })
	if (err != nil) != bad {
		t.Errorf("load: %v, lint: %v", err, found)
	}
}

// A sound file has no finding.
func TestLintNothing(t *testing.T) {
	if found := specfile.Lint([]byte(five(`"type":"String","length":12,"enc":"ASCII","prefix":"ASCII.Fixed"`)), ""); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

// Every mistake of a file is found at once.
func TestLintAll(t *testing.T) {
	found := specfile.Lint([]byte(around(`"4":{"type":"Sting"},
"5":{"type":"String","length":4,"enc":"ASCIJ","prefix":"ASCII.Fixed"},
"6":{"type":"Composite","length":4,"prefix":"ASCII.Fixed","tag":{},"subfields":{"1":{"type":"Strin","enc":"ASCII","prefix":"ASCII.Fixed"},"2":{"type":"String","enc":"ASCI","prefix":"ASCII.Fixed"}}}`)), "")
	var places []string
	for _, f := range found {
		if f.Severity == specfile.SeverityError {
			places = append(places, fmt.Sprintf("%s@%d", f.Path, f.Line))
		}
	}
	for _, want := range []string{"4@5", "5@6", "6.1@7", "6.2@7"} {
		if !slices.Contains(places, want) {
			t.Errorf("no error at %s: %v", want, found)
		}
	}
}

// Columns count characters.
func TestLintColumn(t *testing.T) {
	found := specfile.Lint([]byte(`{"name":"报文","fields":{"0":5}}`), "")
	if len(found) == 0 || found[0].Line != 1 || found[0].Column != 28 {
		t.Errorf("found %v", found)
	}
}

// A dump that was taken for a spec does not show a card number.
func TestLintShowsNoCard(t *testing.T) {
	const pan = "4761739001010010"
	for _, file := range []string{
		`{"fields":{"` + pan + `":{"type":"` + pan + `","` + pan + `":1,"enc":"` + pan + `","prefix":"` + pan + `"}}}`,
		"fields:\n  4761 7390 0101 0010: {type: 4761-7390-0101-0010}\n",
		"<isopackager><isofield id='" + pan + "' class='" + pan + "' length='" + pan + "' name='x'/><" + "a" + pan + "/></isopackager>",
		"<a" + pan + ">",
		pan + ": *" + pan,
	} {
		for _, f := range specfile.Lint([]byte(file), "") {
			text := f.String() + f.In("zh") + f.Path + f.Class
			digits := strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r
				}
				return -1
			}, text)
			if strings.Contains(text, pan) || strings.Contains(digits, pan[4:]) {
				t.Errorf("%s shows it: %s", file, text)
			}
		}
		if _, err := specfile.Load([]byte(file)); err == nil || strings.Contains(err.Error(), pan) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Nothing is wrong with the dialects that are shipped.
func TestLintDialects(t *testing.T) {
	for _, name := range dialect.Names() {
		spec, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		data, err := specfile.JSON(spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range specfile.Lint(data, name) {
			if name == "iso87-ascii-128" && f.Path == "1" {
				continue // what it is for
			}
			t.Errorf("%s: %s", name, f)
		}
	}
}
