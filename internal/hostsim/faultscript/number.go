package faultscript

import (
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/card"
)

// A run of suspectDigits or more might be a card number; a number has fewestDigits to
// mostDigits.
const (
	suspectDigits = 12
	fewestDigits  = 13
	mostDigits    = 19
)

// refuseNumbers finds the lines with a whole card number, comments included: a script is
// passed on, and put where others read it.
func refuseNumbers(data string) []Finding {
	var found []Finding
	line := 0
	for text := range strings.Lines(data) {
		line++
		if holdsNumber(text) {
			found = append(found, wholeNumber(line))
		}
	}
	return found
}

func wholeNumber(line int) Finding {
	return Finding{
		Line: line,
		What: i18n.T("a full card number stands in the script; a script never holds one", "脚本中出现完整卡号；脚本不得包含完整卡号").With(),
		Hint: i18n.T("write the first six and last four digits, card: \"411111******1111\", or the last four, card: \"*1111\"",
			"请只写前六位和后四位，card: \"411111******1111\"，或后四位，card: \"*1111\"").With(),
	}
}

// holdsNumber reports a card number in a line, in one run or in groups.
func holdsNumber(line string) bool {
	for from := 0; from < len(line); from++ {
		if !isDigit(line[from]) || from > 0 && isDigit(line[from-1]) {
			continue
		}
		if numberAt(line[from:]) {
			return true
		}
	}
	return false
}

// numberAt reports that a card number begins a text: digits, alone or with one space or
// hyphen between groups, and no digit after them.
func numberAt(text string) bool {
	var digits []byte
	for i := 0; i < len(text) && len(digits) <= mostDigits; i++ {
		switch {
		case isDigit(text[i]):
			digits = append(digits, text[i])
		case (text[i] == ' ' || text[i] == '-') && i+1 < len(text) && isDigit(text[i+1]):
		default:
			i = len(text)
		}
		ends := i+1 >= len(text) || !isDigit(text[i+1])
		if ends && len(digits) >= fewestDigits && len(digits) <= mostDigits && card.IsNumber(string(digits)) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
