package dump

import (
	"bytes"
	"io"
)

// source hands out an input by lines or by blocks, with the place of each. It keeps no
// more than one line up to a limit, and the first 64 KiB for the sniffer.
type source struct {
	r     io.Reader
	buf   []byte
	pos   int   // first byte of buf that was not handed out
	end   int   // end of what buf holds
	base  int64 // place of buf[0] in the input, in bytes of text
	lines int   // lines handed out
	nl    int   // the next '\n', where it is at or after pos
	seen  int   // buf was looked at for '\n' up to here
	start int   // where the line that was handed out last began
	cr    bool  // the last line ended in '\r': a '\n' that follows belongs to it
	eof   bool
	err   error // that ended the input, other than io.EOF

	bom   int64 // bytes of the input before the text
	width int64 // bytes of the input a byte of text: 2 for UTF-16
}

const sampleSize = 64 << 10

func newSource(r io.Reader) *source { return &source{r: r, width: 1, nl: -1} }

// at is the place in the input of a byte of the buffer.
func (s *source) at(pos int) int64 { return s.bom + (s.base+int64(pos))*s.width }

// fill reads more, and reports that there is more than before. It makes room by moving
// what is left to the front, and by growing when all of it is held.
func (s *source) fill() bool {
	if s.eof {
		return false
	}
	if s.pos > 0 && s.end == len(s.buf) {
		copy(s.buf, s.buf[s.pos:s.end])
		s.base += int64(s.pos)
		s.end, s.nl, s.seen, s.pos = s.end-s.pos, max(s.nl-s.pos, -1), max(s.seen-s.pos, 0), 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, max(len(s.buf), sampleSize))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.eof = true
			if err != io.EOF {
				s.err = err
			}
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.eof, s.err = true, io.ErrNoProgress
	return false
}

// peek is the next n bytes without handing them out, or fewer at the end of the input.
func (s *source) peek(n int) []byte {
	for s.end-s.pos < n && s.fill() {
	}
	return s.buf[s.pos:min(s.pos+n, s.end)]
}

// discard passes over n bytes and says how many there were.
func (s *source) discard(n int64) int64 {
	var done int64
	for done < n {
		if s.pos == s.end && !s.fill() {
			break
		}
		step := int(min(n-done, int64(s.end-s.pos)))
		s.pos += step
		done += int64(step)
	}
	return done
}

// line is a line of the input without its end. Its text is valid until the next call.
type line struct {
	text   []byte
	offset int64 // in the input
	number int   // from 1
	long   int64 // bytes of a line above the limit, of which text holds the first; else 0
	ended  bool  // by a line end, not by the end of the input
	width  int64 // bytes of the input a byte of text
}

// at is the place in the input of a byte of the line.
func (l line) at(i int) int64 { return l.offset + int64(i)*l.width }

// next is the next line. Lines end in "\n", "\r\n" or "\r". Of a line above limit bytes
// only the beginning is kept.
func (s *source) next(limit int) (line, bool) {
	if s.cr {
		if b := s.peek(1); len(b) == 1 && b[0] == '\n' {
			s.pos++
		}
		s.cr = false
	}
	scanned := 0
	for {
		at := s.lineEnd(scanned)
		if at-s.pos > limit {
			return s.long(limit), true
		}
		if at >= 0 {
			l := s.take(at)
			s.cr = s.buf[s.pos] == '\r'
			s.pos++
			l.ended = true
			return l, true
		}
		scanned = s.end - s.pos
		if scanned > limit {
			return s.long(limit), true
		}
		if !s.fill() {
			break
		}
	}
	if s.pos == s.end {
		return line{}, false
	}
	return s.take(s.end), true
}

// lineEnd is the index of the next line end in the buffer, or -1; what was scanned
// before holds none.
func (s *source) lineEnd(scanned int) int {
	if s.nl < s.pos {
		from := max(s.pos, s.seen)
		s.seen = s.end
		if i := bytes.IndexByte(s.buf[from:s.end], '\n'); i >= 0 {
			s.nl = from + i
			s.seen = s.nl + 1
		}
	}
	end := s.end
	if s.nl >= s.pos {
		end = s.nl
	}
	if i := bytes.IndexByte(s.buf[s.pos+scanned:end], '\r'); i >= 0 {
		return s.pos + scanned + i
	}
	if end < s.end {
		return end
	}
	return -1
}

// back takes back the line that was handed out last, unless it was a long one, which
// is gone.
func (s *source) back() {
	s.pos = s.start
	s.lines--
	s.cr = false
}

// take hands out the bytes up to at as a line.
func (s *source) take(at int) line {
	s.lines++
	l := line{text: s.buf[s.pos:at:at], offset: s.at(s.pos), number: s.lines, width: s.width}
	s.start, s.pos = s.pos, at
	return l
}

// long passes over a line that is above the limit and keeps its beginning.
func (s *source) long(limit int) line {
	l := s.take(s.pos + limit)
	l.text = bytes.Clone(l.text[:min(limit, sampleSize)])
	l.long = int64(limit)
	for {
		at := s.lineEnd(0)
		if at >= 0 {
			l.long += int64(at - s.pos)
			s.cr, s.pos = s.buf[at] == '\r', at+1
			l.ended = true
			return l
		}
		l.long += int64(s.end - s.pos)
		s.pos = s.end
		if !s.fill() {
			return l
		}
	}
}
