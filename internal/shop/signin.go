package shop

import (
	"context"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// Presence is who is at a terminal.
type Presence struct {
	Terminal  string       `json:"terminal"`
	Staff     till.StaffID `json:"staff,omitempty"` // empty is the owner of a shop without staff
	Name      string       `json:"name,omitempty"`
	Role      till.Role    `json:"role"`
	Since     time.Time    `json:"since,omitzero"`
	ClockedIn bool         `json:"clocked_in"`
	Shift     int          `json:"shift,omitempty"` // that is open at the terminal
}

// SignIn signs a member in at this terminal by their PIN. Whoever was signed in is no more.
func (s *Shop) SignIn(ctx context.Context, id till.StaffID, pin card.Secret) (Presence, error) {
	member, err := s.presentStaff(ctx, id)
	if err != nil {
		return Presence{}, err
	}
	if err := s.checkPIN(ctx, member, pin); err != nil {
		return Presence{}, err
	}
	if err := s.cfg.Store.SignIn(ctx, s.cfg.Terminal, member.ID, s.cfg.Now()); err != nil {
		return Presence{}, err
	}
	return s.WhoAmI(ctx)
}

// SignOut signs out whoever is signed in at this terminal and tells who that was.
func (s *Shop) SignOut(ctx context.Context) (till.StaffID, error) {
	id, _, err := s.cfg.Store.SignedIn(ctx, s.cfg.Terminal)
	if err != nil {
		return "", err
	}
	if id == "" {
		return "", nobodyToSignOut()
	}
	return id, s.cfg.Store.SignIn(ctx, s.cfg.Terminal, "", s.cfg.Now())
}

func nobodyToSignOut() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("nobody is signed in at this till", "本收银台无人登录").With(),
		Hint: i18n.T("there is nothing to do", "无需操作").With(),
	}
}

// WhoAmI tells who acts at this terminal.
func (s *Shop) WhoAmI(ctx context.Context) (Presence, error) {
	actor, err := s.Actor(ctx)
	if err != nil {
		return Presence{}, err
	}
	p := Presence{Terminal: s.cfg.Terminal, Staff: actor.Staff, Role: actor.Role}
	if shift, open, err := s.openShift(ctx); err != nil {
		return Presence{}, err
	} else if open {
		p.Shift = shift.Number
	}
	if actor.Staff == "" {
		return p, nil
	}
	member, err := s.cfg.Store.Staff(ctx, actor.Staff)
	if err != nil {
		return Presence{}, err
	}
	p.Name = member.Name
	if _, p.Since, err = s.cfg.Store.SignedIn(ctx, s.cfg.Terminal); err != nil {
		return Presence{}, err
	}
	last, err := s.lastClocking(ctx, actor.Staff)
	p.ClockedIn = last.In
	return p, err
}
