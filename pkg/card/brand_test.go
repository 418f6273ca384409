package card_test

import (
	"testing"

	"github.com/tillworks/till/pkg/card"
)

// The first and the last prefix of each range, and its neighbours.
func TestBrand(t *testing.T) {
	for prefix, want := range map[string]card.Brand{
		"400000": card.Visa, "499999": card.Visa,
		"510000": card.Mastercard, "559999": card.Mastercard, "222100": card.Mastercard, "272099": card.Mastercard,
		"222099": card.UnknownBrand, "272100": card.UnknownBrand,
		"340000": card.AmericanExpress, "349999": card.AmericanExpress, "370000": card.AmericanExpress, "379999": card.AmericanExpress,
		"350000": card.UnknownBrand, "339999": card.UnknownBrand,
		"352800": card.JCB, "358999": card.JCB, "352799": card.UnknownBrand, "359000": card.UnknownBrand,
		"300000": card.Diners, "305999": card.Diners, "309500": card.Diners, "309600": card.UnknownBrand, "360000": card.Diners, "380000": card.Diners, "399999": card.Diners,
		"306000": card.UnknownBrand,
		"601100": card.Discover, "601199": card.Discover, "644000": card.Discover, "659999": card.Discover,
		"601200": card.Maestro, "643999": card.Maestro, "660000": card.Maestro,
		"620000": card.UnionPay, "629999": card.UnionPay, "810000": card.UnionPay, "817199": card.UnionPay, "817200": card.UnknownBrand,
		"500000": card.Maestro, "509999": card.Maestro, "560000": card.Maestro, "699999": card.Maestro,
		"000000": card.UnknownBrand, "199999": card.UnknownBrand, "700000": card.UnknownBrand, "999999": card.UnknownBrand,
	} {
		if got := pan(t, prefix+"00").Brand(); got != want {
			t.Errorf("%s…: %q, want %q", prefix, got, want)
		}
	}
}

func TestPublishedNumbers(t *testing.T) {
	for digits, want := range map[string]bool{
		"4111111111111111":      true,
		"4761739001010010":      true, // in a published test BIN
		"5413330089010434":      true,
		"378282246310005":       true,
		"6205500000000000004":   true,
		"41111111111111" + "29": false, // a valid number beside a published one
		"476174" + "0000000000": false,
		"541334" + "0000000000": false,
		"41111111":              false,
	} {
		if got := pan(t, digits).IsPublishedTest(); got != want {
			t.Errorf("number ending in %s: published %v, want %v", digits[len(digits)-4:], got, want)
		}
	}
}

// A stand-in is published, as long and of the same brand where that brand publishes
// one, and no two of a length are the same.
func TestTestNumber(t *testing.T) {
	for _, brand := range []card.Brand{card.Visa, card.Mastercard, card.UnionPay, card.AmericanExpress, card.Discover, card.JCB, card.Diners, card.Maestro, card.UnknownBrand} {
		for digits := 8; digits <= 19; digits++ {
			seen := map[string]bool{}
			for n := range 10 {
				got, ok := card.TestNumber(brand, digits, n)
				if !ok || got.Len() != digits || !got.LuhnValid() || !got.IsPublishedTest() {
					t.Errorf("%s of %d digits, number %d: %v, %v", brand, digits, n, got, ok)
				}
				seen[got.Reveal()] = true
			}
			if digits >= 13 && len(seen) != 10 {
				t.Errorf("%s of %d digits: %d different numbers of 10", brand, digits, len(seen))
			}
		}
	}
	for brand, digits := range map[card.Brand]int{
		card.Visa: 16, card.Mastercard: 16, card.UnionPay: 19, card.AmericanExpress: 15, card.Discover: 16, card.JCB: 16, card.Diners: 14,
	} {
		if got, _ := card.TestNumber(brand, digits, 0); got.Brand() != brand {
			t.Errorf("the stand-in of %s is of %s", brand, got.Brand())
		}
	}
	for _, digits := range []int{-1, 0, 7, 20} {
		if _, ok := card.TestNumber(card.Visa, digits, 0); ok {
			t.Errorf("a number of %d digits", digits)
		}
	}
	if _, ok := card.TestNumber(card.Visa, 16, -1); ok {
		t.Error("the number before the first")
	}
}
