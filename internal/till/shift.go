package till

import (
	"time"

	"github.com/tillworks/till/pkg/money"
)

// DrawerReason is why cash moved in or out of the drawer other than by a sale.
type DrawerReason string

// The reasons.
const (
	DrawerFloat  DrawerReason = "float"   // what the shift began with
	DrawerPayIn  DrawerReason = "pay_in"  // put in, as change from the bank
	DrawerPayOut DrawerReason = "pay_out" // taken out, as for a delivery
)

// DrawerMove is one line of a drawer's ledger beside the sales.
type DrawerMove struct {
	Seq      int64        `json:"seq,omitempty"`
	Shift    int          `json:"shift"`
	Reason   DrawerReason `json:"reason"`
	Amount   money.Amount `json:"amount"` // positive; Reason says which way
	At       time.Time    `json:"at"`
	Staff    StaffID      `json:"staff,omitempty"`
	Approver StaffID      `json:"approver,omitempty"`
	Note     string       `json:"note,omitempty"`
}

// Shift is the time that one drawer is one member's responsibility, at one terminal.
type Shift struct {
	Number   int          `json:"number"` // 1, 2, 3 … of the shop
	Terminal string       `json:"terminal"`
	Staff    StaffID      `json:"staff,omitempty"`
	OpenedAt time.Time    `json:"opened_at"`
	ClosedAt time.Time    `json:"closed_at,omitzero"`
	Float    money.Amount `json:"float"`

	// Of a closed shift.
	Closer   StaffID        `json:"closer,omitempty"`
	Approver StaffID        `json:"approver,omitempty"`
	Expected money.Amount   `json:"expected,omitzero"` // by the books when it closed
	Counted  money.Amount   `json:"counted,omitzero"`
	Over     money.Amount   `json:"over,omitzero"` // counted less expected: negative is short
	Coins    []Denomination `json:"coins,omitempty"`
	Note     string         `json:"note,omitempty"`
	Version  int            `json:"version"`
}

// IsOpen reports that the shift goes on.
func (s Shift) IsOpen() bool { return s.ClosedAt.IsZero() }

// Whole is the shift with its amounts in the currency of its float: a zero of a closed
// shift is kept without one.
func (s Shift) Whole() Shift {
	for _, a := range []*money.Amount{&s.Expected, &s.Counted, &s.Over} {
		*a = money.New(a.Minor(), s.Float.Currency())
	}
	return s
}

// Denomination is a number of coins or notes of one value.
type Denomination struct {
	Value money.Amount `json:"value"`
	Count int          `json:"count"`
}

// Drawer is what a shift's drawer must hold and where it came from.
type Drawer struct {
	Shift    int          `json:"shift"`
	Float    money.Amount `json:"float"`
	Sales    money.Amount `json:"sales"`   // cash taken, net of change, whatever became of the sale later
	Refunds  money.Amount `json:"refunds"` // cash paid back
	Voids    money.Amount `json:"voids"`   // cash given back for sales that were undone, less refunds undone
	PayIns   money.Amount `json:"pay_ins"`
	PayOuts  money.Amount `json:"pay_outs"`
	ByCard   money.Amount `json:"by_card"` // cash handed out against cards, as cashback or a cash advance, less what came back
	Expected money.Amount `json:"expected"`
}

// ZReport is the closing of a business day: numbered from 1 without a gap, never changed,
// each chained to the one before.
type ZReport struct {
	Number     int          `json:"number"`
	At         time.Time    `json:"at"`
	Day        Day          `json:"day"`
	Staff      StaffID      `json:"staff,omitempty"`
	Currency   string       `json:"currency"`
	FirstSeq   int64        `json:"first_seq"` // of the journal: what it covers
	LastSeq    int64        `json:"last_seq"`
	Head       string       `json:"head"` // the journal's hash at LastSeq, hex
	Facts      []PeriodFact `json:"facts"`
	Shifts     []Shift      `json:"shifts,omitempty"` // that were closed since the Z before
	Total      int64        `json:"total"`            // minor units: net of returns, with tax and rounding
	GrandTotal int64        `json:"grand_total"`      // minor units: of all Z reports so far, never reset
	Previous   string       `json:"previous"`         // Hash of the Z before, hex; empty for the first
	Hash       string       `json:"hash"`             // SHA-256 of the canonical JSON without Hash, hex
}
