package till

import (
	"fmt"
	"io"
	"strings"
)

// crockford is base 32 without I, L, O and U, so that an id can be read over the phone.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewID draws the id of a transaction or a ticket: 12 characters of Crockford's base 32,
// 60 random bits. Order and identity never come from the clock.
func NewID(random io.Reader) (string, error) {
	var raw [12]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("drawing an id: %w", err)
	}
	for i, b := range raw {
		raw[i] = crockford[b&31]
	}
	return string(raw[:]), nil
}

// IsID reports a text that may be the id of a transaction or a ticket.
func IsID(s string) bool {
	return len(s) == 12 && strings.Trim(s, crockford) == ""
}
