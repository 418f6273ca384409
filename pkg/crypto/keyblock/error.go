package keyblock

import (
	"errors"
	"fmt"
)

// The causes of refusals. No text holds a key.
var (
	// ErrFormat is text that is no key block, or a header that cannot be written. The
	// error is a [FormatError].
	ErrFormat = errors.New("not a key block")
	// ErrMAC is a block that was altered, or that is under another key.
	ErrMAC = errors.New("key block does not authenticate: altered, or under another key")
	// ErrContent is a block whose code is right and whose clear key is not: whoever wrapped
	// it did it wrongly.
	ErrContent = errors.New("wrapped key is malformed")
	// ErrKey is a protection key of another cipher than the version's, or a key that the
	// header does not describe.
	ErrKey = errors.New("key does not fit the key block")
	// ErrStrength is a key that would be wrapped under a weaker one.
	ErrStrength = errors.New("key would be wrapped under a weaker one")
	// ErrUnsupported is a block that this package does not open: of an asymmetric key.
	ErrUnsupported = errors.New("key block not supported")
)

// FormatError says where text ceases to be a key block.
type FormatError struct {
	Offset int    // of the first wrong character
	What   string // the part that is wrong, such as "length"
	Got    string
	Want   string
}

// Error implements error.
func (e *FormatError) Error() string {
	return fmt.Sprintf("%v: offset %d, %s: got %s, want %s", ErrFormat, e.Offset, e.What, e.Got, e.Want)
}

// Unwrap gives [ErrFormat].
func (e *FormatError) Unwrap() error { return ErrFormat }
