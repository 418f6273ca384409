package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/settle"
)

// batchesToSettle are the closed batches that no reconciliation has taken in, ascending.
func (s *shop) batchesToSettle(ctx context.Context, earlier []till.Settlement) ([]int, error) {
	batches, err := s.store.Batches(ctx)
	if err != nil {
		return nil, err
	}
	taken := map[int]bool{}
	for _, run := range earlier {
		for _, n := range run.Batches {
			taken[n] = true
		}
	}
	fresh, closed := []int{}, 0
	for _, b := range batches {
		if b.State != till.BatchClosed {
			continue
		}
		if closed++; !taken[b.Number] {
			fresh = append(fresh, b.Number)
		}
	}
	if closed == 0 {
		return nil, &till.Problem{
			Code: till.CodeNotFound, What: i18n.T("no batch is closed yet: there is nothing to compare the file with", "尚无已结算的批次：没有可与文件核对的交易").With(),
			Hint: i18n.T("close the day first: till batch close", "请先结算：till batch close").With(),
		}
	}
	slices.Sort(fresh)
	return fresh, nil
}

// journalRecords are the approved card transactions of batches, the oldest first.
func (s *shop) journalRecords(ctx context.Context, batches []int) ([]settle.Record, error) {
	var records []settle.Record
	for _, n := range batches {
		txns, err := s.store.Txns(ctx, till.Filter{Batch: n, States: []till.State{till.Approved}})
		if err != nil {
			return nil, err
		}
		for _, t := range slices.Backward(txns) {
			if t.Tender != till.Card {
				continue
			}
			r, moves, err := s.journalRecord(ctx, t)
			if err != nil {
				return nil, err
			}
			if moves {
				records = append(records, r)
			}
		}
	}
	return records, nil
}

// journalRecord is a transaction from the shop's side: a sale, a completion, cash paid out
// and a tip are received, a refund given back, and a void undoes either. What holds money
// moves none. The journal states no fee.
func (s *shop) journalRecord(ctx context.Context, t till.Txn) (_ settle.Record, moves bool, err error) {
	gross, kind := t.Amount.Minor(), settle.Sale
	switch t.Kind {
	case till.Sale, till.Completion, till.CashAdvance, till.Tip:
	case till.PreAuth, till.Increment:
		return settle.Record{}, false, nil
	case till.Refund:
		gross, kind = -gross, settle.Refund
	case till.Void:
		original, err := s.store.Txn(ctx, t.Original)
		if err != nil || original.Kind.IsHold() {
			return settle.Record{}, false, err
		}
		if kind = settle.Void; original.Kind.IsDebit() {
			gross = -gross
		}
	}
	r := settle.Record{
		Type: kind, Currency: t.Amount.Currency(), Gross: gross, Net: gross, Time: t.At.UTC(),
		Merchant: t.Merchant, Terminal: t.Terminal, Batch: fmt.Sprintf("%06d", t.Batch), STAN: t.STAN.String(),
		RRN: t.RRN, AuthCode: t.AuthCode, Order: string(t.ID), Original: string(t.Original),
	}
	if t.Card != nil {
		r.Card = t.Card.Masked
	}
	return r, true, nil
}
