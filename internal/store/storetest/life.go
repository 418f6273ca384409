package storetest

import (
	"slices"
	"testing"

	"github.com/tillworks/till/internal/till"
)

// A program that closes its store gives its open transactions up, as one that was
// killed does.
func adoptEnded(t *testing.T, shop Shop) {
	ended, err := shop.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []till.State{till.Intent, till.Reversing, till.Exception, till.Advice, till.Approved, till.Declined, till.Reversed} {
		reach(t, ended, string(state), state)
	}
	if err := ended.Close(); err != nil {
		t.Fatal(err)
	}

	heir, late := open(t, shop), open(t, shop)
	own := begin(t, heir, sale("OWN", 1))
	want := []till.TxnID{"INTENT", "REVERSING", "EXCEPTION", "ADVICE", own.ID}
	if got := adopt(t, heir); !slices.Equal(got, want) {
		t.Errorf("adopted %v, want %v, oldest first", got, want)
	}
	if got := adopt(t, late); len(got) != 0 {
		t.Errorf("a second program adopted %v, want nothing", got)
	}
	record(t, heir, read(t, heir, "INTENT"), till.Approved)
	if got := adopt(t, heir); !slices.Equal(got, want[1:]) {
		t.Errorf("left are %v, want %v", got, want[1:])
	}
}

func adoptLiving(t *testing.T, shop Shop) {
	one, other := open(t, shop), open(t, shop)
	begin(t, one, sale("A", 1))
	begin(t, other, sale("B", 1))
	for range 2 {
		if got := adopt(t, one); !slices.Equal(got, []till.TxnID{"A"}) {
			t.Errorf("the first program has %v, want its own", got)
		}
		if got := adopt(t, other); !slices.Equal(got, []till.TxnID{"B"}) {
			t.Errorf("the second program has %v, want its own", got)
		}
	}
}

func restart(t *testing.T, shop Shop) {
	s, err := shop.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := approve(t, s, sale("A", 1000))
	approve(t, s, refund("R", a, 250))
	closeBatch(t, s)
	if _, err := s.Begin(t.Context(), till.NewTxn{Txn: sale("O", 5), Image: []byte("sealed")}); err != nil {
		t.Fatal(err)
	}
	before := list(t, s, till.Filter{})
	batches, err := s.Batches(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows := verify(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = open(t, shop)
	same(t, list(t, s, till.Filter{}), before)
	again, err := s.Batches(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, again, batches)
	if image, err := s.Image(t.Context(), "O"); err != nil || string(image) != "sealed" {
		t.Errorf("image %q, %v", image, err)
	}
	if got := verify(t, s); got != rows {
		t.Errorf("%d journal rows, want %d", got, rows)
	}
	if got := begin(t, s, sale("N", 1)).STAN; got != before[0].STAN+1 {
		t.Errorf("trace number %s after %s", got, before[0].STAN)
	}
}

// adopt also holds that every transaction that it gets was among the open ones.
func adopt(t fataler, s Store) []till.TxnID {
	t.Helper()
	open, err := s.OpenTxns(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mine, err := s.Adopt(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []till.TxnID
	for _, txn := range mine {
		if !slices.Contains(open, txn.ID) {
			t.Fatalf("%s was adopted and is not among the open transactions %v", txn.ID, open)
		}
		ids = append(ids, txn.ID)
	}
	return ids
}
