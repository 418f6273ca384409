package detect

import "github.com/tillworks/till/pkg/iso8583"

// Splitter cuts what arrives on one connection into messages. A message may be cut
// anywhere between two calls of Write: what is not whole waits for the rest. Once a kind of
// length has led to a message the connection is held to it. It is for one goroutine, and
// keeps at most [SplitterMost] bytes.
type Splitter struct {
	s      *Session
	buf    []byte
	at     int // in buf, of what is not cut yet
	offset int // in the stream, of buf[at]
	kind   lengthKind
	locked bool
	next   int     // bytes that are to be there before lengths are looked for in all of them
	pieces []Piece // cut, not yet asked for
	layout iso8583.Layout
}

// SplitterMost is the most that a Splitter keeps, in bytes. What is longer without being a
// message is handed out as a piece of which nothing is known.
const SplitterMost = 128 << 10

// Splitter starts to cut a connection.
func (d *Detector) Splitter() *Splitter { return &Splitter{s: d.Session()} }

// Write adds bytes that have arrived, which are copied. It takes all of them and never
// fails. Call Next until it answers false before writing again, or the pieces keep memory.
func (s *Splitter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		s.compact()
		size := min(len(p), SplitterMost-len(s.buf))
		s.buf = append(s.buf, p[:size]...)
		p = p[size:]
		s.cut(false)
		if len(s.buf)-s.at == SplitterMost {
			s.cut(true) // longer than any message, and nothing that can be cut
		}
	}
	return n, nil
}

// Close tells that nothing more arrives: what is left is handed out by Next, as it is.
func (s *Splitter) Close() error {
	s.cut(true)
	return nil
}

// Next is the next message that is whole. It answers false where more bytes are wanted,
// and after Close where nothing is left. The piece is the caller's to keep; Offset is
// counted from the beginning of the connection.
func (s *Splitter) Next() (Piece, bool) {
	if len(s.pieces) == 0 {
		return Piece{}, false
	}
	p := s.pieces[0]
	s.pieces = s.pieces[1:]
	return p, true
}

// compact forgets what was cut.
func (s *Splitter) compact() {
	if s.at == 0 {
		return
	}
	n := copy(s.buf, s.buf[s.at:])
	clear(s.buf[n:])
	s.buf, s.at = s.buf[:n], 0
}

// cut cuts what is whole; with all, what is left too.
func (s *Splitter) cut(all bool) {
	for s.at < len(s.buf) && s.one() {
	}
	if !all || s.at == len(s.buf) {
		return
	}
	for _, p := range s.s.d.Split(s.buf[s.at:]) {
		p.Data, p.Offset, p.Result = append([]byte(nil), p.Data...), s.offset+p.Offset, Result{}
		s.pieces = append(s.pieces, p)
	}
	s.offset, s.at = s.offset+len(s.buf)-s.at, len(s.buf)
}

// one cuts one message from what there is.
func (s *Splitter) one() bool {
	left := s.buf[s.at:]
	if s.locked {
		size, ok := frameSize(left, s.kind)
		switch {
		case !ok:
			s.locked = false
			return s.one()
		case size == 0 || size > len(left):
			return false
		case size == s.kind.size():
			s.at, s.offset = s.at+size, s.offset+size
			return true
		}
		s.take(left[:size])
		return true
	}
	return s.framed(left) || s.alone(left)
}

// framed looks for the kind of length that leads to a message: a sound one, or more than
// one piece of what there is by now.
func (s *Splitter) framed(left []byte) bool {
	for kind := noLength + 1; kind < lengthKinds; kind++ {
		size, ok := frameSize(left, kind)
		if !ok || size <= kind.size() || size > len(left) {
			continue
		}
		best, confidence := s.s.quick(left[:size])
		if !best.sound || best.envelope.length != kind || confidence == Guess {
			continue
		}
		s.kind, s.locked = kind, true
		s.take(left[:size])
		return true
	}
	return s.searched(left)
}

// searchFirst is how many bytes are there when lengths are first looked for in all of them.
const searchFirst = 4 << 10

// searched looks for a kind of length that cuts all that there is, now and when twice as
// much is there: the first message may be a broken one.
func (s *Splitter) searched(left []byte) bool {
	if len(left) < max(s.next, searchFirst) {
		return false
	}
	s.next = 2 * len(left)
	pieces := s.s.d.Split(left)
	if len(pieces) < 2 || pieces[0].Result.Best == nil {
		return false
	}
	kind := pieces[0].Result.Best.lengthKind()
	if kind == noLength {
		return false
	}
	s.kind, s.locked = kind, true
	return s.one()
}

// alone takes one message without a length: all that there is, or what is there before
// another begins.
func (s *Splitter) alone(left []byte) bool {
	if _, confidence := s.s.quick(left); confidence == Sure {
		s.take(left)
		return true
	}
	s.s.judge.layout = &s.s.layout
	end, ok := s.s.d.ends(&s.s.judge, left)
	if !ok {
		return false
	}
	if _, confidence := s.s.quick(left[:end]); confidence != Sure {
		return false
	}
	s.take(left[:end])
	return true
}

// take hands out one message of what there is, with bytes of its own.
func (s *Splitter) take(data []byte) {
	p := Piece{Data: append([]byte(nil), data...), Offset: s.offset, Framing: s.s.Next(data, &s.layout).Framing}
	if p.Framing == "" {
		p.Framing = s.kind.String()
	}
	s.pieces = append(s.pieces, p)
	s.at, s.offset = s.at+len(data), s.offset+len(data)
}
