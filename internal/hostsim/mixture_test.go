package hostsim_test

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// fact is what a terminal knows of a transaction by the answers alone.
type fact struct {
	kind     till.Kind
	minor    int64
	of       till.STAN
	approved bool
	undone   bool
}

// mixture asks for every kind of transaction, of originals that may be anything, and
// believes the answers. Its actions are the methods that take a *rapid.T.
type mixture struct {
	*clerk
	facts map[till.STAN]*fact
	next  till.STAN
}

// TestBooksOfKinds: whatever a terminal asks or tells, in whatever order, repeated and
// reversed, the books keep their rules, and money, holds and totals are what the answers
// said.
func TestBooksOfKinds(t *testing.T) {
	root, run := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		h, err := hostsim.Open(context.Background(), hostsim.Config{
			Dir: filepath.Join(root, strconv.Itoa(run)), Now: day, Random: &drum{}, Rules: []hostsim.Rule{}, Unsynced: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		rt.Cleanup(func() { _ = h.Close() })
		m := &mixture{clerk: newClerk(t, h), facts: map[till.STAN]*fact{}}
		rt.Repeat(rapid.StateMachineActions(m))
	})
}

// New asks for something that names nothing.
func (m *mixture) New(rt *rapid.T) {
	kind := rapid.SampledFrom([]till.Kind{till.Sale, till.PreAuth, till.PreAuth, till.CashAdvance}).Draw(rt, "kind")
	m.ask(rt, kind, rapid.Int64Range(1, 9).Draw(rt, "hundreds")*100, 0)
}

// Further asks for something that names what was asked before.
func (m *mixture) Further(rt *rapid.T) {
	if m.next == 0 {
		rt.Skip("nothing was asked")
	}
	kind := rapid.SampledFrom([]till.Kind{till.Increment, till.Completion, till.Completion, till.Tip, till.Refund}).Draw(rt, "kind")
	m.ask(rt, kind, rapid.Int64Range(1, 9).Draw(rt, "hundreds")*100, m.one(rt))
}

// Void asks to undo the whole of something.
func (m *mixture) Void(rt *rapid.T) {
	if m.next == 0 {
		rt.Skip("nothing was asked")
	}
	of := m.one(rt)
	m.ask(rt, till.Void, m.whole(of), of)
}

// Again says something again: the answer is as before, unless it was undone.
func (m *mixture) Again(rt *rapid.T) {
	if m.next == 0 {
		rt.Skip("nothing was asked")
	}
	stan := m.one(rt)
	got, f := codeOf(m.send(m.said[stan].fields)), m.facts[stan]
	if (got == "00") != (f.approved && !f.undone) {
		rt.Fatalf("%s %+v again: answered %s", stan, f, got)
	}
}

// Reverse undoes something, if the host lets it.
func (m *mixture) Reverse(rt *rapid.T) {
	if m.next == 0 {
		rt.Skip("nothing was asked")
	}
	stan := m.one(rt)
	if codeOf(m.send(m.reversal(stan, 0))) == "00" {
		m.facts[stan].undone = true
	}
}

func (m *mixture) one(rt *rapid.T) till.STAN {
	return till.STAN(rapid.IntRange(1, int(m.next)).Draw(rt, "original"))
}

func (m *mixture) ask(rt *rapid.T, kind till.Kind, minor int64, of till.STAN) {
	m.next++
	more := fields{}
	if (kind == till.Completion || kind == till.Refund) && rapid.Bool().Draw(rt, "told") {
		more["0"] = "0220"
	}
	got := m.code(kind, m.money(kind, m.next, minor, of, more))
	m.facts[m.next] = &fact{kind: kind, minor: minor, of: of, approved: got == "00"}
}

func (f *fact) stands() bool { return f.approved && !f.undone }

// on are the transactions of a kind that stand on another.
func (m *mixture) on(of till.STAN, kind till.Kind) (sum int64, n int) {
	for stan, f := range m.facts {
		if f.of == of && f.kind == kind && f.stands() && !m.isVoided(stan) {
			sum, n = sum+f.minor, n+1
		}
	}
	return sum, n
}

func (m *mixture) isVoided(stan till.STAN) bool {
	for _, f := range m.facts {
		if f.of == stan && f.kind == till.Void && f.stands() {
			return true
		}
	}
	return false
}

func (m *mixture) whole(stan till.STAN) int64 {
	tips, _ := m.on(stan, till.Tip)
	more, _ := m.on(stan, till.Increment)
	return m.facts[stan].minor + tips + more
}

// Check holds the host's books against what its answers said.
func (m *mixture) Check(rt *rapid.T) {
	var holds int64
	totals := till.Totals{}
	for stan, f := range m.facts {
		if !f.stands() {
			continue
		}
		original := till.Kind("")
		if f.of != 0 {
			original = m.facts[f.of].kind
		}
		totals = totals.Count(till.Txn{Kind: f.kind, Tender: till.Card, State: till.Approved, Amount: money.New(f.minor, currency(m.t, "CNY"))}, original)
		if _, taken := m.on(stan, till.Completion); f.kind == till.PreAuth && taken == 0 && !m.isVoided(stan) {
			holds += m.whole(stan)
		}
	}
	theirs, err := m.host.Totals(context.Background(), m.terminal, m.batch)
	theirs.Currency = ""
	if err != nil || theirs != totals {
		rt.Fatalf("the host counts %+v, %v, its answers say %+v", theirs, err, totals)
	}
	if got := balance(m.t, m.host).Minor(); got != totals.Net() { // it verifies the books too
		rt.Fatalf("the merchant has %d, the answers say %d", got, totals.Net())
	}
	if got := held(m.t, m.host); got != holds {
		rt.Fatalf("%d is held, the answers say %d", got, holds)
	}
}
