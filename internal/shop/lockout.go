package shop

import (
	"context"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// How many wrong PINs in a row lock a member, and for how long.
const (
	triesToWait = 5  // then a minute, and twice as long after each further one
	triesToLock = 10 // then until somebody sets another PIN
	firstWait   = time.Minute
	longestWait = 15 * time.Minute
	loneWait    = 24 * time.Hour // of the only admin, for whom nobody could set another
)

// guard is what decides whether a member may try a PIN.
type guard struct {
	member till.Staff
	lone   bool // nobody else could set a new PIN
	zone   *time.Location
}

// wait is how long the member must wait after so many wrong PINs. Forever is negative.
func (g guard) wait(wrong int) time.Duration {
	switch {
	case wrong < triesToWait:
		return 0
	case wrong >= triesToLock && g.lone:
		return loneWait
	case wrong >= triesToLock:
		return -1
	}
	return min(firstWait<<(wrong-triesToWait), longestWait)
}

// countTry refuses a try of a member who is locked and counts any other. Several tills
// that try at once all read the same sum before they count, so the sum that the count
// gives is what decides: whoever finds that others counted in between is held to it.
func (s *Shop) countTry(ctx context.Context, g guard) (till.PINTries, error) {
	now := s.cfg.Now()
	before, err := s.cfg.Store.Tries(ctx, g.member.ID)
	if err != nil {
		return till.PINTries{}, err
	}
	if err := g.locked(before, now); err != nil {
		return till.PINTries{}, err
	}
	counted, err := s.cfg.Store.CountTry(ctx, g.member.ID, now)
	if err != nil || counted.Wrong == before.Wrong+1 {
		return counted, err
	}
	return counted, g.locked(till.PINTries{Wrong: counted.Wrong - 1, LastAt: now}, now)
}

// guardOf looks at who else there is.
func (s *Shop) guardOf(ctx context.Context, member till.Staff) (guard, error) {
	all, err := s.cfg.Store.AllStaff(ctx)
	return guard{member, isWorkingAdmin(member) && countAdmins(all) == 1, s.zone()}, err
}

func countAdmins(all []till.Staff) int {
	n := 0
	for _, m := range all {
		if isWorkingAdmin(m) {
			n++
		}
	}
	return n
}

// isWorkingAdmin reports a member who can sign in and edit staff.
func isWorkingAdmin(m till.Staff) bool {
	return !m.Gone && m.PINHash != "" && m.Role.Grant(till.MayEditStaff) == till.Allow
}

// locked is the problem of a member who must wait, nil for one who need not.
func (g guard) locked(tries till.PINTries, now time.Time) error {
	locked, until := g.standing(tries, now)
	switch {
	case locked && until.IsZero():
		return g.lockedForGood()
	case locked:
		return g.lockedUntil(until)
	}
	return nil
}

// wrong tells what a wrong PIN came to.
func (g guard) wrong(tries till.PINTries) error {
	d := g.wait(tries.Wrong)
	switch {
	case d < 0:
		return g.lockedForGood()
	case d > 0:
		return g.lockedUntil(tries.LastAt.Add(d))
	}
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("the PIN of %s is wrong; %d more and it is locked", "%s 的 PIN 错误；再错 %d 次将被锁定").With(g.member.ID, triesToWait-tries.Wrong),
		Hint: i18n.T("try again; whoever forgot theirs asks an admin for till staff pin %s", "请重试；忘记 PIN 请由管理员执行 till staff pin %s").With(g.member.ID),
	}
}

func (g guard) lockedUntil(until time.Time) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s is locked after wrong PINs until %s", "%s 因 PIN 错误被锁定至 %s").With(g.member.ID, until.In(g.zone).Format("2006-01-02 15:04:05")),
		Hint: i18n.T("wait, or have an admin run till staff unlock %s", "请稍候，或由管理员执行 till staff unlock %s").With(g.member.ID),
	}
}

func (g guard) lockedForGood() error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s is locked after %d wrong PINs", "%s 因 %d 次 PIN 错误被锁定").With(g.member.ID, triesToLock),
		Hint: i18n.T("an admin sets a new PIN with till staff pin %s", "请由管理员设置新 PIN：till staff pin %s").With(g.member.ID),
	}
}

// standing reports that a member is locked now, and until when; zero is for good.
func (g guard) standing(tries till.PINTries, now time.Time) (locked bool, until time.Time) {
	d := g.wait(tries.Wrong)
	until = tries.LastAt.Add(d)
	switch {
	case d < 0:
		return true, time.Time{}
	case d > 0 && now.Before(until):
		return true, until
	}
	return false, time.Time{}
}
