package detect

import "math/bits"

// bitmapOf is the bits of one to three bitmaps, of bytes or of hexadecimal characters in
// ASCII or EBCDIC.
func bitmapOf(wire []byte, hex bool) bitset {
	var set bitset
	for i, c := range wire[:min(len(wire), 48)] {
		if hex {
			set[i/16] |= uint64(nibbleOf(c)) << (60 - 4*(i%16))
		} else if i < 24 {
			set[i/8] |= uint64(c) << (56 - 8*(i%8))
		}
	}
	return set
}

// nibbleOf is the value of a hexadecimal character that was seen to be one.
func nibbleOf(c byte) uint8 {
	if v := unhex(c); v <= 15 {
		return v
	}
	if c >= 0xF0 {
		return c & 15
	}
	return c&15 + 9 // A to F, in capitals or not
}

// bitset is bits 1 to 192, bit 1 the highest of the first word.
type bitset [3]uint64

func (s *bitset) has(num int) bool { return s[(num-1)/64]>>(63-(num-1)%64)&1 == 1 }

// count counts those that are set.
func (s *bitset) count(nums ...int) int {
	n := 0
	for _, num := range nums {
		if s.has(num) {
			n++
		}
	}
	return n
}

// bitEvidence weighs which fields are announced, by the class of the message.
func bitEvidence(g *ledger, m mti, set *bitset, at int) {
	needed, missing := neededBits(m, set)
	g.add(2*needed, 1, at, saysBitsNeeded, needed, 0)
	g.add(-3*missing, 1, at, saysBitsMissing, missing, 0)
	forbidden := forbiddenBits(m, set)
	g.add(max(-3*forbidden, -9), 1, at, saysBitsForbidden, forbidden, 0)
	rare, quiet := rareBits(m, set)
	g.add(max(-2*rare, -12), 1, at, saysBitsRare, rare, 0)
	if rare <= quiet/8 {
		g.add(6, 1, at, saysBitsQuiet, 0, 0)
	}
}

// neededBits counts the fields that messages of the class have (ISO 8583:1987, table 4,
// and what networks send).
func neededBits(m mti, set *bitset) (there, missing int) {
	need := func(any ...int) {
		if set.count(any...) > 0 {
			there++
		} else {
			missing++
		}
	}
	switch m[1] {
	case 1, 2:
		need(3)
		need(4, 5, 6, 54)
		need(11, 37, 24)
	case 4:
		need(3, 4, 90)
		need(11, 37, 24, 90)
		need(90, 56, 37, 38, 39, 24)
	case 8:
		need(11, 24)
		need(70, 24, 3)
	default:
		need(11, 24, 7)
	}
	if m.isResponse() {
		need(39)
	}
	return there, missing
}

// forbiddenBits counts the fields that messages of the class do not have.
func forbiddenBits(m mti, set *bitset) int {
	n := 0
	if !m.isResponse() && m[1] != 4 && m[1] != 2 {
		n += set.count(39)
	}
	if m[1] == 8 || m[1] == 5 {
		n += set.count(35, 45, 38, 14, 54)
	}
	if m[1] != 5 && m[1] != 8 {
		n += set.count(66)
	}
	if m[1] != 8 && m[1] != 6 && m[0] == 0 {
		n += set.count(70)
	}
	return n
}

// rareBits counts fields that hardly any message has, and those that there could be.
func rareBits(m mti, set *bitset) (rare, of int) {
	masks := [2]uint64{rareFirst, rareSecond}
	if m[0] != 0 {
		masks = [2]uint64{rareFirst &^ usedFirst93, rareSecond &^ usedSecond93}
	} else if m[1] != 5 && m[1] != 8 {
		masks[1] |= totals
	}
	for i, mask := range masks {
		rare += bits.OnesCount64(set[i] & mask)
		of += bits.OnesCount64(mask)
	}
	return rare, of
}

// The fields that are rarely used, as bits of the first and the second bitmap: 8 27 29 31
// 34 36 40 46 57 58, and 65 67 68 69 92 93 98 105 to 109 111 113 to 119; those of them that
// the 1993 edition has a use for; and the totals of reconciliation, 74 to 89.
const (
	rareFirst    uint64 = 1<<(64-8) | 1<<(64-27) | 1<<(64-29) | 1<<(64-31) | 1<<(64-34) | 1<<(64-36) | 1<<(64-40) | 1<<(64-46) | 1<<(64-57) | 1<<(64-58)
	usedFirst93  uint64 = 1<<(64-31) | 1<<(64-46)
	rareSecond   uint64 = 1<<(128-65) | 0b111<<(128-69) | 0b11<<(128-93) | 1<<(128-98) | 0b11111<<(128-109) | 1<<(128-111) | 0b1111111<<(128-119)
	usedSecond93 uint64 = 1 << (128 - 93)
	totals       uint64 = 0xFFFF << (128 - 89)
)
