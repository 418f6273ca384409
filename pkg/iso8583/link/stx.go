package link

import (
	"errors"
	"fmt"
	"io"
)

// STX is the framing of serial lines between a till and its terminal, kept by many when
// they moved to TCP: STX (02), the length of the body in four packed digits, the body,
// ETX (03) and a check byte, the exclusive or of all bytes after STX up to and with ETX.
// Bodies are of 0 to 9,999 bytes. A frame whose check byte is wrong is read to its end
// and wraps ErrFrameSkipped.
func STX() Framing { return stxFraming{max: 9999} }

const (
	byteSTX = 0x02
	byteETX = 0x03
)

type stxFraming struct{ max int }

// ReadFrame implements Framing.
func (f stxFraming) ReadFrame(r io.Reader) ([]byte, error) {
	var head [3]byte
	got, err := io.ReadFull(r, head[:])
	switch {
	case errors.Is(err, io.EOF) && got == 0:
		return nil, io.EOF
	case err != nil:
		return nil, fmt.Errorf("stx header: %d of %d bytes: %w", got, len(head), err)
	case head[0] != byteSTX:
		return nil, fmt.Errorf("%w: byte %02X, want STX (02)", ErrFrame, head[0])
	}
	n, err := bcd2{}.length(head[1:])
	if err != nil {
		return nil, err
	}
	if n > f.max {
		return nil, fmt.Errorf("%w: stx header says %d bytes, at most %d are taken", ErrFrame, n, f.max)
	}
	body, err := readBody(r, n+2)
	if err != nil {
		return nil, err
	}
	if body[n] != byteETX {
		return nil, fmt.Errorf("%w: byte %02X after %d bytes, want ETX (03)", ErrFrame, body[n], n)
	}
	if want := checkByte(checkByte(0, head[1:]), body[:n+1]); body[n+1] != want {
		return nil, fmt.Errorf("%w: check byte %02X, want %02X", ErrFrameSkipped, body[n+1], want)
	}
	return body[:n], nil
}

// WriteFrame implements Framing.
func (f stxFraming) WriteFrame(w io.Writer, body []byte) error {
	if len(body) > f.max {
		return fmt.Errorf("%w: body of %d bytes, stx takes at most %d", ErrFrame, len(body), f.max)
	}
	frame := bcd2{}.appendTo(append(make([]byte, 0, len(body)+5), byteSTX), len(body))
	frame = append(append(frame, body...), byteETX)
	if _, err := w.Write(append(frame, checkByte(0, frame[1:]))); err != nil {
		return fmt.Errorf("write frame of %d bytes: %w", len(frame)+1, err)
	}
	return nil
}

// String is the name that FramingByName knows.
func (stxFraming) String() string { return "stx" }

func (f stxFraming) limit(max int) Framing {
	f.max = min(f.max, max)
	return f
}

// checkByte is the exclusive or of a start and bytes.
func checkByte(start byte, b []byte) byte {
	for _, c := range b {
		start ^= c
	}
	return start
}

var _ Framing = stxFraming{}
