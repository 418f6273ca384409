package iso8583

// momentOf is how a field writes a date or a time, as letters, or nothing: Y, M, D, h,
// m, s two digits each, C the century. version is that of the message type: the 1993
// edition has other dates in fields 12, 13, 15 and 28.
func momentOf(num int, version byte, length int) string {
	first := version == '0' || version == 0
	var forms []string
	switch {
	case num == 7:
		forms = []string{"MDhms"}
	case num == 12:
		forms = []string{"hms", "YMDhms", "CYMDhms"}
	case num == 13 && !first, num == 14:
		forms = []string{"YM"}
	case num == 13, num == 16, num == 17:
		forms = []string{"MD"}
	case num == 15:
		forms = []string{"MD", "YMD", "CYMD"}
	case num == 28 && !first:
		forms = []string{"YMD"}
	case num == 73:
		forms = []string{"YMD", "CYMD"}
	}
	for _, form := range forms {
		if 2*len(form) == length {
			return form
		}
	}
	return ""
}

// moment complains about a date or time that does not exist. It says which part: of a
// date that must not be shown, nothing more.
func (v *validator) moment(i int, form, text string) {
	if !allDigits(text) {
		return // told as content
	}
	switch part := unreal(form, text); part {
	case 0:
	case 'z':
		v.at(i, SeverityNote, "date", "zeros in place of a date", "以零代替日期")
	case 'M':
		v.at(i, SeverityError, "date", "no such month", "没有这个月份")
	case 'D':
		v.at(i, SeverityError, "date", "no such day", "没有这一天")
	default:
		v.at(i, SeverityError, "date", "no such time of day", "没有这个时刻")
	}
}

// unreal is the letter of the first part of a date or time that does not exist, 'z' for
// a date of zeros, or 0. A year that is not told is a leap year. 60 seconds are one of
// the leap seconds.
func unreal(form, text string) byte {
	year, month := 0, 0
	zeros := true
	var bad byte
	for i := range len(form) {
		n := int(text[2*i]-'0')*10 + int(text[2*i+1]-'0')
		zeros = zeros && n == 0
		if bad == 0 && !real2(form[i], n, year, month) {
			bad = form[i]
		}
		switch form[i] {
		case 'Y':
			year = n
		case 'M':
			month = n
		}
	}
	if zeros && bad != 0 {
		return 'z'
	}
	return bad
}

// real2 reports two digits that a part of a date or time can have.
func real2(part byte, n, year, month int) bool {
	switch part {
	case 'M':
		return n >= 1 && n <= 12
	case 'D':
		return n >= 1 && n <= daysOf(year, month)
	case 'h':
		return n <= 23
	case 'm':
		return n <= 59
	case 's':
		return n <= 60
	}
	return true
}

func daysOf(year, month int) int {
	switch month {
	case 2:
		if year%4 != 0 {
			return 28
		}
		return 29
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
