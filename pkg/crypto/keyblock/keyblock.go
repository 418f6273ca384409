package keyblock

import (
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/crypto/mac"
)

// Options are what [Wrap] needs beside keys and header.
type Options struct {
	// Random fills the key up. It is needed.
	Random io.Reader
	// KeyBytes is the length that the key is filled to. 0 is the longest of its algorithm:
	// 24 bytes for triple DES, 32 for AES; HMAC keys keep theirs.
	KeyBytes int
	// AllowWeaker wraps a key under a weaker one, for tests and for peers that know no
	// better.
	AllowWeaker bool
}

// Wrap makes the key block of a key, text in ASCII. The protection key is triple DES of 16
// or 24 bytes for versions B and C, AES for D. The header's algorithm must be the key's:
// 'D' or 'T' for triple DES, 'A' for AES, 'H' for HMAC.
func Wrap(kbpk key.Key, h Header, k key.Key, o Options) (string, error) {
	if err := h.check(); err != nil {
		return "", err
	}
	if err := checkWrapped(h, k); err != nil {
		return "", err
	}
	if strength(k) > strength(kbpk) && !o.AllowWeaker {
		return "", fmt.Errorf("%w: %v of %d bits under %v of %d", ErrStrength, k.Algorithm(), k.Bits(), kbpk.Algorithm(), kbpk.Bits())
	}
	p, err := protectionOf(h.Version, kbpk)
	if err != nil {
		return "", err
	}
	plain, err := clearText(k, o, p.block.BlockSize())
	if err != nil {
		return "", err
	}
	defer clear(plain)
	header, err := h.write(2 * (len(plain) + p.codeSize))
	if err != nil {
		return "", err
	}
	enciphered, code, err := p.seal(header, plain)
	if err != nil {
		return "", err
	}
	return header + upperHex(enciphered) + upperHex(code), nil
}

// Unwrap opens a key block of any version. The text must be the block and nothing else.
// Errors: [FormatError] with its offset, [ErrKey] for a protection key of another cipher,
// [ErrMAC], [ErrContent], and [ErrUnsupported] for asymmetric keys.
func Unwrap(kbpk key.Key, block string) (Header, key.Key, error) {
	h, end, err := parse(block)
	if err != nil {
		return Header{}, key.Key{}, err
	}
	p, err := protectionOf(h.Version, kbpk)
	if err != nil {
		return Header{}, key.Key{}, err
	}
	enciphered, code, err := body(block, end, p)
	if err != nil {
		return Header{}, key.Key{}, err
	}
	plain, err := p.open(block[:end], enciphered, code)
	if err != nil {
		return Header{}, key.Key{}, err
	}
	defer clear(plain)
	k, err := keyOf(h, plain)
	if err != nil {
		return Header{}, key.Key{}, err
	}
	return h, k, nil
}

// body is the enciphered key and the code behind the header.
func body(block string, end int, p protection) (enciphered, code []byte, err error) {
	unit := p.block.BlockSize()
	codeAt := len(block) - 2*p.codeSize
	if size := codeAt - end; size < 2*unit || size%(2*unit) != 0 {
		return nil, nil, &FormatError{end, "enciphered key", fmt.Sprintf("%d characters", max(0, size)), fmt.Sprintf("a positive multiple of %d", 2*unit)}
	}
	for i := end; i < len(block); i++ {
		if !strings.ContainsRune("0123456789ABCDEFabcdef", rune(block[i])) {
			what := "enciphered key"
			if i >= codeAt {
				what = "authentication code"
			}
			return nil, nil, &FormatError{i, what, "another character", "a hexadecimal digit"}
		}
	}
	whole, err := hex.DecodeString(block[end:])
	if err != nil {
		return nil, nil, &FormatError{end, "enciphered key", "other characters", "hexadecimal digits"}
	}
	return whole[:len(whole)-p.codeSize], whole[len(whole)-p.codeSize:], nil
}

// seal enciphers the clear text and computes the code.
func (p protection) seal(header string, plain []byte) (enciphered, code []byte, err error) {
	enciphered = make([]byte, len(plain))
	if p.variant {
		cipher.NewCBCEncrypter(p.block, []byte(header[:p.block.BlockSize()])).CryptBlocks(enciphered, plain)
		code, err = p.code(header, enciphered)
		return enciphered, code, err
	}
	if code, err = p.code(header, plain); err != nil {
		return nil, nil, err
	}
	cipher.NewCBCEncrypter(p.block, code).CryptBlocks(enciphered, plain)
	return enciphered, code, nil
}

// open deciphers and compares the code, which in versions B and D is over the clear text
// and the start of the chain at once.
func (p protection) open(header string, enciphered, code []byte) ([]byte, error) {
	iv, plain := code, make([]byte, len(enciphered))
	if p.variant {
		iv = []byte(header[:p.block.BlockSize()])
	}
	cipher.NewCBCDecrypter(p.block, iv).CryptBlocks(plain, enciphered)
	covered := plain
	if p.variant {
		covered = enciphered
	}
	want, err := p.code(header, covered)
	if err != nil {
		return nil, err
	}
	if mac.VerifyBytes(want, code) != nil {
		clear(plain)
		return nil, ErrMAC
	}
	return plain, nil
}

// clearText is the length in bits, the key and what fills it up.
func clearText(k key.Key, o Options, unit int) ([]byte, error) {
	b := k.Reveal()
	defer clear(b)
	size := max(o.KeyBytes, len(b))
	if o.KeyBytes == 0 && k.Algorithm() != key.HMAC {
		sizes := k.Algorithm().Sizes()
		size = max(size, sizes[len(sizes)-1])
	}
	if size > longest/2 {
		return nil, fmt.Errorf("%w: filled to %d bytes", ErrKey, size)
	}
	plain := make([]byte, (2+size+unit-1)/unit*unit)
	binary.BigEndian.PutUint16(plain, uint16(8*len(b)))
	n := 2 + copy(plain[2:], b)
	if n == len(plain) {
		return plain, nil
	}
	if o.Random == nil {
		return nil, fmt.Errorf("randomness for a key block: %w", io.ErrUnexpectedEOF)
	}
	if _, err := io.ReadFull(o.Random, plain[n:]); err != nil {
		return nil, fmt.Errorf("randomness for a key block: %w", err)
	}
	return plain, nil
}

// keyOf is the key in a clear text whose code was right.
func keyOf(h Header, plain []byte) (key.Key, error) {
	bits := int(binary.BigEndian.Uint16(plain))
	if bits == 0 || bits%8 != 0 || bits/8 > len(plain)-2 {
		return key.Key{}, fmt.Errorf("%w: it tells of %d bits in %d bytes", ErrContent, bits, len(plain)-2)
	}
	a, ok := algorithmOf(h.Algorithm)
	if !ok {
		return key.Key{}, fmt.Errorf("%w: algorithm %q", ErrUnsupported, h.Algorithm)
	}
	k, err := key.New(a, plain[2:2+bits/8])
	if err != nil {
		return key.Key{}, fmt.Errorf("%w: %v of %d bits", ErrContent, a, bits)
	}
	return k, nil
}

// checkWrapped refuses a key that the header does not describe.
func checkWrapped(h Header, k key.Key) error {
	a, ok := algorithmOf(h.Algorithm)
	if !ok {
		return fmt.Errorf("%w: algorithm %q", ErrUnsupported, h.Algorithm)
	}
	if k.IsZero() || k.Algorithm() != a || h.Algorithm == 'D' && k.Len() != 8 {
		return fmt.Errorf("%w: the header says %q, the key is %v of %d bits", ErrKey, h.Algorithm, k.Algorithm(), k.Bits())
	}
	return nil
}

// algorithmOf is the algorithm by its character in the header.
func algorithmOf(c byte) (key.Algorithm, bool) {
	switch c {
	case 'D', 'T':
		return key.TDES, true
	case 'A':
		return key.AES, true
	case 'H':
		return key.HMAC, true
	}
	return 0, false
}

// strength is the security of a key in bits, as NIST SP 800-57 part 1, table 2, counts it;
// triple DES with two keys as the 112 that its length promises.
func strength(k key.Key) int {
	switch {
	case k.Algorithm() != key.TDES:
		return min(k.Bits(), 256) // an HMAC key may be longer, and is no stronger than AES-256
	case k.Len() == 8:
		return 56
	}
	return 112
}

func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
