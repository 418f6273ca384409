//go:build interop

package interop_test

import (
	"strings"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
)

// evening is a till in a hotel: money is held, completed and released, cash is paid out and
// sales get tips; a batch that differs is told record by record.
func evening(s *shop) {
	t, ctx := s.t, s.t.Context()
	hold := s.approved("pre-authorization")(s.reg.PreAuth(ctx, register.Hold{Amount: yuan(t, "20.00"), Entry: till.Chip}))
	s.approved("increment")(s.reg.Increment(ctx, register.Further{Original: hold.ID, Amount: yuan(t, "5.00")}))
	s.approved("completion")(s.reg.Complete(ctx, register.Further{Original: hold.ID, Amount: yuan(t, "24.00")}))
	released := s.approved("pre-authorization")(s.reg.PreAuth(ctx, register.Hold{Amount: yuan(t, "30.00"), Entry: till.Swipe}))
	s.approved("release")(s.reg.Void(ctx, register.Undo{Original: released.ID}))
	s.approved("cash advance")(s.reg.CashAdvance(ctx, register.Hold{Amount: yuan(t, "10.00"), Entry: till.Swipe}))
	s.approved("cashback")(s.reg.Take(ctx, register.Payment{
		Amount: yuan(t, "15.00"), Cashback: yuan(t, "5.00"), Tender: till.Card, Entry: till.Swipe,
	}))
	meal := s.sale(till.Chip, "12.50", till.OutcomeApproved, "00")
	s.approved("tip")(s.reg.Tip(ctx, register.Further{Original: meal.ID, Amount: yuan(t, "1.50")}))
	if b, err := s.reg.Balance(ctx, till.Swipe); err != nil || b.Available != yuan(t, "500.00") {
		t.Errorf("balance: got %s, %v; want 500.00", b.Available, err)
	}
	b := s.closeBatch(till.BatchClosed)
	if want := (till.Totals{Currency: "CNY", Debits: 4, DebitMinor: 6300}); b.Ours != want {
		t.Errorf("totals: got %+v, want %+v", b.Ours, want)
	}
	s.advise(2)
	s.sale(till.Swipe, "1.00", till.OutcomeApproved, "00")
	s.closeBatch(till.BatchReconcileError)
}

// approved wants what the register came to approved.
func (s *shop) approved(what string) func(register.Result, error) till.Txn {
	return func(res register.Result, err error) till.Txn {
		s.t.Helper()
		return s.came(what, res, err, till.OutcomeApproved, "00")
	}
}

// eveningOnTheWire is the same as jPOS reads it.
func eveningOnTheWire() []string {
	return strings.Split(strings.TrimSpace(`
0800 - - 000001 00
0100 030000 000000002000 000002 00
0100 030000 000000000500 000003 00
0200 000000 000000002400 000004 00
0100 030000 000000003000 000005 00
0100 020000 000000003000 000006 00
0200 010000 000000001000 000007 00
0200 090000 000000001500 000008 00
0200 000000 000000001250 000009 00
0220 000000 000000000150 000010 00
0100 310000 - 000011 00
0500 - - 000012 00
0220 000000 000000000700 000900 00
0221 000000 000000000700 000900 00
0800 - - 000013 00
0200 000000 000000000100 000014 00
0500 - - 000015 95
0320 000000 000000000100 000014 00
0500 960000 - 000016 95
`), "\n")
}
