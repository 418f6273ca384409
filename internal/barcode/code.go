package barcode

import (
	"errors"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/till"
)

// Kind is what a code is printed as.
type Kind string

// The kinds of code.
const (
	EAN13 Kind = "ean-13"
	EAN8  Kind = "ean-8"
	UPCA  Kind = "upc-a"
	UPCE  Kind = "upc-e"
	ITF14 Kind = "itf-14"
	GS1   Kind = "gs1"  // an element string, as in GS1-128
	Text  Kind = "text" // a shop's own code, in Code 39 or Code 128
)

// maxText is how many characters a code of the shop's own has at most; Code 128 has no
// limit, but a label has.
const maxText = 48

// Code is a code that was read.
type Code struct {
	Kind Kind
	Text string // as it was read, without spaces around it and the symbology's identifier
	GTIN string // 14 digits; empty of Text
	Also string // in Normal form: what eight digits with a 0 or 1 in front may be as well

	// Of an element string.
	Elements []Element
	Weight   till.Quantity // net, of the kilogram; 0 is none (AI 310n)
	Count    int64         // pieces; 0 is none (AI 30)
	Price    Price         // (AI 392n)
	Expires  Date          // (AI 17)
	Lot      string        // (AI 10)
	Serial   string        // (AI 21)
}

// Price is a sum of money of which the code does not say the currency. The zero Price is
// none.
type Price struct {
	Digits   int64 // 1250 with 2 decimals is 12.50
	Decimals int
}

// Parse reads a code as a scanner types it or a person copies it. Spaces around it, an
// identifier of the symbology in front (ISO/IEC 15424, as in "]E0") and the hyphens and
// spaces of a number that is written in groups are taken off. The error is a
// *till.Problem that wraps ErrCheckDigit, ErrLength, ErrForm or ErrElement.
func Parse(code string) (Code, error) {
	symbology, text := cutSymbology(strings.TrimSpace(code))
	switch {
	case text == "":
		return Code{}, emptyCode()
	case isElements(symbology, text):
		return parseElements(text)
	}
	if digits := ungrouped(text); digits != "" {
		return parseDigits(symbology, digits)
	}
	return parseText(text)
}

// Normal is the form that codes of one article have in common, and that the catalogue
// keeps: the shortest GTIN of 8, 12, 13 or 14 digits, or the text of a code that has none.
func (c Code) Normal() string {
	if c.GTIN == "" {
		return c.Text
	}
	return Shortest(c.GTIN)
}

// IsInternal reports a number that means something in one shop or company only: the
// prefixes 02, 04 and 20 to 29 of GTIN-13, 0 and 2 of GTIN-8 (GS1 General
// Specifications, 1.4).
func (c Code) IsInternal() bool {
	if c.GTIN == "" {
		return c.Kind == Text
	}
	if normal := c.Normal(); len(normal) == 8 {
		return normal[0] == '0' || normal[0] == '2'
	}
	return strings.HasPrefix(c.GTIN, "002") || strings.HasPrefix(c.GTIN, "004") || strings.HasPrefix(c.GTIN, "02")
}

// Shortest is a GTIN-14 without the zeros that make a shorter one of 14 digits. Anything
// that is no GTIN-14 stays as it is. A GTIN-8 that could be taken for a UPC-E keeps the
// zeros of a GTIN-12, so that it reads back as itself.
func Shortest(gtin14 string) string {
	if len(gtin14) != 14 {
		return gtin14
	}
	for _, length := range []int{8, 12, 13} {
		short := gtin14[14-length:]
		if pad(short, 14) == gtin14 && (length > 8 || !isUPCE(short)) {
			return short
		}
	}
	return gtin14
}

// cutSymbology takes the identifier of ISO/IEC 15424 off: "]", a letter and a digit.
func cutSymbology(text string) (symbology, rest string) {
	if len(text) > 3 && text[0] == ']' && isLetter(text[1]) && isDigits(text[2:3]) {
		return text[:3], text[3:]
	}
	return "", text
}

// ungrouped is a number without the hyphens or spaces between its groups, "" where the
// text is no number.
func ungrouped(text string) string {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if !isDigits(digits) || text[0] == '-' {
		return ""
	}
	return digits
}

// parseDigits reads a code of digits alone by their number.
func parseDigits(symbology, digits string) (Code, error) {
	switch len(digits) {
	case 8:
		return parseEight(symbology, digits)
	case 12:
		return parseGTIN(UPCA, digits)
	case 13:
		return parseGTIN(EAN13, digits)
	case 14:
		return parseGTIN(ITF14, digits)
	}
	if len(digits) > 6 {
		return Code{}, wrongLength(digits)
	}
	return Code{Kind: Text, Text: digits}, nil
}

func parseGTIN(kind Kind, digits string) (Code, error) {
	if want := checkDigit(digits[:len(digits)-1]); digits[len(digits)-1] != want {
		return Code{}, wrongCheckDigit(digits, want)
	}
	if strings.Trim(digits, "0") == "" {
		return Code{}, onlyZeros(digits)
	}
	return Code{Kind: kind, Text: digits, GTIN: pad(digits, 14)}, nil
}

// parseEight reads eight digits. Those with 0 or 1 in front are a UPC-E where its check
// digit is right, else an EAN-8; where both are, the other is kept in Also.
func parseEight(symbology, digits string) (Code, error) {
	code, err := parseGTIN(EAN8, digits)
	full, ok := expandUPCE(digits)
	if !ok || symbology == "]E4" || errors.Is(err, ErrForm) {
		return code, err
	}
	upce := Code{Kind: UPCE, Text: digits, GTIN: pad(full, 14)}
	if err == nil && code.GTIN != upce.GTIN {
		upce.Also = code.Normal()
	}
	return upce, nil
}

// parseText reads a code of a shop's own: printable ASCII without spaces, and without the
// bracket in front that a symbology's identifier has.
func parseText(text string) (Code, error) {
	switch {
	case looksComputed(text):
		return Code{}, computedCode(text)
	case len(text) > maxText:
		return Code{}, longText(text)
	case text[0] == ']' || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return Code{}, strangeText(text)
	}
	return Code{Kind: Text, Text: text}, nil
}

// looksComputed reports a number as a spreadsheet writes it back: 6.9E+12, 5449000.0.
func looksComputed(text string) bool {
	mantissa, exponent, scientific := strings.Cut(strings.ToUpper(text), "E")
	whole, part, point := strings.Cut(mantissa, ".")
	number := isDigits(whole) && (!point || isDigits(part))
	if scientific {
		return number && isDigits(strings.TrimPrefix(exponent, "+")) && (point || strings.HasPrefix(exponent, "+"))
	}
	return number && point
}

func isLetter(b byte) bool { return b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' }

func isDigits(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(b byte) bool { return b < '0' || b > '9' })
}

func pad(digits string, length int) string {
	return strings.Repeat("0", max(0, length-len(digits))) + digits
}
