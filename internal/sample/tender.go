package sample

import (
	"fmt"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// tender pays for a ticket in one go: by wallets mostly, by cards, or in cash.
func (h *History) tender(t till.Ticket) till.Txn {
	id := fmt.Sprintf("%012d", 2*h.n+1)
	x := till.Txn{
		ID: till.TxnID(id), Key: id, Kind: till.Sale, State: till.Approved, Amount: t.Total,
		Terminal: t.Terminal, Merchant: h.o.Merchant, At: t.At, Ticket: t.ID, Staff: t.Staff,
	}
	switch n := h.random.IntN(100); {
	case n < 34:
		h.wallet(&x, "alipay")
	case n < 62:
		h.wallet(&x, "wechatpay")
	case n < 76:
		x.Tender, x.Entry, x.Card = till.Card, till.Tap, &till.CardSummary{Masked: "622788******0010", Brand: string(card.UnionPay)}
	case n < 84:
		x.Tender, x.Entry, x.Card = till.Card, till.Chip, &till.CardSummary{Masked: "476173******0010", Brand: string(card.Visa)}
	case n < 88:
		x.Tender, x.Entry, x.Card = till.Card, till.Chip, &till.CardSummary{Masked: "541333******0010", Brand: string(card.Mastercard)}
	default:
		x.Tender, x.Given = till.Cash, money.New((t.Total.Minor()+999)/1000*1000, t.Total.Currency())
	}
	return x
}

func (h *History) wallet(x *till.Txn, provider string) {
	x.Tender, x.Entry = till.QR, till.Scanned
	x.Wallet = &till.Order{Number: string(x.ID), Flow: till.FlowScanned, State: till.OrderPaid, Amount: x.Amount, Provider: provider}
}
