package main

import (
	"bytes"
	"fmt"
	"go/format"
	"strconv"
	"strings"
)

// flags makes the bit tables of rows "table, byte, mask, value, English, Chinese". A table
// is that of the tag whose digits name it, or has a name of its own with a hyphen in it.
func flags(files []file) ([]byte, error) {
	f := files[0]
	var out, names, tags, rows, texts bytes.Buffer
	for from := 0; from < len(f.rows); {
		table, n := f.rows[from].cells[0], 0
		var packed strings.Builder
		fmt.Fprintf(&texts, "\tcase flags%s:\n\t\tswitch n {\n", camel(table))
		for ; from < len(f.rows) && f.rows[from].cells[0] == table; from++ {
			r := f.rows[from]
			if len(r.cells) != 6 {
				return nil, f.fault(r, "want table, byte, mask, value, English, Chinese")
			}
			for _, cell := range r.cells[1:4] {
				b, err := strconv.ParseUint(cell, 16, 8)
				if err != nil {
					return nil, f.fault(r, "%v", err)
				}
				fmt.Fprintf(&packed, `\x%02x`, b)
			}
			fmt.Fprintf(&texts, "\t\tcase %d:\n\t\t\treturn %q, %q\n", n, r.cells[4], r.cells[5])
			n++
		}
		texts.WriteString("\t\t}\n")
		flagName(&names, table)
		if !strings.Contains(table, "-") {
			fmt.Fprintf(&tags, "\tcase 0x%s:\n\t\treturn flags%s\n", table, camel(table))
		}
		fmt.Fprintf(&rows, "\tcase flags%s:\n\t\treturn \"%s\"\n", camel(table), packed.String())
	}
	fmt.Fprintf(&out, head, "data/bits.tsv", "emv")
	fmt.Fprintf(&out, "\n// flagTable is one of the bit tables; zero is none.\ntype flagTable uint8\n\n// The bit tables, by the tag or by the name of what they are of.\nconst (\n%s)\n", names.String())
	fmt.Fprintf(&out, "\n// flagTableOf is the bit table of a tag.\nfunc flagTableOf(tag Tag) flagTable {\n\tswitch tag {\n%s\t}\n\treturn 0\n}\n", tags.String())
	fmt.Fprintf(&out, "\n// flagRows are the rows of a bit table, three bytes each: byte, mask, value.\n"+
		"func flagRows(table flagTable) string {\n\tswitch table {\n%s\t}\n\treturn \"\"\n}\n", rows.String())
	fmt.Fprintf(&out, "\n// flagText is what the n-th row of a bit table says.\n"+
		"func flagText(table flagTable, n int) (en, zh string) {\n\tswitch table {\n%s\t}\n\treturn \"\", \"\"\n}\n", texts.String())
	return format.Source(out.Bytes())
}

// flagName writes the constant of a table.
func flagName(names *bytes.Buffer, table string) {
	if names.Len() == 0 {
		fmt.Fprintf(names, "\tflags%s flagTable = iota + 1\n", camel(table))
		return
	}
	fmt.Fprintf(names, "\tflags%s\n", camel(table))
}
