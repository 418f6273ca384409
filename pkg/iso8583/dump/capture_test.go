package dump_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

const (
	up   = "10.0.0.1:5000 > 10.0.0.2:18583"
	down = "10.0.0.2:18583 > 10.0.0.1:5000"
)

// show writes records as a table: stream, bytes lost before, bytes, '…' where partial.
func show(all []found) string {
	var b strings.Builder
	for _, f := range all {
		if f.err != nil {
			fmt.Fprintf(&b, "! %v\n", f.err)
			continue
		}
		arrow := strings.NewReplacer(up, "->", down, "<-").Replace(f.Stream)
		if f.Stream == "" {
			arrow = f.Source + " = " + f.Destination
		}
		fmt.Fprintf(&b, "%s ", arrow)
		if f.Lost > 0 {
			fmt.Fprintf(&b, "[%d lost]", f.Lost)
		}
		b.Write(f.Data)
		if f.Partial {
			b.WriteString("…")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestConnections(t *testing.T) {
	for _, tt := range []struct {
		name    string
		packets []segment
		want    string
	}{
		{"request and answer", []segment{client(0, syn, ""), server(0, syn|ack, ""), client(1, psh, "request"), server(1, psh, "answer")}, "-> request\n<- answer\n"},
		{"begun before the capture", []segment{client(100, psh, "request"), server(900, psh, "answer")}, "-> request\n<- answer\n"},
		{"two segments and one push", []segment{client(0, 0, "req"), client(3, psh, "uest")}, "-> request\n"},
		{"two pushes", []segment{client(0, psh, "one"), client(3, psh, "two")}, "-> one\n-> two\n"},
		{"no push, and the other side speaks", []segment{client(0, 0, "request"), server(0, psh, "answer")}, "-> request\n<- answer\n"},
		{"no push, and the side ends", []segment{client(0, fin, "request"), server(0, psh, "answer")}, "-> request\n<- answer\n"},
		{"no push, and the capture ends", []segment{client(0, 0, "reque")}, "-> reque…\n"},
		{"sent again", []segment{client(0, psh, "one"), client(0, psh, "one"), client(3, psh, "two")}, "-> one\n-> two\n"},
		{"sent again with more", []segment{client(0, psh, "one"), client(0, psh, "onetwo")}, "-> one\n-> two\n"},
		{"keep-alive", []segment{client(0, psh, "one"), client(2, ack, "e"), client(3, psh, "two")}, "-> one\n-> two\n"},
		{"out of order", []segment{client(0, syn, ""), client(4, psh, "two"), client(1, psh, "one"), client(7, psh, "six")}, "-> one\n-> two\n-> six\n"},
		{"out of order and overlapping", []segment{client(0, syn, ""), client(5, 0, "efgh"), client(3, 0, "cdef"), client(1, 0, "abc"), client(9, psh, "i")}, "-> abcdefghi\n"},
		{"one ahead within another", []segment{client(0, syn, ""), client(3, 0, "cdefgh"), client(4, 0, "de"), client(1, psh, "ab"), client(9, psh, "i")}, "-> ab\n-> cdefghi\n"},
		{"missing to the end", []segment{client(0, syn, ""), client(1, psh, "one"), client(14, psh, "two")}, "-> one\n-> [10 lost]two\n"},
		{"missing in a run", []segment{client(0, syn, ""), client(1, 0, "one"), client(14, psh, "two")}, "-> one…\n-> [10 lost]two\n"},
		{"missing twice", []segment{client(0, syn, ""), client(2, psh, "one"), client(7, psh, "two")}, "-> [1 lost]one\n-> [2 lost]two\n"},
		{"missing, and the other side has it", []segment{
			client(0, syn, ""), client(14, psh, "two"), server(0, ack, "").acking(17).at(time.Second), server(0, psh, "answer").at(2 * time.Second),
		}, "-> [13 lost]two\n<- answer\n"},
		{"captured behind its acknowledgement", []segment{
			client(0, syn, ""), client(4, psh, "two"), server(0, ack, "").acking(7).at(time.Millisecond), client(1, psh, "one").at(2 * time.Millisecond),
		}, "-> one\n-> two\n"},
		{"sequence numbers start anew", []segment{client(0xFFFFFFFD, psh, "one"), client(0, psh, "two"), client(3, psh, "six")}, "-> one\n-> two\n-> six\n"},
		{"out of order around it", []segment{client(0xFFFFFFFC, syn, ""), client(0, psh, "two"), client(0xFFFFFFFD, psh, "one")}, "-> one\n-> two\n"},
		{"ports used again", []segment{client(0, syn, ""), client(1, psh, "one"), client(4, fin, ""), client(90000, syn, ""), client(90001, psh, "two")}, "-> one\n-> #2 two\n"},
		{"ports used again, unseen", []segment{client(1<<30, psh, "one"), client(5, psh, "two")}, "-> one\n-> #2 two\n"},
		{"SYN again", []segment{client(0, syn, ""), client(0, syn, ""), client(1, psh, "one"), client(0, syn, ""), client(4, psh, "two")}, "-> one\n-> two\n"},
		{"reset", []segment{client(0, syn, ""), client(1, 0, "one"), client(9, psh, "two"), client(4, rst, "")}, "-> one…\n-> [5 lost]two\n"},
		{"idle", []segment{client(0, 0, "one"), client(3, psh, "two").at(2 * time.Minute)}, "-> one\n-> two\n"},
		{"datagrams", []segment{{from: 5000, to: 18583, udp: true, data: []byte("ask")}, {from: 18583, to: 5000, udp: true, data: []byte("tell")}, {from: 5000, to: 18583, udp: true}}, "10.0.0.1:5000 = 10.0.0.2:18583 ask\n10.0.0.2:18583 = 10.0.0.1:5000 tell\n"},
		{"other connections between", []segment{client(0, 0, "req"), tcp4(6000, 18583, 0, psh, []byte("other")), client(3, psh, "uest")}, "10.0.0.1:6000 > 10.0.0.2:18583 other\n-> request\n"},
		{"a snap length", []segment{client(0, syn, ""), keep(client(1, psh, "request"), 54+3), client(8, psh, "more")}, "-> req…\n-> [4 lost]more\n"},
		{"nothing but headers", []segment{keep(client(0, psh, "request"), 54), client(7, psh, "more")}, "-> [7 lost]more\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, input := range map[string][]byte{"pcap": pcap(t, tt.packets...), "pcapng": pcapng(t, tt.packets...)} {
				if got := show(readAll(t, input, dump.Options{})); got != tt.want {
					t.Errorf("%s: got\n%swant\n%s", name, got, tt.want)
				}
			}
		})
	}
}

func keep(s segment, n int) segment {
	s.keepBytes = n
	return s
}

func TestCaptureRecord(t *testing.T) {
	m := message()
	input := pcap(t, client(0, syn, ""), client(101, psh, "late").at(20*time.Millisecond), client(1, psh, string(m[:100])).at(30*time.Millisecond))
	got := readAll(t, input, dump.Options{})
	if len(got) != 2 {
		t.Fatal(show(got))
	}
	for i, want := range []string{string(m[:100]), "late"} {
		g := got[i]
		if at := int(g.Offset); string(input[at:at+len(want)]) != want {
			t.Errorf("record %d is not at byte %d", i, at)
		}
		if g.Line != 0 || g.Source != "10.0.0.1:5000" || g.Destination != "10.0.0.2:18583" || g.Stream != up {
			t.Errorf("record %d: %+v", i, g.Record)
		}
		// What came too early is complete when what was missing comes.
		if !g.Time.Equal(start().Add(30 * time.Millisecond)) {
			t.Errorf("record %d: time %v", i, g.Time)
		}
	}
}

func TestLinkTypes(t *testing.T) {
	packets := []segment{client(0, syn, ""), client(1, psh, "request"), server(1, psh, "answer")}
	for _, link := range []layers.LinkType{
		layers.LinkTypeEthernet, layers.LinkTypeLinuxSLL, layers.LinkTypeLinuxSLL2, layers.LinkTypeNull, layers.LinkTypeRaw, 12, layers.LinkTypeIPv4,
	} {
		t.Run(link.String(), func(t *testing.T) {
			if got := show(readAll(t, pcapOf(t, link, packets...), dump.Options{})); got != "-> request\n<- answer\n" {
				t.Errorf("IPv4: got\n%s", got)
			}
			if link == layers.LinkTypeIPv4 {
				return
			}
			six := make([]segment, len(packets))
			for i, s := range packets {
				s.six = true
				six[i] = s
			}
			want := "[2001:db8::1]:5000 > [2001:db8::2]:18583 request\n[2001:db8::2]:18583 > [2001:db8::1]:5000 answer\n"
			if got := show(readAll(t, pcapOf(t, link, six...), dump.Options{})); got != want {
				t.Errorf("IPv6: got\n%s", got)
			}
		})
	}
}

func TestVLAN(t *testing.T) {
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	w.WriteFileHeader(65535, layers.LinkTypeEthernet)
	writePacket(t, w, info(segment{}), vlan(t, client(0, psh, "request")), 0)
	if got := show(readAll(t, b.Bytes(), dump.Options{})); got != "-> request\n" {
		t.Errorf("got\n%s", got)
	}
}

// A link type that nobody reads is told once, and not a packet of it is looked at.
func TestStrangeLink(t *testing.T) {
	got := readAll(t, pcapOf(t, 105, client(0, psh, "request"), client(7, psh, "more")), dump.Options{})
	if len(got) != 1 {
		t.Fatal(show(got))
	}
	wantFault(t, got[0], dump.ErrLink, 0)
	if !strings.Contains(got[0].err.Error(), "105") {
		t.Errorf("got %v", got[0].err)
	}
}

func TestPorts(t *testing.T) {
	input := pcap(t, client(0, psh, "request"), tcp4(6000, 443, 0, psh, []byte("web")), server(0, psh, "answer"))
	for _, tt := range []struct {
		ports []uint16
		want  string
	}{
		{nil, "-> request\n10.0.0.1:6000 > 10.0.0.2:443 web\n<- answer\n"},
		{[]uint16{18583}, "-> request\n<- answer\n"},
		{[]uint16{443}, "10.0.0.1:6000 > 10.0.0.2:443 web\n"},
		{[]uint16{1, 443, 5000}, "-> request\n10.0.0.1:6000 > 10.0.0.2:443 web\n<- answer\n"},
		{[]uint16{2}, ""},
	} {
		if got := show(readAll(t, input, dump.Options{Ports: tt.ports})); got != tt.want {
			t.Errorf("%v: got\n%s", tt.ports, got)
		}
	}
}

func TestCaptureKinds(t *testing.T) {
	m := pcap(t, client(0, psh, "request").at(time.Microsecond))
	nanos := bytes.Clone(m)
	binary.LittleEndian.PutUint32(nanos, 0xA1B23C4D)
	for name, tt := range map[string]struct {
		input []byte
		frac  int
	}{
		"microseconds":          {m, 345679000},
		"nanoseconds":           {nanos, 345679},
		"big endian":            {bigEndian(m), 345679000},
		"big endian, nanos":     {bigEndian(nanos), 345679},
		"pcapng":                {pcapng(t, client(0, psh, "request").at(time.Microsecond)), 345679000},
		"pcapng in all its way": {manyBlocks(t), 500000000},
	} {
		t.Run(name, func(t *testing.T) {
			got := readAll(t, tt.input, dump.Options{})
			if show(got) != "-> request\n" {
				t.Fatalf("got\n%s", show(got))
			}
			if got[0].Time.Nanosecond() != tt.frac {
				t.Errorf("got %v", got[0].Time)
			}
		})
	}
}

// bigEndian is a capture of one packet as a machine of the other byte order writes it.
func bigEndian(m []byte) []byte {
	out := bytes.Clone(m)
	for _, at := range []int{0, 8, 12, 16, 20, 24, 28, 32, 36} {
		binary.BigEndian.PutUint32(out[at:], binary.LittleEndian.Uint32(m[at:]))
	}
	for _, at := range []int{4, 6} {
		binary.BigEndian.PutUint16(out[at:], binary.LittleEndian.Uint16(m[at:]))
	}
	return out
}

// manyBlocks is a pcapng of two sections, of different byte order, with an interface
// that counts time in units of 2^-10 seconds and one with an offset.
func manyBlocks(tb testing.TB) []byte {
	tb.Helper()
	var b bytes.Buffer
	block := func(order binary.ByteOrder, kind uint32, body ...any) {
		var inner bytes.Buffer
		for _, v := range body {
			binary.Write(&inner, order, v)
		}
		for inner.Len()%4 != 0 {
			inner.WriteByte(0)
		}
		size := uint32(inner.Len() + 12)
		binary.Write(&b, order, kind)
		binary.Write(&b, order, size)
		b.Write(inner.Bytes())
		binary.Write(&b, order, size)
	}
	packet := ethernet(tb, client(0, psh, "request"))
	big, little := binary.ByteOrder(binary.BigEndian), binary.ByteOrder(binary.LittleEndian)
	block(little, 0x0A0D0D0A, uint32(0x1A2B3C4D), uint16(1), uint16(0), int64(-1))
	block(little, 5, uint32(7), "statistics of an interface that is not there"[:8])
	block(little, 0xBAD, []byte("a block of somebody's own"))
	block(big, 0x0A0D0D0A, uint32(0x1A2B3C4D), uint16(1), uint16(0), int64(-1))
	block(big, 1, uint16(147), uint16(0), uint32(0))
	block(big, 1, uint16(1), uint16(0), uint32(0), uint16(2), uint16(3), []byte("lo\x00\x00"),
		uint16(9), uint16(1), []byte{0x8A, 0, 0, 0}, uint16(14), uint16(8), int64(1000), uint16(0), uint16(0))
	block(big, 6, uint32(1), uint32(0), uint32(512), uint32(len(packet)), uint32(len(packet)), packet)
	return b.Bytes()
}

func TestSimplePacketBlock(t *testing.T) {
	input := pcapng(t)
	packet := ethernet(t, client(0, psh, "request"))
	pad := (4 - len(packet)%4) % 4
	size := uint32(16 + len(packet) + pad)
	input = binary.LittleEndian.AppendUint32(input, 3)
	input = binary.LittleEndian.AppendUint32(input, size)
	input = binary.LittleEndian.AppendUint32(input, uint32(len(packet)))
	input = append(append(input, packet...), make([]byte, pad)...)
	input = binary.LittleEndian.AppendUint32(input, size)
	got := readAll(t, input, dump.Options{})
	if show(got) != "-> request\n" || !got[0].Time.IsZero() && got[0].Time.Year() != 1 {
		t.Errorf("got\n%s", show(got))
	}
}

// A capture that is cut at any byte gives what is before, and the tail is told.
func TestCutCapture(t *testing.T) {
	for name, whole := range map[string][]byte{
		"pcap":   pcap(t, client(0, psh, "one"), client(3, 0, "two")),
		"pcapng": pcapng(t, client(0, psh, "one"), client(3, 0, "two")),
	} {
		t.Run(name, func(t *testing.T) {
			for n := 4; n < len(whole); n++ {
				got := drain(t, dump.NewReader(bytes.NewReader(whole[:n]), dump.Options{}))
				cut := 0
				for _, g := range got {
					if g.err != nil {
						wantFault(t, g, dump.ErrCut, 0)
						cut++
					}
				}
				boundary := name == "pcap" && (n == 24 || n == 24+16+60) || name == "pcapng" && isBlockEnd(whole, n)
				if (cut == 1) == boundary || cut > 1 {
					t.Fatalf("at %d of %d: %d faults", n, len(whole), cut)
				}
			}
		})
	}
}

func isBlockEnd(whole []byte, n int) bool {
	for at := 0; at < len(whole); at += int(binary.LittleEndian.Uint32(whole[at+4:])) {
		if at == n {
			return true
		}
	}
	return false
}

func TestAbsurdLengths(t *testing.T) {
	one := pcap(t, client(0, psh, "one"), client(3, psh, "two"))
	for _, size := range []uint32{1<<20 + 1, 1 << 31, 0xFFFFFFFF} {
		input := bytes.Clone(one)
		binary.LittleEndian.PutUint32(input[24+8:], size)
		got := readAll(t, input, dump.Options{})
		wantFault(t, got[0], dump.ErrPacket, 0)
		if got[0].err.Got != int64(size) || got[0].err.Offset != 24 {
			t.Errorf("got %+v", got[0].err)
		}
	}
	ng := pcapng(t, client(0, psh, "one"))
	section := int(binary.LittleEndian.Uint32(ng[4:]))
	for _, size := range []uint32{0, 4, 8, 11, 13, 0x7FFFFFFF, 0xFFFFFFFC, 0xFFFFFFFF} {
		input := bytes.Clone(ng)
		binary.LittleEndian.PutUint32(input[section+4:], size)
		if got := readAll(t, input, dump.Options{}); len(got) != 1 || got[0].err == nil {
			t.Errorf("block of %d: got\n%s", size, show(got))
		}
	}
}

func TestNoCapture(t *testing.T) {
	for _, f := range []dump.Format{dump.Pcap, dump.Pcapng} {
		got := readAll(t, bytes.Repeat([]byte("no capture at all"), 9), dump.Options{Format: f})
		if len(got) != 1 {
			t.Fatalf("%s: got %d", f, len(got))
		}
		wantFault(t, got[0], dump.ErrCapture, 0)
		if got := readAll(t, nil, dump.Options{Format: f}); len(got) != 0 {
			t.Errorf("%s: got %d of nothing", f, len(got))
		}
	}
}

// However much is missing, no more is held than was allowed.
func TestPendingIsBounded(t *testing.T) {
	packets := []segment{client(0, syn, "")}
	for i := range 400 {
		packets = append(packets, client(uint32(1000+i*100), 0, strings.Repeat("x", 99)))
	}
	got := readAll(t, pcap(t, packets...), dump.Options{MaxPending: 4 << 10})
	if len(got) < 300 || got[0].Lost != 999 || got[1].Lost != 1 {
		t.Errorf("got %d records, the first with %d lost", len(got), got[0].Lost)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	var packets []segment
	for i := range 300 {
		packets = append(packets, tcp4(20000+i, 443, 0, 0, []byte("part")))
	}
	got := readAll(t, pcap(t, packets...), dump.Options{MaxConnections: 10})
	if len(got) != 300 {
		t.Fatalf("got %d records", len(got))
	}
	for i, g := range got {
		if !g.Partial || g.Source != fmt.Sprintf("10.0.0.1:%d", 20000+i) {
			t.Fatalf("record %d: %+v", i, g.Record)
		}
	}
	// One that comes back is another stream: what was between is not known.
	packets = append(packets, tcp4(20000, 443, 100, psh, []byte("back")))
	got = readAll(t, pcap(t, packets...), dump.Options{MaxConnections: 10})
	names := map[string]bool{}
	for _, g := range got {
		if names[g.Stream] {
			t.Errorf("%s twice", g.Stream)
		}
		names[g.Stream] = true
	}
}

func TestLongRunIsCut(t *testing.T) {
	var packets []segment
	for i := range 100 {
		packets = append(packets, client(uint32(i*1000), 0, strings.Repeat("x", 1000)))
	}
	for _, limit := range []int{64, 5000, 1 << 20} {
		total := 0
		for _, g := range readAll(t, pcap(t, packets...), dump.Options{MaxRecord: limit}) {
			if len(g.Data) > limit || g.Stream != up || g.Lost > 0 {
				t.Fatalf("limit %d: %+v", limit, g.Record)
			}
			total += len(g.Data)
		}
		if total != 100000 {
			t.Errorf("limit %d: %d bytes", limit, total)
		}
	}
	got := readAll(t, pcap(t, segment{from: 5000, to: 18583, udp: true, data: make([]byte, 100)}), dump.Options{MaxRecord: 64})
	if len(got) != 1 || len(got[0].Data) != 64 || !got[0].Partial {
		t.Errorf("a datagram: %+v", got)
	}
}

// Fragments of IP are not put together: their bytes are lost, and that is told.
func TestFragments(t *testing.T) {
	_, ip := client(4, psh, "two").ip()
	ip[0].(*layers.IPv4).Flags = layers.IPv4MoreFragments
	e := &layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: layers.EthernetTypeIPv4}
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	w.WriteFileHeader(65535, layers.LinkTypeEthernet)
	writePacket(t, w, info(segment{}), ethernet(t, client(1, psh, "one")), 0)
	writePacket(t, w, info(segment{}), serialize(t, append([]gopacket.SerializableLayer{e}, ip...)...), 0)
	writePacket(t, w, info(segment{}), ethernet(t, client(7, psh, "six")), 0)
	if got := show(readAll(t, b.Bytes(), dump.Options{})); got != "-> one\n-> [3 lost]six\n" {
		t.Errorf("got\n%s", got)
	}
}
