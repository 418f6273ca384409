package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// The paths, one for each method of [wallet.Gateway]; all are asked by POST.
const (
	PathCreate      = "/v1/create"
	PathSubmit      = "/v1/submit"
	PathQuery       = "/v1/query"
	PathClose       = "/v1/close"
	PathRefund      = "/v1/refund"
	PathQueryRefund = "/v1/query-refund"
)

// Question is the body of a request.
type Question struct {
	Merchant     string       `json:"merchant"`
	Terminal     string       `json:"terminal"`
	Batch        int          `json:"batch"`
	Number       string       `json:"number"`
	RefundNumber string       `json:"refund_number,omitempty"`
	Flow         wallet.Flow  `json:"flow"`
	Amount       money.Amount `json:"amount"`
	Subject      string       `json:"subject,omitempty"`
	NotifyURL    string       `json:"notify_url,omitempty"`
	ExpiresAt    time.Time    `json:"expires_at,omitzero"`

	PaymentCode card.Secret `json:"-"` // of a submission: "payment_code" on the wire and nowhere else
}

// clearCode is the one form in which a payment code leaves the process.
type clearCode struct {
	PaymentCode string `json:"payment_code"`
}

// orderQuestion is what the till asks about an order.
func orderQuestion(r wallet.Request) Question {
	return Question{
		Merchant: r.Merchant, Terminal: r.Terminal, Batch: r.Batch,
		Number: r.Order.Number, Flow: r.Order.Flow, Amount: r.Order.Amount,
		Subject: r.Subject, NotifyURL: r.NotifyURL, ExpiresAt: r.Order.ExpiresAt,
	}
}

// refundQuestion is what the till asks about a refund.
func refundQuestion(r wallet.Request) Question {
	q := orderQuestion(r)
	q.RefundNumber = r.Order.RefundNumber
	return q
}

// Encode is the question as it goes over the wire, with the payment code where there is
// one. The bytes must be sent and forgotten.
func (q Question) Encode() ([]byte, error) {
	raw, err := json.Marshal(q)
	if err != nil || q.PaymentCode.IsZero() {
		return raw, err
	}
	code, err := json.Marshal(clearCode{PaymentCode: q.PaymentCode.Reveal()})
	if err != nil {
		return nil, errors.New("a payment code that is no text")
	}
	return append(append(raw[:len(raw)-1], ','), code[1:]...), nil
}

// DecodeQuestion reads what Encode wrote. No error holds a value of the body.
func DecodeQuestion(body []byte) (Question, error) {
	var q Question
	var code clearCode
	if json.Unmarshal(body, &q) != nil || json.Unmarshal(body, &code) != nil {
		return Question{}, errors.New("the body is no JSON of a question")
	}
	q.PaymentCode = card.NewSecret(code.PaymentCode)
	return q, nil
}

// Reply is the body of an answer. It repeats the numbers and the amount of its question.
type Reply struct {
	Status       wallet.Status `json:"status"`
	Number       string        `json:"number"`
	RefundNumber string        `json:"refund_number,omitempty"`
	Amount       money.Amount  `json:"amount"` // of the order or refund as the gateway has it
	Code         string        `json:"code,omitempty"`
	TradeNo      string        `json:"trade_no,omitempty"`
	Provider     string        `json:"provider,omitempty"`
	At           time.Time     `json:"at,omitzero"`
	RefusedCode  string        `json:"refused_code,omitempty"`
	RefusedWords string        `json:"refused_words,omitempty"`
}

// longest text of a reply that reaches the store or a receipt.
const maxText = 512

// answer checks that a reply belongs to a question and makes an answer of it.
func (p Reply) answer(q Question) (wallet.Answer, error) {
	switch {
	case p.Number != q.Number:
		return wallet.Answer{}, errors.New("the answer is about another order")
	case p.RefundNumber != q.RefundNumber:
		return wallet.Answer{}, errors.New("the answer is about another refund")
	case p.Amount != q.Amount:
		return wallet.Answer{}, fmt.Errorf("the answer is about %s, want %s", p.Amount, q.Amount)
	case max(len(p.Code), len(p.TradeNo), len(p.Provider), len(p.RefusedCode), len(p.RefusedWords)) > maxText:
		return wallet.Answer{}, fmt.Errorf("a text of the answer is longer than %d bytes", maxText)
	}
	return wallet.Answer{
		Status: p.Status, Code: p.Code, TradeNo: p.TradeNo, Provider: p.Provider, At: p.At,
		RefusedCode: p.RefusedCode, RefusedWords: p.RefusedWords,
	}, nil
}

// Notification is the body of a notification: a POST to the URL that the order named,
// signed as a request is.
type Notification struct {
	ID           string        `json:"id"` // the same on every repeat
	Number       string        `json:"number"`
	RefundNumber string        `json:"refund_number,omitempty"`
	Status       wallet.Status `json:"status"`
	Amount       money.Amount  `json:"amount"`
	TradeNo      string        `json:"trade_no,omitempty"`
	At           time.Time     `json:"at,omitzero"`
}

// notice is the event that a verified notification makes.
func (n Notification) notice() wallet.Notice {
	return wallet.Notice{
		Trusted: true, ID: n.ID, Number: n.Number, RefundNumber: n.RefundNumber,
		Status: n.Status, Amount: n.Amount, TradeNo: n.TradeNo,
	}
}
