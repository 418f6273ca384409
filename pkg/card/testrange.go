package card

import "slices"

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
