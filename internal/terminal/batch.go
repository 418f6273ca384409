package terminal

import "github.com/tillworks/till/internal/till"

// BatchEvent is something that happened to a batch that is being closed.
type BatchEvent interface{ batchEvent() }

// BatchStored tells that the batch is durable as it stands.
type BatchStored struct{ Batch till.Batch }

// BatchAnswered is the host's answer to the totals.
type BatchAnswered struct{ Answer till.Answer }

// BatchNoAnswer tells that the host did not answer the totals; they may have arrived.
type BatchNoAnswer struct{}

func (BatchStored) batchEvent()   {}
func (BatchAnswered) batchEvent() {}
func (BatchNoAnswer) batchEvent() {}

// BatchAction is something that must be done for a batch.
type BatchAction interface{ batchAction() }

// StoreBatch makes the batch durable; answered by [BatchStored].
type StoreBatch struct{ Batch till.Batch }

// SendTotals sends the frozen totals (0500); answered by [BatchAnswered] or
// [BatchNoAnswer].
type SendTotals struct{}

// TellBatch tells the operator where the batch stands.
type TellBatch struct{}

func (StoreBatch) batchAction() {}
func (SendTotals) batchAction() {}
func (TellBatch) batchAction()  {}

// StepBatch is the end of a batch, from the moment that its totals are frozen
// (CLOSING). Each attempt is counted durably before its message, the same totals go
// out every time, and a difference is never closed over: the batch stays
// RECONCILE_ERROR with the host's own totals beside ours.
func StepBatch(b till.Batch, e BatchEvent) (till.Batch, []BatchAction) {
	switch e := e.(type) {
	case BatchStored:
		return batchStored(b, e.Batch)
	case BatchAnswered:
		return batchAnswered(b, e.Answer)
	case BatchNoAnswer:
		return b, []BatchAction{TellBatch{}}
	}
	return b, nil
}

// ResendBatch begins another attempt to close a batch whose totals are frozen: after
// a silence, a restart or a difference that was put right.
func ResendBatch(b till.Batch) (till.Batch, []BatchAction) {
	if b.State != till.BatchClosing && b.State != till.BatchReconcileError {
		return b, []BatchAction{TellBatch{}}
	}
	b.State, b.Attempts, b.Theirs = till.BatchClosing, b.Attempts+1, nil
	return b, []BatchAction{StoreBatch{Batch: b}}
}

func batchStored(b, stored till.Batch) (till.Batch, []BatchAction) {
	b = stored
	if b.State == till.BatchClosing {
		return b, []BatchAction{SendTotals{}}
	}
	return b, []BatchAction{TellBatch{}}
}

func batchAnswered(b till.Batch, a till.Answer) (till.Batch, []BatchAction) {
	switch {
	case b.State != till.BatchClosing:
		return b, nil
	case a.InBalance && a.Approved:
		b.State, b.Theirs = till.BatchClosed, nil
	case a.Theirs != nil:
		b.State, b.Theirs = till.BatchReconcileError, a.Theirs
	default: // refused without totals: nothing is known to differ, so it stays to be sent again
		return b, []BatchAction{TellBatch{}}
	}
	return b, []BatchAction{StoreBatch{Batch: b}}
}
