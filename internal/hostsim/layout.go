package hostsim

import (
	"cmp"
	"strings"

	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/iso8583"
)

// layout is where a kind of terminal has what the standard leaves to it, and how its
// messages are proved.
type layout struct {
	read   func(*request) error                     // understands a message
	answer func(m *iso8583.Message, a answer) error // writes the answer's private fields
	echoed []string                                 // the fields of a request that its answer repeats, so that a terminal knows it for its own; never a card number

	code     workingkey.Algorithm // of field 64; 0: messages are not proved, and a sign-on brings no keys
	proven   string               // second digits of the message types that have one, and whose answers have
	unproved string               // response code to a message whose code is missing or wrong
	noPIN    string               // response code to what is under the PIN key and no PIN block; empty is that of a wrong PIN
}

// layoutOf is the layout of a spec: that of the standard unless it is a terminal's own.
func layoutOf(spec *iso8583.Spec) layout {
	switch spec.Name() {
	case "nac-pos":
		return layout{
			read: readNAC, answer: answerNAC, code: workingkey.X919, proven: "123456", unproved: codeCryptographic, noPIN: codeCryptographic,
			echoed: []string{"3", "4", "11", "12", "13", "24", "41", "42", "49", "60", "62"},
		}
	case "unionpay-pos":
		return layout{
			read: readUnionPay, answer: answerUnionPay, code: workingkey.UnionPay, proven: "1246", unproved: codeUnproved, noPIN: codeNoPIN,
			echoed: []string{"3", "4", "11", "12", "13", "25", "41", "42", "49", "60"},
		}
	}
	return layout{
		read: readISO87, answer: answerISO87,
		echoed: []string{"3", "4", "7", "11", "12", "13", "41", "42", "49", "50", "60", "70"},
	}
}

// Response codes of UnionPay: to a message whose code is wrong, and to a PIN block that is
// none.
const (
	codeUnproved = "A0"
	codeNoPIN    = "99"
)

// unreadable is the response code to a PIN block that is none.
func (l layout) unreadable() string { return cmp.Or(l.noPIN, codeWrongPIN) }

// proves reports a message that carries a code: what asks for money, tells of it or undoes
// it, balances and results of scripts. Terminals behind a TPDU prove their totals and
// records too; UnionPay's send those without. Network messages come before there are keys.
func (l layout) proves(mti iso8583.MTI) bool {
	return l.code != 0 && strings.IndexByte(l.proven, mti.Class()) >= 0
}
