package dukpt

import (
	"crypto/des"
	"crypto/subtle"
	"fmt"

	"github.com/tillworks/till/pkg/crypto/key"
)

// keySize is the length of every triple DES key here: two keys of 8 bytes.
const keySize = 16

// TDESInitialKey is the key that a terminal is loaded with, also called IPEK (X9.24-1:2009,
// A.6). The base derivation key has 16 bytes; the counter of the serial number is not
// looked at.
func TDESInitialKey(bdk key.Key, ksn TDESKSN) (key.Key, error) {
	if err := checkTDES("base derivation key", bdk); err != nil {
		return key.Key{}, err
	}
	id := ksn.WithCounter(0)
	base := bdk.Reveal()
	defer clear(base)
	initial := make([]byte, keySize)
	defer clear(initial)
	if err := encipher(initial[:8], base, id[:8]); err != nil {
		return key.Key{}, err
	}
	maskKey(base)
	if err := encipher(initial[8:], base, id[:8]); err != nil {
		return key.Key{}, err
	}
	return key.New(key.TDES, initial)
}

// TDESTransactionKey is the key of one transaction, which nothing is enciphered under:
// [TDESWorkingKey] makes the keys for that (X9.24-1:2009, A.3).
func TDESTransactionKey(initial key.Key, ksn TDESKSN) (key.Key, error) {
	if err := checkTDES("initial key", initial); err != nil {
		return key.Key{}, err
	}
	if err := ksn.Check(); err != nil {
		return key.Key{}, err
	}
	current := initial.Reveal()
	defer clear(current)
	counter, reached := ksn.Counter(), uint32(0)
	for bit := uint32(1) << (tdesCounterBits - 1); bit > 0; bit >>= 1 {
		if counter&bit == 0 {
			continue
		}
		reached |= bit
		if err := advance(current, ksn.WithCounter(reached)); err != nil {
			return key.Key{}, err
		}
	}
	return key.New(key.TDES, current)
}

// TDESWorkingKey is the key of one transaction for one use, 16 bytes (X9.24-1:2009,
// A.4.1). [KeyEncryption] has none with triple DES and gives [ErrKey].
func TDESWorkingKey(initial key.Key, ksn TDESKSN, use Use) (key.Key, error) {
	if _, _, ok := use.variant(); !ok {
		return key.Key{}, fmt.Errorf("%w: triple DES has none for %v", ErrKey, use)
	}
	transaction, err := TDESTransactionKey(initial, ksn)
	if err != nil {
		return key.Key{}, err
	}
	return tdesVariant(transaction, use)
}

// tdesVariant makes the key for a use of a transaction's key.
func tdesVariant(transaction key.Key, use Use) (key.Key, error) {
	at, oneWay, ok := use.variant()
	if !ok {
		return key.Key{}, fmt.Errorf("%w: triple DES has none for %v", ErrKey, use)
	}
	b := transaction.Reveal()
	defer clear(b)
	b[at] ^= 0xFF
	b[at+8] ^= 0xFF
	if !oneWay {
		return key.New(key.TDES, b)
	}
	out := make([]byte, keySize)
	defer clear(out)
	for half := 0; half < keySize; half += 8 {
		if err := encipher(out[half:half+8], b, b[half:half+8]); err != nil {
			return key.Key{}, err
		}
	}
	return key.New(key.TDES, out)
}

// advance takes a key one step down the tree: the non-reversible key generation process
// of X9.24-1:2009, A.2, over the last 8 bytes of the serial number.
func advance(k []byte, ksn TDESKSN) error {
	next := make([]byte, keySize)
	defer clear(next)
	for _, half := range []int{8, 0} { // the right half under the key, the left under its mask
		block, err := des.NewCipher(k[:8])
		if err != nil {
			return fmt.Errorf("%w: %w", ErrKey, err)
		}
		subtle.XORBytes(next[half:half+8], ksn[2:], k[8:])
		block.Encrypt(next[half:half+8], next[half:half+8])
		subtle.XORBytes(next[half:half+8], next[half:half+8], k[8:])
		maskKey(k)
	}
	copy(k, next)
	return nil
}

// maskKey XORs C0C0C0C000000000 into each half.
func maskKey(k []byte) {
	for i := range 4 {
		k[i] ^= 0xC0
		k[i+8] ^= 0xC0
	}
}

// encipher is one block under triple DES with two keys.
func encipher(dst, k, src []byte) error {
	whole := append(append(make([]byte, 0, 24), k...), k[:8]...)
	defer clear(whole)
	block, err := des.NewTripleDESCipher(whole)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	block.Encrypt(dst, src)
	return nil
}

func checkTDES(what string, k key.Key) error {
	if k.Algorithm() != key.TDES || k.Len() != keySize {
		return fmt.Errorf("%s is %w: got %v of %d bits, want TDES of 128", what, ErrKey, k.Algorithm(), k.Bits())
	}
	return nil
}
