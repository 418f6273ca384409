package qr

import (
	"fmt"
	"slices"
)

// Grade says how bad a finding is. The grades are ordered: a worse one is greater.
type Grade uint8

// The grades.
const (
	OK      Grade = iota // nothing was found
	Warning              // allowed, and odd
	Scheme               // against EMVCo's standard as national schemes are known to be; a scheme may take it
	Fatal                // unreadable, damaged or contradicting itself: to be refused
)

// String is the word for programs: "ok", "warning", "scheme", "fatal".
func (g Grade) String() string {
	switch g {
	case OK:
		return "ok"
	case Warning:
		return "warning"
	case Scheme:
		return "scheme"
	case Fatal:
	}
	return "fatal"
}

// MarshalText implements encoding.TextMarshaler with the word.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// Fault is one thing that can be wrong with a code. Faults are constants to compare
// with, by errors.Is where they come inside an error.
type Fault string

// The faults of the text as a whole and of its structure.
const (
	Empty         Fault = "empty"          // no text
	TooLong       Fault = "too_long"       // more bytes than any symbol carries
	Lengthy       Fault = "lengthy"        // more than the 512 characters that EMVCo advises
	Unknown       Fault = "unknown"        // neither a merchant code nor a wallet's code
	NotUTF8       Fault = "not_utf8"       // bytes that are no UTF-8
	BadTag        Fault = "bad_tag"        // no ID of two digits where an object begins
	BadLength     Fault = "bad_length"     // no length of two digits behind the ID
	CutShort      Fault = "cut_short"      // the text or the template ends inside the object
	BytesCounted  Fault = "bytes_counted"  // the lengths count bytes and not characters
	ZeroLength    Fault = "zero_length"    // an object without a value
	EmptyTemplate Fault = "empty_template" // a template without objects
	PlainTemplate Fault = "plain_template" // a value where a template belongs
	StrayObject   Fault = "stray_object"   // an object that the template around it cannot hold
	NoGUID        Fault = "no_guid"        // a template that does not say whose it is
	Repeated      Fault = "repeated"       // the same object with the same value again
	Contradiction Fault = "contradiction"  // the same object with another value
	Reserved      Fault = "reserved"       // an ID that EMVCo keeps for later
	LongValue     Fault = "long_value"     // more characters than the object may have
	Control       Fault = "control"        // a control character
	NonASCII      Fault = "non_ascii"      // a character beyond ASCII outside the language template
	CardNumber    Fault = "card_number"    // a card number where none belongs
	NoElement     Fault = "no_element"     // a path that names no object
)

// The faults of what the objects say.
const (
	NoHeader         Fault = "no_header"         // no payload format indicator (00)
	LateHeader       Fault = "late_header"       // it is not the first object
	OtherVersion     Fault = "other_version"     // it is not "01"
	BadInitiation    Fault = "bad_initiation"    // 01 is neither "11" nor "12"
	NoCRC            Fault = "no_crc"            // no check value (63)
	BadCRC           Fault = "bad_crc"           // it is not four hexadecimal digits
	WrongCRC         Fault = "wrong_crc"         // it does not fit the text
	EarlyCRC         Fault = "early_crc"         // something follows it, which it does not protect
	LowerCRC         Fault = "lower_crc"         // its digits are in lower case
	NoAccount        Fault = "no_account"        // nobody to be paid: no object of 02 to 51
	Missing          Fault = "missing"           // an object that EMVCo demands is not there
	WantDigits       Fault = "want_digits"       // not the number of digits that the object has
	WantLetters      Fault = "want_letters"      // not the number of letters that the object has
	UnknownCurrency  Fault = "unknown_currency"  // no currency of ISO 4217 has this number
	BadAmount        Fault = "bad_amount"        // not digits with at most one point between
	TooManyDecimals  Fault = "too_many_decimals" // more decimals than the currency has
	NeedlessDecimals Fault = "needless_decimals" // more decimals than the currency has, all of them zero
	HugeAmount       Fault = "huge_amount"       // more than 64 bits of minor units
	ZeroAmount       Fault = "zero_amount"       // nothing to pay
	NoCurrency       Fault = "no_currency"       // an amount of no known currency
	BadPercent       Fault = "bad_percent"       // not a percentage from 0.01 to 99.99
	BadTip           Fault = "bad_tip"           // 55 is neither "01" nor "02" nor "03"
	NoFee            Fault = "no_fee"            // 55 announces a fee that is not there
	StrayFee         Fault = "stray_fee"         // a fee that 55 does not announce
	SeveralWallets   Fault = "several_wallets"   // a shopper's code that more than one wallet gives out
	MaybeCard        Fault = "maybe_card"        // a shopper's code that may be a card number
	Link             Fault = "link"              // an address; there is nothing in it to check
	NotPassive       Fault = "not_passive"       // not a shopper's payment code
	NotBuildable     Fault = "not_buildable"     // a value that the builder cannot take
)

// Error implements error: the fault in English, without figures.
func (f Fault) Error() string { return english.fault(f, 0, 0) }

// Finding is one fault at a place. It holds no value of the code, so it can be logged.
// It is an error too; errors.Is finds its Fault.
type Finding struct {
	Grade  Grade
	Fault  Fault
	Path   string // the object, "26.01"; empty for the whole text
	Offset int    // byte of the text that the fault is at, from 0
	Want   int    // with Got, the figures of the fault where it has any: characters, digits, decimals, check values
	Got    int
}

// Text says the fault with its figures and without its place, in "en" or "zh".
func (f Finding) Text(lang string) string { return tongueOf(lang).fault(f.Fault, f.Want, f.Got) }

// Error implements error: place, fault and figures, in English.
func (f Finding) Error() string {
	if f.Path == "" {
		return fmt.Sprintf("byte %d: %s", f.Offset, f.Text("en"))
	}
	return fmt.Sprintf("object %s at byte %d: %s", f.Path, f.Offset, f.Text("en"))
}

// Unwrap gives the Fault to errors.Is.
func (f Finding) Unwrap() error { return f.Fault }

// sorted is the findings, the worst first, each grade in the order of the text.
func sorted(findings []Finding) []Finding {
	list := slices.Clone(findings)
	slices.SortStableFunc(list, func(a, b Finding) int {
		if a.Grade != b.Grade {
			return int(b.Grade) - int(a.Grade)
		}
		return a.Offset - b.Offset
	})
	return list
}

// worst is the greatest grade.
func worst(findings []Finding) Grade {
	grade := OK
	for i := range findings {
		grade = max(grade, findings[i].Grade)
	}
	return grade
}

var _ error = Finding{}
