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

// newEdit changes quantity and price of a line.
func newEdit(w Work, asker token, row int, e till.BasketEntry, l till.Line) form {
	price := ""
	if e.Price != nil {
		price = e.Price.Decimal()
	}
	return form{
		title: i18n.T("Quantity and price", "数量与单价"), about: l.Name, scans: true,
		entries: []entry{
			{i18n.T("Quantity", "数量"), components.Field{Most: 12, Allow: components.Decimal, Placeholder: quantityText(l)}},
			{i18n.T("Price", "单价"), components.Field{Most: 15, Allow: components.Decimal, Placeholder: l.Price.Decimal()}.With(price)},
		},
		give: func(v []string) (tea.Msg, error) {
			next := e
			if err := editQuantity(&next, v[0]); err != nil {
				return nil, err
			}
			if err := editPrice(&next, v[1], w.Currency); err != nil {
				return nil, err
			}
			return edited{asker, replacing(row, next)}, nil
		},
	}
}

func editQuantity(e *till.BasketEntry, text string) error {
	if text == "" {
		return nil
	}
	q, err := till.ParseQuantity(text)
	if err != nil || q <= 0 {
		return wrong(i18n.T("%q is no quantity", "%q 不是数量").With(text), i18n.T("such as 2 or 0.375; Del takes the line out", "例如 2 或 0.375；Del 可删除该行").With())
	}
	e.Quantity = q
	return nil
}

func editPrice(e *till.BasketEntry, text string, c money.Currency) error {
	if text == "" {
		e.Price, e.Approver = nil, ""
		return nil
	}
	price, err := money.Parse(text, c)
	if err != nil {
		return wrong(i18n.T("%q is no price in %s", "%q 不是有效的 %s 价格").With(text, c), i18n.T("such as 12.50; empty is the catalogue's price", "例如 12.50；留空为目录价").With())
	}
	if e.Price == nil || *e.Price != price {
		e.Price, e.Approver = &price, ""
	}
	return nil
}

// replacing puts an entry in the place of another.
func replacing(row int, e till.BasketEntry) func(context.Context, SaleDesk, till.Basket) (step, error) {
	return func(_ context.Context, _ SaleDesk, b till.Basket) (step, error) {
		if row < len(b.Entries) {
			b.Entries[row] = e
		}
		return step{basket: b}, nil
	}
}

// newDiscount takes something off a line, or off the whole.
func newDiscount(w Work, asker token, row int, t till.Ticket) form {
	return form{
		title: i18n.T("Discount", "折扣"), about: t.Lines[row].Name,
		entries: []entry{
			{i18n.T("Off", "优惠"), components.Field{Most: 15, Placeholder: "10%, 2.00"}},
			{i18n.T("Reason", "原因"), components.Field{Most: 60}},
			{i18n.T("Whole sale? y", "整单？y"), components.Field{Most: 1, Placeholder: "n"}},
		},
		give: func(v []string) (tea.Msg, error) {
			d, err := parseDiscount(v[0], v[1], w.Currency)
			if err != nil {
				return nil, err
			}
			return edited{asker, discounting(row, strings.EqualFold(v[2], "y"), d)}, nil
		},
	}
}

// parseDiscount reads "10%" or an amount; empty takes a discount away.
func parseDiscount(off, reason string, c money.Currency) (*till.Discount, error) {
	if off == "" {
		return nil, nil //nolint:nilnil // no discount is no error
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

func discounting(row int, whole bool, d *till.Discount) func(context.Context, SaleDesk, till.Basket) (step, error) {
	return func(_ context.Context, _ SaleDesk, b till.Basket) (step, error) {
		if whole {
			b.Discount = d
		} else if row < len(b.Entries) {
			b.Entries[row].Discount = d
		}
		return step{basket: b}, nil
	}
}

// newHold asks for the label of a sale that is put aside.
func newHold(_ Work, asker token, label string) form {
	return form{
		title: i18n.T("Put the sale aside", "挂单"),
		entries: []entry{
			{i18n.T("Label", "标签"), components.Field{Most: 40, Placeholder: "3"}.With(label)},
		},
		give: func(v []string) (tea.Msg, error) { return holdAs{asker, v[0]}, nil },
	}
}

func wrongDiscount(off string) error {
	return wrong(i18n.T("%q is no discount", "%q 不是有效的折扣").With(off), i18n.T("a rate such as 10%%, or an amount such as 2.00", "折扣率如 10%%，或金额如 2.00").With())
}

// wrong is a problem of what was typed.
func wrong(what, hint i18n.Message) error {
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint}
}
