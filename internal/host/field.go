package host

import (
	"fmt"
	"strings"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// fields are the fields of a request; what is empty is not sent. Numbers are text with
// their zeros, since a total of nothing must be sent too.
type fields struct {
	PAN        card.PAN    `iso8583:"2"`
	Processing string      `iso8583:"3"`
	Amount     string      `iso8583:"4"`
	Sent       string      `iso8583:"7"`
	STAN       string      `iso8583:"11"`
	LocalTime  string      `iso8583:"12"`
	LocalDate  string      `iso8583:"13"`
	Expiry     card.Expiry `iso8583:"14"`
	Entry      string      `iso8583:"22"`
	PSN        string      `iso8583:"23"`
	Network24  string      `iso8583:"24"`
	Condition  string      `iso8583:"25"`
	PINLength  string      `iso8583:"26"`
	Track2     card.Track2 `iso8583:"35"`
	RRN        string      `iso8583:"37"`
	AuthCode   string      `iso8583:"38"`
	Reason     string      `iso8583:"39"`
	Terminal   string      `iso8583:"41"`
	Merchant   string      `iso8583:"42"`
	Additional string      `iso8583:"48"`
	Currency   string      `iso8583:"49"`
	Settlement string      `iso8583:"50"`
	PINBlock   card.Secret `iso8583:"52"`
	Security   string      `iso8583:"53"`
	Amounts    string      `iso8583:"54"`
	ICC        []byte      `iso8583:"55"`
	Batch      string      `iso8583:"60"`
	Earlier    string      `iso8583:"61"`
	Invoice    string      `iso8583:"62"`
	Further    string      `iso8583:"63"`
	Network    string      `iso8583:"70"`
	Part       string      `iso8583:"72"`

	Credits         string `iso8583:"74"`
	CreditReversals string `iso8583:"75"`
	Debits          string `iso8583:"76"`
	DebitReversals  string `iso8583:"77"`
	CreditMinor     string `iso8583:"86"`
	CreditRevMinor  string `iso8583:"87"`
	DebitMinor      string `iso8583:"88"`
	DebitRevMinor   string `iso8583:"89"`

	Original string `iso8583:"90"`
	Net      string `iso8583:"97"`
}

func (f *fields) setTime(at time.Time) {
	f.Sent, f.LocalTime, f.LocalDate = transmitted(at), at.Format("150405"), at.Format("0102")
}

// transmitted is field 7: MMDDhhmmss in UTC.
func transmitted(at time.Time) string { return at.UTC().Format("0102150405") }

// setCard sets what was read of the card: of a stripe the track alone, of a chip
// number, expiry, sequence number and chip data, of a keyed card number and expiry.
func (f *fields) setCard(r till.Request) {
	if (r.Txn.Entry == till.Swipe || r.Txn.Entry == till.Fallback) && !r.Card.Track2.IsZero() {
		f.Track2 = r.Card.Track2
		return
	}
	f.PAN, f.Expiry, f.ICC = r.Card.PAN, r.Card.Expiry, r.Card.ICC
	if r.Card.PSN != "" {
		f.PSN = "0" + r.Card.PSN
	}
}

// setMoney sets the amount and what it is made of (field 54): type 40 is cash that is
// handed out, 44 a tip.
func (f *fields) setMoney(t till.Txn) (err error) {
	if f.Amount, err = digits("amount", t.Amount.Minor(), 12); err != nil {
		return err
	}
	if t.Amount.Currency().IsZero() {
		return fmt.Errorf("an amount without a currency")
	}
	f.Currency = t.Amount.Currency().Number()
	switch {
	case t.Cashback.IsPositive():
		f.Amounts, err = additionalAmount("40", t.Cashback)
	case t.Kind == till.Tip:
		f.Amounts, err = additionalAmount("44", t.Amount)
	}
	return err
}

// additionalAmount is one amount of field 54: account type 00, amount type, currency, D
// for what the cardholder pays, twelve digits.
func additionalAmount(kind string, a money.Amount) (string, error) {
	n, err := digits("additional amount", a.Minor(), 12)
	return "00" + kind + a.Currency().Number() + "D" + n, err
}

// setTerms sets field 48, elements of tag, length and value: CV is the card verification
// value of a card that is not there, which is sent this once; IP a plan of instalments.
func (f *fields) setTerms(r till.Request) error {
	var text strings.Builder
	if cvv2 := r.Card.CVV2; !cvv2.IsZero() && asks(r.Op) {
		if n := cvv2.Len(); n != 3 && n != 4 {
			return fmt.Errorf("card verification value of %d digits, want 3 or 4", n)
		}
		fmt.Fprintf(&text, "CV%02d%s", cvv2.Len(), cvv2.Reveal())
	}
	if plan := r.Txn.Plan; plan != nil {
		if plan.Count < 1 || plan.Count > 99 || len(plan.Code) > 8 {
			return fmt.Errorf("a plan of %d instalments with a code of %d characters, want 1 to 99 and up to 8", plan.Count, len(plan.Code))
		}
		fmt.Fprintf(&text, "IP%02d%02d%s", 2+len(plan.Code), plan.Count, plan.Code)
	}
	f.Additional = text.String()
	return nil
}

// asks reports an operation that may carry what must never be kept.
func asks(op till.Op) bool { return op == till.OpAuthorize || op == till.OpBalance }

// setTotals sets the totals of a batch in the fields of the standard.
func (f *fields) setTotals(t till.Totals) error {
	c, err := money.CurrencyByCode(t.Currency)
	if err != nil {
		return fmt.Errorf("totals: %w", err)
	}
	f.Settlement = c.Number()
	for _, n := range []struct {
		to    *string
		name  string
		value int64
		width int
	}{
		{&f.Credits, "credits", int64(t.Credits), 10},
		{&f.CreditReversals, "credit reversals", int64(t.CreditReversals), 10},
		{&f.Debits, "debits", int64(t.Debits), 10},
		{&f.DebitReversals, "debit reversals", int64(t.DebitReversals), 10},
		{&f.CreditMinor, "sum of credits", t.CreditMinor, 16},
		{&f.CreditRevMinor, "sum of credit reversals", t.CreditRevMinor, 16},
		{&f.DebitMinor, "sum of debits", t.DebitMinor, 16},
		{&f.DebitRevMinor, "sum of debit reversals", t.DebitRevMinor, 16},
	} {
		if *n.to, err = digits(n.name, n.value, n.width); err != nil {
			return err
		}
	}
	f.Net, err = netAmount(t.Net())
	return err
}

// netAmount is field 97: D and sixteen digits where debits exceed credits or equal them, C
// where credits exceed debits. Debits are debits to cards: D is a day on which the
// acquirer owes the shop.
func netAmount(minor int64) (string, error) {
	sign := "D"
	if minor < 0 {
		sign, minor = "C", -minor
	}
	n, err := digits("net", minor, 16)
	return sign + n, err
}

// digits is a count with leading zeros, or an error if it does not fit.
func digits(name string, n int64, width int) (string, error) {
	s := fmt.Sprintf("%0*d", width, n)
	if n < 0 || len(s) > width {
		return "", fmt.Errorf("%s %d, want 0 to %d digits", name, n, width)
	}
	return s, nil
}
