package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/promo"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// ticketView is a sale or return of lines as commands show it: the names are a promise to
// scripts.
type ticketView struct {
	ID         till.TicketID    `json:"id"`
	Key        string           `json:"key"`
	Kind       till.TicketKind  `json:"kind"`
	State      till.TicketState `json:"state"`
	Outcome    till.Outcome     `json:"outcome,omitempty"` // of the last payment that this command made
	Label      string           `json:"label,omitempty"`
	Lines      []lineView       `json:"lines"`
	Inclusive  bool             `json:"inclusive"`
	Gross      money.Amount     `json:"gross"`
	Discount   money.Amount     `json:"discount"`
	Net        money.Amount     `json:"net"`
	Tax        money.Amount     `json:"tax"`
	Total      money.Amount     `json:"total"`
	Taxes      []till.TaxLine   `json:"taxes"`
	Due        money.Amount     `json:"due"`
	Change     money.Amount     `json:"change"`
	Payments   []txnView        `json:"payments"`
	Member     till.MemberID    `json:"member,omitempty"`
	Earned     int64            `json:"earned"`
	Redeemed   int64            `json:"redeemed"`
	Promotions []promoNoteView  `json:"promotions,omitempty"`
	Original   till.TicketID    `json:"original,omitempty"`
	Reason     string           `json:"reason,omitempty"`
	Staff      till.StaffID     `json:"staff,omitempty"`
	Approver   till.StaffID     `json:"approver,omitempty"`
	Terminal   string           `json:"terminal"`
	Shift      int              `json:"shift,omitempty"`
	At         time.Time        `json:"at"`
	DoneAt     time.Time        `json:"done_at,omitzero"`
	VoidedAt   time.Time        `json:"voided_at,omitzero"`
	Day        string           `json:"day,omitempty"`
	Basket     *till.Basket     `json:"basket,omitempty"` // of a held one
	Replayed   bool             `json:"replayed"`
}

type lineView struct {
	N          int              `json:"n"`
	SKU        till.SKU         `json:"sku,omitempty"`
	Name       string           `json:"name"`
	Category   string           `json:"category,omitempty"`
	Quantity   till.Quantity    `json:"quantity"`
	Unit       till.Unit        `json:"unit"`
	Price      money.Amount     `json:"price"`
	ListPrice  *money.Amount    `json:"list_price,omitempty"`
	Gross      money.Amount     `json:"gross"`
	Discount   money.Amount     `json:"discount"`
	Net        money.Amount     `json:"net"`
	Tax        money.Amount     `json:"tax"`
	Total      money.Amount     `json:"total"`
	TaxClass   string           `json:"tax_class,omitempty"`
	Reductions []till.Reduction `json:"reductions,omitempty"`
	Approver   till.StaffID     `json:"approver,omitempty"`
	Origin     int              `json:"origin,omitempty"`
	Returned   till.Quantity    `json:"returned,omitempty"`
}

// promoNoteView is what became of a promotion, in words.
type promoNoteView struct {
	Programme till.ProgrammeID `json:"programme"`
	Name      string           `json:"name,omitempty"`
	Applied   bool             `json:"applied"`
	Amount    *money.Amount    `json:"amount,omitempty"`
	Code      string           `json:"code"`
	Explain   string           `json:"explain"`
}

func viewBill(env *Env, b management.Bill) ticketView {
	v := viewTicket(env, b.Ticket)
	v.Due, v.Replayed, v.Payments = b.Due, b.Replayed, viewTxns(b.Txns)
	if len(b.Taken) > 0 {
		v.Outcome = b.Outcome()
	}
	change := int64(0)
	for _, x := range b.Txns {
		change += x.Change().Minor()
	}
	v.Change = money.New(change, b.Ticket.Total.Currency())
	return v
}

func viewTicket(env *Env, t till.Ticket) ticketView {
	v := ticketView{
		ID: t.ID, Key: t.Key, Kind: t.Kind, State: t.State, Label: t.Label, Lines: []lineView{}, Inclusive: t.Inclusive,
		Gross: t.Gross, Discount: t.Discount, Net: t.Net, Tax: t.Tax, Total: t.Total, Taxes: t.Taxes,
		Due: t.Total, Change: money.New(0, t.Total.Currency()), Payments: []txnView{},
		Member: t.Member, Earned: t.Earned, Redeemed: t.Redeemed, Original: t.Original, Reason: t.Reason,
		Staff: t.Staff, Approver: t.Approver, Terminal: t.Terminal, Shift: t.Shift, At: t.At, DoneAt: t.DoneAt, VoidedAt: t.VoidedAt,
	}
	if t.Taxes == nil {
		v.Taxes = []till.TaxLine{}
	}
	if t.State == till.TicketOpen {
		v.Basket = t.Basket
	}
	if t.Day != 0 {
		v.Day = t.Day.String()
	}
	for _, l := range t.Lines {
		v.Lines = append(v.Lines, viewLine(l, t.Returned[l.N]))
	}
	for _, n := range t.Promotions {
		v.Promotions = append(v.Promotions, viewPromoNote(env, n))
	}
	return v
}

func viewLine(l till.Line, returned till.Quantity) lineView {
	return lineView{
		N: l.N, SKU: l.SKU, Name: l.Name, Category: l.Category, Quantity: l.Quantity, Unit: l.Unit, Price: l.Price,
		ListPrice: amountOrNil(l.ListPrice), Gross: l.Gross, Discount: l.Discount(), Net: l.Net, Tax: l.Tax, Total: l.Total,
		TaxClass: l.TaxClass, Reductions: l.Reductions, Approver: l.Approver, Origin: l.Origin, Returned: returned,
	}
}

func viewPromoNote(env *Env, n till.PromoNote) promoNoteView {
	return promoNoteView{
		Programme: n.Programme, Name: n.Name, Applied: n.Applied, Amount: amountOrNil(n.Amount), Code: n.Code,
		Explain: promo.Explain(n).In(env.Lang()),
	}
}

func amountOrNil(a money.Amount) *money.Amount {
	if a.IsZero() {
		return nil
	}
	return &a
}

// lineTable is the lines of a ticket.
func lineTable(t till.Ticket) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "n", Head: i18n.T("NO", "序号"), Align: cells.Right},
		{Name: "sku", Head: i18n.Same("SKU")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "quantity", Head: i18n.T("QUANTITY", "数量"), Align: cells.Right},
		{Name: "price", Head: i18n.T("PRICE", "单价"), Align: cells.Right},
		{Name: "discount", Head: i18n.T("DISCOUNT", "优惠"), Align: cells.Right},
		{Name: "tax", Head: i18n.T("TAX", "税额"), Align: cells.Right},
		{Name: "total", Head: i18n.T("TOTAL", "合计"), Align: cells.Right},
	}}
	for _, l := range t.Lines {
		quantity := l.Quantity.String()
		if l.Unit != till.Each {
			quantity += " " + string(l.Unit)
		}
		table.Rows = append(table.Rows, []string{
			strconv.Itoa(l.N), string(l.SKU), l.Name, quantity, l.Price.Decimal(), l.Discount().Decimal(), l.Tax.Decimal(), l.Total.Decimal(),
		})
	}
	return table
}

// quoteText is a priced basket as people read it: its lines and its sums.
func quoteText(env *Env, t till.Ticket) func(out.Screen) string {
	return func(s out.Screen) string {
		lines := []string{strings.TrimRight(lineTable(t).Text(s), "\n"), ""}
		add := func(name i18n.Text, value string) { lines = append(lines, env.Say(name)+" "+value) }
		if !t.Discount.IsZero() {
			add(i18n.T("discount", "优惠"), t.Discount.String())
		}
		for _, x := range t.Taxes {
			if x.Name != "" {
				add(i18n.Same(x.Name), x.Rate.String()+" "+x.Tax.String())
			}
		}
		if t.Earned > 0 {
			add(i18n.T("points", "积分"), strconv.FormatInt(t.Earned, 10))
		}
		add(i18n.T("total", "合计"), t.Total.String())
		return strings.Join(lines, "\n")
	}
}

// saleRow is a ticket in a list.
type saleRow struct {
	ID       till.TicketID    `json:"id"`
	Kind     till.TicketKind  `json:"kind"`
	State    till.TicketState `json:"state"`
	Label    string           `json:"label,omitempty"`
	Lines    int              `json:"lines"`
	Total    money.Amount     `json:"total"`
	Due      money.Amount     `json:"due"`
	Original till.TicketID    `json:"original,omitempty"`
	Member   till.MemberID    `json:"member,omitempty"`
	Staff    till.StaffID     `json:"staff,omitempty"`
	Terminal string           `json:"terminal"`
	At       time.Time        `json:"at"`
}

func viewTickets(tickets []till.Ticket) []saleRow {
	rows := make([]saleRow, len(tickets))
	for i, t := range tickets {
		rows[i] = saleRow{
			ID: t.ID, Kind: t.Kind, State: t.State, Label: t.Label, Lines: len(t.Lines), Total: t.Total, Due: dueOf(t), Original: t.Original,
			Member: t.Member, Staff: t.Staff, Terminal: t.Terminal, At: t.At,
		}
	}
	return rows
}

// dueOf is what is missing of a ticket, as the store has added it up.
func dueOf(t till.Ticket) money.Amount {
	if t.State.IsFinal() {
		return money.New(0, t.Total.Currency())
	}
	return money.New(t.Total.Minor()-t.Paid.Minor(), t.Total.Currency())
}

func ticketTable(env *Env, tickets []till.Ticket, zone *time.Location) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "id", Head: i18n.T("ID", "编号")},
		{Name: "at", Head: i18n.T("TIME", "时间")},
		{Name: "kind", Head: i18n.T("KIND", "类型")},
		{Name: "state", Head: i18n.T("STATE", "状态")},
		{Name: "lines", Head: i18n.T("LINES", "行数"), Align: cells.Right},
		{Name: "total", Head: i18n.T("TOTAL", "合计"), Align: cells.Right},
		{Name: "due", Head: i18n.T("DUE", "待付"), Align: cells.Right},
		{Name: "staff", Head: i18n.T("STAFF", "员工")},
		{Name: "label", Head: i18n.T("LABEL", "标签")},
	}}
	for _, x := range tickets {
		t.Rows = append(t.Rows, []string{
			string(x.ID), x.At.In(zone).Format("01-02 15:04:05"), env.Say(x.Kind.Text()), env.Say(x.State.Text()),
			strconv.Itoa(len(x.Lines)), x.Total.String(), dueOf(x).Decimal(), string(x.Staff), x.Label,
		})
	}
	return t
}
