package virtual

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// scriptHistory is what a card tells the issuer of its scripts until the issuer
// answers the next time.
type scriptHistory struct {
	done   int  // commands carried out
	failed bool // a command was refused
}

// add notes one more command.
func (h *scriptHistory) add(done bool) {
	if done {
		h.done++
		return
	}
	h.failed = true
}

// The instructions that only an issuer gives, in the two classes of secure messaging:
// with a MAC alone behind the data (04, 84) and with everything in data objects (0C, 8C).
func scriptInstructions() []ac.Instruction {
	return []ac.Instruction{
		ac.CardBlock, ac.ApplicationUnblock, ac.ApplicationBlock, ac.PINChange, ac.PutData, ac.UpdateRecord,
	}
}

// isScript reports a command of an issuer script.
func isScript(ins instruction) bool {
	class, code := byte(ins>>8), ac.Instruction(ins&0xFF)
	if !slices.Contains(scriptInstructions(), code) {
		return false
	}
	if code == ac.PutData || code == ac.UpdateRecord {
		return class == 0x04 || class == 0x0C
	}
	return class == 0x84 || class == 0x8C
}

// script carries out a command of an issuer script (EMV Book 3, 6.5): after the card
// gave its request cryptogram, or the AAC of a blocked application, and as long as the
// transaction is not over. A wrong MAC is answered 6988, and so is what has none.
func (c *Card) script(cmd command) response {
	app, txn := c.session.app, &c.session.txn
	switch {
	case app == nil || txn.arqc == [8]byte{} || app.keys.Integrity.IsZero():
		return status(swConditions)
	case txn.issuer == nil:
		var err error
		if txn.issuer, err = ac.NewMessenger(app.CVN, app.keys, app.atc, txn.arqc); err != nil {
			return status(swConditions)
		}
	}
	sw := c.obeyScript(cmd.bytes())
	txn.scripts.add(sw == swOK)
	app.scripts.add(sw == swOK)
	return status(sw)
}

func (c *Card) obeyScript(apdu []byte) uint16 {
	order, err := c.session.txn.issuer.Open(apdu)
	switch {
	case errors.Is(err, ac.ErrCryptogram), err != nil && len(apdu) < 13:
		return swNotSecured
	case err != nil:
		return swData
	}
	return c.carryOut(order)
}

// carryOut does what a command orders whose MAC is right.
func (c *Card) carryOut(order ac.Command) uint16 {
	app := c.session.app
	switch order.Instruction {
	case ac.PINChange:
		return c.changePIN(order)
	case ac.PutData:
		return app.putData(emv.Tag(order.P1)<<8|emv.Tag(order.P2), order.Data)
	case ac.UpdateRecord:
		return app.updateRecord(order)
	case ac.ApplicationBlock, ac.ApplicationUnblock, ac.CardBlock:
	}
	if order.P1 != 0 || order.P2 != 0 || len(order.Data) > 0 {
		return swP1P2
	}
	switch order.Instruction {
	case ac.ApplicationBlock:
		app.Blocked = true
	case ac.ApplicationUnblock:
		app.Blocked = false
	default:
		c.blocked = true
	}
	return swOK
}

// changePIN gives the tries back, after it took a new PIN where the command brings one.
// A card without a PIN has none to change.
func (c *Card) changePIN(order ac.Command) uint16 {
	switch {
	case c.pin.block == nil:
		return swNoPIN
	case order.P1 != 0:
		return swP1P2
	case order.P2 == 0 && len(order.Data) == 0:
		c.pin.left = c.pin.tries
		return swOK
	}
	pin, err := c.session.txn.issuer.NewPIN(order, c.pin.secret())
	if err != nil {
		return swData
	}
	c.pin = newPIN(Profile{PIN: pin, PINTries: c.pin.tries})
	return swOK
}

// secret is the PIN as its digits.
func (p pin) secret() card.Secret {
	text := strings.ToUpper(hex.EncodeToString(p.block))
	if len(text) != 16 {
		return card.Secret{}
	}
	return card.NewSecret(strings.TrimRight(text[2:], "F"))
}

// putData changes the limits that an issuer may change: the number of transactions in
// a row (9F23), one byte, and the amount in minor units (9F54), six bytes, up to which
// the card approves offline.
func (a *application) putData(tag emv.Tag, value []byte) uint16 {
	switch {
	case tag == emv.TagUpperOfflineLimit && len(value) == 1:
		a.OfflineCount = int(value[0])
	case tag == tagOfflineAmount && len(value) == 6:
		limit := values{{Tag: emv.TagAmount, Value: value}}.amount()
		if limit == unknownAmount {
			return swData
		}
		a.OfflineLimit = limit
	case tag == emv.TagUpperOfflineLimit || tag == tagOfflineAmount:
		return swLength
	default:
		return swDataNotFound
	}
	return swOK
}

// tagOfflineAmount is Visa's cumulative total transaction amount limit.
const tagOfflineAmount emv.Tag = 0x9F54

// updateRecord replaces a record that is there by another one.
func (a *application) updateRecord(order ac.Command) uint16 {
	at := file{sfi: order.P2 >> 3, number: order.P1}
	_, found := a.records[at]
	switch {
	case order.P2&0x07 != 0x04:
		return swP1P2
	case !found:
		return swRecordNotFound
	}
	tree, err := emv.Parse(order.Data, emv.Strict)
	if err != nil || len(tree) == 0 || tree[0].Tag != emv.TagRecord || tree[0].Last != len(tree)-1 {
		return swData
	}
	a.records[at] = order.Data
	return swOK
}
