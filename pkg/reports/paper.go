package reports

import (
	"bufio"
	"fmt"
	"io"
)

// paper is what text is put on. Its writer keeps the first error, which done gives, so
// that nothing in between has to ask.
type paper struct{ w *bufio.Writer }

func newPaper(w io.Writer) *paper { return &paper{w: bufio.NewWriter(w)} }

func (p *paper) put(format string, args ...any) { _, _ = fmt.Fprintf(p.w, format, args...) }

func (p *paper) done() error {
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}
