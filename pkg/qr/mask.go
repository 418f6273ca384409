package qr

import (
	"fmt"
	"io"
	"strings"

	"github.com/tillworks/till/pkg/card"
)

// holdsNumber reports an object of the root in which a card network's account stands,
// which may be a card number (EMVCo MPM v1.1, table 4.2: 02 to 25).
func holdsNumber(id uint8) bool { return id >= 2 && id <= 25 }

// masked is the value of the i-th object as it may be shown: the accounts of card
// networks truncated, card numbers elsewhere truncated where they stand, a template as
// its objects are. Of a text that must be refused nothing after such an account is
// trusted to be what it seems.
func (c *code) masked(i int) string {
	s, value := &c.spans[i], c.value(i)
	switch {
	case s.depth == 0 && holdsNumber(s.id):
		return card.Mask(value)
	case !c.trusted() && c.afterAccount(i):
		return maskRuns(value, 8, anyRun)
	case s.template:
		return c.maskedPart(i+1, int(s.value), int(s.end))
	}
	return sweep(value)
}

// maskedPart is part of the text with the objects in it masked, from the i-th on.
func (c *code) maskedPart(i, from, to int) string {
	out := []byte(c.text()[from:to])
	for ; i < len(c.spans) && int(c.spans[i].offset) < to; i++ {
		if s := &c.spans[i]; !s.template {
			copy(out[int(s.value)-from:], c.masked(i))
		}
	}
	return string(out)
}

// trusted reports a text whose objects are what they seem.
func (c *code) trusted() bool { return worst(c.findings) < Fatal }

// afterAccount reports that an account of a card network stands before the i-th object.
func (c *code) afterAccount(i int) bool {
	for j := range c.spans[:i] {
		if c.spans[j].depth == 0 && holdsNumber(c.spans[j].id) {
			return true
		}
	}
	return false
}

// maskedText is the whole text as it may be shown, as many bytes as it has.
func (c *code) maskedText() string {
	if !c.trusted() {
		return maskRuns(c.text(), 13, anyRun)
	}
	return c.maskedPart(0, 0, len(c.text()))
}

// sweep masks the card numbers of a text: digits, alone or in groups with a space or a
// hyphen between, that a card scheme gives out and whose check digit is right.
func sweep(text string) string { return maskRuns(text, 13, isCardNumber) }

// isCardNumber is card.IsNumber with the question first that costs least and fails most.
func isCardNumber(run string) bool {
	return (!allDigits(run) || card.Luhn(run)) && card.IsNumber(run)
}

// anyRun takes every run of digits for a card number.
func anyRun(string) bool { return true }

// maskRuns masks the runs of at least so many digits that the test takes for a number.
func maskRuns(text string, least int, isNumber func(string) bool) string {
	if len(text) < least {
		return text
	}
	var out []byte
	for i := 0; i < len(text); {
		digits, end := run(text, i)
		if digits >= least && isNumber(text[i:end]) {
			if out == nil {
				out = []byte(text)
			}
			maskDigits(out[i:end], digits)
		}
		i = max(end, i+1)
	}
	if out == nil {
		return text
	}
	return string(out)
}

// run counts the digits from i on, single spaces and hyphens between them let through,
// and gives the byte behind the last.
func run(text string, i int) (digits, end int) {
	end = i
	for j := i; j < len(text); j++ {
		switch d := text[j]; {
		case d >= '0' && d <= '9':
			digits, end = digits+1, j+1
		case (d == ' ' || d == '-') && digits > 0 && j == end:
		default:
			return digits, end
		}
	}
	return digits, end
}

// maskDigits hides the digits of a run as card.Mask does, and leaves what stands between.
func maskDigits(run []byte, digits int) {
	head, seen := 6, 0
	if digits < 13 {
		head = 0
	}
	for i, d := range run {
		if d < '0' || d > '9' {
			continue
		}
		if seen >= head && seen < digits-4 {
			run[i] = '*'
		}
		seen++
	}
}

// writePadded writes a mask with the width and the minus flag of a verb and nothing else
// of it: a precision would cut the mask.
func writePadded(f fmt.State, mask string) {
	width, _ := f.Width()
	fill := strings.Repeat(" ", max(0, width-len(mask)))
	if f.Flag('-') {
		mask, fill = fill, mask
	}
	_, _ = io.WriteString(f, fill+mask)
}
