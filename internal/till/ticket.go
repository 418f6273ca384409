package till

import (
	"time"

	"github.com/tillworks/till/pkg/money"
)

// TicketID names a ticket: 12 characters of Crockford's base 32, as TxnID.
type TicketID string

// TicketKind is which way the goods go.
type TicketKind string

// The kinds of ticket.
const (
	TicketSale   TicketKind = "sale"
	TicketReturn TicketKind = "return"
)

// TicketState is where a ticket stands. Done, voided and canceled keep what they say; a
// done one may become voided.
type TicketState string

// The states of a ticket.
const (
	TicketOpen     TicketState = "OPEN"     // held: nothing is owed
	TicketPaying   TicketState = "PAYING"   // tenders are being taken; its stock is reserved
	TicketDone     TicketState = "DONE"     // paid; stock and points have moved
	TicketVoided   TicketState = "VOIDED"   // undone whole; stock and points have moved back
	TicketCanceled TicketState = "CANCELED" // given up before anything was paid
)

// Ticket is a sale or a return of lines, priced. Amounts are positive on both; Kind says
// which way they go. The sums hold exactly:
//
//	Gross - Discount = Total where prices hold their tax, else Net
//	Net + Tax = Total
//	each of them the sum of its lines, and Taxes sum to Tax
type Ticket struct {
	ID       TicketID    `json:"id"`
	Key      string      `json:"key"` // idempotency key; the ID where the shop gave none
	Kind     TicketKind  `json:"kind"`
	State    TicketState `json:"state"`
	Label    string      `json:"label,omitempty"` // of a held one, to find it by
	Terminal string      `json:"terminal"`
	Staff    StaffID     `json:"staff,omitempty"`
	Member   MemberID    `json:"member,omitempty"`
	At       time.Time   `json:"at"` // when it was priced

	Original TicketID `json:"original,omitempty"` // of a return: the sale
	Reason   string   `json:"reason,omitempty"`   // of a return
	Approver StaffID  `json:"approver,omitempty"` // of a return or void that needed one

	Lines     []Line       `json:"lines"`
	Taxes     []TaxLine    `json:"taxes,omitempty"`
	Inclusive bool         `json:"inclusive"` // prices hold their tax
	Gross     money.Amount `json:"gross"`
	Discount  money.Amount `json:"discount"`
	Net       money.Amount `json:"net"` // without tax
	Tax       money.Amount `json:"tax"`
	Total     money.Amount `json:"total"` // to be paid, or to go back

	Earned     int64       `json:"earned,omitempty"`   // points; of a return: taken back
	Redeemed   int64       `json:"redeemed,omitempty"` // points; of a return: given back
	Promotions []PromoNote `json:"promotions,omitempty"`

	Basket *Basket `json:"basket,omitempty"` // of an open or paying sale: to be priced again

	// Set by the store in the commit that completes it, and in the one that undoes it.
	Txns       []TxnID   `json:"txns,omitempty"`  // that paid for it
	Shift      int       `json:"shift,omitempty"` // open at its completion
	DoneAt     time.Time `json:"done_at,omitzero"`
	Day        Day       `json:"day,omitempty"`
	Hour       int       `json:"hour,omitempty"`
	VoidedAt   time.Time `json:"voided_at,omitzero"`
	VoidedDay  Day       `json:"voided_day,omitempty"`
	VoidedHour int       `json:"voided_hour,omitempty"`

	Version int `json:"version"`

	// Derived by the store when read.
	Returned map[int]Quantity `json:"-"` // by sold line: what has come back, or is coming
	Paid     money.Amount     `json:"-"` // covered by approved transactions
}

// Line is one line of a ticket, with the item as it was when it was sold.
type Line struct {
	N          int          `json:"n"`             // 1, 2, 3 …
	SKU        SKU          `json:"sku,omitempty"` // empty for something the catalogue does not know
	Name       string       `json:"name"`
	Category   string       `json:"category,omitempty"`
	Unit       Unit         `json:"unit"`
	Quantity   Quantity     `json:"quantity"`
	Price      money.Amount `json:"price"`               // of one unit, as sold
	ListPrice  money.Amount `json:"list_price,omitzero"` // the catalogue's, where Price was put in by hand
	Approver   StaffID      `json:"approver,omitempty"`  // of such a price
	Cost       money.Amount `json:"cost,omitzero"`       // of the whole line, without tax
	Tracked    bool         `json:"tracked,omitempty"`   // its stock moves
	Gross      money.Amount `json:"gross"`               // price times quantity
	Reductions []Reduction  `json:"reductions,omitempty"`
	Net        money.Amount `json:"net"`
	Tax        money.Amount `json:"tax"`
	Total      money.Amount `json:"total"`
	TaxClass   string       `json:"tax_class,omitempty"`
	Taxes      []TaxLine    `json:"taxes,omitempty"`
	Origin     int          `json:"origin,omitempty"` // of a return: number of the sold line
}

// Discount is the sum of the line's reductions.
func (l Line) Discount() money.Amount {
	sum := money.New(0, l.Gross.Currency())
	for _, r := range l.Reductions {
		sum = money.New(sum.Minor()+r.Amount.Minor(), sum.Currency())
	}
	return sum
}

// ReductionSource is where something taken off comes from.
type ReductionSource string

// The sources.
const (
	ByHand      ReductionSource = "line"      // a discount on the line
	ByHandWhole ReductionSource = "ticket"    // the line's share of a discount on the whole
	ByProgramme ReductionSource = "programme" // a promotion
	ByPoints    ReductionSource = "points"    // the line's share of points spent
)

// Reduction is something taken off a line.
type Reduction struct {
	Source    ReductionSource `json:"source"`
	Amount    money.Amount    `json:"amount"` // positive
	Percent   Rate            `json:"percent,omitempty"`
	Programme ProgrammeID     `json:"programme,omitempty"`
	Name      string          `json:"name,omitempty"` // of the programme
	Reason    string          `json:"reason,omitempty"`
	Approver  StaffID         `json:"approver,omitempty"`
}

// IsFinal reports that the ticket is at an end, though a done one may be voided.
func (s TicketState) IsFinal() bool {
	return s == TicketDone || s == TicketVoided || s == TicketCanceled
}

// TicketFilter selects tickets; zero fields select all.
type TicketFilter struct {
	States   []TicketState
	Kind     TicketKind
	Staff    StaffID
	Member   MemberID
	Original TicketID
	Day      Day
	Limit    int // newest first; 0 is no limit
}
