package qr_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/pkg/qr"
)

var update = flag.Bool("update", false, "write the golden files anew")

// explained is an explanation as a golden file shows it.
func explained(x qr.Explanation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "scheme %s, valid %v, grade %s, amount %q %q, merchant %q\n\n", x.Scheme, x.Valid, x.Grade, x.Amount, x.Currency, x.Merchant)
	for _, f := range x.Fields {
		fmt.Fprintf(&b, "%-9s %4d %3d  %s | %s | %s\n", f.Path, f.Offset, f.Length, f.Name, f.Value, f.Meaning)
	}
	for _, w := range x.Wallets {
		fmt.Fprintf(&b, "wallet %s | %s | %s\n", w.Wallet, w.Name, w.Why)
	}
	for _, f := range x.Findings {
		fmt.Fprintf(&b, "%s %s @%d: %s\n", f.Grade, f.Path, f.Offset, f.Text)
	}
	return b.String()
}

// Every kind of text is explained in both languages.
func TestExplain(t *testing.T) {
	for name, text := range map[string]string{
		"everything": example,
		"card":       merchant("010211" + "0216" + "4761739001010010" + plain + "550203" + "57030.7" + "62060002ab"),
		"vietqr":     merchant("010211" + "38540010A00000072701240006970422011001234567890208QRIBFTTA" + "5303704" + "5802VN"),
		"pix":        merchant("26350014br.gov.bcb.pix0113shop@test.com" + "52040000" + "5303986" + "540510.00" + "5802BR" + "5904Loja" + "6009SAO PAULO" + "62070503***"),
		"broken":     "000201" + account + "5204581" + "2" + "5303",
		"wrong":      "000201" + plain + "54051.005" + "63040000",
		"bytes":      merchant(strings.Replace(plain, "5904Shop", "5906商店", 1) + "54041.50"),
		"passive":    "2893612204263667830",
		"unionpay":   "6205500000000000004",
		"link":       "weixin://wxpay/bizpayurl?pr=h7Ks2",
		"text":       "what is this 4761739001010010",
		"nothing":    "",
	} {
		for _, lang := range []string{"en", "zh"} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				golden(t, filepath.Join("testdata", "explain", name+"."+lang), explained(qr.Explain(text, lang)))
			})
		}
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// A long number in an address is what the address is about; in a text of no known kind it
// may be anything.
func TestExplainLongNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"https://pay.example/1234567890123456789": "https://pay.example/1234567890123456789",
		"https://pay.example/4761739001010010":    "https://pay.example/476173******0010",
		"order 1234567890123456789":               "order 123456*********6789",
	} {
		if x := qr.Explain(text, "en"); x.Fields[0].Value != want {
			t.Errorf("%s is shown as %s", text, x.Fields[0].Value)
		}
	}
}

// The JSON has the names that scripts rely on, empty lists as lists.
func TestExplainJSON(t *testing.T) {
	for text, want := range map[string]string{
		"":            `{"scheme":"unknown","valid":false,"grade":"fatal","fields":[],"findings":[{"grade":"fatal","path":"","offset":0,"text":"there is no text"}],"amount":"","currency":"","merchant":""}`,
		"https://x.y": `{"scheme":"link","valid":true,"grade":"warning","fields":[{"path":"link","name":"Address","offset":0,"length":11,"value":"https://x.y","meaning":""}],"findings":[{"grade":"warning","path":"","offset":0,"text":"an address: a wallet opens it, and nothing in it can be checked here"}],"amount":"","currency":"","merchant":""}`,
	} {
		got, err := json.Marshal(qr.Explain(text, "en"))
		if err != nil || string(got) != want {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
	}
	got, err := json.Marshal(qr.Explain(merchant(plain+"54041.50"), "en"))
	if err != nil || !strings.Contains(string(got), `"findings":[],"amount":"1.50","currency":"CNY","merchant":"Shop"}`) {
		t.Errorf("%s, %v", got, err)
	}
}
