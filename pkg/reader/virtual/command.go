package virtual

import (
	"slices"

	"github.com/tillworks/till/pkg/emv/ac"
)

// Status words of ISO/IEC 7816-4 and EMV Book 3, 6.3.5, as this card uses them.
const (
	swOK              = 0x9000
	swMore            = 0x6100 // | number of bytes that GET RESPONSE will give
	swWrongLe         = 0x6C00 // | number of bytes that there are
	swAppBlocked      = 0x6283
	swNotAuthentic    = 0x6300
	swWrongPIN        = 0x63C0 // | tries left
	swLength          = 0x6700
	swPINBlocked      = 0x6983
	swNoPIN           = 0x6984
	swOtherInterface  = 0x6984 // of GET PROCESSING OPTIONS without contacts
	swConditions      = 0x6985
	swSeePhone        = 0x6986
	swData            = 0x6A80
	swNotSupported    = 0x6A81
	swFileNotFound    = 0x6A82
	swRecordNotFound  = 0x6A83
	swP1P2            = 0x6A86
	swNotSecured      = 0x6988
	swDataNotFound    = 0x6A88
	swUnknownINS      = 0x6D00
	swUnknownCLA      = 0x6E00
	swTechnicalFault  = 0x6F00
	maxResponseLength = 256
)

// instruction is a command's class and code.
type instruction uint16

// The instructions of the card; under T=0 there is getResponse too.
const (
	verify               instruction = 0x0020
	getChallenge         instruction = 0x0084
	internalAuthenticate instruction = 0x0088
	externalAuthenticate instruction = 0x0082
	selectName           instruction = 0x00A4
	readRecord           instruction = 0x00B2
	getResponse          instruction = 0x00C0
	getProcessingOptions instruction = 0x80A8
	generateAC           instruction = 0x80AE
	getData              instruction = 0x80CA
)

// command is a command taken apart.
type command struct {
	ins    instruction
	p1, p2 byte
	data   []byte
	le     int // expected length, 1 to 256; 0: none was told
}

// bytes is a command that brings data as a MAC covers it: without the expected length.
func (c command) bytes() []byte {
	apdu := []byte{byte(c.ins >> 8), byte(c.ins & 0xFF), c.p1, c.p2, byte(len(c.data))}
	return append(apdu, c.data...)
}

// response is what the card answers.
type response struct {
	data []byte
	sw   uint16
}

func status(sw uint16) response { return response{sw: sw} }

func (r response) bytes() []byte {
	return append(r.data[:len(r.data):len(r.data)], byte(r.sw>>8), byte(r.sw))
}

// execT1 answers a whole command, with the four cases of ISO/IEC 7816-3, 12.1.
func (c *Card) execT1(apdu []byte) response {
	cmd, sw := parse(apdu)
	if sw != swOK {
		return status(sw)
	}
	r := c.run(cmd)
	if len(cmd.data) == 0 && cmd.le != 0 && cmd.le < len(r.data) {
		return status(swWrongLe | uint16(byte(len(r.data))))
	}
	return r
}

// execT0 answers what the bytes of T=0 can carry: a command that brings data gets its
// response by GET RESPONSE, one that fetches must name the exact length.
func (c *Card) execT0(tpdu []byte) response {
	if len(tpdu) == 4 {
		tpdu = append(tpdu[:4:4], 0)
	}
	if len(tpdu) >= 2 && tpdu[0] == byte(getResponse>>8) && tpdu[1] == byte(getResponse&0xFF) {
		return c.getResponse(tpdu)
	}
	c.pending = nil
	cmd, sw := parse(tpdu)
	switch {
	case sw != swOK:
		return status(sw)
	case bringsData(cmd.ins) && len(tpdu) == 5:
		if tpdu[4] != 0 {
			return status(swLength) // the data that P3 promises did not come
		}
		cmd.le = 0
	case len(cmd.data) > 0 && cmd.le != 0:
		return status(swLength) // T=0 has no Le beside data
	}
	r := c.run(cmd)
	if bringsData(cmd.ins) {
		return c.keep(r)
	}
	if len(r.data) > 0 && cmd.le != len(r.data) {
		return status(swWrongLe | uint16(byte(len(r.data))))
	}
	return r
}

// keep holds a response back for GET RESPONSE. A warning stays what it is; the
// terminal asks for the data all the same (EMV Book 1, 9.2.2.3).
func (c *Card) keep(r response) response {
	c.pending = r.data
	if len(r.data) > 0 && r.sw == swOK {
		return status(swMore | uint16(byte(len(r.data))))
	}
	return status(r.sw)
}

func (c *Card) getResponse(tpdu []byte) response {
	left := len(c.pending)
	switch {
	case len(tpdu) != 5:
		return status(swLength)
	case tpdu[2] != 0 || tpdu[3] != 0:
		return status(swP1P2)
	case left == 0:
		return status(swConditions)
	}
	le := expected(tpdu[4])
	if le > left {
		return status(swWrongLe | uint16(byte(left)))
	}
	r := response{data: c.pending[:le], sw: swOK}
	c.pending = c.pending[le:]
	if left := len(c.pending); left > 0 {
		r.sw = swMore | uint16(byte(left))
	}
	return r
}

// run carries out a command that [check] let pass.
func (c *Card) run(cmd command) response {
	challenge := c.session.txn.challenge
	c.session.txn.challenge = nil
	switch cmd.ins {
	case selectName:
		return c.selectName(cmd)
	case readRecord:
		return c.readRecord(cmd)
	case verify:
		return c.verify(cmd, challenge)
	case getChallenge:
		return c.getChallenge(cmd)
	case internalAuthenticate:
		return c.internalAuthenticate(cmd)
	case externalAuthenticate:
		return c.externalAuthenticate(cmd)
	case getProcessingOptions:
		return c.getProcessingOptions(cmd)
	case getData:
		return c.getData(cmd)
	case generateAC:
		return c.generateAC(cmd)
	default:
		if isScript(cmd.ins) {
			return c.script(cmd)
		}
		return status(swTechnicalFault)
	}
}

// check tells an instruction under the wrong class from one that the card has under
// none.
func check(ins instruction) uint16 {
	switch class := ins >> 8; {
	case known(ins):
		return swOK
	case class != 0x00 && class != 0x80, known(ins ^ 0x8000), slices.Contains(scriptInstructions(), ac.Instruction(ins&0xFF)):
		return swUnknownCLA
	}
	return swUnknownINS
}

func known(ins instruction) bool {
	switch ins {
	case selectName, readRecord, verify, getChallenge, internalAuthenticate, externalAuthenticate, getProcessingOptions, getData, generateAC:
		return true
	default:
		return isScript(ins)
	}
}

// bringsData reports an instruction whose P3 is the length of data under T=0.
func bringsData(i instruction) bool {
	return known(i) && i != readRecord && i != getData && i != getChallenge
}

// parse takes a command with short lengths apart: the header, with nothing, Le, Lc and
// data, or all three behind it.
func parse(apdu []byte) (command, uint16) {
	if len(apdu) < 4 {
		return command{}, swLength
	}
	cmd := command{ins: instruction(apdu[0])<<8 | instruction(apdu[1]), p1: apdu[2], p2: apdu[3]}
	body := apdu[4:]
	switch sw := check(cmd.ins); {
	case sw != swOK:
		return cmd, sw
	case len(body) == 0:
		return cmd, swOK
	case len(body) == 1:
		cmd.le = expected(body[0])
		return cmd, swOK
	case body[0] == 0:
		return cmd, swLength // the mark of an extended length, which this card does not take
	}
	lc := int(body[0])
	switch len(body) - 1 {
	case lc:
		cmd.data = body[1:]
	case lc + 1:
		cmd.data, cmd.le = body[1:1+lc], expected(body[1+lc])
	default:
		return cmd, swLength
	}
	return cmd, swOK
}

// expected is the meaning of Le: 00 is 256.
func expected(le byte) int {
	if le == 0 {
		return maxResponseLength
	}
	return int(le)
}
