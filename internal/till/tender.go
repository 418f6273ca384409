package till

import "github.com/tillworks/till/pkg/money"

// TenderTotals are what one tender brought in and gave back in a batch, in one currency.
// They are the shop's own: what is reconciled with the card host is [Totals].
type TenderTotals struct {
	Tender      Tender `json:"tender"`
	Currency    string `json:"currency"`
	Sales       int    `json:"sales"` // approved and not voided
	SaleMinor   int64  `json:"sale_minor"`
	Refunds     int    `json:"refunds"` // likewise
	RefundMinor int64  `json:"refund_minor"`
	NetMinor    int64  `json:"net_minor"`
}

// NetAmount is the net as money.
func (t TenderTotals) NetAmount() money.Amount { return t.amount(t.NetMinor) }

// SaleAmount is the sum of the sales as money.
func (t TenderTotals) SaleAmount() money.Amount { return t.amount(t.SaleMinor) }

// RefundAmount is the sum of the refunds as money.
func (t TenderTotals) RefundAmount() money.Amount { return t.amount(t.RefundMinor) }

func (t TenderTotals) amount(minor int64) money.Amount {
	c, err := money.CurrencyByCode(t.Currency)
	if err != nil {
		return money.New(minor, money.Currency{})
	}
	return money.New(minor, c)
}
