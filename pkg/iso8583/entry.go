package iso8583

// appendEntryMode appends field 22, how the card number got in: two digits and one for the
// PIN pad in the 1987 edition, twelve positions from 1993 on, bits in that of 2003.
func (x *explainer) appendEntryMode(dst, text []byte) []byte {
	switch len(text) {
	case 4: // Visa's last digit says nothing
		if x.spec.network == networkVisa {
			return x.appendEntryMode(dst, text[:3])
		}
	case 3:
		from := len(dst)
		dst = x.appendEntryPart(dst, "1", text[:2])
		before := len(dst)
		dst = x.t.separate(dst, from)
		said := len(dst)
		if dst = x.appendEntryPart(dst, "2", text[2:]); len(dst) == said {
			return dst[:before]
		}
		return dst
	case 12:
		return x.appendPositions(dst, text)
	case 32:
		return x.appendEntryBits(dst, text)
	}
	return dst
}

// appendPositions appends the twelve positions of field 22 of the 1993 edition. A position
// that no public table holds is left out.
func (x *explainer) appendPositions(dst, text []byte) []byte {
	from := len(dst)
	for i := range text {
		en, zh := x.sayPosition(i+1, text[i:i+1])
		dst = x.t.appendNext(dst, from, "", "", en, zh)
	}
	return dst
}

// sayPosition says a position, from 1, of field 22 of the 1993 edition, in which American
// Express has codes of its own.
func (x *explainer) sayPosition(position int, code []byte) (en, zh string) {
	if x.spec.network == networkAmex {
		if en, zh = sayPositionAmex(position, code); en != "" {
			return en, zh
		}
	}
	return sayPosition(position, code)
}

func sayPositionAmex(position int, code []byte) (en, zh string) {
	switch position {
	case 4:
		return sayPosAmex4(code)
	case 5:
		return sayPosAmex5(code)
	case 6:
		return sayPosAmex6(code)
	case 7:
		return sayPosAmex7(code)
	case 8:
		return sayPosAmex8(code)
	}
	return "", ""
}

func sayPosition(position int, code []byte) (en, zh string) {
	switch position {
	case 1:
		return sayPos1(code)
	case 2:
		return sayPos2(code)
	case 3:
		return sayPos3(code)
	case 4:
		return sayPos4(code)
	case 5:
		return sayPos5(code)
	case 6:
		return sayPos6(code)
	case 7:
		return sayPos7(code)
	case 8:
		return sayPos8(code)
	case 9:
		return sayPos9(code)
	case 10:
		return sayPos10(code)
	case 11:
		return sayPos11(code)
	case 12:
		return sayPos12(code)
	}
	return "", ""
}

// appendEntryBits appends the bits that are set in field 22 of the 2003 edition, 16 bytes
// as hex, of which each has its lowest bit first.
func (x *explainer) appendEntryBits(dst, hex []byte) []byte {
	from := len(dst)
	for i := range len(hex) / 2 {
		hi, ok1 := unhex(hex[2*i])
		lo, ok2 := unhex(hex[2*i+1])
		if !ok1 || !ok2 {
			return dst[:from]
		}
		for bit := range 8 {
			if (hi<<4|lo)>>bit&1 == 0 {
				continue
			}
			en, zh := sayPosBit([]byte{"0123456789ABCDEF"[i], '0' + byte(bit)})
			dst = x.t.appendNext(dst, from, "", "", en, zh)
		}
	}
	return dst
}

// appendEntryPart appends a subfield of field 22: in the 1987 edition two digits and one,
// from 1993 on one of twelve positions.
func (x *explainer) appendEntryPart(dst []byte, position string, text []byte) []byte {
	unionpay := x.spec.network == networkUnionpay
	switch v := x.version(); {
	case v == '1':
		en, zh := x.sayPosition(positionOf(position), text)
		return append(dst, x.t.pick(en, zh)...)
	case v != '0':
		return dst
	case position == "1" && unionpay:
		return x.appendCode(dst, sayEntryUnionpay, text)
	case position == "1":
		return x.appendCode(dst, sayEntry, text)
	case position == "2" && unionpay:
		return x.appendCode(dst, sayPinpadUnionpay, text)
	case position == "2":
		return x.appendCode(dst, sayPinpad, text)
	}
	return dst
}

// positionOf reads a position of one or two digits; of anything else it is 0.
func positionOf(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || i > 1 {
			return 0
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}
