package settle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
)

// Side is one side of a match: a journal, or some files. [Match] reads Records once, and
// then asks Fetch for the few records of which more is told than a count.
type Side interface {
	// Records yields the records, and what is wrong, in an order that is the same each
	// time. Errors are those of [Format.Read].
	Records() iter.Seq2[Record, error]
	// Fetch gives records again, by the places where Records yielded them. The places are
	// in ascending order of Number.
	Fetch(places []Place) ([]Record, error)
}

// Place says which record of a side is meant: the how-manieth it was among the records,
// from 0, and where it stands.
type Place struct {
	Number int
	Source Source
}

// Prover is a side that can tell, once its records were read to their end, what its files
// proved to be.
type Prover interface {
	Proofs() []Proof
}

// Slice is a side of records in memory, such as the transactions of a journal.
func Slice(records []Record) Side { return sliceSide(records) }

type sliceSide []Record

func (s sliceSide) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for _, r := range s {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (s sliceSide) Fetch(places []Place) ([]Record, error) {
	out := make([]Record, len(places))
	for i, p := range places {
		if p.Number < 0 || p.Number >= len(s) {
			return nil, fmt.Errorf("record %d of %d: %w", p.Number, len(s), ErrChanged)
		}
		out[i] = s[p.Number]
	}
	return out, nil
}

// File is one settlement file.
type File struct {
	Name    string // for places and errors; each file of a side has another
	Format  *Format
	Options ReadOptions // File is filled in
	Open    func() (Opened, error)
}

// Opened is a file that is open for reading from its start and from any place, such as
// an [os.File].
type Opened interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// FileAt is the file at a path, named as the path is.
func FileAt(path string, f *Format) File {
	return File{Name: path, Format: f, Open: func() (Opened, error) { return os.Open(path) }}
}

// FileOf is a file whose bytes are in memory.
func FileOf(name string, data []byte, f *Format) File {
	return File{Name: name, Format: f, Open: func() (Opened, error) { return memory{bytes.NewReader(data)}, nil }}
}

type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// Files is a side of settlement files, read in the order in which they are given.
func Files(files ...File) *FileSide {
	return &FileSide{files: files, readers: make([]*reader, len(files)), proofs: make([]Proof, len(files))}
}

// FileSide is a side of settlement files. It serves one match at a time.
type FileSide struct {
	files   []File
	readers []*reader // as they were at the end, with the columns bound
	proofs  []Proof
}

// Records yields the records of all files.
func (s *FileSide) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if len(s.files) > 1<<15 {
			yield(Record{}, fmt.Errorf("%d files on one side: %w", len(s.files), ErrTooMany))
			return
		}
		for i := range s.files {
			if slices.ContainsFunc(s.files[:i], func(f File) bool { return f.Name == s.files[i].Name }) {
				yield(Record{}, fmt.Errorf("%s: the same file twice", s.files[i].Name))
				return
			}
			if !s.read(i, yield) {
				return
			}
		}
	}
}

// read yields the records of one file; false where nobody wants more.
func (s *FileSide) read(i int, yield func(Record, error) bool) bool {
	f := &s.files[i]
	in, err := f.Open()
	if err != nil {
		yield(Record{}, fmt.Errorf("settlement file: %w", err))
		return false
	}
	defer in.Close() //nolint:errcheck // it was only read
	opt := f.Options
	opt.File = f.Name
	rd := f.Format.reader(opt)
	rd.sc.withDigest()
	rd.open(in, 0, 1)
	wanted := true
	rd.each(func(r Record, err error) bool {
		wanted = yield(r, err)
		return wanted
	})
	s.readers[i], s.proofs[i] = rd, rd.proof()
	return wanted
}

// Proofs are what the files proved to be, once their records were read.
func (s *FileSide) Proofs() []Proof { return slices.Clone(s.proofs) }

// Fetch reads single rows again. A row that is no record any more is ErrChanged.
func (s *FileSide) Fetch(places []Place) ([]Record, error) {
	out := make([]Record, len(places))
	for i := range s.files {
		if err := s.fetch(i, places, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fetch reads the rows of one file.
func (s *FileSide) fetch(i int, places []Place, out []Record) error {
	mine := func(p Place) bool { return p.Source.File == s.files[i].Name }
	if s.readers[i] == nil || !slices.ContainsFunc(places, mine) {
		return nil
	}
	in, err := s.files[i].Open()
	if err != nil {
		return fmt.Errorf("settlement file: %w", err)
	}
	defer in.Close() //nolint:errcheck // it was only read
	rd := s.readers[i].again()
	for j, p := range places {
		if !mine(p) {
			continue
		}
		rd.open(io.NewSectionReader(in, p.Source.Offset, 1<<62), p.Source.Offset, p.Source.Line)
		if err := rd.one(&out[j]); err != nil {
			return fmt.Errorf("%s: %w", p.Source, errors.Join(ErrChanged, err))
		}
	}
	return nil
}

// again is a reader of single rows of a file whose columns are known.
func (rd *reader) again() *reader {
	single := rd.f.reader(rd.opt)
	single.sc.digest = nil
	single.sc.buf = make([]byte, 4<<10)
	single.bind, single.bound, single.begun, single.width = rd.bind, true, true, rd.width
	return single
}

// one reads the row that the stream begins with.
func (rd *reader) one(rec *Record) error {
	rd.row, rd.text = rd.sc.next(), ""
	if rd.row == nil {
		return io.ErrUnexpectedEOF
	}
	if rd.row.err != nil {
		return rd.row.err
	}
	is, err := rd.fill(rec)
	if err == nil && !is {
		err = ErrChanged
	}
	return err
}

var (
	_ Side   = sliceSide(nil)
	_ Side   = (*FileSide)(nil)
	_ Prover = (*FileSide)(nil)
)
