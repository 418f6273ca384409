package dump

import (
	"bytes"
	"encoding/base64"
	"io"
)

// base64Reader reads lines of base64, each of them a record or a piece of one.
type base64Reader struct {
	src    *source
	max    int
	wrap   Wrap
	strict bool
	text   []byte // the characters of a record of several lines
	buf    []byte
}

func newBase64Reader(src *source, opts Options) *base64Reader {
	return &base64Reader{src: src, max: opts.MaxRecord, wrap: opts.Wrap, strict: opts.Format == Base64}
}

// limit is the longest line: four characters are three bytes, and a log puts something
// in front.
func (b *base64Reader) limit() int { return b.max/3*4 + 4<<10 }

func (b *base64Reader) next() (Record, error) {
	for {
		l, ok := b.src.next(b.limit())
		switch {
		case !ok:
			return Record{}, io.EOF
		case l.long > 0:
			return Record{}, tooLong(l, b.limit())
		}
		text := bytes.TrimSpace(l.text)
		switch {
		case len(text) == 0:
			continue
		case b.joins(text):
			return b.joined(l, len(text))
		case !isAlphabet(text):
			word := base64InLine(text)
			if word == nil && !b.strict {
				continue
			}
			if word != nil {
				text = word
			}
		}
		return b.decode(l, text)
	}
}

// joins reports a line that begins a record of several: one as long as MIME or PEM make
// them, where nothing was asked for.
func (b *base64Reader) joins(text []byte) bool {
	if !isAlphabet(text) || len(text)%4 != 0 || bytes.HasSuffix(text, []byte("=")) {
		return false
	}
	return b.wrap == WrapBlock || b.wrap == WrapAuto && (len(text) == 64 || len(text) == 76)
}

// joined collects the lines of a record that begins with l, up to one that is shorter
// or padded.
func (b *base64Reader) joined(l line, width int) (Record, error) {
	first := line{offset: l.offset, number: l.number}
	b.text = b.text[:0]
	for {
		text := bytes.TrimSpace(l.text)
		if len(b.text) <= b.limit() {
			b.text = append(b.text, text...)
		}
		if len(text) < width || bytes.HasSuffix(text, []byte("=")) {
			break
		}
		var ok bool
		if l, ok = b.src.next(b.limit()); !ok {
			break
		}
		if l.long > 0 {
			return Record{}, tooLong(l, b.limit())
		}
		if text = bytes.TrimSpace(l.text); len(text) == 0 || len(text) > width || !isAlphabet(text) {
			b.src.back()
			break
		}
	}
	rec, err := b.decode(first, b.text)
	rec.Text = nil
	return rec, err
}

// decode makes a record of characters of base64, padded or not, of either alphabet.
func (b *base64Reader) decode(l line, text []byte) (Record, error) {
	b.buf = b.buf[:0]
	body := bytes.TrimRight(text, "=")
	for i, c := range body {
		switch {
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case !isBase64(c):
			return Record{}, &Error{Line: l.number, Column: i + 1, Offset: l.offset, Err: ErrBase64, Got: int64(c)}
		}
		b.buf = append(b.buf, c)
	}
	n, err := base64.RawStdEncoding.Decode(b.buf, b.buf)
	switch {
	case err != nil || len(text)-len(body) > 2:
		return Record{}, &Error{Line: l.number, Offset: l.offset, Err: ErrBase64}
	case n > b.max:
		return Record{}, &Error{Line: l.number, Offset: l.offset, Err: ErrTooLong, Want: int64(b.max), Got: int64(n)}
	}
	return Record{Data: b.buf[:n], Text: text, Offset: l.offset, Line: l.number, Partial: !l.ended && b.src.err != nil}, nil
}

// isBase64 reports a character of either alphabet, without the padding.
func isBase64(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '+' || c == '/' || c == '-' || c == '_'
}

// isAlphabet reports a text of base64 characters with its padding at the end.
func isAlphabet(text []byte) bool {
	body := bytes.TrimRight(text, "=")
	for _, c := range body {
		if !isBase64(c) {
			return false
		}
	}
	return len(body) > 0 && len(text)-len(body) <= 2
}

// isBase64Line reports a line that can be base64 and hardly anything else: large and
// small letters, fewer digits than letters, whole groups of four.
func isBase64Line(text []byte) bool {
	if len(text) < 24 || len(text)%4 != 0 || !isAlphabet(text) {
		return false
	}
	large, small, digits := 0, 0, 0
	for _, c := range text {
		switch {
		case c >= 'A' && c <= 'Z':
			large++
		case c >= 'a' && c <= 'z':
			small++
		case c >= '0' && c <= '9':
			digits++
		}
	}
	return large > 0 && small > 0 && digits <= large+small && large+small < len(text)
}

// base64InLine is the longest word of a line that is base64, of 32 characters or more.
func base64InLine(text []byte) []byte {
	var best []byte
	for _, word := range bytes.FieldsFunc(text, func(r rune) bool { return r != '=' && (r > 0x7F || !isBase64(byte(r))) }) {
		if len(word) >= 32 && len(word) > len(best) && isBase64Line(word) {
			best = word
		}
	}
	return best
}
