package register

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// CloseBatch settles the open batch with the host. Its totals are frozen first, and
// sales taken from then on belong to the next batch. It comes back CLOSED when the
// host agrees and RECONCILE_ERROR, with both sides' totals, when it does not; while
// the host is silent it stays CLOSING, and the next call sends the same totals again.
func (r *Register) CloseBatch(ctx context.Context) (till.Batch, error) {
	if err := r.ready(ctx); err != nil {
		return till.Batch{}, err
	}
	b, err := r.cfg.Store.StartClose(ctx, r.cfg.Terminal)
	if err != nil {
		return till.Batch{}, err
	}
	if b.STAN == 0 {
		if b.STAN, err = r.cfg.Store.NextSTAN(ctx, r.cfg.Terminal); err != nil {
			return b, fmt.Errorf("reserving a trace number: %w", err)
		}
	}
	return r.sendBatch(context.WithoutCancel(ctx), b)
}

// closing is one attempt to close a batch. why is what kept it from ending.
type closing struct {
	r   *Register
	why error
}

func (r *Register) sendBatch(ctx context.Context, b till.Batch) (till.Batch, error) {
	c := &closing{r: r}
	b, actions := terminal.ResendBatch(b)
	for len(actions) > 0 {
		event, err := c.perform(ctx, b, actions[0])
		if err != nil {
			return b, err
		}
		actions = nil
		if event != nil {
			b, actions = terminal.StepBatch(b, event)
		}
	}
	if b.State == till.BatchClosing {
		return b, c.why
	}
	return b, nil
}

func (c *closing) perform(ctx context.Context, b till.Batch, action terminal.BatchAction) (terminal.BatchEvent, error) {
	switch action := action.(type) {
	case terminal.StoreBatch:
		if action.Batch.State == till.BatchClosed {
			action.Batch.ClosedAt = c.r.cfg.Now()
		}
		if err := c.r.cfg.Store.RecordBatch(ctx, action.Batch); err != nil {
			return nil, fmt.Errorf("recording batch %d as %s: %w", b.Number, action.Batch.State, err)
		}
		return terminal.BatchStored{Batch: action.Batch}, nil
	case terminal.SendTotals:
		return c.sendTotals(ctx, b), nil
	case terminal.TellBatch:
		return nil, nil // the caller gets the batch and tells
	}
	return nil, fmt.Errorf("internal error: no way to perform %T", action)
}

func (c *closing) sendTotals(ctx context.Context, b till.Batch) terminal.BatchEvent {
	c.r.observe(TotalsSent, till.Txn{Batch: b.Number})
	answer, err := c.r.exchange(ctx, till.Request{
		Op: till.OpReconcile, STAN: b.STAN, Batch: b.Number, Totals: b.Ours,
	}, c.r.cfg.HostTimeout)
	if err != nil {
		c.why = batchSilence(b, err)
		return terminal.BatchNoAnswer{}
	}
	c.why = batchRefused(b, answer.ResponseCode)
	return terminal.BatchAnswered{Answer: answer}
}

func batchSilence(b till.Batch, cause error) error {
	return &till.Problem{
		Code:  till.CodePending,
		What:  i18n.T("the host did not answer the totals of batch %d; it stays CLOSING and nothing is lost", "主机未应答批次 %d 的总计；该批次保持 CLOSING，数据无丢失").With(b.Number),
		Hint:  i18n.T("run till batch close again: the same totals are sent", "请再次运行 till batch close：将发送同样的总计").With(),
		Cause: cause,
	}
}

func batchRefused(b till.Batch, responseCode string) error {
	return &till.Problem{
		Code: till.CodePending,
		What: i18n.T("the host refused the totals of batch %d with response code %s; it stays CLOSING", "主机以应答码 %[2]s 拒绝批次 %[1]d 的总计；该批次保持 CLOSING").With(b.Number, responseCode),
		Hint: i18n.T("run till batch close again, or ask the acquirer", "请再次运行 till batch close，或联系收单机构").With(),
	}
}
