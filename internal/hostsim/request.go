package hostsim

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// trace is what the host knows a request for money by. It is unique for all time: a
// closed batch never opens again.
type trace struct {
	terminal string
	batch    int
	stan     till.STAN
}

// fields are the fields that the host reads, of whatever message.
type fields struct {
	PAN        card.PAN    `iso8583:"2"`
	Processing string      `iso8583:"3"`
	Amount     int64       `iso8583:"4"`
	STAN       int         `iso8583:"11"`
	Expiry     card.Expiry `iso8583:"14"`
	PSN        string      `iso8583:"23"`
	Track2     card.Track2 `iso8583:"35"`
	RRN        string      `iso8583:"37"`
	Cause      string      `iso8583:"39"`
	Terminal   string      `iso8583:"41"`
	Merchant   string      `iso8583:"42"`
	Currency   string      `iso8583:"49"`
	Settlement string      `iso8583:"50"`
	ICC        []byte      `iso8583:"55"`
	Batch      string      `iso8583:"60"`
	Network    string      `iso8583:"70"`
	Credits    int         `iso8583:"74"`
	CreditRevs int         `iso8583:"75"`
	Debits     int         `iso8583:"76"`
	DebitRevs  int         `iso8583:"77"`
	CreditSum  int64       `iso8583:"86"`
	CreditRevM int64       `iso8583:"87"`
	DebitSum   int64       `iso8583:"88"`
	DebitRevM  int64       `iso8583:"89"`
	Original   string      `iso8583:"90"`
	Net        string      `iso8583:"97"`
	Sent       string      `iso8583:"7"`
}

// request is a message as the host understands it.
type request struct {
	trace
	message  *iso8583.Message
	merchant string
	kind     till.Kind    // of an 0200
	amount   money.Amount // of an 0200 or 0400
	card     cardData     // of an 0200 that names one
	icc      []byte
	rrn      string    // field 37: of the original
	sent     string    // field 7
	original till.STAN // field 90: of the original
	begun    string    // field 90: field 7 of the original
	cause    string    // field 39 of a reversal
	network  string    // field 70
	theirs   till.Totals
	net      string // field 97 as sent
}

// cardData is what a message says of the card.
type cardData struct {
	pan    card.PAN
	expiry card.Expiry
	psn    string // two digits; empty where the message has none
}

// formatError is a message that lacks what its kind must have, or holds what no host
// can read. The text names the field and never its value.
type formatError struct {
	field string
	cause string
}

func (e *formatError) Error() string { return "field " + e.field + ": " + e.cause }

// numeric are the fields that must hold digits alone. A message that is read keeps
// whatever characters it came with.
func numeric() []string {
	return []string{"3", "4", "11", "49", "50", "60", "70", "74", "75", "76", "77", "86", "87", "88", "89", "90"}
}

// readRequest understands a message, or tells what is wrong with its form.
func readRequest(m *iso8583.Message) (request, error) {
	for _, path := range numeric() {
		if strings.Trim(m.Value(path), "0123456789") != "" {
			return request{}, &formatError{path, "something that is no digit"}
		}
	}
	var f fields
	if err := m.Unmarshal(&f); err != nil {
		return request{}, fmt.Errorf("read %s: %w", m.MTI(), err)
	}
	r := request{
		message: m, merchant: strings.TrimRight(f.Merchant, " "), card: f.card(), icc: f.ICC,
		rrn: strings.TrimRight(f.RRN, " "), sent: f.Sent, cause: f.Cause, network: f.Network, net: f.Net,
	}
	r.terminal, r.stan = strings.TrimRight(f.Terminal, " "), till.STAN(f.STAN)
	if r.terminal == "" {
		return request{}, &formatError{"41", "missing"}
	}
	if r.stan < 1 {
		return request{}, &formatError{"11", "missing or 000000"}
	}
	return r, r.readKind(f)
}

// readKind reads what the class of the message asks for.
func (r *request) readKind(f fields) error {
	switch r.message.MTI().Class() {
	case '2':
		return errors.Join(r.readBatch(f), r.readMoney(f), r.readProcessing(f))
	case '4':
		return errors.Join(r.readBatch(f), r.readMoney(f), r.readOriginal(f))
	case '5':
		return errors.Join(r.readBatch(f), r.readTotals(f))
	}
	return nil
}

func (r *request) readBatch(f fields) error {
	n, err := strconv.Atoi(f.Batch)
	if err != nil || len(f.Batch) != 6 || n < 1 {
		return &formatError{"60", "want a batch number of six digits"}
	}
	r.batch = n
	return nil
}

func (r *request) readMoney(f fields) error {
	c, err := money.CurrencyByNumber(f.Currency)
	if err != nil || f.Currency == "" {
		return &formatError{"49", "want a currency number of ISO 4217"}
	}
	if !r.message.Has("4") {
		return &formatError{"4", "missing"}
	}
	r.amount = money.New(f.Amount, c)
	return nil
}

// readProcessing reads the kind of transaction: the first two digits of field 3.
func (r *request) readProcessing(f fields) error {
	if len(f.Processing) != 6 {
		return &formatError{"3", "missing"}
	}
	switch f.Processing[:2] {
	case "00":
		r.kind = till.Sale
		if r.card.pan.IsZero() {
			return &formatError{"2", "a sale without a card number or track"}
		}
		return nil
	case "02":
		r.kind = till.Void
	case "20":
		r.kind = till.Refund
	default:
		return nil // answered as an invalid transaction
	}
	return r.readOriginal(f)
}

// readOriginal reads field 90: message type (4), trace number (6), date and time (10),
// acquirer (11) and forwarder (11) of the original.
func (r *request) readOriginal(f fields) error {
	if len(f.Original) != 42 {
		return &formatError{"90", "missing"}
	}
	n, err := strconv.Atoi(f.Original[4:10])
	if err != nil || n < 1 {
		return &formatError{"90", "the trace number of the original is no number"}
	}
	r.original, r.begun = till.STAN(n), f.Original[10:20]
	return nil
}

func (r *request) readTotals(f fields) error {
	c, err := money.CurrencyByNumber(f.Settlement)
	if err != nil || f.Settlement == "" {
		return &formatError{"50", "want a currency number of ISO 4217"}
	}
	r.theirs = till.Totals{
		Currency: c.Code(),
		Debits:   f.Debits, DebitMinor: f.DebitSum, DebitReversals: f.DebitRevs, DebitRevMinor: f.DebitRevM,
		Credits: f.Credits, CreditMinor: f.CreditSum, CreditReversals: f.CreditRevs, CreditRevMinor: f.CreditRevM,
	}
	return nil
}

// card is the card of the message, by number or by track.
func (f fields) card() cardData {
	c := cardData{pan: f.PAN, expiry: f.Expiry}
	if c.pan.IsZero() && !f.Track2.IsZero() {
		c.pan, c.expiry = f.Track2.PAN, f.Track2.Expiry
	}
	if len(f.PSN) == 3 { // n3 on the wire, two digits on the card
		c.psn = f.PSN[1:]
	}
	return c
}

// originalTrace is the trace of the request that a void or a reversal names: always of
// the same terminal and batch.
func (r request) originalTrace() trace {
	return trace{terminal: r.terminal, batch: r.batch, stan: r.original}
}

// digest stands for what a request for money asks and when it was begun, so that a
// repeat of it is told from another request under the same trace number: two tills may
// be set up with one terminal number, or one may lose its books and count anew.
func (r request) digest(key tokenKey) string {
	return key.digest(string(r.kind), key.token(r.card.pan), strconv.FormatInt(r.amount.Minor(), 10), r.amount.Currency().Code(),
		r.merchant, r.rrn, r.original.String(), r.sent, hex.EncodeToString(r.icc))
}
