package bulk_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/bulk"
	"github.com/tillworks/till/pkg/iso8583/dump"
)

// capture writes packets of TCP connections as libpcap does.
type capture struct {
	t    *testing.T
	out  bytes.Buffer
	next map[string]uint32 // sequence number by direction
}

func captureStart() time.Time { return time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC) }

func newCapture(t *testing.T) *capture {
	c := &capture{t: t, next: map[string]uint32{}}
	for _, v := range []any{uint32(0xA1B2C3D4), uint16(2), uint16(4), uint32(0), uint32(0), uint32(65535), uint32(1)} {
		if err := binary.Write(&c.out, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// packet adds one with bytes of a connection, so long after the start.
func (c *capture) packet(after time.Duration, from, to uint16, payload []byte) {
	c.t.Helper()
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: net.IP{10, 0, 0, byte(from % 200)}, DstIP: net.IP{10, 0, 0, byte(to % 200)}}
	way := string([]byte{byte(from >> 8), byte(from), byte(to >> 8), byte(to)})
	tcp := &layers.TCP{SrcPort: layers.TCPPort(from), DstPort: layers.TCPPort(to), Seq: c.next[way] + 1000, PSH: true, ACK: true}
	c.next[way] += uint32(len(payload))
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		c.t.Fatal(err)
	}
	eth := &layers.Ethernet{SrcMAC: make(net.HardwareAddr, 6), DstMAC: make(net.HardwareAddr, 6), EthernetType: layers.EthernetTypeIPv4}
	buf := gopacket.NewSerializeBuffer()
	o := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, o, eth, ip, tcp, gopacket.Payload(payload)); err != nil {
		c.t.Fatal(err)
	}
	at := captureStart().Add(after)
	size := uint32(len(buf.Bytes()))
	for _, v := range []uint32{uint32(at.Unix()), uint32(at.Nanosecond() / 1000), size, size} {
		c.out.Write(binary.LittleEndian.AppendUint32(nil, v))
	}
	c.out.Write(buf.Bytes())
}

// framed is a message behind a length of two bytes.
func framed(raw []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(raw))), raw...)
}

// conversation is a capture of two terminals with the same trace number at one host: one
// answer after 20 ms, one after 50 that lies over two packets, a request that is never
// answered, and two requests in one packet.
func conversation(t *testing.T) *capture {
	t.Helper()
	spec := load(t, "iso87-ascii")
	sale := func(mti iso8583.MTI, terminal, trace string, more ...string) []byte {
		return framed(pack(t, spec, mti, append([]string{"3=000000", "4=1250", "7=1129080000", "11=" + trace, "41=" + terminal, "49=156"}, more...)...))
	}
	c := newCapture(t)
	c.packet(0, 40001, 8583, sale("0200", "TERM0001", "7"))
	c.packet(5*time.Millisecond, 40002, 8583, sale("0200", "TERM0002", "7"))
	c.packet(20*time.Millisecond, 8583, 40001, sale("0210", "TERM0001", "7", "39=00"))
	late := sale("0210", "TERM0002", "7", "39=51")
	c.packet(40*time.Millisecond, 8583, 40002, late[:30])
	c.packet(55*time.Millisecond, 8583, 40002, late[30:])
	c.packet(60*time.Millisecond, 40001, 8583, append(sale("0200", "TERM0001", "8"), sale("0200", "TERM0001", "9")...))
	c.packet(90*time.Millisecond, 8583, 40001, sale("0210", "TERM0001", "9", "39=00"))
	c.packet(95*time.Millisecond, 40003, 443, []byte("GET / HTTP/1.1\r\n\r\n"))
	return c
}

// TestMeasureCapture: requests of a capture meet their answers, by terminal and trace
// number, with the time between; what was not answered is named.
func TestMeasureCapture(t *testing.T) {
	c := conversation(t)
	s, err := bulk.Measure(context.Background(), bulk.Options{Dump: dump.Options{Ports: []uint16{8583}}}, bulk.Input{Reader: &c.out})
	if err != nil || s.Messages != 7 || !s.AllSound() {
		t.Fatalf("%+v, %v", s, err)
	}
	if s.Answered != 3 || s.Unanswered != 1 || s.Unasked != 0 || len(s.Missing) != 1 || s.Missing[0].Trace != "000008" || s.Missing[0].Terminal != "TERM0001" {
		t.Errorf("answered %d, missing %+v", s.Answered, s.Missing)
	}
	if ms := s.Times; ms == nil || ms.Count != 3 || ms.Least != 20 || ms.Most != 50 || ms.Median < 30 || ms.Median > 31 {
		t.Errorf("times %+v", s.Times)
	}
	if s.From != "2026-11-29T08:00:00Z" || s.To != "2026-11-29T08:00:00.09Z" {
		t.Errorf("from %s to %s", s.From, s.To)
	}
	if len(s.Responses) != 2 || s.Responses[0].Code != "00" || s.Responses[0].Count != 2 || s.Responses[1].Meaning == "" {
		t.Errorf("responses %+v", s.Responses)
	}
	if len(s.Types) != 2 || s.Types[0].MTI != "0200" || s.Types[0].Count != 4 || s.Types[0].Times.Count != 3 || s.Types[1].Times != nil {
		t.Errorf("types %+v", s.Types)
	}
}

// TestExplainCapture: each message of a capture has its time, its ends and its place in the
// connection; other traffic is told as what it is.
func TestExplainCapture(t *testing.T) {
	c := conversation(t)
	lines, totals := explain(t, bulk.Options{}, bulk.Input{Reader: &c.out})
	if totals.Sound != 7 || totals.Undetected != 1 {
		t.Fatalf("%+v", totals)
	}
	size := int64(len(framed(nil))) // of a length
	var second int64
	for _, l := range lines {
		if l.Framing != "binary2" && l.Dialect != "" || l.Line != 0 {
			t.Errorf("message %d: %+v", l.N, l)
		}
		if l.Dialect != "" && l.Offset != size && second == 0 {
			second = l.Offset
		}
	}
	if second <= size {
		t.Error("no message is behind another in its connection")
	}
}

// TestCaptureCut: a connection whose capture ends in a message tells of the part.
func TestCaptureCut(t *testing.T) {
	raw := framed(authorization(t))
	c := newCapture(t)
	c.packet(0, 40001, 8583, raw)
	c.packet(time.Millisecond, 40001, 8583, raw[:200])
	lines, totals := explain(t, bulk.Options{}, bulk.Input{Reader: &c.out})
	if totals.Sound != 1 || totals.Broken != 1 || len(lines) != 2 || lines[1].Error == nil || lines[1].Dialect != "iso87-ascii" {
		t.Errorf("%+v: %+v", totals, lines)
	}
}
