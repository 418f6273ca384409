package qr

import "strings"

// schemeID ties an identifier of an account template (its object 00) to a scheme's word.
type schemeID struct {
	guid   string // compared without regard to case
	scheme string
}

// schemeIDs are the identifiers seen in codes in use, the narrower scheme before the one
// that wraps it. National schemes publish them with their rules.
func schemeIDs() [17]schemeID {
	return [...]schemeID{
		{"br.gov.bcb.pix", "pix"},
		{"A000000677010111", "promptpay"}, // credit transfer
		{"A000000677010112", "promptpay"}, // bill payment
		{"A000000677012006", "promptpay"}, // bill payment across borders
		{"A000000677010114", "promptpay"}, // credit transfer by one-time code
		{"A000000727", "vietqr"},
		{"ID.CO.QRIS.WWW", "qris"},
		{"ID.OR.GPNQR.WWW", "qris"}, // as the first codes had it
		{"A0000006150001", "duitnow"},
		{"ph.ppmi.p2m", "qrph"},
		{"com.p2pqrpay", "qrph"},
		{"jp.or.paymentsjapan", "jpqr"},
		{"hk.com.hkicl", "fps"},
		{"np.gov.nrb", "nepalpay"},
		{"sg.paynow", "paynow"},
		{"sg.com.nets", "nets"},
		{"sg.sgqr", "sgqr"},
	}
}

// The words of what is no national scheme.
const (
	SchemeMPM     = "emvco-mpm" // a merchant code whose scheme is not known here
	SchemePassive = "passive"   // a code that a shopper's wallet shows
	SchemeLink    = "link"      // an address that a wallet opens
	SchemeNone    = "unknown"   // none of these
)

// Schemes are the words that [Code.Scheme] and [Explanation] use.
func Schemes() []string {
	words := []string{SchemeMPM, SchemePassive, SchemeLink, SchemeNone}
	last := ""
	for _, id := range schemeIDs() {
		if id.scheme != last {
			words = append(words, id.scheme)
		}
		last = id.scheme
	}
	return words
}

// scheme is the first of the known schemes that an account template names.
func (c *code) scheme() string {
	for _, known := range schemeIDs() {
		for i := range c.spans {
			if c.isGUID(i) && strings.EqualFold(c.value(i), known.guid) {
				return known.scheme
			}
		}
	}
	return SchemeMPM
}

// schemeOf is the scheme that one identifier names, or nothing.
func schemeOf(guid string) string {
	for _, known := range schemeIDs() {
		if strings.EqualFold(guid, known.guid) {
			return known.scheme
		}
	}
	return ""
}

// isGUID reports the identifier of an account template.
func (c *code) isGUID(i int) bool {
	s := &c.spans[i]
	if s.depth != 1 || s.id != 0 {
		return false
	}
	top := c.spans[s.parent].id
	return top >= 26 && top <= 51
}

// nestsBeneficiary reports the identifier of NAPAS, whose object 01 is a template of the
// bank and the account.
func nestsBeneficiary(guid string) bool { return strings.EqualFold(guid, "A000000727") }

// SchemeName is what people call a scheme, by its word, in "en" or "zh".
func SchemeName(scheme, lang string) string {
	return tongueOf(lang).wordOr("scheme."+scheme, scheme)
}
