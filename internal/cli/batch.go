package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func newBatch(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "batch",
		short: i18n.T("Show and close the batch of card payments", "查询并结算卡交易批次"),
		long: i18n.T(
			"A batch is the card payments between two settlements. Closing sends its totals to\nthe host, which compares them with its own.",
			"批次是两次结算之间的卡交易。结算时将总计发送给主机，由主机与自身账目核对。"),
		commands: []*cobra.Command{newBatchShow(env, nil), newBatchList(env, nil), newBatchClose(env, nil)},
	})
}

type batchOptions struct {
	out    out.Output
	number string
}

// batchView is a batch with what its totals come to.
type batchView struct {
	till.Batch
	Net      money.Amount  `json:"net"`
	TheirNet *money.Amount `json:"their_net,omitempty"`
	Tenders  []tenderView  `json:"tenders"`
}

// tenderView is what one tender brought in and gave back.
type tenderView struct {
	Tender      till.Tender `json:"tender"`
	Currency    string      `json:"currency"`
	Sales       int         `json:"sales"`
	SaleMinor   int64       `json:"sale_minor"`
	Refunds     int         `json:"refunds"`
	RefundMinor int64       `json:"refund_minor"`
	NetMinor    int64       `json:"net_minor"`
}

func viewBatch(b till.Batch, tenders []till.TenderTotals) batchView {
	v := batchView{Batch: b, Net: b.Ours.NetAmount(), Tenders: []tenderView{}}
	for _, t := range tenders {
		v.Tenders = append(v.Tenders, tenderView(t))
	}
	if b.Theirs != nil {
		net := b.Theirs.NetAmount()
		v.TheirNet = &net
	}
	return v
}

func newBatchShow(env *Env, runF func(context.Context, *batchOptions) error) *cobra.Command {
	o := &batchOptions{}
	return newLeaf(env, leaf{
		use:   "show [NUMBER]",
		short: i18n.T("Show the totals of a batch", "显示批次总计"),
		long: i18n.T(
			"Show the totals of a batch; without a number, of the open one. First come the card\ntotals that are settled with the host, then what cash and wallets brought in.",
			"显示批次总计；不带编号时为当前批次。先列出与主机结算的卡交易，再列出现金与扫码收款。"),
		examples: []example{
			{i18n.T("the open batch", "当前批次"), "till batch show"},
			{i18n.T("what the acquirer owes for batch 3", "批次 3 的应收净额"), "till batch show 3 --jq .net.minor"},
		},
		result: batchView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, batchShowRun), o, &o.number),
	}, &o.out)
}

func batchShowRun(ctx context.Context, env *Env, o *batchOptions) (err error) {
	number := 0
	if o.number != "" {
		if number, err = strconv.Atoi(o.number); err != nil || number < 1 || number > 999999 {
			return wrongWord("NUMBER", o.number, "1 … 999999")
		}
	}
	return readShop(ctx, env, func(s *shop) error {
		b, err := s.batch(ctx, number)
		if err != nil {
			return err
		}
		return s.showBatch(ctx, env, &o.out, b)
	})
}

// batch reads a batch with its totals; 0 is the open one.
func (s *shop) batch(ctx context.Context, number int) (till.Batch, error) {
	if number == 0 {
		return s.store.CurrentBatch(ctx)
	}
	return s.store.Batch(ctx, number)
}

type batchListOptions struct {
	out out.Output
}

func newBatchList(env *Env, runF func(context.Context, *batchListOptions) error) *cobra.Command {
	o := &batchListOptions{}
	return newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List all batches, newest first", "列出所有批次，最新的在前"),
		long:  i18n.T("List all batches with their states and what the acquirer owes for each.", "列出所有批次、状态及各批次应收净额。"),
		examples: []example{
			{i18n.T("which are not settled?", "哪些尚未结清？"), `till batch list --jq '.[] | select(.state != "CLOSED") | .number'`},
		},
		result: []batchView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, batchListRun), o),
	}, &o.out)
}

func batchListRun(ctx context.Context, env *Env, o *batchListOptions) error {
	return readShop(ctx, env, func(s *shop) error {
		all, err := s.store.Batches(ctx)
		if err != nil {
			return err
		}
		views := make([]batchView, len(all))
		table := out.Table{Columns: []out.Column{
			{Name: "number", Head: i18n.T("BATCH", "批次"), Align: cells.Right},
			{Name: "state", Head: i18n.T("STATE", "状态")},
			{Name: "opened_at", Head: i18n.T("OPENED", "开始时间")},
			{Name: "closed_at", Head: i18n.T("CLOSED", "结清时间")},
			{Name: "net", Head: i18n.T("NET", "净额"), Align: cells.Right},
		}}
		for i, b := range all {
			views[i] = viewBatch(b, nil)
			closed := ""
			if !b.ClosedAt.IsZero() {
				closed = b.ClosedAt.In(s.cfg.Shop.Timezone).Format("2006-01-02 15:04")
			}
			table.Rows = append(table.Rows, []string{
				strconv.Itoa(b.Number), string(b.State), b.OpenedAt.In(s.cfg.Shop.Timezone).Format("2006-01-02 15:04"), closed, b.Ours.NetAmount().String(),
			})
		}
		return env.Write(&o.out, out.Result{Value: views, Table: table})
	})
}

func newBatchClose(env *Env, runF func(context.Context, *batchOptions) error) *cobra.Command {
	o := &batchOptions{}
	c := newLeaf(env, leaf{
		use:   "close",
		short: i18n.T("Settle the open batch with the host", "与主机结算当前批次"),
		long: i18n.T(
			"Freeze the totals of the open batch and send them to the host (0500). It closes only\nwhen the host agrees. Where the totals differ and the host takes records, each is sent\n(UPLOADING) and the totals again (TRAILER); what differs then is shown side by side, by\nrecord, and the batch stays RECONCILE_ERROR. The next run goes on where this one\nstopped. Sales taken meanwhile belong to the next batch. Nothing may be open in it:\nwaiting reversals are worked on first, and exceptions wait for a manager.",
			"冻结当前批次的总计并发送给主机（0500）。仅在主机一致时结算成功。若总计不符且主机受理\n明细，则逐笔上送（UPLOADING）后再次发送总计（TRAILER）；仍有差异时按笔并列显示，批次\n保持 RECONCILE_ERROR。再次运行从中断处继续。其间的新交易计入下一批次。批次中不得有未决\n交易：会先处理等待中的冲正，异常交易须由主管裁定。"),
		examples: []example{
			{i18n.T("at the end of the day", "营业结束时"), "till batch close"},
		},
		result: batchView{},
		exits:  []exitCode{exitNotPermitted, exitDifferences, exitPending},
		run:    runWith(either(env, runF, batchCloseRun), o),
	}, &o.out)
	bindLine(env, c)
	return c
}

func batchCloseRun(ctx context.Context, env *Env, o *batchOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		b, err := s.shop.CloseBatch(ctx)
		if err != nil {
			return err
		}
		if err := s.showBatch(ctx, env, &o.out, b); err != nil {
			return err
		}
		if b.State == till.BatchReconcileError {
			env.Note(i18n.T("the host's totals differ: find the sale behind it with till txn list --batch %d, then close again", "主机总计不一致：请用 till txn list --batch %d 查找差异交易，然后重新结算").With(b.Number))
			return exitError{exitDifferences}
		}
		return nil
	})
}

func (s *shop) showBatch(ctx context.Context, env *Env, o *out.Output, b till.Batch) error {
	tenders, err := s.store.TenderTotals(ctx, b.Number)
	if err != nil {
		return err
	}
	table := batchTable(env, b)
	table.Rows = append(table.Rows, tenderRows(env, tenders, len(table.Columns))...)
	table.Rows = append(table.Rows, differenceRows(env, b, len(table.Columns))...)
	return env.Write(o, out.Result{Value: viewBatch(b, tenders), Table: table})
}

// tenderRows tell what came in besides cards, which the host has no part in.
func tenderRows(env *Env, tenders []till.TenderTotals, columns int) [][]string {
	var rows [][]string
	for _, t := range tenders {
		if t.Tender == till.Card {
			continue
		}
		row := func(name i18n.Text, count int, a money.Amount) {
			cols := make([]string, columns)
			cols[0], cols[1], cols[2] = env.Say(t.Tender.Text())+" "+env.Say(name), counted(count), a.String()
			rows = append(rows, cols)
		}
		row(i18n.T("sales", "消费"), t.Sales, t.SaleAmount())
		row(i18n.T("refunds", "退款"), t.Refunds, t.RefundAmount())
		row(i18n.T("net", "净额"), -1, t.NetAmount())
	}
	return rows
}

// differenceRows tell the records on which the host and the shop do not agree, each with
// the host's amount and its answer beside ours. They stand behind the totals.
func differenceRows(env *Env, b till.Batch, columns int) [][]string {
	var rows [][]string
	for _, d := range b.Differences {
		cols := make([]string, max(columns, 3))
		name := i18n.T("differs: %s %s", "差异：%s %s").With(d.Kind.Text(), d.Txn)
		if d.Txn == "" {
			name = i18n.T("only the host has trace number %s", "仅主机有流水号 %s").With(d.STAN)
		}
		cols[0], cols[1], cols[2] = env.words(name), d.STAN.String(), someAmount(d.Ours)
		if len(cols) >= 5 {
			cols[3], cols[4] = d.ResponseCode, someAmount(d.Theirs)
		}
		rows = append(rows, cols)
	}
	return rows
}

func someAmount(a money.Amount) string {
	if a.IsZero() {
		return "-"
	}
	return a.String()
}

// batchTable sets our totals beside the host's where the host has said its own.
func batchTable(env *Env, b till.Batch) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "line", Head: i18n.T("BATCH", "批次")},
		{Name: "count", Head: i18n.T("COUNT", "笔数"), Align: cells.Right},
		{Name: "amount", Head: i18n.T("AMOUNT", "金额"), Align: cells.Right},
	}}
	if b.Theirs != nil {
		table.Columns = append(table.Columns,
			out.Column{Name: "host_count", Head: i18n.T("HOST COUNT", "主机笔数"), Align: cells.Right},
			out.Column{Name: "host_amount", Head: i18n.T("HOST AMOUNT", "主机金额"), Align: cells.Right})
	}
	cur, _ := money.CurrencyByCode(b.Ours.Currency)
	row := func(name i18n.Text, pick func(till.Totals) (int, int64)) {
		count, minor := pick(b.Ours)
		cols := []string{env.Say(name), counted(count), money.New(minor, cur).String()}
		if b.Theirs != nil {
			count, minor = pick(*b.Theirs)
			cols = append(cols, counted(count), money.New(minor, cur).String())
		}
		table.Rows = append(table.Rows, cols)
	}
	table.Rows = append(table.Rows, append([]string{env.Say(i18n.T("number and state", "编号与状态")), strconv.Itoa(b.Number), string(b.State)}, make([]string, len(table.Columns)-3)...))
	row(i18n.T("sales", "消费"), func(t till.Totals) (int, int64) { return t.Debits, t.DebitMinor })
	row(i18n.T("voids of sales", "消费撤销"), func(t till.Totals) (int, int64) { return t.DebitReversals, t.DebitRevMinor })
	row(i18n.T("refunds", "退款"), func(t till.Totals) (int, int64) { return t.Credits, t.CreditMinor })
	row(i18n.T("voids of refunds", "退款撤销"), func(t till.Totals) (int, int64) { return t.CreditReversals, t.CreditRevMinor })
	row(i18n.T("net to the shop", "应收净额"), func(t till.Totals) (int, int64) { return -1, t.Net() })
	return table
}

func counted(n int) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprint(n)
}
