// Package isocode says what the codes mean that cards and messages share: countries by
// their number of ISO 3166-1, currencies by that of ISO 4217, categories of merchants by
// ISO 18245, and the three digits of a service code by ISO/IEC 7813.
//
//	en, zh := isocode.Country([]byte("156"))
//
// Each function takes the digits as they stand in ISO 8583 or, unpacked, in a data object
// of a card, gives the meaning in English and in Simplified Chinese, and gives two empty
// texts for a code that it does not know. Nothing is allocated. The names of countries and
// currencies are those of the Unicode CLDR; the decimals of a currency are a matter of
// pkg/money.
package isocode
