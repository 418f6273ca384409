package virtual

import (
	"bytes"

	"github.com/tillworks/till/pkg/emv"
)

// getProcessingOptions starts a transaction (EMV Book 3, 6.5.8): the counter goes up,
// and the card tells what it can do and which records it has. A counter at its end
// starts no transaction any more.
func (c *Card) getProcessingOptions(cmd command) response {
	if cmd.p1 != 0 || cmd.p2 != 0 {
		return status(swP1P2)
	}
	if !c.in(stateSelected) || c.session.app.atc == 0xFFFF {
		return status(swConditions)
	}
	app := c.session.app
	if app.fault != nil {
		return status(swTechnicalFault)
	}
	if c.tap && app.Tap.Quick {
		return c.quickOptions(cmd.data)
	}
	if sw := checkOptions(cmd.data, app.pdol.Len()); sw != swOK {
		return status(sw)
	}
	c.begin()
	c.session.txn.options = bytes.Clone(cmd.data[2:])
	if !app.Format2 {
		return response{data: template1(app.AIP[:], app.afl), sw: swOK}
	}
	return response{data: template2(func(b *emv.Builder) {
		b.Add(emv.TagAIP, app.AIP[:])
		b.Add(emv.TagAFL, app.afl)
	}), sw: swOK}
}

// begin starts a transaction: the counter goes up, and what an earlier one left open is
// over.
func (c *Card) begin() {
	app := c.session.app
	app.atc++
	app.update = nil
	c.session.txn = transaction{state: stateInitiated, before: app.last}
}

// checkOptions wants a command template with as many bytes as the PDOL asks for.
func checkOptions(data []byte, want int) uint16 {
	switch {
	case len(data) < 2 || data[0] != byte(emv.TagCommandTemplate):
		return swData
	case len(data) != 2+want || int(data[1]) != want:
		return swLength
	}
	return swOK
}

// readRecord answers READ RECORD by number and short file identifier (EMV Book 3,
// 6.5.11). The records of an application are open from GET PROCESSING OPTIONS on,
// those of the directory as long as it is selected.
func (c *Card) readRecord(cmd command) response {
	sfi := cmd.p2 >> 3
	switch {
	case cmd.p2&0x07 != 0x04 || sfi == 0 || sfi == 31:
		return status(swP1P2)
	case len(cmd.data) > 0:
		return status(swLength)
	case c.in(stateDirectory):
		return c.directory.record(sfi, cmd.p1)
	case c.in(stateInitiated, stateOnline, stateDone):
		return c.session.app.record(sfi, cmd.p1)
	}
	return status(swConditions)
}

func (d *directory) record(sfi, number byte) response {
	switch n := int(number); {
	case sfi != directorySFI:
		return status(swFileNotFound)
	case n == 0 || n > len(d.records):
		return status(swRecordNotFound)
	default:
		return response{data: d.records[n-1], sw: swOK}
	}
}

func (a *application) record(sfi, number byte) response {
	data, found := a.records[file{sfi, number}]
	switch {
	case found:
		return response{data: data, sw: swOK}
	case sfi == 1 || sfi == 2 || sfi == certificateSFI && len(a.credentials.records) > 0:
		return status(swRecordNotFound)
	}
	return status(swFileNotFound)
}

// getData gives the counters of the selected application (EMV Book 3, 6.5.7).
func (c *Card) getData(cmd command) response {
	if len(cmd.data) > 0 {
		return status(swLength)
	}
	app := c.session.app
	if app == nil {
		return status(swConditions)
	}
	var b emv.Builder
	switch tag := emv.Tag(cmd.p1)<<8 | emv.Tag(cmd.p2); tag {
	case emv.TagATC:
		b.Add(tag, counter(app.atc))
	case emv.TagLastOnlineATC:
		b.Add(tag, counter(app.lastOnlineATC))
	case emv.TagPINTries:
		b.Add(tag, []byte{byte(c.pin.left)})
	default:
		return status(swDataNotFound)
	}
	return response{data: b.Bytes(), sw: swOK}
}

func counter(n uint16) []byte { return []byte{byte(n >> 8), byte(n)} }

// template1 is a response without tags inside (EMV Book 3, 6.5.8.4, format 1).
func template1(values ...[]byte) []byte {
	var b emv.Builder
	b.Nest(emv.TagResponse1, func(b *emv.Builder) {
		for _, v := range values {
			b.Raw(v)
		}
	})
	return b.Bytes()
}

// template2 is a response of data objects (format 2).
func template2(inside func(*emv.Builder)) []byte {
	var b emv.Builder
	b.Nest(emv.TagResponse2, inside)
	return b.Bytes()
}
