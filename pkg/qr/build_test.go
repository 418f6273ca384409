package qr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/qr"
)

// shop is a builder with what every code needs.
func shop(t testing.TB) *qr.Builder {
	return new(qr.Builder).Account("29.00", "TEST").Account("29.01", "M000000042").
		MCC("5812").Currency(cny(t, 1).Currency()).Country("cn").Merchant("Shop").City("Shanghai")
}

func TestBuild(t *testing.T) {
	c, err := new(qr.Builder).Initiation(qr.Dynamic).
		Account("31.03", "12345678").Account("31.00", "D15600000001").Account("29.00", "D15600000000").Account("29.05", "A93FO3230Q").
		MCC("4111").Amount(cny(t, 2372)).FixedFee(cny(t, 500)).Country("CN").Merchant("BEST TRANSPORT").City("BEIJING").PostalCode("100000X").
		Additional(qr.StoreLabel, "1234").Additional(qr.CustomerLabel, "***").Additional(qr.TerminalLabel, "A6008667").Additional(qr.AskShopper, "ME").
		Local("zh", "最佳运输", "北京").Unreserved("91.00", "A011223344998877").Unreserved("91.07", "12345678").Build()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(example[:len(example)-4], "56035.0", "56045.00", 1)
	if c.Reveal() != sealed(want) {
		t.Errorf("got  %s\nwant %s", c.Reveal(), sealed(want))
	}
	if plainCode, err := shop(t).Build(); err != nil || plainCode.Reveal() != merchant(plain) {
		t.Errorf("%s, %v", plainCode, err)
	}
}

// What cannot be is refused, with its path and without its value.
func TestBuildRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		b     *qr.Builder
		path  string
		fault qr.Fault
	}{
		"nothing":                  {new(qr.Builder), "", qr.NoAccount},
		"account in a bad place":   {shop(t).Account("52", "x"), "52", qr.NotBuildable},
		"account template alone":   {shop(t).Account("30", "x"), "30", qr.NotBuildable},
		"account of nobody":        {shop(t).Account("30.01", "x"), "30", qr.NoGUID},
		"no path":                  {shop(t).Account("2x", "x"), "2x", qr.NotBuildable},
		"four deep":                {shop(t).Account("30.01.02.03", "x"), "30.01.02.03", qr.NotBuildable},
		"value and objects":        {shop(t).Account("30.00", "x").Account("30.01", "x").Account("30.01.00", "x"), "30.01.00", qr.NotBuildable},
		"empty account":            {shop(t).Account("30.00", ""), "30.00", qr.NotBuildable},
		"account of 100":           {shop(t).Account("30.00", "x").Account("30.01", strings.Repeat("x", 100)), "30.01", qr.LongValue},
		"accounts of 2 x 50":       {shop(t).Account("30.00", "x").Account("30.01", strings.Repeat("x", 50)).Account("30.02", strings.Repeat("x", 50)), "30", qr.LongValue},
		"MCC of letters":           {shop(t).MCC("58X2"), "52", qr.NotBuildable},
		"no currency":              {shop(t).Currency(money.Currency{}), "53", qr.NotBuildable},
		"amount of nothing":        {shop(t).Amount(cny(t, 0)), "54", qr.NotBuildable},
		"amount below nothing":     {shop(t).Amount(cny(t, -1)), "54", qr.NotBuildable},
		"fee in another currency":  {shop(t).FixedFee(amount(t, 5, "JPY")).Amount(cny(t, 100)), "56", qr.NoCurrency},
		"currency changed":         {shop(t).Amount(cny(t, 100)).Currency(amount(t, 1, "JPY").Currency()), "54", qr.NoCurrency},
		"fee of nothing":           {shop(t).FixedFee(cny(t, 0)), "56", qr.NotBuildable},
		"percentage of nothing":    {shop(t).PercentFee(0), "57", qr.NotBuildable},
		"percentage of a hundred":  {shop(t).PercentFee(10000), "57", qr.NotBuildable},
		"country of three":         {shop(t).Country("CHN"), "58", qr.NotBuildable},
		"name in Chinese":          {shop(t).Merchant("商店"), "59", qr.NotBuildable},
		"name of 26":               {shop(t).Merchant(strings.Repeat("x", 26)), "59", qr.LongValue},
		"no city":                  {new(qr.Builder).Account("15", "1").MCC("0000").Currency(cny(t, 1).Currency()).Country("CN").Merchant("x"), "60", qr.Missing},
		"city of 16":               {shop(t).City(strings.Repeat("x", 16)), "60", qr.LongValue},
		"not UTF-8":                {shop(t).Local("zh", "\xff", ""), "64.01", qr.NotBuildable},
		"language of three":        {shop(t).Local("zho", "店", ""), "64.00", qr.NotBuildable},
		"reference of 26":          {shop(t).Additional(qr.Reference, strings.Repeat("x", 26)), "62.05", qr.LongValue},
		"additional 62.10":         {shop(t).Additional("10", "x"), "62.10", qr.NotBuildable},
		"asks for B":               {shop(t).Additional(qr.AskShopper, "AB"), "62.09", qr.NotBuildable},
		"unreserved in a bad path": {shop(t).Unreserved("79.00", "x"), "79.00", qr.NotBuildable},
		"unreserved of nobody":     {shop(t).Unreserved("80.01", "x"), "80", qr.NoGUID},
		"a bell":                   {shop(t).Merchant("x\a"), "59", qr.Control},
		"not fatal, not tolerated": {shop(t).City(strings.Repeat("x", 16)).Tolerate(qr.Warning), "60", qr.LongValue},
		"fatal, tolerated":         {new(qr.Builder).Tolerate(qr.Fatal), "", qr.NoAccount},
	} {
		_, err := c.b.Build()
		var f qr.Finding
		if !errors.As(err, &f) || f.Path != c.path || f.Fault != c.fault {
			t.Errorf("%s: %v, want %s at %q", name, err, c.fault, c.path)
		}
	}
}

// National codes that leave out the merchant are built where that is tolerated.
func TestBuildTolerates(t *testing.T) {
	baht := amount(t, 422, "THB")
	b := new(qr.Builder).Initiation(qr.Dynamic).Account("29.00", "A000000677010111").Account("29.01", "0066000000000").Country("TH").Amount(baht)
	if _, err := b.Build(); !errors.Is(err, qr.Missing) {
		t.Errorf("by the standard: %v", err)
	}
	c, err := b.Tolerate(qr.Scheme).Build()
	if err != nil || c.Scheme() != "promptpay" || c.Grade() != qr.Scheme {
		t.Fatalf("%s, %v", c, err)
	}
	if got, _ := c.Amount(); got != baht {
		t.Errorf("amount %v", got)
	}
}

// A builder is formatted without what it was given.
func TestBuilderHides(t *testing.T) {
	const pan = "4761739001010010"
	b := shop(t).Account("04", pan)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		if out := fmt.Sprintf(verb+verb+verb, b, *b, struct{ b qr.Builder }{*b}); strings.Contains(out, pan) {
			t.Errorf("%s shows the account", verb)
		}
	}
}

// Whatever is built reads back as it was given.
func TestBuildReadsBack(t *testing.T) {
	text := func(least, most int) *rapid.Generator[string] {
		return rapid.StringMatching(fmt.Sprintf(`[ -~]{%d,%d}`, least, most))
	}
	rapid.Check(t, func(t *rapid.T) {
		b := new(qr.Builder).MCC(rapid.StringMatching(`[0-9]{4}`).Draw(t, "mcc")).Country("ID").Tolerate(qr.Scheme)
		want := map[string]string{}
		give := func(path, value string, set func(string) *qr.Builder) {
			want[path] = value
			set(value)
		}
		give("59", text(1, 25).Draw(t, "name"), b.Merchant)
		give("60", text(1, 15).Draw(t, "city"), b.City)
		give("61", text(1, 10).Draw(t, "postal"), b.PostalCode)
		number := fmt.Sprint(rapid.IntRange(26, 51).Draw(t, "account"))
		for _, sub := range []string{".00", ".01", ".02"} {
			give(number+sub, text(1, 20).Draw(t, sub), func(v string) *qr.Builder { return b.Account(number+sub, v) })
		}
		give("64.01", rapid.StringMatching(`[\p{Han}a-z]{1,25}`).Draw(t, "local"), func(v string) *qr.Builder { return b.Local("zh", v, "") })
		give("62.05", text(1, 25).Draw(t, "reference"), func(v string) *qr.Builder { return b.Additional(qr.Reference, v) })
		code := rapid.SampledFrom([]string{"CNY", "JPY", "KWD", "IDR"}).Draw(t, "currency")
		currency, err := money.CurrencyByCode(code)
		if err != nil {
			t.Fatal(err)
		}
		sum := money.New(rapid.Int64Range(1, 999999999).Draw(t, "amount"), currency)
		c, err := b.Amount(sum).Build()
		if err != nil {
			t.Fatalf("%v", err)
		}
		for path, value := range want {
			if e, ok := c.Find(path); !ok || e.Reveal() != value {
				t.Fatalf("%s is %q, want %q", path, e.Reveal(), value)
			}
		}
		if got, ok := c.Amount(); !ok || got != sum {
			t.Fatalf("amount %v, want %v", got, sum)
		}
		again, err := qr.Parse(c.Reveal())
		if err != nil || again.Reveal() != c.Reveal() {
			t.Fatalf("reads back as %v, %v", again, err)
		}
	})
}

// One object is changed; every other byte stays.
func TestWith(t *testing.T) {
	odd := merchant("010211" + people + account + "52045812" + "5303156" + "62110002ab0501x" + "8203abc" + "7001z")
	for _, c := range []struct{ name, text, path, value, want string }{
		{"another value", odd, "62.05", "ORDER", "000201010211" + people + account + "5204581253031566215" + "0002ab0505ORDER" + "8203abc7001z6304"},
		{"a new amount", odd, "54", "1.50", "000201010211" + "54041.50" + people + account + "520458125303156" + "62110002ab0501x8203abc7001z6304"},
		{"at the end of a template", odd, "29.07", "T1", "000201010211" + people + "29280004TEST0110M0000000420702T1" + "520458125303156" + "62110002ab0501x8203abc7001z6304"},
		{"a template of its own", merchant(plain), "62.01", "B7", "000201" + plain + "62060102B76304"},
		{"a template in a template", merchant(plain), "27.01.00", "x", "000201" + "270901050001x" + plain + "6304"},
		{"Chinese", merchant(plain), "64", "0002ZH0102商店", "000201" + plain + "64120002ZH0102商店6304"},
		{"an initiation", merchant(plain), "01", "12", "000201010212" + plain + "6304"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parsed(t, c.text).With(c.path, c.value)
			if err != nil || got.Reveal() != sealed(c.want) {
				t.Errorf("got  %s, %v\nwant %s", got.Reveal(), err, sealed(c.want))
			}
			if e, ok := got.Find(c.path); ok && e.Reveal() != c.value || !ok && len(c.path) < 8 {
				t.Errorf("reads back as %q", e.Reveal())
			}
		})
	}
}

func TestWithRefuses(t *testing.T) {
	c := parsed(t, merchant(plain+"8203abc"))
	for _, r := range []struct {
		path, value string
		fault       qr.Fault
	}{
		{"63", "0000", qr.NoElement}, {"x", "1", qr.NoElement}, {"", "1", qr.NoElement}, {"5.1", "1", qr.NoElement}, {"1.2.3.4", "1", qr.NoElement},
		{"82.01", "1", qr.NoElement}, {"59.01", "1", qr.NoElement},
		{"54", "1,50", qr.BadAmount}, {"54", "1.505", qr.TooManyDecimals}, {"29", "0004TES", qr.CutShort}, {"29", "", qr.EmptyTemplate}, {"53", "xyz", qr.WantDigits},
		{"59", strings.Repeat("x", 100), qr.LongValue}, {"29.01", strings.Repeat("x", 95), qr.LongValue}, {"61", strings.Repeat("x", 100), qr.LongValue},
	} {
		if got, err := c.With(r.path, r.value); !errors.Is(err, r.fault) || !got.IsZero() {
			t.Errorf("%s = %q: %v, want %s", r.path, r.value, err, r.fault)
		}
	}
	broken, _ := qr.Parse("000201" + account + "5204")
	if _, err := broken.With("54", "1"); !errors.Is(err, qr.CutShort) {
		t.Errorf("broken: %v", err)
	}
}

// The check value of a code that has a wrong one, or none, is not made right by a change
// elsewhere without a word: a wrong one is replaced, a missing one stays missing.
func TestWithAndTheCheckValue(t *testing.T) {
	wrong, _ := qr.Parse("000201" + plain + "63040000")
	fixed, err := wrong.With("59", "Shop")
	if err != nil || !fixed.Valid() {
		t.Errorf("%v, %v", fixed, err)
	}
	none, _ := qr.Parse("000201" + plain)
	still, err := none.With("59", "Store")
	if err != nil || still.Valid() || still.Value("59") != "Store" {
		t.Errorf("%v, %v", still, err)
	}
}

// The code on the shop's sticker becomes that of one sale.
func TestWithAmount(t *testing.T) {
	sticker := parsed(t, merchant("010211"+plain))
	c, err := sticker.WithAmount(cny(t, 1250))
	if err != nil || c.Reveal() != merchant("010212"+account+"520458125303156"+"540512.50"+people) {
		t.Errorf("%v, %v", c, err)
	}
	for _, a := range []money.Amount{cny(t, 0), cny(t, -5), amount(t, 5, "JPY")} {
		if _, err := sticker.WithAmount(a); err == nil {
			t.Errorf("%v is taken", a)
		}
	}
}

// A change and back is no change, wherever it is made.
func TestWithAndBack(t *testing.T) {
	codes := []string{example, merchant(plain), merchant("010211" + people + account + "52045812" + "5303156" + "62110002ab0501x" + "8203abc" + "7001z")}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(codes).Draw(t, "code")
		c, err := qr.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for e := range c.Elements() {
			if !e.IsTemplate() && e.Path() != "63" {
				paths = append(paths, e.Path())
			}
		}
		path := rapid.SampledFrom(paths).Draw(t, "path")
		was, _ := c.Find(path)
		other, err := c.With(path, rapid.StringMatching(`[0-9a-z\p{Han}]{0,30}`).Draw(t, "value"))
		if err != nil {
			return
		}
		back, err := other.With(path, was.Reveal())
		if err != nil || back.Reveal() != text {
			t.Fatalf("%s: %v, %v", path, back, err)
		}
	})
}
