package terminal

import "github.com/tillworks/till/internal/till"

// SignOnEvent is something that happened while a terminal signs on.
type SignOnEvent interface{ signOnEvent() }

// SignOnDue tells that something is about to be sent to the host.
type SignOnDue struct{}

// SignOnAnswered is the host's answer to the sign-on.
type SignOnAnswered struct{ Answer till.Answer }

func (SignOnDue) signOnEvent()      {}
func (SignOnAnswered) signOnEvent() {}

// SignOnAction is something that must be done to sign on.
type SignOnAction interface{ signOnAction() }

// SendSignOn sends 0800 with network code 001; answered by [SignOnAnswered]. No answer
// needs no event: nothing is owed by a sign-on, and the next sale tries again.
type SendSignOn struct{}

// StoreSession makes the session durable.
type StoreSession struct{ Session till.Session }

// RefuseSignOn tells that the host does not take this terminal.
type RefuseSignOn struct{ ResponseCode string }

func (SendSignOn) signOnAction()   {}
func (StoreSession) signOnAction() {}
func (RefuseSignOn) signOnAction() {}

// StepSignOn signs a terminal on once for each batch, before its first message of
// another kind.
func StepSignOn(s till.Session, e SignOnEvent) (till.Session, []SignOnAction) {
	switch e := e.(type) {
	case SignOnDue:
		if s.SignedOn {
			return s, nil
		}
		return s, []SignOnAction{SendSignOn{}}
	case SignOnAnswered:
		if !e.Answer.Approved {
			return s, []SignOnAction{RefuseSignOn{ResponseCode: e.Answer.ResponseCode}}
		}
		s.SignedOn = true
		return s, []SignOnAction{StoreSession{Session: s}}
	}
	return s, nil
}
