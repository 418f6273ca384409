package specfile

import (
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// Severity says whether a file with the finding loads.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // the file does not load
	SeverityWarning Severity = "warning" // the file loads, and may do what nobody wanted
)

// Finding is one thing that is wrong with a spec file, and where. Its texts hold names
// of the file and figures; whatever could be a card number is struck out.
type Finding struct {
	Severity Severity `json:"severity"`
	Path     string   `json:"path,omitempty"`   // the element: "4", "55.9F26"; empty for the whole file
	Line     int      `json:"line,omitempty"`   // from 1; 0 where the whole file is meant
	Column   int      `json:"column,omitempty"` // from 1, in characters
	Class    string   `json:"class,omitempty"`  // the jPOS class that it is about
	En       string   `json:"en"`
	Zh       string   `json:"zh"`
}

// In is what is wrong, in "zh" and its variants in Chinese, in all else in English.
func (f Finding) In(lang string) string {
	if strings.HasPrefix(strings.ToLower(lang), "zh") {
		return f.Zh
	}
	return f.En
}

// String is the finding on one line, in English: "12:5: error: field 4: …".
func (f Finding) String() string {
	var s strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&s, "%d:%d: ", f.Line, f.Column)
	}
	fmt.Fprintf(&s, "%s: ", f.Severity)
	if f.Path != "" {
		fmt.Fprintf(&s, "field %s: ", f.Path)
	}
	return s.String() + f.En
}

// Report is what was read beside the fields.
type Report struct {
	Format   Format    `json:"format"`
	Fields   int       `json:"fields"`           // of the message, with the message type and the bitmap
	Header   int       `json:"header,omitempty"` // bytes in front of the message type that are no field of it
	Findings []Finding `json:"findings"`
}

// Error is why a file did not load: its errors, the first one as the text. errors.Is
// finds [iso8583.ErrSpec] in it.
type Error struct {
	Findings []Finding // at least one, all of SeverityError
}

// Error says the first finding, and how many more there are.
func (e *Error) Error() string {
	f := e.Findings[0]
	var s strings.Builder
	s.WriteString(iso8583.ErrSpec.Error() + ": ")
	if f.Line > 0 {
		fmt.Fprintf(&s, "line %d, column %d: ", f.Line, f.Column)
	}
	if f.Path != "" {
		fmt.Fprintf(&s, "field %s: ", f.Path)
	}
	s.WriteString(f.En)
	if more := len(e.Findings) - 1; more > 0 {
		fmt.Fprintf(&s, " (and %d more)", more)
	}
	return s.String()
}

// Unwrap gives [iso8583.ErrSpec] to errors.Is.
func (e *Error) Unwrap() error { return iso8583.ErrSpec }

// failure is the error of a list of findings, or nil.
func failure(findings []Finding) error {
	var bad []Finding
	for _, f := range findings {
		if f.Severity == SeverityError {
			bad = append(bad, f)
		}
	}
	if bad == nil {
		return nil
	}
	return &Error{Findings: bad}
}

// place is a line and a column, from 1; the zero place is the whole file.
type place struct{ line, column int }

// findingsMost bounds a report: who has that many mistakes has another problem.
const findingsMost = 200

// notes gathers findings.
type notes struct {
	list   []Finding
	failed bool // whether one of them is an error
}

// full reports that no more findings are wanted of a severity: the list is long enough,
// and has an error where one was found.
func (n *notes) full(s Severity) bool {
	return len(n.list) >= findingsMost && (n.failed || s != SeverityError)
}

// add keeps a finding, up to the bound; the first error takes the place of a warning.
func (n *notes) add(f Finding) {
	if n.full(f.Severity) {
		return
	}
	f.Path, f.Class, f.En, f.Zh = harmless(f.Path), harmless(f.Class), harmless(f.En), harmless(f.Zh)
	if len(n.list) >= findingsMost {
		n.list = n.list[:findingsMost-1]
	}
	n.list = append(n.list, f)
	n.failed = n.failed || f.Severity == SeverityError
}

// errorf adds an error; the two texts take the same arguments.
func (n *notes) errorf(path string, at place, en, zh string, args ...any) {
	n.addf(SeverityError, path, at, en, zh, args)
}

// warnf adds a warning.
func (n *notes) warnf(path string, at place, en, zh string, args ...any) {
	n.addf(SeverityWarning, path, at, en, zh, args)
}

func (n *notes) addf(s Severity, path string, at place, en, zh string, args []any) {
	if !n.full(s) {
		n.add(Finding{Severity: s, Path: path, Line: at.line, Column: at.column, En: fmt.Sprintf(en, args...), Zh: fmt.Sprintf(zh, args...)})
	}
}

// shownMost is how much of a name of the file a finding repeats, in characters.
const shownMost = 40

// shown is a name of the file, as a finding repeats it.
func shown(s string) string {
	runes := []rune(s)
	if len(runes) > shownMost {
		s = string(runes[:shownMost]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// harmless strikes out runs of digits long enough for a card number (12, ISO/IEC 7812-1):
// somebody may take a dump for a spec. Blanks and dashes do not end a run.
func harmless(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); {
		end, digits := digitRun(b, i)
		if digits >= 12 {
			for j := i; j < end; j++ {
				if b[j] >= '0' && b[j] <= '9' {
					b[j] = '*'
				}
			}
		}
		i = max(end, i+1)
	}
	return string(b)
}

// digitRun is where a run of digits that starts at i ends, and how many it has.
func digitRun(b []byte, i int) (end, digits int) {
	for end = i; end < len(b); end++ {
		switch c := b[end]; {
		case c >= '0' && c <= '9':
			digits++
		case digits == 0 || c != ' ' && c != '-':
			return end, digits
		}
	}
	return end, digits
}

var (
	_ error        = (*Error)(nil)
	_ fmt.Stringer = Finding{}
)
