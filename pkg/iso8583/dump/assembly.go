package dump

import (
	"cmp"
	"container/list"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// runSize is how many bytes of a connection are held before they become a record, where
// nothing else ends the run.
const runSize = 64 << 10

// lossDelay is how long missing bytes are waited for once the other side has said that
// it has them.
const lossDelay = 200 * time.Millisecond

// farBehind is more than any window of TCP in use: a segment so far behind what is
// awaited is not sent again but belongs to a connection whose beginning was not captured.
const farBehind = 1 << 26

// assembly puts connections together: each direction by itself, in the order of its
// sequence numbers, cut where the sender pushed. gopacket's own is not used: it hides
// where in the capture a byte stood and where the sender pushed, and registers flags
// that collide with those of its sibling in a program that has both.
type assembly struct {
	opts    Options
	flows   map[flowKey]*list.Element // of *flow in recent
	recent  *list.List                // the one that was silent longest is at the back
	waiting *list.List                // of *flow that hold bytes, by when they last got some
	pending int                       // bytes that all hold, in runs and ahead of them
	ready   []Record
	names   map[flowKey]bool // pairs of addresses that gave a stream its name
	serial  int              // of the last stream whose addresses had been used before
	now     time.Time        // of the packet that came last
}

type flowKey struct{ source, destination netip.AddrPort }

func (k flowKey) reverse() flowKey { return flowKey{k.destination, k.source} }

// flow is one direction of a connection.
type flow struct {
	key                         flowKey
	source, destination, stream string
	started                     bool
	first, next                 uint32 // sequence numbers: of the first byte, and of the one that is awaited
	run                         []byte // bytes in order that are no record yet
	runOffset                   int64
	runLine                     int
	lost                        int64         // bytes missing before run
	held                        []segment     // ahead of next, by sequence number
	seen                        time.Time     // of the last packet with bytes
	waiting                     *list.Element // in assembly.waiting
}

func newAssembly(opts Options) *assembly {
	return &assembly{opts: opts, flows: map[flowKey]*list.Element{}, recent: list.New(), waiting: list.New(), names: map[flowKey]bool{}, serial: 1}
}

// pop is the next record that is ready.
func (a *assembly) pop() (Record, bool) {
	if len(a.ready) == 0 {
		return Record{}, false
	}
	rec := a.ready[0]
	a.ready = a.ready[1:]
	return rec, true
}

// add takes a segment in. Its payload is copied.
func (a *assembly) add(s segment) {
	if !a.wanted(s) {
		return
	}
	a.now = s.time
	a.flushIdle()
	if s.udp {
		a.addDatagram(s)
		return
	}
	f := a.flow(s)
	if other := a.flows[f.key.reverse()]; other != nil && s.acks {
		a.acknowledge(other.Value.(*flow), s)
	}
	if s.syn {
		a.open(f, s.seq+1)
		s.seq++
	}
	if !f.started {
		f.started, f.first, f.next = true, s.seq, s.seq
	}
	if len(s.payload)+s.cut > 0 {
		f.seen = s.time
		a.take(f, s)
	}
	if s.fin || s.rst {
		a.close(f, s)
	}
	a.limit()
}

func (a *assembly) wanted(s segment) bool {
	return len(a.opts.Ports) == 0 || slices.Contains(a.opts.Ports, s.source.Port()) || slices.Contains(a.opts.Ports, s.destination.Port())
}

func (a *assembly) addDatagram(s segment) {
	if len(s.payload) == 0 {
		return
	}
	if over := len(s.payload) - a.opts.MaxRecord; over > 0 {
		s.payload, s.cut = s.payload[:a.opts.MaxRecord], s.cut+over
	}
	a.ready = append(a.ready, Record{
		Data: slices.Clone(s.payload), Offset: s.offset, Line: s.line, Time: s.time,
		Source: s.source.String(), Destination: s.destination.String(), Partial: s.cut > 0,
	})
}

// flow is the direction that a segment belongs to, now the one that spoke last.
func (a *assembly) flow(s segment) *flow {
	key := flowKey{s.source, s.destination}
	if e := a.flows[key]; e != nil {
		a.recent.MoveToFront(e)
		return e.Value.(*flow)
	}
	f := &flow{key: key, source: s.source.String(), destination: s.destination.String()}
	f.stream = a.name(f)
	a.flows[key] = a.recent.PushFront(f)
	return f
}

// name is a name for the stream of a flow that no other had. How many pairs of addresses
// are remembered for it has a limit, too.
func (a *assembly) name(f *flow) string {
	name := f.source + " > " + f.destination
	if !a.names[f.key] && len(a.names) < 8*a.opts.MaxConnections {
		a.names[f.key] = true
		return name
	}
	a.serial++
	return fmt.Sprintf("%s #%d", name, a.serial)
}

// open begins a connection at a sequence number, and ends the one that used the same
// addresses before. A SYN that is sent again changes nothing.
func (a *assembly) open(f *flow, first uint32) {
	if f.started && f.first == first {
		return
	}
	if f.started {
		a.giveUp(f)
		a.emit(f, f.seen, true)
		f.stream = a.name(f)
	}
	f.started, f.first, f.next = true, first, first
	f.lost = 0
}

// take puts a segment where it belongs: behind what is there, or aside until what is
// missing comes.
func (a *assembly) take(f *flow, s segment) {
	ahead := int32(s.seq - f.next)
	size := len(s.payload) + s.cut
	switch {
	case ahead < -farBehind:
		a.open(f, s.seq)
		a.take(f, s)
	case ahead > 0:
		a.hold(f, s)
	case int(ahead)+size <= 0: // sent again
	default:
		a.turn(f)
		a.append(f, s)
		a.drain(f, s.time)
	}
}

// turn ends the run of the other side, now that this one speaks.
func (a *assembly) turn(f *flow) {
	if e := a.flows[f.key.reverse()]; e != nil {
		if other := e.Value.(*flow); len(other.run) > 0 {
			a.emit(other, other.seen, false)
		}
	}
}

// append adds what is new in a segment that begins at or before what is awaited.
func (a *assembly) append(f *flow, s segment) {
	old := int(f.next - s.seq)
	f.next = s.seq + uint32(len(s.payload)+s.cut)
	if old < len(s.payload) {
		if len(f.run) == 0 {
			f.runOffset, f.runLine = s.offset+int64(old), s.line
		}
		f.run = append(f.run, s.payload[old:]...)
		a.pending += len(s.payload) - old
		a.wait(f)
	}
	if s.cut > 0 {
		a.emit(f, s.time, true)
		f.lost += int64(min(s.cut, len(s.payload)+s.cut-old))
	}
	if s.psh || len(f.run) >= min(runSize, a.opts.MaxRecord) {
		a.emit(f, s.time, false)
	}
}

// hold keeps a segment that is ahead, in order.
func (a *assembly) hold(f *flow, s segment) {
	s.payload = slices.Clone(s.payload)
	at, _ := slices.BinarySearchFunc(f.held, s, func(x, y segment) int {
		return cmp.Or(cmp.Compare(int32(x.seq-f.next), int32(y.seq-f.next)), cmp.Compare(len(y.payload), len(x.payload)))
	})
	f.held = slices.Insert(f.held, at, s)
	a.pending += heldSize(s)
	a.wait(f)
}

// heldSize is what a segment that is held back costs in memory.
func heldSize(s segment) int { return len(s.payload) + 256 }

// drain appends what was held back and is awaited now. The packet that closed the hole
// completed it, so its time counts.
func (a *assembly) drain(f *flow, now time.Time) {
	n := 0
	for n < len(f.held) && int32(f.held[n].seq-f.next) <= 0 {
		s := f.held[n]
		n++
		a.pending -= heldSize(s)
		if int32(s.seq+uint32(len(s.payload)+s.cut)-f.next) > 0 {
			s.time = now
			a.append(f, s)
		}
	}
	f.held = slices.Delete(f.held, 0, n)
}

// skip gives up what is missing before the first segment that was held back.
func (a *assembly) skip(f *flow, now time.Time) {
	a.emit(f, f.seen, true)
	f.lost += int64(f.held[0].seq - f.next)
	f.next = f.held[0].seq
	a.drain(f, now)
}

// giveUp skips all that is missing.
func (a *assembly) giveUp(f *flow) {
	for len(f.held) > 0 {
		a.skip(f, f.held[0].time)
	}
}

// acknowledge gives up what the other side has and the capture has not: it will not be
// sent again. Packets that were captured out of order get a moment.
func (a *assembly) acknowledge(f *flow, s segment) {
	for len(f.held) > 0 && int32(s.ack-f.held[0].seq) >= 0 && s.time.Sub(f.held[0].time) >= lossDelay {
		a.skip(f, s.time)
	}
}

// close ends a direction. A FIN that is ahead of its time waits with what is held.
func (a *assembly) close(f *flow, s segment) {
	if s.rst {
		a.giveUp(f)
	}
	if len(f.held) == 0 {
		a.emit(f, s.time, false)
	}
}

// emit makes a record of the run.
func (a *assembly) emit(f *flow, at time.Time, partial bool) {
	if f.waiting != nil && len(f.held) == 0 {
		a.waiting.Remove(f.waiting)
		f.waiting = nil
	}
	for len(f.run) > 0 {
		n := min(len(f.run), a.opts.MaxRecord)
		a.ready = append(a.ready, Record{
			Data: f.run[:n:n], Offset: f.runOffset, Line: f.runLine, Time: at, Source: f.source, Destination: f.destination,
			Stream: f.stream, Lost: f.lost, Partial: partial && n == len(f.run),
		})
		f.lost, f.run, f.runOffset = 0, f.run[n:], f.runOffset+int64(n)
		a.pending -= n
	}
	f.run = nil
}

// wait notes that a flow holds bytes.
func (a *assembly) wait(f *flow) {
	if f.waiting == nil {
		f.waiting = a.waiting.PushFront(f)
		return
	}
	a.waiting.MoveToFront(f.waiting)
}

// flushIdle ends the runs of flows that have been silent for too long.
func (a *assembly) flushIdle() {
	for e := a.waiting.Back(); e != nil; e = a.waiting.Back() {
		f := e.Value.(*flow)
		if a.now.Sub(f.seen) < a.opts.Idle {
			return
		}
		a.end(f, false)
	}
}

// end gives out all that a flow holds.
func (a *assembly) end(f *flow, partial bool) {
	a.giveUp(f)
	a.emit(f, f.seen, partial)
	if f.waiting != nil {
		a.waiting.Remove(f.waiting)
		f.waiting = nil
	}
}

// limit gives out what was held longest where all hold too much, and drops the flows
// that were silent longest where there are too many, two a connection.
func (a *assembly) limit() {
	for e := a.waiting.Back(); e != nil && a.pending > a.opts.MaxPending; e = a.waiting.Back() {
		a.end(e.Value.(*flow), false)
	}
	for a.recent.Len() > 2*a.opts.MaxConnections {
		e := a.recent.Back()
		f := e.Value.(*flow)
		a.end(f, true)
		a.recent.Remove(e)
		delete(a.flows, f.key)
	}
}

// flush gives out all that is held, oldest first, at the end of the capture.
func (a *assembly) flush() {
	for e := a.waiting.Back(); e != nil; e = a.waiting.Back() {
		a.end(e.Value.(*flow), true)
	}
}
