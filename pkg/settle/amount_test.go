package settle

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/money"
)

func TestAmount(t *testing.T) {
	for _, c := range []struct {
		text     string
		rule     amountRule
		exponent int
		want     int64
		err      error
	}{
		{"12.50", amountRule{}, 2, 1250, nil},
		{"12.5", amountRule{}, 2, 1250, nil},
		{"12", amountRule{}, 2, 1200, nil},
		{"-0.05", amountRule{}, 2, -5, nil},
		{"0", amountRule{}, 2, 0, nil},
		{"1250", amountRule{}, 0, 1250, nil},
		{"1.234", amountRule{}, 3, 1234, nil},
		{"92233720368547758.07", amountRule{}, 2, 1<<63 - 1, nil},
		{"-92233720368547758.08", amountRule{}, 2, -1 << 63, nil},
		{"000000012500", amountRule{decimals: minorUnits}, 2, 12500, nil},
		{"0.06000", amountRule{decimals: trimDecimals}, 2, 6, nil},
		{"1,240.00", amountRule{grouping: ','}, 2, 124000, nil},
		{"12,345,678.90", amountRule{grouping: ','}, 2, 1234567890, nil},
		{"$1,240.00", amountRule{grouping: ',', symbol: []byte("$")}, 2, 124000, nil},
		{"-$0.95", amountRule{symbol: []byte("$")}, 2, -95, nil},
		{"$-0.95", amountRule{symbol: []byte("$")}, 2, -95, nil},

		{"92233720368547758.08", amountRule{}, 2, 0, ErrOverflow},
		{"-92233720368547758.09", amountRule{}, 2, 0, ErrOverflow},
		{"99999999999999999999", amountRule{}, 2, 0, ErrOverflow},
		{"12.500", amountRule{}, 2, 0, ErrDecimals},
		{"12.34567", amountRule{}, 2, 0, ErrDecimals},
		{"0.06001", amountRule{decimals: trimDecimals}, 2, 0, ErrDecimals},
		{"12.5", amountRule{}, 0, 0, ErrDecimals},
		{"12.0", amountRule{decimals: minorUnits}, 2, 0, ErrDecimals},
		{"", amountRule{}, 2, 0, ErrAmount},
		{"-", amountRule{}, 2, 0, ErrAmount},
		{".", amountRule{}, 2, 0, ErrAmount},
		{".50", amountRule{}, 2, 0, ErrAmount},
		{"12.", amountRule{}, 2, 0, ErrAmount},
		{"1.2.3", amountRule{}, 2, 0, ErrAmount},
		{"+1", amountRule{}, 2, 0, ErrAmount},
		{"--1", amountRule{}, 2, 0, ErrAmount},
		{"1-", amountRule{}, 2, 0, ErrAmount},
		{"1e2", amountRule{}, 2, 0, ErrAmount},
		{"1E-80000000", amountRule{}, 2, 0, ErrAmount},
		{"NaN", amountRule{}, 2, 0, ErrAmount},
		{"Inf", amountRule{}, 2, 0, ErrAmount},
		{"0x10", amountRule{}, 2, 0, ErrAmount},
		{"1 000", amountRule{}, 2, 0, ErrAmount},
		{"1,240.00", amountRule{}, 2, 0, ErrAmount},
		{"1,24.00", amountRule{grouping: ','}, 2, 0, ErrAmount},
		{",240.00", amountRule{grouping: ','}, 2, 0, ErrAmount},
		{"1240,000.00", amountRule{grouping: ','}, 2, 0, ErrAmount},
		{"=1+1", amountRule{}, 2, 0, ErrAmount},
		{"1２", amountRule{}, 2, 0, ErrAmount},
		{strings.Repeat("9", 2000), amountRule{}, 2, 0, ErrAmount},
	} {
		got, err := c.rule.parse([]byte(c.text), c.exponent)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q with %d decimals: %d, %v; want %d, %v", c.text[:min(len(c.text), 30)], c.exponent, got, err, c.want, c.err)
		}
	}
}

// A cell of a million digits is refused without being read.
func TestAmountLong(t *testing.T) {
	cell := []byte(strings.Repeat("1", 1<<20))
	start := time.Now()
	for range 1000 {
		if _, err := (amountRule{}).parse(cell, 2); !errors.Is(err, ErrAmount) {
			t.Fatal(err)
		}
	}
	if d := time.Since(start); d > time.Second {
		t.Errorf("a thousand refusals took %v", d)
	}
}

// What money.Parse reads, the reader of cells reads as the same amount, and nothing else.
func FuzzAmount(f *testing.F) {
	for _, s := range []string{"12.50", "-0.05", "1E-80000000", "NaN", "1,240.00", "92233720368547758.08", "12.345", "", "-", "."} {
		f.Add(s)
	}
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := (amountRule{}).parse([]byte(s), cny.Exponent())
		want, wantErr := money.Parse(s, cny)
		if (err == nil) != (wantErr == nil) && len(s) <= amountMax {
			t.Fatalf("%q: %v, money says %v", s, err, wantErr)
		}
		if err == nil && got != want.Minor() {
			t.Fatalf("%q: %d, money says %d", s, got, want.Minor())
		}
		for _, rule := range []amountRule{{decimals: trimDecimals}, {decimals: minorUnits}, {grouping: ',', symbol: []byte("$")}} {
			if loose, err := rule.parse([]byte(s), 2); err == nil && wantErr == nil && loose != want.Minor() && rule.decimals != minorUnits {
				t.Fatalf("%q: %d by a looser rule, %d by money", s, loose, want.Minor())
			}
		}
	})
}
