package detect

// inSet reports a number below 1024 that is in a set.
func inSet(set [16]uint64, n int) bool { return n >= 0 && n < 1024 && set[n/64]>>(n%64)&1 == 1 }

// countries are the numbers of ISO 3166-1, those withdrawn since 1988 with them.
func countries() [16]uint64 {
	return [16]uint64{
		0x111D111191111510, 0x1111111114501551, 0x9114C44451111110, 0x4744C78444511811,
		0x1111111100585454, 0x1111111111115111, 0x4544544645114111, 0x111D101144444444,
		0x4444441011ED1111, 0x44451111114087B4, 0xC045444444D8504C, 0x1511111013111047,
		0x8404049159111111, 0x4884100054440107, 0, 0,
	}
}

// isEMVTag reports a data object of EMV 4.4 Book 3, annex A, that messages carry.
func isEMVTag(tag uint32) bool {
	switch tag {
	case 0x4F, 0x50, 0x57, 0x5A, 0x71, 0x72, 0x82, 0x84, 0x8A, 0x8E, 0x91, 0x95, 0x9A, 0x9B, 0x9C,
		0x5F20, 0x5F24, 0x5F25, 0x5F28, 0x5F2A, 0x5F2D, 0x5F30, 0x5F34, 0x5F36,
		0x9F01, 0x9F02, 0x9F03, 0x9F06, 0x9F07, 0x9F08, 0x9F09, 0x9F0D, 0x9F0E, 0x9F0F, 0x9F10, 0x9F11,
		0x9F12, 0x9F15, 0x9F16, 0x9F1A, 0x9F1C, 0x9F1E, 0x9F1F, 0x9F20, 0x9F21, 0x9F26, 0x9F27, 0x9F33, 0x9F34,
		0x9F35, 0x9F36, 0x9F37, 0x9F39, 0x9F40, 0x9F41, 0x9F45, 0x9F4C, 0x9F53, 0x9F5B, 0x9F63, 0x9F66,
		0x9F6C, 0x9F6E, 0x9F7C, 0xDF31:
		return true
	}
	return false
}

// currencies are the numbers of ISO 4217, with funds, metals, the codes for tests and
// for none, and those withdrawn since 1988.
func currencies() [16]uint64 {
	return [16]uint64{
		0x111D111101001100, 0x1011111104100111, 0x9010440011010110, 0x0444434040410811,
		0x0000101101104040, 0x1111111111101111, 0x4504544645114110, 0x1105001140404440,
		0x0040441000311011, 0x0400100111404404, 0xC04404400000404C, 0x1111100101101047,
		0x0404048101111100, 0x4C44000054000104, 0xFBFDF777F0000020, 0x000000A4473F7FBF,
	}
}

// isMajor reports a currency that most card payments of the world are made in.
func isMajor(n int) bool {
	switch n {
	case 36, 124, 156, 344, 356, 360, 392, 410, 458, 643, 682, 702, 710, 756, 764, 784, 826, 840, 949, 978, 986:
		return true
	}
	return false
}

// isActionCode reports a code of ISO 8583:1993, table A.1, by its hundreds and the few
// units that are used of each.
func isActionCode(n int) bool {
	switch units := n % 100; n / 100 {
	case 0:
		return units <= 8
	case 1:
		return units <= 30 || units >= 80
	case 2, 3, 5, 6:
		return units <= 12 || units >= 80
	case 4, 8:
		return units <= 3
	case 9:
		return units <= 25 || units == 40 || units >= 45 && units <= 50
	}
	return false
}
