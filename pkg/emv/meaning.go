package emv

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tillworks/till/pkg/money"
)

// AppendMeaning appends what the value of one tag says, in English or, for "zh", in
// Chinese: the bits that are set, dates, amounts in the currency c (minor units where c is
// none), codes, texts; more than one thing with semicolons between. Nothing is appended of
// a value that says no more than its bytes, that is not of the length the tag has, or that
// is sensitive. It is for those who explain many messages: apart from data object lists it
// allocates nothing beyond what dst needs.
func AppendMeaning(dst []byte, tag Tag, value []byte, c money.Currency, lang string) []byte {
	// What nearly every message holds comes first.
	switch tag {
	case TagTVR, TagTSI, TagAIP, TagCID, TagAUC, TagTerminalCapabilities, TagAdditionalCapabilities, TagIACDefault, TagIACDenial, TagIACOnline:
		return appendBits(dst, tag, value, lang)
	case TagAC, TagUnpredictableNumber:
		return dst
	case TagIAD:
		return appendIAD(dst, value, "", lang)
	case TagAmount, TagAmountOther:
		if len(value) == 6 {
			return appendAmount(dst, value, c, lang)
		}
	case TagTransactionDate, TagEffective:
		return appendDate(dst, value)
	case TagDFName, TagApplicationID, TagTerminalAID:
		return append(dst, SchemeOf(value)...)
	case TagCVMResults:
		if len(value) == 3 {
			return CVMResults(value).append(dst, lang)
		}
	case TagATC, TagLastOnlineATC, TagCardVersion, TagTerminalVersion:
		if len(value) == 2 {
			return strconv.AppendUint(dst, uint64(binary.BigEndian.Uint16(value)), 10)
		}
	case TagSequenceCounter, TagPSN:
		if len(value) > 0 && len(value) <= 4 {
			return appendCount(dst, value)
		}
	case TagTransactionType, TagTerminalType, TagEntryMode:
		if len(value) == 1 {
			return append(dst, pickByte(tag, value[0], lang)...)
		}
	default:
		return appendRare(dst, tag, value, lang)
	}
	return dst
}

// pickByte is what the table of a tag says of a code of one byte, or nothing.
func pickByte(tag Tag, b byte, lang string) string {
	h := hexOf(b)
	en, zh := "", ""
	switch tag {
	case TagTransactionType:
		en, zh = sayTransactionType(h[:])
	case TagTerminalType:
		en, zh = sayTerminalType(h[:])
	case TagEntryMode:
		en, zh = sayEntryMode(h[:])
	}
	return pick(lang, en, zh)
}

// appendRare appends what the tags say that few messages hold, if their values are of the
// length that the dictionary gives them.
func appendRare(dst []byte, tag Tag, v []byte, lang string) []byte {
	if tableOf(tag) != 0 {
		return appendBits(dst, tag, v, lang)
	}
	e := entryAt(entryNumber(tag))
	if e.Tag == 0 || e.IsSensitive() || len(v) == 0 || len(v) < e.Min || len(v) > e.Max {
		return dst
	}
	switch tag {
	case TagTransactionTime:
		return appendClock(dst, v)
	case TagARC:
		en, zh := sayResponseCode(v)
		return append(dst, pick(lang, en, zh)...)
	case TagPINTries, TagCurrencyExponent:
		return strconv.AppendUint(dst, uint64(v[0]), 10)
	case TagCVMList, TagAFL, TagPriority, TagSFI:
		x := explainer{lang: lang}
		return append(dst, strings.ReplaceAll(x.special(tag, v), "\n", pick(lang, "; ", "；"))...)
	}
	switch {
	case e.Format == FormatDOL:
		x := explainer{lang: lang}
		return append(dst, strings.Join(x.dol(v), pick(lang, "; ", "；"))...)
	case isText(e.Format) && isPrintable(v):
		return appendLatin1(dst, v)
	}
	return dst
}

// hexOf is a byte as two characters, as the tables have it.
func hexOf(b byte) [2]byte { return [2]byte{hexDigits[b>>4], hexDigits[b&15]} }

// appendAmount appends twelve packed digits as an amount.
func appendAmount(dst, v []byte, c money.Currency, lang string) []byte {
	var minor int64
	for _, b := range v {
		n, ok := bcd(b)
		if !ok {
			return dst
		}
		minor = minor*100 + int64(n)
	}
	if c.IsZero() {
		return append(strconv.AppendInt(dst, minor, 10), pick(lang, " minor units", "个最小货币单位")...)
	}
	return money.New(minor, c).Append(dst)
}

// appendDate appends YYMMDD as a calendar date.
func appendDate(dst, v []byte) []byte {
	d, ok := parseDate(v)
	if !ok {
		return dst
	}
	dst = strconv.AppendInt(dst, int64(d.year), 10)
	return appendPair(append(appendPair(append(dst, '-'), d.month), '-'), d.day)
}

// appendClock appends HHMMSS with its colons.
func appendClock(dst, v []byte) []byte {
	h, okH := bcd(v[0])
	m, okM := bcd(v[1])
	s, okS := bcd(v[2])
	if !okH || !okM || !okS || h > 23 || m > 59 || s > 59 {
		return dst
	}
	return appendPair(append(appendPair(append(appendPair(dst, h), ':'), m), ':'), s)
}

func appendPair(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// appendCount appends packed digits without their leading zeros.
func appendCount(dst, v []byte) []byte {
	var count uint64
	for _, b := range v {
		n, ok := bcd(b)
		if !ok {
			return dst
		}
		count = count*100 + uint64(n)
	}
	return strconv.AppendUint(dst, count, 10)
}

// appendLatin1 appends ISO 8859-1 as UTF-8.
func appendLatin1(dst, v []byte) []byte {
	for _, c := range v {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}
