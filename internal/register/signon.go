package register

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// SignOn signs the terminal on, if it is not since its batch opened. The host's working
// keys are kept as it sent them, under the terminal's master key.
func (r *Register) SignOn(ctx context.Context) error {
	s, err := r.session(ctx)
	if err != nil {
		return err
	}
	return r.signOn(ctx, s)
}

// signOn signs the terminal of a session on, if it is not: this one, or another one of the
// shop whose reversals this one sends.
func (r *Register) signOn(ctx context.Context, s till.Session) (err error) {
	var event terminal.SignOnEvent = terminal.SignOnDue{Keys: r.cfg.Policy.Keys}
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
		answer, err := r.network(ctx, till.OpSignOn, s)
		if err != nil {
			return nil, hostDown(err)
		}
		r.noteClock(answer.Clock)
		return terminal.SignOnAnswered{Answer: answer, Keys: r.cfg.Policy.Keys}, nil
	case terminal.StoreSession:
		return nil, r.storeSession(ctx, action.Session)
	case terminal.RefuseSignOn:
		return nil, r.signOnRefused(s, action)
	}
	return nil, nil
}

// storeSession keeps the keys first: a terminal that is signed on without them could say
// nothing.
func (r *Register) storeSession(ctx context.Context, s till.Session) error {
	if len(s.Keys) > 0 {
		if err := r.cfg.Store.SaveKeys(ctx, s.Terminal, s.Keys); err != nil {
			return fmt.Errorf("storing the working keys: %w", err)
		}
	}
	if s.Terminal == r.cfg.Terminal {
		r.setKeys(s.Keys)
	}
	return r.cfg.Store.SignedOn(ctx, s.Terminal, true)
}

func (r *Register) signOnRefused(s till.Session, refused terminal.RefuseSignOn) error {
	switch {
	case refused.NoKeys:
		return &till.Problem{
			Code: till.CodeHostDown,
			What: i18n.T("the host sent no working keys to terminal %s, and nothing can be said to it without", "主机未向终端 %s 下发工作密钥，无法通信").With(s.Terminal),
			Hint: i18n.T("ask the acquirer to load the terminal's master key, then: till terminal sign-on", "请收单机构为终端装载主密钥，然后：till terminal sign-on").With(),
		}
	case refused.Batch != 0:
		return &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("the host counts batch %d, this terminal is in batch %d: nothing was changed", "主机批次号为 %d，本终端批次号为 %d：未作任何更改").With(refused.Batch, s.Batch),
			Hint: i18n.T("ask the acquirer which is right; till batch list shows what is settled here", "请向收单机构核对；till batch list 可查看本机已结算批次").With(),
		}
	}
	return &till.Problem{
		Code: till.CodeHostDown,
		What: i18n.T("the host does not take terminal %s: response code %s to the sign-on", "主机拒绝终端 %s 签到：应答码 %s").With(s.Terminal, refused.ResponseCode),
		Hint: i18n.T("check the terminal and merchant numbers: till config list --origin", "请检查终端号和商户号：till config list --origin").With(),
	}
}

// SignOnAgain signs the terminal on, also where it is signed on already: for new working
// keys. Where the host refuses, the next message signs on.
func (r *Register) SignOnAgain(ctx context.Context) error {
	if _, err := r.connect(ctx); err != nil {
		return err
	}
	if err := r.cfg.Store.SignedOn(ctx, r.cfg.Terminal, false); err != nil {
		return fmt.Errorf("forgetting the sign-on of terminal %s: %w", r.cfg.Terminal, err)
	}
	r.forgetStep(r.cfg.Terminal)
	return r.SignOn(ctx)
}

// SignOff signs the terminal off: the next message to the host signs it on again.
func (r *Register) SignOff(ctx context.Context) error {
	if _, err := r.connect(ctx); err != nil {
		return err
	}
	s, err := r.session(ctx)
	if err != nil {
		return err
	}
	answer, err := r.network(ctx, till.OpSignOff, s)
	if err != nil {
		return hostDown(err)
	}
	if !answer.Approved {
		return &till.Problem{
			Code: till.CodeFailure,
			What: i18n.T("the host refused the sign-off with response code %s", "主机以应答码 %s 拒绝签退").With(answer.ResponseCode),
			Hint: i18n.T("the terminal stays signed on; till terminal status tells how it stands", "终端保持签到状态；till terminal status 可查看").With(),
		}
	}
	return r.cfg.Store.SignedOn(ctx, r.cfg.Terminal, false)
}

// Echo asks the host for a sign of life (0800, network code 301).
func (r *Register) Echo(ctx context.Context) (till.Answer, error) {
	if _, err := r.connect(ctx); err != nil {
		return till.Answer{}, err
	}
	s, err := r.session(ctx)
	if err != nil {
		return till.Answer{}, err
	}
	answer, err := r.network(ctx, till.OpEcho, s)
	if err != nil {
		return till.Answer{}, hostDown(err)
	}
	return answer, nil
}

// session is how the terminal stands, and what it says to the host is protected with.
func (r *Register) session(ctx context.Context) (till.Session, error) {
	s, err := r.cfg.Store.Session(ctx, r.cfg.Terminal)
	if err != nil {
		return s, fmt.Errorf("reading the session of terminal %s: %w", r.cfg.Terminal, err)
	}
	r.setKeys(s.Keys)
	r.setParameters(s.Parameters)
	return s, nil
}

// network sends a message of a terminal that nobody owes anything for.
func (r *Register) network(ctx context.Context, op till.Op, s till.Session) (till.Answer, error) {
	stan, err := r.cfg.Store.NextSTAN(ctx, s.Terminal)
	if err != nil {
		return till.Answer{}, fmt.Errorf("reserving a trace number: %w", err)
	}
	q := till.Request{Op: op, Terminal: s.Terminal, Merchant: r.cfg.Merchant, STAN: stan, Batch: s.Batch}
	return r.exchange(ctx, q, r.cfg.HostTimeout)
}
