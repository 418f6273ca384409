package virtual

import (
	"bytes"
	"crypto/sha1" // makes numbers that differ, nothing more
	"crypto/subtle"
	"slices"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/oda"
)

// pin is the PIN of the card, one for all its applications, and the tries that are
// left.
type pin struct {
	block       []byte // as VERIFY carries it; nil: the card has no PIN
	tries, left int
}

func newPIN(p Profile) pin {
	block, err := oda.PINBlock(p.PIN)
	if err != nil {
		return pin{} // a card without a PIN
	}
	return pin{block: block[:], tries: p.PINTries, left: p.PINTries}
}

// verify answers VERIFY (EMV Book 3, 6.5.12): with P2 80 a plaintext PIN, one block of 8
// bytes; with P2 88 an enciphered one. A wrong one, be it malformed, costs a try and is
// answered 63Cx with the tries left; a right one gives them all back. Without tries the
// answer is 6983. What was enciphered otherwise than for the number of the GET CHALLENGE
// just before is no PIN: it costs no try and is answered 6984.
func (c *Card) verify(cmd command, challenge []byte) response {
	enciphered := cmd.p2 == encipheredPIN && c.takesEncipheredPIN()
	switch {
	case cmd.p1 != 0 || cmd.p2 != plaintextPIN && !enciphered:
		return status(swP1P2)
	case !c.in(stateInitiated):
		return status(swConditions)
	case !enciphered && len(cmd.data) != 8, enciphered && len(cmd.data) != c.session.app.credentials.pin.Public().Size():
		return status(swLength)
	case c.pin.block == nil:
		return status(swNoPIN)
	}
	c.session.txn.pinTried = true
	if c.pin.left <= 0 {
		return status(swPINBlocked)
	}
	block := cmd.data
	if enciphered {
		if block = c.decipher(cmd.data, challenge); block == nil {
			c.session.txn.pinFailed = true
			return status(swNoPIN)
		}
	}
	return c.compare(block)
}

// The qualifiers of VERIFY (Book 3, table 24).
const (
	plaintextPIN  = 0x80
	encipheredPIN = 0x88
)

func (c *Card) compare(block []byte) response {
	if subtle.ConstantTimeCompare(block, c.pin.block) != 1 {
		c.pin.left--
		c.session.txn.pinFailed = true
		return status(swWrongPIN | uint16(c.pin.left&0x0F))
	}
	c.pin.left, c.session.txn.pinFailed = c.pin.tries, false
	return status(swOK)
}

func (c *Card) takesEncipheredPIN() bool {
	return c.session.app != nil && !c.session.app.credentials.pin.IsZero()
}

// decipher gives the block of an enciphered PIN: behind the header 7F, before the number
// of the challenge and the terminal's filling (EMV Book 2, 7.2). It is nil for anything
// else.
func (c *Card) decipher(data, challenge []byte) []byte {
	plain, err := c.session.app.credentials.pin.Recover(data)
	if err != nil || plain[0] != 0x7F || len(challenge) == 0 || !bytes.Equal(plain[9:17], challenge) {
		return nil
	}
	return plain[1:9]
}

// challengeLength is the bytes of the card's number (EMV Book 3, 6.5.6.4).
const challengeLength = 8

// getChallenge gives the number that an enciphered PIN must come with, by the very next
// command (EMV Book 3, 6.5.6). A card without a source of chance makes it of what nobody
// outside knows and what never repeats.
func (c *Card) getChallenge(cmd command) response {
	switch {
	case !c.takesEncipheredPIN():
		return status(swUnknownINS)
	case cmd.p1 != 0 || cmd.p2 != 0:
		return status(swP1P2)
	case len(cmd.data) > 0:
		return status(swLength)
	case !c.in(stateInitiated):
		return status(swConditions)
	case c.t0 && cmd.le != challengeLength:
		return status(swWrongLe | challengeLength) // before a number is drawn: the terminal asks again
	}
	app, txn := c.session.app, &c.session.txn
	txn.challenges++
	sum := sha1.Sum(slices.Concat(app.MasterKey, counter(app.atc), counter(txn.challenges)))
	txn.challenge = sum[:challengeLength]
	return response{data: txn.challenge, sw: swOK}
}

// PlainPIN is a credit card, profile "pin": it wants its PIN, which it checks itself and
// takes in plaintext, and no other method. PIN 1234, three tries.
func PlainPIN() Profile {
	p := Visa()
	p.Name, p.Applications[0].CVMList = "pin", pinOnly(emv.CVMPlaintextPIN)
	return p
}

// EncipheredPIN is a credit card, profile "encpin": as that of [PlainPIN], but its PIN
// comes enciphered under a key of its own, and it signs what the terminal sends it as the
// card of [DDA] does.
func EncipheredPIN() Profile {
	p := authenticated("encpin", "4761739001010333", aipDDA)
	p.Applications[0].PINKey, p.Applications[0].CVMList = true, pinOnly(emv.CVMEncipheredPIN)
	return p
}

// pinOnly is a list of methods that holds one, always, and nothing to try after it.
func pinOnly(m emv.CVMMethod) []byte {
	return []byte{0, 0, 0, 0, 0, 0, 0, 0, byte(m), byte(emv.CVMAlways)}
}
