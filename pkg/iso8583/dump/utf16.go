package dump

import (
	"bytes"
	"io"
)

// utf16Reader turns UTF-16 into a byte a code unit, so that places can be told: what is
// ASCII stays, and all else becomes the byte FF, which is a digit in no format.
type utf16Reader struct {
	r    io.Reader
	high int // which byte of a unit is the high one
	buf  [4096]byte
	n    int // bytes in buf: one, where a unit is split
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	want := min(len(p)*2, len(u.buf))
	n, err := u.r.Read(u.buf[u.n:want])
	n += u.n
	units := n / 2
	for i := range units {
		low, high := u.buf[2*i+1-u.high], u.buf[2*i+u.high]
		p[i] = low
		if high != 0 || low >= 0x80 {
			p[i] = 0xFF
		}
	}
	u.n = n - 2*units
	if u.n > 0 {
		u.buf[0] = u.buf[2*units]
	}
	return units, err
}

// unmark takes a byte order mark off the front of the input and reads UTF-16 as text.
// UTF-16 without a mark is known by its first 16 units, all of them ASCII.
func (s *source) unmark() {
	head := s.peek(128)
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		s.pos += 3
	case bytes.HasPrefix(head, []byte("\xFF\xFE")) && hasNoZero(head[2:]):
		s.recode(2, 1)
	case bytes.HasPrefix(head, []byte("\xFE\xFF")) && hasNoZero(head[2:]):
		s.recode(2, 0)
	case isUTF16(head, 1):
		s.recode(0, 1)
	case isUTF16(head, 0):
		s.recode(0, 0)
	}
}

// hasNoZero reports that none of the first units is zero, as none of text is.
func hasNoZero(head []byte) bool {
	for i := 0; i+1 < min(len(head), 128); i += 2 {
		if head[i] == 0 && head[i+1] == 0 {
			return false
		}
	}
	return len(head) > 1
}

// isUTF16 reports that the first 16 units are printable ASCII or line ends. A message
// in binary does not begin so.
func isUTF16(head []byte, high int) bool {
	if len(head) < 32 {
		return false
	}
	for i := range 16 {
		low := head[2*i+1-high]
		if head[2*i+high] != 0 || low >= 0x7F || low < ' ' && low != '\n' && low != '\r' && low != '\t' {
			return false
		}
	}
	return true
}

// recode makes the source begin anew as UTF-16 after a mark of some bytes.
func (s *source) recode(mark, high int) {
	rest := bytes.Clone(s.buf[mark:s.end])
	r := io.Reader(bytes.NewReader(rest))
	if !s.eof {
		r = io.MultiReader(r, s.r)
	}
	err := s.err
	if err != nil {
		r = io.MultiReader(r, failing{err})
	}
	*s = *newSource(&utf16Reader{r: r, high: high})
	s.bom, s.width = int64(mark), 2
}

// failing is a reader that ended in an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
