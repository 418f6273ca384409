package dump

import (
	"errors"
	"io"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

const (
	magicMicro  = 0xA1B2C3D4 // pcap with times in microseconds
	magicNano   = 0xA1B23C4D // pcap with times in nanoseconds
	magicPcapng = 0x0A0D0D0A // block type of a section header, the same in both byte orders

	// maxPacket is the longest packet that is read. The tools write no more than
	// 256 KiB of one.
	maxPacket = 1 << 20
)

func swap32(x uint32) uint32 { return x>>24 | x>>8&0xFF00 | x<<8&0xFF0000 | x<<24 }

// packetSource reads the packets of a capture. An error that is no *Error ends it.
type packetSource interface {
	next() (frame, error)
}

// captureReader puts the connections of a capture together.
type captureReader struct {
	packets  packetSource
	decoder  *packetDecoder
	assembly *assembly
	strange  map[layers.LinkType]bool // link types that were complained of
	last     error                    // the fault that ended the capture, to be told after what is held
	done     bool
}

func newCaptureReader(packets packetSource, opts Options) *captureReader {
	return &captureReader{packets: packets, decoder: newPacketDecoder(), assembly: newAssembly(opts), strange: map[layers.LinkType]bool{}}
}

func (c *captureReader) next() (Record, error) {
	for {
		if rec, ok := c.assembly.pop(); ok {
			return rec, nil
		}
		if c.done {
			err := c.last
			c.last = io.EOF
			return Record{}, err
		}
		f, err := c.packets.next()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, ErrCut), errors.Is(err, ErrCapture):
			c.last, c.done = err, true
			c.assembly.flush()
			continue
		case err != nil:
			return Record{}, err
		}
		if err := c.add(f); err != nil {
			return Record{}, err
		}
	}
}

// add hands a packet to the assembly. Each link type that cannot be read is a fault once.
func (c *captureReader) add(f frame) error {
	if firstLayer(f.link, f.data) == gopacket.LayerTypeZero {
		if c.strange[f.link] {
			return nil
		}
		c.strange[f.link] = true
		return &Error{Offset: f.offset, Err: ErrLink, Got: int64(f.link)}
	}
	if s, ok := c.decoder.decode(f); ok {
		c.assembly.add(s)
	}
	return nil
}
