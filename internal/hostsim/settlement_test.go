package hostsim_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/settle"
	"github.com/tillworks/till/pkg/settle/formats"
)

// settled reads the settlement file of a batch with the format that the program ships.
func settled(t *testing.T, h *hostsim.Host, batch int) []string {
	t.Helper()
	raw, err := os.ReadFile(h.SettlementFile("TILL0001", batch))
	if err != nil {
		t.Fatal(err)
	}
	format, err := formats.Load("till-host")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := format.Prove(bytes.NewReader(raw), settle.ReadOptions{}); err != nil {
		t.Errorf("the file's own totals: %v", err)
	}
	var rows []string
	for r, err := range format.Read(bytes.NewReader(raw), settle.ReadOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, fmt.Sprintf("%s %s %s %d %d %d", r.Batch, r.STAN, r.Type, r.Gross, r.Fee, r.Net))
	}
	return rows
}

// closed settles the shop's batch with the host's own totals.
func (s *shop) closed(h *hostsim.Host, stan till.STAN) {
	s.t.Helper()
	theirs, err := h.Totals(context.Background(), s.terminal, s.batch)
	if err != nil {
		s.t.Fatal(err)
	}
	if a, err := s.send(s.totals(stan, theirs)); err != nil || !a.InBalance {
		s.t.Fatalf("closing batch %d: %+v, %v", s.batch, a, err)
	}
}

// The file of a closed batch says what was posted, but for the amounts that are settled
// wrongly on purpose; what is late stands in the next.
func TestSettlementFile(t *testing.T) {
	h := open(t, t.TempDir())
	s := newShop(t, h)
	card := pan(t, "4111111111111111")
	for i, text := range []string{"12.50", "10.41", "10.42", "10.43", "10.44", "8.00", "10.51"} {
		s.code(s.sale(till.STAN(i+1), amount(t, text), card))
	}
	s.code(s.refer(till.Void, 20, amount(t, "8.00"), 6))
	s.code(s.refer(till.Refund, 21, amount(t, "2.50"), 1))
	s.code(s.sale(22, amount(t, "3.00"), card))
	s.code(s.reversal(22, amount(t, "3.00"), false))
	s.closed(h, 30)
	want := []string{
		"000001 000001 sale 1250 8 1242",
		"000001 000003 sale 1042 6 1036",
		"000001 000003 sale 1042 6 1036",
		"000001 000004 sale 1044 6 1038",
		"000001 000006 sale 800 5 795",
		"000001 000020 void -800 -5 -795",
		"000001 000021 refund -250 -2 -248",
	}
	if got := settled(t, h, 1); !slices.Equal(got, want) {
		t.Errorf("first file:\n got %q\nwant %q", got, want)
	}
	s.batch = 2
	s.code(s.sale(1, amount(t, "1.00"), card))
	s.closed(h, 2)
	want = []string{"000001 000005 sale 1044 6 1038", "000002 000001 sale 100 1 99"}
	if got := settled(t, h, 2); !slices.Equal(got, want) {
		t.Errorf("second file:\n got %q\nwant %q", got, want)
	}
}

// A file that is gone is written again, the same, when the terminal asks again.
func TestSettlementFileIsHealed(t *testing.T) {
	h := open(t, t.TempDir())
	s := newShop(t, h)
	s.code(s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111")))
	s.closed(h, 2)
	first := settled(t, h, 1)
	if err := os.Remove(h.SettlementFile("TILL0001", 1)); err != nil {
		t.Fatal(err)
	}
	s.closed(h, 3)
	if again := settled(t, h, 1); !slices.Equal(first, again) {
		t.Errorf("got %q, then %q", first, again)
	}
}

func TestFeeRule(t *testing.T) {
	rule, err := hostsim.FeeRule()
	if err != nil {
		t.Fatal(err)
	}
	for gross, want := range map[int64]int64{1250: 8, -1250: -8, 83: 0, 84: 1, 0: 0} {
		if got, err := rule.Fee(gross); got != want || err != nil {
			t.Errorf("fee of %d: got %d, %v; want %d", gross, got, err, want)
		}
	}
}

// What takes money from a card is a sale to the shop's bank; what is held is not there.
func TestSettlementFileOfKinds(t *testing.T) {
	h := open(t, t.TempDir())
	c := newClerk(t, h)
	c.code(till.PreAuth, c.money(till.PreAuth, 1, 10000, 0, nil))
	c.code(till.Completion, c.money(till.Completion, 2, 8000, 1, nil))
	c.code(till.CashAdvance, c.money(till.CashAdvance, 3, 5000, 0, nil))
	c.code(till.Tip, c.money(till.Tip, 4, 500, 2, nil))
	c.code(till.Void, c.money(till.Void, 5, 5000, 3, nil))
	c.code(till.PreAuth, c.money(till.PreAuth, 6, 700, 0, nil))
	c.code(till.Void, c.money(till.Void, 7, 700, 6, nil))
	if got := c.does([]string{"close"}); got != "00" {
		t.Fatalf("totals answered %s", got)
	}
	want := []string{
		"000001 000002 sale 8000 48 7952", "000001 000003 sale 5000 30 4970", "000001 000004 sale 500 3 497", "000001 000005 void -5000 -30 -4970",
	}
	if got := settled(t, h, 1); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
