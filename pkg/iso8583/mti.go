package iso8583

import "strings"

// MTI is a message type indicator, four digits (ISO 8583:1987, 4.1): version, class,
// function and origin, as in "0200". The empty MTI is no type.
type MTI string

// ParseMTI reads four ASCII digits. It does not ask whether the standard defines the
// type: networks have types of their own; [MTI.Defined] tells.
func ParseMTI(s string) (MTI, error) {
	if len(s) != 4 || !allDigits(s) {
		return "", &Error{Path: "0", Offset: -1, Err: ErrMTI, Want: 4, Got: len(s)}
	}
	return MTI(s), nil
}

// Version is the first digit as a character: '0' for the 1987 edition, '1' for 1993,
// '2' for 2003, '9' for private use. It is 0 where m is no MTI.
func (m MTI) Version() byte { return m.digit(0) }

// Class is the second digit as a character: '1' authorization, '2' financial, '3'
// file action, '4' reversal, '5' reconciliation, '6' administrative, '7' fee
// collection, '8' network management. It is 0 where m is no MTI.
func (m MTI) Class() byte { return m.digit(1) }

// Function is the third digit as a character: '0' request, '1' its response, '2'
// advice, '3' its response, '4' notification. It is 0 where m is no MTI.
func (m MTI) Function() byte { return m.digit(2) }

// Origin is the fourth digit as a character: '0' acquirer, '2' issuer, '4' other,
// and the odd digit after each for a repeat. It is 0 where m is no MTI.
func (m MTI) Origin() byte { return m.digit(3) }

// IsRequest reports a message that starts an exchange: a request, an advice or a
// notification (an even third digit).
func (m MTI) IsRequest() bool { return m.valid() && (m[2]-'0')%2 == 0 }

// IsResponse reports a message that answers another (an odd third digit).
func (m MTI) IsResponse() bool { return m.valid() && (m[2]-'0')%2 == 1 }

// Response is the type that answers m: 0200 gives 0210, 0421 gives 0430. The repeat
// is dropped, since the answer to a repeat is the answer to the first. A response,
// and what is no MTI, is returned as it is.
func (m MTI) Response() MTI {
	if !m.IsRequest() {
		return m
	}
	return MTI([]byte{m[0], m[1], m[2] + 1, '0' + (m[3]-'0')&^1})
}

// Repeat is the type under which m is sent again: 0400 gives 0401. A repeat is
// returned as it is.
func (m MTI) Repeat() MTI {
	if !m.valid() {
		return m
	}
	return MTI([]byte{m[0], m[1], m[2], '0' + (m[3] - '0') | 1})
}

// Defined reports that the standard gives each digit a meaning.
func (m MTI) Defined() bool {
	return m.valid() && strings.IndexByte("01289", m[0]) >= 0 &&
		m[1] >= '1' && m[1] <= '8' && m[2] <= '7' && m[3] <= '5'
}

// Describe says the type in words, in "en" or "zh": "financial request, from the
// acquirer". It is empty where m is no MTI.
func (m MTI) Describe(lang string) string { return string(words(lang).appendMTI(nil, []byte(m))) }

// appendMTI appends what four digits say.
func (t tongue) appendMTI(dst, m []byte) []byte {
	if len(m) != 4 || !isDigits(m) {
		return dst
	}
	from := len(dst)
	en, zh := sayClass(m[1:2])
	dst = append(dst, t.pick(en, zh)...)
	between := ""
	if en != "" {
		between = " "
	}
	en, zh = sayFunction(m[2:3])
	if en != "" {
		dst = append(append(dst, t.pick(between, "")...), t.pick(en, zh)...)
	}
	en, zh = sayOrigin(m[3:])
	dst = t.appendNext(dst, from, "", "", en, zh)
	en, zh = sayVersion(m[:1])
	return t.appendNext(dst, from, "", "", en, zh)
}

func (m MTI) digit(i int) byte {
	if !m.valid() {
		return 0
	}
	return m[i]
}

func (m MTI) valid() bool { return len(m) == 4 && allDigits(string(m)) }
