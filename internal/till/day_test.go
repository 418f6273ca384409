package till_test

import (
	"testing"
	"time"

	"github.com/tillworks/till/internal/till"
)

// The nights in which the clocks change in Berlin: each sale belongs to one business day,
// and to the hour on the clock's face, of which one may come twice or never.
func TestDayWhenClocksChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		at     string // in UTC
		cutoff int
		day    till.Day
		hour   int
	}{
		// 2026-03-29: from 02:00 to 03:00, a day of 23 hours.
		{"2026-03-28 22:59", 0, 20260328, 23},
		{"2026-03-28 23:00", 0, 20260329, 0},
		{"2026-03-29 00:59", 0, 20260329, 1},
		{"2026-03-29 01:00", 0, 20260329, 3},
		{"2026-03-29 21:59", 0, 20260329, 23},
		{"2026-03-29 22:00", 0, 20260330, 0},
		{"2026-03-29 00:59", 4 * 60, 20260328, 1},
		{"2026-03-29 01:59", 4 * 60, 20260328, 3},
		{"2026-03-29 02:00", 4 * 60, 20260329, 4},
		{"2026-03-29 00:59", 150, 20260328, 1}, // a day that begins at 02:30 begins at 03:00
		{"2026-03-29 01:00", 150, 20260329, 3},
		// 2026-10-25: from 03:00 to 02:00, a day of 25 hours.
		{"2026-10-24 21:59", 0, 20261024, 23},
		{"2026-10-24 22:00", 0, 20261025, 0},
		{"2026-10-25 00:30", 0, 20261025, 2},
		{"2026-10-25 01:30", 0, 20261025, 2},
		{"2026-10-25 22:59", 0, 20261025, 23},
		{"2026-10-25 23:00", 0, 20261026, 0},
		{"2026-10-25 02:59", 4 * 60, 20261024, 3},
		{"2026-10-25 03:00", 4 * 60, 20261025, 4},
	} {
		at, err := time.Parse("2006-01-02 15:04", tc.at)
		if err != nil {
			t.Fatal(err)
		}
		day, hour := till.Calendar{Zone: berlin, Cutoff: tc.cutoff}.At(at)
		if day != tc.day || hour != tc.hour {
			t.Errorf("%s UTC, cut-off %d: %s at %d, want %s at %d", tc.at, tc.cutoff, day, hour, tc.day, tc.hour)
		}
	}
}
