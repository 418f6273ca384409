package emv

import (
	"fmt"
	"strings"
)

// maxCommands is how many commands one transaction may take. A card of the field needs
// 15 to 40; an application file locator could ask for 16,000.
const maxCommands = 512

// The instruction bytes that matter beyond their name.
const (
	insSelect      = 0xA4
	insReadRecord  = 0xB2
	insGetResponse = 0xC0
)

// command is one command to the card (ISO/IEC 7816-3 cases 2, 3 and 4).
type command struct {
	cla, ins, p1, p2 byte
	data             []byte
	// expect says that an answer with data is wanted: the command ends in Le 00.
	expect bool
	// masked is data as people may see it, "" for data that may be seen as it is.
	masked string
	// raw is a whole command of the issuer, sent as it is.
	raw []byte
}

func (c command) bytes() []byte {
	if c.raw != nil {
		return c.raw
	}
	out := []byte{c.cla, c.ins, c.p1, c.p2}
	if len(c.data) > 0 {
		out = append(append(out, byte(len(c.data))), c.data...)
	}
	if c.expect {
		out = append(out, 0)
	}
	return out
}

// text is the command for people.
func (c command) text() string {
	switch b := c.bytes(); {
	case c.raw != nil:
		// Commands of the issuer may carry a new PIN.
		return upperHex(b[:min(5, len(b))]) + strings.Repeat("*", 2*max(0, len(b)-5))
	case c.masked != "":
		head, tail := upperHex(b[:5]), upperHex(b[5+len(c.data):])
		return head + c.masked + tail
	default:
		return upperHex(b)
	}
}

// answer is a whole answer of the card, its pieces put together.
type answer struct {
	data []byte
	sw   uint16
}

func (a answer) ok() bool { return a.sw == 0x9000 }

// isWarning reports 62xx and 63xx.
func (a answer) isWarning() bool { return a.sw>>8 == 0x62 || a.sw>>8 == 0x63 }

// exchange is one command and what has come of it. It does what a transport of T=0
// leaves to the terminal (Book 1, 9.3.1; ISO/IEC 7816-3): fetching data after 61xx,
// and repeating with the right length after 6Cxx.
type exchange struct {
	step    StepName
	command command
	sent    []byte
	got     []byte
	// warned is the status word of a warning whose data is being fetched.
	warned uint16
	then   func(answer) error
}

// next takes a piece of the answer. It gives the bytes to send next, or the whole
// answer.
func (x *exchange) next(piece []byte) (send []byte, done *answer) {
	data, sw := piece[:len(piece)-2], uint16(piece[len(piece)-2])<<8|uint16(piece[len(piece)-1])
	switch {
	case sw>>8 == 0x6C && x.canRepeat():
		return x.repeat(byte(sw)), nil
	case sw>>8 == 0x61:
		x.got = append(x.got, data...)
		return x.getResponse(byte(sw)), nil
	case x.wantsWarningData(data, sw):
		x.warned = sw
		return x.getResponse(0), nil
	}
	whole := answer{data: append(x.got, data...), sw: sw}
	if x.warned != 0 {
		// The warning is what the card said of the command; GET RESPONSE only fetched.
		whole.sw = x.warned
	}
	return nil, &whole
}

// canRepeat reports that the last command ends in an Le.
func (x *exchange) canRepeat() bool {
	return x.command.expect || x.sent[1] == insGetResponse
}

func (x *exchange) repeat(le byte) []byte {
	x.sent[len(x.sent)-1] = le
	return x.sent
}

func (x *exchange) getResponse(le byte) []byte {
	x.sent = []byte{0x00, insGetResponse, 0x00, 0x00, le}
	return x.sent
}

// wantsWarningData reports a SELECT that was answered with a warning and no data: in
// T=0 the file control information is still to be fetched.
func (x *exchange) wantsWarningData(data []byte, sw uint16) bool {
	isWarning := sw>>8 == 0x62 || sw>>8 == 0x63
	return isWarning && x.warned == 0 && x.command.ins == insSelect && len(data) == 0 && len(x.got) == 0
}

// ask sends a command; then goes on with the whole answer.
func (r *run) ask(step StepName, c command, then func(answer) error) error {
	r.waiting = &exchange{step: step, command: c, sent: c.bytes(), then: then}
	return r.send(r.waiting.sent)
}

func (r *run) send(b []byte) error {
	if r.commands++; r.commands > maxCommands {
		return &Error{Step: r.waiting.step, Offset: -1, Err: ErrEndless, Want: fmt.Sprintf("at most %d", maxCommands)}
	}
	r.out = append([]byte(nil), b...)
	return nil
}

// receive takes what the card answered to what was sent.
func (r *run) receive(piece []byte) error {
	x := r.waiting
	if len(piece) < 2 {
		return &Error{Step: x.step, Offset: -1, Err: ErrAnswer, Got: fmt.Sprintf("%d bytes", len(piece)), Want: "at least 2"}
	}
	send, whole := x.next(piece)
	if whole == nil {
		return r.send(send)
	}
	r.waiting = nil
	r.begin(x.step)
	r.step.Command, r.step.Response, r.step.SW = x.command.text(), maskObjects(whole.data), whole.sw
	if x.command.ins == insReadRecord {
		r.step.Response = maskRecord(whole.data)
	}
	r.note("%[1]s: %[2]s", "%[1]s：%[2]s", both(x.command.name), both(func(lang string) string { return StatusWord(whole.sw, lang) }))
	return x.then(*whole)
}

func (c command) name(lang string) string { return commandName(c.bytes()[1], lang) }
