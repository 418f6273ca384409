package dialect_test

import (
	"fmt"

	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// The same message in both dialects.
func Example() {
	for _, name := range []string{"iso87-ascii", "iso87-bcd"} {
		spec, err := dialect.Load(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		m := spec.NewMessage("0800")
		for _, kv := range [][2]string{{"11", "42"}, {"22", "051"}, {"70", "301"}} {
			if err := m.Set(kv[0], kv[1]); err != nil {
				fmt.Println(err)
				return
			}
		}
		raw, err := m.Pack()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%-11s %d bytes: %q\n", name, len(raw), raw)
	}
	// Output:
	// iso87-ascii 48 bytes: "080080200400000000000400000000000000000042051301"
	// iso87-bcd   25 bytes: "\b\x00\x80 \x04\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00B\x00Q\x03\x01"
}
