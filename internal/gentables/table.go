package main

import (
	"fmt"
	"strings"
)

// file is one file of tables.
type file struct {
	name string
	rows []row
}

// row is one line that is no comment.
type row struct {
	line  int
	note  string // the comment that stands right above it
	cells []string
}

// parse reads lines of cells with tabs between them. A line that begins with "# " is a
// comment; an empty line ends one.
func parse(name, text string) (file, error) {
	f := file{name: name}
	note := ""
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		words, isNote := strings.CutPrefix(line, "# ")
		switch {
		case isNote:
			note += words + "\n"
		case line == "":
			note = ""
		default:
			f.rows = append(f.rows, row{line: i + 1, note: note, cells: strings.Split(line, "\t")})
			note = ""
		}
	}
	if len(f.rows) == 0 {
		return f, fmt.Errorf("%s: no rows", name)
	}
	return f, nil
}

// fault is a fault in a line of a file.
func (f file) fault(r row, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", f.name, r.line, fmt.Sprintf(format, args...))
}
