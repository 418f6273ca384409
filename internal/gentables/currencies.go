package main

import (
	"bytes"
	"fmt"
	"go/format"
	"strings"
)

// currencies makes the way from a currency's number to its row, of rows "code, number,
// exponent".
func currencies(files []file) ([]byte, error) {
	f := files[0]
	var out bytes.Buffer
	fmt.Fprintf(&out, head, "iso4217.tsv", "money")
	out.WriteString("\n// rowOf is the row of a currency's number, or -1.\nfunc rowOf(number int) int {\n\tswitch number {\n")
	for i, r := range f.rows {
		if len(r.cells) != 3 || len(r.cells[1]) != 3 {
			return nil, f.fault(r, "want code, number, exponent")
		}
		number := strings.TrimLeft(r.cells[1], "0")
		fmt.Fprintf(&out, "\tcase %s: // %s\n\t\treturn %d\n", number, r.cells[0], i)
	}
	out.WriteString("\t}\n\treturn -1\n}\n")
	return format.Source(out.Bytes())
}
