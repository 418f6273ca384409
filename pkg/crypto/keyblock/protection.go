package keyblock

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"

	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/crypto/mac"
)

// protection is what a protection key becomes in one version: a key to encipher with, a
// key for the code, and how the two are put together.
type protection struct {
	block    cipher.Block
	macKey   key.Key
	codeSize int  // bytes of the code in the block
	variant  bool // versions A and C: the code is over the enciphered key
}

// The bytes that versions A and C XOR into every byte of the protection key: E for
// encryption and M for the code (X9.143-2022).
const (
	encryptionVariant = 'E'
	macVariant        = 'M'
)

// The purposes in the derivation of versions B and D (X9.143-2022).
const (
	encryptionPurpose = 0x0000
	macPurpose        = 0x0001
)

// protectionOf prepares a protection key for a version.
func protectionOf(version byte, kbpk key.Key) (p protection, err error) {
	want := key.TDES
	if version == 'D' {
		want = key.AES
	}
	if kbpk.Algorithm() != want || kbpk.Len() < 16 {
		return p, fmt.Errorf("%w: the protection key is %v of %d bits, version %c wants %v of at least 128",
			ErrKey, kbpk.Algorithm(), kbpk.Bits(), version, want)
	}
	var encryption key.Key
	switch version {
	case 'A', 'C':
		p.codeSize, p.variant = 4, true
		if encryption, err = variantOf(kbpk, encryptionVariant); err == nil {
			p.macKey, err = variantOf(kbpk, macVariant)
		}
	default:
		if p.codeSize = 8; version == 'D' {
			p.codeSize = 16
		}
		if encryption, err = derive(kbpk, encryptionPurpose); err == nil {
			p.macKey, err = derive(kbpk, macPurpose)
		}
	}
	if err != nil {
		return p, err
	}
	p.block, err = encryption.Block()
	return p, err
}

// code is the authentication code over header and data.
func (p protection) code(header string, data []byte) ([]byte, error) {
	covered := append([]byte(header), data...)
	defer clear(covered)
	if p.variant {
		k := p.macKey.Reveal()
		defer clear(k)
		code, err := mac.Algorithm1(k, covered, mac.Method1)
		return code[:p.codeSize], err
	}
	block, err := p.macKey.Block()
	if err != nil {
		return nil, err
	}
	return mac.CMAC(block, covered)
}

// variantOf XORs a byte into every byte of a key.
func variantOf(k key.Key, with byte) (key.Key, error) {
	b := k.Reveal()
	defer clear(b)
	for i := range b {
		b[i] ^= with
	}
	return key.New(k.Algorithm(), b)
}

// derive makes a key of the same algorithm and length by CMAC over a counter, the
// purpose, the algorithm and the length (X9.143-2022).
func derive(kbpk key.Key, purpose uint16) (key.Key, error) {
	block, err := kbpk.Block()
	if err != nil {
		return key.Key{}, err
	}
	data := make([]byte, 8)
	binary.BigEndian.PutUint16(data[1:], purpose)
	binary.BigEndian.PutUint16(data[4:], algorithmNumber(kbpk))
	binary.BigEndian.PutUint16(data[6:], uint16(kbpk.Bits()))
	var out []byte
	defer func() { clear(out) }()
	for len(out) < kbpk.Len() {
		data[0]++
		code, err := mac.CMAC(block, data)
		if err != nil {
			return key.Key{}, err
		}
		out = append(out, code...)
	}
	return key.New(kbpk.Algorithm(), out[:kbpk.Len()])
}

// algorithmNumber is the algorithm indicator of a derivation: triple DES with two keys
// and three, AES of 128, 192 and 256 bits.
func algorithmNumber(k key.Key) uint16 {
	n := uint16(k.Len()/8 - 2)
	if k.Algorithm() == key.AES {
		n += 2
	}
	return n
}
