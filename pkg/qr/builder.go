package qr

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillworks/till/pkg/money"
)

// Builder makes a merchant-presented code. Each setter takes one thing and gives the
// Builder back; the first value that cannot be is told by [Builder.Build]. Setting a
// thing twice leaves the second. The zero Builder is ready.
type Builder struct{ p *draft }

// draft is what a Builder holds, behind a pointer since an account may be a card number.
type draft struct {
	values   map[string]*string        // by path; pointers, which fmt does not follow
	sums     map[string]money.Currency // of the amounts among them
	tolerate Grade
	err      error
}

// Additional is an object of the additional data, 62 (EMVCo MPM v1.1, table 3.6).
type Additional string

// The additional data. "***" as a value has the wallet ask the shopper.
const (
	BillNumber    Additional = "01"
	MobileNumber  Additional = "02"
	StoreLabel    Additional = "03"
	LoyaltyNumber Additional = "04"
	Reference     Additional = "05"
	CustomerLabel Additional = "06"
	TerminalLabel Additional = "07"
	Purpose       Additional = "08"
	AskShopper    Additional = "09" // any of A (address), M (mobile number) and E (e-mail)
)

// Account sets part of a merchant account by its path: "02" to "25" for the number that a
// card network knows the merchant by, "26.00" to "51.99" for an object of an account
// template, whose 00 is the scheme's identifier. 1 to 99 characters.
func (b *Builder) Account(path, value string) *Builder {
	ids, ok := parsePath(path)
	simple := ok && len(ids) == 1 && holdsNumber(ids[0])
	nested := ok && len(ids) > 1 && ids[0] >= 26 && ids[0] <= 51
	return b.set(path, value, simple || nested)
}

// Initiation says whether the code is for many payments or for one.
func (b *Builder) Initiation(i Initiation) *Builder {
	switch i {
	case Static:
		return b.set("01", "11", true)
	case Dynamic:
		return b.set("01", "12", true)
	case Unsaid:
	}
	delete(b.draft().values, "01")
	return b
}

// MCC sets the merchant category code, four digits of ISO 18245; "0000" where there is
// none.
func (b *Builder) MCC(code string) *Builder {
	return b.set("52", code, len(code) == 4 && allDigits(code))
}

// Currency sets the currency of a code without an amount. All amounts of a code must be
// in the one currency.
func (b *Builder) Currency(c money.Currency) *Builder {
	return b.set("53", c.Number(), !c.IsZero())
}

// Amount sets the amount, above zero, and its currency.
func (b *Builder) Amount(a money.Amount) *Builder {
	return b.sum("54", a).Currency(a.Currency())
}

// AskTip has the wallet ask the shopper for a tip.
func (b *Builder) AskTip() *Builder { return b.fee("01", "56", "57") }

// FixedFee adds a fee, above zero and in the currency of the code.
func (b *Builder) FixedFee(a money.Amount) *Builder {
	return b.fee("02", "57").sum("56", a).Currency(a.Currency())
}

// PercentFee adds a fee of so many hundredths of a percent of the amount: 70 is 0.70 %.
// From 1 to 9999.
func (b *Builder) PercentFee(hundredths int) *Builder {
	if hundredths < 1 || hundredths > 9999 {
		return b.refuse("57")
	}
	return b.fee("03", "56").set("57", percentText(hundredths), true)
}

// fee sets the kind of fee and takes away what belongs to another kind.
func (b *Builder) fee(kind string, others ...string) *Builder {
	for _, path := range others {
		delete(b.draft().values, path)
	}
	return b.set("55", kind, true)
}

// sum keeps an amount above zero with its currency.
func (b *Builder) sum(path string, a money.Amount) *Builder {
	b.draft().sums[path] = a.Currency()
	return b.set(path, a.Decimal(), a.IsPositive())
}

// Country sets the merchant's country, two letters of ISO 3166-1.
func (b *Builder) Country(code string) *Builder {
	return b.set("58", strings.ToUpper(code), len(code) == 2 && allLetters(code))
}

// Merchant sets the merchant's name, 1 to 25 characters of ASCII; other scripts go to
// Local.
func (b *Builder) Merchant(name string) *Builder { return b.set("59", name, isASCII(name)) }

// City sets the merchant's city, 1 to 15 characters of ASCII.
func (b *Builder) City(name string) *Builder { return b.set("60", name, isASCII(name)) }

// PostalCode sets the merchant's postal code, 1 to 10 characters.
func (b *Builder) PostalCode(code string) *Builder { return b.set("61", code, true) }

// Local sets the merchant's name (1 to 25 characters) and, unless it is empty, city (at
// most 15) in a language, two letters of ISO 639-1.
func (b *Builder) Local(language, name, city string) *Builder {
	b.set("64.00", strings.ToUpper(language), len(language) == 2 && allLetters(language))
	b.set("64.01", name, true)
	if city == "" {
		delete(b.draft().values, "64.02")
		return b
	}
	return b.set("64.02", city, true)
}

// Additional sets one of the additional data, 1 to 25 characters.
func (b *Builder) Additional(field Additional, value string) *Builder {
	known := len(field) == 2 && allDigits(string(field)) && field >= "01" && field <= "09"
	if field == AskShopper && strings.Trim(value, "AME") != "" {
		known = false
	}
	return b.set("62."+string(field), value, known)
}

// Unreserved sets an object of a template that somebody owns by its path, "80.00" to
// "99.99"; 00 is the owner's identifier.
func (b *Builder) Unreserved(path, value string) *Builder {
	ids, ok := parsePath(path)
	return b.set(path, value, ok && len(ids) == 2 && ids[0] >= 80)
}

// Tolerate sets the worst grade of finding that Build takes. It is Warning unless said
// otherwise; Scheme is for the codes of schemes that stray from EMVCo's standard, such
// as PromptPay, which names no merchant.
func (b *Builder) Tolerate(g Grade) *Builder {
	b.draft().tolerate = min(g, Scheme)
	return b
}

// Build makes the code, its objects in ascending order and its check value at the end. It
// refuses, with a [Finding], what a setter was given and cannot be, and what reads back
// with a finding that is not tolerated: a mandatory object that is missing, a name that
// is too long, a template without an identifier.
func (b *Builder) Build() (Code, error) {
	d := b.draft()
	if d.err != nil {
		return Code{}, d.err
	}
	text, err := d.text()
	if err != nil {
		return Code{}, err
	}
	c, err := Parse(text)
	if err != nil {
		return Code{}, err
	}
	if findings := c.Findings(); len(findings) > 0 && findings[0].Grade > d.tolerate {
		return Code{}, findings[0]
	}
	return c, nil
}

func (b *Builder) draft() *draft {
	if b.p == nil {
		version := "01"
		b.p = &draft{values: map[string]*string{"00": &version}, sums: map[string]money.Currency{}, tolerate: Warning}
	}
	return b.p
}

// set keeps a value, or the first one that cannot be.
func (b *Builder) set(path, value string, can bool) *Builder {
	if !can || value == "" || !utf8.ValidString(value) {
		return b.refuse(path)
	}
	value = strings.Clone(value)
	b.draft().values[path] = &value
	return b
}

func (b *Builder) refuse(path string) *Builder {
	if d := b.draft(); d.err == nil {
		d.err = Finding{Grade: Fatal, Fault: NotBuildable, Path: path}
	}
	return b
}

// text writes the objects in order and the check value.
func (d *draft) text() (string, error) {
	var root node
	for _, path := range slices.Sorted(maps.Keys(d.values)) {
		ids, _ := parsePath(path)
		if c, ok := d.sums[path]; ok && (d.values["53"] == nil || c.Number() != *d.values["53"]) {
			return "", Finding{Grade: Fatal, Fault: NoCurrency, Path: path}
		}
		if !root.put(ids, *d.values[path]) {
			return "", Finding{Grade: Fatal, Fault: NotBuildable, Path: path}
		}
	}
	text, err := root.text(nil)
	if err != nil {
		return "", err
	}
	// 63 stands behind everything, and the objects above it before it.
	text += "6304"
	return text + hexDigits(checksum(text)), nil
}

// node is an object to be: a value, or objects inside.
type node struct {
	value string
	inner map[uint8]*node
}

// put places a value; it is false where a value and objects would be in one place.
func (n *node) put(ids []uint8, value string) bool {
	if len(ids) == 0 {
		n.value = value
		return n.inner == nil
	}
	if n.inner == nil {
		n.inner = map[uint8]*node{}
	}
	if n.inner[ids[0]] == nil {
		n.inner[ids[0]] = &node{}
	}
	return n.value == "" && n.inner[ids[0]].put(ids[1:], value)
}

// text is the objects inside, in ascending order, or the value.
func (n *node) text(path []uint8) (string, error) {
	if n.inner == nil {
		return n.value, nil
	}
	var out strings.Builder
	for _, id := range slices.Sorted(maps.Keys(n.inner)) {
		inner, err := n.inner[id].text(append(path, id))
		if err != nil {
			return "", err
		}
		size := utf8.RuneCountInString(inner)
		if size > most {
			return "", Finding{Grade: Fatal, Fault: LongValue, Path: idPath(append(path, id)), Want: most, Got: size}
		}
		out.WriteString(twoDigits(int(id)) + twoDigits(size) + inner)
	}
	return out.String(), nil
}
