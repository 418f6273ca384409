package till

import "github.com/tillworks/till/pkg/money"

// TaxClass is how a kind of item is taxed.
type TaxClass struct {
	Code    string    `json:"code"` // "standard", "reduced", "zero", "exempt"
	Name    string    `json:"name,omitempty"`
	Rates   []TaxRate `json:"rates,omitempty"`   // none is exempt; a rate of 0 is zero-rated
	Default bool      `json:"default,omitempty"` // of items that name no class; one at most
	Gone    bool      `json:"gone,omitempty"`
	Version int       `json:"version"`
}

// TaxRate is one tax of a class.
type TaxRate struct {
	Name     string `json:"name"` // "VAT", "State", "County"
	Rate     Rate   `json:"rate"`
	Compound bool   `json:"compound,omitempty"` // on the amount with the taxes before it
}

// Rounding is how a half or a part of the smallest unit is rounded.
type Rounding string

// The seven modes.
const (
	HalfUp   Rounding = "half_up"   // halves away from zero
	HalfDown Rounding = "half_down" // halves towards zero
	HalfEven Rounding = "half_even"
	HalfOdd  Rounding = "half_odd"
	Up       Rounding = "up"        // away from zero
	Down     Rounding = "down"      // towards zero
	HalfFive Rounding = "half_five" // to the nearest five of the smallest unit, halves up
)

// TaxRules are how the shop's prices and taxes go together.
type TaxRules struct {
	Inclusive bool     // prices hold their tax
	ByInvoice bool     // a tax is rounded once over the ticket and not per line
	Rounding  Rounding // empty is HalfUp
	Classes   []TaxClass
	Coin      int64 // the smallest coin in minor units, to which the cash part is rounded; 0 or 1 rounds nothing
}

// TaxLine is one tax of a line or of a ticket.
type TaxLine struct {
	Class string       `json:"class"`
	Name  string       `json:"name,omitempty"` // empty where the class has no tax
	Rate  Rate         `json:"rate"`
	Net   money.Amount `json:"net"` // what it is levied on
	Tax   money.Amount `json:"tax"`
}
