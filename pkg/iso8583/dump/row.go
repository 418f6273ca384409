package dump

import (
	"bytes"
	"strconv"
)

// row is one line of a dump: the offset and the bytes there. Its slices are valid as
// long as the line and the buffer that it was read into.
type row struct {
	offset []byte // its digits; their base is seen from the next row only
	data   []byte
	prefix bool // "0x" before the offset
	colon  bool // behind the offset
	gap    int  // blanks behind the offset
	words  bool // bytes stand in pairs, the second first
	half   bool // a wider gap in the middle
	mark   byte // '|' or '>' before the text; 0 where there is none
	cut    bool // the last byte has one digit
}

// parseRow reads a line as a row; dst is where its bytes go. It reads what xxd,
// hexdump, od, tcpdump, Wireshark, PowerShell and jPOS print:
//
//	00000000: 3032 3030 b238 0480  0200.8..
//	00000000  30 32 30 30 b2 38 04 80  28 c0 80 00 30 30 30 30  |0200.8..(...0000|
//	0000000 3230 3030 38b2 8004
//	000000 30 32 30 30 b2 38 04 80  >0200.8..<
//	        0x0000:  4500 003c 9f47 4000  E..<.G@.
//	0000   30 32 30 30 b2 38 04 80   0200.8..
//
// The text at the end may look like bytes. It is told by two blanks before it, which
// bytes have between them only in the middle of a row of 16.
func parseRow(text, dst []byte) (row, bool) {
	var w row
	at := 0
	if len(text) > 2 && text[0] == '0' && text[1] == 'x' {
		w.prefix, at = true, 2
	}
	n := hexLen(text[at:])
	if n < 4 || n > 16 {
		return row{}, false
	}
	w.offset = text[at : at+n]
	at += n
	if at < len(text) && text[at] == ':' {
		w.colon = true
		at++
	}
	rest := text[at:]
	w.gap = blanks(rest)
	switch {
	case w.prefix && !w.colon:
		return row{}, false
	case len(bytes.TrimSpace(rest)) == 0:
		return w, n >= 6 && !w.colon
	case w.gap == 0:
		return row{}, false
	}
	rest = rest[w.gap:]
	width := hexLen(rest)
	if width == 0 || width%2 != 0 || !w.colon && width != 2 && (width != 4 || n < 6) {
		return row{}, false
	}
	w.words = !w.colon && width == 4
	w.data = dst
	if !w.readMarked(rest, width) {
		w.read(rest, width)
	}
	return w, len(w.data) > len(dst)
}

// readMarked reads a row whose text stands between marks, a character a byte: text that
// only looks so is of another length than the bytes.
func (w *row) readMarked(rest []byte, width int) bool {
	start := len(w.data)
	for _, m := range []string{"||", "><"} {
		at := bytes.Index(rest, []byte{' ', m[0]})
		if at <= 0 || rest[len(rest)-1] != m[1] || len(rest) <= at+2 {
			continue
		}
		w.mark = m[0]
		w.read(bytes.TrimRight(rest[:at], " "), width)
		if len(w.data)-start == len(rest)-at-3 {
			return true
		}
		w.data, w.mark, w.half, w.cut = w.data[:start], 0, false, false
	}
	return false
}

// read appends the bytes of the words at the beginning of rest.
func (w *row) read(rest []byte, width int) {
	start := len(w.data)
	for len(rest) > 0 {
		n := hexLen(rest)
		if n > width || n == 0 || n < len(rest) && rest[n] != ' ' && rest[n] != '\t' {
			return
		}
		w.data, _, _ = appendHex(w.data, rest[:n&^1])
		if n%2 != 0 {
			w.cut = n == len(rest)
			return
		}
		if w.words && n == 4 {
			last := w.data[len(w.data)-2:]
			last[0], last[1] = last[1], last[0]
		}
		rest = rest[n:]
		gap := blanks(rest)
		count := len(w.data) - start
		middle := gap == 2 && width == 2 && count == 8 && !w.colon
		w.half = w.half || middle && w.mark == 0
		if gap > 1 && !middle && w.mark == 0 || len(w.offset) == 16 && count == 16 {
			return
		}
		rest = rest[gap:]
	}
}

// style is the format whose rows look like this one.
func (w row) style() Format {
	switch {
	case w.prefix:
		return Tcpdump
	case w.colon && len(w.offset) >= 6:
		return XXD
	case w.mark == '|', w.words:
		return Hexdump
	case w.mark == '>':
		return OD
	case len(w.offset) == 16, len(w.offset) == 8 && w.gap == 3:
		return PowerShell
	case w.half && len(w.offset) == 4:
		return JPOS
	case len(w.offset) == 4 && !w.colon:
		return Wireshark
	case w.gap == 1 && len(w.offset) >= 6:
		return OD
	}
	return Rows
}

// mayBeOctal reports the first row of a dump whose offsets may be octal or decimal: od
// writes those in seven digits, and hexdump hex.
func (w row) mayBeOctal() bool {
	return len(w.offset) == 7 && !w.colon && !w.prefix && w.mark != '|'
}

// at is the offset by a base.
func (w row) at(base int) (int64, bool) { return parseOffset(w.offset, base) }

func parseOffset(digits []byte, base int) (int64, bool) {
	n, err := strconv.ParseUint(string(digits), base, 62)
	return int64(n), err == nil
}

// hexLen is how many hex digits s begins with.
func hexLen(s []byte) int {
	for i, c := range s {
		if nibble(c) > 15 {
			return i
		}
	}
	return len(s)
}

// blanks is how many blanks s begins with.
func blanks(s []byte) int {
	for i, c := range s {
		if c != ' ' && c != '\t' {
			return i
		}
	}
	return len(s)
}
