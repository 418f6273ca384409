package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/tally"
	"github.com/tillworks/till/internal/till"
)

// VerifyFacts computes all reports again from the journal and holds them against the sums
// that are kept, to the last minor unit: those of each day and each longer period, those
// of each Z report, and the Z reports themselves. What differs first is a *till.Problem of
// till.CodeStore. It holds one sum for each key and day in memory, about 100 MB for a
// million lines sold.
func (s *Store) VerifyFacts(ctx context.Context) (err error) {
	tx, err := s.reading.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.problem(err)
	}
	defer func() { err = s.problem(errors.Join(err, tx.Rollback())) }()
	return newReckoning(snapshot{ctx, tx}).run()
}

// reckoning is the reports as they come out of the journal.
type reckoning struct {
	from source

	keys   []factKey // by number: a key stands in a map for each of its days
	number map[factKey]int32
	days   map[dayKey]till.Sums
	day    map[factKey]till.Sums // since the last Z report
	last   till.ZReport

	paid    map[till.TxnID]till.Txn // approved, of tickets that are not complete yet
	advised map[till.TxnID]bool     // count, and are not final
}

type dayKey struct {
	day till.Day
	key int32
}

func newReckoning(from source) *reckoning {
	return &reckoning{
		from: from, number: map[factKey]int32{}, days: map[dayKey]till.Sums{}, day: map[factKey]till.Sums{},
		paid: map[till.TxnID]till.Txn{}, advised: map[till.TxnID]bool{},
	}
}

func (r *reckoning) run() error {
	if err := r.read(); err != nil {
		return err
	}
	if err := r.compareZ(r.last.Number+1, r.day); err != nil {
		return err
	}
	return r.compareDays()
}

// read goes through the journal once, in its order. The plus keeps SQLite from taking an
// index and sorting. Reading JSON takes longest, so it is done for many rows side by side.
func (r *reckoning) read() error {
	rows, err := r.from.rows(`SELECT seq, subject, body FROM journal WHERE +subject IN ('txn', 'ticket', 'z') ORDER BY seq`)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	const most = 1024
	var told []*saying
	err = each(rows, func(row rowScanner) error {
		var s saying
		var body sql.RawBytes
		if err := row.Scan(&s.seq, &s.about, &body); err != nil {
			return err
		}
		if !matters(s.about, body) {
			return nil
		}
		s.body = bytes.Clone(body)
		if told = append(told, &s); len(told) < most {
			return nil
		}
		err := r.seeAll(told)
		told = told[:0]
		return err
	})
	if err != nil {
		return err
	}
	return r.seeAll(told)
}

// saying is a row of the journal that says something for the reports, and what it
// says: a transaction, a ticket or a Z report.
type saying struct {
	seq   int64
	about store.Subject
	body  []byte
	noun  any
	err   error
}

// seeAll reads the bodies of some rows on all processors, and sees them one by one.
func (r *reckoning) seeAll(told []*saying) error {
	var all sync.WaitGroup
	processors := runtime.GOMAXPROCS(0)
	for first := range processors {
		all.Go(func() {
			for i := first; i < len(told); i += processors {
				told[i].parse()
			}
		})
	}
	all.Wait()
	for _, s := range told {
		if s.err == nil {
			s.err = r.see(s.noun)
		}
		if s.err != nil {
			return fmt.Errorf("journal row %d: %w", s.seq, s.err)
		}
	}
	return nil
}

func (s *saying) parse() {
	switch s.about {
	case store.AboutTxn:
		s.noun, s.err = parsed[till.Txn](s.body)
	case store.AboutTicket:
		s.noun, s.err = parsed[till.Ticket](s.body)
	case store.AboutZ:
		s.noun, s.err = parsed[till.ZReport](s.body)
	default:
	}
}

func parsed[T any](body []byte) (noun T, err error) {
	err = json.Unmarshal(body, &noun)
	return noun, err
}

func (r *reckoning) see(noun any) error {
	switch n := noun.(type) {
	case till.Txn:
		return r.txn(n)
	case till.Ticket:
		return r.ticket(n)
	case till.ZReport:
		return r.z(n)
	}
	return nil
}

// matters reports that a row says something for the reports: a transaction that has come
// to count, a ticket that is complete or undone, a Z report. A quote inside a text of JSON
// is never bare, so that no label is taken for it.
func matters(about store.Subject, body []byte) bool {
	switch about {
	case store.AboutTxn:
		return bytes.Contains(body, []byte(`,"day":`))
	case store.AboutTicket:
		return bytes.Contains(body, []byte(`"state":"DONE"`)) || bytes.Contains(body, []byte(`"state":"VOIDED"`))
	default:
	}
	return about == store.AboutZ
}

func (r *reckoning) txn(x till.Txn) error {
	stands := x.State.Outcome() == till.OutcomeApproved
	if x.Ticket != "" {
		return r.ofTicket(x, stands)
	}
	counted := r.advised[x.ID]
	if r.advised[x.ID] = !x.State.IsFinal(); x.State.IsFinal() {
		delete(r.advised, x.ID)
	}
	if counted == stands || counted && x.State == till.Exception {
		return nil
	}
	var original till.Txn
	if x.Kind == till.Void || x.Kind == till.Tip {
		var err error
		if original, err = r.said(x.Original); err != nil {
			return err
		}
	}
	facts := tally.Bare(x, original)
	if counted {
		facts = negated(facts)
	}
	r.add(x.Day, facts)
	return nil
}

// ofTicket sees a transaction that names a ticket: what paid for it counts with it, and
// the void of a payment takes off its tips.
func (r *reckoning) ofTicket(x till.Txn, stands bool) error {
	switch {
	case !stands:
		return nil
	case x.Kind != till.Void:
		r.paid[x.ID] = x
		return nil
	}
	original, err := r.said(x.Original)
	if err != nil {
		return err
	}
	r.add(x.Day, tally.TipsUndone(x, original))
	return nil
}

func (r *reckoning) ticket(t till.Ticket) error {
	txns := make([]till.Txn, 0, len(t.Txns))
	for _, id := range t.Txns {
		x, ok := r.paid[id]
		if !ok {
			var err error
			if x, err = r.said(id); err != nil {
				return err
			}
		}
		delete(r.paid, id)
		txns = append(txns, x)
	}
	if t.State == till.TicketVoided {
		r.add(t.VoidedDay, tally.Voided(t, txns))
		return nil
	}
	r.add(t.Day, tally.Done(t, txns))
	return nil
}

// said is what the journal says last about a transaction.
func (r *reckoning) said(id till.TxnID) (till.Txn, error) {
	x, err := scanNoun[till.Txn](r.from.row(`SELECT body FROM journal WHERE subject = 'txn' AND id = ? ORDER BY seq DESC LIMIT 1`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return x, &damaged{why: fmt.Sprintf("the journal knows no transaction %s", id)}
	}
	return x, err
}

func (r *reckoning) add(day till.Day, facts []till.Fact) {
	for _, f := range facts {
		k := keyOf(f)
		n, ok := r.number[k]
		if !ok {
			n = int32(len(r.keys))
			r.keys, r.number[k] = append(r.keys, k), n
		}
		at := dayKey{day, n}
		r.days[at] = r.days[at].Add(f.Sums)
		r.day[k] = r.day[k].Add(f.Sums)
	}
}

// z holds a Z report against what happened since the one before, and begins anew.
func (r *reckoning) z(z till.ZReport) error {
	hash, err := store.ZHash(z)
	switch {
	case err != nil:
		return err
	case z.Number != r.last.Number+1 || z.Previous != r.last.Hash || z.FirstSeq != r.last.LastSeq+1 || z.Hash != hash:
		return &damaged{why: fmt.Sprintf("Z report %d does not follow Z report %d", z.Number, r.last.Number)}
	}
	if err := sameFacts(z.Number, z.Facts, r.day); err != nil {
		return err
	}
	if err := r.compareZ(z.Number, r.day); err != nil {
		return err
	}
	r.last = z
	clear(r.day)
	return nil
}

// compareZ holds the sums that are kept for a Z report against the journal's.
func (r *reckoning) compareZ(number int, want map[factKey]till.Sums) error {
	kept, err := factsOf(r.from, number)
	if err != nil {
		return err
	}
	return sameFacts(number, kept, want)
}

func sameFacts(z int, got []till.Fact, want map[factKey]till.Sums) error {
	left := 0
	for _, sums := range want {
		if sums != (till.Sums{}) {
			left++
		}
	}
	for _, f := range got {
		if want[keyOf(f)] != f.Sums {
			return differs(f.Kind, fmt.Sprintf("Z report %d", z), f.A, f.Sums, want[keyOf(f)])
		}
		left--
	}
	if left != 0 {
		return &damaged{why: fmt.Sprintf("Z report %d lacks %d of its sums", z, left)}
	}
	return nil
}

func differs(kind till.FactKind, period, a string, got, want till.Sums) error {
	return &damaged{why: fmt.Sprintf("the report by %s says %+v of %q in %s, the journal %+v", kind, got, a, period, want)}
}

// compareDays holds the sums of days and longer periods against the journal's. What was
// found is taken out, and nothing may be left.
func (r *reckoning) compareDays() error {
	for k, sums := range r.longer() {
		r.days[k] = sums
	}
	rows, err := r.from.rows(`SELECT ` + factColumns + ` FROM rollup`)
	if err != nil {
		return err
	}
	if err := eachFact(rows, r.compareDay); err != nil {
		return err
	}
	for k, sums := range r.days {
		if sums != (till.Sums{}) {
			return differs(r.keys[k.key].kind, k.day.String(), r.keys[k.key].a, till.Sums{}, sums)
		}
	}
	return nil
}

func (r *reckoning) compareDay(f till.DayFact) error {
	if f.Day <= till.Day(r.last.Number+1) && f.Day > 0 {
		return nil // a Z report, which was compared
	}
	n, known := r.number[keyOf(f.Fact)]
	want := r.days[dayKey{f.Day, n}]
	if !known {
		want = till.Sums{}
	}
	if f.Sums != want {
		return differs(f.Kind, f.Day.String(), f.A, f.Sums, want)
	}
	if known {
		delete(r.days, dayKey{f.Day, n})
	}
	return nil
}

// longer are the sums of the longer periods, from those of the days.
func (r *reckoning) longer() map[dayKey]till.Sums {
	all := map[dayKey]till.Sums{}
	for k, sums := range r.days {
		for _, period := range periodsOf(r.keys[k.key].kind, k.day)[1:] {
			at := dayKey{period, k.key}
			all[at] = all[at].Add(sums)
		}
	}
	return all
}

// facts is VerifyFacts in the snapshot of a verification.
func (v *verification) facts() error { return newReckoning(snapshot{v.ctx, v.tx}).run() }
