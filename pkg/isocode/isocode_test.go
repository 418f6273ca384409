package isocode_test

import (
	"fmt"
	"testing"
	"unicode"

	"github.com/tillworks/till/pkg/isocode"
	"github.com/tillworks/till/pkg/money"
)

func TestMeanings(t *testing.T) {
	for _, c := range []struct {
		say      func([]byte) (en, zh string)
		code, en string
	}{
		{isocode.Country, "156", "China (CN)"},
		{isocode.Country, "528", "Netherlands (NL)"},
		{isocode.Currency, "156", "CNY, Chinese Yuan"},
		{isocode.Currency, "978", "EUR, Euro"},
		{isocode.Category, "5812", "eating places and restaurants"},
		{isocode.ServiceArea, "2", "international, chip"},
		{isocode.ServiceAuthorization, "0", "normal authorization"},
		{isocode.ServiceUse, "1", "no restrictions"},
		{isocode.Country, "999", ""}, {isocode.Country, "", ""}, {isocode.Currency, "15", ""},
		{isocode.Currency, "0156", ""}, {isocode.Category, "58125", ""}, {isocode.ServiceArea, "x", ""},
	} {
		en, zh := c.say([]byte(c.code))
		if en != c.en || (zh == "") != (c.en == "") {
			t.Errorf("%q is %q and %q, want %q and its Chinese", c.code, en, zh, c.en)
		}
	}
}

// Every currency that money can be of has a name here, in both languages.
func TestCurrenciesOfMoney(t *testing.T) {
	named := 0
	for n := range 1000 {
		digits := fmt.Sprintf("%03d", n)
		if _, err := money.CurrencyByNumber(digits); err != nil {
			continue
		}
		named++
		en, zh := isocode.Currency([]byte(digits))
		if en == "" || !hasHan(zh) {
			t.Errorf("currency %s is %q and %q", digits, en, zh)
		}
	}
	if named < 100 {
		t.Errorf("%d currencies, want those of the world", named)
	}
}

func hasHan(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			return true
		}
	}
	return false
}

func Example() {
	en, zh := isocode.Country([]byte("156"))
	fmt.Println(en, zh)
	en, zh = isocode.Category([]byte("5812"))
	fmt.Println(en, zh)
	// Output:
	// China (CN) 中国(CN)
	// eating places and restaurants 就餐场所和餐馆
}
