package shop

import (
	"context"
	"errors"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// PINChange is a new PIN for a member.
type PINChange struct {
	Staff till.StaffID // empty is whoever acts
	Old   card.Secret  // of one's own, where the role may not edit staff
	New   card.Secret
}

// ErrNeedsOldPIN is wrapped by the problem of a change of one's own PIN that does not tell
// the old one. Nothing was done.
var ErrNeedsOldPIN = errors.New("old PIN needed")

// SetPIN gives a member another PIN and forgets the wrong ones that were tried. Everybody
// may change their own by telling the old one; that of others is an admin's to set.
func (s *Shop) SetPIN(ctx context.Context, c PINChange) (Profile, error) {
	member, ch, err := s.authorizePIN(ctx, c)
	if err != nil {
		return Profile{}, err
	}
	if err := checkNewPIN(c.New); err != nil {
		return Profile{}, err
	}
	if member.PINHash, err = s.hashPIN(member.ID, c.New); err != nil {
		return Profile{}, err
	}
	stored, err := s.cfg.Store.PutStaff(ctx, member, ch)
	if err != nil {
		return Profile{}, err
	}
	if err := s.cfg.Store.ClearTries(ctx, member.ID); err != nil {
		return Profile{}, err
	}
	return s.profile(ctx, stored)
}

// CheckPINChange tells before a PIN is asked for whose it would be, and what SetPIN would
// refuse: where the old PIN is needed, the error wraps ErrNeedsOldPIN.
func (s *Shop) CheckPINChange(ctx context.Context, id till.StaffID) (till.StaffID, error) {
	member, _, err := s.authorizePIN(ctx, PINChange{Staff: id})
	return member.ID, err
}

func (s *Shop) authorizePIN(ctx context.Context, c PINChange) (till.Staff, till.Change, error) {
	actor, err := s.Actor(ctx)
	if err != nil {
		return till.Staff{}, till.Change{}, err
	}
	if c.Staff == "" {
		c.Staff = actor.Staff
	}
	if c.Staff == "" {
		return till.Staff{}, till.Change{}, nobodySignedIn()
	}
	if actor.Staff == c.Staff && actor.Role.Grant(till.MayEditStaff) != till.Allow {
		return s.authorizeOwnPIN(ctx, c)
	}
	ch, err := s.authorize(ctx, till.MayEditStaff, nil, "")
	if err != nil {
		return till.Staff{}, till.Change{}, err
	}
	member, err := s.presentStaff(ctx, c.Staff)
	return member, ch, err
}

// authorizeOwnPIN asks for the old PIN of somebody who changes their own.
func (s *Shop) authorizeOwnPIN(ctx context.Context, c PINChange) (till.Staff, till.Change, error) {
	member, err := s.presentStaff(ctx, c.Staff)
	if err != nil {
		return till.Staff{}, till.Change{}, err
	}
	if c.Old.IsZero() {
		return member, till.Change{}, needsOldPIN()
	}
	return member, till.Change{Staff: member.ID, At: s.cfg.Now()}, s.checkPIN(ctx, member, c.Old)
}

// UnlockStaff lets a member who must wait try again at once. Ten wrong PINs are no slip of
// a finger: who tried them may know more by now, so only another PIN ends that.
func (s *Shop) UnlockStaff(ctx context.Context, id till.StaffID) (Profile, error) {
	if _, err := s.authorize(ctx, till.MayEditStaff, nil, ""); err != nil {
		return Profile{}, err
	}
	member, err := s.presentStaff(ctx, id)
	if err != nil {
		return Profile{}, err
	}
	tries, err := s.cfg.Store.Tries(ctx, id)
	if err != nil {
		return Profile{}, err
	}
	if g := (guard{member: member, zone: s.zone()}); tries.Wrong >= triesToLock {
		return Profile{}, g.lockedForGood()
	}
	if err := s.cfg.Store.ClearTries(ctx, id); err != nil {
		return Profile{}, err
	}
	return s.profile(ctx, member)
}

func needsOldPIN() error {
	return wanting{&till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the old PIN is needed to set a new one", "设置新 PIN 需要旧 PIN").With(),
		Hint: i18n.T("give it with --old-pin-file FILE, or run till staff pin at a terminal", "请用 --old-pin-file FILE 提供，或在终端运行 till staff pin").With(),
	}, ErrNeedsOldPIN}
}
