package register

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/reader"
)

// chipSession is the conversation with one chip, from its first SELECT to its second
// GENERATE AC. Package emv decides each command; this carries the bytes.
type chipSession struct {
	chip reader.Chip
	tx   *emv.Transaction
}

// readChip talks to the card up to its first cryptogram.
func (a *attempt) readChip(ctx context.Context, s terminal.State, chip reader.Chip) (terminal.CardRead, error) {
	if s.Txn.Entry != entryOf(chip) {
		_ = chip.Close()
		return terminal.CardRead{}, wrongEntry(s.Txn.Entry)
	}
	a.chip = &chipSession{chip: chip}
	cfg, err := a.emvConfig(ctx, s.Txn)
	if err != nil {
		return terminal.CardRead{}, err
	}
	tx, err := emv.NewTransaction(cfg)
	if err != nil {
		return terminal.CardRead{}, chipProblem(err)
	}
	a.chip.tx = tx
	if err := a.chip.talk(ctx, a.r.cardTimeout()); err != nil {
		return terminal.CardRead{}, chipProblem(errors.Join(ctx.Err(), err))
	}
	asked := tx.Decision() == emv.GoOnline
	if err := a.goOffline(ctx); err != nil {
		return terminal.CardRead{}, chipProblem(errors.Join(ctx.Err(), err))
	}
	data := tx.Card()
	if err := a.r.permit(data.PAN); err != nil {
		return terminal.CardRead{}, err
	}
	code := a.offlineCode(asked)
	evidence := a.chip.evidence()
	if code != "" || a.r.cfg.Policy.Batch.Confirm {
		evidence.Data = a.chip.data()
	}
	return terminal.CardRead{
		Card: till.CardData{
			PIN: a.pin,
			PAN: data.PAN, Expiry: data.Expiry, ServiceCode: data.ServiceCode, PSN: data.PSN,
			Brand: string(data.PAN.Brand()), AID: strings.ToUpper(hex.EncodeToString(data.AID)), Label: data.Label, ICC: tx.ICC(),
		},
		Chip:    evidence,
		Offline: code != "", Code: code,
		Declined: code == "" && (a.offline || tx.Decision() != emv.GoOnline),
	}, nil
}

// completeCard tells the card what the host said and lets it have the last word. A
// card that is gone or talks nonsense has not approved. One that was held to the reader
// may be gone: there the host has the last word, and the card is told if it is still
// there.
func (a *attempt) completeCard(ctx context.Context, s terminal.State, answer till.Answer) ([]terminal.Event, error) {
	a.r.observe(CardCompleting, s.Txn)
	done := terminal.CardCompleted{}
	issuer, err := emv.ParseIssuerResult(answer.ResponseCode, answer.ICC)
	if err != nil && s.Txn.Entry == till.Tap {
		issuer, err = emv.IssuerResult{ARC: answer.ResponseCode}, nil
	}
	if err == nil {
		a.chip.tx.Complete(issuer)
		_ = a.chip.talk(ctx, a.r.cardTimeout()) // what breaks before the last word leaves no approval, what breaks after it changes none
	}
	done.Approved = a.chip.tx.Decision() == emv.Approved
	done.Chip = a.chip.evidence()
	if policy := a.r.cfg.Policy; policy.Batch.Confirm || policy.Scripts && len(done.Chip.Scripts) > 0 {
		done.Chip.Data = a.chip.data()
	}
	return []terminal.Event{done}, nil
}

// talk carries commands and responses until the transaction wants something else.
func (c *chipSession) talk(ctx context.Context, patience time.Duration) error {
	var response []byte
	for {
		command, more, err := c.tx.Next(response)
		if err != nil || !more {
			return err
		}
		sending, cancel := context.WithTimeout(ctx, patience)
		response, err = c.chip.Transmit(sending, command)
		cancel()
		if err != nil {
			return err
		}
	}
}

func (c *chipSession) close() { _ = c.chip.Close() }

// data is field 55 with the card's last cryptogram, for what the host is told afterwards.
func (c *chipSession) data() string { return strings.ToUpper(hex.EncodeToString(c.tx.FinalICC())) }

// evidence is what the conversation has come to, as the journal keeps it.
func (c *chipSession) evidence() *till.ChipEvidence {
	e := c.tx.Evidence()
	text := func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
	return &till.ChipEvidence{
		Cryptogram: text(e.AC[:]), CryptogramType: cryptogramType(e.CID), ATC: fmt.Sprintf("%04X", e.ATC),
		TVR: text(e.TVR[:]), TSI: text(e.TSI[:]), IAD: text(e.IAD), CVM: text(e.CVMResults[:]), ARQC: text(e.ARQC[:]),
		ARPCVerified: issuerAuth(e) == emv.IssuerAuthPassed, Scripts: scriptResults(e.Scripts),
	}
}

// issuerAuth is what the card made of the issuer's answer: of EXTERNAL AUTHENTICATE, or
// of what it checked within its second GENERATE AC.
func issuerAuth(e emv.Evidence) emv.IssuerAuth {
	if e.IssuerAuth != emv.IssuerAuthNone || e.AC == e.ARQC {
		return e.IssuerAuth
	}
	return ac.IssuerAuthentication(e.AID, e.IAD)
}

func scriptResults(scripts []emv.ScriptResult) []till.ScriptResult {
	var results []till.ScriptResult
	for _, s := range scripts {
		results = append(results, till.ScriptResult{
			ID: fmt.Sprintf("%08X", s.ID), Template: fmt.Sprintf("%X", uint32(s.Template)),
			Commands: s.Commands, Done: s.Done, Result: fmt.Sprintf("%X", s.Append(nil)),
		})
	}
	return results
}

// cryptogramType is the first two bits of the cryptogram information data (EMV Book 3,
// table 15).
func cryptogramType(cid byte) string {
	switch cid >> 6 {
	case 0:
		return "AAC"
	case 1:
		return "TC"
	case 2:
		return "ARQC"
	}
	return ""
}

// entryOf is how a chip came in.
func entryOf(chip reader.Chip) till.Entry {
	if chip.Contactless() {
		return till.Tap
	}
	return till.Chip
}

// emvConfig is this terminal for one transaction: with a PIN for the issuer where the host
// takes one, and with the card's own decision where the host cannot be reached.
func (a *attempt) emvConfig(ctx context.Context, t till.Txn) (emv.Config, error) {
	cfg, err := a.r.emvConfig(ctx, t)
	if a.offline {
		cfg.ForceOnline, cfg.FloorLimit = false, t.Amount.Minor()+1
	}
	if a.r.takesOnlinePIN() {
		cfg.OnlinePIN = func() emv.PINEntry { return a.askIssuerPIN(ctx, t) }
	}
	return cfg, err
}

// emvConfig is this terminal for the chip: attended by the merchant, online capable
// (terminal type 22), contact chip and stripe, a PIN pad where there is one, offline data
// authentication where there are keys for it, every sale sent to the host.
func (r *Register) emvConfig(ctx context.Context, t till.Txn) (emv.Config, error) {
	currency, _ := strconv.ParseUint(r.cfg.Currency.Number(), 10, 16) // three digits always fit
	cfg := emv.Config{
		Amount: t.Amount.Minor(), Other: t.Cashback.Minor(), TransactionType: transactionType(t), Currency: uint16(currency), CurrencyExponent: uint8(r.cfg.Currency.Exponent()),
		Country: r.cfg.Country, TerminalType: 0x22,
		Capabilities:           [3]byte{0xE0, r.verification(), 0x00},
		AdditionalCapabilities: [5]byte{0x70, 0x00, 0xB0, 0xB0, 0x01},
		TerminalID:             r.cfg.Terminal, MerchantID: r.cfg.Merchant, MCC: r.cfg.Category,
		Date: t.At, Random: r.cfg.Random, ForceOnline: true, AIDs: applications(), OfflinePIN: r.askPIN(ctx, t),
	}
	if t.Entry == till.Tap {
		cfg.Contactless = r.contactless()
	}
	if r.cfg.Choose != nil {
		cfg.Choose = func(from []emv.Candidate) int { return r.cfg.Choose(ctx, from) }
	}
	keys, err := r.caKeys()
	if keys.Len() > 0 {
		cfg.CAKeys, cfg.Capabilities[2] = keys, authenticatesData
	}
	return cfg, err
}

// transactionType is tag 9C: the first two digits of the processing code.
func transactionType(t till.Txn) byte {
	switch {
	case t.Kind == till.CashAdvance:
		return 0x01
	case !t.Cashback.IsZero():
		return 0x09
	}
	return 0x00
}

// authenticatesData is SDA, DDA and CDA in the third byte of the terminal's capabilities
// (EMV Book 4, annex A2).
const authenticatesData = 0xC8

func (r *Register) caKeys() (*oda.Keys, error) {
	if r.cfg.CAKeys == nil {
		return nil, nil
	}
	return r.cfg.CAKeys()
}

// contactless is this terminal for a card that is held to it: the chip and no magnetic
// stripe mode, signature or the cardholder's own device, contacts beside it, and the
// issuer's answer is told to a card that is still there.
func (r *Register) contactless() *emv.Contactless {
	return &emv.Contactless{
		Qualifiers: [4]byte{0x32, 0x00, 0xC0, 0x00},
		Limits:     emv.ContactlessLimits{Transaction: r.cfg.Tap.Insert.Minor(), CVM: r.cfg.Tap.Verify.Minor()},
	}
}

// applications are the schemes that the terminal takes, by their registered prefixes
// (EMVCo's list of registered application provider identifiers).
func applications() []emv.AID {
	ids := [][]byte{
		{0xA0, 0, 0, 0, 0x03, 0x10, 0x10},    // Visa credit or debit
		{0xA0, 0, 0, 0, 0x03, 0x20, 0x10},    // Visa Electron
		{0xA0, 0, 0, 0, 0x03, 0x20, 0x20},    // V PAY
		{0xA0, 0, 0, 0, 0x04, 0x10, 0x10},    // Mastercard
		{0xA0, 0, 0, 0, 0x04, 0x30, 0x60},    // Maestro
		{0xA0, 0, 0, 0x03, 0x33, 0x01, 0x01}, // UnionPay
		{0xA0, 0, 0, 0, 0x25, 0x01},          // American Express
		{0xA0, 0, 0, 0, 0x65, 0x10, 0x10},    // JCB
		{0xA0, 0, 0, 0x01, 0x52, 0x30, 0x10}, // Discover
	}
	aids := make([]emv.AID, len(ids))
	for i, id := range ids {
		aids[i] = emv.AID{ID: id, Partial: true}
	}
	return aids
}

// mustInsert is a sale that is not possible without contacts.
func mustInsert(cause error) error {
	return &till.Problem{
		Code: till.CodeNotPermitted, Cause: cause,
		What: i18n.T("this sale is not possible contactless: insert the card; nothing was sent", "此交易不能挥卡：请插卡；未发送任何数据").With(),
		Hint: i18n.T("use --entry chip", "请使用 --entry chip").With(),
	}
}

// chipProblem is a conversation that broke before the host was asked.
func chipProblem(cause error) error {
	var known *till.Problem
	switch {
	case errors.As(cause, &known), errors.Is(cause, context.Canceled):
		return cause
	case errors.Is(cause, emv.ErrCancelled):
		return &till.Problem{
			Code: till.CodeNotPermitted, Cause: cause,
			What: i18n.T("no application of the card was chosen; nothing was sent", "未选择卡片应用；未发送任何数据").With(),
			Hint: i18n.T("start the sale again where the cardholder can choose: without --no-input, at a terminal", "请在持卡人可以选择的地方重新开始交易：在终端中且不使用 --no-input").With(),
		}
	case errors.Is(cause, emv.ErrPINCancelled):
		return pinGivenUp(cause)
	case errors.Is(cause, emv.ErrPIN):
		return pinUnusable(cause)
	case errors.Is(cause, emv.ErrUseContacts), errors.Is(cause, emv.ErrMagstripe):
		return mustInsert(cause)
	case errors.Is(cause, emv.ErrSeePhone):
		return &till.Problem{
			Code: till.CodeNoDevice, Cause: cause,
			What: i18n.T("the phone wants its holder first; nothing was sent", "需先在手机上操作；未发送任何数据").With(),
			Hint: i18n.T("ask to unlock it as its screen says, and start the sale again", "请顾客按手机屏幕提示解锁，然后重新开始交易").With(),
		}
	case errors.Is(cause, context.DeadlineExceeded):
		return &till.Problem{
			Code: till.CodeNoDevice, Cause: cause,
			What: i18n.T("the chip did not answer in time; nothing was sent", "芯片未及时应答；未发送任何数据").With(),
			Hint: i18n.T("take the card out, clean its chip and start the sale again, or ask for another card", "请取出卡片、擦净芯片后重新开始交易，或换一张卡").With(),
		}
	case errors.Is(cause, reader.ErrNoReader):
		return noDevice(cause)
	case errors.Is(cause, reader.ErrRemoved):
		return &till.Problem{
			Code: till.CodeNoDevice, Cause: cause,
			What: i18n.T("the card was removed too early; nothing was sent", "卡片过早取出；未发送任何数据").With(),
			Hint: i18n.T("start the sale again and leave the card in the reader", "请重新开始交易，并将卡片留在读卡器中").With(),
		}
	}
	return &till.Problem{
		Code: till.CodeNoDevice, Cause: cause,
		What: i18n.T("the chip cannot be used for this sale; nothing was sent", "芯片无法用于此交易；未发送任何数据").With(),
		Hint: i18n.T("till card read --steps shows the conversation; ask for another card", "till card read --steps 显示交互过程；请换一张卡").With(),
	}
}
