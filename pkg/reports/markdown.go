package reports

import (
	"io"
	"strings"
)

// WriteMarkdown writes tables in the manner of GitHub: a heading, the period, and for
// each section a table whose numbers stand at the right. Totals are bold.
func WriteMarkdown(w io.Writer, src Source, o Options) error {
	out := newPaper(w)
	doc := src.Document()
	level := "##"
	if doc.Title.IsZero() {
		level = "#"
	} else {
		out.put("# %s\n\n", markdown(doc.Title.In(o.Lang)))
	}
	for i := range doc.Tables {
		if i > 0 {
			out.put("\n")
		}
		writeMarkdownTable(out, &doc.Tables[i], level, o)
	}
	writeMarkdownNotes(out, doc.Notes, o)
	return out.done()
}

func writeMarkdownTable(w *paper, t *Table, level string, o Options) {
	w.put("%s %s\n", level, markdown(t.Title.In(o.Lang)))
	if h := t.Heading(); !h.IsZero() {
		w.put("\n%s\n", markdown(h.In(o.Lang)))
	}
	for i := range t.Sections {
		if s := &t.Sections[i]; len(s.Rows) > 0 {
			writeMarkdownSection(w, t, s, o)
		}
	}
	if t.IsEmpty() {
		w.put("\n%s\n", t.EmptyText().In(o.Lang))
	}
	writeMarkdownNotes(w, t.Notes, o)
}

func writeMarkdownSection(w *paper, t *Table, s *Section, o Options) {
	if h := s.Heading(); !h.IsZero() {
		w.put("\n**%s**\n", markdown(h.In(o.Lang)))
	}
	w.put("\n|")
	for i := range t.Columns {
		w.put(" %s |", markdown(t.Columns[i].Heading().In(o.Lang)))
	}
	w.put("\n|")
	for i := range t.Columns {
		if t.Columns[i].IsRight() {
			w.put(" ---: |")
		} else {
			w.put(" --- |")
		}
	}
	w.put("\n")
	for _, r := range s.AllRows(o) {
		writeMarkdownRow(w, t, s, &r, o)
	}
}

func writeMarkdownRow(w *paper, t *Table, s *Section, r *Row, o Options) {
	w.put("|")
	for i := range r.Cells {
		text := markdown(t.Show(i, s, &r.Cells[i], o.Lang))
		if r.Kind == Sum && text != "" {
			text = "**" + text + "**"
		}
		w.put(" %s |", text)
	}
	w.put("\n")
}

func writeMarkdownNotes(w *paper, notes []Text, o Options) {
	for _, n := range notes {
		w.put("\n%s\n", markdown(n.In(o.Lang)))
	}
}

// markdown escapes what Markdown or HTML would take for more than text.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range Clean(s) {
		if strings.ContainsRune("\\`*_[]<>|~&#", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
