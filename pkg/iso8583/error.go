package iso8583

import (
	"errors"
	"fmt"
)

// What can be wrong; match with errors.Is. None of their texts, and no error of this
// package, holds a value of a message.
var (
	ErrMTI        = errors.New("not a message type of four digits")
	ErrBitmap     = errors.New("bitmap not readable")
	ErrAnnounces  = errors.New("bit that announces a further bitmap: packing sets it, and it holds nothing")
	ErrShort      = errors.New("the message ends inside the field")
	ErrTrailing   = errors.New("bytes left over after the last field")
	ErrUndefined  = errors.New("not defined in the spec")
	ErrPrefix     = errors.New("length prefix holds something that is no digit")
	ErrLength     = errors.New("length not allowed")
	ErrDigit      = errors.New("not a digit where only digits may stand")
	ErrCharacter  = errors.New("character that the field may not hold")
	ErrPad        = errors.New("pad nibble of an odd number of digits is not blank")
	ErrTLV        = errors.New("malformed BER-TLV")
	ErrUnused     = errors.New("bytes of the field that no subfield takes")
	ErrHex        = errors.New("not hexadecimal digits in pairs")
	ErrPath       = errors.New("no such element")
	ErrSensitive  = errors.New("sensitive field in a type that can be printed: use card.PAN, card.Track2, card.Expiry or card.Secret")
	ErrType       = errors.New("type that cannot hold the field")
	ErrDocument   = errors.New("not a message as JSON")
	ErrMasked     = errors.New("still masked: put the value in again")
	ErrAmount     = errors.New("more decimals than the currency has")
	ErrNoCurrency = errors.New("a decimal point, and nothing says of which currency")
	ErrSpec       = errors.New("spec not usable")
)

// Error is a fault at a place. It never holds what stands there, so that it can be
// logged.
type Error struct {
	Path   string // the element: "4", "55.9F26", "0" for the MTI, "1" for the bitmap; empty for the whole message
	Offset int    // byte of the message where the fault lies, from 0; -1 where there is no message, as when a field is set
	Err    error  // one of the errors of this package
	Want   int    // with Got, the figures of the fault where it has any: bytes, digits or characters
	Got    int
}

// Error says the place, the fault and its figures.
func (e *Error) Error() string {
	s := e.Err.Error()
	if detail := e.figures(english); detail != "" {
		s += ": " + detail
	}
	switch {
	case e.Path != "" && e.Offset >= 0:
		return fmt.Sprintf("field %s at byte %d: %s", e.Path, e.Offset, s)
	case e.Path != "":
		return fmt.Sprintf("field %s: %s", e.Path, s)
	case e.Offset >= 0:
		return fmt.Sprintf("byte %d: %s", e.Offset, s)
	}
	return s
}

// Unwrap gives the fault to errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// In says the fault without its place, in "en" or "zh".
func (e *Error) In(lang string) string {
	t := words(lang)
	s := t.fault(e.Err)
	if detail := e.figures(t); detail != "" {
		s += t.pick(": ", ":") + detail
	}
	return s
}

// figures are Want and Got in words, where the fault has them.
func (e *Error) figures(t tongue) string {
	switch {
	case errors.Is(e.Err, ErrShort):
		return t.sprintf("want %s, %d left", "需要%s，只剩%d字节", t.bytes(e.Want), e.Got)
	case errors.Is(e.Err, ErrTrailing), errors.Is(e.Err, ErrUnused):
		return t.bytes(e.Got)
	case errors.Is(e.Err, ErrLength):
		return t.sprintf("want %d, got %d", "应为%d,实为%d", e.Want, e.Got)
	case errors.Is(e.Err, ErrAmount):
		return t.sprintf("want at most %d, got %d", "最多%d位，实为%d位", e.Want, e.Got)
	case errors.Is(e.Err, ErrCharacter), errors.Is(e.Err, ErrDigit):
		if e.Got > 0 {
			return t.sprintf("position %d", "第%d位", e.Got)
		}
	}
	return ""
}

var _ error = (*Error)(nil)
