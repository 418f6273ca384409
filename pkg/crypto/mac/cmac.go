package mac

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"fmt"
)

// CMAC is the code of NIST SP 800-38B, 6.2, over a cipher whose block is 8 or 16 bytes:
// the code has the length of the block. ISO/IEC 9797-1:2011 calls it MAC algorithm 5.
// Padding is part of the algorithm. Another length of block gives [ErrKey].
func CMAC(block cipher.Block, data []byte) ([]byte, error) {
	size := block.BlockSize()
	low, ok := reduction(size)
	if !ok {
		return nil, fmt.Errorf("%w: CMAC got a cipher of %d-byte blocks, want 8 or 16", ErrKey, size)
	}
	subkey := make([]byte, size)
	block.Encrypt(subkey, subkey)
	double(subkey, low)
	whole := max(1, (len(data)+size-1)/size)
	last := make([]byte, size)
	if n := copy(last, data[(whole-1)*size:]); n < size {
		last[n] = 0x80
		double(subkey, low)
	}
	code := make([]byte, size)
	for rest := data[:(whole-1)*size]; len(rest) > 0; rest = rest[size:] {
		subtle.XORBytes(code, code, rest[:size])
		block.Encrypt(code, code)
	}
	subtle.XORBytes(code, code, last)
	subtle.XORBytes(code, code, subkey)
	block.Encrypt(code, code)
	return code, nil
}

// CMACTDES is [CMAC] over triple DES: a key of 16 or 24 bytes, a code of 8.
func CMACTDES(key, data []byte) ([BlockSize]byte, error) {
	if len(key) != 2*BlockSize && len(key) != 3*BlockSize {
		return [BlockSize]byte{}, fmt.Errorf("%w: CMAC of triple DES got %d bytes, want 16 or 24", ErrKey, len(key))
	}
	block, err := blockCipher(key)
	if err != nil {
		return [BlockSize]byte{}, err
	}
	code, err := CMAC(block, data)
	if err != nil {
		return [BlockSize]byte{}, err
	}
	return [BlockSize]byte(code), nil
}

// CMACAES is [CMAC] over AES: a key of 16, 24 or 32 bytes, a code of 16.
func CMACAES(key, data []byte) ([aes.BlockSize]byte, error) {
	block, err := aesCipher(key)
	if err != nil {
		return [aes.BlockSize]byte{}, err
	}
	code, err := CMAC(block, data)
	if err != nil {
		return [aes.BlockSize]byte{}, err
	}
	return [aes.BlockSize]byte(code), nil
}

// reduction is the last byte of the polynomial by which a block of a size is doubled
// (SP 800-38B, 5.3).
func reduction(size int) (low byte, ok bool) {
	switch size {
	case 8:
		return 0x1B, true
	case 16:
		return 0x87, true
	}
	return 0, false
}

// double multiplies the block by x in its field, in time that does not depend on it.
func double(b []byte, low byte) {
	carry := byte(0)
	for i := len(b) - 1; i >= 0; i-- {
		out := b[i] >> 7
		b[i] = b[i]<<1 | carry
		carry = out
	}
	b[len(b)-1] ^= low & -carry
}

func aesCipher(key []byte) (cipher.Block, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("%w: AES got %d bytes, want 16, 24 or 32", ErrKey, len(key))
	}
	return block, nil
}
