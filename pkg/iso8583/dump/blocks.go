package dump

import (
	"bytes"
	"io"
	"iter"
)

// BlockSize is how many bytes a Block has, about.
const BlockSize = 64 << 10

// Block is a run of whole lines.
type Block struct {
	// Data are the lines with their ends; the last line of the input may have none.
	Data []byte
	// Offset is the place of the first byte in the input.
	Offset int64
	// Line is the number of the first line, from 1.
	Line int

	max    int
	strict bool
}

// Blocks cuts an input at line ends, so that several workers can decode it.
type Blocks struct {
	src    *source
	max    int
	strict bool
}

// Blocks cuts what is left of the input into blocks of lines, each line of which is a
// record. It reports false where the format is not Hex or lines belong together; then
// [Reader.Next] reads the input. After it Next must not be called.
func (r *Reader) Blocks() (*Blocks, bool) {
	r.start()
	h, ok := r.decoder.(*hexReader)
	if !ok || h.block || r.src.width != 1 {
		return nil, false
	}
	return &Blocks{src: r.src, max: h.max, strict: h.strict}, true
}

// Next is the next block, in dst or in memory of its own if dst is too small; it is the
// caller's until it hands it in again. At the end it is io.EOF. A line that is too long
// is an *[Error] and is passed over, an error of the input is final.
func (b *Blocks) Next(dst []byte) (Block, error) {
	s := b.src
	if s.cr {
		if head := s.peek(1); len(head) == 1 && head[0] == '\n' {
			s.pos++
		}
		s.cr = false
	}
	want := BlockSize
	for {
		head := s.peek(want)
		if len(head) == 0 {
			return Block{}, b.ended()
		}
		end := lastLineEnd(head)
		if end == 0 && s.eof && len(head) == s.end-s.pos {
			end = len(head)
		}
		if end > 0 {
			return b.cut(dst, end), nil
		}
		if want > lineLimit(b.max) {
			l, _ := s.next(lineLimit(b.max))
			return Block{}, tooLong(l, lineLimit(b.max))
		}
		want *= 2
	}
}

// ended is the end of the input, or the error that it ended in.
func (b *Blocks) ended() error {
	if b.src.err != nil {
		return &Error{Line: b.src.lines, Offset: b.src.at(b.src.pos), Err: b.src.err}
	}
	return io.EOF
}

// cut takes the first n bytes as a block.
func (b *Blocks) cut(dst []byte, n int) Block {
	s := b.src
	block := Block{Data: append(dst[:0], s.buf[s.pos:s.pos+n]...), Offset: s.at(s.pos), Line: s.lines + 1, max: b.max, strict: b.strict}
	s.pos += n
	s.lines += countLines(block.Data)
	return block
}

// lastLineEnd is the length of the whole lines at the beginning of data. A '\r' at its
// very end may be half of a line end and does not count.
func lastLineEnd(data []byte) int {
	if i := bytes.LastIndexByte(data, '\n'); i >= 0 {
		return i + 1
	}
	return bytes.LastIndexByte(data[:len(data)-1], '\r') + 1
}

// countLines counts the line ends: "\n", "\r\n" and "\r".
func countLines(data []byte) int {
	n := bytes.Count(data, []byte{'\n'})
	if bytes.IndexByte(data, '\r') < 0 {
		return n
	}
	return n + bytes.Count(data, []byte{'\r'}) - bytes.Count(data, []byte("\r\n"))
}

// Records decodes the lines of the block, as [Reader.Next] does. buf is where the bytes
// go; a record is valid until the next. Faults are those of lines, and none ends the
// block.
func (b Block) Records(buf []byte) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		var strip packetStripper
		l := line{offset: b.Offset, number: b.Line - 1, width: 1}
		for rest := b.Data; len(rest) > 0; {
			text, size := cutLine(rest)
			rest = rest[size:]
			l.text, l.number = text, l.number+1
			rec, err := hexRecord(buf[:0], l, b.max, b.strict)
			l.offset += int64(size)
			if cap(rec.Data) > cap(buf) {
				buf = rec.Data
			}
			if err != nil || len(rec.Data) > 0 && strip.payload(&rec) {
				if !yield(rec, err) {
					return
				}
			}
		}
	}
}

// cutLine is the first line without its end, and its size with it.
func cutLine(data []byte) (text []byte, size int) {
	n := bytes.IndexByte(data, '\n')
	if n < 0 {
		n = len(data)
	}
	if r := bytes.IndexByte(data[:n], '\r'); r >= 0 && r != n-1 || r >= 0 && n == len(data) {
		return data[:r], r + 1
	}
	size = min(n+1, len(data))
	return bytes.TrimSuffix(data[:n], []byte{'\r'}), size
}
