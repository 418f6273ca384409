package oda_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/pkg/emv/oda"
)

// A terminal's list tells which keys it has, what will be missing soon, and why a card
// of an unknown authority is not authenticated.
func Example() {
	keys := oda.TestKeys()
	for _, k := range keys.All() {
		fmt.Println(k.Name(), k.Key.Bits(), "bits, until", k.Expires.Format(time.DateOnly))
	}

	today := time.Date(2049, 12, 1, 9, 30, 0, 0, time.UTC)
	fmt.Println(len(keys.Expiring(today, 90)), "expire within 90 days, in", keys.All()[0].DaysLeft(today))

	_, err := keys.Find([]byte{0xA0, 0, 0, 0, 0x03, 0x10, 0x10}, 0x92)
	fmt.Println(err, errors.Is(err, oda.ErrNoKey))
	// Output:
	// A000000003 7D 1152 bits, until 2049-12-31
	// A000000004 7D 1152 bits, until 2049-12-31
	// A000000333 7D 1152 bits, until 2049-12-31
	// 3 expire within 90 days, in 30
	// certification authority key A000000003 92: certification authority key not known true
}
