package reports

import (
	"fmt"
	"strconv"
	"time"
)

// Day is a business day as the whole number yyyymmdd: 20260301 is 1 March 2026. Days
// compare with < and ==. Zero is no day.
type Day int32

// DayOf is the calendar day of a date.
func DayOf(year int, month time.Month, day int) Day { return Day(year*10000 + int(month)*100 + day) }

// Date is the year, month and day of the month.
func (d Day) Date() (year int, month time.Month, day int) {
	return int(d) / 10000, time.Month(int(d) / 100 % 100), int(d) % 100
}

// IsZero reports no day.
func (d Day) IsZero() bool { return d == 0 }

// Valid reports a day that the calendar has, of the years 1 to 9999.
func (d Day) Valid() bool {
	y, m, day := d.Date()
	return y >= 1 && y <= 9999 && m >= 1 && m <= 12 && day >= 1 && day <= daysIn(y, m)
}

// Add is the day so many days later, or earlier where n is negative.
func (d Day) Add(n int) Day { return dayOfTime(d.time().AddDate(0, 0, n)) }

// Sub is the number of days from e to d.
func (d Day) Sub(e Day) int { return int(d.time().Unix()-e.time().Unix()) / (24 * 60 * 60) }

// Weekday is the day of the week of ISO 8601: 1 is Monday, 7 is Sunday.
func (d Day) Weekday() int { return (int(d.time().Weekday())+6)%7 + 1 }

// ISOWeek is the year and week of ISO 8601: week 1 holds the year's first Thursday.
func (d Day) ISOWeek() (year, week int) { return d.time().ISOWeek() }

// String is "2026-03-01"; of no day it is empty.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

// MarshalText is the form of String.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the form of String; the error is ErrDay.
func (d *Day) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	switch {
	case len(text) == 0:
		*d = 0
	case err != nil || t.Year() == 0:
		return fmt.Errorf("%s: %w: want 2026-03-01", strconv.Quote(shorten(string(text))), ErrDay)
	default:
		*d = dayOfTime(t)
	}
	return nil
}

func (d Day) time() time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
}

// firstOfMonth is the first day of the month that is so many months later.
func (d Day) firstOfMonth(months int) Day {
	y, m, _ := d.Date()
	return dayOfTime(time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, time.UTC))
}

// lastOfMonth is the last day of d's month.
func (d Day) lastOfMonth() Day {
	y, m, _ := d.Date()
	return DayOf(y, m, daysIn(y, m))
}

// addMonths keeps the day of the month; in a month that is too short, it is the last.
func (d Day) addMonths(n int) Day {
	first := d.firstOfMonth(n)
	_, _, day := d.Date()
	return min(first+Day(day)-1, first.lastOfMonth())
}

// monthNumber counts months from year 0.
func (d Day) monthNumber() int { return int(d)/10000*12 + int(d)/100%100 - 1 }

func dayOfTime(t time.Time) Day { return DayOf(t.Date()) }

func daysIn(year int, month time.Month) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	default:
		return 31
	}
}

// BusinessDay is the business day and the hour of the clock, 0 to 23, at which something
// happened. A business day begins when the clock in zone shows cutoff after midnight, so
// that with a cutoff of 4 h what a bar sells at 1 in the morning belongs to the evening
// before; the hour stays 1. Only what the clock shows counts, so in the night in which
// clocks change a day has 23 or 25 hours, and no minute is lost or counted twice. A
// negative cutoff begins the day on the evening before. No zone is UTC.
func BusinessDay(t time.Time, zone *time.Location, cutoff time.Duration) (day Day, hour int) {
	if zone == nil {
		zone = time.UTC
	}
	local := t.In(zone)
	clock := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute +
		time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
	day, since := dayOfTime(local), clock-cutoff
	switch {
	case since < 0:
		day = day.Add(-1)
	case since >= 24*time.Hour:
		day = day.Add(1)
	}
	return day, local.Hour()
}
