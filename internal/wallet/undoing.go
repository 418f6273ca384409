package wallet

import "github.com/tillworks/till/internal/till"

// undo begins the end of an order that the shop has given up: one whose code was shown
// is closed; one whose payment code was handed in is cancelled, since money may move by
// itself. The first attempt is counted in the same commit.
func (s State) undo() (State, []Action) {
	s.Order.Reason, s.Order.Attempts = s.GivenUp, 1
	if s.Order.Flow == Shown {
		return s.commit(StateClosing)
	}
	return s.commit(StateReversing)
}

// payBack undoes a payment that is known to have happened, by a refund of the whole
// under the number that belongs to this.
func (s State) payBack(why till.Reason) (State, []Action) {
	s.Order.Reason, s.Order.Attempts = why, 1
	s.Order.RefundNumber = undoNumber(s.Order.Number)
	return s.commit(StateReversing)
}

// closeAnswered is the answer to the closing of an order whose code was shown. An order
// that the gateway does not know has no code that anybody could pay.
func (s State) closeAnswered(a Answer) (State, []Action) {
	s.learn(a)
	switch a.Status {
	case Closed, NotFound:
		return s.commit(StateClosed)
	case Failed:
		return s.fail(a, s.Order.Reason)
	case Paid:
		return s.payBack(ReasonPaidAfterClosing)
	case Unpaid, Pending: // the shopper has the password on the screen: it ends one way or the other
	}
	return s.wait(CallClose)
}

// cancelAnswered is the answer to the closing of an order whose payment code was handed
// in. Only Closed promises that a Submit which is still on its way will charge nobody.
func (s State) cancelAnswered(a Answer) (State, []Action) {
	s.learn(a)
	switch a.Status {
	case Closed, Failed:
		return s.commit(StateReversed)
	case Paid:
		return s.payBack(s.Order.Reason)
	case Unpaid, Pending, NotFound:
	}
	return s.wait(CallClose)
}

// undoAnswered is the answer to the refund that undoes an order, or to the query of it.
// A refusal changes nothing: the money is not ours, so it is asked again.
func (s State) undoAnswered(a Answer) (State, []Action) {
	switch a.Status {
	case Paid:
		s.Order.RefusedCode, s.Order.RefusedWords = "", ""
		return s.commit(StateReversed)
	case Pending, Unpaid:
		return s.wait(CallQueryRefund)
	case Failed:
		s.Order.RefusedCode, s.Order.RefusedWords = a.RefusedCode, a.RefusedWords
	case Closed, NotFound:
	}
	return s.wait(CallRefund)
}

// refundAnswered is the answer to a refund that somebody asked for. To ask again under
// the same refund number is harmless, but only once the gateway says that it has none.
func (s State) refundAnswered(a Answer) (State, []Action) {
	s.learn(a)
	switch a.Status {
	case Paid:
		s.Order.Reason = ""
		return s.commit(StatePaid)
	case Failed, Closed:
		return s.fail(a, "")
	case NotFound:
		return s.wait(CallRefund)
	case Pending, Unpaid:
	}
	if s.Order.State == StatePending {
		return s.wait(CallQueryRefund)
	}
	return s.commit(StatePending)
}
