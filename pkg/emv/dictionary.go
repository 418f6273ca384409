package emv

import (
	"fmt"
	"iter"
	"strconv"
)

// The tables of this package are text, in data. What is searched is Go that
// internal/gentables makes of them, so that nothing is built at start and a look-up
// allocates nothing.

// Format is how a value is coded (EMV 4.4 Book 3, 4.3).
type Format string

// The formats. What has none of them is bytes.
const (
	FormatAlpha      Format = "a"   // letters
	FormatAlphaNum   Format = "an"  // letters and digits
	FormatText       Format = "ans" // ISO 8859 text
	FormatBinary     Format = "b"   //
	FormatCompressed Format = "cn"  // digits, two to a byte, left justified, filled with F
	FormatNumeric    Format = "n"   // digits, two to a byte, right justified, filled with 0
	FormatVariable   Format = "var" //
	FormatDOL        Format = "dol" // tags and lengths
	FormatTemplate   Format = "t"   // further data objects
)

// Source is who gives a data object.
type Source string

// The sources.
const (
	SourceCard     Source = "C"
	SourceTerminal Source = "T"
	SourceIssuer   Source = "I"
	SourceAny      Source = "A" // scheme-specific tags that more than one party uses
)

// Class says how a value must be treated when it is shown or kept.
type Class string

// The classes.
const (
	ClassNone  Class = "-"
	ClassPAN   Class = "pan"   // the card number: shown as first six and last four
	ClassTrack Class = "track" // sensitive authentication data: never kept, hidden whole
	ClassPIN   Class = "pin"   // PIN data and script commands that may carry one: hidden whole
	ClassName  Class = "name"  // the name of a person: hidden whole
	ClassToken Class = "token" // stands for an account or holds one where anybody can read it: hidden whole
)

// Entry is what the dictionary says of one tag.
type Entry struct {
	Tag Tag
	// Scheme is the payment scheme whose meaning this is, a name as [SchemeOf] gives it;
	// empty for a meaning that is common to all.
	Scheme string
	Source Source
	Format Format
	// Min and Max are the length of a value in bytes.
	Min, Max int
	Class    Class
	en, zh   string
}

// Name is what the standard calls the object, in English or, for "zh", in Chinese.
func (e Entry) Name(lang string) string {
	if lang == "zh" {
		return e.zh
	}
	return e.en
}

// IsSensitive reports a value that must not be shown as it is.
func (e Entry) IsSensitive() bool { return e.Class != ClassNone }

// lengths says how long a value may be: "3", "8 to 16".
func (e Entry) lengths() string {
	if e.Min == e.Max {
		return strconv.Itoa(e.Min)
	}
	return fmt.Sprintf("%d to %d", e.Min, e.Max)
}

// Lookup gives the entry of a tag. The meaning is that of EMV 4.4 Book 3 annex A, of
// Book B for contactless, and of ISO/IEC 7816-6 for the rest; where payment schemes
// differ on a tag, the name says so.
func Lookup(tag Tag) (Entry, bool) {
	n := entryNumber(tag)
	if n == 0 {
		return Entry{}, false
	}
	return numbered(n), true
}

// LookupFor gives the entry of a tag as the application with an identifier means it: what
// its scheme says (EMV Books C-2 to C-7 and the public specifications of the schemes), or
// else what [Lookup] says. An empty identifier is any application.
func LookupFor(tag Tag, aid []byte) (Entry, bool) { return lookupScheme(tag, SchemeOf(aid)) }

func lookupScheme(tag Tag, scheme string) (Entry, bool) {
	if scheme == schemeMaestro {
		scheme = schemeMastercard
	}
	if n := variantNumber(scheme, tag); n > 0 {
		return variant(n), true
	}
	return Lookup(tag)
}

// Variants are the meanings that single payment schemes give to a tag, none for most.
func Variants(tag Tag) []Entry {
	var entries []Entry
	for n := range variantCount {
		if e := variant(n + 1); e.Tag == tag {
			entries = append(entries, e)
		}
	}
	return entries
}

// variant is the entry of a scheme's meaning, by its number from 1.
func variant(n int) Entry {
	e := variantAt(n)
	e.en, e.zh = variantNamesAt(n)
	return e
}

// TagName is the name of a tag in English or, for "zh", in Chinese, or nothing where the
// dictionary does not know it.
func TagName(tag Tag, lang string) string {
	en, zh := namesAt(entryNumber(tag))
	return pick(lang, en, zh)
}

// Entries walks the whole dictionary, ascending by tag.
func Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for n := range entryCount {
			if !yield(numbered(n + 1)) {
				return
			}
		}
	}
}

// numbered is the entry of a number, from 1.
func numbered(n int) Entry {
	e := entryAt(n)
	e.en, e.zh = namesAt(n)
	return e
}

// classOf is the class of a tag. What the dictionary does not know is not hidden:
// a terminal shows nearly everything, and hides what it knows.
func classOf(tag Tag) Class {
	if e, ok := Lookup(tag); ok {
		return e.Class
	}
	return ClassNone
}
