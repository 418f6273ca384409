package settle

import (
	"strings"
	"time"
)

// layout is a form of dates. Forms of figures in fixed places, which nearly all are, are
// read by place; the others by package time.
type layout struct {
	text   string
	places []place // nil: by package time
	yearly bool    // it holds a year
}

// place is one figure of a date, or a byte between figures.
type place struct {
	figure  byte // one of YMDhms, 0 for a byte that must stand there
	literal byte
	at, len int
}

func newLayout(text string) layout {
	l := layout{text: text, yearly: strings.Contains(text, "2006") || strings.Contains(text, "06")}
	l.places = placesOf(text)
	return l
}

// placesOf cuts a layout into places, or gives nil if it has one that is not of fixed
// length or has a name.
func placesOf(text string) []place {
	figures := []struct {
		word   string
		figure byte
	}{{"2006", 'Y'}, {"01", 'M'}, {"02", 'D'}, {"15", 'h'}, {"04", 'm'}, {"05", 's'}}
	var places []place
next:
	for at := 0; at < len(text); {
		for _, f := range figures {
			if strings.HasPrefix(text[at:], f.word) {
				places = append(places, place{figure: f.figure, at: at, len: len(f.word)})
				at += len(f.word)
				continue next
			}
		}
		c := text[at]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '_' || c >= 'A' && c <= 'Z' && c != 'T' && c != 'Z' {
			return nil
		}
		places = append(places, place{literal: c, at: at, len: 1})
		at++
	}
	return places
}

// parse reads a date. A layout without a year gives year 0.
func (l *layout) parse(b []byte, zone *time.Location) (time.Time, bool) {
	if l.places == nil {
		t, err := time.ParseInLocation(l.text, string(b), zone)
		return t, err == nil
	}
	if len(b) != len(l.text) {
		return time.Time{}, false
	}
	y, mo, d, h, mi, s := 0, 1, 1, 0, 0, 0
	for _, p := range l.places {
		if p.figure == 0 {
			if b[p.at] != p.literal {
				return time.Time{}, false
			}
			continue
		}
		n, ok := smallNumber(b[p.at : p.at+p.len])
		if !ok {
			return time.Time{}, false
		}
		switch p.figure {
		case 'Y':
			y = n
		case 'M':
			mo = n
		case 'D':
			d = n
		case 'h':
			h = n
		case 'm':
			mi = n
		case 's':
			s = n
		}
	}
	leap := y
	if !l.yearly {
		leap = 2000 // 29 February may be one
	}
	if mo < 1 || mo > 12 || d < 1 || d > daysIn(leap, mo) || h > 23 || mi > 59 || s > 59 {
		return time.Time{}, false
	}
	return time.Date(y, time.Month(mo), d, h, mi, s, 0, zone), true
}

func smallNumber(b []byte) (int, bool) {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// nearYear puts a date without a year into the year that brings it nearest to a day.
func nearYear(t, day time.Time) time.Time {
	best, bestGap := time.Time{}, time.Duration(0)
	for y := day.Year() - 1; y <= day.Year()+1; y++ {
		if t.Month() == 2 && t.Day() == 29 && daysIn(y, 2) == 28 {
			continue
		}
		c := time.Date(y, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, t.Location())
		if gap := c.Sub(day).Abs(); best.IsZero() || gap < bestGap {
			best, bestGap = c, gap
		}
	}
	return best
}

// parseZone reads "+08:00", "UTC" or the name of a zone. "Local" is refused: a file means
// the same on every machine.
func parseZone(name string) (*time.Location, bool) {
	if name == "" || name == "UTC" || name == "Z" {
		return time.UTC, true
	}
	if name[0] == '+' || name[0] == '-' {
		t, err := time.Parse("-07:00", name)
		if err != nil {
			return nil, false
		}
		_, offset := t.Zone()
		return time.FixedZone(name, offset), true
	}
	loc, err := time.LoadLocation(name)
	return loc, err == nil && name != "Local"
}
