package ac

import (
	"encoding/binary"
	"fmt"

	"github.com/tillworks/till/pkg/crypto/mac"
)

// CVC3 is Mastercard's dynamic card verification code of a contactless card in magnetic
// stripe mode, five decimal digits, of which a stripe carries as many of the last ones
// as its bitmap has room for.
//
// key is the card's key for the code, derived from the issuer's as any master key is;
// track is the static track data: track 2 packed two digits to a byte and filled with F,
// track 1 as its characters; atc is tag 9F36 and random tag 9F6A, the unpredictable
// number of 4 bytes.
func CVC3(key Key, track []byte, atc uint16, random [4]byte) (string, error) {
	if key.IsZero() || key.aes {
		return "", fmt.Errorf("key for CVC3 %w: want one of triple DES", ErrKey)
	}
	if len(track) == 0 {
		return "", fmt.Errorf("%w: no track data for CVC3", ErrInput)
	}
	vector, err := mac.Algorithm3(key.bytes(), track, mac.Method2)
	if err != nil {
		return "", err
	}
	block := binary.BigEndian.AppendUint16(append(vector[6:8:8], random[:]...), atc)
	key.cipher().Encrypt(block, block)
	return fmt.Sprintf("%05d", binary.BigEndian.Uint16(block[6:])), nil
}
