package dump_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// blocks writes a pcapng by hand, little endian.
type blocks struct{ bytes.Buffer }

func newBlocks() *blocks {
	b := &blocks{}
	b.add(0x0A0D0D0A, uint32(0x1A2B3C4D), uint16(1), uint16(0), int64(-1))
	return b
}

func (b *blocks) add(kind uint32, body ...any) *blocks {
	var inner bytes.Buffer
	for _, v := range body {
		binary.Write(&inner, binary.LittleEndian, v)
	}
	for inner.Len()%4 != 0 {
		inner.WriteByte(0)
	}
	size := uint32(inner.Len() + 12)
	binary.Write(b, binary.LittleEndian, kind)
	binary.Write(b, binary.LittleEndian, size)
	b.Write(inner.Bytes())
	binary.Write(b, binary.LittleEndian, size)
	return b
}

// iface describes an interface of Ethernet with options.
func (b *blocks) iface(options ...any) *blocks {
	return b.add(1, append([]any{uint16(1), uint16(0), uint32(0)}, options...)...)
}

// packet is one of an interface at a count of its units.
func (b *blocks) packet(number uint32, count uint64, data []byte) *blocks {
	return b.add(6, number, uint32(count>>32), uint32(count), uint32(len(data)), uint32(len(data)), data)
}

// How an interface counts time is its own affair.
func TestPcapngTimes(t *testing.T) {
	packet := ethernet(t, client(0, psh, "request"))
	at := func(seconds, nanos int64) time.Time { return time.Unix(seconds, nanos).UTC() }
	for _, tt := range []struct {
		name    string
		options []any
		count   uint64
		want    time.Time
	}{
		{"microseconds where nothing is said", nil, 1e9 + 7, at(1000, 7000)},
		{"seconds", []any{uint16(9), uint16(1), []byte{0, 0, 0, 0}}, 1000, at(1000, 0)},
		{"milliseconds", []any{uint16(9), uint16(1), []byte{3, 0, 0, 0}}, 1000007, at(1000, 7e6)},
		{"nanoseconds", []any{uint16(9), uint16(1), []byte{9, 0, 0, 0}}, 1e12 + 7, at(1000, 7)},
		{"picoseconds", []any{uint16(9), uint16(1), []byte{12, 0, 0, 0}}, 1e15 + 7000, at(1000, 7)},
		{"finer than can be counted", []any{uint16(9), uint16(1), []byte{127, 0, 0, 0}}, 1e19, at(1, 0)},
		{"halves of halves", []any{uint16(9), uint16(1), []byte{0x82, 0, 0, 0}}, 4001, at(1000, 25e7)},
		{"the finest power of two", []any{uint16(9), uint16(1), []byte{0xFF, 0, 0, 0}}, 3 << 62, at(1, 5e8)},
		{"an offset", []any{uint16(14), uint16(8), int64(500)}, 1e9, at(1500, 0)},
		{"an offset to the past", []any{uint16(14), uint16(8), int64(-500)}, 1e9, at(500, 0)},
		{"behind other options", []any{uint16(2), uint16(3), []byte("eth\x00"), uint16(9), uint16(1), []byte{0, 0, 0, 0}, uint16(0), uint16(0)}, 1000, at(1000, 0)},
		{"behind the end of options", []any{uint16(0), uint16(0), uint16(9), uint16(1), []byte{0, 0, 0, 0}}, 1e9, at(1000, 0)},
		{"an option of the wrong size", []any{uint16(9), uint16(2), []byte{0, 0, 0, 0}}, 1e9, at(1000, 0)},
		{"an option that is longer than its block", []any{uint16(9), uint16(9999), []byte{0, 0, 0, 0}}, 1e9, at(1000, 0)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readAll(t, newBlocks().iface(tt.options...).packet(0, tt.count, packet).Bytes(), dump.Options{})
			if show(got) != "-> request\n" {
				t.Fatalf("got\n%s", show(got))
			}
			if !got[0].Time.Equal(tt.want) {
				t.Errorf("got %v, want %v", got[0].Time, tt.want)
			}
		})
	}
}

// A block that makes no sense is a fault of its own, and the next is read.
func TestPcapngFaults(t *testing.T) {
	packet := ethernet(t, client(0, psh, "request"))
	for name, b := range map[string]*blocks{
		"an interface that is not there":      newBlocks().iface().packet(1, 0, packet),
		"before its interface":                newBlocks().packet(0, 0, packet).iface(),
		"an interface of the section before":  newBlocks().iface().add(0x0A0D0D0A, uint32(0x1A2B3C4D), uint16(1), uint16(0), int64(-1)).packet(0, 0, packet).iface(),
		"a packet that is longer than itself": newBlocks().iface().add(6, uint32(0), uint64(0), uint32(9999), uint32(9999), packet),
		"no room for a header":                newBlocks().iface().add(6, uint32(0)),
		"the old kind of block, too short":    newBlocks().iface().add(2, uint32(0)),
		"a simple packet without interface":   newBlocks().add(3, uint32(len(packet)), packet).iface(),
	} {
		t.Run(name, func(t *testing.T) {
			got := readAll(t, b.packet(0, 0, packet).Bytes(), dump.Options{})
			if len(got) != 2 {
				t.Fatalf("got\n%s", show(got))
			}
			wantFault(t, got[0], dump.ErrPacket, 0)
			if show(got[1:]) != "-> request\n" {
				t.Errorf("got\n%s", show(got))
			}
		})
	}
}

func TestPcapngOldPacketBlock(t *testing.T) {
	packet := ethernet(t, client(0, psh, "request"))
	b := newBlocks().iface().iface(uint16(9), uint16(1), []byte{0, 0, 0, 0})
	b.add(2, uint16(1), uint16(0), uint32(0), uint32(1000), uint32(len(packet)), uint32(len(packet)), packet)
	got := readAll(t, b.Bytes(), dump.Options{})
	if show(got) != "-> request\n" || got[0].Time.Unix() != 1000 {
		t.Errorf("got\n%s", show(got))
	}
}

// What the snap length of the interface cuts off a simple packet is lost.
func TestPcapngSimplePacketSnap(t *testing.T) {
	packet := ethernet(t, client(0, psh, "request"))
	b := newBlocks().add(1, uint16(1), uint16(0), uint32(57)).add(3, uint32(len(packet)), packet[:57])
	if got := show(readAll(t, b.Bytes(), dump.Options{})); got != "-> req…\n" {
		t.Errorf("got\n%s", got)
	}
}

// Interfaces have link types of their own.
func TestPcapngLinkTypes(t *testing.T) {
	packet := ethernet(t, client(0, psh, "request"))
	b := newBlocks().iface().add(1, uint16(101), uint16(0), uint32(0)).packet(0, 0, packet)
	b.packet(1, 0, ethernet(t, server(0, psh, "answer"))[14:])
	if got := show(readAll(t, b.Bytes(), dump.Options{})); got != "-> request\n<- answer\n" {
		t.Errorf("got\n%s", got)
	}
}
