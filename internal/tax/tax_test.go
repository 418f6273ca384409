package tax_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tax"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func currency(t testing.TB, code string) money.Currency {
	t.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// class reads "standard VAT=13", "quebec GST=5 QST=9.975+": a plus is compound.
func class(t testing.TB, text string) till.TaxClass {
	t.Helper()
	words := strings.Fields(text)
	c := till.TaxClass{Code: words[0]}
	for _, w := range words[1:] {
		name, percent, _ := strings.Cut(w, "=")
		percent, compound := strings.CutSuffix(percent, "+")
		rate, err := till.ParseRate(percent)
		if err != nil {
			t.Fatal(err)
		}
		c.Rates = append(c.Rates, till.TaxRate{Name: name, Rate: rate, Compound: compound})
	}
	return c
}

func classes(t testing.TB, texts ...string) []till.TaxClass {
	list := make([]till.TaxClass, len(texts))
	for i, text := range texts {
		list[i] = class(t, text)
	}
	return list
}

// taxables reads "standard 113.00" lines.
func taxables(t testing.TB, c money.Currency, texts ...string) []tax.Taxable {
	t.Helper()
	list := make([]tax.Taxable, len(texts))
	for i, text := range texts {
		code, amount, _ := strings.Cut(text, " ")
		a, err := money.Parse(amount, c)
		if err != nil {
			t.Fatal(err)
		}
		list[i] = tax.Taxable{Class: code, Amount: a}
	}
	return list
}

// show writes a result as "net+tax=total" lines and its taxes as "class name net tax".
func show(r tax.Result) string {
	var b strings.Builder
	for _, l := range r.Lines {
		fmt.Fprintf(&b, "%s+%s=%s\n", l.Net.Decimal(), l.Tax.Decimal(), l.Total.Decimal())
	}
	for _, x := range r.Taxes {
		fmt.Fprintf(&b, "%s %s %s: %s of %s\n", x.Class, x.Name, x.Rate, x.Tax.Decimal(), x.Net.Decimal())
	}
	fmt.Fprintf(&b, "%s+%s=%s\n", r.Net.Decimal(), r.Tax.Decimal(), r.Total.Decimal())
	return b.String()
}

// Receipts worked out by hand.
func TestCompute(t *testing.T) {
	for _, c := range []struct {
		name, currency string
		rules          till.TaxRules
		lines          []string
		want           string
	}{
		{
			// 113 / 1.13 = 100; 9.99 x 13/113 = 1.1493; 0.05 x 13/113 = 0.0058
			"VAT of 13 % inside, by line", "CNY",
			till.TaxRules{Inclusive: true, Classes: classes(t, "standard VAT=13")},
			[]string{"standard 113.00", "standard 9.99", "standard 0.05"},
			"100.00+13.00=113.00\n8.84+1.15=9.99\n0.04+0.01=0.05\nstandard VAT 13%: 14.16 of 108.88\n108.88+14.16=123.04\n",
		}, {
			// three times 9.99 is 29.97, x 13/113 = 3.4479: 3.45 and 1.15 each
			"VAT of 13 % inside, by invoice", "CNY",
			till.TaxRules{Inclusive: true, ByInvoice: true, Classes: classes(t, "standard VAT=13")},
			[]string{"standard 9.99", "standard 9.99", "standard 9.99"},
			"8.84+1.15=9.99\n8.84+1.15=9.99\n8.84+1.15=9.99\nstandard VAT 13%: 3.45 of 26.52\n26.52+3.45=29.97\n",
		}, {
			// by line each 0.05 bears 0.01 (0.0058); by invoice 0.15 bears 0.02 (0.0173)
			"small amounts by invoice", "CNY",
			till.TaxRules{Inclusive: true, ByInvoice: true, Classes: classes(t, "standard VAT=13")},
			[]string{"standard 0.05", "standard 0.05", "standard 0.05"},
			"0.04+0.01=0.05\n0.04+0.01=0.05\n0.05+0.00=0.05\nstandard VAT 13%: 0.02 of 0.13\n0.13+0.02=0.15\n",
		}, {
			// 19.99 x 6.625 % = 1.3243; 4.50 x 6.625 % = 0.2981
			"sales tax of 6.625 % on top, food exempt", "USD",
			till.TaxRules{Classes: classes(t, "goods NJ=6.625", "food")},
			[]string{"goods 19.99", "food 3.25", "goods 4.50"},
			"19.99+1.32=21.31\n3.25+0.00=3.25\n4.50+0.30=4.80\nfood  0%: 0.00 of 3.25\ngoods NJ 6.625%: 1.62 of 24.49\n27.74+1.62=29.36\n",
		}, {
			// 24.49 x 6.625 % = 1.62246: 1.62, shared 1.3224 and 0.2977
			"sales tax by invoice", "USD",
			till.TaxRules{ByInvoice: true, Classes: classes(t, "goods NJ=6.625", "food")},
			[]string{"goods 19.99", "food 3.25", "goods 4.50"},
			"19.99+1.32=21.31\n3.25+0.00=3.25\n4.50+0.30=4.80\nfood  0%: 0.00 of 3.25\ngoods NJ 6.625%: 1.62 of 24.49\n27.74+1.62=29.36\n",
		}, {
			// state, county and city each rounded: 0.2994, 0.1198, 0.0499
			"three offices", "USD",
			till.TaxRules{Classes: classes(t, "goods State=6 County=2.4 City=1")},
			[]string{"goods 4.99"},
			"4.99+0.47=5.46\ngoods State 6%: 0.30 of 4.99\ngoods County 2.4%: 0.12 of 4.99\ngoods City 1%: 0.05 of 4.99\n4.99+0.47=5.46\n",
		}, {
			// GST 5.00 on 100; PST of 9.975 % on 105 = 10.47375
			"GST and compound PST on top", "CAD",
			till.TaxRules{Classes: classes(t, "goods GST=5 PST=9.975+")},
			[]string{"goods 100.00"},
			"100.00+15.47=115.47\ngoods GST 5%: 5.00 of 100.00\ngoods PST 9.975%: 10.47 of 105.00\n100.00+15.47=115.47\n",
		}, {
			// of 115.47: net is 115.47/1.1547375 = 99.9967; GST 4.9998, PST 10.4734
			"GST and compound PST inside", "CAD",
			till.TaxRules{Inclusive: true, Classes: classes(t, "goods GST=5 PST=9.975+")},
			[]string{"goods 115.47"},
			"100.00+15.47=115.47\ngoods GST 5%: 5.00 of 100.00\ngoods PST 9.975%: 10.47 of 105.00\n100.00+15.47=115.47\n",
		}, {
			// 198 x 10/110 = 18; 105 x 8/108 = 7.78
			"yen without decimals, reduced for food", "JPY",
			till.TaxRules{Inclusive: true, Rounding: till.Down, Classes: classes(t, "standard 消費税=10", "reduced 消費税=8")},
			[]string{"standard 198", "reduced 105"},
			"180+18=198\n98+7=105\nreduced 消費税 8%: 7 of 98\nstandard 消費税 10%: 18 of 180\n278+25=303\n",
		}, {
			// 1.255 x 5 % = 0.06275
			"dinar with three decimals", "KWD",
			till.TaxRules{Classes: classes(t, "standard VAT=5")},
			[]string{"standard 1.255"},
			"1.255+0.063=1.318\nstandard VAT 5%: 0.063 of 1.255\n1.255+0.063=1.318\n",
		}, {
			"zero-rated is told, exempt is told without a name", "GBP",
			till.TaxRules{Inclusive: true, Classes: classes(t, "standard VAT=20", "zero VAT=0", "exempt")},
			[]string{"zero 2.00", "exempt 3.00", "standard 1.20"},
			"2.00+0.00=2.00\n3.00+0.00=3.00\n1.00+0.20=1.20\nexempt  0%: 0.00 of 3.00\nstandard VAT 20%: 0.20 of 1.00\nzero VAT 0%: 0.00 of 2.00\n6.00+0.20=6.20\n",
		}, {
			"nothing to pay bears nothing", "CNY",
			till.TaxRules{Inclusive: true, ByInvoice: true, Rounding: till.Up, Classes: classes(t, "standard VAT=13")},
			[]string{"standard 0.00", "standard 0"},
			"0.00+0.00=0.00\n0.00+0.00=0.00\nstandard VAT 13%: 0.00 of 0.00\n0.00+0.00=0.00\n",
		}, {
			// each of three taxes of a cent rounds up to the cent: there is only one
			"taxes inside never exceed the price", "USD",
			till.TaxRules{Inclusive: true, Rounding: till.Up, Classes: classes(t, "goods A=5 B=5 C=5")},
			[]string{"goods 0.01"},
			"0.00+0.01=0.01\ngoods A 5%: 0.01 of 0.00\ngoods B 5%: 0.00 of 0.00\ngoods C 5%: 0.00 of 0.00\n0.00+0.01=0.01\n",
		}, {
			// 10.10 x 2.5 % = 0.2525, to the nearest five
			"to the nearest five", "CHF",
			till.TaxRules{Rounding: till.HalfFive, Classes: classes(t, "goods VAT=2.5")},
			[]string{"goods 10.10"},
			"10.10+0.25=10.35\ngoods VAT 2.5%: 0.25 of 10.10\n10.10+0.25=10.35\n",
		}, {
			"a shop without classes", "CNY", till.TaxRules{Inclusive: true},
			[]string{" 5.00"}, "5.00+0.00=5.00\n5.00+0.00=5.00\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := tax.Compute(taxables(t, currency(t, c.currency), c.lines...), c.rules)
			if err != nil || show(got) != c.want {
				t.Errorf("got %v and\n%swant\n%s", err, show(got), c.want)
			}
		})
	}
}

// The seven modes around a half, of 1 % on top: 2.50 units are 250 of the currency.
func TestRounding(t *testing.T) {
	cny := currency(t, "CNY")
	for _, c := range []struct {
		mode till.Rounding
		want []int64 // of 0, 149, 150, 151, 249, 250, 251, 300, 749, 750 minor units
	}{
		{"", []int64{0, 1, 2, 2, 2, 3, 3, 3, 7, 8}},
		{till.HalfUp, []int64{0, 1, 2, 2, 2, 3, 3, 3, 7, 8}},
		{till.HalfDown, []int64{0, 1, 1, 2, 2, 2, 3, 3, 7, 7}},
		{till.HalfEven, []int64{0, 1, 2, 2, 2, 2, 3, 3, 7, 8}},
		{till.HalfOdd, []int64{0, 1, 1, 2, 2, 3, 3, 3, 7, 7}},
		{till.Up, []int64{0, 2, 2, 2, 3, 3, 3, 3, 8, 8}},
		{till.Down, []int64{0, 1, 1, 1, 2, 2, 2, 3, 7, 7}},
		{till.HalfFive, []int64{0, 0, 0, 0, 0, 5, 5, 5, 5, 10}},
	} {
		rules := till.TaxRules{Rounding: c.mode, Classes: classes(t, "one T=1")}
		for i, minor := range []int64{0, 149, 150, 151, 249, 250, 251, 300, 749, 750} {
			got, err := tax.Compute([]tax.Taxable{{"one", money.New(minor, cny)}}, rules)
			if err != nil || got.Tax.Minor() != c.want[i] {
				t.Errorf("%q of %d/100: got %d, %v, want %d", c.mode, minor, got.Tax.Minor(), err, c.want[i])
			}
		}
	}
}

func TestComputeRefuses(t *testing.T) {
	cny, usd := currency(t, "CNY"), currency(t, "USD")
	rules := till.TaxRules{Classes: classes(t, "standard VAT=13", "dear T=1000 U=1000+")}
	for name, c := range map[string]struct {
		lines []tax.Taxable
		rules till.TaxRules
		err   error
		text  string
	}{
		"two currencies": {[]tax.Taxable{{"standard", money.New(1, cny)}, {"standard", money.New(1, usd)}}, rules, money.ErrCurrency, "line 2 is in USD, line 1 in CNY"},
		"negative":       {[]tax.Taxable{{"standard", money.New(-1, cny)}}, rules, tax.ErrNegative, "line 1, -0.01 CNY"},
		"sum too large":  {[]tax.Taxable{{"standard", money.New(math.MaxInt64, cny)}, {"standard", money.New(1, cny)}}, rules, tax.ErrTooLarge, "line 2"},
		"tax too large":  {[]tax.Taxable{{"dear", money.New(math.MaxInt64/100, cny)}}, rules, tax.ErrTooLarge, `tax class "dear"`},
		"total too large": {
			[]tax.Taxable{{"dear", money.New(math.MaxInt64/200, cny)}, {"dear", money.New(math.MaxInt64/200, cny)}}, rules, tax.ErrTooLarge, "line 2",
		},
		"rounding": {[]tax.Taxable{{"standard", money.New(1, cny)}}, till.TaxRules{Rounding: "best", Classes: rules.Classes}, nil, `rounding "best": want half_up`},
		"rate":     {[]tax.Taxable{{"a", money.New(1, cny)}}, till.TaxRules{Classes: []till.TaxClass{{Code: "a", Rates: []till.TaxRate{{Name: "T", Rate: -1}}}}}, nil, "want 0% to 1000%"},
		"class":    {[]tax.Taxable{{"standard", money.New(1, cny)}, {"luxury", money.New(1, cny)}}, rules, nil, `line 2: there is no tax class "luxury"`},
	} {
		got, err := tax.Compute(c.lines, c.rules)
		if err == nil || c.err != nil && !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.text) || got.Lines != nil {
			t.Errorf("%s: got %v, want %v, %q", name, err, c.err, c.text)
		}
	}
	if got, err := tax.Compute(nil, rules); err != nil || len(got.Lines) != 0 {
		t.Errorf("nothing to tax: %v, %v", got, err)
	}
}

func TestClassOf(t *testing.T) {
	standard, gone := class(t, "standard VAT=13"), class(t, "old VAT=17")
	usual := standard
	usual.Default, gone.Gone, gone.Default = true, true, true
	for _, c := range []struct {
		code    string
		classes []till.TaxClass
		want    string
		problem till.Code
		text    string
	}{
		{"standard", []till.TaxClass{standard}, "standard", "", ""},
		{"", []till.TaxClass{gone, usual}, "standard", "", ""},
		{"", nil, "", "", ""},
		{"", []till.TaxClass{gone}, "", "", ""},
		{"", []till.TaxClass{standard}, "", till.CodeNotPermitted, "no default"},
		{"old", []till.TaxClass{gone, usual}, "", till.CodeNotFound, `"old" was removed`},
		{"luxury", []till.TaxClass{gone, usual}, "", till.CodeNotFound, `no tax class "luxury"`},
		{"luxury", nil, "", till.CodeNotFound, `no tax class "luxury"`},
	} {
		got, err := tax.ClassOf(c.code, till.TaxRules{Classes: c.classes})
		checkProblem(t, err, c.problem, c.text)
		if got.Code != c.want {
			t.Errorf("%q of %v: got %q", c.code, c.classes, got.Code)
		}
	}
}

// checkProblem compares an error with the code and a part of the text of the problem that
// it wraps; no code wants no error.
func checkProblem(t *testing.T, err error, code till.Code, text string) {
	t.Helper()
	var p *till.Problem
	switch {
	case code == "" && err != nil:
		t.Errorf("got %v", err)
	case code == "":
	case !errors.As(err, &p) || p.Code != code || !strings.Contains(err.Error(), text):
		t.Errorf("got %v, want %s: %s", err, code, text)
	case p.Hint.IsZero() || p.What.In(i18n.Chinese) == p.What.In(i18n.English):
		t.Errorf("%v: half said: %q, %q", err, p.What.In(i18n.Chinese), p.Hint)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct{ class, text string }{
		{"standard VAT=13", ""},
		{"exempt", ""},
		{"quebec GST=5 QST=9.975+", ""},
		{"a A=1 B=1 C=1 D=1 E=1 F=1 G=1 H=1 I=1", "9 rates, want 8"},
		{"a =13", "no name"},
		{"a VAT=13 X=1 VAT=2", `rates 1 and 3 of tax class "a" are both named "VAT"`},
		{"a PST=9+", "no tax stands before it"},
	} {
		code := till.CodeUsage
		if c.text == "" {
			code = ""
		}
		checkProblem(t, tax.Check(class(t, c.class)), code, c.text)
	}
	checkProblem(t, tax.Check(till.TaxClass{}), till.CodeUsage, "want a word")
	checkProblem(t, tax.Check(till.TaxClass{Code: " a"}), till.CodeUsage, "want a word")
	checkProblem(t, tax.Check(till.TaxClass{Code: "a", Rates: []till.TaxRate{{Name: "T", Rate: -1}}}), till.CodeUsage, "want 0% to 1000%")
}

func TestRoundCash(t *testing.T) {
	for _, c := range []struct{ minor, coin, want int64 }{
		{1237, 0, 1237}, {1237, 1, 1237}, {1237, -5, 1237},
		{1237, 5, 1235}, {1238, 5, 1240}, {1240, 5, 1240}, {2, 5, 0}, {3, 5, 5},
		{1234, 10, 1230}, {1235, 10, 1240}, {1236, 10, 1240}, // halves away from zero
		{-1237, 5, -1235}, {-1238, 5, -1240}, {-1235, 10, -1240}, {-1234, 10, -1230},
		{0, 5, 0}, {3, 100, 0}, {50, 100, 100}, {49, 100, 0},
		{math.MaxInt64, 10, math.MaxInt64}, {math.MinInt64, 10, math.MinInt64}, // what would not fit
		{math.MaxInt64 - 1, math.MaxInt64, math.MaxInt64}, {math.MinInt64, math.MaxInt64, -math.MaxInt64},
	} {
		cny := currency(t, "CNY")
		rounded, difference := tax.RoundCash(money.New(c.minor, cny), c.coin)
		if rounded != money.New(c.want, cny) || difference != money.New(c.want-c.minor, cny) {
			t.Errorf("RoundCash(%d, %d) = %s, %s, want %d", c.minor, c.coin, rounded, difference, c.want)
		}
	}
}

// drawnRules are rules that a shop could have, and worse.
func drawnRules(t *rapid.T) till.TaxRules {
	rules := till.TaxRules{
		Inclusive: rapid.Bool().Draw(t, "inclusive"), ByInvoice: rapid.Bool().Draw(t, "by invoice"),
		Rounding: rapid.SampledFrom([]till.Rounding{"", till.HalfUp, till.HalfDown, till.HalfEven, till.HalfOdd, till.Up, till.Down, till.HalfFive}).Draw(t, "rounding"),
	}
	rate := rapid.OneOf(rapid.SampledFrom([]till.Rate{0, 10_000, 50_000, 66_250, 99_750, 130_000}), rapid.Map(rapid.Int64Range(0, int64(10*till.Whole)), func(n int64) till.Rate { return till.Rate(n) }))
	for i := range rapid.IntRange(1, 4).Draw(t, "classes") {
		c := till.TaxClass{Code: string(rune('a' + i)), Default: i == 0}
		for k := range rapid.IntRange(0, 4).Draw(t, "rates") {
			c.Rates = append(c.Rates, till.TaxRate{Name: string(rune('A' + k)), Rate: rate.Draw(t, "rate"), Compound: k > 0 && rapid.Bool().Draw(t, "compound")})
		}
		rules.Classes = append(rules.Classes, c)
	}
	return rules
}

func drawnLines(t *rapid.T, cny money.Currency, rules till.TaxRules) []tax.Taxable {
	amount := rapid.OneOf(rapid.Int64Range(0, 30), rapid.Int64Range(0, 100_000), rapid.Int64Range(0, till.MaxMinor))
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tax.Taxable {
		return tax.Taxable{Class: rapid.SampledFrom(rules.Classes).Draw(t, "class").Code, Amount: money.New(amount.Draw(t, "amount"), cny)}
	}), 1, 20).Draw(t, "lines")
}

// Whatever is taxed however: nothing is negative, every sum holds, and prices that hold
// their tax are paid as they stand.
func TestSumsHold(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		rules := drawnRules(t)
		lines := drawnLines(t, cny, rules)
		got, err := tax.Compute(lines, rules)
		if err != nil {
			t.Fatal(err)
		}
		var net, sum, total int64
		for i, l := range got.Lines {
			checkLine(t, l, lines[i], rules.Inclusive)
			net, sum, total = net+l.Net.Minor(), sum+l.Tax.Minor(), total+l.Total.Minor()
		}
		if got.Net.Minor() != net || got.Tax.Minor() != sum || got.Total.Minor() != total {
			t.Fatalf("%s, want %d+%d=%d", show(got), net, sum, total)
		}
		for _, x := range got.Taxes {
			sum -= x.Tax.Minor()
		}
		if sum != 0 {
			t.Fatalf("%s: taxes and tax differ by %d", show(got), sum)
		}
	})
}

func checkLine(t *rapid.T, l tax.Line, of tax.Taxable, inclusive bool) {
	sum := int64(0)
	for _, x := range l.Taxes {
		sum += x.Tax.Minor()
		if x.Tax.Minor() < 0 || x.Net.Minor() < l.Net.Minor() {
			t.Fatalf("%+v: a tax of %s on %s", l, x.Tax, x.Net)
		}
	}
	paid := l.Net
	if inclusive {
		paid = l.Total
	}
	if l.Net.Minor() < 0 || sum != l.Tax.Minor() || l.Net.Minor()+sum != l.Total.Minor() || paid != of.Amount {
		t.Fatalf("%+v of %+v", l, of)
	}
}

// By invoice the taxes of a class are those of its sum as one line.
func TestByInvoiceIsTheTaxOfTheSum(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		rules := drawnRules(t)
		rules.ByInvoice = true
		lines := drawnLines(t, cny, rules)
		sums := map[string]int64{}
		for _, l := range lines {
			sums[l.Class] += l.Amount.Minor()
		}
		var joined []tax.Taxable
		for code, sum := range sums {
			joined = append(joined, tax.Taxable{Class: code, Amount: money.New(sum, cny)})
		}
		got, err := tax.Compute(lines, rules)
		want, err2 := tax.Compute(joined, rules)
		if err != nil || err2 != nil || !slices.Equal(got.Taxes, want.Taxes) || got.Total != want.Total {
			t.Fatalf("%v, %v, got\n%swant\n%s", err, err2, show(got), show(want))
		}
	})
}

// The order of lines changes nothing that is paid, by either way of rounding.
func TestOrderOfLines(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		rules := drawnRules(t)
		lines := drawnLines(t, cny, rules)
		got, err := tax.Compute(lines, rules)
		mixed, err2 := tax.Compute(rapid.Permutation(lines).Draw(t, "mixed"), rules)
		if err != nil || err2 != nil || !slices.Equal(got.Taxes, mixed.Taxes) || got.Total != mixed.Total {
			t.Fatalf("%v, %v, got\n%sand\n%s", err, err2, show(got), show(mixed))
		}
	})
}

// One tax on one line is within one unit (or five) of the exact fraction, on the side the
// mode says.
func TestTaxAgainstFractions(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		rules := drawnRules(t)
		rate := till.Rate(rapid.Int64Range(0, int64(10*till.Whole)).Draw(t, "rate"))
		rules.Classes = []till.TaxClass{{Code: "a", Rates: []till.TaxRate{{Name: "A", Rate: rate}}}}
		amount := rapid.Int64Range(1000, till.MaxMinor).Draw(t, "amount")
		got, err := tax.Compute([]tax.Taxable{{"a", money.New(amount, cny)}}, rules)
		if err != nil {
			t.Fatal(err)
		}
		exact := big.NewRat(int64(rate), int64(till.Whole))
		if rules.Inclusive {
			exact = big.NewRat(int64(rate), int64(till.Whole+rate))
		}
		exact.Mul(exact, big.NewRat(amount, 1))
		off := new(big.Rat).Sub(big.NewRat(got.Tax.Minor(), 1), exact)
		half, one := big.NewRat(1, 2), big.NewRat(1, 1)
		var low, high *big.Rat
		switch rules.Rounding {
		case till.Up:
			low, high = new(big.Rat), one
		case till.Down:
			low, high = new(big.Rat).Neg(one), new(big.Rat)
		case till.HalfFive:
			low, high = big.NewRat(-5, 2), big.NewRat(5, 2)
		default:
			low, high = new(big.Rat).Neg(half), half
		}
		if off.Cmp(low) < 0 || off.Cmp(high) > 0 {
			t.Fatalf("tax %d of %d at %s, exactly %s", got.Tax.Minor(), amount, rate, exact.FloatString(6))
		}
	})
}

// No amounts and no rates make it panic or wrap around.
func FuzzCompute(f *testing.F) {
	f.Add(int64(11300), int64(999), int64(130000), int64(0), true, true)
	f.Add(int64(math.MaxInt64), int64(1), int64(1), int64(10000000), false, true)
	f.Fuzz(func(t *testing.T, a, b, rate, second int64, inclusive, invoice bool) {
		rules := till.TaxRules{Inclusive: inclusive, ByInvoice: invoice, Classes: []till.TaxClass{
			{Code: "a", Rates: []till.TaxRate{{Name: "A", Rate: till.Rate(rate)}, {Name: "B", Rate: till.Rate(second), Compound: true}}},
		}}
		cny := currency(t, "CNY")
		got, err := tax.Compute([]tax.Taxable{{"a", money.New(a, cny)}, {"a", money.New(b, cny)}}, rules)
		if err != nil {
			return
		}
		for _, n := range []money.Amount{got.Net, got.Tax, got.Total, got.Lines[0].Total, got.Lines[1].Total, got.Lines[1].Net} {
			if n.Minor() < 0 {
				t.Fatalf("%d and %d: %s", a, b, show(got))
			}
		}
		if sum, err := got.Net.Add(got.Tax); err != nil || sum != got.Total {
			t.Fatalf("%d and %d: %s", a, b, show(got))
		}
	})
}
