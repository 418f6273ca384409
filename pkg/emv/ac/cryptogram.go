package ac

import (
	"bytes"
	"crypto/des"
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

// CVN is a cryptogram version number: which data a cryptogram covers, how it is padded
// and under which key it stands. The numbers are the scheme's, as its issuer
// application data carries them.
type CVN byte

// The versions known here.
const (
	// CVN10 is Visa's version 10 (0x0A): the card's master key itself, zero padding, the
	// card verification results of the issuer application data; the issuer answers with
	// ARPC method 1.
	CVN10 CVN = 0x0A
	// CVN18 is Visa's version 18 (0x12): the common session key, padding with 80, the
	// whole issuer application data; the issuer answers with ARPC method 2.
	CVN18 CVN = 0x12
)

// String is the version in decimal with its prefix: "CVN10".
func (v CVN) String() string { return fmt.Sprintf("CVN%d", byte(v)) }

// DetectCVN reads the version from issuer application data (tag 9F10) of Visa's format
// 0, 1 and 3, whose first byte is the length of what follows it in the scheme's part.
// ok is false where the data has another shape or the version is not known here.
func DetectCVN(iad []byte) (v CVN, ok bool) {
	if len(iad) < 7 || iad[0] < 6 || int(iad[0]) > len(iad)-1 {
		return 0, false
	}
	v = CVN(iad[2])
	return v, v == CVN10 || v == CVN18
}

// Input is what a card puts under its cryptogram.
type Input struct {
	// Terminal is the values that the terminal handed over, as the version lists them
	// one behind the other. For CVN10 and CVN18: 9F02 amount, 9F03 other amount, 9F1A
	// country, 95 verification results, 5F2A currency, 9A date, 9C type, 9F37
	// unpredictable number, 29 bytes in all.
	Terminal []byte
	// AIP is the application interchange profile, tag 82.
	AIP [2]byte
	// ATC is the application transaction counter, tag 9F36.
	ATC uint16
	// IAD is the whole issuer application data, tag 9F10.
	IAD []byte
}

// TerminalTags are the objects in Input.Terminal for CVN10 and CVN18, in their order.
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
func ARQC(v CVN, icc Key, in Input) ([8]byte, error) {
	key, err := CryptogramKey(v, icc, in.ATC)
	if err != nil {
		return [8]byte{}, err
	}
	data, padding, err := signed(v, in)
	if err != nil {
		return [8]byte{}, err
	}
	return Generate(key, data, padding)
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

// CryptogramKey is the key under which a version's cryptograms stand: for CVN10 the
// card's master key, else its common session key.
func CryptogramKey(v CVN, icc Key, atc uint16) (Key, error) {
	switch {
	case icc.IsZero():
		return Key{}, fmt.Errorf("master key %w: it is empty", ErrKey)
	case v == CVN10:
		return icc, nil
	case v == CVN18:
		return SessionKey(icc, atc)
	}
	return Key{}, fmt.Errorf("%w: %s", ErrCVN, v)
}

// Generate is the algorithm below all versions (Book 2, 8.1.2): MAC algorithm 3 over
// data that the caller has put together, all 8 bytes.
func Generate(session Key, data []byte, padding mac.Padding) ([8]byte, error) {
	if session.IsZero() {
		return [8]byte{}, fmt.Errorf("session key %w: it is empty", ErrKey)
	}
	return mac.Algorithm3(session.bytes(), data, padding)
}

// signed puts together what a version covers.
func signed(v CVN, in Input) ([]byte, mac.Padding, error) {
	data := append(bytes.Clone(in.Terminal), in.AIP[:]...)
	data = binary.BigEndian.AppendUint16(data, in.ATC)
	switch v {
	case CVN10:
		results, err := cardResults(in.IAD)
		return append(data, results...), mac.Method1, err
	case CVN18:
		if len(in.IAD) == 0 {
			return nil, 0, fmt.Errorf("%w: tag %s is empty", ErrInput, emv.TagIAD)
		}
		return append(data, in.IAD...), mac.Method2, nil
	}
	return nil, 0, fmt.Errorf("%w: %s", ErrCVN, v)
}

// cardResults is the card verification results in Visa's issuer application data:
// behind length, derivation key index and version, their own length and 3 bytes.
func cardResults(iad []byte) ([]byte, error) {
	if len(iad) < 7 {
		return nil, fmt.Errorf("%w: tag %s: got %d bytes, want at least 7", ErrInput, emv.TagIAD, len(iad))
	}
	return iad[3:7], nil
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

// encipher is one block under a key.
func encipher(k Key, in [8]byte) ([8]byte, error) {
	key := k.bytes()
	block, err := des.NewTripleDESCipher(append(key, key[:KeySize/2]...))
	if err != nil {
		return [8]byte{}, fmt.Errorf("session key %w", ErrKey)
	}
	block.Encrypt(in[:], in[:])
	return in, nil
}
