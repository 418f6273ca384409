package promo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/internal/till"
)

// dayMinutes is the length of the clock's face.
const dayMinutes = 24 * 60

// Rests is why a programme does not run at a moment, whoever buys whatever: it is paused,
// or it is not its day or hour. It is nil where the programme runs.
func Rests(p till.Programme, m till.Moment) *till.PromoNote {
	r := refuseMoment(p, m)
	if p.Paused {
		r = refusal{code: CodePaused}
	}
	if r.code == "" {
		return nil
	}
	return &till.PromoNote{Programme: p.ID, Name: p.Name, Code: r.code, Got: r.got, Want: r.want}
}

// refuseMoment is that the programme does not run now. The night of a programme that
// runs over midnight belongs whole to the day on which it began: with Friday 22:00 to
// 02:00, one o'clock on Saturday is Friday.
func refuseMoment(p till.Programme, m till.Moment) refusal {
	from, to := clockSpan(p)
	day, weekday := m.Day, m.Weekday
	if from > to && m.Minutes < to && !m.Late {
		day, weekday = dayBefore(m.Day), (m.Weekday+6)%7
	}
	switch {
	case p.From != 0 && day < p.From:
		return refusal{CodeNotBegun, day.String(), p.From.String()}
	case p.To != 0 && day > p.To:
		return refusal{CodeEnded, day.String(), p.To.String()}
	case len(p.Weekdays) > 0 && !slices.Contains(p.Weekdays, weekday):
		return refusal{CodeWeekday, strconv.Itoa(weekday), numbers(p.Weekdays)}
	case !within(m.Minutes, from, to):
		return refusal{CodeHours, clock(m.Minutes), clock(from) + "-" + clock(to)}
	}
	return refusal{}
}

// clockSpan are the minutes of the happy hours; a programme without any runs all day.
func clockSpan(p till.Programme) (from, to int) {
	from, _ = ParseClock(p.FromClock)
	to = dayMinutes
	if p.ToClock != "" {
		to, _ = ParseClock(p.ToClock)
	}
	return from, to
}

// within reports that a minute is in a span, which may run over midnight.
func within(minute, from, to int) bool {
	if from <= to {
		return from <= minute && minute < to
	}
	return minute >= from || minute < to
}

// dayBefore is the day before on the calendar.
func dayBefore(d till.Day) till.Day { return shift(d, -1) }

// shift is a day so many days later. A day that the calendar does not have comes out as
// one that it has.
func shift(d till.Day, days int) till.Day {
	year, month, day := d.Date()
	return till.DayOf(time.Date(year, month, day+days, 12, 0, 0, 0, time.UTC).Date())
}

// ParseClock reads a time of day, "15:00" or "9:30", as minutes since midnight; "24:00"
// is the end of the day.
func ParseClock(s string) (int, bool) {
	hours, minutes, ok := strings.Cut(s, ":")
	h, ok1 := shortNumber(hours)
	m, ok2 := shortNumber(minutes)
	if !ok || !ok1 || !ok2 || len(minutes) != 2 || m > 59 || h*60+m > dayMinutes {
		return 0, false
	}
	return h*60 + m, true
}

// shortNumber reads one or two digits and nothing else.
func shortNumber(s string) (int, bool) {
	if len(s) == 0 || len(s) > 2 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// numbers are numbers as a note keeps them: "1,2,5".
func numbers(list []int) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}
