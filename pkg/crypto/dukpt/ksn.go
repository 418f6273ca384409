package dukpt

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"strings"
)

// The causes of refusals.
var (
	// ErrKSN is text or bytes that are no key serial number.
	ErrKSN = errors.New("not a key serial number")
	// ErrCounter is a transaction counter for which the standard derives no key.
	ErrCounter = errors.New("not a transaction counter of DUKPT")
	// ErrKey is a key that cannot be derived from, or a use that derives none.
	ErrKey = errors.New("not a key of DUKPT")
)

// The bits of the counters and the ones that may be set in them.
const (
	tdesCounterBits = 21
	tdesOnesMost    = 10
	aesCounterBits  = 32
	aesOnesMost     = 16
)

// TDESKSN is a key serial number of ten bytes: 59 bits that name base key and terminal,
// and 21 that count transactions (X9.24-1:2009, A.1). It is no secret.
type TDESKSN [10]byte

// ParseTDESKSN reads 16 to 20 hexadecimal digits; FF goes in front of a short one, since
// X9.24-1 lets leading Fs be left out.
func ParseTDESKSN(text string) (TDESKSN, error) {
	b, err := parseHex(text)
	if err != nil || len(b) < 8 || len(b) > 10 {
		return TDESKSN{}, fmt.Errorf("%w: got %d characters, want 16, 18 or 20 hexadecimal digits", ErrKSN, len(text))
	}
	ksn := TDESKSN{0xFF, 0xFF}
	copy(ksn[len(ksn)-len(b):], b)
	return ksn, nil
}

// Counter is the transaction counter, 21 bits.
func (k TDESKSN) Counter() uint32 {
	return binary.BigEndian.Uint32(k[6:]) & (1<<tdesCounterBits - 1)
}

// WithCounter is the serial number with another counter; bits above 21 are left out.
func (k TDESKSN) WithCounter(counter uint32) TDESKSN {
	rest := binary.BigEndian.Uint32(k[6:]) &^ (1<<tdesCounterBits - 1)
	binary.BigEndian.PutUint32(k[6:], rest|counter&(1<<tdesCounterBits-1))
	return k
}

// Next is the serial number of the next transaction: the counter one more, and more
// again where it would have over 10 ones. A terminal that has used up its keys gives
// [ErrCounter].
func (k TDESKSN) Next() (TDESKSN, error) {
	counter, err := nextCounter(k.Counter(), tdesCounterBits, tdesOnesMost)
	return k.WithCounter(counter), err
}

// String is 20 hexadecimal digits.
func (k TDESKSN) String() string { return fmt.Sprintf("%X", k[:]) }

// Check refuses a counter for which there is no key, with [ErrCounter].
func (k TDESKSN) Check() error { return checkCounter(k.Counter(), tdesOnesMost) }

// AESKSN is a key serial number of twelve bytes: four that name the base key, four that
// name the terminal, together the initial key ID, and four that count transactions
// (X9.24-3:2017, clause 6). It is no secret.
type AESKSN [12]byte

// ParseAESKSN reads 24 hexadecimal digits.
func ParseAESKSN(text string) (AESKSN, error) {
	b, err := parseHex(text)
	if err != nil || len(b) != 12 {
		return AESKSN{}, fmt.Errorf("%w: got %d characters, want 24 hexadecimal digits", ErrKSN, len(text))
	}
	return AESKSN(b), nil
}

// Counter is the transaction counter, 32 bits.
func (k AESKSN) Counter() uint32 { return binary.BigEndian.Uint32(k[8:]) }

// WithCounter is the serial number with another counter.
func (k AESKSN) WithCounter(counter uint32) AESKSN {
	binary.BigEndian.PutUint32(k[8:], counter)
	return k
}

// Next is [TDESKSN.Next] for AES, where a counter has at most 16 ones.
func (k AESKSN) Next() (AESKSN, error) {
	counter, err := nextCounter(k.Counter(), aesCounterBits, aesOnesMost)
	return k.WithCounter(counter), err
}

// String is 24 hexadecimal digits.
func (k AESKSN) String() string { return fmt.Sprintf("%X", k[:]) }

// Check refuses a counter for which there is no key, with [ErrCounter].
func (k AESKSN) Check() error { return checkCounter(k.Counter(), aesOnesMost) }

func checkCounter(counter uint32, onesMost int) error {
	switch n := bits.OnesCount32(counter); {
	case counter == 0:
		return fmt.Errorf("%w: it is 0, which is the initial key's and no transaction's", ErrCounter)
	case n > onesMost:
		return fmt.Errorf("%w: %X has %d ones, want at most %d", ErrCounter, counter, n, onesMost)
	}
	return nil
}

// nextCounter adds one, and where the sum has too many ones its lowest one, which is the
// next count that has not.
func nextCounter(counter uint32, width, onesMost int) (uint32, error) {
	next := uint64(counter) + 1
	for bits.OnesCount64(next) > onesMost {
		next += next & -next
	}
	if next >= 1<<width {
		return counter, fmt.Errorf("%w: %X is the last", ErrCounter, counter)
	}
	return uint32(next), nil
}

// parseHex reads digits with spaces between.
func parseHex(text string) ([]byte, error) {
	return hex.DecodeString(strings.Join(strings.Fields(text), ""))
}
