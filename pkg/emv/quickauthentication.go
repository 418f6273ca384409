package emv

import (
	"bytes"
	"errors"
	"slices"

	"github.com/tillworks/till/pkg/emv/oda"
)

// errCardAuthData is a card whose data on its signature are not those of version 01.
var errCardAuthData = errors.New("the card authentication related data are not of version 01")

// authenticateQuick is fast dynamic data authentication (Book C-3, 5.6 and annex C): an
// approval offline stands only if the card signed this transaction with its key.
func (r *run) authenticateQuick() bool {
	r.begin(StepAuthenticateData)
	r.auth.method = authDDA
	if r.card[TagAIP][0]&aipDDA == 0 || r.cfg.Capabilities[2]&capDDA == 0 {
		r.note("No method in common with the card", "与卡片无共同的认证方法")
		return false
	}
	r.note("Fast dynamic data authentication", "快速动态数据认证（fDDA）")
	err := r.verifyQuickSignature()
	r.endAuthentication(err)
	return err == nil
}

// verifyQuickSignature verifies the signature that came with the options or in a record:
// it covers the unpredictable number, amount and currency, and what the card says of
// itself.
func (r *run) verifyQuickSignature() error {
	related, ok := r.card[TagCardAuthData]
	switch {
	case !ok:
		return missing(StepAuthenticateData, TagCardAuthData)
	case related[0] != 0x01:
		return errCardAuthData
	case len(r.card[TagSignedDynamic]) == 0:
		return missing(StepAuthenticateData, TagSignedDynamic)
	}
	icc, err := r.iccKey()
	if err != nil {
		return err
	}
	asked := slices.Concat(r.terminal[TagUnpredictableNumber], r.terminal[TagAmount], r.terminal[TagCurrency], related)
	number, err := oda.VerifyDynamic(icc, r.card[TagSignedDynamic], asked)
	if err == nil {
		r.card[TagICCDynamicNumber] = bytes.Clone(number)
	}
	return err
}
