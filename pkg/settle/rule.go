package settle

import (
	"fmt"
	"slices"

	"github.com/govalues/decimal"

	"github.com/tillworks/till/pkg/money"
)

// MaxRules is how many rules of matching there may be.
const MaxRules = 8

// Rules are how two sides are matched and what fees are verified by.
type Rules struct {
	Match []Rule    // in this order; what one leaves open goes to the next
	Fees  []FeeRule // the first that fits a record says its fee
}

// Rule says which records of two sides are the same transaction.
//
// A rule by identity (Like is false) takes equal keys for one transaction: the pair is
// made whatever its amounts are, differences beyond the tolerances are exceptions, and
// a second record of the same key on one side is a duplicate. A rule by likeness pairs
// records of equal keys only if amounts and dates are within the tolerances; nearest
// first, each record once.
type Rule struct {
	Name   string  `json:"name"`
	Key    []Field `json:"key"` // all must be stated, or the record is left to the next rule; see [Field]
	Like   bool    `json:"like,omitempty"`
	Amount int64   `json:"amount"` // minor units that the gross may differ by
	Days   int     `json:"days"`   // calendar days that the dates may be apart; AnyDay to compare none
}

// AnyDay as [Rule].Days compares no dates.
const AnyDay = -1

// Field is a part of a key.
type Field string

// The fields of keys. Batch and STAN compare as numbers, without leading zeros; Refund
// may be empty in a key, since only refunds have one; Day is the calendar day in the
// zone of the match.
const (
	FieldMerchant Field = "merchant"
	FieldTerminal Field = "terminal"
	FieldBatch    Field = "batch"
	FieldSTAN     Field = "stan"
	FieldRRN      Field = "rrn"
	FieldAuthCode Field = "auth_code"
	FieldOrder    Field = "order"
	FieldTrade    Field = "trade"
	FieldRefund   Field = "refund"
	FieldOriginal Field = "original"
	FieldCard     Field = "card"
	FieldLastFour Field = "card_last4"
	FieldType     Field = "type"
	FieldCurrency Field = "currency"
	FieldGross    Field = "gross"
	FieldDay      Field = "day"
)

// Fields are all fields of keys.
func Fields() []Field {
	return []Field{
		FieldMerchant, FieldTerminal, FieldBatch, FieldSTAN, FieldRRN, FieldAuthCode, FieldOrder, FieldTrade,
		FieldRefund, FieldOriginal, FieldCard, FieldLastFour, FieldType, FieldCurrency, FieldGross, FieldDay,
	}
}

// DefaultRules are good for cards and wallets: by terminal, batch and trace number, by
// the processor's trade number, by the shop's order number, and last by authorization
// code and last four digits with the same amount at most a day apart.
func DefaultRules() Rules {
	return Rules{Match: []Rule{
		{Name: "stan", Key: []Field{FieldTerminal, FieldBatch, FieldSTAN, FieldType}, Days: 2},
		{Name: "trade", Key: []Field{FieldTrade, FieldRefund, FieldType}, Days: 2},
		{Name: "order", Key: []Field{FieldOrder, FieldRefund, FieldType}, Days: 2},
		{Name: "alike", Key: []Field{FieldAuthCode, FieldLastFour, FieldType}, Like: true, Days: 1},
	}}
}

// FeeRule is what a processor takes for a record: percent of the gross and a fixed sum,
// not below Min nor above Cap, rounded once at the end.
type FeeRule struct {
	Name     string             `json:"name"`
	When     map[Field][]string `json:"when,omitempty"`     // values of fields; one that ends in * is a beginning; all fields must fit
	Currency string             `json:"currency,omitempty"` // of Fixed, Min and Cap; records of other currencies do not fit
	Percent  decimal.Decimal    `json:"percent"`            // 0.6 is 0.6 % of the gross
	Fixed    int64              `json:"fixed"`              // minor units
	Min      *int64             `json:"min,omitempty"`      // minor units
	Cap      *int64             `json:"cap,omitempty"`      // minor units
	Round    Rounding           `json:"round"`
	Refunds  RefundFee          `json:"refunds"`
}

// Rounding is what is done with a part of a minor unit.
type Rounding string

// The roundings; the zero value is RoundHalfUp.
const (
	RoundHalfUp   Rounding = "half-up" // from the middle away from zero
	RoundHalfEven Rounding = "half-even"
	RoundDown     Rounding = "down" // towards zero
	RoundUp       Rounding = "up"   // away from zero
)

// RefundFee is what becomes of the fee when a sale is paid back.
type RefundFee string

// The fees of records with a negative gross; the zero value is RefundFree.
const (
	RefundFree     RefundFee = "free"     // no fee is taken and none given back
	RefundReturned RefundFee = "returned" // the percent of what is paid back is given back, never the fixed part
	RefundCharged  RefundFee = "charged"  // a fee is taken as of a sale
)

// Fits reports whether the rule says the fee of a record.
func (f *FeeRule) Fits(r *Record) bool {
	if f.Currency != "" && f.Currency != r.Currency.Code() {
		return false
	}
	for field, values := range f.When {
		v := string(field.appendTo(nil, r, nil))
		if !slices.ContainsFunc(values, func(want string) bool { return fitsValue(v, want) }) {
			return false
		}
	}
	return true
}

func fitsValue(v, want string) bool {
	if n := len(want) - 1; n >= 0 && want[n] == '*' {
		return len(v) >= n && v[:n] == want[:n]
	}
	return v == want
}

// Fee is the fee of a gross in minor units: what the shop pays is positive. It is exact
// but for the one rounding of the rule; what does not fit 64 bits is ErrOverflow.
func (f *FeeRule) Fee(gross int64) (int64, error) {
	if gross < 0 && (f.Refunds == RefundFree || f.Refunds == "") {
		return 0, nil
	}
	share, err := percentOf(gross, f.Percent, f.Round)
	if err != nil {
		return 0, err
	}
	if gross < 0 && f.Refunds == RefundReturned {
		return -share, nil
	}
	fee, ok := add(share, f.Fixed)
	if !ok {
		return 0, ErrOverflow
	}
	if f.Min != nil {
		fee = max(fee, *f.Min)
	}
	if f.Cap != nil {
		fee = min(fee, *f.Cap)
	}
	return fee, nil
}

// Describe says the rule in words, in "en" or "zh".
func (f *FeeRule) Describe(lang string) string {
	c, _ := money.CurrencyByCode(f.Currency)
	say := func(minor int64) string { return money.New(minor, c).String() }
	parts := []Text{textf("%s%%", "%s%%", f.Percent)}
	if f.Fixed != 0 {
		parts = append(parts, textf("plus %s", "加%s", say(f.Fixed)))
	}
	if f.Min != nil {
		parts = append(parts, textf("at least %s", "最低%s", say(*f.Min)))
	}
	if f.Cap != nil {
		parts = append(parts, textf("at most %s", "封顶%s", say(*f.Cap)))
	}
	return fmt.Sprintf("%s (%s)", f.Name, joinText(parts, ", ", ",").In(lang))
}

// feeOf is the rule of a record and its fee; ok is false where no rule fits.
func (r *Rules) feeOf(rec *Record) (rule int, fee int64, ok bool, err error) {
	if rec.Type != Sale && rec.Type != Refund && rec.Type != Void {
		return 0, 0, false, nil
	}
	for i := range r.Fees {
		if r.Fees[i].Fits(rec) {
			fee, err = r.Fees[i].Fee(rec.Gross)
			return i, fee, err == nil, err
		}
	}
	return 0, 0, false, nil
}
