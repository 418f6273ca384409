package shop

import (
	"context"
	"slices"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// DayBook keeps what the business days add up to.
type DayBook interface {
	DayFacts(ctx context.Context) ([]till.Fact, error) // since the last Z
	CloseDay(ctx context.Context, ch till.Change) (till.ZReport, error)
	Z(ctx context.Context, number int) (till.ZReport, error)
	Zs(ctx context.Context) ([]till.ZReport, error) // newest first, without their facts and shifts
}

// XReport is the business day as it stands, before it is closed.
type XReport struct {
	At         time.Time     `json:"at"`
	Day        till.Day      `json:"day"`
	Staff      till.StaffID  `json:"staff,omitempty"` // who looked
	Currency   string        `json:"currency"`
	Facts      []till.Fact   `json:"facts"`
	Shifts     []till.Shift  `json:"shifts,omitempty"`  // since the last Z, open ones too
	Drawers    []till.Drawer `json:"drawers,omitempty"` // of the open ones
	Total      int64         `json:"total"`             // minor units, as of a Z
	GrandTotal int64         `json:"grand_total"`       // minor units: of all Z reports and of this day
	NextZ      int           `json:"next_z"`
}

// X tells how the business day stands and changes nothing.
func (s *Shop) X(ctx context.Context) (XReport, error) {
	ch, err := s.authorize(ctx, till.MayCloseDay, nil, "")
	if err != nil {
		return XReport{}, err
	}
	return s.standing(ctx, ch)
}

// standing is the day as whoever may see it sees it.
func (s *Shop) standing(ctx context.Context, ch till.Change) (x XReport, err error) {
	x = XReport{At: ch.At, Staff: ch.Staff, Currency: s.cfg.Currency.Code()}
	x.Day, _ = s.cfg.Calendar.At(ch.At)
	if x.Facts, err = s.cfg.Store.DayFacts(ctx); err != nil {
		return XReport{}, err
	}
	earlier, err := s.cfg.Store.Zs(ctx)
	if err != nil {
		return XReport{}, err
	}
	x.Total = totalOf(x.Facts, x.Currency)
	x.NextZ, x.GrandTotal = len(earlier)+1, x.Total
	for _, z := range earlier {
		if z.Currency == x.Currency {
			x.GrandTotal += z.Total
		}
	}
	return s.addDrawers(ctx, x, earlier)
}

// totalOf is what the day came to in a currency.
func totalOf(facts []till.Fact, currency string) int64 {
	var sum int64
	for _, f := range facts {
		if f.Kind == till.FactSum && f.Currency == currency {
			sum += f.Sums.Total
		}
	}
	return sum
}

// addDrawers puts in the shifts since the last Z. No Z is made while a shift is open, so
// those are the ones with a higher number than any that a Z holds.
func (s *Shop) addDrawers(ctx context.Context, x XReport, earlier []till.ZReport) (XReport, error) {
	shifts, err := s.cfg.Store.Shifts(ctx, 0)
	if err != nil || len(shifts) == 0 {
		return x, err
	}
	last, err := s.lastShift(ctx, earlier)
	if err != nil {
		return XReport{}, err
	}
	for _, sh := range slices.Backward(shifts) { // newest first
		if sh.Number <= last {
			continue
		}
		x.Shifts = append(x.Shifts, sh.Whole())
		if !sh.IsOpen() {
			continue
		}
		drawer, err := s.cfg.Store.Drawer(ctx, sh.Number)
		if err != nil {
			return XReport{}, err
		}
		x.Drawers = append(x.Drawers, drawer)
	}
	return x, nil
}

// lastShift is the highest number of a shift that a Z holds, 0 for none: that of the newest
// Z that holds any.
func (s *Shop) lastShift(ctx context.Context, newestFirst []till.ZReport) (int, error) {
	for _, short := range newestFirst {
		z, err := s.cfg.Store.Z(ctx, short.Number)
		if err != nil {
			return 0, err
		}
		if len(z.Shifts) == 0 {
			continue
		}
		last := 0
		for _, sh := range z.Shifts {
			last = max(last, sh.Number)
		}
		return last, nil
	}
	return 0, nil
}

// CloseDay makes the Z of the business day: numbered, chained to the one before and never
// changed. It is refused while a shift, a transaction or a ticket is open.
func (s *Shop) CloseDay(ctx context.Context) (till.ZReport, error) {
	ch, err := s.authorize(ctx, till.MayCloseDay, nil, "")
	if err != nil {
		return till.ZReport{}, err
	}
	return s.cfg.Store.CloseDay(ctx, ch)
}

// Z is a stored Z report.
func (s *Shop) Z(ctx context.Context, number int) (till.ZReport, error) {
	if _, err := s.authorize(ctx, till.MayReadReports, nil, ""); err != nil {
		return till.ZReport{}, err
	}
	return s.cfg.Store.Z(ctx, number)
}

// OverShort is how far the drawers of one member were from the books.
type OverShort struct {
	Staff  till.StaffID `json:"staff"`
	Shifts int          `json:"shifts"`
	Over   money.Amount `json:"over"` // negative is short
}

// OverShorts adds up the closed shifts by member and currency, in the order in which they
// first come.
func OverShorts(shifts []till.Shift) []OverShort {
	rows := []OverShort{}
	for _, sh := range shifts {
		if sh.IsOpen() {
			continue
		}
		over := sh.Whole().Over
		i := slices.IndexFunc(rows, func(r OverShort) bool { return r.Staff == sh.Staff && r.Over.Currency() == over.Currency() })
		if i < 0 {
			i = len(rows)
			rows = append(rows, OverShort{Staff: sh.Staff, Over: money.New(0, over.Currency())})
		}
		rows[i].Shifts++
		rows[i].Over = money.New(rows[i].Over.Minor()+over.Minor(), over.Currency())
	}
	return rows
}
