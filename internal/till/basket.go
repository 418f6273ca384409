package till

import "github.com/tillworks/till/pkg/money"

// Basket is what the shopper wants, before it is priced: what is scanned and typed at the
// till, or the file of a script. Only what differs from the catalogue is said.
type Basket struct {
	Entries  []BasketEntry `json:"entries"`
	Discount *Discount     `json:"discount,omitempty"` // on the whole
	Member   MemberID      `json:"member,omitempty"`
	Redeem   int64         `json:"redeem,omitempty"` // points to spend
	Coupons  []string      `json:"coupons,omitempty"`
}

// BasketEntry is one line of a basket.
type BasketEntry struct {
	Code     string        `json:"code,omitempty"`      // SKU or barcode; empty for something the catalogue does not know
	Name     string        `json:"name,omitempty"`      // of such
	Category string        `json:"category,omitempty"`  // of such
	TaxClass string        `json:"tax_class,omitempty"` // of such
	Quantity Quantity      `json:"quantity,omitempty"`  // 0 is one
	Price    *money.Amount `json:"price,omitempty"`     // of one unit, where it is not the catalogue's
	Discount *Discount     `json:"discount,omitempty"`
	Approver StaffID       `json:"approver,omitempty"` // of such a price or such a thing; set by the use case that checked it, never read from a file
}

// Discount is something taken off by hand: a rate or an amount, with a reason.
type Discount struct {
	Percent  Rate         `json:"percent,omitempty"`
	Amount   money.Amount `json:"amount,omitzero"`
	Reason   string       `json:"reason"`
	Approver StaffID      `json:"approver,omitempty"` // set by the use case that checked the approval, never read from a file
}

// BasketReturn is what comes back of a sale.
type BasketReturn struct {
	Original TicketID           `json:"original"`
	Lines    []BasketReturnLine `json:"lines,omitempty"` // none is all that is left
	Reason   string             `json:"reason,omitempty"`
	NoStock  bool               `json:"no_stock,omitempty"` // what comes back cannot be sold again
}

// BasketReturnLine is how much of a sold line comes back.
type BasketReturnLine struct {
	Line     int      `json:"line"`               // number of the sold line
	Quantity Quantity `json:"quantity,omitempty"` // 0 is all that is left
}
