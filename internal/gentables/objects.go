package main

import (
	"bytes"
	"fmt"
	"go/format"
	"strconv"
)

// objects makes the dictionary of EMV data objects of rows "tag, source, format, shortest,
// longest, class, English, Chinese": numbered entries, and the number of a tag.
func objects(files []file) ([]byte, error) {
	f := files[0]
	var out bytes.Buffer
	fmt.Fprintf(&out, head, "data/tags.tsv", "emv")
	fmt.Fprintf(&out, "\n// entryCount is the number of tags in the dictionary.\nconst entryCount = %d\n", len(f.rows))
	tags := make([]uint64, len(f.rows))
	for i, r := range f.rows {
		tag, err := strconv.ParseUint(r.cells[0], 16, 32)
		if err != nil || len(r.cells) != 8 {
			return nil, f.fault(r, "want tag, source, format, shortest, longest, class, English, Chinese")
		}
		if i > 0 && tag <= tags[i-1] {
			return nil, f.fault(r, "tags ascend")
		}
		tags[i] = tag
	}
	entryIndex(&out, tags)
	out.WriteString("\n// entryAt is the entry of a number, without its names.\nfunc entryAt(n int) Entry {\n\tswitch n {\n")
	for i, r := range f.rows {
		fmt.Fprintf(&out, "\tcase %d:\n\t\treturn Entry{Tag: 0x%X, Source: %q, Format: %q, Min: %s, Max: %s, Class: %q}\n",
			i+1, tags[i], r.cells[1], r.cells[2], r.cells[3], r.cells[4], r.cells[5])
	}
	out.WriteString("\t}\n\treturn Entry{}\n}\n\n// namesAt are the names of the entry of a number.\nfunc namesAt(n int) (en, zh string) {\n\tswitch n {\n")
	for i, r := range f.rows {
		fmt.Fprintf(&out, "\tcase %d:\n\t\treturn %q, %q\n", i+1, r.cells[6], r.cells[7])
	}
	out.WriteString("\t}\n\treturn \"\", \"\"\n}\n")
	return format.Source(out.Bytes())
}

// entryIndex writes the search: by the bytes before the last, and by the last, so that the
// compiler makes tables to jump by.
func entryIndex(out *bytes.Buffer, tags []uint64) {
	out.WriteString("\n// entryNumber is the number of the entry of a tag, from 1, or 0.\nfunc entryNumber(tag Tag) int {\n\tswitch tag >> 8 {\n")
	for i := 0; i < len(tags); {
		fmt.Fprintf(out, "\tcase 0x%X:\n\t\tswitch byte(tag) {\n", tags[i]>>8)
		for first := tags[i] >> 8; i < len(tags) && tags[i]>>8 == first; i++ {
			fmt.Fprintf(out, "\t\tcase 0x%02X:\n\t\t\treturn %d\n", tags[i]&0xFF, i+1)
		}
		out.WriteString("\t\t}\n")
	}
	out.WriteString("\t}\n\treturn 0\n}\n")
}
