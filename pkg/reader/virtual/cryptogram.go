package virtual

import (
	"bytes"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// kind is what a cryptogram says, as bits 8 and 7 of P1 and of the cryptogram
// information data code it (EMV Book 3, 6.5.5).
type kind byte

const (
	kindAAC  kind = 0x00 // declined
	kindTC   kind = 0x40 // approved
	kindARQC kind = 0x80 // ask the issuer
)

// combinedSignature is the bit of P1 that asks for a signature over the cryptogram.
const combinedSignature = 0x10

// transaction is what a card knows of the transaction under way.
type transaction struct {
	state     state
	before    outcome // of the last transaction
	pinTried  bool
	pinFailed bool

	challenge  []byte // of the command just before, nil if that was another
	challenges uint16 // given so far

	first    kind
	arqc     [8]byte
	signed   ac.Input // what is under arqc
	options  []byte   // what GET PROCESSING OPTIONS brought
	data     []byte   // what the first GENERATE AC brought
	second   []byte   // what the second brought
	combined bool     // the terminal asks for a signature over the cryptogram
	auth     authentication
	authOver bool // EXTERNAL AUTHENTICATE was used
	refused  bool // the issuer's card status update does not approve
	unable   bool // the terminal could not go online

	issuer  *ac.Messenger // opens the commands of scripts, from the first one on
	scripts scriptHistory // of this transaction
}

// outcome is what a card remembers of a transaction for the next one.
type outcome struct {
	cutShort   bool // it went online and never saw its second GENERATE AC
	authFailed bool // the issuer's cryptogram was wrong
}

// authentication is how far the issuer proved itself.
type authentication byte

const (
	authNone authentication = iota
	authRight
	authWrong
)

// generateAC answers both GENERATE AC commands (EMV Book 3, 6.5.5), the first after
// GET PROCESSING OPTIONS, the second after an ARQC.
func (c *Card) generateAC(cmd command) response {
	asked, combined := kind(cmd.p1&0xC0), cmd.p1&0x3F == combinedSignature
	switch {
	case cmd.p1&0x3F != 0 && !combined, asked == 0xC0, cmd.p2 != 0:
		return status(swP1P2)
	case !c.in(stateInitiated, stateOnline):
		return status(swConditions)
	case combined && c.session.app.AIP[0]&aipCDA == 0:
		return status(swP1P2)
	}
	c.session.txn.combined = combined
	switch {
	case c.in(stateInitiated):
		return c.firstAC(asked, cmd.data)
	case asked != kindARQC:
		return c.secondAC(asked, cmd.data)
	}
	return status(swConditions)
}

// firstAC gives what was asked for or less: an AAC for an AAC, for whatever is over
// the card's limit and for a blocked application; a TC where the card may approve
// offline; and an ARQC otherwise.
func (c *Card) firstAC(asked kind, data []byte) response {
	app, txn := c.session.app, &c.session.txn
	if len(data) != app.cdol1.Len() {
		return status(swLength)
	}
	txn.data = bytes.Clone(data)
	v := readValues(app.cdol1, data)
	txn.first = c.decideFirst(asked, v)
	r := c.answerAC(txn.first, kindARQC, v)
	txn.state = stateDone
	switch txn.first {
	case kindARQC:
		txn.state, app.last.cutShort = stateOnline, true
	case kindTC:
		app.offline++
	case kindAAC:
	}
	return r
}

func (c *Card) decideFirst(asked kind, v values) kind {
	app := c.session.app
	switch {
	case asked == kindAAC, app.Blocked, app.DeclineOver > 0 && v.amount() > app.DeclineOver:
		return kindAAC
	case asked == kindTC && c.mayApproveOffline(v):
		return kindTC
	}
	return kindARQC
}

// mayApproveOffline is the card's own risk management.
func (c *Card) mayApproveOffline(v values) bool {
	app := c.session.app
	return app.OfflineLimit > 0 && v.amount() <= app.OfflineLimit &&
		bytes.Equal(v.of(emv.TagCurrency), numeric(app.Currency)) &&
		!app.overCount() && c.session.txn.before == (outcome{}) && !c.session.txn.pinFailed
}

func (a *application) overCount() bool { return a.OfflineCount > 0 && a.offline >= a.OfflineCount }

// secondAC ends an online transaction. Where the CDOL2 brings the issuer's
// authentication data, it is checked now, unless it is all zeros, which is how a
// terminal fills in what it has not got.
func (c *Card) secondAC(asked kind, data []byte) response {
	app, txn := c.session.app, &c.session.txn
	if len(data) != app.cdol2.Len() {
		return status(swLength)
	}
	txn.second = bytes.Clone(data)
	v := append(readValues(app.cdol2, data), readValues(app.cdol1, txn.data)...)
	if auth := v.of(emv.TagIssuerAuthData); txn.auth == authNone && !isZero(auth) {
		c.authenticate(auth)
	}
	arc := string(v.of(emv.TagARC))
	txn.unable = arc == "Y3" || arc == "Z3"
	given := c.decideSecond(asked, v)
	r := c.answerAC(given, given, v)
	txn.state = stateDone
	c.settle(given)
	return r
}

func (c *Card) decideSecond(asked kind, v values) kind {
	app, txn := c.session.app, &c.session.txn
	switch {
	case asked == kindAAC, app.Blocked, txn.refused, txn.auth == authWrong:
		return kindAAC
	case txn.unable && !c.mayApproveOffline(v):
		return kindAAC
	case !txn.unable && txn.auth == authNone && app.IssuerAuth == IssuerAuthRequired:
		return kindAAC
	}
	return kindTC
}

// settle remembers how the transaction ended, for the next one.
func (c *Card) settle(given kind) {
	app, txn := c.session.app, &c.session.txn
	app.last.cutShort = false
	switch {
	case txn.unable && given == kindTC:
		app.offline++
	case txn.unable:
	case txn.auth == authWrong || (txn.auth == authNone && app.IssuerAuth == IssuerAuthRequired):
		app.last.authFailed = txn.auth == authWrong
	default:
		app.last.authFailed, app.offline, app.lastOnlineATC = false, 0, app.atc
		app.scripts = txn.scripts // of those before, the issuer was told
	}
}

// externalAuthenticate answers EXTERNAL AUTHENTICATE (EMV Book 3, 6.5.4) once a
// transaction, where the application does it by this command.
func (c *Card) externalAuthenticate(cmd command) response {
	switch {
	case cmd.p1 != 0 || cmd.p2 != 0:
		return status(swP1P2)
	case !c.mayAuthenticate():
		return status(swConditions)
	case len(cmd.data) < 8 || len(cmd.data) > 16:
		return status(swLength)
	}
	c.session.txn.authOver = true
	c.takeUp()
	if c.authenticate(cmd.data); c.session.txn.auth != authRight {
		return status(swNotAuthentic)
	}
	return status(swOK)
}

// values are data objects as commands brought them; of two with one tag the first
// counts.
type values []emv.Object

// readValues takes the data of a command apart whose length was checked.
func readValues(list emv.DOL, data []byte) values {
	v, _ := list.Split(data)
	return v
}

// of is the value of a tag, or nil.
func (v values) of(tag emv.Tag) []byte {
	for _, o := range v {
		if o.Tag == tag {
			return o.Value
		}
	}
	return nil
}

// amount is the amount authorised in minor units. A terminal that sends none asks for
// more than every limit.
func (v values) amount() int64 {
	b := v.of(emv.TagAmount)
	if len(b) == 0 || len(b) > 9 {
		return unknownAmount
	}
	var n int64
	for _, pair := range b {
		if pair>>4 > 9 || pair&0x0F > 9 {
			return unknownAmount
		}
		n = n*100 + int64(pair>>4)*10 + int64(pair&0x0F)
	}
	return n
}

const unknownAmount = 1<<63 - 1

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }
