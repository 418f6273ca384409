package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583/link"
)

const commands = 40 // of a schedule

// act is what a command does.
type act string

// The acts. A new kind of transaction is one more here, with a line in acts and one in
// machine.perform; what the books must say of it is told in invariant_test.go.
const (
	swipe      act = "sale by swipe"
	chip       act = "sale by chip"
	tap        act = "sale by tap"
	keyed      act = "sale of a keyed card"
	cash       act = "sale in cash"
	lines      act = "sale of goods by swipe"
	counted    act = "sale of goods in cash"
	shown      act = "sale by a code that is shown"
	scanned    act = "sale by a code that is scanned"
	cashback   act = "sale with cash back"
	instalment act = "sale in instalments"
	voice      act = "sale approved by telephone"
	advance    act = "cash advance"
	preauth    act = "pre-authorization"
	increment  act = "increment"
	completion act = "completion"
	notified   act = "completion by notice"
	tip        act = "tip"
	void       act = "void"
	refund     act = "refund"
	closing    act = "close of the batch"
	scripted   act = "sale by chip with an issuer's script"
	returned   act = "return of goods"
	balance    act = "balance inquiry"
	download   act = "download of parameters"
	decision   act = "word of the manager"
)

// chance is an act and how often it comes, beside the others.
type chance struct {
	act
	weight int
}

func acts() []chance {
	return []chance{
		{swipe, 26}, {chip, 4}, {tap, 3}, {keyed, 2}, {cash, 8}, {lines, 7}, {counted, 8}, {shown, 3}, {scanned, 3},
		{cashback, 2}, {instalment, 1}, {voice, 2}, {advance, 2}, {preauth, 5}, {increment, 2}, {completion, 3}, {notified, 1}, {tip, 3},
		{void, 11}, {refund, 11}, {scripted, 2}, {returned, 5}, {balance, 2}, {download, 1}, {closing, 3}, {decision, 3},
	}
}

// of tells what an act may be done to; nothing where it names no earlier one.
func (a act) of() []act {
	sales := []act{swipe, chip, tap, keyed, cash, shown, scanned, cashback, instalment, voice, completion, notified}
	switch a {
	case void:
		return append(sales, lines, counted, refund, returned, preauth, advance)
	case returned:
		return []act{lines, counted}
	case refund:
		return sales
	case increment, completion, notified:
		return []act{preauth}
	case tip:
		return []act{swipe, chip, tap, keyed, lines, cashback, completion}
	}
	return nil
}

// isMoney reports an act that is for an amount.
func (a act) isMoney() bool { return a != closing && a != decision && a != balance && a != download }

// command is one wish of the shop, under one key.
type command struct {
	n     int // 1 to commands
	till  int // 0 to tills-1
	act   act
	minor int64 // unlike that of any other command of the schedule
	of    int   // of a void or refund: the command that it undoes
	pause time.Duration
}

func (c command) String() string {
	switch {
	case c.act == void:
		return fmt.Sprintf("void of %d", c.of)
	case !c.act.isMoney():
		return string(c.act)
	case c.of != 0:
		return fmt.Sprintf("%s of %s to %d", c.act, cny(c.minor), c.of)
	}
	return fmt.Sprintf("%s, %s", c.act, cny(c.minor))
}

// plan draws what the shop does.
func plan(d *dice) (all []command, machines int) {
	_, r := d.throw(0, planned)
	machines = 1 + r.IntN(tills)
	for n := range commands {
		_, r := d.throw(n+1, planned)
		c := draw(r, n+1, machines, all)
		if d.fair && c.of == 0 {
			c.minor -= c.minor % 100 // no rule of the host either
		}
		all = append(all, c)
	}
	return all, machines
}

func draw(r *rand.Rand, n, machines int, before []command) command {
	c := command{
		n: n, till: r.IntN(machines), act: pick(r), minor: int64(n+10) * 1000, pause: between(r, 100*time.Millisecond, 90*time.Second),
	}
	if c.act.of() == nil {
		c.minor += c.act.cents(r)
		return c
	}
	var found []command
	for _, b := range before {
		if b.till == c.till && slices.Contains(c.act.of(), b.act) {
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		c.act = swipe
		return c
	}
	o := found[r.IntN(len(found))]
	c.of = o.n
	switch c.act {
	case returned:
		c.minor = o.minor
	case refund:
		c.minor = 1 + r.Int64N(o.minor)
	case tip:
		c.minor = 1 + r.Int64N(o.minor/4)
	case increment, completion, notified:
		c.minor = o.minor/2 + r.Int64N(o.minor)
	}
	return c
}

func pick(r *rand.Rand) act {
	sum := 0
	for _, a := range acts() {
		sum += a.weight
	}
	left := r.IntN(sum)
	for _, a := range acts() {
		if left -= a.weight; left < 0 {
			return a.act
		}
	}
	return swipe
}

// cents choose a rule of the host or of the wallets by the end of the amount.
func (a act) cents(r *rand.Rand) int64 {
	switch a {
	case shown, scanned:
		return cents(r, 71, 76, 77, 78)
	case cash, counted, closing, decision, balance, download, voice:
		return 0
	case scripted:
		return scripts()[r.IntN(len(scripts()))]
	case lines: // of a part of which the ticket would wait for the rest
		return cents(r, 5, 51, 68, 69, countedLate, countedMore)
	case preauth, advance: // of which none is miscounted
		return cents(r, 5, 10, 51, 68, 69)
	}
	return cents(r, 5, 10, 51, 68, 69, countedLate, countedMore)
}

// cents are one of some ends, mostly none.
func cents(r *rand.Rand, rules ...int64) int64 {
	if r.IntN(12) > 0 {
		return 0
	}
	return rules[r.IntN(len(rules))]
}

// schedule is one run of a seed through a world.
type schedule struct {
	w        *world
	id       string
	seed     uint64
	dice     *dice
	plan     []command
	left     map[int]bool // commands that are left out
	machines []*machine
	line     *line
	began    time.Time

	mu      sync.Mutex
	story   []string
	wrong   []string
	batches map[int]*machine
	traces  map[traceKey]string // what each trace number was used for
	told    []told
	decided map[till.TxnID]till.Resolution // what a manager said last
	refused bool                           // the host refused something that is owed
	disk    durable                        // of a mutant
}

type traceKey struct {
	terminal string
	batch    int
	stan     till.STAN
}

// told is an outcome as it was told.
type told struct {
	id      till.TxnID
	command int
	outcome till.Outcome
}

// trial is what of a seed is run.
type trial struct {
	seed     uint64
	left     map[int]bool   // commands that are left out
	forgiven map[fault]bool // faults that do not happen
	fair     bool           // none happens
}

// run plays a schedule in a world. The world is of no more use once something was wrong.
func (w *world) run(t *testing.T, tr trial) *schedule {
	w.schedules++
	s := &schedule{
		w: w, id: fmt.Sprint(w.schedules), seed: tr.seed, dice: newDice(tr.seed, tr.forgiven), left: tr.left,
		batches: map[int]*machine{}, traces: map[traceKey]string{}, decided: map[till.TxnID]till.Resolution{},
		disk: durable{pending: map[till.TxnID]till.Txn{}, lost: map[till.TxnID]bool{}, late: map[till.TxnID]bool{}},
	}
	s.dice.fair = tr.fair
	var machines int
	s.plan, machines = plan(s.dice)
	synctest.Test(t, func(*testing.T) { s.play(machines) })
	w.now = start
	return s
}

// play is the whole of a schedule, in a time of its own.
func (s *schedule) play(machines int) {
	s.began = time.Now()
	s.w.now = s.clock
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s.open(ctx)
	for n := range machines {
		m := &machine{s: s, n: n, terminal: s.w.terminal(n), store: s.w.stores[n]}
		m.boot()
		s.machines = append(s.machines, m)
	}
	var working sync.WaitGroup
	for _, m := range s.machines {
		working.Go(m.work)
	}
	working.Wait()
	s.heal(ctx)
	s.check(ctx)
	for _, m := range s.machines {
		_ = m.reg.Close()
	}
}

// open connects the tills and the host.
func (s *schedule) open(ctx context.Context) {
	s.line = &line{
		s: s, spec: s.w.profile.Spec, framing: s.w.framing, handler: s.w.mutant.handler(s),
		calls: make(chan net.Conn, 1), closing: make(chan struct{}),
	}
	server := &link.Server{Spec: s.line.spec, Framing: s.line.framing, Handler: s.line.handler}
	go func() { _ = server.Serve(ctx, s.line) }()
}

// profileOf is the kind of host that a seed is played with.
func profileOf(seed uint64) string {
	names := host.Names()
	return names[seed%uint64(len(names))]
}

// whileReversing is whether a sale may begin while a reversal waits: with half of the seeds of each
// kind of host.
func (s *schedule) whileReversing() bool { return s.seed/uint64(len(host.Names()))%2 == 0 }

// at is the machine of a terminal number; nil of one that was never given.
func (s *schedule) at(terminal string) *machine {
	for _, m := range s.machines {
		if m.terminal == strings.TrimRight(terminal, " ") {
			return m
		}
	}
	return nil
}

// clock is the time of day on the host; tills have clocks of their own.
func (s *schedule) clock() time.Time { return start().Add(time.Since(s.began)) }

// heal ends all faults: what hangs must come to an end within a minute, and what the
// network still holds must change nothing when it comes.
func (s *schedule) heal(ctx context.Context) {
	s.dice.healed = true
	s.tellAll("everything heals")
	for _, m := range s.machines {
		m.command, m.off = 0, 0 // somebody sets the clock right as well
		settled := false
		for began := time.Now(); !settled && time.Since(began) < time.Minute; time.Sleep(time.Second) {
			if settled = m.settle(ctx); !settled {
				m.retryAll(ctx)
			}
		}
		if !settled {
			s.complain("I3: something is open at till %d a minute after everything healed", m.n+1)
		}
	}
	time.Sleep(hostTimeout + latest + time.Minute) // what was late has come
	for _, m := range s.machines {
		m.closeAll(ctx)
	}
}

// tell writes a line of the story.
func (s *schedule) tell(m *machine, format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.dice.healed {
		s.story = append(s.story, fmt.Sprintf("%9.3fs till %d: %s", time.Since(s.began).Seconds(), m.n+1, fmt.Sprintf(format, args...)))
	}
}

func (s *schedule) tellAll(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.story = append(s.story, fmt.Sprintf("%9.3fs %s", time.Since(s.began).Seconds(), line))
}

// complain tells what must not be.
func (s *schedule) complain(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

// tale is the story with what came of it.
func (s *schedule) tale() string {
	return strings.Join(append(append([]string(nil), s.story...), s.wrong...), "\n")
}

// trace notes what a trace number is used for: one thing only, which is a transaction
// with all that is told of it, or a message by itself.
func (s *schedule) trace(q till.Request) {
	use := string(q.Op)
	if q.Txn.ID != "" {
		use = "transaction " + string(q.Txn.ID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := traceKey{q.Terminal, q.Batch, q.STAN}
	if was, ok := s.traces[k]; ok && was != use {
		s.wrong = append(s.wrong, fmt.Sprintf("I8: trace number %s of batch %d was used for %s and for %s", q.STAN, q.Batch, was, use))
	}
	s.traces[k] = use
}
