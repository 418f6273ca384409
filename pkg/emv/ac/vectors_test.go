package ac_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
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

// vectorInput is the union of the inputs of kinds kd, arqc and arpc.
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
	ICCAC      string `json:"_icc_mk_ac"`
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

// TestVectors computes every row of kind kd, arqc and arpc whose operation is here. The
// ones of cryptogram versions that are not are counted, not passed over in silence.
func TestVectors(t *testing.T) {
	done, others := 0, map[string]int{}
	for _, v := range vectors(t) {
		if v.Kind != "kd" && v.Kind != "arqc" && v.Kind != "arpc" {
			continue
		}
		var in vectorInput
		var want string
		if err := json.Unmarshal(v.Input, &in); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(v.Expected, &want); err != nil {
			t.Fatal(err)
		}
		compute, ok := operations()[in.Op]
		if !ok {
			others[in.Op]++
			continue
		}
		done++
		if got := compute(t, in, want); got != want {
			t.Errorf("%s: %s: got %s, want %s", v.Source, in.Op, got, want)
		}
	}
	t.Logf("%d computed; not in this package: %v", done, others)
	if done < 40 {
		t.Errorf("only %d rows were computed", done)
	}
}

// operations compute a row. Keys cannot be read out: where they are what is asked, the
// text wanted is given back if the key equals it.
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
		"generate_ac": func(t *testing.T, in vectorInput, _ string) string {
			padding := mac.Method2
			if in.Padding == "VISA" {
				padding = mac.Method1
			}
			code, err := ac.Generate(key(t, in.Session), unhex(t, in.Data), padding)
			return said(code[:], err)
		},
		"VisaCVN18.generate_ac": func(t *testing.T, in vectorInput, _ string) string {
			terminal := in.Amount + in.Other + in.Country + in.TVR + in.Currency + in.Date + in.Type + in.Random
			code, err := ac.ARQC(ac.CVN18, key(t, in.ICCAC), ac.Input{
				Terminal: unhex(t, terminal), AIP: [2]byte(unhex(t, in.TagAIP)), ATC: atc(t, in.TagATC), IAD: unhex(t, in.IAD),
			})
			return said(code[:], err)
		},
		"VisaCVN18.generate_arpc": func(t *testing.T, in vectorInput, _ string) string {
			data, err := ac.IssuerAuthData(ac.CVN18, key(t, in.ICCAC), atc(t, in.TagATC), [8]byte(unhex(t, in.Cryptogram)), "00", ac.StatusUpdate(unhex(t, in.CSU)))
			return said(data[:min(4, len(data))], err)
		},
		"generate_arpc_1": func(t *testing.T, in vectorInput, _ string) string {
			code, err := ac.ARPC1(key(t, in.Session), [8]byte(unhex(t, in.ARQC)), string(unhex(t, in.ARC)))
			return said(code[:], err)
		},
		"generate_arpc_2": func(t *testing.T, in vectorInput, _ string) string {
			code, err := ac.ARPC2(key(t, in.Session), [8]byte(unhex(t, in.ARQC)), ac.StatusUpdate(unhex(t, in.CSU)), unhex(t, in.Own))
			return said(code[:], err)
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
