package emv_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/emv/oda/odatest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// authShop is a terminal that authenticates cards, and may approve offline.
func authShop() emv.Config {
	cfg := shop()
	cfg.FloorLimit = 100_000
	cfg.CAKeys = oda.TestKeys()
	return cfg
}

// payVirtual runs a transaction with a virtual card, whose answers bend may change, to
// its first stop.
func payVirtual(t *testing.T, cfg emv.Config, p virtual.Profile, bend func(command, answer []byte) []byte) (*emv.Transaction, error) {
	t.Helper()
	chip := contact(virtual.NewCard(p))
	txn := start(t, cfg)
	return txn, converse(txn, func(command []byte) []byte {
		answer := chip(command)
		if bend != nil {
			answer = bend(command, answer)
		}
		return answer
	})
}

// Bits of the first byte of the verification results.
const (
	notPerformed = 0x80
	failedSDA    = 0x40
	dataMissing  = 0x20
	failedDDA    = 0x08
	failedCDA    = 0x04
	selectedSDA  = 0x02
)

// Of what card and terminal have in common the strongest method is performed, and what
// it gives can be read.
func TestDataAuthentication(t *testing.T) {
	for _, c := range []struct {
		name    string
		profile virtual.Profile
		can     byte // third byte of the terminal's capabilities
		tvr     byte
		tsi     bool
		gives   []emv.Tag
	}{
		{"SDA", virtual.SDA(), 0xC8, selectedSDA, true, []emv.Tag{emv.TagDAC, emv.TagTerminalCAKeyIndex}},
		{"DDA", virtual.DDA(), 0xC8, 0, true, []emv.Tag{emv.TagICCDynamicNumber, emv.TagSignedDynamic}},
		{"CDA", virtual.CDA(), 0xC8, 0, true, []emv.Tag{emv.TagICCDynamicNumber, emv.TagSignedDynamic}},
		{"a CDA card at a terminal without CDA", virtual.CDA(), 0xC0, 0, true, []emv.Tag{emv.TagICCDynamicNumber}},
		{"a DDA card at a terminal of SDA alone", virtual.DDA(), 0x80, notPerformed, false, nil},
		{"an SDA card at a terminal of none", virtual.SDA(), 0x00, notPerformed, false, nil},
		{"a card of none", virtual.Visa(), 0xC8, notPerformed, false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := authShop()
			cfg.Capabilities[2] = c.can
			txn, err := payVirtual(t, cfg, c.profile, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := txn.Evidence()
			if got.TVR[0] != c.tvr || got.TSI[0]&0x80 != 0 != c.tsi {
				t.Errorf("TVR %X, TSI %X\n%s", got.TVR, got.TSI, sayConversation(txn, "en"))
			}
			for _, tag := range c.gives {
				if len(txn.Value(tag)) == 0 {
					t.Errorf("no value of %s", tag)
				}
			}
		})
	}
}

// A card of CDA pays to the end, offline and online, under its signature; the issuer's
// check of the cryptogram that came out of it passes.
func TestCombinedPayments(t *testing.T) {
	profile := virtual.CDA()
	for _, c := range []struct {
		name   string
		bend   func(*emv.Config)
		format bool
		want   emv.Decision
	}{
		{"approved offline", func(*emv.Config) {}, false, emv.ApprovedOffline},
		{"online, format 1", func(c *emv.Config) { c.ForceOnline = true }, false, emv.Approved},
		{"online, format 2", func(c *emv.Config) { c.ForceOnline = true }, true, emv.Approved},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := authShop()
			c.bend(&cfg)
			profile.Applications[0].Format2 = c.format
			chip, txn := virtual.NewCard(profile), start(t, cfg)
			if err := converse(txn, contact(chip)); err != nil {
				t.Fatal(err)
			}
			if txn.Decision() == emv.GoOnline {
				txn.Complete(issue(t, txn, "00"))
				if err := converse(txn, contact(chip)); err != nil {
					t.Fatal(err)
				}
			}
			if txn.Decision() != c.want || txn.Evidence().TVR[0] != 0 {
				t.Errorf("got %v, TVR %X\n%s", txn.Decision(), txn.Evidence().TVR, sayConversation(txn, "en"))
			}
			if !bytes.Contains(txn.FinalICC(), []byte{0x9F, 0x26, 8}) || bytes.Contains(txn.FinalICC(), []byte{0x9F, 0x4B}) {
				t.Errorf("chip data %X", txn.FinalICC())
			}
		})
	}
}

// flip changes a bit of a data object in an answer that holds it.
func flip(tag string, at int) func(command, answer []byte) []byte {
	return func(_, answer []byte) []byte {
		if i := bytes.Index(answer, unhex(tag)); i >= 0 {
			answer = bytes.Clone(answer)
			answer[i+len(tag)/2+at] ^= 0x01
		}
		return answer
	}
}

// Whatever is changed on the way, or is missing or over, fails the method that was
// chosen, and no other is tried.
func TestDataAuthenticationFails(t *testing.T) {
	later := func(y int) func(*emv.Config) {
		return func(c *emv.Config) { c.Date = time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	}
	for _, c := range []struct {
		name    string
		profile virtual.Profile
		cfg     func(*emv.Config)
		bend    func(command, answer []byte) []byte
		tvr     byte
		says    string
	}{
		{"SDA: another number", virtual.SDA(), nil, flip("5F3401", 0), failedSDA | selectedSDA, "the data are not those that were signed"},
		{"SDA: other limits", virtual.SDA(), nil, flip("9F0D05", 2), failedSDA | selectedSDA, "the data are not those that were signed"},
		{"SDA: another profile", virtual.SDA(), nil, flip("800E", 1), failedSDA | selectedSDA, "the data are not those that were signed"},
		{"SDA: another signature", virtual.SDA(), nil, flip("938180", 7), failedSDA | selectedSDA, "the signature cannot be read"},
		{"SDA: another issuer certificate", virtual.SDA(), nil, flip("908190", 7), failedSDA | selectedSDA, "the signature cannot be read"},
		{"SDA: no key of the scheme", virtual.SDA(), func(c *emv.Config) { c.CAKeys = nil }, nil, failedSDA | selectedSDA, "the terminal does not have the scheme's key"},
		{"SDA: the scheme's key over", virtual.SDA(), later(2050), nil, failedSDA | selectedSDA, "the scheme's key has expired"},
		{"SDA: certificate over", virtual.SDA(), func(c *emv.Config) {
			c.CAKeys, c.Date = lastingKeys(t), time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)
		}, nil, failedSDA | selectedSDA, "a certificate has expired"},
		{"SDA: certificate revoked", virtual.SDA(), func(c *emv.Config) { c.CAKeys = revokingKeys(t) }, nil, failedSDA | selectedSDA, "the issuer's certificate was revoked"},
		{"SDA: no signature", virtual.SDA(), nil, renamed("938180", "C3"), dataMissing | failedSDA | selectedSDA, "card data for it are missing"},
		{"SDA: tag list of more", virtual.SDA(), nil, flip("9F4A01", 0), failedSDA | selectedSDA, "the tag list names something other"},
		{"DDA: another number", virtual.DDA(), nil, flip("5F3401", 0), failedDDA, "the data are not those that were signed"},
		{"DDA: another signature", virtual.DDA(), nil, flip("8070", 9), failedDDA, "the signature cannot be read"},
		{"DDA: another card's certificate", virtual.DDA(), nil, flip("9F468180", 9), failedDDA, "the signature cannot be read"},
		{"DDA: no certificate", virtual.DDA(), nil, renamed("9F468180", "DF46"), dataMissing | failedDDA, "card data for it are missing"},
		{"DDA: a list without the unpredictable number", virtual.DDA(), nil, renamed("9F4903", "9F4903", "9F02"), failedDDA, "the card does not ask for the unpredictable number"},
		{"CDA: another number", virtual.CDA(), nil, flip("5F3401", 0), failedCDA, "the data are not those that were signed"},
		{"CDA: no certificate", virtual.CDA(), nil, renamed("9F468180", "DF46"), dataMissing | failedCDA, "card data for it are missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := authShop()
			if c.cfg != nil {
				c.cfg(&cfg)
			}
			txn, err := payVirtual(t, cfg, c.profile, c.bend)
			if err != nil {
				t.Fatal(err)
			}
			got := txn.Evidence()
			said := sayConversation(txn, "en")
			if got.TVR[0] != c.tvr || got.TSI[0]&0x80 == 0 || !strings.Contains(said, c.says) {
				t.Errorf("TVR %X, want %02X, TSI %X, want %q in\n%s", got.TVR, c.tvr, got.TSI, c.says, said)
			}
			if txn.Decision() == emv.ApprovedOffline {
				t.Error("approved offline")
			}
		})
	}
}

// renamed gives a data object that an answer holds another tag, and the next bytes other
// values.
func renamed(from, to string, then ...string) func(command, answer []byte) []byte {
	return func(_, answer []byte) []byte {
		to := unhex(to + strings.Join(then, ""))
		if i := bytes.Index(answer, unhex(from)); i >= 0 {
			answer = bytes.Clone(answer)
			copy(answer[i:], to)
		}
		return answer
	}
}

// lastingKeys are the test keys without an end in sight.
func lastingKeys(t *testing.T) *oda.Keys {
	t.Helper()
	all := oda.TestKeys().All()
	for i := range all {
		all[i].Expires = time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	return keysOf(t, all, nil)
}

func revokingKeys(t *testing.T) *oda.Keys {
	t.Helper()
	return keysOf(t, oda.TestKeys().All(), []oda.Revocation{{RID: [5]byte{0xA0, 0, 0, 0, 3}, Index: 0x7D, Serial: [3]byte{0, 0, 1}}})
}

func keysOf(t *testing.T, keys []oda.CAKey, revoked []oda.Revocation) *oda.Keys {
	t.Helper()
	k, err := oda.NewKeys(keys, revoked)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A cryptogram that is not signed as it must be approves nothing: a TC is declined, and
// after a request the card is told so at once instead of the issuer being asked; an
// approval of the issuer does not stand either (Book 4, 6.3.2.1).
func TestUnprovenCryptograms(t *testing.T) {
	// spoil changes the signature of the n-th GENERATE AC.
	spoil := func(n int) func(command, answer []byte) []byte {
		seen := 0
		return func(command, answer []byte) []byte {
			if command[1] != 0xAE {
				return answer
			}
			if seen++; seen == n {
				return flip("9F4B70", 5)(command, answer)
			}
			return answer
		}
	}
	t.Run("TC", func(t *testing.T) {
		txn, err := payVirtual(t, authShop(), virtual.CDA(), spoil(1))
		e := txn.Evidence()
		if err != nil || txn.Decision() != emv.DeclinedOffline || e.ARC != "Z1" || e.TVR[0] != failedCDA {
			t.Errorf("%v, %v, ARC %s, TVR %X", txn.Decision(), err, e.ARC, e.TVR)
		}
		if e.AC != [8]byte{} || bytes.Contains(txn.FinalICC(), []byte{0x9F, 0x26, 8}) {
			t.Errorf("a cryptogram is told that nobody saw: %X", txn.FinalICC())
		}
	})
	t.Run("ARQC", func(t *testing.T) {
		cfg := authShop()
		cfg.ForceOnline = true
		txn, err := payVirtual(t, cfg, virtual.CDA(), spoil(1))
		e := txn.Evidence()
		if err != nil || txn.Decision() != emv.DeclinedOffline || e.ARC != "Z1" || e.CID != 0x00 || e.TVR[0] != failedCDA {
			t.Errorf("%v, %v, ARC %s, CID %02X, TVR %X\n%s", txn.Decision(), err, e.ARC, e.CID, e.TVR, sayConversation(txn, "en"))
		}
		if txn.ICC() != nil {
			t.Error("there is a request for the issuer")
		}
	})
	for _, c := range []struct {
		name   string
		result func(*testing.T, *emv.Transaction) emv.IssuerResult
		want   emv.Decision
		arc    string
	}{
		{"TC after an approval", func(t *testing.T, txn *emv.Transaction) emv.IssuerResult { return issue(t, txn, "00") }, emv.Declined, "00"},
		{"TC without the issuer", func(*testing.T, *emv.Transaction) emv.IssuerResult { return emv.IssuerResult{UnableOnline: true} }, emv.DeclinedOffline, "Z3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, profile := authShop(), virtual.CDA()
			cfg.ForceOnline = true
			profile.Applications[0].IACDefault = [5]byte{}
			chip, bend := contact(virtual.NewCard(profile)), spoil(2)
			exec := func(command []byte) []byte { return bend(command, chip(command)) }
			txn := start(t, cfg)
			if err := converse(txn, exec); err != nil {
				t.Fatal(err)
			}
			txn.Complete(c.result(t, txn))
			if err := converse(txn, exec); err != nil {
				t.Fatal(err)
			}
			if e := txn.Evidence(); txn.Decision() != c.want || e.ARC != c.arc || e.TVR[0] != failedCDA {
				t.Errorf("%v, ARC %s, TVR %X\n%s", txn.Decision(), e.ARC, e.TVR, sayConversation(txn, "en"))
			}
		})
	}
}

// The strongest card is told step by step, in both languages.
func TestCombinedConversationGolden(t *testing.T) {
	txn, err := payVirtual(t, authShop(), virtual.CDA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "zh"} {
		golden(t, "conversation/combined."+lang+".golden", sayConversation(txn, lang))
	}
}

// A card that promised signed cryptograms and gives one in clear did not prove it.
func TestCryptogramInClear(t *testing.T) {
	for _, format2 := range []bool{false, true} {
		profile := virtual.CDA()
		profile.Applications[0].Format2 = format2
		chip, txn := contact(virtual.NewCard(profile)), start(t, authShop())
		err := converse(txn, func(command []byte) []byte {
			if command[1] == 0xAE {
				command = bytes.Clone(command)
				command[2] &^= 0x10 // the card does not hear that a signature is wanted
			}
			return chip(command)
		})
		e := txn.Evidence()
		if err != nil || txn.Decision() != emv.DeclinedOffline || e.TVR[0] != failedCDA || e.AC == [8]byte{} {
			t.Errorf("%v, %v, TVR %X, cryptogram %X", txn.Decision(), err, e.TVR, e.AC)
		}
	}
}

// What is no answer to INTERNAL AUTHENTICATE ends the transaction (Book 3, 6.3.5 and
// 6.5.9); what is no signature fails the authentication.
func TestInternalAuthenticateAnswers(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		cause        error
	}{
		{"refused", "6985", emv.ErrStatus},
		{"a warning", "80020102" + "6300", emv.ErrStatus},
		{"nothing", "9000", emv.ErrFormat},
		{"no data object", "80FF9000", emv.ErrFormat},
		{"another template", "7000" + "9000", emv.ErrFormat},
		{"a template without the signature", "77039F36009000", emv.ErrMissing},
		{"an empty signature", "80009000", nil},
		{"a signature of two bytes", "77059F4B0201029000", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			txn, err := payVirtual(t, authShop(), virtual.DDA(), func(command, answer []byte) []byte {
				if command[1] == 0x88 {
					return unhex(c.answer)
				}
				return answer
			})
			var fault *emv.Error
			switch {
			case c.cause == nil:
				if err != nil || txn.Evidence().TVR[0] != failedDDA {
					t.Errorf("TVR %X, %v, want a failure of DDA", txn.Evidence().TVR, err)
				}
			case !errors.Is(err, c.cause) || !errors.As(err, &fault) || fault.Step != emv.StepInternalAuth || txn.Decision() != emv.DecisionNone:
				t.Errorf("%v, %v, want %v", txn.Decision(), err, c.cause)
			}
		})
	}
}

// Of the records that the file locator marks those of files 1 to 10 are signed without
// their template, those of the scheme's files with it, and those that are not marked not
// at all (Book 3, 10.3).
func TestSignedRecords(t *testing.T) {
	authority, issuer := rsaKey(t), rsaKey(t)
	chip, cfg := newToy(), authShop()
	cfg.Random = nil
	cfg.FloorLimit = 100_000
	number, err := card.ParsePAN(toyNumber)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := authority.CertifyIssuer(issuer.Public(), number, odatest.Terms{Expires: cfg.Date})
	if err != nil {
		t.Fatal(err)
	}
	const schemes = "70039F5000"
	chip.aip, chip.afl = "4000", "08010201"+"58010101"
	first := strings.TrimSuffix(chip.record(1, 1), "9000")[4:] // without template and status
	signed, err := issuer.SignStatic([2]byte{1, 2}, unhex(first+schemes))
	if err != nil {
		t.Fatal(err)
	}
	chip.objects[emv.TagCAKeyIndex], chip.objects[emv.TagIssuerCertificate] = "01", hex.EncodeToString(cert.Signed)
	chip.objects[emv.TagIssuerRemainder], chip.objects[emv.TagIssuerExponent] = hex.EncodeToString(cert.Remainder), hex.EncodeToString(cert.Exponent)
	chip.objects[emv.TagSSAD] = hex.EncodeToString(signed)
	cfg.CAKeys = keysOf(t, []oda.CAKey{{RID: [5]byte{0xA0, 0, 0, 0, 3}, Index: 1, Key: authority.Public(), Expires: cfg.Date}}, nil)
	for answer, want := range map[string]byte{schemes: selectedSDA, "70039F5001": selectedSDA | failedSDA, "9F5000": selectedSDA | failedSDA, "70049F5000": selectedSDA | failedSDA} {
		chip.bend = func(command []byte, said string) string {
			if command[1] == 0xB2 && command[3]>>3 == 11 {
				return answer + "9000"
			}
			return said
		}
		txn, err := pay(t, cfg, chip)
		if err != nil || txn.Evidence().TVR[0] != want {
			t.Errorf("%s: TVR %X, want %02X, %v", answer, txn.Evidence().TVR, want, err)
		}
		chip.made = 0
	}
}

func rsaKey(t *testing.T) odatest.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	key, err := odatest.NewPrivateKey(k.N.Bytes(), k.D.Bytes(), []byte{1, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	return key
}
