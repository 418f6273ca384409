package iso8583

import "strings"

// network is whose codes a dialect has, where networks fill fields of the standard in ways
// of their own.
type network uint8

const (
	networkNone network = iota // the standard's
	networkVisa
	networkMastercard
	networkUnionpay
	networkAmex
)

// networkOf is the network that a definition names or, where it names none, the one that
// the name of the dialect begins with.
func networkOf(def Definition) (network, error) {
	switch def.Network {
	case "iso":
		return networkNone, nil
	case "visa":
		return networkVisa, nil
	case "mastercard":
		return networkMastercard, nil
	case "unionpay":
		return networkUnionpay, nil
	case "amex":
		return networkAmex, nil
	case "":
	default:
		return networkNone, unusable("", "network %q: want visa, mastercard, unionpay, amex or iso", def.Network)
	}
	name := strings.ToLower(def.Name)
	for i, prefix := range [...]string{"visa", "mastercard", "unionpay", "amex"} {
		if strings.HasPrefix(name, prefix) {
			return networkVisa + network(i), nil
		}
	}
	return networkNone, nil
}

// responses is the table of field 39 where it has two characters.
func (s *Spec) responses() func([]byte) (en, zh string) {
	switch s.network {
	case networkVisa:
		return sayResponseVisa
	case networkMastercard:
		return sayResponseMastercard
	case networkUnionpay:
		return sayResponseUnionpay
	default:
		return sayResponse
	}
}

// actions is the table of field 39 where it has three digits.
func (s *Spec) actions() func([]byte) (en, zh string) {
	if s.network == networkAmex {
		return sayActionAmex
	}
	return sayAction
}

// processing is the table of the first two digits of field 3.
func (s *Spec) processing() func([]byte) (en, zh string) {
	if s.network == networkUnionpay {
		return sayProcessingUnionpay
	}
	return sayProcessing
}

// appendSecurity appends field 53 where a network says what its digits are. UnionPay: how
// the PIN was formatted, how it and the tracks are enciphered.
func (x *explainer) appendSecurity(dst, text []byte) []byte {
	if x.spec.network != networkUnionpay || len(text) != 16 || !isDigits(text) {
		return dst
	}
	from := len(dst)
	for i, table := range [...]func([]byte) (en, zh string){sayUnionpayPIN, sayUnionpayCipher, sayUnionpayTracks} {
		en, zh := table(text[i : i+1])
		dst = x.t.appendNext(dst, from, "", "", en, zh)
	}
	return dst
}

// appendPrivate60 appends field 60 of a UnionPay terminal that a spec leaves undivided:
// type of transaction, batch, what a management message is about, what the terminal reads.
func (x *explainer) appendPrivate60(dst, text []byte) []byte {
	if x.spec.network != networkUnionpay || len(text) < 8 || !isDigits(text) {
		return dst
	}
	from := len(dst)
	dst = x.appendPart60(dst, '1', text[:2])
	dst = x.appendPart60(x.t.separate(dst, from), '2', text[2:8])
	for part, at := byte('3'), 8; part <= '5'; part++ {
		size := 1
		if part == '3' {
			size = 3
		}
		if len(text) < at+size {
			break
		}
		before := len(dst)
		dst = x.t.separate(dst, from)
		said := len(dst)
		if dst = x.appendPart60(dst, part, text[at:at+size]); len(dst) == said {
			dst = dst[:before]
		}
		at += size
	}
	return dst
}

// appendPart60 appends one part of field 60 of a UnionPay terminal.
func (x *explainer) appendPart60(dst []byte, part byte, text []byte) []byte {
	if x.spec.network != networkUnionpay {
		return dst
	}
	switch part {
	case '1':
		return x.appendCode(dst, sayUnionpayType, text)
	case '2':
		return x.appendNamed(dst, "batch ", "批次", text)
	case '3':
		return x.appendCode(dst, sayUnionpayNetwork, text)
	case '4':
		return x.appendCode(dst, sayUnionpayCapability, text)
	default:
		return x.appendCode(dst, sayUnionpayChip, text)
	}
}

// appendPartUnionpay appends other parts of a UnionPay terminal's fields: how totals came
// out, whose card it was.
func (x *explainer) appendPartUnionpay(dst []byte, path string, text []byte) []byte {
	switch {
	case x.spec.network != networkUnionpay:
		return dst
	case path == "63.1":
		return x.appendCode(dst, sayUnionpayBrand, text)
	}
	return x.appendCode(dst, saySettlement, text)
}
