package dump_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// random are bytes that look like a message: often digits and blanks, sometimes not.
func random(r *rand.Rand, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		switch r.IntN(4) {
		case 0:
			out[i] = byte(r.Uint32())
		case 1:
			out[i] = "0123456789abcdef |<>*:x"[r.IntN(23)]
		default:
			out[i] = 'G' + byte(r.IntN(20))
		}
	}
	return out
}

// layouts write bytes down as the formats have them.
func layouts() map[dump.Format]func([]byte) string {
	return map[dump.Format]func([]byte) string{
		dump.Hex:        hex.EncodeToString,
		dump.XXD:        func(b []byte) string { return rowsOf(b, "%08x", ": ", "  %s") },
		dump.Tcpdump:    func(b []byte) string { return rowsOf(b, "\t0x%04x", ":  ", "  %s") },
		dump.Wireshark:  func(b []byte) string { return rowsOf(b, "%04x", "   ", "   %s") },
		dump.PowerShell: func(b []byte) string { return rowsOf(b, "%08X", "   ", "  %s") },
		dump.JPOS:       halved,
		dump.Base64:     base64.StdEncoding.EncodeToString,
		dump.Rows:       func(b []byte) string { return rowsOf(b, "%05x", "  ", "") },
	}
}

// Any number of runs of bytes, written down in any layout with any line ends and blank
// lines, are read back one by one, each from its place.
func TestEveryLayoutReadsBack(t *testing.T) {
	ends := []string{"\n", "\r\n", "\r"}
	for format, write := range layouts() {
		t.Run(string(format), func(t *testing.T) {
			for seed := range uint64(60) {
				r := rand.New(rand.NewPCG(seed, 1987))
				end := ends[r.IntN(3)]
				var input strings.Builder
				var want []string
				var places []int
				for range 1 + r.IntN(5) {
					b := random(r, 17+r.IntN(300))
					input.WriteString(strings.Repeat(end, r.IntN(3)))
					places = append(places, input.Len())
					input.WriteString(strings.ReplaceAll(strings.TrimSuffix(write(b), "\n"), "\n", end) + end)
					want = append(want, hex.EncodeToString(b))
				}
				got := records(t, input.String(), dump.Options{Format: format, Wrap: dump.WrapLine})
				wantData(t, got, want...)
				for i, g := range got {
					if at := int(g.Offset); at != places[i] {
						t.Fatalf("seed %d: record %d at %d, want %d", seed, i, at, places[i])
					}
					if g.Partial || g.Lost > 0 {
						t.Fatalf("seed %d: record %d: %+v", seed, i, g.Record)
					}
				}
			}
		})
	}
}

// Rows that are taken out of a dump are lost, no more and no less, and it is said where.
func TestLostRowsAddUp(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1993))
		b := random(r, 64+r.IntN(600))
		lines := strings.SplitAfter(strings.TrimSuffix(rowsOf(b, "%08x", ": ", "  %s"), "\n"), "\n")
		var kept strings.Builder
		kept.WriteString(lines[0])
		for _, l := range lines[1 : len(lines)-1] {
			if r.IntN(3) > 0 {
				kept.WriteString(l)
			}
		}
		kept.WriteString(lines[len(lines)-1])
		at := 0
		got := records(t, kept.String(), dump.Options{})
		for i, g := range got {
			at += int(g.Lost)
			if !bytes.Equal(g.Data, b[at:at+len(g.Data)]) {
				t.Fatalf("seed %d: record %d is not what stood at %d", seed, i, at)
			}
			if at += len(g.Data); g.Partial != (i < len(got)-1) {
				t.Fatalf("seed %d: record %d of %d: partial %v", seed, i, len(got), g.Partial)
			}
		}
		if at != len(b) {
			t.Fatalf("seed %d: %d of %d bytes", seed, at, len(b))
		}
	}
}

// A text that is cut anywhere is read up to there: what comes out is the beginning of
// what comes out of the whole.
func TestTextCutAnywhere(t *testing.T) {
	m := message()
	for format, write := range layouts() {
		text := write(m)
		for n := range len(text) {
			var all []byte
			for _, g := range drain(t, dump.NewReader(strings.NewReader(text[:n]), dump.Options{Format: format, Wrap: dump.WrapLine})) {
				all = append(all, g.Data...)
			}
			if !bytes.HasPrefix(m, all) {
				t.Fatalf("%s cut at %d: got %x", format, n, all)
			}
			if format != dump.Hex && format != dump.Base64 && len(all) < n/5-16 {
				t.Fatalf("%s cut at %d: only %d bytes", format, n, len(all))
			}
		}
	}
}

// Whatever the tools print, cut anywhere, ends in an answer.
func TestFixturesCutAnywhere(t *testing.T) {
	for _, c := range tools() {
		whole := file(t, "tools/"+c.file)
		for n := 0; n < len(whole); n += 13 {
			checkAll(t, whole[:n], dump.Options{})
		}
	}
}

// Lines have the number that a person counts, and the offset that a program seeks.
func TestPlacesOfLines(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2003))
		var input strings.Builder
		var want []string
		line := 1
		for range 50 {
			if r.IntN(3) > 0 {
				fmt.Fprintf(&input, "%s%s", strings.Repeat(" ", r.IntN(3)), echo)
				want = append(want, fmt.Sprintf("%d %d", line, input.Len()-len(echo)))
			}
			// A '\r' alone before a '\n' would be one end, so the two never meet.
			input.WriteString([]string{"\n", "\r\n", "\r \r\n"}[r.IntN(3)])
			line = 1 + strings.Count(strings.ReplaceAll(input.String(), "\r\n", "\n"), "\n") + strings.Count(strings.ReplaceAll(input.String(), "\r\n", ""), "\r")
		}
		for i, g := range records(t, input.String(), dump.Options{Wrap: dump.WrapLine}) {
			if got := fmt.Sprintf("%d %d", g.Line, g.Offset); got != want[i] {
				t.Fatalf("seed %d: record %d at %s, want %s", seed, i, got, want[i])
			}
		}
	}
}

// Messages of one channel, one a line, are not taken for one message that is wrapped,
// whatever their lengths; and one that is wrapped is not taken for several.
func TestWrapIsTold(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 60))
		n := 20 + r.IntN(100)
		var lines, want []string
		for i := range 2 + r.IntN(6) {
			size := n
			if i > 0 && r.IntN(2) == 0 {
				size += r.IntN(20)
			}
			digits := "6000030000" + hex.EncodeToString(random(r, size))
			lines, want = append(lines, digits), append(want, digits)
		}
		wantData(t, records(t, strings.Join(lines, "\n"), dump.Options{}), want...)

		one := "6000030000" + hex.EncodeToString(random(r, 150+r.IntN(300)))
		width := []int{60, 32, 64, 80, 48}[r.IntN(5)]
		wantData(t, records(t, wrap(one, width), dump.Options{}), one)
	}
}
