package iso8583

import (
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

// stretch is places of a text that are to be hidden: from up to and without to.
type stretch struct{ from, to int }

// sweep looks for card numbers and gathers what of a text is to be hidden. It is used
// again for text after text, and keeps its memory.
type sweep struct {
	strict bool // a card number must have the range and length of a brand
	found  []stretch
	spots  []stretch // scratch: card numbers among digits
	digits []byte    // scratch: digits without what groups them
	places []int     // and where each of them stands
}

// node sweeps the text form of an element that lies on the wire at as hex. Where the
// standard says what a field holds (a merchant's number, an amount), only what has a
// brand is a card number; in private fields and unknown elements the check digit is
// enough.
func (w *sweep) node(n *node, text []byte, opaque bool) {
	w.strict = n.content != contentAny && !opaque
	w.found = w.found[:0]
	if (n.id == "48" || n.id == "62") && n.path == n.id && !opaque {
		w.verification(text)
	}
	switch {
	case len(text) < panLeast:
	case n.bits:
		// 4000000000000200 is a bitmap, though it passes as a number.
	case n.id == "53" && n.path == n.id && plausible53(text):
		// 2600000000000000, PIN and keys of most UnionPay terminals, passes as a number.
	case opaque || n.binary:
		if enoughDigits(text) {
			w.hex(text)
		}
		w.objects(text)
	case n.id == "90" && n.path == n.id && plausible90(text):
		// Type, trace number and time, with two institutions behind them, make a card
		// number by chance too often to be swept as one run of digits.
		w.text(text[:20], 0)
		w.text(text[20:], 20)
	case n.id == "56" && n.path == n.id && plausible56(text):
		w.text(text[:22], 0)
		w.text(text[22:], 22)
	case enoughDigits(text):
		w.text(text, 0)
		w.zoned(text, 0) // a field may hold the hex of something
		w.zoned(text[1:], 1)
	}
}

// verification hides the card verification value in a private field of elements of tag
// (2), length (two digits) and value, where its tag is CV.
func (w *sweep) verification(text []byte) {
	for at := 0; at+4 <= len(text) && digitsOnly(text[at+2:at+4]); {
		from, until := at+4, at+4+two(text[at+2:])
		if until > len(text) {
			return
		}
		if string(text[at:at+2]) == "CV" {
			w.hide(from, until)
		}
		at = until
	}
}

// hide marks a stretch of the text.
func (w *sweep) hide(from, to int) { w.found = joined(w.found, from, to) }

// joined appends a stretch; one that overlaps the last is made one with it, so that a
// megabyte of one digit leaves one mark.
func joined(to []stretch, from, until int) []stretch {
	if n := len(to); n > 0 && from >= to[n-1].from && from <= to[n-1].to {
		to[n-1].to = max(until, to[n-1].to)
		return to
	}
	return append(to, stretch{from, until})
}

// plausible53 reports the form of security related control information where networks fill
// it: three digits at most, and zeros behind them.
func plausible53(text []byte) bool {
	return len(text) == 16 && digitsOnly(text) && string(text[3:]) == "0000000000000"
}

// plausible56 reports the form of original data elements from the 1993 edition on: MTI,
// STAN, YYMMDDhhmmss and one institution with its length before it.
func plausible56(text []byte) bool {
	return len(text) >= 24 && len(text) <= 35 && digitsOnly(text) && text[0] == '1' && MTI(text[:4]).Defined() &&
		two(text[12:]) >= 1 && two(text[12:]) <= 12 && two(text[14:]) >= 1 && two(text[14:]) <= 31 &&
		two(text[16:]) <= 23 && two(text[18:]) <= 59 && two(text[20:]) <= 59 && two(text[22:]) == len(text)-24
}

// plausible90 reports the form of original data elements: MTI, STAN, MMDDhhmmss and
// two institution codes (ISO 8583:1987, 4.4.12).
func plausible90(text []byte) bool {
	if len(text) != 42 || !digitsOnly(text) || text[0] > '9' || text[1] == '0' {
		return false
	}
	if !MTI(text[:4]).Defined() {
		return false
	}
	when := text[10:20]
	return string(when) == "0000000000" || two(when) >= 1 && two(when) <= 12 && two(when[2:]) >= 1 && two(when[2:]) <= 31 &&
		two(when[4:]) <= 23 && two(when[6:]) <= 59 && two(when[8:]) <= 59
}

// two is the number of the first two digits.
func two(digits []byte) int { return int(digits[0]-'0')*10 + int(digits[1]-'0') }

func digitsOnly(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) > 0
}

// text marks the middle of card numbers, and what follows one like a track, in a text
// that stands at a place of the whole.
func (w *sweep) text(text []byte, at int) {
	if !enoughDigits(text) {
		return
	}
	grouped := false
	for i := 0; i < len(text); {
		end := digitRun(text, i)
		if end == i {
			i++
			continue
		}
		if end-i >= panLeast && w.run(text[i:end], at+i) && trackFollows(text, end) {
			w.hide(at+end+1, at+len(text))
		}
		grouped = grouped || end+1 < len(text) && groups(text, end)
		i = end
	}
	if grouped {
		w.grouped(text, at)
	}
}

// enoughDigits reports that a text has as many digits as a card number.
func enoughDigits(text []byte) bool {
	n := 0
	for i, c := range text {
		if c-'0' <= 9 {
			if n++; n >= panLeast {
				return true
			}
		}
		if len(text)-i+n < panLeast {
			return false
		}
	}
	return false
}

// digitRun is the end of the digits that start at i.
func digitRun(text []byte, i int) int {
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	return i
}

// run marks the middle of every card number in a run of digits that starts at a place.
// It reports whether one ends where the run ends.
func (w *sweep) run(run []byte, at int) (last bool) {
	last = w.search(run)
	for _, s := range w.spots {
		w.hide(at+s.from, at+s.to)
	}
	return last
}

// search leaves in spots the middle of every card number among digits. It reports
// whether one ends where they end.
func (w *sweep) search(digits []byte) (last bool) {
	w.spots = w.spots[:0]
	for from := 0; from+panLeast <= len(digits); from++ {
		for size := panLeast; size <= panMost && from+size <= len(digits); size++ {
			if w.cardNumber(digits[from:from+size], size == len(digits)) {
				last = last || from+size == len(digits)
				w.spots = joined(w.spots, from+6, from+size-4)
			}
		}
	}
	return last
}

// cardNumber reports digits that pass as a card number: by the check digit, and by
// brand and length too unless the digits stand alone and the sweep is not strict. No
// payment card starts with 0.
func (w *sweep) cardNumber(digits []byte, alone bool) bool {
	if digits[0] == '0' || !card.Luhn(digits) {
		return false
	}
	return alone && !w.strict || brandLength(card.BrandOf(digits), len(digits))
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

// trackFollows reports that a text goes on behind a card number as a track does: a
// separator, and at least YYMM and a service code.
func trackFollows(text []byte, end int) bool {
	if end >= len(text) || (text[end] != '=' && text[end] != 'D' && text[end] != '^') {
		return false
	}
	return text[end] == '^' || digitRun(text, end+1)-end-1 >= 7
}

// groups reports a blank or dash with a digit behind it.
func groups(text []byte, i int) bool {
	return (text[i] == ' ' || text[i] == '-') && text[i+1] >= '0' && text[i+1] <= '9'
}

// grouped marks card numbers written in groups: "4111 1111 1111 1111".
func (w *sweep) grouped(text []byte, at int) {
	for i := 0; i < len(text); i++ {
		gaps := w.gather(text, i)
		if len(w.places) == 0 {
			continue
		}
		if gaps {
			w.gathered(at, 1)
		}
		i = w.places[len(w.places)-1]
	}
}

// gather takes the digits from i on with single blanks or dashes between them.
func (w *sweep) gather(text []byte, i int) (gaps bool) {
	w.digits, w.places = w.digits[:0], w.places[:0]
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			w.digits, w.places = append(w.digits, c), append(w.places, i)
		case len(w.places) > 0 && i+1 < len(text) && groups(text, i):
			gaps = true
		default:
			return gaps
		}
	}
	return gaps
}

// gathered marks the card numbers among the digits that were gathered, each digit at
// its place and as wide as it is there; what groups them stays. It reports whether one
// ends where they end.
func (w *sweep) gathered(at, width int) (last bool) {
	last = w.search(w.digits)
	for _, s := range w.spots {
		for _, place := range w.places[s.from:s.to] {
			w.hide(at+place, at+place+width)
		}
	}
	return last
}

// hex marks card numbers in the hex of bytes: as packed digits, and as ASCII or EBCDIC
// characters.
func (w *sweep) hex(hex []byte) {
	w.text(hex, 0)
	w.zoned(hex, 0)
}

// zoned marks card numbers, and what follows one like a track, in bytes that are ASCII
// or EBCDIC characters, and whose hex stands at a place of the whole.
func (w *sweep) zoned(hex []byte, at int) {
	if len(hex) < 2*panLeast || !enoughDigits(hex) {
		return
	}
	w.characters(hex, at, '3', "3D445E")
	w.characters(hex, at, 'F', "7EC45FB0")
}

// characters looks at one character set: the zone nibble of its digits, and the
// separators of a track in it.
func (w *sweep) characters(hex []byte, at int, zone byte, separators string) {
	for i := 0; i+1 < len(hex); {
		end := zonedRun(hex, i, zone)
		if end == i {
			i += 2
			continue
		}
		if end-i >= 2*panLeast && w.zonedNumbers(hex, at, i, end) && end+2 <= len(hex) && isOneOf(hex[end:end+2], separators) {
			w.hide(at+end+2, at+len(hex))
		}
		i = end
	}
}

// isOneOf reports a pair of hex digits that is one of a row of pairs.
func isOneOf(pair []byte, row string) bool {
	for i := 0; i+1 < len(row); i += 2 {
		if row[i] == pair[0] && row[i+1] == pair[1] {
			return true
		}
	}
	return false
}

// zonedRun is the end of the bytes from i on that are digits with a zone nibble.
func zonedRun(hex []byte, i int, zone byte) int {
	for i+1 < len(hex) && hex[i] == zone && hex[i+1] >= '0' && hex[i+1] <= '9' {
		i += 2
	}
	return i
}

// zonedNumbers marks the bytes of card numbers in a run of zoned digits. It reports
// whether one ends where the run ends.
func (w *sweep) zonedNumbers(hex []byte, at, from, end int) (last bool) {
	w.digits, w.places = w.digits[:0], w.places[:0]
	for i := from; i < end; i += 2 {
		w.digits, w.places = append(w.digits, hex[i+1]), append(w.places, i)
	}
	return w.gathered(at, 2)
}
