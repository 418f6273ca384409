package dump

import (
	"encoding/binary"
	"io"
	"time"

	"github.com/gopacket/gopacket/layers"
)

// pcapSource reads a capture of libpcap. It is read here and not by gopacket's pcapgo
// since that hides where in the input a packet stands and takes as much memory as a
// length of the file asks for.
type pcapSource struct {
	src   *source
	order binary.ByteOrder
	unit  time.Duration // of the fraction of a second
	link  layers.LinkType
	begun bool
}

func (p *pcapSource) next() (frame, error) {
	if !p.begun {
		p.begun = true
		if err := p.header(); err != nil {
			return frame{}, err
		}
	}
	at := p.src.at(p.src.pos)
	head := p.src.peek(16)
	if len(head) == 0 {
		return frame{}, io.EOF
	}
	if len(head) < 16 {
		return frame{}, &Error{Offset: at, Err: ErrCut, Want: 16, Got: int64(len(head))}
	}
	f := frame{
		time:   time.Unix(int64(p.order.Uint32(head)), int64(p.order.Uint32(head[4:]))*int64(p.unit)).UTC(),
		link:   p.link,
		offset: at + 16,
	}
	size := int64(p.order.Uint32(head[8:]))
	p.src.pos += 16
	if size > maxPacket {
		p.src.discard(size)
		return frame{}, &Error{Offset: at, Err: ErrPacket, Want: maxPacket, Got: size}
	}
	f.data = p.src.peek(int(size))
	p.src.pos += len(f.data)
	if got := int64(len(f.data)); got < size {
		return frame{}, &Error{Offset: at, Err: ErrCut, Want: size, Got: got}
	}
	return f, nil
}

// header reads what a capture begins with: byte order, unit of time and link type. The
// versions that are in use differ in nothing that is read here.
func (p *pcapSource) header() error {
	head := p.src.peek(24)
	if len(head) == 0 {
		return io.EOF
	}
	if len(head) < 24 {
		return &Error{Err: ErrCut, Want: 24, Got: int64(len(head))}
	}
	p.order, p.unit = binary.LittleEndian, time.Microsecond
	magic := binary.LittleEndian.Uint32(head)
	if magic == swap32(magicMicro) || magic == swap32(magicNano) {
		p.order, magic = binary.BigEndian, swap32(magic)
	}
	switch magic {
	case magicMicro:
	case magicNano:
		p.unit = time.Nanosecond
	default:
		return &Error{Err: ErrCapture}
	}
	p.link = layers.LinkType(p.order.Uint32(head[20:]) & 0x0FFFFFFF) // above it: the length of a frame check sequence
	p.src.pos += 24
	return nil
}
