package reports

import (
	"strconv"
	"strings"
	"time"
)

// Period is the days from From to To, both in it.
type Period struct {
	From Day `json:"from"`
	To   Day `json:"to"`
}

// Valid reports two days of the calendar, in order.
func (p Period) Valid() bool { return p.From.Valid() && p.To.Valid() && p.From <= p.To }

// Contains reports a day of the period.
func (p Period) Contains(d Day) bool { return p.From <= d && d <= p.To }

// Days is the number of days.
func (p Period) Days() int { return p.To.Sub(p.From) + 1 }

// String is "2026-03-01..2026-03-31", or one day, or empty for no period.
func (p Period) String() string {
	if p.From == p.To {
		return p.From.String()
	}
	return p.From.String() + ".." + p.To.String()
}

// Previous is the period of equal length that ends on the day before. Whole months give
// as many whole months: before March comes all of February.
func (p Period) Previous() Period {
	if !p.isMonths() {
		return Period{From: p.From.Add(-p.Days()), To: p.From.Add(-1)}
	}
	months := p.To.monthNumber() - p.From.monthNumber() + 1
	return Period{From: p.From.firstOfMonth(-months), To: p.From.Add(-1)}
}

// YearBefore is the same days a year before. Whole months stay whole, and 29 February
// becomes the 28th.
func (p Period) YearBefore() Period {
	before := Period{From: p.From.addMonths(-12), To: p.To.addMonths(-12)}
	if p.isMonths() {
		before.To = before.To.lastOfMonth()
	}
	return before
}

// isMonths reports a period of whole months.
func (p Period) isMonths() bool { return p.From%100 == 1 && p.To == p.To.lastOfMonth() }

// ParsePeriod reads a period as people write it:
//
//	today, yesterday            also 今天, 昨天
//	this-week, last-week        Monday to Sunday; month, quarter and year likewise
//	last-7-days                 up to today; any number of days
//	2026-03-01                  one day; 20260301 is the same
//	2026-03, 2026-Q1, 2026      a month, a quarter, a year
//	2026-W09                    a week of ISO 8601
//	A..B                        from the first day of A to the last of B, both of any form above
//
// Years are 1900 to 9999. Without a valid today there are no words. The error is a *PeriodError, which says what is right.
func ParsePeriod(s string, today Day) (Period, error) {
	from, to, isRange := strings.Cut(strings.TrimSpace(s), "..")
	first, err := parseOne(from, today)
	if err != nil || !isRange {
		return first, err
	}
	last, err := parseOne(to, today)
	if err != nil {
		return Period{}, err
	}
	p := Period{From: first.From, To: last.To}
	if p.From > p.To {
		right := strings.TrimSpace(to) + ".." + strings.TrimSpace(from)
		return Period{}, &PeriodError{Input: s, Reason: textf("it ends (%s) before it begins (%s)", "结束（%s）早于开始（%s）", p.To, p.From), Want: Same(right)}
	}
	return p, nil
}

// ParseCompare reads what a period is compared with: "prev" for [Period.Previous], "yoy"
// for [Period.YearBefore], or any form of [ParsePeriod].
func ParseCompare(s string, p Period, today Day) (Period, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "prev", "previous", "环比":
		return p.Previous(), nil
	case "yoy", "year-before", "同比":
		return p.YearBefore(), nil
	}
	return ParsePeriod(s, today)
}

// PeriodError says why a text is not a period, and what would be.
type PeriodError struct {
	Input  string
	Reason Text
	Want   Text // what to write instead
}

// Error is the English text.
func (e *PeriodError) Error() string { return e.Text().EN }

// Text is the error in both languages.
func (e *PeriodError) Text() Text {
	return textf("period %s: %s, want %s", "期间 %s：%s，应为 %s", strconv.Quote(shorten(e.Input)), e.Reason, e.Want)
}

// shorten keeps an error readable.
func shorten(s string) string {
	if len(s) <= 60 {
		return s
	}
	return strings.ToValidUTF8(s[:60], "") + "..."
}

// parseOne reads a period that is not a range.
func parseOne(s string, today Day) (Period, error) {
	s = strings.TrimSpace(s)
	if p, ok := parseWord(strings.ToLower(s), today); ok {
		return p, nil
	}
	if len(s) == 8 && allDigits(s) {
		return parseDay(s, s[:4], s[4:6], s[6:])
	}
	year, rest, dashed := strings.Cut(s, "-")
	y, err := strconv.Atoi(year)
	if err != nil || len(year) != 4 || !allDigits(year) || dashed && rest == "" {
		return Period{}, notPeriod(s)
	}
	if y < 1900 {
		return Period{}, &PeriodError{s, textf("year %d", "年份 %d", y), Text{"a year from 1900 to 9999", "1900 至 9999 的年份"}}
	}
	return parseOfYear(s, y, strings.ToUpper(rest))
}

func notPeriod(s string) error {
	return &PeriodError{s, Text{"not a period", "不是期间"}, Text{
		"today, yesterday, this-week, last-month, 2026-03-01, 2026-03, 2026-Q1, 2026-W09, 2026 or FROM..TO",
		"today、yesterday、this-week、last-month、2026-03-01、2026-03、2026-Q1、2026-W09、2026 或 起..止",
	}}
}

// parseOfYear reads what follows the year: nothing, a quarter, a week, a month or a day.
func parseOfYear(s string, year int, rest string) (Period, error) {
	first := DayOf(year, time.January, 1)
	switch {
	case rest == "":
		return Period{From: first, To: DayOf(year, time.December, 31)}, nil
	case rest[0] == 'Q':
		return parseQuarter(s, first, rest[1:])
	case rest[0] == 'W':
		return parseWeek(s, year, rest[1:])
	}
	month, day, hasDay := strings.Cut(rest, "-")
	if hasDay {
		return parseDay(s, s[:4], month, day)
	}
	p, err := parseDay(s, s[:4], month, "01")
	if err != nil {
		return Period{}, err
	}
	return monthsFrom(p.From, 1), nil
}

func parseDay(s, year, month, day string) (Period, error) {
	if len(month) != 2 || len(day) != 2 || !allDigits(month+day) {
		return Period{}, notPeriod(s)
	}
	y, m, d := number(year), time.Month(number(month)), number(day)
	if m < 1 || m > 12 {
		return Period{}, &PeriodError{s, textf("month %s", "月份 %s", month), Text{"a month from 01 to 12", "01 至 12 的月份"}}
	}
	if y < 1900 || d < 1 || d > daysIn(y, m) {
		last := DayOf(y, m, daysIn(y, m))
		return Period{}, &PeriodError{s, Text{"no such day", "没有这一天"}, textf("a day from %s to %s of a year from 1900", "%s 至 %s（年份不早于 1900）", last-last%100+1, last)}
	}
	return oneDay(DayOf(y, m, d)), nil
}

func parseQuarter(s string, first Day, quarter string) (Period, error) {
	if len(quarter) != 1 || quarter < "1" || quarter > "4" {
		return Period{}, &PeriodError{s, textf("quarter %s", "季度 %s", quarter), Text{"Q1 to Q4", "Q1 至 Q4"}}
	}
	return monthsFrom(first.firstOfMonth(3*number(quarter)-3), 3), nil
}

func parseWeek(s string, year int, week string) (Period, error) {
	fourth := DayOf(year, time.January, 4) // always in week 1
	monday := fourth.Add(1 - fourth.Weekday())
	_, weeks := DayOf(year, time.December, 28).ISOWeek()
	if len(week) != 2 || !allDigits(week) || number(week) < 1 || number(week) > weeks {
		return Period{}, &PeriodError{s, textf("week %s", "周 %s", week), textf("a week of that year, W01 to W%d", "该年的周，W01 至 W%d", weeks)}
	}
	p := weekFrom(monday.Add(7 * (number(week) - 1)))
	if !p.Valid() {
		return Period{}, notPeriod(s)
	}
	return p, nil
}

// parseWord reads a period that is named from today.
func parseWord(s string, today Day) (Period, bool) {
	if !today.Valid() {
		return Period{}, false
	}
	monday := today.Add(1 - today.Weekday())
	year, month, _ := today.Date()
	quarter := DayOf(year, (month-1)/3*3+1, 1)
	switch s {
	case "today", "今天":
		return oneDay(today), true
	case "yesterday", "昨天":
		return oneDay(today.Add(-1)), true
	case "this-week", "本周":
		return weekFrom(monday), true
	case "last-week", "上周":
		return weekFrom(monday.Add(-7)), true
	case "this-month", "本月":
		return monthsFrom(today.firstOfMonth(0), 1), true
	case "last-month", "上月":
		return monthsFrom(today.firstOfMonth(-1), 1), true
	case "this-quarter", "本季":
		return monthsFrom(quarter, 3), true
	case "last-quarter", "上季":
		return monthsFrom(quarter.firstOfMonth(-3), 3), true
	case "this-year", "今年":
		return monthsFrom(DayOf(year, time.January, 1), 12), true
	case "last-year", "去年":
		return monthsFrom(DayOf(year-1, time.January, 1), 12), true
	}
	return parseLastDays(s, today)
}

// parseLastDays reads "last-7-days", today included.
func parseLastDays(s string, today Day) (Period, bool) {
	count, ok := strings.CutPrefix(s, "last-")
	count, isDays := strings.CutSuffix(count, "-days")
	if !ok || !isDays || !allDigits(count) || len(count) > 4 || number(count) == 0 {
		return Period{}, false
	}
	return Period{From: today.Add(1 - number(count)), To: today}, true
}

func oneDay(d Day) Period { return Period{From: d, To: d} }

func weekFrom(monday Day) Period { return Period{From: monday, To: monday.Add(6)} }

// monthsFrom is so many months from a first day of a month.
func monthsFrom(first Day, months int) Period {
	return Period{From: first, To: first.firstOfMonth(months - 1).lastOfMonth()}
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// number is the value of a few digits.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
