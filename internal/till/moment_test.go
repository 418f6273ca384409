package till_test

import (
	"testing"
	"time"

	"github.com/tillworks/till/internal/till"
)

// What a programme asks of the clock, in a shop whose day begins at four.
func TestMoment(t *testing.T) {
	shanghai := time.FixedZone("", 8*60*60)
	c := till.Calendar{Zone: shanghai, Cutoff: 4 * 60}
	for _, x := range []struct {
		at   time.Time
		want till.Moment
	}{
		{time.Date(2026, 3, 6, 15, 30, 0, 0, shanghai), till.Moment{Day: 20260306, Weekday: 5, Minutes: 15*60 + 30}},
		{time.Date(2026, 3, 7, 0, 0, 0, 0, shanghai), till.Moment{Day: 20260306, Weekday: 5, Minutes: 0, Late: true}},
		{time.Date(2026, 3, 7, 3, 59, 0, 0, shanghai), till.Moment{Day: 20260306, Weekday: 5, Minutes: 3*60 + 59, Late: true}},
		{time.Date(2026, 3, 7, 4, 0, 0, 0, shanghai), till.Moment{Day: 20260307, Weekday: 6, Minutes: 4 * 60}},
		{time.Date(2026, 3, 6, 20, 0, 0, 0, time.UTC), till.Moment{Day: 20260307, Weekday: 6, Minutes: 4 * 60}},
		{time.Date(2026, 3, 1, 1, 0, 0, 0, shanghai), till.Moment{Day: 20260228, Weekday: 6, Minutes: 60, Late: true}},
	} {
		x.want.At = x.at
		if got := c.Moment(x.at); got != x.want {
			t.Errorf("%s: %+v, want %+v", x.at, got, x.want)
		}
	}
	if got := (till.Calendar{}).Moment(time.Date(2026, 3, 7, 0, 30, 0, 0, shanghai)); got.Day != 20260306 || got.Minutes != 16*60+30 || got.Late {
		t.Errorf("without a zone: %+v", got)
	}
}
