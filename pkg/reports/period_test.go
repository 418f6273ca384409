package reports_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/reports"
)

const monday = reports.Day(20261123) // of week 48, in the fourth quarter

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"today", "2026-11-23"},
		{" TODAY ", "2026-11-23"},
		{"今天", "2026-11-23"},
		{"yesterday", "2026-11-22"},
		{"this-week", "2026-11-23..2026-11-29"},
		{"last-week", "2026-11-16..2026-11-22"},
		{"上周", "2026-11-16..2026-11-22"},
		{"this-month", "2026-11-01..2026-11-30"},
		{"last-month", "2026-10-01..2026-10-31"},
		{"this-quarter", "2026-10-01..2026-12-31"},
		{"last-quarter", "2026-07-01..2026-09-30"},
		{"this-year", "2026-01-01..2026-12-31"},
		{"last-year", "2025-01-01..2025-12-31"},
		{"last-7-days", "2026-11-17..2026-11-23"},
		{"last-1-days", "2026-11-23"},
		{"2026-03-01", "2026-03-01"},
		{"20260301", "2026-03-01"},
		{"2026-02", "2026-02-01..2026-02-28"},
		{"2024-02", "2024-02-01..2024-02-29"},
		{"2026", "2026-01-01..2026-12-31"},
		{"2026-Q1", "2026-01-01..2026-03-31"},
		{"2026-q4", "2026-10-01..2026-12-31"},
		{"2026-W09", "2026-02-23..2026-03-01"},
		{"2026-w01", "2025-12-29..2026-01-04"},
		{"2026-W53", "2026-12-28..2027-01-03"},
		{"2026-03-01..2026-03-31", "2026-03-01..2026-03-31"},
		{"2026-01..2026-03", "2026-01-01..2026-03-31"},
		{"2026-Q1 .. today", "2026-01-01..2026-11-23"},
		{"9999", "9999-01-01..9999-12-31"},
	} {
		p, err := reports.ParsePeriod(c.text, monday)
		if err != nil || p.String() != c.want {
			t.Errorf("%q: %s, %v, want %s", c.text, p, err, c.want)
		}
	}
}

// What is wrong says what is right, in both languages.
func TestParsePeriodRefuses(t *testing.T) {
	for _, c := range []struct{ text, en string }{
		{"2026-03-31..2026-03-01", "want 2026-03-01..2026-03-31"},
		{"2026-03..2026-01", "want 2026-01..2026-03"},
		{"2026-02-30", "want a day from 2026-02-01 to 2026-02-28"},
		{"2025-02-29", "want a day from 2025-02-01 to 2025-02-28"},
		{"20261301", "want a month from 01 to 12"},
		{"2026-13", "want a month from 01 to 12"},
		{"2026-00-01", "want a month from 01 to 12"},
		{"2026-Q5", "want Q1 to Q4"},
		{"2025-W53", "want a week of that year, W01 to W52"},
		{"2026-W00", "W01 to W53"},
		{"1850", "want a year from 1900"},
		{"18500101", "1900"},
		{"", "2026-W09"}, {"2026-", "2026-W09"}, {"2026-3-1", "2026-W09"}, {"26-03-01", "2026-W09"}, {"..", "2026-W09"},
		{"2026-03-01..", "2026-W09"}, {"tomorrow", "2026-W09"}, {"last-0-days", "2026-W09"}, {"+202", "2026-W09"}, {"9999-W52-1", "W01 to"},
		{"２０２６", "2026-W09"}, {strings.Repeat("9", 500), "2026-W09"},
	} {
		p, err := reports.ParsePeriod(c.text, monday)
		var pe *reports.PeriodError
		if !errors.As(err, &pe) {
			t.Errorf("%q: %s, %v, want a PeriodError", c.text, p, err)
			continue
		}
		if !strings.Contains(err.Error(), c.en) || !strings.Contains(pe.Text().ZH, "应为") || len(err.Error()) > 400 {
			t.Errorf("%q: %v, want it to say %q", c.text, err, c.en)
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"today", "2026-03", "2026-W09", "2026-Q1..2026-04-30", "last-30-days", "9999-W52", "2026-02-29", "..", "今天"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := reports.ParsePeriod(s, monday)
		if err != nil {
			if p != (reports.Period{}) {
				t.Fatalf("%q: %s beside the error %v", s, p, err)
			}
			return
		}
		if !p.Valid() {
			t.Fatalf("%q: %v is not a period", s, p)
		}
		if again, err := reports.ParsePeriod(p.String(), monday); err != nil || again != p {
			t.Fatalf("%q: %s reads as %s, %v", s, p, again, err)
		}
	})
}

func TestCompare(t *testing.T) {
	for _, c := range []struct{ period, prev, yoy string }{
		{"2026-03-10", "2026-03-09", "2025-03-10"},
		{"2026-03", "2026-02-01..2026-02-28", "2025-03-01..2025-03-31"},
		{"2025-02", "2025-01-01..2025-01-31", "2024-02-01..2024-02-29"},
		{"2026-Q1", "2025-10-01..2025-12-31", "2025-01-01..2025-03-31"},
		{"2026", "2025-01-01..2025-12-31", "2025-01-01..2025-12-31"},
		{"2026-W09", "2026-02-16..2026-02-22", "2025-02-23..2025-03-01"},
		{"2026-03-02..2026-03-31", "2026-01-31..2026-03-01", "2025-03-02..2025-03-31"},
		{"2024-02-29", "2024-02-28", "2023-02-28"},
	} {
		p, err := reports.ParsePeriod(c.period, monday)
		if err != nil {
			t.Fatal(err)
		}
		prev, err1 := reports.ParseCompare("prev", p, monday)
		yoy, err2 := reports.ParseCompare("yoy", p, monday)
		if err1 != nil || err2 != nil || prev.String() != c.prev || yoy.String() != c.yoy {
			t.Errorf("%s: %s and %s, want %s and %s", c.period, prev, yoy, c.prev, c.yoy)
		}
	}
	if p, err := reports.ParseCompare("2020", march(), monday); err != nil || p.From != 20200101 {
		t.Errorf("a period as comparison: %s, %v", p, err)
	}
}

// Days count as the calendar does.
func TestDayAgainstTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		at := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 2_800_000).Draw(rt, "days"))
		n := rapid.IntRange(-690_000, 50_000).Draw(rt, "n")
		d, _ := reports.BusinessDay(at, time.UTC, 0)
		later := at.AddDate(0, 0, n)
		if d.String() != at.Format(time.DateOnly) || !d.Valid() || d.Add(n).String() != later.Format(time.DateOnly) || d.Add(n).Sub(d) != n {
			rt.Fatalf("%s: %s, %d days later %s", at, d, n, d.Add(n))
		}
		if y, w := d.ISOWeek(); d.Weekday()%7 != int(at.Weekday()) || func() bool { ty, tw := at.ISOWeek(); return y != ty || w != tw }() {
			rt.Fatalf("%s: weekday %d, week %d of %d", d, d.Weekday(), w, y)
		}
	})
	for _, d := range []reports.Day{0, 20260230, 20261301, 20260100, -20260101, 99991232} {
		if d.Valid() {
			t.Errorf("%d is a day", d)
		}
	}
}

// The night the clocks change has 23 or 25 hours, and every minute has one business day.
func TestBusinessDay(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("this system has no time zones")
	}
	for _, c := range []struct {
		at     string
		cutoff time.Duration
		day    reports.Day
		hour   int
	}{
		{"2026-03-01T00:00:00+01:00", 0, 20260301, 0},
		{"2026-03-01T03:59:59+01:00", 4 * time.Hour, 20260228, 3},
		{"2026-03-01T04:00:00+01:00", 4 * time.Hour, 20260301, 4},
		{"2026-02-28T23:30:00Z", 0, 20260301, 0},
		{"2026-03-01T22:00:00+01:00", -2 * time.Hour, 20260302, 22},
		{"2027-01-01T01:00:00+01:00", 5 * time.Hour, 20261231, 1},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if day, hour := reports.BusinessDay(at, berlin, c.cutoff); day != c.day || hour != c.hour {
			t.Errorf("%s, cutoff %s: %d at %d, want %d at %d", c.at, c.cutoff, day, hour, c.day, c.hour)
		}
	}
	for _, c := range []struct {
		day     reports.Day
		minutes int
	}{{20260328, 23 * 60}, {20260329, 24 * 60}, {20261024, 25 * 60}, {20261025, 24 * 60}} {
		minutes := 0
		for at := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC); at.Before(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)); at = at.Add(time.Minute) {
			if day, _ := reports.BusinessDay(at, berlin, 4*time.Hour); day == c.day {
				minutes++
			}
		}
		if minutes != c.minutes {
			t.Errorf("%s has %d minutes, want %d", c.day, minutes, c.minutes)
		}
	}
}

// A day's text leads back to it.
func TestDayText(t *testing.T) {
	for text, want := range map[string]reports.Day{"2026-03-01": 20260301, "": 0, "0001-01-01": 10101} {
		var d reports.Day
		if err := d.UnmarshalText([]byte(text)); err != nil || d != want || d.String() != text {
			t.Errorf("%q: %d, %v, want %d", text, d, err, want)
		}
	}
	for _, text := range []string{"2026-02-30", "20260301", "0000-01-01", "today", "2026-3-1"} {
		d := reports.Day(7)
		if err := d.UnmarshalText([]byte(text)); !errors.Is(err, reports.ErrDay) || d != 7 {
			t.Errorf("%q: %d, %v, want %v", text, d, err, reports.ErrDay)
		}
	}
	if p, err := reports.ParsePeriod("this-week", 0); err == nil {
		t.Errorf("a week of no day: %s", p)
	}
}
