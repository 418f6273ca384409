package catalogue

import (
	"fmt"
	"io"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// maxBytes is the largest file that is read.
const maxBytes = 64 << 20

// Read compares a CSV file with what the shop has. The error is that of the file as a
// whole: too large, no known encoding or format, quotation marks that never close. What is
// wrong with a line is an issue of its row.
func Read(in io.Reader, o Options) (Preview, error) {
	raw, err := io.ReadAll(io.LimitReader(in, maxBytes+1))
	if err != nil {
		return Preview{}, fmt.Errorf("reading articles: %w", err)
	}
	if len(raw) > maxBytes {
		return Preview{}, tooLarge()
	}
	text, name, err := decode(raw, o.Encoding)
	if err != nil {
		return Preview{}, err
	}
	s, err := readSheet(text)
	if err != nil {
		return Preview{}, err
	}
	l, err := recognize(s.head, o.Location)
	if err != nil {
		return Preview{}, err
	}
	m := newMerger(l, o)
	m.merge(variantLines(l, readLines(l, o, s.lines)))
	return Preview{Format: l.name, Encoding: name, Ignored: l.ignored, Rows: m.rows, Items: m.items, Opening: m.opening}, nil
}

func tooLarge() error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("the file is larger than %d MiB", "文件大于 %d MiB").With(maxBytes >> 20),
		Hint: i18n.T("cut it into several files", "请拆分为多个文件").With(),
	}
}

func readLines(l layout, o Options, lines []sheetLine) []*entry {
	r := &lineReader{layout: l, o: o}
	entries := make([]*entry, len(lines))
	for i, line := range lines {
		entries[i] = r.entry(line)
	}
	return entries
}

// variantLines are the entries that speak of a variant. A line that names an article whose
// variants are the lines below it hands them what it says, and is none itself; neither is
// a line of Shopify's that only shows a picture.
func variantLines(l layout, entries []*entry) []*entry {
	var kept []*entry
	for i, e := range entries {
		switch {
		case e.head && e.name == "" && l.name == "shopify":
		case e.head && l.carry && i+1 < len(entries) && entries[i+1].name == "" && entries[i+1].group == e.group:
			entries[i+1].inherit(e)
		default:
			kept = append(kept, e)
		}
	}
	return kept
}

// inherit takes over what the line of the article says of all its variants.
func (e *entry) inherit(above *entry) {
	for _, f := range wholeFields() {
		if above.said[f] && !e.said[f] {
			e.said[f] = true
			e.take(f, above)
		}
	}
	e.row.Name = e.name
}

func (e *entry) take(f field, from *entry) {
	switch f {
	case fName:
		e.name = from.name
	case fCategory:
		e.category = from.category
	case fUnit:
		e.unit = from.unit
	case fTaxClass:
		e.taxClass = from.taxClass
	default:
	}
}
