package bulk_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/bulk"
)

// again is an input of one text again and again.
type again struct {
	text []byte
	left int64
	at   int
}

func (a *again) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && a.left > 0 {
		c := copy(p[n:min(int64(len(p)), int64(n)+a.left)], a.text[a.at:])
		n, a.at, a.left = n+c, (a.at+c)%len(a.text), a.left-int64(c)
	}
	return n, nil
}

// BenchmarkLines: 64 MB of hex lines to masked JSON lines, on all processors.
func BenchmarkLines(b *testing.B) {
	line := append(bytes.ToUpper([]byte(hex.EncodeToString(authorization(b)))), '\n')
	size := int64(64 << 20 / len(line) * len(line))
	for _, o := range []struct {
		name string
		bulk.Options
	}{{"full", bulk.Options{}}, {"compact", bulk.Options{Compact: true}}} {
		b.Run(o.name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				t, err := bulk.Explain(context.Background(), io.Discard, o.Options, bulk.Input{Reader: &again{text: line, left: size}})
				if err != nil || !t.AllSound() {
					b.Fatal(t, err)
				}
			}
		})
	}
	b.Run("stats", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			if s, err := bulk.Measure(context.Background(), bulk.Options{}, bulk.Input{Reader: &again{text: line, left: size}}); err != nil || !s.AllSound() {
				b.Fatal(s, err)
			}
		}
	})
}
