package register

import (
	"fmt"
	"io"

	"github.com/tillworks/till/internal/till"
)

// crockford is base 32 without I, L, O and U, so that an id can be read over the phone.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newID draws 60 random bits. Order and identity never come from the clock.
func newID(random io.Reader) (till.TxnID, error) {
	var raw [12]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("drawing a transaction id: %w", err)
	}
	for i, b := range raw {
		raw[i] = crockford[b&31]
	}
	return till.TxnID(raw[:]), nil
}
