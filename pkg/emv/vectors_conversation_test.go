package emv_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader"
)

// conversation is a transcript of emv-utils' tests.
type conversation struct {
	APDUs []struct {
		C string `json:"c"`
		R string `json:"r"`
	} `json:"apdus"`
	Given map[string]string `json:"given"`
}

// name is the test that the transcript was taken from.
func (v vector) name() string {
	_, test, _ := strings.Cut(v.Source[strings.LastIndexByte(v.Source, '/')+1:], " ")
	return strings.TrimSuffix(test, "_apdu_list")
}

// script is the conversation of a transcript as the transaction holds it, commands and
// answers in turn, nil for one of which it sends nothing. One that begins in the middle is
// led up to.
func (v vector) script(c conversation) []string {
	said := c.said()
	name := v.name()
	switch {
	case strings.Contains(v.Source, "emv_build_candidate_list_test"), name == "test_pse":
		return said
	case strings.Contains(v.Source, "emv_select_application_test"):
		return append(leadUpTo(said[0]), said...)
	case strings.Contains(v.Source, "emv_initiate_application_processing_test"):
		return append(leadUp(c.Given[name+"_fci"]), said...)
	case strings.Contains(v.Source, "emv_read_application_data_test"):
		before := append(leadUp("6F0B8407A0000000031003A500"), "80A8000002830000", options(c.Given[name+"_afl"]))
		return append(before, said...)
	case strings.Contains(name, "_case_4"):
		return said
	case strings.Contains(name, "_case_2"):
		return append([]string{"00A404000E315041592E5359532E444446303100", "6F15840E315041592E5359532E4444463031A5038801019000"}, said...)
	}
	return nil
}

// said is what was sent and answered. The byte by which a card of T=0 takes a header or
// announces data is the reader's, who puts header and data together.
func (c conversation) said() []string {
	var said []string
	header := ""
	for _, a := range c.APDUs {
		if len(a.R) == 2 {
			header = a.C
			continue
		}
		answer := a.R
		if len(a.C) == 10 && strings.HasPrefix(a.C, "00C00000") && strings.HasPrefix(answer, "C0") {
			answer = answer[2:]
		}
		said = append(said, header+a.C, answer)
		header = ""
	}
	if last := len(said) - 2; last >= 0 && said[last] == "00A404000E" { // refused before the data
		said[last] += "315041592E5359532E4444463031"
	}
	return said
}

// TestVectorsTranscripts has the transaction speak the terminal's lines of conversations
// that another kernel's tests hold. A row that is neither spoken nor listed with a reason
// is an error.
func TestVectorsTranscripts(t *testing.T) {
	outcomes := map[string]error{
		"test_aid_card_blocked": emv.ErrCardBlocked, "test_nothing_found": emv.ErrNoApplication, "test_aid_blocked": emv.ErrNoApplication,
		"test_app_cardholder_confirmation": emv.ErrCancelled,
		"test_select_app7":                 emv.ErrNoApplication, "test_select_app3": emv.ErrCardBlocked,
		"test_select_app5": emv.ErrNoApplication, "test_select_app6": emv.ErrNoApplication,
		"initiate/test3": emv.ErrNoApplication, "initiate/test5": emv.ErrFormat, "initiate/test6": emv.ErrStatus,
		"read/test3": emv.ErrStatus, "read/test5": emv.ErrFormat, "read/test6": emv.ErrFormat, "read/test8": emv.ErrDuplicate,
		"test_tpdu_case_4_error_early": emv.ErrCardBlocked,
	}
	listed := vectorsNotRun(t)
	for _, v := range vectorsOf(t, "transcript") {
		var c conversation
		if json.Unmarshal(v.Input, &c) != nil {
			continue // a trace as text: TestVectorsTraces
		}
		script := v.script(c)
		if (script == nil) != listed[v.Line] {
			t.Errorf("line %d, %s: run %v, listed as not run %v", v.Line, v.Source, script != nil, listed[v.Line])
		}
		if script == nil {
			continue
		}
		name := v.name()
		switch {
		case strings.Contains(v.Source, "emv_initiate_application_processing_test"):
			name = "initiate/" + name
		case strings.Contains(v.Source, "emv_read_application_data_test"):
			name = "read/" + name
		}
		t.Run(name, func(t *testing.T) {
			if err := recite(t, script); !errors.Is(err, outcomes[name]) {
				t.Errorf("ends in %v, want %v", err, outcomes[name])
			}
		})
	}
}

// vectorsNotRun are the lines of emv.jsonl that the list of exceptions names with a reason.
func vectorsNotRun(t *testing.T) map[int]bool {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "emv-vectors-not-run.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[int]bool{}
	for row := range strings.Lines(string(b)) {
		cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		n, err := strconv.Atoi(cells[0])
		if err != nil || len(cells) != 3 || cells[2] == "" {
			t.Fatalf("%q is no line, source and reason", row)
		}
		lines[n] = true
	}
	return lines
}

// leadUpTo finds the application that a SELECT in hexadecimal names by the terminal's
// list.
func leadUpTo(selects string) []string {
	aid := selects[10 : len(selects)-2]
	fci := object(emv.TagFCI, object(emv.TagDFName, aid)+object(emv.TagFCIProprietary, ""))
	return []string{"00A404000E315041592E5359532E444446303100", "6A82", selects, fci + "9000"}
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
	cfg.Capabilities = [3]byte{0x60, 0xF0, 0xC8}
	cfg.AIDs = nil
	for _, id := range []string{"A0000000031010", "A0000000032010", "A0000000032020", "A0000000041010", "A0000000043060"} {
		cfg.AIDs = append(cfg.AIDs, emv.AID{ID: unhex(id), Partial: true})
	}
	if len(script) > 4 && script[1] == "6A82" && slices.Contains(script[4:], script[2]) { // by the list, and alone in it
		cfg.AIDs = []emv.AID{{ID: unhex(script[2][10 : len(script[2])-2])}}
	}
	txn := start(t, cfg)
	command, more, err := txn.Next(nil)
	for ; more && err == nil && len(script) >= 2; script = script[2:] {
		plain, framed := fmt.Sprintf("%X", command), fmt.Sprintf("%X", reader.Frame(reader.T0, command))
		if want := strings.ToUpper(script[0]); plain != want && framed != want {
			t.Fatalf("sends %s, want %s", plain, want)
		}
		command, more, err = txn.Next(unhex(script[1]))
	}
	if len(script) > 0 && err == nil {
		t.Errorf("ends before %v", script)
	}
	return err
}
