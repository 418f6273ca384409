package faults

import (
	"context"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/pkg/iso8583"
)

// What goes wrong in the host, in the order of its chances. An answer to somebody else is
// proved as every answer is: no code tells it.
const (
	otherSTAN = 1 + iota
	otherAmount
	otherTerminal
	otherKeys
)

func decidingChances() []int { return []int{10, 10, 10, 10} }

func decidingWords() []string {
	return []string{
		"", "the answer has another trace number", "the answer has another amount", "the answer is for another terminal",
		"the host has changed the terminal's keys before it came",
	}
}

// clerk is the host, which makes mistakes.
type clerk struct{ s *schedule }

// ServeISO implements link.Handler.
func (c *clerk) ServeISO(ctx context.Context, q *iso8583.Message) (*iso8583.Message, error) {
	var o hostsim.Orders
	if m := c.s.at(q.Value("41")); m != nil {
		f, _ := c.s.dice.fate(m.command, deciding, decidingChances())
		if f != 0 {
			c.s.tell(m, "%s %s: %s", q.MTI(), q.Value("11"), decidingWords()[f])
			o.Rekey = f == otherKeys
			o.Alter = func(a *iso8583.Message) error { return another(a, f) }
		}
		o.Differ = c.miscount(m, q)
		o.Code, o.Posted = c.refuse(m, q)
	}
	return c.s.w.sim.ServeOrdered(ctx, q, o)
}

// miscount makes the totals of a batch differ, this once: records follow, and the totals again.
func (c *clerk) miscount(m *machine, q *iso8583.Message) (d hostsim.Difference) {
	if q.MTI().Class() != '5' {
		return d
	}
	if f, _ := c.s.dice.fate(m.command, counting, []int{150}); f != 0 {
		c.s.tell(m, "%s %s: the host counts one debit more", q.MTI(), q.Value("11"))
		d = hostsim.Difference{Debits: 1, DebitMinor: 100}
	}
	return d
}

// refuse answers what is owed with a code that ends nothing and cannot be acted on: a
// reversal, or a notice. The host may have done what it was told all the same.
func (c *clerk) refuse(m *machine, q *iso8583.Message) (code string, posted bool) {
	const invalid = "12"
	if q.MTI().Class() != '4' && (q.MTI().Class() != '2' || q.MTI().Function() != '2') {
		return "", false
	}
	f, _ := c.s.dice.fate(m.command, refusing, []int{30, 30})
	if f == 0 {
		return "", false
	}
	c.s.tell(m, "%s %s: the host refuses it%s", q.MTI(), q.Value("11"), []string{"", ", and does it"}[f-1])
	c.s.mu.Lock()
	c.s.refused = true
	c.s.mu.Unlock()
	return invalid, f == 2
}

// another makes an answer one to somebody else. The amount of an approval of a part is no
// echo but the host's own word, and nobody could tell a wrong one.
func another(a *iso8583.Message, f int) error {
	const part = "10"
	switch {
	case f == otherSTAN:
		return a.Set("11", "999999")
	case f == otherAmount && a.Has("4") && a.Value("39") != part:
		return a.Set("4", "000000000001")
	case f == otherTerminal && a.Has("41"):
		return a.Set("41", "TERM9999")
	}
	return nil
}
