package config

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// iso3166 holds the officially assigned codes of ISO 3166-1: alpha-2, a tab, numeric.
//
//go:embed iso3166.tsv
var iso3166 string

// Country is a country of ISO 3166-1. Countries compare with ==; the zero Country is
// none.
type Country struct {
	code   string
	number uint16
}

// CountryByCode finds a country by its two letters, in either case.
func CountryByCode(code string) (Country, error) {
	want := strings.ToUpper(code)
	for line := range strings.Lines(iso3166) {
		alpha, digits, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if alpha != want || want == "" {
			continue
		}
		number, err := strconv.ParseUint(digits, 10, 16)
		return Country{code: alpha, number: uint16(number)}, err
	}
	return Country{}, fmt.Errorf("no country %q in ISO 3166-1: want two letters such as CN", code)
}

// Code is the two letters, "CN".
func (c Country) Code() string { return c.code }

// Number is the numeric code, 156, that EMV tag 9F1A and ISO 8583 fields 19 to 21 carry.
func (c Country) Number() uint16 { return c.number }

// String is the two letters.
func (c Country) String() string { return c.code }
