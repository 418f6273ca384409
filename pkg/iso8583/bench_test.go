package iso8583_test

import (
	"testing"

	moov "github.com/moov-io/iso8583"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// benchMessage is a 0100 of 369 bytes or so: 20 fields and 20 EMV data objects.
func benchMessage(tb testing.TB, spec *iso8583.Spec) []byte {
	tb.Helper()
	m := spec.NewMessage("0100")
	for _, kv := range authorization() {
		if err := m.Set(kv[0], kv[1]); err != nil {
			tb.Fatal(err)
		}
	}
	raw, err := m.Pack()
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"iso87-ascii", "iso87-bcd"} {
		spec, err := dialect.Load(name)
		if err != nil {
			b.Fatal(err)
		}
		raw := benchMessage(b, spec)
		b.Run(name+"/spans", func(b *testing.B) {
			var l iso8583.Layout
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if err := spec.Decode(raw, &l); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/unpack", func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := spec.Unpack(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
		oracle := oracleOf(b, spec)
		b.Run(name+"/moov", func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if err := moov.NewMessage(oracle).Unpack(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPack(b *testing.B) {
	spec := ascii(b)
	m, err := spec.Unpack(benchMessage(b, spec))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Pack(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	spec := ascii(b)
	raw := benchMessage(b, spec)
	b.ReportAllocs()
	for b.Loop() {
		spec.Explain(raw, "en")
	}
}

func BenchmarkLoad(b *testing.B) {
	b.Run("dialect", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := dialect.ISO87ASCII(); err != nil {
				b.Fatal(err)
			}
		}
	})
	data := exported(b, ascii(b))
	b.Run("json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := iso8583.LoadSpec(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
