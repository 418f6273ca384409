package settle

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
)

const (
	partitions = 256
	chunkMax   = 64 << 10 // bytes of a full chunk, unless memory is short
	chunkMin   = 4 << 10
)

// stores are the partitions of a match: for each side and rule, the encoded entries by
// hash. They share a limit of memory and one temporary file.
type stores struct {
	size  int // bytes of an encoded entry
	chunk int
	limit int64
	held  atomic.Int64 // bytes of chunks in memory
	peak  atomic.Int64
	spill spillFile
	sides [2][]store // by rule
	done  [2]atomic.Bool
}

// store holds the entries of one side under one rule. Its mutex is for the second and
// later rules, to which several workers add.
type store struct {
	mu    sync.Mutex
	parts []partition
	held  int64    // bytes of its chunks in memory
	free  [][]byte // chunks that were written out, to be used again
}

// partition is the entries of one part of the hashes.
type partition struct {
	open []byte
	full []chunk
}

// chunk is a run of encoded entries, in memory or in the temporary file.
type chunk struct {
	data   []byte // nil: in the file
	offset int64
	length int
}

func newStores(rules int, limit int64, dir string) *stores {
	s := &stores{size: entrySize + keySize*rules, limit: limit, spill: spillFile{dir: dir}}
	s.chunk = int(min(chunkMax, max(chunkMin, limit/(8*partitions))))
	s.chunk -= s.chunk % s.size
	for side := range s.sides {
		s.sides[side] = make([]store, rules)
		for i := range s.sides[side] {
			s.sides[side][i].parts = make([]partition, partitions)
		}
	}
	return s
}

// add stores an entry of a side that is being read. Above the limit the side writes out
// what it holds; if that is little, it is the other side that holds the memory, and once
// that is read to its end nobody else will write it out.
func (s *stores) add(side, rule int, e *entry, keys []key) error {
	s.put(&s.sides[side][rule], rule, e, keys)
	if s.held.Load() <= s.limit {
		return nil
	}
	if held, err := s.spillSide(side, s.limit/8); held || err != nil {
		return err
	}
	if s.done[1-side].Load() {
		_, err := s.spillSide(1-side, 0)
		return err
	}
	return nil
}

// addLater stores an entry that a rule left open, while others do so too.
func (s *stores) addLater(side, rule int, e *entry, keys []key) error {
	st := &s.sides[side][rule]
	st.mu.Lock()
	defer st.mu.Unlock()
	s.put(st, rule, e, keys)
	if s.held.Load() > s.limit && st.held > s.limit/8 {
		return s.spillStore(st)
	}
	return nil
}

func (s *stores) put(st *store, rule int, e *entry, keys []key) {
	p := &st.parts[keys[rule].hi>>56]
	if cap(p.open)-len(p.open) < s.size {
		s.grow(st, p)
	}
	p.open = e.encode(p.open, keys)
}

// grow gives a partition room: a few entries at first, so that a small match stays
// small, then whole chunks; once there are chunks that were written out, those.
func (s *stores) grow(st *store, p *partition) {
	if len(p.open) >= s.chunk {
		p.full = append(p.full, chunk{data: p.open, length: len(p.open)})
		p.open = nil
	}
	size := min(s.chunk, max(8*s.size, 4*cap(p.open)/s.size*s.size))
	if len(p.full) > 0 || len(st.free) > 0 {
		size = s.chunk
	}
	s.hold(st, int64(size-cap(p.open)))
	p.open = append(s.room(st, size), p.open...)
}

// room is memory for a chunk.
func (s *stores) room(st *store, size int) []byte {
	n := len(st.free)
	if n == 0 {
		return make([]byte, 0, size)
	}
	b := st.free[n-1]
	st.free = st.free[:n-1]
	return b[:0]
}

func (s *stores) hold(st *store, n int64) {
	st.held += n
	held := s.held.Add(n)
	for {
		peak := s.peak.Load()
		if held <= peak || s.peak.CompareAndSwap(peak, held) {
			return
		}
	}
}

// spillSide writes all that a side holds to the temporary file, if that is more than
// so much.
func (s *stores) spillSide(side int, least int64) (held bool, err error) {
	total := int64(0)
	for i := range s.sides[side] {
		total += s.sides[side][i].held
	}
	if total <= least {
		return false, nil
	}
	for i := range s.sides[side] {
		if err := s.spillStore(&s.sides[side][i]); err != nil {
			return true, err
		}
	}
	return true, nil
}

func (s *stores) spillStore(st *store) error {
	for i := range st.parts {
		p := &st.parts[i]
		if len(p.open) > 0 {
			p.full = append(p.full, chunk{data: p.open, length: len(p.open)})
			p.open = nil
		}
		for j := range p.full {
			if err := s.write(st, &p.full[j]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *stores) write(st *store, c *chunk) error {
	if c.data == nil {
		return nil
	}
	var err error
	if c.offset, err = s.spill.append(c.data); err != nil {
		return err
	}
	s.hold(st, -int64(cap(c.data)))
	if cap(c.data) == s.chunk {
		st.free = append(st.free, c.data)
	}
	c.data = nil
	return nil
}

// take gives all entries of a partition, one after another in buf, and forgets them.
func (s *stores) take(side, rule, part int, buf []byte) ([]byte, error) {
	st := &s.sides[side][rule]
	p := &st.parts[part]
	buf, freed := buf[:0], int64(0)
	if len(p.open) > 0 {
		p.full = append(p.full, chunk{data: p.open, length: len(p.open)})
	}
	for _, c := range p.full {
		if c.data != nil {
			buf = append(buf, c.data...)
			freed += int64(cap(c.data))
			continue
		}
		at := len(buf)
		buf = append(buf, make([]byte, c.length)...)
		if err := s.spill.read(buf[at:], c.offset); err != nil {
			return nil, err
		}
	}
	*p = partition{}
	st.mu.Lock()
	s.hold(st, -freed)
	st.mu.Unlock()
	return buf, nil
}

// spillFile is a temporary file that is made when it is needed. It holds hashes, amounts
// and places, no text of any record.
type spillFile struct {
	dir  string
	mu   sync.Mutex
	file *os.File
	end  int64
}

func (f *spillFile) append(b []byte) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		var err error
		if f.file, err = os.CreateTemp(f.dir, "till-settle-*"); err != nil {
			return 0, fmt.Errorf("temporary file of the match: %w", err)
		}
		os.Remove(f.file.Name()) //nolint:errcheck // where open files cannot go, close removes it
	}
	at := f.end
	if _, err := f.file.WriteAt(b, at); err != nil {
		return 0, fmt.Errorf("temporary file of the match: %w", err)
	}
	f.end += int64(len(b))
	return at, nil
}

func (f *spillFile) read(b []byte, at int64) error {
	if _, err := f.file.ReadAt(b, at); err != nil && err != io.EOF {
		return fmt.Errorf("temporary file of the match: %w", err)
	}
	return nil
}

func (f *spillFile) close() {
	if f.file != nil {
		f.file.Close()           //nolint:errcheck // nothing in it is needed any more
		os.Remove(f.file.Name()) //nolint:errcheck // it is gone already where that was possible
	}
}
