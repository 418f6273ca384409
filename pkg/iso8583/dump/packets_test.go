package dump_test

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// flags of a segment
const (
	fin = 1 << iota
	syn
	rst
	psh
	ack
)

// segment is a packet of a connection of 10.0.0.1 to port 18583 or 443 of 10.0.0.2, or
// the same in IPv6.
type segment struct {
	from, to  int
	seq       uint32
	ack       uint32
	flags     int
	data      []byte
	after     time.Duration // since the first packet
	six       bool
	udp       bool
	keepBytes int // of the whole packet; 0 keeps all
}

func tcp4(from, to int, seq uint32, flags int, data []byte) segment {
	return segment{from: from, to: to, seq: seq, flags: flags, data: data}
}

// ip are the layers of the segment from IP on.
func (s segment) ip() (gopacket.NetworkLayer, []gopacket.SerializableLayer) {
	low, high := net.IP{10, 0, 0, 1}, net.IP{10, 0, 0, 2}
	if s.six {
		low, high = net.ParseIP("2001:db8::1"), net.ParseIP("2001:db8::2")
	}
	from, to := low, high
	if s.from == 18583 || s.from == 443 {
		from, to = high, low
	}
	protocol := layers.IPProtocolTCP
	if s.udp {
		protocol = layers.IPProtocolUDP
	}
	var network gopacket.NetworkLayer = &layers.IPv4{Version: 4, TTL: 64, Protocol: protocol, SrcIP: from, DstIP: to}
	if s.six {
		network = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: protocol, SrcIP: from, DstIP: to}
	}
	payload := gopacket.Payload(s.data)
	if s.udp {
		u := &layers.UDP{SrcPort: layers.UDPPort(s.from), DstPort: layers.UDPPort(s.to)}
		_ = u.SetNetworkLayerForChecksum(network)
		return network, []gopacket.SerializableLayer{network.(gopacket.SerializableLayer), u, payload}
	}
	t := &layers.TCP{
		SrcPort: layers.TCPPort(s.from), DstPort: layers.TCPPort(s.to), Seq: s.seq, Ack: s.ack, Window: 65535,
		FIN: s.flags&fin != 0, SYN: s.flags&syn != 0, RST: s.flags&rst != 0, PSH: s.flags&psh != 0, ACK: s.flags&ack != 0,
	}
	_ = t.SetNetworkLayerForChecksum(network)
	return network, []gopacket.SerializableLayer{network.(gopacket.SerializableLayer), t, payload}
}

func (s segment) etherType() layers.EthernetType {
	if s.six {
		return layers.EthernetTypeIPv6
	}
	return layers.EthernetTypeIPv4
}

func serialize(tb testing.TB, all ...gopacket.SerializableLayer) []byte {
	tb.Helper()
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, all...); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func ethernet(tb testing.TB, s segment) []byte {
	tb.Helper()
	_, ip := s.ip()
	e := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: s.etherType()}
	return serialize(tb, append([]gopacket.SerializableLayer{e}, ip...)...)
}

// linked is the segment behind the header of a link type.
func linked(tb testing.TB, link layers.LinkType, s segment) []byte {
	tb.Helper()
	_, ip := s.ip()
	body := serialize(tb, ip...)
	protocol := []byte{byte(s.etherType() >> 8), byte(s.etherType())}
	switch link {
	case layers.LinkTypeEthernet:
		return ethernet(tb, s)
	case layers.LinkTypeLinuxSLL:
		return join([]byte{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, protocol, body)
	case layers.LinkTypeLinuxSLL2:
		return join(protocol, []byte{0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, body)
	case layers.LinkTypeNull:
		family := byte(2)
		if s.six {
			family = 30
		}
		return join([]byte{family, 0, 0, 0}, body)
	}
	return body
}

// vlan is the segment in Ethernet with two tags.
func vlan(tb testing.TB, s segment) []byte {
	tb.Helper()
	plain := ethernet(tb, s)
	return join(plain[:12], []byte{0x81, 0, 0, 7, 0x81, 0, 0, 9}, plain[12:])
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// start is when all captures of the tests begin.
func start() time.Time { return time.Date(2026, 11, 23, 10, 11, 12, 345678000, time.UTC) }

// pcap writes segments as a capture of Ethernet.
func pcap(tb testing.TB, all ...segment) []byte {
	tb.Helper()
	return pcapOf(tb, layers.LinkTypeEthernet, all...)
}

func pcapOf(tb testing.TB, link layers.LinkType, all ...segment) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	if err := w.WriteFileHeader(262144, link); err != nil {
		tb.Fatal(err)
	}
	for _, s := range all {
		writePacket(tb, w, info(s), linked(tb, link, s), s.keepBytes)
	}
	return b.Bytes()
}

func pcapng(tb testing.TB, all ...segment) []byte {
	tb.Helper()
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, layers.LinkTypeEthernet)
	if err != nil {
		tb.Fatal(err)
	}
	for _, s := range all {
		writePacket(tb, w, info(s), ethernet(tb, s), s.keepBytes)
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func info(s segment) gopacket.CaptureInfo {
	return gopacket.CaptureInfo{Timestamp: start().Add(s.after)}
}

func writePacket(tb testing.TB, w interface {
	WritePacket(gopacket.CaptureInfo, []byte) error
}, ci gopacket.CaptureInfo, data []byte, keep int) {
	tb.Helper()
	ci.Length = len(data)
	if keep > 0 {
		data = data[:keep]
	}
	ci.CaptureLength = len(data)
	if err := w.WritePacket(ci, data); err != nil {
		tb.Fatal(err)
	}
}

// client and server are the two directions of a connection at port 18583.
func client(seq uint32, flags int, data string) segment {
	return tcp4(5000, 18583, seq, flags, []byte(data))
}

func server(seq uint32, flags int, data string) segment {
	return tcp4(18583, 5000, seq, flags, []byte(data))
}

func (s segment) at(after time.Duration) segment {
	s.after = after
	return s
}

func (s segment) acking(n uint32) segment {
	s.ack, s.flags = n, s.flags|ack
	return s
}
