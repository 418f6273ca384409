package till

import "time"

// StockReason is why stock moved.
type StockReason string

// The reasons of a stock move.
const (
	StockSale    StockReason = "sale"    // sold; by a ticket only
	StockReturn  StockReason = "return"  // came back; by a ticket only
	StockVoid    StockReason = "void"    // a ticket that was undone; by a ticket only
	StockReceive StockReason = "receive" // delivered
	StockAdjust  StockReason = "adjust"  // put right by hand
	StockWaste   StockReason = "waste"   // broken, spoilt, stolen
	StockCount   StockReason = "count"   // the difference that a stocktake found
)

// StockMove is one line of the stock ledger. The ledger is only ever added to; what is
// on hand is the sum of its moves.
type StockMove struct {
	Seq      int64       `json:"seq,omitempty"` // given by the store
	SKU      SKU         `json:"sku"`
	Quantity Quantity    `json:"quantity"` // signed: what came in
	Reason   StockReason `json:"reason"`
	At       time.Time   `json:"at"`
	Staff    StaffID     `json:"staff,omitempty"`
	Document string      `json:"document,omitempty"` // the ticket, the delivery note, the stocktake
	Note     string      `json:"note,omitempty"`
}

// StockLevel is what the shop has of a variant.
type StockLevel struct {
	SKU      SKU      `json:"sku"`
	OnHand   Quantity `json:"on_hand"`
	Reserved Quantity `json:"reserved"` // by tickets that are being paid
}

// Available is what may still be sold.
func (l StockLevel) Available() Quantity { return l.OnHand - l.Reserved }

// StockPolicy is what happens where more is sold than is on hand.
type StockPolicy string

// The policies.
const (
	StockRefuse StockPolicy = "refuse" // the sale is refused before anything is paid
	StockAllow  StockPolicy = "allow"  // the stock goes below zero
)

// Stocktake is a count of some variants against the books.
type Stocktake struct {
	ID       string         `json:"id"`
	Opened   Change         `json:"opened"`
	Category string         `json:"category,omitempty"` // that is counted; empty is all
	Counts   []StockCounted `json:"counts,omitempty"`   // by SKU
	Posted   *Change        `json:"posted,omitempty"`
	Canceled *Change        `json:"canceled,omitempty"`
	Version  int            `json:"version"`
}

// StockCounted is one line of a stocktake.
type StockCounted struct {
	SKU      SKU      `json:"sku"`
	Counted  Quantity `json:"counted"`
	Expected Quantity `json:"expected"` // by the books when it was counted
}

// Variance is what was found beyond the books.
func (c StockCounted) Variance() Quantity { return c.Counted - c.Expected }
