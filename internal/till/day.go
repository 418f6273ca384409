package till

import (
	"fmt"
	"time"
)

// Day is a business day as an integer that sorts: 20260301. Zero is none.
type Day int

// DayOf is the day of a date.
func DayOf(year int, month time.Month, day int) Day { return Day(year*10000 + int(month)*100 + day) }

// Date are the parts of the day.
func (d Day) Date() (year int, month time.Month, day int) {
	return int(d) / 10000, time.Month(int(d) / 100 % 100), int(d) % 100
}

// Month is the day's month as a period of the same kind: 20260300.
func (d Day) Month() Day { return d / 100 * 100 }

// Year is the day's year as a period of the same kind: 20260000.
func (d Day) Year() Day { return d / 10000 * 10000 }

// String is the day in ISO 8601: "2026-03-01".
func (d Day) String() string {
	y, m, day := d.Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, int(m), day)
}

// Calendar tells the business day and the hour of an instant.
type Calendar struct {
	Zone   *time.Location // nil is UTC
	Cutoff int            // minutes after midnight at which a business day begins
}

// At is the business day and the hour (0 to 23) on the shop's clock. It looks at the
// clock's face and adds no hours, so that a night in which the clocks change belongs to
// one day as any other does.
func (c Calendar) At(t time.Time) (Day, int) {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	local := t.In(zone)
	year, month, day := local.Date()
	if local.Hour()*60+local.Minute() < c.Cutoff {
		year, month, day = time.Date(year, month, day-1, 12, 0, 0, 0, time.UTC).Date()
	}
	return DayOf(year, month, day), local.Hour()
}

// Moment is everything that a programme asks of the clock at an instant.
func (c Calendar) Moment(t time.Time) Moment {
	day, _ := c.At(t)
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	local := t.In(zone)
	year, month, date := day.Date()
	minutes := local.Hour()*60 + local.Minute()
	return Moment{
		At:      t,
		Day:     day,
		Weekday: int(time.Date(year, month, date, 12, 0, 0, 0, time.UTC).Weekday()),
		Minutes: minutes,
		Late:    minutes < c.Cutoff,
	}
}
