package bulk

import (
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dump"
)

// flows cuts connections, and raw inputs, into messages.
type flows struct {
	d       *detect.Detector
	source  string
	open    map[string]*flow
	order   []*flow // as they were opened
	waiting int     // bytes of all that wait for more
}

// flow is one direction of a connection.
type flow struct {
	name     string
	splitter *detect.Splitter
	rec      dump.Record // the latest, without its bytes
	base     int64       // where in the stream the splitter began
	written  int         // bytes given to the splitter
	cut      int         // bytes that it gave back
	nothing  lot         // a run of bytes of which nothing is known, with how long it is
}

// rawStream is what package dump calls an input that is bytes as they are.
const rawStream = "raw"

// waitingMost is how many bytes of unfinished messages are kept, of all connections.
const waitingMost = 8 << 20

// write adds a run of bytes to its flow, and takes the messages that it completes.
func (f *flows) write(j *job, rec dump.Record) {
	w := f.open[rec.Stream]
	if w != nil && rec.Lost > 0 {
		f.end(j, w) // what was waited for will not come
		w = nil
	}
	if w == nil {
		w = f.begin(rec)
	}
	data := rec.Data
	w.rec = rec
	w.rec.Data, w.rec.Text = nil, nil
	_, _ = w.splitter.Write(data) // never fails
	w.written += len(data)
	f.waiting += len(data)
	f.take(j, w)
	if rec.Partial {
		f.end(j, w)
	}
	for f.waiting > waitingMost && len(f.order) > 0 {
		f.end(j, f.order[0])
	}
}

func (f *flows) begin(rec dump.Record) *flow {
	w := &flow{name: rec.Stream, splitter: f.d.Splitter()}
	if rec.Stream == rawStream {
		w.base = rec.Offset // of a capture the bytes of a connection do not adjoin in the file
	}
	if f.open == nil {
		f.open = map[string]*flow{}
	}
	f.open[rec.Stream] = w
	f.order = append(f.order, w)
	return w
}

// take makes lots of the messages that are whole.
func (f *flows) take(j *job, w *flow) {
	for {
		p, ok := w.splitter.Next()
		if !ok {
			return
		}
		end := p.Offset + len(p.Data)
		f.waiting -= end - w.cut
		w.cut = end
		l := lot{
			data: p.Data, nanos: nanosOf(w.rec), whole: true, partial: p.Partial, want: p.Want,
			origin: originOf(w.rec, f.source, w.base+int64(p.Offset)),
		}
		if len(p.Data) < nothingLeast || p.Framing != "none" {
			w.settle(j)
			j.add(l)
			continue
		}
		if w.nothing.data == nil {
			w.nothing = l
		}
		w.nothing.length += len(p.Data)
	}
}

// nothingLeast is a piece that the splitter gave up: longer than any message.
const nothingLeast = 64 << 10

// settle tells of the run of bytes of which nothing is known, once.
func (w *flow) settle(j *job) {
	if w.nothing.data != nil {
		w.nothing.data = w.nothing.data[:nothingLeast]
		j.add(w.nothing)
		w.nothing = lot{}
	}
}

// end hands out what is left of a flow.
func (f *flows) end(j *job, w *flow) {
	_ = w.splitter.Close() // never fails
	f.take(j, w)
	w.settle(j)
	f.waiting -= w.written - w.cut
	delete(f.open, w.name)
	for i := range f.order {
		if f.order[i] == w {
			f.order = append(f.order[:i], f.order[i+1:]...)
			return
		}
	}
}

// close ends all flows.
func (f *flows) close(j *job) {
	for len(f.order) > 0 {
		f.end(j, f.order[0])
	}
}
