package out

import "io"

// Sequence writes results one after the other, for a command that has more of them than
// memory: objects a line in JSON, one head and all rows in CSV and TSV, and in the formats
// for people a table or a text each, with an empty line between.
type Sequence struct {
	o      *Output
	screen Screen
	count  int
}

// Sequence starts to write to the screen or to the file. End it with [Sequence.End].
func (o *Output) Sequence(s Screen) *Sequence {
	if o.file != nil {
		s.Writer, s.Terminal = o.file, false
	}
	return &Sequence{o: o, screen: s}
}

// Screen is where the results go, for a command that writes lines of JSON itself.
func (q *Sequence) Screen() Screen { return q.screen }

// Write writes one result.
func (q *Sequence) Write(r Result) error {
	q.count++
	if q.count == 1 {
		return q.o.writeTo(q.screen, r)
	}
	switch q.o.checked {
	case CSV, TSV:
		table, err := r.table()
		if err != nil {
			return err
		}
		return table.writeRows(q.screen, q.o.checked)
	case Text, TableFmt, Markdown:
		if _, err := io.WriteString(q.screen.Writer, "\n"); err != nil {
			return err
		}
	case JSON, NDJSON, HTML, XLSX:
	}
	return q.o.writeTo(q.screen, r)
}

// End makes the file what was written. Without it nothing of a file is left.
func (q *Sequence) End() error { return q.o.commit() }
