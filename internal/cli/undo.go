package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// undoOptions are those of void and refund.
type undoOptions struct {
	out      out.Output
	original string
	amount   string // of a refund, "" is all that is left
	key      string
	approver approver
}

func newVoid(env *Env, runF func(context.Context, *undoOptions) error) *cobra.Command {
	o := &undoOptions{}
	c := newLeaf(env, leaf{
		use:   "void ID",
		short: i18n.T("Undo a sale or refund of the open batch, whole", "撤销当前批次中的消费或退款（全额）"),
		long: i18n.T(
			"Undo an approved sale or refund of the open batch, whole; the shopper's statement\nshows neither. A transaction of a closed batch is refunded instead. ID may be \"last\".\n\nThe id of a sale or return of lines, or of one of its transactions, undoes all of it:\neach payment, last taken first, then stock and points move back.",
			"全额撤销当前批次中已批准的消费或退款；持卡人账单上均不出现。已结算批次的交易请改用\n退款。ID 可为 \"last\"。\n\n若 ID 为商品销售或退货，或其某笔交易，则整单撤销：各笔付款后收先撤，库存与积分随之退回。"),
		examples: []example{
			{i18n.T("the sale with this number", "撤销该编号的交易"), "till void 7Q2M4X8RT0VB"},
			{i18n.T("the newest transaction", "撤销最近一笔交易"), "till void last"},
		},
		result: voidView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitUnknown, exitPending},
		run:    runWith(either(env, runF, voidRun), o, &o.original),
	}, &o.out)
	bindUndo(env, c, o)
	return c
}

func newRefund(env *Env, runF func(context.Context, *undoOptions) error) *cobra.Command {
	o := &undoOptions{}
	c := newLeaf(env, leaf{
		use:   "refund ID [AMOUNT]",
		short: i18n.T("Pay back a sale, in part or whole", "退还消费的部分或全部金额"),
		long: i18n.T(
			"Pay back AMOUNT of an approved sale, or all that is left of it. Several partial\nrefunds are possible; their sum never exceeds the sale. ID may be \"last\".",
			"退还已批准消费中的金额 AMOUNT，省略则退还全部余额。可多次部分退款，总和不超过原交易。\nID 可为 \"last\"。"),
		examples: []example{
			{i18n.T("a part", "部分退款"), "till refund 7Q2M4X8RT0VB 2.50"},
			{i18n.T("all that is left", "退还全部余额"), "till refund 7Q2M4X8RT0VB"},
		},
		result: txnView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitUnknown},
		run:    runWith(either(env, runF, refundRun), o, &o.original, &o.amount),
	}, &o.out)
	bindUndo(env, c, o)
	return c
}

func bindUndo(env *Env, c *cobra.Command, o *undoOptions) {
	bindLine(env, c)
	bindApprover(env, c, &o.approver)
	bindKey(env, c, &o.key)
}

func refundRun(ctx context.Context, env *Env, o *undoOptions) error {
	return undo(ctx, env, o, (*management.Shop).Refund)
}

// undoing is the use case of a void or a refund.
type undoing = func(*management.Shop, context.Context, register.Undo, *management.Approval) (register.Result, error)

// undo undoes a transaction in part or whole.
func undo(ctx context.Context, env *Env, o *undoOptions, do undoing) error {
	return withOriginal(ctx, env, o.original, o.amount, func(s *shop, original till.Txn, amount money.Amount) error {
		return s.undo(ctx, env, o, register.Undo{Key: o.key, Original: original.ID, Amount: amount}, do)
	})
}

// withOriginal opens the shop for something that names an earlier transaction, and an
// amount of it; no amount is what the use case makes of that.
func withOriginal(ctx context.Context, env *Env, name, text string, do func(*shop, till.Txn, money.Amount) error) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	var amount money.Amount
	if text != "" {
		if amount, err = parseAmount(text, cfg.Shop.Currency); err != nil {
			return err
		}
	}
	return withShopAs(ctx, env, shopOptions{observe: progress(env)}, func(s *shop) error {
		original, err := s.findTxn(ctx, name)
		if err != nil {
			return err
		}
		return do(s, original, amount)
	})
}

func (s *shop) undo(ctx context.Context, env *Env, o *undoOptions, u register.Undo, do undoing) error {
	res, err := approved(ctx, env, o.approver, func(a *management.Approval) (register.Result, error) {
		return do(s.shop, ctx, u, a)
	})
	return s.show(env, &o.out, res, err)
}
