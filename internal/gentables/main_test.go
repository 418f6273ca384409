package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is committed is what the tables make.
func TestCurrent(t *testing.T) {
	for _, o := range outputs() {
		want, err := o.source("../..")
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := os.ReadFile(filepath.Join("../..", o.path))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what its tables make: run go generate ./internal/gentables", o.path)
		}
	}
}

// A fault in a table is told with its line.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		make             func([]file) ([]byte, error)
	}{
		{"no rows", "# a note\n", "x.tsv: no rows", codesOf("p", "x.tsv")},
		{"no note", "t\t1\ta\tb\n", "x.tsv:1: table t has no comment", codesOf("p", "x.tsv")},
		{"no Chinese", "# n\nt\t1\ta\n", "x.tsv:2: want table, code, English, Chinese", codesOf("p", "x.tsv")},
		{"a code twice", "# n\nt\t1\ta\tb\nt\t1\tc\td\n", "x.tsv:3: code 1 of t is there twice", codesOf("p", "x.tsv")},
		{"a table in two places", "# n\nt\t1\ta\tb\n\n# m\nu\t1\ta\tb\n\n# o\nt\t2\ta\tb\n", "x.tsv:8: table t stands in two places", codesOf("p", "x.tsv")},
		{"tags that descend", "9F02\tT\tn\t6\t6\t-\ta\tb\n82\tT\tn\t6\t6\t-\ta\tb\n", "x.tsv:2: tags ascend", objects},
		{"no tag", "XY\tT\tn\t6\t6\t-\ta\tb\n", "x.tsv:1: want tag", objects},
		{"a scheme's tags that descend", "S\t9F02\tT\tn\t6\t6\t-\ta\tb\nS\t82\tT\tn\t6\t6\t-\ta\tb\n", "x.tsv:2: the tags of a scheme ascend", variants},
		{"a scheme's short row", "S\t9F02\tT\n", "x.tsv:1: want scheme, tag", variants},
		{"no bit", "82\t1\tG0\t40\ta\tb\n", "x.tsv:1: strconv", flags},
		{"a short row", "82\t1\t40\ta\tb\n", "x.tsv:1: want table, byte", flags},
		{"a number of two digits", "CNY\t56\t2\n", "x.tsv:1: want code", currencies},
	} {
		f, err := parse("x.tsv", c.text)
		if err == nil {
			_, err = c.make([]file{f})
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want it to begin with %q", c.name, err, c.want)
		}
	}
}
