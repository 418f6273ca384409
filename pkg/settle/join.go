package settle

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// outcome is what the rules found, gathered from all workers.
type outcome struct {
	byRule   []int // clean pairs
	pairs    []pairing
	findings []finding
	loose    [2][]entry // left open by every rule
	repeated int
	err      error
}

// pairing is a pair of which more than a count is to be told.
type pairing struct {
	rule         int
	ours, theirs entry
}

// finding is an exception before its records are read again.
type finding struct {
	reasons uint16 // a bit for each, in the order of Reasons
	rule    int
	sides   [2]*entry
	of      *entry // what a duplicate repeats
}

// The bits of reasons.
const (
	currencyBit = 1 << iota
	amountBit
	typeBit
	feeBit
	dateBit
	missingTheirsBit
	missingOursBit
	duplicateOursBit
	duplicateTheirsBit
)

// item is an entry with its encoded form, which has its keys.
type item struct {
	entry
	raw []byte
}

// join brings the two sides together under one rule, partition by partition.
func (m *match) join(rule int) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range m.opt.Workers {
		wg.Go(func() {
			w := &worker{m: m, rule: rule, outcome: outcome{byRule: make([]int, len(m.opt.Rules.Match))}}
			for part := int(next.Add(1)) - 1; part < partitions; part = int(next.Add(1)) - 1 {
				if w.outcome.err = w.partition(part); w.outcome.err != nil {
					next.Store(partitions)
				}
			}
			m.gather(&w.outcome)
		})
	}
	wg.Wait()
	return m.outcome.err
}

// gather adds what one worker found.
func (m *match) gather(o *outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := &m.outcome
	for i, n := range o.byRule {
		all.byRule[i] += n
	}
	all.pairs = append(all.pairs, o.pairs...)
	all.findings = append(all.findings, o.findings...)
	for i := range o.loose {
		all.loose[i] = append(all.loose[i], o.loose[i]...)
	}
	all.repeated += o.repeated
	if all.err == nil {
		all.err = o.err
	}
}

// worker joins partitions under one rule, with buffers of its own.
type worker struct {
	m       *match
	rule    int
	outcome outcome
	raw     [2][]byte
	slots   []int32 // open addressing: 1 + the first entry of a key
	next    []int32 // the other entries of the same key; -1 ends
	heads   []int32 // the first entries of all keys, in the order of the partition
	group   [2][]item
	keys    []key
}

// partition joins one partition.
func (w *worker) partition(part int) error {
	if err := w.m.ctx.Err(); err != nil {
		return err
	}
	for side := range w.raw {
		var err error
		if w.raw[side], err = w.m.stores.take(side, w.rule, part, w.raw[side]); err != nil {
			return err
		}
	}
	w.index()
	for _, head := range w.heads {
		if err := w.resolve(head); err != nil {
			return err
		}
	}
	return nil
}

// encoded is one entry of the partition, ours first.
func (w *worker) encoded(i int32) (raw []byte, side int) {
	size := w.m.stores.size
	at := int(i) * size
	if at >= len(w.raw[ourSide]) {
		at -= len(w.raw[ourSide])
		side = theirSide
	}
	return w.raw[side][at : at+size], side
}

// index groups the entries of the partition by their keys.
func (w *worker) index() {
	n := (len(w.raw[ourSide]) + len(w.raw[theirSide])) / w.m.stores.size
	slots := 16
	for slots < 2*n {
		slots *= 2
	}
	w.slots = zeroed(w.slots, slots)
	w.next = zeroed(w.next, n)
	w.heads = w.heads[:0]
	mask := uint64(slots - 1)
	for i := range int32(n) {
		raw, _ := w.encoded(i)
		k := keyAt(raw, w.rule)
		w.next[i] = -1
		for slot := k.lo & mask; ; slot = (slot + 1) & mask {
			head := w.slots[slot] - 1
			if head < 0 {
				w.slots[slot] = i + 1
				w.heads = append(w.heads, i)
				break
			}
			if first, _ := w.encoded(head); keyAt(first, w.rule) == k {
				w.next[i], w.next[head] = w.next[head], i
				break
			}
		}
	}
}

func zeroed(s []int32, n int) []int32 {
	if cap(s) < n {
		return make([]int32, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// resolve decides about the records of one key.
func (w *worker) resolve(head int32) error {
	w.group[ourSide], w.group[theirSide] = w.group[ourSide][:0], w.group[theirSide][:0]
	for i := head; i >= 0; i = w.next[i] {
		raw, side := w.encoded(i)
		it := item{raw: raw}
		it.decode(raw)
		w.group[side] = append(w.group[side], it)
	}
	for side := range w.group {
		if len(w.group[side]) > 1 {
			w.order(side)
		}
	}
	if w.m.opt.Rules.Match[w.rule].Like {
		return w.alike()
	}
	return w.identity()
}

// order sorts the records of one side by what they are, and drops those that are open
// items come again.
func (w *worker) order(side int) {
	names := w.m.sides[side].files
	slices.SortFunc(w.group[side], func(a, b item) int { return a.before(&b.entry, names) })
	if slices.ContainsFunc(w.group[side], func(it item) bool { return it.flags&carried != 0 }) {
		w.group[side] = w.dropRepeated(w.group[side])
	}
}

// dropRepeated drops for each open item one record of the same content. Records of one
// content are all the same but for their places, so it may be any of them.
func (w *worker) dropRepeated(g []item) []item {
	r := repeats{}
	for i := range g {
		r.carry(&g[i].entry)
	}
	return slices.DeleteFunc(g, func(it item) bool {
		again := r.again(&it.entry)
		if again {
			w.outcome.repeated++
		}
		return again
	})
}

// repeats counts, by content, the open items of which the record may come again.
type repeats map[uint64]int

// carry adds an entry if it is an open item.
func (r repeats) carry(e *entry) {
	if e.flags&carried != 0 {
		r[e.sum]++
	}
}

// again reports a record that is an open item come again. The item is not looked for any
// more then.
func (r repeats) again(e *entry) bool {
	if e.flags&carried != 0 || r[e.sum] == 0 {
		return false
	}
	r[e.sum]--
	return true
}

// identity takes the records of a key for one transaction.
func (w *worker) identity() error {
	o, t := 0, 0
	both := len(w.group[ourSide]) > 0 && len(w.group[theirSide]) > 0
	if both {
		o, t = w.best()
		if err := w.pair(&w.group[ourSide][o], &w.group[theirSide][t]); err != nil {
			return err
		}
	}
	for side, chosen := range [2]int{o, t} {
		for i := range w.group[side] {
			it := &w.group[side][i]
			switch {
			case i != chosen:
				if err := w.duplicate(side, &it.entry, &w.group[side][chosen].entry); err != nil {
					return err
				}
			case !both:
				if err := w.leave(side, it); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// best chooses the pair among several of the same key: the first of ours that has an
// equal among theirs, or the first of each.
func (w *worker) best() (o, t int) {
	if len(w.group[ourSide]) == 1 && len(w.group[theirSide]) == 1 {
		return 0, 0
	}
	type money struct {
		gross, fee int64
		currency   uint16
	}
	exact, gross := map[money]int{}, map[money]int{}
	for i := range w.group[theirSide] {
		e := &w.group[theirSide][i]
		first(exact, money{e.gross, e.fee, e.currency}, i)
		first(gross, money{e.gross, 0, e.currency}, i)
	}
	for i := range w.group[ourSide] {
		e := &w.group[ourSide][i]
		if j, ok := exact[money{e.gross, e.fee, e.currency}]; ok {
			return i, j
		}
	}
	for i := range w.group[ourSide] {
		e := &w.group[ourSide][i]
		if j, ok := gross[money{e.gross, 0, e.currency}]; ok {
			return i, j
		}
	}
	return 0, 0
}

func first[K comparable](m map[K]int, k K, i int) {
	if _, ok := m[k]; !ok {
		m[k] = i
	}
}

// pair makes a pair, clean or not.
func (w *worker) pair(o, t *item) error {
	reasons := w.differences(&o.entry, &t.entry)
	if reasons == 0 {
		w.outcome.byRule[w.rule]++
	} else {
		ours, theirs := o.entry, t.entry
		w.outcome.findings = append(w.outcome.findings, finding{reasons: reasons, rule: w.rule, sides: [2]*entry{&ours, &theirs}})
		if err := w.m.found(1); err != nil {
			return err
		}
	}
	if reasons == 0 && w.m.opt.KeepPairs || (o.flags|t.flags)&carried != 0 {
		w.outcome.pairs = append(w.outcome.pairs, pairing{rule: w.rule, ours: o.entry, theirs: t.entry})
	}
	return nil
}

// differences are what keeps a pair from being clean.
func (w *worker) differences(o, t *entry) uint16 {
	rule := &w.m.opt.Rules.Match[w.rule]
	var bits uint16
	switch {
	case o.currency != t.currency:
		bits |= currencyBit
	case distance(o.gross, t.gross) > uint64(rule.Amount):
		bits |= amountBit
	}
	if o.kind != t.kind {
		bits |= typeBit
	}
	both := o.flags & t.flags
	if both&feeStated != 0 && o.settled == t.settled && o.fee != t.fee || t.flags&feeWrong != 0 {
		bits |= feeBit
	}
	if both&timed != 0 && !w.near(o.unix, t.unix, rule.Days) {
		bits |= dateBit
	}
	return bits
}

func distance(a, b int64) uint64 {
	if a < b {
		a, b = b, a
	}
	return uint64(a) - uint64(b)
}

// near reports two times that are at most so many calendar days apart.
func (w *worker) near(a, b int64, days int) bool {
	if days < 0 || a == b || days > 0 && distance(a, b) < uint64(days)*86400-3600 {
		return true // well within, whatever the zone
	}
	zone := w.m.opt.Zone
	d := dayNumber(a, zone) - dayNumber(b, zone)
	return max(d, -d) <= days
}

// duplicate is a second record of the same key on one side.
func (w *worker) duplicate(side int, e, of *entry) error {
	dup, original := *e, *of
	f := finding{reasons: duplicateOursBit << side, rule: w.rule, of: &original}
	f.sides[side] = &dup
	w.outcome.findings = append(w.outcome.findings, f)
	return w.m.found(1)
}

// leave hands a record to the next rule for which it has a key.
func (w *worker) leave(side int, it *item) error {
	w.keys = w.keys[:0]
	for i := range w.m.opt.Rules.Match {
		w.keys = append(w.keys, keyAt(it.raw, i))
	}
	for rule := w.rule + 1; rule < len(w.keys); rule++ {
		if w.keys[rule] != (key{}) {
			return w.m.stores.addLater(side, rule, &it.entry, w.keys)
		}
	}
	w.outcome.loose[side] = append(w.outcome.loose[side], it.entry)
	return w.m.found(1)
}

// alikeMax is how many possible pairs of one key are compared with one another; in a
// larger group records are paired in the order of their amounts and times.
const alikeMax = 1 << 18

// alike pairs the records of a key that are within the tolerances, nearest first.
func (w *worker) alike() error {
	ours, theirs := w.group[ourSide], w.group[theirSide]
	taken := [2][]bool{make([]bool, len(ours)), make([]bool, len(theirs))}
	for _, c := range w.candidates() {
		if taken[ourSide][c.o] || taken[theirSide][c.t] {
			continue
		}
		taken[ourSide][c.o], taken[theirSide][c.t] = true, true
		if err := w.pair(&ours[c.o], &theirs[c.t]); err != nil {
			return err
		}
	}
	for side := range taken {
		for i, is := range taken[side] {
			if is {
				continue
			}
			if err := w.leave(side, &w.group[side][i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// candidate is a possible pair and how far apart its records are.
type candidate struct {
	amount, seconds uint64
	o, t            int
}

func (w *worker) candidates() []candidate {
	ours, theirs := w.group[ourSide], w.group[theirSide]
	if len(ours)*len(theirs) > alikeMax {
		return w.inOrder()
	}
	var list []candidate
	for o := range ours {
		for t := range theirs {
			if w.within(&ours[o].entry, &theirs[t].entry) {
				list = append(list, candidate{distance(ours[o].gross, theirs[t].gross), distance(ours[o].unix, theirs[t].unix), o, t})
			}
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.amount, b.amount), cmp.Compare(a.seconds, b.seconds), cmp.Compare(a.o, b.o), cmp.Compare(a.t, b.t))
	})
	return list
}

// within reports two records that a rule by likeness may pair.
func (w *worker) within(o, t *entry) bool {
	rule := &w.m.opt.Rules.Match[w.rule]
	if o.currency != t.currency || distance(o.gross, t.gross) > uint64(rule.Amount) {
		return false
	}
	return o.flags&t.flags&timed == 0 || w.near(o.unix, t.unix, rule.Days)
}

// inOrder pairs a large group by walking both sides in the order of amount and time.
func (w *worker) inOrder() []candidate {
	order := [2][]int{}
	for side, g := range w.group {
		for i := range g {
			order[side] = append(order[side], i)
		}
		slices.SortStableFunc(order[side], func(a, b int) int {
			return cmp.Or(cmp.Compare(g[a].gross, g[b].gross), cmp.Compare(g[a].unix, g[b].unix))
		})
	}
	var list []candidate
	for i, j := 0, 0; i < len(order[ourSide]) && j < len(order[theirSide]); {
		o, t := &w.group[ourSide][order[ourSide][i]].entry, &w.group[theirSide][order[theirSide][j]].entry
		switch {
		case w.within(o, t):
			list = append(list, candidate{o: order[ourSide][i], t: order[theirSide][j]})
			i, j = i+1, j+1
		case cmp.Or(cmp.Compare(o.gross, t.gross), cmp.Compare(o.unix, t.unix)) < 0:
			i++
		default:
			j++
		}
	}
	return list
}
