package dump_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// rowsOf writes rows in a layout: the offset, what is behind it, bytes, the text.
func rowsOf(data []byte, offset, between, text string) string {
	var b strings.Builder
	for at := 0; at < len(data); at += 16 {
		part := data[at:min(at+16, len(data))]
		fmt.Fprintf(&b, offset, at)
		b.WriteString(between)
		fmt.Fprintf(&b, "%-47s", fmt.Sprintf("% x", part))
		if text != "" {
			fmt.Fprintf(&b, text, readable(part))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func readable(data []byte) string {
	out := make([]byte, len(data))
	for i, c := range data {
		out[i] = '.'
		if c >= ' ' && c < 0x7F {
			out[i] = c
		}
	}
	return string(out)
}

// halved is as jPOS and older Wiresharks print: a wider gap behind eight bytes.
func halved(data []byte) string {
	var b strings.Builder
	for at := 0; at < len(data); at += 16 {
		part := data[at:min(at+16, len(data))]
		fmt.Fprintf(&b, "%04X  ", at)
		for i := range 16 {
			if i < len(part) {
				fmt.Fprintf(&b, "%02X ", part[i])
			} else {
				b.WriteString("   ")
			}
			if i == 7 {
				b.WriteByte(' ')
			}
		}
		b.WriteString(" " + readable(part) + "\n")
	}
	return b.String()
}

func TestRows(t *testing.T) {
	m := message()
	whole := hex.EncodeToString(m)
	tricky := []byte("0200" + "30 31 32 33 34 35 36 37  38 39  aa bb cc dd ee ff 00 11 abcdef")
	trickyHex := hex.EncodeToString(tricky)
	for _, tt := range []struct {
		name, input string
		format      dump.Format
		want        []string
	}{
		{"Wireshark, offset hex text", rowsOf(m, "%04x", "   ", "   %s"), dump.Wireshark, []string{whole}},
		{"Wireshark, offset hex", rowsOf(m, "%04x", "  ", ""), dump.Wireshark, []string{whole}},
		{"jPOS", halved(m), dump.JPOS, []string{whole}},
		{"Windows PowerShell", "           Path: C:\\m.bin\n\n           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n" + rowsOf(m, "%08X", "   ", "  %s"), dump.PowerShell, []string{whole}},
		{"PowerShell 7", "\n   Label: C:\\m.bin\n\n          Offset Bytes                                           Ascii\n                 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n          ------ ----------------------------------------------- -----\n" + rowsOf(m, "%016X", " ", " %s"), dump.PowerShell, []string{whole}},
		{"text that looks like bytes, xxd", rowsOf(tricky, "%08x", ": ", "  %s"), dump.XXD, []string{trickyHex}},
		{"text that looks like bytes, Wireshark", rowsOf(tricky, "%04x", "   ", "   %s"), dump.Wireshark, []string{trickyHex}},
		{"text that looks like bytes, jPOS", halved(tricky), dump.JPOS, []string{trickyHex}},
		{"text that looks like bytes, PowerShell 7", rowsOf(tricky, "%016X", " ", " %s"), dump.PowerShell, []string{trickyHex}},
		{"text that looks like bytes, and one blank before it", rowsOf(tricky[:48], "%08x", ": ", " %s"), dump.XXD, []string{trickyHex[:96]}},
		{"two dumps", halved(m) + halved(tricky), dump.JPOS, []string{whole, trickyHex}},
		{"two dumps and words between", halved(m) + "\nthe answer:\n" + halved(tricky), dump.JPOS, []string{whole, trickyHex}},
		{"another thread's line within", strings.Replace(halved(m), "\n0040", "\n10:11:12 WARN something else\n0040", 1), dump.JPOS, []string{whole}},
		{"an empty line behind each", strings.ReplaceAll(halved(m), "\n", "\n\n"), dump.JPOS, []string{whole}},
		{"quoted in mail", "> " + strings.ReplaceAll(strings.TrimSpace(halved(m)), "\n", "\n> "), dump.JPOS, []string{whole}},
		{"in a comment", "// " + strings.ReplaceAll(strings.TrimSpace(rowsOf(m, "%08x", ": ", "  %s")), "\n", "\n// "), dump.XXD, []string{whole}},
		{"indented by tabs", "\t" + strings.ReplaceAll(rowsOf(m, "0x%04x", ":  ", "  %s"), "\n", "\n\t"), dump.Tcpdump, []string{whole}},
		{"one row", "0000  30 38 30 30", dump.Wireshark, []string{"30383030"}},
		{"of different tools", rowsOf(m, "%08x", ": ", "  %s") + "\n" + halved(m), dump.XXD, []string{whole, whole}},
		{"begun in the middle", rowsOf(m, "%08x", ": ", "  %s")[68:], dump.XXD, []string{whole[32:]}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if f := formatOf(tt.input); f != tt.format {
				t.Errorf("taken for %q, want %q", f, tt.format)
			}
			got := records(t, tt.input, dump.Options{})
			wantData(t, got, tt.want...)
			checkPlaces(t, tt.input, got)
		})
	}
}

// Rows that are missing are told: the record before is partial, and the next says how
// much is lost.
func TestRowsHole(t *testing.T) {
	m := message()
	lines := strings.SplitAfter(rowsOf(m, "%08x", ": ", "  %s"), "\n")
	got := records(t, strings.Join(lines[:3], "")+strings.Join(lines[5:], ""), dump.Options{})
	wantData(t, got, hex.EncodeToString(m[:48]), hex.EncodeToString(m[80:]))
	if !got[0].Partial || got[0].Lost != 0 || got[1].Partial || got[1].Lost != 32 {
		t.Errorf("got %+v and %+v", got[0].Record, got[1].Record)
	}
}

func TestRowsCut(t *testing.T) {
	got := records(t, "00000000: 3038 3030 a", dump.Options{})
	wantData(t, got, "30383030")
	if !got[0].Partial {
		t.Error("not partial")
	}
}

func TestRowsLimit(t *testing.T) {
	m := message()
	input := halved(m) + halved(m[:32])
	got := readAll(t, []byte(input), dump.Options{MaxRecord: 64})
	if len(got) != 2 {
		t.Fatalf("got %d", len(got))
	}
	wantFault(t, got[0], dump.ErrTooLong, 1)
	if got[0].err.Got != int64(len(m)) {
		t.Errorf("got %v", got[0].err)
	}
	wantData(t, got[1:], hex.EncodeToString(m[:32]))

	// A row that is repeated to the end of the world.
	got = readAll(t, []byte("00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n3fffffffffffffff\n"), dump.Options{})
	if len(got) != 1 {
		t.Fatalf("got %d", len(got))
	}
	wantFault(t, got[0], dump.ErrTooLong, 1)
}

func TestRowsOfNothing(t *testing.T) {
	for _, f := range []dump.Format{dump.XXD, dump.Hexdump, dump.OD, dump.Tcpdump, dump.Wireshark, dump.JPOS, dump.PowerShell, dump.Rows} {
		got := readAll(t, []byte("no dump\nat all\n"), dump.Options{Format: f})
		if len(got) != 1 {
			t.Fatalf("%s: got %d", f, len(got))
		}
		wantFault(t, got[0], dump.ErrNothing, 0)
	}
}

func TestTcpdumpTimes(t *testing.T) {
	packet := ethernet(t, client(1, psh|ack, "request"))[14:]
	rows := "\t" + strings.TrimSuffix(strings.ReplaceAll(rowsOf(packet, "0x%04x", ":  ", ""), "\n", "\n\t"), "\t")
	clock := time.Date(0, 1, 1, 10, 11, 12, 345678000, time.UTC)
	for head, want := range map[string]time.Time{
		"10:11:12.345678 IP 10.0.0.1.5000 > 10.0.0.2.18583: Flags [P.], seq 1:8, length 7":            clock,
		"2026-11-23 10:11:12.345678 IP 10.0.0.1.5000 > 10.0.0.2.18583: Flags [P.], length 7":          start(),
		"1795428672.345678 IP 10.0.0.1.5000 > 10.0.0.2.18583: Flags [P.], length 7":                   start(),
		"10:11:12.345678 lo    In  IP 10.0.0.1.5000 > 10.0.0.2.18583: Flags [P.], seq 1:8, length 7":  clock,
		"10:11:12.345678 IP (tos 0x0, ttl 64)\n    10.0.0.1.5000 > 10.0.0.2.18583: Flags [P.], seq 1": clock,
	} {
		got := records(t, head+"\n"+rows, dump.Options{})
		if show(got) != "-> request\n" {
			t.Fatalf("%s: got\n%s", head, show(got))
		}
		if !got[0].Time.Equal(want) {
			t.Errorf("%s: got %v, want %v", head, got[0].Time, want)
		}
	}
}

// A checksum that was left to the network card is none in the capture.
func TestTcpdumpWithoutChecksum(t *testing.T) {
	packet := ethernet(t, client(1, psh|ack, "request"))[14:]
	packet[10], packet[11] = 0, 0
	rows := rowsOf(packet, "\t0x%04x", ":  ", "")
	if got := show(records(t, "10:11:12.000000 IP 10.0.0.1.5000 > 10.0.0.2.18583: Flags [P.]\n"+rows, dump.Options{})); got != "-> request\n" {
		t.Errorf("got\n%s", got)
	}
	packet[10] = 1
	if got := records(t, rowsOf(packet, "%04x", "   ", ""), dump.Options{}); len(got) != 1 || !bytes.Equal(got[0].Data, packet) {
		t.Error("bytes that only begin like a packet are taken apart")
	}
}

// What tcpdump prints of packets that carry nothing of TCP is of no interest, and ports
// are chosen as in a capture.
func TestTcpdumpChoice(t *testing.T) {
	rows := func(p []byte) string { return rowsOf(p, "\t0x%04x", ":  ", "") }
	input := "10:11:12.000000 ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28\n" + rows([]byte("\x00\x01\x08\x00\x06\x04\x00\x01 and so on")) +
		"10:11:12.000001 IP 10.0.0.1.5000 > 10.0.0.2.18583: Flags [P.]\n" + rows(ethernet(t, client(1, psh, "request"))[14:]) +
		"10:11:12.000002 IP 10.0.0.1.6000 > 10.0.0.2.443: Flags [P.]\n" + rows(ethernet(t, tcp4(6000, 443, 1, psh, []byte("web")))[14:])
	if got := show(records(t, input, dump.Options{Ports: []uint16{18583}})); got != "-> request\n" {
		t.Errorf("got\n%s", got)
	}
}
