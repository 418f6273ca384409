package dump

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// sniff tells the format by the beginning of an input.
func sniff(sample []byte) Format {
	if f := captureFormat(sample); f != Unknown {
		return f
	}
	if len(sample) == 0 {
		return Text
	}
	if isBinary(sample) {
		return Raw
	}
	t := tally(sample)
	switch {
	case t.messages > 0:
		return JPOS
	case t.rows > 0:
		return t.style
	case t.hex+t.runs > 0 && t.hex+t.runs >= t.characters:
		return Hex
	case t.halves > 0 && t.characters == 0 && (t.hex > 0 || isWrapped(sample)):
		return Hex
	case t.base64 > t.characters && t.base64*3 >= t.lines:
		return Base64
	case !utf8.Valid(trimRune(sample)):
		return Raw
	}
	return Text
}

// captureFormat knows captures by their magic numbers.
func captureFormat(head []byte) Format {
	if len(head) < 4 {
		return Unknown
	}
	switch magic := binary.LittleEndian.Uint32(head); magic {
	case magicPcapng:
		return Pcapng
	case magicMicro, magicNano, swap32(magicMicro), swap32(magicNano):
		return Pcap
	}
	return Unknown
}

// isBinary reports control characters that no text has.
func isBinary(sample []byte) bool {
	for _, c := range sample {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B || c == 0x7F {
			return true
		}
	}
	return false
}

// trimRune leaves out the beginning of a character that the sample cuts.
func trimRune(sample []byte) []byte {
	for i := 1; i < 4 && i <= len(sample); i++ {
		if utf8.RuneStart(sample[len(sample)-i]) {
			if !utf8.FullRune(sample[len(sample)-i:]) {
				return sample[:len(sample)-i]
			}
			break
		}
	}
	return sample
}

// counts are how many lines of each kind a sample has.
type counts struct {
	lines      int // that are not empty
	hex        int // digits in pairs and nothing else
	halves     int // digits alone, an odd number
	runs       int // digits within something else
	characters int // begin as a message and go on in characters
	base64     int
	rows       int
	style      Format // of the first rows
	messages   int    // of jPOS
	last       int64  // offset behind the row before, or -1
}

func tally(sample []byte) counts {
	c := counts{last: -1}
	rest := sample
	for len(rest) > 0 {
		text, size := cutLine(rest)
		cut := size == len(rest) && len(sample) == sampleSize
		rest = rest[size:]
		if !cut || c == (counts{last: -1}) {
			c.add(bytes.TrimSpace(text), cut)
		}
	}
	return c
}

func (c *counts) add(text []byte, cut bool) {
	if len(text) == 0 {
		return
	}
	c.lines++
	if bytes.Contains(text, []byte("<isomsg")) || bytes.Contains(text, []byte("<log realm")) {
		c.messages++
		return
	}
	if w, ok := parseRow(bytes.TrimLeft(text, " \t>#/;"), nil); ok && len(w.data) > 0 {
		if c.addRow(w) {
			return
		}
	}
	if cut && len(text)%2 == 1 {
		text = text[:len(text)-1]
	}
	_, at, _ := appendHex(nil, text)
	digits := countDigits(text[:at])
	switch {
	case at == len(text) && digits >= 8:
		c.hex++
	case digits >= 8 && isDigits(text):
		c.halves++
	case beginsAsCharacters(text):
		c.characters++
	case HexInLine(text) != nil:
		c.runs++
	case isBase64Line(text), base64InLine(text) != nil:
		c.base64++
	}
}

// addRow counts a row that is hardly anything else: the first of a dump, one that
// follows the last, or one with marks that only dumps have.
func (c *counts) addRow(w row) bool {
	off, _ := w.at(16)
	follows := c.last >= 0 && off == c.last
	c.last = off + int64(len(w.data))
	if !follows && off != 0 && !w.prefix && w.mark == 0 && (!w.colon || len(w.offset) < 8) {
		return false
	}
	if c.rows == 0 {
		c.style = w.style()
	}
	c.rows++
	return true
}
