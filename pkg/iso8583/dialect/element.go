package dialect

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// iso87 is the table of ISO 8583:1987.
//
//go:embed iso87.tsv
var iso87 string

// element is one data element as an edition of the standard defines it, before any
// coding: "n..19" is content n, two digits of length, at most 19.
type element struct {
	number  string
	content string // n, an, ans, ns, z, x+n, b, raw, tlv, bitmap
	ls      int    // digits of the length prefix; 0 is fixed
	length  int    // characters; of b, bytes
	class   string
	en, zh  string
}

// parseElement reads one line of a table.
func parseElement(line string) (element, error) {
	cols := strings.Split(line, "\t")
	if len(cols) != 5 {
		return element{}, fmt.Errorf("line of %d columns, want 5: %q", len(cols), line)
	}
	e := element{number: cols[0], class: strings.TrimPrefix(cols[2], "-"), en: cols[3], zh: cols[4]}
	if cols[1] == "bitmap" {
		e.content, e.length = "bitmap", 8
		return e, nil
	}
	at := strings.IndexAny(cols[1], ".0123456789")
	if at < 1 {
		return element{}, fmt.Errorf("field %s: notation %q", e.number, cols[1])
	}
	digits := strings.TrimLeft(cols[1][at:], ".")
	e.content, e.ls = cols[1][:at], len(cols[1])-at-len(digits)
	length, err := strconv.Atoi(digits)
	if err != nil {
		return element{}, fmt.Errorf("field %s: notation %q: %w", e.number, cols[1], err)
	}
	e.length = length
	switch e.content {
	case "b":
		e.length /= 8 // the standard counts bits
	case "x+n":
		e.length++ // and does not count the sign
	}
	return e, nil
}
