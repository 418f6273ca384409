package mac

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/subtle"
	"errors"
	"fmt"
)

// BlockSize is the block of DES and the length of a full code, in bytes.
const BlockSize = des.BlockSize

// ErrKey is the cause of every refused key; its text never holds the key.
var ErrKey = errors.New("not a key for this algorithm")

// ErrMismatch says that a code is not the one that the data and the key give.
var ErrMismatch = errors.New("authentication code does not match")

// Padding is how data is filled to a multiple of [BlockSize] (ISO/IEC 9797-1:2011,
// 6.3). It is not part of what is sent.
type Padding uint8

// The padding methods.
const (
	// Method1 appends as few zero bytes as are needed, none where the data already
	// fills its blocks; empty data becomes one block of zeros (6.3.2). It cannot tell
	// data from the same data with zeros behind: use it only where a standard says so.
	Method1 Padding = 1
	// Method2 appends the byte 80 and then as few zero bytes as are needed (6.3.3).
	Method2 Padding = 2
)

// Pad gives a new slice with data and its padding behind it. The length is a positive
// multiple of [BlockSize].
func Pad(data []byte, p Padding) []byte {
	n := len(data)
	if p == Method2 {
		n++
	}
	whole := max(BlockSize, (n+BlockSize-1)/BlockSize*BlockSize)
	out := make([]byte, whole)
	copy(out, data)
	if p == Method2 {
		out[len(data)] = 0x80
	}
	return out
}

// Algorithm1 is MAC algorithm 1 of ISO/IEC 9797-1: CBC over all blocks from a zero
// start, the last block as the code. A key of 8 bytes is single DES, 16 and 24 bytes
// are triple DES for every block. Data of varying length needs [Algorithm3].
func Algorithm1(key, data []byte, p Padding) ([BlockSize]byte, error) {
	block, err := blockCipher(key)
	if err != nil {
		return [BlockSize]byte{}, err
	}
	return chain(block, Pad(data, p)), nil
}

// Algorithm3 is MAC algorithm 3 of ISO/IEC 9797-1, also ANSI X9.19: CBC in single DES
// under the left half of a 16-byte key, and the last block deciphered under the right
// half and enciphered under the left half again.
func Algorithm3(key, data []byte, p Padding) ([BlockSize]byte, error) {
	if len(key) != 2*BlockSize {
		return [BlockSize]byte{}, fmt.Errorf("%w: algorithm 3 got %d bytes, want %d", ErrKey, len(key), 2*BlockSize)
	}
	left, err := des.NewCipher(key[:BlockSize])
	if err != nil {
		return [BlockSize]byte{}, fmt.Errorf("%w: left half", ErrKey)
	}
	right, err := des.NewCipher(key[BlockSize:])
	if err != nil {
		return [BlockSize]byte{}, fmt.Errorf("%w: right half", ErrKey)
	}
	code := chain(left, Pad(data, p))
	right.Decrypt(code[:], code[:])
	left.Encrypt(code[:], code[:])
	return code, nil
}

// Verify compares a received code with the one expected in time that does not depend
// on where they differ. The received code may be the left part of the expected one,
// of at least 4 bytes, as standards that truncate send it.
func Verify(want [BlockSize]byte, got []byte) error { return VerifyBytes(want[:], got) }

// VerifyBytes is [Verify] for codes of any length, such as those of [CMACAES].
func VerifyBytes(want, got []byte) error {
	if len(got) < 4 || len(got) > len(want) {
		return fmt.Errorf("%w: got %d bytes, want 4 to %d", ErrMismatch, len(got), len(want))
	}
	if subtle.ConstantTimeCompare(want[:len(got)], got) != 1 {
		return ErrMismatch
	}
	return nil
}

// KeyCheckValue is the six hexadecimal digits by which two people compare a key of DES
// or triple DES: the first three bytes of a block of zeros enciphered under it (ANSI
// X9.24-1, annex A). The key has 8, 16 or 24 bytes.
func KeyCheckValue(key []byte) (string, error) {
	block, err := blockCipher(key)
	if err != nil {
		return "", err
	}
	var zeros [BlockSize]byte
	block.Encrypt(zeros[:], zeros[:])
	return string(upperHex(zeros[:3])), nil
}

// KeyCheckValueCMAC is the check value that ANSI X9.24-1:2017, annex A, gives to triple
// DES keys beside the old one: ten hexadecimal digits, the first five bytes of the CMAC
// of one block of zeros. The key has 16 or 24 bytes.
func KeyCheckValueCMAC(key []byte) (string, error) {
	code, err := CMACTDES(key, make([]byte, BlockSize))
	if err != nil {
		return "", err
	}
	return string(upperHex(code[:5])), nil
}

// KeyCheckValueAES is [KeyCheckValueCMAC] for AES keys of 16, 24 and 32 bytes, over one
// block of 16 zeros. Some security modules show the first six digits alone, and old
// ones a block of zeros enciphered, which is [KeyCheckValueECB].
func KeyCheckValueAES(key []byte) (string, error) {
	code, err := CMACAES(key, make([]byte, aes.BlockSize))
	if err != nil {
		return "", err
	}
	return string(upperHex(code[:5])), nil
}

// KeyCheckValueECB is the check value of AES keys from before X9.24-1:2017: six
// hexadecimal digits of a block of zeros enciphered, which gives an enemy of the key a
// pair of plain and enciphered text. The key has 16, 24 or 32 bytes.
func KeyCheckValueECB(key []byte) (string, error) {
	block, err := aesCipher(key)
	if err != nil {
		return "", err
	}
	zeros := make([]byte, aes.BlockSize)
	block.Encrypt(zeros, zeros)
	return string(upperHex(zeros[:3])), nil
}

// chain is CBC from a zero start over whole blocks, and gives the last.
func chain(block cipher.Block, data []byte) (code [BlockSize]byte) {
	for ; len(data) > 0; data = data[BlockSize:] {
		subtle.XORBytes(code[:], code[:], data[:BlockSize])
		block.Encrypt(code[:], code[:])
	}
	return code
}

// blockCipher is single DES for 8 bytes and triple DES for 16 (K1, K2, K1) and 24.
func blockCipher(key []byte) (cipher.Block, error) {
	switch len(key) {
	case 8:
		return des.NewCipher(key)
	case 16:
		return des.NewTripleDESCipher(append(append(make([]byte, 0, 24), key...), key[:8]...))
	case 24:
		return des.NewTripleDESCipher(key)
	}
	return nil, fmt.Errorf("%w: got %d bytes, want 8, 16 or 24", ErrKey, len(key))
}
