package emv_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// The vectors are dumps and conversations that others published; their folder is no
// part of the repository and named by TILL_VECTORS. Facts are compared, not wording.

type vector struct {
	Line     int             `json:"-"` // in emv.jsonl, from 1
	Source   string          `json:"source"`
	Kind     string          `json:"kind"`
	Input    json.RawMessage `json:"input"`
	Expected json.RawMessage `json:"expected"`
}

// text is the input as text.
func (v vector) text() string {
	var s string
	_ = json.Unmarshal(v.Input, &s)
	return s
}

func vectorsOf(t *testing.T, kind string) []vector {
	t.Helper()
	dir := os.Getenv("TILL_VECTORS")
	if dir == "" {
		t.Skip("TILL_VECTORS does not name the folder of public test vectors")
	}
	b, err := os.ReadFile(filepath.Join(dir, "emv.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var of []vector
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		v := vector{Line: n}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.Kind == kind {
			of = append(of, v)
		}
	}
	if lines.Err() != nil || len(of) == 0 {
		t.Fatal("no rows: ", lines.Err())
	}
	return of
}

// dumpOf is the hexadecimal in an input such as "--tlv 9A03221215 --option".
func dumpOf(input string) []byte {
	longest := ""
	for _, word := range regexp.MustCompile(`--\S+`).Split(input, -1) {
		if joined := strings.Join(strings.Fields(word), ""); len(joined) > len(longest) {
			longest = joined
		}
	}
	b, err := hex.DecodeString(longest)
	if err != nil {
		return nil
	}
	return b
}

// Another decoder's output names the same tags in the same order, as far as the dump is
// BER-TLV.
func TestVectorsTLV(t *testing.T) {
	line := regexp.MustCompile(`(?m)^\s*([0-9A-F]{2,6}) [|:] `)
	done := 0
	for _, v := range vectorsOf(t, "tlv") {
		var expected string
		if json.Unmarshal(v.Expected, &expected) != nil || !strings.Contains(v.text(), "-") {
			continue
		}
		expected, _, _ = strings.Cut(expected, "Data Object List") // its entries are no objects
		dump, said := dumpOf(v.text()), line.FindAllStringSubmatch(expected, -1)
		if dump == nil || len(said) == 0 {
			continue
		}
		done++
		tree, _ := emv.Parse(dump, emv.Lenient)
		broken := strings.Contains(expected, "adding") || strings.Contains(expected, "error")
		for i, m := range said {
			if i >= len(tree) || tree[i].IsRest() {
				if !broken {
					t.Errorf("%s: %d objects, want %d", v.Source, len(tree), len(said))
				}
				break
			}
			if m[1] == "06" || tree[i].Tag == 0x06 {
				break // that decoder puts the identifier into the name of the sequence
			}
			if got := tree[i].Tag.String(); got != m[1] {
				t.Errorf("%s: object %d is %s, want %s", v.Source, i, got, m[1])
			}
		}
	}
	if done < 12 {
		t.Errorf("only %d rows were compared", done)
	}
}

// The rows that come from reports of other decoders crashing.
func TestVectorsReports(t *testing.T) {
	for _, v := range vectorsOf(t, "tlv") {
		if !strings.HasPrefix(v.Source, "https://") {
			continue
		}
		dump := unhex(v.text())
		said := sayElements(emv.Explain(dump, "en"))
		switch {
		case strings.Contains(v.Source, "binaryfoo"):
			_, err := emv.Parse(dump, emv.Strict)
			var fault *emv.SyntaxError
			if !errors.As(err, &fault) {
				t.Errorf("%s: %v, want a fault with its place", v.Source, err)
			}
		case strings.Contains(v.Source, "evsinev"):
			if strings.Contains(said, "!") || !strings.Contains(said, "5F34 [1]") || !strings.Contains(said, "9F57 [2]") {
				t.Errorf("%s:\n%s", v.Source, said)
			}
		case strings.Contains(v.Source, "martinpaljak"):
			if !strings.Contains(said, "65 [10]") || !strings.Contains(said, "!") {
				t.Errorf("%s:\n%s", v.Source, said)
			}
		}
	}
}

func TestVectorsTVR(t *testing.T) {
	for _, v := range vectorsOf(t, "tvr") {
		set := 0
		for _, f := range emv.Flags(emv.TagTVR, unhex(v.text())) {
			if f.Set && !isLateTVR(f) {
				set++
			}
		}
		var expected string
		_ = json.Unmarshal(v.Expected, &expected)
		if expected == "27 rows" && set != 27 {
			t.Errorf("%s: %d bits said, want 27", v.Source, set)
		}
	}
}

// isLateTVR reports a bit of the verification results that EMV 4.4 gave a meaning: the
// other decoder is older.
func isLateTVR(f emv.Flag) bool {
	return strings.Contains(f.Text("en"), "XDA") || strings.Contains(strings.ToLower(f.Text("en")), "biometric") || strings.Contains(f.Text("en"), "lliptic curve")
}

func TestVectorsCVMList(t *testing.T) {
	for _, v := range vectorsOf(t, "cvmlist") {
		var expected string
		_ = json.Unmarshal(v.Expected, &expected)
		_, err := emv.ParseCVMList(unhex(v.text()))
		if valid := strings.HasPrefix(expected, "valid"); (err == nil) != valid {
			t.Errorf("%s %s: %v, want valid %v", v.Source, v.text(), err, valid)
		}
	}
}

// Traces of cards, made public by the author of another decoder, can be explained
// without showing their numbers.
func TestVectorsTraces(t *testing.T) {
	done := 0
	for _, v := range vectorsOf(t, "transcript") {
		for _, line := range strings.Fields(v.text()) {
			b, err := hex.DecodeString(line)
			if err != nil || len(b) < 3 {
				continue
			}
			done++
			tree, _ := emv.Parse(b[:len(b)-2], emv.Lenient)
			said := strings.ToUpper(sayElements(emv.Explain(b[:len(b)-2], "zh")))
			for _, n := range tree {
				number := strings.TrimRight(fmt.Sprintf("%X", n.Value), "F")
				if n.Tag == emv.TagPAN && (strings.Contains(said, number) || strings.Contains(said, number[6:])) {
					t.Errorf("%s shows a number:\n%s", v.Source, said)
				}
				if n.Tag == emv.TagTrack2 && strings.Contains(said, number[6:]) {
					t.Errorf("%s shows a track:\n%s", v.Source, said)
				}
			}
		}
	}
	if done < 60 {
		t.Errorf("only %d lines were explained", done)
	}
}
