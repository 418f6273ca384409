package shop

import (
	"context"
	"errors"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// Approval is the word of a member who is allowed what the actor is not, given in place.
type Approval struct {
	Staff till.StaffID
	PIN   card.Secret
}

// ErrNeedsApproval is wrapped by the problem of an act that wants an approval and got none.
// Nothing was done: the same call with an approval may be made.
var ErrNeedsApproval = errors.New("approval needed")

// wanting is a problem that whoever called can mend in place. What is missing is known by
// the mark; the problem alone is what a user is told.
type wanting struct {
	*till.Problem
	mark error
}

// Unwrap gives the problem and its mark.
func (w wanting) Unwrap() []error { return []error{w.Problem, w.mark} }

// approve checks an approval and gives the id of who gave it. What can be refused without
// a PIN is refused before it counts as a try.
func (s *Shop) approve(ctx context.Context, actor till.Actor, p till.Permission, a *Approval) (till.StaffID, error) {
	if a == nil {
		return "", needsApproval(actor, p)
	}
	if a.Staff == actor.Staff {
		return "", ownApproval(actor)
	}
	member, err := s.cfg.Store.Staff(ctx, a.Staff)
	if err != nil {
		return "", err
	}
	if member.Gone || member.Role.Grant(p) != till.Allow {
		return "", cannotApprove(member, p)
	}
	return member.ID, s.checkPIN(ctx, member, a.PIN)
}

func needsApproval(actor till.Actor, p till.Permission) error {
	return wanting{&till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s (%s) needs an approval to %s", "%s（%s）%s需要授权").With(actor.Staff, actor.Role.Text(), p.Text()),
		Hint: i18n.T("add --approver ID of a member who may, who then types the PIN", "请加上 --approver ID，由有权限的员工输入 PIN").With(),
	}, ErrNeedsApproval}
}

func ownApproval(actor till.Actor) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s cannot approve their own act", "%s 不能为自己授权").With(actor.Staff),
		Hint: i18n.T("add --approver ID of another member, who then types the PIN", "请加上 --approver ID，由另一位员工输入 PIN").With(),
	}
}

func cannotApprove(member till.Staff, p till.Permission) error {
	p0 := &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s (%s) may not approve to %s", "%s（%s）无权授权%s").With(member.ID, member.Role.Text(), p.Text()),
		Hint: i18n.T("till staff permissions shows which roles may; name such a member with --approver ID", "till staff permissions 可查看哪些角色有此权限；请用 --approver ID 指定").With(),
	}
	if member.Gone {
		p0.What = i18n.T("%s does not work here any more", "%s 已离职").With(member.ID)
	}
	return p0
}
