package dialect

import (
	"fmt"
	"strconv"
	"strings"
)

// element is one line of a table: a data element or a part of one, before any coding.
//
// A line has five columns, and a sixth where the coding of the dialect is not enough:
// path, notation, class of data or "-", name in English, name in Chinese, options. The
// notation is that of the standard with the kinds that it describes in prose: "n6" is
// fixed, "n..19" has two digits of length and at most 19, one dot a digit. A line of a
// later table replaces that of an earlier one; "-" for a notation takes the field out.
type element struct {
	path    string
	content string // n, an, ans, ns, z, x+n, b, raw, bitmap, or a layout: tlv, pos, cut, bits, tags, sets, split, tokens
	ls      int    // digits of the length prefix; 0 is fixed
	length  int    // characters; of b and of a layout, bytes
	class   string
	en, zh  string
	options string
}

// parseElement reads one line of a table.
func parseElement(line string) (element, error) {
	var cols [6]string
	count := 0
	for ; count < len(cols); count++ {
		col, rest, more := strings.Cut(line, "\t")
		if cols[count] = col; !more {
			break
		}
		line = rest
	}
	if count != 4 && count != 5 {
		return element{}, fmt.Errorf("line of %d columns, want 5 or 6: %q", count+1, line)
	}
	e := element{path: cols[0], class: strings.TrimPrefix(cols[2], "-"), en: cols[3], zh: cols[4], options: cols[5]}
	return e, e.parseNotation(cols[1])
}

// parseNotation reads "n..19".
func (e *element) parseNotation(notation string) error {
	if e.content = notation; notation == "bitmap" || notation == "-" {
		return nil
	}
	at := strings.IndexAny(notation, ".0123456789")
	if at < 1 {
		return fmt.Errorf("field %s: notation %q", e.path, notation)
	}
	digits := strings.TrimLeft(notation[at:], ".")
	e.content, e.ls = notation[:at], len(notation)-at-len(digits)
	length, err := strconv.Atoi(digits)
	if err != nil {
		return fmt.Errorf("field %s: notation %q: %w", e.path, notation, err)
	}
	switch e.length = length; e.content {
	case "b":
		if e.ls == 0 {
			e.length /= 8 // the standard counts bits
		}
	case "x+n":
		e.length++ // and does not count the sign
	}
	return nil
}

// option is the value of an option "name=value"; one without a value is "yes".
func (e element) option(name string) string {
	if e.options == "" {
		return ""
	}
	for part := range strings.FieldsSeq(e.options) {
		key, value, given := strings.Cut(part, "=")
		switch {
		case key != name:
		case given:
			return value
		default:
			return "yes"
		}
	}
	return ""
}
