package dump

import (
	"encoding/binary"
	"io"
	"math/bits"
	"time"

	"github.com/gopacket/gopacket/layers"
)

// Types of the blocks of pcapng that are read.
const (
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockEnhanced  = 6
	blockSection   = magicPcapng

	// maxBlock is the longest block that is looked into: a packet and its options.
	maxBlock = maxPacket + 64<<10
	// maxInterfaces is how many interfaces of a section are known.
	maxInterfaces = 4096
)

// pcapngSource reads a capture in blocks, as Wireshark writes it.
type pcapngSource struct {
	src        *source
	order      binary.ByteOrder
	interfaces []captureInterface
}

// captureInterface is what packets were captured on.
type captureInterface struct {
	link   layers.LinkType
	snap   uint32
	units  uint64 // a second
	offset int64  // seconds to be added
}

func (p *pcapngSource) next() (frame, error) {
	for {
		at := p.src.at(p.src.pos)
		kind, body, err := p.block(at)
		if err != nil {
			return frame{}, err
		}
		switch kind {
		case blockSection:
			p.interfaces = p.interfaces[:0]
		case blockInterface:
			p.addInterface(body)
		case blockEnhanced, blockPacket, blockSimple:
			f, ok := p.packet(kind, body)
			if !ok {
				return frame{}, &Error{Offset: at, Err: ErrPacket, Want: maxPacket, Got: int64(len(body))}
			}
			f.offset += at + 8
			return f, nil
		}
	}
}

// block reads one block; body is what stands between its lengths, nothing for one that
// is not looked into. A section header sets the byte order.
func (p *pcapngSource) block(at int64) (kind uint32, body []byte, err error) {
	head := p.src.peek(12)
	switch {
	case len(head) == 0:
		return 0, nil, io.EOF
	case len(head) < 12:
		return 0, nil, &Error{Offset: at, Err: ErrCut, Want: 12, Got: int64(len(head))}
	}
	if binary.LittleEndian.Uint32(head) == blockSection {
		p.order = binary.LittleEndian
		if binary.BigEndian.Uint32(head[8:]) == 0x1A2B3C4D {
			p.order = binary.BigEndian
		} else if binary.LittleEndian.Uint32(head[8:]) != 0x1A2B3C4D {
			return 0, nil, &Error{Offset: at, Err: ErrCapture}
		}
	}
	if p.order == nil {
		return 0, nil, &Error{Offset: at, Err: ErrCapture}
	}
	kind = p.order.Uint32(head)
	size := int64(p.order.Uint32(head[4:]))
	if size < 12 || size%4 != 0 {
		return 0, nil, &Error{Offset: at, Err: ErrCapture}
	}
	if size > maxBlock {
		return p.passOver(at, kind, size)
	}
	block := p.src.peek(int(size))
	p.src.pos += len(block)
	if int64(len(block)) < size {
		return 0, nil, &Error{Offset: at, Err: ErrCut, Want: size, Got: int64(len(block))}
	}
	return kind, block[8 : size-4 : size-4], nil
}

// passOver leaves out a block that is too long. One with a packet in it is a fault.
func (p *pcapngSource) passOver(at int64, kind uint32, size int64) (uint32, []byte, error) {
	got := p.src.discard(size)
	switch {
	case got < size:
		return 0, nil, &Error{Offset: at, Err: ErrCut, Want: size, Got: got}
	case kind == blockEnhanced || kind == blockPacket || kind == blockSimple:
		return 0, nil, &Error{Offset: at, Err: ErrPacket, Want: maxPacket, Got: size}
	}
	return 0, nil, nil
}

// addInterface reads the link type and how times are counted.
func (p *pcapngSource) addInterface(body []byte) {
	if len(body) < 8 || len(p.interfaces) >= maxInterfaces {
		return
	}
	i := captureInterface{link: layers.LinkType(p.order.Uint16(body)), snap: p.order.Uint32(body[4:]), units: 1e6}
	for options := body[8:]; len(options) >= 4; {
		code, size := p.order.Uint16(options), int(p.order.Uint16(options[2:]))
		options = options[4:]
		if code == 0 || size > len(options) {
			break
		}
		switch value := options[:size]; {
		case code == 9 && size == 1: // if_tsresol
			i.units = resolution(value[0])
		case code == 14 && size == 8: // if_tsoffset
			i.offset = int64(p.order.Uint64(value))
		}
		options = options[min((size+3)&^3, len(options)):]
	}
	p.interfaces = append(p.interfaces, i)
}

// resolution is the units of time a second: a negative power of 10, or of 2. One that no
// clock has is taken for the finest that can be counted.
func resolution(b byte) uint64 {
	n := int(b & 0x7F)
	if b&0x80 != 0 {
		return 1 << min(n, 63)
	}
	units := uint64(1)
	for range min(n, 19) {
		units *= 10
	}
	return units
}

// packet reads the block of a packet; the offset of the frame is within the body.
func (p *pcapngSource) packet(kind uint32, body []byte) (frame, bool) {
	var f frame
	number, size, head := 0, 0, 20
	switch {
	case kind == blockSimple && len(body) >= 4 && len(p.interfaces) > 0:
		head = 4
		size = min(int(p.order.Uint32(body)), len(body)-4)
		if snap := int(p.interfaces[0].snap); snap > 0 {
			size = min(size, snap)
		}
	case kind == blockSimple || len(body) < 20:
		return f, false
	case kind == blockEnhanced:
		number, size = int(p.order.Uint32(body)), int(p.order.Uint32(body[12:]))
	default:
		number, size = int(p.order.Uint16(body)), int(p.order.Uint32(body[12:]))
	}
	if number >= len(p.interfaces) || size > len(body)-head {
		return f, false
	}
	i := p.interfaces[number]
	if kind != blockSimple {
		f.time = i.time(uint64(p.order.Uint32(body[4:]))<<32 | uint64(p.order.Uint32(body[8:])))
	}
	f.link, f.offset, f.data = i.link, int64(head), body[head:head+size]
	return f, true
}

// time is the time of a count of the interface's units.
func (i captureInterface) time(count uint64) time.Time {
	seconds, rest := count/i.units, count%i.units
	hi, lo := bits.Mul64(rest, 1e9)
	nanos, _ := bits.Div64(hi, lo, i.units)
	return time.Unix(int64(seconds)+i.offset, int64(nanos)).UTC()
}
