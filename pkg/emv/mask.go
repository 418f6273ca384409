package emv

import (
	"encoding/hex"
	"errors"
	"strings"

	"github.com/tillworks/till/pkg/card"
)

// upperHex is how bytes are written everywhere.
func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

// Masked is the answer of a card in hexadecimal, with asterisks for what the dictionary
// calls sensitive, for what a template that breaks off holds, and for whatever else holds
// a card number. Tags and lengths stay, so that people see the shape.
func Masked(answer []byte) string { return maskRecord(answer) }

// maskObjects writes data objects in hexadecimal with asterisks for what the
// dictionary calls sensitive. Tags and lengths stay, so that people see the shape.
func maskObjects(b []byte) string { return maskTree(b, maskNode) }

// maskRecord is maskObjects for a record, in which issuers repeat the number in objects
// that are harmless by their name.
func maskRecord(b []byte) string {
	return maskTree(b, func(n Node) string {
		e, known := Lookup(n.Tag)
		if known && e.Class == ClassNone && (e.Format == FormatBinary || e.Format == FormatVariable) {
			return scrub(n.Value)
		}
		return maskNode(n)
	})
}

// stars are asterisks for so many bytes.
func stars(n int) string { return strings.Repeat("*", 2*n) }

func maskTree(b []byte, mask func(Node) string) string {
	tree, _ := Parse(b, Lenient)
	text := []byte(upperHex(b))
	for i, n := range tree {
		if i == n.Last {
			copy(text[2*(n.Offset+n.Header):], mask(n))
		}
	}
	return string(text)
}

// maskNode is the value of a node without children.
func maskNode(n Node) string {
	if n.Tag.IsConstructed() && n.Warning != nil {
		return stars(len(n.Value)) // it breaks off in an object that may be a number or a track
	}
	if !n.IsRest() {
		return maskValue(n.Tag, n.Value)
	}
	var fault *SyntaxError
	if errors.As(n.Warning, &fault) && classOf(fault.Tag) != ClassNone {
		return strings.Repeat("*", 2*len(n.Value))
	}
	return scrub(n.Value)
}

// maskValue is a value in hexadecimal with asterisks as its class wants it.
func maskValue(tag Tag, v []byte) string {
	e, known := Lookup(tag)
	switch {
	case !known:
		return scrub(v)
	case e.Class == ClassNone:
		return upperHex(v)
	case e.Class == ClassPAN:
		return maskDigits(upperHex(v))
	}
	return strings.Repeat("*", 2*len(v))
}

// maskDigits masks a card number coded cn, its filling kept.
func maskDigits(text string) string {
	digits := strings.TrimRight(text, "F")
	return card.Mask(digits) + text[len(digits):]
}

// scrub is bytes of unknown meaning in hexadecimal. Issuers repeat card numbers in tags
// of their own and broken dumps tear objects apart, so a run of digits that holds a card
// number, packed or as text, is masked, and all behind it, which may be the rest of a
// track.
func scrub(b []byte) string {
	text := []byte(maskText(b))
	maskRuns(text, 1, func(i int) byte { return text[i] }, len(text))
	return string(text)
}

// maskText is bytes in hexadecimal, card numbers written as ASCII digits masked.
func maskText(b []byte) string {
	text := []byte(upperHex(b))
	maskRuns(text, 2, func(i int) byte { return b[i] }, len(b))
	return string(text)
}

// maskRuns finds the first run of ASCII digits, of which at tells the i-th, that holds a
// card number, and writes asterisks from its place in text on, width characters a digit.
func maskRuns(text []byte, width int, at func(int) byte, n int) {
	for start := 0; start < n; {
		end := start
		for end < n && at(end) >= '0' && at(end) <= '9' {
			end++
		}
		if holdsNumber(collect(at, start, end)) {
			copy(text[start*width:], strings.Repeat("*", len(text)-start*width))
			return
		}
		start = end + 1
	}
}

func collect(at func(int) byte, start, end int) string {
	run := make([]byte, 0, end-start)
	for i := start; i < end; i++ {
		run = append(run, at(i))
	}
	return string(run)
}

// holdsNumber reports a stretch of 13 to 19 digits that begins as payment cards do (2
// to 6) and ends in its check digit.
func holdsNumber(digits string) bool {
	for start := 0; start+13 <= len(digits); start++ {
		if digits[start] < '2' || digits[start] > '6' {
			continue
		}
		for size := 13; size <= 19 && start+size <= len(digits); size++ {
			if card.Luhn(digits[start : start+size]) {
				return true
			}
		}
	}
	return false
}
