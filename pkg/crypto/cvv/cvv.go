package cvv

import (
	"crypto/des"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/key"
)

// The service codes by which the values differ.
const (
	// ServicePrint makes the value that is printed on the card: CVV2, CVC2.
	ServicePrint = "000"
	// ServiceChip makes the value in the track 2 equivalent data of a chip: iCVV, Chip CVC.
	ServiceChip = "999"
)

// digits is the length of a value.
const digits = 3

// The causes of refusals. No text holds a digit of what was given.
var (
	// ErrInput is a card number, an expiry or a service code that cannot be used.
	ErrInput = errors.New("card verification value cannot be computed")
	// ErrKey is a key that is not triple DES with two keys.
	ErrKey = errors.New("not a card verification key")
	// ErrMismatch is a value that is not the card's.
	ErrMismatch = errors.New("card verification value does not match")
)

// Compute is the value of a card, three digits. The key is triple DES of 16 bytes, often
// kept as the pair CVK A and CVK B. expiry has four digits in the order that the issuer
// uses: YYMM as on the track for the stripe and the chip; for the printed value many
// issuers turn them to MMYY. service has three digits.
func Compute(cvk key.Key, pan card.PAN, expiry, service string) (card.Secret, error) {
	if cvk.Algorithm() != key.TDES || cvk.Len() != 16 {
		return card.Secret{}, fmt.Errorf("%w: got %v of %d bits, want TDES of 128", ErrKey, cvk.Algorithm(), cvk.Bits())
	}
	data, err := input(pan, expiry, service)
	if err != nil {
		return card.Secret{}, err
	}
	defer clear(data)
	code, err := encipher(cvk, data)
	if err != nil {
		return card.Secret{}, err
	}
	return card.NewSecret(decimals(hex.EncodeToString(code))[:digits]), nil
}

// Verify compares a received value with the card's, in time that does not depend on where
// they differ.
func Verify(cvk key.Key, pan card.PAN, expiry, service string, got card.Secret) error {
	want, err := Compute(cvk, pan, expiry, service)
	if err != nil {
		return err
	}
	if !want.Equal(got) {
		return ErrMismatch
	}
	return nil
}

// input is number, expiry and service code, filled with zeros to 32 digits.
func input(pan card.PAN, expiry, service string) ([]byte, error) {
	switch {
	case pan.IsZero():
		return nil, fmt.Errorf("%w: the card number is missing", ErrInput)
	case len(expiry) != 4 || !isDigits(expiry):
		return nil, fmt.Errorf("%w: the expiry has %d characters, want four digits", ErrInput, len(expiry))
	case len(service) != 3 || !isDigits(service):
		return nil, fmt.Errorf("%w: the service code has %d characters, want three digits", ErrInput, len(service))
	}
	text := pan.Reveal() + expiry + service
	data, err := hex.DecodeString(text + strings.Repeat("0", 32-len(text)))
	if err != nil {
		return nil, fmt.Errorf("%w: no digits", ErrInput)
	}
	return data, nil
}

// encipher takes the first block under the left half of the key, and the second XORed to
// it under the whole.
func encipher(cvk key.Key, data []byte) ([]byte, error) {
	whole := cvk.Reveal()
	defer clear(whole)
	left, err := des.NewCipher(whole[:8])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	both, err := cvk.Block()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	code := make([]byte, 8)
	left.Encrypt(code, data[:8])
	subtle.XORBytes(code, code, data[8:])
	both.Encrypt(code, code)
	return code, nil
}

// decimals are the figures among hexadecimal digits from left to right, and behind them
// the letters with a to f counted as 0 to 5.
func decimals(hexadecimal string) string {
	var figures, letters []byte
	for i := range len(hexadecimal) {
		switch c := hexadecimal[i]; {
		case c <= '9':
			figures = append(figures, c)
		default:
			letters = append(letters, c-'a'+'0')
		}
	}
	return string(append(figures, letters...))
}

func isDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}
