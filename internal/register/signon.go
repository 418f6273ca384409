package register

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// SignOn signs the terminal on, if it is not since its batch opened.
func (r *Register) SignOn(ctx context.Context) error {
	s, err := r.cfg.Store.Session(ctx, r.cfg.Terminal)
	if err != nil {
		return fmt.Errorf("reading the session of terminal %s: %w", r.cfg.Terminal, err)
	}
	var event terminal.SignOnEvent = terminal.SignOnDue{}
	for event != nil {
		var actions []terminal.SignOnAction
		s, actions = terminal.StepSignOn(s, event)
		event = nil
		for _, action := range actions {
			if event, err = r.performSignOn(ctx, s, action); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Register) performSignOn(ctx context.Context, s till.Session, action terminal.SignOnAction) (terminal.SignOnEvent, error) {
	switch action := action.(type) {
	case terminal.SendSignOn:
		r.observe(SigningOn, till.Txn{})
		answer, err := r.network(ctx, till.OpSignOn, s.Batch)
		if err != nil {
			return nil, hostDown(err)
		}
		return terminal.SignOnAnswered{Answer: answer}, nil
	case terminal.StoreSession:
		return nil, r.cfg.Store.SignedOn(ctx, r.cfg.Terminal, true)
	case terminal.RefuseSignOn:
		return nil, &till.Problem{
			Code: till.CodeHostDown,
			What: i18n.T("the host does not take terminal %s: response code %s to the sign-on", "主机拒绝终端 %s 签到：应答码 %s").With(r.cfg.Terminal, action.ResponseCode),
			Hint: i18n.T("check the terminal and merchant numbers: till config list --origin", "请检查终端号和商户号：till config list --origin").With(),
		}
	}
	return nil, nil
}

// Echo asks the host for a sign of life (0800, network code 301).
func (r *Register) Echo(ctx context.Context) (till.Answer, error) {
	if _, err := r.connect(ctx); err != nil {
		return till.Answer{}, err
	}
	s, err := r.cfg.Store.Session(ctx, r.cfg.Terminal)
	if err != nil {
		return till.Answer{}, fmt.Errorf("reading the session of terminal %s: %w", r.cfg.Terminal, err)
	}
	answer, err := r.network(ctx, till.OpEcho, s.Batch)
	if err != nil {
		return till.Answer{}, hostDown(err)
	}
	return answer, nil
}

// network sends a message that nobody owes anything for.
func (r *Register) network(ctx context.Context, op till.Op, batch int) (till.Answer, error) {
	stan, err := r.cfg.Store.NextSTAN(ctx, r.cfg.Terminal)
	if err != nil {
		return till.Answer{}, fmt.Errorf("reserving a trace number: %w", err)
	}
	return r.exchange(ctx, till.Request{Op: op, STAN: stan, Batch: batch}, r.cfg.HostTimeout)
}
