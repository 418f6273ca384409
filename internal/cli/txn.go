package cli

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func newTxn(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "txn",
		short: i18n.T("Look at transactions, reprint, settle open ones", "查询交易、补打小票、处理未决交易"),
		long: i18n.T(
			"Every sale, void and refund of the shop, as the journal holds it.",
			"店铺的每笔消费、撤销和退款，均以流水账为准。"),
		commands: []*cobra.Command{
			newTxnList(env, nil), newTxnShow(env, nil), newTxnReceipt(env, nil), newTxnStatus(env, nil), newTxnResolve(env, nil),
			newTxnExceptions(env, nil), newTxnDecide(env, nil),
		},
	})
}

type txnListOptions struct {
	out   out.Output
	batch int
	state string
	limit int
}

func newTxnList(env *Env, runF func(context.Context, *txnListOptions) error) *cobra.Command {
	o := &txnListOptions{}
	c := newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List transactions, newest first", "列出交易，最新的在前"),
		long:  i18n.T("List transactions, newest first. None is an empty list and no failure.", "列出交易，最新的在前。没有交易时为空列表，并非失败。"),
		examples: []example{
			{i18n.T("the last twenty", "最近二十笔"), "till txn list"},
			{i18n.T("what is still open", "尚未了结的交易"), "till txn list --state REVERSING"},
			{i18n.T("amounts of one batch, for a script", "某批次的金额，供脚本使用"), "till txn list --batch 3 --limit 0 --jq '.[].amount.minor'"},
		},
		result: []txnView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, txnListRun), o),
	}, &o.out)
	c.Flags().IntVar(&o.batch, "batch", 0, env.Say(i18n.T("of batch `NUMBER` alone", "仅限批次 `NUMBER`")))
	c.Flags().StringVar(&o.state, "state", "", env.Say(i18n.T("in this `STATE` alone", "仅限状态 `STATE`")))
	c.Flags().IntVar(&o.limit, "limit", 20, env.Say(i18n.T("at most `N`; 0 is all", "最多 `N` 笔；0 表示全部")))
	_ = c.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(stateNames(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func stateNames() []string {
	states := []till.State{till.Intent, till.Approved, till.Declined, till.Reversing, till.Reversed, till.Exception, till.Advice}
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = string(s)
	}
	return names
}

func txnListRun(ctx context.Context, env *Env, o *txnListOptions) error {
	filter := till.Filter{Batch: o.batch, Limit: o.limit}
	if o.state != "" {
		state := strings.ToUpper(o.state)
		if !slices.Contains(stateNames(), state) {
			return wrongWord("--state", o.state, strings.Join(stateNames(), ", "))
		}
		filter.States = []till.State{till.State(state)}
	}
	if o.batch < 0 || o.limit < 0 {
		return &till.Problem{Code: till.CodeUsage,
			What: i18n.T("--batch and --limit are not negative", "--batch 和 --limit 不能为负数").With(),
			Hint: i18n.T("leave a flag out to get all", "省略该标志即为全部").With()}
	}
	return readShop(ctx, env, func(s *shop) error {
		txns, err := s.store.Txns(ctx, filter)
		if err != nil {
			return err
		}
		return env.Write(&o.out, out.Result{Value: viewTxns(txns), Table: txnTable(env, txns, s.cfg.Shop.Timezone)})
	})
}

// readShop is withShop for somebody who may read transactions.
func readShop(ctx context.Context, env *Env, do func(*shop) error) error {
	return withShop(ctx, env, func(s *shop) error {
		if err := s.shop.CheckReading(ctx); err != nil {
			return err
		}
		return do(s)
	})
}

func txnTable(env *Env, txns []till.Txn, zone *time.Location) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "id", Head: i18n.T("ID", "编号")},
		{Name: "at", Head: i18n.T("TIME", "时间")},
		{Name: "kind", Head: i18n.T("KIND", "类型")},
		{Name: "amount", Head: i18n.T("AMOUNT", "金额"), Align: cells.Right},
		{Name: "tender", Head: i18n.T("TENDER", "方式")},
		{Name: "card", Head: i18n.T("CARD", "卡号")},
		{Name: "outcome", Head: i18n.T("OUTCOME", "结果")},
		{Name: "code", Head: i18n.T("CODE", "应答码")},
		{Name: "batch", Head: i18n.T("BATCH", "批次"), Align: cells.Right},
		{Name: "stan", Head: i18n.T("STAN", "流水号")},
	}}
	for _, x := range txns {
		masked := ""
		if x.Card != nil {
			masked = x.Card.Masked
		}
		t.Rows = append(t.Rows, []string{
			string(x.ID), x.At.In(zone).Format("01-02 15:04:05"), env.Say(x.Kind.Text()), x.Amount.String(),
			env.Say(x.Tender.Text()), masked, env.Say(x.OutcomeText()), x.ResponseCode, strconv.Itoa(x.Batch), x.STAN.String(),
		})
	}
	return t
}

type txnShowOptions struct {
	out out.Output
	id  string
}

func newTxnShow(env *Env, runF func(context.Context, *txnShowOptions) error) *cobra.Command {
	o := &txnShowOptions{}
	return newLeaf(env, leaf{
		use:   "show ID",
		short: i18n.T("Show one transaction and its history", "显示一笔交易及其历史"),
		long:  i18n.T("Show a transaction as it stands and each commit that led there. ID may be \"last\".", "显示交易现状及形成该状态的每次提交。ID 可为 \"last\"。"),
		examples: []example{
			{i18n.T("one transaction", "显示一笔交易"), "till txn show 7Q2M4X8RT0VB"},
			{i18n.T("when each of its states was made durable", "各状态落盘的时间"), "till txn show last --jq '.history[] | .kind, .at'"},
		},
		result: txnHistory{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, txnShowRun), o, &o.id),
	}, &o.out)
}

// txnHistory is a transaction with what the journal says of it.
type txnHistory struct {
	txnView
	History []till.JournalRow `json:"history"`
}

func txnShowRun(ctx context.Context, env *Env, o *txnShowOptions) error {
	return readShop(ctx, env, func(s *shop) error {
		t, err := s.findTxn(ctx, o.id)
		if err != nil {
			return err
		}
		history, err := s.store.History(ctx, t.ID)
		if err != nil {
			return err
		}
		return env.Write(&o.out, out.Result{Value: txnHistory{viewTxn(t), history}, Table: txnDetail(env, t, history, s.cfg.Shop.Timezone)})
	})
}

// rowAdder adds rows of name and value to a table; what has no value gets no row.
func rowAdder(env *Env, t *out.Table) func(name i18n.Text, value string) {
	return func(name i18n.Text, value string) {
		if value != "" {
			t.Rows = append(t.Rows, []string{env.Say(name), value})
		}
	}
}

// txnDetail is a transaction as rows of name and value.
func txnDetail(env *Env, t till.Txn, history []till.JournalRow, zone *time.Location) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "name", Head: i18n.T("NAME", "名称")}, {Name: "value", Head: i18n.T("VALUE", "内容")},
	}}
	add := rowAdder(env, &table)
	add(i18n.T("transaction", "交易"), string(t.ID))
	add(i18n.T("kind", "类型"), env.Say(t.Kind.Text()))
	add(i18n.T("outcome", "结果"), env.Say(t.OutcomeText())+" ("+string(t.State)+")")
	add(i18n.T("amount", "金额"), t.Amount.String())
	if !t.Refunded.IsZero() {
		add(i18n.T("refunded", "已退"), t.Refunded.String())
	}
	addTerms(add, t)
	add(i18n.T("tender", "付款方式"), env.Say(t.Tender.Text()))
	if t.Card != nil {
		add(i18n.T("card", "卡号"), strings.TrimSpace(t.Card.Masked+" "+t.Card.Brand))
		add(i18n.T("application", "应用"), strings.TrimSpace(t.Card.AID+" "+t.Card.Label))
	}
	add(i18n.T("entry", "输入方式"), string(t.Entry))
	if o := t.Wallet; o != nil {
		add(i18n.T("order number", "商户订单号"), o.Number)
		add(i18n.T("refund number", "退款单号"), o.RefundNumber)
		add(i18n.T("trade number", "钱包交易号"), o.TradeNo)
		add(i18n.T("wallet", "钱包"), o.Provider)
		add(i18n.T("order state", "订单状态"), string(o.Flow)+" "+string(o.State))
		add(i18n.T("refused", "拒绝原因"), strings.TrimSpace(o.RefusedCode+" "+o.RefusedWords))
	} else {
		add(i18n.T("response code", "应答码"), codeInWords(env, t.ResponseCode))
	}
	add(i18n.T("declined by", "拒绝方"), string(t.DeclinedBy))
	add(i18n.T("authorization code", "授权码"), t.AuthCode)
	add(i18n.T("retrieval reference", "检索参考号"), t.RRN)
	add(i18n.T("trace number", "流水号"), t.STAN.String())
	add(i18n.T("batch", "批次"), strconv.Itoa(t.Batch))
	add(i18n.T("idempotency key", "幂等键"), t.Key)
	add(i18n.T("undoes", "原交易"), string(t.Original))
	add(i18n.T("voided by", "撤销交易"), string(t.VoidedBy))
	if isUndone(t) {
		add(i18n.T("reversal reason", "冲正原因"), string(t.Reason))
	}
	if c := t.Chip; c != nil {
		addChip(env, add, *c)
	}
	for _, h := range history {
		add(i18n.T("journal", "流水账"), strconv.FormatInt(h.Seq, 10)+"  "+h.At.In(zone).Format("2006-01-02 15:04:05.000")+"  "+journalWords(h))
	}
	return table
}

// addTerms adds what only some transactions have.
func addTerms(add func(i18n.Text, string), t till.Txn) {
	amount := func(name i18n.Text, a money.Amount) {
		if !a.IsZero() {
			add(name, a.String())
		}
	}
	amount(i18n.T("asked", "应付"), t.Asked)
	amount(i18n.T("cashback", "返现"), t.Cashback)
	amount(i18n.T("tips", "小费"), t.Tipped)
	amount(i18n.T("increments", "追加"), t.Incremented)
	if t.Plan != nil {
		add(i18n.T("instalments", "分期"), strings.TrimSpace(strconv.Itoa(t.Plan.Count)+" "+t.Plan.Code))
	}
	add(i18n.T("told, not asked", "通知类型"), string(t.Notice))
	add(i18n.T("completed by", "完成交易"), string(t.CompletedBy))
	if d := t.Decided; d != nil {
		add(i18n.T("decided", "裁定"), strings.TrimSpace(string(d.As)+" "+string(d.By)+": "+d.Reason))
	}
}

// addChip adds what the card and its issuer proved to one another.
func addChip(env *Env, add func(i18n.Text, string), c till.ChipEvidence) {
	add(i18n.T("cryptogram", "密文"), c.CryptogramType+" "+c.Cryptogram)
	add(i18n.T("verification results", "终端验证结果"), c.TVR)
	if c.ARQC != "" {
		checked := i18n.T("not confirmed by the issuer", "发卡行未确认")
		if c.ARQCVerified {
			checked = i18n.T("verified by the issuer", "发卡行已验证")
		}
		add(i18n.Same("ARQC"), c.ARQC+"  "+env.Say(checked))
	}
	if c.ARPCVerified {
		add(i18n.Same("ARPC"), env.Say(i18n.T("verified by the card", "卡片已验证")))
	}
	for _, s := range c.Scripts {
		words := i18n.T("%d of %d commands carried out", "已执行 %d 条，共 %d 条命令").With(s.Done, s.Commands)
		add(i18n.T("issuer script", "发卡行脚本"), s.Template+" "+s.ID+"  "+words.In(env.lang)+"  (9F5B "+s.Result+")")
	}
}

// journalWords is what a row of the journal says.
func journalWords(h till.JournalRow) string {
	words := []string{string(h.State), h.Remark}
	if h.ARQCVerified {
		words = append(words, "ARQC ✓")
	}
	if h.ARPCVerified {
		words = append(words, "ARPC ✓")
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

type txnReceiptOptions struct {
	out   out.Output
	id    string
	width int
	copy  string
}

func newTxnReceipt(env *Env, runF func(context.Context, *txnReceiptOptions) error) *cobra.Command {
	o := &txnReceiptOptions{}
	c := newLeaf(env, leaf{
		use:   "receipt ID",
		short: i18n.T("Print a receipt again", "补打小票"),
		long:  i18n.T("Print the receipt of a transaction again, marked as a duplicate; of one that paid for\nlines, or of a sale or return of lines, the whole paper. ID may be \"last\".", "补打交易小票，标明为重印；若交易属于商品销售或退货，或 ID 即为该单，则打印整单。ID 可为\n\"last\"。"),
		examples: []example{
			{i18n.T("the newest, for 80 mm paper", "最近一笔，80 mm 纸宽"), "till txn receipt last --width 48"},
			{i18n.T("the merchant's copy", "商户存根"), "till txn receipt 7Q2M4X8RT0VB --copy merchant"},
		},
		result: receiptView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, txnReceiptRun), o, &o.id),
	}, &o.out)
	c.Flags().IntVar(&o.width, "width", 0, env.Say(i18n.T("paper of `COLUMNS`: 32 (58 mm) or 48 (80 mm); default: receipt.width", "纸张列数 `COLUMNS`：32（58 mm）或 48（80 mm）；默认取 receipt.width")))
	c.Flags().StringVar(&o.copy, "copy", string(receipt.Customer), env.Say(i18n.T("whose `COPY`: customer or merchant", "联次 `COPY`：customer（顾客联）或 merchant（商户联）")))
	return c
}

type receiptView struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

func txnReceiptRun(ctx context.Context, env *Env, o *txnReceiptOptions) error {
	if o.width != 0 && o.width != 32 && o.width != 48 {
		return wrongWord("--width", strconv.Itoa(o.width), "32, 48")
	}
	if o.copy != string(receipt.Customer) && o.copy != string(receipt.Merchant) {
		return wrongWord("--copy", o.copy, "customer, merchant")
	}
	return readShop(ctx, env, func(s *shop) error {
		id, text, err := s.paperOf(ctx, env, o.id, receipt.Options{Width: o.width, Copy: receipt.Copy(o.copy), Duplicate: true})
		if err != nil {
			return err
		}
		return env.Write(&o.out, out.Result{Value: receiptView{id, text(env.Screen())}, Text: text})
	})
}

func newTxnStatus(env *Env, runF func(context.Context, *txnShowOptions) error) *cobra.Command {
	o := &txnShowOptions{}
	c := newLeaf(env, leaf{
		use:   "status ID",
		short: i18n.T("Tell the outcome of a transaction, settling it if it is open", "查询交易结果；若未决则尝试了结"),
		long: i18n.T(
			"Tell how a transaction ended. One that is still open is worked on first: its\nreversal is sent again. ID may be \"last\", or the key that the sale was made with.",
			"查询交易的最终结果。尚未了结的交易会先处理：再次发送其冲正。ID 可为 \"last\"，也可为\n交易时使用的幂等键。"),
		examples: []example{
			{i18n.T("after an unknown outcome", "结果未知之后"), "till txn status 7Q2M4X8RT0VB --json"},
		},
		result: txnView{},
		exits:  []exitCode{exitNotPermitted, exitUnknown},
		run:    runWith(either(env, runF, txnStatusRun), o, &o.id),
	}, &o.out)
	bindLine(env, c)
	return c
}

func txnStatusRun(ctx context.Context, env *Env, o *txnShowOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		t, err := s.findTxnOrKey(ctx, o.id)
		if err != nil {
			return err
		}
		if t, err = s.shop.Status(ctx, t.ID); err != nil {
			return err
		}
		line := i18n.T("%s  %s of %s: %s", "%s  %s %s：%s").With(t.ID, t.Kind.Text(), t.Amount, t.OutcomeText())
		if err := env.WriteLine(&o.out, viewTxn(t), line); err != nil {
			return err
		}
		if t.State == till.Exception {
			env.Note(stuck(t))
		}
		if t.Outcome() == till.OutcomeUnknown {
			return exitError{exitUnknown}
		}
		return nil
	})
}

// findTxnOrKey finds by id and, failing that, by idempotency key.
func (s *shop) findTxnOrKey(ctx context.Context, name string) (till.Txn, error) {
	t, err := s.findTxn(ctx, name)
	var missing *till.Problem
	if errors.As(err, &missing) && missing.Code == till.CodeNotFound {
		if byKey, keyErr := s.store.TxnByKey(ctx, name); keyErr == nil {
			return byKey, nil
		}
	}
	return t, err
}

func newTxnResolve(env *Env, runF func(context.Context, *txnShowOptions) error) *cobra.Command {
	o := &txnShowOptions{}
	c := newLeaf(env, leaf{
		use:   "resolve",
		short: i18n.T("Work on every reversal and notice that waits", "处理所有等待中的冲正与通知"),
		long: i18n.T(
			"Send every reversal and every notice that waits once. Every command that may talk to the\nhost does this first, so it is needed only after a host was silent and no sale followed.\nWhat waits for a manager it leaves: till txn exceptions.",
			"将所有等待中的冲正与通知各发送一次。凡可能联系主机的命令都会先行处理，因此仅在主机无\n应答且之后没有交易时才需要。等待主管处理的异常交易不受影响：till txn exceptions。"),
		examples: []example{
			{i18n.T("after the line came back", "线路恢复之后"), "till txn resolve"},
		},
		result: []txnView{},
		exits:  []exitCode{exitNotPermitted, exitUnknown},
		run:    runWith(either(env, runF, txnResolveRun), o),
	}, &o.out)
	bindLine(env, c)
	return c
}

func txnResolveRun(ctx context.Context, env *Env, o *txnShowOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		worked, err := s.shop.Resolve(ctx)
		if err != nil {
			return err
		}
		noteRest(env, worked)
		if err := env.Write(&o.out, out.Result{Value: viewTxns(worked), Table: txnTable(env, worked, s.cfg.Shop.Timezone)}); err != nil {
			return err
		}
		if slices.ContainsFunc(worked, func(t till.Txn) bool { return t.State.IsOpen() }) {
			return exitError{exitUnknown}
		}
		return nil
	})
}

// noteRest tells where nothing was open, and what only a manager can end.
func noteRest(env *Env, worked []till.Txn) {
	waiting := 0
	for _, t := range worked {
		if t.State == till.Exception {
			waiting++
		}
	}
	switch {
	case waiting > 0:
		env.Note(i18n.T("waiting for a manager: %d, see till txn exceptions", "等待主管处理：%d 笔，见 till txn exceptions").With(waiting))
	case len(worked) == 0:
		env.Note(i18n.T("nothing is open", "没有未决交易").With())
	}
}

func codeInWords(env *Env, code string) string {
	if code == "" {
		return ""
	}
	return code + " " + env.Say(receipt.ResponseText(code))
}
