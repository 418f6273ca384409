package pages

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/styles"
)

// open is a ticket of the usual basket, as a store has it.
func open(state till.TicketState) till.Ticket {
	t, _ := desk{}.Quote(context.Background(), basket())
	t.ID, t.Key, t.State = "3K8ZQ0V7M2XD", "3K8ZQ0V7M2XD", state
	return t
}

// bill is what a tender came to.
func bill(state till.TicketState, outcome till.Outcome, due int64) shop.Bill {
	x := till.Txn{ID: "9T1WN5C4R6PA", Kind: till.Sale, Tender: till.Card, State: till.Approved, Amount: cny(10250 - due)}
	switch outcome {
	case till.OutcomeDeclined:
		x.State = till.Declined
	case till.OutcomeReversed:
		x.State = till.Reversed
	case till.OutcomeUnknown:
		x.State = till.Reversing
	case till.OutcomeApproved:
	}
	return shop.Bill{Ticket: open(state), Txns: []till.Txn{x}, Taken: []register.Result{{Txn: x, Outcome: outcome}}, Due: cny(due)}
}

func sells(b shop.Bill, err error) func(context.Context, shop.SellRequest) (shop.Bill, error) {
	return func(context.Context, shop.SellRequest) (shop.Bill, error) { return b, err }
}

// needing wants an approval of a discount and takes Bob's.
func needing(tries *int) func(till.Basket, *shop.Approval) (till.Basket, error) {
	return func(b till.Basket, a *shop.Approval) (till.Basket, error) {
		switch {
		case b.Discount == nil || b.Discount.Approver != "":
			return b, nil
		case a == nil:
			return b, wants("amy needs an approval")
		}
		*tries++
		if a.Staff != "bob" {
			return b, problem("wrong PIN of " + string(a.Staff))
		}
		d := *b.Discount
		d.Approver = "bob"
		b.Discount = &d
		return b, nil
	}
}

var discount = []string{"f4", "10%", "tab", "friend", "tab", "y", "enter"}

func TestApprovalGiven(t *testing.T) {
	tries := 0
	s, sale := till80(t, fake{permit: needing(&tries)}, basket())
	s.keys(discount...)
	s.sees("Approval", "amy needs an approval")
	s.keys("bob", "enter", "2468", "enter")
	s.sees("Discounts", "-10.25")
	if tries != 1 || sale.basket.Discount.Approver != "bob" {
		t.Fatalf("tried %d times, basket %+v", tries, sale.basket.Discount)
	}
}

func TestApprovalRefused(t *testing.T) {
	tries := 0
	s, sale := till80(t, fake{permit: needing(&tries)}, basket())
	s.keys(discount...)
	s.keys("esc")
	s.sees("till • Sale ", "102.50")
	s.keys("latte-l", "enter")
	if sale.basket.Discount != nil || counts(sale.basket)["latte-l"] != till.Units(3) {
		t.Fatalf("the basket is %+v", sale.basket)
	}
}

func TestApprovalGivenWrongly(t *testing.T) {
	tries := 0
	s, sale := till80(t, fake{permit: needing(&tries)}, basket())
	s.keys(discount...)
	s.keys("eve", "enter", "1111", "enter")
	s.sees("wrong PIN of eve", "till • Sale ")
	s.keys(discount...)
	s.keys("bob", "enter", "2468", "enter")
	if sale.basket.Discount == nil {
		t.Fatal("the second approval was not taken")
	}
}

// A declined payment leaves the sale in the store: what is rung up after it goes on with
// that one, and no second one appears.
func TestDeclinedThenBack(t *testing.T) {
	var held till.TicketID
	f := fake{sell: sells(bill(till.TicketOpen, till.OutcomeDeclined, 10250), nil)}
	f.hold = func(q shop.HoldRequest) (till.Ticket, error) { held = q.Held; return open(till.TicketOpen), nil }
	s, sale := till80(t, f, basket())
	s.keys("f9", "f3")
	s.sees("DECLINED", "F2")
	s.keys("esc")
	s.sees("Sale 3K8ZQ0V7M2XD")
	if sale.held != "3K8ZQ0V7M2XD" {
		t.Fatalf("the sale goes on with %q", sale.held)
	}
	s.keys("ctrl+c")
	if held != "3K8ZQ0V7M2XD" || !s.left {
		t.Fatalf("held %q, left %v", held, s.left)
	}
}

// Leaving from the payment page after a decline puts the same ticket aside.
func TestDeclinedThenLeft(t *testing.T) {
	var held []till.TicketID
	f := fake{sell: sells(bill(till.TicketOpen, till.OutcomeDeclined, 10250), nil)}
	f.hold = func(q shop.HoldRequest) (till.Ticket, error) {
		held = append(held, q.Held)
		return open(till.TicketOpen), nil
	}
	s, _ := till80(t, f, basket())
	s.keys("f9", "f3", "ctrl+c")
	if len(held) != 1 || held[0] != "3K8ZQ0V7M2XD" || !s.left {
		t.Fatalf("held %q, left %v", held, s.left)
	}
}

// A payment under way is canceled and waited for; then the program ends, and nothing that
// was paid is put aside.
func TestLeavingWhilePaying(t *testing.T) {
	for _, c := range []struct {
		name    string
		outcome shop.Bill
		err     error
		holds   int
		says    string
	}{
		{"paid all the same", bill(till.TicketDone, till.OutcomeApproved, 0), nil, 0, "sale 3K8ZQ0V7M2XD of 102.50 CNY is done"},
		{"unknown", bill(till.TicketPaying, till.OutcomeUnknown, 10250), nil, 0, "OUTCOME UNKNOWN"},
		{"reversed", bill(till.TicketOpen, till.OutcomeReversed, 10250), nil, 1, "REVERSED"},
		{"no reader", shop.Bill{}, problem("no reader"), 1, "no reader"},
	} {
		t.Run(c.name, func(t *testing.T) {
			canceled, holds := false, 0
			f := fake{sell: func(ctx context.Context, _ shop.SellRequest) (shop.Bill, error) {
				canceled = ctx.Err() != nil
				return c.outcome, c.err
			}}
			f.hold = func(shop.HoldRequest) (till.Ticket, error) { holds++; return open(till.TicketOpen), nil }
			s, _ := till80(t, f, basket())
			s.keys("f9")
			s.slow = true
			s.keys("f3", "ctrl+c")
			s.sees("stopping")
			if s.left {
				t.Fatal("it left with a payment under way")
			}
			s.drain()
			told := strings.ToLower(strings.Join(parting(s), "\n"))
			if !s.left || !canceled || holds != c.holds || !strings.Contains(told, strings.ToLower(c.says)) {
				t.Fatalf("left %v, canceled %v, held %d times, told %q", s.left, canceled, holds, told)
			}
		})
	}
}

func parting(s *screen) []string { return s.app.(interface{ Parting() []string }).Parting() }

// A sale of which a part is taken is left only by whoever has been told so.
func TestLeavingPartPaid(t *testing.T) {
	s, _ := till80(t, fake{sell: sells(bill(till.TicketPaying, till.OutcomeApproved, 5250), nil)}, basket())
	s.keys("f9", "50", "f3")
	s.sees("52.50 CNY are still due")
	s.keys("ctrl+c")
	s.sees("50.00 CNY of sale 3K8ZQ0V7M2XD were taken, 52.50 CNY are due")
	if s.left {
		t.Fatal("it left at once")
	}
	s.keys("ctrl+c")
	if !s.left {
		t.Fatal("it does not leave")
	}
}

// What was taken can be given back, and only by Enter where that is asked.
func TestGivingBack(t *testing.T) {
	gave := 0
	f := fake{sell: sells(bill(till.TicketPaying, till.OutcomeApproved, 5250), nil)}
	f.abandon = func(till.TicketID, *shop.Approval) (shop.Bill, error) {
		gave++
		return bill(till.TicketCanceled, till.OutcomeApproved, 0), nil
	}
	s, _ := till80(t, f, basket())
	s.keys("f9", "50", "f3", "esc")
	s.sees("50.00 CNY were taken. What becomes of it?")
	s.keys("f2", "esc", "enter")
	if gave != 0 {
		t.Fatal("it was given back unasked")
	}
	s.keys("esc", "enter")
	s.sees("CANCELED, nothing is owed")
	s.keys("enter")
	s.sees("Nothing here yet")
}

// Where what was taken cannot be given back now, the sale is left as it is and found again.
func TestLeavingASaleForLater(t *testing.T) {
	f := fake{sell: sells(bill(till.TicketPaying, till.OutcomeApproved, 5250), nil)}
	f.named = func(string) (till.Ticket, error) {
		o := open(till.TicketPaying)
		o.Paid = cny(5000)
		return o, nil
	}
	f.abandon = func(till.TicketID, *shop.Approval) (shop.Bill, error) {
		return shop.Bill{}, problem("the host is down")
	}
	f.pay = func(context.Context, till.TicketID) (shop.Bill, error) {
		return bill(till.TicketDone, till.OutcomeApproved, 0), nil
	}
	s, _ := till80(t, f, basket())
	s.keys("f9", "50", "f3", "esc", "enter")
	s.sees("the host is down", "To pay CNY")
	s.keys("esc", "esc")
	s.sees("Nothing here yet", "sale 3K8ZQ0V7M2XD stays as it is")
	s.keys("3k8zq0v7m2xd", "enter")
	s.sees("of 102.50, 50.00 are taken")
	s.keys("f3")
	s.sees("PAID")
}

// A basket is put aside when the user leaves. Where that fails the sale stays, and the
// second Ctrl+C leaves without it.
func TestLeavingWithABasket(t *testing.T) {
	s, _ := till80(t, fake{hold: func(shop.HoldRequest) (till.Ticket, error) { return till.Ticket{}, problem("the disk is full") }}, basket())
	s.keys("ctrl+c")
	s.sees("the disk is full", "Ctrl+C once more")
	if s.left {
		t.Fatal("it left and lost the sale")
	}
	s.keys("up", "ctrl+c")
	if s.left {
		t.Fatal("it left although something was done in between")
	}
	s.keys("ctrl+c")
	if !s.left {
		t.Fatal("it does not leave")
	}
}

// Putting aside may want an approval, also when the user leaves.
func TestLeavingWithApproval(t *testing.T) {
	f := fake{hold: func(q shop.HoldRequest) (till.Ticket, error) {
		if q.Approval == nil {
			return till.Ticket{}, wants("amy needs an approval")
		}
		return open(till.TicketOpen), nil
	}}
	s, _ := till80(t, f, basket())
	s.keys("ctrl+c")
	s.sees("Approval")
	s.keys("esc")
	s.sees("the sale was not put aside", "till • Sale ")
	s.keys("up", "ctrl+c", "bob", "enter", "2468", "enter")
	if !s.left {
		t.Fatal("it did not leave")
	}
}

// A job that fails changes nothing, and those behind it go on.
func TestQueueGoesOn(t *testing.T) {
	f := fake{scanned: func(code string) error {
		if code == ean(2) {
			return problem("article 2 is not for sale")
		}
		return nil
	}}
	s, sale := till80(t, f, till.Basket{})
	s.slow = true
	for i := 1; i <= 3; i++ {
		s.keys(ean(i), "enter")
	}
	s.keys("f9")
	s.drain()
	s.sees("article 2 is not for sale", "till • Sale ")
	if got := counts(sale.basket); len(got) != 2 {
		t.Fatalf("the basket holds %v", got)
	}
}

// Nothing but errors leaves an empty basket and a page that works.
func TestOnlyErrors(t *testing.T) {
	s, sale := till80(t, fake{quote: func(till.Basket) error { return problem("no prices today") }}, till.Basket{})
	for i := range 5 {
		s.keys(ean(i), "enter")
		s.sees("no prices today")
	}
	if len(sale.basket.Entries) != 0 || sale.doing != resting {
		t.Fatalf("the page holds %d entries and does %d", len(sale.basket.Entries), sale.doing)
	}
	s.keys("f9")
	s.sees("nothing is rung up yet")
	s.keys("ctrl+q")
	if !s.left {
		t.Fatal("it does not leave")
	}
}

// The selection follows what was scanned, and stays in the list when lines go.
func TestSelection(t *testing.T) {
	s, sale := till80(t, fake{}, filled(3))
	at := func(want int) {
		t.Helper()
		if i, _ := sale.lines.Selected(); i != want {
			t.Fatalf("line %d is selected, want %d", i+1, want+1)
		}
	}
	s.keys(ean(1), "enter")
	at(1)
	s.keys("down", "delete")
	at(1)
	s.keys("up", "delete")
	at(0)
	s.keys("delete")
	s.sees("Nothing here yet")
	s.keys("delete", "up", "f2")
	s.sees("nothing is rung up yet")
}

// A held sale with a line that cannot be priced any more is shown, so that the line can be
// taken out.
func TestRecalledWithoutPrice(t *testing.T) {
	f := fake{quote: func(b till.Basket) error {
		if counts(b)[ean(0)] > 0 {
			return problem("article 0 is deleted")
		}
		return nil
	}}
	ticket, err := fake{}.Quote(context.Background(), filled(2))
	if err != nil {
		t.Fatal(err)
	}
	b := filled(2)
	ticket.ID, ticket.Basket = "A", &b
	last := new(Sale)
	*last = Recalled(work(f), ticket)
	s := newScreen(t, watched{*last, last}, 80, 24, i18n.English, styles.Lines())
	s.sees("article 0 is deleted", "article "+ean(0))
	s.keys("up", "delete")
	if got := counts(last.basket); len(got) != 1 || got[ean(1)] == 0 {
		t.Fatalf("the basket holds %v", got)
	}
}

// Signing out keeps nobody's sale, so it waits for it; a held one that would take its
// place waits as well.
func TestSaleIsInTheWay(t *testing.T) {
	s, _ := till80(t, fake{recall: func(string) (till.Ticket, error) { t.Error("recalled"); return till.Ticket{}, nil }}, basket())
	s.keys("f10", "up", "up", "up", "up", "down", "down", "down", "down", "down", "down", "down", "enter")
	s.sees("a sale is being rung up")
	s.keys("esc", "f7", "enter")
	s.sees("a sale is being rung up")
}

// Del gives a held sale up only when it is pressed twice.
func TestGivingUpAHeldSale(t *testing.T) {
	canceled := 0
	f := fake{cancel: func(id till.TicketID) (till.Ticket, error) {
		canceled++
		return till.Ticket{ID: id, State: till.TicketCanceled}, nil
	}}
	s, _ := till80(t, f, till.Basket{})
	s.keys("f7", "delete", "up", "delete")
	if canceled != 0 {
		t.Fatal("it was given up unasked")
	}
	s.keys("delete")
	if canceled != 1 {
		t.Fatalf("given up %d times", canceled)
	}
}

// A return over a sale comes back to that sale. The key of one that was begun is kept.
func TestReturnOverASale(t *testing.T) {
	var keys []string
	tries := []func() (shop.Bill, error){
		func() (shop.Bill, error) {
			b := bill(till.TicketPaying, till.OutcomeDeclined, 4400)
			b.Ticket.Kind, b.Ticket.Key = till.TicketReturn, "K1"
			return b, nil
		},
		func() (shop.Bill, error) { return shop.Bill{}, problem("the host is down") },
		func() (shop.Bill, error) {
			b := bill(till.TicketDone, till.OutcomeApproved, 0)
			b.Ticket.Kind = till.TicketReturn
			return b, nil
		},
	}
	f := fake{named: func(string) (till.Ticket, error) { return open(till.TicketDone), nil }}
	f.back = func(q shop.ReturnRequest) (shop.Bill, error) {
		keys = append(keys, q.Key)
		return tries[len(keys)-1]()
	}
	s, sale := till80(t, f, basket())
	s.keys("3K8ZQ0V7M2XD", "enter")
	s.sees("till • Return")
	s.keys("space", "f9", "f9", "f9")
	s.sees("PAID BACK")
	s.keys("enter")
	s.sees("till • Sale ")
	if strings.Join(keys, ",") != ",K1,K1" || len(sale.basket.Entries) != 3 {
		t.Fatalf("keys %q, %d lines", keys, len(sale.basket.Entries))
	}
}

// A drawer is closed with what was counted, and never with nothing by mistake.
func TestClosingTheShift(t *testing.T) {
	var counted []string
	f := fake{drawer: func(c shop.Closing, _ *shop.Approval) (till.Shift, error) {
		counted = append(counted, c.Cash.Sum.String())
		return till.Shift{Number: 7, Over: cny(-250)}, nil
	}}
	s, _ := till80(t, f, till.Basket{})
	s.keys("f10", "down", "enter", "enter")
	s.sees("is no amount in CNY")
	s.keys("350.5", "enter")
	s.sees("shift 7 is closed; the drawer is short by 2.50 CNY")
	if strings.Join(counted, ",") != "350.50 CNY" {
		t.Fatalf("counted %q", counted)
	}
}

// Cash: what was typed stays where it was refused, and the change is told.
func TestCash(t *testing.T) {
	var given []string
	f := fake{sell: func(_ context.Context, q shop.SellRequest) (shop.Bill, error) {
		given = append(given, q.Tenders[0].Given.String())
		if len(given) == 1 {
			return shop.Bill{}, problem("100.00 were given, 102.50 are to be paid")
		}
		b := bill(till.TicketDone, till.OutcomeApproved, 0)
		b.Txns[0].Tender, b.Txns[0].Given = till.Cash, q.Tenders[0].Given
		return b, nil
	}}
	s, _ := till80(t, f, basket())
	s.keys("f9", "f2", "100")
	s.sees("Missing CNY")
	s.keys("enter")
	s.sees("100.00 were given", "[100 ")
	s.keys("backspace", "backspace", "backspace", "tab", "tab")
	s.sees("[103.00 ")
	s.keys("enter")
	s.sees("PAID", "Change CNY")
	if strings.Join(given, ",") != "100.00 CNY,103.00 CNY" {
		t.Fatalf("given %q", given)
	}
}

// Keys that are pressed at once go where they were meant for: a page that was asked for is
// there before the next key.
func TestKeysWithoutWaiting(t *testing.T) {
	s, _ := till80(t, fake{sell: sells(shop.Bill{}, problem("not today"))}, basket())
	s.slow = true
	s.keys("f9", "f2", "200", "esc", "esc", "f2", "5", "enter")
	s.drain()
	s.sees("till • Sale ", "168.50")
}

// Keys that were typed for a page which does not come up go nowhere.
func TestKeysForAPageThatDoesNotComeUp(t *testing.T) {
	f := fake{scanned: func(string) error { return problem("not for sale") }}
	s, sale := till80(t, f, till.Basket{})
	s.slow = true
	s.keys(ean(1), "enter", "f9", "f2", "200", "enter")
	s.drain()
	s.sees("not for sale", "Nothing here yet")
	if !sale.box.IsEmpty() {
		t.Fatalf("the box holds %q", sale.box.Value())
	}
}

// A card that is held to the reader has a key of its own, and is asked for in its words.
func TestTapIsTaken(t *testing.T) {
	var taken []shop.Tendering
	s, _ := till80(t, fake{sell: func(ctx context.Context, q shop.SellRequest) (shop.Bill, error) {
		taken = q.Tenders
		return sells(bill(till.TicketOpen, till.OutcomeReversed, 10250), nil)(ctx, q)
	}}, basket())
	s.keys("f9")
	s.sees("card or phone held to the reader")
	s.slow = true
	s.keys("50", "f5")
	s.send(common.Observed{Observation: register.Observation{What: register.WaitingForCard, Txn: till.Txn{Entry: till.Tap}}})
	s.sees("hold the card or phone to the reader")
	s.drain()
	if len(taken) != 1 || taken[0].Tender != till.Card || taken[0].Entry != till.Tap || taken[0].Amount.Minor() != 5000 {
		t.Errorf("took %+v, want a tap of 50.00", taken)
	}
}

// A payment that was stopped by Esc goes on to the next one, and does not end the program.
func TestStoppedByEsc(t *testing.T) {
	s, _ := till80(t, fake{sell: sells(bill(till.TicketOpen, till.OutcomeReversed, 10250), nil)}, basket())
	s.keys("f9")
	s.slow = true
	s.keys("f3")
	s.send(common.Observed{Observation: register.Observation{What: register.WaitingForCard}})
	s.sees("insert the card")
	s.send(tea.WindowSizeMsg{Width: 20, Height: 5}, tea.WindowSizeMsg{Width: 200, Height: 60}, tea.WindowSizeMsg{Width: 40, Height: 12})
	s.sees("insert the card")
	s.keys("12", "f3", "esc", "esc")
	s.drain()
	s.sees("REVERSED")
	if s.left {
		t.Fatal("it left")
	}
	s.keys("esc")
	s.sees("till • Sale ")
}
