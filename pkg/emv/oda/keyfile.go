package oda

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The causes of a [FileError].
var (
	// ErrWord: a line that begins with a word that the format does not know, or that
	// stands outside a key.
	ErrWord = errors.New("word not known here")
	// ErrValue: a value that is not what the word wants.
	ErrValue = errors.New("not a value of this kind")
	// ErrMissing: a key without something that every key must have.
	ErrMissing = errors.New("missing")
	// ErrDuplicate: a word twice in one key, or two keys of one name that differ.
	ErrDuplicate = errors.New("there twice")
	// ErrChecksum: the checksum is not that of the key: something was mistyped.
	ErrChecksum = errors.New("checksum does not match the key")
	// ErrSize: a file that is no list of keys for its sheer size.
	ErrSize = errors.New("too large")
)

// MaxKeyFile is the size in bytes of the largest list of keys that is read. A key takes
// about a kilobyte; all keys of all schemes together are under a hundred.
const MaxKeyFile = 1 << 20

// FileError says what of a list of keys cannot be read.
type FileError struct {
	// Line is where, from 1.
	Line int
	// Key is the name of the key that the line belongs to, such as "A000000003 92",
	// empty outside of one.
	Key string
	// Word is the word concerned, such as "expires".
	Word string
	// Got and Want say in words what was there and what is wanted; empty where there
	// is nothing to say.
	Got, Want string
	// Err is one of the causes above, or ErrKey.
	Err error
}

// Error implements error.
func (e *FileError) Error() string {
	text := fmt.Sprintf("line %d", e.Line)
	if e.Key != "" {
		text += ", key " + e.Key
	}
	if e.Word != "" {
		text += ": " + e.Word
	}
	text += ": " + e.Err.Error()
	if e.Got != "" {
		text += ": got " + e.Got
	}
	if e.Want != "" {
		text += ", want " + e.Want
	}
	return text
}

// Unwrap gives the cause.
func (e *FileError) Unwrap() error { return e.Err }

// ParseKeys reads a list of authority keys. The format is lines of words; # at the
// beginning of a line or behind a space begins a comment, indentation says nothing:
//
//	key A000000003 92
//	  expires  2031-12-31
//	  origin   Visa public key tables, where and when they were read
//	  exponent 03
//	  modulus  996AF56F569187D09293C14810450ED8
//	           3307D3F3...
//	  checksum 429C954A3859CEF91295F663C963E582ED6EB253
//	  test
//	revoked A000000003 92 0012F3
//
// Everything but test is required of a key: expires, a date on which it may still be
// used; origin, any text; exponent 03 or 010001; modulus and checksum in hexadecimal,
// which may go on over several lines. checksum is [CAKey.Checksum]; test is
// [CAKey.Test]. revoked names an issuer certificate: scheme, index, serial number.
//
// Errors are *FileError, or ErrKey and ErrDuplicate of [NewKeys].
func ParseKeys(text []byte) (*Keys, error) {
	if len(text) > MaxKeyFile {
		return nil, &FileError{Line: 1, Err: ErrSize, Got: fmt.Sprintf("%d bytes", len(text)), Want: fmt.Sprintf("at most %d", MaxKeyFile)}
	}
	p := keyFile{}
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))) {
		p.line++
		if err := p.take(string(line)); err != nil {
			return nil, err
		}
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return NewKeys(p.keys, p.revoked)
}

// keyFile is a list half read.
type keyFile struct {
	line    int
	entry   *keyEntry // the key under way
	last    string    // the word that hexadecimal lines go on
	keys    []CAKey
	revoked []Revocation
}

// keyEntry is a key half read.
type keyEntry struct {
	line     int
	key      CAKey
	checksum []byte
	seen     map[string]bool
}

func (p *keyFile) take(line string) error {
	line = withoutComment(line)
	word := line
	if i := strings.IndexAny(line, " \t"); i > 0 {
		word = line[:i]
	}
	value := strings.TrimSpace(line[len(word):])
	switch {
	case line == "":
		return nil
	case word == "key":
		return p.begin(value)
	case word == "revoked":
		return p.revoke(value)
	case p.entry == nil:
		return p.fail(word, ErrWord, "", "key or revoked")
	case (p.last == "modulus" || p.last == "checksum") && isHex(line):
		return p.hexadecimal(p.last, line)
	}
	if p.entry.seen[word] {
		return p.fail(word, ErrDuplicate, "", "")
	}
	p.entry.seen[word], p.last = true, word
	return p.set(word, value)
}

// withoutComment is a line up to a # that begins it or stands behind a space: an address
// of a page may hold one.
func withoutComment(line string) string {
	line = strings.TrimSpace(line)
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return strings.TrimSpace(line[:i])
		}
	}
	return line
}

func (p *keyFile) set(word, value string) error {
	switch k := &p.entry.key; word {
	case "expires":
		day, err := time.Parse(time.DateOnly, value)
		if err != nil {
			return p.fail(word, ErrValue, "", "a date such as 2031-12-31")
		}
		k.Expires = day
	case "origin":
		if k.Origin = value; value == "" {
			return p.fail(word, ErrValue, "nothing", "where the key came from")
		}
	case "exponent", "modulus", "checksum":
		return p.hexadecimal(word, value)
	case "test":
		if k.Test = true; value != "" {
			return p.fail(word, ErrValue, "text behind it", "nothing")
		}
	default:
		return p.fail("", ErrWord, "", "expires, origin, exponent, modulus, checksum, test, key or revoked")
	}
	return nil
}

// hexadecimal puts the bytes of a line behind those that were there.
func (p *keyFile) hexadecimal(word, value string) error {
	b, err := hex.DecodeString(strings.ReplaceAll(value, " ", ""))
	if err != nil || len(b) == 0 {
		return p.fail(word, ErrValue, "", "pairs of hexadecimal digits")
	}
	into := map[string]*[]byte{"exponent": &p.entry.key.Key.Exponent, "modulus": &p.entry.key.Key.Modulus, "checksum": &p.entry.checksum}[word]
	*into = append(*into, b...)
	return nil
}

func (p *keyFile) begin(value string) error {
	if err := p.finish(); err != nil {
		return err
	}
	id, ok := identifiers(value, 5, 1)
	if !ok {
		return p.fail("key", ErrValue, "", "scheme and index such as A000000003 92")
	}
	p.entry = &keyEntry{line: p.line, key: CAKey{RID: [5]byte(id), Index: id[5]}, seen: map[string]bool{}}
	return nil
}

func (p *keyFile) revoke(value string) error {
	if err := p.finish(); err != nil {
		return err
	}
	id, ok := identifiers(value, 5, 1, 3)
	if !ok {
		return p.fail("revoked", ErrValue, "", "scheme, index and serial number such as A000000003 92 0012F3")
	}
	r := Revocation{RID: [5]byte(id), Index: id[5], Serial: [3]byte(id[6:])}
	if slices.Contains(p.revoked, r) {
		return p.fail("revoked", ErrDuplicate, "", "")
	}
	p.revoked = append(p.revoked, r)
	return nil
}

// identifiers reads hexadecimal words of the given lengths in bytes, one behind the
// other.
func identifiers(value string, lengths ...int) ([]byte, bool) {
	words := strings.Fields(value)
	if len(words) != len(lengths) {
		return nil, false
	}
	var out []byte
	for i, word := range words {
		b, err := hex.DecodeString(word)
		if err != nil || len(b) != lengths[i] {
			return nil, false
		}
		out = append(out, b...)
	}
	return out, true
}

// finish ends the key under way and sees that it is whole.
func (p *keyFile) finish() error {
	e := p.entry
	if e == nil {
		return nil
	}
	for _, word := range []string{"expires", "origin", "exponent", "modulus", "checksum"} {
		if !e.seen[word] {
			return &FileError{Line: e.line, Key: e.key.Name(), Word: word, Err: ErrMissing}
		}
	}
	if err := e.key.Key.check("key"); err != nil {
		var why *Error
		_ = errors.As(err, &why)
		return &FileError{Line: e.line, Key: e.key.Name(), Word: "modulus", Err: ErrKey, Got: why.Got, Want: why.Want}
	}
	if sum := e.key.Checksum(); !bytes.Equal(sum[:], e.checksum) {
		return &FileError{Line: e.line, Key: e.key.Name(), Word: "checksum", Err: ErrChecksum, Got: fmt.Sprintf("%X", e.checksum), Want: fmt.Sprintf("%X", sum)}
	}
	p.keys = append(p.keys, e.key)
	p.entry, p.last = nil, ""
	return nil
}

func (p *keyFile) fail(word string, cause error, got, want string) error {
	e := &FileError{Line: p.line, Word: word, Err: cause, Got: got, Want: want}
	if p.entry != nil {
		e.Key = p.entry.key.Name()
	}
	return e
}

// isHex reports a line of hexadecimal digits and spaces alone.
func isHex(line string) bool {
	return strings.Trim(line, "0123456789ABCDEFabcdef ") == ""
}
