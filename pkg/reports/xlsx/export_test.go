package xlsx

import (
	"io"

	"github.com/tillworks/till/pkg/reports"
)

// WriteLimited is Write for sheets of so many rows.
func WriteLimited(w io.Writer, src reports.Source, o reports.Options, limit int) error {
	return write(w, src, o, limit)
}
