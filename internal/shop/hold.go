package shop

import (
	"context"
	"errors"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// HoldRequest is a wish to put a basket aside.
type HoldRequest struct {
	Key      string        // idempotency key; empty draws a new one
	Held     till.TicketID // the held sale that is put aside again; empty is a new one, with Key
	Label    string        // to find it by; no other held sale may have it
	Basket   till.Basket
	Approval *Approval
}

// Hold prices a basket and puts it aside: nothing is owed and nothing reserved.
func (s *Shop) Hold(ctx context.Context, q HoldRequest) (till.Ticket, error) {
	ch, err := s.authorize(ctx, till.MaySell, nil, "")
	if err != nil {
		return till.Ticket{}, err
	}
	t, err := s.pricePermitted(ctx, q.Basket, q.Approval, ch)
	if err != nil {
		return till.Ticket{}, err
	}
	if t, err = s.identify(ctx, t, q.Key, q.Held); err != nil {
		return till.Ticket{}, err
	}
	if q.Label != "" {
		t.Label = q.Label
	}
	if err := s.checkLabel(ctx, t); err != nil {
		return till.Ticket{}, err
	}
	return s.putAside(ctx, t, q)
}

// putAside stores a held sale, or finds the one that its key is known by.
func (s *Shop) putAside(ctx context.Context, t till.Ticket, q HoldRequest) (till.Ticket, error) {
	stored, err := s.cfg.Store.SaveTicket(ctx, t)
	var known *till.TicketReplay
	if !errors.As(err, &known) {
		return stored, err
	}
	if !s.isSameWish(ctx, known.Ticket, q.Basket) {
		return till.Ticket{}, otherWish(known.Ticket, q.Key)
	}
	return known.Ticket, nil
}

// Held are the sales that wait, newest first.
func (s *Shop) Held(ctx context.Context) ([]till.Ticket, error) {
	if _, err := s.authorize(ctx, till.MaySell, nil, ""); err != nil {
		return nil, err
	}
	return s.held(ctx)
}

func (s *Shop) held(ctx context.Context) ([]till.Ticket, error) {
	return s.cfg.Store.Tickets(ctx, till.TicketFilter{States: []till.TicketState{till.TicketOpen}, Kind: till.TicketSale})
}

// Recall is a held sale with its basket, to be gone on with: pay it by [Shop.Pay], or
// give the basket to [Shop.Sell] or [Shop.Hold] with its id as Held. It stays held until
// then.
func (s *Shop) Recall(ctx context.Context, name string) (till.Ticket, error) {
	if _, err := s.authorize(ctx, till.MaySell, nil, ""); err != nil {
		return till.Ticket{}, err
	}
	t, err := s.find(ctx, name)
	if err != nil {
		return till.Ticket{}, err
	}
	if t.State != till.TicketOpen || t.Kind != till.TicketSale || t.Basket == nil {
		return till.Ticket{}, notHeld(t)
	}
	return t, nil
}

// CancelHeld gives up a held sale, or a return of which nothing was paid back.
func (s *Shop) CancelHeld(ctx context.Context, id till.TicketID, reason string) (till.Ticket, error) {
	ch, err := s.authorize(ctx, till.MaySell, nil, reason)
	if err != nil {
		return till.Ticket{}, err
	}
	return s.cfg.Store.CancelTicket(ctx, id, ch)
}

// checkLabel refuses a label by which another held sale is found.
func (s *Shop) checkLabel(ctx context.Context, t till.Ticket) error {
	if t.Label == "" {
		return nil
	}
	held, err := s.held(ctx)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Label == t.Label && h.ID != t.ID && h.Key != t.Key {
			return labelTaken(h)
		}
	}
	return nil
}

func labelTaken(h till.Ticket) error {
	return &till.Problem{
		Code: till.CodeConflict,
		What: i18n.T("sale %s is held as %q already", "销售 %s 已以 %q 挂单").With(h.ID, h.Label),
		Hint: i18n.T("choose another label, or go on with that one: till sale recall %s", "请使用其他标签，或继续该单：till sale recall %s").With(h.ID),
	}
}

func notHeld(t till.Ticket) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s %s is %s and not held", "%s %s 状态为%s，并非挂单").With(t.Kind.Text(), t.ID, t.State.Text()),
		Hint: i18n.T("till sale held lists those that are", "till sale held 可列出挂单").With(),
	}
}
