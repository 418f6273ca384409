package emv

import (
	_ "embed"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// The dictionary is text, one tag a line, ascending by number. It is searched where it
// lies: nothing is built at start.
//
//go:embed data/tags.tsv
var dictionary string

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
	ClassToken Class = "token" // stands for an account: hidden whole
)

// Entry is what the dictionary says of one tag.
type Entry struct {
	Tag    Tag
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
	rest := dictionary
	for rest != "" {
		line, start, end := middleLine(rest)
		switch at := lineTag(line); {
		case at == tag:
			return parseEntry(line), true
		case at < tag:
			rest = rest[end:]
		default:
			rest = rest[:start]
		}
	}
	return Entry{}, false
}

// Entries walks the whole dictionary, ascending by tag.
func Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for line := range strings.Lines(dictionary) {
			if !yield(parseEntry(strings.TrimSuffix(line, "\n"))) {
				return
			}
		}
	}
}

// classOf is the class of a tag. What the dictionary does not know is not hidden:
// a terminal shows nearly everything, and hides what it knows.
func classOf(tag Tag) Class {
	if e, ok := Lookup(tag); ok {
		return e.Class
	}
	return ClassNone
}

// middleLine is the line about the middle of text, and its bounds with the newline.
func middleLine(text string) (line string, start, end int) {
	start = strings.LastIndexByte(text[:len(text)/2], '\n') + 1
	length := strings.IndexByte(text[start:], '\n')
	return text[start : start+length], start, start + length + 1
}

func lineTag(line string) Tag {
	cell, _, _ := strings.Cut(line, "\t")
	return tagCell(cell)
}

func tagCell(cell string) Tag {
	n, _ := strconv.ParseUint(cell, 16, 32)
	return Tag(n)
}

// parseEntry reads one line: tag, source, format, shortest, longest, class, English
// name, Chinese name. A test reads them all.
func parseEntry(line string) Entry {
	var cells [8]string
	for i := range cells {
		cells[i], line, _ = strings.Cut(line, "\t")
	}
	shortest, _ := strconv.Atoi(cells[3])
	longest, _ := strconv.Atoi(cells[4])
	return Entry{
		Tag: tagCell(cells[0]), Source: Source(cells[1]), Format: Format(cells[2]),
		Min: shortest, Max: longest, Class: Class(cells[5]), en: cells[6], zh: cells[7],
	}
}
