package oda

import (
	"crypto/sha1" // Book 2, annex B3.1; the checksum finds typing faults and proves nothing
	"fmt"
	"time"
)

// CAKey is a public key of a certification authority: of a scheme.
type CAKey struct {
	// RID is the registered identifier of the scheme, the first five bytes of its AIDs.
	RID [5]byte
	// Index is the number by which a card names the key (tag 8F).
	Index byte
	Key   PublicKey
	// Expires is the last day on which the key may be used; the time of day says
	// nothing. The schemes move it: it is not part of the key.
	Expires time.Time
	// Origin says where the key came from: a bulletin, a page, a person.
	Origin string
	// Test says that the private part is published or that the scheme uses the key for
	// test cards alone. A terminal in live use must not trust it.
	Test bool
}

// Name is the scheme and the index, as people write them: "A000000003 92".
func (k CAKey) Name() string { return fmt.Sprintf("%X %02X", k.RID, k.Index) }

// Checksum is the SHA-1 of identifier, index, modulus and exponent (Book 2, annex B3.1
// and 11.2.2), as schemes publish it beside the key.
func (k CAKey) Checksum() [sha1.Size]byte {
	h := sha1.New()
	h.Write(k.RID[:])
	h.Write([]byte{k.Index})
	h.Write(k.Key.Modulus)
	h.Write(k.Key.Exponent)
	return [sha1.Size]byte(h.Sum(nil))
}

// Expired reports that the key may not be used any more on a day.
func (k CAKey) Expired(day time.Time) bool { return dayOf(k.Expires) < dayOf(day) }

// DaysLeft is how many days after a day the key may still be used: 0 on its last, less
// when it has expired.
func (k CAKey) DaysLeft(day time.Time) int {
	return int(midnight(k.Expires).Sub(midnight(day)) / (24 * time.Hour))
}

// midnight is the calendar day of a time, in a zone whose days all have 24 hours.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
