package dump

import (
	"bytes"
	"errors"
	"io"
)

// hexReader reads lines of hex digits, each of them a record or a piece of one.
type hexReader struct {
	src    *source
	max    int
	block  bool // lines belong together
	strict bool // hex was asked for: a line without any is a fault
	buf    []byte
	digits []byte // of a record of several lines
	strip  packetStripper
}

func newHexReader(src *source, opts Options) *hexReader {
	h := &hexReader{src: src, max: opts.MaxRecord, strict: opts.Format == Hex, block: opts.Wrap == WrapBlock}
	if opts.Wrap == WrapAuto {
		h.block = isWrapped(src.peek(sampleSize))
	}
	return h
}

// lineLimit is the longest line: "0x30, " is six characters a byte, and a log puts
// something in front.
func lineLimit(maxRecord int) int { return 6*maxRecord + 4<<10 }

// errForeign is the fault of a line that has nothing to do with hex, for our own eyes.
var errForeign = errors.New("no hex in the line")

func (h *hexReader) next() (Record, error) {
	for {
		l, ok := h.src.next(lineLimit(h.max))
		if !ok {
			return Record{}, io.EOF
		}
		if h.joins(l) {
			return h.joined(l)
		}
		rec, err := hexRecord(h.buf[:0], l, h.max, h.strict)
		if err != nil {
			return Record{}, err
		}
		h.buf = rec.Data
		if len(rec.Data) > 0 && h.strip.payload(&rec) {
			rec.Partial = rec.Partial || !l.ended && h.src.err != nil
			return rec, nil
		}
	}
}

// hexRecord reads a line as a record, or as nothing where it is empty or of no
// interest; dst is where its bytes go.
func hexRecord(dst []byte, l line, limit int, strict bool) (Record, error) {
	rec, err := decodeHexLine(dst, l, limit)
	switch {
	case !errors.Is(err, errForeign):
		return rec, err
	case strict:
		return Record{}, foreignHex(l)
	}
	return Record{}, nil
}

// decodeHexLine reads a line as a record; dst is where its bytes go. A line that was
// not meant to be hex is errForeign, an empty one has no data.
func decodeHexLine(dst []byte, l line, limit int) (Record, error) {
	if l.long > 0 {
		return Record{}, tooLong(l, lineLimit(limit))
	}
	text := bytes.TrimLeft(l.text, " \t\f\v")
	indent := len(l.text) - len(text)
	text = bytes.TrimRight(text, " \t\f\v")
	rec := Record{Text: text, Offset: l.at(indent), Line: l.number}
	data, err := DecodeHexLine(dst, text)
	if err != nil {
		run, at := hexInLine(text)
		switch {
		case run != nil:
			rec.Text, rec.Offset, rec.Time = nil, l.at(indent+at), logTime(text[:at])
			data, err = DecodeHexLine(dst, run)
		case !looksHex(text):
			return Record{}, errForeign
		}
	}
	if err != nil {
		return Record{}, placed(err, l, indent)
	}
	if len(data) > limit {
		return Record{}, &Error{Line: l.number, Offset: l.offset, Err: ErrTooLong, Want: int64(limit), Got: int64(len(data))}
	}
	rec.Data = data
	return rec, nil
}

// placed gives a fault within a line its place in the input.
func placed(err error, l line, indent int) error {
	var e *Error
	if errors.As(err, &e) {
		e.Line, e.Column, e.Offset = l.number, e.Column+indent, l.at(e.Column+indent-1)
	}
	return err
}

// foreignHex is the fault of a line that should have been hex.
func foreignHex(l line) error {
	text := bytes.TrimSpace(l.text)
	_, err := DecodeHexLine(nil, text)
	if err == nil {
		return nil
	}
	return placed(err, l, bytes.Index(l.text, text))
}

// joins reports a line that begins a record of several lines: one of digits alone
// where lines belong together, or one that says itself that more follows.
func (h *hexReader) joins(l line) bool {
	text := bytes.TrimSpace(l.text)
	return l.long == 0 && (h.block || endsOpen(text)) && isDigits(text)
}

// endsOpen reports a line that says itself that more follows.
func endsOpen(text []byte) bool { return bytes.HasSuffix(text, []byte(",")) }

// isDigits reports a line of digits and what separates them, with one digit at least.
// The last digit may be half of a pair.
func isDigits(text []byte) bool {
	some := false
	for i := 0; i < len(text); i++ {
		switch {
		case nibble(text[i]) <= 15:
			some = true
		case isSeparator(text[i]):
		case isPrefix(text[max(i-1, 0):]) && i > 0, isPrefix(text[i:]):
		default:
			return false
		}
	}
	return some
}

// joined collects the lines of a record that begins with l: lines of digits up to one
// that is shorter than the first. A longer one begins the next record.
func (h *hexReader) joined(l line) (Record, error) {
	first, width := l, len(bytes.TrimSpace(l.text))
	first.text = nil
	h.digits = h.digits[:0]
	for {
		text := bytes.TrimSpace(l.text)
		if len(h.digits) <= lineLimit(h.max) {
			h.digits = append(h.digits, text...)
		}
		if len(text) < width && !endsOpen(text) {
			break
		}
		var ok bool
		if l, ok = h.src.next(lineLimit(h.max)); !ok {
			break
		}
		text = bytes.TrimSpace(l.text)
		if l.long > 0 {
			return Record{}, tooLong(l, lineLimit(h.max))
		}
		if len(text) > width || !isDigits(text) {
			h.src.back()
			break
		}
	}
	return h.decodeJoined(first)
}

// decodeJoined makes a record of the digits that were collected.
func (h *hexReader) decodeJoined(first line) (Record, error) {
	data, err := DecodeHexLine(h.buf[:0], h.digits)
	h.buf = data
	if err != nil {
		e := placed(err, first, 0).(*Error) //nolint:errorlint // it was made a line above
		e.Column, e.Offset = 0, first.offset
		return Record{}, e
	}
	if len(data) > h.max {
		return Record{}, &Error{Line: first.number, Offset: first.offset, Err: ErrTooLong, Want: int64(h.max), Got: int64(len(data))}
	}
	return Record{Data: data, Offset: first.offset, Line: first.number, Partial: h.src.err != nil && h.src.eof}, nil
}
