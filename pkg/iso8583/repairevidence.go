package iso8583

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/isocode"
)

// How much what a decode gives looks like a message is counted in bits: an element of
// random digits that is a date, a currency, a number with its check digit, would be one
// by chance in one of so many cases. Two readings of the same bytes are compared by it.

// oddity is what speaks against a decode.
type oddity struct {
	kind string // "content", "date", "missing", "mti"
	path string
}

// fatal reports an oddity that no sound message has by itself.
func (o oddity) fatal() bool { return o.kind == "mti" || o.kind == "missing" }

// oddList is the fields that are odd, in words.
func oddList(odd []oddity, t tongue) string {
	var paths []string
	for _, o := range odd {
		if !slices.Contains(paths, o.path) {
			paths = append(paths, o.path)
		}
	}
	return t.pick("field ", "域") + strings.Join(paths, ", ")
}

// oddities are what speaks against a decode: characters and dates that cannot be, and
// fields that the type of message cannot do without and that it announced.
func (r *repairer) oddities(l *Layout) []oddity {
	var odd []oddity
	mti := mtiOf(l)
	for i := range l.in.spans {
		sp := &l.in.spans[i]
		if sp.parent >= 0 && sp.tag != 0 || sp.node.layout != layoutNone || sp.node.bits || sp.opaque() {
			continue
		}
		text := l.in.text(i)
		if sp.node.content.stranger([]byte(text)) > 0 && !oldSeparator(sp.node, text) {
			odd = append(odd, oddity{"content", sp.node.path})
		}
		if num := sp.node.num; sp.parent < 0 && num > 1 {
			form := momentOf(num, mti.Version(), len(text))
			if form != "" && allDigits(text) {
				if bad := unreal(form, text); bad != 0 && bad != 'z' {
					odd = append(odd, oddity{"date", sp.node.path})
				}
			}
		}
	}
	if mti == "" {
		return odd
	}
	if !mti.Defined() {
		odd = append(odd, oddity{"mti", "0"})
	}
	if l == &r.l {
		return odd
	}
	set := fieldSet(l)
	for _, id := range presenceOf(string(mti[:1]), string(mti[1:3]), "required") {
		if num, err := strconv.Atoi(id); err == nil && r.set.has(num) && !set.has(num) {
			odd = append(odd, oddity{"missing", id})
		}
	}
	return odd
}

// fieldSet is the fields of the message that a decode gave.
func fieldSet(l *Layout) *bitset {
	set := &bitset{}
	for i := range l.in.spans {
		if sp := &l.in.spans[i]; sp.parent < 0 && sp.node.num > 1 {
			set.put(sp.node.num)
		}
	}
	return set
}

// oldSeparator reports a track whose separator is the letter that packed digits have in
// place of '=', with nothing else wrong.
func oldSeparator(n *node, text string) bool {
	return n.content == contentTrack && contentTrack.stranger([]byte(strings.Replace(text, "D", "=", 1))) == 0
}

// mtiOf is the message type of a layout, or nothing.
func mtiOf(l *Layout) MTI {
	if l.Len() == 0 || l.in.spans[0].node.path != "0" {
		return ""
	}
	m, _ := ParseMTI(l.in.text(0))
	return m
}

// evidence is how much a decode looks like a message, in bits.
func (r *repairer) evidence(l *Layout) int {
	mti := mtiOf(l)
	bits := fitting(l, mti)
	for i := range l.in.spans {
		sp := &l.in.spans[i]
		switch {
		case sp.node.bits || sp.parent < 0 && sp.node.path == "0":
		case sp.tag != 0:
			bits += tagEvidence(sp)
		case sp.parent >= 0 || sp.node.layout != layoutNone:
		default:
			if num, err := strconv.Atoi(sp.node.id); err == nil {
				bits += usual(num) + fieldEvidence(num, mti, l.in.text(i))
			}
		}
	}
	return bits
}

// tagEvidence is for a data object of field 55 that EMV knows.
func tagEvidence(sp *Span) int {
	if !strings.HasPrefix(sp.node.path, "55") || english.tagName(sp.tag) == "" {
		return 0
	}
	return 6
}

// fitting is for the fields that the type of message must have, should have and must not
// have.
func fitting(l *Layout, mti MTI) int {
	if mti == "" {
		return 0
	}
	bits := 0
	set := fieldSet(l)
	has := func(id string) bool {
		num, err := strconv.Atoi(id)
		return err == nil && set.has(num)
	}
	count := func(level string, weight int) {
		for _, ids := range presenceOf(string(mti[:1]), string(mti[1:3]), level) {
			if slices.ContainsFunc(strings.Split(ids, "|"), has) {
				bits += weight
			}
		}
	}
	count("required", 5)
	count("recommended", 1)
	count("forbidden", -5)
	return bits
}

// usual is how seldom messages have a field.
func usual(num int) int {
	switch num {
	case 2, 3, 4, 7, 11, 12, 13, 14, 18, 22, 23, 24, 25, 32, 35, 37, 38, 39, 41, 42, 43, 48, 49, 52, 55, 60, 61, 62, 63, 64, 70, 90, 128:
		return 0
	case 5, 6, 15, 19, 26, 28, 33, 44, 45, 46, 47, 50, 51, 53, 54, 56, 57, 58, 59, 66, 74, 76, 86, 88, 95, 97, 100, 102, 103, 127:
		return -2
	}
	return -5
}

// fieldEvidence is for one field of the message.
func fieldEvidence(num int, mti MTI, text string) int {
	if text == "" {
		return -3
	}
	if form := momentOf(num, mti.Version(), len(text)); form != "" && allDigits(text) {
		if unreal(form, text) != 0 {
			return 0
		}
		return momentBits(form)
	}
	switch num {
	case 2:
		if len(text) >= 12 && luhnText(text) {
			return 6
		}
		return -2
	case 3, 18, 19, 20, 21, 22, 25, 39, 49, 50, 51, 70:
		if known, told := knownCode(num, text); told {
			return 5*known - 2
		}
	case 4, 5, 6, 95:
		return min(10, 2*leading(text, '0'))
	case 23, 24:
		return 2 * min(2, leading(text, '0'))
	case 35:
		return trackBits(text)
	case 37, 38, 41, 42, 43:
		return textBits(text)
	case 90:
		if plausible90([]byte(text)) {
			return 12
		}
	}
	return 0
}

// knownCode is 1 if a table has the code of a field, else 0. Codes of a length that only
// later editions have are not told.
func knownCode(num int, text string) (known int, told bool) {
	code := []byte(text)
	en := ""
	switch {
	case num == 3 && len(code) == 6:
		en, _ = sayProcessing(code[:2])
	case num == 18 && len(code) == 4:
		en, _ = isocode.Category(code)
	case num >= 19 && num <= 21 && len(code) == 3:
		en, _ = isocode.Country(code)
	case num == 22 && len(code) == 3:
		en, _ = sayEntry(code[:2])
	case num == 25 && len(code) == 2:
		en, _ = sayCondition(code)
	case num == 39 && len(code) == 2:
		en, _ = sayResponse(code)
	case num == 39 && len(code) == 3:
		en, _ = sayAction(code)
	case num >= 49 && num <= 51 && len(code) == 3:
		en, _ = isocode.Currency(code)
	case num == 70 && len(code) == 3:
		en, _ = sayNetwork(code)
	default:
		return 0, false
	}
	if en == "" {
		return 0, true
	}
	return 1, true
}

// momentBits is how seldom digits make a date or time: one month of 8, one day of 3, one
// hour of 4, one minute of 2.
func momentBits(form string) int {
	bits := 0
	for i := range len(form) {
		switch form[i] {
		case 'M':
			bits += 3
		case 'D', 'h':
			bits += 2
		case 'm', 's':
			bits++
		}
	}
	return bits
}

func leading(text string, c byte) int {
	return len(text) - len(strings.TrimLeft(text, string(rune(c))))
}

// trackBits is for a separator at its place behind a number with its check digit.
func trackBits(text string) int {
	at := strings.IndexAny(text, "=D")
	if at < 12 || at > 19 {
		return -4
	}
	if luhnText(text[:at]) {
		return 12
	}
	return 4
}

// textBits is for letters, digits and blanks where all of ASCII may stand.
func textBits(text string) int {
	if strings.TrimSpace(text) == "" || contentAN.stranger([]byte(text)) > 0 {
		return 0
	}
	return 2
}
