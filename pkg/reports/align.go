package reports

// aligner puts the days of the period compared with beside those of the period itself:
// the first beside the first. Where both periods begin at the same day of a month and
// end alike, a day stands beside the same day of the other month; the 31st of a month
// compared with one of 30 days keeps a row of its own.
type aligner struct {
	period, other Period
	months        int  // from other to period
	byMonth       bool // days keep their place in the month
	days          int  // else: the days from other to period
}

func newAligner(period, other Period) aligner {
	a := aligner{period: period, other: other}
	a.months = period.From.monthNumber() - other.From.monthNumber()
	a.days = period.From.Sub(other.From)
	sameEnd := period.To%100 == other.To%100 || period.To == period.To.lastOfMonth() && other.To == other.To.lastOfMonth()
	a.byMonth = period.From%100 == other.From%100 && sameEnd && period.To.monthNumber()-other.To.monthNumber() == a.months
	return a
}

// code is the code beside which a day of the other period stands.
func (a *aligner) code(dim Dimension, d Day) code {
	if dim == ByDay && !a.byMonth {
		return dayCode(d.Add(a.days))
	}
	return code(int(timeCode(dim, d)) + a.shift(dim))
}

// shift is the distance of codes from the other period to the period.
func (a *aligner) shift(dim Dimension) int {
	if !dim.isCalendar() {
		return 0
	}
	if dim == ByDay {
		return a.months * 31
	}
	return int(timeCode(dim, a.period.From)) - int(timeCode(dim, a.other.From))
}

// beyond reports a code that only the other period has, and its code there.
func (a *aligner) beyond(dim Dimension, c code) (code, bool) {
	if !dim.isCalendar() || c == 0 || c <= timeCode(dim, a.period.To) && (dim != ByDay || c.day().Valid()) {
		return c, false
	}
	if dim == ByDay && !a.byMonth {
		return dayCode(c.day().Add(-a.days)), true
	}
	return code(int(c) - a.shift(dim)), true
}

// has reports whether a day of a code is in the period, and whether there is one beside
// it in the other: February has no day beside the 31st of March. Of other dimensions
// than days it is always so.
func (a *aligner) has(dim Dimension, c code) (now, then bool) {
	if dim != ByDay || c == 0 {
		return true, true
	}
	day := c.day()
	now = day.Valid() && a.period.Contains(day)
	if !a.byMonth {
		return now, a.other.Contains(day.Add(-a.days))
	}
	before := code(int(c) - a.months*31).day()
	return now, before.Valid() && a.other.Contains(before)
}
