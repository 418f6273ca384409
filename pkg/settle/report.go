package settle

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// report reads again what is to be told of, and puts the result together.
func (m *match) report() (*Result, error) {
	m.missing()
	b := &reporter{m: m}
	if err := b.fetch(); err != nil {
		return nil, err
	}
	r := &Result{
		ID: m.id(), Day: m.opt.Day.In(m.opt.Zone).Format(time.DateOnly), Counts: map[Reason]int{},
		Exceptions: []Exception{}, Fees: []FeeTotal{}, Open: []OpenItem{}, Closed: []Closed{}, Aside: []Sum{}, Unread: []Problem{}, Files: []Proof{},
		PeakBytes: m.stores.peak.Load(), SpilledBytes: m.stores.spill.end,
	}
	b.exceptions(r)
	b.pairs(r)
	m.count(r)
	return r, nil
}

// missing makes findings of what every rule left open. An item that was carried in and
// comes again in a file is one item.
func (m *match) missing() {
	for side, s := range m.sides {
		loose := append(s.loose, m.outcome.loose[side]...)
		known := repeats{}
		for i := range loose {
			known.carry(&loose[i])
		}
		for i := range loose {
			e := &loose[i]
			if known.again(e) {
				m.outcome.repeated++
				continue
			}
			f := finding{reasons: missingTheirsBit << side, rule: -1}
			f.sides[side] = e
			m.outcome.findings = append(m.outcome.findings, f)
		}
	}
}

// count fills in the numbers.
func (m *match) count(r *Result) {
	for i, n := range m.outcome.byRule {
		r.Matched += n
		r.ByRule = append(r.ByRule, RuleCount{Rule: m.opt.Rules.Match[i].Name, Pairs: n})
	}
	r.Repeated = m.outcome.repeated
	for _, s := range m.sides {
		r.Repeated += s.repeated
		r.UnreadRows += s.bad
		r.Unread = append(r.Unread, s.unread...)
		for i := range s.aside {
			r.Aside = mergeSum(r.Aside, s.aside[i])
		}
		sortSums(s.sums)
		if p, ok := s.side.(Prover); ok {
			r.Files = append(r.Files, p.Proofs()...)
		}
	}
	sortSums(r.Aside)
	r.Totals = Totals{Ours: append([]Sum{}, m.sides[ourSide].sums...), Theirs: append([]Sum{}, m.sides[theirSide].sums...)}
	r.Fees = append(r.Fees, m.sides[theirSide].fees...)
	slices.SortFunc(r.Fees, func(a, b FeeTotal) int {
		return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Currency, b.Currency))
	})
	slices.SortFunc(r.Files, func(a, b Proof) int {
		return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.SHA256, b.SHA256))
	})
	slices.SortStableFunc(r.Unread, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}

func mergeSum(list []Sum, s Sum) []Sum {
	for i := range list {
		if t := &list[i]; t.Currency == s.Currency && t.Type == s.Type {
			t.Count += s.Count
			t.Gross, t.Fee, t.Net = t.Gross+s.Gross, t.Fee+s.Fee, t.Net+s.Net
			return list
		}
	}
	return append(list, s)
}

// reporter has the full records of what is told of.
type reporter struct {
	m       *match
	numbers [2][]uint32
	records [2][]Record
}

// fetch reads all records that are told of once, in the order of their sides.
func (b *reporter) fetch() error {
	places := [2]map[uint32]*entry{{}, {}}
	want := func(side int, e *entry) {
		if e != nil && e.flags&carried == 0 {
			places[side][e.number] = e
		}
	}
	for i := range b.m.outcome.findings {
		f := &b.m.outcome.findings[i]
		for side, e := range f.sides {
			want(side, e)
		}
		if f.of != nil {
			want(f.ofSide(), f.of)
		}
	}
	for i := range b.m.outcome.pairs {
		p := &b.m.outcome.pairs[i]
		want(ourSide, &p.ours)
		want(theirSide, &p.theirs)
	}
	for side := range places {
		if err := b.fetchSide(side, places[side]); err != nil {
			return fmt.Errorf("%s: %w", nameOf(side), err)
		}
	}
	return nil
}

// ofSide is the side of a duplicate.
func (f *finding) ofSide() int {
	if f.sides[ourSide] != nil {
		return ourSide
	}
	return theirSide
}

func (b *reporter) fetchSide(side int, entries map[uint32]*entry) error {
	s := b.m.sides[side]
	numbers := make([]uint32, 0, len(entries))
	for n := range entries {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	places := make([]Place, len(numbers))
	for i, n := range numbers {
		e := entries[n]
		places[i] = Place{Number: int(n), Source: Source{File: s.files[e.file], Line: int(e.line), Offset: e.offset}}
	}
	records, err := s.side.Fetch(places)
	if err != nil {
		return err
	}
	if len(records) != len(places) {
		return fmt.Errorf("%w: %d records, want %d", ErrChanged, len(records), len(places))
	}
	for i := range records {
		if s.hasher.contentHash(&records[i]) != entries[numbers[i]].sum {
			return fmt.Errorf("%s: %w", places[i].Source, ErrChanged)
		}
	}
	b.numbers[side], b.records[side] = numbers, records
	return nil
}

// record is the full record of an entry.
func (b *reporter) record(side int, e *entry) *Record {
	if e == nil {
		return nil
	}
	if e.flags&carried != 0 {
		return &b.m.sides[side].open[e.number].Record
	}
	i, _ := slices.BinarySearch(b.numbers[side], e.number)
	return &b.records[side][i]
}

// exceptions tells the findings, sorted by reason and record.
func (b *reporter) exceptions(r *Result) {
	for i := range b.m.outcome.findings {
		r.Exceptions = append(r.Exceptions, b.exception(&b.m.outcome.findings[i]))
	}
	order := Reasons()
	slices.SortStableFunc(r.Exceptions, func(x, y Exception) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, x.Reason), slices.Index(order, y.Reason)),
			compareRecords(x.Ours, y.Ours), compareRecords(x.Theirs, y.Theirs), compareRecords(x.Of, y.Of),
			strings.Compare(x.Since, y.Since),
		)
	})
	for i := range r.Exceptions {
		e := &r.Exceptions[i]
		r.Counts[e.Reason]++
		if e.Reason == MissingOurs || e.Reason == MissingTheirs {
			r.Open = append(r.Open, b.openItem(r, e))
		}
	}
}

func (b *reporter) openItem(r *Result, e *Exception) OpenItem {
	item := OpenItem{Side: Ours, Reason: e.Reason, Since: cmp.Or(e.Since, r.Day), Record: *e.Record()}
	if e.Ours == nil {
		item.Side = Theirs
	}
	item.ID = item.Record.ID()
	return item
}

func (b *reporter) exception(f *finding) Exception {
	e := Exception{Ours: b.record(ourSide, f.sides[ourSide]), Theirs: b.record(theirSide, f.sides[theirSide])}
	for i, reason := range Reasons() {
		switch {
		case f.reasons&(1<<i) == 0:
		case e.Reason == "":
			e.Reason = reason
		default:
			e.Also = append(e.Also, reason)
		}
	}
	if f.rule >= 0 {
		e.Rule = b.m.opt.Rules.Match[f.rule].Name
	}
	if f.of != nil {
		e.Of = b.record(f.ofSide(), f.of)
	}
	for side, x := range f.sides {
		if x != nil && x.flags&carried != 0 && e.Since == "" {
			e.Since = b.m.sides[side].open[x.number].Since
		}
	}
	b.feeOf(f, &e)
	b.age(&e)
	e.Explain = b.explain(&e, f.rule)
	return e
}

// feeOf tells what the fee should have been, where it is another.
func (b *reporter) feeOf(f *finding, e *Exception) {
	x := f.sides[theirSide]
	if x == nil || x.flags&feeWrong == 0 {
		return
	}
	if rule, want, ok, err := b.m.opt.Rules.feeOf(e.Theirs); ok && err == nil {
		e.FeeRule, e.FeeWant = b.m.opt.Rules.Fees[rule].Name, &want
	}
}

// age counts the days since the record's date; a record without one has the age of its
// open item.
func (b *reporter) age(e *Exception) {
	zone := b.m.opt.Zone
	if r := e.Record(); !r.Time.IsZero() {
		e.Days = b.m.day - dayNumber(r.Time.Unix(), zone)
	} else if since, err := time.ParseInLocation(time.DateOnly, e.Since, zone); err == nil {
		e.Days = b.m.day - dayNumber(since.Unix(), zone)
	}
	e.Age = ageOf(e.Days)
}

// pairs tells the pairs that are kept, and the open items that found a partner.
func (b *reporter) pairs(r *Result) {
	for i := range b.m.outcome.pairs {
		p := &b.m.outcome.pairs[i]
		pair := Pair{Rule: b.m.opt.Rules.Match[p.rule].Name, Ours: *b.record(ourSide, &p.ours), Theirs: *b.record(theirSide, &p.theirs)}
		if b.m.opt.KeepPairs && !b.isException(p) {
			r.Pairs = append(r.Pairs, pair)
		}
		for side, e := range [2]*entry{&p.ours, &p.theirs} {
			if e.flags&carried == 0 {
				continue
			}
			by := pair.Theirs
			if side == theirSide {
				by = pair.Ours
			}
			r.Closed = append(r.Closed, Closed{OpenItem: b.m.sides[side].open[e.number], Rule: pair.Rule, By: by})
		}
	}
	slices.SortStableFunc(r.Pairs, func(x, y Pair) int {
		return cmp.Or(compareRecords(&x.Ours, &y.Ours), compareRecords(&x.Theirs, &y.Theirs))
	})
	slices.SortStableFunc(r.Closed, func(x, y Closed) int {
		return cmp.Or(strings.Compare(string(x.Side), string(y.Side)), compareRecords(&x.Record, &y.Record), compareRecords(&x.By, &y.By))
	})
}

// isException reports a pair that is told of as one: it was kept for its open item.
func (b *reporter) isException(p *pairing) bool {
	w := worker{m: b.m, rule: p.rule}
	return w.differences(&p.ours, &p.theirs) != 0
}

// compareRecords orders records by place and then by content; no record is before all.
func compareRecords(a, b *Record) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	place := cmp.Or(strings.Compare(a.Source.File, b.Source.File), cmp.Compare(a.Source.Line, b.Source.Line), cmp.Compare(a.Source.Offset, b.Source.Offset))
	if place != 0 {
		return place
	}
	return bytes.Compare(a.appendContent(nil), b.appendContent(nil))
}
