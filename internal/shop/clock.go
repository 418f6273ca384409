package shop

import (
	"context"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// TimeBook keeps when members came and went.
type TimeBook interface {
	Clock(ctx context.Context, c till.Clocking) error
	// Clockings are those of one member from an instant up to another, in order; a zero
	// instant is no bound.
	Clockings(ctx context.Context, id till.StaffID, from, to time.Time) ([]till.Clocking, error)
}

// Stamp is a wish to clock in or out.
type Stamp struct {
	In    bool
	Staff till.StaffID // empty is whoever is signed in
	PIN   card.Secret  // of Staff, where somebody else or nobody is signed in
	At    time.Time    // zero is now; earlier needs a note and the right to edit staff
	Note  string
}

// Clock takes down that a member came or went. Everybody clocks themselves: signed in, or
// by their PIN at any till. Whoever may edit staff puts in what was forgotten, with a note.
func (s *Shop) Clock(ctx context.Context, st Stamp) (till.Clocking, error) {
	c := till.Clocking{Staff: st.Staff, In: st.In, At: s.cfg.Now(), Note: strings.TrimSpace(st.Note)}
	if !st.PIN.IsZero() && st.At.IsZero() {
		return s.clockByPIN(ctx, c, st.PIN)
	}
	actor, err := s.Actor(ctx)
	if err != nil {
		return till.Clocking{}, err
	}
	if c.Staff == "" {
		c.Staff = actor.Staff
	}
	if c.Staff == "" {
		return till.Clocking{}, noStaffToClock()
	}
	if !st.At.IsZero() || c.Staff != actor.Staff {
		return s.clockForgotten(ctx, c, st.At)
	}
	return c, s.cfg.Store.Clock(ctx, c)
}

func (s *Shop) clockByPIN(ctx context.Context, c till.Clocking, pin card.Secret) (till.Clocking, error) {
	member, err := s.presentStaff(ctx, c.Staff)
	if err != nil {
		return till.Clocking{}, err
	}
	if err := s.checkPIN(ctx, member, pin); err != nil {
		return till.Clocking{}, err
	}
	return c, s.cfg.Store.Clock(ctx, c)
}

// clockForgotten puts in a clocking for another, or for an earlier time.
func (s *Shop) clockForgotten(ctx context.Context, c till.Clocking, at time.Time) (till.Clocking, error) {
	ch, err := s.authorize(ctx, till.MayEditStaff, nil, c.Note)
	if err != nil {
		return till.Clocking{}, err
	}
	if _, err := s.presentStaff(ctx, c.Staff); err != nil {
		return till.Clocking{}, err
	}
	if c.Note == "" {
		return till.Clocking{}, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("a clocking that is put in for another, or later, needs a note", "代打卡或补打卡须注明原因").With(),
			Hint: i18n.T("add --note \"forgot to clock out\"", "请加上 --note \"忘记打卡\"").With(),
		}
	}
	if at.After(ch.At) {
		return till.Clocking{}, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%s has not come yet", "%s 尚未到来").With(at.In(s.zone()).Format("2006-01-02 15:04")),
			Hint: i18n.T("give --at a time that is past", "请用 --at 指定过去的时间").With(),
		}
	}
	if !at.IsZero() {
		c.At = at
	}
	c.By = ch.Staff
	return c, s.cfg.Store.Clock(ctx, c)
}

func noStaffToClock() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("this shop has no staff to clock in or out", "本店没有可打卡的员工").With(),
		Hint: i18n.T("till staff add ID --name NAME --role admin adds the first", "请先添加：till staff add ID --name NAME --role admin").With(),
	}
}

// lastClocking is the latest of a member, the zero one where there is none.
func (s *Shop) lastClocking(ctx context.Context, id till.StaffID) (till.Clocking, error) {
	all, err := s.clockings(ctx, id)
	if err != nil || len(all) == 0 {
		return till.Clocking{}, err
	}
	return all[len(all)-1], nil
}

// clockings are all of a member. They are two or four a day: years of them are few.
func (s *Shop) clockings(ctx context.Context, id till.StaffID) ([]till.Clocking, error) {
	return s.cfg.Store.Clockings(ctx, id, time.Time{}, time.Time{})
}
