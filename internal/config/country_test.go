package config_test

import (
	"testing"

	"github.com/tillworks/till/internal/config"
)

func TestCountryByCode(t *testing.T) {
	for code, number := range map[string]uint16{"CN": 156, "us": 840, "GB": 826, "AF": 4, "ZW": 716, "SS": 728} {
		c, err := config.CountryByCode(code)
		if err != nil || c.Number() != number {
			t.Errorf("%s is %d, %v; want %d", code, c.Number(), err, number)
		}
	}
	for _, code := range []string{"", "C", "XX", "CHN", "156", "\t", "A\t"} {
		if c, err := config.CountryByCode(code); err == nil {
			t.Errorf("%q is %s", code, c)
		}
	}
}

// ISO 3166-1 assigns 249 codes; no number may stand twice.
func TestCountryTable(t *testing.T) {
	numbers := map[uint16]string{}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			c, err := config.CountryByCode(string([]rune{a, b}))
			if err != nil {
				continue
			}
			if other, taken := numbers[c.Number()]; taken || c.Number() == 0 || c.Number() > 899 {
				t.Errorf("%s and %s are both %d", c, other, c.Number())
			}
			numbers[c.Number()] = c.Code()
		}
	}
	if len(numbers) != 249 {
		t.Errorf("%d countries, want 249", len(numbers))
	}
}
