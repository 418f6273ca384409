package key

import "fmt"

// Cryptogram is the key enciphered under another, block by block (ECB), as terminal
// networks hand working keys out: 16 bytes of triple DES for a key of two lengths. Nothing
// in it says what the key is for; a key block (package keyblock) does. A master without
// a block cipher, or a key that does not fill whole blocks of it, gives [ErrKey].
func (k Key) Cryptogram(master Key) ([]byte, error) {
	block, err := master.Block()
	if err != nil {
		return nil, err
	}
	b := k.Reveal()
	if len(b) == 0 || len(b)%block.BlockSize() != 0 {
		return nil, fmt.Errorf("%w: %d bytes in blocks of %d", ErrKey, len(b), block.BlockSize())
	}
	for rest := b; len(rest) > 0; rest = rest[block.BlockSize():] {
		block.Encrypt(rest, rest[:block.BlockSize()])
	}
	return b, nil
}

// FromCryptogram is the key in a cryptogram as [Key.Cryptogram] makes it. Whether the
// master was the right one only its check value tells.
func FromCryptogram(a Algorithm, cryptogram []byte, master Key) (Key, error) {
	block, err := master.Block()
	if err != nil {
		return Key{}, err
	}
	if len(cryptogram) == 0 || len(cryptogram)%block.BlockSize() != 0 {
		return Key{}, fmt.Errorf("%w: %d bytes in blocks of %d", ErrKey, len(cryptogram), block.BlockSize())
	}
	b := make([]byte, len(cryptogram))
	defer clear(b)
	for i := 0; i < len(b); i += block.BlockSize() {
		block.Decrypt(b[i:], cryptogram[i:i+block.BlockSize()])
	}
	return New(a, b)
}
