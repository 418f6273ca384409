package hostsim_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// A day in words: what goes over the wire, both ways, of every message there is. A
// reader who wants to know the protocol can start at testdata/day.en.golden.
func TestDayInWords(t *testing.T) {
	for _, tc := range []struct{ profile, lang string }{{"iso87-ascii", "en"}, {"iso87-bcd", "zh"}} {
		p, err := host.Load(tc.profile)
		if err != nil {
			t.Fatal(err)
		}
		h := open(t, t.TempDir())
		s := newShop(t, h)
		s.profile = p
		var out strings.Builder
		s.ask = func(m *iso8583.Message) (*iso8583.Message, error) {
			a, err := h.ServeISO(context.Background(), m)
			out.WriteString(inWords(t, m, tc.lang))
			if a == nil {
				out.WriteString("–\n\n") // the answer is lost
			} else {
				out.WriteString(inWords(t, a, tc.lang))
			}
			return a, err
		}
		for _, r := range aDay(s, h) {
			_, _ = s.send(r())
		}
		golden(t, "day."+tc.lang+".golden", out.String())
	}
}

// aDay are the requests of one day, each made when those before it have been answered.
func aDay(s *shop, h *hostsim.Host) []func() till.Request {
	yuan := func(text string) func() till.Request {
		return func() till.Request { return s.sale(4, amount(s.t, text), pan(s.t, "5413330089010434")) }
	}
	return []func() till.Request{
		func() till.Request { return s.request(till.OpSignOn, 1) },
		func() till.Request { return s.request(till.OpEcho, 2) },
		func() till.Request {
			c, a := visa(ac.CVN10), amount(s.t, "12.50")
			return s.chipSale(3, a, c, s.ordered(c, a))
		},
		yuan("10.68"),
		func() till.Request { return s.reversal(4, amount(s.t, "10.68"), false) },
		func() till.Request { return s.reversal(4, amount(s.t, "10.68"), true) },
		func() till.Request {
			r := s.sale(5, amount(s.t, "10.51"), pan(s.t, "4111111111111111"))
			r.Txn.Entry, r.Card.Track2 = till.Swipe, track2(s.t, "4111111111111111=31121010000000000")
			return r
		},
		func() till.Request { return s.refer(till.Refund, 6, amount(s.t, "2.50"), 3) },
		func() till.Request { return s.sale(7, amount(s.t, "8.00"), pan(s.t, "4111111111111111")) },
		func() till.Request { return s.refer(till.Void, 8, amount(s.t, "8.00"), 7) },
		func() till.Request { return s.totals(9, till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 1250}) },
		func() till.Request {
			ours, err := h.Totals(s.t.Context(), s.terminal, s.batch)
			if err != nil {
				s.t.Fatal(err)
			}
			return s.totals(10, ours)
		},
	}
}

// ordered is field 55 in the order of its tags, so that it is the same in every run.
func (s *shop) ordered(c chipCard, a money.Amount) []byte {
	s.t.Helper()
	signed, _ := c.sign(s.t, c.values(a))
	tree, err := emv.Parse(signed, emv.Strict)
	if err != nil {
		s.t.Fatal(err)
	}
	slices.SortFunc(tree, func(a, b emv.Node) int { return int(a.Tag) - int(b.Tag) })
	var icc []byte
	for _, n := range tree {
		icc = emv.AppendTLV(icc, n.Tag, n.Value)
	}
	return icc
}

// inWords is a message with the name, the value and the meaning of each of its fields.
func inWords(t *testing.T, m *iso8583.Message, lang string) string {
	t.Helper()
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	x := m.Spec().Explain(raw, lang)
	if x.Error != nil || len(x.Warnings) > 0 {
		t.Errorf("%s: %+v, warnings %q", m, x.Error, x.Warnings)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s\n", x.MTI, x.MTI.Describe(lang))
	for _, f := range x.Fields {
		if f.Path == "0" || f.Path == "1" {
			continue
		}
		fmt.Fprintf(&out, "%10s  %s: %s", f.Path, f.Name, f.Value)
		if f.Meaning != "" {
			fmt.Fprintf(&out, " (%s)", f.Meaning)
		}
		out.WriteString("\n")
	}
	return out.String() + "\n"
}
