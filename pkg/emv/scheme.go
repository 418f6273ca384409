package emv

// The names of the payment schemes, as [SchemeOf] gives them.
const (
	schemeVisa       = "Visa"
	schemeMastercard = "Mastercard"
	schemeMaestro    = "Maestro"
	schemeAmex       = "American Express"
	schemeJCB        = "JCB"
	schemeDiscover   = "Discover"
	schemeInterac    = "Interac"
	schemeUnionPay   = "UnionPay"
)

// The tags that schemes use in their own ways and that are told apart by name.
const (
	tagPOI                Tag = 0x8B
	tagTerminalCategories Tag = 0x9F3E
	tagReaderCapabilities Tag = 0x9F6D
	tagFormFactor         Tag = 0x9F6E
	tagAuthenticationData Tag = 0x9F69
	tagMobileSupport      Tag = 0x9F7E
	tagTACDefault         Tag = 0xDF8120
	tagTACDenial          Tag = 0xDF8121
	tagTACOnline          Tag = 0xDF8122
)

// SchemeOf is the payment scheme that an application identifier belongs to, by its
// registered prefix (ISO/IEC 7816-5), "" if it is not one of those known here.
func SchemeOf(aid []byte) string {
	if len(aid) < 5 {
		return ""
	}
	if len(aid) >= 7 && string(aid[:7]) == "\xA0\x00\x00\x00\x04\x30\x60" {
		return schemeMaestro
	}
	switch string(aid[:5]) {
	case "\xA0\x00\x00\x00\x03":
		return schemeVisa
	case "\xA0\x00\x00\x00\x04":
		return schemeMastercard
	case "\xA0\x00\x00\x00\x25":
		return schemeAmex
	case "\xA0\x00\x00\x00\x65":
		return schemeJCB
	case "\xA0\x00\x00\x01\x52", "\xA0\x00\x00\x03\x24":
		return schemeDiscover
	case "\xA0\x00\x00\x02\x77":
		return schemeInterac
	case "\xA0\x00\x00\x03\x33":
		return schemeUnionPay
	}
	return ""
}
