package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes tables in the manner of GitHub: a heading, the period, and for
// each section a table whose numbers stand at the right. Totals are bold.
func WriteMarkdown(w io.Writer, src Source, o Options) error {
	out := bufio.NewWriter(w)
	doc := src.Document()
	level := "##"
	if doc.Title.IsZero() {
		level = "#"
	} else {
		fmt.Fprintf(out, "# %s\n\n", markdown(doc.Title.In(o.Lang)))
	}
	for i := range doc.Tables {
		if i > 0 {
			fmt.Fprintln(out)
		}
		writeMarkdownTable(out, &doc.Tables[i], level, o)
	}
	writeMarkdownNotes(out, doc.Notes, o)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func writeMarkdownTable(w *bufio.Writer, t *Table, level string, o Options) {
	fmt.Fprintf(w, "%s %s\n", level, markdown(t.Title.In(o.Lang)))
	if h := t.Heading(); !h.IsZero() {
		fmt.Fprintf(w, "\n%s\n", markdown(h.In(o.Lang)))
	}
	for i := range t.Sections {
		if s := &t.Sections[i]; len(s.Rows) > 0 {
			writeMarkdownSection(w, t, s, o)
		}
	}
	if t.IsEmpty() {
		fmt.Fprintf(w, "\n%s\n", t.EmptyText().In(o.Lang))
	}
	writeMarkdownNotes(w, t.Notes, o)
}

func writeMarkdownSection(w *bufio.Writer, t *Table, s *Section, o Options) {
	if h := s.Heading(); !h.IsZero() {
		fmt.Fprintf(w, "\n**%s**\n", markdown(h.In(o.Lang)))
	}
	fmt.Fprint(w, "\n|")
	for i := range t.Columns {
		fmt.Fprintf(w, " %s |", markdown(t.Columns[i].Heading().In(o.Lang)))
	}
	fmt.Fprint(w, "\n|")
	for i := range t.Columns {
		if t.Columns[i].IsRight() {
			fmt.Fprint(w, " ---: |")
		} else {
			fmt.Fprint(w, " --- |")
		}
	}
	fmt.Fprintln(w)
	for _, r := range s.AllRows(o) {
		writeMarkdownRow(w, t, s, &r, o)
	}
}

func writeMarkdownRow(w *bufio.Writer, t *Table, s *Section, r *Row, o Options) {
	fmt.Fprint(w, "|")
	for i := range r.Cells {
		text := markdown(t.Show(i, s, &r.Cells[i], o.Lang))
		if r.Kind == Sum && text != "" {
			text = "**" + text + "**"
		}
		fmt.Fprintf(w, " %s |", text)
	}
	fmt.Fprintln(w)
}

func writeMarkdownNotes(w *bufio.Writer, notes []Text, o Options) {
	for _, n := range notes {
		fmt.Fprintf(w, "\n%s\n", markdown(n.In(o.Lang)))
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
