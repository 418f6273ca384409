package hostsim_test

import (
	"context"
	"testing"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv/ac"
)

// BenchmarkServeISO is the host's share of a message: one commit each for what is
// written down, none for a repeat.
func BenchmarkServeISO(b *testing.B) {
	for _, bc := range []struct {
		name string
		make func(*shop, till.STAN) till.Request
	}{
		{"sale", func(s *shop, stan till.STAN) till.Request {
			return s.sale(stan, amount(b, "12.50"), pan(b, "4111111111111111"))
		}},
		{"chip", func(s *shop, stan till.STAN) till.Request {
			c, a := visa(ac.CVN10), amount(b, "12.50")
			icc, _ := c.sign(b, c.values(a))
			return s.chipSale(stan, a, c, icc)
		}},
		{"repeat", func(s *shop, _ till.STAN) till.Request {
			return s.sale(1, amount(b, "12.50"), pan(b, "4111111111111111"))
		}},
		{"echo", func(s *shop, stan till.STAN) till.Request { return s.request(till.OpEcho, stan) }},
	} {
		b.Run(bc.name, func(b *testing.B) {
			h := open(b, b.TempDir())
			s := newShop(b, h)
			b.ReportAllocs()
			stan := till.STAN(0)
			for b.Loop() {
				b.StopTimer()
				if stan++; stan > till.MaxSTAN {
					s.batch, stan = s.batch+1, 1
				}
				m, err := s.profile.Request(bc.make(s, stan))
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if _, err := h.ServeISO(context.Background(), m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
