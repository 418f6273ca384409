package detect

import "math/bits"

// value weighs what a field says, where the standard says what it must.
func (j *judge) value(num, at int, m mti) {
	text := j.text
	switch num {
	case 2:
		j.cardNumber(num, at, text)
	case 3:
		j.processing(at, text)
	case 4, 5, 6, 10:
		j.amount(num, at, text)
	case 7, 12, 13, 14, 15, 16, 17, 73:
		j.momentValue(num, at, text)
	case 19, 20, 21:
		j.country(num, at, text)
	case 22:
		j.entryMode(at, text)
	case 24:
		j.function(at, text, m)
	case 35:
		j.track2(at, text)
	case 37, 38, 41, 42, 43:
		j.identifier(num, at, text)
	case 39:
		j.response(at, text, m)
	case 49, 50, 51:
		j.currency(num, at, text)
	case 54:
		if len(text) > 0 && len(text)%20 == 0 {
			j.ledger.add(4, num, at, saysBalances, 0, 0)
		}
	case 70:
		j.network(at, text)
	case 90:
		j.original(at, text)
	}
}

func (j *judge) cardNumber(num, at int, text []byte) {
	switch {
	case len(text) == 0 && j.second(at):
		j.ledger.add(-12, num, at, saysSecondBitmap, 0, 0)
	case len(text) < 12 || len(text) > 19:
		j.ledger.add(-4, num, at, saysNumberLength, len(text), 0)
	case luhn(text):
		j.ledger.add(4, num, at, saysLuhn, 0, 0)
	default:
		j.ledger.add(-2, num, at, saysLuhnOff, 0, 0)
	}
}

// second reports that where an empty card number is read, behind a hexadecimal bitmap
// that announces no other, another bitmap may stand: few bits, none of them rare.
func (j *judge) second(at int) bool {
	from := int(j.layout.At(1).End)
	if at-from != 2 || len(j.body) < from+16 {
		return false
	}
	if _, hex := digitsHex(j.body[from : from+16]); !hex {
		return false
	}
	set := bitmapOf(j.body[from:from+16], true)
	return set[0]&(rareSecond|totals) == 0 && bits.OnesCount64(set[0]) <= 4
}

// processing is field 3: a transaction type and two kinds of account, tens all.
func (j *judge) processing(at int, text []byte) {
	if len(text) != 6 {
		return
	}
	accounts := text[3] == '0' && text[5] == '0'
	if usual := text[0] <= '3' || text[0] == '9'; accounts && usual {
		j.ledger.add(3, 3, at, saysProcessing, 0, 0)
		return
	}
	j.ledger.add(-1, 3, at, saysProcessingOdd, 0, 0)
}

// amount is up to twelve digits: nobody pays a trillion.
func (j *judge) amount(num, at int, text []byte) {
	if num == 10 || len(text) < 12 {
		return
	}
	if text[0] == '0' && text[1] == '0' && text[2] == '0' {
		j.ledger.add(4, num, at, saysAmount, 0, 0)
		return
	}
	j.ledger.add(-3, num, at, saysAmountHuge, 0, 0)
}

func (j *judge) country(num, at int, text []byte) {
	n, ok := digitsASCII(text)
	if len(text) != 3 || !ok {
		return
	}
	if inSet(countries(), n) {
		j.ledger.add(2, num, at, saysCountry, 0, 0)
		return
	}
	j.ledger.add(-2, num, at, saysCountryOff, 0, 0)
}

func (j *judge) currency(num, at int, text []byte) {
	n, ok := digitsASCII(text)
	if len(text) != 3 {
		return
	}
	letters := !ok && allBytes(text, func(c byte) bool { return c >= 'A' && c <= 'Z' })
	switch {
	case ok && isMajor(n):
		j.ledger.add(6, num, at, saysCurrency, 0, 0)
		return
	case ok && inSet(currencies(), n) || letters:
		j.ledger.add(3, num, at, saysCurrency, 0, 0)
		return
	}
	points := -8
	if !ok {
		points = -15
	}
	j.ledger.add(points, num, at, saysCurrencyOff, 0, 0)
}

// entryMode is field 22 of the 1987 edition: how the number got in, 00 to 10 or 79 and
// above, and whether the terminal takes a PIN.
func (j *judge) entryMode(at int, text []byte) {
	how, digits := digitsASCII(text)
	if len(text) != 3 || !digits {
		return
	}
	if how /= 10; how <= 10 || how >= 79 {
		j.ledger.add(3, 22, at, saysEntry, 0, 0)
		return
	}
	j.ledger.add(-6, 22, at, saysEntryOff, 0, 0)
}

// function is field 24 of the 1993 edition: hundreds of the class of the message, from 1
// to 8. In the 1987 edition it is a network's number of three digits.
func (j *judge) function(at int, text []byte, m mti) {
	if m[0] != 1 || len(text) != 3 {
		return
	}
	switch text[0] {
	case '0' + m[1]:
		j.ledger.add(4, 24, at, saysFunction, 0, 0)
	case '0', '9':
		j.ledger.add(-6, 24, at, saysFunctionOff, 0, 0)
	}
}

// track2 is a number of up to 19 digits, a separator, and four digits of which the last
// two are a month (ISO/IEC 7813).
func (j *judge) track2(at int, text []byte) {
	sep := 0
	for sep < len(text) && text[sep] >= '0' && text[sep] <= '9' {
		sep++
	}
	ok := sep >= 12 && sep <= 19 && len(text) > sep && (text[sep] == '=' || text[sep] == 'D')
	if !ok {
		j.ledger.add(-5, 35, at, saysTrackOff, 0, 0)
		return
	}
	points := 6
	if len(text) >= sep+5 {
		if month, digits := digitsASCII(text[sep+3 : sep+5]); digits && month >= 1 && month <= 12 {
			points += 3
		}
	}
	if luhn(text[:sep]) {
		points += 2
	}
	j.ledger.add(points, 35, at, saysTrack, 0, 0)
}

// identifier is a field of printable characters; those of terminal and merchant begin at
// its beginning.
func (j *judge) identifier(num, at int, text []byte) {
	for i, c := range text {
		if c < ' ' || c > '~' {
			j.ledger.add(-5, num, at, saysUnprintable, i+1, 0)
			return
		}
	}
	if len(text) > 0 && text[0] == ' ' && (num == 41 || num == 42) {
		if !allBytes(text, func(c byte) bool { return c == ' ' }) {
			j.ledger.add(-8, num, at, saysBlankInFront, 0, 0)
		}
		return
	}
	j.ledger.add(2, num, at, saysPrintable, 0, 0)
}

// response is a code of two characters, or of three digits in the 1993 edition.
func (j *judge) response(at int, text []byte, m mti) {
	n, digits := digitsASCII(text)
	switch {
	case len(text) == 2 && digits:
		j.ledger.add(2, 39, at, saysResponse, 0, 0)
	case len(text) == 3 && digits && m[0] != 0 && isActionCode(n):
		j.ledger.add(4, 39, at, saysResponse, 0, 0)
	case len(text) == 3 && digits && m[0] != 0:
		j.ledger.add(-2, 39, at, saysResponseOdd, 0, 0)
	}
}

// network is field 70 (ISO 8583:1987, table A.3): hundreds and a few units.
func (j *judge) network(at int, text []byte) {
	n, ok := digitsASCII(text)
	if !ok || len(text) != 3 {
		return
	}
	if n <= 399 && n%100 <= 99 && n%100/10 != 4 && n > 0 {
		j.ledger.add(3, 70, at, saysNetwork, 0, 0)
		return
	}
	j.ledger.add(-2, 70, at, saysNetworkOff, 0, 0)
}

// original is field 90: type, trace number, time and two institutions.
func (j *judge) original(at int, text []byte) {
	m, ok := mtiAt(text, mtiASCII)
	zeros := allBytes(text, isZero)
	switch {
	case zeros || len(text) != 42:
	case ok && m.legal() && (isMoment(text[10:20], monthDayTime) || allBytes(text[10:20], isZero)):
		j.ledger.add(8, 90, at, saysOriginal, 0, 0)
	default:
		j.ledger.add(-4, 90, at, saysOriginalOff, 0, 0)
	}
}

func isZero(c byte) bool { return c == '0' }

// luhn tests the check digit of a number of digits.
func luhn(digits []byte) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if d > 9 {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return len(digits) > 0 && sum%10 == 0
}
