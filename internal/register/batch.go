package register

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// CloseBatch settles the open batch with the host. Its totals are frozen first, and
// sales taken from then on belong to the next batch. It comes back CLOSED when the host
// agrees. Where the totals differ and the host takes records, every record is told and the
// totals are sent again; what differs then is RECONCILE_ERROR, with both sides' totals and
// the records that differ. While the host is silent the batch stays where it is, and the
// next call goes on there.
func (r *Register) CloseBatch(ctx context.Context) (till.Batch, error) {
	if _, err := r.ready(ctx); err != nil {
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
	r       *Register
	records []till.Txn // that count in the totals
	chips   []till.Txn // those of them with a TC
	why     error
}

func (r *Register) sendBatch(ctx context.Context, b till.Batch) (till.Batch, error) {
	c := &closing{r: r}
	if err := c.load(ctx, b); err != nil {
		return b, err
	}
	s, actions := terminal.ResendBatch(terminal.Closing{
		Batch: b, Policy: r.cfg.Policy.Batch, Size: terminal.BatchSize{Chips: len(c.chips), Records: len(c.records)},
	})
	for len(actions) > 0 {
		event, err := c.perform(ctx, s.Batch, actions[0])
		if err != nil {
			return s.Batch, err
		}
		actions = nil
		if event != nil {
			s, actions = terminal.StepBatch(s, event)
		}
	}
	if s.Batch.State == till.BatchClosed || s.Batch.State == till.BatchReconcileError {
		return s.Batch, nil
	}
	return s.Batch, c.why
}

// load reads the records of the batch, which is frozen, where the host may want them.
func (c *closing) load(ctx context.Context, b till.Batch) error {
	policy := c.r.cfg.Policy.Batch
	if !policy.Upload && !policy.Confirm {
		return nil
	}
	var err error
	if c.records, err = c.r.cfg.Store.BatchTxns(ctx, b.Number); err != nil {
		return fmt.Errorf("reading the records of batch %d: %w", b.Number, err)
	}
	for _, t := range c.records {
		if t.Chip != nil && t.Chip.CryptogramType == "TC" {
			c.chips = append(c.chips, t)
		}
	}
	return nil
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
		return c.sendTotals(ctx, b, till.OpReconcile, b.STAN), nil
	case terminal.SendTrailer:
		return c.sendTrailer(ctx, b)
	case terminal.SendConfirm:
		return c.sendConfirm(ctx, b, c.chips[action.Index]), nil
	case terminal.SendRecord:
		return c.sendRecord(ctx, b, c.records[action.Index])
	case terminal.TellBatch:
		return nil, nil // the caller gets the batch and tells
	}
	return nil, fmt.Errorf("internal error: no way to perform %T", action)
}

// sendTrailer sends the totals under a trace number of their own, new each time: a late
// answer to the totals that differed, or to an earlier trailer, must not be taken for the
// answer to this one.
func (c *closing) sendTrailer(ctx context.Context, b till.Batch) (terminal.BatchEvent, error) {
	stan, err := c.r.cfg.Store.NextSTAN(ctx, c.r.cfg.Terminal)
	if err != nil {
		return nil, fmt.Errorf("reserving a trace number: %w", err)
	}
	return c.sendTotals(ctx, b, till.OpTrailer, stan), nil
}

func (c *closing) sendTotals(ctx context.Context, b till.Batch, op till.Op, stan till.STAN) terminal.BatchEvent {
	c.r.observe(TotalsSent, till.Txn{Batch: b.Number})
	totals := b.Ours
	if totals.Currency == "" { // nothing was taken; the message names a currency all the same
		totals.Currency = c.r.cfg.Currency.Code()
	}
	answer, err := c.r.exchange(ctx, till.Request{Op: op, STAN: stan, Batch: b.Number, Totals: totals}, c.r.cfg.HostTimeout)
	if err != nil {
		c.why = batchSilence(b, err)
		return terminal.BatchNoAnswer{}
	}
	c.why = batchRefused(b, answer.ResponseCode)
	return terminal.BatchAnswered{Answer: answer}
}

// sendConfirm tells the host the TC of a chip transaction. It is told again until it is
// acknowledged; a host that answers anything else is not asked to take the totals.
func (c *closing) sendConfirm(ctx context.Context, b till.Batch, t till.Txn) terminal.BatchEvent {
	c.r.observe(ConfirmationSent, t)
	answer, err := c.r.exchange(ctx, till.Request{Op: till.OpConfirm, STAN: t.STAN, Batch: b.Number, Txn: t}, c.r.cfg.HostTimeout)
	switch {
	case err != nil:
		c.why = batchSilence(b, err)
		return terminal.BatchNoAnswer{}
	case !answer.Acknowledged:
		c.why = batchRefused(b, answer.ResponseCode)
		return terminal.BatchNoAnswer{}
	}
	return terminal.BatchConfirmed{}
}

// sendRecord tells the host one transaction of a batch whose totals differ.
func (c *closing) sendRecord(ctx context.Context, b till.Batch, t till.Txn) (terminal.BatchEvent, error) {
	c.r.observe(RecordSent, t)
	q := till.Request{Op: till.OpUpload, STAN: t.STAN, Batch: b.Number, Txn: t}
	if err := c.r.nameOriginals(ctx, &q, t); err != nil {
		return nil, err
	}
	answer, err := c.r.exchange(ctx, q, c.r.cfg.HostTimeout)
	if err != nil {
		c.why = batchSilence(b, err)
		return terminal.BatchNoAnswer{}, nil
	}
	return terminal.RecordAnswered{Txn: t, Answer: answer}, nil
}

func batchSilence(b till.Batch, cause error) error {
	return &till.Problem{
		Code:  till.CodePending,
		What:  i18n.T("the host did not answer what it was told of batch %d; it stays %s and nothing is lost", "主机未应答批次 %d 的结算；该批次保持 %s，数据无丢失").With(b.Number, b.State),
		Hint:  i18n.T("run till batch close again: it goes on where it stopped", "请再次运行 till batch close：从中断处继续").With(),
		Cause: cause,
	}
}

func batchRefused(b till.Batch, responseCode string) error {
	return &till.Problem{
		Code: till.CodePending,
		What: i18n.T("the host refused the totals of batch %d with response code %s; it stays %s", "主机以应答码 %[2]s 拒绝批次 %[1]d 的总计；该批次保持 %[3]s").With(b.Number, responseCode, b.State),
		Hint: i18n.T("run till batch close again, or ask the acquirer", "请再次运行 till batch close，或联系收单机构").With(),
	}
}
