package terminal

import (
	"time"

	"github.com/tillworks/till/internal/till"
)

// Phase is what a transaction is waiting for while a program works on it. Phases are
// never stored: what is stored is the till.State of the transaction.
type Phase int

// The phases.
const (
	Starting   Phase = iota // nothing has happened
	Reading                 // the card is being read
	Storing                 // a commit is under way; Txn.State is where it leads
	Sent                    // INTENT is durable, the request may be on the wire
	Completing              // the host answered, the card is being told
	Asking                  // the host approved a part, the shopper is asked
	Undoing                 // the reversal may be on the wire
	Advising                // the notice may be on the wire
	Waiting                 // the reversal or the notice was not answered, or is not sent yet
	Done                    // nothing is left to do
)

// String names the phase as the tables of the tests write it.
func (p Phase) String() string {
	return [...]string{"starting", "reading", "storing", "sent", "completing", "asking", "undoing", "advising", "waiting", "done"}[p]
}

// State is one transaction while a program works on it: what the store holds or is
// about to hold, and what may never be stored.
type State struct {
	Phase    Phase
	Txn      till.Txn
	Card     till.CardData // in memory only
	Answer   till.Answer   // what the host said, while the card is told
	Canceled bool          // the operator gave up while the answer was out
}

// Begin is the state of a transaction that is about to start.
func Begin(t till.Txn) State { return State{Phase: Starting, Txn: t} }

// Resume is the state of a transaction found in the store. Its first event is
// [Restarted].
func Resume(t till.Txn) State {
	if t.State.IsFinal() || t.State == till.Exception {
		return State{Phase: Done, Txn: t}
	}
	return State{Phase: Waiting, Txn: t}
}

// Step is the life of every transaction that is sent to a card host, of whatever kind,
// with its reversal or its notice. It is total: an event that means nothing where the
// transaction stands changes nothing and asks for nothing.
func Step(s State, e Event) (State, []Action) {
	if late, ok := e.(LateAnswered); ok {
		return lateAnswered(s, late)
	}
	switch s.Phase {
	case Starting:
		return starting(s, e)
	case Reading:
		return reading(s, e)
	case Storing:
		return storing(s, e)
	case Sent:
		return sent(s, e)
	case Completing:
		return completing(s, e)
	case Asking:
		return asking(s, e)
	case Undoing:
		return undoing(s, e)
	case Advising:
		return advising(s, e)
	case Waiting:
		return waiting(s, e)
	case Done:
		return done(s, e)
	}
	return s, nil
}

func starting(s State, e Event) (State, []Action) {
	if _, ok := e.(Start); !ok {
		return s, nil
	}
	switch {
	case s.Txn.Tender == till.Cash:
		return s.commit(till.Approved)
	case s.Txn.Entry == till.NoEntry && s.Txn.Notice != till.NoNotice:
		return s.advise()
	case s.Txn.Entry == till.NoEntry: // it refers to another transaction: no card is needed
		return s.commit(till.Intent)
	default:
		s.Phase = Reading
		return s, []Action{ReadCard{}}
	}
}

func reading(s State, e Event) (State, []Action) {
	read, ok := e.(CardRead)
	if !ok {
		return s, nil
	}
	s.Card, s.Txn.Chip = read.Card, read.Chip
	switch {
	case read.Declined:
		s.Txn.DeclinedBy = till.ByCard
		return s.commit(till.Declined)
	case read.Offline: // the host cannot be reached: it is told when it can
		s.Txn.Notice, s.Txn.ResponseCode = till.NoticeOffline, read.Code
		return s.commit(till.Advice)
	case s.Txn.Notice != till.NoNotice:
		return s.advise()
	}
	return s.commit(till.Intent)
}

// storing waits for a commit. What follows depends only on what is now durable.
func storing(s State, e Event) (State, []Action) {
	if _, ok := e.(Canceled); ok {
		s.Canceled = true
		return s, nil
	}
	committed, ok := e.(Committed)
	if !ok {
		return s, nil
	}
	s.Txn = committed.Txn
	switch s.Txn.State {
	case till.Intent:
		s.Phase = Sent
		return s, []Action{Send{}}
	case till.Reversing:
		s.Phase = Undoing
		repeat := s.Txn.Attempts > 1
		if repeat {
			return s, []Action{SendReversal{Repeat: true}}
		}
		return s, []Action{Print{}, SendReversal{}}
	case till.Advice:
		return s.toldLater()
	default:
		s.Phase = Done
		return s, []Action{Print{}}
	}
}

// toldLater is a notice that is durable: the shopper hears that it is approved, and the
// host is told now or, where it could not be reached, when it can.
func (s State) toldLater() (State, []Action) {
	switch s.Txn.Attempts {
	case 0:
		s.Phase = Waiting
		return s, []Action{Print{}}
	case 1:
		s.Phase = Advising
		return s, []Action{Print{}, SendAdvice{}}
	}
	s.Phase = Advising
	return s, []Action{SendAdvice{Repeat: true}}
}

func sent(s State, e Event) (State, []Action) {
	switch e := e.(type) {
	case Canceled:
		s.Canceled = true // the answer is awaited all the same: a request that is out is owed
		return s, nil
	case NoAnswer:
		return s.reverse(e.Reason)
	case Answered:
		return answered(s, e.Answer)
	}
	return s, nil
}

func answered(s State, a till.Answer) (State, []Action) {
	s.Txn.ResponseCode, s.Txn.RRN, s.Txn.AuthCode = a.ResponseCode, a.RRN, a.AuthCode
	s.Txn.Chip = verified(s.Txn.Chip, a)
	switch {
	case (a.Approved || a.Partial) && s.Canceled:
		return s.reverse(till.ReasonCanceled)
	case a.Partial:
		s.Phase, s.Answer = Asking, a
		return s, []Action{AskPartial{Approved: a.Amount}}
	case isChip(s.Txn.Entry):
		s.Phase, s.Answer = Completing, a
		return s, []Action{CompleteCard{Answer: a}}
	case a.Approved:
		return s.commit(till.Approved)
	default:
		s.Txn.DeclinedBy = till.ByHost
		return s.commit(till.Declined)
	}
}

// asking waits for the shopper. What was approved of the amount is as good as an approval
// of that amount from then on; a refusal gives it back at the host.
func asking(s State, e Event) (State, []Action) {
	switch e := e.(type) {
	case Canceled:
		s.Canceled = true
		return s, nil
	case PartialDecided:
		if !e.Accepted || s.Canceled {
			return s.reverse(till.ReasonPartial)
		}
		s.Answer.Approved = true
		s.Txn.Asked, s.Txn.Amount = s.Txn.Amount, s.Answer.Amount
		if isChip(s.Txn.Entry) {
			s.Phase = Completing
			return s, []Action{CompleteCard{Answer: s.Answer}}
		}
		return s.commit(till.Approved)
	}
	return s, nil
}

// verified is the evidence with the issuer's word on the request cryptogram.
func verified(chip *till.ChipEvidence, a till.Answer) *till.ChipEvidence {
	if chip == nil || !a.ARQCVerified {
		return chip
	}
	c := *chip
	c.ARQCVerified = true
	return &c
}

func completing(s State, e Event) (State, []Action) {
	switch e := e.(type) {
	case Canceled:
		s.Canceled = true
		return s, nil
	case CardCompleted:
		return cardCompleted(s, e)
	}
	return s, nil
}

func cardCompleted(s State, e CardCompleted) (State, []Action) {
	if e.Chip != nil {
		s.Txn.Chip = verified(e.Chip, s.Answer)
	}
	switch {
	case !s.Answer.Approved:
		s.Txn.DeclinedBy = till.ByHost
		return s.commit(till.Declined)
	case !e.Approved:
		s.Txn.DeclinedBy = till.ByCard
		return s.reverse(till.ReasonCard)
	case s.Canceled:
		return s.reverse(till.ReasonCanceled)
	default:
		return s.commit(till.Approved)
	}
}

func undoing(s State, e Event) (State, []Action) {
	switch e := e.(type) {
	case NoAnswer:
		s.Phase = Waiting
		return s, nil
	case Answered:
		if e.Final {
			return s.commit(till.Reversed)
		}
		s.Txn.ResponseCode = e.Answer.ResponseCode
		return s.commit(till.Exception)
	}
	return s, nil
}

// advising waits for the acknowledgement of a notice. Whatever else the host says to it
// is for a manager: the goods are gone.
func advising(s State, e Event) (State, []Action) {
	switch e := e.(type) {
	case NoAnswer:
		s.Phase = Waiting
		return s, nil
	case Answered:
		s.Txn.ResponseCode = e.Answer.ResponseCode
		if !e.Final {
			return s.commit(till.Exception)
		}
		if s.Txn.RRN == "" {
			s.Txn.RRN = e.Answer.RRN
		}
		if s.Txn.AuthCode == "" {
			s.Txn.AuthCode = e.Answer.AuthCode
		}
		return s.commit(till.Approved)
	}
	return s, nil
}

// done takes a manager's word on an exception, and nothing else.
func done(s State, e Event) (State, []Action) {
	decided, ok := e.(Decided)
	if !ok || s.Txn.State != till.Exception {
		return s, nil
	}
	s.Txn.Decided = &decided.Resolution
	switch decided.Resolution.As {
	case till.ResolvedPosted:
		if s.Txn.RRN == "" { // what names it later needs one
			s.Txn.RRN = decided.Resolution.RRN
		}
		return s.commit(till.Approved)
	case till.ResolvedNotPosted:
		return s.commit(till.Reversed)
	case till.ResolvedRetry:
		s.Txn.Attempts++
		if s.Txn.Reason == "" {
			return s.commit(till.Advice)
		}
		return s.commit(till.Reversing)
	}
	return s, nil
}

func waiting(s State, e Event) (State, []Action) {
	switch e.(type) {
	case Restarted, Due:
	default:
		return s, nil
	}
	switch s.Txn.State {
	case till.Intent:
		return s.reverse(till.ReasonRestart)
	case till.Reversing:
		s.Txn.Attempts++
		return s.commit(till.Reversing)
	case till.Advice:
		s.Txn.Attempts++
		return s.commit(till.Advice)
	default:
	}
	return s, nil
}

// lateAnswered records what came after the request was given up. It never turns a
// transaction that is being undone into an approved one.
func lateAnswered(s State, e LateAnswered) (State, []Action) {
	if s.Txn.State == till.New || s.Phase == Sent || s.Phase == Completing {
		return s, nil
	}
	return s, []Action{Note{LateResponseCode: e.ResponseCode}}
}

// advise makes a notice durable and counts its first attempt in the same commit.
func (s State) advise() (State, []Action) {
	s.Txn.Attempts = 1
	return s.commit(till.Advice)
}

// reverse begins the undoing. The first attempt is counted in the same commit, before
// it is sent, so that a restart in between sends the repeat and not a second first.
func (s State) reverse(why till.Reason) (State, []Action) {
	s.Txn.Reason, s.Txn.Attempts = why, 1
	return s.commit(till.Reversing)
}

func (s State) commit(to till.State) (State, []Action) {
	withImage := s.Txn.State == till.New && (to == till.Intent || to == till.Advice)
	s.Txn.State, s.Phase = to, Storing
	return s, []Action{Commit{Txn: s.Txn, WithImage: withImage}}
}

func isChip(e till.Entry) bool { return e == till.Chip || e == till.Tap }

// Backoff is how long a reversal or a notice waits after its n-th attempt (n from 1): a second,
// then twice as long each time, up to five minutes, for as long as it takes. It is
// measured on the monotonic clock and never stored, so a wall clock that jumps by a
// day delays nothing and drops nothing.
func Backoff(attempts int) time.Duration {
	const longest = 5 * time.Minute
	d := time.Second
	for range attempts - 1 {
		if d *= 2; d >= longest {
			return longest
		}
	}
	return d
}
