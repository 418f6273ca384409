package terminal

import "github.com/tillworks/till/internal/till"

// BatchPolicy is what a host expects at the end of a batch.
type BatchPolicy struct {
	Confirm bool // the TC of each chip transaction (0320) before the totals
	Upload  bool // every record (0320) where the totals differ, and the totals again (trailer)
}

// BatchSize is how much there is to tell of a frozen batch. It does not change.
type BatchSize struct {
	Chips   int // chip transactions whose TC is told
	Records int // transactions that count in the totals
}

// Closing is a batch that is being closed, with what does not change meanwhile.
type Closing struct {
	Batch  till.Batch
	Policy BatchPolicy
	Size   BatchSize
}

// BatchEvent is something that happened to a batch that is being closed.
type BatchEvent interface{ batchEvent() }

// BatchStored tells that the batch is durable as it stands.
type BatchStored struct{ Batch till.Batch }

// BatchAnswered is the host's answer to the totals, or to the trailer.
type BatchAnswered struct{ Answer till.Answer }

// BatchConfirmed is the host's acknowledgement of a TC.
type BatchConfirmed struct{}

// RecordAnswered is the host's answer to the record of Txn.
type RecordAnswered struct {
	Txn    till.Txn
	Answer till.Answer
}

// BatchNoAnswer tells that the host did not answer what was sent last, or refused it
// without saying what differs. It may have arrived.
type BatchNoAnswer struct{}

func (BatchStored) batchEvent()    {}
func (BatchAnswered) batchEvent()  {}
func (BatchConfirmed) batchEvent() {}
func (RecordAnswered) batchEvent() {}
func (BatchNoAnswer) batchEvent()  {}

// BatchAction is something that must be done for a batch.
type BatchAction interface{ batchAction() }

// StoreBatch makes the batch durable; answered by [BatchStored].
type StoreBatch struct{ Batch till.Batch }

// SendConfirm sends the TC of the chip transaction of an index, from 0; answered by
// [BatchConfirmed] or [BatchNoAnswer].
type SendConfirm struct{ Index int }

// SendTotals sends the frozen totals (0500); answered by [BatchAnswered] or
// [BatchNoAnswer].
type SendTotals struct{}

// SendRecord sends the transaction of an index, from 0 (0320); answered by
// [RecordAnswered] or [BatchNoAnswer].
type SendRecord struct{ Index int }

// SendTrailer sends the totals after the last record (0500); answered by [BatchAnswered]
// or [BatchNoAnswer].
type SendTrailer struct{}

// TellBatch tells the operator where the batch stands.
type TellBatch struct{}

func (StoreBatch) batchAction()  {}
func (SendConfirm) batchAction() {}
func (SendTotals) batchAction()  {}
func (SendRecord) batchAction()  {}
func (SendTrailer) batchAction() {}
func (TellBatch) batchAction()   {}

// StepBatch is the end of a batch, from the moment that its totals are frozen. Each
// attempt and each acknowledged record is durable before the message that follows it, so
// that a restart goes on where it was; the same totals go out every time. Totals that
// differ are followed by every record and by the totals again, where the host wants that.
// A difference is never closed over: the batch stays RECONCILE_ERROR with the host's own
// totals and the records that differ.
func StepBatch(c Closing, e BatchEvent) (Closing, []BatchAction) {
	switch e := e.(type) {
	case BatchStored:
		c.Batch = e.Batch
		return c, c.next()
	case BatchConfirmed:
		if c.Batch.State != till.BatchClosing || c.Batch.Confirmed >= c.Size.Chips {
			return c, nil
		}
		c.Batch.Confirmed++
		return c.store()
	case RecordAnswered:
		return recordAnswered(c, e)
	case BatchAnswered:
		return batchAnswered(c, e.Answer)
	case BatchNoAnswer:
		return c, []BatchAction{TellBatch{}}
	}
	return c, nil
}

// ResendBatch goes on with a batch whose totals are frozen: after a silence or a restart
// with what was not acknowledged, after a difference that was put right from the start.
func ResendBatch(c Closing) (Closing, []BatchAction) {
	if !c.Batch.IsClosing() {
		return c, []BatchAction{TellBatch{}}
	}
	if c.Batch.State == till.BatchReconcileError {
		c.Batch.State, c.Batch.Theirs, c.Batch.Uploaded, c.Batch.Differences = till.BatchClosing, nil, 0, nil
	}
	if c.Batch.State == till.BatchClosing {
		c.Batch.Theirs = nil
	}
	c.Batch.Attempts++
	return c.store()
}

func (c Closing) store() (Closing, []BatchAction) {
	return c, []BatchAction{StoreBatch{Batch: c.Batch}}
}

// next is what follows once the batch is durable as it stands.
func (c Closing) next() []BatchAction {
	switch c.Batch.State {
	case till.BatchClosing:
		if c.Policy.Confirm && c.Batch.Confirmed < c.Size.Chips {
			return []BatchAction{SendConfirm{Index: c.Batch.Confirmed}}
		}
		return []BatchAction{SendTotals{}}
	case till.BatchUploading:
		return []BatchAction{SendRecord{Index: c.Batch.Uploaded}}
	case till.BatchTrailer:
		return []BatchAction{SendTrailer{}}
	case till.BatchOpen, till.BatchClosed, till.BatchReconcileError:
	}
	return []BatchAction{TellBatch{}}
}

func batchAnswered(c Closing, a till.Answer) (Closing, []BatchAction) {
	b := &c.Batch
	switch {
	case b.State != till.BatchClosing && b.State != till.BatchTrailer:
		return c, nil
	case a.InBalance && a.Approved:
		b.State, b.Theirs, b.Differences = till.BatchClosed, nil, nil
	case a.Theirs == nil && len(a.Differs) == 0: // refused without a word on what differs: it stays to be sent again
		return c, []BatchAction{TellBatch{}}
	case b.State == till.BatchClosing && c.Policy.Upload:
		b.State, b.Theirs, b.Uploaded, b.Differences = till.BatchUploading, a.Theirs, 0, nil
		if c.Size.Records == 0 {
			b.State = till.BatchTrailer
		}
	default:
		b.State, b.Theirs = till.BatchReconcileError, a.Theirs
		b.Differences = append(b.Differences, a.Differs...)
	}
	return c.store()
}

// recordAnswered notes a record on which the host does not agree, and goes on: the next
// ones are told all the same.
func recordAnswered(c Closing, e RecordAnswered) (Closing, []BatchAction) {
	b := &c.Batch
	if b.State != till.BatchUploading {
		return c, nil
	}
	if !e.Answer.Approved {
		b.Differences = append(b.Differences[:len(b.Differences):len(b.Differences)], till.Difference{
			Txn: e.Txn.ID, STAN: e.Txn.STAN, Kind: e.Txn.Kind, ResponseCode: e.Answer.ResponseCode, Ours: e.Txn.Amount, Theirs: e.Answer.Recorded,
		})
	}
	if b.Uploaded++; b.Uploaded >= c.Size.Records {
		b.State = till.BatchTrailer
	}
	return c.store()
}
