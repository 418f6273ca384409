package settle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// Record is one movement of money as its source states it. Amounts are minor units,
// signed from the shop's side: what it receives is positive. References are kept as text,
// with their leading zeros. The zero value of a field is "not stated".
type Record struct {
	Source Source // where it stands
	Type   Type

	Currency money.Currency // of Gross, and of Fee and Net unless Settled says otherwise
	Gross    int64          // before fees: a sale positive, a refund or chargeback negative
	Fee      int64          // what the shop pays for it; negative where a fee is given back
	Net      int64          // Gross less Fee where the source does not state it itself
	Stated   Stated         // which of Fee and Net the source states
	Settled  money.Currency // of Fee and Net where it is not Currency; zero where it is

	Time time.Time // of the transaction, with the zone that the source means

	Merchant string // acceptor identifier (ISO 8583 field 42)
	Terminal string // terminal identifier (field 41)
	Batch    string // batch number of the terminal
	STAN     string // trace number (field 11)
	RRN      string // retrieval reference (field 37)
	AuthCode string // authorization code (field 38)
	Order    string // the shop's own number of the order
	Trade    string // the processor's number of the trade
	Refund   string // the number of one refund of an order
	Original string // reference of the transaction that this one undoes
	Card     string // masked: at most the first six and last four digits
}

// Source is the place of a record. A record that came from no file has a name alone, or
// nothing.
type Source struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`   // of its first byte, from 1
	Offset int64  `json:"offset,omitempty"` // of its first byte in the file as it lies on disk
}

// String is "file:line".
func (s Source) String() string {
	if s.Line == 0 {
		return s.File
	}
	return s.File + ":" + strconv.Itoa(s.Line)
}

// Stated tells which amounts a source states, beside the gross.
type Stated uint8

// What a source states.
const (
	FeeStated Stated = 1 << iota // the row has a fee
	NetStated                    // the row has a net amount, and it was gross less fee
)

// Settlement is the currency of Fee and Net.
func (r *Record) Settlement() money.Currency {
	if r.Settled.IsZero() {
		return r.Currency
	}
	return r.Settled
}

// GrossAmount is Gross with its currency.
func (r *Record) GrossAmount() money.Amount { return money.New(r.Gross, r.Currency) }

// FeeAmount is Fee with its currency.
func (r *Record) FeeAmount() money.Amount { return money.New(r.Fee, r.Settlement()) }

// NetAmount is Net with its currency.
func (r *Record) NetAmount() money.Amount { return money.New(r.Net, r.Settlement()) }

// ID identifies the content of a record wherever it stands: 32 hex digits of SHA-256
// over everything but Source. Two rows of the same content have one ID, so that a row
// which comes again in an overlapping file is known.
func (r *Record) ID() string {
	h := sha256.Sum256(r.appendContent(make([]byte, 0, 256)))
	return hex.EncodeToString(h[:16])
}

// Reference is the name by which people know the record: the first reference it has, of
// order, trade, RRN, STAN.
func (r *Record) Reference() string {
	for _, s := range []string{r.Order, r.Trade, r.RRN, r.STAN} {
		if s != "" {
			return sweep(s)
		}
	}
	return ""
}

// sweep hides a reference that looks like a card number, for texts that people read.
func sweep(s string) string {
	if len(s) >= 13 && card.IsNumber(s) {
		return card.Mask(s)
	}
	return s
}

// appendContent is a canonical form of everything but the place: texts with a length
// before them, numbers in decimal.
func (r *Record) appendContent(b []byte) []byte {
	for _, n := range []int64{int64(r.Type), r.Gross, r.Fee, r.Net, int64(r.Stated), unixOf(r.Time)} {
		b = strconv.AppendInt(b, n, 10)
		b = append(b, ';')
	}
	for _, s := range []string{
		r.Currency.Code(), r.Settled.Code(), r.Merchant, r.Terminal, r.Batch, r.STAN, r.RRN, r.AuthCode,
		r.Order, r.Trade, r.Refund, r.Original, r.Card,
	} {
		b = strconv.AppendInt(b, int64(len(s)), 10)
		b = append(b, ':')
		b = append(b, s...)
	}
	return b
}

// unixOf is the second of a time; no time is before all others.
func unixOf(t time.Time) int64 {
	if t.IsZero() {
		return -1 << 63
	}
	return t.Unix()
}

// recordJSON is the form in every JSON: amounts in minor units, absent fields left out.
type recordJSON struct {
	Source
	Type     Type      `json:"type"`
	Currency string    `json:"currency"`
	Gross    int64     `json:"gross_minor"`
	Fee      *int64    `json:"fee_minor,omitempty"`
	Net      int64     `json:"net_minor"`
	NetSaid  bool      `json:"net_stated,omitempty"`
	Settled  string    `json:"settled_currency,omitempty"`
	Time     time.Time `json:"time,omitzero"`
	Merchant string    `json:"merchant,omitempty"`
	Terminal string    `json:"terminal,omitempty"`
	Batch    string    `json:"batch,omitempty"`
	STAN     string    `json:"stan,omitempty"`
	RRN      string    `json:"rrn,omitempty"`
	AuthCode string    `json:"auth_code,omitempty"`
	Order    string    `json:"order,omitempty"`
	Trade    string    `json:"trade,omitempty"`
	Refund   string    `json:"refund,omitempty"`
	Original string    `json:"original,omitempty"`
	Card     string    `json:"card,omitempty"`
}

// MarshalJSON writes amounts as whole minor units and leaves out what is not stated.
func (r Record) MarshalJSON() ([]byte, error) {
	v := recordJSON{
		Source: r.Source, Type: r.Type, Currency: r.Currency.Code(), Gross: r.Gross, Net: r.Net, NetSaid: r.Stated&NetStated != 0,
		Settled: r.Settled.Code(), Time: r.Time, Merchant: r.Merchant, Terminal: r.Terminal, Batch: r.Batch, STAN: r.STAN,
		RRN: r.RRN, AuthCode: r.AuthCode, Order: r.Order, Trade: r.Trade, Refund: r.Refund, Original: r.Original, Card: r.Card,
	}
	if r.Stated&FeeStated != 0 {
		v.Fee = &r.Fee
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Record) UnmarshalJSON(b []byte) error {
	var v recordJSON
	if err := json.Unmarshal(b, &v); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	*r = Record{
		Source: v.Source, Type: v.Type, Gross: v.Gross, Net: v.Net, Time: v.Time, Merchant: v.Merchant, Terminal: v.Terminal,
		Batch: v.Batch, STAN: v.STAN, RRN: v.RRN, AuthCode: v.AuthCode, Order: v.Order, Trade: v.Trade, Refund: v.Refund,
		Original: v.Original, Card: card.Mask(v.Card),
	}
	if v.Fee != nil {
		r.Fee, r.Stated = *v.Fee, FeeStated
	}
	if v.NetSaid {
		r.Stated |= NetStated
	}
	var err error
	if r.Currency, err = currencyOrNone(v.Currency); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if r.Settled, err = currencyOrNone(v.Settled); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

func currencyOrNone(code string) (money.Currency, error) {
	if code == "" {
		return money.Currency{}, nil
	}
	return money.CurrencyByCode(code)
}

// lastFour is the last four characters of a masked card, if those are digits.
func lastFour(masked string) string {
	if len(masked) < 4 {
		return ""
	}
	four := masked[len(masked)-4:]
	if strings.Trim(four, "0123456789") != "" {
		return ""
	}
	return four
}
