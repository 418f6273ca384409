package dump_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

func Example() {
	log := "2026-11-23 10:11:12.345 DEBUG [channel] > 0800822000000000000004000000000000001123101112000042\n" +
		"nothing of interest\n" +
		"08108220000002000000040000000000000011231011120000420\n"
	r := dump.NewReader(strings.NewReader(log), dump.Options{})
	for {
		rec, err := r.Next()
		var fault *dump.Error
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &fault):
			fmt.Println(fault.Place("en"), "is broken:", fault.In("en"))
		case err != nil:
			fmt.Println(err)
			return
		default:
			fmt.Printf("%s, line %d: %d bytes\n", r.Format(), rec.Line, len(rec.Data))
		}
	}
	// Output:
	// hex, line 1: 26 bytes
	// line 3, column 53 is broken: odd number of hex digits: 53 digits
}
