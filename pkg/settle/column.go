package settle

import "slices"

// role is what a column is of a record.
type role uint8

const (
	noRole role = iota
	roleMerchant
	roleTerminal
	roleBatch
	roleSTAN
	roleRRN
	roleAuthCode
	roleOrder
	roleTrade
	roleRefund
	roleOriginal
	roleCard
	roleLastFour
	roleCurrency
	roleSettled
	roleGross
	roleFee
	roleNet
	roleTime
	roleDate
	roleClock
	roleZone
)

// roleNames are the words of "to" in a spec, in the order of the roles.
func roleNames() []string {
	return []string{
		"", "merchant", "terminal", "batch", "stan", "rrn", "auth_code", "order", "trade", "refund", "original",
		"card", "card_last4", "currency", "settled_currency", "gross", "fee", "net", "time", "date", "clock", "zone",
	}
}

func parseRole(word string) (role, bool) {
	i := slices.Index(roleNames(), word)
	return role(max(i, 0)), i >= 0
}

// isText reports a role that is a text of a record.
func (r role) isText() bool { return r >= roleMerchant && r <= roleLastFour }

// isMoney reports a role that is an amount.
func (r role) isMoney() bool { return r == roleGross || r == roleFee || r == roleNet }

// field is where the text of a role stands in a record.
func (r role) field(rec *Record) *string {
	switch r {
	case roleMerchant:
		return &rec.Merchant
	case roleTerminal:
		return &rec.Terminal
	case roleBatch:
		return &rec.Batch
	case roleSTAN:
		return &rec.STAN
	case roleRRN:
		return &rec.RRN
	case roleAuthCode:
		return &rec.AuthCode
	case roleOrder:
		return &rec.Order
	case roleTrade:
		return &rec.Trade
	case roleRefund:
		return &rec.Refund
	case roleOriginal:
		return &rec.Original
	default:
		return &rec.Card
	}
}

// signRule is how a column tells the sign of its amounts.
type signRule uint8

const (
	signWritten  signRule = iota // a minus is a minus
	signNegated                  // a minus is a plus
	signUnsigned                 // none is written; the type of the row says it
	signCredit                   // none is written; plus
	signDebit                    // none is written; minus
	signCD                       // a letter before the digits: C is plus, D minus
	signDC                       // a letter before the digits: D is plus, C minus
	signColumn                   // another column says CR, which is plus, or DR
	signCounter                  // another column says DR, which is plus, or CR
)

// signNames are the words of "sign" in a spec, in the order of the rules.
func signNames() []string {
	return []string{"signed", "negated", "unsigned", "credit", "debit", "cd", "dc", "column", "counter"}
}

func parseSign(word string) (signRule, bool) {
	if word == "" {
		return signWritten, true
	}
	i := slices.Index(signNames(), word)
	return signRule(max(i, 0)), i >= 0
}

// column is one column of a format, compiled.
type column struct {
	id       string
	role     role
	names    []string // in the header
	at       int      // cell from 0 without a header; -1 for none
	from, to int      // fixed: bytes
	required bool
	money    bool // an amount, by its role or because a rule asks for it
	amount   amountRule
	sign     signRule
	signFrom int // column; -1 for none
	add      bool
	layouts  []layout
	yearFrom int // column; -1 for none
	sum      int // which of the sums of totals; -1 for none
}

// label names a column in an error.
func (c *column) label() string {
	if len(c.names) > 0 {
		return c.names[0]
	}
	return c.id
}

// typeRule gives rows a type, compiled.
type typeRule struct {
	kind  Type
	skip  bool
	conds []condition
	gross int // column; -1 for the usual
}

// condition is one column and the values that it may have, in the encoding of the file.
type condition struct {
	column int
	values [][]byte
	any    bool
}
