package card

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// ErrPAN is the cause of every refused card number; its text never holds a digit.
var ErrPAN = errors.New("not a card number")

// PAN is a primary account number, 8 to 19 digits (ISO/IEC 7812-1), that cannot be
// printed: see [Secret] for the shape and the reason.
type PAN struct {
	_ [0]func()
	p *string
}

// ParsePAN reads 8 to 19 ASCII digits. The check digit is not tested here, since
// messages carry numbers without one: see [PAN.LuhnValid]. The error tells the
// length and the position of a stranger, never the digits.
func ParsePAN(s string) (PAN, error) {
	if len(s) < 8 || len(s) > 19 {
		return PAN{}, fmt.Errorf("%w: %d digits, want 8 to 19", ErrPAN, len(s))
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return PAN{}, fmt.Errorf("%w: no digit at position %d", ErrPAN, i+1)
		}
	}
	s = strings.Clone(s) // do not keep a longer text (a track) alive behind the number
	return PAN{p: &s}, nil
}

// Reveal is the digits. Whoever calls it must be on the list in internal/tidy.
func (n PAN) Reveal() string {
	if n.p == nil {
		return ""
	}
	return *n.p
}

// IsZero reports that there is no number.
func (n PAN) IsZero() bool { return n.p == nil }

// Len is the number of digits.
func (n PAN) Len() int { return len(n.Reveal()) }

// Equal compares in time that depends on the lengths only.
func (n PAN) Equal(m PAN) bool {
	return subtle.ConstantTimeCompare([]byte(n.Reveal()), []byte(m.Reveal())) == 1
}

// Masked is the truncation that may be kept and shown: first 6 and last 4 with the
// digits between as asterisks (PCI DSS 4, 3.4.1 and 3.5.1; FAQ 1091). Numbers of
// fewer than 13 digits show their last 4 alone, since 6 and 4 would leave almost
// nothing hidden.
func (n PAN) Masked() string { return Mask(n.Reveal()) }

// Mask masks the text of a number as [PAN.Masked] does, whatever it holds: a byte that
// is no visible ASCII character shows as an asterisk too, and text of four bytes or
// fewer is hidden whole.
func Mask(s string) string {
	masked := []byte(s)
	MaskBytes(masked)
	return string(masked)
}

// MaskBytes masks text in its place as [Mask] does, without allocation.
func MaskBytes(text []byte) {
	head, tail := 6, len(text)-4
	if len(text) < 13 {
		head = 0
	}
	for i, c := range text {
		if shown := tail > 0 && (i < head || i >= tail); !shown || c <= ' ' || c > '~' {
			text[i] = '*'
		}
	}
}

// LastFour is the last four digits, all that a receipt shows.
func (n PAN) LastFour() string {
	s := n.Reveal()
	return s[max(0, len(s)-4):]
}

// LuhnValid reports that the last digit is the check digit of ISO/IEC 7812-1 annex B.
func (n PAN) LuhnValid() bool { return Luhn(n.Reveal()) }

// Luhn reports whether the digits end in their check digit (ISO/IEC 7812-1 annex B).
// Text that is empty or holds anything but digits is not valid.
func Luhn[T ~string | ~[]byte](digits T) bool {
	sum, double := 0, false
	for i := len(digits) - 1; i >= 0; i-- {
		d := int(digits[i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return len(digits) > 0 && sum%10 == 0
}

// Token is a keyed stand-in for the number: HMAC-SHA256 over all its digits, in hex.
// An unkeyed hash beside a truncation is found in a fraction of a second, so the key
// must be secret and kept apart (PCI DSS 4, 3.5.1.1); without a key, or without a
// number, there is no token.
func (n PAN) Token(key []byte) string {
	if len(key) == 0 || n.IsZero() {
		return ""
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(n.Reveal()))
	return hex.EncodeToString(mac.Sum(nil))
}

// String is the mask.
func (n PAN) String() string { return n.Masked() }

// Format implements fmt.Formatter: the mask for every verb, filled to the verb's width.
func (n PAN) Format(f fmt.State, _ rune) { writePadded(f, n.Masked()) }

// GoString implements fmt.GoStringer.
func (n PAN) GoString() string { return n.Masked() }

// MarshalJSON implements json.Marshaler: the mask as a string.
func (n PAN) MarshalJSON() ([]byte, error) { return []byte(`"` + n.Masked() + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (n PAN) MarshalText() ([]byte, error) { return []byte(n.Masked()), nil }

// LogValue implements slog.LogValuer.
func (n PAN) LogValue() slog.Value { return slog.StringValue(n.Masked()) }

var _ hidden = PAN{}
