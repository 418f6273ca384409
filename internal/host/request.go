package host

import (
	"fmt"
	"strings"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/iso8583"
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
	Condition  string      `iso8583:"25"`
	Track2     card.Track2 `iso8583:"35"`
	RRN        string      `iso8583:"37"`
	Reason     string      `iso8583:"39"`
	Terminal   string      `iso8583:"41"`
	Merchant   string      `iso8583:"42"`
	Currency   string      `iso8583:"49"`
	Settlement string      `iso8583:"50"`
	ICC        []byte      `iso8583:"55"`
	Batch      string      `iso8583:"60"`
	Network    string      `iso8583:"70"`

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

// Request is the message that asks the host for r. An error is a request that does not
// fit the message (an amount of more than twelve digits, a terminal of more than eight
// characters) or the profile; it holds no card data.
func (p Profile) Request(r till.Request) (*iso8583.Message, error) {
	mti, ok := p.MessageTypes[r.Op]
	if !ok {
		return nil, fmt.Errorf("host profile %s: no message for %q", p.Name, r.Op)
	}
	f, err := p.fields(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Op, r.STAN, err)
	}
	m := p.Spec.NewMessage(messageType(mti, r.Repeat))
	if err := m.Marshal(f); err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Op, r.STAN, err)
	}
	return m, nil
}

func messageType(mti string, repeat bool) iso8583.MTI {
	if repeat {
		return iso8583.MTI(mti).Repeat()
	}
	return iso8583.MTI(mti)
}

// fields are the fields of r by its operation.
func (p Profile) fields(r till.Request) (fields, error) {
	f, err := p.common(r)
	if err != nil {
		return fields{}, err
	}
	switch r.Op {
	case till.OpAuthorize:
		return p.authorize(f, r)
	case till.OpReverse:
		return p.reverse(f, r)
	case till.OpReconcile:
		return reconcile(f, r.Totals)
	case till.OpSignOn, till.OpEcho:
		f.Network = p.NetworkCodes[r.Op]
		return f, nil
	}
	return fields{}, fmt.Errorf("no fields for the operation")
}

// common is what every request carries.
func (p Profile) common(r till.Request) (fields, error) {
	if r.STAN < 1 || r.STAN > till.MaxSTAN {
		return fields{}, fmt.Errorf("trace number %d, want 1 to %d", r.STAN, till.MaxSTAN)
	}
	if r.Batch < 1 || r.Batch > 999999 {
		return fields{}, fmt.Errorf("batch %d, want 1 to 999999", r.Batch)
	}
	if strings.TrimSpace(r.Terminal) == "" {
		return fields{}, fmt.Errorf("no terminal")
	}
	f := fields{STAN: r.STAN.String(), Batch: fmt.Sprintf("%06d", r.Batch), Terminal: r.Terminal, Merchant: r.Merchant}
	f.setTime(r.At)
	return f, nil
}

func (f *fields) setTime(at time.Time) {
	f.Sent, f.LocalTime, f.LocalDate = transmitted(at), at.Format("150405"), at.Format("0102")
}

// transmitted is field 7: MMDDhhmmss in UTC.
func transmitted(at time.Time) string { return at.UTC().Format("0102150405") }

func (p Profile) authorize(f fields, r till.Request) (fields, error) {
	if err := p.money(&f, r.Txn); err != nil {
		return fields{}, err
	}
	f.Condition = p.ConditionCode
	if !r.Txn.At.IsZero() {
		f.setTime(r.Txn.At) // what field 90 of a reversal will name it by
	}
	if r.Txn.Kind == till.Sale {
		f.setCard(r)
		return f, nil
	}
	if r.Original == nil {
		return fields{}, fmt.Errorf("a %s without its original", r.Txn.Kind)
	}
	f.RRN, f.Original = r.Original.RRN, p.original(*r.Original)
	return f, nil
}

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

func (p Profile) reverse(f fields, r till.Request) (fields, error) {
	if err := p.money(&f, r.Txn); err != nil {
		return fields{}, err
	}
	reason, ok := p.Reasons[r.Txn.Reason]
	if !ok {
		return fields{}, fmt.Errorf("host profile %s: no code for the reason %q of a reversal", p.Name, r.Txn.Reason)
	}
	f.PAN, f.Expiry = r.Card.PAN, r.Card.Expiry
	f.Condition, f.Reason, f.RRN, f.Original = p.ConditionCode, reason, r.Txn.RRN, p.original(r.Txn)
	return f, nil
}

// money sets what a request for money and its reversal have in common.
func (p Profile) money(f *fields, t till.Txn) (err error) {
	var ok bool
	if f.Processing, ok = p.Processing[t.Kind]; !ok {
		return fmt.Errorf("host profile %s: no processing code for %q", p.Name, t.Kind)
	}
	if f.Entry, ok = p.EntryModes[t.Entry]; !ok {
		return fmt.Errorf("host profile %s: no entry mode for %q", p.Name, t.Entry)
	}
	if f.Amount, err = digits("amount", t.Amount.Minor(), 12); err != nil {
		return err
	}
	if t.Amount.Currency().IsZero() {
		return fmt.Errorf("an amount without a currency")
	}
	f.Currency = t.Amount.Currency().Number()
	return nil
}

// original is field 90 of a message that refers to t.
func (p Profile) original(t till.Txn) string {
	const acquirer, forwarder = "00000000000", "00000000000"
	return p.MessageTypes[till.OpAuthorize] + t.STAN.String() + transmitted(t.At) + acquirer + forwarder
}

func reconcile(f fields, t till.Totals) (fields, error) {
	c, err := money.CurrencyByCode(t.Currency)
	if err != nil {
		return fields{}, fmt.Errorf("totals: %w", err)
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
			return fields{}, err
		}
	}
	f.Net, err = net(t.Net())
	return f, err
}

// net is field 97: D and sixteen digits where debits exceed credits or equal them, C
// where credits exceed debits. Debits are debits to cards: D is a day on which the
// acquirer owes the shop.
func net(minor int64) (string, error) {
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
