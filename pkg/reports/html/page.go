package html

import (
	"bufio"
	_ "embed" // the style sheet
	"fmt"
	"html"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/tillworks/till/pkg/reports"
)

//go:embed style.css
var style string

// Write writes the page. Of the options only Lang and NoTotals mean something.
func Write(w io.Writer, src reports.Source, o reports.Options) error {
	p := &page{w: bufio.NewWriter(w), o: o}
	doc := src.Document()
	p.begin(title(&doc))
	if !doc.Title.IsZero() {
		p.put("<h1>%s</h1>\n", p.text(doc.Title))
	}
	for i := range doc.Tables {
		p.table(&doc.Tables[i], doc.Title.IsZero() && i == 0)
	}
	p.notes(doc.Notes)
	p.put("</main>\n</body>\n</html>\n")
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// title is the page's: the document's, or its first table's.
func title(d *reports.Document) reports.Text {
	if d.Title.IsZero() && len(d.Tables) > 0 {
		return d.Tables[0].Title
	}
	return d.Title
}

// page is a page on its way; its writer keeps the first error until it is flushed.
type page struct {
	w *bufio.Writer
	o reports.Options
}

// put writes a format whose arguments are escaped already.
func (p *page) put(format string, args ...any) { _, _ = fmt.Fprintf(p.w, format, args...) }

// text is a text in the page's language, escaped.
func (p *page) text(t reports.Text) string { return escape(t.In(p.o.Lang)) }

func escape(s string) string { return html.EscapeString(reports.Clean(s)) }

func (p *page) begin(title reports.Text) {
	lang := "en"
	if reports.IsChinese(p.o.Lang) {
		lang = "zh-Hans"
	}
	p.put("<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\"/>\n", lang)
	p.put("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n")
	p.put("<title>%s</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", p.text(title), style)
}

// table writes a table; the heading of a page without another is its own.
func (p *page) table(t *reports.Table, first bool) {
	level := "h2"
	if first {
		level = "h1"
	}
	p.put("<article>\n<%s>%s</%s>\n", level, p.text(t.Title), level)
	if h := t.Heading(); !h.IsZero() {
		p.put("<p class=\"when\">%s</p>\n", p.text(h))
	}
	for i := range t.Sections {
		if s := &t.Sections[i]; len(s.Rows) > 0 {
			p.section(t, s)
		}
	}
	if t.IsEmpty() {
		p.put("<p class=\"empty\">%s</p>\n", p.text(t.EmptyText()))
	}
	p.notes(t.Notes)
	p.put("</article>\n")
}

func (p *page) notes(notes []reports.Text) {
	for _, n := range notes {
		p.put("<p class=\"note\">%s</p>\n", p.text(n))
	}
}

func (p *page) section(t *reports.Table, s *reports.Section) {
	if h := s.Heading(); !h.IsZero() {
		p.put("<h3>%s</h3>\n", p.text(h))
	}
	p.tiles(t, s)
	p.chart(t, s)
	p.put("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">\n<table>\n<caption>%s</caption>\n<thead>\n<tr>", p.text(t.Title), p.text(t.Title))
	for i := range t.Columns {
		p.put("<th scope=\"col\"%s>%s</th>", class(columnClass(&t.Columns[i])), p.text(t.Columns[i].Heading()))
	}
	p.put("</tr>\n</thead>\n<tbody>\n")
	for _, r := range s.AllRows(p.o) {
		p.row(t, s, &r)
	}
	p.put("</tbody>\n</table>\n</div>\n")
}

func columnClass(c *reports.Column) string {
	if c.IsRight() {
		return "num"
	}
	return ""
}

func class(names ...string) string {
	joined := strings.Join(strings.Fields(strings.Join(names, " ")), " ")
	if joined == "" {
		return ""
	}
	return ` class="` + joined + `"`
}

// maxLine is the number of letters of a cell that are not broken into lines.
const maxLine = 32

// row writes a row; its labels are its headings.
func (p *page) row(t *reports.Table, s *reports.Section, r *reports.Row) {
	kind := ""
	if r.Kind != reports.Plain {
		kind = r.Kind.String()
	}
	p.put("<tr%s>", class(kind))
	for i := range r.Cells {
		c := &r.Cells[i]
		negative := ""
		if t.KindOf(i, c).IsNumber() && !c.None && c.Value < 0 {
			negative = "neg"
		}
		shown, long := t.Show(i, s, c, p.o.Lang), ""
		if utf8.RuneCountInString(shown) > maxLine {
			long = "long"
		}
		tag, scope := "td", ""
		if t.Columns[i].Label {
			tag, scope = "th", ` scope="row"`
		}
		p.put("<%s%s%s>%s</%s>", tag, scope, class(columnClass(&t.Columns[i]), negative, long), escape(shown), tag)
	}
	p.put("</tr>\n")
}

// maxTiles is the number of totals that are shown large.
const maxTiles = 6

// tiles are the totals of what is measured, with the change where periods are compared.
func (p *page) tiles(t *reports.Table, s *reports.Section) {
	if s.Total == nil || p.o.NoTotals {
		return
	}
	var b strings.Builder
	tiles := 0
	for i := range t.Columns {
		column := &t.Columns[i]
		if !column.Kind.IsNumber() || column.Heat || column.Signed || strings.HasSuffix(column.Key, "_before") || strings.HasSuffix(column.Key, "_share") || tiles == maxTiles {
			continue
		}
		tiles++
		fmt.Fprintf(&b, "<div><dt>%s</dt><dd>%s%s</dd></div>\n", p.text(column.Heading()), escape(t.Show(i, s, &s.Total.Cells[i], p.o.Lang)), p.change(t, s, column.Key))
	}
	if tiles > 0 {
		p.put("<dl class=\"tiles\">\n%s</dl>\n", b.String())
	}
}

// change is what a total changed by, in percent or, of a percentage, in points.
func (p *page) change(t *reports.Table, s *reports.Section, key string) string {
	for _, suffix := range []string{"_change_percent", "_change"} {
		if i := columnOf(t, key+suffix); i >= 0 && !s.Total.Cells[i].None {
			return "<small>" + escape(t.Show(i, s, &s.Total.Cells[i], p.o.Lang)) + "</small>"
		}
	}
	return ""
}

// columnOf is the place of a column, or -1.
func columnOf(t *reports.Table, key string) int {
	for i := range t.Columns {
		if t.Columns[i].Key == key {
			return i
		}
	}
	return -1
}
