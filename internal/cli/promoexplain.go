package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// promoTale is what the promotions did to a sale.
type promoTale struct {
	Ticket     till.TicketID    `json:"ticket"`
	State      till.TicketState `json:"state"`
	At         time.Time        `json:"at"`
	Off        money.Amount     `json:"off"` // by all of them
	Programmes []promoVerdict   `json:"programmes"`
}

// promoVerdict is what one promotion did to a sale and why.
type promoVerdict struct {
	till.PromoNote
	Lines []promoCut `json:"lines,omitempty"`
	Why   string     `json:"why"` // in the language of the command
}

// promoCut is what was taken off one line.
type promoCut struct {
	Line int          `json:"line"`
	SKU  till.SKU     `json:"sku,omitempty"`
	Name string       `json:"name"`
	Off  money.Amount `json:"off"`
}

type promoExplainOptions struct {
	out  out.Output
	sale string
}

func newPromoExplain(env *Env, runF func(context.Context, *promoExplainOptions) error) *cobra.Command {
	o := &promoExplainOptions{}
	return newLeaf(env, leaf{
		use:   "explain SALE",
		short: i18n.T("Tell why each promotion was applied to a sale or not", "解释各项促销对某笔销售生效与否的原因"),
		long: i18n.T(
			"Tell for each promotion whether it was applied to a sale, what it took off which\nlines, or why not: as it was when the sale was priced. SALE is the id of a sale, the\nlabel of a held one, a transaction that paid for it, or \"last\". Of a return it is the\nsale that it gives back.",
			"逐项说明促销是否对该笔销售生效、减免了哪些行多少金额，或未生效的原因，以计价时为准。\nSALE 可为销售编号、挂单标签、付款交易号或 \"last\"。退货则解释其原销售。"),
		examples: []example{
			{i18n.T("the last sale", "最近一笔销售"), "till promo explain last"},
			{i18n.T("what was not applied, and the code of why", "未生效的促销及原因代码"), "till promo explain last --jq '.programmes[] | select(.applied | not) | .programme, .code'"},
		},
		result: promoTale{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, promoExplainRun), o, &o.sale),
	}, &o.out)
}

func promoExplainRun(ctx context.Context, env *Env, o *promoExplainOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		t, err := s.shop.TicketByName(ctx, o.sale)
		if err == nil && t.Kind == till.TicketReturn {
			env.Note(i18n.T("%s is a return; this is the sale that it gives back", "%s 是退货；以下为其原销售").With(t.ID))
			t, err = s.shop.TicketByName(ctx, string(t.Original))
		}
		if err != nil {
			return err
		}
		if len(t.Promotions) == 0 {
			env.Note(i18n.T("the shop had no promotion when this was priced", "本单计价时没有任何促销").With())
		}
		tale := tellPromotions(env, t)
		return env.Write(&o.out, out.Result{Value: tale, Table: taleTable(env, tale), Text: func(screen out.Screen) string {
			return s.taleText(env, screen, t, tale)
		}})
	})
}

func tellPromotions(env *Env, t till.Ticket) promoTale {
	tale := promoTale{Ticket: t.ID, State: t.State, At: t.At, Off: money.New(0, t.Total.Currency()), Programmes: []promoVerdict{}}
	for _, n := range t.Promotions {
		tale.Off = money.New(tale.Off.Minor()+n.Amount.Minor(), tale.Off.Currency())
		tale.Programmes = append(tale.Programmes, promoVerdict{
			PromoNote: n, Lines: cutsOf(t, n.Programme), Why: promo.Explain(n).In(env.Lang()),
		})
	}
	return tale
}

// cutsOf are the lines off which a promotion took something.
func cutsOf(t till.Ticket, id till.ProgrammeID) []promoCut {
	var cuts []promoCut
	for _, l := range t.Lines {
		for _, r := range l.Reductions {
			if r.Source == till.ByProgramme && r.Programme == id {
				cuts = append(cuts, promoCut{Line: l.N, SKU: l.SKU, Name: l.Name, Off: r.Amount})
			}
		}
	}
	return cuts
}

func taleTable(env *Env, tale promoTale) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "programme", Head: i18n.T("PROMOTION", "促销")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "off", Head: i18n.T("OFF", "减免"), Align: cells.Right},
		{Name: "why", Head: i18n.T("WHY", "原因")},
	}}
	for _, v := range tale.Programmes {
		off := ""
		if v.Applied {
			off = v.Amount.String()
		}
		table.Rows = append(table.Rows, []string{string(v.Programme), v.Name, off, v.Why})
	}
	return table
}

// taleText is the tale for people: the sale, each promotion with its reason, and below it
// the lines that it made cheaper.
func (s *shop) taleText(env *Env, screen out.Screen, t till.Ticket, tale promoTale) string {
	var b strings.Builder
	say := func(m i18n.Message) { b.WriteString(m.In(env.Lang()) + "\n") }
	say(i18n.T("%s %s, %s, %s", "%s %s，%s，%s").With(t.Kind.Text(), t.ID, t.State.Text(), t.At.In(s.cfg.Shop.Timezone).Format("2006-01-02 15:04")))
	for _, v := range tale.Programmes {
		b.WriteString("\n" + screen.Bold(verdictName(v)) + "\n  " + v.Why + "\n")
		for _, c := range v.Lines {
			say(i18n.T("  line %d  %s  -%s", "  第 %d 行  %s  -%s").With(c.Line, c.Name, c.Off))
		}
	}
	b.WriteString("\n")
	say(i18n.T("promotions took off %s in all", "促销合计减免 %s").With(tale.Off))
	return b.String()
}

func verdictName(v promoVerdict) string {
	if v.Name == "" {
		return string(v.Programme)
	}
	return string(v.Programme) + "  " + v.Name
}
