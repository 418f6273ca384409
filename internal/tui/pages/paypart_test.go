package pages

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/styles"
)

// partBill is a sale whose card was asked for all and paid the half, or gave it back.
func partBill(state till.State) shop.Bill {
	x := till.Txn{ID: "9T1WN5C4R6PA", Kind: till.Sale, Tender: till.Card, State: state, Amount: cny(10250), Reason: till.ReasonPartial}
	b := shop.Bill{Ticket: open(till.TicketOpen), Due: cny(10250)}
	outcome := till.OutcomeDeclined
	if state == till.Approved {
		x.Asked, x.Amount, x.Reason, outcome = cny(10250), cny(5125), "", till.OutcomeApproved
		b.Ticket.State, b.Due = till.TicketPaying, cny(5125)
	}
	b.Txns, b.Taken = []till.Txn{x}, []register.Result{{Txn: x, Outcome: outcome}}
	return b
}

// asked is the screen while a card is asked for a part; what is decided comes to words.
func asked(t *testing.T, b shop.Bill) (*screen, *[]bool) {
	t.Helper()
	words := new([]bool)
	s, _ := till80(t, fake{sell: sells(b, nil)}, basket())
	s.keys("f9")
	s.slow = true
	s.keys("f3")
	s.send(common.PartAsked{Approved: cny(5125), Asked: cny(10250), Decide: func(accepted bool) { *words = append(*words, accepted) }})
	s.sees("The bank approves 51.25 CNY of the 102.50 CNY asked.", "51.25 CNY of this sale are left to pay", "F9", "Esc")
	return s, words
}

// The cashier decides on a part once, by a key that no scanner types.
func TestPartIsDecided(t *testing.T) {
	for _, c := range []struct {
		name string
		key  string
		want bool
		bill shop.Bill
		says []string
	}{
		{"taken", "f9", true, partBill(till.Approved), []string{"51.25 CNY of 102.50 CNY are taken, 51.25 CNY are still due", "card           51.25  approved (a part of 102.50)", "To pay CNY  of 102.50, 51.25 are taken"}},
		{"taken by the twin of the key", "ctrl+p", true, partBill(till.Approved), []string{"51.25 CNY are still due"}},
		{"refused", "esc", false, partBill(till.Reversed), []string{"nothing is taken; the part was given back, 102.50 CNY are due", "F2"}},
		{"refused, and not undone yet", "esc", false, partBill(till.Reversing), []string{"nothing is taken; the part is being given back"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, words := asked(t, c.bill)
			s.keys("enter", "y", "12", "f2", "f3", "tab")
			if len(*words) != 0 {
				t.Fatalf("a key that is none of the two decided: %v", *words)
			}
			s.keys(c.key, c.key)
			s.seesNot("The bank approves")
			if len(*words) != 1 || (*words)[0] != c.want {
				t.Fatalf("decided %v, want %v once", *words, c.want)
			}
			s.drain()
			s.sees(c.says...)
		})
	}
}

// Whoever leaves while the shopper is asked stops the payment: nobody waits for a word any
// more, and the register, which sees the end of its context, gives the part back.
func TestLeavingWhileAPartIsAsked(t *testing.T) {
	canceled := false
	s, _ := till80(t, fake{sell: func(ctx context.Context, _ shop.SellRequest) (shop.Bill, error) {
		canceled = ctx.Err() != nil
		return partBill(till.Reversed), nil
	}}, basket())
	s.keys("f9")
	s.slow = true
	s.keys("f3")
	var words []bool
	ask := common.PartAsked{Approved: cny(5125), Asked: cny(10250), Decide: func(accepted bool) { words = append(words, accepted) }}
	s.send(ask)
	s.keys("ctrl+c")
	s.seesNot("The bank approves")
	s.keys("f9")
	s.send(ask) // it came late
	s.drain()
	if !s.left || !canceled || len(words) != 1 || words[0] {
		t.Fatalf("left %v, canceled %v, words %v; want nothing accepted", s.left, canceled, words)
	}
}

// The seconds are counted, and the question goes when the register goes on without a word.
func TestPartThatNobodyDecides(t *testing.T) {
	page := paying(work(desk{}), open(till.TicketOpen)).(Pay)
	page.work.Patience = 30 * time.Second
	s := newScreen(t, page, 80, 24, i18n.English, styles.Lines())
	offering(s)
	s.sees("nothing is taken: 30 s left")
	if s.rung != 1 {
		t.Errorf("the bell rang %d times, want once", s.rung)
	}
	for range 10 {
		s.send(tea.Msg(common.Tick{}))
	}
	s.sees("nothing is taken: 20 s left")
	s.send(common.Observed{Observation: register.Observation{What: register.ReversalSent, Txn: till.Txn{Amount: cny(10250)}}})
	s.seesNot("The bank approves")
	s.sees("undoing it at the bank")
}
