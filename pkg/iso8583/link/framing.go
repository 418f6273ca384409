package link

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// DefaultMaxFrame is the longest frame body, in bytes, that either side takes unless
// told otherwise. It is more than a 2-byte length can say and far more than any
// message of ISO 8583 needs.
const DefaultMaxFrame = 64 << 10

// Errors of framing; match with errors.Is.
var (
	// ErrFrame is the cause of bytes that are no frame and of bodies that fit none:
	// a length that is not digits, or one above the limit. On reading, the place
	// where the next frame begins is lost with it and the link must be closed.
	ErrFrame = errors.New("not a frame")

	// ErrFrameSkipped is the cause of a frame that was read to its end and whose
	// content is not what the framing wraps, such as one without its TPDU. The next
	// read begins at the next frame.
	ErrFrameSkipped = errors.New("frame skipped")
)

// Framing marks on a stream of bytes where one message ends and the next begins.
// Every implementation in this package is a value without state, safe for concurrent
// use; one that is written elsewhere must be safe for one reader beside one writer.
type Framing interface {
	// ReadFrame reads one frame from r, not a byte further, and returns what it
	// wraps. The slice is the caller's to keep. An empty body is a frame too: see
	// "Keep-alive" in the package documentation.
	//
	// At the end of the stream before the first byte the error is io.EOF itself; in
	// the middle of a frame it wraps io.ErrUnexpectedEOF and tells how much of it
	// was there. An error that wraps ErrFrameSkipped leaves r at the next frame;
	// after every other error nothing more can be read from r with sense.
	//
	// It is called with what a stranger sends: it must not allocate what a header
	// merely claims.
	ReadFrame(r io.Reader) ([]byte, error)

	// WriteFrame wraps body and writes it to w in one call of Write, so that a
	// message leaves in as few packets as it can. A body that the frame has no room
	// for is an error that wraps ErrFrame, and nothing is written.
	WriteFrame(w io.Writer, body []byte) error
}

// Routed is a Framing whose frames carry addresses, so that the answer to a frame is
// wrapped by what that frame held and not by what the server was set up with.
type Routed interface {
	Framing

	// ReadRouted is ReadFrame, and returns with the body the framing which wraps
	// answers to it. That framing is only written with.
	ReadRouted(r io.Reader) (body []byte, answer Framing, err error)
}

// ReadRequest reads a frame as a server does: with the framing that an answer to it is
// to be written with, f itself where frames carry no addresses.
func ReadRequest(f Framing, r io.Reader) (body []byte, answer Framing, err error) {
	if routed, ok := f.(Routed); ok {
		return routed.ReadRouted(r)
	}
	body, err = f.ReadFrame(r)
	return body, f, err
}

// Binary2 is the framing of two bytes that hold the length of the body, high byte
// first, the two bytes not counted: the commonest one on leased lines and TCP/IP.
// Bodies are of 0 to 65,535 bytes.
func Binary2() Framing { return prefixed{header: binary2{}, max: math.MaxUint16} }

// ASCII4 is the framing of four ASCII digits that hold the length of the body, the
// four not counted. Bodies are of 0 to 9,999 bytes.
func ASCII4() Framing { return prefixed{header: ascii4{}, max: 9999} }

// Binary2Self is Binary2 with the two bytes of the length counted in it. Bodies are of 0
// to 65,533 bytes.
func Binary2Self() Framing { return prefixed{header: binary2Self{}, max: math.MaxUint16 - 2} }

// Little2 is Binary2 with the low byte first.
func Little2() Framing { return prefixed{header: little2{}, max: math.MaxUint16} }

// BCD2 is the framing of two bytes with four packed digits that hold the length of the
// body. Bodies are of 0 to 9,999 bytes.
func BCD2() Framing { return prefixed{header: bcd2{}, max: 9999} }

// Hex4 is the framing of four hexadecimal characters that hold the length of the body,
// written in capitals and read in either case. Bodies are of 0 to 65,535 bytes.
func Hex4() Framing { return prefixed{header: hex4{}, max: math.MaxUint16} }

// Binary4 is the framing of four bytes that hold the length of the body, high byte first.
// Bodies are of at most DefaultMaxFrame bytes.
func Binary4() Framing { return prefixed{header: binary4{}, max: DefaultMaxFrame} }

// VML4 is the framing of two bytes as in Binary2 and two more that are zero, as links to
// Visa have it. A frame whose third and fourth bytes say something else is a message of
// the link itself: reading it wraps ErrFrame.
func VML4() Framing { return prefixed{header: vml4{}, max: math.MaxUint16} }

// Limit is f with bodies of at most max bytes, in both directions; 0 and less is
// DefaultMaxFrame. A TPDU counts as part of the body. Limit never raises what a
// framing is able to say. A Framing from elsewhere is asked for its frame first and
// the length is looked at after, so bounding what it allocates remains its own task.
func Limit(f Framing, max int) Framing {
	if max <= 0 {
		max = DefaultMaxFrame
	}
	if own, ok := f.(interface{ limit(int) Framing }); ok {
		return own.limit(max)
	}
	return limited{Framing: f, max: max}
}

// FramingNames are the names that FramingByName takes, ascending.
func FramingNames() []string {
	var names []string
	for _, base := range lengthNames() {
		names = append(names, base, base+"+tpdu")
	}
	return names
}

// lengthNames are the framings by their length alone, ascending.
func lengthNames() []string {
	return []string{"ascii4", "bcd2", "binary2", "binary2-self", "binary4", "hex4", "little2", "stx", "vml4"}
}

// FramingByName is the framing of a name in a configuration: "binary2", "ascii4" or
// another of [FramingNames], each with "+tpdu" after it for a TPDU of 60 0000 0000, or with "+tpdu:" and the
// ten hexadecimal digits of the TPDU that requests carry, as "binary2+tpdu:6000030000".
func FramingByName(name string) (Framing, error) {
	base, rest, wrapped := strings.Cut(name, "+")
	framing, err := lengthByName(base)
	if err != nil || !wrapped {
		return framing, err
	}
	kind, digits, given := strings.Cut(rest, ":")
	if kind != "tpdu" {
		return nil, fmt.Errorf("framing %q: unknown part %q, want tpdu", name, kind)
	}
	header := [tpduLen]byte{tpduID}
	if !given {
		return TPDU(framing, header), nil
	}
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != tpduLen {
		return nil, fmt.Errorf("framing %q: tpdu of %d characters, want 10 hexadecimal digits", name, len(digits))
	}
	return TPDU(framing, [tpduLen]byte(raw)), nil
}

func lengthByName(name string) (Framing, error) {
	switch name {
	case "binary2":
		return Binary2(), nil
	case "binary2-self":
		return Binary2Self(), nil
	case "little2":
		return Little2(), nil
	case "bcd2":
		return BCD2(), nil
	case "ascii4":
		return ASCII4(), nil
	case "hex4":
		return Hex4(), nil
	case "binary4":
		return Binary4(), nil
	case "vml4":
		return VML4(), nil
	case "stx":
		return STX(), nil
	}
	return nil, fmt.Errorf("framing %q: want one of %s", name, strings.Join(FramingNames(), ", "))
}

// prefixed is a framing that is a length and then the body.
type prefixed struct {
	header lengthHeader
	max    int
}

// ReadFrame implements Framing.
func (p prefixed) ReadFrame(r io.Reader) ([]byte, error) {
	head := make([]byte, p.header.width())
	if got, err := io.ReadFull(r, head); err == io.EOF {
		return nil, io.EOF
	} else if err != nil {
		return nil, fmt.Errorf("%s header: %d of %d bytes: %w", p.header, got, len(head), err)
	}
	n, err := p.header.length(head)
	if err != nil {
		return nil, err
	}
	if n > p.max {
		return nil, fmt.Errorf("%w: %s header says %d bytes, at most %d are taken", ErrFrame, p.header, n, p.max)
	}
	return readBody(r, n)
}

// WriteFrame implements Framing.
func (p prefixed) WriteFrame(w io.Writer, body []byte) error {
	if len(body) > p.max {
		return fmt.Errorf("%w: body of %d bytes, %s takes at most %d", ErrFrame, len(body), p.header, p.max)
	}
	frame := p.header.appendTo(make([]byte, 0, p.header.width()+len(body)), len(body))
	if _, err := w.Write(append(frame, body...)); err != nil {
		return fmt.Errorf("write frame of %d bytes: %w", len(body), err)
	}
	return nil
}

// String is the name that FramingByName knows.
func (p prefixed) String() string { return p.header.String() }

func (p prefixed) limit(max int) Framing {
	p.max = min(p.max, max)
	return p
}

// firstRead is what a claim of a length is trusted with, in bytes, before any of the
// body has come: more than nearly every message needs.
const firstRead = 2 << 10

// readBody reads n bytes, growing with what has arrived and never with what is
// promised: a header of FFFF and silence after it costs firstRead bytes.
func readBody(r io.Reader, n int) ([]byte, error) {
	body := make([]byte, 0, min(n, firstRead))
	for len(body) < n {
		if len(body) == cap(body) {
			body = slices.Grow(body, min(len(body), n-len(body)))
		}
		got, err := io.ReadFull(r, body[len(body):min(cap(body), n)])
		body = body[:len(body)+got]
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, fmt.Errorf("frame cut: %d of %d bytes: %w", len(body), n, err)
		}
	}
	return body, nil
}

// limited is a framing from elsewhere with a limit laid over it.
type limited struct {
	Framing
	max int
}

// ReadFrame implements Framing.
func (l limited) ReadFrame(r io.Reader) ([]byte, error) {
	body, _, err := l.ReadRouted(r)
	return body, err
}

// ReadRouted implements Routed, so that a limit does not hide the addresses below it.
func (l limited) ReadRouted(r io.Reader) ([]byte, Framing, error) {
	body, answer, err := ReadRequest(l.Framing, r)
	if err != nil {
		return nil, nil, err
	}
	if len(body) > l.max {
		return nil, nil, fmt.Errorf("%w: body of %d bytes, at most %d are taken", ErrFrame, len(body), l.max)
	}
	return body, limited{Framing: answer, max: l.max}, nil
}

// WriteFrame implements Framing.
func (l limited) WriteFrame(w io.Writer, body []byte) error {
	if len(body) > l.max {
		return fmt.Errorf("%w: body of %d bytes, at most %d are sent", ErrFrame, len(body), l.max)
	}
	return l.Framing.WriteFrame(w, body)
}

// framed is body in its frame.
func framed(f Framing, body []byte) ([]byte, error) {
	var frame bytes.Buffer
	if err := f.WriteFrame(&frame, body); err != nil {
		return nil, err
	}
	return frame.Bytes(), nil
}

var (
	_ Framing = prefixed{}
	_ Routed  = limited{}
)
