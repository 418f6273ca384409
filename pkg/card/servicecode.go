package card

import "github.com/tillworks/till/pkg/isocode"

// Text is what the service code says in words (ISO/IEC 7813), in English or, for "zh", in
// Chinese: interchange and chip, authorization, services and PIN. Digits that the standard
// does not define are left out; a code that is not three digits says nothing.
func (s ServiceCode) Text(lang string) string {
	if len(s) != 3 {
		return ""
	}
	text, between := "", ", "
	if lang == "zh" {
		between = "；"
	}
	for i, say := range []func([]byte) (en, zh string){isocode.ServiceArea, isocode.ServiceAuthorization, isocode.ServiceUse} {
		en, zh := say([]byte(s[i : i+1]))
		if lang == "zh" {
			en = zh
		}
		if en != "" && text != "" {
			text += between
		}
		text += en
	}
	return text
}
