package virtual

import (
	"slices"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/reader"
)

// proximityName is the file name of the environment without contacts (EMV Contactless
// Book B, 3.3.2).
const proximityName = "2PAY.SYS.DDF01"

// newProximity is the directory of a card that is held to the reader: one answer with
// an entry an application (Book B, table 3-2).
func newProximity(apps []Application) *directory {
	var b emv.Builder
	b.Nest(emv.TagFCI, func(b *emv.Builder) {
		b.Add(emv.TagDFName, []byte(proximityName))
		b.Nest(emv.TagFCIProprietary, func(b *emv.Builder) {
			b.Nest(emv.TagIssuerDiscretionary, func(b *emv.Builder) {
				for _, a := range apps {
					b.Nest(emv.TagApplicationTemplate, func(b *emv.Builder) { addEntry(b, a) })
				}
			})
		})
	})
	return &directory{name: proximityName, fci: b.Bytes()}
}

func addEntry(b *emv.Builder, a Application) {
	b.Add(emv.TagApplicationID, a.AID)
	addLabel(b, a)
	if a.Tap.Kernel != 0 {
		b.Add(emv.TagKernel, []byte{a.Tap.Kernel})
	}
}

// readerClass is the class of commands that a reader without contacts answers itself
// (PC/SC part 3, 3.2.2.1).
const readerClass = 0xFF

// askReader answers FF CA 00 00, the card's identifier. As of a payment card it begins
// with 08, which says that it is drawn anew each time (ISO/IEC 14443-3, 6.5.4).
func askReader(apdu []byte) response {
	uid := []byte{0x08, 0x54, 0x49, 0x4C}
	switch {
	case len(apdu) != 5:
		return status(swLength)
	case apdu[1] != 0xCA:
		return status(swUnknownINS)
	case apdu[2] != 0 || apdu[3] != 0:
		return status(swNotSupported)
	case apdu[4] != 0 && int(apdu[4]) < len(uid):
		return status(swWrongLe | uint16(len(uid)))
	}
	return response{data: uid, sw: swOK}
}

// Bits of the terminal transaction qualifiers, tag 9F66, and of the card's, 9F6C (EMV
// Contactless Book C-3, annex A).
const (
	ttqContacts       = 0x10 // first byte
	ttqOnlinePIN      = 0x04
	ttqSignature      = 0x02
	ttqOnlineRequired = 0x80 // second byte
	ttqCVMRequired    = 0x40
	ctqOnlinePIN      = 0x80 // first byte
	ctqSignature      = 0x40
	ctqOnDevice       = 0x80 // second byte
	ctqUpdate         = 0x40
)

// quickOptions answers GET PROCESSING OPTIONS with everything that the reader needs
// (Book C-3, 5.4): the card decides by the reader's qualifiers.
func (c *Card) quickOptions(data []byte) response {
	app := c.session.app
	if sw := checkOptions(data, app.pdol.Len()); sw != swOK {
		return status(sw)
	}
	v := readValues(app.pdol, data[2:])
	qualifiers, sw := c.verifyHolder(v.qualifiers())
	if sw != swOK {
		return status(sw)
	}
	c.begin()
	txn := &c.session.txn
	txn.first = c.decideQuick(v)
	cryptogram, iad, err := c.cryptogram(txn.first, kindARQC, v)
	if err != nil {
		return status(swTechnicalFault)
	}
	signature, err := c.signQuick(v, qualifiers)
	if err != nil {
		return status(swTechnicalFault)
	}
	txn.state = stateDone
	c.settleQuick()
	return response{data: template2(func(b *emv.Builder) {
		b.Add(emv.TagAIP, app.AIP[:])
		b.Add(emv.TagTrack2, trackOf(app.Application))
		b.Add(emv.TagPSN, digits(app.PSN))
		b.Add(emv.TagIAD, iad)
		b.Add(emv.TagAC, cryptogram[:])
		b.Add(emv.TagCID, []byte{byte(txn.first)})
		b.Add(emv.TagATC, counter(app.atc))
		b.Add(emv.TagCTQ, qualifiers[:])
		if len(app.Tap.FormFactor) > 0 {
			b.Add(emv.TagFormFactor, app.Tap.FormFactor)
		}
		b.Raw(signature)
	}), sw: swOK}
}

// signQuick is what the reader needs to authenticate an approval offline (Book C-3,
// annex C): where the records are, what the card says of itself, and its signature over
// that and the transaction; nothing of another kind of cryptogram.
func (c *Card) signQuick(v values, qualifiers [2]byte) ([]byte, error) {
	app := c.session.app
	if c.session.txn.first != kindTC || !app.signs() {
		return nil, nil
	}
	random := v.of(emv.TagUnpredictableNumber)
	number := c.dynamicNumber(random)
	related := slices.Concat([]byte{0x01}, number[:4], qualifiers[:])
	asked := slices.Concat(random, v.of(emv.TagAmount), v.of(emv.TagCurrency), related)
	signed, err := app.credentials.icc.SignDynamic(number, asked)
	var b emv.Builder
	b.Add(emv.TagAFL, app.afl)
	b.Add(emv.TagCardAuthData, related)
	b.Add(emv.TagSignedDynamic, signed)
	return b.Bytes(), err
}

// qualifiers are the reader's; one that sends none can nothing and wants everything.
func (v values) qualifiers() [4]byte {
	b := v.of(emv.TagTTQ)
	if len(b) != 4 {
		return [4]byte{1: ttqOnlineRequired | ttqCVMRequired}
	}
	return [4]byte(b)
}

// verifyHolder adds to the card's qualifiers how the holder is to be verified. A card
// that shares no way with the reader sends its holder to the contacts, and a phone that
// is locked to its screen.
func (c *Card) verifyHolder(asked [4]byte) (q [2]byte, sw uint16) {
	app := c.session.app
	q = app.Tap.Qualifiers
	required := asked[1]&ttqCVMRequired != 0
	switch {
	case app.Tap.OnDevice && app.Tap.Locked && required && !app.unlocked:
		app.unlocked = true
		return q, swSeePhone
	case app.Tap.OnDevice:
		q[1] |= ctqOnDevice
	case !required:
	case asked[0]&ttqOnlinePIN != 0:
		q[0] |= ctqOnlinePIN
	case asked[0]&ttqSignature != 0:
		q[0] |= ctqSignature
	case asked[0]&ttqContacts != 0:
		return q, swOtherInterface
	}
	return q, swOK
}

func (c *Card) decideQuick(v values) kind {
	app := c.session.app
	switch {
	case app.Blocked, app.DeclineOver > 0 && v.amount() > app.DeclineOver:
		return kindAAC
	case v.qualifiers()[1]&ttqOnlineRequired == 0 && c.mayApproveOffline(v):
		return kindTC
	}
	return kindARQC
}

// update is what a card remembers of a transaction that went online without contacts.
type update struct {
	arqc   [8]byte
	signed ac.Input
}

// settleQuick remembers how the transaction ended, as far as the card will know.
func (c *Card) settleQuick() {
	app, txn := c.session.app, &c.session.txn
	switch txn.first {
	case kindTC:
		app.offline++
	case kindARQC:
		if app.Tap.Qualifiers[1]&ctqUpdate != 0 {
			app.update = &update{arqc: txn.arqc, signed: txn.signed}
		}
	case kindAAC:
	}
}

// mayAuthenticate reports that EXTERNAL AUTHENTICATE is in its turn: once a transaction,
// under contacts between the cryptograms, without them after the card was selected
// again (Book C-3, 5.9).
func (c *Card) mayAuthenticate() bool {
	switch {
	case c.session.app == nil || c.session.txn.authOver:
		return false
	case c.tap:
		return c.in(stateSelected) && c.session.app.update != nil
	}
	return c.in(stateOnline) && c.session.app.AIP[0]&0x04 != 0
}

// takeUp goes on with the transaction that the issuer answers.
func (c *Card) takeUp() {
	if app := c.session.app; c.tap {
		c.session.txn.arqc, c.session.txn.signed, app.update = app.update.arqc, app.update.signed, nil
	}
}

// TapVisa is a credit card that is held to the reader, profile "tapvisa": the shape of
// qVSDC, cryptogram version 17, and it takes the issuer's answer when it is held to the
// reader again or still. It approves up to 50.00 by itself where a reader asks for that,
// with a signature (fast dynamic data authentication).
func TapVisa() Profile {
	a := visaCredit()
	a.AIP, a.CVN, a.OfflineLimit = [2]byte{aipDDA, 0x00}, ac.CVN17, 5000
	a.PDOL = append([]byte{0x9F, 0x66, 4}, a.CDOL1...)
	a.Tap = Tap{Kernel: 3, Quick: true, Qualifiers: [2]byte{0x20, ctqUpdate}, FormFactor: []byte{0x20, 0x70, 0x00, 0x00}}
	return Profile{Name: "tapvisa", Protocol: reader.T1, Contactless: true, Applications: []Application{a}}
}

// Phone is a wallet in a phone, profile "phone": as [TapVisa] with cryptogram version 18,
// but its holder unlocked it, so that nothing more is asked of him over the limit, and it
// never approves by itself.
func Phone() Profile {
	p := TapVisa()
	p.Name = "phone"
	a := &p.Applications[0]
	a.Label, a.PAN = "PHONE", testPAN("4761739001010119")
	a.AIP, a.CVN, a.OfflineLimit = [2]byte{}, ac.CVN18, 0
	a.Tap.OnDevice, a.Tap.FormFactor = true, []byte{0x23, 0x8C, 0x00, 0x00}
	return p
}

// TapMC is a Mastercard that is held to the reader, profile "tapmc": the shape of M/Chip,
// cryptogram version 17 and signed cryptograms (combined data authentication). The
// issuer's answer does not reach it.
func TapMC() Profile {
	p := MChip()
	p.Name, p.Contactless, p.PSE = "tapmc", true, false
	a := &p.Applications[0]
	a.PAN, a.AIP = testPAN("5413330089020029"), [2]byte{0x18 | aipCDA, aipEMVMode}
	a.CVMList = []byte{0, 0, 0, 0, 0, 0, 0, 0, 0x42, 0x03, 0x5E, 0x03, 0x1F, 0x03}
	a.Tap = Tap{Kernel: 2}
	return p
}

// PhoneMC is a wallet in a phone, profile "phonemc": as [TapMC], but it verified its
// holder itself.
func PhoneMC() Profile {
	p := TapMC()
	p.Name = "phonemc"
	a := &p.Applications[0]
	a.Label, a.PAN = "MC PHONE", testPAN("5413330089020037")
	a.AIP[0] |= aipOnDevice
	return p
}

// Bits of tag 82 of cards without contacts (Book C-2, annex A).
const (
	aipOnDevice = 0x02 // first byte
	aipEMVMode  = 0x80 // second byte
)
