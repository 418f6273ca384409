package virtual

import (
	"crypto/sha1" // makes numbers that differ, nothing more
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/emv/oda/odatest"
)

// Bits of the first byte of tag 82 that name methods of offline data authentication.
const (
	aipSDA = 0x40
	aipDDA = 0x20
	aipCDA = 0x01
)

// authorityIndex is the index of the test authority's key, as oda.TestKeys has it.
const authorityIndex = 0x7D

// certificateSFI is the file with the certificates.
const certificateSFI = 3

// dynamicList is the DDOL: the terminal's unpredictable number and nothing else.
func dynamicList() []byte { return []byte{0x9F, 0x37, 4} }

// credentials are what an application proves its data and itself with.
type credentials struct {
	icc     odatest.PrivateKey // zero for an application without dynamic signatures
	pin     odatest.PrivateKey // for enciphered PINs: a key of its own, or icc
	records [][]byte           // with certificates, for file 3
}

// authenticates reports that an application takes part in offline data authentication.
func (a Application) authenticates() bool { return a.AIP[0]&(aipSDA|aipDDA|aipCDA) != 0 || a.PINKey }

// signs reports that an application has a key pair for dynamic signatures.
func (a Application) signs() bool { return a.AIP[0]&(aipDDA|aipCDA) != 0 }

// newCredentials is what a bureau does with the issuer's key when it makes a card:
// certificates under the test authority over the records in signed and the interchange
// profile (EMV Book 2, 5.1, 6.1 and 7.1).
func newCredentials(a Application, signed ...[]byte) (credentials, error) {
	if !a.authenticates() {
		return credentials{}, nil
	}
	authority, issuer := keyOf(testAuthority()), keyOf(testIssuer())
	cert, err := authority.CertifyIssuer(issuer.Public(), a.PAN, certificateTerms())
	p := personalised{Application: a, issuer: issuer, static: append(slices.Concat(signed...), a.AIP[:]...), faults: []error{err}}
	p.add(func(b *emv.Builder) {
		b.Add(emv.TagCAKeyIndex, []byte{authorityIndex})
		addCertificate(b, cert, emv.TagIssuerCertificate, emv.TagIssuerRemainder, emv.TagIssuerExponent)
		b.Add(emv.TagSDATagList, []byte{byte(emv.TagAIP)})
	})
	p.signStatic()
	p.certifyICC()
	p.certifyPIN()
	return p.made, errors.Join(p.faults...)
}

// personalised is an application on its way to be a card.
type personalised struct {
	Application
	issuer odatest.PrivateKey
	static []byte
	made   credentials
	faults []error
}

func (p *personalised) add(inside func(*emv.Builder)) {
	p.made.records = append(p.made.records, record(inside))
}

func (p *personalised) signStatic() {
	if p.AIP[0]&aipSDA == 0 {
		return
	}
	signed, err := p.issuer.SignStatic([2]byte{0xDA, 0xC0}, p.static)
	p.faults = append(p.faults, err)
	p.add(func(b *emv.Builder) { b.Add(emv.TagSSAD, signed) })
}

func (p *personalised) certifyICC() {
	if !p.signs() {
		return
	}
	p.made.icc = keyOf(testICC())
	p.made.pin = p.made.icc
	cert, err := p.issuer.CertifyICC(p.made.icc.Public(), p.PAN, p.static, certificateTerms())
	p.faults = append(p.faults, err)
	p.add(func(b *emv.Builder) {
		addCertificate(b, cert, emv.TagICCCertificate, emv.TagICCRemainder, emv.TagICCExponent)
		b.Add(emv.TagDDOL, dynamicList())
	})
}

func (p *personalised) certifyPIN() {
	if !p.PINKey {
		return
	}
	p.made.pin = keyOf(testPINKey())
	cert, err := p.issuer.CertifyPIN(p.made.pin.Public(), p.PAN, certificateTerms())
	p.faults = append(p.faults, err)
	p.add(func(b *emv.Builder) {
		addCertificate(b, cert, emv.TagPINCertificate, emv.TagPINRemainder, emv.TagPINExponent)
	})
}

// addCertificate writes a certificate; a remainder only where there is one.
func addCertificate(b *emv.Builder, c oda.Certificate, signed, remainder, exponent emv.Tag) {
	b.Add(signed, c.Signed)
	b.Add(exponent, c.Exponent)
	if len(c.Remainder) > 0 {
		b.Add(remainder, c.Remainder)
	}
}

// certificateTerms are those of all certificates: good up to December 2049.
func certificateTerms() odatest.Terms {
	return odatest.Terms{Expires: time.Date(2049, 12, 31, 0, 0, 0, 0, time.UTC), Serial: [3]byte{0x00, 0x00, 0x01}}
}

// keyOf makes a key pair of the constants in testkeys.go, which a test tries.
func keyOf(modulus, private string) odatest.PrivateKey {
	n, _ := hex.DecodeString(modulus)
	d, _ := hex.DecodeString(private)
	k, _ := odatest.NewPrivateKey(n, d, []byte{3})
	return k
}

// internalAuthenticate answers INTERNAL AUTHENTICATE (EMV Book 3, 6.5.9): a signature
// over the card's number and what the terminal sent, four bytes as the card's DDOL says.
func (c *Card) internalAuthenticate(cmd command) response {
	switch {
	case cmd.p1 != 0 || cmd.p2 != 0:
		return status(swP1P2)
	case !c.in(stateInitiated) || !c.session.app.signs():
		return status(swConditions)
	case len(cmd.data) != 4:
		return status(swLength)
	}
	signed, err := c.session.app.credentials.icc.SignDynamic(c.dynamicNumber(cmd.data), cmd.data)
	if err != nil {
		return status(swTechnicalFault)
	}
	if !c.session.app.Format2 {
		return response{data: template1(signed), sw: swOK}
	}
	return response{data: template2(func(b *emv.Builder) { b.Add(emv.TagSignedDynamic, signed) }), sw: swOK}
}

// dynamicNumber is the card's number in a signature, eight bytes. A card without a source
// of chance makes it of its counter and of what the terminal sent.
func (c *Card) dynamicNumber(asked []byte) []byte {
	sum := sha1.Sum(append(counter(c.session.app.atc), asked...))
	return sum[:8]
}

// signAC puts the cryptogram into a signature instead of showing it (EMV Book 2, 6.6.1).
// It covers all that both sides said in this transaction: what came for PDOL and CDOLs,
// and the answer itself.
func (c *Card) signAC(given kind, cryptogram [8]byte, iad []byte, v values) response {
	app, txn := c.session.app, &c.session.txn
	covered := func(b *emv.Builder) {
		b.Add(emv.TagCID, []byte{byte(given)})
		b.Add(emv.TagATC, counter(app.atc))
		b.Add(emv.TagIAD, iad)
	}
	var answer emv.Builder
	covered(&answer)
	var unpredictable [4]byte
	copy(unpredictable[:], v.of(emv.TagUnpredictableNumber))
	said := slices.Concat(txn.options, txn.data, txn.second, answer.Bytes())
	signed, err := app.credentials.icc.SignCombined(c.dynamicNumber(unpredictable[:]), byte(given), cryptogram, unpredictable, said)
	if err != nil {
		return status(swTechnicalFault)
	}
	return response{data: template2(func(b *emv.Builder) {
		covered(b)
		b.Add(emv.TagSignedDynamic, signed)
	}), sw: swOK}
}

// SDA is a credit card, profile "sda", whose data the issuer signed (static data
// authentication). Like [DDA] and [CDA] it approves up to 50.00 without the issuer where
// a terminal asks for that, and its certificates are those of oda.TestKeys. PIN 1234.
func SDA() Profile { return authenticated("sda", "4761739001010309", aipSDA) }

// DDA is a credit card, profile "dda", that signs what the terminal sends it (dynamic
// data authentication).
func DDA() Profile { return authenticated("dda", "4761739001010317", aipDDA) }

// CDA is a credit card, profile "cda", that signs its cryptograms (combined data
// authentication), and does what [DDA] does for a terminal that cannot read that.
func CDA() Profile { return authenticated("cda", "4761739001010325", aipDDA|aipCDA) }

func authenticated(name, number string, methods byte) Profile {
	p := Visa()
	a := &p.Applications[0]
	p.Name, a.PAN = name, testPAN(number)
	a.AIP = [2]byte{a.AIP[0] | methods, 0x00}
	a.IACDefault[0], a.IACOnline[0] = 0xFC, 0xFC // a failure of any method is a matter for the issuer
	a.OfflineLimit = 5000
	return p
}
