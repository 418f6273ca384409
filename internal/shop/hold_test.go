package shop_test

import (
	"context"
	"testing"

	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func (w *counterWorld) putAside(q shop.HoldRequest) till.Ticket {
	w.t.Helper()
	t, err := w.shop.Hold(context.Background(), q)
	w.must(err)
	return t
}

// A sale that is put aside reserves nothing, is found by its label, goes on with another
// basket under its own identity, and is paid.
func TestHoldAndRecall(t *testing.T) {
	ctx := context.Background()
	w := newCounterWorld(t)
	held := w.putAside(shop.HoldRequest{Key: "h", Label: "table 4", Basket: basket("latte")})
	w.wantStock("latte", till.Units(10), 0)
	same := w.putAside(shop.HoldRequest{Key: "h", Label: "table 4", Basket: basket("latte")})
	if same.ID != held.ID {
		t.Errorf("the same key held %s, want %s", same.ID, held.ID)
	}
	_, err := w.shop.Hold(ctx, shop.HoldRequest{Label: "table 4", Basket: basket("tea")})
	wantProblem(t, err, till.CodeConflict)
	recalled, err := w.shop.Recall(ctx, "table 4")
	if err != nil || recalled.ID != held.ID || recalled.Basket == nil {
		t.Fatalf("got %+v, %v", recalled, err)
	}
	more := *recalled.Basket
	more.Entries = append(more.Entries, till.BasketEntry{Code: "tea"})
	w.putAside(shop.HoldRequest{Held: held.ID, Basket: more})
	if all, _ := w.shop.Held(ctx); len(all) != 1 || all[0].Label != "table 4" || len(all[0].Lines) != 2 {
		t.Errorf("held: %+v", all)
	}
	paid := w.sell(shop.SellRequest{Held: held.ID, Basket: more, Tenders: []shop.Tendering{inCash(t, 0)}})
	if paid.Ticket.ID != held.ID || paid.Ticket.State != till.TicketDone {
		t.Errorf("paid %s %s", paid.Ticket.ID, paid.Ticket.State)
	}
	_, err = w.shop.Recall(ctx, string(held.ID))
	wantProblem(t, err, till.CodeNotPermitted)
	_, err = w.shop.Sell(ctx, shop.SellRequest{Held: held.ID, Basket: more, Tenders: []shop.Tendering{inCash(t, 0)}})
	wantProblem(t, err, till.CodeNotPermitted)
	w.check()
}

// A held sale is priced as of when it is paid: what is deleted by then is noticed before
// anything is taken.
func TestHeldSaleOfADeletedItem(t *testing.T) {
	ctx := context.Background()
	w := newCounterWorld(t)
	held := w.putAside(shop.HoldRequest{Label: "t", Basket: basket("latte", "tea")})
	item, err := w.store.Item(ctx, "tea")
	w.must(err)
	item.Deleted = true
	_, err = w.store.PutItems(ctx, []till.Item{item}, till.Change{At: w.now})
	w.must(err)
	_, err = w.shop.PayTicket(ctx, held.ID, inCash(t, 0))
	wantProblem(t, err, till.CodeNotFound)
	if txns, _ := w.store.Txns(ctx, till.Filter{}); len(txns) != 0 {
		t.Errorf("%d transactions were made", len(txns))
	}
	_, err = w.shop.CancelHeld(ctx, held.ID, "")
	w.must(err)
	if all, _ := w.shop.Held(ctx); len(all) != 0 {
		t.Errorf("%d are still held", len(all))
	}
	w.check()
}

// Every name that a sale goes by finds it.
func TestTicketByName(t *testing.T) {
	ctx := context.Background()
	w := newCounterWorld(t)
	_, err := w.shop.TicketByName(ctx, "last")
	wantProblem(t, err, till.CodeNotFound)
	sold := w.sell(shop.SellRequest{Key: "order-7", Basket: basket("latte"), Tenders: []shop.Tendering{inCash(t, 0)}})
	for _, name := range []string{string(sold.Ticket.ID), "last", "order-7", string(sold.Txns[0].ID)} {
		if got, err := w.shop.TicketByName(ctx, name); err != nil || got.ID != sold.Ticket.ID {
			t.Errorf("%q: got %s, %v", name, got.ID, err)
		}
	}
	_, err = w.shop.TicketByName(ctx, "no such")
	wantProblem(t, err, till.CodeNotFound)
}

// A sale whose payment was declined is changed and paid under its own identity.
func TestSellChangedAfterADecline(t *testing.T) {
	w := newCounterWorld(t)
	w.host.script = []string{"decline"}
	declined := w.sell(shop.SellRequest{Basket: basket("latte"), Tenders: []shop.Tendering{byCard()}})
	paid := w.sell(shop.SellRequest{Held: declined.Ticket.ID, Basket: basket("latte", "tea"), Tenders: []shop.Tendering{byCardOf(t, 2000), inCash(t, 0)}})
	if paid.Ticket.ID != declined.Ticket.ID || paid.Ticket.State != till.TicketDone || len(paid.Txns) != 3 {
		t.Errorf("%s, %d transactions", paid.Ticket.State, len(paid.Txns))
	}
	w.check()
}
