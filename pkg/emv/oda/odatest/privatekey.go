package odatest

import (
	"bytes"
	"crypto/sha1" // Book 2, annex B3.1 knows no other hash algorithm for RSA
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/tillworks/till/pkg/emv/oda"
)

// ErrKey is the cause of every refused key or signature.
var ErrKey = errors.New("private key cannot do this")

// PrivateKey is an RSA key pair with exponent 3 or 65537. It formats as "[key]".
type PrivateKey struct {
	_ [0]func()
	p *pair
}

type pair struct {
	public  oda.PublicKey
	private *big.Int
}

// NewPrivateKey takes modulus, private exponent and public exponent, big-endian. They
// are tried: a pair that does not undo itself is ErrKey.
func NewPrivateKey(modulus, private, public []byte) (PrivateKey, error) {
	if len(modulus) < oda.MinModulus || len(modulus) > oda.MaxModulus || modulus[0]&0x80 == 0 || modulus[len(modulus)-1]&1 == 0 {
		return PrivateKey{}, fmt.Errorf("%w: got a modulus of %d bytes, want %d to %d with first and last bit set", ErrKey, len(modulus), oda.MinModulus, oda.MaxModulus)
	}
	if len(public) == 0 || len(public) > 3 {
		return PrivateKey{}, fmt.Errorf("%w: got an exponent of %d bytes, want 1 to 3", ErrKey, len(public))
	}
	k := PrivateKey{p: &pair{
		public:  oda.PublicKey{Modulus: bytes.Clone(modulus), Exponent: bytes.Clone(public)},
		private: new(big.Int).SetBytes(private),
	}}
	n, e, two := new(big.Int).SetBytes(modulus), new(big.Int).SetBytes(public), big.NewInt(2)
	there := new(big.Int).Exp(two, e, n)
	if there.Exp(there, k.p.private, n).Cmp(two) != 0 {
		return PrivateKey{}, fmt.Errorf("%w: private and public exponent do not belong together", ErrKey)
	}
	return k, nil
}

// Public is the public half.
func (k PrivateKey) Public() oda.PublicKey {
	if k.p == nil {
		return oda.PublicKey{}
	}
	return k.p.public
}

// IsZero reports that there is no key.
func (k PrivateKey) IsZero() bool { return k.p == nil }

// Recover raises to the private exponent (Book 2, annex B2.1.2): it signs a block, and
// opens what was enciphered for the key, such as a PIN. The block is as long as the
// modulus and less than it.
func (k PrivateKey) Recover(block []byte) ([]byte, error) {
	if k.p == nil || len(block) != k.p.public.Size() {
		return nil, fmt.Errorf("%w: got %d bytes, want %d", ErrKey, len(block), k.Public().Size())
	}
	n, m := new(big.Int).SetBytes(k.p.public.Modulus), new(big.Int).SetBytes(block)
	if m.Cmp(n) >= 0 {
		return nil, fmt.Errorf("%w: the block is no less than the modulus", ErrKey)
	}
	return m.Exp(m, k.p.private, n).FillBytes(make([]byte, len(block))), nil
}

// sign makes a signature of annex A2.1.2: inside is what can be recovered of it, which
// must fill it exactly, outside what only the hash covers.
func (k PrivateKey) sign(inside []byte, outside ...[]byte) ([]byte, error) {
	h := sha1.New()
	h.Write(inside)
	for _, b := range outside {
		h.Write(b)
	}
	return k.Recover(slices.Concat([]byte{0x6A}, inside, h.Sum(nil), []byte{0xBC}))
}

// filled lengthens what is signed with BB to what a key of n bytes has room for.
func (k PrivateKey) filled(inside []byte) ([]byte, error) {
	room := k.Public().Size() - 22
	if len(inside) > room {
		return nil, fmt.Errorf("%w: got %d bytes to sign, want at most %d", ErrKey, len(inside), room)
	}
	return append(inside, bytes.Repeat([]byte{0xBB}, room-len(inside))...), nil
}

// String is "[key]", or nothing for the zero PrivateKey.
func (k PrivateKey) String() string {
	if k.p == nil {
		return ""
	}
	return "[key]"
}

// Format implements fmt.Formatter for every verb.
func (k PrivateKey) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// GoString implements fmt.GoStringer.
func (k PrivateKey) GoString() string { return k.String() }

// MarshalJSON implements json.Marshaler.
func (k PrivateKey) MarshalJSON() ([]byte, error) { return []byte(`"` + k.String() + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (k PrivateKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
