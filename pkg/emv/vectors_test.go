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
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// The vectors are dumps and conversations that others published; their folder is no
// part of the repository and named by TILL_VECTORS. Facts are compared, not wording.

type vector struct {
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
	for lines.Scan() {
		var v vector
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
			if f.Set {
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

// conversation is a transcript of emv-utils' tests.
type conversation struct {
	APDUs []struct {
		C string `json:"c"`
		R string `json:"r"`
	} `json:"apdus"`
	Given map[string]string `json:"given"`
}

// TestVectorsTranscripts has the transaction speak the terminal's lines of conversations
// that another kernel's tests hold. One that begins in the middle is led up to.
func TestVectorsTranscripts(t *testing.T) {
	outcomes := map[string]error{
		"test_aid_card_blocked": emv.ErrCardBlocked, "test_nothing_found": emv.ErrNoApplication, "test_aid_blocked": emv.ErrNoApplication,
		"test_app_cardholder_confirmation": emv.ErrCancelled,
		"initiate/test3":                   emv.ErrNoApplication, "initiate/test5": emv.ErrFormat, "initiate/test6": emv.ErrStatus,
		"read/test3": emv.ErrStatus, "read/test5": emv.ErrFormat, "read/test6": emv.ErrFormat, "read/test8": emv.ErrDuplicate,
	}
	done := 0
	for _, v := range vectorsOf(t, "transcript") {
		var c conversation
		name := v.Source[strings.LastIndexByte(v.Source, ' ')+1:]
		if json.Unmarshal(v.Input, &c) != nil {
			continue
		}
		var script []string
		switch {
		case strings.Contains(v.Source, "emv_build_candidate_list_test"), name == "test_pse":
		case strings.Contains(v.Source, "emv_initiate_application_processing_test"):
			name = "initiate/" + name[:5]
			script = leadUp(c.Given[strings.TrimPrefix(name, "initiate/")+"_fci"])
		case strings.Contains(v.Source, "emv_read_application_data_test"):
			name = "read/" + strings.TrimSuffix(name, "_apdu_list")
			script = append(leadUp("6F0B8407A0000000031003A500"), "80A8000002830000", options(c.Given[strings.TrimPrefix(name, "read/")+"_afl"]))
		case strings.HasPrefix(name, "test_pcsc_case_4"):
		case strings.HasPrefix(name, "test_pcsc_case_2"):
			script = []string{"00A404000E315041592E5359532E444446303100", "6F15840E315041592E5359532E4444463031A5038801019000"}
		default:
			continue
		}
		done++
		t.Run(name, func(t *testing.T) {
			for _, a := range c.APDUs {
				// A PIN that the card checks is not performed here and may not be claimed.
				script = append(script, strings.ReplaceAll(a.C, "60F0C8", "6028C8"), a.R)
			}
			if err := recite(t, script); !errors.Is(err, outcomes[name]) {
				t.Errorf("ends in %v, want %v", err, outcomes[name])
			}
		})
	}
	if done < 20 {
		t.Errorf("only %d conversations were held", done)
	}
}

// leadUp selects the one application of a control information from the list.
func leadUp(fci string) []string {
	return []string{
		"00A404000E315041592E5359532E444446303100", "6A82",
		"00A4040007A000000003100300", fci + "9000",
		"00A4040007A000000003100300", fci + "9000",
	}
}

func options(afl string) string {
	var b emv.Builder
	b.Add(emv.TagResponse1, unhex("0000"+afl))
	return hex.EncodeToString(b.Bytes()) + "9000"
}

// recite speaks a script of commands and answers, and gives the error in which the
// transaction ends, or nil if it goes on behind the script.
func recite(t *testing.T, script []string) error {
	t.Helper()
	cfg := shop()
	cfg.Capabilities = [3]byte{0x60, 0x28, 0xC8}
	cfg.AIDs = nil
	for _, id := range []string{"A0000000031010", "A0000000032010", "A0000000032020", "A0000000041010", "A0000000043060"} {
		cfg.AIDs = append(cfg.AIDs, emv.AID{ID: unhex(id), Partial: true})
	}
	if slices.Contains(script, "00A4040007A000000003100300") {
		cfg.AIDs = []emv.AID{{ID: unhex("A0000000031003")}}
	}
	txn := start(t, cfg)
	command, more, err := txn.Next(nil)
	for ; more && err == nil && len(script) >= 2; script = script[2:] {
		if got := strings.ToUpper(hex.EncodeToString(command)); got != strings.ToUpper(script[0]) {
			t.Fatalf("sends %s, want %s", got, script[0])
		}
		command, more, err = txn.Next(unhex(script[1]))
	}
	if len(script) > 0 && err == nil {
		t.Errorf("ends before %v", script)
	}
	return err
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
