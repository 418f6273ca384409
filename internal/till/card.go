package till

import (
	"github.com/tillworks/till/pkg/card"
)

// CardData is a card's data while a sale lasts: in memory only, gone with the
// process. What may be kept of it is a [CardSummary].
type CardData struct {
	PAN         card.PAN
	Expiry      card.Expiry
	ServiceCode card.ServiceCode
	Track2      card.Track2 // of a swipe
	PSN         string      // two digits, of a chip
	Brand       string
	AID         string // hex
	Label       string
	ICC         []byte // field 55 of the request: BER-TLV, without tags 57 and 5A

	PIN  card.Secret // for the issuer; sent once, under the terminal's PIN key
	CVV2 card.Secret // of a card that is not present; sent once
}

// Forget leaves of the card what a reversal may carry: number and expiry.
func (c CardData) Forget() CardData { return CardData{PAN: c.PAN, Expiry: c.Expiry} }

// Summary is what may be kept; key is the vault's token key.
func (c CardData) Summary(key []byte) *CardSummary {
	if c.PAN.IsZero() {
		return nil
	}
	return &CardSummary{
		Masked: c.PAN.Masked(), Token: c.PAN.Token(key), Brand: c.Brand, AID: c.AID, Label: c.Label, PSN: c.PSN,
	}
}
