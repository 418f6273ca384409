package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// What a user reads when a rule refuses, in both languages. That the rules hold is the
// business of storetest.
func TestRefusals(t *testing.T) {
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	sold := till.Txn{ID: "SALE", Kind: till.Sale, Tender: till.Card, State: till.Approved, Amount: money.New(1000, cny), Batch: 1}
	with := func(t till.Txn, change func(*till.Txn)) till.Txn { change(&t); return t }
	declined := with(sold, func(t *till.Txn) { t.State = till.Declined })
	void := till.Txn{ID: "VOID", Kind: till.Void, Tender: till.Card, State: till.Approved, Amount: sold.Amount, Original: "SALE", Batch: 1}
	back := till.Txn{ID: "BACK", Kind: till.Refund, Tender: till.Card, State: till.Approved, Amount: money.New(400, cny), Original: "SALE", Batch: 1}
	ask := with(back, func(t *till.Txn) { t.Amount = money.New(700, cny) })

	for _, tc := range []struct {
		err    error
		en, zh string
	}{
		{store.CheckVoid(void, void, nil), "VOID is a void itself and cannot be voided", "VOID 本身是撤销交易"},
		{store.CheckVoid(void, declined, nil), "SALE is declined: only what was approved", "SALE 已拒绝"},
		{store.CheckVoid(void, with(sold, func(t *till.Txn) { t.State = till.Reversing }), nil), "the outcome of sale SALE is not settled yet", "消费 SALE 的结果尚未确定"},
		{store.CheckVoid(with(void, func(t *till.Txn) { t.Tender = till.Cash }), sold, nil), "SALE was 10.00 CNY by card, this void is 10.00 CNY by cash", "SALE 为 10.00 CNY（银行卡），本次撤销为 10.00 CNY（现金）"},
		{store.CheckVoid(void, sold, []till.Txn{void}), "SALE is voided already, by VOID", "SALE 已撤销（VOID）"},
		{store.CheckVoid(void, sold, []till.Txn{back}), "SALE has been refunded, by BACK", "SALE 已有退货（BACK）"},
		{store.CheckVoid(with(void, func(t *till.Txn) { t.Batch = 2 }), sold, nil), "SALE is of batch 1, which is closed to voids; the open batch is 2", "当前批次为 2"},
		{store.CheckRefund(ask, back, nil), "BACK is no sale", "BACK 不是消费交易"},
		{store.CheckRefund(ask, with(declined, func(t *till.Txn) { t.State = till.Reversed }), nil), "SALE is reversed", "SALE 已冲正"},
		{store.CheckRefund(ask, sold, []till.Txn{void}), "SALE is voided, by VOID", "SALE 已撤销（VOID）"},
		{store.CheckRefund(ask, sold, []till.Txn{back}), "a refund of 7.00 CNY is more than the 6.00 CNY that are left of SALE", "退货 7.00 CNY 超出可退余额 6.00 CNY"},
		{store.NoTxn("X"), "there is no transaction X", "没有交易 X"},
		{store.NoKey("k"), `no transaction has the key "k"`, `没有交易使用键 "k"`},
		{store.NoBatch(9), "there is no batch 9", "没有批次 9"},
		{store.Stale("X", 1, 2), "transaction X was changed by another program", "交易 X 已被另一程序更改"},
		{store.BatchNotSettled(3, 2, "X"), "batch 3 cannot close: 2 of its transactions are not settled, the first is X", "有 2 笔交易结果未定，首笔为 X"},
		{store.BatchFull(3), "batch 3 has used all 999,999 trace numbers", "批次 3 的 999,999 个流水号"},
		{store.OtherCurrency(3, "CNY", "USD"), "batch 3 is in CNY and takes no card transaction in USD", "批次 3 的币种为 CNY，不接受 USD"},
	} {
		var p *till.Problem
		if !errors.As(tc.err, &p) {
			t.Errorf("got %v, want a problem that says %q", tc.err, tc.en)
			continue
		}
		if en, zh := p.What.In(i18n.English), p.What.In(i18n.Chinese); !strings.Contains(en, tc.en) || !strings.Contains(zh, tc.zh) {
			t.Errorf("got %q and %q, want %q and %q", en, zh, tc.en, tc.zh)
		}
		if hint := p.Hint.In(i18n.English) + p.Hint.In(i18n.Chinese); strings.Contains(hint, "%!") {
			t.Errorf("hint %q", hint)
		}
	}
	if err := store.Stale("X", 1, 2); !errors.Is(err, till.ErrStale) {
		t.Errorf("%v does not wrap till.ErrStale", err)
	}
}
