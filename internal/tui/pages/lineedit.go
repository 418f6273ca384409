package pages

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/pkg/money"
)

// newEdit changes quantity and price of a line. What is left empty stays as it is, also
// where a scan has added to it meanwhile.
func newEdit(w Work, asker token, row int, e till.BasketEntry, l till.Line) form {
	price := ""
	if e.Price != nil {
		price = e.Price.Decimal()
	}
	return form{
		title: i18n.T("Quantity and price", "数量与单价"), about: l.Name, scans: true,
		entries: []entry{
			{name: i18n.T("Quantity", "数量"), field: components.Field{Most: 12, Allow: components.Decimal, Placeholder: quantityText(l)}},
			{name: i18n.T("Price", "单价"), field: components.Field{Most: 15, Allow: components.Decimal, Placeholder: l.Price.Decimal()}.With(price)},
		},
		give: func(v []string) (tea.Msg, error) {
			quantity, err := parseQuantity(v[0])
			if err != nil {
				return nil, err
			}
			byHand, err := parsePrice(v[1], w.Currency)
			if err != nil {
				return nil, err
			}
			return edited{asker, editing(row, e, func(now *till.BasketEntry) { edit(now, quantity, byHand) })}, nil
		},
	}
}

// edit puts a quantity, unless it is none, and a price, or none, into an entry. A price
// that was approved stays so while it is the same.
func edit(e *till.BasketEntry, quantity till.Quantity, price *money.Amount) {
	if quantity > 0 {
		e.Quantity = quantity
	}
	same := price == nil && e.Price == nil || price != nil && e.Price != nil && *price == *e.Price
	if !same {
		e.Price, e.Approver = price, ""
	}
}

// parseQuantity reads a quantity; empty is none.
func parseQuantity(text string) (till.Quantity, error) {
	if text == "" {
		return 0, nil
	}
	q, err := till.ParseQuantity(text)
	if err != nil || q <= 0 {
		return 0, wrong(i18n.T("%q is no quantity", "%q 不是数量").With(text), i18n.T("such as 2 or 0.375; Del takes the line out", "例如 2 或 0.375；Del 可删除该行").With())
	}
	return q, nil
}

// parsePrice reads a price; empty is none, which is the catalogue's.
func parsePrice(text string, c money.Currency) (*money.Amount, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no price is no error
	}
	price, err := money.Parse(text, c)
	if err != nil {
		return nil, wrong(i18n.T("%q is no price in %s", "%q 不是有效的 %s 价格").With(text, c), i18n.T("such as 12.50; empty is the catalogue's price", "例如 12.50；留空为目录价").With())
	}
	return &price, nil
}

// newDiscount takes something off a line, or off the whole.
func newDiscount(w Work, asker token, row int, e till.BasketEntry, l till.Line) form {
	return form{
		title: i18n.T("Discount", "折扣"), about: l.Name,
		entries: []entry{
			{name: i18n.T("Off", "优惠"), field: components.Field{Most: 15, Placeholder: "10%, 2.00"}},
			{name: i18n.T("Reason", "原因"), field: components.Field{Most: 60}},
			{name: i18n.T("Whole sale? y/n", "整单？y/n"), field: components.Field{Most: 1, Placeholder: "n"}},
		},
		give: func(v []string) (tea.Msg, error) {
			d, err := parseDiscount(v[0], v[1], w.Currency)
			if err != nil {
				return nil, err
			}
			if strings.EqualFold(v[2], "y") {
				return edited{asker, discountingWhole(d)}, nil
			}
			return edited{asker, editing(row, e, func(now *till.BasketEntry) { now.Discount = d })}, nil
		},
	}
}

// parseDiscount reads "10%" or an amount; empty takes a discount away.
func parseDiscount(off, reason string, c money.Currency) (*till.Discount, error) {
	if off == "" {
		return nil, nil //nolint:nilnil // no discount is no error
	}
	if reason == "" {
		return nil, noReason()
	}
	if strings.HasSuffix(off, "%") {
		rate, err := till.ParseRate(off)
		if err != nil {
			return nil, wrongDiscount(off)
		}
		return &till.Discount{Percent: rate, Reason: reason}, nil
	}
	a, err := money.Parse(off, c)
	if err != nil {
		return nil, wrongDiscount(off)
	}
	return &till.Discount{Amount: a, Reason: reason}, nil
}

// discountingWhole takes something off the whole.
func discountingWhole(d *till.Discount) change {
	return func(_ context.Context, _ SaleDesk, b till.Basket) (step, error) {
		b.Discount = d
		return step{basket: b}, nil
	}
}

// newHold asks for the label of a sale that is put aside.
func newHold(asker token, label string) form {
	return form{
		title: i18n.T("Put the sale aside", "挂单"),
		entries: []entry{
			{name: i18n.T("Label", "标签"), field: components.Field{Most: 40, Placeholder: "3"}.With(label)},
		},
		give: func(v []string) (tea.Msg, error) { return holdAs{asker, v[0]}, nil },
	}
}

func noReason() error {
	return wrong(i18n.T("a discount wants a reason, and there is none", "折扣须填写原因").With(), i18n.T("Tab leads to the field", "按 Tab 切换到该栏").With())
}

func wrongDiscount(off string) error {
	return wrong(i18n.T("%q is no discount", "%q 不是有效的折扣").With(off), i18n.T("a rate such as 10%%, or an amount such as 2.00", "折扣率如 10%%，或金额如 2.00").With())
}

// wrong is a problem of what was typed.
func wrong(what, hint i18n.Message) error {
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint}
}
