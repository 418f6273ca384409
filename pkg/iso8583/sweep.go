package iso8583

import (
	"strings"

	"github.com/tillworks/till/pkg/card"
)

// The sweep looks for card numbers where no field says that there is one: private
// fields, free text, unknown tags. What counts is the check digit and, inside a longer
// run of digits, also a brand's range and length, since every tenth number of any kind
// passes the check digit.

// panLeast and panMost are the lengths of card numbers that are swept for.
const (
	panLeast = 13
	panMost  = 19
)

// sweepNode sweeps the text form of an element. Where the standard says what a field
// holds (a merchant's number, an amount), only what has a brand is a card number; in
// private fields and unknown elements the check digit is enough.
func sweepNode(n *node, text string, opaque bool) string {
	w := sweep{strict: n.content != contentAny && !opaque}
	switch {
	case n.bits:
		return text // 4000000000000200 is a bitmap, though it passes as a number
	case opaque || n.binary:
		return w.hex(text)
	case n.id == "90" && n.path == n.id && plausible90(text):
		// Type, trace number and time, with two institutions behind them, make a card
		// number by chance too often to be swept as one run of digits.
		return w.text(text[:20]) + w.text(text[20:])
	}
	return w.text(text)
}

// sweep is how a text is swept.
type sweep struct {
	strict bool // a card number must have the range and length of a brand
}

// plausible90 reports the form of original data elements: MTI, STAN, MMDDhhmmss and
// two institution codes (ISO 8583:1987, 4.4.12).
func plausible90(text string) bool {
	if len(text) != 42 || !allDigits(text) || !MTI(text[:4]).Defined() {
		return false
	}
	when := text[10:20]
	return when == "0000000000" || when[:2] >= "01" && when[:2] <= "12" && when[2:4] >= "01" && when[2:4] <= "31" &&
		when[4:6] <= "23" && when[6:8] <= "59" && when[8:] <= "59"
}

// text hides the middle of card numbers, and what follows one like a track.
func (w sweep) text(text string) string {
	if digitCount(text) < panLeast {
		return text
	}
	out := []byte(text)
	for i := 0; i < len(text); {
		end := digitRun(text, i)
		if end > i {
			if w.hideRun(out, text[i:end], func(j int) int { return i + j }) {
				hideTrack(out, text, end)
			}
		}
		i = end + 1
	}
	w.hideGrouped(out, text)
	return string(out)
}

func digitCount(text string) int {
	n := 0
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' {
			n++
		}
	}
	return n
}

// digitRun is the end of the digits that start at i.
func digitRun(text string, i int) int {
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	return i
}

// hideRun hides the middle of every card number in a run of digits; at gives the
// place in out of the j-th digit. It reports whether one ends where the run ends.
func (w sweep) hideRun(out []byte, run string, at func(int) int) (last bool) {
	for from := 0; from+panLeast <= len(run); from++ {
		for size := panLeast; size <= panMost && from+size <= len(run); size++ {
			if !w.cardNumber(run[from:from+size], size == len(run)) {
				continue
			}
			last = last || from+size == len(run)
			for j := from + 6; j < from+size-4; j++ {
				out[at(j)] = '*'
			}
		}
	}
	return last
}

// cardNumber reports digits that pass as a card number: by the check digit, and by
// brand and length too unless the digits stand alone and the sweep is not strict. No
// payment card starts with 0.
func (w sweep) cardNumber(digits string, alone bool) bool {
	if digits[0] == '0' || !card.Luhn(digits) {
		return false
	}
	pan, err := card.ParsePAN(digits)
	return err == nil && (alone && !w.strict || brandLength(pan.Brand(), len(digits)))
}

// brandLength reports that a brand issues numbers of a length.
func brandLength(b card.Brand, n int) bool {
	switch b {
	case card.UnknownBrand:
		return false
	case card.AmericanExpress:
		return n == 15
	case card.Diners:
		return n == 14 || n == 16
	case card.Mastercard:
		return n == 16
	case card.Visa:
		return n == 13 || n == 16 || n == 19
	default:
		return n >= 16
	}
}

// hideTrack hides all that follows a card number ending at a place, if it goes on as a
// track does: a separator, and at least YYMM and a service code.
func hideTrack(out []byte, text string, end int) {
	if end >= len(text) || (text[end] != '=' && text[end] != 'D' && text[end] != '^') {
		return
	}
	if text[end] != '^' && digitRun(text, end+1)-end-1 < 7 {
		return
	}
	for i := end + 1; i < len(text); i++ {
		out[i] = '*'
	}
}

// hideGrouped hides card numbers written in groups: "4111 1111 1111 1111".
func (w sweep) hideGrouped(out []byte, text string) {
	for i := 0; i < len(text); i++ {
		digits, places := groupedRun(text, i)
		if len(places) == 0 {
			continue
		}
		if last := places[len(places)-1]; last-i >= len(digits) { // there is a gap
			w.hideRun(out, string(digits), func(j int) int { return places[j] })
		}
		i = places[len(places)-1]
	}
}

// groupedRun is the digits from i on with single blanks or dashes between them, and
// where each stands.
func groupedRun(text string, i int) (digits []byte, places []int) {
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits, places = append(digits, c), append(places, i)
		case len(places) > 0 && (c == ' ' || c == '-') && digitRun(text, i+1) > i+1:
		default:
			return digits, places
		}
	}
	return digits, places
}

// hex hides card numbers in the hex of bytes: as packed digits, and as ASCII or EBCDIC
// characters.
func (w sweep) hex(hex string) string {
	return w.zoned(w.text(hex))
}

// zoned hides card numbers, and what follows one like a track, in bytes that are ASCII
// or EBCDIC characters.
func (w sweep) zoned(hex string) string {
	out := []byte(hex)
	w.hideCharacters(out, hex, '3', "3D 44 5E")
	w.hideCharacters(out, hex, 'F', "7E C4 5F B0")
	return string(out)
}

// hideCharacters looks at one character set: the zone nibble of its digits, and the
// separators of a track in it.
func (w sweep) hideCharacters(out []byte, hex string, zone byte, separators string) {
	for i := 0; i+1 < len(hex); {
		end := zonedRun(hex, i, zone)
		if end == i {
			i += 2
			continue
		}
		last := w.hideZoned(out, hex, i, end)
		if last && end+2 <= len(hex) && strings.Contains(separators, hex[end:end+2]) {
			copy(out[end+2:], stars(len(hex)-end-2))
		}
		i = end
	}
}

// zonedRun is the end of the bytes from i on that are digits with a zone nibble.
func zonedRun(hex string, i int, zone byte) int {
	for i+1 < len(hex) && hex[i] == zone && hex[i+1] >= '0' && hex[i+1] <= '9' {
		i += 2
	}
	return i
}

// hideZoned hides the bytes of card numbers in a run of zoned digits. It reports whether
// one ends where the run ends.
func (w sweep) hideZoned(out []byte, hex string, from, end int) (last bool) {
	digits := make([]byte, 0, (end-from)/2)
	for i := from; i < end; i += 2 {
		digits = append(digits, hex[i+1])
	}
	shown := append([]byte(nil), digits...)
	last = w.hideRun(shown, string(digits), func(j int) int { return j })
	for j, c := range shown {
		if c == '*' {
			out[from+2*j], out[from+2*j+1] = '*', '*'
		}
	}
	return last
}
