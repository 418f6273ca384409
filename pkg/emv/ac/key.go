package ac

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/sha1" // EMV 4.4 Book 2 A1.4.2 derives with SHA-1; nothing here rests on its collisions
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/bits"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/mac"
)

// KeySize is the length in bytes of a triple DES key with two keys. An AES key has 16,
// 24 or 32 bytes.
const KeySize = 16

// ErrKey is the cause of every refused key or key input; its text holds neither.
var ErrKey = errors.New("not usable for key derivation")

// Key is a key of a card, triple DES or AES: its master key or a session key. Like
// card.Secret it gives a fixed mask to everything that formats it, and its bytes to
// nobody: it is used by the functions of this package.
//
// It holds a pointer to a string because fmt reads unexported fields by reflection: it
// would show a string, and it follows a pointer to an array where the verb does not fit.
type Key struct {
	_   [0]func()
	p   *string
	aes bool
}

// NewKey takes the 16 bytes of a triple DES key that was derived elsewhere. They are
// copied.
func NewKey(b []byte) (Key, error) {
	if len(b) != KeySize {
		return Key{}, fmt.Errorf("key %w: got %d bytes, want %d", ErrKey, len(b), KeySize)
	}
	return newKey(b), nil
}

// NewAESKey takes the 16, 24 or 32 bytes of an AES key that was derived elsewhere. They
// are copied.
func NewAESKey(b []byte) (Key, error) {
	if !isAESLength(len(b)) {
		return Key{}, fmt.Errorf("AES key %w: got %d bytes, want 16, 24 or 32", ErrKey, len(b))
	}
	return newAESKey(b), nil
}

// ICCMasterKey derives a card's master key from the issuer's by option A of EMV 4.4
// Book 2, A1.4.1: the right-most 16 digits of number and sequence number, enciphered.
//
// mdk is the issuer's master key of 16 bytes; psn is tag 5F34 as two digits, empty for
// a card that has none, which counts as "00". The parity bits of the result are odd.
func ICCMasterKey(mdk []byte, pan card.PAN, psn string) (Key, error) {
	digits, err := identity(pan, psn)
	if err != nil {
		return Key{}, err
	}
	return diversify(mdk, rightmost16(digits))
}

// ICCMasterKeyB derives by option B (A1.4.2), which is option A for numbers of up to
// 16 digits and for longer ones takes its 16 digits from the SHA-1 of number and
// sequence number.
func ICCMasterKeyB(mdk []byte, pan card.PAN, psn string) (Key, error) {
	digits, err := identity(pan, psn)
	if err != nil {
		return Key{}, err
	}
	if pan.Len() <= 16 {
		return diversify(mdk, rightmost16(digits))
	}
	return diversify(mdk, hashed16(digits))
}

// ICCMasterKeyC derives the AES master key of a card by option C (A1.4.3): number and
// sequence number as 16 bytes, filled with zeros at the left, enciphered, and for a key
// of more than 16 bytes their complement behind it. mdk is the issuer's AES key of 16,
// 24 or 32 bytes, and the card's key is as long.
func ICCMasterKeyC(mdk []byte, pan card.PAN, psn string) (Key, error) {
	digits, err := identity(pan, psn)
	if err != nil {
		return Key{}, err
	}
	if !isAESLength(len(mdk)) {
		return Key{}, fmt.Errorf("issuer AES master key %w: got %d bytes, want 16, 24 or 32", ErrKey, len(mdk))
	}
	var y [aes.BlockSize]byte
	_, _ = hex.Decode(y[:], []byte(fmt.Sprintf("%032s", digits))) // at most 21 digits
	inverse := y
	for i := range inverse {
		inverse[i] ^= 0xFF
	}
	return newAESKey(encipherInto(newAESKey(mdk), y, inverse)), nil
}

// SessionKey derives the key of one transaction from the card's master key by the
// common method of Book 2, A1.3.1, with the application transaction counter and zero
// bytes as diversification value.
func SessionKey(icc Key, atc uint16) (Key, error) {
	return SessionKeyFor(icc, [8]byte{byte(atc >> 8), byte(atc)})
}

// SessionKeyFor is [SessionKey] with another diversification value: the request
// cryptogram for the session keys of secure messaging, or what a scheme says. Its
// third byte is replaced by F0 for the left part of the key and 0F for the right. For
// AES, zeros fill it to 16 bytes; a key of 16 bytes is the value enciphered as it is.
func SessionKeyFor(icc Key, r [8]byte) (Key, error) {
	if icc.IsZero() {
		return Key{}, fmt.Errorf("master key %w: it is empty", ErrKey)
	}
	if icc.aes {
		return aesSessionKey(icc, r), nil
	}
	left, right := r, r
	left[2], right[2] = 0xF0, 0x0F
	return encipherHalves(icc.bytes(), left, right)
}

func aesSessionKey(icc Key, r [8]byte) Key {
	var left, right [aes.BlockSize]byte
	copy(left[:], r[:])
	copy(right[:], r[:])
	if len(*icc.p) > aes.BlockSize {
		left[2], right[2] = 0xF0, 0x0F
	}
	return newAESKey(encipherInto(icc, left, right))
}

// encipherInto enciphers as many of the blocks under an AES key as a key of the same
// length needs.
func encipherInto(under Key, blocks ...[aes.BlockSize]byte) []byte {
	var out []byte
	for _, b := range blocks {
		under.cipher().Encrypt(b[:], b[:])
		out = append(out, b[:]...)
	}
	return out[:len(*under.p)]
}

// CheckValue is the key check value, six hexadecimal digits, by which two sides compare
// a key without showing it: of a triple DES key the start of a block of zeros
// enciphered, of an AES key the start of the CMAC of one (ANSI X9.24-1 and X9.24-3). It
// is empty for the zero Key.
func (k Key) CheckValue() string {
	switch {
	case k.p == nil:
		return ""
	case k.aes:
		kcv, _ := mac.KeyCheckValueAES(k.bytes()) // the length was checked when it was made
		return kcv[:6]
	}
	kcv, _ := mac.KeyCheckValue(k.bytes()) // 16 bytes are always taken
	return kcv
}

// IsAES reports an AES key.
func (k Key) IsAES() bool { return k.aes }

// IsZero reports that there is no key.
func (k Key) IsZero() bool { return k.p == nil }

// Equal compares in constant time and without the parity bits, which DES ignores. Two
// zero keys are equal.
func (k Key) Equal(other Key) bool {
	if k.p == nil || other.p == nil {
		return k.p == other.p
	}
	a, b := k.bytes(), other.bytes()
	if k.aes != other.aes {
		return false
	}
	if !k.aes {
		oddParity(a)
		oddParity(b)
	}
	return subtle.ConstantTimeCompare(a, b) == 1
}

// String is "[key]", or nothing for the zero Key.
func (k Key) String() string {
	if k.p == nil {
		return ""
	}
	return "[key]"
}

// Format implements fmt.Formatter for every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// GoString implements fmt.GoStringer.
func (k Key) GoString() string { return k.String() }

// MarshalJSON implements json.Marshaler.
func (k Key) MarshalJSON() ([]byte, error) { return []byte(`"` + k.String() + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// LogValue implements slog.LogValuer.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

func newKey(b []byte) Key {
	s := string(b)
	return Key{p: &s}
}

func newAESKey(b []byte) Key {
	k := newKey(b)
	k.aes = true
	return k
}

func isAESLength(n int) bool { return n == 16 || n == 24 || n == 32 }

// bytes is a copy of the key, for the ciphers of this package alone.
func (k Key) bytes() []byte { return []byte(*k.p) }

// cipher is the block cipher of a key that is not zero; its length was checked when the
// key was made.
func (k Key) cipher() cipher.Block {
	b := k.bytes()
	if k.aes {
		block, _ := aes.NewCipher(b)
		return block
	}
	block, _ := des.NewTripleDESCipher(append(b, b[:KeySize/2]...))
	return block
}

// identity is the digits of number and sequence number one behind the other.
func identity(pan card.PAN, psn string) (string, error) {
	if pan.IsZero() {
		return "", fmt.Errorf("card number %w: it is empty", ErrKey)
	}
	switch {
	case psn == "":
		psn = "00"
	case len(psn) != 2 || psn[0] < '0' || psn[0] > '9' || psn[1] < '0' || psn[1] > '9':
		return "", fmt.Errorf("sequence number %w: got %d characters, want two digits", ErrKey, len(psn))
	}
	return pan.Reveal() + psn, nil
}

// rightmost16 is the last 16 digits as 8 bytes, filled with zeros at the left.
func rightmost16(digits string) (y [8]byte) {
	for len(digits) < 16 {
		digits = "0" + digits
	}
	_, _ = hex.Decode(y[:], []byte(digits[len(digits)-16:])) // digits alone are always hexadecimal
	return y
}

// hashed16 is the first 16 decimal digits in the hexadecimal SHA-1 of the digits as
// compressed bytes; if there are fewer, letters A to F as 0 to 5 make up the number.
func hashed16(digits string) [8]byte {
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	packed, _ := hex.DecodeString(digits)
	sum := sha1.Sum(packed)
	var figures, letters []byte
	for _, c := range hex.EncodeToString(sum[:]) {
		if c <= '9' {
			figures = append(figures, byte(c))
		} else {
			letters = append(letters, byte(c-'a'+'0'))
		}
	}
	return rightmost16(string(append(figures, letters...)[:16]))
}

// diversify enciphers the 16 digits for the left half and their complement for the
// right.
func diversify(mdk []byte, y [8]byte) (Key, error) {
	if len(mdk) != KeySize {
		return Key{}, fmt.Errorf("issuer master key %w: got %d bytes, want %d", ErrKey, len(mdk), KeySize)
	}
	inverse := y
	for i := range inverse {
		inverse[i] ^= 0xFF
	}
	return encipherHalves(mdk, y, inverse)
}

// encipherHalves makes a key of two blocks, each enciphered under another key.
func encipherHalves(under []byte, left, right [8]byte) (Key, error) {
	block, err := des.NewTripleDESCipher(append(append(make([]byte, 0, 24), under...), under[:8]...))
	if err != nil {
		return Key{}, fmt.Errorf("key %w", ErrKey)
	}
	var out [KeySize]byte
	block.Encrypt(out[:8], left[:])
	block.Encrypt(out[8:], right[:])
	oddParity(out[:])
	return newKey(out[:]), nil
}

// oddParity sets the last bit of each byte so that the ones in it are odd in number.
func oddParity(b []byte) {
	for i, c := range b {
		b[i] = c&0xFE | byte(bits.OnesCount8(c>>1)+1)&1
	}
}
