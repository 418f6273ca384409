package settle

import (
	"errors"
	"io"
	"iter"
	"time"

	"github.com/tillworks/till/pkg/money"
)

// Format reads one kind of settlement file. It is a compiled [Spec], never changes and
// is safe for use by several goroutines.
type Format struct {
	spec    Spec
	text    codec
	columns []column
	types   []typeRule
	totals  []totalRule
	start   *linePattern // of the first line; nil for none
	end     *linePattern
	zone    *time.Location
	zones   map[string]*time.Location
	home    money.Currency // of rows that state none
	width   int            // fixed: bytes of the fields and gaps, without filler
	summed  int            // how many columns are summed for totals
	hashes  bool           // a total is a digest
	leads   [4][][]byte    // of Lead: header, rows, others, end
	plan    plan
}

// ReadOptions are what a reader is told of a file. The zero value is usual.
type ReadOptions struct {
	File     string         // name for places and errors
	Currency money.Currency // of rows that state none; overrides that of the format
	Day      time.Time      // about when the file is of: the year of dates that have none is the nearest to it
}

// Name is the name of the format: "wechat-bill".
func (f *Format) Name() string { return f.spec.Name }

// Title is its name for people.
func (f *Format) Title() Text { return f.spec.Title }

// Read yields the records of a file in their order. A bad row yields a [RowError] and
// the zero Record, and reading goes on. After the last row come the totals of the file:
// each that does not fit its rows, and each end mark that is not there, is a
// [TotalsError]. A file without the header of the format, or a reader that fails, is an
// error that ends the sequence.
func (f *Format) Read(r io.Reader, opt ReadOptions) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		rd := f.reader(opt)
		rd.open(r, 0, 1)
		rd.each(yield)
	}
}

// Proof is what a file proved to be when it was read to its end.
type Proof struct {
	File    string  `json:"file"`
	Format  string  `json:"format"`
	SHA256  string  `json:"sha256"` // of all its bytes, in hex
	Bytes   int64   `json:"bytes"`
	Records int     `json:"records"`
	Bad     int     `json:"bad"`    // rows that could not be read
	Sums    []Sum   `json:"sums"`   // of the records, by currency and type
	Totals  []Total `json:"totals"` // that the file states of itself and that its rows gave
}

// Sum is the count and the amounts of the records of one currency and type.
type Sum struct {
	Currency string `json:"currency"`
	Type     Type   `json:"type"`
	Count    int    `json:"count"`
	Gross    int64  `json:"gross_minor"`
	Fee      int64  `json:"fee_minor"`
	Net      int64  `json:"net_minor"`
}

// Total is one total that a file states of itself and that was found right.
type Total struct {
	Name     string `json:"name"` // as the file writes it, or the measure
	Line     int    `json:"line"`
	Currency string `json:"currency,omitempty"` // of amounts
	Value    int64  `json:"value"`              // minor units, or a count
}

// Prove reads a file to its end and tells what it is worth: the sums of its records, the
// totals that it states and that are right, and its digest. The error joins what is
// wrong, at most 100 faults of rows and every fault of totals; the Proof is as good as
// it can be beside it.
func (f *Format) Prove(r io.Reader, opt ReadOptions) (Proof, error) {
	rd := f.reader(opt)
	rd.sc.withDigest()
	rd.open(r, 0, 1)
	var faults []error
	var rec Record
	for {
		err := rd.next(&rec)
		if errors.Is(err, io.EOF) {
			return rd.proof(), errors.Join(faults...)
		}
		var bad *RowError
		if err != nil && (len(faults) < 100 || !errors.As(err, &bad)) {
			faults = append(faults, err)
		}
	}
}
