package hostsim

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// sale asks the acquirer's rules, then the issuer of the card.
func (h *Host) sale(r request) (decision, error) {
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
	c, err := h.readChip(r)
	if err != nil {
		// Its error names tags and lengths and never a value.
		return decline(codeDoNotHonour, "chip: "+err.Error()), nil
	}
	d := h.issue(r, rule)
	d.icc, err = c.authenticate(d.code)
	return d, err
}

// issue is the issuer's word on a card that is what it says.
func (h *Host) issue(r request, rule Rule) decision {
	now := h.now()
	switch {
	case r.card.expiry.Before(now.Year(), int(now.Month())):
		return decline(codeExpired, "the card is expired")
	case rule.Code != "":
		return decline(rule.Code, "rule of the lab")
	}
	return approve(nil)
}

// chip is a card that proved itself by its cryptogram.
type chip struct {
	version ac.CVN
	key     ac.Key
	counter uint16
	arqc    [8]byte
}

// Causes of a chip that is refused; the ledger keeps their texts as the reason.
var (
	errNoRequest = errors.New("no request cryptogram (ARQC)")
	errVersion   = errors.New("cryptogram version neither 10 nor 18")
	errOtherSale = errors.New("the cryptogram covers another amount or currency")
)

// readChip takes field 55 apart and verifies the cryptogram in it: under the key
// derived from the card's number and sequence number, over the data that field 55
// repeats, for the amount that field 4 asks for.
func (h *Host) readChip(r request) (chip, error) {
	tree, err := emv.Parse(r.icc, emv.Strict)
	if err != nil {
		return chip{}, err
	}
	value := func(tag emv.Tag) []byte { return tree.Value(tag) }
	in, err := ac.FromValues(value)
	if err != nil {
		return chip{}, err
	}
	c := chip{counter: in.ATC}
	var known bool
	if c.version, known = ac.DetectCVN(in.IAD); !known {
		return chip{}, errVersion
	}
	if copy(c.arqc[:], value(emv.TagAC)) != len(c.arqc) || !isARQC(value(emv.TagCID)) {
		return chip{}, errNoRequest
	}
	if c.key, err = ac.ICCMasterKey(h.masterKey, r.card.pan, r.card.psn); err != nil {
		return chip{}, err
	}
	if err := ac.VerifyARQC(c.version, c.key, in, c.arqc[:]); err != nil {
		return chip{}, err
	}
	if !coversSale(r, value) {
		return chip{}, errOtherSale
	}
	return c, nil
}

// isARQC reads cryptogram information data, tag 9F27: bits 8 and 7 are 10.
func isARQC(info []byte) bool { return len(info) == 1 && info[0]&0xC0 == 0x80 }

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
	if code == codeApproved {
		update = ac.Approve()
	}
	data, err := ac.IssuerAuthData(c.version, c.key, c.counter, c.arqc, code, update)
	if err != nil {
		return nil, fmt.Errorf("issuer authentication data: %w", err)
	}
	return emv.AppendTLV(nil, emv.TagIssuerAuthData, data), nil
}
