package bulk

import (
	"errors"
	"io"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dump"
)

// job is a part of the input that one worker does.
type job struct {
	input string
	block dump.Block // lines to be decoded, or
	lots  []lot      // bytes that are
	arena []byte     // where the bytes of lots are
	read  int64      // bytes of all inputs read when the job was made
	to    chan *batch
}

// lot is a run of bytes that was cut out of the input, or why there is none.
type lot struct {
	data    []byte
	text    []byte // the line that data was made of
	origin  iso8583.Origin
	nanos   int64 // time, 0 where none is known
	whole   bool  // one message, cut out of a connection: not to be cut again
	partial bool
	want    int
	lost    int64
	length  int  // of the run of which data is the beginning, where it is longer
	typed   bool // data is the characters of the input, not bytes that they spell
	err     error
}

// source makes jobs of inputs.
type source struct {
	o      Options
	inputs []Input
	at     int
	count  *counter
	reader *dump.Reader
	blocks *dump.Blocks
	flows  flows
}

// counter counts what is read, and keeps the error that reading ended in.
type counter struct {
	r   io.Reader
	n   *int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// Bounds of a job of lots.
const (
	lotsMost  = 512
	bytesMost = 128 << 10
)

// next fills a job. It answers io.EOF after the last input; any other error ends all.
func (s *source) next(j *job, read *int64) error {
	j.lots, j.arena = j.lots[:0], j.arena[:0]
	j.block.Data = j.block.Data[:0]
	for {
		if s.reader == nil {
			if s.at == len(s.inputs) {
				return io.EOF
			}
			s.open(read)
		}
		j.input = s.name()
		err := s.fill(j)
		if errors.Is(err, io.EOF) {
			s.reader, s.at, err = nil, s.at+1, nil
		}
		if j.read = *read; err != nil || len(j.lots) > 0 || len(j.block.Data) > 0 {
			return err
		}
	}
}

func (s *source) name() string { return s.inputs[s.at].Name }

func (s *source) open(read *int64) {
	s.count = &counter{r: s.inputs[s.at].Reader, n: read}
	s.reader = dump.NewReader(s.count, s.o.Dump)
	s.blocks, _ = s.reader.Blocks()
	s.flows = flows{d: s.o.Detector, source: s.name()}
}

// fill takes lines or lots of the input that is open.
func (s *source) fill(j *job) (err error) {
	if s.blocks == nil {
		return s.fillLots(j)
	}
	if j.block, err = s.blocks.Next(j.block.Data[:0]); err != nil {
		j.block = dump.Block{}
	}
	return s.tell(j, err)
}

// fillLots takes records until there are enough for a job.
func (s *source) fillLots(j *job) error {
	for len(j.lots) < lotsMost && len(j.arena) < bytesMost {
		rec, err := s.reader.Next()
		if errors.Is(err, io.EOF) {
			s.flows.close(j)
			return err
		}
		if err != nil {
			if err := s.tell(j, err); err != nil {
				return err
			}
			continue
		}
		s.take(j, rec)
	}
	return nil
}

// take makes a lot of a record, or adds it to its stream. A raw input that is one record
// is looked at as a whole.
func (s *source) take(j *job, rec dump.Record) {
	if rec.Stream == rawStream && rec.Offset == 0 && len(rec.Data) < dump.DefaultMaxRecord {
		rec.Stream = ""
	}
	if rec.Stream != "" {
		s.flows.write(j, rec)
		return
	}
	j.add(lot{
		data: rec.Data, text: rec.Text, nanos: nanosOf(rec), partial: rec.Partial, lost: rec.Lost,
		origin: originOf(rec, s.name(), 0), typed: s.reader.Format() == dump.Text,
	})
}

// add keeps a copy of a lot in the arena of the job. The arena never moves: a lot that
// does not fit has memory of its own.
func (j *job) add(l lot) {
	l.data, l.text = j.keep(l.data), j.keep(l.text)
	j.lots = append(j.lots, l)
}

func (j *job) keep(data []byte) []byte {
	if len(data) == 0 {
		return nil
	}
	if cap(j.arena)-len(j.arena) < len(data) {
		if len(j.arena) > 0 || len(data) > bytesMost {
			return append([]byte(nil), data...)
		}
		j.arena = make([]byte, 0, bytesMost)
	}
	at := len(j.arena)
	j.arena = append(j.arena, data...)
	return j.arena[at:len(j.arena):len(j.arena)]
}

// originOf is where a record came from; offset is counted in it, or in its stream.
func originOf(rec dump.Record, source string, offset int64) iso8583.Origin {
	o := iso8583.Origin{Source: source, Line: rec.Line, Offset: offset, From: rec.Source, To: rec.Destination}
	if !rec.Time.IsZero() {
		o.Time = rec.Time.UTC().Format(time.RFC3339Nano)
	}
	return o
}

// nanosOf is the time of a record, 0 where none is known.
func nanosOf(rec dump.Record) int64 {
	if rec.Time.IsZero() {
		return 0
	}
	return rec.Time.UnixNano()
}

// tell makes a lot of a fault of the input after which it goes on. An error of reading
// is the end of all.
func (s *source) tell(j *job, err error) error {
	var fault *dump.Error
	if err == nil || errors.Is(err, io.EOF) || s.count.err != nil || !errors.As(err, &fault) {
		return err
	}
	j.lots = append(j.lots, lot{origin: iso8583.Origin{Source: s.name(), Line: fault.Line, Offset: fault.Offset}, err: err})
	return nil
}
