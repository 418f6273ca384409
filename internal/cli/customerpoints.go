package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

func newCustomerPoints(env *Env, runF func(context.Context, *customerOptions) error) *cobra.Command {
	o := &customerOptions{}
	return newLeaf(env, leaf{
		use:   "points ID",
		short: i18n.T("Tell how a customer came to their points", "显示会员积分明细"),
		long:  i18n.T("Tell every move of a customer's points, oldest first, with the sale behind it.", "按时间列出会员积分的每笔变动及对应交易。"),
		examples: []example{
			{i18n.T("the whole ledger", "全部明细"), "till customer points A1042"},
		},
		result: []till.PointsMove{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, customerPointsRun), o, &o.id),
	}, &o.out)
}

func customerPointsRun(ctx context.Context, env *Env, o *customerOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		moves, err := s.shop.PointsMoves(ctx, till.MemberID(o.id))
		if err != nil {
			return err
		}
		if moves == nil {
			moves = []till.PointsMove{}
		}
		return env.Write(&o.out, out.Result{Value: moves, Table: pointsTable(env, moves, s.cfg.Shop.Timezone)})
	})
}

// pointsTable is the ledger with the balance behind each line.
func pointsTable(env *Env, moves []till.PointsMove, zone *time.Location) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "at", Head: i18n.T("AT", "时间")},
		{Name: "reason", Head: i18n.T("REASON", "原因")},
		{Name: "points", Head: i18n.T("POINTS", "积分"), Align: cells.Right},
		{Name: "balance", Head: i18n.T("BALANCE", "余额"), Align: cells.Right},
		{Name: "ticket", Head: i18n.T("TICKET", "单据")},
		{Name: "note", Head: i18n.T("NOTE", "备注")},
	}}
	balance := int64(0)
	for _, m := range moves {
		balance += m.Points
		table.Rows = append(table.Rows, []string{
			m.At.In(zone).Format("2006-01-02 15:04"), env.Say(m.Reason.Text()),
			strconv.FormatInt(m.Points, 10), strconv.FormatInt(balance, 10), string(m.Ticket), m.Note,
		})
	}
	return table
}

func newCustomerAdjust(env *Env, runF func(context.Context, *customerOptions) error) *cobra.Command {
	o := &customerOptions{}
	c := newLeaf(env, leaf{
		use:   "adjust ID POINTS",
		short: i18n.T("Give or take points by hand", "手工调整积分"),
		long: i18n.T(
			"Give points by hand, or take them where the number is negative; a balance never falls\nbelow zero. It needs a note. A negative number stands behind --.",
			"手工增加积分，或以负数扣减；余额不会低于零。须注明原因。负数写在 -- 之后。"),
		examples: []example{
			{i18n.T("goodwill", "补偿"), `till customer adjust A1042 50 --note goodwill`},
			{i18n.T("take some back", "扣回"), `till customer adjust --note mistake -- A1042 -50`},
		},
		result: till.PointsMove{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, customerAdjustRun), o, &o.id, &o.points),
	}, &o.out)
	c.Flags().StringVar(&o.note, "note", "", env.Say(i18n.T("say why in a `NOTE`", "原因 `NOTE`")))
	return c
}

func customerAdjustRun(ctx context.Context, env *Env, o *customerOptions) error {
	points, err := strconv.ParseInt(o.points, 10, 64)
	if err != nil {
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%q is no number of points", "%q 不是积分数").With(o.points),
			Hint: i18n.T("give a whole number such as 50 or -50", "请输入整数，例如 50 或 -50").With(),
		}
	}
	return withShop(ctx, env, func(s *shop) error {
		m, err := s.shop.AdjustPoints(ctx, till.MemberID(o.id), points, o.note)
		if err != nil {
			return err
		}
		line := i18n.T("%s: %d points", "%s：%d 积分").With(m.Member, m.Points)
		return env.WriteLine(&o.out, m, line)
	})
}
