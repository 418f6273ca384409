package virtual

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// application is an [Application] made ready to answer, with its memory.
type application struct {
	Application
	fci     []byte
	records map[file][]byte
	afl     []byte
	pdol    emv.DOL
	cdol1   emv.DOL
	cdol2   emv.DOL
	keys    ac.ScriptKeys
	credentials
	fault error // what makes the profile no card

	atc           uint16 // of the transaction under way or the last one
	lastOnlineATC uint16
	offline       int // approved since the card was last online
	last          outcome
	update        *update // the issuer may still answer the last transaction without contacts
	unlocked      bool    // the holder was asked once, see Tap.Locked
	scripts       scriptHistory
}

// file is the place of a record: its short file identifier and its number.
type file struct{ sfi, number byte }

func newApplication(p Application) *application {
	a := &application{
		Application:   p,
		fci:           fciOf(p),
		records:       recordsOf(p),
		afl:           []byte{1 << 3, 1, 1, 0, 2 << 3, 1, 2, 0},
		atc:           p.ATC,
		lastOnlineATC: p.LastOnlineATC,
	}
	if p.Tap.Quick {
		a.records, a.afl = quickRecords(p), []byte{2 << 3, 1, 1, 0}
	}
	a.AID = slices.Clone(p.AID)
	var wrong [5]error
	a.pdol, wrong[0] = emv.ParseDOL(p.PDOL)
	a.cdol1, wrong[1] = emv.ParseDOL(p.CDOL1)
	a.cdol2, wrong[2] = emv.ParseDOL(p.CDOL2)
	a.keys, wrong[3] = keysOf(p)
	wrong[4] = a.authenticate()
	a.fault = errors.Join(wrong[:]...)
	return a
}

// keysOf are the card's own keys, derived as the cryptogram version has it. A card
// without script keys refuses every script.
func keysOf(p Application) (k ac.ScriptKeys, err error) {
	if k.Cryptogram, err = ac.MasterKey(p.CVN, p.MasterKey, p.PAN, p.PSN); err != nil || p.IntegrityKey == nil {
		return k, err
	}
	if k.Integrity, err = ac.MasterKey(p.CVN, p.IntegrityKey, p.PAN, p.PSN); err != nil {
		return k, err
	}
	k.Confidentiality, err = ac.MasterKey(p.CVN, p.ConfidentialityKey, p.PAN, p.PSN)
	return k, err
}

// authenticate has the records of file 2 signed, and puts the certificates into a file of
// their own.
func (a *application) authenticate() error {
	made, err := newCredentials(a.Application, contents(a.records[file{2, 1}]), contents(a.records[file{2, 2}]))
	a.credentials = made
	for i, r := range made.records {
		a.records[file{certificateSFI, byte(i + 1)}] = r
	}
	n := byte(len(made.records))
	switch {
	case n == 0:
	case a.Tap.Quick:
		a.afl = []byte{2 << 3, 1, 1, 1, certificateSFI << 3, 1, n, 0}
	default:
		a.afl = []byte{1 << 3, 1, 1, 0, 2 << 3, 1, 2, 2, certificateSFI << 3, 1, n, 0}
	}
	return err
}

// contents is what is inside the template of a record.
func contents(record []byte) []byte {
	r := emv.NewReader(record)
	r.Next()
	return r.Object().Value
}

// fciOf is what SELECT answers (EMV Book 1, 11.3.4).
func fciOf(a Application) []byte {
	var b emv.Builder
	b.Nest(emv.TagFCI, func(b *emv.Builder) {
		b.Add(emv.TagDFName, a.AID)
		b.Nest(emv.TagFCIProprietary, func(b *emv.Builder) {
			addLabel(b, a)
			if len(a.PDOL) > 0 {
				b.Add(emv.TagPDOL, a.PDOL)
			}
			b.Add(emv.TagLanguages, []byte("enzh"))
			addPreferred(b, a)
		})
	})
	return b.Bytes()
}

func addLabel(b *emv.Builder, a Application) {
	b.Add(emv.TagApplicationLabel, []byte(a.Label))
	if a.Priority != 0 {
		b.Add(emv.TagPriority, []byte{a.Priority})
	}
}

// addPreferred writes the preferred name with the code table that says how to read
// it: 01, ISO 8859-1.
func addPreferred(b *emv.Builder, a Application) {
	if a.Preferred != "" {
		b.Add(emv.TagIssuerCodeTable, []byte{0x01})
		b.Add(emv.TagPreferredName, []byte(a.Preferred))
	}
}

// recordsOf are the three records that the file locator names: the stripe's data and
// the name, then number, dates and lists, then the rules.
func recordsOf(a Application) map[file][]byte {
	return map[file][]byte{
		{1, 1}: record(func(b *emv.Builder) {
			b.Add(emv.TagTrack2, trackOf(a))
			b.Add(emv.TagCardholderName, []byte(a.Holder))
		}),
		{2, 1}: record(func(b *emv.Builder) {
			b.Add(emv.TagPAN, digits(a.PAN.Reveal()))
			b.Add(emv.TagPSN, digits(a.PSN))
			b.Add(emv.TagExpiry, digits(lastDay(a.Expiry)))
			b.Add(emv.TagEffective, []byte{0x20, 0x01, 0x01})
			b.Add(emv.TagIssuerCountry, numeric(a.Country))
			b.Add(emv.TagAUC, a.Usage[:])
			b.Add(emv.TagCDOL1, a.CDOL1)
			b.Add(emv.TagCDOL2, a.CDOL2)
		}),
		{2, 2}: record(func(b *emv.Builder) {
			b.Add(emv.TagCVMList, a.CVMList)
			b.Add(emv.TagIACDefault, a.IACDefault[:])
			b.Add(emv.TagIACDenial, a.IACDenial[:])
			b.Add(emv.TagIACOnline, a.IACOnline[:])
			b.Add(emv.TagCardVersion, a.Version[:])
			b.Add(emv.TagServiceCode, digits("0"+string(a.ServiceCode)))
			b.Add(emv.TagApplicationCurrency, numeric(a.Currency))
		}),
	}
}

// quickRecords is what a card of the qVSDC shape has to be read where its approval is to
// be authenticated: what it gave with its options already is not there again.
func quickRecords(a Application) map[file][]byte {
	return map[file][]byte{
		{2, 1}: record(func(b *emv.Builder) {
			b.Add(emv.TagPAN, digits(a.PAN.Reveal()))
			b.Add(emv.TagExpiry, digits(lastDay(a.Expiry)))
			b.Add(emv.TagIssuerCountry, numeric(a.Country))
			b.Add(emv.TagAUC, a.Usage[:])
		}),
	}
}

func record(inside func(*emv.Builder)) []byte {
	var b emv.Builder
	b.Nest(emv.TagRecord, inside)
	return b.Bytes()
}

// trackOf is track 2 equivalent data: the digits of the stripe with D between number
// and date, discretionary data of zeros, and F to fill the last byte (EMV Book 3,
// annex A).
func trackOf(a Application) []byte {
	track := a.PAN.Reveal() + "D" + string(a.Expiry) + string(a.ServiceCode) + strings.Repeat("0", 11)
	return digits(track)
}

// digits packs hexadecimal digits two to a byte, with F behind an odd one. Text that
// is no such thing gives nothing.
func digits(s string) []byte {
	if len(s)%2 == 1 {
		s += "F"
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}

// numeric is a code of up to four digits, two to a byte.
func numeric(code uint16) []byte { return digits(fmt.Sprintf("%04d", code%10000)) }

// lastDay is the date on which a month ends, six digits YYMMDD; nothing for what is no
// month.
func lastDay(e card.Expiry) string {
	month, err := time.Parse("0601", string(e))
	if err != nil {
		return ""
	}
	return month.AddDate(0, 1, -1).Format("060102")
}
