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

// BlocksCard reports the order to block the card (byte 2 bit 7).
func (u StatusUpdate) BlocksCard() bool { return u[1]&0x40 != 0 }

// BlocksApplication reports the order to block the application (byte 2 bit 6).
func (u StatusUpdate) BlocksApplication() bool { return u[1]&0x20 != 0 }

// PINTries is the number of PIN tries that the card shall have from now on, of byte 1
// bits 4 to 1; ok is false where the update leaves them alone (byte 2 bit 5).
func (u StatusUpdate) PINTries() (n int, ok bool) { return int(u[0] & 0x0F), u[1]&0x10 != 0 }

// mchipCode is what of an update M/Chip's ARPC response code can say: PIN tries in byte
// 1, and in byte 2 approval (bit 5), update of the PIN tries (4), go online the next
// time (3) and the update of the counters (2 and 1). It blocks nothing.
func (u StatusUpdate) mchipCode() string {
	return string([]byte{u[0] & 0x0F, u[1]>>3&0x10 | u[1]>>1&0x0C | u[1]&0x03})
}

func updateOfMChip(code string) StatusUpdate {
	return StatusUpdate{code[0] & 0x0F, code[1]<<3&0x80 | code[1]<<1&0x18 | code[1]&0x03, 0, 0}
}

// ARPC1 is method 1 of Book 2, 8.2.1: the request cryptogram, its first two bytes
// combined with the authorisation response code (two characters, "00", or the two bytes
// that a scheme has in its place), enciphered under a triple DES key.
func ARPC1(session Key, arqc [8]byte, arc string) ([8]byte, error) {
	switch {
	case session.IsZero():
		return [8]byte{}, fmt.Errorf("session key %w: it is empty", ErrKey)
	case session.aes:
		return [8]byte{}, fmt.Errorf("session key %w: ARPC method 1 is for triple DES", ErrKey)
	case len(arc) != 2:
		return [8]byte{}, fmt.Errorf("%w: authorisation response code: got %d bytes, want 2", ErrInput, len(arc))
	}
	arqc[0] ^= arc[0]
	arqc[1] ^= arc[1]
	session.cipher().Encrypt(arqc[:], arqc[:])
	return arqc, nil
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

// IssuerAuthData is the value of tag 91 with which an issuer answers a cryptogram of the
// version. Visa's versions 10 and 17 and Interac's: ARPC of method 1 and the
// authorisation response code arc, 10 bytes. M/Chip: the same with its own response
// code, which is made of the update. Visa's 18 and 22 and the Common Core: ARPC of
// method 2 and the update, 8 bytes.
func IssuerAuthData(v CVN, icc Key, in Input, arqc [8]byte, arc string, update StatusUpdate) ([]byte, error) {
	m, key, err := v.answer(icc, in)
	if err != nil {
		return nil, err
	}
	switch m.arpc {
	case arpcAndUpdate:
		arpc, err := ARPC2(key, arqc, update, nil)
		return append(arpc[:], update[:]...), err
	case arpcAndMChip:
		arc = update.mchipCode()
	case arpcAndCode:
	}
	arpc, err := ARPC1(key, arqc, arc)
	return append(arpc[:], arc...), err
}

// VerifyIssuerAuthData is the card's side: it reports nil if the value of tag 91 answers
// this cryptogram, and gives what the issuer vouches for, the response code (Visa's
// versions 10 and 17, Interac's) or the status update (all others; M/Chip's response
// code is given as an update). A difference is ErrCryptogram.
func VerifyIssuerAuthData(v CVN, icc Key, in Input, arqc [8]byte, data []byte) (arc string, update StatusUpdate, err error) {
	m, key, err := v.answer(icc, in)
	if err != nil {
		return "", StatusUpdate{}, err
	}
	if m.arpc == arpcAndUpdate {
		update, err = verify2(key, arqc, data)
		return "", update, err
	}
	arc, err = verify1(key, arqc, data)
	if err == nil && m.arpc == arpcAndMChip {
		return "", updateOfMChip(arc), nil
	}
	return arc, StatusUpdate{}, err
}

// GivesUpdate reports a version whose issuer authentication data holds a status update
// and no response code.
func (v CVN) GivesUpdate() bool {
	m, err := v.method()
	return err == nil && m.arpc != arpcAndCode
}

// answer is the method of a version and the key of its ARPC.
func (v CVN) answer(icc Key, in Input) (method, Key, error) {
	m, err := v.method()
	if err != nil {
		return method{}, Key{}, err
	}
	if err := v.wantKey(icc); err != nil {
		return method{}, Key{}, err
	}
	key, err := m.arpcKey(icc, in)
	return m, key, err
}

// IssuerAuthentication reads from the issuer application data (9F10) of a card's last
// cryptogram what came of the issuer's: a card that checks it within the second
// GENERATE AC says so nowhere else. aid may be empty, see [Detect]. Visa's data tell only
// that it failed; of data that tell nothing it is emv.IssuerAuthNone.
func IssuerAuthentication(aid, iad []byte) emv.IssuerAuth {
	v, ok := Detect(aid, iad)
	if !ok {
		return emv.IssuerAuthNone
	}
	var performed, failed bool
	switch {
	case v.Scheme() == Mastercard: // byte 2 bit 5, byte 5 bit 3 of the card verification results
		performed, failed = iad[3]&0x10 != 0, iad[6]&0x04 != 0
	case v.Scheme() == CCD: // byte 1 bits 2 and 1 (Book 3, C9.3)
		performed, failed = iad[3]&0x02 == 0, iad[3]&0x01 != 0
	case v.Scheme() == Visa && iad[0] == 6:
		failed = iad[4]&0x08 != 0
	}
	switch {
	case failed:
		return emv.IssuerAuthFailed
	case performed:
		return emv.IssuerAuthPassed
	}
	return emv.IssuerAuthNone
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
