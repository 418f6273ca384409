package iso8583

import "strings"

// content is the characters that an element may hold, in the notation of ISO 8583:1987,
// 4.2.
type content uint8

const (
	contentAny    content = iota
	contentN              // digits
	contentA              // letters, blank
	contentAN             // letters, digits, blank
	contentNS             // digits and special characters
	contentANS            // all that ASCII can print
	contentTrack          // z: '0' to '?'
	contentSigned         // x+n: C or D, then digits
)

func parseContent(s string) (content, bool) {
	switch s {
	case "", "b":
		return contentAny, true
	case "n":
		return contentN, true
	case "a":
		return contentA, true
	case "an", "anp":
		return contentAN, true
	case "ns":
		return contentNS, true
	case "ans":
		return contentANS, true
	case "z":
		return contentTrack, true
	case "x+n":
		return contentSigned, true
	}
	return contentAny, false
}

// stranger is the place, from 1, of the first character that may not stand in a
// value, or 0.
func (c content) stranger(value []byte) int {
	switch c {
	case contentAny:
		return 0
	case contentSigned:
		if len(value) > 0 && value[0] != 'C' && value[0] != 'D' {
			return 1
		}
		if at := contentN.stranger(value[min(1, len(value)):]); at > 0 {
			return at + 1
		}
		return 0
	}
	bit := byte(1) << (c - contentN)
	for i, b := range value {
		if kinds[b]&bit == 0 {
			return i + 1
		}
	}
	return 0
}

// kinds says of each byte where it may stand, a bit for each content from contentN to
// contentTrack.
const kinds = "" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x1e\x18\x18\x18\x18\x18\x18\x18\x18\x18\x18\x18\x18\x18\x18\x18" +
	"\x3d\x3d\x3d\x3d\x3d\x3d\x3d\x3d\x3d\x3d\x38\x38\x38\x38\x38\x38" +
	"\x18\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16" +
	"\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x18\x18\x18\x18\x18" +
	"\x18\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16" +
	"\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16\x18\x18\x18\x18\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// fill brings a value that is set up to a fixed length as the standard justifies it:
// digits to the right with zeros, free text to the left with blanks. Codes (a, an)
// must come whole, and nothing is made of an empty value: both are mistakes.
func (n *node) fill(value []byte) []byte {
	missing := n.length - len(value)
	if n.prefix != prefixFixed || missing <= 0 || len(value) == 0 || n.pad.side != 0 {
		return value
	}
	switch n.content {
	case contentN:
		return append([]byte(strings.Repeat("0", missing)), value...)
	case contentANS:
		return append(value[:len(value):len(value)], strings.Repeat(" ", missing)...)
	default:
		return value
	}
}

// checkCharacters holds the characters of a value that is set to the spec.
func (n *node) checkCharacters(value []byte) error {
	if at := n.content.stranger(value); at > 0 {
		err := ErrCharacter
		if n.content == contentN {
			err = ErrDigit
		}
		return &Error{Path: n.path, Offset: -1, Err: err, Got: at}
	}
	if at := n.uncodable(value); at > 0 {
		return &Error{Path: n.path, Offset: -1, Err: ErrCharacter, Got: at}
	}
	return nil
}

// checkLength holds the length of a value to the spec, in the units of its coding.
func (n *node) checkLength(value []byte) error {
	unlimited := n.prefix == prefixBER && n.length == 0 || n.prefix == prefixRest
	short := n.prefix == prefixFixed && n.pad.side == 0 && len(value) < n.length
	if short || (len(value) > n.length && !unlimited) {
		return &Error{Path: n.path, Offset: -1, Err: ErrLength, Want: n.length, Got: len(value)}
	}
	return nil
}

// uncodable is the place, from 1, of the first character that the coding cannot
// carry, or 0.
func (n *node) uncodable(value []byte) int {
	switch n.coding {
	case codeBCD, codeLBCD, codePart:
		return contentN.stranger(value)
	case codeTrack, codeTrackFront:
		return contentTrack.stranger(value)
	case codeSigned:
		return contentSigned.stranger(value)
	case codeASCII:
		return faultASCII(value) + 1
	default:
		return 0
	}
}
