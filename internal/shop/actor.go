package shop

import (
	"context"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Actor is who acts at this terminal: [till.Owner] in a shop without staff, else whoever is
// signed in. Nobody is a *till.Problem of till.CodeNotPermitted.
func (s *Shop) Actor(ctx context.Context) (till.Actor, error) {
	id, _, err := s.cfg.Store.SignedIn(ctx, s.cfg.Terminal)
	if err != nil {
		return till.Actor{}, err
	}
	if id == "" {
		return s.actorUnnamed(ctx)
	}
	member, err := s.cfg.Store.Staff(ctx, id)
	if err != nil {
		return till.Actor{}, err
	}
	if member.Gone {
		return till.Actor{}, nobodySignedIn()
	}
	return till.Actor{Staff: member.ID, Role: member.Role}, nil
}

// actorUnnamed is the actor where nobody is signed in.
func (s *Shop) actorUnnamed(ctx context.Context) (till.Actor, error) {
	staffed, err := s.isStaffed(ctx)
	if err != nil {
		return till.Actor{}, err
	}
	if staffed {
		return till.Actor{}, nobodySignedIn()
	}
	return till.Owner(), nil
}

// isStaffed reports that the shop has, or had, members who can be told apart.
func (s *Shop) isStaffed(ctx context.Context) (bool, error) {
	all, err := s.cfg.Store.AllStaff(ctx)
	return len(all) > 0, err
}

// authorize asks whether whoever acts here may do something, and says who is to be recorded
// for it. Where the role needs an approval, a is it; where it does not, a is not looked at.
func (s *Shop) authorize(ctx context.Context, p till.Permission, a *Approval, reason string) (till.Change, error) {
	actor, err := s.Actor(ctx)
	if err != nil {
		return till.Change{}, err
	}
	ch := till.Change{Staff: actor.Staff, At: s.cfg.Now(), Reason: reason}
	switch actor.Role.Grant(p) {
	case till.Allow:
		return ch, nil
	case till.Approve:
		ch.Approver, err = s.approve(ctx, actor, p, a)
		return ch, err
	case till.Deny:
	}
	return till.Change{}, denied(actor, p)
}

func nobodySignedIn() error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("nobody is signed in at this till", "本收银台无人登录").With(),
		Hint: i18n.T("sign in with till staff sign-in ID", "请登录：till staff sign-in ID").With(),
	}
}

func denied(actor till.Actor, p till.Permission) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s (%s) may not %s", "%s（%s）无权%s").With(actor.Staff, actor.Role.Text(), p.Text()),
		Hint: i18n.T("till staff permissions shows which roles may; such a member signs in with till staff sign-in ID", "till staff permissions 可查看哪些角色有此权限；请由有权限的员工登录：till staff sign-in ID").With(),
	}
}
