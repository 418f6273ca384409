package qr

import (
	"fmt"
	"iter"
	"log/slog"
	"strings"

	"github.com/tillworks/till/pkg/money"
)

// Code is a merchant-presented code by EMVCo that was read or built: its text, its
// objects and what was found wrong. It never changes and is safe for concurrent use.
// Formatting gives the text with card numbers masked. The zero Code holds nothing.
type Code struct {
	_ [0]func()
	p *code // a pointer, since fmt reads the unexported fields of a struct without asking it
}

// code is what a Code holds. The text is behind a pointer of its own: a verb that fits no
// pointer makes fmt show what the pointer of a Code points to, but not one level deeper.
type code struct {
	raw      *string
	spans    []span
	root     [100]int16 // by ID, one more than the first object at the root; 0 is none
	rooted   bool       // the root is sound to the last byte
	whole    bool       // so are the templates that must be
	crc      uint16     // what the check value ought to be, where there is one
	currency money.Currency
	amount   money.Amount
	asks     bool // amount holds what 54 says
	tip      Tip
	findings []Finding
}

// Initiation says whether a code is for many payments or for one (object 01).
type Initiation uint8

// The kinds of code. A code may leave it unsaid; a reader then takes it as static where
// it has no amount.
const (
	Unsaid  Initiation = iota
	Static             // "11": the same code for many payments, as a sticker has it
	Dynamic            // "12": one payment
)

// TipKind says what a code asks for on top of its amount (object 55).
type TipKind uint8

// The kinds of tip and fee.
const (
	NoTip      TipKind = iota
	AskTip             // "01": the shopper is asked for a tip
	FixedFee           // "02": a fixed fee, object 56
	PercentFee         // "03": a percentage of the amount, object 57
)

// Tip is what a code asks for on top of its amount.
type Tip struct {
	Kind    TipKind
	Fixed   money.Amount // of a FixedFee; zero where the code does not say it
	Percent int          // of a PercentFee, in hundredths of a percent: 70 is 0.70 %, 1 to 9999
}

// Text is the text as it may be shown: card numbers masked.
func (c Code) Text() string {
	if c.p == nil {
		return ""
	}
	return c.p.maskedText()
}

// Reveal is the text as it stands in the symbol, byte for byte what was parsed. It may
// hold a card number (objects 02 to 25): it is for the symbol and for nothing else.
func (c Code) Reveal() string {
	if c.p == nil {
		return ""
	}
	return c.p.text()
}

// IsZero reports that c holds no code.
func (c Code) IsZero() bool { return c.p == nil }

// Findings are what is wrong or odd, the worst first, each grade in the order of the
// text.
func (c Code) Findings() []Finding {
	if c.p == nil {
		return nil
	}
	return sorted(c.p.findings)
}

// Grade is that of the worst finding.
func (c Code) Grade() Grade {
	if c.p == nil {
		return Fatal
	}
	return worst(c.p.findings)
}

// Valid reports that no finding is Fatal.
func (c Code) Valid() bool { return c.Grade() < Fatal }

// Elements are the objects in the order of the text, each template before the objects
// in it. Of a broken code they end before the fault.
func (c Code) Elements() iter.Seq[Element] {
	return func(yield func(Element) bool) {
		if c.p == nil {
			return
		}
		for i := range c.p.spans {
			if !yield(Element{c.p, i}) {
				return
			}
		}
	}
}

// Find is the first object of a path, "26.01".
func (c Code) Find(path string) (Element, bool) {
	ids, ok := parsePath(path)
	if !ok || c.p == nil {
		return Element{}, false
	}
	i := c.p.find(ids)
	if i < 0 {
		return Element{}, false
	}
	return Element{c.p, i}, true
}

// Value is the value of the first object of a path with card numbers masked, empty where
// there is none.
func (c Code) Value(path string) string {
	e, ok := c.Find(path)
	if !ok {
		return ""
	}
	return e.Value()
}

// Initiation says whether the code is static or dynamic, by object 01.
func (c Code) Initiation() Initiation {
	switch c.at(1) {
	case "11":
		return Static
	case "12":
		return Dynamic
	}
	return Unsaid
}

// Amount is what the code asks for, exactly (objects 53 and 54). It is false where the
// code leaves the amount to the shopper, and where a finding says that it is unreadable.
func (c Code) Amount() (money.Amount, bool) {
	if c.p == nil {
		return money.Amount{}, false
	}
	return c.p.amount, c.p.asks
}

// Currency is object 53; the zero Currency where it is missing or unknown.
func (c Code) Currency() money.Currency {
	if c.p == nil {
		return money.Currency{}
	}
	return c.p.currency
}

// Tip is what the code asks for on top (objects 55 to 57).
func (c Code) Tip() Tip {
	if c.p == nil {
		return Tip{}
	}
	return c.p.tip
}

// Merchant is the merchant's name (59), or the one in the merchant's language (64.01)
// where there is no other.
func (c Code) Merchant() string {
	if name := c.Value("59"); name != "" {
		return name
	}
	return c.Value("64.01")
}

// City is the merchant's city (60), or the one in the merchant's language (64.02).
func (c Code) City() string {
	if city := c.Value("60"); city != "" {
		return city
	}
	return c.Value("64.02")
}

// Country is the merchant's country, two letters of ISO 3166-1 (58).
func (c Code) Country() string { return c.Value("58") }

// MCC is the merchant category code, four digits of ISO 18245 (52).
func (c Code) MCC() string { return c.Value("52") }

// Scheme is the word for the scheme that the account templates name by their identifiers:
// "pix", "promptpay", "qris" and the like (see [Schemes]); "emvco-mpm" where they name
// none that is known here.
func (c Code) Scheme() string {
	if c.p == nil {
		return ""
	}
	return c.p.scheme()
}

// String is the text with card numbers masked.
func (c Code) String() string { return c.Text() }

// Format implements fmt.Formatter: the masked text for every verb.
func (c Code) Format(f fmt.State, _ rune) { writePadded(f, c.Text()) }

// GoString implements fmt.GoStringer.
func (c Code) GoString() string { return c.Text() }

// MarshalText implements encoding.TextMarshaler with the masked text.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.Text()), nil }

// LogValue implements slog.LogValuer.
func (c Code) LogValue() slog.Value { return slog.StringValue(c.Text()) }

// at is the value of the first object of an ID at the root.
func (c Code) at(id uint8) string {
	if c.p == nil || c.p.root[id] == 0 {
		return ""
	}
	return c.p.value(int(c.p.root[id]) - 1)
}

func (c *code) text() string { return *c.raw }

// value is the value of the i-th object.
func (c *code) value(i int) string { return c.text()[c.spans[i].value:c.spans[i].end] }

// first is the index of the first object of an ID at the root, -1 for none.
func (c *code) first(id uint8) int { return int(c.root[id]) - 1 }

// find is the index of the first object of a path, -1 for none.
func (c *code) find(ids []uint8) int {
	at := -1
	for _, id := range ids {
		if at = c.child(at, id); at < 0 {
			return -1
		}
	}
	return at
}

// child is the index of the first object of an ID in a template, -1 standing for the
// root and for none.
func (c *code) child(parent int, id uint8) int {
	if parent < 0 {
		return c.first(id)
	}
	for i := parent + 1; i < len(c.spans) && int(c.spans[i].parent) >= parent; i++ {
		if int(c.spans[i].parent) == parent && c.spans[i].id == id {
			return i
		}
	}
	return -1
}

// path is the IDs from the root to the i-th object.
func (c *code) path(i int) string {
	if c == nil {
		return ""
	}
	return pathOf(c.spans, i)
}

func pathOf(spans []span, i int) string {
	if i < 0 {
		return ""
	}
	parts := make([]string, spans[i].depth+1)
	for d := len(parts) - 1; d >= 0; d-- {
		parts[d] = twoDigits(int(spans[i].id))
		i = int(spans[i].parent)
	}
	return strings.Join(parts, ".")
}
