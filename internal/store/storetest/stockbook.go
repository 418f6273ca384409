package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/till"
)

func stockMoves(t *testing.T, shop Shop) {
	s := open(t, shop)
	putItems(t, s, item("A", 100), item("B", 100))
	delivered := []till.StockMove{
		{SKU: "A", Quantity: till.Units(10), Reason: till.StockReceive, At: noon().Add(5), Staff: "ann", Document: "D-17", Note: "two boxes"},
		{SKU: "B", Quantity: 1500, Reason: till.StockReceive, At: noon()},
	}
	if err := s.MoveStock(t.Context(), delivered, till.StockRefuse); err != nil {
		t.Fatal(err)
	}
	move(t, s, "A", -till.One, till.StockWaste)
	got, err := s.StockMoves(t.Context(), "A", 0)
	if err != nil {
		t.Fatal(err)
	}
	delivered[0].Seq = 1
	same(t, got, []till.StockMove{{Seq: 3, SKU: "A", Quantity: -till.One, Reason: till.StockWaste, At: noon(), Staff: "ann"}, delivered[0]})
	newest, err := s.StockMoves(t.Context(), "A", 1)
	if err != nil || len(newest) != 1 || newest[0].Seq != 3 {
		t.Errorf("the newest is %+v, %v; want number 3", newest, err)
	}
	verify(t, s)
}

func stockLevels(t *testing.T, shop Shop) {
	s := open(t, shop)
	service, gone := item("S", 100), item("G", 100)
	service.Variants[0].Untracked = true
	gone = putItems(t, s, item("B", 100), item("A", 100), service, gone)[3]
	move(t, s, "A", till.Units(3), till.StockReceive)
	move(t, s, "G", till.Units(7), till.StockReceive)
	gone.Deleted = true
	putItems(t, s, gone)
	for _, tc := range []struct {
		skus []till.SKU
		want []till.StockLevel
	}{
		{nil, []till.StockLevel{{SKU: "A", OnHand: till.Units(3)}, {SKU: "B"}}},
		{[]till.SKU{"B", "A", "B"}, []till.StockLevel{{SKU: "B"}, {SKU: "A", OnHand: till.Units(3)}, {SKU: "B"}}},
		{[]till.SKU{"S", "G"}, []till.StockLevel{{SKU: "S"}, {SKU: "G", OnHand: till.Units(7)}}},
	} {
		got, err := s.StockLevels(t.Context(), tc.skus...)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, tc.want)
	}
	_, err := s.StockLevels(t.Context(), "A", "NONE")
	refused(t, err, till.CodeNotFound)
}

func stockRefused(t *testing.T, shop Shop) {
	s := open(t, shop)
	service, gone := item("S", 100), item("G", 100)
	service.Variants[0].Untracked = true
	gone = putItems(t, s, item("A", 100), service, gone)[2]
	gone.Deleted = true
	putItems(t, s, gone)
	move(t, s, "A", till.Units(2), till.StockReceive)
	rows := verify(t, s)
	try := func(policy till.StockPolicy, moves ...till.StockMove) error {
		for i := range moves {
			moves[i].Reason, moves[i].At = till.StockAdjust, noon()
		}
		return s.MoveStock(t.Context(), moves, policy)
	}
	a := func(q till.Quantity) till.StockMove { return till.StockMove{SKU: "A", Quantity: q} }

	refused(t, try(till.StockAllow, a(1), till.StockMove{SKU: "NONE", Quantity: 1}), till.CodeNotFound)
	refused(t, try(till.StockAllow, a(1), till.StockMove{SKU: "G", Quantity: 1}), till.CodeNotFound)
	refused(t, try(till.StockAllow, a(1), till.StockMove{SKU: "S", Quantity: 1}), till.CodeNotPermitted)
	err := try(till.StockRefuse, a(-till.Units(3)))
	if refused(t, err, till.CodeNotPermitted); !strings.Contains(err.Error(), "A: 3 wanted, 2 left") {
		t.Errorf("says %q, want what was wanted and what is left", err)
	}
	refused(t, try(till.StockRefuse, a(-till.Units(2)), a(-1)), till.CodeNotPermitted) // together
	for _, reason := range []till.StockReason{till.StockSale, till.StockReturn, till.StockVoid, "", "gift"} {
		m := a(1)
		m.Reason, m.At = reason, noon()
		if err := s.MoveStock(t.Context(), []till.StockMove{m}, till.StockAllow); err == nil {
			t.Errorf("moved by hand for reason %q", reason)
		}
	}
	for _, m := range []till.StockMove{a(0), a(till.MaxQuantity + 1), a(-till.MaxQuantity - 1), {Quantity: 1}, {Seq: 9, SKU: "A", Quantity: 1}} {
		if try(till.StockAllow, m) == nil {
			t.Errorf("moved %+v", m)
		}
	}
	if got := onHand(t, s, "A"); got != till.Units(2) || verify(t, s) != rows {
		t.Errorf("%s on hand, want 2 and nothing moved", got)
	}

	if err := try(till.StockRefuse, a(-till.Units(2)), a(till.One), a(-till.One)); err != nil {
		t.Errorf("taking all there is: %v", err)
	}
	if err := try(till.StockAllow, a(-till.Units(5))); err != nil {
		t.Errorf("below zero where that is allowed: %v", err)
	}
	if err := try(till.StockRefuse, a(till.One)); err != nil {
		t.Errorf("putting some in while it is below zero: %v", err)
	}
	verify(t, s)
}

func stockLastOne(t *testing.T, shop Shop) {
	s := open(t, shop)
	putItems(t, s, item("A", 100))
	move(t, s, "A", till.One, till.StockReceive)
	errs := atOnce(t, shop, 2, func(_ int, s Store) error {
		return s.MoveStock(context.Background(), []till.StockMove{{SKU: "A", Quantity: -till.One, Reason: till.StockWaste, At: noon()}}, till.StockRefuse)
	})
	if n := succeeded(errs); n != 1 {
		t.Fatalf("%d programs took the last one: %v", n, errs)
	}
	for _, err := range errs {
		if err != nil {
			refused(t, err, till.CodeNotPermitted)
		}
	}
	if got := onHand(t, s, "A"); got != 0 {
		t.Errorf("%s on hand, want none", got)
	}
}

// What is on hand is the sum of the moves, whatever moves by whatever policy.
func stockSums(t *testing.T, shop Shop) {
	s := open(t, shop)
	skus := []till.SKU{"A", "B", "C"}
	putItems(t, s, item("A", 1), item("B", 1), item("C", 1))
	sums := map[till.SKU]till.Quantity{}
	rapid.Check(t, func(rt *rapid.T) {
		moves := make([]till.StockMove, rapid.IntRange(0, 5).Draw(rt, "moves"))
		allow := rapid.Bool().Draw(rt, "allow")
		after := map[till.SKU]till.Quantity{}
		for i := range moves {
			moves[i] = till.StockMove{
				SKU: rapid.SampledFrom(skus).Draw(rt, "sku"), Reason: till.StockAdjust, At: noon(),
				Quantity: till.Quantity(rapid.Int64Range(-5000, 5000).Filter(func(n int64) bool { return n != 0 }).Draw(rt, "quantity")),
			}
			after[moves[i].SKU] += moves[i].Quantity
		}
		allowed, policy := true, till.StockAllow
		if !allow {
			policy = till.StockRefuse
			for sku, q := range after {
				allowed = allowed && (q >= 0 || sums[sku]+q >= 0)
			}
		}
		if err := s.MoveStock(t.Context(), moves, policy); (err == nil) != allowed {
			rt.Fatalf("got error %v, allowed %t", err, allowed)
		}
		for _, sku := range skus {
			if allowed {
				sums[sku] += after[sku]
			}
			if got := onHand(rt, s, sku); got != sums[sku] || got != sumOfMoves(rt, s, sku) {
				rt.Fatalf("%s of %s on hand, want %s, the sum of its moves %s", got, sku, sums[sku], sumOfMoves(rt, s, sku))
			}
		}
	})
	verify(t, s)
}

func sumOfMoves(t fataler, s Books, sku till.SKU) (sum till.Quantity) {
	t.Helper()
	moves, err := s.StockMoves(t.Context(), sku, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range moves {
		sum += m.Quantity
	}
	return sum
}

func stocktakeLife(t *testing.T, shop Shop) {
	s := open(t, shop)
	putItems(t, s, item("A", 100), item("B", 100), item("C", 100))
	for _, sku := range []till.SKU{"A", "B", "C"} {
		move(t, s, sku, till.Units(10), till.StockReceive)
	}
	take := till.Stocktake{ID: "ST1", Opened: by("ann"), Category: "all"}
	take.Version = putStocktake(t, s, take).Version
	_, err := s.PostStocktake(t.Context(), "ST1", by("ann"))
	refused(t, err, till.CodeNotPermitted) // nothing is counted

	take.Counts = []till.StockCounted{{SKU: "C", Counted: till.Units(10), Expected: 77}, {SKU: "A", Counted: till.Units(8)}, {SKU: "B", Counted: 11_500}}
	counted := putStocktake(t, s, take)
	take.Counts = []till.StockCounted{
		{SKU: "A", Counted: till.Units(8), Expected: till.Units(10)}, {SKU: "B", Counted: 11_500, Expected: till.Units(10)}, {SKU: "C", Counted: till.Units(10), Expected: till.Units(10)},
	}
	take.Version = 2
	same(t, counted, take)

	move(t, s, "A", -till.Units(1), till.StockWaste) // while the count goes on
	take.Counts[1].Counted = till.Units(9)
	take.Version = putStocktake(t, s, take).Version
	if got, err := s.Stocktake(t.Context(), "ST1"); err != nil || got.Counts[0].Expected != till.Units(10) {
		t.Errorf("a count that stands expects %v, %v; want what was expected when it was made", got.Counts, err)
	}
	if _, err := s.PutStocktake(t.Context(), till.Stocktake{ID: "ST1", Version: 1}); !errors.Is(err, till.ErrStale) {
		t.Errorf("got error %v, want till.ErrStale", err)
	}

	done, err := s.PostStocktake(t.Context(), "ST1", by("bob"))
	if err != nil {
		t.Fatal(err)
	}
	posted := by("bob")
	take.Posted, take.Version = &posted, 4
	same(t, done, take)
	for sku, want := range map[till.SKU]till.Quantity{"A": till.Units(7), "B": till.Units(9), "C": till.Units(10)} {
		if got := onHand(t, s, sku); got != want {
			t.Errorf("%s of %s on hand, want %s: as counted, less what went since", got, sku, want)
		}
	}
	moves, err := s.StockMoves(t.Context(), "A", 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, moves, []till.StockMove{{Seq: 5, SKU: "A", Quantity: -2 * till.One, Reason: till.StockCount, At: posted.At, Staff: "bob", Document: "ST1", Note: posted.Reason}})
	if unmoved, err := s.StockMoves(t.Context(), "C", 0); err != nil || len(unmoved) != 1 {
		t.Errorf("%v, %v: what was right is moved", unmoved, err)
	}
	_, err = s.PutStocktake(t.Context(), take)
	if err == nil {
		t.Error("a posted stocktake was put")
	}
	take.Posted = nil
	_, err = s.PutStocktake(t.Context(), take)
	refused(t, err, till.CodeNotPermitted)
	_, err = s.PostStocktake(t.Context(), "ST1", by("bob"))
	refused(t, err, till.CodeNotPermitted)
	verify(t, s)
}

func stocktakeCanceled(t *testing.T, shop Shop) {
	s := open(t, shop)
	putItems(t, s, item("A", 100))
	canceled := by("bob")
	take := till.Stocktake{ID: "ST1", Opened: by("ann"), Counts: []till.StockCounted{{SKU: "A", Counted: till.One}}}
	take = putStocktake(t, s, take)
	take.Canceled = &canceled
	take = putStocktake(t, s, take)
	got, err := s.Stocktake(t.Context(), "ST1")
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, take)
	_, err = s.PostStocktake(t.Context(), "ST1", by("bob"))
	refused(t, err, till.CodeNotPermitted)
	_, err = s.PutStocktake(t.Context(), take)
	refused(t, err, till.CodeNotPermitted)
	_, err = s.PutStocktake(t.Context(), till.Stocktake{ID: "ST2", Counts: []till.StockCounted{{SKU: "NONE"}}})
	refused(t, err, till.CodeNotFound)
	putStocktake(t, s, till.Stocktake{ID: "ST3", Opened: by("ann")})
	all, err := s.Stocktakes(t.Context())
	if err != nil || len(all) != 2 || all[0].ID != "ST3" || all[1].ID != "ST1" {
		t.Errorf("got %+v, %v; want the newest first", all, err)
	}
	for what, bad := range map[string]till.Stocktake{
		"no id":           {},
		"one SKU twice":   {ID: "X", Counts: []till.StockCounted{{SKU: "A"}, {SKU: "A"}}},
		"less than none":  {ID: "X", Counts: []till.StockCounted{{SKU: "A", Counted: -1}}},
		"posted by a put": {ID: "X", Posted: &canceled},
	} {
		if _, err := s.PutStocktake(t.Context(), bad); err == nil {
			t.Errorf("%s: stored", what)
		}
	}
}

func stocktakePostedOnce(t *testing.T, shop Shop) {
	s := open(t, shop)
	putItems(t, s, item("A", 100))
	putStocktake(t, s, till.Stocktake{ID: "ST1", Opened: by("ann"), Counts: []till.StockCounted{{SKU: "A", Counted: till.Units(4)}}})
	errs := atOnce(t, shop, 4, func(_ int, s Store) error {
		_, err := s.PostStocktake(context.Background(), "ST1", by("ann"))
		return err
	})
	if n := succeeded(errs); n != 1 || onHand(t, s, "A") != till.Units(4) {
		t.Errorf("posted %d times, %s on hand; want once and 4: %v", n, onHand(t, s, "A"), errs)
	}
}

// notInBooks reads what is not there.
func notInBooks(t *testing.T, shop Shop) {
	s := open(t, shop)
	ctx := t.Context()
	for what, read := range map[string]func() error{
		"item":       func() error { _, err := s.Item(ctx, "X"); return err },
		"code":       func() error { _, _, err := s.ItemByCode(ctx, "X"); return err },
		"level":      func() error { _, err := s.StockLevels(ctx, "X"); return err },
		"stocktake":  func() error { _, err := s.Stocktake(ctx, "X"); return err },
		"post":       func() error { _, err := s.PostStocktake(ctx, "X", by("ann")); return err },
		"staff":      func() error { _, err := s.Staff(ctx, "x"); return err },
		"try":        func() error { _, err := s.CountTry(ctx, "x", noon()); return err },
		"sign-in":    func() error { return s.SignIn(ctx, terminal, "x", noon()) },
		"clocking":   func() error { return s.Clock(ctx, till.Clocking{Staff: "x", In: true, At: noon()}) },
		"member":     func() error { _, err := s.Member(ctx, "X"); return err },
		"adjustment": func() error { return s.AdjustPoints(ctx, adjustment("X", 1)) },
	} {
		err := read()
		if refused(t, err, till.CodeNotFound); err == nil {
			t.Errorf("%s: found", what)
		}
	}
	empty := func(what string, n int, err error) {
		if n != 0 || err != nil {
			t.Errorf("%d %s in an empty store, %v", n, what, err)
		}
	}
	items, err := s.Items(ctx, till.ItemFilter{Text: "x"})
	empty("items", len(items), err)
	categories, err := s.Categories(ctx)
	empty("categories", len(categories), err)
	levels, err := s.StockLevels(ctx)
	empty("levels", len(levels), err)
	moves, err := s.StockMoves(ctx, "X", 0)
	empty("moves", len(moves), err)
	staff, err := s.AllStaff(ctx)
	empty("staff", len(staff), err)
	members, err := s.Members(ctx, "")
	empty("members", len(members), err)
	points, err := s.PointsMoves(ctx, "X")
	empty("moves of points", len(points), err)
	clockings, err := s.Clockings(ctx, "", time.Time{}, time.Time{})
	empty("clockings", len(clockings), err)
	programmes, err := s.Programmes(ctx)
	empty("promotions", len(programmes), err)
	classes, err := s.TaxClasses(ctx)
	empty("tax classes", len(classes), err)
	if tries, err := s.Tries(ctx, "x"); err != nil || tries != (till.PINTries{}) {
		t.Errorf("tries %+v, %v", tries, err)
	}
	if s.ClearTries(ctx, "x") != nil {
		t.Error("nothing to clear is no error")
	}
}
