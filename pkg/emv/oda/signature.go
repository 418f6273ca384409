package oda

import (
	"bytes"
	"crypto/sha1" // Book 2, annex B3.1 knows no other hash algorithm for RSA
	"crypto/subtle"
	"fmt"
)

// What errors call the signatures.
const (
	staticSignature  = "signed static data (tag 93)"
	dynamicSignature = "signed dynamic data (tag 9F4B)"
)

// VerifyStatic is static data authentication (Book 2, 5.4): the issuer signed these
// data. ssad is tag 93; static as in [RecoverICC]. It gives the data authentication
// code, tag 9F45.
//
// Errors are *Error with ErrKey, ErrLength, ErrFormat, ErrHash or ErrAlgorithm.
func VerifyStatic(issuer PublicKey, ssad, static []byte) (dac [2]byte, err error) {
	r, err := issuer.recover(staticSignature, ssad, formatStatic, 26)
	if err != nil {
		return dac, err
	}
	if err := r.algorithm(1, algorithmSHA1); err != nil {
		return dac, err
	}
	if err := r.covers(static); err != nil {
		return dac, err
	}
	return [2]byte(r.m[2:4]), nil
}

// VerifyDynamic is dynamic data authentication (Book 2, 6.5.2): the card signed what
// the terminal just sent it. sdad is tag 9F4B; asked is what the terminal filled the
// dynamic data object list (DDOL) with. It gives the card's dynamic number, tag 9F4C, 2
// to 8 bytes.
//
// Errors are those of [VerifyStatic].
func VerifyDynamic(icc PublicKey, sdad, asked []byte) (number []byte, err error) {
	r, err := icc.recover(dynamicSignature, sdad, formatDynamic, 25)
	if err != nil {
		return nil, err
	}
	number, _, err = r.dynamic(asked)
	return number, err
}

// Cryptogram is what a card says of its cryptogram in clear, and what the terminal
// knows of the transaction.
type Cryptogram struct {
	// CID is tag 9F27 of the answer to GENERATE AC.
	CID byte
	// Unpredictable is the terminal's number, tag 9F37, 4 bytes.
	Unpredictable [4]byte
	// Transaction is the data that the transaction data hash code covers (Book 2,
	// 6.6.2): what the terminal filled PDOL and CDOL1 with, and in the second GENERATE
	// AC also CDOL2, then the data objects of the answer with tags and lengths, in the
	// order of the answer and without 9F4B.
	Transaction []byte
}

// Combined is what a card signed together with its cryptogram.
type Combined struct {
	// Number is the card's dynamic number, tag 9F4C, 2 to 8 bytes.
	Number []byte
	// AC is the cryptogram, tag 9F26, which the answer does not hold in clear.
	AC [8]byte
}

// VerifyCombined is combined DDA and application cryptogram generation (Book 2, 6.6.2):
// the card signed its cryptogram and all that both sides said up to it. sdad is tag
// 9F4B of the answer to GENERATE AC.
//
// Errors are those of [VerifyStatic], and ErrCryptogram.
func VerifyCombined(icc PublicKey, sdad []byte, c Cryptogram) (Combined, error) {
	r, err := icc.recover(dynamicSignature, sdad, formatDynamic, 25)
	if err != nil {
		return Combined{}, err
	}
	number, rest, err := r.dynamic(c.Unpredictable[:])
	if err != nil {
		return Combined{}, err
	}
	if want := 1 + 8 + sha1.Size; len(rest) < want {
		return Combined{}, fault(dynamicSignature, ErrLength, fmt.Sprintf("%d bytes behind the dynamic number", len(rest)), fmt.Sprint(want))
	}
	if rest[0] != c.CID {
		return Combined{}, wrong(dynamicSignature, 5+len(number), ErrCryptogram, rest[0], c.CID)
	}
	sum := sha1.Sum(c.Transaction)
	if subtle.ConstantTimeCompare(sum[:], rest[9:9+sha1.Size]) != 1 {
		return Combined{}, &Error{Object: dynamicSignature, Offset: 14 + len(number), Err: ErrHash}
	}
	return Combined{Number: number, AC: [8]byte(rest[1:9])}, nil
}

// dynamic sees that a dynamic signature covers what was asked and reads the card's
// dynamic data: its number, and what follows.
func (r recovered) dynamic(asked []byte) (number, rest []byte, err error) {
	if err := r.algorithm(1, algorithmSHA1); err != nil {
		return nil, nil, err
	}
	if err := r.covers(asked); err != nil {
		return nil, nil, err
	}
	length := int(r.m[2])
	if length < 1 || length > len(r.m)-3 {
		return nil, nil, &Error{Object: r.object, Offset: 3, Err: ErrLength, Got: fmt.Sprintf("dynamic data of %d bytes", length), Want: fmt.Sprintf("1 to %d", len(r.m)-3)}
	}
	data := r.m[3 : 3+length]
	n := int(data[0])
	if n < 2 || n > 8 || n > length-1 {
		return nil, nil, &Error{Object: r.object, Offset: 4, Err: ErrLength, Got: fmt.Sprintf("a dynamic number of %d bytes", n), Want: "2 to 8"}
	}
	return bytes.Clone(data[1 : 1+n]), data[1+n:], nil
}
