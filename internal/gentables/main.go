// Command gentables makes Go of the tables of codes: a function a table, with a switch, so
// that a look-up allocates nothing and a program that starts builds nothing. It is run by
// `go generate ./internal/gentables`; its test fails where a table and its Go differ.
package main

//go:generate go run .

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("../.."); err != nil {
		fmt.Fprintln(os.Stderr, "gentables:", err)
		os.Exit(1) //nolint:forbidigo // a program of its own, with nothing to close
	}
}

// run writes every output below the root of the module.
func run(root string) error {
	for _, o := range outputs() {
		src, err := o.source(root)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(root, o.path), src, 0o644); err != nil { //nolint:gosec // source code, for everyone
			return err
		}
	}
	return nil
}

// output is one file that is made.
type output struct {
	path string // below the root
	from string // pattern of the tables
	make func(files []file) ([]byte, error)
}

func outputs() []output {
	return []output{
		{"pkg/iso8583/codetable.go", "pkg/iso8583/tables/*.tsv", codesOf("iso8583", "tables/*.tsv")},
		{"pkg/isocode/codetable.go", "pkg/isocode/tables/*.tsv", codesOf("isocode", "tables/*.tsv")},
		{"pkg/money/numbers.go", "pkg/money/iso4217.tsv", currencies},
		{"pkg/emv/tagtable.go", "pkg/emv/data/tags.tsv", objects},
		{"pkg/emv/varianttable.go", "pkg/emv/data/schemetags.tsv", variants},
		{"pkg/emv/bittable.go", "pkg/emv/data/bits.tsv", flags},
		{"pkg/emv/nametable.go", "pkg/emv/data/names.tsv", codesOf("emv", "data/names.tsv")},
		{"pkg/emv/codetable.go", "pkg/emv/data/codes.tsv", codesOf("emv", "data/codes.tsv")},
	}
}

// source is the Go of an output, formatted.
func (o output) source(root string) ([]byte, error) {
	paths, err := filepath.Glob(filepath.Join(root, o.from))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no table %s: %w", o.from, err)
	}
	var files []file
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f, err := parse(filepath.Base(path), string(text))
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	src, err := o.make(files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.path, err)
	}
	return src, nil
}
