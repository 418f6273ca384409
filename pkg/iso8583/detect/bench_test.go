package detect_test

import (
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// benchmarked is a chip authorization as iso87-bcd behind a length and a TPDU.
func benchmarked(b *testing.B) []byte {
	b.Helper()
	r := newMaker(b, 8)
	spec, err := dialect.Load("iso87-bcd")
	if err != nil {
		b.Fatal(err)
	}
	m := spec.NewMessage("0100")
	for num, f := range spec.Definition().Fields {
		switch num {
		case "2", "3", "4", "7", "11", "12", "13", "14", "18", "22", "25", "35", "37", "41", "42", "43", "49", "52", "55":
			if err := m.Set(num, r.value("0100", num, f, "4111111111111111", "1123024011")); err != nil {
				b.Fatal(err)
			}
		}
	}
	body, err := m.Pack()
	if err != nil {
		b.Fatal(err)
	}
	return r.wrap("binary2+tpdu", body)
}

// Cold: a detector is made and compiles what one message needs.
func BenchmarkDetectCold(b *testing.B) {
	raw := benchmarked(b)
	b.ReportAllocs()
	for b.Loop() {
		d, err := detect.New(detect.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if r := d.Detect(raw); r.Confidence != detect.Sure {
			b.Fatal(r.Confidence)
		}
	}
}

func BenchmarkDetect(b *testing.B) {
	raw := benchmarked(b)
	d := newDetector(b, detect.Options{})
	b.ReportAllocs()
	for b.Loop() {
		if r := d.Detect(raw); r.Confidence != detect.Sure {
			b.Fatal(r.Confidence)
		}
	}
}

func BenchmarkSessionNext(b *testing.B) {
	raw := benchmarked(b)
	s := newDetector(b, detect.Options{}).Session()
	var l iso8583.Layout
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if m := s.Next(raw, &l); m.Confidence != detect.Sure {
			b.Fatal(m.Confidence)
		}
	}
}

// Decode alone, to hold the session against.
func BenchmarkDecode(b *testing.B) {
	raw := benchmarked(b)
	r := newDetector(b, detect.Options{}).Detect(raw)
	var l iso8583.Layout
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if err := r.Best.Spec.Decode(raw[r.Best.Start:r.Best.End], &l); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSessionForeign(b *testing.B) {
	s := newDetector(b, detect.Options{}).Session()
	var l iso8583.Layout
	raw := foreign()["log"]
	b.ReportAllocs()
	for b.Loop() {
		if m := s.Next(raw, &l); m.Spec != nil {
			b.Fatal("a line of a log is a message")
		}
	}
}

// A message with a fault is looked at in full, every time.
func BenchmarkSessionBroken(b *testing.B) {
	s := newDetector(b, detect.Options{}).Session()
	var l iso8583.Layout
	raw := benchmarked(b)
	raw = raw[:len(raw)-9]
	b.ReportAllocs()
	for b.Loop() {
		if m := s.Next(raw, &l); m.Err == nil {
			b.Fatal("a cut message is sound")
		}
	}
}

func BenchmarkSplitBroken(b *testing.B) {
	d := newDetector(b, detect.Options{})
	raw := benchmarked(b)
	raw = raw[:len(raw)-9]
	b.ReportAllocs()
	for b.Loop() {
		d.Split(raw)
	}
}
