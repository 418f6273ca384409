package pinblock

import (
	"errors"
	"fmt"
	"io"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/key"
)

// ErrTranslation is a translation that ISO 9564-1 and PCI PIN Security forbid.
var ErrTranslation = errors.New("PIN block translation not allowed")

// Side is one side of a translation: a block of a format under a key.
type Side struct {
	Format Format
	Key    key.Key
	PAN    card.PAN // needed where Format.BindsCard says so
}

// Translate deciphers a block on one side and enciphers its PIN on the other. Where both
// sides name a card number it must be the same, and the format may only get stronger or
// stay (ISO 9564-1:2017; PCI PIN Security Requirements 3.1, requirement 3-3):
//
//	from \ to      ISO-1   ISO-0, 3, 4
//	ISO-0, 3, 4    no      yes, same card number
//	ISO-1          yes     yes
//
// ISO-2 crosses no network and is refused on both sides. A forbidden translation gives
// [ErrTranslation] before anything is deciphered.
func Translate(block []byte, from, to Side, random io.Reader) ([]byte, error) {
	switch {
	case from.Format == ISO2 || to.Format == ISO2:
		return nil, fmt.Errorf("%w: ISO-2 is for an EMV card alone", ErrTranslation)
	case from.Format.BindsCard() && to.Format == ISO1:
		return nil, fmt.Errorf("%w: %v into ISO-1 would free the PIN of its card number", ErrTranslation, from.Format)
	case from.Format.BindsCard() && to.Format.BindsCard() && !from.PAN.Equal(to.PAN):
		return nil, fmt.Errorf("%w: the two sides name different card numbers", ErrTranslation)
	}
	pin, err := Decipher(from.Format, from.Key, block, from.PAN)
	if err != nil {
		return nil, err
	}
	return Encipher(to.Format, to.Key, pin, to.PAN, random)
}
