package iso8583

// appendMoment appends a date or time with its separators. Editions differ in how much of
// it a field has: of field 12 only the time, the date too, or the century as well.
func appendMoment(dst []byte, num int, text []byte) []byte {
	if !isDigits(text) {
		return dst
	}
	switch {
	case num == 7 && len(text) == 10:
		return append(appendClock(append(appendDay(dst, text[:4]), ' '), text[4:]), " UTC"...)
	case num == 12 && len(text) == 6:
		return appendClock(dst, text)
	case num == 12 && len(text) == 12:
		return appendClock(append(appendDate(dst, text[:6]), ' '), text[6:])
	case num == 12 && len(text) == 14 && string(text[:2]) == "20":
		return appendClock(append(appendDate(dst, text[2:8]), ' '), text[8:])
	case (num == 15 || num == 28 || num == 73) && len(text) == 8 && string(text[:2]) == "20":
		return appendDate(dst, text[2:])
	case (num == 15 || num == 73) && len(text) == 6:
		return appendDate(dst, text)
	case num != 12 && num != 7 && len(text) == 4:
		return appendDay(dst, text)
	}
	return dst
}

// appendDate appends YYMMDD of this century.
func appendDate(dst, yymmdd []byte) []byte {
	return appendDay(append(append(append(dst, "20"...), yymmdd[:2]...), '-'), yymmdd[2:])
}

// appendDay appends MMDD, or YYMM, as two numbers.
func appendDay(dst, mmdd []byte) []byte {
	return append(append(append(dst, mmdd[:2]...), '-'), mmdd[2:]...)
}

// appendClock appends hhmmss with its colons.
func appendClock(dst, t []byte) []byte {
	return append(dst, t[0], t[1], ':', t[2], t[3], ':', t[4], t[5])
}
