package card

import (
	"crypto/subtle"
	"encoding"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Secret is text that must not be printed, kept or logged: a track, a CVV, a PIN
// block. Like PAN it gives a fixed mask to everything that formats it. The zero
// Secret holds nothing.
//
// It holds a pointer and not a string because fmt reads the unexported fields of a
// struct by reflection and calls no method there: a string would show, an address
// does not matter.
type Secret struct {
	_ [0]func()
	p *string
}

// NewSecret hides s; of an empty s it is the zero Secret.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	s = strings.Clone(s) // do not keep a longer text (a message) alive behind the secret
	return Secret{p: &s}
}

// Reveal is the text. Whoever calls it must be on the list in internal/tidy.
func (s Secret) Reveal() string {
	if s.p == nil {
		return ""
	}
	return *s.p
}

// IsZero reports that nothing is held.
func (s Secret) IsZero() bool { return s.p == nil }

// Len is the number of bytes held.
func (s Secret) Len() int { return len(s.Reveal()) }

// Equal compares in time that depends on the lengths only.
func (s Secret) Equal(t Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(t.Reveal())) == 1
}

// String is "[hidden]", or nothing for the zero Secret.
func (s Secret) String() string {
	if s.p == nil {
		return ""
	}
	return "[hidden]"
}

// Format implements fmt.Formatter for every verb, filled to the verb's width.
func (s Secret) Format(f fmt.State, _ rune) { writePadded(f, s.String()) }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return s.String() }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// writePadded writes a mask with the width and the minus flag of a verb and nothing else
// of it: a precision would cut the mask, and %x would hide that it is one.
func writePadded(f fmt.State, mask string) {
	width, _ := f.Width()
	fill := strings.Repeat(" ", max(0, width-len(mask)))
	if f.Flag('-') {
		mask, fill = fill, mask
	}
	_, _ = io.WriteString(f, fill+mask)
}

// hidden is every way in which the standard library asks a value for its text. A type
// that holds a secret answers them all.
type hidden interface {
	fmt.Stringer
	fmt.Formatter
	fmt.GoStringer
	slog.LogValuer
	encoding.TextMarshaler
	MarshalJSON() ([]byte, error)
}

var _ hidden = Secret{}
