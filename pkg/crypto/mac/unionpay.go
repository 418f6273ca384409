package mac

import (
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// X919 is the code of ANSI X9.19 as acquirers use it: [Algorithm3] with a key of 16
// bytes over data filled with zeros to whole blocks.
func X919(key, data []byte) ([BlockSize]byte, error) { return Algorithm3(key, data, Method1) }

// UnionPay is the code of China UnionPay's specification of directly connected POS
// terminals, which calls it the ECB algorithm. Field 64 holds these eight characters:
//
//  1. The message from its type to the last field before 64 is filled with zeros to
//     whole blocks of 8 bytes, and all blocks are XORed into one.
//  2. Of its 16 hexadecimal digits in ASCII the first eight are enciphered, the other
//     eight XORed to the result, and that enciphered again.
//  3. The first eight hexadecimal digits of the result, in ASCII, are the code.
//
// The key has 8 bytes, or 16 or 24 for triple DES. The folding in step 1 makes this code
// weak: swapping two blocks of a message does not change it. Use it because a host asks
// for it and never by choice.
func UnionPay(key, data []byte) ([BlockSize]byte, error) {
	block, err := blockCipher(key)
	if err != nil {
		return [BlockSize]byte{}, err
	}
	var folded [BlockSize]byte
	for rest := Pad(data, Method1); len(rest) > 0; rest = rest[BlockSize:] {
		subtle.XORBytes(folded[:], folded[:], rest[:BlockSize])
	}
	digits := upperHex(folded[:])
	code := chain(block, digits)
	return [BlockSize]byte(upperHex(code[:BlockSize/2])), nil
}

func upperHex(b []byte) []byte { return []byte(strings.ToUpper(hex.EncodeToString(b))) }
