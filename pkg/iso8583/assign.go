package iso8583

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/pkg/money"
)

// Assignment is what a person writes to set an element: "4=12.50".
type Assignment struct{ Path, Value string }

// Assign sets elements in the order in which they are written, as [Message.Set] does. An
// amount with a decimal point, in a field that holds an amount, is taken as major units
// of the currency that the message names for that field (49, 50 or 51, whether it was
// there or is one of the assignments), and of fallback where it names none: 4=12.50 is
// 000000001250 in CNY and 000000012500 in KWD. Without a point the digits are the
// field's own, minor units. Nothing is rounded. A sign C or D of an x+n field stands
// before the amount.
//
// The error is an *[Error] with the path: [ErrNoCurrency] where nothing says what the
// point means, [ErrAmount] where the amount has decimals that the currency has not. What
// was set before it stays set.
func (m *Message) Assign(list []Assignment, fallback money.Currency) error {
	for _, a := range list {
		value, err := m.plainAmount(a, list, fallback)
		if err != nil {
			return err
		}
		if err := m.Set(a.Path, value); err != nil {
			return err
		}
	}
	return nil
}

// plainAmount is the value of an assignment with an amount in it as digits.
func (m *Message) plainAmount(a Assignment, list []Assignment, fallback money.Currency) (string, error) {
	if !strings.Contains(a.Value, ".") || !m.in.spec.holdsAmount(a.Path) {
		return a.Value, nil
	}
	c := m.currencyFor(a.Path, list)
	if c.IsZero() {
		c = fallback
	}
	if c.IsZero() {
		return "", &Error{Path: a.Path, Offset: -1, Err: ErrNoCurrency}
	}
	sign, text := "", a.Value
	if text != "" && (text[0] == 'C' || text[0] == 'D') {
		sign, text = text[:1], text[1:]
	}
	amount, err := money.Parse(text, c)
	switch {
	case errors.Is(err, money.ErrDecimals):
		_, decimals, _ := strings.Cut(text, ".")
		return "", &Error{Path: a.Path, Offset: -1, Err: ErrAmount, Want: c.Exponent(), Got: len(decimals)}
	case err != nil || amount.Minor() < 0:
		return "", &Error{Path: a.Path, Offset: -1, Err: ErrDigit}
	}
	digits := fmt.Sprint(amount.Minor())
	if n, _ := m.in.spec.resolve(a.Path); sign != "" && n != nil {
		digits = strings.Repeat("0", max(0, n.length-1-len(digits))) + digits // the sign keeps Set from filling up
	}
	return sign + digits, nil
}

// holdsAmount reports a field that holds an amount of money.
func (s *Spec) holdsAmount(path string) bool {
	n, _ := s.resolve(path)
	if n == nil || n.content != contentSigned && n.content != contentN || n.length < 8 {
		return false
	}
	return slices.Contains([]string{
		"4", "5", "6", "8", "28", "29", "30", "31", "82", "83", "84", "85", "86", "87", "88", "89", "97",
	}, path)
}

// currencyFor is the currency that the assignments or the message name for an amount.
func (m *Message) currencyFor(path string, list []Assignment) money.Currency {
	for _, field := range currencyFields(path) {
		text := m.Value(field)
		for _, a := range list {
			if a.Path == field {
				text = a.Value
			}
		}
		if c := currencyIn([]byte(text)); !c.IsZero() {
			return c
		}
	}
	return money.Currency{}
}

// currencyFields are the fields that may name the currency of an amount, the first that
// is there counts: of the transaction, of settlement, or of the cardholder's bill; where
// a message has no settlement currency its totals are in that of the transaction.
func currencyFields(id string) []string {
	switch id {
	case "6", "8":
		return []string{"51"}
	case "5", "29", "31":
		return []string{"50"}
	case "82", "83", "84", "85", "86", "87", "88", "89", "97":
		return []string{"50", "49"}
	}
	return []string{"49"}
}

// Same reports that an element is there in both messages and says the same, whatever the
// dialects: blanks at the end count for nothing.
func (m *Message) Same(path string, other *Message) bool {
	path = canonical(path)
	if path == "0" {
		return m.in.mti == other.in.mti
	}
	a, i, ok := m.in.lookup(path)
	b, j, there := other.in.lookup(path)
	return ok && there && strings.TrimRight(a.text(i), " ") == strings.TrimRight(b.text(j), " ")
}
