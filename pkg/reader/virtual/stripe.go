package virtual

import "github.com/tillworks/till/pkg/card"

// ChipStripe is the stripe of the card of [Visa]. Its service code 201 says that the
// card has a chip, so a terminal that can read chips must not take the stripe unless
// the chip failed.
func ChipStripe() card.Track2 { return testTrack("4761739001010010", "201") }

// PlainStripe is the stripe of a card without a chip, service code 101.
func PlainStripe() card.Track2 { return testTrack("4111111111111111", "101") }

// testTrack is a track of a test number, good to the end of 2031, with discretionary
// data of zeros where an issuer puts its verification value.
func testTrack(pan string, code card.ServiceCode) card.Track2 {
	t, _ := card.ParseTrack2(pan + "=3112" + string(code) + "00000000000")
	return t
}
