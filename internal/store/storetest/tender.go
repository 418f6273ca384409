package storetest

import (
	"testing"

	"github.com/tillworks/till/internal/till"
)

func tenderTotals(t *testing.T, shop Shop) {
	s := open(t, shop)
	a := approve(t, s, sale("A", 1000))
	approve(t, s, refund("RA", a, 100))
	voided := approve(t, s, refund("RB", a, 300))
	approve(t, s, void("VRB", voided))
	approve(t, s, void("VB", approve(t, s, sale("B", 500))))
	record(t, s, begin(t, s, sale("C", 33)), till.Declined)
	begin(t, s, sale("D", 55)) // open: nobody knows yet
	for _, id := range []string{"CASH1", "CASH2"} {
		begin(t, s, cash(id, 250))
	}
	w := approve(t, s, byCode("W", 800))
	approve(t, s, refund("RW", w, 250))
	record(t, s, record(t, s, begin(t, s, byCode("X", 44)), till.Reversing), till.Reversed)

	got, err := s.TenderTotals(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []till.TenderTotals{
		{Tender: till.Card, Currency: "CNY", Sales: 1, SaleMinor: 1000, Refunds: 1, RefundMinor: 100, NetMinor: 900},
		{Tender: till.Cash, Currency: "CNY", Sales: 2, SaleMinor: 500, NetMinor: 500},
		{Tender: till.QR, Currency: "CNY", Sales: 1, SaleMinor: 800, Refunds: 1, RefundMinor: 250, NetMinor: 550},
	})
	none, err := s.TenderTotals(t.Context(), 77)
	if err != nil || len(none) != 0 {
		t.Errorf("batch 77: got %v, %v; want none", none, err)
	}
}

// cash is a cash sale, approved by itself.
func cash(id string, minor int64) till.Txn {
	t := sale(id, minor)
	t.Tender, t.Entry, t.State = till.Cash, till.NoEntry, till.Approved
	return t
}

// byCode is a sale by a code that a wallet is about to pay.
func byCode(id string, minor int64) till.Txn {
	t := sale(id, minor)
	t.Tender, t.Entry = till.QR, till.Shown
	t.Wallet = &till.Order{Number: "ORDER" + id, Flow: till.FlowShown, State: till.OrderCreated, Amount: t.Amount}
	return t
}
