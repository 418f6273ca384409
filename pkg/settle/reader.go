package settle

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/money"
)

// headerSearch is how many rows may stand before the header line.
const headerSearch = 50

// reader reads one file. It is not safe for use by several goroutines.
type reader struct {
	f   *Format
	opt ReadOptions
	sc  scanner

	bind    []int // the cell of each column; -1 where the file has none
	begun   bool  // the first line was seen, where the format has one
	bound   bool
	width   int  // cells of the header; 0 where there is none
	before  int  // rows seen before the header
	ended   bool // the end mark was seen
	over    bool // nothing more will be read
	named   bool // a row of any kind was seen
	pending []error

	row   *row
	text  string           // of the row, made once
	block *strings.Builder // of the texts of several rows
	vals  []int64
	has   []bool
	typ   *typeRule

	records int
	bad     int
	sums    []sums
	last    int // index of sums of the row before
	stated  []stated
	seen    []bool // totals found
	under   int    // the total rule whose header line was just seen; -1 for none
	cells   []int  // and where its cells are
	names   []string

	word    [16]byte // the last text of a currency, so that it is not searched for each row
	wordLen int
	wordIs  money.Currency
	zones   map[string]*time.Location
}

// sums are what the records of one currency and type come to, with the sums of columns
// that totals ask for.
type sums struct {
	currency money.Currency
	kind     Type
	count    int64
	gross    int64
	fee      int64
	net      int64
	columns  []int64
}

// stated is a total that the file states, to be proved at its end.
type stated struct {
	rule     int
	is       measure
	place    Source
	text     string
	currency string // the letters of the line, empty where it has none
	digest   string // of the bytes before it
}

func (f *Format) reader(opt ReadOptions) *reader {
	rd := &reader{f: f, opt: opt, under: -1, zones: map[string]*time.Location{}, block: new(strings.Builder)}
	rd.bind, rd.vals, rd.has = make([]int, len(f.columns)), make([]int64, len(f.columns)), make([]bool, len(f.columns))
	rd.seen = make([]bool, len(f.totals))
	s := &rd.sc
	s.split, s.sep, s.comment = f.spec.Kind == "csv", f.spec.Separator[0], []byte(f.spec.Comment)
	if f.spec.Guard != "" {
		s.guard = f.spec.Guard[0]
	}
	s.wide = f.text.isWide() && s.sep >= 0x40
	if f.hashes {
		s.withDigest()
	}
	if f.spec.Header == "none" || f.spec.Kind == "fixed" {
		rd.bindPlaces()
	}
	return rd
}

// open gives the reader its stream, which begins at an offset of the file.
func (rd *reader) open(r io.Reader, offset int64, line int) { rd.sc.reset(r, offset, line) }

// each yields everything that next gives. One record serves for all rows: one of its own
// for each row would go to the heap.
func (rd *reader) each(yield func(Record, error) bool) {
	var rec Record
	for {
		err := rd.next(&rec)
		if err == nil {
			if !yield(rec, nil) {
				return
			}
			continue
		}
		if errors.Is(err, io.EOF) || !yield(Record{}, err) {
			return
		}
	}
}

// next reads the next record, or what is wrong. After the last row come the faults of the
// totals, then io.EOF.
func (rd *reader) next(rec *Record) error {
	for !rd.over {
		r := rd.sc.next()
		if r == nil {
			rd.finish()
			break
		}
		rd.row, rd.text, rd.named = r, "", true
		is, err := rd.record(rec)
		if err != nil {
			return err
		}
		if is {
			return nil
		}
	}
	if len(rd.pending) > 0 {
		err := rd.pending[0]
		rd.pending = rd.pending[1:]
		return err
	}
	return io.EOF
}

// record reads the current row; is tells whether it is a record at all.
func (rd *reader) record(rec *Record) (is bool, err error) {
	if rd.f.start != nil && !rd.begun {
		return false, rd.begin()
	}
	if rd.row.err != nil {
		return false, rd.bad1(-1, rd.row.err, Text{})
	}
	if rd.remark() {
		return false, nil
	}
	if !rd.bound {
		return false, rd.findHeader()
	}
	if is, err := rd.leads(); !is {
		return false, err
	}
	if rd.ended {
		return false, rd.bad1(-1, ErrAfterEnd, Text{})
	}
	return rd.fill(rec)
}

// begin holds the first line against what it must be.
func (rd *reader) begin() error {
	if rd.f.start.find(rd.row.raw, rd.f.text) != nil {
		rd.begun = true
		return nil
	}
	rd.over = true
	return rd.bad1(-1, ErrHeader, Text{"the first line is another", "第一行不是"})
}

// remark reports a row that is no record: a comment, a total, an end mark.
func (rd *reader) remark() bool {
	r := rd.row
	if rd.under >= 0 && !r.remark {
		rd.totalCells()
		return true
	}
	is := r.remark
	for i := range rd.f.totals {
		t := &rd.f.totals[i]
		switch {
		case t.pattern != nil:
			if groups := t.pattern.find(r.raw, rd.f.text); groups != nil {
				rd.totalGroups(i, groups)
				is = true
			}
		case len(t.header) > 0 && len(r.cells) > 0 && isOneOf(rd.trimmed(r.cell(0)), t.header):
			is = rd.totalHeader(i) || is
		}
	}
	if rd.f.end != nil && rd.f.end.find(r.raw, rd.f.text) != nil {
		rd.ended, is = true, true
	}
	return is
}

func isOneOf(b []byte, values [][]byte) bool {
	for _, v := range values {
		if bytes.Equal(b, v) {
			return true
		}
	}
	return false
}

// leads looks at the first cell of formats whose rows say what they are.
func (rd *reader) leads() (is bool, err error) {
	if rd.f.spec.Lead == nil {
		return true, nil
	}
	first := rd.trimmed(rd.row.cell(0))
	switch {
	case isOneOf(first, rd.f.leads[1]):
		return true, nil
	case isOneOf(first, rd.f.leads[2]):
		return false, nil
	case isOneOf(first, rd.f.leads[3]):
		rd.ended = true
		return false, nil
	case isOneOf(first, rd.f.leads[0]):
		rd.bound = false // the next section has a header of its own
		return false, rd.findHeader()
	}
	return false, rd.bad1(-1, ErrType, Text{})
}

// bad1 is a fault of the current row, in a column or in none.
func (rd *reader) bad1(col int, err error, detail Text) *RowError {
	rd.bad++
	e := &RowError{Source: rd.place(), Err: err, Detail: detail}
	if col >= 0 {
		e.Column = rd.f.columns[col].label()
	}
	return e
}

func (rd *reader) place() Source {
	return Source{File: rd.opt.File, Line: rd.row.line, Offset: rd.row.offset}
}

// bindPlaces finds the columns by their positions.
func (rd *reader) bindPlaces() {
	rd.bound, rd.width = true, 0
	for i := range rd.f.columns {
		rd.bind[i] = rd.f.columns[i].at
	}
	if rd.f.spec.Kind == "fixed" {
		for i := range rd.f.columns {
			rd.bind[i] = i
		}
	}
}

// findHeader takes the current row for the header if it names every required column.
func (rd *reader) findHeader() error {
	names, err := rd.cellTexts()
	if err != nil {
		names = nil
	}
	rd.before++
	if lead := rd.f.spec.Lead; lead != nil && (len(names) == 0 || names[0] != lead.Header) {
		return rd.noHeaderYet()
	}
	if rd.bindNames(names) {
		rd.bound, rd.width = true, len(names)
		return nil
	}
	if rd.f.spec.Header == "optional" {
		rd.bindPlaces()
		var rec Record
		if is, err := rd.fill(&rec); err == nil && is {
			rd.unread()
			return nil
		}
		rd.bound = false
	}
	return rd.noHeaderYet()
}

// unread gives the current row back to the scanner: it was the first record.
func (rd *reader) unread() {
	rd.records, rd.sums, rd.bad = 0, nil, 0
	rd.sc.pos, rd.sc.line = int(rd.row.offset-rd.sc.base), rd.row.line
}

func (rd *reader) noHeaderYet() error {
	if rd.before < headerSearch {
		return nil
	}
	rd.over = true
	return rd.bad1(-1, ErrHeader, textf("none in the first %d rows", "前%d行中没有", rd.before))
}

// bindNames finds the columns by their names; false where a required one is not there or
// one is there twice.
func (rd *reader) bindNames(names []string) bool {
	found := 0
	for i := range rd.f.columns {
		col := &rd.f.columns[i]
		rd.bind[i] = -1
		for _, alias := range col.names {
			for j, name := range names {
				if name == alias && rd.bind[i] < 0 {
					rd.bind[i] = j
				} else if name == alias && rd.bind[i] != j && names[rd.bind[i]] == alias {
					return false
				}
			}
		}
		if rd.bind[i] >= 0 {
			found++
		} else if col.required {
			return false
		}
	}
	return found > 0
}

// cellTexts are the texts of the current row's cells.
func (rd *reader) cellTexts() ([]string, error) {
	texts := make([]string, 0, len(rd.row.cells))
	for i := range rd.row.cells {
		s, err := rd.f.text.decode(rd.trimmed(rd.unquoted(i)))
		if err != nil {
			return nil, err
		}
		texts = append(texts, s)
	}
	return texts, nil
}

// unquoted is the text of a cell with doubled quotes made one.
func (rd *reader) unquoted(i int) []byte {
	b := rd.row.cell(i)
	if rd.row.cells[i].doubled {
		b = bytes.ReplaceAll(b, []byte(`""`), []byte(`"`))
	}
	return b
}

// trimmed is a text without the blanks and tabs around it and the guard before it.
func (rd *reader) trimmed(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	if g := rd.sc.guard; g != 0 && len(b) > 0 && b[0] == g {
		return b[1:]
	}
	return b
}

// value is the text of a column in the current row, as it lies; empty where the row or
// the file has none.
func (rd *reader) value(col int) []byte {
	i := rd.bind[col]
	if i < 0 {
		return nil
	}
	if rd.f.spec.Kind == "fixed" {
		c := &rd.f.columns[col]
		return rd.trimmed(rd.row.raw[c.from:c.to])
	}
	if i >= len(rd.row.cells) {
		return nil
	}
	return rd.trimmed(rd.unquoted(i))
}

// finish proves the totals once the stream is at its end.
func (rd *reader) finish() {
	rd.over = true
	rd.row = &row{line: rd.sc.line, offset: rd.sc.base + int64(rd.sc.end)}
	switch {
	case rd.sc.err != nil:
		rd.pending = append(rd.pending, &RowError{Source: rd.place(), Err: rd.sc.err})
	case !rd.named:
		rd.pending = append(rd.pending, rd.bad1(-1, ErrEmpty, Text{}))
	case !rd.bound:
		rd.pending = append(rd.pending, rd.bad1(-1, ErrHeader, Text{}))
	default:
		rd.prove()
	}
}

// proof is what the file proved to be.
func (rd *reader) proof() Proof {
	p := Proof{File: rd.opt.File, Format: rd.f.Name(), Records: rd.records, Bad: rd.bad, Bytes: rd.sc.base + int64(rd.sc.end)}
	if rd.sc.digest != nil {
		sum := rd.sc.digestAll()
		p.SHA256 = hex.EncodeToString(sum[:])
	}
	for _, s := range rd.sums {
		p.Sums = append(p.Sums, Sum{Currency: s.currency.Code(), Type: s.kind, Count: int(s.count), Gross: s.gross, Fee: s.fee, Net: s.net})
	}
	sortSums(p.Sums)
	p.Totals = rd.proved()
	return p
}
