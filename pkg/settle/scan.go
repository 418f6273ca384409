package settle

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

const (
	blockSize = 256 << 10 // bytes asked of the reader at a time
	rowMax    = 1 << 20   // longest row in bytes; what is longer is refused and passed over
	cellsMax  = 4096      // most cells of a row
)

// span is one cell of a row: where its text lies in the row, counted from the row's
// first byte, and whether doubled quotes in it stand for one.
type span struct {
	from, to int
	doubled  bool
}

// row is one row as it was scanned; its bytes are good until the next one.
type row struct {
	raw    []byte // without the line end
	cells  []span
	line   int   // of its first byte, from 1
	offset int64 // of its first byte in the file
	remark bool  // begins with the comment mark, or is empty: no record
	err    error // what is wrong with it; the cells are not there then
}

// cell is the text of a cell as it lies, for cells without doubled quotes.
func (r *row) cell(i int) []byte { return r.raw[r.cells[i].from:r.cells[i].to] }

// scanner cuts a stream into rows and rows into cells. It knows separated values with
// quotes (RFC 4180: doubled quotes, separators and line ends inside) and plain lines.
// Lines end in LF or CRLF. A byte order mark of UTF-8 is passed over. Memory is one
// block, or one row if that is longer.
type scanner struct {
	src     io.Reader
	buf     []byte
	pos     int   // of the next row in buf
	end     int   // of what was read
	base    int64 // offset of buf[0] in the file
	line    int   // of the next row
	eof     bool
	err     error // of the reader, other than io.EOF
	started bool

	split   bool // into cells
	sep     byte
	guard   byte // 0 for none
	wide    bool // two-byte characters whose second byte may be the separator
	comment []byte

	row    row
	digest hash.Hash // of all bytes before the next row, when it is up to date; nil for none
	hashed int       // how far in buf
}

// reset makes the scanner read a stream from its start, or from a place in it.
func (s *scanner) reset(src io.Reader, offset int64, line int) {
	s.src, s.pos, s.end, s.hashed = src, 0, 0, 0
	s.base, s.line, s.eof, s.err, s.started = offset, line, false, nil, offset != 0
	if s.buf == nil {
		s.buf = make([]byte, blockSize)
	}
}

func (s *scanner) withDigest() { s.digest = sha256.New() }

// next is the next row, or nil at the end of the stream; err of the scanner tells then
// whether the end was one of the reader's failing.
func (s *scanner) next() *row {
	if !s.started {
		s.passMark()
	}
	lineEnd, after, ok := s.lineEnd(0)
	if !ok {
		return nil
	}
	s.row = row{line: s.line, offset: s.base + int64(s.pos), cells: s.row.cells[:0]}
	if lineEnd < 0 {
		s.row.err = ErrLong
		s.passLong()
		return &s.row
	}
	raw := s.buf[s.pos : s.pos+lineEnd]
	switch {
	case len(raw) == 0 || len(s.comment) > 0 && bytes.HasPrefix(raw, s.comment):
		s.row.remark = true
	case bytes.IndexByte(raw, 0) >= 0:
		s.row.err = ErrBinary
	case s.split && (s.guard == 0 || raw[0] != s.guard) && bytes.IndexByte(raw, '"') >= 0:
		lineEnd, after = s.splitQuoted(lineEnd, after)
	case s.split:
		s.splitPlain(raw)
	}
	s.row.raw = s.buf[s.pos : s.pos+lineEnd]
	if s.line++; after > len(raw)+2 { // quoted line ends
		s.line += bytes.Count(s.row.raw, []byte{'\n'})
	}
	s.pos += after
	return &s.row
}

// passMark passes over a byte order mark.
func (s *scanner) passMark() {
	s.started = true
	for s.end < 3 && s.fill() {
	}
	if bytes.HasPrefix(s.buf[:s.end], []byte("\xEF\xBB\xBF")) {
		s.pos = 3
	}
}

// lineEnd finds the end of the line that holds the byte at from, counted as from from
// the next row: how many bytes the row has up to there without its line end, and with
// it. Without a line end within rowMax the first is -1; at the end of the stream ok is
// false.
func (s *scanner) lineEnd(from int) (end, after int, ok bool) {
	for {
		if i := bytes.IndexByte(s.buf[s.pos+from:s.end], '\n'); i >= 0 {
			i += from
			return s.beforeCR(i), i + 1, true
		}
		from = s.end - s.pos
		if from > rowMax {
			return -1, 0, true
		}
		if !s.fill() {
			return s.beforeCR(from), from, from > 0
		}
	}
}

func (s *scanner) beforeCR(end int) int {
	if end > 0 && s.buf[s.pos+end-1] == '\r' {
		return end - 1
	}
	return end
}

// fill reads more, behind what there is of the next row. It is false at the end.
func (s *scanner) fill() bool {
	if s.eof {
		return false
	}
	s.makeRoom()
	for range 100 {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.eof = true
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
		}
		if n > 0 || s.eof {
			return n > 0
		}
	}
	s.eof, s.err = true, io.ErrNoProgress
	return false
}

// makeRoom moves the next row to the front of the buffer, and doubles a buffer that it
// fills.
func (s *scanner) makeRoom() {
	if s.pos > 0 {
		s.hashTo(s.pos)
		copy(s.buf, s.buf[s.pos:s.end])
		s.base += int64(s.pos)
		s.end -= s.pos
		s.hashed -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		grown := make([]byte, 2*len(s.buf))
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
}

// hashTo brings the digest up to a place in the buffer.
func (s *scanner) hashTo(place int) {
	if s.digest != nil && place > s.hashed {
		s.digest.Write(s.buf[s.hashed:place])
		s.hashed = place
	}
}

// digestBefore is the digest of all bytes before the current row.
func (s *scanner) digestBefore(r *row) [sha256.Size]byte {
	s.hashTo(int(r.offset - s.base))
	var sum [sha256.Size]byte
	s.digest.Sum(sum[:0])
	return sum
}

// digestAll is the digest of the whole stream, once it is at its end.
func (s *scanner) digestAll() [sha256.Size]byte {
	s.hashTo(s.end)
	var sum [sha256.Size]byte
	if s.digest != nil {
		s.digest.Sum(sum[:0])
	}
	return sum
}

// passLong passes over a row that is too long, without keeping it.
func (s *scanner) passLong() {
	s.line++
	for {
		if i := bytes.IndexByte(s.buf[s.pos:s.end], '\n'); i >= 0 {
			s.pos += i + 1
			return
		}
		s.pos = s.end
		if !s.fill() {
			return
		}
	}
}

// splitPlain cuts a row without quotes at its separators.
func (s *scanner) splitPlain(raw []byte) {
	switch {
	case s.guard != 0 && raw[0] == s.guard:
		s.splitGuarded(raw)
		return
	case s.wide:
		s.splitWide(raw)
		return
	}
	from, sep, cells := 0, s.sep, s.row.cells
	for i, c := range raw { // cells are short: faster than to look for each separator
		if c == sep && len(cells) < cellsMax {
			cells = append(cells, span{from: from, to: i})
			from = i + 1
		}
	}
	s.row.cells = append(cells, span{from: from, to: len(raw)})
	s.limitCells()
}

// splitGuarded cuts a row whose every value has a mark before it: a separator that is not
// followed by the mark belongs to the value.
func (s *scanner) splitGuarded(raw []byte) {
	from := 1
	for at := 1; at < len(raw); {
		i := bytes.IndexByte(raw[at:], s.sep)
		if i < 0 || at+i+1 >= len(raw) {
			break
		}
		at += i + 1
		if raw[at] == s.guard && len(s.row.cells) < cellsMax {
			s.cell(from, at-1)
			from = at + 1
		}
	}
	s.cell(from, len(raw))
	s.limitCells()
}

// splitWide cuts a row of an encoding in which a separator may be the second byte of a
// character.
func (s *scanner) splitWide(raw []byte) {
	from := 0
	for i := 0; i < len(raw) && len(s.row.cells) < cellsMax; i++ {
		switch {
		case raw[i] > 0x80:
			i++
		case raw[i] == s.sep:
			s.cell(from, i)
			from = i + 1
		}
	}
	s.cell(from, len(raw))
	s.limitCells()
}

func (s *scanner) cell(from, to int) { s.row.cells = append(s.row.cells, span{from: from, to: to}) }

func (s *scanner) limitCells() {
	if len(s.row.cells) > cellsMax {
		s.row.err = ErrColumns
	}
}

// splitQuoted cuts a row with quotes, which may go on over lines. What it gives back are
// the end of the row and the place after its line end, both from the row's start. A
// quoted cell that does not end is an error of this line alone, so that one stray quote
// does not swallow the file.
func (s *scanner) splitQuoted(lineEnd, after int) (int, int) {
	firstEnd, firstAfter := lineEnd, after
	at := 0
	for {
		var ok bool
		if s.pos+at < s.end && s.buf[s.pos+at] == '"' && at < lineEnd {
			at, lineEnd, after, ok = s.quoted(at, lineEnd, after)
		} else {
			at, ok = s.bare(at, lineEnd), true
		}
		if !ok || len(s.row.cells) > cellsMax {
			s.row.err, s.row.cells = ErrQuote, s.row.cells[:0]
			return firstEnd, firstAfter
		}
		if at >= lineEnd {
			return lineEnd, after
		}
		at++ // past the separator
		if at == lineEnd {
			s.cell(at, at)
			return lineEnd, after
		}
	}
}

// bare is a cell without quotes from at; what it gives back is the place of the separator
// behind it, or the line end. Quotes inside it are text.
func (s *scanner) bare(at, lineEnd int) int {
	raw := s.buf[s.pos : s.pos+lineEnd]
	for i := at; i < lineEnd; i++ {
		if s.wide && raw[i] > 0x80 {
			i++
			continue
		}
		if raw[i] == s.sep {
			s.cell(at, i)
			return i
		}
	}
	s.cell(at, lineEnd)
	return lineEnd
}

// quoted is a cell that begins with a quote at at. It may move the line end on.
func (s *scanner) quoted(at, lineEnd, after int) (next, end, afterEnd int, ok bool) {
	from, i, doubled := at+1, at+1, false
	for {
		q := bytes.IndexByte(s.buf[s.pos+i:s.pos+lineEnd], '"')
		if q < 0 {
			if after > rowMax {
				return 0, 0, 0, false
			}
			i = lineEnd
			if lineEnd, after, ok = s.nextLine(after); !ok {
				return 0, 0, 0, false
			}
			continue
		}
		i += q + 1
		if i < lineEnd && s.buf[s.pos+i] == '"' {
			doubled = true
			i++
			continue
		}
		s.row.cells = append(s.row.cells, span{from: from, to: i - 1, doubled: doubled})
		return i, lineEnd, after, i >= lineEnd || s.buf[s.pos+i] == s.sep
	}
}

// nextLine moves the end of the row to the end of the line behind it.
func (s *scanner) nextLine(after int) (int, int, bool) {
	end, next, ok := s.lineEnd(after)
	if !ok || end < 0 || next == after {
		return 0, 0, false
	}
	return end, next, true
}
