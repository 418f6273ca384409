package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// terminal is the one that most rules use.
const terminal = "TILL0001"

// fataler is what testing.T and rapid.T have in common.
type fataler interface {
	Context() context.Context
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// open opens the shop for the length of the test.
func open(t *testing.T, shop Shop) Store {
	t.Helper()
	s, err := shop.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// sale is a card sale that is about to be sent.
func sale(id string, minor int64) till.Txn {
	return till.Txn{
		ID: till.TxnID(id), Key: "key-" + id, Kind: till.Sale, Tender: till.Card, Entry: till.Chip, State: till.Intent,
		Amount: cny(minor), Terminal: terminal, Merchant: "SHOP00000000001", At: time.Date(2026, 3, 1, 9, 30, 0, 123456789, time.UTC),
	}
}

// void is a void of the whole of original, ready to be begun.
func void(id string, original till.Txn) till.Txn {
	t := sale(id, 1)
	t.Kind, t.Entry, t.Tender, t.Amount, t.Original, t.Terminal = till.Void, till.NoEntry, original.Tender, original.Amount, original.ID, original.Terminal
	return t
}

// refund is a refund of a part of original, ready to be begun.
func refund(id string, original till.Txn, minor int64) till.Txn {
	t := void(id, original)
	t.Kind, t.Amount = till.Refund, money.New(minor, original.Amount.Currency())
	return t
}

func cny(minor int64) money.Amount { return in("CNY", minor) }

func in(code string, minor int64) money.Amount {
	c, err := money.CurrencyByCode(code)
	if err != nil {
		panic(err) // a mistake of the suite itself
	}
	return money.New(minor, c)
}

func begin(t fataler, s Store, txn till.Txn) till.Txn {
	t.Helper()
	begun, err := s.Begin(t.Context(), till.NewTxn{Txn: txn})
	if err != nil {
		t.Fatalf("begin %s %s: %v", txn.Kind, txn.ID, err)
	}
	return begun
}

func record(t fataler, s Store, txn till.Txn, state till.State) till.Txn {
	t.Helper()
	txn.State = state
	recorded, err := s.Record(t.Context(), txn)
	if err != nil {
		t.Fatalf("record %s as %s: %v", txn.ID, state, err)
	}
	return recorded
}

func approve(t fataler, s Store, txn till.Txn) till.Txn {
	t.Helper()
	return record(t, s, begin(t, s, txn), till.Approved)
}

func read(t fataler, s Store, id till.TxnID) till.Txn {
	t.Helper()
	txn, err := s.Txn(t.Context(), id)
	if err != nil {
		t.Fatalf("read %s: %v", id, err)
	}
	return txn
}

// refused fails unless err is a problem of the code that both languages can say.
func refused(t fataler, err error, code till.Code) {
	t.Helper()
	var p *till.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Fatalf("got error %v, want a problem of code %s", err, code)
	}
	for _, m := range []i18n.Message{p.What, p.Hint} {
		for _, l := range []i18n.Lang{i18n.English, i18n.Chinese} {
			if text := m.In(l); !m.IsZero() && (text == "" || malformed(text)) {
				t.Fatalf("problem in %s: %q", l, text)
			}
		}
	}
}

func malformed(text string) bool { return strings.Contains(text, "%!") }

// same fails unless got is want in every field that is shown or stored.
func same(t fataler, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(money.Amount{}), cmp.Comparer(func(a, b money.Currency) bool { return a == b })); diff != "" {
		t.Fatalf("got and want differ (-want +got):\n%s", diff)
	}
}

// atOnce runs f in n goroutines, each with a store of its own, and gives what came of
// each.
func atOnce(t *testing.T, shop Shop, n int, f func(i int, s Store) error) []error {
	t.Helper()
	stores := make([]Store, n)
	for i := range stores {
		stores[i] = open(t, shop)
	}
	errs := make([]error, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, s := range stores {
		all.Go(func() {
			<-start
			errs[i] = f(i, s)
		})
	}
	close(start)
	all.Wait()
	return errs
}

// succeeded counts the calls that came back without an error.
func succeeded(errs []error) int {
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

func name(prefix string, i int) string { return fmt.Sprintf("%s%04d", prefix, i) }
