package dump

import (
	"bytes"
	"io"
)

// rawReader gives an input as it is: in one record, or where it is longer than one may
// be, in several that adjoin.
type rawReader struct {
	src  *source
	max  int
	held int // bytes of the source that the last record shows
}

func (r *rawReader) next() (Record, error) {
	r.src.pos += r.held
	r.held = 0
	offset := r.src.at(r.src.pos)
	data := r.src.peek(r.max)
	if len(data) == 0 {
		return Record{}, io.EOF
	}
	r.held = len(data)
	rec := Record{Data: data, Offset: offset, Stream: "raw", Partial: r.src.err != nil}
	return rec, nil
}

// textReader gives every line that is not empty as the characters it is made of.
type textReader struct {
	src *source
	max int
}

func (t *textReader) next() (Record, error) {
	for {
		l, ok := t.src.next(t.max)
		if !ok {
			return Record{}, io.EOF
		}
		if l.long > 0 {
			return Record{}, tooLong(l, t.max)
		}
		if len(bytes.TrimSpace(l.text)) > 0 {
			return Record{Data: l.text, Offset: l.offset, Line: l.number, Partial: !l.ended && t.src.err != nil}, nil
		}
	}
}

// tooLong is the fault of a line that is above the limit.
func tooLong(l line, limit int) *Error {
	return &Error{Line: l.number, Offset: l.offset, Err: ErrTooLong, Want: int64(limit), Got: l.long}
}
