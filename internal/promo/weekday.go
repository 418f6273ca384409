package promo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
)

// weekdayNames are the days of the week from Sunday on, which is 0.
func weekdayNames() [7]i18n.Text {
	return [7]i18n.Text{
		i18n.T("Sunday", "周日"), i18n.T("Monday", "周一"), i18n.T("Tuesday", "周二"), i18n.T("Wednesday", "周三"),
		i18n.T("Thursday", "周四"), i18n.T("Friday", "周五"), i18n.T("Saturday", "周六"),
	}
}

// Weekdays says on which days of the week a programme runs, from Monday on, days that
// follow one another as a range: "Monday to Friday, Sunday". None is every day.
func Weekdays(days []int) i18n.Text {
	runs := weekdayRuns(days)
	if len(runs) == 0 || len(runs) == 1 && runs[0] == [2]int{0, 6} {
		return i18n.T("every day", "每天")
	}
	var text i18n.Text
	for k, r := range runs {
		if k > 0 {
			text = i18n.Join(text, i18n.T(", ", "、"))
		}
		text = i18n.Join(text, runText(r))
	}
	return text
}

// weekdayRuns are days that follow one another, first and last, counted from Monday 0.
func weekdayRuns(days []int) [][2]int {
	var runs [][2]int
	for d := range 7 {
		if !slices.Contains(days, (d+1)%7) {
			continue
		}
		if last := len(runs) - 1; last >= 0 && runs[last][1] == d-1 {
			runs[last][1] = d
		} else {
			runs = append(runs, [2]int{d, d})
		}
	}
	return runs
}

func runText(run [2]int) i18n.Text {
	first, last := weekdayNames()[(run[0]+1)%7], weekdayNames()[(run[1]+1)%7]
	switch run[1] - run[0] {
	case 0:
		return first
	case 1:
		return i18n.Join(first, i18n.T(", ", "、"), last)
	}
	return i18n.Join(first, i18n.T(" to ", "至"), last)
}

// ParseWeekdays reads days of the week, "mon-fri", "sat,sun", "fri-mon" or "周一-周五",
// as numbers from 0 for Sunday, sorted. A name may be cut down to three letters.
func ParseWeekdays(s string) ([]int, error) {
	var days []int
	for _, part := range strings.Split(s, ",") {
		first, last, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			last = first
		}
		from, ok1 := weekday(first)
		to, ok2 := weekday(last)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("weekdays %q: got %.20q, want names such as mon-fri or sat,sun", cutText(s), part)
		}
		for d := from; ; d = (d + 1) % 7 {
			days = append(days, d)
			if d == to {
				break
			}
		}
	}
	slices.Sort(days)
	return slices.Compact(days), nil
}

// weekday finds a day by its name or the first letters of it, three at least.
func weekday(s string) (int, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for d, name := range weekdayNames() {
		english := strings.ToLower(name.In(i18n.English))
		if len(s) >= 3 && strings.HasPrefix(english, s) || s == name.In(i18n.Chinese) {
			return d, true
		}
	}
	return 0, false
}
