package components

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Scanner tells a barcode scanner that types like a keyboard (a wedge) from a person who
// types. It watches the keys as they come and holds none of them back: only the key that
// ends a code, Enter or Tab, decides. The six rules are those of the trade's own losses:
//
//  1. Enter or Tab ends a code; timing is a hint and never alone the reason.
//  2. At least [ScanLength] characters closer together than the gap, that check as a
//     code, are a scan in whatever field they were typed into, and are taken out of it.
//  3. A scan ends the number that was being typed before it.
//  4. Where no scan is taken, the page refuses it; the scanner does not know pages.
//  5. Prefixes that scanners send (STX, ~, the AIM identifier ]E0) are no part of a code.
//  6. The same code again within [ScanRepeat] is the same scan.
//
// The zero Scanner knows no code; use [NewScanner]. It is a value: Feed returns the next.
type Scanner struct {
	valid func(code string) bool
	gap   time.Duration

	burst   string        // characters that came close together, up to now
	lastKey time.Duration // when the last of them came
	last    string        // code of the scan before
	lastAt  time.Duration
	scanned bool // there was a scan before
}

// What a scan is made of.
const (
	ScanLength = 6                      // characters, at least
	ScanGap    = 30 * time.Millisecond  // between two of them, at most; wedges send one every 7 to 20 ms
	ScanRepeat = 300 * time.Millisecond // within this the same code is one scan
	scanMost   = 512                    // characters that are remembered; no code is longer
)

// NewScanner is a scanner that takes for a code what valid says; gap 0 is ScanGap.
func NewScanner(gap time.Duration, valid func(code string) bool) Scanner {
	if gap <= 0 {
		gap = ScanGap
	}
	return Scanner{valid: valid, gap: gap}
}

// ScanKey is a key as the scanner sees it.
type ScanKey struct {
	Text string        // what it types; empty for keys that type nothing
	Ends bool          // Enter or Tab
	At   time.Duration // on a clock that never goes back
}

// Scan is what a key that ends a code found.
type Scan struct {
	Code   string // without prefixes; empty where there was no scan
	Typed  int    // characters of it that stand in the field, to be taken out
	Double bool   // it was scanned a moment ago and counts no more
}

// Found reports that there was a scan.
func (s Scan) Found() bool { return s.Code != "" }

// Length is how many characters came close together, up to now.
func (s Scanner) Length() int { return utf8.RuneCountInString(s.burst) }

// Feed sees one key and tells whether it ended a scan.
func (s Scanner) Feed(k ScanKey) (Scanner, Scan) {
	if !k.Ends {
		return s.typed(k), Scan{}
	}
	burst, inTime := s.burst, k.At-s.lastKey <= s.gap
	s.burst = ""
	code, raw := s.codeIn(burst)
	if !inTime || code == "" {
		return s, Scan{}
	}
	found := Scan{Code: code, Typed: utf8.RuneCountInString(raw), Double: s.scanned && s.last == code && k.At-s.lastAt < ScanRepeat}
	s.last, s.lastAt, s.scanned = code, k.At, true
	return s, found
}

// typed adds a character to the burst, or begins a new one after a pause. A key that
// types nothing, such as an arrow, ends the burst: no scanner sends one inside a code.
func (s Scanner) typed(k ScanKey) Scanner {
	if k.Text == "" {
		s.burst = ""
		return s
	}
	if s.burst != "" && k.At-s.lastKey > s.gap {
		s.burst = ""
	}
	s.burst += k.Text
	if over := len(s.burst) - scanMost; over > 0 {
		s.burst = strings.ToValidUTF8(s.burst[over:], "")
	}
	s.lastKey = k.At
	return s
}

// codeIn is the code at the end of a burst, and as it was typed. The whole burst is tried
// first; where a person's last key fell into the scanner's first gap, what follows it.
func (s Scanner) codeIn(burst string) (code, raw string) {
	const strays = 2
	raw = burst
	for range strays + 1 {
		code := bare(raw)
		if utf8.RuneCountInString(code) < ScanLength || s.valid == nil {
			return "", ""
		}
		if s.valid(code) {
			return code, raw
		}
		_, size := utf8.DecodeRuneInString(raw)
		raw = raw[size:]
	}
	return "", ""
}

// bare takes off what scanners put before a code.
func bare(raw string) string {
	raw = strings.TrimLeft(raw, "\x02~")
	if len(raw) > 3 && raw[0] == ']' { // ISO/IEC 15424: flag, code character, modifier
		raw = raw[3:]
	}
	return raw
}
