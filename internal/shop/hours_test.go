package shop_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

func TestClock(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	c.must2(c.Clock(c.ctx(), shop.Stamp{In: true}))
	_, err := c.Clock(c.ctx(), shop.Stamp{In: true})
	c.refused(err, till.CodeNotPermitted, "bob has clocked in already")
	c.now = c.now.Add(8*time.Hour + 15*time.Minute)
	c.must2(c.Clock(c.ctx(), shop.Stamp{}))
	rows, err := c.Hours(c.ctx(), shop.HoursQuery{Staff: "bob", From: 20260302, To: 20260302})
	c.must(err)
	if len(rows) != 1 || rows[0].Worked != "8:15" || rows[0].Seconds != 29700 || rows[0].Open {
		t.Errorf("got %+v, want 8:15", rows)
	}
}

// A member clocks in by PIN at a till where somebody else is signed in, or nobody.
func TestClockByPIN(t *testing.T) {
	c := staffed(t)
	c.must2(c.SignOut(c.ctx()))
	_, err := c.Clock(c.ctx(), shop.Stamp{In: true, Staff: "bob", PIN: card.NewSecret(wrongPIN)})
	c.refused(err, till.CodeNotPermitted, "wrong")
	k, err := c.Clock(c.ctx(), shop.Stamp{In: true, Staff: "bob", PIN: card.NewSecret(cashierPIN)})
	c.must(err)
	if k.Staff != "bob" || k.By != "" {
		t.Errorf("got %+v, want bob by himself", k)
	}
	if _, err := c.WhoAmI(c.ctx()); err == nil {
		t.Error("clocking in signed bob in")
	}
}

func TestClockForgotten(t *testing.T) {
	c := staffed(t)
	at := c.now.Add(-time.Hour)
	_, err := c.Clock(c.ctx(), shop.Stamp{In: true, Staff: "bob", At: at})
	c.refused(err, till.CodeUsage, "needs a note", "--note")
	_, err = c.Clock(c.ctx(), shop.Stamp{In: true, Staff: "bob", At: c.now.Add(time.Hour), Note: "forgot"})
	c.refused(err, till.CodeUsage, "has not come yet")
	k, err := c.Clock(c.ctx(), shop.Stamp{In: true, Staff: "bob", At: at, Note: "forgot"})
	c.must(err)
	if k.By != "boss" || !k.At.Equal(at) {
		t.Errorf("got %+v, want it put in by boss for an hour ago", k)
	}
	_, err = c.Clock(c.ctx(), shop.Stamp{Staff: "bob", At: at.Add(-time.Minute), Note: "forgot"})
	c.refused(err, till.CodeNotPermitted, "before the last clocking")
	c.be("bob")
	_, err = c.Clock(c.ctx(), shop.Stamp{At: at.Add(time.Minute), Note: "forgot"})
	c.refused(err, till.CodeNotPermitted, "may not edit staff")
}

// What a clock on a wall shows does not count, time that passed does.
func TestHoursOf(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		t.Helper()
		v, err := time.Parse("2006-01-02 15:04 -0700", text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, tc := range []struct {
		name   string
		cutoff int
		times  []string // in, out, in, …
		want   []string // day and time worked
	}{
		{"a day", 0, []string{"2026-03-02 09:00 +0100", "2026-03-02 12:30 +0100", "2026-03-02 13:00 +0100", "2026-03-02 17:00 +0100"}, []string{"2026-03-02 7:30"}},
		{"over midnight", 0, []string{"2026-03-02 20:00 +0100", "2026-03-03 02:00 +0100"}, []string{"2026-03-02 4:00", "2026-03-03 2:00"}},
		{"over midnight, days begin at four", 240, []string{"2026-03-02 20:00 +0100", "2026-03-03 02:00 +0100"}, []string{"2026-03-02 6:00"}},
		{"over the cut-off", 240, []string{"2026-03-02 20:00 +0100", "2026-03-03 06:00 +0100"}, []string{"2026-03-02 8:00", "2026-03-03 2:00"}},
		{"to the very end of a day", 0, []string{"2026-03-02 20:00 +0100", "2026-03-03 00:00 +0100"}, []string{"2026-03-02 4:00"}},
		{"clocks go forward", 0, []string{"2026-03-28 22:00 +0100", "2026-03-29 06:00 +0200"}, []string{"2026-03-28 2:00", "2026-03-29 5:00"}},
		{"clocks go back", 0, []string{"2026-10-24 22:00 +0200", "2026-10-25 06:00 +0100"}, []string{"2026-10-24 2:00", "2026-10-25 7:00"}},
		{"clocks go back over the cut-off", 150, []string{"2026-10-25 02:00 +0200", "2026-10-25 03:30 +0100"}, []string{"2026-10-24 0:30", "2026-10-25 2:00"}},
		{"two days and nights", 0, []string{"2026-03-02 12:00 +0100", "2026-03-04 12:00 +0100"}, []string{"2026-03-02 12:00", "2026-03-03 24:00", "2026-03-04 12:00"}},
		{"still here", 0, []string{"2026-03-02 09:00 +0100"}, []string{"2026-03-02 15:00", "2026-03-03 10:00 open"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var all []till.Clocking
			for i, text := range tc.times {
				all = append(all, till.Clocking{Staff: "bob", In: i%2 == 0, At: at(text)})
			}
			var got []string
			q := shop.HoursQuery{From: 20260101, To: 20261231}
			for _, r := range shop.HoursOf("bob", all, till.Calendar{Zone: berlin, Cutoff: tc.cutoff}, at("2026-03-03 10:00 +0100"), q) {
				line := r.Day.String() + " " + r.Worked
				if r.Open {
					line += " open"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("hours differ (-want +got):\n%s", diff)
			}
		})
	}
}

// The days add up to the time that passed, wherever and whenever it is.
func TestHoursAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		in := time.Unix(rapid.Int64Range(1767225600, 1798761600).Draw(t, "in"), 0) // of 2026
		out := in.Add(time.Duration(rapid.Int64Range(0, 72*3600).Draw(t, "seconds")) * time.Second)
		c := till.Calendar{Zone: zone, Cutoff: rapid.IntRange(0, 360).Draw(t, "cutoff")}
		all := []till.Clocking{{In: true, At: in}, {At: out}}
		sum, last := time.Duration(0), till.Day(0)
		for _, r := range shop.HoursOf("bob", all, c, out, shop.HoursQuery{From: 20200101, To: 20301231}) {
			if r.Day <= last {
				t.Fatalf("%s comes after %s", r.Day, last)
			}
			sum, last = sum+r.Length, r.Day
		}
		if sum != out.Sub(in) {
			t.Fatalf("the days add up to %s, %s passed", sum, out.Sub(in))
		}
	})
}

func TestHoursRefused(t *testing.T) {
	c := staffed(t)
	_, err := c.Hours(c.ctx(), shop.HoursQuery{From: 20260303, To: 20260302})
	c.refused(err, till.CodeUsage, "ends (2026-03-02) before it begins (2026-03-03)")
	_, err = c.Hours(c.ctx(), shop.HoursQuery{Staff: "nobody", From: 20260302, To: 20260302})
	c.refused(err, till.CodeNotFound, "nobody")
	c.be("bob")
	_, err = c.Hours(c.ctx(), shop.HoursQuery{Staff: "boss", From: 20260302, To: 20260302})
	c.refused(err, till.CodeNotPermitted, "may not read reports")
	c.must2(c.Hours(c.ctx(), shop.HoursQuery{Staff: "bob", From: 20260302, To: 20260302}))
}
