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

// sweepNode sweeps the text form of an element.
func sweepNode(n *node, text string, opaque bool) string {
	switch {
	case opaque || n.binary:
		return sweepHex(text)
	case n.id == "90" && n.path == n.id && plausible90(text):
		// Type, trace number, date and two institutions say together no card number;
		// a number could only hide in what is left of the structure.
		return text[:4] + sweepText(text[4:20]) + sweepText(text[20:])
	}
	return sweepText(text)
}

// plausible90 reports the form of original data elements: MTI, STAN, MMDDhhmmss and
// two institution codes (ISO 8583:1987, 4.4.12).
func plausible90(text string) bool {
	return len(text) == 42 && allDigits(text) && MTI(text[:4]).Defined() &&
		text[10:12] <= "12" && text[12:14] <= "31" && text[14:16] <= "23" && text[16:18] <= "59" && text[18:20] <= "59"
}

// sweepText hides the middle of card numbers, and what follows one like a track, in
// text.
func sweepText(text string) string {
	out := []byte(text)
	for i := 0; i < len(text); {
		end := digitRun(text, i)
		if end > i {
			hideRun(out, text[i:end], func(j int) int { return i + j })
			hideTrack(out, text, i, end)
		}
		i = end + 1
	}
	hideGrouped(out, text)
	return string(out)
}

// digitRun is the end of the digits that start at i.
func digitRun(text string, i int) int {
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	return i
}

// hideRun hides the middle of every card number in a run of digits; at gives the
// place in out of the j-th digit.
func hideRun(out []byte, run string, at func(int) int) {
	for from := 0; from+panLeast <= len(run); from++ {
		for size := panLeast; size <= panMost && from+size <= len(run); size++ {
			if !cardNumber(run[from:from+size], size == len(run)) {
				continue
			}
			for j := from + 6; j < from+size-4; j++ {
				out[at(j)] = '*'
			}
		}
	}
}

// cardNumber reports digits that pass as a card number: alone by the check digit,
// inside other digits by brand and length as well.
func cardNumber(digits string, alone bool) bool {
	if !card.Luhn(digits) {
		return false
	}
	pan, err := card.ParsePAN(digits)
	return err == nil && (alone || brandLength(pan.Brand(), len(digits)))
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
	}
	return n >= 16
}

// hideTrack hides what follows a card number with the separator of a track.
func hideTrack(out []byte, text string, from, end int) {
	number := text[from:end]
	if len(number) < panLeast || end >= len(text) || (text[end] != '=' && text[end] != 'D' && text[end] != '^') {
		return
	}
	if text[end] != '^' && digitRun(text, end+1)-end-1 < 7 { // YYMM and service code at least
		return
	}
	if len(number) <= panMost {
		copy(out[from:], card.Mask(number))
	}
	for i := end + 1; i < len(text); i++ {
		out[i] = '*'
	}
}

// hideGrouped hides card numbers written in groups: "4111 1111 1111 1111".
func hideGrouped(out []byte, text string) {
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' || (i > 0 && text[i-1] >= '0' && text[i-1] <= '9') {
			continue
		}
		var digits []byte
		var places []int
		for j := i; j < len(text); j++ {
			if text[j] >= '0' && text[j] <= '9' {
				digits, places = append(digits, text[j]), append(places, j)
				continue
			}
			if (text[j] != ' ' && text[j] != '-') || j+1 >= len(text) || text[j+1] < '0' || text[j+1] > '9' {
				break
			}
		}
		if places != nil && places[len(places)-1]-i >= len(digits) { // there is a gap
			hideRun(out, string(digits), func(j int) int { return places[j] })
		}
	}
}

// sweepHex hides card numbers in the hex of bytes: as packed digits, and as ASCII or
// EBCDIC characters.
func sweepHex(hex string) string {
	return sweepHexCharacters(sweepText(hex))
}

// sweepHexCharacters hides card numbers in bytes that are ASCII or EBCDIC digits.
func sweepHexCharacters(hex string) string {
	out := []byte(hex)
	for _, zone := range []byte{'3', 'F'} {
		for i := 0; i+1 < len(hex); {
			end := zonedRun(hex, i, zone)
			if end == i {
				i += 2
				continue
			}
			hideZoned(out, hex, i, end)
			i = end
		}
	}
	return string(out)
}

// zonedRun is the end of the bytes from i on that are digits with a zone nibble.
func zonedRun(hex string, i int, zone byte) int {
	for i+1 < len(hex) && hex[i] == zone && hex[i+1] >= '0' && hex[i+1] <= '9' {
		i += 2
	}
	return i
}

// hideZoned hides the bytes of card numbers in a run of zoned digits.
func hideZoned(out []byte, hex string, from, end int) {
	digits := make([]byte, 0, (end-from)/2)
	for i := from; i < end; i += 2 {
		digits = append(digits, hex[i+1])
	}
	shown := append([]byte(nil), digits...)
	hideRun(shown, string(digits), func(j int) int { return j })
	for j, c := range shown {
		if c == '*' {
			out[from+2*j], out[from+2*j+1] = '*', '*'
		}
	}
}
