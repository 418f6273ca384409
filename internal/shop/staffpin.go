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
	actor, err := s.Actor(ctx)
	if err != nil {
		return Profile{}, err
	}
	if c.Staff == "" {
		c.Staff = actor.Staff
	}
	ch, err := s.authorizePIN(ctx, actor, c)
	if err != nil {
		return Profile{}, err
	}
	member, err := s.presentStaff(ctx, c.Staff)
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

func (s *Shop) authorizePIN(ctx context.Context, actor till.Actor, c PINChange) (till.Change, error) {
	own := actor.Staff != "" && actor.Staff == c.Staff
	if !own || actor.Role.Grant(till.MayEditStaff) == till.Allow {
		return s.authorize(ctx, till.MayEditStaff, nil, "")
	}
	if c.Old.IsZero() {
		return till.Change{}, needsOldPIN()
	}
	member, err := s.presentStaff(ctx, c.Staff)
	if err != nil {
		return till.Change{}, err
	}
	return till.Change{Staff: actor.Staff, At: s.cfg.Now()}, s.checkPIN(ctx, member, c.Old)
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
	return &till.Problem{
		Code:  till.CodeUsage,
		What:  i18n.T("the old PIN is needed to set a new one", "设置新 PIN 需要旧 PIN").With(),
		Hint:  i18n.T("give it with --old-pin-file FILE, or run till staff pin at a terminal", "请用 --old-pin-file FILE 提供，或在终端运行 till staff pin").With(),
		Cause: ErrNeedsOldPIN,
	}
}
