package qr

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// checker judges a code that was read. Its rules are those of EMVCo MPM v1.1; where
// codes in use stray from one, the grade says that a scheme may take it.
type checker struct{ *code }

func (c checker) check() {
	c.checkText()
	for i := range c.spans {
		c.checkObject(i)
	}
	c.checkHeader()
	c.checkMoney()
	if !c.rooted {
		return // what is missing may stand behind the fault
	}
	c.checkRequired()
	c.checkCRC()
}

// add records a finding about the i-th object, or about the whole text for -1.
func (c checker) add(g Grade, f Fault, i, want, got int) {
	at := 0
	if i >= 0 {
		at = int(c.spans[i].offset)
	}
	c.findings = append(c.findings, Finding{Grade: g, Fault: f, Path: c.path(i), Offset: at, Want: want, Got: got})
}

// missing records an object of the root that is not there.
func (c checker) missing(g Grade, f Fault, path string) {
	c.findings = append(c.findings, Finding{Grade: g, Fault: f, Path: path, Offset: len(c.text())})
}

// checkText judges the text before its objects.
func (c checker) checkText() {
	if len(c.text()) > advised { // bytes are never fewer than characters
		if n := utf8.RuneCountInString(c.text()); n > advised {
			c.add(Scheme, Lengthy, -1, advised, n)
		}
	}
	if !utf8.ValidString(c.text()) {
		c.add(Scheme, NotUTF8, -1, 0, 0)
	}
}

// checkObject judges one object by itself.
func (c checker) checkObject(i int) {
	s := &c.spans[i]
	if s.value == s.end {
		c.checkEmpty(i)
		return
	}
	top := c.topOf(i)
	if s.depth == 2 && s.id > 1 {
		c.add(Fatal, StrayObject, i, 0, 0) // the bank and the account, nothing else
	}
	if most := mostChars(s, top); most > 0 && int(s.chars) > most {
		c.add(Scheme, LongValue, i, most, int(s.chars))
	}
	if isReserved(s, top) {
		c.add(Warning, Reserved, i, 0, 0)
	}
	if s.template {
		c.checkGUID(i)
		return
	}
	c.checkCharacters(i, top)
}

// checkEmpty judges an object of no characters: nobody can be paid by an account
// template without an identifier.
func (c checker) checkEmpty(i int) {
	s := &c.spans[i]
	if s.depth == 0 && (s.id >= 26 && s.id <= 51 || s.id >= 80) {
		c.add(Fatal, EmptyTemplate, i, 0, 0)
		return
	}
	c.add(Scheme, ZeroLength, i, 0, 0)
}

// checkGUID wants to know whose a template is.
func (c checker) checkGUID(i int) {
	s := &c.spans[i]
	owned := s.depth == 0 && (s.id >= 26 && s.id <= 51 || s.id >= 80)
	if owned && c.child(i, 0) < 0 {
		c.add(Scheme, NoGUID, i, 0, 0)
	}
}

// checkCharacters judges the characters of a value.
func (c checker) checkCharacters(i int, top uint8) {
	value, s := c.value(i), &c.spans[i]
	if !isPrintable(value) {
		c.checkUnusual(i, top)
	}
	home := s.depth == 0 && holdsNumber(s.id)
	if !home && sweep(value) != value {
		c.add(Warning, CardNumber, i, 0, 0)
	}
}

// checkUnusual judges what is no printable ASCII.
func (c checker) checkUnusual(i int, top uint8) {
	value := c.value(i)
	if strings.ContainsFunc(value, unicode.IsControl) {
		c.add(Scheme, Control, i, 0, 0)
	}
	if !isASCII(value) && top != 64 && top < 80 {
		c.add(Warning, NonASCII, i, 0, 0)
	}
}

// isPrintable reports visible characters of ASCII and spaces.
func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// mostChars is the longest that an object may be, 0 for as long as a length can say
// (EMVCo MPM v1.1, tables 3.1 to 3.8).
func mostChars(s *span, top uint8) int {
	switch {
	case s.depth == 0:
		return mostAtRoot(s.id)
	case s.depth == 1 && s.id == 0 && (top >= 26 && top <= 51 || top >= 80):
		return 32
	case s.depth == 1 && top == 62 && s.id == 9:
		return 3
	case s.depth == 1 && top == 62 && s.id < 9:
		return 25
	case s.depth == 1 && top == 64:
		return [...]int{2, 25, 15}[min(s.id, 2)]
	}
	return 0
}

func mostAtRoot(id uint8) int {
	switch id {
	case 0, 1, 55:
		return 2
	case 54, 56:
		return 13
	case 57:
		return 5
	case 59:
		return 25
	case 60:
		return 15
	case 61:
		return 10
	}
	return 0
}

// isReserved reports an ID that EMVCo has given no use: 65 to 79 at the root, 00 and 10
// to 49 in additional data, 03 and above in the language template.
func isReserved(s *span, top uint8) bool {
	switch {
	case s.depth == 0:
		return s.id >= 65 && s.id <= 79
	case s.depth == 1 && top == 62:
		return s.id == 0 || s.id >= 10 && s.id <= 49
	case s.depth == 1 && top == 64:
		return s.id >= 3
	}
	return false
}

// checkHeader judges the objects that say what the text is.
func (c checker) checkHeader() {
	i := c.first(0)
	switch {
	case i < 0 && c.rooted:
		c.missing(Fatal, NoHeader, "00")
	case i > 0:
		c.add(Scheme, LateHeader, i, 0, 0)
	}
	if i >= 0 && c.value(i) != "01" {
		c.add(Scheme, OtherVersion, i, 0, 0)
	}
	if i := c.first(1); i >= 0 && c.value(i) != "11" && c.value(i) != "12" {
		c.add(Scheme, BadInitiation, i, 0, 0)
	}
	c.checkFixed(52, 4, WantDigits)
	c.checkFixed(53, 3, WantDigits)
	c.checkFixed(58, 2, WantLetters)
}

// checkFixed judges an object of a fixed number of digits or letters. A reader that cuts
// such fields by place reads nonsense from one of another length.
func (c checker) checkFixed(id uint8, size int, f Fault) {
	i := c.first(id)
	if i < 0 {
		return
	}
	value := c.value(i)
	kind := allDigits
	if f == WantLetters {
		kind = allLetters
	}
	if len(value) != size || !kind(value) {
		c.add(Fatal, f, i, size, int(c.spans[i].chars))
	}
}

func allLetters(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

// checkRequired looks for what EMVCo demands. PromptPay and VietQR leave out the
// merchant; nobody can be paid without an account.
func (c checker) checkRequired() {
	if !c.hasAccount() {
		c.missing(Fatal, NoAccount, "")
	}
	for _, id := range [...]uint8{52, 53, 58, 59, 60} {
		if c.first(id) < 0 {
			c.missing(Scheme, Missing, twoDigits(int(id)))
		}
	}
	if i := c.first(64); i >= 0 && c.spans[i].template {
		for _, id := range [...]uint8{0, 1} {
			if c.child(i, id) < 0 {
				c.missing(Scheme, Missing, "64."+twoDigits(int(id)))
			}
		}
	}
}

func (c checker) hasAccount() bool {
	for id := uint8(2); id <= 51; id++ {
		if c.first(id) >= 0 {
			return true
		}
	}
	return false
}

// checkCRC judges the check value: four digits, the last object, over every byte before
// them.
func (c checker) checkCRC() {
	i := c.first(63)
	if i < 0 {
		c.missing(Fatal, NoCRC, "63")
		return
	}
	s, value := &c.spans[i], c.value(i)
	c.crc = checksum(c.text()[:s.value])
	got, ok := parseHex(value)
	switch {
	case !ok:
		c.add(Fatal, BadCRC, i, 0, 0)
	case int(s.end) != len(c.text()):
		c.add(Fatal, EarlyCRC, i, 0, len(c.text())-int(s.end))
	case got != c.crc:
		c.add(Fatal, WrongCRC, i, int(c.crc), int(got))
	case value != hexDigits(c.crc):
		c.add(Warning, LowerCRC, i, 0, 0)
	}
}
