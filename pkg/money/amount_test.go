package money_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

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

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text, currency string
		minor          int64
		err            error
	}{
		{"12.50", "CNY", 1250, nil},
		{"12.5", "CNY", 1250, nil},
		{"12", "CNY", 1200, nil},
		{"0", "CNY", 0, nil},
		{"-0", "CNY", 0, nil},
		{"-3", "CNY", -300, nil},
		{"-0.05", "CNY", -5, nil},
		{"007.50", "CNY", 750, nil},
		{"0.01", "CNY", 1, nil},
		{"1250", "JPY", 1250, nil},
		{"1.250", "KWD", 1250, nil},
		{"1.25", "KWD", 1250, nil},
		{"1.2345", "CLF", 12345, nil},
		{"92233720368547758.07", "CNY", math.MaxInt64, nil},
		{"-92233720368547758.08", "CNY", math.MinInt64, nil},
		{"9223372036854775807", "JPY", math.MaxInt64, nil},

		{"12.505", "CNY", 0, money.ErrDecimals},
		{"12.500", "CNY", 0, money.ErrDecimals},
		{"1.0", "JPY", 0, money.ErrDecimals},
		{"1.2345", "KWD", 0, money.ErrDecimals},

		{"92233720368547758.08", "CNY", 0, money.ErrOverflow},
		{"-92233720368547758.09", "CNY", 0, money.ErrOverflow},
		{strings.Repeat("9", 400), "CNY", 0, money.ErrOverflow},

		{"", "CNY", 0, money.ErrMalformed},
		{"-", "CNY", 0, money.ErrMalformed},
		{".", "CNY", 0, money.ErrMalformed},
		{".5", "CNY", 0, money.ErrMalformed},
		{"5.", "CNY", 0, money.ErrMalformed},
		{"5.", "JPY", 0, money.ErrMalformed},
		{"--5", "CNY", 0, money.ErrMalformed},
		{"+5", "CNY", 0, money.ErrMalformed},
		{"5-", "CNY", 0, money.ErrMalformed},
		{"1.2.3", "CNY", 0, money.ErrMalformed},
		{"1,000.00", "CNY", 0, money.ErrMalformed},
		{"12,50", "EUR", 0, money.ErrMalformed},
		{" 12.50", "CNY", 0, money.ErrMalformed},
		{"12.50 ", "CNY", 0, money.ErrMalformed},
		{"12.50\n", "CNY", 0, money.ErrMalformed},
		{"¥12.50", "CNY", 0, money.ErrMalformed},
		{"1e3", "CNY", 0, money.ErrMalformed},
		{"0x10", "CNY", 0, money.ErrMalformed},
		{"1_000", "CNY", 0, money.ErrMalformed},
		{"１２", "CNY", 0, money.ErrMalformed},
		{"٣", "CNY", 0, money.ErrMalformed},
		{"NaN", "CNY", 0, money.ErrMalformed},
		{"Inf", "CNY", 0, money.ErrMalformed},
		{"12\x00", "CNY", 0, money.ErrMalformed},
	} {
		got, err := money.Parse(c.text, currency(t, c.currency))
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("Parse(%q, %s): error %v, want %v", c.text, c.currency, err, c.err)
			continue
		}
		if err == nil && got != money.New(c.minor, currency(t, c.currency)) {
			t.Errorf("Parse(%q, %s) = %s, want %d minor units", c.text, c.currency, got, c.minor)
		}
	}
	if _, err := money.Parse("1", money.Currency{}); !errors.Is(err, money.ErrMalformed) {
		t.Errorf("Parse without a currency: error %v", err)
	}
}

// A card number or a file in the place of an amount is not repeated by the error.
func TestParseErrorQuotesLittle(t *testing.T) {
	for text, want := range map[string]string{
		"12.505":              `"12.505"`,
		"twelve":              `"twelve"`,
		"4111-1111-1111-1111": "text of 19 characters",
		"4111111111111111.5x": "text of 19 characters",
		"４１１１１１１１１１１１１１１１":        "text of 16 characters",
		strings.Repeat("x", 1000): "text of 1000 characters",
	} {
		_, err := money.Parse(text, currency(t, "CNY"))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Parse(%q): error %v, want it to begin with %s", text, err, want)
		}
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		minor         int64
		code          string
		decimal, text string
	}{
		{0, "CNY", "0.00", "0.00 CNY"},
		{5, "CNY", "0.05", "0.05 CNY"},
		{-5, "CNY", "-0.05", "-0.05 CNY"},
		{1250, "CNY", "12.50", "12.50 CNY"},
		{-1250, "USD", "-12.50", "-12.50 USD"},
		{1250, "JPY", "1250", "1250 JPY"},
		{-7, "JPY", "-7", "-7 JPY"},
		{1, "KWD", "0.001", "0.001 KWD"},
		{12345, "CLF", "1.2345", "1.2345 CLF"},
		{math.MaxInt64, "CNY", "92233720368547758.07", "92233720368547758.07 CNY"},
		{math.MinInt64, "CNY", "-92233720368547758.08", "-92233720368547758.08 CNY"},
		{math.MinInt64, "JPY", "-9223372036854775808", "-9223372036854775808 JPY"},
	} {
		a := money.New(c.minor, currency(t, c.code))
		if got := string(a.Append([]byte("= "))); got != "= "+c.text {
			t.Errorf("%d %s: Append gives %q, want %q", c.minor, c.code, got, "= "+c.text)
		}
		if a.Decimal() != c.decimal || a.String() != c.text {
			t.Errorf("%d %s: Decimal %q, String %q, want %q and %q", c.minor, c.code, a.Decimal(), a, c.decimal, c.text)
		}
	}
	if got := money.New(7, money.Currency{}).String(); got != "7" {
		t.Errorf("amount without a currency prints %q", got)
	}
}

// Append is for those who print millions: nothing is allocated where there is room.
func TestAppendAllocatesNothing(t *testing.T) {
	dst := make([]byte, 0, 64)
	allocs := testing.AllocsPerRun(100, func() {
		c, ok := money.CurrencyNumbered(414)
		if !ok {
			t.Fatal("no currency 414")
		}
		dst = money.New(-1250, c).Append(dst[:0])
	})
	if allocs != 0 || string(dst) != "-1.250 KWD" {
		t.Errorf("%q with %v allocations", dst, allocs)
	}
}

func TestArithmetic(t *testing.T) {
	cny, usd := currency(t, "CNY"), currency(t, "USD")
	_, err := money.New(1, cny).Add(money.New(1, usd))
	if !errors.Is(err, money.ErrCurrency) {
		t.Errorf("CNY and USD: error %v", err)
	}
	if _, err = money.New(1, cny).Sub(money.New(1, usd)); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("CNY less USD: error %v", err)
	}
	if _, err = money.New(1, cny).Cmp(money.New(1, usd)); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("CNY against USD: error %v", err)
	}
	if money.New(0, cny) == money.New(0, usd) {
		t.Error("nothing in CNY equals nothing in USD")
	}
	if got := money.New(math.MinInt64, cny).Neg(); got.Minor() != math.MinInt64 {
		t.Errorf("the lowest amount negated is %s", got)
	}
}

// Add, Sub, Neg and Cmp agree with integers of any size, and refuse exactly what 64
// bits do not hold.
func TestArithmeticAgainstBig(t *testing.T) {
	cny := currency(t, "CNY")
	edge := rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64 - 1, math.MaxInt64})
	minor := rapid.OneOf(rapid.Int64(), edge)
	rapid.Check(t, func(t *rapid.T) {
		x, y := minor.Draw(t, "x"), minor.Draw(t, "y")
		a, b := money.New(x, cny), money.New(y, cny)
		bigX, bigY := big.NewInt(x), big.NewInt(y)

		sum, err := a.Add(b)
		checkBig(t, sum, err, new(big.Int).Add(bigX, bigY))
		diff, err := a.Sub(b)
		checkBig(t, diff, err, new(big.Int).Sub(bigX, bigY))

		if got, err := a.Cmp(b); err != nil || got != bigX.Cmp(bigY) {
			t.Fatalf("Cmp(%d, %d) = %d, %v", x, y, got, err)
		}
		if a.IsZero() != (x == 0) || a.IsPositive() != (x > 0) {
			t.Fatalf("%d: zero %v, positive %v", x, a.IsZero(), a.IsPositive())
		}
		if back := a.Neg().Neg(); back != a {
			t.Fatalf("%d negated twice is %d", x, back.Minor())
		}
	})
}

func checkBig(t *rapid.T, got money.Amount, err error, want *big.Int) {
	t.Helper()
	switch {
	case !want.IsInt64() && !errors.Is(err, money.ErrOverflow):
		t.Fatalf("got %s and error %v, want overflow of %s", got, err, want)
	case want.IsInt64() && (err != nil || got.Minor() != want.Int64()):
		t.Fatalf("got %d and error %v, want %s", got.Minor(), err, want)
	}
}

func TestJSON(t *testing.T) {
	a := money.New(-1250, currency(t, "CNY"))
	b, err := json.Marshal(a)
	if err != nil || string(b) != `{"minor":-1250,"currency":"CNY"}` {
		t.Errorf("Marshal = %s, %v", b, err)
	}
	for text, want := range map[string]money.Amount{
		string(b):                      a,
		`{"currency":"jpy","minor":7}`: money.New(7, currency(t, "JPY")),
		`{"minor":0,"currency":""}`:    {},
		`null`:                         {},
		`{"minor":0,"currency":"CNY"}`: money.New(0, currency(t, "CNY")),
		`{"minor":-9223372036854775808,"currency":"CNY"}`: money.New(math.MinInt64, currency(t, "CNY")),
	} {
		got := money.New(99, currency(t, "USD"))
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("Unmarshal(%s) = %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{
		`{"minor":1.5,"currency":"CNY"}`, `{"minor":9223372036854775808,"currency":"CNY"}`, `{"minor":1e2,"currency":"CNY"}`,
		`{"minor":"1","currency":"CNY"}`, `{"minor":1,"currency":"XXX"}`, `{"minor":1}`, `12.50`, `"12.50"`, `[]`,
	} {
		var got money.Amount
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("Unmarshal(%s) = %s, want an error", text, got)
		}
	}
}

// Whatever Parse takes, Decimal gives back in its one form, and JSON gives back whole.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"12.50", "-0.05", "0", "007", "92233720368547758.07", "-92233720368547758.08", "1.2345", "", ".", "1e3", "٣"} {
		for exponent := range 5 {
			f.Add(s, exponent)
		}
	}
	codes := []string{"JPY", "CNY", "KWD", "CLF"}
	f.Fuzz(func(t *testing.T, s string, exponent int) {
		c := currency(t, codes[uint(exponent)%uint(len(codes))])
		a, err := money.Parse(s, c)
		if err != nil {
			return
		}
		if want, ok := new(big.Rat).SetString(s); !ok || want.Cmp(rat(a)) != 0 {
			t.Fatalf("Parse(%q) = %s, want %s", s, a, want)
		}
		if again, err := money.Parse(a.Decimal(), c); err != nil || again != a {
			t.Fatalf("Parse(%q) = %s, and of %q %s, %v", s, a, a.Decimal(), again, err)
		}
		b, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back money.Amount
		if err := json.Unmarshal(b, &back); err != nil || back != a {
			t.Fatalf("%s came back as %s, %v", b, back, err)
		}
	})
}

// rat is an amount in major units, exactly.
func rat(a money.Amount) *big.Rat {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(a.Currency().Exponent())), nil)
	return new(big.Rat).SetFrac(big.NewInt(a.Minor()), unit)
}

func BenchmarkParse(b *testing.B) {
	c := currency(b, "CNY")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.Parse("1234.50", c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecimal(b *testing.B) {
	a := money.New(123450, currency(b, "CNY"))
	b.ReportAllocs()
	for b.Loop() {
		_ = a.Decimal()
	}
}

func ExampleParse() {
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		fmt.Println(err)
		return
	}
	price, _ := money.Parse("12.50", cny)
	tip, _ := money.Parse("1", cny)
	total, err := price.Add(tip)
	fmt.Println(total, total.Minor(), err)

	_, err = money.Parse("12.505", cny)
	fmt.Println(err)
	// Output:
	// 13.50 CNY 1350 <nil>
	// "12.505" has 3 decimals, CNY has 2: more decimals than the currency has
}
