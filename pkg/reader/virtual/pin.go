package virtual

import (
	"crypto/subtle"
	"strings"
)

// pin is the PIN of the card, one for all its applications, and the tries that are
// left.
type pin struct {
	block       []byte // as VERIFY carries it; nil: the card has no PIN
	tries, left int
}

func newPIN(p Profile) pin {
	n := p.PIN.Len()
	if n < 4 || n > 12 {
		return pin{}
	}
	text := "2" + string("0123456789ABC"[n]) + p.PIN.Reveal() + strings.Repeat("F", 14-n)
	return pin{block: digits(text), tries: p.PINTries, left: p.PINTries}
}

// verify answers VERIFY with a plaintext PIN (EMV Book 3, 6.5.12): P2 80, one block of
// 8 bytes. A wrong one, be it malformed, costs a try and is answered 63Cx with the tries left;
// a right one gives them all back. Without tries the answer is 6983.
func (c *Card) verify(cmd command) response {
	switch {
	case cmd.p1 != 0 || cmd.p2 != 0x80:
		return status(swP1P2)
	case !c.in(stateInitiated):
		return status(swConditions)
	case len(cmd.data) != 8:
		return status(swLength)
	case c.pin.block == nil:
		return status(swNoPIN)
	}
	c.session.txn.pinTried = true
	if c.pin.left <= 0 {
		return status(swPINBlocked)
	}
	if subtle.ConstantTimeCompare(cmd.data, c.pin.block) != 1 {
		c.pin.left--
		c.session.txn.pinFailed = true
		return status(swWrongPIN | uint16(c.pin.left&0x0F))
	}
	c.pin.left, c.session.txn.pinFailed = c.pin.tries, false
	return status(swOK)
}
