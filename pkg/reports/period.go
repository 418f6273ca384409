package reports

// Period is the days from From to To, both in it.
type Period struct {
	From Day `json:"from"`
	To   Day `json:"to"`
}

// Valid reports two days of the calendar, in order.
func (p Period) Valid() bool { return p.From.Valid() && p.To.Valid() && p.From <= p.To }

// Contains reports a day of the period.
func (p Period) Contains(d Day) bool { return p.From <= d && d <= p.To }

// Days is the number of days.
func (p Period) Days() int { return p.To.Sub(p.From) + 1 }

// String is "2026-03-01..2026-03-31", or one day, or empty for no period.
func (p Period) String() string {
	if p.From == p.To {
		return p.From.String()
	}
	return p.From.String() + ".." + p.To.String()
}

// Previous is the period of equal length that ends on the day before. Whole months give
// as many whole months: before March comes all of February.
func (p Period) Previous() Period {
	if !p.isMonths() {
		return Period{From: p.From.Add(-p.Days()), To: p.From.Add(-1)}
	}
	months := p.To.monthNumber() - p.From.monthNumber() + 1
	return Period{From: p.From.firstOfMonth(-months), To: p.From.Add(-1)}
}

// YearBefore is the same days a year before. Whole months stay whole, and 29 February
// becomes the 28th.
func (p Period) YearBefore() Period {
	before := Period{From: p.From.addMonths(-12), To: p.To.addMonths(-12)}
	if p.isMonths() {
		before.To = before.To.lastOfMonth()
	}
	return before
}

// isMonths reports a period of whole months.
func (p Period) isMonths() bool { return p.From%100 == 1 && p.To == p.To.lastOfMonth() }
