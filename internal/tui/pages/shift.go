package pages

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/pkg/money"
)

func (p Menu) openShift() form {
	return form{
		title:   i18n.T("Open a shift", "开班"),
		entries: []entry{{name: i18n.T("Float in the drawer", "备用金"), field: moneyField()}},
		give: func(v []string) (tea.Msg, error) {
			float, err := p.amount(v[0])
			return act{p.asker, func(ctx context.Context, _ *shop.Approval) (acted, error) {
				sh, err := p.work.Desk.OpenShift(ctx, float)
				return acted{say: i18n.T("shift %d is open with %s", "班次 %d 已开，备用金 %s").With(sh.Number, sh.Float)}, err
			}}, err
		},
	}
}

func (p Menu) closeShift() form {
	return form{
		title:   i18n.T("Close the shift", "交班"),
		entries: []entry{{name: i18n.T("Counted in the drawer", "钱箱实点"), field: moneyField()}, {name: i18n.T("Note", "备注"), field: components.Field{Most: 100}}},
		give: func(v []string) (tea.Msg, error) {
			counted, err := p.amount(v[0])
			return act{p.asker, func(ctx context.Context, a *shop.Approval) (acted, error) {
				sh, err := p.work.Desk.CloseShift(ctx, shop.Closing{Cash: shop.Cash{Sum: counted}, Note: v[1]}, a)
				return acted{say: closedShift(sh)}, err
			}}, err
		},
	}
}

// closedShift says how a drawer was.
func closedShift(sh till.Shift) i18n.Message {
	switch {
	case sh.Over.IsZero():
		return i18n.T("shift %d is closed; the drawer is right: %s", "班次 %d 已交班，钱箱相符：%s").With(sh.Number, sh.Counted)
	case sh.Over.IsPositive():
		return i18n.T("shift %d is closed; the drawer is over by %s", "班次 %d 已交班，长款 %s").With(sh.Number, sh.Over)
	}
	return i18n.T("shift %d is closed; the drawer is short by %s", "班次 %d 已交班，短款 %s").With(sh.Number, sh.Over.Neg())
}

func (p Menu) payIn() form {
	return p.drawer(i18n.T("Pay into the drawer", "钱箱存入"), till.DrawerPayIn)
}

func (p Menu) payOut() form {
	return p.drawer(i18n.T("Pay out of the drawer", "钱箱取出"), till.DrawerPayOut)
}

func (p Menu) drawer(title i18n.Text, reason till.DrawerReason) form {
	return form{
		title:   title,
		entries: []entry{{name: i18n.T("Amount", "金额"), field: moneyField()}, {name: i18n.T("What for", "用途"), field: components.Field{Most: 100}}},
		give: func(v []string) (tea.Msg, error) {
			amount, err := p.amount(v[0])
			return act{p.asker, func(ctx context.Context, a *shop.Approval) (acted, error) {
				m, err := p.work.Desk.MoveCash(ctx, shop.CashMove{Reason: reason, Amount: amount, Note: v[1]}, a)
				return acted{say: i18n.T("%s noted", "已记录 %s").With(m.Amount)}, err
			}}, err
		},
	}
}

func (p Menu) x() act {
	return act{p.asker, func(ctx context.Context, _ *shop.Approval) (acted, error) {
		text, err := p.work.Desk.XPage(ctx)
		return acted{title: i18n.T("X report", "X 报表"), text: text}, err
	}}
}

func (p Menu) z() act {
	return act{p.asker, func(ctx context.Context, _ *shop.Approval) (acted, error) {
		text, err := p.work.Desk.ZPage(ctx)
		return acted{title: i18n.T("Z report", "Z 报表"), text: text}, err
	}}
}

func (p Menu) settle() act {
	return act{p.asker, func(ctx context.Context, _ *shop.Approval) (acted, error) {
		b, err := p.work.Desk.CloseBatch(ctx)
		if err == nil && b.State != till.BatchClosed {
			err = batchDiffers(b)
		}
		return acted{say: i18n.T("batch %d is settled: %s", "批次 %d 已结算：%s").With(b.Number, b.Ours.NetAmount())}, err
	}}
}

func batchDiffers(b till.Batch) error {
	return &till.Problem{
		Code: till.CodeDifference,
		What: i18n.T("batch %d differs from the host's totals and stays open", "批次 %d 与主机总计不符，保持未结算").With(b.Number),
		Hint: i18n.T("till batch show %d shows both sides", "till batch show %d 可查看双方总计").With(b.Number),
	}
}

func (p Menu) signOut() act {
	return act{p.asker, func(ctx context.Context, _ *shop.Approval) (acted, error) {
		if p.sale {
			return acted{}, wrong(i18n.T("a sale is being rung up", "当前有未完成的销售").With(), i18n.T("put it aside first: Esc, then F6", "请先挂单：Esc，再按 F6").With())
		}
		_, err := p.work.Desk.SignOut(ctx)
		return acted{title: signedOut()}, err
	}}
}

// signedOut marks that nobody is at the till any more.
func signedOut() i18n.Text { return i18n.T("Signed out", "已签退") }

func moneyField() components.Field {
	return components.Field{Most: 15, Allow: components.Decimal, Placeholder: "0.00"}
}

// amount reads an amount of the shop's currency. An empty field is none: what was counted
// is never nothing by mistake.
func (p Menu) amount(text string) (money.Amount, error) {
	a, err := money.Parse(text, p.work.Currency)
	if err != nil {
		return a, notAnAmount(text, p.work.Currency)
	}
	return a, nil
}
