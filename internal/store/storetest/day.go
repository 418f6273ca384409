package storetest

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func openShift(t fataler, s Store, at string, float int64) till.Shift {
	t.Helper()
	sh, err := s.OpenShift(t.Context(), till.Shift{Terminal: at, Staff: "mia", OpenedAt: noon(), Float: cny(float)})
	if err != nil {
		t.Fatalf("open a shift at %s: %v", at, err)
	}
	return sh
}

func closeShift(t fataler, s Store, sh till.Shift, counted int64) till.Shift {
	t.Helper()
	sh.Closer, sh.Counted = "bo", cny(counted)
	closed, err := s.CloseShift(t.Context(), sh)
	if err != nil {
		t.Fatalf("close shift %d: %v", sh.Number, err)
	}
	return closed
}

func closeDay(t fataler, s Store) till.ZReport {
	t.Helper()
	z, err := s.CloseDay(t.Context(), till.Change{Staff: "bo"})
	if err != nil {
		t.Fatalf("close the day: %v", err)
	}
	return z
}

func drawer(t fataler, s Store, shift int) till.Drawer {
	t.Helper()
	d, err := s.Drawer(t.Context(), shift)
	if err != nil {
		t.Fatalf("drawer of shift %d: %v", shift, err)
	}
	return d
}

func shiftLife(t *testing.T, shop Shop) {
	shop.SetClock(noon())
	s := open(t, shop)
	_, err := s.CurrentShift(t.Context(), terminal)
	refused(t, err, till.CodeNotFound)
	if got := begin(t, s, sale("A", 100)).Shift; got != 0 {
		t.Errorf("a sale before any shift is of shift %d", got)
	}
	one := openShift(t, s, terminal, 10000)
	two := openShift(t, s, "TILL0002", 0)
	if one.Number != 1 || two.Number != 2 || one.Version != 1 {
		t.Fatalf("shifts %+v and %+v, want 1 and 2", one, two)
	}
	_, err = s.OpenShift(t.Context(), till.Shift{Terminal: terminal, Float: cny(1)})
	refused(t, err, till.CodeNotPermitted)
	for what, bad := range map[string]till.Shift{
		"no terminal": {Float: cny(1)}, "no currency": {Terminal: "T3"}, "a number": {Terminal: "T3", Float: cny(1), Number: 7},
		"a negative float": {Terminal: "T3", Float: cny(-1)},
	} {
		if _, err := s.OpenShift(t.Context(), bad); err == nil {
			t.Errorf("%s: opened", what)
		}
	}
	x := begin(t, s, sale("B", 100))
	if x.Shift != 1 {
		t.Errorf("a sale is of shift %d, want that of its terminal", x.Shift)
	}
	end := one
	end.Counted, end.Closer = cny(9990), "bo"
	_, err = s.CloseShift(t.Context(), end)
	refused(t, err, till.CodePending)
	record(t, s, x, till.Declined)

	split := basket("T1", "")
	part := bring(t, s, tender("X1", split, till.Cash, 500), split)
	_, err = s.CloseShift(t.Context(), end)
	refused(t, err, till.CodePending)
	approve(t, s, void("V1", part))

	stale := end
	stale.Version = 7
	_, err = s.CloseShift(t.Context(), stale)
	if refused(t, err, till.CodeFailure); !errors.Is(err, till.ErrStale) {
		t.Errorf("got %v, want till.ErrStale", err)
	}
	dollars := end
	dollars.Counted = in("USD", 9990)
	_, err = s.CloseShift(t.Context(), dollars)
	refused(t, err, till.CodeNotPermitted)

	end.Coins = []till.Denomination{{Value: cny(9990), Count: 1}}
	closed := closeShift(t, s, end, 9990)
	if closed.Expected != cny(10000) || closed.Over != cny(-10) || closed.Closer != "bo" || !closed.ClosedAt.Equal(noon()) || closed.Version != 2 {
		t.Errorf("closed as %+v, want 0.10 short of 100.00", closed)
	}
	_, err = s.CloseShift(t.Context(), closed)
	refused(t, err, till.CodeNotPermitted)
	got, err := open(t, shop).Shift(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, closed)
	all, err := s.Shifts(t.Context(), 1)
	if err != nil || len(all) != 1 || all[0].Number != 2 {
		t.Errorf("got %+v, %v, want the newest", all, err)
	}
	_, err = s.Shift(t.Context(), 9)
	refused(t, err, till.CodeNotFound)
	_, err = s.Drawer(t.Context(), 9)
	refused(t, err, till.CodeNotFound)
	_, err = s.CloseShift(t.Context(), till.Shift{Number: 9})
	refused(t, err, till.CodeNotFound)
	verify(t, s)
}

func drawerAddsUp(t *testing.T, shop Shop) {
	s := open(t, shop)
	sh := openShift(t, s, terminal, 10000)
	cash := func(txn till.Txn) till.Txn {
		txn.Tender, txn.Entry, txn.State = till.Cash, till.NoEntry, till.Approved
		return begin(t, s, txn)
	}
	a := sale("A", 1005)
	a.Given, a.Rounding = cny(2000), cny(5)
	a = cash(a)
	b := cash(sale("B", 700))
	approve(t, s, sale("C", 5000)) // by card
	r := cash(refund("R", a, 300))
	cash(void("V", b))
	cash(void("W", r))
	move := func(reason till.DrawerReason, amount money.Amount) error {
		_, err := s.MoveCash(t.Context(), till.DrawerMove{Shift: sh.Number, Reason: reason, Amount: amount, Staff: "mia", Note: "bread"})
		return err
	}
	if err := move(till.DrawerPayIn, cny(200)); err != nil {
		t.Fatal(err)
	}
	refused(t, move(till.DrawerPayOut, cny(11206)), till.CodeNotPermitted)
	refused(t, move(till.DrawerPayIn, in("USD", 1)), till.CodeNotPermitted)
	if move(till.DrawerFloat, cny(1)) == nil || move(till.DrawerPayIn, cny(-1)) == nil {
		t.Error("a float was put in twice, or less than nothing")
	}
	if err := move(till.DrawerPayOut, cny(205)); err != nil {
		t.Fatal(err)
	}
	want := till.Drawer{
		Shift: 1, Float: cny(10000), Sales: cny(1705), Refunds: cny(300), Voids: cny(400), PayIns: cny(200), PayOuts: cny(205), ByCard: cny(0), Expected: cny(11000),
	}
	same(t, drawer(t, s, 1), want)
	moves, err := s.DrawerMoves(t.Context(), 1)
	if err != nil || len(moves) != 3 || moves[0].Reason != till.DrawerFloat || moves[2].Seq != 3 || moves[2].Amount != cny(205) || moves[1].Note != "bread" {
		t.Errorf("moves %+v, %v", moves, err)
	}

	closeShift(t, s, sh, 11000)
	refused(t, move(till.DrawerPayIn, cny(1)), till.CodeNotPermitted)
	next := openShift(t, s, terminal, 0)
	cash(void("U", a)) // taken by the first shift, given back by the second
	same(t, drawer(t, s, 1), want)
	if got := drawer(t, s, next.Number); got.Voids != cny(1005) || got.Expected != cny(-1005) {
		t.Errorf("drawer %+v, want 10.05 given back", got)
	}
	verify(t, s)
}

// A Z report is everything since the one before, numbered, chained, and of no two
// currencies together.
func zReports(t *testing.T, shop Shop) {
	shop.SetClock(noon())
	s := open(t, shop)
	sh := openShift(t, s, terminal, 0)
	approve(t, s, sale("A", 1000))
	sold := basket("T1", "")
	x := bring(t, s, tender("X1", sold, till.Card, 1000), sold)
	_, err := s.CloseDay(t.Context(), till.Change{})
	refused(t, err, till.CodePending)
	record(t, s, x, till.Approved)
	_, err = s.CloseDay(t.Context(), till.Change{})
	refused(t, err, till.CodePending)
	sh = closeShift(t, s, sh, 0)

	figures, err := s.DayFacts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := closeDay(t, s)
	same(t, first.Facts, figures)
	same(t, first.Shifts, []till.Shift{sh})
	if first.Number != 1 || first.Total != 2000 || first.GrandTotal != 2000 || first.Currency != "CNY" || first.Previous != "" || first.FirstSeq != 1 || first.Day != 20260301 || first.Staff != "bo" {
		t.Errorf("got %+v", first)
	}
	if hash, err := store.ZHash(first); err != nil || hash != first.Hash {
		t.Errorf("hash %s, %v, want %s", first.Hash, err, hash)
	}
	if left, err := s.DayFacts(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("after the Z report %+v is left, %v", left, err)
	}

	second := closeDay(t, s) // a day without anything
	if second.Previous != first.Hash || second.FirstSeq != first.LastSeq+1 || second.Total != 0 || second.GrandTotal != 2000 || second.Currency != "CNY" || len(second.Shifts) != 0 {
		t.Errorf("got %+v", second)
	}
	approve(t, s, refund("R", read(t, s, "A"), 300)) // a day with only refunds
	third := closeDay(t, s)
	if third.Total != -300 || third.GrandTotal != 1700 {
		t.Errorf("got %d of %d, want -3.00 of 17.00", third.Total, third.GrandTotal)
	}
	closeBatch(t, s)
	dollars := sale("D", 99)
	dollars.Amount = in("USD", 99)
	approve(t, s, dollars)
	fourth := closeDay(t, s)
	if fourth.Currency != "USD" || fourth.Total != 99 || fourth.GrandTotal != 99 {
		t.Errorf("got %+v, want 0.99 USD and no CNY in it", fourth)
	}

	got, err := open(t, shop).Z(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, first)
	all, err := s.Zs(t.Context())
	if err != nil || len(all) != 4 || all[0].Number != 4 || all[3].Hash != first.Hash || all[3].Facts != nil {
		t.Errorf("got %+v, %v", all, err)
	}
	_, err = s.Z(t.Context(), 9)
	refused(t, err, till.CodeNotFound)
	verify(t, s)
}

// A business day begins when the shop says, and what is undone the day after is taken off
// that day.
func businessDays(t *testing.T, shop Shop) {
	s := open(t, shop)
	for _, step := range []struct {
		at   time.Time // on the shop's clock eight hours later
		id   string
		day  till.Day
		hour int
	}{
		{time.Date(2026, 3, 1, 19, 59, 0, 0, time.UTC), "A", 20260301, 3},
		{time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC), "B", 20260302, 4},
		{time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC), "C", 20260302, 12},
	} {
		shop.SetClock(step.at)
		if x := approve(t, s, sale(step.id, 100)); x.Day != step.day || x.Hour != step.hour {
			t.Errorf("%s counts on %s at %d, want %s at %d", step.id, x.Day, x.Hour, step.day, step.hour)
		}
	}
	shop.SetClock(time.Date(2026, 3, 3, 4, 0, 0, 0, time.UTC))
	approve(t, s, void("V", read(t, s, "A")))
	for day, want := range map[till.Day]int64{20260228: 0, 20260301: 100, 20260302: 200, 20260303: -100} {
		if got := soldOn(t, s, day); got != want {
			t.Errorf("%s came to %d, want %d", day, got, want)
		}
	}
	byDay, err := s.Facts(t.Context(), till.FactQuery{Kind: till.FactHour, From: 20260301, To: 20260303, ByDay: true})
	if err != nil || len(byDay) != 4 || byDay[1].Day != 20260302 || byDay[1].A != "04" || byDay[3].A != "12" || byDay[3].Sums.Count != -1 {
		t.Errorf("hours %+v, %v", byDay, err)
	}
	none, err := s.Facts(t.Context(), till.FactQuery{Kind: till.FactItem, From: 20260303, To: 20260301})
	if err != nil || len(none) != 0 {
		t.Errorf("a range the wrong way round has %+v, %v", none, err)
	}
	verify(t, s)
}

// Whatever range is asked for, and however it is put together, it is the sum of its days.
func rangesAddUp(t *testing.T, shop Shop) {
	s := open(t, shop)
	first := time.Date(2025, 11, 20, 4, 0, 0, 0, time.UTC)
	const days = 480
	for d := 0; d < days; d += 3 {
		shop.SetClock(first.AddDate(0, 0, d))
		sold := basket(name("T", d), till.SKU(name("s", d%7)))
		sold.Lines[0].Tracked = false
		bring(t, s, tender(name("X", d), sold, till.Cash, 1000), sold)
	}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]till.FactKind{till.FactItem, till.FactItem, till.FactSum, till.FactHour}).Draw(t, "kind")
		from := rapid.IntRange(-10, days+10).Draw(t, "from")
		q := till.FactQuery{Kind: kind, From: dayOf(first.AddDate(0, 0, from)), To: dayOf(first.AddDate(0, 0, rapid.IntRange(from, days+10).Draw(t, "to")))}
		whole, err := s.Facts(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		q.ByDay = true
		parts, err := s.Facts(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		sum := map[string]till.Sums{}
		for _, p := range parts {
			sum[p.A] = sum[p.A].Add(p.Sums)
		}
		for _, w := range whole {
			if w.Sums != sum[w.A] || w.Day != 0 {
				t.Fatalf("%s from %s to %s: %s is %+v, its days come to %+v", kind, q.From, q.To, w.A, w.Sums, sum[w.A])
			}
			delete(sum, w.A)
		}
		if len(sum) > 0 {
			t.Fatalf("%s from %s to %s lacks %v", kind, q.From, q.To, sum)
		}
	})
}

// The damages to tickets and days. fillDays makes what they spoil.
const (
	TicketChanged      Damage = "the total of a ticket is changed"
	TicketTurnedBack   Damage = "a ticket is what it was before it was paid"
	ReservationRemoved Damage = "what is kept back for a ticket is no longer"
	TenderMoved        Damage = "cash is moved to another shift"
	ShiftReopened      Damage = "a closed shift is open"
	DrawerMoveRemoved  Damage = "the last move of a drawer is removed"
	DrawerMoveChanged  Damage = "a move of a drawer is changed"
	DaySumChanged      Damage = "the sum of a day is changed"
	DaySumInvented     Damage = "a day has a sum of something that nobody sold"
	YearSumChanged     Damage = "the sum of an item's year is changed"
	ZSumRemoved        Damage = "the sums of a Z report are removed in part"
	ZChanged           Damage = "the total of a Z report is changed"
	ZRemoved           Damage = "the last Z report is removed"
)

func dayDamages() []Damage {
	return []Damage{
		TicketChanged, TicketTurnedBack, ReservationRemoved, TenderMoved, ShiftReopened, DrawerMoveRemoved, DrawerMoveChanged,
		DaySumChanged, DaySumInvented, YearSumChanged, ZSumRemoved, ZChanged, ZRemoved,
	}
}

// fillDays is a day with a shift, a sale of TEA in cash and by card as DAY1, a payout and
// two Z reports, and a sale as DAY2 that is being paid.
func fillDays(t fataler, s Store) {
	t.Helper()
	const desk = "TILL0009"
	sh := openShift(t, s, desk, 10000)
	sold := basket("DAY1", "TEA")
	at := func(x till.Txn) till.Txn { x.Terminal = desk; return x }
	bring(t, s, at(tender("DAYX1", sold, till.Cash, 400)), sold)
	approve(t, s, at(tender("DAYX2", sold, till.Card, 600)))
	if _, err := s.MoveCash(t.Context(), till.DrawerMove{Shift: sh.Number, Reason: till.DrawerPayOut, Amount: cny(100)}); err != nil {
		t.Fatal(err)
	}
	closeShift(t, s, sh, 10300)
	closeDay(t, s)
	closeDay(t, s)
	next := basket("DAY2", "TEA")
	bring(t, s, at(tender("DAYX3", next, till.Card, 1000)), next)
}
