package emv

import (
	"fmt"
	"time"
)

// day is a calendar date of a card or a transaction.
type day struct{ year, month, day int }

// parseDate reads YYMMDD from three bytes of packed digits. Years 00 to 49 are 2000 to
// 2049, the others 1950 to 1999 (EMV 4.4 Book 4, 6.7.3). The day may be up to 31 in any
// month, since cards have 31 February.
func parseDate(v []byte) (day, bool) {
	if len(v) != 3 {
		return day{}, false
	}
	y, okY := bcd(v[0])
	m, okM := bcd(v[1])
	d, okD := bcd(v[2])
	if !okY || !okM || !okD || m < 1 || m > 12 || d < 1 || d > 31 {
		return day{}, false
	}
	if y < 50 {
		return day{2000 + y, m, d}, true
	}
	return day{1900 + y, m, d}, true
}

func dayOf(t time.Time) day {
	y, m, d := t.Date()
	return day{y, int(m), d}
}

func (d day) before(other day) bool {
	if d.year != other.year {
		return d.year < other.year
	}
	if d.month != other.month {
		return d.month < other.month
	}
	return d.day < other.day
}

// String is the date as YYYY-MM-DD.
func (d day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day) }

// bcd is the two digits of a packed byte.
func bcd(b byte) (int, bool) {
	if b>>4 > 9 || b&0x0F > 9 {
		return 0, false
	}
	return int(b>>4)*10 + int(b&0x0F), true
}

// packed is a number in n bytes of packed digits, zeros at the left.
func packed(v int64, n int) []byte {
	out := make([]byte, n)
	for i := n - 1; i >= 0; i-- {
		out[i] = byte(v%10 | v/10%10<<4)
		v /= 100
	}
	return out
}
