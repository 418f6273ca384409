package pages

import (
	"context"
	"errors"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// desk is a shop of a few items that is always at 9:41 on one day. What the real one
// decides is tested against the real one, in the stories of the command.
type desk struct{ Desk }

func cny(minor int64) money.Amount {
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		panic(err) // a mistake of the test itself
	}
	return money.New(minor, c)
}

func morning() time.Time { return time.Date(2026, 3, 1, 9, 41, 0, 0, time.UTC) }

func work(d Desk) Work {
	return Work{
		Context: context.Background(), Desk: d, Currency: cny(0).Currency(), Keys: keymap.Standard(),
		Home: func(w Work) common.Page { return NewSale(w) },
	}
}

// shelf is what the shop sells.
func shelf() []till.Item {
	item := func(id, name, category string, unit till.Unit, variants ...till.Variant) till.Item {
		return till.Item{ID: till.ItemID(id), Name: name, Category: category, Unit: unit, Variants: variants}
	}
	return []till.Item{
		item("latte", "Latte 拿铁", "drinks", till.Each, till.Variant{SKU: "latte-s", Option: "small", Price: cny(1800)}, till.Variant{SKU: "latte-l", Option: "large", Price: cny(2200)}),
		item("bun", "Steamed bun 肉包", "food", till.Each, till.Variant{SKU: "bun", Price: cny(450)}),
		item("tea", "Longjing tea 龙井茶叶", "goods", till.Kilo, till.Variant{SKU: "tea", Price: cny(36000)}),
	}
}

func (desk) Items(_ context.Context, f till.ItemFilter) ([]till.Item, error) {
	if f.Text == "" {
		return shelf(), nil
	}
	return shelf()[:1], nil
}

func (desk) Scanned(_ context.Context, code string) (till.BasketEntry, till.Item, till.Variant, error) {
	for _, i := range shelf() {
		if v, ok := i.Variant(till.SKU(code)); ok {
			return till.BasketEntry{Code: code}, i, v, nil
		}
	}
	return till.BasketEntry{}, till.Item{}, till.Variant{}, &till.Problem{
		Code: till.CodeNotFound, What: i18n.T("no item has the code %s", "没有编码为 %s 的商品").With(code), Hint: i18n.T("till item list", "till item list 可列出商品").With(),
	}
}

func (desk) Permit(_ context.Context, b till.Basket, a *shop.Approval) (till.Basket, error) {
	if b.Discount != nil && a == nil {
		return b, &till.Problem{Code: till.CodeNotPermitted, What: i18n.T("amy (cashier) needs an approval to give a discount", "amy（收银员）打折需要授权").With(), Cause: shop.ErrNeedsApproval}
	}
	return b, nil
}

// Quote prices plainly: without taxes, and off what is taken off by rate.
func (d desk) Quote(ctx context.Context, b till.Basket) (till.Ticket, error) {
	t, err := quoteBy(ctx, d.Scanned, b)
	t.Promotions = []till.PromoNote{{Programme: "happy", Name: "Happy hour 下午茶", Applied: true, Amount: cny(0), Code: "applied"}}
	return t, err
}

// quoteBy prices what a way to look codes up finds.
func quoteBy(ctx context.Context, scanned func(context.Context, string) (till.BasketEntry, till.Item, till.Variant, error), b till.Basket) (till.Ticket, error) {
	t := till.Ticket{Kind: till.TicketSale, State: till.TicketOpen, Inclusive: true, Member: b.Member, Discount: cny(0), Tax: cny(0)}
	var gross int64
	for n, e := range b.Entries {
		_, i, v, err := scanned(ctx, e.Code)
		if err != nil {
			return t, err
		}
		price := v.Price
		if e.Price != nil {
			price = *e.Price
		}
		minor := price.Minor() * int64(one(e.Quantity)) / int64(till.One)
		gross += minor
		t.Lines = append(t.Lines, till.Line{N: n + 1, SKU: v.SKU, Name: i.Label(v), Unit: i.Unit, Quantity: one(e.Quantity), Price: price, Gross: cny(minor), Total: cny(minor)})
	}
	if b.Discount != nil {
		t.Discount = cny(gross * int64(b.Discount.Percent) / int64(till.Whole))
	}
	t.Gross, t.Total = cny(gross), cny(gross-t.Discount.Minor())
	return t, nil
}

func (desk) TicketByName(context.Context, string) (till.Ticket, error) {
	return till.Ticket{}, &till.Problem{Code: till.CodeNotFound, What: i18n.T("there is no such sale", "没有此销售").With()}
}

func (desk) CashDue(due money.Amount) money.Amount { return due }

func (desk) Held(context.Context) ([]till.Ticket, error) {
	t, err := desk{}.Quote(context.Background(), basket())
	t.ID, t.Label, t.Staff, t.At = "0123456789AB", "table 3 三号桌", "amy", morning()
	return []till.Ticket{t}, err
}

func (desk) Txns(context.Context, till.Filter) ([]till.Txn, error) {
	x := till.Txn{ID: "3K8ZQ0V7M2XD", Kind: till.Sale, Tender: till.Card, State: till.Approved, Amount: cny(2250), At: morning()}
	y := x
	y.ID, y.Tender, y.State, y.DeclinedBy = "9T1WN5C4R6PA", till.QR, till.Declined, till.ByWallet
	z := x
	z.ID, z.State = "5B2GH8J0E7KS", till.Reversing
	return []till.Txn{x, y, z}, nil
}

func (desk) Receipt(context.Context, string) (string, error) {
	return "       CORNER CAFE 街角咖啡\n\nLatte 拿铁 large        22.00\n\nTOTAL            CNY 22.00\n", nil
}

func (desk) SignIn(_ context.Context, id till.StaffID, pin card.Secret) (shop.Presence, error) {
	if !pin.Equal(card.NewSecret("2468")) {
		return shop.Presence{}, &till.Problem{Code: till.CodeNotPermitted, What: i18n.T("wrong PIN", "PIN 错误").With()}
	}
	return shop.Presence{Staff: id, Role: till.Cashier}, nil
}

// basket is a basket of three lines.
func basket() till.Basket {
	return till.Basket{Entries: []till.BasketEntry{{Code: "latte-l", Quantity: till.Units(2)}, {Code: "bun", Quantity: till.Units(3)}, {Code: "tea", Quantity: 125}}}
}

var errNotCalled = errors.New("not called here")

// result of a Sell that nobody steers.
func (desk) Sell(context.Context, shop.SellRequest) (shop.Bill, error) {
	return shop.Bill{}, errNotCalled
}

func (desk) Void(context.Context, register.Undo, *shop.Approval) (register.Result, error) {
	return register.Result{}, errNotCalled
}
