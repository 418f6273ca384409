package hostsim

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/cvv"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/money"
)

// ask asks the acquirer's rules, then the issuer of the card: of a sale, a
// pre-authorization or a cash advance.
func (h *Host) ask(r request) (decision, error) {
	rule := h.rule(r)
	if rule.Acquirer {
		return decline(rule.Code, "rule of the lab"), nil
	}
	if !r.card.pan.IsPublishedTest() {
		return decline(codeNoSuchCard, "not a published test card"), nil
	}
	if len(r.icc) == 0 {
		return h.issue(r, rule), nil
	}
	c, err := h.readChip(r, isARQC)
	if err != nil {
		// Its error names tags and lengths and never a value.
		return decline(codeDoNotHonour, chipReason+err.Error()), nil
	}
	d := h.issue(r, rule)
	if isApproval(d.code) && c.noPINTriesLeft() {
		d = decline(codePINTries, "the card takes no more PINs")
	}
	if d.icc, err = c.authenticate(d.code); err != nil {
		return decision{}, err
	}
	script, err := c.order(rule)
	d.icc = append(d.icc, script...)
	return d, err
}

// chipReason begins the reason of an entry whose card did not prove itself.
const chipReason = "chip: "

// cardAuthentication is the card authentication result of an answer: 2 where the
// request cryptogram was checked and is right, 1 where it was checked and is wrong,
// nothing where it was not checked. Who is right gets the proof of its issuer.
func cardAuthentication(icc []byte, reason string) string {
	switch {
	case len(icc) > 0:
		return "2"
	case strings.HasPrefix(reason, chipReason):
		return "1"
	}
	return ""
}

// issue is the issuer's word on a card that is what it says.
func (h *Host) issue(r request, rule Rule) decision {
	now := h.now()
	switch {
	case r.card.expiry.Before(now.Year(), int(now.Month())):
		return decline(codeExpired, "the card is expired")
	case !isPrinted(r):
		return decline(codeWrongCVV2, "wrong CVV2")
	}
	d := r.checkPIN()
	switch {
	case d.code != "":
		return d
	case rule.Code != "":
		return decline(rule.Code, "rule of the lab")
	case rule.Partial:
		d.code, d.part = codePartial, money.New(r.amount.Minor()/2, r.amount.Currency())
		return d
	case rule.Script == UnblockPIN:
		d.pin = pinGivenBack // with those of the chip
	}
	d.code = codeApproved
	return d
}

// isPrinted checks the verification value that is printed on a card, where one was sent.
func isPrinted(r request) bool {
	if r.cvv2.IsZero() {
		return true
	}
	want, err := CVV2(r.card.pan, r.card.expiry)
	return err == nil && want.Equal(r.cvv2)
}

// CVV2 is the verification value, three digits, that the lab's issuers print on a card with
// this number and expiry: under a public test key, with the expiry as MMYY.
func CVV2(pan card.PAN, expiry card.Expiry) (card.Secret, error) {
	k, err := key.Parse(key.TDES, "0123456789ABCDEFFEDCBA9876543210")
	if err != nil {
		return card.Secret{}, err
	}
	if len(expiry) != 4 {
		return card.Secret{}, cvv.ErrInput
	}
	return cvv.Compute(k, pan, string(expiry[2:]+expiry[:2]), cvv.ServicePrint)
}

// chip is a card that proved itself by its cryptogram.
type chip struct {
	version ac.CVN
	keys    ac.ScriptKeys
	signed  ac.Input
	results [5]byte // terminal verification results, tag 95, as the card signed them
	arqc    [8]byte
}

// noPINTriesLeft reads the terminal verification results under the cryptogram: bit 6 of
// byte 3 says that the card blocked its PIN, be it in this sale or before (EMV 4.4 Book 3,
// annex C5). An issuer that approved all the same would hand the card to whoever guesses.
func (c chip) noPINTriesLeft() bool { return c.results[2]&0x20 != 0 }

// Causes of a chip that is refused; the ledger keeps their texts as the reason.
var (
	errOtherCryptogram = errors.New("no request cryptogram (ARQC) where one is asked for, or no TC where one is told")
	errVersion         = errors.New("cryptogram version not known")
	errOtherSale       = errors.New("the cryptogram covers another amount or currency")
)

// readChip takes field 55 apart and verifies the cryptogram in it, which must be of the
// wanted kind: under the key derived from the card's number and sequence number, over the
// data that field 55 repeats, for the amount that field 4 asks for.
func (h *Host) readChip(r request, isWanted func(info []byte) bool) (chip, error) {
	tree, err := emv.Parse(r.icc, emv.Strict)
	if err != nil {
		return chip{}, err
	}
	value := func(tag emv.Tag) []byte { return tree.Value(tag) }
	in, err := ac.FromValues(value)
	if err != nil {
		return chip{}, err
	}
	c := chip{signed: in, results: [5]byte(value(emv.TagTVR))} // of a length that was checked
	var known bool
	if c.version, known = ac.Detect(value(emv.TagDFName), in.IAD); !known {
		return chip{}, errVersion
	}
	if copy(c.arqc[:], value(emv.TagAC)) != len(c.arqc) || !isWanted(value(emv.TagCID)) {
		return chip{}, errOtherCryptogram
	}
	if c.keys, err = h.keysOf(c.version, r.card.pan, r.card.psn); err != nil {
		return chip{}, err
	}
	if err := ac.VerifyARQC(c.version, c.keys.Cryptogram, in, c.arqc[:]); err != nil {
		return chip{}, err
	}
	if !coversSale(r, value) {
		return chip{}, errOtherSale
	}
	return c, nil
}

// isARQC reads cryptogram information data, tag 9F27: bits 8 and 7 are 10.
func isARQC(info []byte) bool { return len(info) == 1 && info[0]&0xC0 == 0x80 }

// isTC reads cryptogram information data: bits 8 and 7 are 01.
func isTC(info []byte) bool { return len(info) == 1 && info[0]&0xC0 == 0x40 }

// coversSale compares the amount and the currency under the cryptogram with those of
// the message.
func coversSale(r request, value func(emv.Tag) []byte) bool {
	amount := fmt.Sprintf("%012d", r.amount.Minor())
	currency := "0" + r.amount.Currency().Number()
	return hex.EncodeToString(value(emv.TagAmount)) == amount && hex.EncodeToString(value(emv.TagCurrency)) == currency
}

// authenticate is field 55 of the answer: issuer authentication data, tag 91, by which
// the card knows that its issuer gave this response code.
func (c chip) authenticate(code string) ([]byte, error) {
	update := ac.Decline()
	if isApproval(code) {
		update = ac.Approve()
	}
	data, err := ac.IssuerAuthData(c.version, c.keys.Cryptogram, c.signed, c.arqc, code, update)
	if err != nil {
		return nil, fmt.Errorf("issuer authentication data: %w", err)
	}
	return emv.AppendTLV(nil, emv.TagIssuerAuthData, data), nil
}
