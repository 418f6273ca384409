package emv

import "strconv"

// IADForm is the layout of issuer application data.
type IADForm string

// The layouts. Those of Visa and UnionPay share the card verification results of VIS (JR/T
// 0025 part 5); the layout of CCD stands in EMV 4.4 Book 3, annex C9.
const (
	IADVisa         IADForm = "Visa 0/1/3"     // length 06, three bytes of results
	IADVisa2        IADForm = "Visa 2"         // 32 bytes, five bytes of results
	IADVisa4        IADForm = "Visa 4"         // the same, of wallets
	IADUnionPay     IADForm = "UnionPay"       // length 07, three bytes of results
	IADMChip4       IADForm = "M/Chip 4"       // 18 bytes
	IADMChipAdvance IADForm = "M/Chip Advance" // 20, 26 or 28 bytes, or 18 with its own results
	IADCCD          IADForm = "CCD"            // 32 bytes of the common core definitions
	IADOther        IADForm = "other"          // a key index, a version and bytes whose layout is not public
)

// IAD is issuer application data (tag 9F10) taken apart. The slices are parts of the value.
type IAD struct {
	Form IADForm
	// KeyIndex is the index of the issuer's key from which the card's was derived.
	KeyIndex byte
	// CVN is the cryptogram version number as it stands in the data: 0x0A is CVN 10 of Visa,
	// 0x10 is CVN 16 of Mastercard; of CCD it is the common core identifier.
	CVN byte
	// CVR are the card verification results: 3 bytes of Visa and UnionPay, 5 of Visa 2 and 4
	// and of CCD, 6 of M/Chip.
	CVR []byte
	// DAC is the data authentication code or ICC dynamic number of M/Chip, 2 bytes.
	DAC []byte
	// Counters are those of M/Chip and CCD, 8 bytes or more, enciphered or not.
	Counters []byte
	// Discretionary is what follows, issuer discretionary data.
	Discretionary []byte
}

// ParseIAD takes issuer application data apart, as the application with an identifier has
// it; without one the layouts of Visa, UnionPay, Mastercard and CCD are told by their form.
// It reports whether the layout is known.
func ParseIAD(value, aid []byte) (IAD, bool) { return parseIAD(value, SchemeOf(aid)) }

func parseIAD(v []byte, scheme string) (IAD, bool) {
	switch {
	case len(v) == 32 && v[0] == 0x0F && v[16] == 0x0F && v[1]>>4 == 0xA:
		return IAD{Form: IADCCD, CVN: v[1], KeyIndex: v[2], CVR: v[3:8], Counters: v[8:16], Discretionary: v[17:]}, true
	case scheme == schemeAmex || scheme == schemeJCB || scheme == schemeDiscover || scheme == schemeInterac:
		return otherIAD(v)
	case len(v) == 32 && v[0] == 0x1F && (v[1]>>4 == 2 || v[1]>>4 == 4):
		form := IADVisa2
		if v[1]>>4 == 4 {
			form = IADVisa4
		}
		return IAD{Form: form, CVN: v[1], KeyIndex: v[2], CVR: v[3:8], Discretionary: v[8:]}, true
	case len(v) >= 7 && (v[0] == 6 || v[0] == 7) && len(v) > int(v[0]) && v[3] == 3:
		form := IADVisa
		if v[0] == 7 {
			form = IADUnionPay
		}
		return IAD{Form: form, KeyIndex: v[1], CVN: v[2], CVR: v[4:7], Discretionary: v[7:]}, true
	case (len(v) == 18 || len(v) == 20 || len(v) == 26 || len(v) == 28) && v[1]>>4 == 1:
		return mchipIAD(v), true
	}
	return IAD{}, false
}

// mchipIAD is the layout of M/Chip: the length, or results that M/Chip 4 reserves, tell its
// generation.
func mchipIAD(v []byte) IAD {
	d := IAD{Form: IADMChipAdvance, KeyIndex: v[0], CVN: v[1], CVR: v[2:8], DAC: v[8:10], Counters: v[10:]}
	if len(v) == 18 && v[5]&0x80 == 0 && v[7]&0xFC == 0 {
		d.Form = IADMChip4
	}
	return d
}

// otherIAD is what the layouts of schemes have in common that do not publish theirs: a
// length, the index of the key, the version of the cryptogram.
func otherIAD(v []byte) (IAD, bool) {
	if len(v) < 4 || v[0] < 3 || int(v[0]) >= len(v) {
		return IAD{}, false
	}
	return IAD{Form: IADOther, KeyIndex: v[1], CVN: v[2], CVR: v[3 : 1+v[0]], Discretionary: v[1+v[0]:]}, true
}

// appendIAD appends what issuer application data says: the layout where it is not the usual
// one of Visa, the index of the key, the version of the cryptogram, and the card's
// verification results. Of a layout that is not known nothing is said.
func appendIAD(dst, v []byte, scheme, lang string) []byte {
	d, known := parseIAD(v, scheme)
	if !known {
		return dst
	}
	from := len(dst)
	if d.Form != IADVisa && d.Form != IADUnionPay && d.Form != IADOther {
		dst = append(dst, d.Form...)
	}
	dst = append(separate(dst, from, lang), pick(lang, "key index ", "密钥索引 ")...)
	dst = strconv.AppendUint(dst, uint64(d.KeyIndex), 10)
	dst = append(separate(dst, from, lang), pick(lang, "cryptogram version ", "密文版本 ")...)
	dst = d.appendVersion(dst, from, lang)
	switch d.Form {
	case IADVisa, IADUnionPay:
		return appendVisaResults(dst, from, d.CVR, lang)
	case IADVisa2, IADVisa4:
		return appendVerifier(dst, from, d.CVR, lang)
	case IADMChip4, IADMChipAdvance:
		return d.appendMChip(dst, from, lang)
	case IADCCD:
		return appendCCD(dst, from, d.CVR, lang)
	}
	dst = append(separate(dst, from, lang), pick(lang, "card verification results, layout not public: ", "卡片验证结果（格式未公开）：")...)
	return appendHex(dst, d.CVR)
}

// appendVersion appends the version of the cryptogram as its scheme writes it.
func (d IAD) appendVersion(dst []byte, from int, lang string) []byte {
	switch d.Form {
	case IADVisa2, IADVisa4:
		return append(append(append(dst, '\''), hexDigits[d.CVN>>4], hexDigits[d.CVN&15]), '\'')
	case IADCCD:
		dst = strconv.AppendUint(dst, uint64(d.CVN&15), 10)
		switch d.CVN & 15 {
		case 5:
			return append(dst, pick(lang, " (triple DES)", "（三重 DES）")...)
		case 6:
			return append(dst, pick(lang, " (AES)", "（AES）")...)
		}
		return dst
	case IADMChip4, IADMChipAdvance:
		dst = strconv.AppendUint(dst, uint64(d.CVN), 10)
		return d.appendSessionKey(dst, from, lang)
	}
	return strconv.AppendUint(dst, uint64(d.CVN), 10)
}

// appendSessionKey appends what the version of M/Chip says of the session key and of what
// the cryptogram covers.
func (d IAD) appendSessionKey(dst []byte, from int, lang string) []byte {
	switch d.CVN & 6 {
	case 0:
		dst = append(separate(dst, from, lang), pick(lang, "session key of Mastercard's own (SKD)", "Mastercard 专有会话密钥（SKD）")...)
	case 4:
		dst = append(separate(dst, from, lang), pick(lang, "common session key of EMV", "EMV 通用会话密钥")...)
	}
	if d.CVN&1 == 1 {
		return append(separate(dst, from, lang), pick(lang, "counters are in the cryptogram", "密文包含计数器")...)
	}
	return append(separate(dst, from, lang), pick(lang, "counters are not in the cryptogram", "密文不含计数器")...)
}

// appendVisaResults appends the three bytes of results of Visa and UnionPay.
func appendVisaResults(dst []byte, from int, cvr []byte, lang string) []byte {
	first, second := hexOf(cvr[0]>>4&3), hexOf(cvr[0]>>6)
	en, zh := sayFirstCryptogram(first[:])
	dst = appendSaid(dst, from, en, zh, lang)
	en, zh = saySecondCryptogram(second[:])
	dst = appendSaid(dst, from, en, zh, lang)
	dst = appendScripts(dst, from, cvr[2]>>4, lang)
	for i, mask := range [3]byte{0x0F, 0xFF, 0x0F} {
		for bit := byte(8); bit >= 1; bit-- {
			if cvr[i]&mask>>(bit-1)&1 == 0 {
				continue
			}
			code := [2]byte{'2' + byte(i), '0' + bit}
			en, zh = sayCardResult(code[:])
			dst = appendSaid(dst, from, en, zh, lang)
		}
	}
	return dst
}

// appendVerifier appends the five bytes of results of Visa's formats 2 and 4: who verified
// the cardholder and how, then what the others hold, then the state of the device.
func appendVerifier(dst []byte, from int, cvr []byte, lang string) []byte {
	dst = appendFlags(dst, from, flagsVisaVerifier, cvr, lang)
	return appendScripts(dst, from, cvr[3]>>4, lang)
}

// appendMChip appends the six bytes of results of M/Chip, whose third holds two counters.
func (d IAD) appendMChip(dst []byte, from int, lang string) []byte {
	last := flagsMchipAdvanceCvr
	if d.Form == IADMChip4 {
		last = flagsMchip4Cvr
	}
	dst = appendFlags(dst, from, flagsMchipCvr, d.CVR, lang)
	dst = appendFlags(dst, from, last, d.CVR, lang)
	dst = appendScripts(dst, from, d.CVR[2]>>4, lang)
	return appendTries(dst, from, d.CVR[2]&15, lang)
}

// appendCCD appends the five bytes of results of the common core definitions.
func appendCCD(dst []byte, from int, cvr []byte, lang string) []byte {
	dst = appendFlags(dst, from, flagsCcdCvr, cvr, lang)
	dst = appendScripts(dst, from, cvr[3]>>4, lang)
	return appendTries(dst, from, cvr[1]>>4, lang)
}

func appendScripts(dst []byte, from int, n byte, lang string) []byte {
	if n == 0 {
		return dst
	}
	dst = append(separate(dst, from, lang), pick(lang, "script commands done: ", "已执行脚本命令数：")...)
	return strconv.AppendUint(dst, uint64(n), 10)
}

func appendTries(dst []byte, from int, n byte, lang string) []byte {
	dst = append(separate(dst, from, lang), pick(lang, "PIN tries left: ", "剩余 PIN 尝试次数：")...)
	return strconv.AppendUint(dst, uint64(n), 10)
}

// appendSaid appends one more thing; of nothing it appends nothing.
func appendSaid(dst []byte, from int, en, zh, lang string) []byte {
	if en == "" {
		return dst
	}
	return append(separate(dst, from, lang), pick(lang, en, zh)...)
}

// appendHex appends bytes in hexadecimal.
func appendHex(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}
