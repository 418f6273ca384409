package reports

import (
	"errors"
	"fmt"
	"slices"
)

// Errors of a Spec and of its limits; match with errors.Is.
var (
	ErrSpec   = errors.New("impossible report")
	ErrGroups = errors.New("too many groups")
)

// Spec says what a report shows.
type Spec struct {
	Name     string // of the table, for programs
	Title    Text
	Rows     []Dimension // none to two; with none the table has one row
	Across   Dimension   // its values become columns, of the one measure; for heat maps
	Measures []Measure   // none: Sales and Net
	Share    Measure     // adds the row's percentage of this measure's total

	// Classes adds the running share and the class of an ABC analysis: A the rows that make
	// the first 80 percent of Share's total, B those up to 95, C the rest. It wants the
	// rows ordered by that measure, the greatest first.
	Classes bool

	Period  Period // lines of other days are left out; zero takes all
	Compare Period // adds to each measure its value then, the difference and (but to a percentage) the percentage of change

	Order Order
	Top   int  // shows so many rows, the rest folded into one; 0 shows all
	Fill  bool // shows also the days, weeks, months, weekdays or hours without a line, where Rows is one of these
	Keys  bool // shows the keys of labels, such as SKUs, in columns of their own

	// Names tells the name of a label, once a group; nil or an empty text: the key.
	Names func(d Dimension, key string) Text

	// MaxGroups bounds memory; more groups are ErrGroups. 0 is 1,000,000.
	MaxGroups int
}

// Order is the order of rows. The zero value orders by the keys of the rows: time goes
// forward, labels go by their bytes.
type Order struct {
	By        Measure // the greatest first; rows that are equal are ordered by key
	Ascending bool    // the least first
}

// maxAcross is the number of columns that a table can be read with, and more.
const maxAcross = 400

// complete checks a spec and fills in what it leaves open.
func (s Spec) complete() (Spec, error) {
	if len(s.Measures) == 0 {
		s.Measures = []Measure{Sales, Net}
	}
	if s.MaxGroups == 0 {
		s.MaxGroups = 1_000_000
	}
	return s, errors.Join(s.checkRows(), s.checkMeasures(), s.checkPeriods())
}

func (s *Spec) checkRows() error {
	dims := append(slices.Clone(s.Rows), s.Across)
	if s.Across == NoDimension {
		dims = dims[:len(s.Rows)]
	}
	if len(s.Rows) > 2 {
		return fmt.Errorf("%w: %d dimensions in rows, want at most 2", ErrSpec, len(s.Rows))
	}
	for i, d := range dims {
		if d == NoDimension || d > ByTill {
			return fmt.Errorf("%w: dimension %d is none of Dimensions", ErrSpec, d)
		}
		if slices.Contains(dims[:i], d) {
			return fmt.Errorf("%w: dimension %s twice", ErrSpec, d)
		}
	}
	return nil
}

func (s *Spec) checkMeasures() error {
	for i, m := range s.Measures {
		if m == NoMeasure || m > Deposit {
			return fmt.Errorf("%w: measure %d is none of Measures", ErrSpec, m)
		}
		if slices.Contains(s.Measures[:i], m) {
			return fmt.Errorf("%w: measure %s twice", ErrSpec, m)
		}
	}
	if s.Share != NoMeasure && !s.Share.isShared() {
		return fmt.Errorf("%w: share of %s: an average or a percentage has no shares", ErrSpec, s.Share)
	}
	if s.Classes && (s.Share == NoMeasure || s.Order != Order{By: s.Share}) {
		return fmt.Errorf("%w: classes want a share, and rows ordered by its measure, the greatest first", ErrSpec)
	}
	if s.Across == NoDimension {
		return nil
	}
	if len(s.Measures) > 1 || s.Share != NoMeasure || s.Compare != (Period{}) {
		return fmt.Errorf("%w: a table across %s shows one measure, without share or comparison", ErrSpec, s.Across)
	}
	return nil
}

func (s *Spec) checkPeriods() error {
	for _, p := range []Period{s.Period, s.Compare} {
		if p != (Period{}) && !p.Valid() {
			return fmt.Errorf("%w: period %s: want two days of the calendar, the earlier one first", ErrSpec, p)
		}
	}
	if s.Compare != (Period{}) && s.Period == (Period{}) {
		return fmt.Errorf("%w: a comparison with %s, but no period", ErrSpec, s.Compare)
	}
	if s.Fill && (len(s.Rows) != 1 || !s.Rows[0].isTime()) {
		return fmt.Errorf("%w: to fill gaps, want one dimension of time in rows", ErrSpec)
	}
	if s.Top < 0 || s.MaxGroups < 0 {
		return fmt.Errorf("%w: a negative number of rows or groups", ErrSpec)
	}
	return nil
}

// isShared reports a measure whose rows add up to its total.
func (m Measure) isShared() bool { return m >= Sales && m <= Points || m == Margin || m == Deposit }
