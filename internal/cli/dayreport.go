package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/tally"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// dayView is an X or Z as commands show it. The page that people read is made of it and of
// nothing else, so that a stored Z reads the same for ever.
type dayView struct {
	Report     string                 `json:"report"` // x or z
	Number     int                    `json:"number"` // of a Z; of an X that of the Z to come
	At         time.Time              `json:"at"`
	Day        string                 `json:"day"`
	Staff      till.StaffID           `json:"staff,omitempty"`
	Sums       []daySums              `json:"sums"` // one for each currency, which are never added
	Drawers    []drawerView           `json:"drawers"`
	OverShort  []management.OverShort `json:"over_short"`
	Total      money.Amount           `json:"total"`
	GrandTotal money.Amount           `json:"grand_total"`
	FirstSeq   int64                  `json:"first_seq,omitempty"`
	LastSeq    int64                  `json:"last_seq,omitempty"`
	Head       string                 `json:"head,omitempty"`
	Previous   string                 `json:"previous,omitempty"`
	Hash       string                 `json:"hash,omitempty"`
}

// daySums is what was sold and taken in one currency.
type daySums struct {
	Currency  string    `json:"currency"`
	Sales     dayLine   `json:"sales"`   // those that stand
	Returns   dayLine   `json:"returns"` // negative
	Voids     int64     `json:"voids"`
	Net       int64     `json:"net_minor"`
	Tax       int64     `json:"tax_minor"`
	Total     int64     `json:"total_minor"`
	Rounding  int64     `json:"rounding_minor"` // of cash, within the total
	Discounts []dayLine `json:"discounts"`
	Taxes     []taxLine `json:"taxes"`
	Tenders   []dayLine `json:"tenders"`
}

// dayLine is a count and an amount in minor units under a name.
type dayLine struct {
	Name    string `json:"name"`
	Detail  string `json:"detail,omitempty"`
	Count   int64  `json:"count"`
	Returns int64  `json:"returns,omitempty"`
	Minor   int64  `json:"minor"`
}

// taxLine is one rate of one class.
type taxLine struct {
	Class string `json:"class"`
	Rate  string `json:"rate"`
	Net   int64  `json:"net_minor"`
	Tax   int64  `json:"tax_minor"`
}

// drawerView is the drawer of one shift.
type drawerView struct {
	Shift    int           `json:"shift"`
	Staff    till.StaffID  `json:"staff,omitempty"`
	Open     bool          `json:"open,omitempty"`
	Float    money.Amount  `json:"float"`
	Expected money.Amount  `json:"expected"`
	Counted  *money.Amount `json:"counted,omitempty"`
	Over     *money.Amount `json:"over,omitempty"`
}

func viewX(x management.XReport) dayView {
	c, _ := money.CurrencyByCode(x.Currency)
	v := dayView{
		Report: "x", Number: x.NextZ, At: x.At, Day: x.Day.String(), Staff: x.Staff,
		Sums: sumsOf(x.Facts, x.Currency), Drawers: drawersOf(x.Shifts), OverShort: management.OverShorts(x.Shifts),
		Total: money.New(x.Total, c), GrandTotal: money.New(x.GrandTotal, c),
	}
	for i, d := range v.Drawers {
		for _, open := range x.Drawers {
			if open.Shift == d.Shift {
				v.Drawers[i].Expected = open.Expected
			}
		}
	}
	return v
}

// viewZ shows a Z. One of days without a single sale knows no currency and gets the shop's.
func viewZ(z till.ZReport, shop money.Currency) dayView {
	c, err := money.CurrencyByCode(z.Currency)
	if err != nil {
		c, z.Currency = shop, shop.Code()
	}
	return dayView{
		Report: "z", Number: z.Number, At: z.At, Day: z.Day.String(), Staff: z.Staff,
		Sums: sumsOf(z.Facts, z.Currency), Drawers: drawersOf(z.Shifts), OverShort: management.OverShorts(z.Shifts),
		Total: money.New(z.Total, c), GrandTotal: money.New(z.GrandTotal, c),
		FirstSeq: z.FirstSeq, LastSeq: z.LastSeq, Head: z.Head, Previous: z.Previous, Hash: z.Hash,
	}
}

func drawersOf(shifts []till.Shift) []drawerView {
	views := []drawerView{}
	for _, sh := range shifts {
		sh = sh.Whole()
		v := drawerView{Shift: sh.Number, Staff: sh.Staff, Open: sh.IsOpen(), Float: sh.Float, Expected: sh.Expected}
		if !v.Open {
			v.Counted, v.Over = &sh.Counted, &sh.Over
		}
		views = append(views, v)
	}
	return views
}

// sumsOf sorts the facts of a day by currency, the shop's first. A day without facts has
// the sums of the shop's currency all the same, of zero.
func sumsOf(facts []till.Fact, currency string) []daySums {
	codes := []string{currency}
	for _, f := range facts {
		if !slices.Contains(codes, f.Currency) {
			codes = append(codes, f.Currency)
		}
	}
	slices.Sort(codes[1:])
	all := make([]daySums, len(codes))
	for i, code := range codes {
		all[i] = daySums{Currency: code, Sales: dayLine{Name: tally.SumSale}, Returns: dayLine{Name: tally.SumReturn}, Discounts: []dayLine{}, Taxes: []taxLine{}, Tenders: []dayLine{}}
		for _, f := range facts {
			if f.Currency == code {
				all[i].add(f)
			}
		}
	}
	return all
}

// add takes one fact in.
func (d *daySums) add(f till.Fact) {
	m := f.Sums
	switch f.Kind {
	case till.FactSum:
		d.addSum(f.A, m)
	case till.FactTender:
		d.Tenders = append(d.Tenders, dayLine{Name: f.A, Detail: f.B, Count: m.Count, Returns: m.Returns, Minor: m.Total})
	case till.FactTax:
		d.Taxes = append(d.Taxes, taxLine{Class: f.A, Rate: f.B, Net: m.Net, Tax: m.Tax})
	case till.FactDiscount:
		d.addDiscount(f.A, m)
	case till.FactItem:
		if f.A == till.KeyRounding {
			d.Rounding += m.Total
		}
	case till.FactCategory, till.FactStaff, till.FactHour, till.FactLoyalty: // on pages of their own
	}
}

func (d *daySums) addSum(what string, m till.Sums) {
	switch what {
	case tally.SumSale:
		d.Sales.Count, d.Sales.Minor = d.Sales.Count+m.Count, d.Sales.Minor+m.Total
	case tally.SumReturn:
		d.Returns.Count, d.Returns.Minor = d.Returns.Count+m.Returns, d.Returns.Minor+m.Total
	case tally.SumVoid:
		d.Voids += m.Count
	}
	d.Net, d.Tax, d.Total = d.Net+m.Net, d.Tax+m.Tax, d.Total+m.Total
}

// addDiscount adds up by source: who gave what is a report of its own.
func (d *daySums) addDiscount(source string, m till.Sums) {
	i := slices.IndexFunc(d.Discounts, func(l dayLine) bool { return l.Name == source })
	if i < 0 {
		i = len(d.Discounts)
		d.Discounts = append(d.Discounts, dayLine{Name: source})
	}
	d.Discounts[i].Count += m.Count
	d.Discounts[i].Minor += m.Discount
}

type dayOptions struct {
	out    out.Output
	number string
}

func newX(env *Env, runF func(context.Context, *dayOptions) error) *cobra.Command {
	o := &dayOptions{}
	return newLeaf(env, leaf{
		use:   "x",
		short: i18n.T("Tell how the business day stands", "X 报表：当日小结"),
		long: i18n.T(
			"Tell how the business day stands since the last Z: sales, returns, voids, discounts,\ntaxes, tenders and drawers. Nothing is changed.",
			"显示自上次日结以来的销售、退货、撤销、折扣、税、付款方式与钱箱。不作任何更改。"),
		examples: []example{
			{i18n.T("at noon", "中午查看"), "till shift x"},
			{i18n.T("what was taken so far, in minor units", "目前为止的收入（最小货币单位）"), "till shift x --jq .total.minor"},
		},
		result: dayView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, xRun), o),
	}, &o.out)
}

func xRun(ctx context.Context, env *Env, o *dayOptions) error {
	defer ballast()()
	return withShop(ctx, env, func(s *shop) error {
		x, err := s.shop.X(ctx)
		if err != nil {
			return err
		}
		return showDay(env, &o.out, viewX(x), s.cfg.Shop.Timezone)
	})
}

func newZ(env *Env, runF func(context.Context, *dayOptions) error) *cobra.Command {
	o := &dayOptions{}
	return newLeaf(env, leaf{
		use:   "z [NUMBER]",
		short: i18n.T("Close the business day, or show an earlier Z", "Z 报表：日结，或查看以往日结"),
		long: i18n.T(
			"Close the business day: everything since the last Z, under the next number, chained to\nthe one before by its hash and never changed. It is refused while a shift, a payment\nor a ticket that is being paid is open. With NUMBER show an earlier one as it was.",
			"日结：将上次日结以来的全部内容编为下一号，以哈希与前一份相连，此后不可更改。有进行中的\n班次、付款或付款中的单据时不可日结。指定 NUMBER 时原样显示以往的日结。"),
		examples: []example{
			{i18n.T("at the end of the day", "营业结束时"), "till shift z"},
			{i18n.T("the third one again", "再次查看第 3 份"), "till shift z 3"},
		},
		result: dayView{},
		exits:  []exitCode{exitNotPermitted, exitPending},
		run:    runWith(either(env, runF, zRun), o, &o.number),
	}, &o.out)
}

func zRun(ctx context.Context, env *Env, o *dayOptions) error {
	defer ballast()()
	number, err := shiftNumber(o.number)
	if err != nil {
		return err
	}
	return withShop(ctx, env, func(s *shop) error {
		z, err := s.closeOrShow(ctx, number)
		if err != nil {
			return err
		}
		return showDay(env, &o.out, viewZ(z, s.cfg.Shop.Currency), s.cfg.Shop.Timezone)
	})
}

func (s *shop) closeOrShow(ctx context.Context, number int) (till.ZReport, error) {
	if number == 0 {
		return s.shop.CloseDay(ctx)
	}
	return s.shop.Z(ctx, number)
}

func showDay(env *Env, o *out.Output, v dayView, zone *time.Location) error {
	return env.Write(o, out.Result{Value: v, Text: func(out.Screen) string { return dayPage(v, env.Lang(), zone) }})
}
