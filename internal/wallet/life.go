package wallet

import (
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// Phase is what an order is waiting for while a program works on it. Phases are never
// stored: what is stored is the OrderState.
type Phase int

// The phases.
const (
	Starting Phase = iota // nothing has happened
	Storing               // a commit is under way; Order.State is where it leads
	Calling               // State.Call is out
	Waiting               // State.Call is the next, once its pause is over
	Done                  // nothing is left to do
)

// String names the phase as the tables of the tests write it.
func (p Phase) String() string {
	return [...]string{"starting", "storing", "calling", "waiting", "done"}[p]
}

// Call is a method of [Gateway].
type Call int

// The calls.
const (
	NoCall Call = iota
	CallCreate
	CallSubmit
	CallQuery
	CallClose
	CallRefund
	CallQueryRefund
)

// String names the call as the tables of the tests write it.
func (c Call) String() string {
	return [...]string{"-", "create", "submit", "query", "close", "refund", "query-refund"}[c]
}

// State is one order while a program works on it: what the store holds or is about to
// hold, and what may never be stored.
type State struct {
	Phase       Phase
	Call        Call
	Order       Order
	PaymentCode card.Secret // in memory only, until it is handed in
	Asked       int         // pauses since the order was last committed
	GivenUp     till.Reason // ReasonTimeout or ReasonCanceled: nobody waits for a payment any more
}

// Begin is the state of an order or refund that is about to start. paymentCode is that
// of the flow Scanned, and the zero Secret otherwise.
func Begin(o Order, paymentCode card.Secret) State {
	return State{Phase: Starting, Order: o, PaymentCode: paymentCode}
}

// Resume is the state of an order found in the store. Its first event is [Restarted],
// and what follows is a call that may be repeated: a query, or the closing or refund
// under its own number. The payment code is gone, and is not needed.
func Resume(o Order) State {
	if o.State.IsFinal() {
		return State{Phase: Done, Order: o}
	}
	return State{Phase: Waiting, Call: resumption(o), Order: o}
}

func resumption(o Order) Call {
	switch {
	case o.Flow == Refunding, o.State == StateReversing && o.RefundNumber != "":
		return CallQueryRefund
	case o.State == StateReversing, o.State == StateClosing:
		return CallClose
	}
	return CallQuery
}

// Step is the life of every order and every refund. It is total: an event that means
// nothing where the order stands changes nothing and asks for nothing, but for the rest of
// the pause that it may have ended.
func Step(s State, e Event) (State, []Action) {
	next, actions := step(s, e)
	if next.Phase == Waiting && s.Phase == Waiting && mayEndPause(e) {
		actions = append(actions, Wait{Pause: next.pause()})
	}
	return next, actions
}

// mayEndPause reports an event for which a caller stops waiting.
func mayEndPause(e Event) bool {
	switch e.(type) {
	case Notified, Deadline, Canceled:
		return true
	}
	return false
}

func step(s State, e Event) (State, []Action) {
	switch e := e.(type) {
	case Notified:
		return notified(s, e.Notice)
	case Deadline:
		return s.giveUp(till.ReasonTimeout)
	case Canceled:
		return s.giveUp(till.ReasonCanceled)
	}
	switch s.Phase {
	case Starting:
		return starting(s, e)
	case Storing:
		return storing(s, e)
	case Calling:
		return calling(s, e)
	case Waiting:
		return waiting(s, e)
	case Done:
	}
	return s, nil
}

func starting(s State, e Event) (State, []Action) {
	if _, ok := e.(Start); !ok {
		return s, nil
	}
	s.Order.Attempts = 1
	if s.Order.Flow == Shown {
		return s.commit(StateCreated)
	}
	return s.commit(StateSubmitted)
}

// storing waits for a commit. What follows depends only on what is now durable.
func storing(s State, e Event) (State, []Action) {
	committed, ok := e.(Committed)
	if !ok {
		return s, nil
	}
	s.Order = committed.Order
	switch s.Order.State {
	case StateCreated, StateSubmitted:
		return s.ask()
	case StateShown:
		return s.show()
	case StatePending:
		return s.pend()
	case StateUnknown:
		return s.call(resumption(s.Order))
	case StateClosing:
		return s.call(CallClose)
	case StateReversing:
		return s.undoing()
	case StatePaid, StateFailed, StateClosed, StateReversed:
	}
	s.Phase, s.Call = Done, NoCall
	return s, []Action{Print{}}
}

// ask makes the request that the order began with. If the shop gave up before the first
// one left, there is nothing to ask for and nothing is owed.
func (s State) ask() (State, []Action) {
	switch {
	case s.GivenUp != "" && s.Order.Attempts == 1:
		return s.fail(Answer{}, s.GivenUp)
	case s.GivenUp != "":
		return s.undo()
	case s.Order.Flow == Shown:
		return s.call(CallCreate)
	case s.Order.Flow == Refunding:
		return s.call(CallRefund)
	}
	return s.call(CallSubmit)
}

func (s State) show() (State, []Action) {
	if s.GivenUp != "" {
		return s.undo()
	}
	s, actions := s.wait(CallQuery)
	return s, append([]Action{Show{Code: s.Order.Code}}, actions...)
}

func (s State) pend() (State, []Action) {
	if s.GivenUp != "" {
		return s.undo()
	}
	return s.wait(resumption(s.Order))
}

// undoing begins with a cancel, which is a Close, unless it is known that money moved.
func (s State) undoing() (State, []Action) {
	if s.Order.RefundNumber == "" {
		return s.call(CallClose)
	}
	return s.call(CallRefund)
}

// calling waits for the answer to the call that is out.
func calling(s State, e Event) (State, []Action) {
	switch e := e.(type) {
	case Answered:
		return s.answered(e.Answer)
	case NoAnswer:
		return s.unanswered(e)
	}
	return s, nil
}

func (s State) answered(a Answer) (State, []Action) {
	switch {
	case !a.Status.isKnown(): // a word of a newer gateway tells nothing
		return s.unanswered(NoAnswer{Reason: till.ReasonInvalid})
	case s.Order.Flow == Refunding:
		return s.refundAnswered(a)
	case s.Order.State == StateClosing:
		return s.closeAnswered(a)
	case s.Order.State == StateReversing && s.Call == CallClose:
		return s.cancelAnswered(a)
	case s.Order.State == StateReversing:
		return s.undoAnswered(a)
	}
	return s.paymentAnswered(a)
}

// unanswered never decides anything: silence leads to a query, and a call that may be
// repeated is repeated. Only where not a byte of the first request left the machine is
// it known that nothing can have happened.
func (s State) unanswered(e NoAnswer) (State, []Action) {
	switch s.Order.State {
	case StateCreated, StateSubmitted:
		if s.Call == CallQuery || s.Call == CallQueryRefund {
			break
		}
		if e.NotSent && s.Order.Attempts == 1 {
			return s.fail(Answer{}, e.Reason)
		}
		s.Order.Reason = e.Reason
		return s.commit(StateUnknown)
	case StateReversing:
		return s.wait(resumption(s.Order))
	default:
	}
	if s.GivenUp != "" && s.isAwaited() {
		return s.undo()
	}
	return s.wait(s.Call)
}

// paymentAnswered is what the gateway says of an order that the shop waits for.
func (s State) paymentAnswered(a Answer) (State, []Action) {
	s.learn(a)
	switch a.Status {
	case Paid:
		if s.GivenUp == till.ReasonCanceled {
			return s.payBack(till.ReasonCanceled)
		}
		s.Order.Reason = ""
		return s.commit(StatePaid)
	case Failed:
		return s.fail(a, "")
	case Closed: // by its own time, or by a person at the gateway
		return s.commit(StateClosed)
	case Unpaid, Pending, NotFound:
	}
	if s.GivenUp != "" {
		return s.undo()
	}
	if s.Order.Flow == Scanned {
		return s.codeAnswered(a)
	}
	return s.orderAnswered(a)
}

// orderAnswered is an order that stands, or does not stand yet, and nobody has paid. To
// create it again is harmless: the gateway knows it by its number.
func (s State) orderAnswered(a Answer) (State, []Action) {
	isBegun := s.Order.State == StateShown || s.Order.State == StatePending
	switch {
	case a.Status == Pending && s.Order.State != StatePending:
		return s.commit(StatePending)
	case isBegun:
		return s.wait(CallQuery)
	case a.Status == Unpaid && s.Order.Code != "":
		s.Order.Reason = ""
		return s.commit(StateShown)
	}
	return s.wait(CallCreate)
}

// codeAnswered is a payment code that is not decided. It is never handed in again: it
// may be on its way, and it is spent.
func (s State) codeAnswered(a Answer) (State, []Action) {
	if a.Status == NotFound || s.Order.State == StatePending {
		return s.wait(CallQuery)
	}
	return s.commit(StatePending)
}

// waiting waits for the pause before the next call. A call that changes something is
// counted in a commit of its own before it leaves.
func waiting(s State, e Event) (State, []Action) {
	switch e.(type) {
	case Due, Restarted:
	default:
		return s, nil
	}
	switch s.Call {
	case CallCreate:
		return s.again(StateCreated)
	case CallClose:
		return s.again(s.Order.State)
	case CallRefund:
		if s.Order.Flow == Refunding {
			return s.again(StateSubmitted)
		}
		return s.again(StateReversing)
	case CallQuery, CallQueryRefund:
		return s.call(s.Call)
	case NoCall, CallSubmit:
	}
	return s, nil
}

// giveUp ends the shop's patience. What is closing, reversing or a refund goes on
// regardless, and what is out is awaited.
func (s State) giveUp(why till.Reason) (State, []Action) {
	if s.Phase == Starting || s.Phase == Done || !s.isAwaited() {
		return s, nil
	}
	if s.GivenUp != till.ReasonCanceled {
		s.GivenUp = why
	}
	if s.Phase == Waiting {
		return s.undo()
	}
	return s, nil
}

// isAwaited reports an order that may still end paid.
func (s State) isAwaited() bool {
	if s.Order.Flow == Refunding {
		return false
	}
	switch s.Order.State {
	case StateCreated, StateShown, StateSubmitted, StatePending, StateUnknown:
		return true
	case StatePaid, StateFailed, StateClosing, StateClosed, StateReversing, StateReversed:
	}
	return false
}

// learn keeps what an answer tells of the order beside its status.
func (s *State) learn(a Answer) {
	if a.Code != "" {
		s.Order.Code = a.Code
	}
	if a.TradeNo != "" {
		s.Order.TradeNo = a.TradeNo
	}
	if a.Provider != "" {
		s.Order.Provider = a.Provider
	}
}

func (s State) fail(a Answer, why till.Reason) (State, []Action) {
	s.Order.RefusedCode, s.Order.RefusedWords, s.Order.Reason = a.RefusedCode, a.RefusedWords, why
	return s.commit(StateFailed)
}

func (s State) again(to OrderState) (State, []Action) {
	s.Order.Attempts++
	return s.commit(to)
}

func (s State) commit(to OrderState) (State, []Action) {
	s.Order.State, s.Phase, s.Call, s.Asked = to, Storing, NoCall, 0
	return s, []Action{Commit{Order: s.Order}}
}

// call makes a call. The payment code leaves the state with the only call that needs
// it.
func (s State) call(c Call) (State, []Action) {
	s.Phase, s.Call = Calling, c
	switch c {
	case CallCreate:
		return s, []Action{Create{}}
	case CallSubmit:
		code := s.PaymentCode
		s.PaymentCode = card.Secret{}
		return s, []Action{Submit{PaymentCode: code}}
	case CallQuery:
		return s, []Action{Query{}}
	case CallClose:
		return s, []Action{Close{}}
	case CallRefund:
		return s, []Action{Refund{}}
	case CallQueryRefund:
		return s, []Action{QueryRefund{}}
	case NoCall:
	}
	return s, nil
}

func (s State) wait(next Call) (State, []Action) {
	s.Phase, s.Call = Waiting, next
	s.Asked++
	return s, []Action{Wait{Pause: s.pause()}}
}
