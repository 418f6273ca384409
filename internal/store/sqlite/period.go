package sqlite

import (
	"slices"
	"time"

	"github.com/tillworks/till/internal/till"
)

// A year of the items of a large shop is three quarters of a million rows by day, so they
// are kept by longer periods too. Each is a number of the form of a day that no day has:
// 20260341 to 20260343 are the tenths of March to the 10th, the 20th and its end, 20260300
// is March, 20260001 to 20260004 are the quarters and 20260000 is the year.

// periodsOf are the periods under which a fact of a business day is kept.
func periodsOf(kind till.FactKind, day till.Day) []till.Day {
	if kind != till.FactItem {
		return []till.Day{day}
	}
	year, month, date := day.Date()
	return []till.Day{day, till.DayOf(year, month, 40+tenth(date)), day.Month(), quarter(year, month), day.Year()}
}

func tenth(date int) int { return min((date-1)/10, 2) + 1 }

func quarter(year int, month time.Month) till.Day { return till.DayOf(year, 0, (int(month)+2)/3) }

// isDay tells a day from a longer period.
func isDay(d till.Day) bool {
	_, month, date := d.Date()
	return month != 0 && date != 0 && date <= 31
}

// span is a period with the days that it covers, both included, and the shorter ones that
// it consists of.
type span struct {
	period      till.Day
	first, last till.Day
	weight      int // rows that reading it costs, roughly, as a share of those of a year
	parts       func() []span
}

// part is a period that is added to a range, or taken off it.
type part struct {
	period till.Day
	sign   int64
}

// cover says which periods of the items to read for a range of days: whole ones, plus or
// minus shorter ones, whichever reads less.
func cover(from, to till.Day) []part {
	var all []part
	for year := int(from) / 10000; year <= int(to)/10000 && from <= to; year++ {
		parts, _ := yearSpan(year).cover(from, to)
		all = append(all, parts...)
	}
	return all
}

// cover is how the span covers its part of a range, and what that costs: by the parts it
// consists of, or by the whole of it less what lies outside.
func (s span) cover(from, to till.Day) ([]part, int) {
	switch {
	case s.last < from || to < s.first:
		return nil, 0
	case from <= s.first && s.last <= to:
		return []part{{s.period, 1}}, s.weight
	}
	plus, costs := s.split(from, to)
	before, cost := s.split(s.first, from-1)
	after, more := s.split(to+1, s.last)
	if cost += more + s.weight; costs <= cost {
		return plus, costs
	}
	minus := []part{{s.period, 1}}
	for _, p := range slices.Concat(before, after) {
		minus = append(minus, part{p.period, -p.sign})
	}
	return minus, cost
}

// split covers a range by the parts that the span consists of.
func (s span) split(from, to till.Day) (all []part, cost int) {
	if from > to {
		return nil, 0
	}
	for _, p := range s.parts() {
		parts, c := p.cover(from, to)
		all, cost = append(all, parts...), cost+c
	}
	return all, cost
}

func yearSpan(year int) span {
	return span{
		period: till.DayOf(year, 0, 0), first: till.DayOf(year, 1, 1), last: till.DayOf(year, 12, 31), weight: 100,
		parts: func() (all []span) {
			for q := range 4 {
				all = append(all, quarterSpan(year, q))
			}
			return all
		},
	}
}

func quarterSpan(year, q int) span {
	first := time.Month(3*q + 1)
	return span{
		period: quarter(year, first), first: till.DayOf(year, first, 1), last: lastOf(year, first+2), weight: 100,
		parts: func() (all []span) {
			for m := range 3 {
				all = append(all, monthSpan(year, first+time.Month(m)))
			}
			return all
		},
	}
}

func monthSpan(year int, month time.Month) span {
	return span{
		period: till.DayOf(year, month, 0), first: till.DayOf(year, month, 1), last: lastOf(year, month), weight: 100,
		parts: func() (all []span) {
			for n := range 3 {
				all = append(all, tenthSpan(year, month, n))
			}
			return all
		},
	}
}

func tenthSpan(year int, month time.Month, n int) span {
	s := span{
		period: till.DayOf(year, month, 41+n), first: till.DayOf(year, month, 10*n+1), last: till.DayOf(year, month, 10*n+10), weight: 80,
	}
	if n == 2 {
		s.last = lastOf(year, month)
	}
	s.parts = func() (all []span) {
		for d := s.first; d <= s.last; d++ {
			all = append(all, span{period: d, first: d, last: d, weight: 40})
		}
		return all
	}
	return s
}

// lastOf is the last day of a month.
func lastOf(year int, month time.Month) till.Day {
	return till.DayOf(time.Date(year, month+1, 0, 12, 0, 0, 0, time.UTC).Date())
}
