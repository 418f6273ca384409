package detect_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// Several messages of a dialect in one run of bytes come apart where they were joined.
func TestSplit(t *testing.T) {
	d := newDetector(t, detect.Options{})
	all := specs(t)
	r := newMaker(t, 9)
	for _, info := range dialect.Infos() {
		for _, length := range lengths() {
			framing := framed(length, info, r.IntN(2) == 0)
			var run []byte
			var want []int
			for range 2 + r.IntN(6) {
				m := r.message(all[info.Name], info.Versions[0])
				body, err := m.Pack()
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, len(run))
				run = append(run, r.wrap(framing, body)...)
			}
			pieces := d.Split(run)
			if len(pieces) != len(want) {
				t.Errorf("%s behind %s: %d pieces, want %d", info.Name, framing, len(pieces), len(want))
				continue
			}
			for i, p := range pieces {
				if p.Offset != want[i] || p.Framing != framing || p.Partial || p.Result.Best == nil || !p.Result.Best.Sound {
					t.Errorf("%s behind %s: piece %d at %d behind %s, want %d", info.Name, framing, i, p.Offset, p.Framing, want[i])
				}
			}
		}
	}
}

// Whatever a run of bytes is, its pieces cover it: in order, and nothing but frames of no
// length between them.
func TestSplitCovers(t *testing.T) {
	d := newDetector(t, detect.Options{})
	for name, raw := range foreign() {
		if pieces := d.Split(raw); len(pieces) != 1 || len(pieces[0].Data) != len(raw) || pieces[0].Result.Best != nil {
			t.Errorf("%s: %d pieces", name, len(pieces))
		}
	}
}

// An unfinished last message is told, with the bytes that it would have.
func TestSplitUnfinished(t *testing.T) {
	d := newDetector(t, detect.Options{})
	spec := specs(t)["iso87-bcd"]
	r := newMaker(t, 10)
	body, err := r.message(spec, "0").Pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, framing := range []string{"binary2", "binary2+tpdu", "ascii4", "bcd2", "hex4", "binary4", "vml4", "stx"} {
		one := r.wrap(framing, body)
		for cut := 1; cut < len(one); cut++ {
			run := append(bytes.Repeat(one, 3), one[:cut]...)
			pieces := d.Split(run)
			if len(pieces) != 4 {
				t.Fatalf("%s cut at %d: %d pieces, want 4", framing, cut, len(pieces))
			}
			last := pieces[3]
			if !last.Partial || last.Offset != 3*len(one) || len(last.Data) != cut {
				t.Fatalf("%s cut at %d: %d bytes at %d, partial %v", framing, cut, len(last.Data), last.Offset, last.Partial)
			}
			if last.Want != 0 && last.Want != len(one) {
				t.Fatalf("%s cut at %d: %d bytes are wanted, want %d", framing, cut, last.Want, len(one))
			}
			if cut > 5 && last.Want == 0 {
				t.Fatalf("%s cut at %d: nothing is said of what is wanted", framing, cut)
			}
		}
	}
}

// A frame of no length keeps a connection alive and is no message.
func TestSplitKeepAlive(t *testing.T) {
	r := newMaker(t, 11)
	body, err := r.message(specs(t)["iso87-ascii"], "0").Pack()
	if err != nil {
		t.Fatal(err)
	}
	one := r.wrap("binary2", body)
	run := strings.Join([]string{"\x00\x00", string(one), "\x00\x00\x00\x00", string(one), "\x00\x00"}, "")
	pieces := newDetector(t, detect.Options{}).Split([]byte(run))
	if len(pieces) != 2 || pieces[0].Offset != 2 || pieces[1].Offset != len(one)+6 {
		t.Errorf("%d pieces", len(pieces))
	}
}

// What arrives on a connection comes apart the same however it is cut.
func TestSplitter(t *testing.T) {
	d := newDetector(t, detect.Options{})
	all := specs(t)
	r := newMaker(t, 12)
	for _, info := range dialect.Infos() {
		for _, length := range lengths() {
			framing := framed(length, info, r.IntN(2) == 0)
			var stream []byte
			var want [][]byte
			for range 6 {
				body, err := r.message(all[info.Name], info.Versions[0]).Pack()
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, r.wrap(framing, body))
				stream = append(stream, want[len(want)-1]...)
			}
			s := d.Splitter()
			var got []detect.Piece
			for at := 0; at < len(stream); {
				n := min(1+r.IntN(90), len(stream)-at)
				if _, err := s.Write(stream[at : at+n]); err != nil {
					t.Fatal(err)
				}
				at += n
				for p, ok := s.Next(); ok; p, ok = s.Next() {
					got = append(got, p)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			for p, ok := s.Next(); ok; p, ok = s.Next() {
				got = append(got, p)
			}
			if len(got) != len(want) {
				t.Errorf("%s behind %s: %d messages, want %d", info.Name, framing, len(got), len(want))
				continue
			}
			offset := 0
			for i, p := range got {
				if p.Offset != offset || !bytes.Equal(p.Data, want[i]) || p.Framing != framing {
					t.Errorf("%s behind %s: message %d at %d behind %s", info.Name, framing, i, p.Offset, p.Framing)
				}
				offset += len(p.Data)
			}
		}
	}
}

// A connection that carries no messages costs bounded memory, and is handed out whole.
func TestSplitterForeign(t *testing.T) {
	s := newDetector(t, detect.Options{}).Splitter()
	line := []byte(strings.Repeat("nothing of this is a message. ", 40))
	total, pieces := 0, 0
	for range 500 {
		if _, err := s.Write(line); err != nil {
			t.Fatal(err)
		}
		for p, ok := s.Next(); ok; p, ok = s.Next() {
			if p.Framing != "none" || p.Offset != total {
				t.Fatalf("a message at %d, want nothing at %d", p.Offset, total)
			}
			total, pieces = total+len(p.Data), pieces+1
		}
	}
	_ = s.Close()
	for p, ok := s.Next(); ok; p, ok = s.Next() {
		total, pieces = total+len(p.Data), pieces+1
	}
	if total != 500*len(line) || pieces < 4 {
		t.Errorf("%d of %d bytes in %d pieces", total, 500*len(line), pieces)
	}
}
