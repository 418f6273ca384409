package groupcommit

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
)

// MaxGroup bounds how many changes share a COMMIT, and so how long the first of them
// waits for the last.
const MaxGroup = 64

// errAbandoned is what the members of a group get whose leader's goroutine was ended in
// the middle of a change, as runtime.Goexit does.
var errAbandoned = errors.New("the transaction was rolled back: a change in it never returned")

// Transaction is the one transaction of a connection that writes. Its methods are called
// by one goroutine at a time.
type Transaction interface {
	// Begin begins the transaction. Where it fails nothing has begun.
	Begin() error
	// Commit makes it durable. Where it fails Rollback is called.
	Commit() error
	// Rollback ends it as if it had never begun. It may have ended by itself, as SQLite
	// ends one on a full disk.
	Rollback()
	// IsOpen reports that the transaction has not ended by itself.
	IsOpen() bool
	// Savepoint begins the next change within the transaction.
	Savepoint() error
	// Release ends the change and keeps it.
	Release() error
	// RollbackTo ends the change and undoes it.
	RollbackTo() error
}

// Queue runs changes in a transaction, several in one where they come at the same time.
// It is safe for concurrent use.
type Queue struct {
	tx Transaction

	mu      sync.Mutex
	waiting []*member
	isLed   bool // somebody leads, and takes care of those who wait
	crowded bool // somebody came while the last group was led
}

// NewQueue is a queue of changes to what tx writes. Nobody else may use it.
func NewQueue(tx Transaction) *Queue { return &Queue{tx: tx} }

// member is a change, and whoever waits for it.
type member struct {
	change func() error
	woken  chan struct{} // closed when it is decided, or leads
	leads  bool

	err    error
	thrown *thrown
}

// thrown is what a change panicked with. It goes on in the goroutine of its caller.
type thrown struct{ value any }

// Do runs change in the transaction and returns once that is committed. Where it returns
// an error nothing of the change was kept, as far as Commit and Rollback can tell: the
// error is the change's own, that of Begin or Commit, or wraps the one of another change
// on which the whole transaction ended by itself. change may run in another goroutine,
// while the caller waits.
func (q *Queue) Do(change func() error) error {
	m := &member{change: change, woken: make(chan struct{})}
	if !q.takeLead(m) {
		<-m.woken
	}
	if m.leads {
		q.lead(m)
	}
	if m.thrown != nil {
		panic(m.thrown.value)
	}
	return m.err
}

// takeLead makes m the leader where there is none; else it waits.
func (q *Queue) takeLead(m *member) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.isLed {
		q.waiting = append(q.waiting, m)
		return false
	}
	q.isLed, m.leads = true, true
	return true
}

// lead commits the change of m with those that come meanwhile, and hands on the lead.
func (q *Queue) lead(m *member) {
	g := &group{tx: q.tx}
	defer q.handOn(g)
	g.run(m)
	for range MaxGroup - 1 {
		next := q.next()
		if next == nil && q.isCrowded() && !g.hasYielded {
			g.hasYielded = true
			runtime.Gosched() // those who are about to come need the processor
			next = q.next()
		}
		if next == nil {
			break
		}
		g.run(next)
	}
	g.commit()
}

// isCrowded reports that somebody came while the last group was led, so that others are
// likely to be on their way. One who is alone never waits for them.
func (q *Queue) isCrowded() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.crowded
}

// next is the first who waits; nil where nobody does.
func (q *Queue) next() *member {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pop()
}

func (q *Queue) pop() *member {
	if len(q.waiting) == 0 {
		return nil
	}
	m := q.waiting[0]
	q.waiting = q.waiting[1:]
	return m
}

// handOn lets the first who waits lead, and then tells the members of the group, so that
// the disk is at work while they go on. It also runs where a change ended the goroutine.
func (q *Queue) handOn(g *group) {
	g.abandon()
	if next := q.successor(len(g.decided)); next != nil {
		close(next.woken)
	}
	for _, m := range g.decided {
		if !m.leads {
			close(m.woken)
		}
	}
}

// successor is the first who waits, who leads from now on. Where nobody waits nobody leads.
// decided is how many were in the group before.
func (q *Queue) successor(decided int) *member {
	q.mu.Lock()
	defer q.mu.Unlock()
	m := q.pop()
	q.crowded = decided > 1 || m != nil
	if m == nil {
		q.isLed, q.waiting = false, nil
		return nil
	}
	m.leads = true
	return m
}

// group is the changes of one transaction.
type group struct {
	tx      Transaction
	isBegun bool
	within  []*member // whose changes stand in the transaction
	running *member   // whose change runs
	decided []*member // of whom it is known what became

	hasYielded bool // the processor, to those who are about to come
}

// run runs the change of m in the group's transaction.
func (g *group) run(m *member) {
	g.running = m
	var err error
	switch {
	case len(g.within) == 0:
		err = g.runAlone(m)
	default:
		err = g.runAmong(m)
	}
	g.running = nil
	if err != nil || m.thrown != nil {
		m.err = err
		g.decided = append(g.decided, m)
		return
	}
	g.within = append(g.within, m)
}

// runAlone runs a change that is alone in the transaction, and needs no savepoint.
func (g *group) runAlone(m *member) error {
	if err := g.tx.Begin(); err != nil {
		return err
	}
	g.isBegun = true
	err := m.run()
	if err != nil || m.thrown != nil {
		g.rollback()
	}
	return err
}

// runAmong runs a change behind others, under a savepoint. Where that cannot be ended the
// transaction has ended by itself, and with it the changes before.
func (g *group) runAmong(m *member) error {
	if len(g.within) == 1 && !g.tx.IsOpen() { // or the savepoint would begin a transaction of its own
		g.fail(errors.New("the transaction ended by itself"))
		return g.runAlone(m)
	}
	if err := g.tx.Savepoint(); err != nil {
		g.fail(err)
		return err
	}
	err := m.run()
	if err == nil && m.thrown == nil {
		if err = g.tx.Release(); err != nil {
			g.fail(err)
		}
		return err
	}
	if undoing := g.tx.RollbackTo(); undoing != nil {
		g.fail(errors.Join(err, undoing))
	}
	return err
}

// run runs the change and catches its panic.
func (m *member) run() error {
	isOver := false
	defer func() {
		if value := recover(); value != nil && !isOver {
			m.thrown = &thrown{value}
		}
	}()
	err := m.change()
	isOver = true
	return err
}

// fail rolls back, and whoever stood in the transaction is told the cause.
func (g *group) fail(cause error) {
	g.rollback()
	for _, m := range g.within {
		m.err = fmt.Errorf("the transaction was rolled back: %w", cause)
	}
	g.decided, g.within = append(g.decided, g.within...), nil
}

func (g *group) rollback() {
	g.tx.Rollback()
	g.isBegun = false
}

// commit commits what stands.
func (g *group) commit() {
	if len(g.within) == 0 {
		return
	}
	if err := g.tx.Commit(); err != nil {
		g.rollback()
		for _, m := range g.within {
			m.err = err
		}
	}
	g.isBegun = false
	g.decided, g.within = append(g.decided, g.within...), nil
}

// abandon rolls back a group that was left in the middle of a change.
func (g *group) abandon() {
	if g.running == nil {
		return
	}
	if g.isBegun {
		g.fail(errAbandoned)
	}
	g.running.err = errAbandoned
	g.decided, g.running = append(g.decided, g.running), nil
}
