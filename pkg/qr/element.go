package qr

import (
	"fmt"
	"strings"
)

// Element is one data object of a code in its place: an ID of two digits, a length of
// two digits and a value. It is a view of a [Code]; the zero Element is nothing.
type Element struct {
	in *code
	i  int
}

// ID is the two digits of the object, 0 to 99.
func (e Element) ID() int { return int(e.span().id) }

// Path is the IDs from the root on with dots between: "26.01". Objects of the same ID
// beside one another have the same path.
func (e Element) Path() string { return e.in.path(e.i) }

// Depth is the number of templates around the object: 0 at the root, at most 2.
func (e Element) Depth() int { return int(e.span().depth) }

// Offset is the byte of the text at which the object's ID begins.
func (e Element) Offset() int { return int(e.span().offset) }

// Length is the length that the object states, in characters of its value.
func (e Element) Length() int { return int(e.span().chars) }

// IsTemplate reports an object whose value is objects.
func (e Element) IsTemplate() bool { return e.span().template }

// Value is the value with card numbers masked, as it may be shown and kept.
func (e Element) Value() string {
	if e.in == nil {
		return ""
	}
	return e.in.masked(e.i)
}

// Reveal is the value as it stands in the code. Whoever calls it for the objects 02 to
// 25 holds a card number.
func (e Element) Reveal() string {
	if e.in == nil {
		return ""
	}
	return e.in.value(e.i)
}

// Name is what the object is called, in "en" or "zh".
func (e Element) Name(lang string) string { return e.in.name(tongueOf(lang), e.i) }

// Meaning is what the value says, in "en" or "zh"; empty where the value says it itself.
func (e Element) Meaning(lang string) string { return e.in.meaning(tongueOf(lang), e.i) }

// String is the path and the masked value.
func (e Element) String() string {
	if e.in == nil {
		return ""
	}
	return e.Path() + " " + e.Value()
}

// Format implements fmt.Formatter: what String gives, for every verb.
func (e Element) Format(f fmt.State, _ rune) { writePadded(f, e.String()) }

// GoString implements fmt.GoStringer.
func (e Element) GoString() string { return e.String() }

// MarshalText implements encoding.TextMarshaler with what String gives.
func (e Element) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

func (e Element) span() span {
	if e.in == nil {
		return span{}
	}
	return e.in.spans[e.i]
}

// parsePath reads "26.01" into IDs, one to three of them.
func parsePath(path string) (ids []uint8, ok bool) {
	for part := range strings.SplitSeq(path, ".") {
		if len(part) != 2 || !allDigits(part) || len(ids) == maxDepth {
			return nil, false
		}
		ids = append(ids, (part[0]-'0')*10+part[1]-'0')
	}
	return ids, true
}

// twoDigits is a number below 100 with a zero in front where it needs one.
func twoDigits(n int) string { return string([]byte{byte('0' + n/10%10), byte('0' + n%10)}) }

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
