package qr_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/qr"
)

func TestPassive(t *testing.T) {
	for code, want := range map[string][]qr.Wallet{
		"120061098828009406":       {qr.WeChat},
		"100000000000000000":       {qr.WeChat},
		"150000000000000000":       {qr.WeChat},
		"28763443825664394":        {qr.AlipayCN, qr.AlipayHK},
		"280244567856723026":       {qr.AlipayHK, qr.AlipayCN},
		"2893612204263667830":      {qr.AlipayPlus, qr.AlipayHK, qr.AlipayCN},
		"2800000000000000000":      {qr.AlipayHK, qr.AlipayCN},
		"2800000000000600000":      {qr.AlipayHK, qr.AlipayCN},
		"2890000000000500000":      {qr.AlipayHK, qr.AlipayCN},
		"281010897274821897274821": {qr.AlipayPlus, qr.AlipayCN},
		"251001020123456789012345": {qr.AlipayPlus, qr.AlipayCN},
		"2500000000000000":         {qr.AlipayCN},
		"30000000000000000000000":  {qr.AlipayCN},
		"6200000000000000001":      {qr.UnionPay},
		" 120061098828009406\r\n":  {qr.WeChat},
	} {
		p, err := qr.ParsePassive(code)
		var got []qr.Wallet
		for _, c := range p.Candidates() {
			got = append(got, c.Wallet)
			if c.Why("en") == "" || c.Why("zh") == "" || c.Why("en") == c.Why("zh") || c.Wallet.Name("zh") == string(c.Wallet) {
				t.Errorf("%s: no words for %s", code, c.Wallet)
			}
		}
		if err != nil || !slices.Equal(got, want) || p.Reveal() != strings.TrimSpace(code) {
			t.Errorf("%s: %v, %v, want %v", code, got, err, want)
		}
	}
	for _, code := range []string{
		"", "12006109882800940", "1200610988280094060", "160061098828009406", "12006109882800940x", "１２００６１０９８８２８００９４０６",
		"280000000000000", "2800000000000000000000000", "620000000000000000", "6300000000000000001", "12 0061 0988 2800 9406", strings.Repeat("2", 4000),
	} {
		p, err := qr.ParsePassive(code)
		if !errors.Is(err, qr.NotPassive) || !p.IsZero() || len(code) > 8 && strings.Contains(err.Error(), code[2:8]) {
			t.Errorf("%q: %v", code, err)
		}
	}
}

// A payment code is as good as cash: nothing that formats it shows more than four digits.
func TestPassiveHides(t *testing.T) {
	const code = "120061098828009406"
	p, err := qr.ParsePassive(code)
	if err != nil {
		t.Fatal(err)
	}
	holder := struct{ p qr.Passive }{p}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%30s", "%.4s"} {
		fmt.Fprintf(&out, verb+verb+verb+"\n", p, holder, &holder)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "p", p, "holder", holder)
	for _, v := range []any{p, holder, []qr.Passive{p}, qr.Explain(code, "en"), qr.Explain(code, "zh")} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	if strings.Contains(out.String(), code[2:7]) || p.String() != "12**************06" {
		t.Errorf("shown as %s in %s", p, out.String())
	}
}

func FuzzPassive(f *testing.F) {
	for _, s := range []string{"120061098828009406", "28763443825664394", "6200000000000000001", "281010897274821897274821", "", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := qr.ParsePassive(text)
		if (err == nil) != (len(p.Candidates()) > 0) || p.IsZero() == (err == nil) {
			t.Fatalf("%v with %d candidates", err, len(p.Candidates()))
		}
		if err == nil && (strings.Count(p.String(), "*") != len(p.Reveal())-4 || len(p.Reveal()) < 16) {
			t.Fatalf("masked as %s", p)
		}
	})
}
