package pinblock

import (
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tillworks/till/pkg/card"
)

// The causes of refusals. No text holds a digit of a PIN or of a card number.
var (
	// ErrPIN is a PIN that is not 4 to 12 digits.
	ErrPIN = errors.New("not a PIN")
	// ErrBlock is a block that is no PIN block of its format: of another length, under
	// another key, of another card, or altered. Which of these it is cannot be told.
	ErrBlock = errors.New("not a PIN block")
	// ErrPAN is a card number that the format needs and that is missing or too short.
	ErrPAN = errors.New("card number unusable for a PIN block")
	// ErrKey is a key of another cipher than the format's.
	ErrKey = errors.New("not a key for PIN blocks")
	// ErrFormat is a format that is none of these.
	ErrFormat = errors.New("not a PIN block format")
)

// Format is a format of ISO 9564-1.
type Format uint8

// The formats. Their numbers are the first digit of the block.
const (
	// ISO0 is PIN XOR card number, the fill F; also ANSI X9.8, VISA-1 and ECI-1.
	ISO0 Format = 0
	// ISO1 is the PIN and random digits, without a card number.
	ISO1 Format = 1
	// ISO2 is the PIN filled with F, for EMV cards alone.
	ISO2 Format = 2
	// ISO3 is ISO0 with random fill from A to F.
	ISO3 Format = 3
	// ISO4 is two AES blocks, PIN and card number, one enciphered into the other.
	ISO4 Format = 4
)

// String is the name as "ISO-0".
func (f Format) String() string { return fmt.Sprintf("ISO-%d", uint8(f)) }

// ParseFormat reads "0", "ISO-0", "ISO0" or "iso 0" and so on.
func ParseFormat(text string) (Format, error) {
	digits := strings.TrimLeft(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "ISO"), "- ")
	if len(digits) != 1 || digits[0] < '0' || digits[0] > '4' {
		return 0, fmt.Errorf("%w: %q, want ISO-0 to ISO-4", ErrFormat, text)
	}
	return Format(digits[0] - '0'), nil
}

// Size is the length of a block in bytes: 16 for ISO4, 8 for the others.
func (f Format) Size() int {
	if f == ISO4 {
		return 16
	}
	return 8
}

// BindsCard reports a format that needs the card number.
func (f Format) BindsCard() bool { return f == ISO0 || f == ISO3 || f == ISO4 }

// Encode is the clear block, as raw bytes in a secret: 8 bytes, of ISO4 the 16 bytes of
// the PIN field, whose card number comes in at enciphering. The card number is needed
// where [Format.BindsCard] says so; random is read for ISO1, ISO3 and ISO4.
func Encode(f Format, pin card.Secret, pan card.PAN, random io.Reader) (card.Secret, error) {
	field, err := pinField(f, pin, random)
	if err != nil {
		return card.Secret{}, err
	}
	defer clear(field)
	if f == ISO0 || f == ISO3 {
		account, err := accountField(pan)
		if err != nil {
			return card.Secret{}, err
		}
		subtle.XORBytes(field, field, account)
	}
	return card.NewSecret(string(field)), nil
}

// Decode is the PIN in a clear block of raw bytes, as [Encode] makes it. Every digit of
// the block is checked: the format, the length, the PIN and the fill.
func Decode(f Format, block card.Secret, pan card.PAN) (card.Secret, error) {
	if f > ISO4 {
		return card.Secret{}, fmt.Errorf("%w: %d", ErrFormat, f)
	}
	field := []byte(block.Reveal())
	defer clear(field)
	if len(field) != f.Size() {
		return card.Secret{}, fmt.Errorf("%w: got %d bytes, %v wants %d", ErrBlock, len(field), f, f.Size())
	}
	if f == ISO0 || f == ISO3 {
		account, err := accountField(pan)
		if err != nil {
			return card.Secret{}, err
		}
		subtle.XORBytes(field, field, account)
	}
	return pinOf(f, field)
}

// pinField is format, length, PIN and fill.
func pinField(f Format, pin card.Secret, random io.Reader) ([]byte, error) {
	if f > ISO4 {
		return nil, fmt.Errorf("%w: %d", ErrFormat, f)
	}
	digits := pin.Reveal()
	if err := checkPIN(digits); err != nil {
		return nil, err
	}
	fill, err := fillFor(f, 2*f.Size()-2-len(digits), random)
	if err != nil {
		return nil, err
	}
	field, err := hex.DecodeString(fmt.Sprintf("%d%X%s%s", uint8(f), len(digits), digits, fill))
	if err != nil {
		return nil, fmt.Errorf("%w: fill", ErrBlock)
	}
	return field, nil
}

// checkPIN refuses what is not 4 to 12 ASCII digits.
func checkPIN(digits string) error {
	if len(digits) < 4 || len(digits) > 12 {
		return fmt.Errorf("%w: got %d digits, want 4 to 12", ErrPIN, len(digits))
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return fmt.Errorf("%w: no digit at position %d", ErrPIN, i+1)
		}
	}
	return nil
}

// fillFor is n hexadecimal digits behind the PIN.
func fillFor(f Format, n int, random io.Reader) (string, error) {
	switch f {
	case ISO1:
		return randomDigits(random, n, "0123456789ABCDEF")
	case ISO3:
		return randomDigits(random, n, "ABCDEF")
	case ISO4:
		tail, err := randomDigits(random, 16, "0123456789ABCDEF")
		return strings.Repeat("A", n-16) + tail, err
	case ISO0, ISO2:
	}
	return strings.Repeat("F", n), nil
}

// randomDigits draws n digits of an alphabet, each as likely as the others: what would
// favour the first ones is drawn again.
func randomDigits(random io.Reader, n int, alphabet string) (string, error) {
	digits := make([]byte, 0, n)
	one := make([]byte, 1)
	for len(digits) < n {
		if _, err := io.ReadFull(random, one); err != nil {
			return "", fmt.Errorf("randomness for a PIN block: %w", err)
		}
		if int(one[0]) < 256/len(alphabet)*len(alphabet) {
			digits = append(digits, alphabet[int(one[0])%len(alphabet)])
		}
	}
	return string(digits), nil
}

// accountField is the twelve right-most digits of the card number without its check
// digit, behind four zeros.
func accountField(pan card.PAN) ([]byte, error) {
	digits := pan.Reveal()
	if len(digits) < 13 {
		return nil, fmt.Errorf("%w: got %d digits, want at least 13", ErrPAN, len(digits))
	}
	field, err := hex.DecodeString("0000" + digits[len(digits)-13:len(digits)-1])
	if err != nil {
		return nil, fmt.Errorf("%w: no digits", ErrPAN)
	}
	return field, nil
}

// pinOf reads a PIN field and checks all of it.
func pinOf(f Format, field []byte) (card.Secret, error) {
	digits := strings.ToUpper(hex.EncodeToString(field))
	n := strings.IndexByte("0123456789ABC", digits[1])
	if digits[0] != '0'+byte(f) || n < 4 || checkPIN(digits[2:2+n]) != nil || !isFill(f, digits[2+n:]) {
		return card.Secret{}, fmt.Errorf("%w: these bytes are none of %v: another key, another card or altered", ErrBlock, f)
	}
	return card.NewSecret(digits[2 : 2+n]), nil
}

// isFill reports whether the digits behind a PIN are those that the format has there.
func isFill(f Format, fill string) bool {
	switch f {
	case ISO1:
		return true
	case ISO3:
		return strings.Trim(fill, "ABCDEF") == ""
	case ISO4:
		return strings.Trim(fill[:len(fill)-16], "A") == ""
	case ISO0, ISO2:
	}
	return strings.Trim(fill, "F") == ""
}
