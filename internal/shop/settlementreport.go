package shop

import (
	"context"
	"slices"
	"strconv"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
)

// SettlementBook knows the batches and what they were reconciled with.
type SettlementBook interface {
	Batches(ctx context.Context) ([]till.Batch, error)
	Settlements(ctx context.Context) ([]till.Settlement, error) // newest first
}

// SettlementReport is every batch of card payments: what it came to, whether the host
// agreed, and which reconciliation took it in.
func (s *Shop) SettlementReport(ctx context.Context) (reports.Table, error) {
	if _, err := s.authorize(ctx, till.MayReadReports, nil, ""); err != nil {
		return reports.Table{}, err
	}
	batches, err := s.cfg.Store.Batches(ctx)
	if err != nil {
		return reports.Table{}, err
	}
	runs, err := s.cfg.Store.Settlements(ctx)
	if err != nil {
		return reports.Table{}, err
	}
	return settlementTable(batches, runs)
}

func settlementTable(batches []till.Batch, runs []till.Settlement) (reports.Table, error) {
	t := reports.Table{
		Name: "settlement", Title: reports.Text{EN: "Settlement of card payments", ZH: "卡交易结算"},
		Columns: []reports.Column{
			{Key: "batch", Title: reports.Text{EN: "Batch", ZH: "批次"}, Kind: reports.Code, Label: true},
			{Key: "state", Title: reports.Text{EN: "State", ZH: "状态"}, Kind: reports.Words},
			{Key: "sales", Title: reports.Text{EN: "Sales", ZH: "消费笔数"}, Kind: reports.Count},
			{Key: "sold", Title: reports.Text{EN: "Sold", ZH: "消费金额"}, Kind: reports.Money},
			{Key: "refunds", Title: reports.Text{EN: "Refunds", ZH: "退款笔数"}, Kind: reports.Count},
			{Key: "refunded", Title: reports.Text{EN: "Refunded", ZH: "退款金额"}, Kind: reports.Money},
			{Key: "voided", Title: reports.Text{EN: "Voided, net", ZH: "撤销净额"}, Kind: reports.Money},
			{Key: "net", Title: reports.Text{EN: "Net", ZH: "应收净额"}, Kind: reports.Money},
			{Key: "host", Title: reports.Text{EN: "Host's net", ZH: "主机净额"}, Kind: reports.Money},
			{Key: "reconciled", Title: reports.Text{EN: "Reconciled", ZH: "对账"}, Kind: reports.Words},
		},
	}
	sections := map[string]*reports.Section{}
	var order []string
	slices.SortFunc(batches, func(a, b till.Batch) int { return a.Number - b.Number })
	for _, b := range batches {
		code := b.Ours.Currency
		if code == "" {
			continue // no card payment in it
		}
		if sections[code] == nil {
			c, err := money.CurrencyByCode(code)
			if err != nil {
				return t, err
			}
			sections[code], order = &reports.Section{Currency: c}, append(order, code)
		}
		sections[code].Rows = append(sections[code].Rows, settlementRow(b, runs))
	}
	for _, code := range order {
		s := sections[code]
		s.Total = settlementTotal(s.Rows)
		t.Sections = append(t.Sections, *s)
	}
	return t, nil
}

func settlementRow(b till.Batch, runs []till.Settlement) reports.Row {
	host := reports.None()
	switch {
	case b.Theirs != nil:
		host = reports.Number(b.Theirs.Net())
	case b.State == till.BatchClosed: // the host said no figures of its own: it agreed with ours
		host = reports.Number(b.Ours.Net())
	}
	voided := b.Ours.CreditRevMinor - b.Ours.DebitRevMinor
	return reports.Row{Cells: []reports.Cell{
		reports.ID(batchName(b.Number)), reports.Say(string(b.State), batchState(b.State)),
		reports.Number(int64(b.Ours.Debits)), reports.Number(b.Ours.DebitMinor), reports.Number(int64(b.Ours.Credits)), reports.Number(b.Ours.CreditMinor),
		reports.Number(voided), reports.Number(b.Ours.Net()), host, reports.Say("", reconciledBy(b.Number, runs)),
	}}
}

// settlementTotal adds up the columns of numbers. The host's side is a sum only where
// every batch has one.
func settlementTotal(rows []reports.Row) *reports.Row {
	total := reports.Row{Kind: reports.Sum, Cells: []reports.Cell{
		reports.ID(""), reports.Say("total", reports.Text{EN: "Total", ZH: "合计"}),
		reports.Number(0), reports.Number(0), reports.Number(0), reports.Number(0), reports.Number(0), reports.Number(0), reports.Number(0), reports.ID(""),
	}}
	for _, r := range rows {
		for i := 2; i <= 8; i++ {
			total.Cells[i].Value += r.Cells[i].Value
			total.Cells[i].None = total.Cells[i].None || r.Cells[i].None
		}
	}
	return &total
}

func batchName(n int) string { return strconv.Itoa(n) }

func batchState(s till.BatchState) reports.Text {
	switch s {
	case till.BatchOpen:
		return reports.Text{EN: "open", ZH: "未结算"}
	case till.BatchClosing, till.BatchUploading, till.BatchTrailer:
		return reports.Text{EN: "being settled", ZH: "结算中"}
	case till.BatchReconcileError:
		return reports.Text{EN: "differs", ZH: "不符"}
	case till.BatchClosed:
	}
	return reports.Text{EN: "settled", ZH: "已结算"}
}

// reconciledBy is the reconciliation that took a batch in.
func reconciledBy(batch int, runs []till.Settlement) reports.Text {
	for _, run := range runs {
		if slices.Contains(run.Batches, batch) {
			return reports.Text{EN: "run " + batchName(run.Seq) + ", " + run.Day, ZH: "对账 " + batchName(run.Seq) + "，" + run.Day}
		}
	}
	return reports.Text{EN: "not yet", ZH: "未对账"}
}
