package iso8583

import (
	"strings"

	"github.com/tillworks/till/pkg/card"
)

// CardData says what card data a message holds, by path and never by value.
type CardData struct {
	Numbers int    // elements that hold a card number, in a field for it or elsewhere
	Strange string // the first that holds one that is not published for tests (card.PAN.IsPublishedTest)
	Secret  string // the first other secret: PIN block, verification value, what a spec hides
}

// IsTest reports that nobody's card data is in the message: every number is published for
// tests, and nothing secret is there without such a number that it belongs to.
func (d CardData) IsTest() bool {
	return d.Strange == "" && (d.Secret == "" || d.Numbers > 0)
}

// CardData looks for card data in a decoded message, as masking does: by class, and by
// check digit and brand where no class tells.
func (l *Layout) CardData() CardData {
	var d CardData
	b := l.in
	if b == nil {
		return d
	}
	var v veil
	v.cover(b)
	for i := range b.spans {
		if b.composite(i) && b.spans[i].class() == classOpen {
			continue
		}
		d.look(l, &v, i)
	}
	return d
}

// look looks at one element.
func (d *CardData) look(l *Layout, v *veil, i int) {
	sp := &l.in.spans[i]
	text := l.in.text(i)
	switch sp.class() {
	case classOpen:
		if v.views[i].hidden {
			d.count(l, i, onlyTests(sp, text))
		}
	case classPAN, classAccount:
		d.count(l, i, isTest(strings.TrimRight(text, "Ff")))
	case classTrack:
		number := text
		if sep := strings.IndexAny(text, "=DdF^"); sep >= 0 {
			number = strings.TrimPrefix(text[:sep], "B")
		}
		d.count(l, i, isTest(number))
	case classPIN, classCVV, classHidden:
		if d.Secret == "" {
			d.Secret = l.Path(i)
		}
	case classExpiry, className: // nothing without the number
	}
}

// count counts an element with a card number.
func (d *CardData) count(l *Layout, i int, test bool) {
	d.Numbers++
	if !test && d.Strange == "" {
		d.Strange = l.Path(i)
	}
}

// isTest reports the digits of a card number that is published for tests.
func isTest(digits string) bool {
	pan, err := card.ParsePAN(digits)
	return err == nil && pan.IsPublishedTest()
}

// onlyTests reports that no card number is left in the text of an element once those that
// are published for tests are taken out.
func onlyTests(sp *Span, text string) bool {
	left := withoutTests(text)
	if sp.opaque() || sp.node.binary {
		if raw, err := unhexAt("", text); err == nil {
			left = withoutTests(string(appendHex(nil, []byte(withoutTests(string(raw))))))
		}
	}
	var w sweep
	w.node(sp.node, []byte(left), sp.opaque())
	return len(w.found) == 0
}

// withoutTests is the text with zeros for every card number that is published for tests.
func withoutTests(text string) string {
	out := []byte(text)
	for from := 0; from+panLeast <= len(out); from++ {
		for size := panMost; size >= panLeast; size-- {
			if from+size <= len(out) && isTest(string(out[from:from+size])) && card.Luhn(string(out[from:from+size])) {
				copy(out[from:], strings.Repeat("0", size))
			}
		}
	}
	return string(out)
}
