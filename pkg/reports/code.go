package reports

import "strconv"

// code is a line's value in a dimension as a number: of time, a number that grows with
// it; of labels, the place of the key among those seen. Zero is unknown.
type code uint32

// dayCode numbers days as if every month had 31, so that a day keeps its place in the
// month when a month is compared with a shorter one.
func dayCode(d Day) code {
	_, _, day := d.Date()
	return code(d.monthNumber()*31 + day)
}

func (c code) day() Day {
	n := int(c) - 1
	return Day(n/31/12*10000 + (n/31%12+1)*100 + n%31 + 1)
}

// weekNumber counts weeks; 1 January of the year 1 was a Monday.
func (d Day) weekNumber() int { return d.Sub(DayOf(1, 1, 1)) / 7 }

// timeCode is the code of a day in a dimension of time but ByHour.
func timeCode(dim Dimension, d Day) code {
	if d.IsZero() {
		return 0
	}
	switch dim {
	case ByDay:
		return dayCode(d)
	case ByWeek:
		return code(d.weekNumber() + 1)
	case ByMonth:
		return code(d.monthNumber() + 1)
	case ByQuarter:
		return code(d.monthNumber()/3 + 1)
	case ByYear:
		return code(int(d)/10000 + 1)
	}
	return code(d.Weekday())
}

func hourCode(hour int) code {
	if hour < 0 || hour > 23 {
		return 0
	}
	return code(hour) + 1
}

// timeLabel says a code of time: its key for programs and its text for people.
func timeLabel(dim Dimension, c code) (string, Text) {
	if c == 0 {
		return "", Text{"(unknown)", "（未知）"}
	}
	n := int(c) - 1
	key := ""
	switch dim {
	case ByDay:
		key = c.day().String()
	case ByWeek:
		y, w := DayOf(1, 1, 1).Add(7 * n).ISOWeek()
		key = digits(y, 4) + "-W" + digits(w, 2)
	case ByMonth:
		key = digits(n/12, 4) + "-" + digits(n%12+1, 2)
	case ByQuarter:
		key = digits(n/4, 4) + "-Q" + strconv.Itoa(n%4+1)
	case ByYear:
		key = digits(n, 4)
	case ByHour:
		return strconv.Itoa(n), Same(digits(n, 2) + ":00")
	default:
		return strconv.Itoa(n + 1), weekdayText(n + 1)
	}
	return key, Same(key)
}

func weekdayText(day int) Text {
	switch day {
	case 1:
		return Text{"Monday", "星期一"}
	case 2:
		return Text{"Tuesday", "星期二"}
	case 3:
		return Text{"Wednesday", "星期三"}
	case 4:
		return Text{"Thursday", "星期四"}
	case 5:
		return Text{"Friday", "星期五"}
	case 6:
		return Text{"Saturday", "星期六"}
	}
	return Text{"Sunday", "星期日"}
}

// digits writes a number with leading zeros.
func digits(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}

// interner gives each key of a label a code, and remembers the last one: lines of one
// sale follow one another.
type interner struct {
	codes    map[string]code
	keys     []string
	last     string
	lastCode code
}

func (t *interner) code(key string) code {
	if t.lastCode != 0 && key == t.last {
		return t.lastCode
	}
	c, ok := t.codes[key]
	if !ok {
		if t.codes == nil {
			t.codes = map[string]code{}
		}
		t.keys = append(t.keys, key)
		c = code(len(t.keys))
		t.codes[key] = c
	}
	t.last, t.lastCode = key, c
	return c
}

func (t *interner) key(c code) string { return t.keys[c-1] }
