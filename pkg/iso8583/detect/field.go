package detect

// field weighs one field: its characters, and what they say. It reports characters of
// the kind that the field holds.
func (j *judge) field(i, num int, p *plan, m mti) bool {
	sp := j.layout.At(i)
	at := int(sp.Start)
	k := p.kinds[num]
	switch k {
	case kindTLV:
		j.tags(i, num, at)
		return false
	case kindParts:
		return j.parts(i, num, at)
	case kindRaw:
		j.unread(num, at, j.body[sp.Start:sp.End])
		return false
	}
	if p.bare[num] {
		j.text = j.body[sp.Start:sp.End]
	} else {
		j.memory = j.layout.AppendReveal(j.memory[:0], i)
		j.text = j.memory
	}
	if bad := strangerIn(j.text, k); bad > 0 {
		weight := -6
		switch k {
		case kindN:
			weight = -10
		case kindSigned: // many write digits alone
			weight = -3
		default:
		}
		j.ledger.add(weight, num, at, saysCharacter, bad, 0)
		return false
	}
	j.ledger.code(codedPoints(k, len(j.text), int(sp.End-sp.Start)))
	j.value(num, at, m)
	return true
}

// codedPoints is what a field of sound characters shows of its coding: digits show more
// than printable characters, packed ones less than those of a byte each.
func codedPoints(k kind, chars, bytes int) int {
	switch {
	case chars == 0:
		return 0
	case k == kindN && chars > bytes:
		return min(chars/2, 3)
	case k == kindN:
		return min(chars, 4)
	default:
		return 1
	}
}

// strangerIn is the place, from 1, of the first character that a kind does not have.
func strangerIn(text []byte, k kind) int {
	switch k {
	case kindN:
		for i, c := range text {
			if c-'0' > 9 {
				return i + 1
			}
		}
	case kindText: // letters of national character sets are let through
		for i, c := range text {
			if c < ' ' || c == 0x7F {
				return i + 1
			}
		}
	case kindTrack, kindCode:
		for i, c := range text {
			if c < ' ' || c > '~' {
				return i + 1
			}
		}
	case kindSigned:
		for i, c := range text {
			if c-'0' > 9 && (i > 0 || c != 'C' && c != 'D') {
				return i + 1
			}
		}
		if len(text) > 0 && text[0] <= '9' {
			return 1
		}
	default:
	}
	return 0
}

// parts weighs a field of subfields that were read.
func (j *judge) parts(i, num, at int) bool {
	n, end := 0, j.layout.At(i).End
	for k := i + 1; k < j.layout.Len() && j.layout.Number(k) < 0; k++ {
		if sp := j.layout.At(k); sp.Offset < end {
			n++
		}
	}
	if n > 1 {
		j.ledger.add(min(n, 6), num, at, saysParts, n, 0)
	}
	return false
}

// unread weighs chip data that a dialect takes for bytes of any kind.
func (j *judge) unread(num, at int, value []byte) {
	if num != 55 || len(value) < 4 {
		return
	}
	tag := uint32(value[0])
	if tag&0x1F == 0x1F {
		tag = tag<<8 | uint32(value[1])
	}
	if isEMVTag(tag) {
		j.ledger.add(-8, num, at, saysUnread, 0, 0)
	}
}

// tags weighs chip data, of which the last part may be broken.
func (j *judge) tags(i, num, at int) {
	known, all := 0, 0
	for k := i + 1; k < j.layout.Len() && j.layout.Number(k) < 0; k++ {
		if tag := j.layout.Tag(k); tag != 0 {
			all++
			if isEMVTag(tag) {
				known++
			}
		}
	}
	switch {
	case all == 0 && j.layout.At(i).End > j.layout.At(i).Start:
		j.ledger.add(-2, num, at, saysNotTLV, 0, 0)
	case known > 0 && j.broken == num:
		j.ledger.add(min(3*known, 12), num, at, saysTagsBroken, known, all)
	case known > 0:
		j.ledger.add(min(3*known, 15), num, at, saysTags, known, all)
	case all > 0:
		j.ledger.add(-2, num, at, saysTagsNone, 0, 0)
	}
}
