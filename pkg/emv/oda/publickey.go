package oda

import (
	"fmt"
	"math/big"
)

// The sizes of an RSA modulus in bytes (Book 2, annex B2.1). The standard names only the
// upper limit; below 512 bits there is no room for what a signature holds.
const (
	MinModulus = 64
	MaxModulus = 248
)

// PublicKey is an RSA public key, of an authority, an issuer or a card.
type PublicKey struct {
	// Modulus is MinModulus to MaxModulus bytes, the first bit set.
	Modulus []byte
	// Exponent is 3 or 65537, big-endian, 1 to 3 bytes (tags 9F32, 9F47, 9F2E).
	Exponent []byte
}

// IsZero reports that there is no key.
func (k PublicKey) IsZero() bool { return len(k.Modulus) == 0 }

// Size is the length of the modulus and so of every signature, in bytes.
func (k PublicKey) Size() int { return len(k.Modulus) }

// Bits is the length of the modulus in bits.
func (k PublicKey) Bits() int { return 8 * len(k.Modulus) }

// check refuses what could not be raised to in bounded time, whoever signed it.
func (k PublicKey) check(object string) error {
	n := len(k.Modulus)
	switch {
	case n < MinModulus || n > MaxModulus:
		return fault(object, ErrKey, fmt.Sprintf("a modulus of %d bytes", n), fmt.Sprintf("%d to %d", MinModulus, MaxModulus))
	case k.Modulus[0]&0x80 == 0 || k.Modulus[n-1]&1 == 0:
		return fault(object, ErrKey, "a modulus whose first or last bit is 0", "1")
	case !isExponent(k.Exponent):
		return fault(object, ErrKey, fmt.Sprintf("an exponent of %d bytes", len(k.Exponent)), "3 or 65537")
	}
	return nil
}

// isExponent reports one of the two exponents of annex B2.1.
func isExponent(b []byte) bool {
	if len(b) == 0 || len(b) > 3 {
		return false
	}
	e := new(big.Int).SetBytes(b).Int64()
	return e == 3 || e == 65537
}

// raise is the recovery function of annex B2.1.3: block to the power of the exponent,
// as many bytes as the modulus. The key has passed check.
func (k PublicKey) raise(block []byte) []byte {
	n, e := new(big.Int).SetBytes(k.Modulus), new(big.Int).SetBytes(k.Exponent)
	m := new(big.Int).SetBytes(block)
	return m.Exp(m, e, n).FillBytes(make([]byte, len(k.Modulus)))
}
