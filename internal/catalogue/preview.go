package catalogue

import (
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Options is what a file is compared with.
type Options struct {
	Currency   money.Currency
	Items      []till.Item                // what the shop has, deleted ones too
	OnHand     map[till.SKU]till.Quantity // of what is tracked
	TaxClasses []till.TaxClass

	Encoding string // "" finds it out; else one of Encodings
	Location string // of a file with several shops in it; "" where there is one
}

// Preview is what a file would do to the shop's catalogue.
type Preview struct {
	Format   string
	Encoding string
	Ignored  []string // heads of columns that nothing is made of
	Rows     []Row

	Items   []till.Item // to be put: new and changed ones, each whole, with the version it was compared with
	Opening []Opening   // stock that new variants begin with
}

// Opening is the stock that a new variant begins with.
type Opening struct {
	SKU      till.SKU
	Quantity till.Quantity
}

// Action is what a line does.
type Action string

// The actions.
const (
	New    Action = "new"
	Edit   Action = "change"
	Same   Action = "same"
	Refuse Action = "refuse"
)

// Row is one line of the file.
type Row struct {
	Line    int // of the file, from 1
	Action  Action
	Item    till.ItemID
	SKU     till.SKU
	Name    string
	Changes []Change
	Issues  []Issue
}

// Change is one field that the file says differently.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Issue is something about a line that its owner should know.
type Issue struct {
	Code    IssueCode
	Column  string // head of the column as the file has it; "" is the whole line
	Message i18n.Message
	Hint    i18n.Message
	Refuses bool // the line cannot be taken
}

// IssueCode names a kind of issue for programs.
type IssueCode string

// The issues that refuse a line.
const (
	BrokenQuotes    IssueCode = "broken_quotes"
	ColumnCount     IssueCode = "column_count"
	MissingName     IssueCode = "missing_name"
	BadText         IssueCode = "bad_text"
	MissingPrice    IssueCode = "missing_price"
	PriceSign       IssueCode = "price_currency_sign"
	PriceSeparator  IssueCode = "price_thousands_separator"
	PriceComma      IssueCode = "price_comma"
	PriceDecimals   IssueCode = "price_decimals"
	PriceNegative   IssueCode = "price_negative"
	PriceForm       IssueCode = "price_form"
	NotANumber      IssueCode = "not_a_number"
	Scientific      IssueCode = "scientific_notation"
	BadQuantity     IssueCode = "bad_quantity"
	BadSKU          IssueCode = "bad_sku"
	BadID           IssueCode = "bad_id"
	DuplicateSKU    IssueCode = "duplicate_sku"
	DuplicateCode   IssueCode = "duplicate_barcode"
	WrongCheckDigit IssueCode = "wrong_check_digit"
	LostZeros       IssueCode = "lost_zeros"
	BadBarcode      IssueCode = "bad_barcode"
	UnknownUnit     IssueCode = "unknown_unit"
	UnknownTax      IssueCode = "unknown_tax_class"
	BadFlag         IssueCode = "bad_flag"
	DuplicateOption IssueCode = "duplicate_option"
	Contradiction   IssueCode = "contradiction"
	DeletedItem     IssueCode = "deleted_item"
)

// The issues that do not refuse a line.
const (
	SKUMade       IssueCode = "sku_made"
	IDMade        IssueCode = "id_made"
	NegativeStock IssueCode = "negative_stock"
	StockIgnored  IssueCode = "stock_ignored"
	TaxUnmapped   IssueCode = "tax_unmapped"
	FormulaUndone IssueCode = "formula_undone"
)

// Count is how many lines have an action.
func (p Preview) Count(a Action) int {
	n := 0
	for _, r := range p.Rows {
		if r.Action == a {
			n++
		}
	}
	return n
}

// refused reports an issue that the line cannot be taken with.
func (r Row) refused() bool {
	for _, i := range r.Issues {
		if i.Refuses {
			return true
		}
	}
	return false
}
