package oda

import (
	"crypto/rand"
	"fmt"
	"io"
	"slices"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/pinblock"
)

// The lengths of a PIN in digits (Book 2, 7.2; ISO 9564-1).
const (
	MinPIN = 4
	MaxPIN = 12
)

const pinObject = "PIN"

// PINBlock is the plaintext PIN block of VERIFY, 8 bytes: control field 2, length,
// digits, and F to the end (Book 3, 6.5.12).
//
// A PIN that is not 4 to 12 digits is ErrPIN.
func PINBlock(pin card.Secret) ([8]byte, error) {
	clear, err := pinblock.Encode(pinblock.ISO2, pin, card.PAN{}, nil)
	if err != nil {
		return [8]byte{}, fault(pinObject, ErrPIN, fmt.Sprintf("%d characters", pin.Len()), fmt.Sprintf("%d to %d digits", MinPIN, MaxPIN))
	}
	return [8]byte([]byte(clear.Reveal())), nil
}

// EncipherPIN hides a PIN for VERIFY with P2 88 (Book 2, 7.2): the block of [PINBlock]
// and the number that the card gave for GET CHALLENGE, under the key of [RecoverPIN], or
// of [RecoverICC] where the card has no key for PINs. The result is as long as the key.
//
// random fills the rest; nil is crypto/rand.Reader. Errors are *Error with ErrKey or
// ErrPIN.
func EncipherPIN(key PublicKey, pin card.Secret, challenge [8]byte, random io.Reader) ([]byte, error) {
	if err := key.check(pinObject); err != nil {
		return nil, err
	}
	block, err := PINBlock(pin)
	if err != nil {
		return nil, err
	}
	if random == nil {
		random = rand.Reader
	}
	fill := make([]byte, key.Size()-17)
	if _, err := io.ReadFull(random, fill); err != nil {
		return nil, fault(pinObject, ErrPIN, "no random numbers", fmt.Sprintf("%d bytes of them", len(fill)))
	}
	return key.raise(slices.Concat([]byte{pinHeader}, block[:], challenge[:], fill)), nil
}

// pinHeader marks data enciphered with a PIN in it (Book 2, table 25). Its first bit is
// 0, so that the number is less than every modulus.
const pinHeader = 0x7F
