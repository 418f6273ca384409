package bulk

import (
	"bytes"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
)

// joiner finds the answer of each request: the message of the other direction with the
// same class, terminal (41) and trace number (11) and, where both have one, the same
// time of transmission (7). What waits is kept in slots that are used again, so that the
// memory is that of the most that ever waited.
type joiner struct {
	most   int
	slots  []request
	free   int32            // a slot that is free, and by next the others; -1 is none
	first  map[uint64]int32 // the oldest request of a key
	oldest int32            // of all that wait; -1 is none
	newest int32
	open   int

	pairs     int64
	answers   int64 // without a request
	repeats   int64 // requests with the key of one that waits
	given     int   // given up, because too many others waited
	firstLost []Unanswered
	lostCount int64
}

// request is a request that waits for its answer.
type request struct {
	n, line      int
	key, moment  uint64
	nanos        int64
	next         int32 // of the same key, younger; of a free slot the next free one
	older, newer int32 // of all that wait
	mti          [4]byte
	terminal     [16]byte
	trace        [12]byte
}

// Unanswered is a request for which no answer came.
type Unanswered struct {
	N        int         `json:"n"`
	Line     int         `json:"line,omitempty"`
	MTI      iso8583.MTI `json:"mti"`
	Terminal string      `json:"terminal,omitempty"` // field 41
	Trace    string      `json:"stan"`               // field 11
}

// unansweredMost is how many are told; all are counted. alikeMost is how many requests
// of the same numbers may wait.
const (
	unansweredMost = 100
	alikeMost      = 16
)

func newJoiner(most int) *joiner {
	return &joiner{most: most, free: -1, oldest: -1, newest: -1, first: map[uint64]int32{}}
}

// see takes one message. answered reports an answer to a request of the type mti, with the
// time between the two where both have one.
func (j *joiner) see(n int, f *fact) (mti [4]byte, took time.Duration, timed, answered bool) {
	if !f.keyed || f.state != sound {
		return mti, 0, false, false
	}
	if (f.mti[2]-'0')%2 == 0 {
		j.ask(n, f)
		return mti, 0, false, false
	}
	r, ok := j.answer(f)
	if !ok {
		j.answers++
		return mti, 0, false, false
	}
	j.pairs++
	return r.mti, time.Duration(f.nanos - r.nanos), r.nanos != 0 && f.nanos != 0, true
}

// ask remembers a request. A notification wants no answer.
func (j *joiner) ask(n int, f *fact) {
	if f.mti[2] == '4' {
		return
	}
	last, alike, repeat := int32(-1), 0, false
	for at, ok := j.head(f.key); ok && at >= 0; at = j.slots[at].next {
		r := &j.slots[at]
		repeat = repeat || r.moment == f.moment || r.moment == 0 || f.moment == 0
		last, alike = at, alike+1
	}
	if repeat {
		j.repeats++
	}
	at := j.slot()
	j.slots[at] = request{
		n: n, line: f.line, key: f.key, moment: f.moment, nanos: f.nanos, next: -1, older: j.newest, newer: -1,
		mti: f.mti, terminal: f.terminal, trace: f.trace,
	}
	if last >= 0 {
		j.slots[last].next = at
	} else {
		j.first[f.key] = at
	}
	if j.newest >= 0 {
		j.slots[j.newest].newer = at
	} else {
		j.oldest = at
	}
	j.newest = at
	j.open++
	switch {
	case alike >= alikeMost:
		j.giveUp(j.first[f.key])
	case j.open > j.most:
		j.giveUp(j.oldest)
	}
}

func (j *joiner) head(key uint64) (at int32, ok bool) {
	at, ok = j.first[key]
	return at, ok
}

// slot is a free slot.
func (j *joiner) slot() int32 {
	if j.free >= 0 {
		at := j.free
		j.free = j.slots[at].next
		return at
	}
	j.slots = append(j.slots, request{})
	return int32(len(j.slots) - 1)
}

// answer takes the oldest request that a message answers. Repeats of it are answered by
// the same message.
func (j *joiner) answer(f *fact) (found request, ok bool) {
	at, any := j.head(f.key)
	for any && at >= 0 {
		r := j.slots[at]
		if r.moment == f.moment || r.moment == 0 || f.moment == 0 {
			if !ok {
				found, ok = r, true
			}
			j.remove(at)
		}
		at = r.next
	}
	return found, ok
}

// remove takes a request out of what waits.
func (j *joiner) remove(at int32) {
	r := j.slots[at]
	if head := j.first[r.key]; head != at {
		for j.slots[head].next != at {
			head = j.slots[head].next
		}
		j.slots[head].next = r.next
	} else if r.next >= 0 {
		j.first[r.key] = r.next
	} else {
		delete(j.first, r.key)
	}
	if r.older >= 0 {
		j.slots[r.older].newer = r.newer
	} else {
		j.oldest = r.newer
	}
	if r.newer >= 0 {
		j.slots[r.newer].older = r.older
	} else {
		j.newest = r.older
	}
	j.slots[at].next, j.free = j.free, at
	j.open--
}

// giveUp counts a request as unanswered though its answer may come.
func (j *joiner) giveUp(at int32) {
	j.given++
	j.lose(&j.slots[at])
	j.remove(at)
}

func (j *joiner) lose(r *request) {
	j.lostCount++
	if len(j.firstLost) < unansweredMost {
		j.firstLost = append(j.firstLost, Unanswered{
			N: r.n, Line: r.line, MTI: iso8583.MTI(r.mti[:]), Terminal: identifier(r.terminal[:]), Trace: identifier(r.trace[:]),
		})
	}
}

// end counts all that still wait, the oldest first.
func (j *joiner) end() {
	for at := j.oldest; at >= 0; at = j.slots[at].newer {
		j.lose(&j.slots[at])
	}
}

// identifier is a terminal or trace number that can be shown; what is long enough to be
// a card number is not.
func identifier(text []byte) string {
	text = bytes.TrimSpace(bytes.TrimRight(text, "\x00"))
	digits := 0
	for _, c := range text {
		if c < ' ' || c > '~' {
			return ""
		}
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	if digits > 12 {
		return ""
	}
	return string(text)
}
