package dump_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// byBlocks reads an input by blocks.
func byBlocks(tb testing.TB, r io.Reader, opts dump.Options) []found {
	tb.Helper()
	blocks, ok := dump.NewReader(r, opts).Blocks()
	if !ok {
		tb.Fatal("no blocks")
	}
	var all []found
	var dst, buf []byte
	next := int64(-1)
	for {
		block, err := blocks.Next(dst)
		if errors.Is(err, io.EOF) {
			return all
		}
		var fault *dump.Error
		if errors.As(err, &fault) {
			all, next = append(all, found{err: fault}), -1
			continue
		}
		if err != nil {
			tb.Fatal(err)
		}
		if next >= 0 && block.Offset != next {
			tb.Fatalf("a block at %d behind one that ended at %d", block.Offset, next)
		}
		dst, next = block.Data, block.Offset+int64(len(block.Data))
		for rec, err := range block.Records(buf) {
			errors.As(err, &fault)
			rec.Data, rec.Text = bytes.Clone(rec.Data), bytes.Clone(rec.Text)
			if err == nil {
				fault = nil
			}
			all = append(all, found{rec, fault})
		}
	}
}

// Blocks give what Next gives, whatever ends the lines.
func TestBlocks(t *testing.T) {
	var input strings.Builder
	m := hex.EncodeToString(message())
	for i := range 6000 {
		input.WriteString(m[:40+2*(i%100)])
		input.WriteString([]string{"\n", "\r\n", "\r", "\n\n", " \r\r\n"}[i%5])
		switch i % 97 {
		case 3:
			input.WriteString(m[:41] + "\n")
		case 5:
			input.WriteString("2026-11-23 10:11:12 > " + m + "\nnothing\n")
		case 7:
			input.WriteString(m[:30] + "ZZ" + m + "\n")
		}
	}
	for name, tt := range map[string]string{
		"mixed":              input.String(),
		"CR alone":           strings.ReplaceAll(strings.ReplaceAll(input.String(), "\r", ""), "\n", "\r"),
		"CRLF":               strings.ReplaceAll(strings.ReplaceAll(input.String(), "\r", ""), "\n", "\r\n"),
		"without an end":     strings.TrimSpace(input.String()),
		"a mark":             "\xEF\xBB\xBF" + input.String(),
		"one line":           m,
		"ends in half CRLF":  m + "\r",
		"ends in empty ones": m + "\n\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			opts := dump.Options{Wrap: dump.WrapLine}
			want := drain(t, dump.NewReader(strings.NewReader(tt), opts))
			got := byBlocks(t, strings.NewReader(tt), opts)
			sameFound(t, got, want)
			for i := range got {
				if g, w := got[i].err, want[i].err; g != nil && *g != *w {
					t.Fatalf("%d: got %+v, want %+v", i, g, w)
				}
			}
			sameFound(t, byBlocks(t, iotest.HalfReader(strings.NewReader(tt)), opts), want)
		})
	}
}

func TestBlocksOfOtherFormats(t *testing.T) {
	for name, input := range map[string]string{
		"wrapped": wrap(hex.EncodeToString(message()), 60), "rows": halved(message()), "raw": string(message()),
		"UTF-16": encode16(echo+"\n"+answer, "\xFF\xFE", 0),
	} {
		r := dump.NewReader(strings.NewReader(input), dump.Options{})
		if _, ok := r.Blocks(); ok {
			t.Errorf("%s: blocks", name)
		}
		if _, err := r.Next(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBlocksLongLine(t *testing.T) {
	long := strings.Repeat("3", 1<<20)
	opts := dump.Options{Format: dump.Hex, Wrap: dump.WrapLine, MaxRecord: 64}
	got := byBlocks(t, strings.NewReader(echo+"\n"+long+"\n"+answer+"\n"), opts)
	if len(got) != 3 {
		t.Fatalf("got %d", len(got))
	}
	wantData(t, got[:1], echo)
	wantFault(t, got[1], dump.ErrTooLong, 2)
	wantData(t, got[2:], answer)
	if got[2].Line != 3 {
		t.Errorf("line %d", got[2].Line)
	}
}

func TestBlocksOfABrokenInput(t *testing.T) {
	broken := errors.New("the disk is on fire")
	r := dump.NewReader(io.MultiReader(strings.NewReader(echo+"\n"+answer), iotest.ErrReader(broken)), dump.Options{})
	blocks, _ := r.Blocks()
	for {
		_, err := blocks.Next(nil)
		if err == nil {
			continue
		}
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		return
	}
}

func TestBlockStopsWhenAsked(t *testing.T) {
	blocks, _ := dump.NewReader(strings.NewReader(strings.Repeat(echo+"\n", 9)), dump.Options{}).Blocks()
	block, err := blocks.Next(nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range block.Records(nil) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("got %d", n)
	}
}

func TestBlocksAllocateNothing(t *testing.T) {
	input := strings.Repeat(hex.EncodeToString(message())+"\n", 900)
	blocks, _ := dump.NewReader(strings.NewReader(input), dump.Options{}).Blocks()
	block, err := blocks.Next(nil)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(10, func() {
		for range block.Records(buf) {
		}
	}); n > 3 {
		t.Errorf("%v allocations a block of 900 lines", n)
	}
}

func BenchmarkBlocks(b *testing.B) {
	input := bytes.Repeat(append([]byte(hex.EncodeToString(bytes.Repeat(message(), 3)[:369])), '\n'), 20000)
	b.SetBytes(int64(len(input)))
	buf := make([]byte, 0, 4096)
	var dst []byte
	for b.Loop() {
		blocks, _ := dump.NewReader(bytes.NewReader(input), dump.Options{}).Blocks()
		n := 0
		for {
			block, err := blocks.Next(dst)
			if err != nil {
				break
			}
			dst = block.Data
			for rec := range block.Records(buf) {
				n += len(rec.Data)
			}
		}
		if n != 369*20000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	line := append([]byte(hex.EncodeToString(bytes.Repeat(message(), 3)[:369])), '\n')
	for name, input := range map[string][]byte{
		"hex":     bytes.Repeat(line, 10000),
		"log":     bytes.Repeat(append([]byte("2026-11-23 10:11:12.345 DEBUG [main] > "), line...), 10000),
		"rows":    bytes.Repeat([]byte(halved(message())), 10000),
		"capture": pcap(b, many(10000)...),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(input)))
			b.ReportAllocs()
			for b.Loop() {
				r := dump.NewReader(bytes.NewReader(input), dump.Options{})
				for {
					if _, err := r.Next(); errors.Is(err, io.EOF) {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// many are requests of one connection.
func many(n int) []segment {
	m := string(message())
	all := make([]segment, n)
	for i := range all {
		all[i] = client(uint32(1+i*len(m)), psh|ack, m)
	}
	return all
}
