package iso8583_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// through takes a message to JSON and back.
func through(tb testing.TB, s *iso8583.Spec, raw []byte) []byte {
	tb.Helper()
	doc, _ := s.Document(raw)
	read, err := iso8583.ParseDocument(doc.Reveal())
	if err != nil {
		tb.Fatal(err)
	}
	again, err := s.Assemble(read)
	if err != nil {
		tb.Fatal(err)
	}
	return again
}

// A message comes back to the byte, in every dialect, whole and cut anywhere.
func TestDocumentRoundTrip(t *testing.T) {
	for _, name := range dialect.Names() {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			m := s.NewMessage("0200")
			for _, kv := range authorization() {
				_ = m.Set(kv[0], kv[1]) // what another edition has otherwise is left out
			}
			raw, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			for end := 1; end <= len(raw); end++ {
				if again := through(t, s, raw[:end]); !bytes.Equal(again, raw[:end]) {
					t.Fatalf("%d bytes come back as %d other ones", end, len(again))
				}
			}
		})
	}
}

// What does not follow from the values is kept beside them, and everything else is not.
func TestDocumentKeepsOddBytes(t *testing.T) {
	for name, tt := range map[string]struct {
		spec *iso8583.Spec
		hex  string
		raw  string // paths kept as bytes
	}{
		"nothing odd":             {bcd(t), "0800 2020010000800000 000000 000042 0001 5445524D30303031", ""},
		"pad nibble F":            {bcd(t), "0200 4000000000000000 15 378282246310005F", "2"},
		"pad nibble 0":            {bcd(t), "0200 4000000000000000 15 3782822463100050", ""},
		"lower-case bitmap":       {ascii(t), "30383030 30303230303030303030613030303030 303030303432", "1"},
		"empty second bitmap":     {ascii(t), "30383030 4130323030303030303030303030303030303030303030303030303030303030 303030303030303030303432", "1"},
		"letters in digits":       {ascii(t), "30383030 30303230303030303030303030303030 413030303432", "11"},
		"long TLV length":         {bcd(t), "0200 0000000000000200 0006 9F2781 0180 00", "55"},
		"zeros between elements":  {bcd(t), "0200 0000000000000200 0008 82023800 00 00 9A00", "55"},
		"text in field 55":        {bcd(t), "0200 0000000000000200 0004 48454C50", "55"},
		"bad TLV in field 55":     {bcd(t), "0200 0000000000000208 0003 9F2708 0001 FF", "55"},
		"duplicate tags":          {bcd(t), "0200 0000000000000200 0015 7106 860100 860101 7105 8603010203", ""},
		"bytes left over":         {bcd(t), "0800 0020000000000000 000042 FFFF", ""},
		"field that is not there": {bcd(t), "0800 0020000000000001 000042", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			raw := unhex(t, tt.hex)
			if again := through(t, tt.spec, raw); !bytes.Equal(again, raw) {
				t.Errorf("comes back as %X", again)
			}
			doc, _ := tt.spec.Document(raw)
			var kept struct{ Raw map[string]string }
			if err := json.Unmarshal(doc.Reveal(), &kept); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(slices.Sorted(mapKeys(kept.Raw)), " "); got != tt.raw {
				t.Errorf("bytes kept of %q, want %q: %s", got, tt.raw, doc)
			}
		})
	}
}

func mapKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// A value that is changed counts, whatever bytes are kept of the old one.
func TestDocumentEdited(t *testing.T) {
	raw := unhex(t, "0200 4020000000000000 15 378282246310005F 000042")
	doc, err := bcd(t).Document(raw)
	if err != nil {
		t.Fatal(err)
	}
	edited := bytes.ReplaceAll(doc.Reveal(), []byte("000042"), []byte("000043"))
	edited = bytes.ReplaceAll(edited, []byte(`"2":"378282246310005"`), []byte(`"2":"371449635398431"`))
	read, err := iso8583.ParseDocument(edited)
	if err != nil {
		t.Fatal(err)
	}
	again, err := bcd(t).Assemble(read)
	if want := unhex(t, "0200 4020000000000000 15 3714496353984310 000043"); err != nil || !bytes.Equal(again, want) {
		t.Errorf("assembled %d bytes, %v", len(again), err)
	}
}

// Everything that formats a document masks, and what is masked does not come back.
func TestDocumentMasks(t *testing.T) {
	raw := unhex(t, "0200 4000000000000000 15 378282246310005F")
	doc, err := bcd(t).Document(raw)
	if err != nil {
		t.Fatal(err)
	}
	masked, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{
		"json": string(masked), "%v": fmt.Sprintf("%v", doc), "%+v": fmt.Sprintf("%+v", doc), "%#v": fmt.Sprintf("%#v", doc), "%s": doc.String(),
	} {
		if strings.Contains(text, "22463") || !strings.Contains(text, `"masked":["2"]`) {
			t.Errorf("%s: %s", form, text)
		}
	}
	read, err := iso8583.ParseDocument(masked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = bcd(t).Assemble(read); !errors.Is(err, iso8583.ErrMasked) {
		t.Errorf("assembled masked values: %v", err)
	}
	if text := read.String(); strings.Contains(text, "378282") {
		t.Errorf("a document that was read shows %s", text)
	}
}

func TestParseDocumentRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":        {``, "no JSON object after byte 0"},
		"list":           {`[]`, "no JSON object"},
		"cut":            {`{"mti":"0200"`, "no JSON object after byte 13"},
		"two":            {`{} {}`, "no JSON object"},
		"number":         {`{"mti":"0200","fields":{"4":1250}}`, "want a string in quotes"},
		"unknown member": {`{"mit":"0200"}`, `"mit"`},
		"no type":        {`{"mti":"02"}`, "not a message type"},
		"path twice":     {`{"fields":{"4":"1","4":"2"}}`, "there twice"},
		"masked":         {`{"masked":"2"}`, "want a list"},
	} {
		if _, err := iso8583.ParseDocument([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestAssembleRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"fields":{}}`: "0",
		`{"mti":"0200","fields":{"4":"12345678901234"}}`: "4",
		`{"mti":"0200","fields":{"4":"x"}}`:              "4",
		`{"mti":"0200","fields":{"1":"x"}}`:              "1",
		`{"mti":"0200","fields":{"200":"x"}}`:            "200",
		`{"mti":"0200","fields":{"52":"xy"}}`:            "52",
		`{"mti":"0200","fields":{"55.9F26":"0"}}`:        "55.9F26",
		`{"mti":"0200","fields":{},"rest":"0"}`:          "rest",
	} {
		doc, err := iso8583.ParseDocument([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var fault *iso8583.Error
		if _, err := ascii(t).Assemble(doc); !errors.As(err, &fault) || fault.Path != want {
			t.Errorf("%s: %v, want path %s", text, err, want)
		}
	}
}

// Whatever the bytes, they come back; whatever the JSON, it is read or refused.
func FuzzDocument(f *testing.F) {
	for _, name := range dialect.Names() {
		m := load(f, name).NewMessage("0200")
		for _, kv := range authorization() {
			_ = m.Set(kv[0], kv[1])
		}
		raw, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		doc, _ := load(f, name).Document(raw)
		f.Add(raw)
		f.Add(doc.Reveal())
	}
	specs := []*iso8583.Spec{ascii(f), bcd(f)}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range specs {
			if len(data) > 0 {
				if again := through(t, s, data); !bytes.Equal(again, data) {
					t.Errorf("%s: %X comes back as %X", s, data, again)
				}
			}
			doc, err := iso8583.ParseDocument(data)
			if err != nil {
				continue
			}
			if raw, err := s.Assemble(doc); err == nil && len(raw) == 0 {
				t.Error("a message of nothing")
			}
		}
	})
}

// Messages that others wrote come back to the byte by every dialect, whichever is theirs.
func TestDocumentOfVectors(t *testing.T) {
	dir := os.Getenv("TILL_VECTORS")
	if dir == "" {
		t.Skip("TILL_VECTORS names no folder of other people's messages")
	}
	file, err := os.ReadFile(filepath.Join(dir, "iso8583.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(file) {
		var v struct{ ID, Hex string }
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		raw := unhex(t, v.Hex)
		for _, name := range dialect.Names() {
			if again := through(t, load(t, name), raw); !bytes.Equal(again, raw) {
				t.Errorf("%s by %s: %d bytes come back as %d other ones", v.ID, name, len(raw), len(again))
			}
		}
	}
}
