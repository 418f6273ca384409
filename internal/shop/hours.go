package shop

import (
	"context"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// HoursQuery asks for the time worked over a range of business days, both included.
type HoursQuery struct {
	Staff    till.StaffID // empty is everybody
	From, To till.Day
}

// DayHours is how long a member worked on one business day: the time that passed, whatever
// the clocks on the wall were set to in between.
type DayHours struct {
	Staff   till.StaffID  `json:"staff"`
	Day     till.Day      `json:"day"`
	Seconds int64         `json:"seconds"`
	Worked  string        `json:"worked"`         // hours and minutes: "7:45"
	Open    bool          `json:"open,omitempty"` // still clocked in: counted up to now
	Length  time.Duration `json:"-"`
}

// Hours tell how long members worked, by member and day; days without work are left out.
// Everybody sees their own; those of others need the right to read reports.
func (s *Shop) Hours(ctx context.Context, q HoursQuery) ([]DayHours, error) {
	members, err := s.whoseHours(ctx, q.Staff)
	if err != nil {
		return nil, err
	}
	if q.To < q.From {
		return nil, daysWrongWayRound(q.From, q.To)
	}
	rows := []DayHours{}
	for _, id := range members {
		all, err := s.clockings(ctx, id)
		if err != nil {
			return nil, err
		}
		rows = append(rows, hoursOf(id, all, s.cfg.Calendar, s.cfg.Now(), q)...)
	}
	return rows, nil
}

func (s *Shop) whoseHours(ctx context.Context, id till.StaffID) ([]till.StaffID, error) {
	actor, err := s.Actor(ctx)
	if err != nil {
		return nil, err
	}
	if id == "" || id != actor.Staff {
		if _, err := s.authorize(ctx, till.MayReadReports, nil, ""); err != nil {
			return nil, err
		}
	}
	if id != "" {
		member, err := s.cfg.Store.Staff(ctx, id)
		return []till.StaffID{member.ID}, err
	}
	all, err := s.cfg.Store.AllStaff(ctx)
	ids := make([]till.StaffID, len(all))
	for i, m := range all {
		ids[i] = m.ID
	}
	return ids, err
}

func daysWrongWayRound(from, to till.Day) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the range ends (%s) before it begins (%s)", "范围的结束（%s）早于开始（%s）").With(to, from),
		Hint: i18n.T("turn --from and --to round", "请交换 --from 与 --to").With(),
	}
}

// hoursOf adds up one member's clockings, which alternate, by business day.
func hoursOf(id till.StaffID, all []till.Clocking, c till.Calendar, now time.Time, q HoursQuery) []DayHours {
	var rows []DayHours
	add := func(day till.Day, d time.Duration, open bool) {
		if day < q.From || day > q.To {
			return
		}
		if n := len(rows); n == 0 || rows[n-1].Day != day {
			rows = append(rows, DayHours{Staff: id, Day: day})
		}
		row := &rows[len(rows)-1]
		row.Length, row.Open = row.Length+d, row.Open || open
		row.Seconds, row.Worked = int64(row.Length/time.Second), HoursText(row.Length)
	}
	for i, in := range all {
		if !in.In {
			continue
		}
		end, open := now, true
		if i+1 < len(all) {
			end, open = all[i+1].At, false
		}
		splitByDay(c, in.At, end, func(day till.Day, d time.Duration, last bool) { add(day, d, open && last) })
	}
	return rows
}

// splitByDay cuts a time at each beginning of a business day.
func splitByDay(c till.Calendar, from, to time.Time, each func(day till.Day, d time.Duration, last bool)) {
	for !from.After(to) {
		day, next := dayOf(c, from)
		if !next.Before(to) {
			each(day, to.Sub(from), true)
			return
		}
		each(day, next.Sub(from), false)
		from = next
	}
}

// dayOf is the business day of an instant and when the next one begins. In a night in which
// the clocks go back over the cut-off, the face shows the old day once more: that belongs
// to the new day, or time would run backwards.
func dayOf(c till.Calendar, t time.Time) (day till.Day, next time.Time) {
	day, _ = c.At(t)
	for next = dayAfter(c, day); !next.After(t); next = dayAfter(c, day) {
		year, month, d := day.Date()
		day = till.DayOf(time.Date(year, month, d+1, 12, 0, 0, 0, time.UTC).Date())
	}
	return day, next
}

// dayAfter is the instant at which the business day after this one begins: where the clocks
// show its face twice in a night, the first.
func dayAfter(c till.Calendar, d till.Day) time.Time {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	year, month, day := d.Date()
	at := time.Date(year, month, day+1, 0, c.Cutoff, 0, 0, zone)
	_, before := at.Add(-12 * time.Hour).Zone()
	_, now := at.Zone()
	first := at.Add(time.Duration(now-before) * time.Second)
	if first.Before(at) && first.Hour() == at.Hour() && first.Minute() == at.Minute() {
		return first
	}
	return at
}

// HoursText is a time worked in whole hours and minutes, as "7:45".
func HoursText(d time.Duration) string {
	minutes := int64(d / time.Minute)
	return fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
}
