package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

type exceptionsOptions struct {
	out out.Output
}

func newTxnExceptions(env *Env, runF func(context.Context, *exceptionsOptions) error) *cobra.Command {
	o := &exceptionsOptions{}
	return newLeaf(env, leaf{
		use:   "exceptions",
		short: i18n.T("List what waits for a manager", "列出等待主管处理的异常交易"),
		long: i18n.T(
			"List the transactions whose reversal or notice the host answered in a way nobody can\nact on. The batch does not close over one. Ask the acquirer with the numbers that are\nlisted, then: till txn decide.",
			"列出主机对其冲正或通知的应答无法处理的交易。存在异常交易时批次不能结算。请凭所列编号\n向收单机构核实，然后：till txn decide。"),
		examples: []example{
			{i18n.T("what is stuck", "列出异常交易"), "till txn exceptions"},
			{i18n.T("their ids, for a script", "仅列出编号，供脚本使用"), "till txn exceptions --jq '.[].id'"},
		},
		result: []txnView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, exceptionsRun), o),
	}, &o.out)
}

func exceptionsRun(ctx context.Context, env *Env, o *exceptionsOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		txns, err := s.shop.Exceptions(ctx)
		if err != nil {
			return err
		}
		if len(txns) == 0 {
			env.Note(i18n.T("no exceptions", "没有异常交易").With())
		}
		return env.Write(&o.out, out.Result{Value: viewTxns(txns), Table: txnTable(env, txns, s.cfg.Shop.Timezone)})
	})
}

type decideOptions struct {
	out      out.Output
	id       string
	as       string
	reason   string
	rrn      string
	approver approver
}

func newTxnDecide(env *Env, runF func(context.Context, *decideOptions) error) *cobra.Command {
	o := &decideOptions{}
	c := newLeaf(env, leaf{
		use:   "decide ID posted|not-posted|retry",
		short: i18n.T("End an exception by a manager's word", "由主管裁定异常交易"),
		long: i18n.T(
			"End an exception by what was found out at the acquirer: posted, the host has it and it\nis approved; not-posted, the host has it not and it is undone; or retry, which sends the\nmessage again. It needs a manager and a reason; both stand in the journal.\nWith --rrn a later refund, void or tip can name what was posted at the host.",
			"根据向收单机构核实的结果裁定异常交易：posted 表示主机已入账，交易为已批准；not-posted\n表示主机未入账，交易作废；retry 重新发送报文。须由主管操作并说明原因，均记入流水账。\n用 --rrn 登记参考号后，日后的退款、撤销或小费才能在主机上指明该交易。"),
		examples: []example{
			{i18n.T("the acquirer has it not", "收单机构未入账"), `till txn decide 7Q2M4X8RT0VB not-posted --reason "acquirer's help desk, ticket 4711"`},
			{i18n.T("the acquirer has it, and told the reference number", "收单机构已入账，并告知参考号"), `till txn decide 7Q2M4X8RT0VB posted --rrn 633400000017 --reason "help desk, 4711"`},
			{i18n.T("once more, now that the host works", "主机恢复后重发"), `till txn decide 7Q2M4X8RT0VB retry --reason "host was repaired"`},
		},
		result: txnView{},
		exits:  []exitCode{exitNotPermitted, exitUnknown},
		run:    runWith(either(env, runF, decideRun), o, &o.id, &o.as),
	}, &o.out)
	bindLine(env, c)
	bindApprover(env, c, &o.approver)
	c.Flags().StringVar(&o.reason, "reason", "", env.Say(i18n.T("what was found out, and where: `TEXT`", "核实的结果与来源 `TEXT`")))
	c.Flags().StringVar(&o.rrn, "rrn", "", env.Say(i18n.T("of posted: the host's reference number (field 37), `RRN`", "posted 时主机的参考号（第 37 域）`RRN`")))
	return c
}

func decideRun(ctx context.Context, env *Env, o *decideOptions) error {
	words := map[string]till.ResolvedAs{"posted": till.ResolvedPosted, "not-posted": till.ResolvedNotPosted, "retry": till.ResolvedRetry}
	as, ok := words[o.as]
	if !ok {
		return wrongWord("posted|not-posted|retry", o.as, "posted, not-posted, retry")
	}
	return withShopAs(ctx, env, shopOptions{observe: progress(env)}, func(s *shop) error {
		t, err := s.findTxn(ctx, o.id)
		if err != nil {
			return err
		}
		t, err = approved(ctx, env, o.approver, func(a *management.Approval) (till.Txn, error) {
			return s.shop.Decide(ctx, t.ID, till.Resolution{As: as, Reason: strings.TrimSpace(o.reason), RRN: strings.TrimSpace(o.rrn)}, a)
		})
		if err != nil {
			return err
		}
		line := i18n.T("%s  %s of %s: %s", "%s  %s %s：%s").With(t.ID, t.Kind.Text(), t.Amount, t.OutcomeText())
		if err := env.WriteLine(&o.out, viewTxn(t), line); err != nil {
			return err
		}
		if t.State == till.Exception {
			return exitError{exitUnknown}
		}
		return nil
	})
}
