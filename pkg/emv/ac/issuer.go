package ac

import (
	"bytes"
	"fmt"

	"github.com/tillworks/till/pkg/crypto/mac"
	"github.com/tillworks/till/pkg/emv"
)

// StatusUpdate is the card status update of EMV 4.4 Book 3, annex C10: four bytes in
// which the issuer tells the card of ARPC method 2 what to do with itself.
type StatusUpdate [4]byte

// Approve is the update that says no more than that the issuer approves (byte 2 bit 8).
func Approve() StatusUpdate { return StatusUpdate{0, 0x80, 0, 0} }

// Decline is the update without the approval bit.
func Decline() StatusUpdate { return StatusUpdate{} }

// Approves reports the approval bit.
func (u StatusUpdate) Approves() bool { return u[1]&0x80 != 0 }

// ARPC1 is method 1 of Book 2, 8.2.1: the request cryptogram, its first two bytes
// combined with the authorisation response code (two characters, "00"), enciphered.
func ARPC1(session Key, arqc [8]byte, arc string) ([8]byte, error) {
	switch {
	case session.IsZero():
		return [8]byte{}, fmt.Errorf("session key %w: it is empty", ErrKey)
	case len(arc) != 2:
		return [8]byte{}, fmt.Errorf("%w: authorisation response code: got %d bytes, want 2", ErrInput, len(arc))
	}
	arqc[0] ^= arc[0]
	arqc[1] ^= arc[1]
	return encipher(session, arqc)
}

// ARPC2 is method 2 of Book 2, 8.2.2: the left four bytes of the MAC over the request
// cryptogram, the card status update and up to 8 bytes of the issuer's own.
func ARPC2(session Key, arqc [8]byte, update StatusUpdate, proprietary []byte) ([4]byte, error) {
	if len(proprietary) > 8 {
		return [4]byte{}, fmt.Errorf("%w: proprietary authentication data: got %d bytes, want at most 8", ErrInput, len(proprietary))
	}
	data := append(append(arqc[:], update[:]...), proprietary...)
	code, err := Generate(session, data, mac.Method2)
	return [4]byte(code[:4]), err
}

// IssuerAuthData is the value of tag 91 with which an issuer answers a cryptogram of
// the version. CVN10: ARPC of method 1 and the authorisation response code, 10 bytes.
// CVN18: ARPC of method 2 and the card status update, 8 bytes.
func IssuerAuthData(v CVN, icc Key, atc uint16, arqc [8]byte, arc string, update StatusUpdate) ([]byte, error) {
	key, err := CryptogramKey(v, icc, atc)
	if err != nil {
		return nil, err
	}
	if v == CVN10 {
		arpc, err := ARPC1(key, arqc, arc)
		return append(arpc[:], arc...), err
	}
	arpc, err := ARPC2(key, arqc, update, nil)
	return append(arpc[:], update[:]...), err
}

// VerifyIssuerAuthData is the card's side: it reports nil if the value of tag 91
// answers this cryptogram, and gives the response code (CVN10) or the status update
// (CVN18) that the issuer vouches for. A difference is ErrCryptogram.
func VerifyIssuerAuthData(v CVN, icc Key, atc uint16, arqc [8]byte, data []byte) (arc string, update StatusUpdate, err error) {
	key, err := CryptogramKey(v, icc, atc)
	if err != nil {
		return "", StatusUpdate{}, err
	}
	if v == CVN10 {
		arc, err = verify1(key, arqc, data)
		return arc, StatusUpdate{}, err
	}
	update, err = verify2(key, arqc, data)
	return "", update, err
}

func verify1(key Key, arqc [8]byte, data []byte) (string, error) {
	if len(data) != 10 {
		return "", fmt.Errorf("%w: tag %s: got %d bytes, want 10", ErrInput, emv.TagIssuerAuthData, len(data))
	}
	arc := string(data[8:])
	want, err := ARPC1(key, arqc, arc)
	if err != nil {
		return "", err
	}
	if err := same(want[:], data[:8]); err != nil {
		return "", err
	}
	return arc, nil
}

func verify2(key Key, arqc [8]byte, data []byte) (StatusUpdate, error) {
	if len(data) < 8 || len(data) > 16 {
		return StatusUpdate{}, fmt.Errorf("%w: tag %s: got %d bytes, want 8 to 16", ErrInput, emv.TagIssuerAuthData, len(data))
	}
	update := StatusUpdate(data[4:8])
	want, err := ARPC2(key, arqc, update, bytes.Clone(data[8:]))
	if err != nil {
		return StatusUpdate{}, err
	}
	if err := same(want[:], data[:4]); err != nil {
		return StatusUpdate{}, err
	}
	return update, nil
}
