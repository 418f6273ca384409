package ac_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/mac"
	"github.com/tillworks/till/pkg/emv/ac"
)

// vector is one row of the collected public test vectors; the folder is no part of the
// repository and named by TILL_VECTORS.
type vector struct {
	Source   string          `json:"source"`
	Kind     string          `json:"kind"`
	Input    json.RawMessage `json:"input"`
	Expected json.RawMessage `json:"expected"`
}

// vectorInput is the union of the inputs of kinds kd, arqc, arpc, script and cvc3.
type vectorInput struct {
	Op         string `json:"op"`
	IssuerKey  string `json:"iss_mk"`
	PAN        string `json:"pan"`
	PSN        string `json:"psn"`
	ICC        string `json:"icc_mk"`
	R          string `json:"r"`
	Session    string `json:"sk_ac"`
	Data       string `json:"data"`
	Padding    string `json:"padding_type"`
	ARQC       string `json:"arqc"`
	ARC        string `json:"arpc_rc"`
	CSU        string `json:"csu"`
	Own        string `json:"prop_auth_data"`
	CVN        string `json:"cvn"`
	MDK        string `json:"mdk"`
	AIP        string `json:"aip"`
	ATC        string `json:"atc"`
	CVR        string `json:"cvr"`
	Counters   string `json:"counters"`
	ICCAC      string `json:"_icc_mk_ac"`
	ICCSMI     string `json:"_icc_mk_smi"`
	ICCSMC     string `json:"_icc_mk_smc"`
	ICCVIS     string `json:"icc_mk_ac"`
	ICCCVC3    string `json:"icc_cvc3"`
	Track      string `json:"track_template"`
	UN         string `json:"un"`
	PIN        string `json:"pin"`
	Current    string `json:"current_pin"`
	Header     string `json:"command_header"`
	Command    string `json:"command_data"`
	Amount     string `json:"tag_9f02"`
	Other      string `json:"tag_9f03"`
	Country    string `json:"tag_9f1a"`
	TVR        string `json:"tag_95"`
	Currency   string `json:"tag_5f2a"`
	Date       string `json:"tag_9a"`
	Type       string `json:"tag_9c"`
	Random     string `json:"tag_9f37"`
	TagAIP     string `json:"tag_82"`
	TagATC     string `json:"tag_9f36"`
	IAD        string `json:"tag_9f10"`
	Cryptogram string `json:"tag_9f26"`
}

// TestVectors computes every row of the kinds of this package. A row that nothing here
// computes must stand in the repository's list of rows that are not run.
func TestVectors(t *testing.T) {
	kinds := []string{"kd", "arqc", "arpc", "script", "cvc3"}
	listed, done := notRun(t), 0
	for i, v := range vectors(t) {
		line := fmt.Sprint(i + 1)
		if !slices.Contains(kinds, v.Kind) {
			continue
		}
		var in vectorInput
		var want string
		if err := errors.Join(json.Unmarshal(v.Input, &in), json.Unmarshal(v.Expected, &want)); err != nil {
			t.Fatal(err)
		}
		got, ok := compute(t, in, want)
		switch {
		case !ok && !listed[line]:
			t.Errorf("line %s, %s: %s is neither computed nor listed", line, v.Source, in.Op)
		case ok && got != want:
			t.Errorf("line %s, %s: %s: got %s, want %s", line, v.Source, in.Op, got, want)
		case ok:
			done++
		}
	}
	t.Logf("%d rows were computed", done)
}

// compute does what a row asks for; false where nothing here does it.
func compute(t *testing.T, in vectorInput, want string) (string, bool) {
	t.Helper()
	if f, ok := operations()[in.Op]; ok {
		return f(t, in, want), true
	}
	class, op, _ := strings.Cut(in.Op, ".")
	version, known := map[string]ac.CVN{
		"VisaCVN10": ac.CVN10, "VisaCVN18": ac.CVN18, "VisaCVN22": ac.CVN22,
		"MasterCardCVN16": ac.MChip16, "MasterCardCVN17": ac.MChip17, "MasterCardCVN20": ac.MChip20, "MasterCardCVN21": ac.MChip21,
		"InteracCVN133": ac.Interac133,
	}[class]
	f, ok := versionOperations()[op]
	if !known || !ok {
		return "", false
	}
	return f(t, version, in, want), true
}

// versionOperations are those of the classes of pyemv, one a version.
func versionOperations() map[string]func(*testing.T, ac.CVN, vectorInput, string) string {
	return map[string]func(*testing.T, ac.CVN, vectorInput, string) string{
		"generate_ac": func(t *testing.T, v ac.CVN, in vectorInput, _ string) string {
			code, err := ac.ARQC(v, key(t, in.ICCAC), in.signed(t))
			return said(code[:], err)
		},
		"generate_arpc": func(t *testing.T, v ac.CVN, in vectorInput, _ string) string {
			data, err := ac.IssuerAuthData(v, key(t, in.ICCAC), ac.Input{ATC: atc(t, in.TagATC)}, [8]byte(unhex(t, in.Cryptogram)), "00", ac.StatusUpdate(unhex(t, in.CSU)))
			return said(data[:min(4, len(data))], err)
		},
		// The data is enciphered already: the card's side takes the command with the MAC
		// that is wanted, and refuses it with another.
		"generate_command_mac": func(t *testing.T, v ac.CVN, in vectorInput, want string) string {
			apdu := unhex(t, in.Header+in.Command+want)
			if _, err := in.messenger(t, v).Open(apdu); err != nil {
				return err.Error()
			}
			apdu[len(apdu)-1] ^= 1
			if _, err := in.messenger(t, v).Open(apdu); !errors.Is(err, ac.ErrCryptogram) {
				return fmt.Sprint("another MAC: ", err)
			}
			return want
		},
		"encrypt_command_data": func(t *testing.T, v ac.CVN, in vectorInput, _ string) string {
			apdu, err := in.messenger(t, v).Seal(ac.Command{Instruction: ac.PINChange, Secret: true, Data: unhex(t, in.Command)})
			if err != nil {
				return err.Error()
			}
			return upper(apdu[5 : len(apdu)-8])
		},
		"generate_pin_change_command": func(t *testing.T, v ac.CVN, in vectorInput, _ string) string {
			apdu, err := in.messenger(t, v).ChangePIN(card.NewSecret(in.PIN), card.NewSecret(in.Current))
			return said(apdu, err)
		},
	}
}

// signed is what a row puts under its cryptogram. M/Chip's rows bring parts of the
// issuer application data, which are put in their places.
func (in vectorInput) signed(t *testing.T) ac.Input {
	t.Helper()
	terminal := in.Amount + in.Other + in.Country + in.TVR + in.Currency + in.Date + in.Type + in.Random
	iad := in.IAD
	if in.CVR != "" {
		iad = "0110" + in.CVR + "0000" + in.Counters
	}
	return ac.Input{Terminal: unhex(t, terminal), AIP: [2]byte(unhex(t, in.TagAIP)), ATC: atc(t, in.TagATC), IAD: unhex(t, iad)}
}

// messenger protects the commands of a row. Interac's have no counter.
func (in vectorInput) messenger(t *testing.T, v ac.CVN) *ac.Messenger {
	t.Helper()
	keys := ac.ScriptKeys{Integrity: key(t, in.ICCSMI), Confidentiality: key(t, in.ICCSMC), Cryptogram: key(t, in.ICCAC)}
	var counter uint16
	if in.TagATC != "" {
		counter = atc(t, in.TagATC)
	}
	var arqc [8]byte
	copy(arqc[:], unhex(t, in.Cryptogram)) // Visa's 10 and 18 encipher without it
	m, err := ac.NewMessenger(v, keys, counter, arqc)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// block is the PIN block of a row as the card finds it in the command.
func (in vectorInput) block(t *testing.T, v ac.CVN, k ac.Key) string {
	t.Helper()
	keys := ac.ScriptKeys{Integrity: k, Confidentiality: k, Cryptogram: k}
	issuer, errI := ac.NewMessenger(v, keys, 1, [8]byte{})
	icc, errC := ac.NewMessenger(v, keys, 1, [8]byte{})
	apdu, err := issuer.ChangePIN(card.NewSecret(in.PIN), card.NewSecret(in.Current))
	if err := errors.Join(errI, errC, err); err != nil {
		return err.Error()
	}
	c, err := icc.Open(apdu)
	return said(c.Data, err)
}

// operations compute a row of the functions below the versions. Keys cannot be read
// out: where they are what is asked, the text wanted is given back if the key equals it.
func operations() map[string]func(*testing.T, vectorInput, string) string {
	return map[string]func(*testing.T, vectorInput, string) string{
		"derive_icc_mk_a": func(t *testing.T, in vectorInput, want string) string {
			k, err := ac.ICCMasterKey(unhex(t, in.IssuerKey), number(t, in.PAN), in.PSN)
			return sameKey(t, k, err, want)
		},
		"derive_icc_mk_b": func(t *testing.T, in vectorInput, want string) string {
			k, err := ac.ICCMasterKeyB(unhex(t, in.IssuerKey), number(t, in.PAN), in.PSN)
			return sameKey(t, k, err, want)
		},
		"derive_common_sk": func(t *testing.T, in vectorInput, want string) string {
			k, err := ac.SessionKeyFor(key(t, in.ICC), [8]byte(unhex(t, in.R)))
			return sameKey(t, k, err, want)
		},
		"derive_visa_sm_sk": func(t *testing.T, in vectorInput, want string) string {
			k, err := ac.VisaScriptKey(key(t, in.ICC), atc(t, in.ATC))
			return sameKey(t, k, err, want)
		},
		"generate_ac": func(t *testing.T, in vectorInput, _ string) string {
			padding := mac.Method2
			if in.Padding == "VISA" {
				padding = mac.Method1
			}
			code, err := ac.Generate(key(t, in.Session), unhex(t, in.Data), padding)
			return said(code[:], err)
		},
		"generate_arpc_1": func(t *testing.T, in vectorInput, _ string) string {
			code, err := ac.ARPC1(key(t, in.Session), [8]byte(unhex(t, in.ARQC)), string(unhex(t, in.ARC)))
			return said(code[:], err)
		},
		"generate_arpc_2": func(t *testing.T, in vectorInput, _ string) string {
			code, err := ac.ARPC2(key(t, in.Session), [8]byte(unhex(t, in.ARQC)), ac.StatusUpdate(unhex(t, in.CSU)), unhex(t, in.Own))
			return said(code[:], err)
		},
		"generate_cvc3": func(t *testing.T, in vectorInput, _ string) string {
			code, err := ac.CVC3(key(t, in.ICCCVC3), unhex(t, in.Track), atc(t, in.ATC), [4]byte(unhex(t, in.UN)))
			if err != nil {
				return err.Error()
			}
			return code
		},
		"format_iso9564_2_pin_block": func(t *testing.T, in vectorInput, _ string) string {
			return in.block(t, ac.MChip16, key(t, "0123456789ABCDEFFEDCBA9876543210"))
		},
		"format_vis_pin_block": func(t *testing.T, in vectorInput, _ string) string {
			return in.block(t, ac.CVN10, key(t, in.ICCVIS))
		},
		// The rows without an operation are whole requests of version 10.
		"": func(t *testing.T, in vectorInput, _ string) string {
			if in.CVN != "VSDC CVN10" {
				return "version " + in.CVN
			}
			icc, err := ac.ICCMasterKey(unhex(t, in.MDK), number(t, in.PAN), in.PSN)
			if err != nil {
				t.Fatal(err)
			}
			code, err := ac.ARQC(ac.CVN10, icc, ac.Input{
				Terminal: unhex(t, in.Data), AIP: [2]byte(unhex(t, in.AIP)), ATC: atc(t, in.ATC), IAD: unhex(t, "06010A"+in.CVR),
			})
			return said(code[:], err)
		},
	}
}

// notRun are the lines of the collection that the repository lists as not run.
func notRun(t *testing.T) map[string]bool {
	t.Helper()
	b, err := os.ReadFile("../../../testdata/emv-vectors-not-run.tsv")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	lines := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		number, _, _ := strings.Cut(line, "\t")
		lines[number] = true
	}
	return lines
}

func sameKey(t *testing.T, got ac.Key, err error, want string) string {
	if err != nil {
		return err.Error()
	}
	if !got.Equal(key(t, want)) {
		return "a key of check value " + got.CheckValue()
	}
	return want
}

func said(b []byte, err error) string {
	if err != nil {
		return err.Error()
	}
	return upper(b)
}

func number(t *testing.T, digits string) card.PAN {
	t.Helper()
	pan, err := card.ParsePAN(digits)
	if err != nil {
		t.Fatal(err)
	}
	return pan
}

// vectors reads the folder, or skips the test where it is not named.
func vectors(t *testing.T) []vector {
	t.Helper()
	dir := os.Getenv("TILL_VECTORS")
	if dir == "" {
		t.Skip("TILL_VECTORS does not name the folder of public test vectors")
	}
	b, err := os.ReadFile(filepath.Join(dir, "emv.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(fmt.Errorf("row %d: %w", len(all)+1, err))
		}
		all = append(all, v)
	}
	if lines.Err() != nil || len(all) == 0 {
		t.Fatal("no rows: ", lines.Err())
	}
	return all
}
