package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// mutant is a till or a host with a bug of real ones, put between the parts from outside.
// The zero mutant has none.
type mutant struct {
	name   string
	always bool                                          // it shows without faults, where an operator repeats himself
	stores func(*machine, register.Store) register.Store // between a register and its store
	hosts  func(link.Handler) link.Handler               // between the line and the host
	forges func(*machine, *iso8583.Message) error        // what a spoilt answer is made into before the till reads it
	view   func(*machine, till.Txn) till.Txn             // what the till takes a transaction for
}

func (mu mutant) store(m *machine, s register.Store) register.Store {
	if mu.stores == nil {
		return s
	}
	return mu.stores(m, s)
}

func (mu mutant) handler(s *schedule) link.Handler {
	if mu.hosts == nil {
		return &clerk{s}
	}
	return mu.hosts(&clerk{s})
}

// spoilt is a frame that was spoilt, as the other end gets it.
func (mu mutant) spoilt(e *end, frame []byte) []byte {
	m := e.line.message(frame)
	if mu.forges == nil || e.toHost || m == nil || mu.forges(e.machine, m) != nil {
		return frame
	}
	forged, err := e.line.changed(frame, m, e.line.s.w.profile.Code.Field, m.Bytes(e.line.s.w.profile.Code.Field))
	if err != nil {
		return frame
	}
	return forged
}

func (mu mutant) seen(m *machine, t till.Txn) till.Txn {
	if mu.view == nil {
		return t
	}
	return mu.view(m, t)
}

// mutants are the bugs that the schedules must catch: those of the terminal applications
// that facts of real ones tell, and those that one is tempted to make.
func mutants() []mutant {
	return []mutant{
		{name: "the intent is stored after the request was sent", stores: newSendsFirst},
		{name: "the outcome and the clearing of the reversal are two commits", stores: func(m *machine, s register.Store) register.Store {
			return &clearsLater{Store: s, m: m}
		}},
		{name: "reversals are dropped at midnight", stores: func(m *machine, s register.Store) register.Store {
			return &dropsAtMidnight{Store: s, m: m}
		}},
		{name: "each attempt has a key of its own", always: true, stores: func(m *machine, s register.Store) register.Store {
			return &newKeys{Store: s, m: m}
		}},
		{name: "silence is taken for a decline", stores: func(_ *machine, s register.Store) register.Store {
			return &declinesSilence{s}
		}},
		{name: "a reversal that is refused is taken for acknowledged", stores: func(_ *machine, s register.Store) register.Store {
			return &endsRefused{s}
		}},
		{name: "the result of a script is told once", stores: func(_ *machine, s register.Store) register.Store {
			return &tellsOnce{s}
		}},
		{name: "a batch that differs is closed", stores: func(_ *machine, s register.Store) register.Store {
			return &closesOver{s}
		}},
		{
			name: "a late answer is believed", stores: func(m *machine, s register.Store) register.Store { return &believesLate{s, m} },
			view: func(m *machine, t till.Txn) till.Txn { return m.s.believed(t) },
		},
		{name: "the code of an answer is not looked at", forges: forge},
		{name: "the host keeps no tombstones", hosts: func(h link.Handler) link.Handler {
			return &forgetful{h: h, known: map[string]bool{}}
		}},
		{name: "the host posts a repeated request again", hosts: func(h link.Handler) link.Handler {
			return &postsTwice{h: h, function: '0', times: map[string]int{}}
		}},
		{name: "the host posts a repeated notice again", hosts: func(h link.Handler) link.Handler {
			return &postsTwice{h: h, function: '2', times: map[string]int{}}
		}},
	}
}

// durable is what a mutant has on its disk beside the store: a power cut leaves it.
type durable struct {
	mu      sync.Mutex
	pending map[till.TxnID]till.Txn // with a reversal that is not cleared yet, or not on the disk yet
	lost    map[till.TxnID]bool     // it never was on the disk
	late    map[till.TxnID]bool     // approved by a late answer
	tries   int
}

// sendsFirst has the intent on the disk only when the request was answered, or was not.
type sendsFirst struct {
	register.Store
	m *machine
}

// newSendsFirst is the program after a start: of what was not on the disk it knows nothing,
// which comes to the same as if it were undone without a word to the host.
func newSendsFirst(m *machine, s register.Store) register.Store {
	for id, t := range m.s.disk.pending {
		if t.Terminal == m.terminal {
			m.s.disk.lost[id] = true
			delete(m.s.disk.pending, id)
		}
	}
	return &sendsFirst{s, m}
}

// Begin implements register.Journal.
func (s *sendsFirst) Begin(ctx context.Context, n till.NewTxn) (till.Txn, error) {
	t, err := s.Store.Begin(ctx, n)
	if err == nil && t.State == till.Intent {
		s.m.s.disk.pending[t.ID] = t
	}
	return t, err
}

// Record implements register.Journal.
func (s *sendsFirst) Record(ctx context.Context, t till.Txn) (till.Txn, error) {
	delete(s.m.s.disk.pending, t.ID)
	return s.Store.Record(ctx, t)
}

// Adopt implements register.Orphans.
func (s *sendsFirst) Adopt(ctx context.Context) (all []till.Txn, err error) {
	open, err := s.Store.Adopt(ctx)
	for _, t := range open {
		if !s.m.s.disk.lost[t.ID] {
			all = append(all, t)
			continue
		}
		if err := undoSilently(ctx, s.Store, t); err != nil {
			return nil, err
		}
	}
	return all, err
}

// undoSilently makes a transaction REVERSED that the host was not asked to reverse.
func undoSilently(ctx context.Context, s register.Store, t till.Txn) (err error) {
	for _, state := range []till.State{till.Reversing, till.Reversed} {
		t.State, t.Reason = state, till.ReasonRestart
		if t, err = s.Record(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// clearsLater stores an approval and forgets in a second commit that it was to be reversed.
type clearsLater struct {
	register.Store
	m *machine
}

// Record implements register.Journal.
func (s *clearsLater) Record(ctx context.Context, t till.Txn) (till.Txn, error) {
	d := &s.m.s.disk
	if _, owed := d.pending[t.ID]; owed {
		return s.undo(t), nil
	}
	held, err := s.Store.Txn(ctx, t.ID)
	if err != nil {
		return till.Txn{}, err
	}
	stored, err := s.Store.Record(ctx, t)
	if err != nil || stored.State != till.Approved {
		return stored, err
	}
	d.pending[t.ID] = held
	_, err = commit(s.m, "the clearing of the reversal", func() (struct{}, error) {
		delete(d.pending, t.ID)
		return struct{}{}, nil
	})
	return stored, err
}

// undo works on the reversal that was not cleared; the sale itself is in the books.
func (s *clearsLater) undo(t till.Txn) till.Txn {
	t.Version++
	s.m.s.disk.pending[t.ID] = t
	if t.State == till.Reversed {
		delete(s.m.s.disk.pending, t.ID)
	}
	return t
}

// Txn implements register.Records.
func (s *clearsLater) Txn(ctx context.Context, id till.TxnID) (till.Txn, error) {
	if t, owed := s.m.s.disk.pending[id]; owed {
		return t, nil
	}
	return s.Store.Txn(ctx, id)
}

// OpenTxns implements register.Orphans.
func (s *clearsLater) OpenTxns(ctx context.Context) ([]till.TxnID, error) {
	ids, err := s.Store.OpenTxns(ctx)
	for id := range s.m.s.disk.pending {
		ids = append(ids, id)
	}
	return ids, err
}

// Adopt implements register.Orphans.
func (s *clearsLater) Adopt(ctx context.Context) ([]till.Txn, error) {
	all, err := s.Store.Adopt(ctx)
	for _, t := range s.m.s.disk.pending {
		if t.Terminal == s.m.terminal {
			all = append(all, t)
		}
	}
	return all, err
}

// dropsAtMidnight forgets what was to be undone on another day.
type dropsAtMidnight struct {
	register.Store
	m *machine
}

// Adopt implements register.Orphans.
func (s *dropsAtMidnight) Adopt(ctx context.Context) (all []till.Txn, err error) {
	open, err := s.Store.Adopt(ctx)
	if err != nil {
		return nil, err
	}
	today := s.m.clock().Format("0102")
	for _, t := range open {
		if t.Tender != till.Card || t.Notice != till.NoNotice || t.At.UTC().Format("0102") == today {
			all = append(all, t)
			continue
		}
		if err := undoSilently(ctx, s.Store, t); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// newKeys gives each attempt a key of its own, below whoever asked for one.
type newKeys struct {
	register.Store
	m *machine
}

// TxnByKey implements register.Records.
func (s *newKeys) TxnByKey(_ context.Context, key string) (till.Txn, error) {
	return till.Txn{}, &till.Problem{Code: till.CodeNotFound, Cause: errors.New(key)}
}

// Begin implements register.Journal.
func (s *newKeys) Begin(ctx context.Context, n till.NewTxn) (till.Txn, error) {
	if n.Ticket == nil {
		s.m.s.disk.tries++
		n.Txn.Key += fmt.Sprintf("#%d", s.m.s.disk.tries)
	}
	return s.Store.Begin(ctx, n)
}

// declinesSilence calls it declined when no answer came.
type declinesSilence struct{ register.Store }

// Record implements register.Journal.
func (s *declinesSilence) Record(ctx context.Context, t till.Txn) (till.Txn, error) {
	if t.State == till.Reversing && t.Reason == till.ReasonTimeout && t.Attempts == 1 {
		t.State, t.Reason, t.Attempts = till.Declined, "", 0
	}
	return s.Store.Record(ctx, t)
}

// endsRefused keeps no exceptions.
type endsRefused struct{ register.Store }

// Record implements register.Journal.
func (s *endsRefused) Record(ctx context.Context, t till.Txn) (till.Txn, error) {
	if t.State == till.Exception {
		if t.State = till.Reversed; t.Notice != till.NoNotice {
			t.State = till.Approved
		}
	}
	return s.Store.Record(ctx, t)
}

// tellsOnce forgets the results of scripts once it has sent them.
type tellsOnce struct{ register.Store }

// Confirmations implements register.Confirmations.
func (s *tellsOnce) Confirmations(ctx context.Context, terminal string) (fresh []till.Confirmation, err error) {
	all, err := s.Store.Confirmations(ctx, terminal)
	for _, c := range all {
		if c.Attempts == 0 {
			fresh = append(fresh, c)
		}
	}
	return fresh, err
}

// closesOver closes a batch on which the host does not agree.
type closesOver struct{ register.Store }

// RecordBatch implements register.Batches.
func (s *closesOver) RecordBatch(ctx context.Context, b till.Batch) error {
	if b.State == till.BatchReconcileError {
		b.State = till.BatchClosed
	}
	return s.Store.RecordBatch(ctx, b)
}

// believesLate takes a sale for approved whose approval came while it was being undone.
type believesLate struct {
	register.Store
	m *machine
}

// Note implements register.Journal.
func (s *believesLate) Note(ctx context.Context, id till.TxnID, remark string) error {
	if strings.HasSuffix(remark, "response code 00") {
		s.m.s.disk.mu.Lock()
		s.m.s.disk.late[id] = true
		s.m.s.disk.mu.Unlock()
	}
	return s.Store.Note(ctx, id, remark)
}

// believed is what such a till has in its books.
func (s *schedule) believed(t till.Txn) till.Txn {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	if s.disk.late[t.ID] {
		t.State = till.Approved
	}
	return t
}

// forge gives a spoilt answer the code that it should have: to the till that reads it, it is
// as if it looked at none.
func forge(m *machine, a *iso8583.Message) error {
	s, err := m.store.Session(context.Background(), m.terminal)
	if err != nil {
		return err
	}
	keys, err := workingkey.Open(s.Keys, m.s.w.profile.Master())
	if err != nil {
		return err
	}
	field := m.s.w.profile.Code
	if err := a.SetBytes(field.Field, make([]byte, codeLength)); err != nil {
		return err
	}
	covered, err := a.Covered()
	if err != nil {
		return err
	}
	code, err := keys.Code(field.Algorithm, covered)
	if err != nil {
		return err
	}
	return a.SetBytes(field.Field, code[:])
}

// forgetful is a host that answers the reversal of what it does not know, and posts it when
// it comes.
type forgetful struct {
	h     link.Handler
	mu    sync.Mutex
	known map[string]bool
}

// ServeISO implements link.Handler.
func (f *forgetful) ServeISO(ctx context.Context, m *iso8583.Message) (*iso8583.Message, error) {
	id := m.Value("41") + m.Value("60")
	f.mu.Lock()
	switch {
	case m.MTI().Class() == '2':
		f.known[id+m.Value("11")] = true
	case m.MTI().Class() == '4' && len(m.Value("90")) > 10 && !f.known[id+m.Value("90")[4:10]]:
		f.mu.Unlock()
		a := m.Spec().NewMessage(m.MTI().Response())
		for _, path := range []string{"3", "4", "7", "11", "12", "13", "41", "42", "49", "60"} {
			if m.Has(path) {
				_ = a.Set(path, m.Value(path))
			}
		}
		return a, a.Set("39", "25")
	}
	f.mu.Unlock()
	return f.h.ServeISO(ctx, m)
}

// postsTwice is a host that does not know a repeat for one: of what it is asked, or of what
// it is told.
type postsTwice struct {
	h        link.Handler
	function byte // of the message type
	mu       sync.Mutex
	times    map[string]int
}

// ServeISO implements link.Handler.
func (p *postsTwice) ServeISO(ctx context.Context, m *iso8583.Message) (*iso8583.Message, error) {
	if m.MTI().Class() != '2' || m.MTI().Function() != p.function {
		return p.h.ServeISO(ctx, m)
	}
	p.mu.Lock()
	id := m.Value("41") + m.Value("60") + m.Value("11")
	p.times[id]++
	n := p.times[id]
	p.mu.Unlock()
	if n == 1 {
		return p.h.ServeISO(ctx, m)
	}
	again := m.Clone()
	if err := again.Set("11", fmt.Sprintf("9%05d", len(p.times)*10+n)); err != nil {
		return nil, err
	}
	answer, err := p.h.ServeISO(ctx, again)
	if err == nil && answer != nil {
		err = answer.Set("11", m.Value("11"))
	}
	return answer, err
}

var _ link.Handler = (*postsTwice)(nil)
