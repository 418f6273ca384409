package link

import (
	"fmt"
	"io"
)

const (
	tpduLen = 5
	tpduID  = 0x60 // protocol identifier of transaction messages; 68 is the other in use
)

// TPDU is inner with a transport protocol data unit in front of every message: an
// identifier byte (60, seldom 68), two bytes of destination and two of source, the
// habit of network access controllers between terminals and hosts. The addresses are
// opaque bytes here (the trade writes them as four decimal digits each).
//
// Frames are written with header as it stands. Of a frame read, the identifier must be
// header's and the addresses are let through whatever they are, since controllers on
// the way rewrite them; a frame without a TPDU wraps ErrFrameSkipped. TPDU is Routed:
// the answer to a frame carries that frame's TPDU with destination and source
// exchanged.
func TPDU(inner Framing, header [5]byte) Framing { return tpdu{inner: inner, header: header} }

type tpdu struct {
	inner  Framing
	header [tpduLen]byte
}

// ReadFrame implements Framing.
func (t tpdu) ReadFrame(r io.Reader) ([]byte, error) {
	body, _, err := t.ReadRouted(r)
	return body, err
}

// ReadRouted implements Routed. An empty frame has no TPDU and needs none.
func (t tpdu) ReadRouted(r io.Reader) ([]byte, Framing, error) {
	body, inner, err := ReadRequest(t.inner, r)
	if err != nil {
		return nil, nil, err
	}
	if len(body) == 0 {
		return body, t, nil
	}
	if len(body) < tpduLen {
		return nil, nil, fmt.Errorf("%w: %d bytes, want at least the %d of a tpdu", ErrFrameSkipped, len(body), tpduLen)
	}
	if body[0] != t.header[0] {
		return nil, nil, fmt.Errorf("%w: tpdu identifier %02X, want %02X", ErrFrameSkipped, body[0], t.header[0])
	}
	answer := tpdu{inner: inner, header: swapped([tpduLen]byte(body[:tpduLen]))}
	return body[tpduLen:], answer, nil
}

// WriteFrame implements Framing.
func (t tpdu) WriteFrame(w io.Writer, body []byte) error {
	whole := make([]byte, 0, tpduLen+len(body))
	return t.inner.WriteFrame(w, append(append(whole, t.header[:]...), body...))
}

// String is the name that FramingByName knows, with the TPDU.
func (t tpdu) String() string { return fmt.Sprintf("%v+tpdu:%X", t.inner, t.header[:]) }

func (t tpdu) limit(max int) Framing {
	t.inner = Limit(t.inner, max)
	return t
}

// swapped exchanges destination and source.
func swapped(h [tpduLen]byte) [tpduLen]byte {
	return [tpduLen]byte{h[0], h[3], h[4], h[1], h[2]}
}

var _ Routed = tpdu{}
