package virtual

import (
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/reader"
)

// MChip is a Mastercard, profile "mchip": T=1, answers in templates with tags,
// cryptogram version 17 (a session key of counter and unpredictable number, the card's
// counters under the cryptogram), issuer authentication in the second GENERATE AC. PIN
// 1234.
func MChip() Profile {
	a := visaCredit()
	a.AID, a.Label = []byte{0xA0, 0, 0, 0, 0x04, 0x10, 0x10}, "MASTERCARD"
	a.PAN = testPAN("5413330089020011")
	a.AIP, a.Format2, a.CVN = [2]byte{0x18, 0x00}, true, ac.MChip17
	a.CDOL2 = append([]byte{0x91, 0x0A, 0x8A, 0x02}, a.CDOL1...)
	return Profile{
		Name: "mchip", Protocol: reader.T1, PSE: true, PIN: card.NewSecret("1234"), PINTries: 3, Applications: []Application{a},
	}
}

// CCD is a JCB card after the Common Core Definitions, profile "ccd": cryptogram version
// 5 (triple DES), 32 bytes of issuer application data, ARPC by method 2, needed, and
// scripts in the TLV form. PIN 1234.
func CCD() Profile {
	return Profile{
		Name: "ccd", Protocol: reader.T1, PSE: true, PIN: card.NewSecret("1234"), PINTries: 3,
		Applications: []Application{commonCore()},
	}
}

// CCDAES is a card as [CCD] with AES, profile "ccdaes": cryptogram version 6.
func CCDAES() Profile {
	p := CCD()
	a := &p.Applications[0]
	p.Name, a.CVN = "ccdaes", ac.CCDAES
	a.MasterKey = []byte{0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C}
	a.IntegrityKey = []byte{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F}
	a.ConfidentialityKey = []byte{0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F}
	return p
}

func commonCore() Application {
	a := visaCredit()
	a.AID, a.Label = []byte{0xA0, 0, 0, 0, 0x65, 0x10, 0x10}, "JCB"
	a.PAN = testPAN("3566002020360505")
	a.CVN, a.Format2, a.IssuerAuth = ac.CCDTDES, true, IssuerAuthRequired
	return a
}
