package detect

import "slices"

// Piece is one message of a run of bytes, with what stands around it.
type Piece struct {
	Data    []byte // a part of the bytes that were given: the message in its framing
	Offset  int    // of Data in them
	Framing string // "none" where the message stands alone; what Result says where it says more
	Result  Result // of Data; Start and End are counted in it. A Splitter leaves it empty: who takes millions asks a Session
	Partial bool   // the bytes end before the message does
	Want    int    // bytes that Data would have if it were whole, where its length tells; else 0
}

// Split cuts a run of bytes into its messages: frames of one kind of length from the
// beginning to the end, or messages that follow each other without any. Frames of no
// length, which keep a connection alive, are left out. What is no message, or cannot be
// cut, is one piece. The pieces share the memory of raw.
func (d *Detector) Split(raw []byte) []Piece {
	if len(raw) == 0 {
		return nil
	}
	whole := d.Detect(raw)
	if b := whole.Best; b != nil && b.Sound && whole.Confidence != Guess && b.Total == len(raw) {
		return []Piece{piece(raw, 0, whole)}
	}
	best := []Piece{piece(raw, 0, whole)}
	worth := chainWorth(best)
	for kind := noLength + 1; kind < lengthKinds; kind++ {
		if pieces := d.chain(raw, kind); pieces != nil && chainWorth(pieces) > worth {
			best, worth = pieces, chainWorth(pieces)
		}
	}
	if pieces := d.abreast(raw); chainWorth(pieces) > worth {
		best = pieces
	}
	return best
}

// piece is a piece of what was detected in it.
func piece(data []byte, offset int, r Result) Piece {
	p := Piece{Data: data, Offset: offset, Framing: "none", Result: r}
	if r.Best == nil {
		return p
	}
	p.Framing = r.Best.Framing
	if r.Best.Total > len(data) {
		p.Partial, p.Want = true, r.Best.Total
	}
	return p
}

// chainWorth is what a way of cutting explains: the bytes of messages that are sound,
// less those of pieces that nothing is known of.
func chainWorth(pieces []Piece) int {
	n := 0
	for _, p := range pieces {
		switch {
		case p.Result.Confidence == Sure:
			n += 4 * len(p.Data)
		case p.Result.Confidence == Likely && p.Result.Best.Sound:
			n += 3 * len(p.Data)
		case p.Partial:
			n += len(p.Data)
		case p.Result.Confidence != "":
			n += len(p.Data)
		}
	}
	return n
}

// chain cuts raw by a kind of length, or gives nothing: where the lengths do not lead
// to the end or into an unfinished last frame, or no message stands in the first.
func (d *Detector) chain(raw []byte, kind lengthKind) []Piece {
	sizes, rest := frames(raw, kind)
	if len(sizes) == 0 {
		return nil
	}
	s := d.Session()
	var pieces []Piece
	at := 0
	for _, size := range sizes {
		data := raw[at : at+size]
		at += size
		if size == kind.size() {
			continue
		}
		p := piece(data, at-size, s.result(data))
		if len(pieces) == 0 && !startsWith(p, kind) {
			return nil
		}
		pieces = append(pieces, p)
	}
	if rest > 0 && len(pieces) > 0 {
		data := raw[at:]
		p := piece(data, at, s.result(data))
		_, _, total, ok := kind.open(data)
		p.Partial, p.Want = true, 0
		if ok && total > len(data) {
			p.Want = total
		}
		pieces = append(pieces, p)
	}
	return pieces
}

// startsWith reports a first piece in which a message was found behind the length.
func startsWith(p Piece, kind lengthKind) bool {
	return p.Result.Best != nil && p.Result.Best.Start >= kind.size() && !p.Partial
}

// piecesMost bounds the frames of one run that are looked at.
const piecesMost = 1 << 20

// frames are the sizes of the frames in raw, lengths and all, and the bytes after the
// last whole one. It is empty where a length leads nowhere.
func frames(raw []byte, kind lengthKind) (sizes []int, rest int) {
	for at := 0; at < len(raw) && len(sizes) < piecesMost; {
		left := raw[at:]
		size, ok := frameSize(left, kind)
		switch {
		case !ok:
			return nil, 0
		case size == 0 || size > len(left):
			return sizes, len(left)
		}
		sizes = append(sizes, size)
		at += size
	}
	return sizes, 0
}

// frameSize is the size of the frame at the beginning of raw, 0 where there are too few
// bytes to tell. It answers false where no such frame can begin.
func frameSize(raw []byte, kind lengthKind) (size int, ok bool) {
	if len(raw) < kind.size() {
		return 0, true
	}
	if isIdle(raw, kind) {
		return kind.size(), true
	}
	if len(raw) == kind.size() {
		return 0, true
	}
	_, _, total, ok := kind.open(raw)
	return total, ok
}

// isIdle reports a frame of no length.
func isIdle(raw []byte, kind lengthKind) bool {
	head := raw[:kind.size()]
	switch kind {
	case ascii4, hex4:
		return string(head) == "0000"
	case stx, noLength:
		return false
	case binary2Self:
		return head[0] == 0 && head[1] == 2
	default:
		return !slices.ContainsFunc(head, func(b byte) bool { return b != 0 })
	}
}

// abreast cuts messages that follow each other without lengths: one that is read to its
// last field, and a message type where the next would begin.
func (d *Detector) abreast(raw []byte) []Piece {
	var pieces []Piece
	j := d.judge()
	defer d.release(j)
	for at := 0; at < len(raw); {
		left := raw[at:]
		end, ok := d.ends(j, left)
		if !ok {
			end = len(left)
		}
		p := piece(left[:end], at, d.Detect(left[:end]))
		if !ok && p.Result.Best != nil && !p.Result.Best.Sound {
			p.Partial = len(pieces) > 0
		}
		pieces = append(pieces, p)
		at += end
	}
	return pieces
}

// ends is where the first message of raw ends, if another begins there: of the dialects
// that read one, what the one with the strongest evidence says.
func (d *Detector) ends(j *judge, raw []byte) (end int, ok bool) {
	most := likelyPoints
	envelopes(raw, d.allows, func(e envelope) {
		if e.length != noLength || e.header == strange {
			return
		}
		m, _ := mtiAt(raw[e.start:], e.coding)
		for _, entry := range d.entries {
			if entry.coding != e.coding || !entry.fits(m.version()) || !entry.mayBe(raw[e.start:e.end]) {
				continue
			}
			at, found := j.trailing(raw, e, entry)
			if !found || !followed(raw[at:], e) {
				continue
			}
			whole := e
			whole.end, whole.total = at, at
			if r := j.score(raw[:at], whole, entry, false); r.sound && r.points > most {
				most, end, ok = r.points, at, true
			}
		}
	})
	return end, ok
}

// followed reports a message type that networks use, behind the same header.
func followed(rest []byte, e envelope) bool {
	found := false
	envelopes(rest, nil, func(next envelope) {
		m, _ := mtiAt(rest[next.start:], next.coding)
		found = found || m.usual() && next.same(envelope{tpdu: e.tpdu, header: e.header, coding: e.coding})
	})
	return found
}
