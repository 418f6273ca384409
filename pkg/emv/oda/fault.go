package oda

import (
	"errors"
	"fmt"
	"strings"
)

// The causes of an [Error].
var (
	// ErrNoKey: the terminal's list has no certification authority key of this index.
	ErrNoKey = errors.New("certification authority key not known")
	// ErrKeyExpired: the use of the authority's key has ended.
	ErrKeyExpired = errors.New("certification authority key expired")
	// ErrKey: a key of a length or an exponent that EMV does not know.
	ErrKey = errors.New("not an EMV public key")
	// ErrLength: a certificate, a signature or a remainder of a wrong length.
	ErrLength = errors.New("wrong length")
	// ErrFormat: what was recovered does not have the marks of its kind, as happens
	// when another key signed it.
	ErrFormat = errors.New("not signed by this key")
	// ErrHash: the signature covers other data.
	ErrHash = errors.New("hash does not match the data")
	// ErrOwner: the certificate is of another issuer or another card.
	ErrOwner = errors.New("certificate belongs to another card number")
	// ErrExpired: the certificate is over.
	ErrExpired = errors.New("certificate expired")
	// ErrRevoked: the certificate is on the terminal's revocation list.
	ErrRevoked = errors.New("certificate revoked")
	// ErrAlgorithm: a hash or signature algorithm other than SHA-1 and RSA.
	ErrAlgorithm = errors.New("algorithm not known")
	// ErrCryptogram: the signed cryptogram information is not what the card said in clear.
	ErrCryptogram = errors.New("signature covers another kind of cryptogram")
	// ErrPIN: a PIN that is none, or no random numbers to hide it with.
	ErrPIN = errors.New("PIN cannot be enciphered")
)

// Error says what of a chain of certificates and signatures does not hold. It never
// holds a card number or a PIN.
type Error struct {
	// Object is what was looked at, such as "issuer certificate (tag 90)".
	Object string
	// Offset is a position in what was recovered of the object, -1 where that is not
	// the point.
	Offset int
	// Got and Want say in words what was there and what the standard wants; empty where
	// there is nothing to say or the value is a secret.
	Got, Want string
	// Err is one of the causes above.
	Err error
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Object)
	if e.Offset >= 0 {
		fmt.Fprintf(&b, " at offset %d", e.Offset)
	}
	fmt.Fprintf(&b, ": %v", e.Err)
	if e.Got != "" {
		fmt.Fprintf(&b, ": got %s", e.Got)
	}
	if e.Want != "" {
		fmt.Fprintf(&b, ", want %s", e.Want)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// fault is an Error without a position.
func fault(object string, cause error, got, want string) error {
	return &Error{Object: object, Offset: -1, Got: got, Want: want, Err: cause}
}
