package card

import (
	"fmt"
	"slices"
)

// IsPublishedTest reports that the number is one that schemes, acquirers or test
// suites publish for testing, or lies in a BIN that they publish as a test BIN. The
// lab profile takes these and no others, so that a real card number never reaches a
// log, the store or the simulator.
func (n PAN) IsPublishedTest() bool {
	s := n.Reveal()
	if len(s) < 8 {
		return false
	}
	return slices.Contains(testBINs(), s[:6]) || slices.Contains(testNumbers(), s)
}

// testBINs are the six-digit prefixes that are published as test BINs: Visa's test
// chip cards (476173), Mastercard's M/Chip test cards (541333).
func testBINs() []string { return []string{"476173", "541333"} }

// testNumbers are the numbers in the public test pages of Visa, Mastercard, American
// Express, Discover, JCB, Diners, UnionPay and the processors that repeat them.
func testNumbers() []string {
	return []string{
		"4111111111111111", "4012888888881881", "4242424242424242", "4000056655665556", "4222222222222", "4000000000000002",
		"5555555555554444", "5105105105105100", "2223003122003222", "5200828282828210", "2221000000000009",
		"378282246310005", "371449635398431", "378734493671000",
		"6011111111111117", "6011000990139424",
		"3530111333300000", "3566002020360505",
		"30569309025904", "38520000023237",
		"6200000000000005", "6205500000000000004", "6221260062379699",
	}
}

// TestNumber gives a number that is published for tests to stand in the place of a card
// number of the brand and of so many digits, 8 to 19, with a right check digit: the n-th
// (from 0) of those that are published for the brand in that length, and beyond them the
// numbers of a published test BIN: the brand's own, or Visa's for a brand that publishes
// none. Different n give different numbers as far as the digits go. It reports false for
// a length that no card number has.
func TestNumber(brand Brand, digits, n int) (PAN, bool) {
	if digits < 8 || digits > 19 || n < 0 {
		return PAN{}, false
	}
	for _, number := range testNumbers() {
		if len(number) != digits || BrandOf(number) != brand || !Luhn(number) {
			continue
		}
		if n == 0 {
			return PAN{p: &number}, true
		}
		n--
	}
	bin := testBINs()[0]
	for _, b := range testBINs() {
		if BrandOf(b) == brand {
			bin = b
		}
	}
	return numberOfBIN(bin, digits, n), true
}

// numberOfBIN is the n-th number of a BIN, its check digit made right.
func numberOfBIN(bin string, digits, n int) PAN {
	room := digits - len(bin) - 1
	within := 1
	for range room {
		within *= 10
	}
	number := bin
	if room > 0 {
		number += fmt.Sprintf("%0*d", room, n%within)
	}
	for check := range 10 {
		if whole := fmt.Sprint(number, check); Luhn(whole) {
			return PAN{p: &whole}
		}
	}
	return PAN{} // one of ten digits always fits
}
