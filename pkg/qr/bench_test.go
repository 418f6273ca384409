package qr_test

import (
	"testing"

	"github.com/tillworks/till/pkg/qr"
)

// benchCode is as long and as nested as a QRIS code in use: 208 bytes, 20 objects.
func benchCode() string {
	return merchant("010211" + "26610014COM.EXAMPLE.WW01189360012345678901230210M1234567890303UMI" +
		"51440014ID.CO.QRIS.WWW0215ID10000000000010303UMI" + "52045812" + "5303360" + "5802ID" + "5909Bluebird3" + "6015Bandung deket r" + "610540257" + "62090705PT200")
}

func BenchmarkParse(b *testing.B) {
	code := benchCode()
	if c := parsed(b, code); len(code) != 208 || c.Scheme() != "qris" {
		b.Fatalf("%d bytes of %s", len(code), c.Scheme())
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := qr.Parse(code); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	code := benchCode()
	b.ReportAllocs()
	for b.Loop() {
		if x := qr.Explain(code, "en"); !x.Valid {
			b.Fatal(x.Findings)
		}
	}
}

// A parse of a code in use allocates a handful of times: the text, the objects, the code.
func TestParseAllocations(t *testing.T) {
	code := benchCode()
	if n := testing.AllocsPerRun(100, func() { _, _ = qr.Parse(code) }); n >= 10 {
		t.Errorf("%.0f allocations, want fewer than 10", n)
	}
}
