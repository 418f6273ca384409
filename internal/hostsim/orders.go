package hostsim

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
)

// Orders are what somebody who plays with the host has it do to one request, beside what
// its rules say. The zero Orders leave everything as it is.
type Orders struct {
	// Code is field 39 of the answer in the place of what the host decides; empty
	// leaves it. Where Posted is false the host is not asked at all: nothing is written,
	// and a repeat of the request finds nothing. Where it is true the request is decided
	// and written as ever, and only the answer says something else.
	Code   string
	Posted bool

	// Differ makes the host's totals of a batch differ at settlement, in what it
	// compares with and in what it answers. A batch that agrees in truth stays open.
	Differ Difference

	// Rekey has the host change the working keys of the request's terminal before it reads
	// the request: the terminal has keys that prove nothing any more until it signs on.
	Rekey bool

	// Alter changes the answer before it gets a MAC; nil changes nothing.
	Alter func(answer *iso8583.Message) error
}

// Difference is what a host counts too much of at settlement, or too little of where it
// is negative.
type Difference struct {
	Debits     int   // number of debits (field 76)
	DebitMinor int64 // sum of debits (field 88), in minor units
}

// of are the totals as the host then sees them; never less than nothing.
func (d Difference) of(t till.Totals) till.Totals {
	t.Debits = max(0, t.Debits+d.Debits)
	t.DebitMinor = max(0, t.DebitMinor+d.DebitMinor)
	return t
}

// ServeOrdered is [Host.ServeISO] under orders.
func (h *Host) ServeOrdered(ctx context.Context, m *iso8583.Message, o Orders) (*iso8583.Message, error) {
	r, err := readRequest(m)
	r.orders = o
	isProved, failure := h.receive(ctx, &r)
	switch {
	case failure != nil:
		return h.unanswered(r, failure)
	case err != nil:
		h.report(err)
		return r.reply(answer{code: codeFormat})
	case !isProved:
		return r.reply(answer{code: r.layout.unproved})
	case o.Code != "" && !o.Posted:
		return r.reply(answer{code: o.Code})
	}
	a, err := h.answer(ctx, r)
	if err != nil {
		return h.unanswered(r, err)
	}
	if !h.leaves(ctx, r) {
		return nil, nil
	}
	return r.reply(a)
}

// receive changes the keys of the terminal where somebody wants that, and checks the code of
// a message.
func (h *Host) receive(ctx context.Context, r *request) (isProved bool, err error) {
	if r.orders.Rekey && r.layout.code != 0 {
		if err := h.rekey(ctx, r.terminal); err != nil {
			return false, err
		}
	}
	return h.prove(ctx, r)
}

// reply is the answer as the orders want it, with the code that proves it.
func (r request) reply(a answer) (*iso8583.Message, error) {
	if code := r.orders.Code; code != "" && code != a.code {
		a.code, a.auth = code, ""
	}
	m, err := reply(r.message, a)
	if err != nil {
		return nil, err
	}
	if r.orders.Alter != nil {
		if err := r.orders.Alter(m); err != nil {
			return nil, fmt.Errorf("alter answer %s: %w", m.MTI(), err)
		}
	}
	return m, r.authenticate(m)
}

// Asks is what a message asks, and the kind of what it is for where it is for money: as
// the host reads it, whatever its layout. Of what cannot be read both are empty.
func Asks(m *iso8583.Message) (till.Op, till.Kind) {
	r, _ := readRequest(m) // what is missing in it is for its answer to tell
	return r.op, r.kind
}
