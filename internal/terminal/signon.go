package terminal

import "github.com/tillworks/till/internal/till"

// SignOnEvent is something that happened while a terminal signs on.
type SignOnEvent interface{ signOnEvent() }

// SignOnDue tells that something is about to be sent to the host. Keys says that nothing
// can be said to it without working keys.
type SignOnDue struct{ Keys bool }

// SignOnAnswered is the host's answer to the sign-on. Keys is as in [SignOnDue].
type SignOnAnswered struct {
	Answer till.Answer
	Keys   bool
}

func (SignOnDue) signOnEvent()      {}
func (SignOnAnswered) signOnEvent() {}

// SignOnAction is something that must be done to sign on.
type SignOnAction interface{ signOnAction() }

// SendSignOn sends 0800 with network code 001; answered by [SignOnAnswered]. No answer
// needs no event: nothing is owed by a sign-on, and the next sale tries again.
type SendSignOn struct{}

// StoreSession makes the session durable.
type StoreSession struct{ Session till.Session }

// RefuseSignOn tells that the terminal cannot work with this host: it does not take the
// terminal, it counts another batch, or it sent no working keys where they are needed.
// Nothing has changed.
type RefuseSignOn struct {
	ResponseCode string
	Batch        int  // the host's, where that is the reason
	NoKeys       bool // where that is the reason
}

func (SendSignOn) signOnAction()   {}
func (StoreSession) signOnAction() {}
func (RefuseSignOn) signOnAction() {}

// StepSignOn signs a terminal on once for each batch, before its first message of
// another kind. Working keys that the host sends replace those of before.
func StepSignOn(s till.Session, e SignOnEvent) (till.Session, []SignOnAction) {
	switch e := e.(type) {
	case SignOnDue:
		if s.SignedOn && (!e.Keys || len(s.Keys) > 0) {
			return s, nil
		}
		return s, []SignOnAction{SendSignOn{}}
	case SignOnAnswered:
		return signOnAnswered(s, e)
	}
	return s, nil
}

func signOnAnswered(s till.Session, e SignOnAnswered) (till.Session, []SignOnAction) {
	a := e.Answer
	switch {
	case !a.Approved:
		return s, []SignOnAction{RefuseSignOn{ResponseCode: a.ResponseCode}}
	case a.Batch != 0 && a.Batch != s.Batch:
		return s, []SignOnAction{RefuseSignOn{ResponseCode: a.ResponseCode, Batch: a.Batch}}
	case e.Keys && len(a.Keys) == 0 && len(s.Keys) == 0:
		return s, []SignOnAction{RefuseSignOn{ResponseCode: a.ResponseCode, NoKeys: true}}
	}
	if len(a.Keys) > 0 {
		s.Keys = a.Keys
	}
	s.SignedOn = true
	return s, []SignOnAction{StoreSession{Session: s}}
}
