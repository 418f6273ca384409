package register

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
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
	if s.Txn.Entry != till.Chip {
		_ = chip.Close()
		return terminal.CardRead{}, wrongEntry(s.Txn.Entry)
	}
	a.chip = &chipSession{chip: chip}
	tx, err := emv.NewTransaction(a.r.emvConfig(s.Txn))
	if err != nil {
		return terminal.CardRead{}, chipProblem(err)
	}
	a.chip.tx = tx
	if err := a.chip.talk(ctx); err != nil {
		return terminal.CardRead{}, chipProblem(err)
	}
	data := tx.Card()
	if err := a.r.permit(data.PAN); err != nil {
		return terminal.CardRead{}, err
	}
	return terminal.CardRead{
		Card: till.CardData{
			PAN: data.PAN, Expiry: data.Expiry, ServiceCode: data.ServiceCode, PSN: data.PSN,
			Brand: string(data.PAN.Brand()), AID: strings.ToUpper(hex.EncodeToString(data.AID)), Label: data.Label, ICC: tx.ICC(),
		},
		Chip:     a.chip.evidence(),
		Declined: tx.Decision() != emv.GoOnline,
	}, nil
}

// completeCard tells the card what the host said and lets it have the last word. A
// card that is gone or talks nonsense has not approved.
func (a *attempt) completeCard(ctx context.Context, s terminal.State, answer till.Answer) ([]terminal.Event, error) {
	a.r.observe(CardCompleting, s.Txn)
	done := terminal.CardCompleted{}
	issuer, err := emv.ParseIssuerResult(answer.ResponseCode, answer.ICC)
	if err == nil {
		a.chip.tx.Complete(issuer)
		err = a.chip.talk(ctx)
	}
	if err == nil {
		done.Approved = a.chip.tx.Decision() == emv.Approved
	}
	done.Chip = a.chip.evidence()
	return []terminal.Event{done}, nil
}

// talk carries commands and responses until the transaction wants something else.
func (c *chipSession) talk(ctx context.Context) error {
	var response []byte
	for {
		command, more, err := c.tx.Next(response)
		if err != nil || !more {
			return err
		}
		sending, cancel := context.WithTimeout(ctx, cardTimeout)
		response, err = c.chip.Transmit(sending, command)
		cancel()
		if err != nil {
			return err
		}
	}
}

func (c *chipSession) close() { _ = c.chip.Close() }

// evidence is what the conversation has come to, as the journal keeps it.
func (c *chipSession) evidence() *till.ChipEvidence {
	e := c.tx.Evidence()
	text := func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
	return &till.ChipEvidence{
		Cryptogram: text(e.AC[:]), CryptogramType: cryptogramType(e.CID), ATC: fmt.Sprintf("%04X", e.ATC),
		TVR: text(e.TVR[:]), TSI: text(e.TSI[:]), IAD: text(e.IAD), CVM: text(e.CVMResults[:]), ARQC: text(e.ARQC[:]),
		ARPCVerified: e.IssuerAuth == emv.IssuerAuthPassed,
	}
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

// emvConfig is this terminal for the chip: attended by the merchant, online capable
// (terminal type 22), contact chip and stripe, signature or no verification, no PIN
// pad, every sale sent to the host.
func (r *Register) emvConfig(t till.Txn) emv.Config {
	currency, _ := strconv.ParseUint(r.cfg.Currency.Number(), 10, 16) // three digits always fit
	return emv.Config{
		Amount: t.Amount.Minor(), Currency: uint16(currency), CurrencyExponent: uint8(r.cfg.Currency.Exponent()),
		Country: r.cfg.Country, TerminalType: 0x22,
		Capabilities:           [3]byte{0xE0, 0x28, 0x00},
		AdditionalCapabilities: [5]byte{0x70, 0x00, 0xB0, 0xB0, 0x01},
		TerminalID:             r.cfg.Terminal, MerchantID: r.cfg.Merchant, MCC: r.cfg.Category,
		Date: t.At, Random: r.cfg.Random, ForceOnline: true, AIDs: applications(),
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

// chipProblem is a conversation that broke before the host was asked.
func chipProblem(cause error) error {
	var known *till.Problem
	switch {
	case errors.As(cause, &known), errors.Is(cause, context.Canceled):
		return cause
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
