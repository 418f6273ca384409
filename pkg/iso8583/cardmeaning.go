package iso8583

import (
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/isocode"
)

// appendSensitive appends what may be said of card data.
func (x *explainer) appendSensitive(dst []byte, c class, i int) []byte {
	switch c {
	case classPAN:
		text := x.clear(i)
		for len(text) > 0 && text[len(text)-1] == 'F' {
			text = text[:len(text)-1]
		}
		if len(text) < 8 || len(text) > 19 || !isDigits(text) {
			return dst
		}
		return append(dst, card.BrandOf(text)...)
	case classTrack:
		pan, service, ok := cutTrack2(x.clear(i))
		if !ok {
			return dst
		}
		from := len(dst)
		dst = append(dst, card.BrandOf(pan)...)
		return x.appendServiceCode(dst, from, service)
	default:
		return append(dst, x.t.pick("hidden", "已隐藏")...)
	}
}

// cutTrack2 is the number and the service code of a track 2, with the bounds that
// [card.ParseTrack2] holds it to.
func cutTrack2(text []byte) (pan, service []byte, ok bool) {
	for len(text) > 0 && (text[len(text)-1] == 'F' || text[len(text)-1] == 'f') {
		text = text[:len(text)-1]
	}
	sep := 0
	for sep < len(text) && text[sep] >= '0' && text[sep] <= '9' {
		sep++
	}
	if sep < 8 || sep > 19 || len(text) > 37 || len(text) < sep+8 {
		return nil, nil, false
	}
	if c := text[sep]; c != '=' && c != 'D' && c != 'd' || !isDigits(text[sep+1:]) {
		return nil, nil, false
	}
	return text[:sep], text[sep+5 : sep+8], true
}

// appendServiceCode appends the three digits of ISO/IEC 7813, behind what was said since
// from.
func (x *explainer) appendServiceCode(dst []byte, from int, text []byte) []byte {
	if len(text) != 3 {
		return dst
	}
	en1, zh1 := isocode.ServiceArea(text[:1])
	en2, zh2 := isocode.ServiceAuthorization(text[1:2])
	en3, zh3 := isocode.ServiceUse(text[2:])
	if en1 == "" && en2 == "" && en3 == "" {
		return dst
	}
	dst = x.t.separate(dst, from)
	dst = append(append(dst, x.t.pick("service code ", "服务码")...), text...)
	dst = append(dst, x.t.pick(": ", ":")...)
	from = len(dst)
	dst = append(dst, x.t.pick(en1, zh1)...)
	dst = x.t.appendNext(dst, from, "", "", en2, zh2)
	return x.t.appendNext(dst, from, "", "", en3, zh3)
}

// luhnText tests the check digit of a number that may be filled with F or blanks.
func luhnText[T ~string | ~[]byte](text T) bool {
	for len(text) > 0 && (text[len(text)-1] == 'F' || text[len(text)-1] == ' ') {
		text = text[:len(text)-1]
	}
	return card.Luhn(text)
}
