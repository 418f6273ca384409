package virtual

import (
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// answerAC computes a cryptogram and gives it with what the issuer needs to check it.
// second is the kind of the second cryptogram, or ARQC before it was asked for.
func (c *Card) answerAC(given, second kind, v values) response {
	app, txn := c.session.app, &c.session.txn
	iad := c.issuerData(second)
	in := ac.Input{Terminal: v.covered(), AIP: app.AIP, ATC: app.atc, IAD: iad}
	cryptogram, err := ac.ARQC(app.CVN, app.key, in)
	if err != nil {
		return status(swTechnicalFault)
	}
	if given == kindARQC {
		txn.arqc = cryptogram
	}
	if !app.Format2 {
		return response{data: template1([]byte{byte(given)}, counter(app.atc), cryptogram[:], iad), sw: swOK}
	}
	return response{data: template2(func(b *emv.Builder) {
		b.Add(emv.TagCID, []byte{byte(given)})
		b.Add(emv.TagATC, counter(app.atc))
		b.Add(emv.TagAC, cryptogram[:])
		b.Add(emv.TagIAD, iad)
	}), sw: swOK}
}

// covered are the values of the terminal that a cryptogram of the known versions
// covers.
func (v values) covered() []byte {
	var b []byte
	for _, tag := range ac.TerminalTags() {
		b = append(b, v.of(tag)...)
	}
	return b
}

// issuerData is the issuer application data (9F10) of Visa's format: its length, the
// key index, the cryptogram version, and the card verification results with their
// length 03.
func (c *Card) issuerData(second kind) []byte {
	app, txn := c.session.app, &c.session.txn
	cvr2 := byte(second)&0xC0 | byte(txn.first)>>2
	cvr2 |= bit(0x08, txn.auth == authWrong) // issuer authentication performed and failed
	cvr2 |= bit(0x04, txn.pinTried)
	cvr2 |= bit(0x02, txn.pinFailed)
	cvr2 |= bit(0x01, txn.unable)
	cvr3 := bit(0x80, txn.before.cutShort) // the last online transaction was not completed
	cvr3 |= bit(0x40, c.pin.block != nil && c.pin.left <= 0)
	cvr3 |= bit(0x20, app.overCount())
	cvr3 |= bit(0x10, app.lastOnlineATC == 0) // new card
	cvr3 |= bit(0x08, txn.before.authFailed)  // issuer authentication failed the last time
	return []byte{6, app.DerivationIndex, byte(app.CVN), 3, cvr2, cvr3, 0}
}

func bit(mask byte, set bool) byte {
	if set {
		return mask
	}
	return 0
}

// authenticate checks the issuer's cryptogram over the card's, and does what a card
// status update orders.
func (c *Card) authenticate(data []byte) {
	app, txn := c.session.app, &c.session.txn
	_, update, err := ac.VerifyIssuerAuthData(app.CVN, app.key, app.atc, txn.arqc, data)
	if err != nil || app.IssuerAuth == IssuerAuthBroken {
		txn.auth = authWrong
		return
	}
	txn.auth = authRight
	if app.CVN == ac.CVN18 {
		txn.refused = !update.Approves()
		c.blocked = c.blocked || update[1]&0x40 != 0
		app.Blocked = app.Blocked || update[1]&0x20 != 0
	}
}
