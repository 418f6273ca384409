package wallet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

func TestNewNumber(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	random := bytes.NewReader(all)
	seen := map[string]bool{}
	for range 10 {
		n, err := NewNumber(random)
		if err != nil {
			t.Fatal(err)
		}
		if len(n) != NumberLength || strings.Trim(n, crockford) != "" {
			t.Errorf("got %q, want %d characters of %s", n, NumberLength, crockford)
		}
		seen[n] = true
	}
	if len(seen) < 4 { // five bits of each byte are used, so the drum repeats after 32 bytes
		t.Errorf("got %d different numbers", len(seen))
	}
	if _, err := NewNumber(iotest.ErrReader(errors.New("no entropy"))); err == nil {
		t.Error("no random bytes, and no error")
	}
}

// Every state has one of the transaction; final ones a final one, and the moves between
// them are those that the store lets a transaction make.
func TestTxnOfState(t *testing.T) {
	allowed := map[till.State][]till.State{
		till.Intent:    {till.Intent, till.Approved, till.Declined, till.Reversing},
		till.Reversing: {till.Reversing, till.Reversed},
	}
	for _, s := range States() {
		if s.Txn() == till.New {
			t.Errorf("%s has no state of the transaction", s)
		}
		if s.IsFinal() != s.Txn().IsFinal() {
			t.Errorf("%s: final %v, its transaction %s", s, s.IsFinal(), s.Txn())
		}
		for _, next := range moves(s) {
			if !strings.Contains(fmt.Sprint(allowed[s.Txn()]), string(next.Txn())) {
				t.Errorf("%s to %s makes a transaction go from %s to %s", s, next, s.Txn(), next.Txn())
			}
		}
	}
	if OrderState("").Txn() != till.New {
		t.Error("an order that is not stored is a transaction that is not")
	}
}

func TestOrderJSON(t *testing.T) {
	o := Order{
		Number: "N", Flow: Shown, State: StateShown, Amount: cny(t, 1250), Code: "C", TradeNo: "T", Provider: "P",
		ExpiresAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Attempts: 1, Reason: till.ReasonTimeout,
		RefundNumber: "F", RefusedCode: "X", RefusedWords: "W",
	}
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var back Order
	if err := json.Unmarshal(raw, &back); err != nil || back != o {
		t.Errorf("got %+v, %v, want %+v", back, err, o)
	}
	short, err := json.Marshal(Order{Number: "N", Flow: Scanned, State: StateSubmitted, Amount: cny(t, 1)})
	if want := `{"number":"N","flow":"scanned","state":"submitted","amount":{"minor":1,"currency":"CNY"}}`; string(short) != want || err != nil {
		t.Errorf("got %s, %v, want %s", short, err, want)
	}
}

// A payment code cannot be seen in anything that is printed or kept.
func TestPaymentCodeIsHidden(t *testing.T) {
	const code = "134567890123456789"
	s := Begin(Order{Number: "N", Flow: Scanned}, card.NewSecret(code))
	s, actions := Step(s, Start{})
	_, sent := Step(s, Committed{Order: s.Order})
	for _, v := range []any{s, &s, actions, sent, Request{PaymentCode: card.NewSecret(code)}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, code) || strings.Contains(text, fmt.Sprintf("%x", code)) {
				t.Errorf("%s shows it: %T", verb, v)
			}
		}
		if raw, err := json.Marshal(v); err == nil && strings.Contains(string(raw), code) {
			t.Errorf("json shows it: %T", v)
		}
	}
}

func TestPace(t *testing.T) {
	for n, want := range map[int]time.Duration{0: 1, 1: 1, 2: 2, 3: 3, 4: 3, 1000: 3} {
		if got := Pace(n); got != want*time.Second {
			t.Errorf("Pace(%d) is %s, want %ds", n, got, want)
		}
	}
	for n, want := range map[int]time.Duration{-1: 1, 0: 1, 1: 1, 2: 2, 3: 4, 9: 256, 10: 300, 1_000_000: 300} {
		if got := Backoff(n); got != want*time.Second {
			t.Errorf("Backoff(%d) is %s, want %ds", n, got, want)
		}
	}
}
