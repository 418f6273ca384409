package settle

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// codec is the encoding of a file.
type codec struct {
	name string
	enc  encoding.Encoding // nil of UTF-8
}

func codecOf(name string) (codec, bool) {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8":
		return codec{name: "utf-8"}, true
	case "gbk":
		return codec{name: "gbk", enc: simplifiedchinese.GBK}, true
	case "latin1", "iso-8859-1":
		return codec{name: "latin1", enc: charmap.ISO8859_1}, true
	}
	return codec{}, false
}

// isWide reports characters of two bytes of which the second may be an ASCII one.
func (c codec) isWide() bool { return c.name == "gbk" }

// decode is the text of bytes, or ErrEncoding.
func (c codec) decode(b []byte) (string, error) {
	if isASCII(b) {
		return string(b), nil
	}
	if c.enc == nil {
		if !utf8.Valid(b) {
			return "", ErrEncoding
		}
		return string(b), nil
	}
	out, err := c.enc.NewDecoder().Bytes(b)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return "", ErrEncoding
	}
	return string(out), nil
}

// encode is the bytes of a text that a spec holds.
func (c codec) encode(s string) ([]byte, error) {
	if c.enc == nil {
		return []byte(s), nil
	}
	b, err := c.enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		return nil, fmt.Errorf("%s has no %s: %w", c.name, quote(s), ErrEncoding)
	}
	return b, nil
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
