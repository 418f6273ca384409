package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/tillworks/till/internal/till"
)

func stanUnique(t *testing.T, shop Shop) {
	s := open(t, shop)
	seen := map[till.STAN]bool{}
	for i := range 30 {
		var got till.STAN
		if i%3 == 0 {
			got = nextSTAN(t, s, terminal)
		} else {
			got = begin(t, s, sale(name("A", i), 1)).STAN
		}
		if got != till.STAN(i+1) || seen[got] {
			t.Fatalf("number %d is %s", i+1, got)
		}
		seen[got] = true
	}
	other := sale("B", 1)
	other.Terminal = "TILL0002"
	if got := begin(t, s, other).STAN; got != 1 {
		t.Errorf("another terminal begins at %s, want 000001", got)
	}
}

// A counter that comes round meets what was used in the batch: transactions, open or
// not, and messages that are no transactions.
func stanWraps(t *testing.T, shop Shop) {
	s := open(t, shop)
	approve(t, s, sale("A1", 1)) // 1
	nextSTAN(t, s, terminal)     // 2
	begin(t, s, sale("A3", 1))   // 3, open
	shop.SetSTAN(t, terminal, till.MaxSTAN-1)
	last := begin(t, s, sale("A999999", 1)).STAN
	wrapped := begin(t, s, sale("A4", 1)).STAN
	if last != till.MaxSTAN || wrapped != 4 {
		t.Fatalf("got %s and %s, want 999999 and 000004", last, wrapped)
	}

	for _, id := range []till.TxnID{"A3", "A999999", "A4"} {
		record(t, s, read(t, s, id), till.Declined)
	}
	closeBatch(t, s)
	shop.SetSTAN(t, terminal, till.MaxSTAN)
	if got := nextSTAN(t, s, terminal); got != 1 {
		t.Errorf("a new batch begins at %s after 999999, want 000001", got)
	}
}

func stanRaces(t *testing.T, shop Shop) {
	const programs, each = 4, 10
	got := make([][]till.STAN, programs)
	errs := atOnce(t, shop, programs, func(i int, s Store) error {
		for n := range each {
			stan, err := s.NextSTAN(context.Background(), terminal)
			if err != nil {
				return err
			}
			txn, err := s.Begin(context.Background(), till.NewTxn{Txn: sale(fmt.Sprintf("P%dN%d", i, n), 1)})
			if err != nil {
				return err
			}
			got[i] = append(got[i], stan, txn.STAN)
		}
		return nil
	})
	seen := map[till.STAN]bool{}
	for i, err := range errs {
		if err != nil {
			t.Errorf("program %d: %v", i, err)
		}
		for _, stan := range got[i] {
			if seen[stan] {
				t.Errorf("trace number %s twice", stan)
			}
			seen[stan] = true
		}
	}
	if len(seen) != programs*each*2 {
		t.Errorf("%d trace numbers, want %d", len(seen), programs*each*2)
	}
}

func nextSTAN(t fataler, s Store, terminal string) till.STAN {
	t.Helper()
	stan, err := s.NextSTAN(t.Context(), terminal)
	if err != nil {
		t.Fatal(err)
	}
	return stan
}
