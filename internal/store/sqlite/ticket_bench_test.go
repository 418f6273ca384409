package sqlite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// BenchmarkTicket is what the second commit of a card sale of three lines costs beside
// what the disk does, in a folder in memory that TILL_BENCH_DIR names: the outcome, three
// stock moves, points, and the sums of the reports. begin-p50 is the first commit, which
// stores the ticket and keeps its goods back.
func BenchmarkTicket(b *testing.B) {
	memory := os.Getenv("TILL_BENCH_DIR")
	if memory == "" {
		b.Skip("TILL_BENCH_DIR names no folder in memory")
	}
	dir, err := os.MkdirTemp(memory, "till")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := open(b, dir, sqlite.Options{Stock: till.StockRefuse})
	g := newGenerator(5000, 3)
	g.stock(b, s)
	g.day(b, s, 2000)
	var begins, records []time.Duration
	for b.Loop() {
		p := g.ticket(3)
		x := p.Txns[0]
		x.Tender, x.State, x.Given = till.Card, till.Intent, money.Amount{}
		began := time.Now()
		x, err := s.Begin(context.Background(), till.NewTxn{Txn: x, Ticket: &p.Ticket, Image: make([]byte, 54)})
		if err != nil {
			b.Fatal(err)
		}
		begins = append(begins, time.Since(began))
		x.State, x.RRN, x.AuthCode = till.Approved, "000000000001", "123456"
		began = time.Now()
		if _, err := s.Record(context.Background(), x); err != nil {
			b.Fatal(err)
		}
		records = append(records, time.Since(began))
	}
	b.ReportMetric(float64(median(begins).Microseconds()), "begin-p50-µs")
	b.ReportMetric(float64(median(records).Microseconds()), "record-p50-µs")
}

// BenchmarkYear is a year of reports: each kind over the whole of it and over an odd range
// of it, and the recomputing of them all. TILL_BENCH_LINES is how many lines are sold in
// it, spread evenly over 5,000 items, which is the worst case: no day has few of them. A
// million takes minutes to sell; TILL_BENCH_YEAR names a folder that keeps them.
func BenchmarkYear(b *testing.B) {
	dir := os.Getenv("TILL_BENCH_YEAR")
	if dir == "" {
		dir = b.TempDir()
	}
	s := open(b, dir, sqlite.Options{})
	if last, err := s.Zs(b.Context()); err != nil || len(last) == 0 {
		sellYear(b, s)
	}
	for _, kind := range []till.FactKind{
		till.FactSum, till.FactItem, till.FactCategory, till.FactStaff, till.FactHour, till.FactTender, till.FactTax, till.FactDiscount, till.FactLoyalty,
	} {
		for _, q := range []till.FactQuery{{Kind: kind, From: 20260101, To: 20261231}, {Kind: kind, From: 20260115, To: 20261220}, {Kind: kind, From: 20260307, To: 20260816}} {
			b.Run(fmt.Sprintf("%s/%s..%s", kind, q.From, q.To), func(b *testing.B) {
				n := 0
				for b.Loop() {
					facts, err := s.Facts(b.Context(), q)
					if err != nil {
						b.Fatal(err)
					}
					n = len(facts)
				}
				b.ReportMetric(float64(n), "facts")
			})
		}
	}
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if err := s.VerifyFacts(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// sellYear sells as many lines as TILL_BENCH_LINES says, on each day of a year as many.
func sellYear(b *testing.B, s *sqlite.Store) {
	b.Helper()
	lines, err := strconv.Atoi(os.Getenv("TILL_BENCH_LINES"))
	if err != nil {
		lines = 36_500
	}
	g := newGenerator(5000, 3)
	g.stock(b, s)
	began := time.Now()
	for range 365 {
		g.day(b, s, lines/365)
		if _, err := s.CloseDay(b.Context(), till.Change{At: g.at}); err != nil {
			b.Fatal(err)
		}
		g.at = time.Date(g.at.Year(), g.at.Month(), g.at.Day()+1, 8, 0, 0, 0, time.UTC)
	}
	size, err := os.Stat(s.Path())
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d lines in %s, %d bytes each", g.lines, time.Since(began).Round(time.Second), size.Size()/int64(g.lines))
}

// generator makes sales that are the same in every run.
type generator struct {
	random *rand.Rand
	items  int
	most   int // lines of a ticket
	n      int
	lines  int
	at     time.Time
}

func newGenerator(items, most int) *generator {
	return &generator{random: rand.New(rand.NewPCG(1, 2)), items: items, most: most, at: time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)}
}

// stock puts the items into the catalogue and plenty of them on the shelf.
func (g *generator) stock(tb testing.TB, s *sqlite.Store) {
	tb.Helper()
	items := make([]till.Item, g.items)
	moves := make([]till.StockMove, g.items)
	for i := range items {
		sku := till.SKU(fmt.Sprintf("SKU%05d", i))
		items[i] = till.Item{ID: till.ItemID(sku), Name: "item " + string(sku), Unit: till.Each, Variants: []till.Variant{{SKU: sku, Price: money.New(1250, cny())}}}
		moves[i] = till.StockMove{SKU: sku, Quantity: till.Units(100_000), Reason: till.StockReceive, At: g.at}
	}
	if _, err := s.PutItems(context.Background(), items, till.Change{At: g.at}); err != nil {
		tb.Fatal(err)
	}
	if err := s.MoveStock(context.Background(), moves, till.StockAllow); err != nil {
		tb.Fatal(err)
	}
	if _, err := s.PutMember(context.Background(), till.Member{ID: "m1", Since: g.at}, till.Change{At: g.at}); err != nil {
		tb.Fatal(err)
	}
}

// day sells a number of lines within twelve hours, in one commit.
func (g *generator) day(tb testing.TB, s *sqlite.Store, lines int) {
	tb.Helper()
	var past []till.Past
	for sold := 0; sold < lines; {
		n := min(1+g.random.IntN(2*g.most-1), lines-sold)
		past = append(past, g.ticket(n))
		sold += n
		g.at = g.at.Add(12 * time.Hour * time.Duration(n) / time.Duration(lines+1))
	}
	if err := s.Import(context.Background(), past); err != nil {
		tb.Fatal(err)
	}
}

// ticket is a sale of n lines at this moment, paid in one go.
func (g *generator) ticket(n int) till.Past {
	id := fmt.Sprintf("%012d", g.n)
	g.n, g.lines = g.n+1, g.lines+n
	t := till.Ticket{
		ID: till.TicketID("T" + id), Key: "T" + id, Kind: till.TicketSale, Terminal: "TILL0001", Staff: till.StaffID(fmt.Sprintf("staff%d", g.random.IntN(10))),
		At: g.at, Inclusive: true, Member: "m1", Earned: int64(n),
	}
	var m till.Sums
	for i := range n {
		l := g.line(i + 1)
		t.Lines = append(t.Lines, l)
		m = m.Add(till.Sums{Gross: l.Gross.Minor(), Discount: l.Discount().Minor(), Net: l.Net.Minor(), Tax: l.Tax.Minor(), Total: l.Total.Minor()})
	}
	of := func(minor int64) money.Amount { return money.New(minor, cny()) }
	t.Gross, t.Discount, t.Net, t.Tax, t.Total = of(m.Gross), of(m.Discount), of(m.Net), of(m.Tax), of(m.Total)
	t.Taxes = []till.TaxLine{{Class: "standard", Name: "VAT", Rate: 130_000, Net: t.Net, Tax: t.Tax}}
	return till.Past{At: g.at, Ticket: t, Txns: []till.Txn{g.tender(t, id)}}
}

func (g *generator) line(n int) till.Line {
	item := g.random.IntN(g.items)
	gross := int64(100 + g.random.IntN(5000))
	off := int64(0)
	l := till.Line{
		N: n, SKU: till.SKU(fmt.Sprintf("SKU%05d", item)), Name: fmt.Sprintf("item %d", item), Category: fmt.Sprintf("category %02d", item%25), Unit: till.Each,
		Quantity: till.One, Price: money.New(gross, cny()), Cost: money.New(gross/2, cny()), Tracked: true, TaxClass: "standard",
	}
	if g.random.IntN(10) == 0 {
		off = gross / 10
		l.Reductions = []till.Reduction{{Source: till.ByProgramme, Programme: "tenth", Name: "Ten percent", Amount: money.New(off, cny())}}
	}
	tax := (gross - off) * 13 / 113
	l.Gross, l.Net, l.Tax, l.Total = money.New(gross, cny()), money.New(gross-off-tax, cny()), money.New(tax, cny()), money.New(gross-off, cny())
	l.Taxes = []till.TaxLine{{Class: "standard", Name: "VAT", Rate: 130_000, Net: l.Net, Tax: l.Tax}}
	return l
}

// tender pays for a ticket by one of four.
func (g *generator) tender(t till.Ticket, id string) till.Txn {
	x := till.Txn{
		ID: till.TxnID("X" + id), Key: "X" + id, Kind: till.Sale, Tender: till.Card, Entry: till.Chip, State: till.Approved, Amount: t.Total,
		Terminal: t.Terminal, Merchant: "SHOP00000000001", At: g.at, Ticket: t.ID, Staff: t.Staff,
	}
	switch g.random.IntN(4) {
	case 0:
		x.Card = &till.CardSummary{Masked: "476173******0010", Brand: "visa"}
	case 1:
		x.Card = &till.CardSummary{Masked: "541333******0010", Brand: "mastercard"}
	case 2:
		x.Tender, x.Entry, x.Wallet = till.QR, till.Scanned, &till.Order{Number: id, Flow: till.FlowScanned, State: till.OrderPaid, Amount: t.Total, Provider: "alipay"}
	default:
		x.Tender, x.Entry, x.Given = till.Cash, till.NoEntry, t.Total
	}
	return x
}
