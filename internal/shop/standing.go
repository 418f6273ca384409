package shop

import (
	"context"
	"errors"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// FindMember finds the one customer of a number, a phone number or a name. Several are a
// *till.Problem that names them.
func (s *Shop) FindMember(ctx context.Context, text string) (till.Member, error) {
	if _, err := s.authorize(ctx, till.MaySell, nil, ""); err != nil {
		return till.Member{}, err
	}
	if m, err := s.cfg.Store.Member(ctx, till.MemberID(text)); err == nil || !isNotFound(err) {
		return m, err
	}
	found, err := s.cfg.Store.Members(ctx, text)
	if err != nil {
		return till.Member{}, err
	}
	switch len(found) {
	case 0:
		return till.Member{}, noSuchMember(text)
	case 1:
		return found[0], nil
	}
	return till.Member{}, severalMembers(text, found)
}

func noSuchMember(text string) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("no member is found by %q", "没有找到会员 %q").With(text),
		Hint: i18n.T("till customer add makes one; a number or a phone number finds it", "till customer add 可新增会员；可按会员号或手机号查找").With(),
	}
}

func severalMembers(text string, found []till.Member) error {
	const shown = 3
	names := ""
	for i, m := range found[:min(len(found), shown)] {
		if i > 0 {
			names += ", "
		}
		names += string(m.ID) + " " + m.Name
	}
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%q finds %d members: %s", "%q 对应 %d 位会员：%s").With(text, len(found), names),
		Hint: i18n.T("give the number of the one that is meant", "请输入会员号").With(),
	}
}

// TxnList reads transactions as a list, without their details.
type TxnList interface {
	Txns(ctx context.Context, f till.Filter) ([]till.Txn, error)
}

// Txns are the transactions that a filter selects, newest first.
func (s *Shop) Txns(ctx context.Context, f till.Filter) ([]till.Txn, error) {
	if _, err := s.authorize(ctx, till.MayReadTxns, nil, ""); err != nil {
		return nil, err
	}
	return s.cfg.Store.Txns(ctx, f)
}

// Standing is how a till stands, for the line at the foot of a screen. Nobody needs a
// permission to see it.
type Standing struct {
	Presence Presence
	Staffed  bool // there are members of the staff, so somebody must be signed in
	Queue    int  // transactions whose reversal is not acknowledged
	Held     int  // sales that are put aside
}

// Standing tells how this till stands.
func (s *Shop) Standing(ctx context.Context) (Standing, error) {
	var st Standing
	var err error
	if st.Staffed, err = s.isStaffed(ctx); err != nil {
		return st, err
	}
	if st.Presence, err = s.WhoAmI(ctx); err != nil && !isRefused(err) {
		return st, err
	}
	open, err := s.cfg.Store.Txns(ctx, till.Filter{States: []till.State{till.Reversing, till.Exception}})
	if err != nil {
		return st, err
	}
	held, err := s.cfg.Store.Tickets(ctx, till.TicketFilter{States: []till.TicketState{till.TicketOpen}, Kind: till.TicketSale})
	st.Queue, st.Held = len(open), len(held)
	return st, err
}

// isRefused reports that nobody is signed in, or that a role may not.
func isRefused(err error) bool {
	var p *till.Problem
	return errors.As(err, &p) && p.Code == till.CodeNotPermitted
}
