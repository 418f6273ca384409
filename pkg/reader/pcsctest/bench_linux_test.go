package pcsctest

import (
	"reflect"
	"testing"
)

// What a benchmark prints in its namespace, under -benchmem and with words of its own.
func TestParseResults(t *testing.T) {
	said := `goos: linux
BenchmarkCommand
BenchmarkCommand/bare
BenchmarkCommand/bare-2         	   12345	     81000 ns/op	     120 B/op	       3 allocs/op
BenchmarkCommand/two-words
BenchmarkCommand/two-words 	   7	     0.5 p95-ms
BenchmarkCommands/other-2 	   7	     1 ns/op
PASS
`
	want := []result{
		{"bare", []metric{{12345, "runs"}, {81000, "ns/op"}, {120, "B/op"}, {3, "allocs/op"}}},
		{"two-words", []metric{{7, "runs"}, {0.5, "p95-ms"}}},
	}
	if got := parseResults("BenchmarkCommand", said); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := parseResults("BenchmarkCommand", "--- SKIP: BenchmarkCommand\nPASS\n"); got != nil {
		t.Errorf("got %+v of no results", got)
	}
}
