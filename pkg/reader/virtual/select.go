package virtual

import (
	"bytes"
	"slices"

	"github.com/tillworks/till/pkg/emv"
)

// directory is the payment system environment: a name, and a record an application. The
// one of cards without contacts has its entries in the answer to SELECT.
type directory struct {
	name    string
	fci     []byte
	records [][]byte
}

// directoryName is the file name of the environment (EMV Book 1, 12.2.2).
const directoryName = "1PAY.SYS.DDF01"

// directorySFI is the short identifier of the file with its records.
const directorySFI = 1

func newDirectory(apps []Application) *directory {
	var b emv.Builder
	b.Nest(emv.TagFCI, func(b *emv.Builder) {
		b.Add(emv.TagDFName, []byte(directoryName))
		b.Nest(emv.TagFCIProprietary, func(b *emv.Builder) {
			b.Add(emv.TagSFI, []byte{directorySFI})
			b.Add(emv.TagLanguages, []byte("enzh"))
		})
	})
	d := &directory{name: directoryName, fci: b.Bytes()}
	for _, a := range apps {
		d.records = append(d.records, directoryRecord(a))
	}
	return d
}

func directoryRecord(a Application) []byte {
	return record(func(b *emv.Builder) {
		b.Nest(emv.TagApplicationTemplate, func(b *emv.Builder) {
			b.Add(emv.TagApplicationID, a.AID)
			addLabel(b, a)
			addPreferred(b, a)
		})
	})
}

// selectName answers SELECT by name (EMV Book 1, 11.3): P1 04, P2 00 for the first or
// only occurrence, 02 for the next. A part of a name finds each application whose name
// starts with it, in the order of the card. Whatever is selected stays so when nothing
// is found.
func (c *Card) selectName(cmd command) response {
	switch {
	case c.blocked:
		return status(swNotSupported)
	case cmd.p1 != 0x04, cmd.p2 != 0x00 && cmd.p2 != 0x02:
		return status(swP1P2)
	case len(cmd.data) < 5 || len(cmd.data) > 16:
		return status(swLength)
	case c.directory != nil && cmd.p2 == 0x00 && string(cmd.data) == c.directory.name:
		c.session = session{inDirectory: true}
		return response{data: c.directory.fci, sw: swOK}
	}
	app := c.find(cmd.data, cmd.p2 == 0x02)
	if app == nil {
		return status(swFileNotFound)
	}
	return c.enter(app, cmd.data)
}

// find is the first application of a name, or the next one behind the application that
// the same name found before.
func (c *Card) find(name []byte, next bool) *application {
	apps := c.apps
	if next {
		if !bytes.Equal(name, c.session.searched) {
			return nil
		}
		apps = apps[slices.Index(apps, c.session.app)+1:]
	}
	for _, a := range apps {
		if bytes.HasPrefix(a.AID, name) {
			return a
		}
	}
	return nil
}

func (c *Card) enter(app *application, name []byte) response {
	c.session = session{app: app, searched: slices.Clone(name), txn: transaction{state: stateSelected}}
	if app.Blocked {
		return response{data: app.fci, sw: swAppBlocked}
	}
	return response{data: app.fci, sw: swOK}
}
