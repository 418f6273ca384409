package settle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options are how two sides are matched. Day alone must be set.
type Options struct {
	Day   time.Time      // of the run: ages count to it
	Zone  *time.Location // of calendar days; UTC if nil
	Rules Rules          // DefaultRules if there is none of match

	Open  []OpenItem                          // of earlier runs; their records take part
	Done  func(side SideName, id string) bool // reports a record, by its ID, that an earlier run matched; nil for none. Called by two goroutines.
	Aside []Type                              // types that have no partner on the other side; Fee and Payout if nil

	KeepPairs     bool // list the clean pairs too, not only their number
	Unproved      bool // go on with files that disagree with their own totals
	MaxExceptions int  // more are ErrTooMany; 250,000 if 0

	Memory  int64  // bytes that records between two steps may take, 256 MiB if 0; what is above goes to a temporary file
	TempDir string // of that file; that of the system if empty
	Workers int    // GOMAXPROCS, at most 8, if 0
}

const (
	defaultMemory     = 256 << 20
	defaultExceptions = 250_000
	problemsMax       = 1000
)

func (o *Options) fill() error {
	if o.Day.IsZero() {
		return errors.New("match: the day of the run is not set")
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if len(o.Rules.Match) == 0 {
		o.Rules.Match = DefaultRules().Match
	}
	if o.Aside == nil {
		o.Aside = []Type{Fee, Payout}
	}
	if o.Memory <= 0 {
		o.Memory = defaultMemory
	}
	if o.MaxExceptions <= 0 {
		o.MaxExceptions = defaultExceptions
	}
	if o.Workers <= 0 {
		o.Workers = min(8, runtime.GOMAXPROCS(0))
	}
	return o.Rules.Check()
}

// Match pairs the records of two sides. It reads both to their ends, at the same time;
// proves the totals of their files; joins them rule by rule; and reads again the records
// that it has to tell of.
//
// The error of a file that is not what it says of itself is a [TotalsError]; of one that
// cannot be read at all, that of the reader; of two sides that have little in common,
// ErrTooMany. Rows that cannot be read are in Result.Unread, and leave a file that states
// totals unproved. The temporary file is gone when Match returns.
//
// Memory: Options.Memory for the partitions, and on top of it about an eighth of that,
// one partition of both sides (1/256 of all rows, 56 bytes a row and 16 for each rule)
// for each worker, the reading buffers, and the exceptions, of which each takes some
// kilobytes. Go's collector lets a heap grow to about twice what is in use; GOMEMLIMIT
// holds it closer.
func Match(ctx context.Context, ours, theirs Side, opt Options) (*Result, error) {
	if err := opt.fill(); err != nil {
		return nil, err
	}
	m := newMatch(ctx, ours, theirs, opt)
	defer m.stores.spill.close()
	if err := m.read(); err != nil {
		return nil, err
	}
	for rule := range opt.Rules.Match {
		if err := m.join(rule); err != nil {
			return nil, err
		}
	}
	return m.report()
}

// match is one run.
type match struct {
	ctx    context.Context
	opt    Options
	day    int // of the run
	stores *stores
	seeds  [2]maphash.Seed
	sides  [2]*sideState
	aside  uint16 // types, a bit each

	mu       sync.Mutex
	outcome  outcome
	findings atomic.Int64
}

// The indexes of the sides.
const (
	ourSide   = 0
	theirSide = 1
)

func nameOf(side int) SideName { return [2]SideName{Ours, Theirs}[side] }

// sideState is what is known of one side.
type sideState struct {
	index    int
	side     Side
	open     []OpenItem // of this side
	files    []string   // names by the index that entries carry
	last     uint16     // index of the last of them that was asked for
	count    uint32
	digest   uint64 // sum of the content hashes, whatever their order
	sums     []Sum
	aside    []Sum
	fees     []FeeTotal
	repeated int
	unread   []Problem
	bad      int
	faults   []error // of totals
	loose    []entry // without a key under any rule
	hasher   hasher
	keys     []key
	rec      Record // the one that is being taken in

	fileIndex map[string]uint16
}

func newMatch(ctx context.Context, ours, theirs Side, opt Options) *match {
	m := &match{
		ctx: ctx, opt: opt, day: dayNumber(opt.Day.Unix(), opt.Zone),
		stores: newStores(len(opt.Rules.Match), opt.Memory, opt.TempDir),
		seeds:  [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
	}
	for _, t := range opt.Aside {
		m.aside |= 1 << t
	}
	for i, s := range []Side{ours, theirs} {
		st := &sideState{index: i, side: s, files: []string{""}, fileIndex: map[string]uint16{"": 0}}
		st.hasher = m.newHasher()
		for _, o := range opt.Open {
			if o.Side == nameOf(i) {
				st.open = append(st.open, o)
			}
		}
		m.sides[i] = st
	}
	m.outcome.byRule = make([]int, len(opt.Rules.Match))
	return m
}

func (m *match) newHasher() hasher {
	return hasher{rules: m.opt.Rules.Match, zone: m.opt.Zone, seeds: m.seeds}
}

// read reads both sides at the same time.
func (m *match) read() error {
	var wg sync.WaitGroup
	var errs [2]error
	for i := range m.sides {
		wg.Go(func() {
			errs[i] = m.readSide(m.sides[i])
			m.stores.done[i].Store(true)
		})
	}
	wg.Wait()
	if err := errors.Join(errs[0], errs[1]); err != nil {
		return err
	}
	if m.opt.Unproved {
		return nil
	}
	return errors.Join(append(m.sides[0].faults, m.sides[1].faults...)...)
}

func (m *match) readSide(s *sideState) error {
	for i := range s.open {
		if err := m.admit(s, &s.open[i].Record, uint32(i), carried); err != nil {
			return err
		}
	}
	for r, err := range s.side.Records() {
		if err != nil {
			if err = s.fault(err); err != nil {
				return fmt.Errorf("%s: %w", nameOf(s.index), err)
			}
			continue
		}
		s.rec = r // one for all rows, or each would go to the heap
		if err := m.take(s, &s.rec); err != nil {
			return err
		}
	}
	return m.ctx.Err()
}

// fault keeps what is wrong with rows and totals; any other error ends the run.
func (s *sideState) fault(err error) error {
	var row *RowError
	var totals *TotalsError
	switch {
	case errors.As(err, &totals):
		s.faults = append(s.faults, err)
		return nil
	case errors.As(err, &row) && isRowFault(row.Err):
		s.bad++
		if len(s.unread) < problemsMax {
			p := Problem{Side: nameOf(s.index), Source: row.Source, Column: row.Column, Text: Text{row.In("en"), row.In("zh")}}
			s.unread = append(s.unread, p)
		}
		return nil
	}
	return err
}

// isRowFault reports a fault after which reading goes on; others are those of the reader
// underneath.
func isRowFault(err error) bool {
	for _, f := range []error{
		ErrAmount, ErrDecimals, ErrOverflow, ErrSign, ErrNet, ErrCurrency, ErrDate, ErrType, ErrMissing, ErrColumns,
		ErrWidth, ErrGap, ErrQuote, ErrLong, ErrEncoding, ErrBinary, ErrFormula, ErrAfterEnd,
	} {
		if errors.Is(err, f) {
			return true
		}
	}
	return false
}

// take takes one record of a side in.
func (m *match) take(s *sideState, r *Record) error {
	if s.count&0xFFF == 0 {
		if err := m.ctx.Err(); err != nil {
			return err
		}
	}
	number := s.count
	if s.count++; s.count == 0 {
		return fmt.Errorf("%s: %w: more than %d records", nameOf(s.index), ErrTooMany, uint32(1<<32-1))
	}
	addSum(&s.sums, r)
	if m.aside&(1<<r.Type) != 0 {
		addSum(&s.aside, r)
		return nil
	}
	if m.opt.Done != nil && m.opt.Done(nameOf(s.index), r.ID()) {
		s.repeated++
		return nil
	}
	return m.admit(s, r, number, 0)
}

// admit makes the entry of a record and stores it under the first rule for which the
// record has a key.
func (m *match) admit(s *sideState, r *Record, number uint32, f flags) error {
	e := entry{
		number: number, line: uint32(r.Source.Line), offset: r.Source.Offset, file: s.file(r.Source.File),
		gross: r.Gross, fee: r.Fee, unix: unixOf(r.Time), sum: s.hasher.contentHash(r),
		currency: s.hasher.pack(r.Currency), kind: r.Type, flags: f,
	}
	e.settled = e.currency
	if !r.Settled.IsZero() {
		e.settled = s.hasher.pack(r.Settled)
	}
	if r.Stated&FeeStated != 0 {
		e.flags |= feeStated
	}
	if !r.Time.IsZero() {
		e.flags |= timed
	}
	if s.index == theirSide && len(m.opt.Rules.Fees) > 0 {
		if err := m.checkFee(s, r, &e); err != nil {
			return err
		}
	}
	s.digest += e.sum
	s.keys = s.hasher.keys(s.keys, r)
	for rule, k := range s.keys {
		if k != (key{}) {
			return m.stores.add(s.index, rule, &e, s.keys)
		}
	}
	s.loose = append(s.loose, e)
	return m.found(1)
}

// file is the index of a file's name.
func (s *sideState) file(name string) uint16 {
	if s.files[s.last] == name {
		return s.last
	}
	i, known := s.fileIndex[name]
	switch {
	case known:
	case len(s.files) < 1<<16:
		i = uint16(len(s.files))
		s.files = append(s.files, name)
		s.fileIndex[name] = i
	default:
		i = 0 // only records in memory have so many names, and those are found by number
	}
	s.last = i
	return i
}

// found counts what will be told of, and ends a run in which that is nearly everything.
func (m *match) found(n int) error {
	if m.findings.Add(int64(n)) > int64(m.opt.MaxExceptions) {
		return fmt.Errorf("%w: more than %d", ErrTooMany, m.opt.MaxExceptions)
	}
	return nil
}

// checkFee holds the fee of one of their records against the rules of fees.
func (m *match) checkFee(s *sideState, r *Record, e *entry) error {
	rule, want, ok, err := m.opt.Rules.feeOf(r)
	if err != nil {
		return fmt.Errorf("%s: fee rule %s: %w", r.Source, m.opt.Rules.Fees[rule].Name, err)
	}
	if !ok || e.settled != e.currency || r.Stated&FeeStated == 0 {
		return nil
	}
	t := s.feeTotal(m.opt.Rules.Fees[rule].Name, r.Currency.Code())
	t.Count++
	if !addTo(&t.Want, want) || !addTo(&t.Got, r.Fee) {
		return fmt.Errorf("%s: sum of fees: %w", r.Source, ErrOverflow)
	}
	if want != r.Fee {
		t.Wrong++
		e.flags |= feeWrong
	}
	return nil
}

func (s *sideState) feeTotal(rule, currency string) *FeeTotal {
	for i := range s.fees {
		if s.fees[i].Rule == rule && s.fees[i].Currency == currency {
			return &s.fees[i]
		}
	}
	s.fees = append(s.fees, FeeTotal{Rule: rule, Currency: currency})
	return &s.fees[len(s.fees)-1]
}

// addSum adds a record to the sums of its currency and type. Sums beyond 64 bits were
// refused with the file; of a journal in memory they stay at the limit's wrong side only
// if it holds more money than there is.
func addSum(list *[]Sum, r *Record) {
	code := ""
	for i := range *list {
		s := &(*list)[i]
		if s.Type != r.Type {
			continue
		}
		if code == "" {
			code = r.Currency.Code()
		}
		if s.Currency == code {
			s.Count++
			s.Gross, s.Fee, s.Net = s.Gross+r.Gross, s.Fee+r.Fee, s.Net+r.Net
			return
		}
	}
	*list = append(*list, Sum{Currency: r.Currency.Code(), Type: r.Type, Count: 1, Gross: r.Gross, Fee: r.Fee, Net: r.Net})
}

// id names the run: the same day, rules, open items and records have the same, in
// whatever order they came.
func (m *match) id() string {
	h := sha256.New()
	rules, err := json.Marshal(m.opt.Rules)
	if err != nil {
		rules = nil
	}
	_, _ = fmt.Fprintf(h, "%s %s\n%s\n", m.opt.Day.In(m.opt.Zone).Format(time.DateOnly), m.opt.Zone, rules)
	for _, s := range m.sides {
		_, _ = fmt.Fprintf(h, "%s %d %016x\n", nameOf(s.index), s.count, s.digest)
		if p, ok := s.side.(Prover); ok {
			var sums []string
			for _, proof := range p.Proofs() {
				sums = append(sums, proof.SHA256)
			}
			slices.Sort(sums)
			io.WriteString(h, strings.Join(sums, "\n")) //nolint:errcheck // a hash takes everything
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
