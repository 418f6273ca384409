package oda

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/card"
)

// What errors call the certificates.
const (
	issuerCertificate = "issuer certificate (tag 90)"
	iccCertificate    = "card certificate (tag 9F46)"
	pinCertificate    = "PIN encipherment certificate (tag 9F2D)"
)

// Certificate is a public key certificate as a card gives it, in three data objects.
type Certificate struct {
	// Signed is tag 90, 9F46 or 9F2D, as long as the key that signed it.
	Signed []byte
	// Remainder is tag 92, 9F48 or 9F2F: the rest of a modulus that had no room in
	// Signed, else empty.
	Remainder []byte
	// Exponent is tag 9F32, 9F47 or 9F2E.
	Exponent []byte
}

// Holder is whose certificate it must be, and when.
type Holder struct {
	// PAN is the card number (tag 5A). Required.
	PAN card.PAN
	// Date is the day of the transaction, in local time. Required: the zero Date is
	// before every certificate's end.
	Date time.Time
}

// Certified is the key that a certificate holds.
type Certified struct {
	Key PublicKey
	// Expires is the last day of the month up to which the certificate is good.
	Expires time.Time
	// Serial is the authority's or the issuer's number of the certificate.
	Serial [3]byte
}

// The fixed parts of what is recovered of a certificate, in bytes (Book 2, tables 6 and
// 14): header, format, owner, expiry, serial number, two indicators, two lengths, hash
// and trailer.
const (
	issuerOverhead = 36
	iccOverhead    = 42
)

// RecoverIssuer opens the issuer's certificate with an authority's key (Book 2, 5.3 and
// 6.3). It does not look at the authority's own end or at revocation: [Keys.Issuer]
// does all of it.
//
// Errors are *Error with ErrKey, ErrLength, ErrFormat, ErrHash, ErrOwner, ErrExpired or
// ErrAlgorithm.
func RecoverIssuer(ca PublicKey, c Certificate, who Holder) (Certified, error) {
	r, err := ca.recover(issuerCertificate, c.Signed, formatIssuer, issuerOverhead)
	if err != nil {
		return Certified{}, err
	}
	if err := r.covers(c.Remainder, c.Exponent); err != nil {
		return Certified{}, err
	}
	if !identifies(r.m[1:5], who.PAN) {
		return Certified{}, &Error{Object: issuerCertificate, Offset: 2, Err: ErrOwner}
	}
	return r.certified(r.m[5:], c, who.Date)
}

// RecoverICC opens a card's certificate with the issuer's key (Book 2, 6.4). static is
// the static data to be authenticated, which the certificate vouches for: the records
// that the file locator marks, and what the SDA tag list names.
//
// Errors are those of [RecoverIssuer].
func RecoverICC(issuer PublicKey, c Certificate, static []byte, who Holder) (Certified, error) {
	return recoverCard(iccCertificate, issuer, c, static, who)
}

// RecoverPIN opens the certificate of the key under which the card takes its PIN
// (Book 2, 7.1), tags 9F2D, 9F2E and 9F2F. A card without one takes it under the key of
// [RecoverICC].
//
// Errors are those of [RecoverIssuer].
func RecoverPIN(issuer PublicKey, c Certificate, who Holder) (Certified, error) {
	return recoverCard(pinCertificate, issuer, c, nil, who)
}

func recoverCard(object string, issuer PublicKey, c Certificate, static []byte, who Holder) (Certified, error) {
	r, err := issuer.recover(object, c.Signed, formatICC, iccOverhead)
	if err != nil {
		return Certified{}, err
	}
	if err := r.covers(c.Remainder, c.Exponent, static); err != nil {
		return Certified{}, err
	}
	if pan, err := card.ParsePAN(unpadded(r.m[1:11])); err != nil || !pan.Equal(who.PAN) {
		return Certified{}, &Error{Object: object, Offset: 2, Err: ErrOwner}
	}
	return r.certified(r.m[11:], c, who.Date)
}

// certified reads the part that both kinds of certificate share: expiry, serial number,
// indicators, lengths and the modulus or its left part.
func (r recovered) certified(rest []byte, c Certificate, date time.Time) (Certified, error) {
	at := len(r.m) - len(rest)
	expires, ok := monthEnd(rest[0], rest[1])
	if !ok || dayOf(date) > dayOf(expires) {
		return Certified{}, &Error{Object: r.object, Offset: at + 1, Err: ErrExpired, Got: fmt.Sprintf("%02X/%02X", rest[0], rest[1]), Want: date.Format("01/06") + " or later"}
	}
	if err := r.algorithm(at+5, algorithmSHA1); err != nil {
		return Certified{}, err
	}
	if err := r.algorithm(at+6, algorithmRSA); err != nil {
		return Certified{}, err
	}
	modulus, err := r.modulus(int(rest[7]), rest[9:], c.Remainder)
	if err != nil {
		return Certified{}, err
	}
	key := PublicKey{Modulus: modulus, Exponent: bytes.Clone(c.Exponent)}
	if err := key.check(r.object); err != nil {
		return Certified{}, err
	}
	return Certified{Key: key, Expires: expires, Serial: [3]byte(rest[2:5])}, nil
}

// modulus puts a modulus of n bytes together. left is the place for it in the
// certificate, filled with BB at the right where the modulus is shorter.
func (r recovered) modulus(n int, left, remainder []byte) ([]byte, error) {
	if n <= len(left) {
		return bytes.Clone(left[:n]), nil
	}
	if want := n - len(left); len(remainder) != want {
		return nil, fault(r.object, ErrLength, fmt.Sprintf("a remainder of %d bytes", len(remainder)), fmt.Sprintf("%d for a key of %d", want, n))
	}
	return slices.Concat(left, remainder), nil
}

// identifies reports that an issuer identifier is the left-most 3 to 8 digits of a
// number, filled with F.
func identifies(id []byte, pan card.PAN) bool {
	digits := unpadded(id)
	return len(digits) >= 3 && strings.HasPrefix(pan.Reveal(), digits)
}

// unpadded is packed digits without the F at their end.
func unpadded(b []byte) string { return strings.TrimRight(hex.EncodeToString(b), "f") }

// monthEnd is the last day of a month in packed digits MM YY. Years are those of this
// century: no certificate is older.
func monthEnd(month, year byte) (time.Time, bool) {
	t, err := time.Parse("0106", hex.EncodeToString([]byte{month, year}))
	if err != nil {
		return time.Time{}, false
	}
	return time.Date(2000+t.Year()%100, t.Month()+1, 0, 0, 0, 0, 0, time.UTC), true
}

// dayOf is a calendar day as a number that sorts.
func dayOf(t time.Time) int {
	y, m, d := t.Date()
	return y*10000 + int(m)*100 + d
}
