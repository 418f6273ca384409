package virtual

import (
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// answerAC computes a cryptogram and gives it with what the issuer needs to check it.
// second is the kind of the second cryptogram, or ARQC before it was asked for.
func (c *Card) answerAC(given, second kind, v values) response {
	app := c.session.app
	cryptogram, iad, err := c.cryptogram(given, second, v)
	if err != nil {
		return status(swTechnicalFault)
	}
	if c.session.txn.combined && given != kindAAC {
		return c.signAC(given, cryptogram, iad, v)
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

// cryptogram computes one, with the issuer application data under it.
func (c *Card) cryptogram(given, second kind, v values) (cryptogram [8]byte, iad []byte, err error) {
	app, txn := c.session.app, &c.session.txn
	iad = c.issuerData(second)
	in := ac.Input{Terminal: v.covered(), AIP: app.AIP, ATC: app.atc, IAD: iad}
	cryptogram, err = ac.ARQC(app.CVN, app.keys.Cryptogram, in)
	if given == kindARQC || app.Blocked && second == kindARQC {
		txn.arqc, txn.signed = cryptogram, in
	}
	return cryptogram, iad, err
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

func bit(mask byte, set bool) byte {
	if set {
		return mask
	}
	return 0
}

// authenticate checks the issuer's cryptogram over the card's, and does what it orders.
func (c *Card) authenticate(data []byte) {
	app, txn := c.session.app, &c.session.txn
	_, update, err := ac.VerifyIssuerAuthData(app.CVN, app.keys.Cryptogram, txn.signed, txn.arqc, data)
	if err != nil || app.IssuerAuth == IssuerAuthBroken {
		txn.auth = authWrong
		return
	}
	txn.auth = authRight
	if app.CVN.GivesUpdate() {
		c.obey(update)
	}
}

// obey does what a card status update orders.
func (c *Card) obey(u ac.StatusUpdate) {
	app := c.session.app
	c.session.txn.refused = !u.Approves()
	c.blocked = c.blocked || u.BlocksCard()
	app.Blocked = app.Blocked || u.BlocksApplication()
	if n, ok := u.PINTries(); ok {
		c.pin.left = min(n, c.pin.tries)
	}
}
