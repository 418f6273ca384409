package sqlite_test

import (
	"testing"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// A sale with all that it moves is as many commits as one without lines.
func TestTicketIsNoCommitMore(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{Stock: till.StockRefuse})
	g := newGenerator(5, 3)
	g.stock(t, s)
	before := commits(t, s)
	if err := beginPast(t, s, g.ticket(3)); err != nil {
		t.Fatal(err)
	}
	if got := commits(t, s) - before; got != 1 {
		t.Errorf("%d commits for a cash sale, want 1", got)
	}
	p := g.ticket(3)
	x := sale("CARD")
	x.Ticket, x.Amount = p.Ticket.ID, p.Ticket.Total
	before = commits(t, s)
	x, err := s.Begin(t.Context(), till.NewTxn{Txn: x, Ticket: &p.Ticket})
	if err != nil {
		t.Fatal(err)
	}
	record(t, s, x, till.Approved)
	if got := commits(t, s) - before; got != 2 {
		t.Errorf("%d commits for a card sale, want 2", got)
	}
}

// Where the shop sells what the books say it has not, they go below zero.
func TestStockAllowed(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	g := newGenerator(1, 1)
	p := g.ticket(1)
	p.Ticket.Member = ""
	if err := beginPast(t, s, p); err != nil {
		t.Fatal(err)
	}
	wantLevel(t, s, -till.One, 0)
	if _, err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestImport(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{Stock: till.StockRefuse})
	g := newGenerator(50, 3)
	g.stock(t, s)
	for _, spoil := range []func(*till.Past){
		func(p *till.Past) { p.Txns[0].Amount = money.New(p.Txns[0].Amount.Minor()-1, cny()) },
		func(p *till.Past) { p.Txns[0].State = till.Intent },
		func(p *till.Past) { p.Txns[0].Ticket = "" },
		func(p *till.Past) { p.Txns = nil },
		func(p *till.Past) { p.Ticket.Lines = nil },
	} {
		good, bad := g.ticket(2), g.ticket(2)
		spoil(&bad)
		if err := s.Import(t.Context(), []till.Past{good, bad}); err == nil {
			t.Errorf("%+v was imported", bad)
		}
	}
	if all, err := s.Tickets(t.Context(), till.TicketFilter{}); err != nil || len(all) != 0 {
		t.Fatalf("%d tickets of imports that failed, %v", len(all), err)
	}
	g.day(t, s, 200)
	all, err := s.Tickets(t.Context(), till.TicketFilter{Day: 20260101})
	if err != nil || len(all) == 0 || all[0].State != till.TicketDone {
		t.Fatalf("%d tickets, %v, want a day of them", len(all), err)
	}
	facts, err := s.Facts(t.Context(), till.FactQuery{Kind: till.FactSum, From: 20260101, To: 20260101})
	if err != nil || len(facts) != 1 || facts[0].Sums.Quantity != int64(till.Units(200)) || facts[0].Sums.Count != int64(len(all)) {
		t.Errorf("facts %+v, %v, want 200 lines in %d tickets", facts, err, len(all))
	}
	if _, err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// A range is read by few periods, those that take least.
func TestCover(t *testing.T) {
	for _, tc := range []struct {
		from, to till.Day
		want     string
	}{
		{20260101, 20261231, "+20260000 "},
		{20260101, 20260630, "+20260001 +20260002 "},
		{20260115, 20261220, "+20260000 -20260141 -20260111 -20260112 -20260113 -20260114 -20261243 "},
		{20260301, 20260309, "+20260341 -20260310 "},
		{20260301, 20260302, "+20260301 +20260302 "},
		{20260228, 20260301, "+20260228 +20260301 "},
		{20240211, 20240229, "+20240242 +20240243 "},
		{20251231, 20260101, "+20251231 +20260101 "},
		{20260301, 20260228, ""},
	} {
		if got := sqlite.Cover(tc.from, tc.to); got != tc.want {
			t.Errorf("%s to %s reads %q, want %q", tc.from, tc.to, got, tc.want)
		}
	}
}
