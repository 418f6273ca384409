package hostsim_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// known is what a till knows of one request for money: what it asked and what it was
// told last.
type known struct {
	request till.Request
	code    string // of the first answer
	auth    string
	undone  bool // a reversal was answered with 00 or 25
}

// counts reports that the till believes the money moved.
func (k *known) counts() bool { return k.code == "00" && !k.undone }

// machine asks a host whatever comes to its mind, and keeps books of its own by the
// answers alone. Its actions are the methods that take a *rapid.T.
type machine struct {
	*shop
	test   testing.TB // the surrounding test, which lives longer
	dir    string
	host   *hostsim.Host
	trace  map[int]map[till.STAN]*known // by batch
	graves map[int]map[till.STAN]bool   // reversed before they were asked
	closed map[int]bool
	other  *hostsim.Host // a second process on the folder; it has no rules
}

// TestBooks: whatever terminals ask in whatever order, with repeats, reversals before
// and after the fact, restarts and two hosts on the folder, the postings sum to zero,
// the totals are what the terminal was told, and nothing that was reversed or buried
// ever stands.
func TestBooks(t *testing.T) {
	root, run := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		m := &machine{
			shop: newShop(t, nil), test: t, dir: filepath.Join(root, fmt.Sprint(run)),
			trace: map[int]map[till.STAN]*known{}, graves: map[int]map[till.STAN]bool{}, closed: map[int]bool{},
		}
		m.start()
		rt.Cleanup(m.stop)
		rt.Repeat(rapid.StateMachineActions(m))
	})
}

func (m *machine) start() {
	m.host, m.other = m.open(hostsim.Rules()), m.open([]hostsim.Rule{})
	m.through(m.host)
}

func (m *machine) open(rules []hostsim.Rule) *hostsim.Host {
	h, err := hostsim.Open(context.Background(), hostsim.Config{Dir: m.dir, Now: day, Random: &drum{}, Rules: rules, Unsynced: true})
	if err != nil {
		m.test.Fatal(err)
	}
	return h
}

func (m *machine) stop() {
	_, _ = m.host.Close(), m.other.Close()
}

// through is which host is asked from here on.
func (m *machine) through(h *hostsim.Host) { m.ask = newShop(m.test, h).ask }

// kept is the books of the current batch.
func (m *machine) kept() map[till.STAN]*known {
	if m.trace[m.batch] == nil {
		m.trace[m.batch], m.graves[m.batch] = map[till.STAN]*known{}, map[till.STAN]bool{}
	}
	return m.trace[m.batch]
}

// someSTAN is one of few, so that numbers meet.
func someSTAN(rt *rapid.T, label string) till.STAN {
	return till.STAN(rapid.IntRange(1, 12).Draw(rt, label))
}

func (m *machine) someCard(rt *rapid.T) card.PAN {
	return pan(m.test, rapid.SampledFrom([]string{"4111111111111111", "5413330089010434"}).Draw(rt, "card"))
}

// someAmount is one of few, some of which are declined or lose their answer.
func (m *machine) someAmount(rt *rapid.T) money.Amount {
	return amount(m.test, rapid.SampledFrom([]string{"1.00", "2.00", "2.00", "3.51", "4.68"}).Draw(rt, "amount"))
}

// Sell asks for a sale, under a number that may be taken or buried.
func (m *machine) Sell(rt *rapid.T) {
	m.money(rt, m.sale(someSTAN(rt, "stan"), m.someAmount(rt), m.someCard(rt)))
}

// Void asks to void something, asked before or not.
func (m *machine) Void(rt *rapid.T) {
	original := someSTAN(rt, "original")
	a := m.someAmount(rt)
	if k := m.kept()[original]; k != nil {
		a = k.request.Txn.Amount
	}
	m.money(rt, m.refer(till.Void, someSTAN(rt, "stan"), a, original))
}

// Refund asks to pay back a part of something of this or an earlier batch.
func (m *machine) Refund(rt *rapid.T) {
	m.money(rt, m.refer(till.Refund, someSTAN(rt, "stan"), m.someAmount(rt), someSTAN(rt, "original")))
}

// Repeat sends a request again, to either host.
func (m *machine) Repeat(rt *rapid.T) {
	if k := m.kept()[someSTAN(rt, "stan")]; k != nil {
		m.money(rt, k.request)
	}
}

// money asks for money and checks the answer against what was said before.
func (m *machine) money(rt *rapid.T, r till.Request) {
	m.through(rapid.SampledFrom([]*hostsim.Host{m.host, m.other}).Draw(rt, "host"))
	before := m.kept()[r.STAN]
	a, silent := m.told(r)
	switch {
	case before == nil:
		m.first(rt, r, a)
	case !same(before.request, r):
		if a.ResponseCode != "94" && !silent {
			rt.Fatalf("%s under a taken number answered %s", r.STAN, a.ResponseCode)
		}
	case silent: // as before
	case before.counts() && (a.ResponseCode != "00" || a.AuthCode != before.auth):
		rt.Fatalf("%s again answered %+v, first %+v", r.STAN, a, *before)
	case !before.counts() && a.ResponseCode == "00":
		rt.Fatalf("%s was undone or declined, and again answered 00", r.STAN)
	}
}

// told sends the request. Of an answer that is lost the till may not know, but the
// machine does: the other host has no rules, and says again what was answered.
func (m *machine) told(r till.Request) (a till.Answer, silent bool) {
	a, err := m.send(r)
	if err == nil {
		return a, false
	}
	m.through(m.other)
	if a, err = m.send(r); err != nil {
		m.test.Fatal(err)
	}
	return a, true
}

func (m *machine) first(rt *rapid.T, r till.Request, a till.Answer) {
	buried := m.graves[m.batch][r.STAN]
	if a.ResponseCode == "00" && (buried || m.closed[m.batch]) {
		rt.Fatalf("%s is buried (%v) or its batch closed, and was answered 00", r.STAN, buried)
	}
	m.kept()[r.STAN] = &known{request: m.asked[r.STAN], code: a.ResponseCode, auth: a.AuthCode, undone: buried}
}

// same is what a host must hold for the same request.
func same(a, b till.Request) bool {
	return a.Txn.Kind == b.Txn.Kind && a.Txn.Amount == b.Txn.Amount && a.Card.PAN.Equal(b.Card.PAN) &&
		(a.Original == nil) == (b.Original == nil) && (a.Original == nil || a.Original.STAN == b.Original.STAN && a.Original.RRN == b.Original.RRN)
}

// Reverse asks to undo something, which may never have been asked.
func (m *machine) Reverse(rt *rapid.T) {
	stan := someSTAN(rt, "stan")
	a := m.someAmount(rt)
	k := m.kept()[stan]
	if k != nil {
		a = k.request.Txn.Amount
	}
	again := rapid.Bool().Draw(rt, "repeat")
	switch code := m.code(m.reversal(stan, a, again)); {
	case code == "25" && k != nil && !m.graves[m.batch][stan]:
		rt.Fatalf("%s was asked, and its reversal answered 25", stan)
	case code == "25":
		m.graves[m.batch][stan] = true
	case code == "00" && k == nil:
		rt.Fatalf("%s was never asked, and its reversal answered 00", stan)
	case code == "00":
		k.undone = true
	}
}

// Close settles the batch by the machine's own books, which the host must share, and
// goes on to the next; now and then back to an old one.
func (m *machine) Close(rt *rapid.T) {
	ours := m.totals()
	wrong := ours
	wrong.DebitMinor++
	if a, err := m.send(m.shop.totals(99, wrong)); err != nil || a.InBalance {
		rt.Fatalf("wrong totals %+v answered %+v, %v", wrong, a, err)
	}
	for range 2 {
		if a, err := m.send(m.shop.totals(99, ours)); err != nil || !a.InBalance {
			rt.Fatalf("totals %+v answered %+v, %v", ours, a, err)
		}
	}
	m.closed[m.batch] = true
	m.turn(rapid.IntRange(1, m.batch+1).Draw(rt, "batch"))
}

// turn is to another batch: the shop remembers requests by their number alone.
func (m *machine) turn(batch int) {
	m.batch = batch
	m.asked = map[till.STAN]till.Request{}
	for stan, k := range m.kept() {
		m.asked[stan] = k.request
	}
}

// Restart closes both hosts, so that the journal is folded into the file, and opens
// them again.
func (m *machine) Restart(*rapid.T) {
	m.stop()
	m.start()
}

// totals are the batch by the answers.
func (m *machine) totals() till.Totals {
	t := till.Totals{Currency: "CNY"}
	for _, k := range m.kept() {
		if !k.counts() {
			continue
		}
		minor := k.request.Txn.Amount.Minor()
		switch {
		case k.request.Txn.Kind == till.Sale:
			t.Debits, t.DebitMinor = t.Debits+1, t.DebitMinor+minor
		case k.request.Txn.Kind == till.Refund:
			t.Credits, t.CreditMinor = t.Credits+1, t.CreditMinor+minor
		case m.kept()[k.request.Original.STAN].request.Txn.Kind == till.Sale:
			t.DebitReversals, t.DebitRevMinor = t.DebitReversals+1, t.DebitRevMinor+minor
		default:
			t.CreditReversals, t.CreditRevMinor = t.CreditReversals+1, t.CreditRevMinor+minor
		}
	}
	return t
}

// Check looks at the host's books after every action.
func (m *machine) Check(rt *rapid.T) {
	if _, err := m.host.Verify(context.Background()); err != nil {
		rt.Fatal(err)
	}
	ours := m.totals()
	theirs, err := m.host.Totals(context.Background(), m.terminal, m.batch)
	theirs.Currency = "CNY" // of nothing it is empty
	if err != nil || theirs != ours {
		rt.Fatalf("batch %d: the host has %+v, %v, the terminal was told %+v", m.batch, theirs, err, ours)
	}
	entries, err := m.host.Entries(context.Background())
	if err != nil {
		rt.Fatal(err)
	}
	for _, e := range entries {
		k := m.trace[e.Batch][e.STAN]
		if k == nil || e.Stands() != k.counts() {
			rt.Fatalf("the host has %+v, the terminal knows %+v", e, k)
		}
	}
}
