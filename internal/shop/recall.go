package shop

import (
	"context"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// TicketByName finds a sale or return by its id, the label of a held one, its idempotency
// key, or the id of one of its transactions; "last" is the newest.
func (s *Shop) TicketByName(ctx context.Context, name string) (till.Ticket, error) {
	if _, err := s.authorize(ctx, till.MayReadTxns, nil, ""); err != nil {
		return till.Ticket{}, err
	}
	return s.find(ctx, name)
}

// BillOf is a ticket with what was paid of it.
func (s *Shop) BillOf(ctx context.Context, name string) (Bill, error) {
	t, err := s.TicketByName(ctx, name)
	if err != nil {
		return Bill{}, err
	}
	return s.bill(ctx, t.ID, nil)
}

// Tickets are the sales and returns that a filter selects, newest first.
func (s *Shop) Tickets(ctx context.Context, f till.TicketFilter) ([]till.Ticket, error) {
	if _, err := s.authorize(ctx, till.MayReadTxns, nil, ""); err != nil {
		return nil, err
	}
	return s.cfg.Store.Tickets(ctx, f)
}

func (s *Shop) find(ctx context.Context, name string) (till.Ticket, error) {
	if name == "last" {
		return s.newest(ctx)
	}
	ways := []func(context.Context, string) (till.Ticket, error){s.byLabel, s.byID, s.byTxn, s.cfg.Store.TicketByKey}
	for _, way := range ways {
		if t, err := way(ctx, name); err == nil || !isNotFound(err) {
			return t, err
		}
	}
	return till.Ticket{}, noTicket(name)
}

func (s *Shop) newest(ctx context.Context) (till.Ticket, error) {
	all, err := s.cfg.Store.Tickets(ctx, till.TicketFilter{Limit: 1})
	if err != nil {
		return till.Ticket{}, err
	}
	if len(all) == 0 {
		return till.Ticket{}, &till.Problem{
			Code: till.CodeNotFound,
			What: i18n.T("nothing was sold by lines yet", "尚无商品销售").With(),
			Hint: i18n.T("till sell CODE sells the first", "till sell CODE 可进行第一笔销售").With(),
		}
	}
	return s.cfg.Store.Ticket(ctx, all[0].ID)
}

func (s *Shop) byID(ctx context.Context, name string) (till.Ticket, error) {
	return s.cfg.Store.Ticket(ctx, till.TicketID(strings.ToUpper(name)))
}

func (s *Shop) byLabel(ctx context.Context, name string) (till.Ticket, error) {
	held, err := s.held(ctx)
	if err != nil {
		return till.Ticket{}, err
	}
	for _, h := range held {
		if h.Label == name {
			return s.cfg.Store.Ticket(ctx, h.ID)
		}
	}
	return till.Ticket{}, noTicket(name)
}

// byTxn is the ticket that a transaction pays for.
func (s *Shop) byTxn(ctx context.Context, name string) (till.Ticket, error) {
	x, err := s.cfg.Store.Txn(ctx, till.TxnID(strings.ToUpper(name)))
	if err != nil {
		return till.Ticket{}, err
	}
	if x.Ticket == "" {
		return till.Ticket{}, &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("transaction %s is of an amount alone and has no lines", "交易 %s 仅为金额，没有商品明细").With(x.ID),
			Hint: i18n.T("till txn show %s shows it, till refund %s pays it back", "till txn show %s 可查看，till refund %s 可退款").With(x.ID, x.ID),
		}
	}
	return s.cfg.Store.Ticket(ctx, x.Ticket)
}

func noTicket(name string) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("there is no sale, return or held label %q", "没有销售、退货或挂单 %q").With(name),
		Hint: i18n.T("till sale list shows the newest", "till sale list 可列出最近的销售").With(),
	}
}
