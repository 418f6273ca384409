package iso8583_test

import (
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// A bit of the bitmap got lost. What closes with it set again is offered.
func ExampleSpec_Repairs() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		fmt.Println(err)
		return
	}
	raw := []byte("0210" + "3220000000808000" + "000000" + "000000001250" + "1123024011" + "000042" + "00" + "TERM0001" + "156")
	fmt.Println(spec.Explain(raw, "en").Error.Text)
	for _, r := range spec.Repairs(raw, "en") {
		fmt.Println("- " + r.Change)
	}
	// Output:
	// bytes left over after the last field: 2 bytes
	// - set bit 39 of the bitmap (byte 12: 00 becomes 02): field 39 (Response code) is there and not announced
	// - set bit 25 of the bitmap (byte 10: 00 becomes 80): field 25 (Point of service condition code) is there and not announced
	// - set bit 26 of the bitmap (byte 10: 00 becomes 40): field 26 (Point of service PIN capture code) is there and not announced
	// - set bit 32 of the bitmap (byte 10: 00 becomes 01): field 32 (Acquiring institution identification code) is there and not announced
}

// The same sale twice: the amount differs, and what is masked of the card number.
func ExampleDiff() {
	spec, err := dialect.ISO87BCD()
	if err != nil {
		fmt.Println(err)
		return
	}
	var raws [2][]byte
	for i, fields := range [][][2]string{
		{{"2", "4761739001010010"}, {"4", "1250"}, {"11", "42"}, {"55", "9F36020001" + "9F270180"}},
		{{"2", "4761731111110010"}, {"4", "1300"}, {"11", "42"}, {"55", "9F270140" + "9F36020001"}},
	} {
		m := spec.NewMessage("0200")
		for _, kv := range fields {
			if err := m.Set(kv[0], kv[1]); err != nil {
				fmt.Println(err)
				return
			}
		}
		if raws[i], err = m.Pack(); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, d := range iso8583.Diff(raws[0], spec, raws[1], spec, "en") {
		line := fmt.Sprintf("%-7s %-7s %s -> %s  %s", d.Kind, d.Path, d.A.Value, d.B.Value, d.Note)
		fmt.Println(strings.TrimSpace(line))
	}
	// Output:
	// changed 2       476173******0010 -> 476173******0010  differs in the hidden part
	// changed 4       000000001250 -> 000000001300
	// moved   55.9F36 0001 -> 0001  the same, at another place
	// changed 55.9F27 80 -> 40
}

// Everything that is wrong, at once, and with the fields that the type must have.
func ExampleSpec_Validate() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		fmt.Println(err)
		return
	}
	raw := []byte("0210" + "3220000000808000" + "000000" + "000000001250" + "1323024011" + "000042" + "TERM0001" + "000")
	for _, c := range spec.Validate(raw, iso8583.ValidateOptions{Strict: true, Lang: "en"}) {
		fmt.Printf("%-7s field %s at %d: %s\n", c.Severity, c.Path, c.Offset, c.Text)
	}
	// Output:
	// error   field 7 at 38: no such month
	// warning field 49 at 62: no currency of ISO 4217
	// error   field 39 at -1: a message of type 0210 must have it
	// warning field 37 at -1: a message of type 0210 should have it
}
