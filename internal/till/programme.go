package till

import (
	"time"

	"github.com/tillworks/till/pkg/money"
)

// ProgrammeID names a promotion; the alphabet of ItemID.
type ProgrammeID string

// Programme is a promotion: when it runs, what it asks for and what it gives.
type Programme struct {
	ID        ProgrammeID `json:"id"`
	Name      string      `json:"name"` // on the receipt
	From      Day         `json:"from,omitempty"`
	To        Day         `json:"to,omitempty"`
	Weekdays  []int       `json:"weekdays,omitempty"`   // 0 Sunday to 6 Saturday; none is all
	FromClock string      `json:"from_clock,omitempty"` // "15:00", of happy hours; on the shop's clock
	ToClock   string      `json:"to_clock,omitempty"`   // "17:00" exclusive; before FromClock runs over midnight
	Coupon    string      `json:"coupon,omitempty"`     // only with this code
	Members   bool        `json:"members,omitempty"`    // only for members
	Priority  int         `json:"priority,omitempty"`   // lower is tried first
	Stackable bool        `json:"stackable,omitempty"`  // may share a line with others
	Rule      PromoRule   `json:"rule"`
	Reward    PromoReward `json:"reward"`
	Paused    bool        `json:"paused,omitempty"`
	Gone      bool        `json:"gone,omitempty"`
	Version   int         `json:"version"`
}

// PromoRule is what a ticket must hold.
type PromoRule struct {
	SKUs       []SKU        `json:"skus,omitempty"` // of these; with Categories, of either; none of both is everything
	Categories []string     `json:"categories,omitempty"`
	MinQty     Quantity     `json:"min_quantity,omitempty"`
	MinAmount  money.Amount `json:"min_amount,omitzero"` // of the lines that qualify, before discounts
}

// RewardKind is what a promotion gives.
type RewardKind string

// The rewards.
const (
	RewardPercent RewardKind = "percent" // off the lines that qualify
	RewardAmount  RewardKind = "amount"  // off the lines that qualify, together
	RewardPrice   RewardKind = "price"   // each unit that qualifies at this price
	RewardBuyGet  RewardKind = "buy_get" // for Buy units, Get more of those that qualify at Percent off, the cheapest
)

// PromoReward is what a promotion gives.
type PromoReward struct {
	Kind     RewardKind   `json:"kind"`
	Percent  Rate         `json:"percent,omitempty"`
	Amount   money.Amount `json:"amount,omitzero"` // off, or the price
	Buy      int          `json:"buy,omitempty"`
	Get      int          `json:"get,omitempty"`
	Max      money.Amount `json:"max,omitzero"`       // no more than this is given on a ticket
	Cheapest bool         `json:"cheapest,omitempty"` // off the cheapest unit that qualifies alone
}

// PromoNote says whether a programme was applied to a ticket and why, as it was when the
// ticket was priced. Code and its figures are told in words by internal/promo.
type PromoNote struct {
	Programme ProgrammeID  `json:"programme"`
	Name      string       `json:"name,omitempty"`
	Applied   bool         `json:"applied"`
	Amount    money.Amount `json:"amount,omitzero"` // what it took off
	Code      string       `json:"code"`
	Got       string       `json:"got,omitempty"`
	Want      string       `json:"want,omitempty"`
}

// LoyaltyRules are how points are earned and what they are worth.
type LoyaltyRules struct {
	Spend money.Amount // earns one point; zero earns none
	Value money.Amount // what one point takes off; zero cannot be spent
}

// Moment is when a ticket is priced: everything that a programme asks of the clock.
type Moment struct {
	At      time.Time
	Day     Day
	Weekday int  // of Day, 0 Sunday
	Minutes int  // of the clock, since midnight
	Late    bool // after midnight and before the cut-off: Day is yesterday on the calendar
}
