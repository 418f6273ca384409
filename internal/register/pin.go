package register

import (
	"context"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/money"
)

// PINPad takes a PIN from the cardholder, for the card to check. A PIN counts with
// [emv.PINEntered] alone. Where the context ends, it gives [emv.PINCancelled].
type PINPad func(ctx context.Context, ask PINRequest) (card.Secret, emv.PINEntry)

// PINRequest is what the cardholder sees where a PIN is asked for.
type PINRequest struct {
	Amount money.Amount // what the PIN agrees to
	Issuer bool         // the issuer checks it, not the card
	emv.PINRequest
}

// pinPatience is how long a cardholder may take over a PIN. It is the terminal that gives
// up first: a card that stands under power while nobody comes back is open to anybody.
const pinPatience = time.Minute

// Bits of terminal capabilities, second byte (EMV Book 4, annex A2).
const (
	signatureOrNothing = 0x28
	plaintextPIN       = 0x80
	encipheredPIN      = 0x10
	onlinePIN          = 0x40
)

// verification is what this terminal can do to verify a cardholder: signature or nothing,
// and a PIN that the card checks where there is a PIN pad.
func (r *Register) verification() byte {
	if r.cfg.PINPad == nil {
		return signatureOrNothing
	}
	if r.cfg.Policy.PIN {
		return signatureOrNothing | plaintextPIN | encipheredPIN | onlinePIN
	}
	return signatureOrNothing | plaintextPIN | encipheredPIN
}

// takesOnlinePIN reports a till with a PIN pad at a host that checks PINs.
func (r *Register) takesOnlinePIN() bool { return r.cfg.PINPad != nil && r.cfg.Policy.PIN }

// askIssuerPIN asks for a PIN that goes to the issuer with the request.
func (a *attempt) askIssuerPIN(ctx context.Context, t till.Txn) emv.PINEntry {
	a.r.observe(WaitingForPIN, t)
	asking, cancel := context.WithTimeout(ctx, pinPatience)
	defer cancel()
	pin, entry := a.r.cfg.PINPad(asking, PINRequest{Amount: t.Amount, Issuer: true})
	if entry == emv.PINEntered {
		a.pin = pin
	}
	return entry
}

// stripePIN asks for the PIN that the service code of a stripe demands (ISO/IEC 7813,
// third digit), where the host takes one. Who gives none signs.
func (a *attempt) stripePIN(ctx context.Context, t till.Txn, code card.ServiceCode) error {
	if !a.r.takesOnlinePIN() || !code.PINRequired() {
		return nil
	}
	if a.askIssuerPIN(ctx, t) == emv.PINCancelled {
		return pinGivenUp(emv.ErrPINCancelled)
	}
	return nil
}

// askPIN is the PIN pad as a transaction asks it, or nil where there is none.
func (r *Register) askPIN(ctx context.Context, t till.Txn) func(emv.PINRequest) (card.Secret, emv.PINEntry) {
	if r.cfg.PINPad == nil {
		return nil
	}
	return func(q emv.PINRequest) (card.Secret, emv.PINEntry) {
		r.observe(WaitingForPIN, t)
		asking, cancel := context.WithTimeout(ctx, pinPatience)
		defer cancel()
		return r.cfg.PINPad(asking, PINRequest{Amount: t.Amount, PINRequest: q})
	}
}

// pinGivenUp is a cardholder, or whoever stands for one, who gave no PIN in the end.
func pinGivenUp(cause error) error {
	return &till.Problem{
		Code: till.CodeNotPermitted, Cause: cause,
		What: i18n.T("the PIN was not entered; nothing was sent", "未输入 PIN；未发送任何数据").With(),
		Hint: i18n.T("start the sale again, or take another card", "请重新开始交易，或换一张卡").With(),
	}
}

// pinUnusable is something else than a PIN where one was asked for.
func pinUnusable(cause error) error {
	return &till.Problem{
		Code: till.CodeUsage, Cause: cause,
		What: i18n.T("what was given as the PIN is none; the card was not asked", "所给 PIN 无效；未向卡片验证").With(),
		Hint: i18n.T("a file with a PIN holds its digits and the end of a line, nothing else", "PIN 文件只应包含数字和换行").With(),
	}
}
