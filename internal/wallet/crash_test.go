package wallet

import (
	"fmt"
	"testing"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// fate is what becomes of a message to the gateway.
type fate int

const (
	arrives      fate = iota
	requestLost       // nothing arrives; the till waits in vain
	requestLate       // nothing arrives until everything seems over
	requestTwice      // the network delivers it twice
	answerLost        // it is processed; the answer never comes, or is of something else
	notSent           // there was no connection
)

func (f fate) String() string {
	return [...]string{"arrives", "lost", "late", "twice", "answer-lost", "not-sent"}[f]
}

// shopper is what the shopper does with a code, or the gateway with a refund.
type shopper int

const (
	pays        shopper = iota // as soon as it can be paid
	paysSlowly                 // after two queries
	paysAtClose                // in the moment in which the order is closed
	paysNever
	isRefused // the wallet has no money
)

func (b shopper) String() string {
	return [...]string{"pays", "pays-slowly", "pays-at-close", "pays-never", "is-refused"}[b]
}

// gateway is the other side: one order, known by its number, and what moved.
type gateway struct {
	shopper   shopper
	forgets   bool // mutant: no tombstones
	flow      Flow
	exists    bool
	closed    bool
	failed    bool
	charges   int
	spent     bool // the payment code
	queries   int
	refunds   int
	refund    bool // one is known by its number
	refusing  bool // the next refund is refused
	refundAsk int
}

func (g *gateway) tryPay() {
	switch {
	case !g.exists, g.closed, g.charges > 0, g.failed:
	case g.shopper == pays, g.shopper == paysSlowly && g.queries >= 2:
		g.charges++
	case g.shopper == isRefused:
		g.failed = true
	}
}

func (g *gateway) status() Answer {
	g.tryPay()
	switch {
	case g.closed:
		return Answer{Status: Closed}
	case !g.exists:
		return Answer{Status: NotFound}
	case g.failed:
		return Answer{Status: Failed, RefusedCode: "no_money"}
	case g.charges > 0:
		return Answer{Status: Paid, TradeNo: "T"}
	case g.flow == Scanned || g.queries > 0:
		return Answer{Status: Pending, Code: "C"}
	}
	return Answer{Status: Unpaid, Code: "C"}
}

// take answers a call. A payment code that is handed in twice is refused, as the wallets
// do, whoever asks.
func (g *gateway) take(c Call) Answer {
	switch c {
	case CallCreate:
		g.exists = g.exists || !g.closed
		return Answer{Status: g.status().Status, Code: "C"}
	case CallSubmit:
		if g.spent {
			return Answer{Status: Failed, RefusedCode: "code_used"}
		}
		g.spent = true
		g.exists = g.exists || !g.closed
		return g.status()
	case CallQuery:
		a := g.status()
		g.queries++
		return a
	case CallClose:
		return g.close()
	case CallRefund:
		return g.payBack()
	case CallQueryRefund:
		g.refundAsk++
		return g.refundStatus()
	case NoCall:
	}
	return Answer{}
}

func (g *gateway) close() Answer {
	if g.shopper == paysAtClose && g.exists && !g.closed && g.charges == 0 {
		g.charges++
	}
	if a := g.status(); a.Status == Paid || a.Status == Failed {
		return a
	}
	if g.exists || !g.forgets {
		g.closed = true
	}
	return Answer{Status: Closed}
}

func (g *gateway) payBack() Answer {
	if g.refusing && !g.refund {
		g.refund, g.failed = true, true
	}
	g.refund = true
	return g.refundStatus()
}

func (g *gateway) refundStatus() Answer {
	switch {
	case !g.refund:
		return Answer{Status: NotFound}
	case g.refusing:
		return Answer{Status: Failed, RefusedCode: "too_much"}
	case g.shopper == paysSlowly && g.flow == Refunding && g.refundAsk < 2:
		return Answer{Status: Pending}
	}
	g.refunds = 1
	return Answer{Status: Paid, TradeNo: "R"}
}

// world is one till, its disk, the line and the gateway.
type world struct {
	schedule
	step     func(State, Event) (State, []Action)
	gateway  gateway
	disk     *Order
	isFirst  map[Call]bool
	late     []Call
	healed   bool
	waits    int
	submits  int
	queue    []Event
	told     []OrderState
	points   int
	cuts     []int // where the power is cut, ascending
	complain func(string, ...any)
}

// schedule is one way in which everything may go.
type schedule struct {
	flow    Flow
	shopper shopper
	fates   map[Call]fate // of the first call of each kind
	notices noticeFate
	patience
}

// noticeFate is what the network brings without being asked.
type noticeFate int

const (
	noNotice noticeFate = iota
	noticeOnTime
	noticeTwice
	noticeLate
	noticeForged
)

// patience is when the shop gives up: at which pause, or while which call is out (by
// its number), or while the first commit is under way.
type patience struct {
	event  Event
	atWait int
	atCall int
}

func (p patience) String() string {
	return fmt.Sprintf("%T wait %d call %d", p.event, p.atWait, p.atCall)
}

func patiences() []patience {
	return []patience{
		{Deadline{}, 5, 0}, {Deadline{}, 1, 0}, {Deadline{}, 0, 1}, {Deadline{}, 0, 2}, {Deadline{}, 0, -1},
		{Canceled{}, 1, 0}, {Canceled{}, 2, 0}, {Canceled{}, 0, 1}, {Canceled{}, 0, 2}, {Canceled{}, 0, -1},
	}
}

// powerCut ends a run.
type powerCut struct{}

// point is a moment in which the power may go.
func (w *world) point() {
	if len(w.cuts) > 0 && w.points == w.cuts[0] {
		w.cuts = w.cuts[1:]
		w.points++
		panic(powerCut{})
	}
	w.points++
}

// run is what the register does: it performs the actions and feeds back what came.
func (w *world) run(s State, first Event) (cut bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(powerCut); !ok {
				panic(r)
			}
			cut = true
		}
	}()
	w.queue, w.waits = []Event{first}, 0
	calls := 0
	for len(w.queue) > 0 {
		e := w.queue[0]
		w.queue = w.queue[1:]
		var actions []Action
		s, actions = w.step(s, e)
		for _, a := range actions {
			w.point()
			w.perform(a, &calls)
		}
	}
	w.point()
	return false
}

func (w *world) perform(a Action, calls *int) {
	switch a := a.(type) {
	case Commit:
		if w.disk == nil && w.atCall == -1 && !w.healed {
			w.feed(w.event)
		}
		o := a.Order
		w.disk = &o
		w.point()
		w.feed(Committed{Order: o})
	case Wait:
		w.wait()
	case Print:
		w.told = append(w.told, w.disk.State)
	case Show, Note:
	default:
		*calls++
		if *calls == w.atCall && !w.healed {
			w.feed(w.event)
		}
		w.call(callOf(a))
	}
}

func (w *world) feed(e Event) { w.queue = append(w.queue, e) }

func callOf(a Action) Call {
	switch a.(type) {
	case Create:
		return CallCreate
	case Submit:
		return CallSubmit
	case Query:
		return CallQuery
	case Close:
		return CallClose
	case Refund:
		return CallRefund
	}
	return CallQueryRefund
}

// wait brings what the network holds, then the end of the pause; in the end the shop's
// patience, and when nothing more can come of it the caller stops.
func (w *world) wait() {
	w.waits++
	switch {
	case w.waits > 40:
		return
	case w.healed && w.waits == 1, !w.healed && w.waits == 8:
		w.feed(Deadline{}) // nobody waits at the counter, or not for ever
	case w.waits == w.atWait && !w.healed:
		w.feed(w.event)
	case w.waits == 1 && w.notices != noNotice && w.notices != noticeLate:
		w.notify()
	default:
		w.feed(Due{})
	}
}

func (w *world) notify() {
	n := Notice{Trusted: true, Number: w.disk.Number, Status: Paid, Amount: w.disk.Amount}
	if w.flow == Refunding {
		n.RefundNumber = w.disk.RefundNumber
	}
	switch w.notices {
	case noticeForged:
		n.Trusted = false
	case noticeTwice:
		w.feed(Notified{n})
	case noNotice, noticeLate, noticeOnTime:
	}
	w.feed(Notified{n})
}

// call carries one message by its fate.
func (w *world) call(c Call) {
	if c == CallSubmit {
		w.submits++
	}
	f := w.fates[c]
	if w.healed || w.isFirst[c] {
		f = arrives
	}
	w.isFirst[c] = true
	silence := NoAnswer{Reason: till.ReasonTimeout}
	switch f {
	case requestLost:
		w.feed(silence)
	case notSent:
		w.feed(NoAnswer{Reason: till.ReasonLink, NotSent: true})
	case requestLate:
		w.late = append(w.late, c)
		w.feed(silence)
	case answerLost:
		w.gateway.take(c)
		w.point()
		w.feed(silence)
	case requestTwice:
		w.point()
		a := w.gateway.take(c)
		if c != CallSubmit { // the second of two copies of one submission is known by its number
			w.gateway.take(c)
		}
		w.point()
		w.feed(Answered{a})
	case arrives:
		w.point()
		a := w.gateway.take(c)
		w.point()
		w.feed(Answered{a})
	}
}

// play runs one world to its end: the power is cut where cuts say, the till comes back,
// the line heals, what the network still held arrives, and the books must agree.
func (w *world) play(t testing.TB) int {
	if w.step == nil {
		w.step = Step
	}
	w.isFirst, w.gateway.flow, w.gateway.shopper = map[Call]bool{}, w.flow, w.shopper
	o := Order{Number: "N", Flow: w.flow, Amount: cny(t, 1250)}
	if w.flow == Refunding {
		o.RefundNumber, w.gateway.exists, w.gateway.charges = "F", true, 1
		w.gateway.refusing = w.shopper == isRefused
	}
	cut := w.run(Begin(o, card.NewSecret("13")), Start{})
	points := w.points
	w.healed = true
	for range 4 {
		w.flush()
		if w.disk == nil || (w.disk.State.IsFinal() && !cut) {
			break
		}
		cut = w.run(Resume(*w.disk), Restarted{})
	}
	w.flush()
	w.check()
	return points
}

// flush delivers what was late.
func (w *world) flush() {
	for _, c := range w.late {
		w.gateway.take(c)
	}
	w.late = nil
	if w.notices == noticeLate && w.disk != nil {
		s, actions := w.step(Resume(*w.disk), Notified{Notice{Trusted: true, Number: w.disk.Number, Status: Paid, Amount: w.disk.Amount}})
		if s.Order != *w.disk {
			w.complain("a late notification changed the order to %s", s.Order.State)
		}
		if _, isNote := actions[0].(Note); !isNote {
			w.complain("a late notification was not recorded")
		}
	}
	w.gateway.tryPay() // whoever can still pay, pays
}

// check holds the books of both sides against each other.
func (w *world) check() {
	g := w.gateway
	state := OrderState("")
	if w.disk != nil {
		state = w.disk.State
	}
	charges, refunds := g.charges, g.refunds
	if w.flow == Refunding {
		charges = 0
	}
	switch {
	case w.disk == nil && (charges != 0 || refunds != 0):
		w.complain("nothing is on the disk, and %d payments, %d refunds happened", charges, refunds)
	case w.disk != nil && !state.IsFinal():
		w.complain("it is still %s after everything healed", state)
	case charges > 1:
		w.complain("charged %d times", charges)
	case w.submits > 1:
		w.complain("the payment code was handed in %d times", w.submits)
	}
	want := map[OrderState]bool{
		"": charges == 0, StatePaid: charges == 1 && refunds == 0, StateFailed: charges == 0,
		StateClosed: charges == 0, StateReversed: charges == refunds,
	}
	if w.flow == Refunding {
		want = map[OrderState]bool{"": refunds == 0, StatePaid: refunds == 1, StateFailed: refunds == 0}
	}
	if !want[state] {
		w.complain("the till says %q, the gateway has %d payments and %d refunds", state, charges, refunds)
	}
	for _, said := range w.told {
		if said != state {
			w.complain("told %s, and it is %s", said, state)
		}
	}
}

// firstCall is the call that an order of a flow begins with.
func firstCall(f Flow) Call {
	switch f {
	case Shown:
		return CallCreate
	case Scanned:
		return CallSubmit
	}
	return CallRefund
}

// schedules are all ways in which a flow may go: every fate of each kind of message times
// what the shopper, the shop and the network do.
func schedules(f Flow) []schedule {
	var all []schedule
	ends := []fate{arrives, requestLost, answerLost, requestTwice} // one of closing and refund goes wrong, or both are silent
	for _, first := range []fate{arrives, requestLost, requestLate, requestTwice, answerLost, notSent} {
		for _, query := range []fate{arrives, answerLost} {
			for _, closing := range ends {
				for _, refund := range ends {
					if closing != arrives && refund != arrives && (closing != answerLost || refund != answerLost) {
						continue
					}
					if f == Refunding && (closing != arrives || refund != arrives) {
						continue
					}
					fates := map[Call]fate{CallQuery: query, CallClose: closing, CallRefund: refund, CallQueryRefund: query}
					fates[firstCall(f)] = first
					all = append(all, spread(f, fates)...)
				}
			}
		}
	}
	return all
}

func spread(f Flow, fates map[Call]fate) []schedule {
	var all []schedule
	for _, b := range []shopper{pays, paysSlowly, paysAtClose, paysNever, isRefused} {
		for _, p := range patiences() {
			for _, n := range []noticeFate{noNotice, noticeOnTime, noticeTwice, noticeLate, noticeForged} {
				all = append(all, schedule{f, b, fates, n, p})
			}
		}
	}
	return all
}

// The proof that no order is paid and forgotten and none is charged twice: for every
// schedule the power is cut at every point (on either side of each commit and of each
// message), the till comes back, the line heals, and what was late arrives.
func TestEveryCrashOfOneOrder(t *testing.T) {
	for _, f := range []Flow{Shown, Scanned, Refunding} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			worlds := 0
			for _, s := range schedules(f) {
				worlds += walk(t, s, nil, complainTo(t, s))
				if t.Failed() {
					return
				}
			}
			t.Logf("%d worlds", worlds)
		})
	}
}

// A second cut may come while the till recovers from the first.
func TestEveryTwoCrashesOfOneOrder(t *testing.T) {
	for _, f := range []Flow{Shown, Scanned, Refunding} {
		for _, b := range []shopper{pays, paysSlowly, paysAtClose, paysNever, isRefused} {
			for _, first := range []fate{arrives, answerLost, requestLate} {
				s := schedule{f, b, map[Call]fate{firstCall(f): first}, noticeOnTime, patience{Deadline{}, 2, 0}}
				whole := (&world{schedule: s, complain: complainTo(t, s)}).play(t)
				for one := range whole {
					for two := one + 1; two < one+25; two++ {
						(&world{schedule: s, cuts: []int{one, two}, complain: complainTo(t, s)}).play(t)
					}
				}
			}
		}
	}
}

func complainTo(t testing.TB, s schedule) func(string, ...any) {
	return func(format string, args ...any) {
		t.Errorf("%s, shopper %s, %v, notices %d, %s: %s", s.flow, s.shopper, s.fates, s.notices, s.patience, fmt.Sprintf(format, args...))
	}
}

// walk plays a schedule whole and then once for every point at which it can be cut.
func walk(t testing.TB, s schedule, step func(State, Event) (State, []Action), complain func(string, ...any)) int {
	points := (&world{schedule: s, step: step, complain: complain}).play(t)
	for at := range points {
		(&world{schedule: s, step: step, cuts: []int{at}, complain: complain}).play(t)
	}
	return points + 1
}

// What the proof is worth: each of these, the faults of real tills, must be caught by the
// same schedules.
func TestCrashesCatchMutants(t *testing.T) {
	mutants := map[string]func(State, Event) (State, []Action){
		"hands the payment code in again after a silence":  submitsAgain,
		"takes a time-out for a failure":                   failsOnTimeout,
		"calls before it commits":                          callsFirst,
		"believes a notification":                          believes,
		"takes 'already paid' at the closing for 'closed'": forgetsPaidAtClose,
		"cancels by forgetting":                            forgetsOnCancel,
		"takes silence after a refund for a failure":       failsRefund,
	}
	for name, mutant := range mutants {
		t.Run(name, func(t *testing.T) {
			caught := 0
			for _, f := range []Flow{Shown, Scanned, Refunding} {
				for _, s := range spread(f, map[Call]fate{firstCall(f): answerLost, CallRefund: answerLost}) {
					walk(t, s, mutant, func(string, ...any) { caught++ })
				}
			}
			if caught == 0 {
				t.Error("passed every schedule")
			}
			t.Logf("caught %d times", caught)
		})
	}
}

// What must come of a payment when nothing but one message goes wrong.
func TestWhatComesOfAnOrder(t *testing.T) {
	patient := patience{Deadline{}, 5, 0}
	rows := []struct {
		flow    Flow
		shopper shopper
		first   fate
		patience
		want OrderState
	}{
		{Shown, pays, arrives, patient, StatePaid},
		{Shown, pays, requestLost, patient, StatePaid},
		{Shown, pays, answerLost, patient, StatePaid},
		{Shown, pays, requestTwice, patient, StatePaid},
		{Shown, paysSlowly, answerLost, patient, StatePaid},
		{Shown, pays, notSent, patient, StateFailed},
		{Shown, isRefused, arrives, patient, StateFailed},
		{Shown, paysNever, arrives, patient, StateClosed},
		{Shown, paysAtClose, arrives, patient, StateReversed},
		{Shown, paysNever, arrives, patience{Canceled{}, 1, 0}, StateClosed},
		{Shown, pays, arrives, patience{Canceled{}, 0, 1}, StateReversed}, // the call that is out finds the payment
		{Shown, pays, arrives, patience{Deadline{}, 0, 1}, StatePaid},
		{Shown, pays, arrives, patience{Canceled{}, 0, -1}, StateFailed}, // before anything was sent
		{Scanned, pays, arrives, patient, StatePaid},
		{Scanned, pays, answerLost, patient, StatePaid},
		{Scanned, paysSlowly, arrives, patient, StatePaid},
		{Scanned, paysSlowly, answerLost, patient, StatePaid},
		{Scanned, pays, requestLost, patient, StateReversed},
		{Scanned, pays, requestLate, patient, StateReversed},
		{Scanned, pays, notSent, patient, StateFailed},
		{Scanned, isRefused, arrives, patient, StateFailed},
		{Scanned, paysNever, arrives, patient, StateReversed},
		{Scanned, paysAtClose, arrives, patient, StateReversed},
		{Scanned, pays, arrives, patience{Canceled{}, 0, 1}, StateReversed},
		{Scanned, pays, arrives, patience{Deadline{}, 0, 1}, StatePaid},
		{Refunding, pays, arrives, patient, StatePaid},
		{Refunding, pays, requestLost, patient, StatePaid},
		{Refunding, pays, answerLost, patient, StatePaid},
		{Refunding, paysSlowly, arrives, patient, StatePaid},
		{Refunding, isRefused, arrives, patient, StateFailed},
		{Refunding, pays, notSent, patient, StateFailed},
		{Refunding, pays, arrives, patience{Canceled{}, 0, 1}, StatePaid},
	}
	for _, r := range rows {
		s := schedule{r.flow, r.shopper, map[Call]fate{firstCall(r.flow): r.first}, noNotice, r.patience}
		w := &world{schedule: s, complain: complainTo(t, s)}
		w.play(t)
		if w.disk.State != r.want {
			t.Errorf("%s, shopper %s, first call %s, %s: got %s, want %s", r.flow, r.shopper, r.first, r.patience, w.disk.State, r.want)
		}
	}
}

// A gateway that does not remember what it closed breaks the books, whatever the till
// does: the port asks for the tombstone, and the proof needs it.
func TestCrashesNeedTombstones(t *testing.T) {
	caught := 0
	for _, s := range spread(Scanned, map[Call]fate{CallSubmit: requestLate}) {
		w := &world{schedule: s, complain: func(string, ...any) { caught++ }}
		w.gateway.forgets = true
		w.play(t)
	}
	if caught == 0 {
		t.Error("a gateway that forgets passed every schedule")
	}
}

func submitsAgain(s State, e Event) (State, []Action) {
	if silence, ok := e.(NoAnswer); ok && s.Call == CallSubmit && !silence.NotSent && s.Asked < 2 {
		s.Asked++
		return s, []Action{Submit{}}
	}
	return Step(s, e)
}

func failsOnTimeout(s State, e Event) (State, []Action) {
	if silence, ok := e.(NoAnswer); ok && s.isAwaited() {
		return s.fail(Answer{}, silence.Reason)
	}
	return Step(s, e)
}

func callsFirst(s State, e Event) (State, []Action) {
	next, actions := Step(s, e)
	if commit, ok := firstOf(actions).(Commit); ok && s.Phase == Starting {
		return Step(next, Committed{Order: commit.Order})
	}
	return next, actions
}

func believes(s State, e Event) (State, []Action) {
	if n, ok := e.(Notified); ok && s.isAwaited() && n.Notice.Status == Paid && s.Phase == Waiting {
		return s.commit(StatePaid)
	}
	return Step(s, e)
}

func forgetsPaidAtClose(s State, e Event) (State, []Action) {
	if a, ok := e.(Answered); ok && s.Call == CallClose && a.Answer.Status == Paid {
		return s.commit(StateClosed)
	}
	return Step(s, e)
}

func forgetsOnCancel(s State, e Event) (State, []Action) {
	if _, ok := e.(Canceled); ok && s.Phase == Waiting && s.isAwaited() {
		return s.fail(Answer{}, till.ReasonCanceled)
	}
	return Step(s, e)
}

func failsRefund(s State, e Event) (State, []Action) {
	if _, ok := e.(NoAnswer); ok && s.Call == CallRefund && s.Order.Flow == Refunding {
		return s.fail(Answer{}, till.ReasonTimeout)
	}
	return Step(s, e)
}

func firstOf(actions []Action) Action {
	if len(actions) == 0 {
		return nil
	}
	return actions[0]
}
