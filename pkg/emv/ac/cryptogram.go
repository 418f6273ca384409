package ac

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tillworks/till/pkg/crypto/mac"
	"github.com/tillworks/till/pkg/emv"
)

// The causes of refused cryptograms.
var (
	// ErrCryptogram: a cryptogram is not the one that the key and the data give.
	ErrCryptogram = errors.New("cryptogram does not match")
	// ErrInput: data that a cryptogram covers is missing or has a wrong length.
	ErrInput = errors.New("cryptogram data not complete")
	// ErrCVN: a cryptogram version that this package does not know.
	ErrCVN = errors.New("cryptogram version not known")
)

// Input is what a card puts under its cryptogram.
type Input struct {
	// Terminal is the values that the terminal handed over, one behind the other as
	// [TerminalTags] lists them: 9F02 amount, 9F03 other amount, 9F1A country, 95
	// verification results, 5F2A currency, 9A date, 9C type, 9F37 unpredictable number,
	// 29 bytes in all.
	Terminal []byte
	// AIP is the application interchange profile, tag 82.
	AIP [2]byte
	// ATC is the application transaction counter, tag 9F36.
	ATC uint16
	// IAD is the whole issuer application data, tag 9F10.
	IAD []byte
}

// TerminalTags are the objects in Input.Terminal, in their order (Book 2, 8.1.1).
func TerminalTags() []emv.Tag {
	return []emv.Tag{
		emv.TagAmount, emv.TagAmountOther, emv.TagTerminalCountry, emv.TagTVR, emv.TagCurrency,
		emv.TagTransactionDate, emv.TagTransactionType, emv.TagUnpredictableNumber,
	}
}

// FromICC collects an Input from the chip data of a message (field 55 of ISO 8583), a
// series of data objects at one level. An object that is missing or of a wrong length
// is an ErrInput that names its tag.
func FromICC(icc []byte) (Input, error) {
	tree, err := emv.Parse(icc, emv.Strict)
	if err != nil {
		return Input{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	return FromValues(func(tag emv.Tag) []byte { return tree.Value(tag) })
}

// FromValues collects an Input from single values, each by its tag.
func FromValues(value func(emv.Tag) []byte) (Input, error) {
	var in Input
	for _, tag := range TerminalTags() {
		v := value(tag)
		if err := wantLength(tag, v); err != nil {
			return Input{}, err
		}
		in.Terminal = append(in.Terminal, v...)
	}
	aip, atc, iad := value(emv.TagAIP), value(emv.TagATC), value(emv.TagIAD)
	if err := errors.Join(wantLength(emv.TagAIP, aip), wantLength(emv.TagATC, atc), wantLength(emv.TagIAD, iad)); err != nil {
		return Input{}, err
	}
	in.AIP, in.ATC, in.IAD = [2]byte(aip), binary.BigEndian.Uint16(atc), bytes.Clone(iad)
	return in, nil
}

// ARQC is the application cryptogram that a card makes over its input. The same data
// with other values gives a TC or an AAC: the type is in the card verification results.
//
// icc is the card's master key as [MasterKey] derives it. A key of the wrong cipher is
// ErrKey, data that is missing ErrInput, another version ErrCVN.
func ARQC(v CVN, icc Key, in Input) ([8]byte, error) {
	m, err := v.method()
	if err != nil {
		return [8]byte{}, err
	}
	key, err := m.cryptogramKey(v, icc, in)
	if err != nil {
		return [8]byte{}, err
	}
	data, err := m.data(in)
	if err != nil {
		return [8]byte{}, err
	}
	return Generate(key, data, m.padding)
}

// VerifyARQC compares a received cryptogram, all 8 bytes of it, with the one that the
// key and the input give, in constant time. A difference is ErrCryptogram.
func VerifyARQC(v CVN, icc Key, in Input, arqc []byte) error {
	want, err := ARQC(v, icc, in)
	if err != nil {
		return err
	}
	return same(want[:], arqc)
}

// CryptogramKey is the key under which a version's cryptograms stand: the card's master
// key, its common session key, or Mastercard's, which takes the unpredictable number
// from the input.
func CryptogramKey(v CVN, icc Key, in Input) (Key, error) {
	m, err := v.method()
	if err != nil {
		return Key{}, err
	}
	return m.cryptogramKey(v, icc, in)
}

func (m method) cryptogramKey(v CVN, icc Key, in Input) (Key, error) {
	if err := v.wantKey(icc); err != nil {
		return Key{}, err
	}
	return m.key(icc, in)
}

// wantKey refuses a key that is empty or of another cipher than the version's.
func (v CVN) wantKey(k Key) error {
	switch {
	case k.IsZero():
		return fmt.Errorf("master key %w: it is empty", ErrKey)
	case k.aes != v.UsesAES():
		return fmt.Errorf("master key %w: %s takes a key of the other cipher", ErrKey, v)
	}
	return nil
}

// Generate is the algorithm below all versions (Book 2, 8.1.2), all 8 bytes: MAC
// algorithm 3 over data that the caller has put together, or under an AES key the left
// half of the CMAC, which pads in its own way.
func Generate(session Key, data []byte, padding mac.Padding) ([8]byte, error) {
	switch {
	case session.IsZero():
		return [8]byte{}, fmt.Errorf("session key %w: it is empty", ErrKey)
	case session.aes:
		code, err := mac.CMACAES(session.bytes(), data)
		return [8]byte(code[:8]), err
	}
	return mac.Algorithm3(session.bytes(), data, padding)
}

func wantLength(tag emv.Tag, v []byte) error {
	e, ok := emv.Lookup(tag)
	if !ok || len(v) == 0 || len(v) < e.Min || len(v) > e.Max {
		return fmt.Errorf("%w: tag %s: got %d bytes, want %d to %d", ErrInput, tag, len(v), max(1, e.Min), e.Max)
	}
	return nil
}

func same(want, got []byte) error {
	if len(got) != len(want) {
		return fmt.Errorf("%w: got %d bytes, want %d", ErrCryptogram, len(got), len(want))
	}
	if subtle.ConstantTimeCompare(want, got) != 1 {
		return ErrCryptogram
	}
	return nil
}
