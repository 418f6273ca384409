package register_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// What only some sales by card have is held against the sale before anything is sent.
func TestTermsAreChecked(t *testing.T) {
	yuan := func(minor int64) money.Amount { return money.New(minor, cny(t)) }
	for name, p := range map[string]register.Payment{
		"cashback with cash":         {Amount: yuan(1000), Tender: till.Cash, Cashback: yuan(100)},
		"cashback of everything":     {Amount: yuan(1000), Tender: till.Card, Entry: till.Swipe, Cashback: yuan(1000)},
		"negative cashback":          {Amount: yuan(1000), Tender: till.Card, Entry: till.Swipe, Cashback: yuan(-1)},
		"one instalment":             {Amount: yuan(1000), Tender: till.Card, Entry: till.Swipe, Plan: &till.Plan{Count: 1}},
		"a hundred instalments":      {Amount: yuan(1000), Tender: till.Card, Entry: till.Swipe, Plan: &till.Plan{Count: 100}},
		"instalments in cash":        {Amount: yuan(1000), Tender: till.Cash, Plan: &till.Plan{Count: 3}},
		"a short authorization code": {Amount: yuan(1000), Tender: till.Card, Entry: till.Swipe, AuthCode: "12345"},
		"an odd authorization code":  {Amount: yuan(1000), Tender: till.Card, Entry: till.Swipe, AuthCode: "12 456"},
		"a chip after a phone call":  {Amount: yuan(1000), Tender: till.Card, Entry: till.Chip, AuthCode: "123456"},
	} {
		w := newWorld(t)
		sent := len(w.line.sent)
		_, err := w.reg.Take(context.Background(), p)
		var problem *till.Problem
		if !errors.As(err, &problem) || problem.Code != till.CodeUsage {
			t.Errorf("%s: got %v, want a problem of usage", name, err)
		}
		if txns, _ := w.store.Txns(context.Background(), till.Filter{}); len(txns) != 0 || len(w.line.sent) != sent {
			t.Errorf("%s: something was stored or sent", name)
		}
	}
}

// A card number that is keyed goes through the same guards as one that is read.
func TestKeyedCards(t *testing.T) {
	w := newWorld(t)
	_, err := w.reg.Take(context.Background(), register.Payment{Amount: money.New(1000, cny(t)), Tender: till.Card, Entry: till.Manual})
	var problem *till.Problem
	if !errors.As(err, &problem) || problem.Code != till.CodeNoDevice {
		t.Errorf("nothing to key with: got %v", err)
	}
	const valid = card.Expiry("3112")
	for _, tc := range []struct {
		name string
		card till.CardData
		want till.Code
	}{
		{"a number that is not published", till.CardData{PAN: unpublished(t), Expiry: valid}, till.CodeNotPermitted},
		{"an expired card", till.CardData{PAN: published(t), Expiry: "2001"}, till.CodeNotPermitted},
		{"a good one", till.CardData{PAN: published(t), Expiry: valid}, ""},
	} {
		w := newWorld(t)
		w.keyed = func(context.Context) (till.CardData, error) { return tc.card, nil }
		w.restartTill()
		res, err := w.reg.Take(context.Background(), register.Payment{Amount: money.New(1000, cny(t)), Tender: till.Card, Entry: till.Manual})
		if tc.want == "" {
			if err != nil || res.Outcome != till.OutcomeApproved || res.Txn.Entry != till.Manual {
				t.Errorf("%s: %s, %v", tc.name, res.Outcome, err)
			}
			continue
		}
		if !errors.As(err, &problem) || problem.Code != tc.want {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
		}
	}
}

func published(t *testing.T) card.PAN {
	t.Helper()
	pan, ok := card.TestNumber(card.Visa, 16, 0)
	if !ok {
		t.Fatal("no published number")
	}
	return pan
}

// unpublished is a number that passes Luhn's check and that nobody publishes.
func unpublished(t *testing.T) card.PAN {
	t.Helper()
	for check := range 10 {
		pan, err := card.ParsePAN(fmt.Sprintf("%s%d", "453957100000000", check))
		if err == nil && pan.LuhnValid() && !pan.IsPublishedTest() {
			return pan
		}
	}
	t.Fatal("no such number")
	return card.PAN{}
}

// A host that sends no working keys where nothing is said without them is not worked with:
// nothing begins, and the message says what to do.
func TestKeysNeverDownloaded(t *testing.T) {
	w := newWorld(t)
	w.policy.Keys = true
	w.restartTill()
	res, err := w.take("", 1250, till.Swipe)
	var problem *till.Problem
	if !errors.As(err, &problem) || problem.Code != till.CodeHostDown || problem.Hint.IsZero() {
		t.Errorf("got %s, %v; want it refused with the next step", res.Outcome, err)
	}
	if txns, _ := w.store.Txns(context.Background(), till.Filter{}); len(txns) != 0 || w.net() != 0 {
		t.Errorf("%d transactions are stored, the host moved %d; want nothing", len(txns), w.net())
	}
	session, err := w.store.Session(context.Background(), testTerminal)
	if err != nil || len(session.Keys) != 0 {
		t.Errorf("session %+v, %v", session, err)
	}
}

// The host's totals count so many and no more: the sale beyond is refused, and nothing of
// it is stored or sent.
func TestBatchOfTheHostIsFull(t *testing.T) {
	w := newWorld(t)
	w.policy.BatchLimit = 2
	w.restartTill()
	for range 2 {
		if res, err := w.take("", 1250, till.Chip); err != nil || res.Outcome != till.OutcomeApproved {
			t.Fatalf("%s, %v", res.Outcome, err)
		}
	}
	_, err := w.take("", 1250, till.Chip)
	var problem *till.Problem
	if !errors.As(err, &problem) || problem.Code != till.CodeNotPermitted {
		t.Errorf("got %v, want it refused", err)
	}
	if b, err := w.reg.CloseBatch(context.Background()); err != nil || b.State != till.BatchClosed || b.Ours.Debits != 2 {
		t.Errorf("closing: %s, %+v, %v", b.State, b.Ours, err)
	}
	if res, err := w.take("", 1250, till.Chip); err != nil || res.Outcome != till.OutcomeApproved {
		t.Errorf("in the next batch: %s, %v", res.Outcome, err)
	}
}
