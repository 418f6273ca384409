package storetest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/till"
)

// modelAgrees drives a random terminal of one shop and a model of it side by side:
// what the model refuses the store refuses, and both hold the same.
func modelAgrees(t *testing.T, shop Shop) {
	s := open(t, shop)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		m := &model{store: s, terminal: fmt.Sprintf("R%07d", runs)}
		rt.Repeat(map[string]func(*rapid.T){
			"sale":    m.sale,
			"void":    m.void,
			"refund":  m.refund,
			"settle":  m.settle,
			"message": m.message,
			"close":   m.close,
			"":        m.check,
		})
	})
	verify(t, s)
}

// model is a terminal as it must be: all its transactions in order, and its batches.
type model struct {
	store    Store
	terminal string
	txns     []till.Txn
	batch    int // 0 before the first use
	stan     till.STAN
	frozen   []till.Batch
}

func (m *model) sale(t *rapid.T) {
	txn := sale(m.id(), rapid.Int64Range(1, 1000).Draw(t, "minor"))
	m.begin(t, txn, true)
}

func (m *model) void(t *rapid.T) {
	original, ok := m.pick(t)
	if !ok {
		return
	}
	undone := m.holding(original.ID, till.Void) + m.holding(original.ID, till.Refund)
	allowed := original.Kind != till.Void && original.State == till.Approved && undone == 0 && original.Batch == m.batch
	m.begin(t, void(m.id(), original), allowed)
}

func (m *model) refund(t *rapid.T) {
	original, ok := m.pick(t)
	if !ok {
		return
	}
	minor := rapid.Int64Range(1, original.Amount.Minor()+1).Draw(t, "minor")
	left := original.Amount.Minor() - m.holding(original.ID, till.Refund)
	allowed := original.Kind == till.Sale && original.State == till.Approved && m.holding(original.ID, till.Void) == 0 && minor <= left
	m.begin(t, refund(m.id(), original, minor), allowed)
}

// begin begins txn in both worlds; the store must allow it exactly where the model does.
func (m *model) begin(t *rapid.T, txn till.Txn, allowed bool) {
	txn.Terminal = m.terminal
	got, err := m.store.Begin(t.Context(), till.NewTxn{Txn: txn})
	if allowed != (err == nil) {
		t.Fatalf("%s of %s on %s: got error %v, allowed %t", txn.Kind, txn.Amount, txn.Original, err, allowed)
	}
	if err != nil {
		return
	}
	m.use(t, got.Batch, got.STAN)
	txn.Batch, txn.STAN, txn.Version = m.batch, m.stan, 1
	same(t, got, txn)
	m.txns = append(m.txns, txn)
}

// use checks that batch and trace number are those that come next.
func (m *model) use(t *rapid.T, batch int, stan till.STAN) {
	if m.batch == 0 {
		m.batch = batch
	}
	m.stan++
	if batch != m.batch || stan != m.stan {
		t.Fatalf("got trace number %s in batch %d, want %s in %d", stan, batch, m.stan, m.batch)
	}
}

// settle gives an open transaction one of the states that may follow.
func (m *model) settle(t *rapid.T) {
	var open []int
	for i, txn := range m.txns {
		if txn.State.IsOpen() {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return
	}
	txn := &m.txns[rapid.SampledFrom(open).Draw(t, "open")]
	txn.State = rapid.SampledFrom(life()[txn.State]).Draw(t, "state")
	got, err := m.store.Record(t.Context(), *txn)
	if err != nil {
		t.Fatal(err)
	}
	if counts := txn.State == till.Approved || txn.State == till.Advice; counts && got.Day == 0 {
		t.Fatalf("%s counts from now on, in no business day", txn.ID)
	}
	txn.Version, txn.Day, txn.Hour = got.Version, got.Day, got.Hour
}

func (m *model) message(t *rapid.T) {
	m.use(t, m.openBatch(t), nextSTAN(t, m.store, m.terminal))
}

func (m *model) openBatch(t *rapid.T) int {
	s, err := m.store.Session(t.Context(), m.terminal)
	if err != nil {
		t.Fatal(err)
	}
	return s.Batch
}

func (m *model) close(t *rapid.T) {
	if m.batch == 0 {
		return
	}
	b, err := m.store.StartClose(t.Context(), m.terminal)
	for _, txn := range m.txns {
		if txn.Batch == m.batch && txn.State.IsOpen() {
			refused(t, err, till.CodePending)
			return
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if b.Number != m.batch || b.Ours != m.totals() {
		t.Fatalf("closing %+v, want batch %d with %+v", b, m.batch, m.totals())
	}
	b.State = till.BatchClosed
	recordBatch(t, m.store, b)
	m.frozen = append(m.frozen, b)
	m.batch = m.openBatch(t)
}

// check runs after every step.
func (m *model) check(t *rapid.T) {
	for _, txn := range m.txns {
		want := txn
		want.VoidedBy = m.voidedBy(txn.ID)
		if refunded := m.refunded(txn.ID); refunded > 0 {
			want.Refunded = cny(refunded)
		}
		same(t, read(t, m.store, txn.ID), want)
	}
	for _, want := range m.frozen {
		got, err := m.store.Batch(t.Context(), want.Number)
		if err != nil {
			t.Fatal(err)
		}
		if got.Ours != want.Ours || got.State != till.BatchClosed {
			t.Fatalf("batch %d is %s with %+v, want CLOSED with %+v", want.Number, got.State, got.Ours, want.Ours)
		}
	}
}

func (m *model) id() string { return fmt.Sprintf("%s-%d", m.terminal, len(m.txns)) }

func (m *model) pick(t *rapid.T) (till.Txn, bool) {
	if len(m.txns) == 0 {
		return till.Txn{}, false
	}
	return rapid.SampledFrom(m.txns).Draw(t, "original"), true
}

// holding sums the transactions of a kind that count against an original: all but
// those that came to nothing or are voided.
func (m *model) holding(original till.TxnID, kind till.Kind) (minor int64) {
	for _, txn := range m.txns {
		if txn.Original == original && txn.Kind == kind && txn.State != till.Declined && txn.State != till.Reversed && m.voidedBy(txn.ID) == "" {
			minor += txn.Amount.Minor()
		}
	}
	return minor
}

func (m *model) refunded(original till.TxnID) (minor int64) {
	for _, txn := range m.txns {
		if txn.Original == original && txn.Kind == till.Refund && txn.State == till.Approved && m.voidedBy(txn.ID) == "" {
			minor += txn.Amount.Minor()
		}
	}
	return minor
}

func (m *model) voidedBy(id till.TxnID) till.TxnID {
	for _, txn := range m.txns {
		if txn.Original == id && txn.Kind == till.Void && txn.State == till.Approved {
			return txn.ID
		}
	}
	return ""
}

func (m *model) totals() (sum till.Totals) {
	kinds := map[till.TxnID]till.Kind{}
	for _, txn := range m.txns {
		kinds[txn.ID] = txn.Kind
		if txn.Batch != m.batch {
			continue
		}
		sum.Currency = "CNY"
		if txn.State != till.Approved {
			continue
		}
		count, minor := &sum.Debits, &sum.DebitMinor
		switch {
		case txn.Kind == till.Refund:
			count, minor = &sum.Credits, &sum.CreditMinor
		case txn.Kind == till.Void && kinds[txn.Original] == till.Sale:
			count, minor = &sum.DebitReversals, &sum.DebitRevMinor
		case txn.Kind == till.Void:
			count, minor = &sum.CreditReversals, &sum.CreditRevMinor
		}
		*count++
		*minor += txn.Amount.Minor()
	}
	return sum
}
