package key

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/subtle"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/bits"
	"slices"
	"strings"
	"unicode"

	"github.com/tillworks/till/pkg/crypto/mac"
)

// ErrKey is the cause of every refused key; its text never holds the key.
var ErrKey = errors.New("not a key")

// Algorithm is what a key is for. The zero Algorithm is none.
type Algorithm uint8

// The algorithms.
const (
	// TDES is DES with one key of 8 bytes, two of 16 together or three of 24 (NIST SP
	// 800-67). A single DES key protects nothing today; old MACs are all it is for.
	TDES Algorithm = iota + 1
	// AES takes 16, 24 or 32 bytes (FIPS 197).
	AES
	// HMAC takes the lengths of the hashes in use and those that ANSI X9.24-3 derives: 16,
	// 20, 24, 28, 32, 48 and 64 bytes (FIPS 198-1).
	HMAC
)

// String is the name of the algorithm.
func (a Algorithm) String() string {
	switch a {
	case TDES:
		return "TDES"
	case AES:
		return "AES"
	case HMAC:
		return "HMAC"
	}
	return fmt.Sprintf("algorithm %d", uint8(a))
}

// Sizes are the lengths in bytes that keys of the algorithm have; none for an unknown
// one.
func (a Algorithm) Sizes() []int {
	switch a {
	case TDES:
		return []int{8, 16, 24}
	case AES:
		return []int{16, 24, 32}
	case HMAC:
		return []int{16, 20, 24, 28, 32, 48, 64}
	}
	return nil
}

// Key is a symmetric key that cannot be printed. Like card.Secret it gives a fixed mask
// to everything that formats it. The zero Key is none.
//
// It holds a pointer to a string because fmt reads unexported fields by reflection: it
// would show a string, and it follows a pointer to an array where the verb does not fit.
type Key struct {
	_ [0]func()
	a Algorithm
	p *string
}

// New takes the bytes of a key, which are copied. A length that the algorithm does not
// have gives [ErrKey].
func New(a Algorithm, b []byte) (Key, error) {
	if !slices.Contains(a.Sizes(), len(b)) {
		return Key{}, fmt.Errorf("%w: %v got %d bytes, want one of %d", ErrKey, a, len(b), a.Sizes())
	}
	s := string(b)
	return Key{a: a, p: &s}, nil
}

// Parse reads a key in hexadecimal digits of either case, with white space, colons and
// hyphens between as key custodians write them. The error tells how many digits there
// were and where a stranger stands, never what they are.
func Parse(a Algorithm, text string) (Key, error) {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ':' || r == '-' {
			return -1
		}
		return r
	}, text)
	for i, r := range []rune(digits) {
		if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return Key{}, fmt.Errorf("%w: character %d is no hexadecimal digit", ErrKey, i+1)
		}
	}
	if len(digits)%2 != 0 {
		return Key{}, fmt.Errorf("%w: got %d hexadecimal digits, want two a byte", ErrKey, len(digits))
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return Key{}, fmt.Errorf("%w: no hexadecimal digits", ErrKey)
	}
	defer clear(b)
	return New(a, b)
}

// Generate makes a new key of size bytes from the source of randomness, DES keys with
// odd parity.
func Generate(a Algorithm, size int, random io.Reader) (Key, error) {
	if !slices.Contains(a.Sizes(), size) {
		return Key{}, fmt.Errorf("%w: %v got %d bytes, want one of %d", ErrKey, a, size, a.Sizes())
	}
	b := make([]byte, size)
	defer clear(b)
	if _, err := io.ReadFull(random, b); err != nil {
		return Key{}, fmt.Errorf("randomness for a key: %w", err)
	}
	if a == TDES {
		oddParity(b)
	}
	return New(a, b)
}

// Combine XORs components into the key that none of their holders knows (ANSI X9.24-1:2017). There are at least two, all of one algorithm and length.
func Combine(components ...Key) (Key, error) {
	if len(components) < 2 {
		return Key{}, fmt.Errorf("%w: got %d components, want at least 2", ErrKey, len(components))
	}
	sum := make([]byte, components[0].Len())
	defer clear(sum)
	for i, c := range components {
		if c.IsZero() || c.a != components[0].a || c.Len() != len(sum) {
			return Key{}, fmt.Errorf("%w: component %d is %v of %d bytes, the first %v of %d", ErrKey, i+1, c.a, c.Len(), components[0].a, len(sum))
		}
		subtle.XORBytes(sum, sum, []byte(c.text()))
	}
	return New(components[0].a, sum)
}

// Algorithm is what the key is for; zero for the zero Key.
func (k Key) Algorithm() Algorithm { return k.a }

// Len is the length in bytes.
func (k Key) Len() int { return len(k.text()) }

// Bits is the length as key blocks and derivations tell it: 8 a byte, parity bits
// counted.
func (k Key) Bits() int { return 8 * k.Len() }

// IsZero reports that there is no key.
func (k Key) IsZero() bool { return k.p == nil }

// Reveal is a copy of the bytes. Whoever calls it must be on the list in internal/tidy.
func (k Key) Reveal() []byte { return []byte(k.text()) }

// Block is the block cipher under the key: DES for 8 bytes, triple DES with the first
// half again for 16. HMAC and the zero Key have none and give [ErrKey].
func (k Key) Block() (cipher.Block, error) {
	b := k.Reveal()
	defer clear(b)
	switch {
	case k.a == TDES && len(b) == 8:
		return des.NewCipher(b)
	case k.a == TDES && len(b) == 16:
		return des.NewTripleDESCipher(append(b, b[:8]...))
	case k.a == TDES && len(b) == 24:
		return des.NewTripleDESCipher(b)
	case k.a == AES && len(b) >= 16:
		return aes.NewCipher(b)
	}
	return nil, fmt.Errorf("%w of a block cipher: %v", ErrKey, k.a)
}

// CheckValue is what two people compare to know that they hold the same key: six
// hexadecimal digits for TDES, ten by CMAC for AES (ANSI X9.24-1:2017, annex A). It is
// empty for the zero Key and for HMAC, for which the standard has none.
func (k Key) CheckValue() string {
	b := k.Reveal()
	defer clear(b)
	text := ""
	switch k.a { // the length was checked when the key was made
	case TDES:
		text, _ = mac.KeyCheckValue(b)
	case AES:
		text, _ = mac.KeyCheckValueAES(b)
	case HMAC:
	}
	return text
}

// Equal compares in constant time; DES keys without their parity bits, which the cipher
// ignores. Two zero keys are equal.
func (k Key) Equal(other Key) bool {
	if k.a != other.a || k.Len() != other.Len() {
		return false
	}
	a, b := k.Reveal(), other.Reveal()
	defer clear(a)
	defer clear(b)
	if k.a == TDES {
		oddParity(a)
		oddParity(b)
	}
	return subtle.ConstantTimeCompare(a, b) == 1
}

// HasOddParity reports a DES key whose bytes all have an odd number of ones, as FIPS 46-3
// wants it. Keys of other algorithms have no parity and are reported as odd.
func (k Key) HasOddParity() bool {
	if k.a != TDES {
		return true
	}
	for _, c := range []byte(k.text()) {
		if bits.OnesCount8(c)%2 == 0 {
			return false
		}
	}
	return true
}

// WithOddParity is the DES key with its parity bits set; other keys as they are.
func (k Key) WithOddParity() Key {
	if k.a != TDES {
		return k
	}
	b := k.Reveal()
	defer clear(b)
	oddParity(b)
	s := string(b)
	return Key{a: k.a, p: &s}
}

// IsWeak reports a DES key that is less than it seems: halves that are equal make single
// DES of triple DES, and a single DES key is single DES. Keys of other algorithms are
// not weak.
func (k Key) IsWeak() bool {
	if k.a != TDES {
		return false
	}
	b := k.Reveal()
	defer clear(b)
	oddParity(b)
	if len(b) == 8 {
		return true
	}
	same := subtle.ConstantTimeCompare(b[:8], b[8:16])
	if len(b) == 24 {
		same |= subtle.ConstantTimeCompare(b[8:16], b[16:])
	}
	return same == 1
}

// String is "[key]", or nothing for the zero Key.
func (k Key) String() string {
	if k.p == nil {
		return ""
	}
	return "[key]"
}

// Format implements fmt.Formatter for every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// GoString implements fmt.GoStringer.
func (k Key) GoString() string { return k.String() }

// MarshalJSON implements json.Marshaler.
func (k Key) MarshalJSON() ([]byte, error) { return []byte(`"` + k.String() + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// LogValue implements slog.LogValuer.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// hidden is every way in which the standard library asks a value for its text.
type hidden interface {
	fmt.Stringer
	fmt.Formatter
	fmt.GoStringer
	slog.LogValuer
	encoding.TextMarshaler
	MarshalJSON() ([]byte, error)
}

var _ hidden = Key{}

func (k Key) text() string {
	if k.p == nil {
		return ""
	}
	return *k.p
}

// oddParity sets the last bit of each byte so that the ones in it are odd in number.
func oddParity(b []byte) {
	for i, c := range b {
		b[i] = c&0xFE | byte(bits.OnesCount8(c>>1)+1)&1
	}
}
