package settle

import "fmt"

// Type is what a record does.
type Type uint8

// The types. The comment tells the sign of the gross, from the shop's side.
const (
	Unknown            Type = iota // not stated
	Sale                           // positive
	Refund                         // negative
	Void                           // undoes another whole: negative of a sale, positive of a refund
	Chargeback                     // negative: the issuer took a sale back
	ChargebackReversal             // positive: and gave it back
	Fee                            // zero or negative: a charge that belongs to no sale
	Reserve                        // either: held back, or released
	Adjustment                     // either: a correction by hand
	Payout                         // negative: paid out to the shop's bank, so it leaves the processor
)

// typeNames are the texts of the types: the word in files and JSON, English, Chinese,
// and the sign that the gross must have, 0 for either.
func typeNames() [10]struct {
	code string
	name Text
	sign int
} {
	return [...]struct {
		code string
		name Text
		sign int
	}{
		Unknown:            {"unknown", Text{"unknown", "未知"}, 0},
		Sale:               {"sale", Text{"sale", "消费"}, 1},
		Refund:             {"refund", Text{"refund", "退款"}, -1},
		Void:               {"void", Text{"void", "撤销"}, 0},
		Chargeback:         {"chargeback", Text{"chargeback", "拒付"}, -1},
		ChargebackReversal: {"chargeback_reversal", Text{"chargeback reversal", "拒付冲回"}, 1},
		Fee:                {"fee", Text{"fee", "手续费"}, -1},
		Reserve:            {"reserve", Text{"reserve", "保证金"}, 0},
		Adjustment:         {"adjustment", Text{"adjustment", "调账"}, 0},
		Payout:             {"payout", Text{"payout", "划付"}, -1},
	}
}

// ParseType finds a type by its word: "sale", "chargeback_reversal".
func ParseType(word string) (Type, error) {
	for i, t := range typeNames() {
		if t.code == word {
			return Type(i), nil
		}
	}
	return Unknown, fmt.Errorf("%w: %s", ErrType, quote(word))
}

// String is the word in files and JSON. It is asked for with every key, so it does not
// build the table; a test holds the two together.
func (t Type) String() string {
	switch t {
	case Unknown:
		return "unknown"
	case Sale:
		return "sale"
	case Refund:
		return "refund"
	case Void:
		return "void"
	case Chargeback:
		return "chargeback"
	case ChargebackReversal:
		return "chargeback_reversal"
	case Fee:
		return "fee"
	case Reserve:
		return "reserve"
	case Adjustment:
		return "adjustment"
	case Payout:
		return "payout"
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// In is the name for people, in "en" or "zh".
func (t Type) In(lang string) string {
	if names := typeNames(); int(t) < len(names) {
		return names[t].name.In(lang)
	}
	return t.String()
}

// MarshalText implements encoding.TextMarshaler.
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Type) UnmarshalText(b []byte) error {
	v, err := ParseType(string(b))
	*t = v
	return err
}

// fits reports whether a gross may have its sign. The switch stands for the table, which
// is too slow to build for every row; a test holds the two together.
func (t Type) fits(gross int64) bool {
	switch t {
	case Sale, ChargebackReversal:
		return gross >= 0
	case Refund, Chargeback, Fee, Payout:
		return gross <= 0
	default:
		return true
	}
}

// signed gives an amount without a sign the one of its type.
func (t Type) signed(minor int64) int64 {
	switch t {
	case Refund, Void, Chargeback, Fee, Payout:
		return -minor
	default:
		return minor
	}
}
