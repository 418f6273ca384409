package hostsim_test

import (
	"os"
	"testing"

	"github.com/tillworks/till/internal/till"
)

// A ledger of version 1 is opened with every row it had, and goes on as a current one.
func TestLedgerOfVersion1(t *testing.T) {
	dir := t.TempDir()
	old, err := os.ReadFile("testdata/ledger1.sql")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, dir, string(old))
	for range 2 { // the second time it is current
		h := open(t, dir)
		if n, err := h.Verify(t.Context()); err != nil || n != 6 {
			t.Fatalf("%d entries, %v, want 6", n, err)
		}
		if got := balance(t, h).Minor(); got != 1000 {
			t.Errorf("the merchant has %d, want 1000", got)
		}
		want := till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 800, DebitReversals: 1, DebitRevMinor: 800}
		if got, err := h.Totals(t.Context(), "TILL0001", 2); err != nil || got != want {
			t.Errorf("totals %+v, %v, want %+v", got, err, want)
		}
		if list, err := h.Reversals(t.Context()); err != nil || len(list) != 2 {
			t.Errorf("reversals %+v, %v", list, err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	c := newClerk(t, open(t, dir))
	c.batch = 2
	c.said[1] = saying{kind: till.Sale, fields: fields{"0": "0200", "7": "0301120000"}, rrn: "606000000001"}
	for _, step := range []struct {
		name string
		f    fields
		want string
	}{
		{"what a tombstone names", c.money(till.Sale, 9, 100, 0, nil), "12"},
		{"a refund of more than is left", c.money(till.Refund, 10, 1001, 1, nil), "13"},
		{"a refund of the rest", c.money(till.Refund, 11, 1000, 1, nil), "00"},
		{"a pre-authorization", c.money(till.PreAuth, 12, 500, 0, nil), "00"},
		{"a number that is taken", c.money(till.PreAuth, 4, 500, 0, nil), "94"},
	} {
		if got := codeOf(c.send(step.f)); got != step.want {
			t.Errorf("%s: answered %s, want %s", step.name, got, step.want)
		}
	}
	if _, err := c.host.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
