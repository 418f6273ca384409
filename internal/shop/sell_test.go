package shop_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// sell is a sale that has to come to a bill.
func (w *counterWorld) sell(q shop.SellRequest) shop.Bill {
	w.t.Helper()
	b, err := w.shop.Sell(context.Background(), q)
	w.must(err)
	return b
}

func TestSellSplitWithChange(t *testing.T) {
	w := newCounterWorld(t)
	b := basket("latte", "tea")
	b.Member = "8001"
	bill := w.sell(shop.SellRequest{Key: "order-1", Basket: b, Tenders: []shop.Tendering{
		byCardOf(t, 1000), {Tender: till.Cash, Given: yuan(t, 5000)},
	}})
	// 28.00 + 12.03 = 40.03; 10.00 by card leaves 30.03, in cash 30.05
	if bill.Ticket.State != till.TicketDone || bill.Due.IsPositive() || len(bill.Txns) != 2 {
		t.Fatalf("%s, due %s, %d transactions", bill.Ticket.State, bill.Due, len(bill.Txns))
	}
	cash := bill.Txns[1]
	if cash.Amount.Minor() != 3005 || cash.Rounding.Minor() != 2 || cash.Change().Minor() != 1995 {
		t.Errorf("cash %s, rounding %s, change %s; want 30.05, 0.02, 19.95", cash.Amount, cash.Rounding, cash.Change())
	}
	w.wantStock("latte", till.Units(9), 0)
	if got := w.points(); got != 40 || bill.Ticket.Earned != 40 {
		t.Errorf("%d points, want 40", got)
	}
	w.check()
}

func byCardOf(t testing.TB, minor int64) shop.Tendering {
	q := byCard()
	q.Amount = yuan(t, minor)
	return q
}

// A decline stops the sale; what was taken stays taken, the stock stays reserved, and
// the same key goes on where it stopped.
func TestSellGoesOnAfterADecline(t *testing.T) {
	w := newCounterWorld(t)
	w.host.script = []string{"decline"}
	q := shop.SellRequest{Key: "order-1", Basket: basket("latte"), Tenders: []shop.Tendering{inCash(t, 1000), byCard()}}
	bill := w.sell(q)
	if bill.Ticket.State != till.TicketPaying || bill.Due.Minor() != 1800 || bill.Outcome() != till.OutcomeDeclined {
		t.Fatalf("%s, due %s, %s", bill.Ticket.State, bill.Due, bill.Outcome())
	}
	w.wantStock("latte", till.Units(10), till.One)
	again := w.sell(q)
	if again.Ticket.ID != bill.Ticket.ID || again.Ticket.State != till.TicketDone || len(again.Taken) != 1 || again.Replayed {
		t.Errorf("again: %s %s, took %d", again.Ticket.ID, again.Ticket.State, len(again.Taken))
	}
	third := w.sell(q)
	if !third.Replayed || len(third.Taken) != 0 || len(third.Txns) != 3 {
		t.Errorf("a third time: replayed %v, took %d of %d", third.Replayed, len(third.Taken), len(third.Txns))
	}
	w.wantStock("latte", till.Units(9), 0)
	w.check()
}

// The one tender declined: nothing is owed and nothing reserved, and another tender pays.
func TestPayAfterTheOnlyTenderWasDeclined(t *testing.T) {
	w := newCounterWorld(t)
	w.host.script = []string{"decline"}
	bill := w.sell(shop.SellRequest{Basket: basket("latte"), Tenders: []shop.Tendering{byCard()}})
	if bill.Ticket.State != till.TicketOpen || bill.Due.Minor() != 2800 {
		t.Fatalf("%s, due %s", bill.Ticket.State, bill.Due)
	}
	w.wantStock("latte", till.Units(10), 0)
	paid, err := w.shop.PayTicket(context.Background(), bill.Ticket.ID, inCash(t, 0))
	if err != nil || paid.Ticket.State != till.TicketDone || paid.Ticket.ID != bill.Ticket.ID {
		t.Errorf("%s, %v", paid.Ticket.State, err)
	}
	w.wantStock("latte", till.Units(9), 0)
	_, err = w.shop.PayTicket(context.Background(), bill.Ticket.ID, inCash(t, 0))
	wantProblem(t, err, till.CodeNotPermitted)
	w.check()
}

// An answer that never comes leaves the stock where it was; while the reversal waits the
// sale cannot go on, and afterwards it can.
func TestSellUnknownAndReversed(t *testing.T) {
	w := newCounterWorld(t)
	w.host.script, w.host.deaf = []string{"lose"}, true
	q := shop.SellRequest{Key: "order-1", Basket: basket("latte"), Tenders: []shop.Tendering{byCard()}}
	bill := w.sell(q)
	if bill.Outcome() != till.OutcomeUnknown || bill.Ticket.State != till.TicketPaying {
		t.Fatalf("%s, %s", bill.Outcome(), bill.Ticket.State)
	}
	w.wantStock("latte", till.Units(10), till.One)
	_, err := w.shop.Sell(context.Background(), q)
	wantProblem(t, err, till.CodePending)
	w.host.deaf = false
	again := w.sell(q)
	if again.Ticket.State != till.TicketDone || len(again.Txns) != 2 || again.Txns[0].State != till.Reversed {
		t.Errorf("again: %s, %d transactions", again.Ticket.State, len(again.Txns))
	}
	w.wantStock("latte", till.Units(9), 0)
	w.check()
}

// Giving up gives back what was taken, last taken first.
func TestAbandon(t *testing.T) {
	w := newCounterWorld(t)
	bill := w.sell(shop.SellRequest{Basket: basket("latte"), Tenders: []shop.Tendering{inCash(t, 500), byCardOf(t, 500)}})
	if bill.Ticket.State != till.TicketPaying || bill.Due.Minor() != 1800 {
		t.Fatalf("%s, due %s", bill.Ticket.State, bill.Due)
	}
	given, err := w.shop.Abandon(context.Background(), bill.Ticket.ID, nil)
	if err != nil || given.Ticket.State != till.TicketCanceled {
		t.Fatalf("%s, %v", given.Ticket.State, err)
	}
	if len(given.Taken) != 2 || given.Taken[0].Txn.Original != bill.Txns[1].ID || given.Taken[1].Txn.Original != bill.Txns[0].ID {
		t.Errorf("gave back %v", given.Taken)
	}
	w.wantStock("latte", till.Units(10), 0)
	w.check()
}

// What cannot be is refused before the first tender, and nothing is stored.
func TestSellRefuses(t *testing.T) {
	usd, err := money.CurrencyByCode("USD")
	if err != nil {
		t.Fatal(err)
	}
	dollars := basket("latte")
	price := money.New(100, usd)
	dollars.Entries[0].Price = &price
	eleven := basket("latte")
	eleven.Entries[0].Quantity = till.Units(11)
	quiet := basket("latte")
	quiet.Discount = &till.Discount{Percent: 100000}
	most := basket("latte")
	most.Discount = &till.Discount{Amount: yuan(t, 2801), Reason: "x"}
	for name, c := range map[string]struct {
		basket  till.Basket
		tenders []shop.Tendering
		code    till.Code
		says    string
	}{
		"nothing":             {till.Basket{}, []shop.Tendering{byCard()}, till.CodeUsage, ""},
		"unknown barcode":     {basket("latte", "6900000000007"), []shop.Tendering{byCard()}, till.CodeNotFound, "entry 2"},
		"wrong check digit":   {basket("6901234567893"), []shop.Tendering{byCard()}, till.CodeUsage, "entry 1"},
		"a card number":       {basket("4111111111111111"), []shop.Tendering{byCard()}, till.CodeUsage, "card number"},
		"two currencies":      {dollars, []shop.Tendering{byCard()}, till.CodeUsage, "entry 1"},
		"no reason":           {quiet, []shop.Tendering{byCard()}, till.CodeUsage, "reason"},
		"below zero":          {most, []shop.Tendering{byCard()}, till.CodeNotPermitted, "28.01"},
		"no price":            {basket("repair"), []shop.Tendering{byCard()}, till.CodeUsage, "entry 1"},
		"more than there are": {eleven, []shop.Tendering{byCard()}, till.CodeNotPermitted, "11"},
		"too much in a part":  {basket("latte"), []shop.Tendering{byCardOf(t, 2801)}, till.CodeUsage, "28.01"},
		"a third of nothing":  {basket("latte"), []shop.Tendering{byCard(), byCard()}, till.CodeUsage, "tender 2"},
		"cash too little":     {basket("latte"), []shop.Tendering{{Tender: till.Cash, Given: yuan(t, 2799)}}, till.CodeUsage, "27.99"},
		"change for a card":   {basket("latte"), []shop.Tendering{{Tender: till.Card, Entry: till.Swipe, Given: yuan(t, 5000)}}, till.CodeUsage, ""},
		"dollars":             {basket("latte"), []shop.Tendering{{Tender: till.Cash, Amount: money.New(100, usd)}}, till.CodeUsage, "USD"},
		"minus":               {basket("latte"), []shop.Tendering{{Tender: till.Cash, Amount: yuan(t, -100)}}, till.CodeUsage, "negative"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCounterWorld(t)
			_, err := w.shop.Sell(context.Background(), shop.SellRequest{Key: "k", Basket: c.basket, Tenders: c.tenders})
			wantProblem(t, err, c.code)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
			if err != nil && strings.Contains(err.Error(), "4111") {
				t.Errorf("%q repeats a card number", err)
			}
			if all, _ := w.store.Tickets(context.Background(), till.TicketFilter{}); len(all) != 0 {
				t.Errorf("%d tickets were stored", len(all))
			}
			w.wantStock("latte", till.Units(10), 0)
		})
	}
}

// The key of one basket is not that of another.
func TestSellKeyOfAnotherBasket(t *testing.T) {
	w := newCounterWorld(t)
	w.sell(shop.SellRequest{Key: "k", Basket: basket("latte"), Tenders: []shop.Tendering{inCash(t, 0)}})
	for _, b := range []till.Basket{basket("tea"), basket("latte", "latte"), {}} {
		_, err := w.shop.Sell(context.Background(), shop.SellRequest{Key: "k", Basket: b, Tenders: []shop.Tendering{inCash(t, 0)}})
		wantProblem(t, err, till.CodeConflict)
	}
	byBarcode := w.sell(shop.SellRequest{Key: "k", Basket: basket("6901234567892"), Tenders: []shop.Tendering{inCash(t, 0)}})
	if !byBarcode.Replayed {
		t.Error("the same item by its barcode is another basket")
	}
}

// Two tills want the last one: the first that begins has it, the other is told before
// anything is paid.
func TestTheLastOne(t *testing.T) {
	w := newCounterWorld(t)
	other := w.open()
	ten := basket("latte")
	ten.Entries[0].Quantity = till.Units(10)
	w.host.script, w.host.deaf = []string{"lose"}, true
	w.sell(shop.SellRequest{Basket: ten, Tenders: []shop.Tendering{byCard()}})
	_, err := other.Sell(context.Background(), shop.SellRequest{Basket: basket("latte"), Tenders: []shop.Tendering{inCash(t, 0)}})
	wantProblem(t, err, till.CodeNotPermitted)
	if txns, _ := w.store.Txns(context.Background(), till.Filter{Limit: 9}); len(txns) != 1 {
		t.Errorf("%d transactions, want the first till's alone", len(txns))
	}
}

// Nothing to pay completes without a tender.
func TestSellForNothing(t *testing.T) {
	w := newCounterWorld(t)
	free := basket("latte")
	free.Discount = &till.Discount{Percent: till.Whole, Reason: "birthday"}
	for _, b := range []till.Basket{basket("water"), free} {
		bill := w.sell(shop.SellRequest{Basket: b, Tenders: []shop.Tendering{byCard()}})
		if bill.Ticket.State != till.TicketDone || len(bill.Txns) != 0 || len(w.host.sent) != 0 {
			t.Errorf("%s, %d transactions, sent %v", bill.Ticket.State, len(bill.Txns), w.host.sent)
		}
	}
	w.wantStock("latte", till.Units(9), 0)
	w.check()
}

// A host that is down leaves what was taken before it, and says what is due.
func TestSellWithTheHostDown(t *testing.T) {
	w := newCounterWorld(t)
	w.host = nil
	q := shop.SellRequest{Key: "k", Basket: basket("latte"), Tenders: []shop.Tendering{inCash(t, 800), byCard()}}
	bill, err := w.shop.Sell(context.Background(), q)
	wantProblem(t, err, till.CodeHostDown)
	if bill.Ticket.State != till.TicketPaying || bill.Due.Minor() != 2000 {
		t.Errorf("%s, due %s", bill.Ticket.State, bill.Due)
	}
	_, err = w.shop.Sell(context.Background(), shop.SellRequest{Key: "k2", Basket: basket("latte"), Tenders: []shop.Tendering{byCard()}})
	wantProblem(t, err, till.CodeHostDown)
	if _, err := w.shop.TicketByName(context.Background(), "k2"); err == nil {
		t.Error("a sale whose only tender never began was stored")
	}
}

// A scale's code says how much is in the bag, and its label what it costs.
func TestScannedForms(t *testing.T) {
	w := newCounterWorld(t)
	for code, want := range map[string]struct {
		sku      till.SKU
		quantity till.Quantity
	}{
		"latte": {"latte", till.One}, "6901234567892": {"latte", till.One}, " 6901234567892": {"latte", till.One}, "06901234567892": {"latte", till.One},
		weighed(t, 375): {"bean", 375},
	} {
		bill, err := w.shop.Quote(context.Background(), basket(code))
		if err != nil || bill.Lines[0].SKU != want.sku || bill.Lines[0].Quantity != want.quantity {
			t.Errorf("%q: got %+v, %v; want %s of %s", code, bill.Lines, err, want.quantity, want.sku)
		}
	}
}

// Open items, prices and discounts by hand each ask for what they need, once, and who
// approved is written into the line.
func TestPermit(t *testing.T) {
	w := newCounterWorld(t)
	w.hire("root", till.Admin, "271828")
	w.signIn("root", "271828")
	w.hire("boss", till.Manager, "4821")
	w.hire("kim", till.Cashier, "9173")
	w.signIn("kim", "9173")
	cheap := yuan(t, 2000)
	b := basket("latte", "tea")
	b.Entries[0].Price = &cheap
	b.Entries[1].Discount = &till.Discount{Percent: 100000, Reason: "cold"}
	q := shop.SellRequest{Basket: b, Tenders: []shop.Tendering{inCash(t, 0)}}
	_, err := w.shop.Sell(context.Background(), q)
	wantProblem(t, err, till.CodeNotPermitted)
	q.Approval = &shop.Approval{Staff: "boss", PIN: pin("0000")}
	_, err = w.shop.Sell(context.Background(), q)
	wantProblem(t, err, till.CodeNotPermitted)
	q.Approval = &shop.Approval{Staff: "boss", PIN: pin("4821")}
	bill := w.sell(q)
	lines := bill.Ticket.Lines
	if lines[0].Approver != "boss" || lines[0].ListPrice.Minor() != 2800 || lines[1].Reductions[0].Approver != "boss" || bill.Ticket.Staff != "kim" || bill.Txns[0].Staff != "kim" {
		t.Errorf("got %+v, staff %s, transaction by %s", lines, bill.Ticket.Staff, bill.Txns[0].Staff)
	}
	_, err = w.shop.Return(context.Background(), shop.ReturnRequest{Return: till.BasketReturn{Original: bill.Ticket.ID}})
	wantProblem(t, err, till.CodeNotPermitted)
	back, err := w.shop.Return(context.Background(), shop.ReturnRequest{
		Return: till.BasketReturn{Original: bill.Ticket.ID}, Approval: &shop.Approval{Staff: "boss", PIN: pin("4821")},
	})
	if err != nil || back.Ticket.Approver != "boss" || back.Ticket.Staff != "kim" || back.Txns[0].Approver != "boss" {
		t.Errorf("got %+v, %v", back.Ticket, err)
	}
	w.check()
}

// Two tills at once with one key sell once; two tills at once that want the last one sell
// it once.
func TestAtOnce(t *testing.T) {
	for name, key := range map[string]string{"one key": "order-1", "the last one": ""} {
		t.Run(name, func(t *testing.T) {
			w := newCounterWorld(t)
			tills := []*shop.Shop{w.shop, w.open(), w.open()}
			all := basket("latte")
			all.Entries[0].Quantity = till.Units(10)
			outcomes := make(chan error, len(tills))
			for _, s := range tills {
				go func() {
					_, err := s.Sell(context.Background(), shop.SellRequest{Key: key, Basket: all, Tenders: []shop.Tendering{inCash(t, 0)}})
					outcomes <- err
				}()
			}
			for range tills {
				if err := <-outcomes; err != nil {
					var p *till.Problem
					if !errors.As(err, &p) || key != "" && p.Code != till.CodePending {
						t.Errorf("a till says %v", err)
					}
				}
			}
			txns, err := w.store.Txns(context.Background(), till.Filter{})
			if err != nil || len(txns) != 1 {
				t.Errorf("%d transactions, %v; want one", len(txns), err)
			}
			w.wantStock("latte", 0, 0)
			w.check()
		})
	}
}

// A key that another till takes between this one's look and its first commit is known by
// then: it is answered as one that was known before, and never as another request.
func TestKeyTakenMeanwhile(t *testing.T) {
	for name, tc := range map[string]struct {
		other till.Basket
		want  till.Code // none: the sale of the other till
	}{
		"same basket":  {other: basket("latte")},
		"other basket": {other: basket("tea"), want: till.CodeConflict},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCounterWorld(t)
			first := w.open()
			var sold shop.Bill
			random := w.cfg.Random
			w.cfg.Random = &meanwhile{from: random, do: func() { // an identity is drawn once the key is known to be new
				var err error
				sold, err = first.Sell(context.Background(), shop.SellRequest{Key: "k", Basket: tc.other, Tenders: []shop.Tendering{inCash(t, 0)}})
				w.must(err)
			}}
			late := w.open()
			bill, err := late.Sell(context.Background(), shop.SellRequest{Key: "k", Basket: basket("latte"), Tenders: []shop.Tendering{inCash(t, 0)}})
			if tc.want != "" {
				wantProblem(t, err, tc.want)
			} else if err != nil || !bill.Replayed || bill.Ticket.ID != sold.Ticket.ID {
				t.Errorf("got %+v, %v; want sale %s again", bill.Ticket, err, sold.Ticket.ID)
			}
			w.check()
		})
	}
}
