package shop_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
)

// Goal: what every report comes to is what the books come to. Method: two days of a shop
// in which everything happens that reports know of, added up once by the reports and once
// by hand from tickets, transactions and ledgers. A report that is not in the table below
// fails.
func TestEveryReportEqualsTheBooks(t *testing.T) {
	w := newCounterWorld(t)
	first := w.firstDay()
	z, err := w.shop.CloseDay(context.Background())
	w.must(err)
	second := w.secondDay()
	w.check()
	both := w.bookkeeper(func(d till.Day) bool { return d == first || d == second })
	today := w.bookkeeper(func(d till.Day) bool { return d == second })
	yesterday := w.bookkeeper(func(d till.Day) bool { return d == first })
	currencies := []string{"CNY", "USD"}

	checks := map[shop.ReportName]func(){
		shop.ReportX: func() {
			d, err := w.shop.XDocument(context.Background())
			w.must(err)
			w.sameSummary(d, today, z.GrandTotal+today.goods("CNY")["total"])
		},
		shop.ReportZ: func() {
			d, err := w.shop.ZDocument(context.Background(), 0)
			w.must(err)
			w.sameSummary(d, yesterday, yesterday.goods("CNY")["total"])
		},
		shop.ReportStock: w.sameStock,
		shop.ReportSettlement: func() {
			table, err := w.shop.SettlementReport(context.Background())
			w.must(err)
			w.sameTotal(table, "CNY", both.cards("CNY"), "sales", "sold", "refunds", "refunded", "voided", "net")
		},
		shop.ReportLoyalty: func() {
			table := w.report(shop.ReportQuery{Name: shop.ReportLoyalty})
			w.sameTotal(table, "", both.points(), "points")
		},
	}
	goods := []string{"gross", "discount", "returned", "net", "tax", "total"}
	for name, keys := range map[shop.ReportName][]string{
		shop.ReportSales: append(goods, "sales", "returns"), shop.ReportStaff: append(goods, "sales", "returns"), shop.ReportHours: append(goods, "sales", "returns"),
		shop.ReportItems: append(goods, "quantity", "cost", "margin"), shop.ReportCategories: append(goods, "quantity", "cost", "margin"),
	} {
		checks[name] = func() { w.sameOver(name, currencies, both.goods, keys) }
	}
	checks[shop.ReportTenders] = func() {
		w.sameOver(shop.ReportTenders, currencies, both.tenders, []string{"payments", "returned", "paid"})
	}
	checks[shop.ReportTax] = func() { w.sameOver(shop.ReportTax, currencies[:1], both.taxes, []string{"net", "tax", "total"}) }
	checks[shop.ReportDiscounts] = func() {
		w.sameOver(shop.ReportDiscounts, currencies[:1], both.discounts, []string{"times", "discount"})
	}

	for _, name := range shop.AllReports() {
		t.Run(string(name), func(t *testing.T) {
			check := checks[name]
			if check == nil {
				t.Fatalf("nothing here knows what report %s comes to", name)
			}
			delete(checks, name)
			outer := w.t
			w.t = t
			defer func() { w.t = outer }()
			check()
		})
	}
	for name := range checks {
		t.Errorf("report %s is not in the list of all reports", name)
	}
}

// firstDay sells by two members of the staff: split tenders, rounding of cash, discounts
// of every kind, several taxes, points, returns, a decline, and amounts without lines.
func (w *counterWorld) firstDay() till.Day {
	w.t.Helper()
	w.assortment()
	w.hire("boss", till.Admin, "271828")
	w.signIn("boss", "271828")
	w.hire("mia", till.Manager, "314159")

	b := basket("latte", "latte", "tea", "book")
	b.Member, b.Entries[2].Discount = "8001", &till.Discount{Percent: 100_000, Reason: "torn/wet"}
	split := w.sell(shop.SellRequest{Basket: b, Tenders: []shop.Tendering{byCardOf(w.t, 3000), inCash(w.t, 0)}})
	w.now = w.now.Add(3 * time.Hour)
	w.signIn("mia", "314159")
	b = basket("latte", "bean", "stew")
	b.Entries[1].Quantity, b.Member, b.Redeem = 375, "8001", 30
	b.Discount = &till.Discount{Amount: yuan(w.t, 333), Reason: "regular"}
	w.sell(shop.SellRequest{Basket: b, Tenders: []shop.Tendering{inCash(w.t, 0)}})
	w.sell(shop.SellRequest{Basket: till.Basket{Entries: []till.BasketEntry{{Name: "Umbrella", Category: "lost and found", Price: new(yuan(w.t, 1999))}}}, Tenders: []shop.Tendering{byCard()}})
	w.sell(shop.SellRequest{Basket: basket("water"), Tenders: nil})

	w.host.script = []string{"decline"}
	declined := w.sell(shop.SellRequest{Basket: basket("tea"), Tenders: []shop.Tendering{byCard()}})
	_, err := w.shop.PayTicket(context.Background(), declined.Ticket.ID, inCash(w.t, 0))
	w.must(err)
	w.now = w.now.Add(time.Hour)
	w.giveBack(shop.ReturnRequest{Return: till.BasketReturn{Original: split.Ticket.ID, Lines: []till.BasketReturnLine{line(3, till.One)}, Reason: "cold"}})

	bare := w.pay(yuan(w.t, 1250), till.Card)
	_, err = w.shop.Refund(context.Background(), register.Undo{Original: bare.ID, Amount: yuan(w.t, 250)}, nil)
	w.must(err)
	gone := w.pay(yuan(w.t, 700), till.Card)
	_, err = w.shop.Void(context.Background(), register.Undo{Original: gone.ID}, nil)
	w.must(err)
	day, _ := w.cfg.Calendar.At(w.now)
	return day
}

// secondDay undoes and takes back what the first sold, and takes another currency.
func (w *counterWorld) secondDay() till.Day {
	w.t.Helper()
	w.now = w.now.Add(24 * time.Hour)
	tickets, err := w.store.Tickets(context.Background(), till.TicketFilter{Kind: till.TicketSale})
	w.must(err)
	split := tickets[slices.IndexFunc(tickets, func(t till.Ticket) bool { return len(t.Txns) == 2 })]
	byPoints := tickets[slices.IndexFunc(tickets, func(t till.Ticket) bool { return t.Redeemed > 0 })]
	w.giveBack(shop.ReturnRequest{Return: till.BasketReturn{Original: split.ID, Reason: "all of it"}})
	_, err = w.shop.VoidTicket(context.Background(), shop.VoidRequest{Ticket: byPoints.ID})
	w.must(err)
	w.sell(shop.SellRequest{Basket: basket("latte"), Tenders: []shop.Tendering{inCash(w.t, 0)}})
	w.pay(yuan(w.t, 4200), till.Cash)
	_, err = w.shop.AdjustPoints(context.Background(), "8001", 5, "an apology")
	w.must(err)
	usd, err := money.CurrencyByCode("USD")
	w.must(err)
	w.abroad(usd)
	day, _ := w.cfg.Calendar.At(w.now)
	return day
}

// assortment adds goods of other taxes, one of two rates, and a promotion.
func (w *counterWorld) assortment() {
	w.t.Helper()
	ctx, ch := context.Background(), till.Change{At: w.now}
	for _, c := range []till.TaxClass{
		{Code: "reduced", Rates: []till.TaxRate{{Name: "VAT", Rate: 60_000}}},
		{Code: "double", Rates: []till.TaxRate{{Name: "State", Rate: 40_000}, {Name: "City", Rate: 22_500, Compound: true}}},
	} {
		_, err := w.store.PutTaxClass(ctx, c, ch)
		w.must(err)
	}
	item := func(id, class string, price int64) till.Item {
		return till.Item{ID: till.ItemID(id), Name: id, Category: "shelf", Unit: till.Each, TaxClass: class, Variants: []till.Variant{{SKU: till.SKU(id), Price: yuan(w.t, price), Cost: yuan(w.t, price/3), Untracked: id == "stew"}}}
	}
	_, err := w.store.PutItems(ctx, []till.Item{item("book", "reduced", 4567), item("stew", "double", 3333)}, ch)
	w.must(err)
	w.must(w.store.MoveStock(ctx, []till.StockMove{{SKU: "book", Quantity: till.Units(5), Reason: till.StockReceive, At: w.now}}, till.StockRefuse))
	_, err = w.shop.AddProgramme(ctx, till.Programme{
		ID: "two", Name: "Second half", Rule: till.PromoRule{SKUs: []till.SKU{"latte"}},
		Reward: till.PromoReward{Kind: till.RewardBuyGet, Percent: 500_000, Buy: 1, Get: 1},
	})
	w.must(err)
}

// abroad is the same till once it takes another currency: a sale and a refund of a part.
func (w *counterWorld) abroad(c money.Currency) {
	w.t.Helper()
	home := w.cfg.Currency
	w.cfg.Currency = c
	other := w.open()
	res, err := other.Pay(context.Background(), register.Payment{Amount: money.New(1999, c), Tender: till.Cash})
	w.must(err)
	_, err = other.Refund(context.Background(), register.Undo{Original: res.Txn.ID, Amount: money.New(500, c)}, nil)
	w.must(err)
	w.cfg.Currency = home
	w.shop = w.open()
}

func (w *counterWorld) pay(a money.Amount, tender till.Tender) till.Txn {
	w.t.Helper()
	p := register.Payment{Amount: a, Tender: tender}
	if tender == till.Card {
		p.Entry = till.Swipe
	}
	res, err := w.shop.Pay(context.Background(), p)
	w.must(err)
	if res.Outcome != till.OutcomeApproved {
		w.t.Fatalf("%s is %s", a, res.Outcome)
	}
	return res.Txn
}

// report is a report over the year of the test.
func (w *counterWorld) report(q shop.ReportQuery) reports.Table {
	w.t.Helper()
	q.Period = reports.Period{From: 20261101, To: 20261231}
	table, err := w.shop.Report(context.Background(), q)
	w.must(err)
	return table
}

// sameOver holds a report over a period against the books: as it is, and broken down by
// each dimension that it has.
func (w *counterWorld) sameOver(name shop.ReportName, currencies []string, want func(string) bookSums, keys []string) {
	w.t.Helper()
	for _, by := range append([]reports.Dimension{reports.NoDimension}, shop.ReportDimensions(name)...) {
		q := shop.ReportQuery{Name: name}
		if by != reports.NoDimension {
			q.By = []reports.Dimension{by}
		}
		table := w.report(q)
		if len(table.Sections) != len(currencies) {
			w.t.Errorf("%s by %s has %d sections, want %v", name, by, len(table.Sections), currencies)
		}
		for _, c := range currencies {
			w.sameTotal(table, c, want(c), keys...)
		}
	}
}

// sameTotal holds the row of totals of a currency against the books, in all the columns.
func (w *counterWorld) sameTotal(table reports.Table, currency string, want bookSums, keys ...string) {
	w.t.Helper()
	for i := range table.Sections {
		s := &table.Sections[i]
		if s.Currency.Code() != currency {
			continue
		}
		for _, key := range keys {
			at := slices.IndexFunc(table.Columns, func(c reports.Column) bool { return c.Key == key })
			if at < 0 {
				w.t.Errorf("report %s has no column %s", table.Name, key)
				continue
			}
			if got := s.Total.Cells[at].Value; got != want[key] {
				w.t.Errorf("report %s: %s in %s is %d, the books say %d", table.Name, key, currency, got, want[key])
			}
			var sum int64
			for _, row := range s.Rows {
				sum += row.Cells[at].Value
			}
			if sum != want[key] {
				w.t.Errorf("report %s: the rows of %s in %s add up to %d, the books say %d", table.Name, key, currency, sum, want[key])
			}
		}
		return
	}
	w.t.Errorf("report %s has nothing in %q", table.Name, currency)
}

// sameSummary holds the first table of a closing against the books, and each of its other
// tables too.
func (w *counterWorld) sameSummary(d reports.Document, b *bookkeeper, grand int64) {
	w.t.Helper()
	for i, s := range d.Tables[0].Sections {
		want := b.goods(s.Currency.Code())
		want["discount"], want["returned"] = -want["discount"], -want["returned"]
		if want["voids"] = 0; i == 0 {
			want["grand_total"] = grand
			b.each(func(_ till.Ticket, sign int64) { want["voids"] += (1 - sign) / 2 })
			b.bare(func(_ till.Txn, sign int64) { want["voids"] += (1 - sign) / 2 })
		}
		for _, row := range s.Rows {
			if key := row.Cells[0].Key; row.Cells[1].Value != want[key] {
				w.t.Errorf("%s in %s is %d, the books say %d", key, s.Currency, row.Cells[1].Value, want[key])
			}
		}
	}
	goods := b.goods("CNY")
	for _, table := range d.Tables[1:] {
		switch shop.ReportName(table.Name) {
		case shop.ReportTenders:
			w.sameTotal(table, "CNY", b.tenders("CNY"), "payments", "returned", "paid")
		case shop.ReportTax:
			w.sameTotal(table, "CNY", b.taxes("CNY"), "net", "tax", "total")
		case shop.ReportDiscounts:
			w.sameTotal(table, "CNY", b.discounts("CNY"), "times", "discount")
		case shop.ReportLoyalty:
			w.sameTotal(table, "", b.points(), "points")
		case shop.ReportCategories, shop.ReportStaff, shop.ReportHours:
			w.sameTotal(table, "CNY", goods, "net", "tax", "total")
		default:
			w.t.Errorf("nothing here knows what table %s comes to", table.Name)
		}
	}
}

// sameStock holds each row of the stock report against the sum of its moves.
func (w *counterWorld) sameStock() {
	w.t.Helper()
	table, err := w.shop.StockReport(context.Background(), false)
	w.must(err)
	rows := table.Sections[0].Rows
	if len(rows) != 4 {
		w.t.Errorf("%d kinds of goods in stock, want 4", len(rows))
	}
	var worth int64
	for _, row := range rows {
		sku := till.SKU(row.Cells[0].Key)
		moves, err := w.store.StockMoves(context.Background(), sku, 0)
		w.must(err)
		var sum till.Quantity
		for _, m := range moves {
			sum += m.Quantity
		}
		if got := till.Quantity(row.Cells[3].Value); got != sum {
			w.t.Errorf("%s of %s on hand, the moves add up to %s", got, sku, sum)
		}
		_, v, err := w.store.ItemByCode(context.Background(), string(sku))
		w.must(err)
		value, _ := till.MulDiv(v.Cost.Minor(), int64(sum), int64(till.One))
		worth += value
	}
	if got := table.Sections[0].Total.Cells[7].Value; got != worth {
		w.t.Errorf("the stock is worth %d, want %d", got, worth)
	}
}

// No two columns of any report have one key: to a program the second would be the first.
func TestColumnsOfReportsDiffer(t *testing.T) {
	w := newCounterWorld(t)
	w.firstDay()
	for _, name := range shop.ReportNames() {
		for _, q := range []shop.ReportQuery{{Name: name}, {Name: name, Compare: reports.Period{From: 20261001, To: 20261031}}} {
			seen := map[string]bool{}
			for _, c := range w.report(q).Columns {
				if seen[c.Key] {
					t.Errorf("report %s has two columns %q", name, c.Key)
				}
				seen[c.Key] = true
			}
		}
	}
}
