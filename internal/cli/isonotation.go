package cli

import (
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// notationAt is the notation of the field at a path, "" where the spec does not define one.
func notationAt(spec *iso8583.Spec, path string) string {
	fields := spec.Definition().Fields
	var f *iso8583.Field
	for step := range strings.SplitSeq(path, ".") {
		if f = fields[step]; f == nil {
			return ""
		}
		fields = f.Subfields
	}
	return notation(f)
}

// notation is what a field takes, in the notation of the standard: "n 12", "ans ..99",
// "b 8" in bytes; x+n counts the sign.
func notation(f *iso8583.Field) string {
	kind := f.Content
	switch {
	case f.Content == "x+n" && f.Subfields["2"] != nil:
		return fmt.Sprintf("x+n %d", 1+f.Subfields["2"].Length)
	case f.Type == "Bitmap":
		kind = "bitmap"
	case f.Type == "Composite" && f.Tag != nil && f.Tag.Enc == "BerTLVTag":
		kind = "tlv"
	case f.Type == "Binary" || f.Type == "Hex":
		kind = "b"
	case kind == "" && f.Enc == "Binary":
		kind = "bytes"
	case kind == "":
		kind = strings.ToLower(f.Type)
	}
	if strings.HasSuffix(f.Prefix, ".Fixed") {
		return fmt.Sprintf("%s %d", kind, f.Length)
	}
	return fmt.Sprintf("%s ..%d", kind, f.Length)
}
