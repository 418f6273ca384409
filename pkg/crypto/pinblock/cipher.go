package pinblock

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/key"
)

// Encipher makes the block that leaves a PIN pad: 8 bytes under triple DES, 16 bytes
// under AES for ISO4. The card number is needed where [Format.BindsCard] says so; random
// is read for ISO1, ISO3 and ISO4.
//
// ISO2 is refused with [ErrFormat]: EMV enciphers it with the card's RSA key, and under a
// symmetric key it has no place (ISO 9564-1).
func Encipher(f Format, k key.Key, pin card.Secret, pan card.PAN, random io.Reader) ([]byte, error) {
	block, err := cipherOf(f, k)
	if err != nil {
		return nil, err
	}
	clearBlock, err := Encode(f, pin, pan, random)
	if err != nil {
		return nil, err
	}
	out := []byte(clearBlock.Reveal())
	block.Encrypt(out, out)
	if f != ISO4 {
		return out, nil
	}
	account, err := accountField4(pan)
	if err != nil {
		return nil, err
	}
	subtle.XORBytes(out, out, account)
	block.Encrypt(out, out)
	return out, nil
}

// Decipher is the PIN in an enciphered block of its format's size. A block under another
// key or of another card gives [ErrBlock]. ISO2 is refused as [Encipher] does.
func Decipher(f Format, k key.Key, block []byte, pan card.PAN) (card.Secret, error) {
	c, err := cipherOf(f, k)
	if err != nil {
		return card.Secret{}, err
	}
	if len(block) != f.Size() {
		return card.Secret{}, fmt.Errorf("%w: got %d bytes, %v wants %d", ErrBlock, len(block), f, f.Size())
	}
	field := make([]byte, len(block))
	defer clear(field)
	c.Decrypt(field, block)
	if f == ISO4 {
		account, err := accountField4(pan)
		if err != nil {
			return card.Secret{}, err
		}
		subtle.XORBytes(field, field, account)
		c.Decrypt(field, field)
	}
	return Decode(f, card.NewSecret(string(field)), pan)
}

// cipherOf is the cipher of a format: AES for ISO4, triple DES with two keys or three
// for the others.
func cipherOf(f Format, k key.Key) (cipher.Block, error) {
	switch {
	case f > ISO4:
		return nil, fmt.Errorf("%w: %d", ErrFormat, f)
	case f == ISO2:
		return nil, fmt.Errorf("%w: ISO-2 is for an EMV card alone and is not enciphered under a symmetric key", ErrFormat)
	case f == ISO4 && k.Algorithm() != key.AES:
		return nil, fmt.Errorf("%w: got %v of %d bits, ISO-4 wants AES", ErrKey, k.Algorithm(), k.Bits())
	case f != ISO4 && (k.Algorithm() != key.TDES || k.Len() < 16):
		return nil, fmt.Errorf("%w: got %v of %d bits, %v wants TDES of 128 or 192", ErrKey, k.Algorithm(), k.Bits(), f)
	}
	return k.Block()
}

// accountField4 is the card number of ISO4: a digit that says how many digits there are
// beyond 12, the number, and zeros to 32 digits. A number of fewer than 12
// digits is filled with zeros at its left.
func accountField4(pan card.PAN) ([]byte, error) {
	digits := pan.Reveal()
	if digits == "" {
		return nil, fmt.Errorf("%w: ISO-4 wants one", ErrPAN)
	}
	beyond := max(0, len(digits)-12)
	text := fmt.Sprint(beyond) + strings.Repeat("0", max(0, 12-len(digits))) + digits
	field, err := hex.DecodeString(text + strings.Repeat("0", 32-len(text)))
	if err != nil {
		return nil, fmt.Errorf("%w: no digits", ErrPAN)
	}
	return field, nil
}
