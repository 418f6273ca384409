package reports_test

import (
	"io"
	"testing"

	"github.com/tillworks/till/pkg/reports"
)

// Every writer writes every shape of table in both languages as it did.
func TestWritersGolden(t *testing.T) {
	writers := map[string]func(io.Writer, reports.Source, reports.Options) error{
		"txt": reports.WriteTerminal, "csv": reports.WriteCSV, "tsv": reports.WriteTSV,
		"json": reports.WriteJSON, "ndjson": reports.WriteNDJSON, "md": reports.WriteMarkdown,
	}
	for name, src := range samples(t) {
		for ext, write := range writers {
			for _, lang := range []string{"en", "zh"} {
				t.Run(name+"."+lang+"."+ext, func(t *testing.T) {
					golden(t, name+"."+lang+"."+ext, written(t, write, src, reports.Options{Lang: lang}))
				})
			}
		}
		golden(t, name+".ascii.txt", written(t, reports.WriteTerminal, src, reports.Options{ASCII: true, Width: 72}))
	}
}
