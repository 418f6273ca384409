package emv

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/isocode"
	"github.com/tillworks/till/pkg/money"
)

// The tags of this file that are not worked with by name elsewhere.
const (
	tagReferenceCurrencies          Tag = 0x9F3B
	tagTransactionReferenceCurrency Tag = 0x9F3C
	tagCountryLetters2              Tag = 0x5F55
	tagCountryLetters3              Tag = 0x5F56
	tagAccountType                  Tag = 0x5F57
	tagKernel                       Tag = 0x9F2A
	tagTerminalKernel               Tag = 0x96
	tagSelectionData                Tag = 0x9F0A
	tagLogEntry                     Tag = 0x9F4D
	tagReferenceAmount              Tag = 0x9F3A
	tagOID                          Tag = 0x06
)

// parts says the values that hold more than one thing, and those that hold a code of
// another standard; nil for others.
func (x explainer) parts(e Entry, v []byte) []string {
	switch e.Tag {
	case TagLanguages:
		return x.languages(v)
	case tagReferenceCurrencies:
		return x.currencies(v)
	case TagIssuerAuthData:
		return x.issuerAuthentication(v)
	case tagPOI:
		return x.interaction(v)
	case tagTerminalCategories:
		return x.categories(v)
	case tagFormFactor:
		return x.formFactor(v)
	case tagAuthenticationData:
		return x.fastAuthentication(v)
	case tagSelectionData:
		return x.selectionData(v)
	case TagScriptResults:
		if x.scheme != schemeMastercard && x.scheme != schemeMaestro {
			return x.scriptResults(v)
		}
	case tagLogEntry:
		return []string{fmt.Sprintf(pick(x.lang, "File %d, %d records", "文件 %d，%d 条记录"), v[0], v[1])}
	}
	if said := x.foreign(e.Tag, v); said != "" {
		return []string{said}
	}
	if e.Scheme != "" && e.Format == FormatNumeric && len(v) == 6 {
		return []string{x.amount(v)}
	}
	return nil
}

// foreign says the codes of other standards: countries, categories of merchants, service
// codes, accounts, kernels, identifiers, and binary amounts.
func (x explainer) foreign(tag Tag, v []byte) string {
	digits := upperHex(v)
	switch tag {
	case TagTerminalCountry, TagIssuerCountry:
		return x.said(isocode.Country, strings.TrimPrefix(digits, "0"))
	case tagCountryLetters2, tagCountryLetters3:
		return x.said(sayLetters, string(v))
	case TagMCC:
		return x.said(isocode.Category, digits)
	case TagServiceCode:
		return card.ServiceCode(strings.TrimPrefix(digits, "0")).Text(x.lang)
	case tagAccountType:
		return coded(sayAccountType, digits, x.lang)
	case tagKernel, tagTerminalKernel:
		return x.kernel(v[0])
	case tagOID:
		return x.oid(v)
	case TagAmountBinary, TagAmountOtherBinary, TagFloorLimit:
		return x.minor(int64(binary.BigEndian.Uint32(v)), x.currency)
	case tagReferenceAmount:
		return x.minor(int64(binary.BigEndian.Uint32(v)), money.Currency{})
	case TagPINTries, TagCurrencyExponent, TagLowerOfflineLimit, TagUpperOfflineLimit:
		return strconv.Itoa(int(v[0]))
	}
	return ""
}

// said is what a table says of a code, "" where it does not hold it.
func (x explainer) said(table func([]byte) (en, zh string), code string) string {
	en, zh := table([]byte(code))
	return pick(x.lang, en, zh)
}

// orUnknown is what a table says of a code, or that it is not known.
func (x explainer) orUnknown(table func([]byte) (en, zh string), code string) string {
	if said := x.said(table, code); said != "" {
		return said
	}
	return code + pick(x.lang, " (not known)", "（未知）")
}

// LanguageName is the name of a language by its two or three letters of ISO 639, in English
// or, for "zh", in Chinese, "" if it is not known (names of the Unicode CLDR).
func LanguageName(code, lang string) string {
	en, zh := sayLanguage([]byte(strings.ToLower(code)))
	return pick(lang, en, zh)
}

func (x explainer) languages(v []byte) []string {
	var said []string
	for i := 0; i+2 <= len(v); i += 2 {
		if name := LanguageName(string(v[i:i+2]), x.lang); name != "" {
			said = append(said, name)
		} else {
			said = append(said, upperHex(v[i:i+2])+pick(x.lang, " (not known)", "（未知）"))
		}
	}
	return said
}

func (x explainer) currencies(v []byte) []string {
	var said []string
	for i := 0; i+2 <= len(v); i += 2 {
		if name := x.currencyName(v[i : i+2]); name != "" {
			said = append(said, name)
		} else {
			said = append(said, upperHex(v[i:i+2])+pick(x.lang, " (not known)", "（未知）"))
		}
	}
	return said
}

func (x explainer) currencyName(v []byte) string {
	return x.said(isocode.Currency, strings.TrimPrefix(upperHex(v), "0"))
}

// minor is an amount in minor units of a currency, none of no currency.
func (x explainer) minor(n int64, c money.Currency) string {
	if c.IsZero() {
		return fmt.Sprintf(pick(x.lang, "%d minor units", "%d（最小货币单位）"), n)
	}
	return money.New(n, c).String()
}

// kernel says the kernel identifier (EMV Book B, 3.3.2.5): the type in two bits, a short
// identifier in the others.
func (x explainer) kernel(b byte) string {
	switch b >> 6 {
	case 0:
		if b == 0 {
			return pick(x.lang, "The default kernel of the scheme", "该组织的缺省内核")
		}
		return coded(sayKernel, fmt.Sprintf("%02X", b), x.lang)
	case 2, 3:
		return pick(x.lang, "A kernel of one country", "国内内核")
	}
	return pick(x.lang, "Reserved", "保留")
}

// oid is an object identifier as numbers with dots, and its name.
func (x explainer) oid(v []byte) string {
	var arcs []string
	var arc uint64
	for i, b := range v {
		if arc > 1<<50 {
			return ""
		}
		arc = arc<<7 | uint64(b&0x7F)
		switch {
		case b&0x80 != 0 && i == len(v)-1:
			return ""
		case b&0x80 != 0:
			continue
		case arcs == nil:
			first := min(arc/40, 2)
			arcs = append(arcs, strconv.FormatUint(first, 10), strconv.FormatUint(arc-40*first, 10))
		default:
			arcs = append(arcs, strconv.FormatUint(arc, 10))
		}
		arc = 0
	}
	dotted := strings.Join(arcs, ".")
	return strings.TrimSpace(dotted + " " + x.said(sayOid, dotted))
}

// interaction says point of interaction information (tag 8B): an identifier of two bytes, a
// length, a value.
func (x explainer) interaction(v []byte) []string {
	var said []string
	for len(v) >= 3 {
		id, n := binary.BigEndian.Uint16(v), int(v[2])
		if 3+n > len(v) {
			break
		}
		if id == 1 {
			said = append(said, x.categories(v[3:3+n])...)
		} else {
			said = append(said, fmt.Sprintf(pick(x.lang, "Information %04X, not known: %X", "未知信息 %04X：%X"), id, v[3:3+n]))
		}
		v = v[3+n:]
	}
	if len(v) > 0 {
		said = append(said, fmt.Sprintf(pick(x.lang, "Not of the form: %X", "格式不符：%X"), v))
	}
	return said
}

func (x explainer) categories(v []byte) []string {
	var said []string
	for i := 0; i+2 <= len(v); i += 2 {
		said = append(said, pick(x.lang, "Terminal category: ", "终端类别：")+coded(sayTerminalCategory, upperHex(v[i:i+2]), x.lang))
	}
	return said
}

// selectionData says application selection registered proprietary data: an owner of two
// bytes, a length, a value.
func (x explainer) selectionData(v []byte) []string {
	var said []string
	for len(v) >= 3 && 3+int(v[2]) <= len(v) {
		n := int(v[2])
		said = append(said, fmt.Sprintf("%s: %X", x.orUnknown(saySelectionOwner, upperHex(v[:2])), v[3:3+n]))
		v = v[3+n:]
	}
	return said
}

// hidden says of a sensitive value what is not: the brand of a number, the brand and the
// service code of a track, the name of a script's command.
func (x explainer) hidden(tag Tag, v []byte) []string {
	switch tag {
	case TagPAN:
		return brandOf(strings.TrimRight(upperHex(v), "F"))
	case TagTrack2, tagTrack2Data:
		return x.track2(v)
	case TagScriptCommand:
		return x.scriptCommand(v)
	}
	return nil
}

// tagTrack2Data is the track of contactless cards in magnetic stripe mode.
const tagTrack2Data Tag = 0x9F6B

func (x explainer) track2(v []byte) []string {
	t, err := card.ParseTrack2(upperHex(v))
	if err != nil {
		return nil
	}
	said := []string{string(t.PAN.Brand())}
	if said[0] == "" {
		said = nil
	}
	return append(said, fmt.Sprintf(pick(x.lang, "Service code %s: %s", "服务代码 %s：%s"), t.ServiceCode, t.ServiceCode.Text(x.lang)))
}

// brandOf is the brand of a number, where it is a number of a known brand.
func brandOf(digits string) []string {
	pan, err := card.ParsePAN(digits)
	if err != nil || pan.Brand() == "" {
		return nil
	}
	return []string{string(pan.Brand())}
}
