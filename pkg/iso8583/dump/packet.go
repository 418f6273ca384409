package dump

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// frame is a packet as a capture has it, from its link layer on.
type frame struct {
	time   time.Time
	link   layers.LinkType
	data   []byte
	offset int64 // of data in the input
	line   int
}

// segment is what a packet carries of a connection, or a datagram.
type segment struct {
	time                    time.Time
	source, destination     netip.AddrPort
	seq, ack                uint32
	syn, fin, rst, psh, udp bool
	acks                    bool // ack is set
	payload                 []byte
	cut                     int   // bytes of the payload that the capture left out
	offset                  int64 // of payload in the input
	line                    int
}

// packetDecoder takes packets apart: Ethernet with VLANs, Linux cooked,
// loopback, IPv4, IPv6 with its extensions, TCP and UDP.
type packetDecoder struct {
	ip4     layers.IPv4
	ip6     layers.IPv6
	tcp     layers.TCP
	udp     layers.UDP
	all     []gopacket.DecodingLayer
	parsers map[gopacket.LayerType]*gopacket.DecodingLayerParser
	found   []gopacket.LayerType
}

func newPacketDecoder() *packetDecoder {
	d := &packetDecoder{parsers: map[gopacket.LayerType]*gopacket.DecodingLayerParser{}}
	d.all = []gopacket.DecodingLayer{
		&layers.Ethernet{}, &layers.Dot1Q{}, &layers.LinuxSLL{}, &layers.LinuxSLL2{}, &layers.Loopback{},
		&d.ip4, &d.ip6, &layers.IPv6ExtensionSkipper{}, &d.tcp, &d.udp,
	}
	return d
}

// firstLayer is the layer that packets of a link type begin with, or zero.
func firstLayer(link layers.LinkType, data []byte) gopacket.LayerType {
	switch link {
	case layers.LinkTypeEthernet:
		return layers.LayerTypeEthernet
	case layers.LinkTypeLinuxSLL:
		return layers.LayerTypeLinuxSLL
	case layers.LinkTypeLinuxSLL2:
		return layers.LayerTypeLinuxSLL2
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		return layers.LayerTypeLoopback
	case layers.LinkTypeIPv4, layers.LinkTypeIPv6, layers.LinkTypeRaw, 12, 14:
		if len(data) > 0 && data[0]>>4 == 6 {
			return layers.LayerTypeIPv6
		}
		return layers.LayerTypeIPv4
	default:
		return gopacket.LayerTypeZero
	}
}

// decode takes a packet apart and reports that it carries TCP or UDP. The payload is
// part of the packet's data. Fragments of IP are not put together.
func (d *packetDecoder) decode(f frame) (segment, bool) {
	first := firstLayer(f.link, f.data)
	parser := d.parsers[first]
	if parser == nil {
		parser = gopacket.NewDecodingLayerParser(first, d.all...)
		parser.IgnoreUnsupported = true
		d.parsers[first] = parser
	}
	d.found = d.found[:0]
	// What stops the parser is a packet that is cut or of another kind; what counts is
	// how far it came.
	_ = parser.DecodeLayers(f.data, &d.found)
	s := segment{time: f.time, line: f.line}
	source, destination, total := d.addresses()
	header := 0
	switch {
	case total == 0:
		return segment{}, false
	case slices.Contains(d.found, layers.LayerTypeTCP):
		s.source = netip.AddrPortFrom(source, uint16(d.tcp.SrcPort))
		s.destination = netip.AddrPortFrom(destination, uint16(d.tcp.DstPort))
		s.seq, s.ack, s.acks = d.tcp.Seq, d.tcp.Ack, d.tcp.ACK
		s.syn, s.fin, s.rst, s.psh = d.tcp.SYN, d.tcp.FIN, d.tcp.RST, d.tcp.PSH
		s.payload, header = d.tcp.Payload, len(d.tcp.Contents)
	case slices.Contains(d.found, layers.LayerTypeUDP):
		s.udp = true
		s.source = netip.AddrPortFrom(source, uint16(d.udp.SrcPort))
		s.destination = netip.AddrPortFrom(destination, uint16(d.udp.DstPort))
		s.payload, header = d.udp.Payload, len(d.udp.Contents)
	default:
		return segment{}, false
	}
	s.cut = max(total-header-len(s.payload), 0)
	s.offset = f.offset + int64(cap(f.data)-cap(s.payload))
	return s, true
}

// addresses are those of the innermost IP packet, and the bytes it carries by its own
// word, or 0 where there is none.
func (d *packetDecoder) addresses() (source, destination netip.Addr, total int) {
	for _, layer := range slices.Backward(d.found) {
		switch layer {
		case layers.LayerTypeIPv4:
			source, _ = netip.AddrFromSlice(d.ip4.SrcIP.To4())
			destination, _ = netip.AddrFromSlice(d.ip4.DstIP.To4())
			return source, destination, max(int(d.ip4.Length)-4*int(d.ip4.IHL), len(d.ip4.Payload))
		case layers.LayerTypeIPv6:
			source, _ = netip.AddrFromSlice(d.ip6.SrcIP)
			destination, _ = netip.AddrFromSlice(d.ip6.DstIP)
			extensions := len(d.ip6.Payload) - len(d.tcp.Contents) - len(d.tcp.Payload)
			if slices.Contains(d.found, layers.LayerTypeUDP) {
				extensions = len(d.ip6.Payload) - len(d.udp.Contents) - len(d.udp.Payload)
			}
			return source, destination, max(int(d.ip6.Length), len(d.ip6.Payload)) - max(extensions, 0)
		}
	}
	return netip.Addr{}, netip.Addr{}, 0
}

// ipStart is where an IP packet begins in the bytes of a dump: at once, or behind one of
// the usual link layers; -1 where there is none. An IPv4 header is known by its
// checksum. A dump that is known to be of packets may have cut them.
func ipStart(data []byte, packets bool) int {
	for _, at := range []int{0, 14, 18, 16, 20, 4} {
		if at < len(data) && (isIPv4(data[at:], packets) || isIPv6(data[at:], packets)) {
			return at
		}
	}
	return -1
}

func isIPv4(p []byte, packets bool) bool {
	if len(p) < 20 || p[0]>>4 != 4 || p[9] != 6 && p[9] != 17 {
		return false
	}
	header, total := int(p[0]&15)*4, int(binary.BigEndian.Uint16(p[2:]))
	if header < 20 || total < header || len(p) < header || len(p) < total && !packets {
		return false
	}
	if packets && p[10] == 0 && p[11] == 0 { // left to the network card
		return true
	}
	sum := uint32(0)
	for i := 0; i < header; i += 2 {
		sum += uint32(binary.BigEndian.Uint16(p[i:]))
	}
	return (sum&0xFFFF+sum>>16)%0xFFFF == 0
}

func isIPv6(p []byte, packets bool) bool {
	if len(p) < 40 || p[0]>>4 != 6 || p[6] != 6 && p[6] != 17 {
		return false
	}
	left := len(p) - 40 - int(binary.BigEndian.Uint16(p[4:]))
	if left != 0 && (!packets || left > 64) {
		return false
	}
	return p[6] == 17 || len(p) < 60 || p[52]>>4 >= 5 // TCP has a header of five words or more
}

// packetStripper takes the headers off records that are whole packets.
type packetStripper struct{ decoder *packetDecoder }

// payload leaves of a packet what it carries; anything else stays as it is. It reports
// false for a packet that carries nothing.
func (p *packetStripper) payload(rec *Record) bool {
	at := ipStart(rec.Data, false)
	if at < 0 {
		return true
	}
	if p.decoder == nil {
		p.decoder = newPacketDecoder()
	}
	s, ok := p.decoder.decode(frame{link: layers.LinkTypeRaw, data: rec.Data[at:]})
	if !ok {
		return true
	}
	rec.Data, rec.Text, rec.Partial = s.payload, nil, s.cut > 0
	rec.Source, rec.Destination = s.source.String(), s.destination.String()
	return len(s.payload) > 0
}
