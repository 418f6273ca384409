package detect_test

import (
	"bytes"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// seed adds a message of every dialect behind every length, and what is no message.
func seed(f *testing.F) {
	f.Helper()
	r := newMaker(f, 13)
	for _, info := range dialect.Infos() {
		spec, err := dialect.Load(info.Name)
		if err != nil {
			f.Fatal(err)
		}
		body, err := r.message(spec, info.Versions[0]).Pack()
		if err != nil {
			f.Fatal(err)
		}
		one := r.wrap(framed(r.of(lengths()...), info, true), body)
		f.Add(one)
		f.Add(append(bytes.Clone(one), one[:len(one)/2]...))
	}
	for _, raw := range foreign() {
		f.Add(raw)
	}
}

// Whatever the bytes are: what is said of them can be read again, and who is sure is
// sure of bytes that are read to the last one.
func FuzzDetect(f *testing.F) {
	seed(f)
	d := newDetector(f, detect.Options{})
	s := d.Session()
	var l iso8583.Layout
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 4096 {
			return
		}
		r := d.Detect(raw)
		if (r.Best == nil) != (r.Confidence == "") || len(r.Ranked) > detect.RankedMost {
			t.Fatalf("%q of %d candidates", r.Confidence, len(r.Ranked))
		}
		for i := range r.Ranked {
			checkCandidate(t, raw, &r.Ranked[i])
		}
		if r.Confidence == detect.Sure && (!r.Best.Sound || r.Best.Total != len(raw)) {
			t.Fatalf("sure of %d bytes of %d", r.Best.Total, len(raw))
		}
		m := s.Next(raw, &l)
		if m.Confidence == detect.Sure && (m.Err != nil || l.Len() == 0) {
			t.Fatalf("a session is sure of a message with a fault: %v", m.Err)
		}
	})
}

func checkCandidate(t *testing.T, raw []byte, c *detect.Candidate) {
	t.Helper()
	if c.Start < 0 || c.Start >= c.End || c.End > len(raw) || c.Spec == nil {
		t.Fatalf("%s from %d to %d of %d bytes", c.Dialect, c.Start, c.End, len(raw))
	}
	f, err := detect.ParseFraming(c.Framing)
	if err != nil || f.String() != c.Framing {
		t.Fatalf("framing %q: %v", c.Framing, err)
	}
	if start, _, _ := f.Strip(raw); start != c.Start {
		t.Fatalf("framing %s strips %d bytes, the message is at %d", f, start, c.Start)
	}
	sum := 0
	for _, e := range c.Evidence {
		sum += e.Points
		if e.Offset < 0 || e.Offset > len(raw) || e.In("en") == "" || e.In("zh") == "" {
			t.Fatalf("evidence at %d: %q", e.Offset, e.In("en"))
		}
	}
	if sum != c.Score {
		t.Fatalf("the evidence of %s adds up to %d, the score is %d", c.Dialect, sum, c.Score)
	}
}

// The pieces of a run of bytes are parts of it in their order, and what is between them
// is frames of no length.
func FuzzSplit(f *testing.F) {
	seed(f)
	d := newDetector(f, detect.Options{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1024 {
			return
		}
		at := 0
		for _, p := range d.Split(raw) {
			if p.Offset < at || p.Offset+len(p.Data) > len(raw) || !bytes.Equal(raw[p.Offset:p.Offset+len(p.Data)], p.Data) || len(p.Data) == 0 {
				t.Fatalf("a piece of %d bytes at %d after %d", len(p.Data), p.Offset, at)
			}
			if gap := p.Offset - at; gap > 0 && len(bytes.Trim(raw[at:p.Offset], "\x00\x020")) > 0 {
				t.Fatalf("%d bytes before %d are left out", gap, p.Offset)
			}
			at = p.Offset + len(p.Data)
		}
		splitSlowly(t, d, raw)
	})
}

// splitSlowly feeds a splitter byte by byte: all that went in comes out.
func splitSlowly(t *testing.T, d *detect.Detector, raw []byte) {
	t.Helper()
	s := d.Splitter()
	size := max(1, len(raw)/3)
	for part := raw; len(part) > 0; part = part[min(size, len(part)):] {
		if _, err := s.Write(part[:min(size, len(part))]); err != nil {
			t.Fatal(err)
		}
	}
	_ = s.Close()
	at := 0
	for p, ok := s.Next(); ok; p, ok = s.Next() {
		if p.Offset < at || p.Offset+len(p.Data) > len(raw) || !bytes.Equal(raw[p.Offset:p.Offset+len(p.Data)], p.Data) {
			t.Fatalf("%d bytes at %d of a stream of %d", len(p.Data), p.Offset, len(raw))
		}
		at = p.Offset + len(p.Data)
	}
}

// A name of a framing is read or refused, and is its own name.
func FuzzParseFraming(f *testing.F) {
	for _, name := range append(detect.Framings(), "binary2+tpdu+unionpay6", "ascii4+header12", "header0", "tpdu+binary2", "+", "") {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		framing, err := detect.ParseFraming(name)
		if err != nil {
			return
		}
		if again, err := detect.ParseFraming(framing.String()); err != nil || again != framing || name != "" && framing.String() != name {
			t.Fatalf("%q calls itself %q: %v", name, framing, err)
		}
	})
}
