package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

// approver is who approves what the actor may not do alone, by the flags of a command.
type approver struct {
	staff string
	file  string
}

// bindApprover gives a command the flags of an approval in place.
func bindApprover(env *Env, c *cobra.Command, a *approver) {
	c.Flags().StringVar(&a.staff, "approver", "", env.Say(i18n.T(
		"member of the staff `ID` who approves, where the role needs that", "授权员工 `ID`（角色需要授权时）")))
	bindPIN(env, c, &a.file, "approver-pin-file", i18n.T("the approver's PIN", "授权人的 PIN"))
}

// given is the approval of the flags, nil where there is none.
func (a approver) given(ctx context.Context, env *Env) (*management.Approval, error) {
	if a.staff == "" {
		if a.file != "" {
			return nil, &till.Problem{
				Code: till.CodeUsage,
				What: i18n.T("--approver-pin-file is the PIN of nobody", "--approver-pin-file 未指明授权人").With(),
				Hint: i18n.T("add --approver ID", "请加上 --approver ID").With(),
			}
		}
		return nil, nil
	}
	pin, err := env.pin(ctx, a.file, "--approver-pin-file", i18n.T("PIN of %s: ", "%s 的 PIN：").With(a.staff))
	if err != nil {
		return nil, err
	}
	return &management.Approval{Staff: till.StaffID(a.staff), PIN: pin}, nil
}

// approved does something with the approval of the flags. Where an approval turns out to
// be needed and none was given, whoever stands at the till is asked for one.
func approved[T any](ctx context.Context, env *Env, a approver, do func(*management.Approval) (T, error)) (T, error) {
	given, err := a.given(ctx, env)
	if err != nil {
		var none T
		return none, err
	}
	result, err := do(given)
	if !errors.Is(err, management.ErrNeedsApproval) || given != nil || !env.CanAsk() {
		return result, err
	}
	env.Note(problemOf(err).What)
	if a.staff, err = env.ask(ctx, i18n.T("approver: ", "授权人：").With()); err != nil {
		return result, err
	}
	if given, err = a.given(ctx, env); err != nil {
		return result, err
	}
	return do(given)
}
