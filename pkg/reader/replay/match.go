package replay

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tillworks/till/pkg/reader"
)

// ErrMismatch is the cause of a command that the trace does not have in that place.
var ErrMismatch = errors.New("the trace goes on otherwise")

// MismatchError is a command that the trace does not have in that place. It wraps
// [ErrMismatch]. What it shows of commands is masked as a trace is.
type MismatchError struct {
	// Line is that of the command that the trace has in the place, or of the session's
	// last one where the trace has none.
	Line int
	// Got and Want are the commands in hexadecimal; Want is empty where the trace ends.
	Got, Want string
}

// Error implements error.
func (e *MismatchError) Error() string {
	if e.Want == "" {
		return fmt.Sprintf("%v: it ends behind line %d: got %s", ErrMismatch, e.Line, e.Got)
	}
	return fmt.Sprintf("%v: line %d: got %s, want %s", ErrMismatch, e.Line, e.Got, e.Want)
}

// Unwrap gives [ErrMismatch].
func (e *MismatchError) Unwrap() error { return ErrMismatch }

// matches reports that a command that is sent is the one that was recorded, or differs from
// it in what no two transactions have in common.
func matches(recorded, sent []byte) bool {
	if bytes.Equal(recorded, sent) {
		return true
	}
	if len(recorded) != len(sent) || len(sent) < 6 || !isFree(recorded) {
		return false
	}
	p1 := byte(0xFF)
	if sent[1] == insGenerateAC {
		p1 = 0xE7 // whether data authentication is combined with it is not told by a trace
	}
	return recorded[0] == sent[0] && recorded[1] == sent[1] && (recorded[2]^sent[2])&p1 == 0 &&
		recorded[3] == sent[3] && recorded[4] == sent[4]
}

// The instructions whose data is another each time (EMV Book 3, 6.5).
const (
	insVerify               = 0x20
	insExternalAuthenticate = 0x82
	insGetChallenge         = 0x84
	insInternalAuthenticate = 0x88
	insGetOptions           = 0xA8
	insGenerateAC           = 0xAE
	insComputeChecksum      = 0x2A // of the contactless stripe
)

// isFree reports a command whose data is not compared.
func isFree(c []byte) bool {
	switch c[1] {
	case insVerify, insExternalAuthenticate, insInternalAuthenticate, insGetOptions, insGenerateAC, insComputeChecksum:
		return true
	}
	return c[0] != classReader && c[0]&secureMessagingOfClass != 0
}

// IsOptional reports a command that a terminal may do without, and leave out when a trace
// is played back: GET DATA, GET CHALLENGE, VERIFY and INTERNAL AUTHENTICATE. command has 4
// bytes at least.
func IsOptional(c []byte) bool {
	switch c[1] {
	case insVerify, insGetChallenge, insInternalAuthenticate, instructionGetData:
		return true
	}
	return false
}

// script is what a card has still to say.
type script struct {
	session  Session
	used     []bool
	next     int // index of the exchange that is expected
	anyOrder bool
}

func newScript(s Session, anyOrder bool) *script {
	return &script{session: s, used: make([]bool, len(s.Exchanges)), anyOrder: anyOrder}
}

// take finds the exchange of a command and passes on to the one behind it.
func (s *script) take(command []byte) (Exchange, error) {
	at := s.find(command)
	if at < 0 {
		return Exchange{}, s.mismatch(command)
	}
	s.used[at], s.next = true, at+1
	return s.session.Exchanges[at], nil
}

// find is the index of the exchange of a command, -1 without one.
func (s *script) find(command []byte) int {
	all := s.session.Exchanges
	for i := s.next; i < len(all); i++ {
		if !s.used[i] && matches(all[i].Command, command) {
			return i
		}
		if !s.anyOrder && !IsOptional(all[i].Command) {
			return -1
		}
	}
	for i := range s.next {
		if s.anyOrder && !s.used[i] && matches(all[i].Command, command) {
			return i
		}
	}
	return -1
}

func (s *script) mismatch(command []byte) error {
	e := &MismatchError{Line: s.session.Line, Got: shown(command)}
	if n := len(s.session.Exchanges); n > 0 {
		e.Line = s.session.Exchanges[n-1].Line
	}
	if s.next < len(s.session.Exchanges) {
		x := s.session.Exchanges[s.next]
		e.Line, e.Want = x.Line, shown(x.Command)
	}
	return e
}

// shown is a command without what it carries of a PIN or a card.
func shown(command []byte) string {
	t := Trace{Sessions: []Session{{Exchanges: []Exchange{{Command: command}}}}}
	masked := t.Masked().Sessions[0].Exchanges[0].Command
	if len(masked) > 5 {
		copy(masked[5:], scrub(masked[5:]))
	}
	return text(masked)
}

// failed is the error of a recorded failure, for a command whose caller still waits.
func failed(f Failure) error {
	if f == Removed {
		return reader.ErrRemoved
	}
	return errors.New("the command failed, as it did when it was recorded")
}
