package cli

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// isoCommands is every verb that shows messages, in every format and both languages. A
// and B are files of messages, DIR is a folder. What makes a message, as build and convert
// --to-spec do, gives its bytes; they take only numbers that are published for tests.
func isoCommands() [][]string {
	var all [][]string
	add := func(line string) { all = append(all, strings.Fields(line)) }
	for _, lang := range []string{"en", "zh"} {
		for _, verb := range []string{"explain A B", "detect A B", "stats A B", "validate A B", "validate --strict A --request B", "diff A B", "convert A"} {
			add("iso " + verb + " --lang " + lang)
			for _, format := range []string{"table", "csv", "tsv", "json", "ndjson", "md"} {
				add("iso " + verb + " -O " + format + " --lang " + lang)
			}
			add("iso " + verb + " --jq .")
		}
		add("iso explain A B --raw --lang " + lang)
		add("iso explain A B -O ndjson --compact --lang " + lang)
		add("iso explain A --spec iso87-bcd --lang " + lang)
		add("iso explain A --spec iso87-ascii --framing tpdu --json --lang " + lang)
		add("iso explain A --format base64 --lang " + lang)
		add("iso explain A --format hexdump --json --lang " + lang)
		add("iso specs lint A --lang " + lang)
		add("iso specs import A --lang " + lang)
		add("iso send 127.0.0.1:1 A --timeout 100ms --lang " + lang)
		add("iso explain -o DIR/out.csv A --lang " + lang)
	}
	return all
}

// secret is what nobody may see, and the messages that hide it.
type secret struct{ text, path, value string }

// TestNoISOCommandLeaks puts a card number, what follows it on a track, or a PIN block
// into any field of any dialect, whole messages and broken ones, and looks for it in all
// that every verb says.
func TestNoISOCommandLeaks(t *testing.T) {
	con := newConsole(t)
	specs := map[string]*iso8583.Spec{}
	for _, name := range dialect.Names() {
		spec, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		specs[name] = spec
	}
	commands := isoCommands()
	shown := 0
	rapid.Check(t, func(t *rapid.T) {
		spec := specs[rapid.SampledFrom(dialect.Names()).Draw(t, "dialect")]
		s := drawSecret(t, spec)
		raw := messageHiding(t, spec, s)
		a := spoiled(t, raw, card.Luhn(s.text))
		files := strings.NewReplacer("A", writeForm(t, con.Dir, "a", a), "B", writeForm(t, con.Dir, "b", raw), "DIR", con.Dir)
		for range 12 / stride {
			args := append([]string(nil), rapid.SampledFrom(commands).Draw(t, "command")...)
			for i, arg := range args {
				if arg == "A" || arg == "B" || strings.HasPrefix(arg, "DIR") {
					args[i] = files.Replace(arg)
				}
			}
			con.till(args...)
			said := con.out.String() + con.err.String()
			if out, err := os.ReadFile(filepath.Join(con.Dir, "out.csv")); err == nil {
				said += string(out)
			}
			shown += len(said)
			if form := formShown(said, s.text); form != "" {
				t.Fatalf("till %s shows the secret of field %s of %s as %s:\n%s", strings.Join(args, " "), s.path, spec.Name(), form, said)
			}
		}
	})
	if shown < 20000/stride {
		t.Errorf("the commands said only %d bytes", shown)
	}
}

// drawSecret draws a secret and a field that takes it.
func drawSecret(t *rapid.T, spec *iso8583.Spec) secret {
	const track = "4761739001010010=31122015678901234567"
	pan := rapid.SampledFrom([]string{"4761739001010010", "5413330089010434", "378282246310005", "6205500000000000004"}).Draw(t, "pan")
	named := []secret{
		{"5678901234567", "35", track}, {"5678901234567", "45", "B4761739001010010^TESTCARD/VISA^31122015678901234567"},
		{"FEDCBA9876543210", "52", "FEDCBA9876543210"}, {"4761739001010010", "2", "4761739001010010"},
		{"4761739001010010", "55", "9F360200015A084761739001010010"}, {"5678901234567", "55", "57134761739001010010D31122015678901234567F"},
		{"4761739001010010", "55", "DF21084761739001010010"}, {"4761739001010010", "55", "700ADF21" + "084761739001010010"},
		{"FEDCBA9876543210", "55", "9908FEDCBA9876543210"}, {"5678901234567", "55", "9F200D35363738393031323334353637"},
	}
	for {
		var s secret
		if rapid.Bool().Draw(t, "named") {
			s = rapid.SampledFrom(named).Draw(t, "secret")
		} else {
			num := rapid.SampledFrom(spec.FieldNumbers()).Draw(t, "field")
			form := rapid.SampledFrom([]string{"%s", "0000%s", "%s    ", "ref %s end", "%s=31122015678901"}).Draw(t, "form")
			s = secret{pan, strconv.Itoa(num), fmt.Sprintf(form, pan)}
			if length := spec.Definition().Fields[s.path].Length; rapid.Bool().Draw(t, "filled") && length > len(pan) && length < 200 {
				s.value = strings.Repeat("0", length-len(pan)) + pan
			}
			if rapid.Bool().Draw(t, "as hex") {
				s.value = hex.EncodeToString([]byte(s.value))
			}
		}
		f := spec.Definition().Fields[s.path]
		if f == nil || s.path == "55" && (f.Tag == nil || f.Tag.Enc != "BerTLVTag") {
			continue // nothing says that a dialect's own field of bytes holds chip data
		}
		if m := spec.NewMessage("0200"); m.Set(s.path, s.value) == nil {
			if _, err := m.Pack(); err == nil {
				return s
			}
		}
	}
}

// messageHiding is a message with the secret among other fields.
func messageHiding(t *rapid.T, spec *iso8583.Spec, s secret) []byte {
	mti := rapid.SampledFrom([]iso8583.MTI{"0100", "0200", "0210", "0420", "0800", "1100", "1420"}).Draw(t, "mti")
	m := spec.NewMessage(mti)
	for _, kv := range [][2]string{{"3", "000000"}, {"4", "000000001250"}, {"7", "1123104011"}, {"11", "000042"}, {"39", "00"}, {"41", "TERM0001"}} {
		if rapid.Bool().Draw(t, kv[0]) {
			_ = m.Set(kv[0], kv[1]) // a dialect that has it otherwise goes without
		}
	}
	if err := m.Set(s.path, s.value); err != nil {
		t.Fatal(err)
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// spoiled is a message as it is, or cut, longer, or with a byte that is another. A wrong
// byte is for card numbers alone, which tell of themselves: where it is a length, the end
// of a track or a PIN block comes to stand in the field behind and is digits or bytes like
// any other.
func spoiled(t *rapid.T, raw []byte, anyFault bool) []byte {
	raw = bytes.Clone(raw)
	fault := rapid.IntRange(0, 5).Draw(t, "fault")
	if fault == 2 && !anyFault {
		return raw
	}
	switch fault {
	case 0:
		return raw[:rapid.IntRange(1, len(raw)).Draw(t, "cut")]
	case 1:
		return append(raw, "tail"...)
	case 2:
		raw[rapid.IntRange(0, len(raw)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
	case 3:
		return append([]byte{0, byte(len(raw))}, raw...)
	}
	return raw
}

// writeForm writes bytes down in one of the ways that are read.
func writeForm(t *rapid.T, dir, name string, raw []byte) string {
	text := raw
	switch rapid.IntRange(0, 4).Draw(t, "form of "+name) {
	case 0:
		text = []byte(hex.EncodeToString(raw) + "\n")
	case 1:
		text = []byte(hex.Dump(raw))
	case 2:
		text = []byte(fmt.Sprintf("2026-11-29 10:00:00 DEBUG >> % X\n", raw))
	case 3:
		text, _ = json.Marshal(raw) // base64 in quotes
	}
	path := filepath.Join(dir, name+".msg")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// formShown is the form in which a secret can be seen, or nothing.
func formShown(said, secret string) string {
	said = strings.ToUpper(said)
	ebcdic := ""
	for _, c := range secret {
		ebcdic += "F" + string(c)
	}
	forms := map[string]string{"characters": secret, "hex of ASCII": hex.EncodeToString([]byte(secret)), "hex of EBCDIC": ebcdic}
	if len(secret)%2 == 1 {
		forms["packed from the second digit"] = secret[1:]
	}
	for name, form := range forms {
		if strings.Contains(said, strings.ToUpper(form)) {
			return name
		}
	}
	return ""
}
