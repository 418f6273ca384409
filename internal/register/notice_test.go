package register_test

import (
	"context"
	"testing"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// A refund is told to this host, and what it refers to was told as well. That is acknowledged
// only when the refund is asked for, and gets its reference number then. The refund names it
// by that from its first message on: a repeat that is another message is refused by a host.
func TestRefundOfWhatWasJustAcknowledged(t *testing.T) {
	w := newKeyedWorld(t, "unionpay-pos")
	w.policy.Notices = map[till.Kind]bool{till.Refund: true}
	w.keyed = func(context.Context) (till.CardData, error) {
		track := virtual.PlainStripe()
		return till.CardData{PAN: track.PAN, Expiry: track.Expiry, Brand: string(track.PAN.Brand())}, nil
	}
	w.restartTill()
	w.line.fate = func(till.Request) fate { return requestLost }
	amount := money.New(14000, cny(t))
	sale, err := w.reg.Take(t.Context(), register.Payment{Amount: amount, Tender: till.Card, Entry: till.Manual, AuthCode: "A1B2C3"})
	if err != nil || sale.Txn.State != till.Advice {
		t.Fatalf("the sale is %s (%v), want it to be told still", sale.Txn.State, err)
	}
	var named []string
	w.line.fate = func(q till.Request) fate {
		if q.Txn.Kind != till.Refund {
			return arrives
		}
		if named = append(named, q.Original.RRN); len(named) == 1 {
			return answerLost
		}
		return arrives
	}
	w.restartTill() // which tries at once
	back, err := w.reg.Refund(t.Context(), register.Undo{Original: sale.Txn.ID, Amount: money.New(4496, cny(t))})
	if err != nil || back.Txn.State != till.Advice {
		t.Fatalf("the refund is %s (%v), want it to be told still", back.Txn.State, err)
	}
	w.resolve(back.Txn.ID, till.Approved)
	if len(named) != 2 || named[0] == "" || named[0] != named[1] {
		t.Errorf("the refund named the sale by %q, want two messages with one reference number", named)
	}
}
