package main

import (
	"bytes"
	"fmt"
	"go/format"
	"strconv"
)

// variants makes the meanings that payment schemes give to tags of rows "scheme, tag,
// source, format, shortest, longest, class, English, Chinese": numbered entries, and the
// number of a scheme's tag.
func variants(files []file) ([]byte, error) {
	f := files[0]
	var out, index, entries, names bytes.Buffer
	for from := 0; from < len(f.rows); {
		scheme, last := f.rows[from].cells[0], uint64(0)
		fmt.Fprintf(&index, "\tcase %q:\n\t\tswitch tag {\n", scheme)
		for ; from < len(f.rows) && f.rows[from].cells[0] == scheme; from++ {
			r := f.rows[from]
			if len(r.cells) != 9 {
				return nil, f.fault(r, "want scheme, tag, source, format, shortest, longest, class, English, Chinese")
			}
			tag, err := strconv.ParseUint(r.cells[1], 16, 32)
			if err != nil || tag <= last {
				return nil, f.fault(r, "the tags of a scheme ascend")
			}
			last = tag
			fmt.Fprintf(&index, "\t\tcase 0x%X:\n\t\t\treturn %d\n", tag, from+1)
			fmt.Fprintf(&entries, "\tcase %d:\n\t\treturn Entry{Tag: 0x%X, Scheme: %q, Source: %q, Format: %q, Min: %s, Max: %s, Class: %q}\n",
				from+1, tag, scheme, r.cells[2], r.cells[3], r.cells[4], r.cells[5], r.cells[6])
			fmt.Fprintf(&names, "\tcase %d:\n\t\treturn %q, %q\n", from+1, r.cells[7], r.cells[8])
		}
		index.WriteString("\t\t}\n")
	}
	fmt.Fprintf(&out, head, "data/schemetags.tsv", "emv")
	fmt.Fprintf(&out, "\n// variantCount is the number of meanings that schemes give to tags.\nconst variantCount = %d\n", len(f.rows))
	fmt.Fprintf(&out, "\n// variantNumber is the number of what a scheme means by a tag, from 1, or 0.\nfunc variantNumber(scheme string, tag Tag) int {\n\tswitch scheme {\n%s\t}\n\treturn 0\n}\n", index.String())
	fmt.Fprintf(&out, "\n// variantAt is the entry of a number, without its names.\nfunc variantAt(n int) Entry {\n\tswitch n {\n%s\t}\n\treturn Entry{}\n}\n", entries.String())
	fmt.Fprintf(&out, "\n// variantNamesAt are the names of the entry of a number.\nfunc variantNamesAt(n int) (en, zh string) {\n\tswitch n {\n%s\t}\n\treturn \"\", \"\"\n}\n", names.String())
	return format.Source(out.Bytes())
}
