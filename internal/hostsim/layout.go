package hostsim

import (
	"github.com/tillworks/till/internal/till"
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
	unproved string               // response code to a message whose code is missing or wrong
}

// layoutOf is the layout of a spec: that of the standard unless it is a terminal's own.
func layoutOf(spec *iso8583.Spec) layout {
	switch spec.Name() {
	case "nac-pos":
		return layout{
			read: readNAC, answer: answerNAC, code: workingkey.X919, unproved: codeMalfunction,
			echoed: []string{"3", "4", "11", "12", "13", "24", "41", "42", "49", "60", "62"},
		}
	case "unionpay-pos":
		return layout{
			read: readUnionPay, answer: answerUnionPay, code: workingkey.UnionPay, unproved: codeUnproved,
			echoed: []string{"3", "4", "11", "12", "13", "25", "41", "42", "49", "60"},
		}
	}
	return layout{
		read: readISO87, answer: answerISO87,
		echoed: []string{"3", "4", "7", "11", "12", "13", "41", "42", "49", "50", "60", "70"},
	}
}

// codeUnproved is UnionPay's response code to a message whose code is wrong.
const codeUnproved = "A0"

// proves reports a message that carries a code: what moves or tells money. Network
// messages come before there are keys; totals and records are sent without.
func (l layout) proves(op till.Op) bool {
	switch op {
	case till.OpAuthorize, till.OpAdvise, till.OpReverse, till.OpBalance, till.OpConfirm:
		return l.code != 0
	case till.OpSignOn, till.OpSignOff, till.OpEcho, till.OpDownload, till.OpUpload, till.OpReconcile, till.OpTrailer:
	}
	return false
}
