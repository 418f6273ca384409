package shop

import (
	"context"
	"time"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Quote prices a basket as a sale of now and stores nothing.
func (s *Shop) Quote(ctx context.Context, b till.Basket) (till.Ticket, error) {
	ch, err := s.authorize(ctx, till.MaySell, nil, "")
	if err != nil {
		return till.Ticket{}, err
	}
	return s.price(ctx, b, ch)
}

// price is the ticket of a basket, without an identity.
func (s *Shop) price(ctx context.Context, b till.Basket, ch till.Change) (till.Ticket, error) {
	if len(b.Entries) == 0 {
		return till.Ticket{}, emptyBasket()
	}
	in, err := s.priceInput(ctx, b, ch.At)
	if err != nil {
		return till.Ticket{}, err
	}
	t, err := cart.Price(in)
	if err != nil {
		return till.Ticket{}, err
	}
	t.Terminal, t.Staff, t.Basket = s.cfg.Terminal, ch.Staff, &b
	for i, e := range b.Entries {
		t.Lines[i].Approver = e.Approver
	}
	return t, nil
}

// priceInput reads everything that a price depends on.
func (s *Shop) priceInput(ctx context.Context, b till.Basket, at time.Time) (in cart.Input, err error) {
	in = cart.Input{
		Tax: s.cfg.Tax, Loyalty: s.cfg.Loyalty, Moment: s.cfg.Calendar.Moment(at), Currency: s.cfg.Currency,
	}
	if in.Basket, in.Items, err = s.resolve(ctx, b); err != nil {
		return in, err
	}
	if in.Programmes, err = s.cfg.Store.Programmes(ctx); err != nil {
		return in, err
	}
	if in.Tax.Classes, err = s.cfg.Store.TaxClasses(ctx); err != nil {
		return in, err
	}
	if b.Member == "" {
		return in, nil
	}
	m, err := s.cfg.Store.Member(ctx, b.Member)
	if err == nil && m.Gone {
		err = goneMember(m)
	}
	in.Member = &m
	return in, err
}

func emptyBasket() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("there is nothing in the basket", "购物篮为空").With(),
		Hint: i18n.T("till item list shows what can be sold; till sell CODE sells it", "till item list 可列出商品；till sell CODE 即可销售").With(),
	}
}

func goneMember(m till.Member) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("customer %s collects points no more", "会员 %s 已停用").With(m.ID),
		Hint: i18n.T("till customer list shows those who do; or sell without one", "till customer list 可列出在用会员；或不使用会员销售").With(),
	}
}
