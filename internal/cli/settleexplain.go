package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/settle"
)

type settleExplainOptions struct {
	out out.Output
	ref string
}

// settleExplainView is why a transaction was paired or not.
type settleExplainView struct {
	Ref     string   `json:"ref"`
	Run     int      `json:"run,omitempty"` // that tells of it; 0 where none has taken it in
	Day     string   `json:"day,omitempty"`
	Explain []string `json:"explain"`
}

func newSettleExplain(env *Env, runF func(context.Context, *settleExplainOptions) error) *cobra.Command {
	o := &settleExplainOptions{}
	return newLeaf(env, leaf{
		use:   "explain TXN",
		short: i18n.T("Tell why a transaction was paired or not", "说明一笔交易为何配对或未配对"),
		long: i18n.T(
			"Tell what the newest reconciliation that knows a transaction says of it. TXN is its\nid, its retrieval reference or its trace number, or \"last\".",
			"显示最近一次涉及该交易的对账对它的说明。TXN 为交易编号、检索参考号或流水号，也可为 \"last\"。"),
		examples: []example{
			{i18n.T("by the id of the transaction", "按交易编号"), "till settle explain 7Q2M4X8RT0VB"},
			{i18n.T("by the trace number on the receipt", "按小票上的流水号"), "till settle explain 000017"},
		},
		result: settleExplainView{},
		run:    runWith(either(env, runF, settleExplainRun), o, &o.ref),
	}, &o.out)
}

func settleExplainRun(ctx context.Context, env *Env, o *settleExplainOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		t, refs, err := s.references(ctx, o.ref)
		if err != nil {
			return err
		}
		v, err := s.explainSettled(ctx, env, o.ref, refs)
		if err != nil {
			return err
		}
		if len(v.Explain) == 0 {
			if t.ID == "" {
				return notReconciled(o.ref)
			}
			why, err := s.whyNotSettled(ctx, t)
			if err != nil {
				return err
			}
			v.Explain = []string{why.In(env.lang)}
		}
		text := func(out.Screen) string { return strings.Join(v.Explain, "\n") }
		return env.Write(&o.out, out.Result{Value: v, Text: text})
	})
}

// references are the names that records may have for what the user named: of one of our
// transactions its id and its retrieval reference. A trace number is six digits.
func (s *shop) references(ctx context.Context, name string) (till.Txn, []string, error) {
	t, err := s.findTxn(ctx, name)
	var missing *till.Problem
	switch {
	case err == nil && t.RRN != "":
		return t, []string{string(t.ID), t.RRN}, nil
	case err == nil:
		return t, []string{string(t.ID)}, nil
	case !errors.As(err, &missing) || missing.Code != till.CodeNotFound || name == "last":
		return t, nil, err
	}
	if len(name) < 6 && strings.Trim(name, "0123456789") == "" {
		name = fmt.Sprintf("%06s", name)
	}
	return till.Txn{}, []string{name}, nil
}

// explainSettled asks the runs, the newest first, until one knows the transaction.
func (s *shop) explainSettled(ctx context.Context, env *Env, name string, refs []string) (settleExplainView, error) {
	v := settleExplainView{Ref: name, Explain: []string{}}
	runs, err := s.store.Settlements(ctx)
	if err != nil {
		return v, err
	}
	for _, head := range runs {
		run, err := s.store.Settlement(ctx, head.Seq)
		if err != nil {
			return v, err
		}
		var result settle.Result
		if err := json.Unmarshal(run.Result, &result); err != nil {
			return v, fmt.Errorf("reconciliation %d: %w", run.Seq, err)
		}
		for _, ref := range refs {
			for _, said := range result.Explain(ref, string(env.lang)) {
				if !slices.Contains(v.Explain, said) {
					v.Explain = append(v.Explain, said)
				}
			}
		}
		if len(v.Explain) > 0 {
			v.Run, v.Day = run.Seq, run.Day
			return v, nil
		}
	}
	return v, nil
}

func notReconciled(ref string) error {
	return &till.Problem{
		Code: till.CodeNotFound, What: i18n.T("no reconciliation knows %q, and no transaction has this id", "没有对账涉及 %q，也没有该编号的交易").With(ref),
		Hint: i18n.T("till txn list shows the transactions, till settle open what waits", "till txn list 列出交易，till settle open 列出未了结的记录").With(),
	}
}

// whyNotSettled says why no reconciliation has taken a transaction in.
func (s *shop) whyNotSettled(ctx context.Context, t till.Txn) (i18n.Message, error) {
	if t.Tender != till.Card || t.State != till.Approved {
		return i18n.T("%s is no approved card transaction (%s, %s): no card settlement tells of it", "%s 不是已批准的卡交易（%s，%s）：卡清算文件中不会出现").With(
			t.ID, t.Tender.Text(), t.OutcomeText()), nil
	}
	b, err := s.store.Batch(ctx, t.Batch)
	if err != nil {
		return i18n.Message{}, err
	}
	if b.State != till.BatchClosed {
		return i18n.T("%s is in batch %d, which is not closed yet (%s): till batch close", "%s 属于批次 %d，该批次尚未结算（%s）：till batch close").With(t.ID, t.Batch, b.State), nil
	}
	return i18n.T("%s is in batch %d, which waits for its file: till settle run FILE", "%s 属于批次 %d，该批次等待对账：till settle run FILE").With(t.ID, t.Batch), nil
}

type settleOpenOptions struct{ out out.Output }

// openItemView is what is carried over, with its age today.
type openItemView struct {
	settle.OpenItem
	Days int `json:"days"` // calendar days from the record's date to today
}

func newSettleOpen(env *Env, runF func(context.Context, *settleOpenOptions) error) *cobra.Command {
	o := &settleOpenOptions{}
	return newLeaf(env, leaf{
		use:   "open",
		short: i18n.T("List what still waits for its other side", "列出仍未了结的记录"),
		long: i18n.T(
			"List the records that the newest reconciliation left without a partner, the oldest\nfirst. They take part in the next. None is an empty list and no failure.",
			"列出最近一次对账未能配对的记录，最早的在前。它们将参与下一次对账。没有时为空列表，并非失败。"),
		examples: []example{
			{i18n.T("what the acquirer still owes", "收单机构尚未清算的交易"), "till settle open"},
			{i18n.T("what waits for a week or more", "等待一周以上的记录"), "till settle open --jq '.[] | select(.days >= 7)'"},
		},
		result: []openItemView{},
		run:    runWith(either(env, runF, settleOpenRun), o),
	}, &o.out)
}

func settleOpenRun(ctx context.Context, env *Env, o *settleOpenOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		runs, err := s.store.Settlements(ctx)
		if err != nil {
			return err
		}
		items, err := s.openItems(ctx, len(runs))
		if err != nil {
			return err
		}
		zone := s.cfg.Shop.Timezone
		views := make([]openItemView, len(items))
		for i, item := range items {
			views[i] = openItemView{item, daysOpen(item, env.Now(), zone)}
		}
		slices.SortStableFunc(views, func(a, b openItemView) int { return b.Days - a.Days })
		if len(views) == 0 {
			env.Note(i18n.T("nothing is open", "没有未了结的记录").With())
		}
		return env.Write(&o.out, out.Result{Value: views, Table: openTable(env, views, zone)})
	})
}

// daysOpen counts calendar days in the shop's zone.
func daysOpen(item settle.OpenItem, now time.Time, zone *time.Location) int {
	from := item.Record.Time.In(zone).Format(time.DateOnly)
	if item.Record.Time.IsZero() {
		from = item.Since
	}
	begin, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return 0
	}
	today, err := time.Parse(time.DateOnly, now.In(zone).Format(time.DateOnly))
	if err != nil {
		return 0
	}
	return int(today.Sub(begin) / (24 * time.Hour))
}

func openTable(env *Env, views []openItemView, zone *time.Location) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "reason", Head: i18n.T("REASON", "原因")},
		{Name: "type", Head: i18n.T("TYPE", "类型")},
		{Name: "amount", Head: i18n.T("AMOUNT", "金额"), Align: cells.Right},
		{Name: "date", Head: i18n.T("DATE", "日期")},
		{Name: "days", Head: i18n.T("DAYS", "天数"), Align: cells.Right},
		{Name: "since", Head: i18n.T("OPEN SINCE", "未了结自")},
		{Name: "reference", Head: i18n.T("REFERENCE", "参考号")},
	}}
	for _, v := range views {
		date := ""
		if !v.Record.Time.IsZero() {
			date = v.Record.Time.In(zone).Format(time.DateOnly)
		}
		lang := string(env.lang)
		t.Rows = append(t.Rows, []string{
			v.Reason.In(lang), v.Record.Type.In(lang), v.Record.GrossAmount().String(), date, fmt.Sprint(v.Days), v.Since, v.Record.Reference(),
		})
	}
	return t
}
