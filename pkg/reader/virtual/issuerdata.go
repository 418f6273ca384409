package virtual

import (
	"encoding/binary"
	"slices"

	"github.com/tillworks/till/pkg/emv/ac"
)

// issuerData is the issuer application data (9F10) in the form of the cryptogram
// version's scheme.
func (c *Card) issuerData(second kind) []byte {
	switch c.session.app.CVN.Scheme() {
	case ac.Mastercard:
		return c.mchipData(second)
	case ac.CCD:
		return c.ccdData(second)
	default:
		return c.visaData(second)
	}
}

// visaData is Visa's format 0 or 1: its length, the key index, the cryptogram version,
// and the card verification results with their length 03.
func (c *Card) visaData(second kind) []byte {
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
	cvr4 := byte(min(15, app.scripts.done))<<4 | bit(0x08, app.scripts.failed)
	return []byte{6, app.DerivationIndex, app.CVN.Number(), 3, cvr2, cvr3, cvr4}
}

// mchipData is that of M/Chip 4: key index, cryptogram version, 6 bytes of card
// verification results, the dynamic number, which here is zeros, and 8 bytes of
// counters, of which the first is the number of transactions offline.
func (c *Card) mchipData(second kind) []byte {
	app, txn := c.session.app, &c.session.txn
	pinDone := txn.pinTried && !txn.pinFailed
	cvr := [6]byte{
		byte(second)&0xC0 | byte(txn.first)>>2 | bit(0x04, txn.pinTried) | bit(0x01, pinDone),
		bit(0x10, txn.auth != authNone), // issuer authentication performed
		byte(app.scripts.done)<<4 | byte(c.pin.left)&0x0F,
		bit(0x80, txn.before.cutShort) | bit(0x40, txn.unable) | bit(0x20, !txn.pinTried) | bit(0x10, txn.pinFailed) |
			bit(0x08, c.pin.block != nil && c.pin.left <= 0),
		bit(0x80, app.overCount()) | bit(0x04, txn.auth == authWrong || txn.before.authFailed && txn.auth != authRight) |
			bit(0x02, app.scripts.done > 0 || app.scripts.failed) | bit(0x01, app.scripts.failed),
		0,
	}
	counters := [8]byte{byte(min(255, app.offline))}
	return slices.Concat([]byte{app.DerivationIndex, app.CVN.Number()}, cvr[:], []byte{0, 0}, counters[:])
}

// ccdData is format A of the Common Core Definitions (EMV Book 3, C9): 32 bytes with
// the key index, 5 bytes of card verification results, 8 of counters and 15 of the
// issuer's own.
func (c *Card) ccdData(second kind) []byte {
	app, txn := c.session.app, &c.session.txn
	iad := make([]byte, 32)
	iad[0], iad[1], iad[2], iad[16] = 0x0F, 0xA0|app.CVN.Number(), app.DerivationIndex, 0x0F
	copy(iad[3:8], []byte{
		byte(second)&0xC0 | byte(txn.first)>>2 | bit(0x02, txn.auth == authNone) | bit(0x01, txn.auth == authWrong || txn.before.authFailed && txn.auth != authRight),
		byte(c.pin.left)<<4 | bit(0x08, txn.pinTried) | bit(0x04, txn.pinFailed) |
			bit(0x02, c.pin.block != nil && c.pin.left <= 0) | bit(0x01, txn.before.cutShort),
		bit(0x80, app.overCount()),
		byte(min(15, app.scripts.done))<<4 | bit(0x08, app.scripts.failed) | bit(0x01, txn.unable),
		0,
	})
	binary.BigEndian.PutUint16(iad[8:], uint16(min(0xFFFF, app.offline)))
	return iad
}
