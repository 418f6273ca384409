package settle_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/settle"
)

func TestFee(t *testing.T) {
	pointer := func(n int64) *int64 { return &n }
	percent := func(s string) decimal.Decimal { return decimal.MustParse(s) }
	for name, c := range map[string]struct {
		rule  settle.FeeRule
		gross int64
		want  int64
	}{
		"percent":               {settle.FeeRule{Percent: percent("0.6")}, 10000, 60},
		"half up":               {settle.FeeRule{Percent: percent("0.6")}, 1250, 8}, // 7.5
		"half even, to even":    {settle.FeeRule{Percent: percent("0.6"), Round: settle.RoundHalfEven}, 750, 4},
		"half even, from odd":   {settle.FeeRule{Percent: percent("0.6"), Round: settle.RoundHalfEven}, 1250, 8},
		"half even, stays":      {settle.FeeRule{Percent: percent("0.5"), Round: settle.RoundHalfEven}, 500, 2}, // 2.5
		"down":                  {settle.FeeRule{Percent: percent("0.6"), Round: settle.RoundDown}, 1299, 7},
		"up":                    {settle.FeeRule{Percent: percent("0.6"), Round: settle.RoundUp}, 1201, 8},
		"up of a whole":         {settle.FeeRule{Percent: percent("0.6"), Round: settle.RoundUp}, 1000, 6},
		"fixed":                 {settle.FeeRule{Fixed: 30}, 10000, 30},
		"percent and fixed":     {settle.FeeRule{Percent: percent("2.9"), Fixed: 30}, 10000, 320},
		"at least":              {settle.FeeRule{Percent: percent("0.6"), Min: pointer(10)}, 100, 10},
		"at most":               {settle.FeeRule{Percent: percent("0.6"), Cap: pointer(2000)}, 10_000_000, 2000},
		"nothing":               {settle.FeeRule{}, 10000, 0},
		"refund is free":        {settle.FeeRule{Percent: percent("0.6"), Min: pointer(10)}, -10000, 0},
		"refund gives back":     {settle.FeeRule{Percent: percent("0.6"), Fixed: 30, Refunds: settle.RefundReturned}, -10000, -60},
		"refund costs":          {settle.FeeRule{Percent: percent("0.6"), Fixed: 30, Refunds: settle.RefundCharged}, -10000, 90},
		"great amount":          {settle.FeeRule{Percent: percent("0.000001")}, 1<<63 - 1, 92233720369},
		"many decimals":         {settle.FeeRule{Percent: percent("0.123456789012345")}, 1_000_000_000_00, 123456789},
		"the lowest of numbers": {settle.FeeRule{Percent: percent("1"), Refunds: settle.RefundCharged}, -1 << 63, 92233720368547758},
	} {
		if got, err := c.rule.Fee(c.gross); err != nil || got != c.want {
			t.Errorf("%s: %d, %v; want %d", name, got, err, c.want)
		}
	}
}

func TestFeeRefuses(t *testing.T) {
	for name, rule := range map[string]settle.FeeRule{
		"too great":       {Percent: decimal.MustParse("200")},
		"below zero":      {Percent: decimal.MustParse("-1")},
		"fixed too great": {Percent: decimal.MustParse("100"), Fixed: 1},
	} {
		if fee, err := rule.Fee(1<<63 - 1); err == nil {
			t.Errorf("%s: %d", name, fee)
		}
	}
}

// Fees are what exact fractions give, for any percent and any rounding.
func TestFeeExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coef, scale := rapid.Int64Range(0, 1_000_000).Draw(t, "coef"), rapid.IntRange(0, 6).Draw(t, "scale")
		gross := rapid.Int64Range(0, 1<<40).Draw(t, "gross")
		round := rapid.SampledFrom([]settle.Rounding{settle.RoundHalfUp, settle.RoundHalfEven, settle.RoundDown, settle.RoundUp}).Draw(t, "round")
		rule := settle.FeeRule{Percent: decimal.MustNew(coef, scale), Round: round}
		got, err := rule.Fee(gross)
		if err != nil {
			t.Fatal(err)
		}
		divisor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale+2)), nil)
		exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(gross), big.NewInt(coef)), divisor)
		off := new(big.Rat).Sub(new(big.Rat).SetInt64(got), exact)
		limit := big.NewRat(1, 2)
		if round == settle.RoundDown || round == settle.RoundUp {
			limit = big.NewRat(1, 1)
		}
		if off.Abs(off).Cmp(limit) > 0 || round == settle.RoundUp && new(big.Rat).SetInt64(got).Cmp(exact) < 0 || round == settle.RoundDown && new(big.Rat).SetInt64(got).Cmp(exact) > 0 {
			t.Fatalf("%s %% of %d is %s, got %d by %s", rule.Percent, gross, exact.FloatString(6), got, round)
		}
	})
}

// The fees of a file are held against the rules, each record by the first that fits.
func TestFeesOfAFile(t *testing.T) {
	rules, err := settle.LoadRules([]byte(`
fees:
  - {name: unionpay, when: {type: [sale], card: ["62*"]}, currency: CNY, percent: "0.5", cap: 2000}
  - {name: others, when: {type: [sale]}, currency: CNY, percent: "0.6", min: 10, refunds: free}
`))
	if err != nil {
		t.Fatal(err)
	}
	unionpay := changed(sale(t, "000001", 1_000_000, 2000), func(r *settle.Record) { r.Card = "621626******0018" })
	right, wrong := sale(t, "000002", 10000, 60), sale(t, "000003", 10000, 61)
	list := []settle.Record{unionpay, right, wrong}
	var ours []settle.Record
	for _, r := range list {
		ours = append(ours, changed(r, func(r *settle.Record) { r.Stated, r.Fee, r.Net = 0, 0, r.Gross }))
	}
	res := match(t, ours, list, settle.Options{Rules: rules})
	want := []settle.FeeTotal{
		{Rule: "others", Currency: "CNY", Count: 2, Want: 120, Got: 121, Wrong: 1},
		{Rule: "unionpay", Currency: "CNY", Count: 1, Want: 2000, Got: 2000},
	}
	if fmt.Sprint(res.Fees) != fmt.Sprint(want) {
		t.Errorf("%+v", res.Fees)
	}
	if len(res.Exceptions) != 1 || *res.Exceptions[0].FeeWant != 60 || !strings.Contains(res.Exceptions[0].Explain.EN, "by the rule others (0.6%, at least 0.10 CNY) it is 0.60 CNY") {
		t.Errorf("%+v", res.Exceptions)
	}
}

// Every fault of rules is refused with the line it is on.
func TestRulesLint(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
		says string
	}{
		"unknown key":        {"match:\n  - {name: a, key: [stan], colour: red}", 2, "colour"},
		"no name":            {"match:\n  - {key: [stan]}", 2, "name"},
		"name twice":         {"match:\n  - {name: a, key: [stan]}\n  - {name: a, key: [rrn]}", 3, "name"},
		"no key":             {"match:\n  - {name: a}", 2, "no field"},
		"key of nothing":     {"match:\n  - {name: a, key: [colour]}", 2, "colour"},
		"only a refund":      {"match:\n  - {name: a, key: [refund]}", 2, "no field"},
		"days":               {"match:\n  - {name: a, key: [stan], days: -2}", 2, "days"},
		"too many":           {"match:\n" + strings.Repeat("  - {name: a, key: [stan]}\n", 9), 2, "rules"},
		"fee without name":   {"fees:\n  - {percent: '1'}", 2, "name"},
		"percent":            {"fees:\n  - {name: f, percent: '1E-80000000'}", 2, "decimal"},
		"percent of nothing": {"fees:\n  - {name: f, percent: 'NaN'}", 2, "decimal"},
		"percent below zero": {"fees:\n  - {name: f, percent: '-1'}", 2, "percent"},
		"no currency":        {"fees:\n  - {name: f, min: 1}", 2, "currency"},
		"min above cap":      {"fees:\n  - {name: f, currency: CNY, min: 2, cap: 1}", 2, "cap"},
		"round":              {"fees:\n  - {name: f, round: never}", 2, "half-up"},
		"refunds":            {"fees:\n  - {name: f, refunds: never}", 2, "returned"},
		"when":               {"fees:\n  - {name: f, when: {colour: [red]}}", 2, "colour"},
		"float":              {"fees:\n  - {name: f, currency: CNY, min: 0.5}", 2, "in quotes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := settle.LoadRules([]byte(c.text))
			var fault *settle.SpecError
			if !errors.As(err, &fault) || !errors.Is(err, settle.ErrRules) || fault.Line != c.line || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want line %d and %q", err, c.line, c.says)
			}
		})
	}
}
