package till

import (
	"time"

	"github.com/tillworks/till/pkg/money"
)

// Unit is what an item is counted or measured in.
type Unit string

// The units. All but Each may be sold in thousandths.
const (
	Each  Unit = "each"
	Kilo  Unit = "kg"
	Metre Unit = "m"
	Litre Unit = "l"
)

// ItemID names an item of the catalogue: up to 40 letters, digits, '-', '_' and '.',
// beginning with a letter or digit.
type ItemID string

// SKU names a variant, which is what is sold and counted; the same alphabet as ItemID.
// An item without options has one variant, whose SKU may be the item's id.
type SKU string

// Item is something the shop sells, with its variants.
type Item struct {
	ID       ItemID    `json:"id"`
	Name     string    `json:"name"`
	Category string    `json:"category,omitempty"`
	Unit     Unit      `json:"unit"`
	TaxClass string    `json:"tax_class,omitempty"` // empty is the shop's default class
	Variants []Variant `json:"variants"`            // at least one, in the order to show
	Deleted  bool      `json:"deleted,omitempty"`   // no longer sold; history keeps it
	Version  int       `json:"version"`             // raised by every commit; a commit names the one it saw
}

// Variant is one form of an item: a size, a colour, or the only one.
type Variant struct {
	SKU       SKU          `json:"sku"`
	Option    string       `json:"option,omitempty"` // "large", "red"; empty for the only one
	Barcodes  []string     `json:"barcodes,omitempty"`
	Price     money.Amount `json:"price"`                // of one unit, in the shop's currency; not negative
	OpenPrice bool         `json:"open_price,omitempty"` // the price is asked for at the till
	Cost      money.Amount `json:"cost,omitzero"`        // of one unit, without tax
	Untracked bool         `json:"untracked,omitempty"`  // no stock is kept of it, as of a service
	LowStock  Quantity     `json:"low_stock,omitempty"`  // at or below this it is low
}

// Label is the name of a variant on a receipt.
func (i Item) Label(v Variant) string {
	if v.Option == "" {
		return i.Name
	}
	return i.Name + " " + v.Option
}

// Variant finds a variant by its SKU.
func (i Item) Variant(sku SKU) (Variant, bool) {
	for _, v := range i.Variants {
		if v.SKU == sku {
			return v, true
		}
	}
	return Variant{}, false
}

// ItemFilter selects items; zero fields select all that are not deleted.
type ItemFilter struct {
	Text     string // parts of the name, an option or a SKU, apart by spaces, or a whole barcode; without regard to case
	Category string
	Deleted  bool // deleted ones too
	Limit    int  // 0 is no limit
	Offset   int
}

// PriceChange is one price of a variant and since when it holds.
type PriceChange struct {
	SKU   SKU          `json:"sku"`
	At    time.Time    `json:"at"`
	Price money.Amount `json:"price"`
	Cost  money.Amount `json:"cost,omitzero"`
	Staff StaffID      `json:"staff,omitempty"`
}

// Change says who changed something of the shop's books, when, and why.
type Change struct {
	Staff    StaffID   `json:"staff,omitempty"`
	Approver StaffID   `json:"approver,omitempty"` // who allowed it where the role needed that
	At       time.Time `json:"at"`
	Reason   string    `json:"reason,omitempty"`
}
