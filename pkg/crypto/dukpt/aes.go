package dukpt

import (
	"crypto/aes"
	"encoding/binary"
	"fmt"

	"github.com/tillworks/till/pkg/crypto/key"
)

// Kind is the algorithm and length of a working key. It may be no longer than the key
// that it is derived from (X9.24-3:2017, clause 6).
type Kind uint8

// The kinds. Their numbers mean nothing on the wire.
const (
	// TDES2 and TDES3 are triple DES with two keys and three.
	TDES2 Kind = iota + 1
	TDES3
	// AES128, AES192 and AES256 are AES.
	AES128
	AES192
	AES256
	// HMAC128, HMAC192 and HMAC256 are for HMAC with SHA-256.
	HMAC128
	HMAC192
	HMAC256
)

// Kinds are all kinds in their order.
func Kinds() []Kind {
	return []Kind{TDES2, TDES3, AES128, AES192, AES256, HMAC128, HMAC192, HMAC256}
}

// String is the name as "aes-128" or "tdes-2".
func (k Kind) String() string {
	switch k {
	case TDES2:
		return "tdes-2"
	case TDES3:
		return "tdes-3"
	case AES128, AES192, AES256:
		return fmt.Sprintf("aes-%d", k.bits())
	case HMAC128, HMAC192, HMAC256:
		return fmt.Sprintf("hmac-%d", k.bits())
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// ParseKind reads a name as [Kind.String] gives it.
func ParseKind(name string) (Kind, error) {
	for _, k := range Kinds() {
		if k.String() == name {
			return k, nil
		}
	}
	return 0, fmt.Errorf("%w: no kind %q", ErrKey, name)
}

// bits is the length; 0 for no kind.
func (k Kind) bits() int {
	switch k {
	case TDES2, AES128, HMAC128:
		return 128
	case TDES3, AES192, HMAC192:
		return 192
	case AES256, HMAC256:
		return 256
	}
	return 0
}

// indicator is the algorithm indicator of X9.24-3:2017, clause 6.
func (k Kind) indicator() uint16 {
	switch k {
	case TDES2:
		return 0x0000
	case TDES3:
		return 0x0001
	case AES128:
		return 0x0002
	case AES192:
		return 0x0003
	case AES256:
		return 0x0004
	case HMAC128, HMAC192, HMAC256:
	}
	return 0x0005
}

func (k Kind) algorithm() key.Algorithm {
	switch k {
	case TDES2, TDES3:
		return key.TDES
	case AES128, AES192, AES256:
		return key.AES
	case HMAC128, HMAC192, HMAC256:
	}
	return key.HMAC
}

// The usage indicators of keys that only derive others (X9.24-3:2017, clause 6).
const (
	deriveKey     = 0x8000
	deriveInitial = 0x8001
)

// AESInitialKey is the key that a terminal is loaded with: an AES key as long as the base
// derivation key, which is one of AES (X9.24-3:2017, clause 6). The counter of the serial
// number is not looked at.
func AESInitialKey(bdk key.Key, ksn AESKSN) (key.Key, error) {
	kind, err := aesKind("base derivation key", bdk)
	if err != nil {
		return key.Key{}, err
	}
	return derive(bdk, derivation{usage: deriveInitial, kind: kind, context: [8]byte(ksn[:8])})
}

// AESWorkingKey is the key of one transaction for one use, of the kind asked for
// (X9.24-3:2017, clause 6). A kind that is longer than the initial key gives [ErrKey].
func AESWorkingKey(initial key.Key, ksn AESKSN, use Use, kind Kind) (key.Key, error) {
	usage, ok := use.indicator()
	if !ok {
		return key.Key{}, fmt.Errorf("%w: %v", ErrKey, use)
	}
	if kind.bits() == 0 || kind.bits() > initial.Bits() {
		return key.Key{}, fmt.Errorf("%w: %v, of an initial key of %d bits", ErrKey, kind, initial.Bits())
	}
	current, err := AESTransactionKey(initial, ksn)
	if err != nil {
		return key.Key{}, err
	}
	return derive(current, derivation{usage: usage, kind: kind, context: context(ksn, ksn.Counter())})
}

// AESTransactionKey is the key of one transaction from which its working keys are derived,
// as long as the initial key. Nothing is enciphered under it (X9.24-3:2017, clause 6).
func AESTransactionKey(initial key.Key, ksn AESKSN) (key.Key, error) {
	kind, err := aesKind("initial key", initial)
	if err != nil {
		return key.Key{}, err
	}
	if err := ksn.Check(); err != nil {
		return key.Key{}, err
	}
	current := initial
	counter, reached := ksn.Counter(), uint32(0)
	for bit := uint32(1) << (aesCounterBits - 1); bit > 0; bit >>= 1 {
		if counter&bit == 0 {
			continue
		}
		reached |= bit
		if current, err = derive(current, derivation{usage: deriveKey, kind: kind, context: context(ksn, reached)}); err != nil {
			return key.Key{}, err
		}
	}
	return current, nil
}

// derivation is the block that is enciphered to make a key (X9.24-3:2017, clause 6).
type derivation struct {
	usage   uint16
	kind    Kind
	context [8]byte // the initial key ID, or its last half and the counter
}

// context is the terminal's half of the initial key ID and a counter.
func context(ksn AESKSN, counter uint32) (c [8]byte) {
	copy(c[:4], ksn[4:8])
	binary.BigEndian.PutUint32(c[4:], counter)
	return c
}

// derive enciphers the block as often as the key is long, counting in its second byte.
func derive(from key.Key, d derivation) (key.Key, error) {
	block, err := from.Block()
	if err != nil {
		return key.Key{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	data := [aes.BlockSize]byte{0: 1}
	binary.BigEndian.PutUint16(data[2:], d.usage)
	binary.BigEndian.PutUint16(data[4:], d.kind.indicator())
	binary.BigEndian.PutUint16(data[6:], uint16(d.kind.bits()))
	copy(data[8:], d.context[:])
	out := make([]byte, 0, 2*aes.BlockSize)
	defer clear(out[:cap(out)])
	for len(out) < d.kind.bits()/8 {
		data[1]++
		out = out[:len(out)+aes.BlockSize]
		block.Encrypt(out[len(out)-aes.BlockSize:], data[:])
	}
	return key.New(d.kind.algorithm(), out[:d.kind.bits()/8])
}

// aesKind is the kind of an AES key.
func aesKind(what string, k key.Key) (Kind, error) {
	if k.Algorithm() == key.AES {
		switch k.Len() {
		case 16:
			return AES128, nil
		case 24:
			return AES192, nil
		case 32:
			return AES256, nil
		}
	}
	return 0, fmt.Errorf("%s is %w: got %v of %d bits, want AES", what, ErrKey, k.Algorithm(), k.Bits())
}
