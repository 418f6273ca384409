package detect

// shape is the digits of a date or time.
type shape uint8

const (
	hourTime     shape = iota // hhmmss
	monthDay                  // MMDD
	yearMonth                 // YYMM
	yearDay                   // YYMMDD
	monthDayTime              // MMDDhhmmss
	yearDayTime               // YYMMDDhhmmss
	longDayTime               // YYYYMMDDhhmmss
	shapes
)

// shapeOf is the shape of a date or time field by its number and length.
func shapeOf(num, length int) (shape, bool) {
	switch {
	case num == 7 && length == 10:
		return monthDayTime, true
	case num == 12 && length == 6:
		return hourTime, true
	case num == 12 && length == 12:
		return yearDayTime, true
	case num == 12 && length == 14:
		return longDayTime, true
	case num == 14 && length == 4:
		return yearMonth, true
	case (num == 13 || num >= 15 && num <= 17) && length == 4:
		return monthDay, true
	case (num == 13 || num == 15 || num == 16 || num == 73) && length == 6:
		return yearDay, true
	}
	return 0, false
}

// worth is what a valid value shows and an invalid one costs, in bits: of four digits
// one in 27 is a month and a day, of six one in 12 a time; and of a thousand hosts hardly
// one writes a date that does not exist.
func (s shape) worth() (valid, invalid int) {
	switch s {
	case hourTime, monthDay, yearDay:
		return 4, -10
	case yearMonth:
		return 3, -6
	default:
		return 8, -10
	}
}

// isMoment reports a date or time that exists. 29 February always does.
func isMoment(text []byte, s shape) bool {
	d := func(i int) int { return int(text[i]-'0')*10 + int(text[i+1]-'0') }
	day := func(i int) bool {
		month := d(i)
		return month >= 1 && month <= 12 && d(i+2) >= 1 && d(i+2) <= daysOf(month)
	}
	clock := func(i int) bool { return d(i) <= 23 && d(i+2) <= 59 && d(i+4) <= 59 }
	switch s {
	case hourTime:
		return clock(0)
	case monthDay:
		return day(0)
	case yearMonth:
		return d(2) >= 1 && d(2) <= 12
	case yearDay:
		return day(2)
	case monthDayTime:
		return day(0) && clock(4)
	case yearDayTime:
		return day(2) && clock(6)
	default:
		return day(4) && clock(8)
	}
}

func daysOf(month int) int {
	switch month {
	case 2:
		return 29
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// momentSeen is the time of field 12, to hold field 7 against.
type momentSeen struct {
	seven bool
	month [4]byte
}

// momentValue weighs a date or time; of one that field 7 has told of already, that it is
// the same.
func (j *judge) momentValue(num, at int, text []byte) {
	s, ok := shapeOf(num, len(text))
	if !ok {
		return
	}
	valid, invalid := s.worth()
	if !isMoment(text, s) {
		if allBytes(text, isZero) {
			invalid = -3 // nothing to say, said in zeros
		}
		j.ledger.add(invalid, num, at, saysMomentOff, 0, 0)
		return
	}
	j.ledger.add(valid, num, at, saysMoment, 0, 0)
	if num == 7 {
		j.moment.seven = true
		copy(j.moment.month[:], text[:4])
		return
	}
	if num == 13 && j.moment.seven && s == monthDay && string(text) == string(j.moment.month[:]) {
		j.ledger.add(4, num, at, saysTimeTwice, 7, 0)
	}
}
