package money_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/money"
)

// Rows of ISO 4217 list one that people would notice.
func TestCurrencies(t *testing.T) {
	for _, c := range []struct {
		code, number string
		exponent     int
	}{
		{"AED", "784", 2}, {"ALL", "008", 2}, {"ARS", "032", 2}, {"AUD", "036", 2}, {"BHD", "048", 3},
		{"BIF", "108", 0}, {"BRL", "986", 2}, {"CAD", "124", 2}, {"CHF", "756", 2}, {"CLF", "990", 4},
		{"CLP", "152", 0}, {"CNY", "156", 2}, {"CZK", "203", 2}, {"DKK", "208", 2}, {"EGP", "818", 2},
		{"EUR", "978", 2}, {"GBP", "826", 2}, {"HKD", "344", 2}, {"HUF", "348", 2}, {"IDR", "360", 2},
		{"ILS", "376", 2}, {"INR", "356", 2}, {"IQD", "368", 3}, {"ISK", "352", 0}, {"JOD", "400", 3},
		{"JPY", "392", 0}, {"KHR", "116", 2}, {"KRW", "410", 0}, {"KWD", "414", 3}, {"LYD", "434", 3},
		{"MOP", "446", 2}, {"MXN", "484", 2}, {"MYR", "458", 2}, {"NGN", "566", 2}, {"NOK", "578", 2},
		{"NZD", "554", 2}, {"OMR", "512", 3}, {"PHP", "608", 2}, {"PLN", "985", 2}, {"PYG", "600", 0},
		{"QAR", "634", 2}, {"RUB", "643", 2}, {"SAR", "682", 2}, {"SEK", "752", 2}, {"SGD", "702", 2},
		{"THB", "764", 2}, {"TND", "788", 3}, {"TRY", "949", 2}, {"TWD", "901", 2}, {"UAH", "980", 2},
		{"UGX", "800", 0}, {"USD", "840", 2}, {"UYW", "927", 4}, {"VES", "928", 2}, {"VND", "704", 0},
		{"XAF", "950", 0}, {"XCG", "532", 2}, {"XOF", "952", 0}, {"XPF", "953", 0}, {"ZAR", "710", 2},
		{"ZMW", "967", 2}, {"ZWG", "924", 2},
	} {
		byCode, err := money.CurrencyByCode(c.code)
		if err != nil {
			t.Error(err)
			continue
		}
		if byCode.Code() != c.code || byCode.Number() != c.number || byCode.Exponent() != c.exponent || byCode.String() != c.code {
			t.Errorf("%s is %s %s %d, want %s %d", c.code, byCode.Code(), byCode.Number(), byCode.Exponent(), c.number, c.exponent)
		}
		if byNumber, err := money.CurrencyByNumber(c.number); err != nil || byNumber != byCode {
			t.Errorf("number %s is %s, %v, want %s", c.number, byNumber, err, c.code)
		}
		if lower, err := money.CurrencyByCode(strings.ToLower(c.code)); err != nil || lower != byCode {
			t.Errorf("%s is %s, %v", strings.ToLower(c.code), lower, err)
		}
	}
}

// Every code and number finds one row, and no row is out of the reach of the search.
func TestCurrencyTable(t *testing.T) {
	var found []money.Currency
	for n := range 1000 {
		c, err := money.CurrencyByNumber(fmt.Sprintf("%03d", n))
		if err != nil {
			continue
		}
		found = append(found, c)
		if again, err := money.CurrencyByCode(c.Code()); err != nil || again != c {
			t.Errorf("%s is number %s, and by its code %s, %v", c, c.Number(), again.Number(), err)
		}
		if !slices.Contains([]int{0, 2, 3, 4}, c.Exponent()) {
			t.Errorf("%s has %d decimals", c, c.Exponent())
		}
		if strings.Trim(c.Code(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Errorf("code %q of number %s", c.Code(), c.Number())
		}
	}
	if len(found) != 164 {
		t.Errorf("%d currencies by number, want 164", len(found))
	}
	letters := "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	codes := 0
	for _, a := range letters {
		for _, b := range letters {
			for _, c := range letters {
				if _, err := money.CurrencyByCode(string([]rune{a, b, c})); err == nil {
					codes++
				}
			}
		}
	}
	if codes != len(found) {
		t.Errorf("%d codes and %d numbers", codes, len(found))
	}
}

// A number finds the currency that its text finds, and gives its digits back.
func TestCurrencyNumbered(t *testing.T) {
	for n := -1; n <= 1001; n++ {
		c, ok := money.CurrencyNumbered(n)
		text, err := money.CurrencyByNumber(fmt.Sprintf("%03d", n))
		if ok != (err == nil) || c != text {
			t.Errorf("%d is %s, %v; as text %s, %v", n, c, ok, text, err)
		}
		if got := string(c.AppendNumber([]byte("n"))); got != "n"+c.Number() {
			t.Errorf("%s: AppendNumber gives %q, Number %q", c, got, c.Number())
		}
	}
}

func TestCurrencyRefused(t *testing.T) {
	for _, code := range []string{"", "CN", "CNYY", "XXX", "XTS", "XAU", "DEM", "ANG", "   ", "uſd", "US\x00", "元"} {
		if c, err := money.CurrencyByCode(code); err == nil || !c.IsZero() {
			t.Errorf("CurrencyByCode(%q) = %s, %v", code, c, err)
		}
	}
	for _, number := range []string{"", "0", "000", "999", "1560", "15", "CNY", "-56", "1 6", "١٥٦", "4111111111111111"} {
		c, err := money.CurrencyByNumber(number)
		if err == nil || !c.IsZero() {
			t.Errorf("CurrencyByNumber(%q) = %s, %v", number, c, err)
		}
		if err != nil && strings.Contains(err.Error(), "4111") {
			t.Errorf("the error repeats a card number: %v", err)
		}
	}
	for _, number := range []string{"0156", "00000156"} {
		if c, err := money.CurrencyByNumber(number); err != nil || c.Code() != "CNY" {
			t.Errorf("CurrencyByNumber(%q) = %s, %v", number, c, err)
		}
	}
	if c, err := money.CurrencyByNumber("8"); err != nil || c.Code() != "ALL" {
		t.Errorf("CurrencyByNumber(8) = %s, %v", c, err)
	}
	var none money.Currency
	if !none.IsZero() || none.Code() != "" || none.Number() != "" || none.String() != "" {
		t.Errorf("no currency prints %q %q", none.Code(), none.Number())
	}
}

func BenchmarkCurrencyByCode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.CurrencyByCode("USD"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCurrencyByNumber(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.CurrencyByNumber("840"); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleCurrencyByNumber() {
	c, err := money.CurrencyByNumber("0414") // field 49 or tag 5F2A
	fmt.Println(c, c.Exponent(), err)
	// Output: KWD 3 <nil>
}
