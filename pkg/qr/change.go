package qr

import (
	"strings"
	"unicode/utf8"

	"github.com/tillworks/till/pkg/money"
)

// most is the longest value that a length of two digits can say, in characters.
const most = 99

// With gives a copy of the code in which the first object of a path has another value.
// Every other byte stays as it is, whatever is odd about it, save the lengths of the
// templates around the object and the check value, which is made anew. An object that is
// not there is put in, at the root before the first one of a higher ID, in a template at
// the end; a template that is missing is made. The value of a template is its objects.
//
// Refused, with a [Finding]: a code whose structure is broken, a path that names nothing
// that can be (NoElement), the check value itself, a value of more than 99 characters,
// and whatever makes a finding Fatal that was none before.
func (c Code) With(path, value string) (Code, error) {
	ids, ok := parsePath(path)
	if !ok || c.p == nil || ids[0] == 63 {
		return Code{}, Finding{Grade: Fatal, Fault: NoElement, Path: path}
	}
	if !c.p.whole {
		return Code{}, c.Findings()[0]
	}
	if i := c.p.find(ids); i >= 0 {
		s := &c.p.spans[i]
		return c.splice(i, int(s.value), int(s.end), value)
	}
	return c.insert(ids, value)
}

// WithAmount gives a copy of the code that asks for an amount, for one payment: what a
// till makes of the code on a shop's sticker. The amount is above zero and in the code's
// own currency.
func (c Code) WithAmount(a money.Amount) (Code, error) {
	if !a.IsPositive() {
		return Code{}, Finding{Grade: Fatal, Fault: ZeroAmount, Path: "54"}
	}
	if a.Currency() != c.Currency() {
		return Code{}, Finding{Grade: Fatal, Fault: NoCurrency, Path: "54"}
	}
	dynamic, err := c.With("01", "12")
	if err != nil {
		return Code{}, err
	}
	return dynamic.With("54", a.Decimal())
}

// insert puts an object where there is none.
func (c Code) insert(ids []uint8, value string) (Code, error) {
	parent := -1
	for len(ids) > 1 {
		next := c.p.child(parent, ids[0])
		if next < 0 {
			break
		}
		parent, ids = next, ids[1:]
	}
	text, err := wrap(ids, value)
	if err != nil {
		return Code{}, err
	}
	if parent < 0 {
		at := c.p.place(ids[0])
		return c.splice(-1, at, at, text)
	}
	s := &c.p.spans[parent]
	if !s.template && s.value != s.end {
		return Code{}, Finding{Grade: Fatal, Fault: NoElement, Path: c.p.path(parent), Offset: int(s.offset)}
	}
	return c.splice(parent, int(s.end), int(s.end), text)
}

// wrap writes a value as an object, inside templates for all IDs but the last.
func wrap(ids []uint8, value string) (string, error) {
	for i := len(ids) - 1; i >= 0; i-- {
		n := utf8.RuneCountInString(value)
		if n > most {
			return "", Finding{Grade: Fatal, Fault: LongValue, Path: idPath(ids[:i+1]), Want: most, Got: n}
		}
		value = twoDigits(int(ids[i])) + twoDigits(n) + value
	}
	return value, nil
}

func idPath(ids []uint8) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = twoDigits(int(id))
	}
	return strings.Join(parts, ".")
}

// place is the byte at which an object of the root goes in: before the first one of a
// higher ID, but behind the header and before the check value.
func (c *code) place(id uint8) int {
	end := len(c.text())
	if i := c.first(63); i >= 0 {
		end = int(c.spans[i].offset)
	}
	for i := range c.spans {
		s := &c.spans[i]
		if s.depth == 0 && s.id > id && s.id != 63 && int(s.offset) < end {
			return int(s.offset)
		}
	}
	return end
}

// splice puts a text in the place of another, and right the lengths of the object that
// it lies in and of all templates around, and the check value.
func (c Code) splice(in, from, to int, text string) (Code, error) {
	delta := utf8.RuneCountInString(text) - utf8.RuneCountInString(c.p.text()[from:to])
	out := []byte(c.p.text()[:from] + text + c.p.text()[to:])
	for i := in; i >= 0; i = int(c.p.spans[i].parent) {
		s := &c.p.spans[i]
		chars := int(s.chars) + delta
		if chars > most {
			return Code{}, Finding{Grade: Fatal, Fault: LongValue, Path: c.p.path(i), Offset: int(s.offset), Want: most, Got: chars}
		}
		copy(out[s.offset+2:], twoDigits(chars))
	}
	return sealed(string(out), c.p.findings)
}

// sealed reads a text with its check value made anew, and refuses one with a Fatal
// finding that was not known before.
func sealed(text string, known []Finding) (Code, error) {
	c := parse(text)
	if i := c.first(63); c.rooted && i >= 0 {
		if s := c.spans[i]; s.end-s.value == 4 && int(s.end) == len(text) {
			head := text[:s.value]
			c = parse(head + hexDigits(checksum(head)))
		}
	}
	for _, f := range sorted(c.findings) {
		if f.Grade == Fatal && !knows(known, f) {
			return Code{}, f
		}
	}
	return Code{p: c}, nil
}

// knows reports a finding of the same fault in the same object.
func knows(known []Finding, f Finding) bool {
	for _, k := range known {
		if k.Fault == f.Fault && k.Path == f.Path && k.Grade == f.Grade {
			return true
		}
	}
	return false
}
