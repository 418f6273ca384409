package promo_test

import (
	"testing"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
)

// moment is a time on the clock of a shop whose day begins at four.
func moment(tb testing.TB, s string) till.Moment {
	tb.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		tb.Fatal(err)
	}
	return till.Calendar{Cutoff: 4 * 60}.Moment(at)
}

// midnight is the same for a shop whose day is that of the calendar.
func midnight(tb testing.TB, s string) till.Moment {
	tb.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		tb.Fatal(err)
	}
	return till.Calendar{}.Moment(at)
}

// When a programme runs, in words. 2026-03-06 is a Friday.
func TestMoment(t *testing.T) {
	hours := func(from, to string) func(*till.Programme) {
		return func(p *till.Programme) { p.FromClock, p.ToClock = from, to }
	}
	fridayNight := func(p *till.Programme) { p.FromClock, p.ToClock, p.Weekdays = "22:00", "02:00", []int{5} }
	lastNight := func(p *till.Programme) { p.FromClock, p.ToClock, p.To = "22:00", "02:00", 20260306 }
	const applied = "took 0.45 CNY off line 1"
	for _, c := range []struct {
		name   string
		change func(*till.Programme)
		at     till.Moment
		want   string
	}{
		{"no dates", func(*till.Programme) {}, moment(t, "2026-03-06 12:00"), applied},
		{"first day", func(p *till.Programme) { p.From = 20260306 }, moment(t, "2026-03-06 12:00"), applied},
		{"day before the first", func(p *till.Programme) { p.From = 20260306 }, moment(t, "2026-03-05 12:00"), "not applied: it begins on 2026-03-06, the sale was on 2026-03-05"},
		{"last day", func(p *till.Programme) { p.To = 20260306 }, moment(t, "2026-03-06 23:59"), applied},
		{"after midnight, before the cut-off of the last day", func(p *till.Programme) { p.To = 20260306 }, moment(t, "2026-03-07 03:59"), applied},
		{"day after the last", func(p *till.Programme) { p.To = 20260306 }, moment(t, "2026-03-07 04:00"), "not applied: it ended on 2026-03-06, the sale was on 2026-03-07"},
		{"its weekday", func(p *till.Programme) { p.Weekdays = []int{1, 5} }, moment(t, "2026-03-06 12:00"), applied},
		{"another weekday", func(p *till.Programme) { p.Weekdays = []int{1, 2, 3, 4, 5} }, moment(t, "2026-03-07 12:00"), "not applied: it runs on Monday to Friday, the sale was on Saturday"},
		{"hours begin", hours("15:00", "17:00"), moment(t, "2026-03-06 15:00"), applied},
		{"a minute before", hours("15:00", "17:00"), moment(t, "2026-03-06 14:59"), "not applied: it runs 15:00-17:00, the sale was at 14:59"},
		{"the last minute", hours("15:00", "17:00"), moment(t, "2026-03-06 16:59"), applied},
		{"hours end", hours("15:00", "17:00"), moment(t, "2026-03-06 17:00"), "not applied: it runs 15:00-17:00, the sale was at 17:00"},
		{"from an hour on", hours("15:00", ""), moment(t, "2026-03-06 23:59"), applied},
		{"up to an hour", hours("", "9:30"), moment(t, "2026-03-06 09:30"), "not applied: it runs 00:00-09:30, the sale was at 09:30"},
		{"up to the end of the day", hours("15:00", "24:00"), moment(t, "2026-03-06 23:59"), applied},
		{"over midnight, before it", hours("22:00", "02:00"), moment(t, "2026-03-06 23:59"), applied},
		{"over midnight, after it", hours("22:00", "02:00"), moment(t, "2026-03-07 01:59"), applied},
		{"over midnight, after its end", hours("22:00", "02:00"), moment(t, "2026-03-07 02:00"), "not applied: it runs 22:00-02:00, the sale was at 02:00"},

		{"Friday night at one, day from four", fridayNight, moment(t, "2026-03-07 01:00"), applied},
		{"Friday night at one, day from midnight", fridayNight, midnight(t, "2026-03-07 01:00"), applied},
		{"Friday at one is Thursday's night, day from four", fridayNight, moment(t, "2026-03-06 01:00"), "not applied: it runs on Friday, the sale was on Thursday"},
		{"Friday at one is Thursday's night, day from midnight", fridayNight, midnight(t, "2026-03-06 01:00"), "not applied: it runs on Friday, the sale was on Thursday"},
		{"Saturday at eleven", fridayNight, midnight(t, "2026-03-07 23:00"), "not applied: it runs on Friday, the sale was on Saturday"},
		{"the last night ends in the morning", lastNight, midnight(t, "2026-03-07 01:00"), applied},
		{"and not a night later", lastNight, midnight(t, "2026-03-08 01:00"), "not applied: it ended on 2026-03-06, the sale was on 2026-03-07"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, notes := promo.Apply(basket(t, "1 latte 4.50"), []till.Programme{with(percent("p", 10), c.change)}, promo.Situation{Moment: c.at})
			if got := promo.Explain(notes[0]).String(); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// In the night in which the clocks go back, the hour that comes twice is in the happy
// hours twice: what counts is the face of the clock.
func TestClocksGoBack(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("no time zones on this machine: %v", err)
	}
	p := with(percent("p", 10), func(p *till.Programme) { p.FromClock, p.ToClock = "02:00", "03:00" })
	calendar := till.Calendar{Zone: zone}
	first := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // 02:30 in summer
	for name, c := range map[string]struct {
		at   time.Time
		want bool
	}{
		"half past two in summer":   {first, true},
		"half past two in winter":   {first.Add(time.Hour), true},
		"half past three in winter": {first.Add(2 * time.Hour), false},
	} {
		_, notes := promo.Apply(basket(t, "1 latte 4.50"), []till.Programme{p}, promo.Situation{Moment: calendar.Moment(c.at)})
		if notes[0].Applied != c.want {
			t.Errorf("%s: %s, want applied %v", name, promo.Explain(notes[0]), c.want)
		}
	}
}

// Who buys and what is shown.
func TestWhoAndCoupons(t *testing.T) {
	coupon := with(percent("p", 10), func(p *till.Programme) { p.Coupon = "TEA5" })
	members := with(percent("p", 10), func(p *till.Programme) { p.Members = true })
	for _, c := range []struct {
		name      string
		programme till.Programme
		situation promo.Situation
		want      string
	}{
		{"no coupon", coupon, promo.Situation{}, promo.CodeCoupon},
		{"another coupon", coupon, promo.Situation{Coupons: []string{"TEA6", "TEA"}}, promo.CodeCoupon},
		{"the coupon as it was typed", coupon, promo.Situation{Coupons: []string{"X", " tea5 "}}, promo.CodeApplied},
		{"no member", members, promo.Situation{}, promo.CodeMember},
		{"a member", members, promo.Situation{Member: true}, promo.CodeApplied},
	} {
		_, notes := promo.Apply(basket(t, "1 latte 4.50"), []till.Programme{c.programme}, c.situation)
		if got := notes[0].Code; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Whether a programme runs is told without a basket, and of coupons and members nothing.
func TestRests(t *testing.T) {
	at := moment(t, "2026-03-06 14:00")
	p := with(percent("p", 10), func(p *till.Programme) { p.Coupon, p.Members = "TEA5", true })
	if n := promo.Rests(p, at); n != nil {
		t.Errorf("it rests: %+v", n)
	}
	p.FromClock = "15:00"
	if n := promo.Rests(p, at); n == nil || n.Code != promo.CodeHours || n.Programme != "p" {
		t.Errorf("got %+v, want the hours", n)
	}
	p.Paused = true
	if n := promo.Rests(p, at); n == nil || n.Code != promo.CodePaused {
		t.Errorf("got %+v, want paused", n)
	}
}

func TestParseClock(t *testing.T) {
	for in, want := range map[string]int{
		"00:00": 0, "0:00": 0, "9:30": 570, "09:30": 570, "15:00": 900, "23:59": 1439, "24:00": 1440,
		"": -1, "15": -1, "15:": -1, ":30": -1, "15:0": -1, "15:60": -1, "24:01": -1, "25:00": -1, "-1:00": -1,
		"15:00:00": -1, "+1:00": -1, " 9:30": -1, "９:30": -1, "015:00": -1, "3pm": -1,
	} {
		got, ok := promo.ParseClock(in)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("ParseClock(%q) = %d, %v; want %d", in, got, ok, want)
		}
	}
}

func FuzzParseClock(f *testing.F) {
	for _, s := range []string{"15:00", "24:00", "9:5", ":", "٣:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := promo.ParseClock(s); ok && (got < 0 || got > 24*60) {
			t.Errorf("ParseClock(%q) = %d", s, got)
		}
	})
}

func TestWeekdays(t *testing.T) {
	for _, c := range []struct{ in, english, chinese string }{
		{"mon-fri", "Monday to Friday", "周一至周五"},
		{"sat,sun", "Saturday, Sunday", "周六、周日"},
		{"Tuesday", "Tuesday", "周二"},
		{"fri-mon", "Monday, Friday to Sunday", "周一、周五至周日"},
		{"mon-sun", "every day", "每天"},
		{"mon,wed,fri", "Monday, Wednesday, Friday", "周一、周三、周五"},
		{"周一-周五, 周日", "Monday to Friday, Sunday", "周一至周五、周日"},
		{"thurs", "Thursday", "周四"},
		{"mon,mon", "Monday", "周一"},
	} {
		days, err := promo.ParseWeekdays(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
		}
		text := promo.Weekdays(days)
		if text.In(i18n.English) != c.english || text.In(i18n.Chinese) != c.chinese {
			t.Errorf("%q is %q, %q; want %q, %q", c.in, text.In(i18n.English), text.In(i18n.Chinese), c.english, c.chinese)
		}
	}
	for _, in := range []string{"", "m", "tu", "mon-", "-fri", "funday", "mon;tue", "mon-fri-sun", "0-4"} {
		if days, err := promo.ParseWeekdays(in); err == nil {
			t.Errorf("%q reads as %v", in, days)
		}
	}
	if got := promo.Weekdays(nil).In(i18n.English); got != "every day" {
		t.Errorf("no days are %q", got)
	}
}

func FuzzParseWeekdays(f *testing.F) {
	for _, s := range []string{"mon-fri", "sat,sun", "fri-mon", "周一", ",", "-", "sun-sat"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		days, err := promo.ParseWeekdays(s)
		if err == nil && (len(days) == 0 || len(days) > 7) {
			t.Errorf("%q reads as %v", s, days)
		}
		for _, d := range days {
			if d < 0 || d > 6 {
				t.Errorf("%q reads as %v", s, days)
			}
		}
	})
}
