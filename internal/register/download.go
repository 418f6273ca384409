package register

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// maxParts bounds a download: a host that always has another part has lost its way.
const maxParts = 500

// Download fetches the parameters that the host keeps for the terminal, part after part,
// and stores them when they are whole. It returns how many parts there were.
func (r *Register) Download(ctx context.Context) (int, error) {
	if _, err := r.ready(ctx); err != nil {
		return 0, err
	}
	s, err := r.session(ctx)
	if err != nil {
		return 0, err
	}
	var whole []byte
	for part := 1; part <= maxParts; part++ {
		answer, err := r.downloadPart(ctx, s, part)
		if err != nil {
			return 0, err
		}
		whole = append(whole, answer.Parameters...)
		if answer.More {
			continue
		}
		if _, err := ParseParameters(whole); err != nil {
			return 0, err
		}
		if err := r.cfg.Store.SaveParameters(ctx, r.cfg.Terminal, whole); err != nil {
			return 0, fmt.Errorf("storing the parameters: %w", err)
		}
		r.setParameters(whole)
		return part, nil
	}
	return 0, downloadRefused(i18n.T("the host has more than %d parts of parameters", "主机参数超过 %d 段").With(maxParts))
}

func (r *Register) downloadPart(ctx context.Context, s till.Session, part int) (till.Answer, error) {
	stan, err := r.cfg.Store.NextSTAN(ctx, r.cfg.Terminal)
	if err != nil {
		return till.Answer{}, fmt.Errorf("reserving a trace number: %w", err)
	}
	answer, err := r.exchange(ctx, till.Request{Op: till.OpDownload, STAN: stan, Batch: s.Batch, Part: part}, r.cfg.HostTimeout)
	if err != nil {
		return answer, hostDown(err)
	}
	if !answer.Approved {
		return answer, downloadRefused(i18n.T("the host refused part %d of the parameters with response code %s", "主机以应答码 %[2]s 拒绝第 %[1]d 段参数").With(part, answer.ResponseCode))
	}
	return answer, nil
}

func downloadRefused(what i18n.Message) error {
	return &till.Problem{
		Code: till.CodeFailure, What: what,
		Hint: i18n.T("the parameters of before stay; ask the acquirer, then: till terminal download", "原参数保持不变；请联系收单机构，然后：till terminal download").With(),
	}
}
