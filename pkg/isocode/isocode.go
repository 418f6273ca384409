package isocode

// Country is the country of three digits (ISO 3166-1), with its two letters: "China (CN)".
// ISO 8583 fields 19, 20, 21, 68 and 69; EMV tags 5F28 and 9F1A without their first digit.
func Country(digits []byte) (en, zh string) { return sayCountry(digits) }

// Currency is the currency of three digits (ISO 4217), with its letters: "CNY, Chinese
// Yuan". ISO 8583 fields 49, 50 and 51; EMV tags 5F2A and 9F42 without their first digit.
func Currency(digits []byte) (en, zh string) { return sayCurrency(digits) }

// Category is the category of merchants of four digits (ISO 18245): "eating places and
// restaurants". ISO 8583:1987 field 18, from the 1993 edition on field 26; EMV tag 9F15.
func Category(digits []byte) (en, zh string) { return sayCategory(digits) }

// ServiceArea is the first digit of a service code (ISO/IEC 7813): where the card may be
// used, and whether it has a chip.
func ServiceArea(digit []byte) (en, zh string) { return sayServiceArea(digit) }

// ServiceAuthorization is the second digit of a service code: who authorizes.
func ServiceAuthorization(digit []byte) (en, zh string) { return sayServiceAuthorization(digit) }

// ServiceUse is the third digit of a service code: for what the card may be used, and
// whether a PIN is wanted.
func ServiceUse(digit []byte) (en, zh string) { return sayServiceUse(digit) }
