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

// holdOptions are those of a command that reads a card for an amount.
type holdOptions struct {
	out    out.Output
	amount string
	key    string
	cardFlags
}

func newPreAuth(env *Env, runF func(context.Context, *holdOptions) error) *cobra.Command {
	o := &holdOptions{}
	c := newLeaf(env, leaf{
		use:   "preauth AMOUNT",
		short: i18n.T("Hold an amount on a card, to be captured or released later", "预授权：冻结卡内金额，日后完成或撤销"),
		long: i18n.T(
			"Hold AMOUNT on a card, as for a room or a car. No money moves: it is in no total, no\ndrawer and no report. till increment raises it, till capture takes what is due of it,\ntill release gives it back. While the host cannot be reached nothing is held.",
			"在卡上冻结金额 AMOUNT，如住店或租车押金。不发生资金划转：不计入总计、钱箱和报表。\ntill increment 可追加，till capture 完成扣款，till release 解除冻结。无法联系主机时\n不受理。"),
		examples: []example{
			{i18n.T("a room for a night", "住店一晚"), "till preauth 300.00"},
			{i18n.T("a card that is keyed, from a file", "从文件读取手工输入的卡"), "till preauth 300.00 --card-file card.txt --json"},
		},
		result: txnView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitNoDevice, exitUnknown, exitPending},
		run:    runWith(either(env, runF, preAuthRun), o, &o.amount),
	}, &o.out)
	bindHold(env, c, o)
	return c
}

// bindHold gives a command the flags of a card that is read for an amount.
func bindHold(env *Env, c *cobra.Command, o *holdOptions) {
	bindLine(env, c)
	bindEntry(env, c, &o.cardFlags)
	bindPartial(env, c, &o.cardFlags)
	bindKey(env, c, &o.key)
}

// bindKey gives a command the flag of its idempotency key.
func bindKey(env *Env, c *cobra.Command, key *string) {
	c.Flags().StringVar(key, "id", "", env.Say(i18n.T("idempotency `KEY` of this one request; default: a new one", "本次请求的幂等键 `KEY`；默认自动生成")))
}

func preAuthRun(ctx context.Context, env *Env, o *holdOptions) error {
	return atCard(ctx, env, o, func(s *shop, ctx context.Context, h register.Hold) (register.Result, error) {
		return s.shop.PreAuth(ctx, h)
	})
}

// furtherOptions are those of a command that names an earlier transaction and an amount.
type furtherOptions struct {
	out      out.Output
	original string
	amount   string
	advice   bool
	key      string
}

func newIncrement(env *Env, runF func(context.Context, *furtherOptions) error) *cobra.Command {
	o := &furtherOptions{}
	c := newLeaf(env, leaf{
		use:   "increment ID AMOUNT",
		short: i18n.T("Hold more under a pre-authorization", "追加预授权"),
		long: i18n.T(
			"Hold AMOUNT more under a pre-authorization that is neither captured nor released. The\ncard is not read again. ID may be \"last\".",
			"在尚未完成或撤销的预授权下追加冻结金额 AMOUNT，无需再次读卡。ID 可为 \"last\"。"),
		examples: []example{
			{i18n.T("one more night", "加住一晚"), "till increment 7Q2M4X8RT0VB 150.00"},
		},
		result: txnView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitUnknown, exitPending},
		run:    runWith(either(env, runF, incrementRun), o, &o.original, &o.amount),
	}, &o.out)
	bindFurther(env, c, o)
	return c
}

func bindFurther(env *Env, c *cobra.Command, o *furtherOptions) {
	bindLine(env, c)
	bindKey(env, c, &o.key)
}

func incrementRun(ctx context.Context, env *Env, o *furtherOptions) error {
	return further(ctx, env, o, (*management.Shop).Increment)
}

// further does something with an earlier transaction and an amount.
func further(ctx context.Context, env *Env, o *furtherOptions, do func(*management.Shop, context.Context, register.Further) (register.Result, error)) error {
	return withOriginal(ctx, env, o.original, o.amount, func(s *shop, original till.Txn, amount money.Amount) error {
		res, err := do(s.shop, ctx, register.Further{Key: o.key, Original: original.ID, Amount: amount, Notice: o.advice})
		return s.show(env, &o.out, res, err)
	})
}

func newCapture(env *Env, runF func(context.Context, *furtherOptions) error) *cobra.Command {
	o := &furtherOptions{}
	c := newLeaf(env, leaf{
		use:   "capture ID [AMOUNT]",
		short: i18n.T("Take what a pre-authorization holds", "预授权完成"),
		long: i18n.T(
			"Take AMOUNT of what a pre-authorization holds, or all of it, once; what is held beyond\nis released. The setting completion.percent bounds how much more may be taken than is\nheld. From then on it is a sale: it is in the totals, and can be voided and refunded.\n\nWith --advice the host is told and not asked, also while it cannot be reached: it is\ntold until it acknowledges.",
			"从预授权冻结的金额中扣取 AMOUNT，省略则为全部，仅一次；其余解冻。可超出冻结金额的比例\n由设置 completion.percent 限定。此后即为消费：计入总计，可撤销和退货。\n\n使用 --advice 时以通知方式上送而非请求，无法联系主机时也可使用：将一直上送直到确认。"),
		examples: []example{
			{i18n.T("all that is held", "扣取全部冻结金额"), "till capture 7Q2M4X8RT0VB"},
			{i18n.T("what was used of it", "扣取实际消费金额"), "till capture 7Q2M4X8RT0VB 287.50"},
			{i18n.T("told afterwards", "以通知方式上送"), "till capture 7Q2M4X8RT0VB 287.50 --advice"},
		},
		result: txnView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitUnknown, exitPending},
		run:    runWith(either(env, runF, captureRun), o, &o.original, &o.amount),
	}, &o.out)
	bindFurther(env, c, o)
	c.Flags().BoolVar(&o.advice, "advice", false, env.Say(i18n.T("tell the host and do not ask it", "以通知方式上送，而非请求")))
	return c
}

func captureRun(ctx context.Context, env *Env, o *furtherOptions) error {
	return further(ctx, env, o, (*management.Shop).Capture)
}

func newRelease(env *Env, runF func(context.Context, *undoOptions) error) *cobra.Command {
	o := &undoOptions{}
	c := newLeaf(env, leaf{
		use:   "release ID",
		short: i18n.T("Give back what a pre-authorization holds", "预授权撤销：解除冻结"),
		long: i18n.T(
			"Give back all that a pre-authorization holds with its increments, of whatever batch. One\nthat is captured cannot be released: void its completion first. ID may be \"last\".",
			"解除预授权及其追加所冻结的全部金额，不限批次。已完成的预授权不能撤销：请先撤销其完成。\nID 可为 \"last\"。"),
		examples: []example{
			{i18n.T("the guest paid otherwise", "客人以其他方式付款"), "till release 7Q2M4X8RT0VB"},
			{i18n.T("a cashier, approved by a manager", "收银员操作，店长授权"), "till release last --approver li_wei"},
		},
		result: txnView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitUnknown, exitPending},
		run:    runWith(either(env, runF, releaseRun), o, &o.original),
	}, &o.out)
	bindUndo(env, c, o)
	return c
}

// releaseRun is the void of a pre-auth, and of nothing else: whoever types release must
// not undo a sale.
func releaseRun(ctx context.Context, env *Env, o *undoOptions) error {
	return withOriginal(ctx, env, o.original, "", func(s *shop, original till.Txn, _ money.Amount) error {
		if original.Kind != till.PreAuth {
			return &till.Problem{
				Code: till.CodeNotPermitted,
				What: i18n.T("%s is no pre-authorization but a %s: nothing was released", "%s 不是预授权，而是%s：未作任何更改").With(original.ID, original.Kind.Text()),
				Hint: i18n.T("till void %s undoes it", "撤销请用 till void %s").With(original.ID),
			}
		}
		return s.undo(ctx, env, o, register.Undo{Key: o.key, Original: original.ID}, (*management.Shop).Void)
	})
}
