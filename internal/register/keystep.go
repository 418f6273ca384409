package register

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/tillworks/till/internal/till"
)

// keyStep is how the working keys of a terminal and those of its host agree, as far as
// answers tell.
type keyStep struct {
	unproved int  // answers in a row that did not prove themselves
	renewed  bool // for that the terminal has signed on again, and no answer has proved itself since

	at time.Duration // when it did, on the monotonic clock
}

// renewPause is how long a terminal that has signed on for that does not do so again. A host
// may change its keys twice, or a sign-on be lost; what waits must not wait for ever then.
const renewPause = 30 * time.Second

// mostUnproved is how many answers in a row may fail to prove themselves. One is noise, or
// somebody on the line; two are keys that differ.
const mostUnproved = 2

// note counts an answer, and reports keys that differ: the host says so, or too many answers
// in a row did not prove themselves. Until an answer proves itself it reports so once in a
// pause. now is on the monotonic clock.
func (k *keyStep) note(answer till.Answer, err error, now time.Duration) (differ bool) {
	var silence *till.NoAnswer
	switch {
	case err == nil && answer.Proved && !answer.SignOn:
		*k = keyStep{}
	case errors.As(err, &silence) && silence.Reason == till.ReasonMAC && !silence.SignOn:
		k.unproved++
	}
	isTold := err == nil && answer.SignOn || silence != nil && silence.SignOn
	if k.renewed && now-k.at < renewPause || !isTold && k.unproved < mostUnproved {
		return false
	}
	k.unproved, k.renewed, k.at = 0, true, now
	return true
}

// keepInStep signs the terminal on again where its keys are no more those of its host. That
// happens between two messages, whatever they are about: what was sent is durable and is
// undone as ever, by a reversal under the new keys. It never has a message sent twice, and
// no failure of it is told: the terminal is then not signed on, and the next use case signs
// on before it does anything else, and tells.
func (r *Register) keepInStep(ctx context.Context, q till.Request, answer till.Answer, err error) {
	if !r.cfg.Policy.Keys || q.Op == till.OpSignOn {
		return
	}
	r.mu.Lock()
	step := r.inStep[q.Terminal]
	differ := step.note(answer, err, r.cfg.Elapsed())
	r.inStep[q.Terminal] = step
	r.mu.Unlock()
	if differ {
		_ = r.renewKeys(ctx, q)
	}
}

// renewKeys signs the terminal of a request on again, unless its keys are others already:
// another program has done so. It may be another terminal of the shop, whose program is no
// more and whose reversal could else never be sent.
func (r *Register) renewKeys(ctx context.Context, q till.Request) error {
	s, err := r.cfg.Store.Session(ctx, q.Terminal)
	if err != nil {
		r.forgetStep(q.Terminal) // nothing is durable of what was found out: the next answer tells again
		return err
	}
	if !bytes.Equal(s.Keys, q.Keys) {
		if q.Terminal == r.cfg.Terminal {
			r.setKeys(s.Keys)
		}
		return nil
	}
	if err := r.cfg.Store.SignedOn(ctx, q.Terminal, false); err != nil {
		r.forgetStep(q.Terminal)
		return err
	}
	s.SignedOn = false
	return r.signOn(ctx, s)
}

// forgetStep lets a terminal sign on by itself again: a person has it sign on, or it could
// not be noted that it must.
func (r *Register) forgetStep(terminal string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.inStep, terminal)
}
