package shop_test

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func (w *counterWorld) giveBack(q shop.ReturnRequest) shop.Bill {
	w.t.Helper()
	b, err := w.shop.Return(context.Background(), q)
	w.must(err)
	return b
}

func line(n int, q till.Quantity) till.BasketReturnLine {
	return till.BasketReturnLine{Line: n, Quantity: q}
}

// A return pays back over the tenders of the sale, last taken first, and takes the points
// back; the whole in two pieces gives back what was paid.
func TestReturnOverTheTenders(t *testing.T) {
	w := newCounterWorld(t)
	b := basket("latte", "tea")
	b.Entries[0].Quantity, b.Member = till.Units(2), "8001"
	sold := w.sell(shop.SellRequest{Basket: b, Tenders: []shop.Tendering{byCardOf(t, 4000), inCash(t, 0)}})
	// 56.00 + 12.03 = 68.03: 40.00 by card, 28.03 in cash as 28.05
	first := w.giveBack(shop.ReturnRequest{Key: "r1", Return: till.BasketReturn{Original: sold.Ticket.ID, Lines: []till.BasketReturnLine{line(1, till.One)}, Reason: "cold"}})
	if first.Ticket.State != till.TicketDone || len(first.Txns) != 1 || first.Txns[0].Tender != till.Cash || first.Txns[0].Amount.Minor() != 2800 {
		t.Fatalf("first: %s, %+v", first.Ticket.State, first.Txns)
	}
	w.wantStock("latte", till.Units(9), 0)
	rest := w.giveBack(shop.ReturnRequest{Return: till.BasketReturn{Original: sold.Ticket.ID}})
	if len(rest.Txns) != 2 || rest.Txns[0].Tender != till.Cash || rest.Txns[0].Amount.Minor() != 5 || rest.Txns[1].Amount.Minor() != 4000 {
		t.Fatalf("the rest: %+v", rest.Txns)
	}
	if got := w.points(); got != 0 {
		t.Errorf("%d points are left, want none", got)
	}
	w.wantStock("latte", till.Units(10), 0)
	_, err := w.shop.Return(context.Background(), shop.ReturnRequest{Return: till.BasketReturn{Original: sold.Ticket.ID}})
	wantProblem(t, err, till.CodeNotPermitted)
	again := w.giveBack(shop.ReturnRequest{Key: "r1", Return: till.BasketReturn{Original: sold.Ticket.ID, Lines: []till.BasketReturnLine{line(1, till.One)}, Reason: "cold"}})
	if !again.Replayed || again.Ticket.ID != first.Ticket.ID || len(again.Taken) != 0 {
		t.Errorf("the same key again: %s, replayed %v", again.Ticket.ID, again.Replayed)
	}
	_, err = w.shop.Return(context.Background(), shop.ReturnRequest{Key: "r1", Return: till.BasketReturn{Original: sold.Ticket.ID, Lines: []till.BasketReturnLine{line(2, 0)}}})
	wantProblem(t, err, till.CodeConflict)
	w.check()
}

// A refund that is declined stops the return; the same key goes on, and nothing comes
// back to the shelf before the money has gone back.
func TestReturnGoesOn(t *testing.T) {
	w := newCounterWorld(t)
	sold := w.sell(shop.SellRequest{Basket: basket("latte", "tea"), Tenders: []shop.Tendering{inCash(t, 1000), byCard()}})
	w.host.script = []string{"decline"}
	q := shop.ReturnRequest{Key: "r", Return: till.BasketReturn{Original: sold.Ticket.ID}}
	stopped := w.giveBack(q)
	if stopped.Outcome() != till.OutcomeDeclined || stopped.Due.Minor() != 4003 {
		t.Fatalf("%s, due %s", stopped.Outcome(), stopped.Due)
	}
	w.wantStock("latte", till.Units(9), 0)
	_, err := w.shop.VoidTicket(context.Background(), shop.VoidRequest{Ticket: sold.Ticket.ID})
	wantProblem(t, err, till.CodeNotPermitted)
	done := w.giveBack(q)
	if done.Ticket.ID != stopped.Ticket.ID || done.Ticket.State != till.TicketDone || len(done.Txns) != 3 {
		t.Errorf("%s, %d transactions", done.Ticket.State, len(done.Txns))
	}
	w.wantStock("latte", till.Units(10), 0)
	w.check()
}

// A return that was declined is given up, and its sale can be voided again.
func TestReturnGivenUp(t *testing.T) {
	w := newCounterWorld(t)
	sold := w.sell(shop.SellRequest{Basket: basket("latte"), Tenders: []shop.Tendering{byCard()}})
	w.host.script = []string{"decline"}
	stopped := w.giveBack(shop.ReturnRequest{Return: till.BasketReturn{Original: sold.Ticket.ID}})
	given, err := w.shop.Abandon(context.Background(), stopped.Ticket.ID, nil)
	if err != nil || given.Ticket.State != till.TicketCanceled {
		t.Fatalf("%s, %v", given.Ticket.State, err)
	}
	undone, err := w.shop.VoidTicket(context.Background(), shop.VoidRequest{Ticket: sold.Ticket.ID})
	if err != nil || undone.Ticket.State != till.TicketVoided {
		t.Errorf("%s, %v", undone.Ticket.State, err)
	}
	w.wantStock("latte", till.Units(10), 0)
	w.check()
}

// What is not sold again does not go back to the shelf.
func TestReturnOfWhatIsBroken(t *testing.T) {
	w := newCounterWorld(t)
	sold := w.sell(shop.SellRequest{Basket: basket("latte"), Tenders: []shop.Tendering{inCash(t, 0)}})
	w.giveBack(shop.ReturnRequest{Return: till.BasketReturn{Original: sold.Ticket.ID, NoStock: true, Reason: "broken"}})
	w.wantStock("latte", till.Units(9), 0)
	w.check()
}

func TestReturnRefuses(t *testing.T) {
	w := newCounterWorld(t)
	sold := w.sell(shop.SellRequest{Basket: basket("latte"), Tenders: []shop.Tendering{inCash(t, 0)}})
	held, err := w.shop.Hold(context.Background(), shop.HoldRequest{Basket: basket("tea")})
	w.must(err)
	for name, c := range map[string]struct {
		ret  till.BasketReturn
		code till.Code
	}{
		"no such sale": {till.BasketReturn{Original: "NOSUCH000000"}, till.CodeNotFound},
		"held":         {till.BasketReturn{Original: held.ID}, till.CodeNotPermitted},
		"no such line": {till.BasketReturn{Original: sold.Ticket.ID, Lines: []till.BasketReturnLine{line(2, 0)}}, till.CodeNotFound},
		"too much":     {till.BasketReturn{Original: sold.Ticket.ID, Lines: []till.BasketReturnLine{line(1, till.Units(2))}}, till.CodeNotPermitted},
		"a half":       {till.BasketReturn{Original: sold.Ticket.ID, Lines: []till.BasketReturnLine{line(1, 500)}}, till.CodeUsage},
	} {
		_, err := w.shop.Return(context.Background(), shop.ReturnRequest{Return: c.ret})
		if err == nil {
			t.Errorf("%s was taken", name)
		}
		wantProblem(t, err, c.code)
	}
	w.check()
}

// Whatever is sold, however it is paid and in whatever pieces it comes back: the money
// that went back is the money that was paid, the stock and the points are as before, and
// no tender gave back more than it took.
func TestReturnInPiecesGivesBackAll(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		coin := rapid.SampledFrom([]int64{0, 5, 10, 50}).Draw(r, "coin")
		w := newCounterWorld(t, func(c *shop.Config) { c.Tax.Coin = coin })
		n := rapid.IntRange(1, 4).Draw(r, "teas")
		b := till.Basket{Member: "8001", Entries: []till.BasketEntry{
			{Code: "tea", Quantity: till.Units(int64(n))},
			{Code: "bean", Quantity: till.Quantity(rapid.IntRange(1, 900).Draw(r, "beans"))},
		}}
		if off := rapid.IntRange(0, 30).Draw(r, "off"); off > 0 {
			b.Discount = &till.Discount{Percent: till.Rate(off * 10000), Reason: "r"}
		}
		quote, err := w.shop.Quote(context.Background(), b)
		w.must(err)
		tenders := []shop.Tendering{inCash(t, 0)}
		if part := rapid.Int64Range(0, quote.Total.Minor()-1).Draw(r, "part"); part > 0 {
			first := inCash(t, part)
			if rapid.Bool().Draw(r, "card first") {
				first = byCardOf(t, part)
			}
			tenders = append([]shop.Tendering{first}, tenders...)
		}
		sold := w.sell(shop.SellRequest{Basket: b, Tenders: tenders})
		for range n - 1 {
			if _, err := w.shop.Return(context.Background(), shop.ReturnRequest{Return: till.BasketReturn{Original: sold.Ticket.ID, Lines: []till.BasketReturnLine{line(1, till.One)}}}); err != nil {
				if strings.Contains(err.Error(), "in coins") {
					break // what is left is less than a coin: it goes back with the rest
				}
				r.Fatal(err)
			}
		}
		w.giveBack(shop.ReturnRequest{Return: till.BasketReturn{Original: sold.Ticket.ID}})
		for _, x := range sold.Txns {
			now, err := w.store.Txn(context.Background(), x.ID)
			w.must(err)
			if now.Refunded != x.Amount {
				r.Fatalf("%s of %s gave back %s", x.Tender, x.Amount, now.Refunded)
			}
		}
		if left, _ := w.onHand("bean"); left != till.Units(2) || w.points() != 0 {
			r.Fatalf("%s beans and %d points are left", left, w.points())
		}
		w.check()
	})
}

// A void undoes all tenders, last taken first, and moves everything back; what could not
// be undone to its end is refused before anything is.
func TestVoidTicket(t *testing.T) {
	ctx := context.Background()
	w := newCounterWorld(t)
	b := basket("latte")
	b.Member = "8001"
	sold := w.sell(shop.SellRequest{Basket: b, Tenders: []shop.Tendering{byCardOf(t, 1000), inCash(t, 0)}})
	undone, err := w.shop.VoidTicket(ctx, shop.VoidRequest{Key: "v", Ticket: sold.Ticket.ID})
	if err != nil || undone.Ticket.State != till.TicketVoided || len(undone.Taken) != 2 || undone.Taken[0].Txn.Tender != till.Cash {
		t.Fatalf("%s, %v, %v", undone.Ticket.State, undone.Taken, err)
	}
	w.wantStock("latte", till.Units(10), 0)
	if got := w.points(); got != 0 {
		t.Errorf("%d points are left", got)
	}
	again, err := w.shop.VoidTicket(ctx, shop.VoidRequest{Key: "v", Ticket: sold.Ticket.ID})
	if err != nil || !again.Replayed {
		t.Errorf("the same key: %v, %v", again.Replayed, err)
	}
	_, err = w.shop.VoidTicket(ctx, shop.VoidRequest{Ticket: sold.Ticket.ID})
	wantProblem(t, err, till.CodeNotPermitted)

	returned := w.sell(shop.SellRequest{Basket: basket("latte", "tea"), Tenders: []shop.Tendering{byCardOf(t, 1000), inCash(t, 0)}})
	back := w.giveBack(shop.ReturnRequest{Return: till.BasketReturn{Original: returned.Ticket.ID, Lines: []till.BasketReturnLine{line(2, 0)}}})
	_, err = w.shop.VoidTicket(ctx, shop.VoidRequest{Ticket: returned.Ticket.ID})
	wantProblem(t, err, till.CodeNotPermitted)
	_, err = w.shop.VoidTicket(ctx, shop.VoidRequest{Ticket: back.Ticket.ID})
	w.must(err)
	_, err = w.shop.VoidTicket(ctx, shop.VoidRequest{Ticket: returned.Ticket.ID})
	w.must(err)

	late := w.sell(shop.SellRequest{Basket: basket("latte"), Tenders: []shop.Tendering{byCardOf(t, 1000), inCash(t, 0)}})
	if _, err := w.shop.CloseBatch(ctx); err != nil {
		t.Fatal(err)
	}
	_, err = w.shop.VoidTicket(ctx, shop.VoidRequest{Ticket: late.Ticket.ID})
	wantProblem(t, err, till.CodeNotPermitted)
	if b, _ := w.shop.BillOf(ctx, string(late.Ticket.ID)); len(b.Txns) != 2 {
		t.Errorf("%d transactions, want the two that paid", len(b.Txns))
	}
	w.check()
}

// A void whose answer does not come leaves the sale standing, and is tried again.
func TestVoidTicketGoesOn(t *testing.T) {
	ctx := context.Background()
	w := newCounterWorld(t)
	sold := w.sell(shop.SellRequest{Basket: basket("latte"), Tenders: []shop.Tendering{byCardOf(t, 1000), inCash(t, 0)}})
	w.host.script = []string{"lose"}
	first, err := w.shop.VoidTicket(ctx, shop.VoidRequest{Ticket: sold.Ticket.ID})
	if err != nil || first.Ticket.State != till.TicketDone || first.Outcome() != till.OutcomeUnknown {
		t.Fatalf("%s, %s, %v", first.Ticket.State, first.Outcome(), err)
	}
	w.wantStock("latte", till.Units(9), 0)
	second, err := w.shop.VoidTicket(ctx, shop.VoidRequest{Ticket: sold.Ticket.ID})
	if err != nil || second.Ticket.State != till.TicketVoided || len(second.Taken) != 1 {
		t.Errorf("%s, %v", second.Ticket.State, err)
	}
	w.wantStock("latte", till.Units(10), 0)
	w.check()
}
