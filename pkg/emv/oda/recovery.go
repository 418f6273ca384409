package oda

import (
	"crypto/sha1" // Book 2, annex B3.1 knows no other hash algorithm for RSA
	"crypto/subtle"
	"fmt"
)

// The marks around what is recovered of a signature (Book 2, annex A2.1).
const (
	header  = 0x6A
	trailer = 0xBC
	padding = 0xBB
)

// The formats of what is signed: the byte behind the header.
const (
	formatIssuer  = 0x02 // issuer certificate
	formatStatic  = 0x03 // signed static application data
	formatICC     = 0x04 // card certificate
	formatDynamic = 0x05 // signed dynamic application data
)

// The algorithm indicators of annexes B2.1 and B3.1.
const (
	algorithmRSA  = 0x01
	algorithmSHA1 = 0x01
)

// recovered is the inside of a signature: without header, hash and trailer.
type recovered struct {
	object string
	m      []byte // from the format byte on; m[0] was at offset 1
	hash   []byte
}

// recover opens a signature of a kind and sees its marks (annex A2.1.3, steps 1 to 4).
// room is how many bytes the fixed parts of the kind take, marks and hash included.
func (k PublicKey) recover(object string, signature []byte, format byte, room int) (recovered, error) {
	if err := k.check(object); err != nil {
		return recovered{}, err
	}
	n := k.Size()
	switch {
	case len(signature) != n:
		return recovered{}, fault(object, ErrLength, fmt.Sprintf("%d bytes", len(signature)), fmt.Sprintf("%d, as the key has", n))
	case n < room:
		return recovered{}, fault(object, ErrLength, fmt.Sprintf("a key of %d bytes", n), fmt.Sprintf("at least %d", room))
	}
	x := k.raise(signature)
	for _, mark := range []struct {
		offset int
		want   byte
	}{{n - 1, trailer}, {0, header}, {1, format}} {
		if got := x[mark.offset]; got != mark.want {
			return recovered{}, wrong(object, mark.offset, ErrFormat, got, mark.want)
		}
	}
	return recovered{object: object, m: x[1 : n-1-sha1.Size], hash: x[n-1-sha1.Size : n-1]}, nil
}

// wrong is one byte that should be another.
func wrong(object string, offset int, cause error, got, want byte) error {
	return &Error{Object: object, Offset: offset, Err: cause, Got: fmt.Sprintf("%02X", got), Want: fmt.Sprintf("%02X", want)}
}

// covers compares the hash: over what was recovered and what stands outside.
func (r recovered) covers(outside ...[]byte) error {
	h := sha1.New()
	h.Write(r.m)
	for _, b := range outside {
		h.Write(b)
	}
	if subtle.ConstantTimeCompare(h.Sum(nil), r.hash) != 1 {
		return fault(r.object, ErrHash, "", "")
	}
	return nil
}

// algorithm wants an indicator at a position of m.
func (r recovered) algorithm(at int, want byte) error {
	if got := r.m[at]; got != want {
		return wrong(r.object, at+1, ErrAlgorithm, got, want)
	}
	return nil
}
