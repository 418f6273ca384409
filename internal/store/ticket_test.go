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

// What a user reads when a ticket, a shift or a day is refused, in both languages.
func TestTicketRefusals(t *testing.T) {
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	of := func(minor int64) money.Amount { return money.New(minor, cny) }
	line := till.Line{N: 1, SKU: "tea", Name: "Tea", Quantity: till.Units(2)}
	sold := till.Ticket{ID: "T1", Kind: till.TicketSale, State: till.TicketDone, Total: of(1000), Lines: []till.Line{line}, Txns: []till.TxnID{"X1"}}
	with := func(t till.Ticket, change func(*till.Ticket)) till.Ticket { change(&t); return t }
	paying := with(sold, func(t *till.Ticket) { t.State, t.Paid = till.TicketPaying, of(400) })
	x := till.Txn{ID: "X1", Kind: till.Sale, State: till.Approved, Ticket: "T1", Amount: of(400)}
	ask := till.Txn{ID: "X2", Kind: till.Sale, State: till.Intent, Ticket: "T1", Amount: of(700)}
	void := till.Txn{ID: "V1", Kind: till.Void, State: till.Approved, Ticket: "T1", Original: "X1", Amount: of(400)}
	ret := till.Ticket{ID: "R1", Kind: till.TicketReturn, Original: "T1", Total: of(500), Lines: []till.Line{{N: 1, SKU: "tea", Quantity: till.Units(2), Origin: 1}}}
	dollars := ask
	dollars.Amount = money.New(700, money.Currency{})

	for _, tc := range []struct {
		err    error
		en, zh string
	}{
		{store.CheckPayment(ask, paying, []till.Txn{x}), "7.00 CNY is more than the 6.00 CNY that are left to pay of ticket T1", "7.00 CNY 超出单据 T1 的待付金额 6.00 CNY"},
		{store.CheckPayment(ask, paying, []till.Txn{ask}), "the outcome of sale X2 is not settled yet", "消费 X2 的结果尚未确定"},
		{store.CheckPayment(dollars, paying, nil), "ticket T1 is in CNY and is paid in the same currency", "单据 T1 的币种为 CNY"},
		{store.CheckPayment(ask, sold, nil), "ticket T1 is done already", "单据 T1 已完成"},
		{store.CheckReturn(ret, paying, nil, nil), "ticket T1 is PAYING: only a sale that was paid", "单据 T1 状态为 PAYING"},
		{store.CheckReturn(ret, ret, nil, nil), "ticket R1 is no sale", "单据 R1 不是销售"},
		{store.CheckReturn(ret, sold, []till.Txn{x, void}, nil), "ticket T1 is being undone, by V1", "单据 T1 正在撤销（V1）"},
		{store.CheckReturn(ret, sold, []till.Txn{x}, map[int]till.Quantity{1: till.One}), "line 1 of ticket T1 (Tea): 2 to be returned, 1 left of 2 sold", "单据 T1 第 1 行（Tea）：要退 2，已售 2 中可退 1"},
		{store.CheckUndo(sold, nil, []till.Ticket{with(ret, func(t *till.Ticket) { t.State = till.TicketDone })}), "something of ticket T1 was returned, by R1", "单据 T1 已有退货（R1）"},
		{store.CheckUndo(paying, []till.Txn{ask}, nil), "the outcome of sale X2 is not settled yet", "消费 X2 的结果尚未确定"},
		{store.TicketEnded(with(sold, func(t *till.Ticket) { t.State = till.TicketVoided })), "ticket T1 was voided", "单据 T1 已撤销"},
		{store.TicketEnded(with(sold, func(t *till.Ticket) { t.State = till.TicketCanceled })), "ticket T1 was canceled", "单据 T1 已取消"},
		{store.TicketBusy(paying, []till.Txn{x}), "ticket T1 is being paid: 4.00 CNY of 10.00 CNY are taken", "已收 4.00 CNY，应收 10.00 CNY"},
		{store.RefundNeedsLines(x), "X1 paid for the lines of ticket T1", "X1 支付了单据 T1 的商品"},
		{store.NoTicket("T9"), "there is no ticket T9", "没有单据 T9"},
		{store.NoTicketKey("k"), `no ticket has the key "k"`, `没有单据使用键 "k"`},
		{store.StaleTicket("T1", 1, 2), "ticket T1 was changed by another program", "单据 T1 已被另一程序更改"},
		{store.NoShift(3), "there is no shift 3", "没有班次 3"},
		{store.NoOpenShift("T2"), "no shift is open at terminal T2", "终端 T2 没有进行中的班次"},
		{store.ShiftOpen(till.Shift{Number: 3, Terminal: "T2"}), "shift 3 is open at terminal T2", "终端 T2 的班次 3 尚未结束"},
		{store.ShiftClosed(3), "shift 3 is closed", "班次 3 已结束"},
		{store.StaleShift(3, 1, 2), "shift 3 was changed by another program", "班次 3 已被另一程序更改"},
		{store.DrawerTooLow(3, of(500), of(400)), "5.00 CNY to be paid out, 4.00 CNY in the drawer of shift 3", "要支出 5.00 CNY，班次 3 的钱箱内只有 4.00 CNY"},
		{store.ShiftCurrency(3, cny, cny), "the drawer of shift 3 is counted in CNY", "班次 3 的钱箱币种为 CNY"},
		{store.ShiftNotSettled(3, "X2", ""), "shift 3 cannot close: the outcome of X2 is not settled", "班次 3 不能结束：X2 的结果尚未确定"},
		{store.ShiftNotSettled(3, "", "T1"), "shift 3 cannot close: ticket T1 is paid in part", "班次 3 不能结束：单据 T1 只付了一部分"},
		{store.DayNotSettled(3, "X2", "T1"), "the day cannot close: shift 3 is open", "不能日结：班次 3 尚未结束"},
		{store.DayNotSettled(0, "X2", "T1"), "the day cannot close: the outcome of X2 is not settled", "不能日结：X2 的结果尚未确定"},
		{store.DayNotSettled(0, "", "T1"), "the day cannot close: ticket T1 is paid in part", "不能日结：单据 T1 只付了一部分"},
		{store.NoZ(9), "there is no Z report 9", "没有日结报表 9"},
	} {
		var p *till.Problem
		if !errors.As(tc.err, &p) {
			t.Errorf("got %v, want a problem that says %q", tc.err, tc.en)
			continue
		}
		if en, zh := p.What.In(i18n.English), p.What.In(i18n.Chinese); !strings.Contains(en, tc.en) || !strings.Contains(zh, tc.zh) {
			t.Errorf("got %q and %q, want %q and %q", en, zh, tc.en, tc.zh)
		}
		if hint := p.Hint.In(i18n.English) + p.Hint.In(i18n.Chinese); hint == "" || strings.Contains(hint, "%!") {
			t.Errorf("hint %q", hint)
		}
	}
	for _, err := range []error{store.StaleTicket("T1", 1, 2), store.StaleShift(3, 1, 2)} {
		if !errors.Is(err, till.ErrStale) {
			t.Errorf("%v does not wrap till.ErrStale", err)
		}
	}
}
