package cli

import (
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// txnView is a transaction as commands show it: the names are a promise to scripts.
type txnView struct {
	ID           till.TxnID       `json:"id"`
	Key          string           `json:"key"`
	Kind         till.Kind        `json:"kind"`
	Outcome      till.Outcome     `json:"outcome"`
	State        till.State       `json:"state"`
	Amount       money.Amount     `json:"amount"`
	Tender       till.Tender      `json:"tender"`
	Entry        till.Entry       `json:"entry,omitempty"`
	STAN         string           `json:"stan"`
	Batch        int              `json:"batch"`
	RRN          string           `json:"rrn,omitempty"`
	AuthCode     string           `json:"auth_code,omitempty"`
	ResponseCode string           `json:"response_code,omitempty"`
	DeclinedBy   till.Who         `json:"declined_by,omitempty"`
	Card         *txnCard         `json:"card,omitempty"`
	Chip         *txnChip         `json:"chip,omitempty"`
	Wallet       *txnWallet       `json:"wallet,omitempty"`
	Original     till.TxnID       `json:"original,omitempty"`
	VoidedBy     till.TxnID       `json:"voided_by,omitempty"`
	Refunded     *money.Amount    `json:"refunded,omitempty"`
	Asked        *money.Amount    `json:"asked,omitempty"`    // of a partial approval
	Left         *money.Amount    `json:"left,omitempty"`     // of a partial approval: still to be paid
	Cashback     *money.Amount    `json:"cashback,omitempty"` // part of amount
	Plan         *till.Plan       `json:"plan,omitempty"`
	Notice       till.Notice      `json:"notice,omitempty"` // why the host is told and not asked
	Tipped       *money.Amount    `json:"tipped,omitempty"`
	Incremented  *money.Amount    `json:"incremented,omitempty"`
	CompletedBy  till.TxnID       `json:"completed_by,omitempty"`
	Decided      *till.Resolution `json:"decided,omitempty"`
	Reversal     *txnReversal     `json:"reversal,omitempty"`
	Ticket       till.TicketID    `json:"ticket,omitempty"` // the sale or return of lines that it pays for
	Staff        till.StaffID     `json:"staff,omitempty"`
	Approver     till.StaffID     `json:"approver,omitempty"`
	Given        *money.Amount    `json:"given,omitempty"`
	Change       *money.Amount    `json:"change,omitempty"`
	Rounding     *money.Amount    `json:"rounding,omitempty"`
	At           time.Time        `json:"at"`
	Terminal     string           `json:"terminal"`
	Merchant     string           `json:"merchant"`
	Replayed     bool             `json:"replayed"`
}

type txnCard struct {
	Masked string `json:"masked"`
	Brand  string `json:"brand,omitempty"`
	Label  string `json:"label,omitempty"`
	AID    string `json:"aid,omitempty"`
}

type txnChip struct {
	Cryptogram     string `json:"cryptogram"`
	CryptogramType string `json:"cryptogram_type"`
	ATC            string `json:"atc"`
	TVR            string `json:"tvr"`
	TSI            string `json:"tsi"`
	CVM            string `json:"cvm,omitempty"`
	ARQCVerified   bool   `json:"arqc_verified"`
	ARPCVerified   bool   `json:"arpc_verified"`

	Scripts []till.ScriptResult `json:"scripts,omitempty"`
}

// txnWallet is the order behind a payment by code, at the gateway's.
type txnWallet struct {
	Order        string          `json:"order"`
	Flow         till.Flow       `json:"flow"`
	State        till.OrderState `json:"state"`
	TradeNo      string          `json:"trade_no,omitempty"`
	Provider     string          `json:"provider,omitempty"`
	RefundNumber string          `json:"refund_number,omitempty"`
	Reason       till.Reason     `json:"reason,omitempty"`
	RefusedCode  string          `json:"refused_code,omitempty"`
	RefusedWords string          `json:"refused_words,omitempty"`
}

type txnReversal struct {
	Reason   till.Reason `json:"reason"`
	Attempts int         `json:"attempts"`
	State    string      `json:"state"` // queued, acknowledged or exception
}

func viewTxn(t till.Txn) txnView {
	v := txnView{
		ID: t.ID, Key: t.Key, Kind: t.Kind, Outcome: t.Outcome(), State: t.State, Amount: t.Amount,
		Tender: t.Tender, Entry: t.Entry, STAN: t.STAN.String(), Batch: t.Batch,
		RRN: t.RRN, AuthCode: t.AuthCode, ResponseCode: t.ResponseCode, DeclinedBy: t.DeclinedBy,
		Original: t.Original, VoidedBy: t.VoidedBy, At: t.At, Terminal: t.Terminal, Merchant: t.Merchant,
	}
	if t.Card != nil {
		v.Card = &txnCard{Masked: t.Card.Masked, Brand: t.Card.Brand, Label: t.Card.Label, AID: t.Card.AID}
	}
	if c := t.Chip; c != nil {
		v.Chip = &txnChip{
			Cryptogram: c.Cryptogram, CryptogramType: c.CryptogramType, ATC: c.ATC, TVR: c.TVR, TSI: c.TSI, CVM: c.CVM,
			ARQCVerified: c.ARQCVerified, ARPCVerified: c.ARPCVerified, Scripts: c.Scripts,
		}
	}
	if o := t.Wallet; o != nil {
		v.Wallet = &txnWallet{
			Order: o.Number, Flow: o.Flow, State: o.State, TradeNo: o.TradeNo, Provider: o.Provider, RefundNumber: o.RefundNumber,
			Reason: o.Reason, RefusedCode: o.RefusedCode, RefusedWords: o.RefusedWords,
		}
	}
	v.Ticket, v.Staff, v.Approver = t.Ticket, t.Staff, t.Approver
	v.Given, v.Change, v.Rounding = amountOrNil(t.Given), amountOrNil(t.Change()), amountOrNil(t.Rounding)
	if !t.Refunded.IsZero() {
		v.Refunded = &t.Refunded
	}
	v.Cashback, v.Tipped, v.Incremented = amountOrNil(t.Cashback), amountOrNil(t.Tipped), amountOrNil(t.Incremented)
	if v.Asked = amountOrNil(t.Asked); v.Asked != nil {
		v.Left = amountOrNil(t.Unmet())
	}
	v.Plan, v.Notice, v.CompletedBy, v.Decided = t.Plan, t.Notice, t.CompletedBy, t.Decided
	if t.Reason != "" && isUndone(t) {
		v.Reversal = &txnReversal{Reason: t.Reason, Attempts: t.Attempts, State: reversalState(t.State)}
	}
	return v
}

// isUndone reports a transaction whose reason is that of a reversal. An order of a
// wallet has one as well when it is looked for or was closed, and then nothing is undone.
func isUndone(t till.Txn) bool {
	return t.Wallet == nil || t.State == till.Reversing || t.State == till.Reversed
}

func viewTxns(txns []till.Txn) []txnView {
	views := make([]txnView, len(txns))
	for i, t := range txns {
		views[i] = viewTxn(t)
	}
	return views
}

func reversalState(s till.State) string {
	switch s {
	case till.Reversed:
		return "acknowledged"
	case till.Exception:
		return "exception"
	default:
	}
	return "queued"
}
