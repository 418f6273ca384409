package hostsim_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
)

// ordered is a shop whose every request is answered under orders.
func ordered(t *testing.T) (*shop, *hostsim.Host, *hostsim.Orders) {
	t.Helper()
	h, o := open(t, t.TempDir()), &hostsim.Orders{}
	s := newShop(t, h)
	s.ask = func(m *iso8583.Message) (*iso8583.Message, error) { return h.ServeOrdered(context.Background(), m, *o) }
	return s, h, o
}

// A code that is not posted leaves no trace: the request can come again, and its reversal
// finds nothing.
func TestOrderedCode(t *testing.T) {
	s, h, o := ordered(t)
	card := pan(t, "4111111111111111")
	*o = hostsim.Orders{Code: "51"}
	if got := s.code(s.sale(1, amount(t, "12.50"), card)); got != "51" {
		t.Errorf("answered %s, want 51", got)
	}
	if got := balance(t, h); !got.IsZero() {
		t.Errorf("%s was posted", got)
	}
	*o = hostsim.Orders{}
	if got := s.code(s.sale(1, amount(t, "12.50"), card)); got != "00" {
		t.Errorf("the request itself is answered %s, want 00", got)
	}
	*o = hostsim.Orders{Code: "96"}
	if got := s.code(s.reversal(1, amount(t, "12.50"), false)); got != "96" {
		t.Errorf("its reversal is answered %s, want 96", got)
	}
	if got := balance(t, h); got != amount(t, "12.50") {
		t.Errorf("%s stands, want 12.50", got)
	}
}

// A code that is posted is a lie about what was done.
func TestOrderedCodePosted(t *testing.T) {
	s, h, o := ordered(t)
	*o = hostsim.Orders{Code: "05", Posted: true}
	if got := s.code(s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111"))); got != "05" {
		t.Errorf("answered %s, want 05", got)
	}
	if got := balance(t, h); got != amount(t, "12.50") {
		t.Errorf("%s was posted, want 12.50", got)
	}
}

// Totals that differ by order keep the batch open until the order is gone.
func TestOrderedDifference(t *testing.T) {
	s, _, o := ordered(t)
	s.code(s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111")))
	ours := till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 1250}
	for _, d := range []hostsim.Difference{{Debits: 1, DebitMinor: 100}, {Debits: -5, DebitMinor: -99999}, {DebitMinor: 1}} {
		*o = hostsim.Orders{Differ: d}
		a, err := s.send(s.totals(2, ours))
		want := till.Totals{Currency: "CNY", Debits: max(0, 1+d.Debits), DebitMinor: max(0, 1250+d.DebitMinor)}
		if err != nil || a.InBalance || a.Theirs == nil || *a.Theirs != want {
			t.Errorf("%+v: in balance %v, theirs %v, error %v; want %v", d, a.InBalance, a.Theirs, err, want)
		}
	}
	*o = hostsim.Orders{}
	if a, err := s.send(s.totals(3, ours)); err != nil || !a.InBalance {
		t.Errorf("without orders: in balance %v, error %v", a.InBalance, err)
	}
}

// An answer is altered as it was ordered, that to a message of wrong form too.
func TestOrderedAlteration(t *testing.T) {
	s, h, o := ordered(t)
	o.Alter = func(m *iso8583.Message) error { return m.Set("39", "ZZ") }
	if got := s.code(s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111"))); got != "ZZ" {
		t.Errorf("answered %s, want ZZ", got)
	}
	broken := profile(t).Spec.NewMessage("0200")
	if err := errors.Join(broken.Set("11", "000002"), broken.Set("41", "TILL0001")); err != nil {
		t.Fatal(err)
	}
	if a, err := h.ServeOrdered(t.Context(), broken, *o); err != nil || a.Value("39") != "ZZ" {
		t.Errorf("a message without its fields is answered %v, %v", a, err)
	}
	failure := errors.New("it cannot be altered")
	o.Alter = func(*iso8583.Message) error { return failure }
	if _, err := h.ServeOrdered(t.Context(), broken, *o); !errors.Is(err, failure) {
		t.Errorf("got %v, want the failure", err)
	}
}
