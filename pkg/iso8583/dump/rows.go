package dump

import (
	"bytes"
	"io"
	"time"

	"github.com/gopacket/gopacket/layers"
)

// rowLimit is the longest line of a dump or of a log that has dumps in it.
const rowLimit = 64 << 10

// rowReader puts the rows of dumps together. A record ends where the offsets start
// anew; other lines between its rows, such as those of another thread, do not end it.
type rowReader struct {
	src     *source
	opts    Options
	format  Format
	packets *packetDecoder // made at the first dump that is a packet
	conns   *assembly
	log     jposLog
	time    time.Time // of the header line of tcpdump, until a dump follows
	headed  bool      // there was one
	faults  []error
	done    bool
	some    bool // there was a row, or a fault

	open     bool // there is a record
	rec      Record
	data     []byte // of the record
	spare    []byte // of the record before, which the caller may still read
	first    []byte // digits of the first offset
	base     int    // of the offsets; 0 before a second row tells
	size     int64  // bytes since first
	over     bool   // more than a record may have
	framed   bool   // a header line of tcpdump stood before it
	last     []byte // bytes of the last row
	width    int    // bytes of a row that another follows; 0 before there was one
	squeezed bool   // a line "*": the last row is repeated
	row      []byte // buffer
}

func (r *rowReader) next() (Record, error) {
	for {
		if r.conns != nil {
			if rec, ok := r.conns.pop(); ok {
				return rec, nil
			}
		}
		if len(r.faults) > 0 {
			err := r.faults[0]
			r.faults = r.faults[1:]
			return Record{}, err
		}
		if r.done {
			return Record{}, io.EOF
		}
		if rec, ok := r.step(); ok {
			return rec, nil
		}
	}
}

// step takes one line in and gives the record that it ends, if it ends one.
func (r *rowReader) step() (Record, bool) {
	l, ok := r.src.next(rowLimit)
	if !ok {
		r.done = true
		rec, ok := r.finish(r.src.err != nil)
		if r.conns != nil {
			r.conns.flush()
		}
		r.fault(r.log.end())
		if !r.some && r.src.lines > 0 {
			r.fault(&Error{Err: ErrNothing})
		}
		return rec, ok
	}
	if l.long > 0 {
		r.fault(tooLong(l, rowLimit))
		return Record{}, false
	}
	text := bytes.TrimLeft(l.text, " \t>#/;")
	if string(bytes.TrimSpace(text)) == "*" {
		r.squeezed = r.open
		return Record{}, false
	}
	w, ok := parseRow(text, r.row[:0])
	if !ok {
		return r.other(l)
	}
	if len(w.data) == 0 {
		return r.endRow(w)
	}
	r.row = w.data
	return r.add(w, l)
}

func (r *rowReader) fault(err error) {
	if err != nil {
		r.some = true
		r.faults = append(r.faults, err)
	}
}

// other looks at a line that is no row: the header of a packet, or XML of jPOS.
func (r *rowReader) other(l line) (Record, bool) {
	if at, ok := headerTime(l.text); ok && r.format != JPOS {
		rec, done := r.finish(false)
		r.time, r.headed = at, true
		return rec, done
	}
	if bytes.IndexByte(l.text, '<') >= 0 {
		r.fault(r.log.line(l))
	}
	if r.log.takesHeader(l.text) {
		r.first, r.last = r.first[:0], r.last[:0]
	}
	return Record{}, false
}

// add puts a row to the record, or ends that and begins the next.
func (r *rowReader) add(w row, l line) (Record, bool) {
	if r.open && r.continues(w) {
		r.append(w.data)
		r.rec.Partial = w.cut && !l.ended
		return Record{}, false
	}
	lost := r.hole(w)
	rec, ok := r.finish(lost > 0)
	r.begin(w, l)
	r.rec.Lost = lost
	return rec, ok
}

// begin opens a record with its first row.
func (r *rowReader) begin(w row, l line) {
	r.open, r.over, r.base, r.size, r.width, r.squeezed = true, false, 0, 0, 0, false
	r.data, r.spare = r.spare[:0], r.data
	r.first = append(r.first[:0], w.offset...)
	if !w.mayBeOctal() {
		r.base = 16
	}
	r.rec = Record{Offset: l.offset, Line: l.number, Time: r.time, Partial: w.cut && !l.ended}
	r.some = true
	r.framed, r.headed, r.time = r.headed, false, time.Time{}
	r.log.stamp(&r.rec)
	r.append(w.data)
}

// append adds the bytes of a row. Above the limit they are counted only.
func (r *rowReader) append(data []byte) {
	r.last = append(r.last[:0], data...)
	r.size += int64(len(data))
	r.over = r.over || len(r.data)+len(data) > r.opts.MaxRecord
	if !r.over {
		r.data = append(r.data, data...)
	}
}

// bases are those that the offsets can have. Before a second row tells, all are tried;
// what is not tried, where the second row does not follow, is the last.
func (r *rowReader) bases() []int {
	if r.base != 0 {
		return []int{r.base}
	}
	return []int{16, 8, 10}
}

// continues reports a row that follows the last one: at once, behind repeated rows, or
// a little before, where the text of the last row was taken for bytes.
func (r *rowReader) continues(w row) bool {
	if len(r.first) == 0 { // the dump so far is of a header, and the message follows
		r.first, r.base, r.size = append(r.first, w.offset...), 16, 0
	}
	for _, base := range r.bases() {
		at, known := r.behind(base)
		if off, ok := w.at(base); known && ok && off == at {
			r.base, r.width = base, max(r.width, len(r.last))
			return true
		}
	}
	return r.squeezed && r.repeat(w) || r.retract(w)
}

// retract takes the end of the last row back, where the row behind it says that it was
// text.
func (r *rowReader) retract(w row) bool {
	base := r.bases()[0]
	at, known := r.behind(base)
	off, ok := w.at(base)
	if !known || !ok || off >= at || off <= at-int64(len(r.last)) {
		return false
	}
	r.base = base
	r.shorten(int(at - off))
	r.width = max(r.width, len(r.last))
	return true
}

// shorten takes the last bytes back.
func (r *rowReader) shorten(n int) {
	if !r.over {
		r.data = r.data[:len(r.data)-n]
	}
	r.size -= int64(n)
	r.last = r.last[:len(r.last)-n]
}

// behind is the offset behind the last row, by a base.
func (r *rowReader) behind(base int) (int64, bool) {
	at, ok := parseOffset(r.first, base)
	return at + r.size, ok
}

// repeat puts the last row again and again up to the offset of w.
func (r *rowReader) repeat(w row) bool {
	base := r.base
	if base == 0 {
		base = 16
		if !w.words {
			base = 8
		}
	}
	at, known := r.behind(base)
	off, ok := w.at(base)
	if !known || !ok || off <= at || len(r.last) == 0 {
		return false
	}
	r.base, r.squeezed = base, false
	n := off - at
	r.over = r.over || int64(len(r.data))+n > int64(r.opts.MaxRecord)
	if !r.over {
		for i := range int(n) {
			r.data = append(r.data, r.last[i%len(r.last)])
		}
	}
	r.size += n
	return true
}

// hole is how many bytes are missing between the record and a row behind it.
func (r *rowReader) hole(w row) int64 {
	if !r.open {
		return 0
	}
	base := max(r.base, r.bases()[0])
	at, known := r.behind(base)
	off, ok := w.at(base)
	if !known || !ok {
		return 0
	}
	return max(off-at, 0)
}

// endRow is an offset alone, which says how long the dump was.
func (r *rowReader) endRow(w row) (Record, bool) {
	if !r.open {
		return Record{}, false
	}
	if r.continues(w) {
		return r.finish(false)
	}
	return Record{}, false
}

// finish ends the record: it is returned, or if it is a packet, goes to the connections.
func (r *rowReader) finish(partial bool) (Record, bool) {
	if !r.open {
		return Record{}, false
	}
	r.open, r.squeezed = false, false
	if r.width > 0 && len(r.last) > r.width { // the text of the last row was taken for bytes
		r.shorten(len(r.last) - r.width)
	}
	if r.over {
		r.fault(&Error{Line: r.rec.Line, Offset: r.rec.Offset, Err: ErrTooLong, Want: int64(r.opts.MaxRecord), Got: r.size})
		return Record{}, false
	}
	if r.packet() {
		return Record{}, false
	}
	r.rec.Data = r.data
	r.rec.Partial = r.rec.Partial || partial
	return r.rec, true
}

// packet hands the record to the connections, if it is a packet. What tcpdump printed
// is one, or of no interest.
func (r *rowReader) packet() bool {
	at := ipStart(r.data, r.framed || r.format == Tcpdump)
	if at < 0 {
		return r.framed
	}
	if r.packets == nil {
		r.packets, r.conns = newPacketDecoder(), newAssembly(r.opts)
	}
	s, ok := r.packets.decode(frame{time: r.rec.Time, link: layers.LinkTypeRaw, data: r.data[at:], line: r.rec.Line})
	if ok {
		s.offset = r.rec.Offset
		r.conns.add(s)
	}
	return true
}
