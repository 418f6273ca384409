package dump

import (
	"errors"
	"io"
	"time"
)

// DefaultMaxRecord is the longest record, in bytes, unless Options say otherwise. The
// length fields of the trade say at most 64 KiB; a run of a raw file or of a connection
// may be many messages.
const DefaultMaxRecord = 1 << 20

// Wrap says whether the lines of hex digits or base64 are messages or pieces of one.
type Wrap int

// How lines belong together.
const (
	WrapAuto  Wrap = iota // tell by their lengths and beginnings, see the package documentation
	WrapLine              // each line is a record
	WrapBlock             // lines belong together until an empty or a shorter one
)

// Options of a Reader. The zero value reads anything.
type Options struct {
	// Format of the input; Unknown looks at its first 64 KiB.
	Format Format
	// Wrap of the lines of Hex and Base64.
	Wrap Wrap
	// Ports to keep of captures and of tcpdump's text: connections that have one of
	// them at either end. None keeps all.
	Ports []uint16
	// MaxRecord is the longest record in bytes; 0 is DefaultMaxRecord. What is longer
	// is an error that wraps ErrTooLong, except in streams, which are cut.
	MaxRecord int
	// Idle ends a run of a connection after so long without a packet; 0 is a minute.
	Idle time.Duration
	// MaxPending is how many bytes a capture may hold back while it waits for missing
	// ones; 0 is 8 MiB. Above, what is missing is given up.
	MaxPending int
	// MaxConnections is how many connections of a capture are remembered; 0 is 4096.
	// Above, the one that was silent longest is forgotten.
	MaxConnections int
}

func (o Options) withDefaults() Options {
	if o.MaxRecord <= 0 {
		o.MaxRecord = DefaultMaxRecord
	}
	if o.Idle <= 0 {
		o.Idle = time.Minute
	}
	if o.MaxPending <= 0 {
		o.MaxPending = 8 << 20
	}
	if o.MaxConnections <= 0 {
		o.MaxConnections = 4096
	}
	return o
}

// Record is a run of bytes of the input. What is in it, whether a message, several or
// a piece, is not known here.
type Record struct {
	// Data are the bytes, valid until the next call of Next.
	Data []byte
	// Text is the line as it stands in the input, without blanks around it, where the
	// record is one line of hex digits or base64: a message of digits alone, written
	// as characters, looks like hex. Valid as long as Data.
	Text []byte
	// Offset is the place in the input where the record begins, in bytes from 0: its
	// first digit or character, its first row, or in a capture the first byte itself.
	Offset int64
	// Line of that place, from 1; 0 in formats without lines.
	Line int
	// Time of the packet that completed the record, or of the log entry; zero where
	// none is known. Where only a time of day is known the date is January 1 of year 0.
	Time time.Time
	// Source and Destination of a packet, as "10.0.0.1:5000" or "[2001:db8::1]:5000".
	// The peer of a jPOS channel stands in one of them.
	Source, Destination string
	// Stream names what the record is a run of: one direction of a connection, or a
	// raw input. Records of one name adjoin, in this order, and a message may begin in
	// one and end in the next. It is empty where a record stands alone.
	Stream string
	// Lost is how many bytes are known to be missing before Data.
	Lost int64
	// Partial says that more bytes belonged behind Data and are not there: the input
	// ended, the dump leaves a hole, or a capture lost them.
	Partial bool
}

// decoder reads the records of one format. An error that is no *Error is final.
type decoder interface {
	next() (Record, error)
}

// Reader reads an input as records. It holds one record and what the format needs to
// find the next, whatever the size of the input.
type Reader struct {
	opts    Options
	src     *source
	format  Format
	decoder decoder
	end     error
}

// NewReader makes a Reader of r. Nothing is read before the first call of a method.
func NewReader(r io.Reader, opts Options) *Reader {
	return &Reader{opts: opts.withDefaults(), src: newSource(r)}
}

// Next is the next record, or io.EOF. Any other error is an *[Error]: one of the input
// itself, which wraps what the reader of the input said, is final and returned again;
// after all others the next call goes on with what follows.
func (r *Reader) Next() (Record, error) {
	if r.end != nil {
		return Record{}, r.end
	}
	r.start()
	rec, err := r.decoder.next()
	if errors.Is(err, io.EOF) {
		r.end = io.EOF
		if r.src.err != nil {
			r.end = &Error{Line: r.src.lines, Offset: r.src.at(r.src.end), Err: r.src.err}
		}
		err = r.end
	}
	return rec, err
}

// Format is the format that Options ask for or that the input has. It looks at the
// beginning of the input if that has not happened yet.
func (r *Reader) Format() Format {
	r.start()
	return r.format
}

// start looks at the input and makes the decoder.
func (r *Reader) start() {
	if r.decoder != nil {
		return
	}
	r.format = r.opts.Format
	if r.format != Raw && r.format != Pcap && r.format != Pcapng {
		r.src.unmark()
	}
	if r.format == Unknown {
		r.format = sniff(r.src.peek(sampleSize))
	}
	r.decoder = r.newDecoder()
}

func (r *Reader) newDecoder() decoder {
	switch {
	case r.format == Hex:
		return newHexReader(r.src, r.opts)
	case r.format.hasRows():
		return &rowReader{src: r.src, opts: r.opts, format: r.format}
	case r.format == Base64:
		return newBase64Reader(r.src, r.opts)
	case r.format == Text:
		return &textReader{src: r.src, max: r.opts.MaxRecord}
	}
	switch r.format {
	case Pcap:
		return newCaptureReader(&pcapSource{src: r.src}, r.opts)
	case Pcapng:
		return newCaptureReader(&pcapngSource{src: r.src}, r.opts)
	}
	return &rawReader{src: r.src, max: r.opts.MaxRecord}
}
