package dump_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// endless is an input of n bytes that repeats a pattern and is nowhere in memory.
type endless struct {
	head, pattern []byte
	at, n         int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.at == e.n {
		return 0, io.EOF
	}
	p = p[:min(len(p), e.n-e.at)]
	for i := range p {
		if at := e.at + i; at < len(e.head) {
			p[i] = e.head[at]
		} else {
			p[i] = e.pattern[(at-len(e.head))%len(e.pattern)]
		}
	}
	e.at += len(p)
	return len(p), nil
}

// Whatever is read, and however it is announced, memory stays bounded and the reader
// comes to an end.
func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a hundred megabytes")
	}
	const size = 8 << 20
	ng := pcapng(t)
	block := binary.LittleEndian.AppendUint32(nil, 6)
	block = binary.LittleEndian.AppendUint32(block, 0xFFFFFFFC)
	for name, tt := range map[string]struct {
		head, pattern string
		format        dump.Format
	}{
		"one digit":               {"", "3", dump.Unknown},
		"one digit, as text":      {"", "3", dump.Text},
		"one digit, as base64":    {"", "3", dump.Base64},
		"one digit, as rows":      {"", "3", dump.XXD},
		"short lines of digits":   {"", "30\n", dump.Unknown},
		"digits that are wrapped": {"", "303030303030303030303030303030303030303030303030303030303030\n", dump.Unknown},
		"commas":                  {"", "0x30,\n", dump.Hex},
		"line ends":               {"", "\n", dump.Unknown},
		"carriage returns":        {"", "\r", dump.Unknown},
		"blanks":                  {"", " ", dump.Unknown},
		"zeros":                   {"", "\x00", dump.Unknown},
		"zeros, as hex":           {"", "\x00", dump.Hex},
		"rows that never end":     {"", "", dump.Rows},
		"a row again and again":   {"", "00000000  30 |0|\n", dump.Unknown},
		"entries of a log":        {"", "<log realm=\"a\" at=\"b\">\n<isomsg>\n", dump.Unknown},
		"an entry without end":    {"<log realm=\"a\">\n", "<isomsg>", dump.Unknown},
		"a packet without end":    {string(pcap(t)) + "\x00\x00\x00\x00\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "x", dump.Unknown},
		"a block without end":     {string(ng) + string(block), "x", dump.Unknown},
		"interfaces":              {string(ng), "\x01\x00\x00\x00\x14\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00", dump.Unknown},
		"empty packets":           {string(pcap(t)), string(make([]byte, 16)), dump.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			var input io.Reader = &endless{head: []byte(tt.head), pattern: []byte(tt.pattern), n: size}
			if tt.pattern == "" {
				input = &growingRows{n: 200000}
			}
			measured := measure(input)
			r := dump.NewReader(measured, dump.Options{Format: tt.format})
			for {
				_, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				var fault *dump.Error
				if err != nil && !errors.As(err, &fault) {
					t.Fatal(err)
				}
			}
			if measured.most > 16<<20 {
				t.Errorf("%d MiB", measured.most>>20)
			}
		})
	}
}

// growingRows are rows whose offsets go on and on.
type growingRows struct {
	n, at int
	rest  []byte
}

func (g *growingRows) Read(p []byte) (int, error) {
	if len(g.rest) == 0 {
		if g.at == g.n {
			return 0, io.EOF
		}
		g.rest = append(g.rest, "00000000: 3030 3030 3030 3030\n"...)
		const digits = "0123456789abcdef"
		for i, v := 7, g.at*8; i >= 0; i, v = i-1, v>>4 {
			g.rest[i] = digits[v&15]
		}
		g.at++
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// measured is an input that looks at the memory in use each time a megabyte was read.
type measured struct {
	r            io.Reader
	before, most int64
	read, looked int
}

func measure(r io.Reader) *measured {
	m := &measured{r: r}
	m.before = inUse()
	return m
}

func (m *measured) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if m.read += n; m.read-m.looked >= 1<<20 || err != nil {
		m.looked = m.read
		m.most = max(m.most, inUse()-m.before)
	}
	return n, err
}

// inUse is how many bytes are in use once the garbage is gone.
func inUse() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// A capture of many connections, none of which ever pushes, holds no more than allowed.
func TestCaptureMemoryIsBounded(t *testing.T) {
	packet := ethernet(t, client(1, 0, string(make([]byte, 1000))))
	file := pcap(t)
	r, w := io.Pipe()
	go func() {
		w.Write(file)
		head := make([]byte, 16)
		binary.LittleEndian.PutUint32(head[8:], uint32(len(packet)))
		binary.LittleEndian.PutUint32(head[12:], uint32(len(packet)))
		var all bytes.Buffer
		for i := range 40000 {
			binary.BigEndian.PutUint16(packet[34:], uint16(i))    // source port
			binary.BigEndian.PutUint32(packet[38:], uint32(i>>2)) // sequence number
			all.Write(head)
			all.Write(packet)
			if all.Len() > 1<<16 {
				w.Write(all.Bytes())
				all.Reset()
			}
		}
		w.Write(all.Bytes())
		w.Close()
	}()
	total := 0
	input := measure(r)
	reader := dump.NewReader(input, dump.Options{MaxPending: 1 << 20})
	for {
		rec, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		total += len(rec.Data)
	}
	if input.most > 12<<20 || total != 40000*1000 {
		t.Errorf("%d MiB for %d bytes", input.most>>20, total)
	}
}
