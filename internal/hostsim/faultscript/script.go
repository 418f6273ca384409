package faultscript

import (
	"slices"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/money"
)

// Script is a file of rules. The first rule that a message meets decides its fate.
type Script struct {
	About i18n.Text
	Seed  uint64 // of everything that is left to chance
	Rules []Rule
}

// Rule is one line of a script: when, and what then.
type Rule struct {
	Name  string // as it is told; "rule 3" where the script gives none
	Line  int    // in the file
	When  When
	Times int // how often it applies at the most; 0 is no limit
	Fate  Fate
}

// When is what a message must be like, all of it. What is empty is met by everything; of
// a list one must be met.
type When struct {
	Messages   []MessageType
	Kinds      []Kind
	Processing []string // first digits of field 3
	Amounts    []AmountRange
	Cards      []CardMask
	Terminals  []string
	STANs      []Span
	From       time.Duration // since the host began to serve; the first moment
	Until      time.Duration // the moment after the last; 0 is never

	// Of the messages that meet all of the above, counted by the rule itself:
	Nth    Span   // these, from 1; the zero Span is all
	Every  int    // every so manieth; 0 and 1 are all
	Chance Chance // each with this probability; 0 is all
}

// MessageType is a message type of four digits, of which an x may be any: 04x0.
type MessageType string

// meets compares digit by digit.
func (t MessageType) meets(mti string) bool {
	if len(t) != len(mti) {
		return false
	}
	for i := range len(t) {
		if t[i] != 'x' && t[i] != mti[i] {
			return false
		}
	}
	return true
}

// Span is the numbers from First to Last; a Last of 0 is without end.
type Span struct{ First, Last int }

func (s Span) isZero() bool   { return s == Span{} }
func (s Span) has(n int) bool { return n >= s.First && (s.Last == 0 || n <= s.Last) }
func (s Span) within(o Span) bool {
	return s.First >= o.First && (o.Last == 0 || s.Last != 0 && s.Last <= o.Last)
}

// Chance is a probability in millionths.
type Chance int

// certain is a probability of one.
const certain Chance = 1_000_000

// AmountRange is amounts: from one to another, or those that end in some digits.
type AmountRange struct {
	Low, High *Decimal // inclusive; nil is without bound
	Ending    string   // the last digits in minor units, in the place of bounds
}

func (r AmountRange) meets(a money.Amount) bool {
	if a.Currency().IsZero() {
		return false
	}
	if r.Ending != "" {
		text := digitsOf(a.Minor(), len(r.Ending))
		return text[len(text)-len(r.Ending):] == r.Ending
	}
	return above(a, r.Low) && below(a, r.High)
}

// above compares in the currency of the amount; a bound with more decimals than the
// currency has is met by what lies beyond it.
func above(a money.Amount, low *Decimal) bool {
	return low == nil || low.compare(a) <= 0
}

func below(a money.Amount, high *Decimal) bool {
	return high == nil || high.compare(a) >= 0
}

// CardMask is first and last digits of card numbers: 411111******1111.
type CardMask struct{ First, Last string }

// meets compares with a number as it may be shown, first six and last four.
func (m CardMask) meets(masked string) bool {
	return len(masked) >= len(m.First)+len(m.Last) &&
		masked[:len(m.First)] == m.First && masked[len(masked)-len(m.Last):] == m.Last
}

// meets reports that a message is what the rule is about, before anything is counted.
func (w When) meets(m Message) bool {
	return oneOf(w.Messages, func(t MessageType) bool { return t.meets(m.MTI) }) &&
		oneOf(w.Kinds, func(k Kind) bool { return k == m.Kind }) &&
		oneOf(w.Processing, func(p string) bool { return len(m.Processing) >= len(p) && m.Processing[:len(p)] == p }) &&
		oneOf(w.Amounts, func(r AmountRange) bool { return r.meets(m.Amount) }) &&
		oneOf(w.Cards, func(c CardMask) bool { return !m.Card.IsZero() && c.meets(m.Card.Masked()) }) &&
		oneOf(w.Terminals, func(t string) bool { return t == m.Terminal }) &&
		oneOf(w.STANs, func(s Span) bool { return m.STAN > 0 && s.has(int(m.STAN)) }) &&
		m.At >= w.From && (w.Until == 0 || m.At < w.Until)
}

// oneOf reports that one of a list is met, or that there is nothing to meet.
func oneOf[T any](list []T, meets func(T) bool) bool {
	return len(list) == 0 || slices.ContainsFunc(list, meets)
}
