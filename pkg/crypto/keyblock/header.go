package keyblock

import (
	"fmt"
	"strconv"
	"strings"
)

// fixed is the length of a header without optional blocks, in characters.
const fixed = 16

// longest is the most characters that four digits can tell of.
const longest = 9999

// Header is what a key block says of its key in clear (X9.143-2022). All of it is
// covered by the block's code.
type Header struct {
	Version       byte       // 'A' to 'D'
	Length        int        // of the whole block in characters; Wrap sets it
	Usage         string     // two characters, such as "P0"; see UsageMeaning
	Algorithm     byte       // 'A' AES, 'D' DES, 'T' triple DES, 'H' HMAC; 'E', 'R', 'S' asymmetric
	Mode          byte       // of use, such as 'E'; see ModeMeaning
	KeyVersion    string     // two characters: "00" is none, "c" and a digit a component
	Exportability byte       // 'E' under a trusted key, 'N' not, 'S' under any
	Context       byte       // '0' storage or exchange, '1' storage, '2' exchange; zero is '0'
	Blocks        []Optional // in their order; Wrap adds one that fills up, "PB"
}

// Optional is an optional block of a header, such as "KS", the key serial number of an
// initial key (X9.143-2022). Data is visible ASCII.
type Optional struct {
	ID   string // two characters
	Data string
}

// ParseHeader reads the header of a block of any version. Nothing of it is proved: that
// takes [Unwrap]. The whole block must be there, since its length is compared.
func ParseHeader(block string) (Header, error) {
	h, _, err := parse(block)
	return h, err
}

// parse reads the header and gives its length in characters.
func parse(block string) (Header, int, error) {
	if at := strings.IndexFunc(block, func(r rune) bool { return r < ' ' || r > '~' }); at >= 0 {
		return Header{}, 0, &FormatError{at, "character", "a byte outside visible ASCII", "' ' to '~'"}
	}
	if len(block) < fixed {
		return Header{}, 0, &FormatError{len(block), "header", fmt.Sprintf("%d characters", len(block)), "at least 16"}
	}
	h := Header{
		Version: block[0], Usage: block[5:7], Algorithm: block[7], Mode: block[8],
		KeyVersion: block[9:11], Exportability: block[11], Context: block[14],
	}
	if err := h.checkVersion(); err != nil {
		return Header{}, 0, err
	}
	length, err := decimal(block, 1, 4, "length")
	if err != nil {
		return Header{}, 0, err
	}
	if length != len(block) {
		return Header{}, 0, &FormatError{1, "length", fmt.Sprintf("%d in a text of %d characters", length, len(block)), "the same"}
	}
	count, err := decimal(block, 12, 2, "number of optional blocks")
	if err != nil {
		return Header{}, 0, err
	}
	if !strings.ContainsRune("012", rune(h.Context)) || block[15] != '0' {
		return Header{}, 0, &FormatError{14, "key context and reserved character", strconv.Quote(block[14:16]), "00, 10 or 20"}
	}
	h.Length = length
	end := fixed
	for range count {
		var o Optional
		if o, end, err = parseOptional(block, end); err != nil {
			return Header{}, 0, err
		}
		h.Blocks = append(h.Blocks, o)
	}
	if end%h.unit() != 0 {
		return Header{}, 0, &FormatError{end, "header with optional blocks", fmt.Sprintf("%d characters", end), fmt.Sprintf("a multiple of %d", h.unit())}
	}
	return h, end, nil
}

// parseOptional reads the optional block at an offset and gives where the next begins.
// A length of 00 is followed by the number of bytes of a longer length, and that.
func parseOptional(block string, at int) (Optional, int, error) {
	if len(block)-at < 4 {
		return Optional{}, 0, &FormatError{at, "optional block", fmt.Sprintf("%d characters", len(block)-at), "at least 4"}
	}
	length, err := hexadecimal(block, at+2, 2, "length of an optional block")
	if err != nil {
		return Optional{}, 0, err
	}
	head := 4
	if length == 0 {
		width, err := hexadecimal(block, at+4, 2, "length of the length of an optional block")
		if err != nil {
			return Optional{}, 0, err
		}
		if width < 1 || width > 2 {
			return Optional{}, 0, &FormatError{at + 4, "length of the length of an optional block", strconv.Itoa(width), "1 or 2"}
		}
		if length, err = hexadecimal(block, at+6, 2*width, "length of an optional block"); err != nil {
			return Optional{}, 0, err
		}
		head = 6 + 2*width
	}
	if length < head || length > len(block)-at {
		return Optional{}, 0, &FormatError{at + 2, "length of an optional block", strconv.Itoa(length), fmt.Sprintf("%d to %d", head, len(block)-at)}
	}
	return Optional{ID: block[at : at+2], Data: block[at+head : at+length]}, at + length, nil
}

// check refuses a header that cannot be written.
func (h Header) check() error {
	if err := h.checkVersion(); err != nil {
		return err
	}
	if h.Version == 'A' {
		return fmt.Errorf("%w: version A is read and not written, X9.143 withdrew it", ErrUnsupported)
	}
	for _, part := range []struct {
		at         int
		what, text string
		length     int
	}{
		{5, "usage", h.Usage, 2}, {7, "algorithm", string(h.Algorithm), 1}, {8, "mode of use", string(h.Mode), 1},
		{9, "key version", h.KeyVersion, 2}, {11, "exportability", string(h.Exportability), 1},
	} {
		if len(part.text) != part.length || !isAlphanumeric(part.text) {
			return &FormatError{part.at, part.what, strconv.Quote(part.text), fmt.Sprintf("letters or digits, %d", part.length)}
		}
	}
	if !strings.ContainsRune("012\x00", rune(h.Context)) {
		return &FormatError{14, "key context", strconv.QuoteRune(rune(h.Context)), "0, 1 or 2"}
	}
	for _, o := range h.Blocks {
		if len(o.ID) != 2 || !isAlphanumeric(o.ID) {
			return &FormatError{fixed, "ID of an optional block", strconv.Quote(o.ID), "2 letters or digits"}
		}
		if strings.ContainsFunc(o.Data, func(r rune) bool { return r < ' ' || r > '~' }) {
			return &FormatError{fixed, "optional block " + o.ID, "a byte outside visible ASCII", "' ' to '~'"}
		}
	}
	return nil
}

func (h Header) checkVersion() error {
	if h.Version < 'A' || h.Version > 'D' {
		return &FormatError{0, "version", strconv.QuoteRune(rune(h.Version)), "A, B, C or D"}
	}
	return nil
}

// write is the header of a block whose rest has so many characters.
func (h Header) write(rest int) (string, error) {
	var blocks strings.Builder
	count := 0
	for _, o := range h.Blocks {
		if o.ID != "PB" { // what fills up is made anew
			blocks.WriteString(o.write())
			count++
		}
	}
	if short := (h.unit() - blocks.Len()%h.unit()) % h.unit(); short > 0 {
		if short < 4 {
			short += h.unit()
		}
		blocks.WriteString(Optional{ID: "PB", Data: strings.Repeat("0", short-4)}.write())
		count++
	}
	length := fixed + blocks.Len() + rest
	if count > 99 || length > longest {
		return "", &FormatError{1, "length", fmt.Sprintf("%d characters, %d optional blocks", length, count), "at most 9999 and 99"}
	}
	context := h.Context
	if context == 0 {
		context = '0'
	}
	return fmt.Sprintf("%c%04d%s%c%c%s%c%02d%c0%s",
		h.Version, length, h.Usage, h.Algorithm, h.Mode, h.KeyVersion, h.Exportability, count, context, blocks.String()), nil
}

func (o Optional) write() string {
	if len(o.Data)+4 <= 0xFF {
		return fmt.Sprintf("%s%02X%s", o.ID, len(o.Data)+4, o.Data)
	}
	return fmt.Sprintf("%s0002%04X%s", o.ID, len(o.Data)+10, o.Data)
}

// unit is what the length of the header is a multiple of: the cipher's block.
func (h Header) unit() int {
	if h.Version == 'D' {
		return 16
	}
	return 8
}

func decimal(block string, at, width int, what string) (int, error) {
	return number(block, at, width, what, 10, "0123456789")
}

func hexadecimal(block string, at, width int, what string) (int, error) {
	return number(block, at, width, what, 16, "0123456789ABCDEFabcdef")
}

func number(block string, at, width int, what string, base int, digits string) (int, error) {
	if at+width > len(block) {
		return 0, &FormatError{len(block), what, "the end", fmt.Sprintf("%d digits", width)}
	}
	text := block[at : at+width]
	n, err := strconv.ParseUint(text, base, 31)
	if err != nil || strings.Trim(text, digits) != "" {
		return 0, &FormatError{at, what, strconv.Quote(text), fmt.Sprintf("%d digits of base %d", width, base)}
	}
	return int(n), nil
}

func isAlphanumeric(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}
