package workingkey

import (
	"crypto/des"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/crypto/mac"
)

// Lengths in bytes.
const (
	keyLength   = 16
	checkLength = 4

	// Length is that of the three keys as they travel.
	Length = 3 * (keyLength + checkLength)
)

// ErrCheckValue tells that a key is not the one that its check value belongs to: it came
// damaged, or under another master key. The text of an error that wraps it names the key.
var ErrCheckValue = errors.New("working key does not have its check value")

// ErrLength tells that what came are no three working keys.
var ErrLength = errors.New("not working keys")

// Keys are the working keys of a terminal in the clear. They are never kept.
type Keys struct {
	PIN  key.Key
	MAC  key.Key
	Data key.Key
}

// LabMaster is the terminal master key of the lab. It is public: whoever can read this
// can read every PIN under it.
func LabMaster() key.Key {
	k, _ := key.New(key.TDES, []byte{
		0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x32, 0x32, 0x32, 0x32, 0x32, 0x32, 0x32, 0x32,
	}) // of a length that the algorithm has
	return k
}

// Generate makes new keys.
func Generate(random io.Reader) (k Keys, err error) {
	for _, to := range []*key.Key{&k.PIN, &k.MAC, &k.Data} {
		if *to, err = key.Generate(key.TDES, keyLength, random); err != nil {
			return Keys{}, fmt.Errorf("working key: %w", err)
		}
	}
	return k, nil
}

// Seal are the keys as they travel, under the master key.
func (k Keys) Seal(master key.Key) ([]byte, error) {
	sealed := make([]byte, 0, Length)
	for _, one := range []key.Key{k.PIN, k.MAC, k.Data} {
		c, err := one.Cryptogram(master)
		if err != nil {
			return nil, fmt.Errorf("seal a working key: %w", err)
		}
		check, err := checkValue(one)
		if err != nil {
			return nil, err
		}
		sealed = append(append(sealed, c...), check...)
	}
	if len(sealed) != Length {
		return nil, fmt.Errorf("%w: %d bytes, want %d", ErrLength, len(sealed), Length)
	}
	return sealed, nil
}

// Open takes keys as they travel and proves each by its check value.
func Open(sealed []byte, master key.Key) (k Keys, err error) {
	if len(sealed) != Length {
		return Keys{}, fmt.Errorf("%w: %d bytes, want %d", ErrLength, len(sealed), Length)
	}
	for _, to := range []struct {
		name string
		key  *key.Key
	}{{"PIK", &k.PIN}, {"MAK", &k.MAC}, {"TDK", &k.Data}} {
		if *to.key, err = openOne(sealed[:keyLength+checkLength], master); err != nil {
			return Keys{}, fmt.Errorf("%s: %w", to.name, err)
		}
		sealed = sealed[keyLength+checkLength:]
	}
	return k, nil
}

func openOne(sealed []byte, master key.Key) (key.Key, error) {
	k, err := key.FromCryptogram(key.TDES, sealed[:keyLength], master)
	if err != nil {
		return key.Key{}, err
	}
	check, err := checkValue(k)
	if err != nil {
		return key.Key{}, err
	}
	if subtle.ConstantTimeCompare(check, sealed[keyLength:]) != 1 {
		return key.Key{}, ErrCheckValue
	}
	return k, nil
}

// checkValue is the beginning of a block of zeros enciphered under the key (ANSI X9.24-1,
// annex A), of which UnionPay sends four bytes.
func checkValue(k key.Key) ([]byte, error) {
	block, err := k.Block()
	if err != nil {
		return nil, fmt.Errorf("check value: %w", err)
	}
	zeros := make([]byte, des.BlockSize)
	block.Encrypt(zeros, zeros)
	return zeros[:checkLength], nil
}

// Algorithm is how a message authentication code is made.
type Algorithm int

// The algorithms.
const (
	X919     Algorithm = iota + 1 // ANSI X9.19
	UnionPay                      // UnionPay's ECB algorithm
)

// Code is the message authentication code of data.
func (k Keys) Code(a Algorithm, data []byte) ([mac.BlockSize]byte, error) {
	b := k.MAC.Reveal()
	defer clear(b)
	if a == X919 {
		return mac.X919(b, data)
	}
	return mac.UnionPay(b, data)
}
