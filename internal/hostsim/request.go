package hostsim

import (
	"encoding/hex"
	"strconv"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
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

// request is a message as the host understands it, whatever layout it came in.
type request struct {
	trace
	op       till.Op // what it asks; empty where the host has no answer to it
	repeat   bool    // said to be sent before
	message  *iso8583.Message
	merchant string
	operator string       // field 63 of a UnionPay sign-on
	kind     till.Kind    // of what is for money, and of the record of an upload; of a reversal, of what it undoes
	amount   money.Amount // of the same: field 4
	notice   till.Notice  // why it is told (0220) and not asked
	verdict  string       // field 39 of a notice: Y1 or Y3, by which the chip approved
	cashback money.Amount // part of amount: field 54, type 40
	tip      bool         // the amount is a tip: field 54, type 44
	plan     *till.Plan   // instalments
	authCode string       // field 38: of the original, or as the issuer gave it by telephone
	cvv2     card.Secret  // of a card that is not there
	pin      pinBlock     // fields 52 and 53; the zero one is none
	card     cardData     // of what names one
	icc      []byte
	rrn      string    // field 37: of the original
	sent     string    // field 7
	original till.STAN // of what refers to another: the other's trace number
	ofBatch  int       // batch of the original; 0: of the same batch, or of any where rrn names it
	ofType   string    // message type of the original; empty where the layout does not tell
	begun    string    // field 90: field 7 of the original; empty where the layout does not tell
	cause    string    // field 39 of a reversal
	network  string    // field 70
	part     int       // of a download: from 1
	script   bool      // of a confirmation: the result of a script, not the TC
	theirs   till.Totals
	coarse   func(till.Totals) till.Totals // totals as far as the layout can say them; nil: all of them
	net      string                        // field 97 as sent; empty where the layout has none
	orders   Orders                        // what somebody wants done to it
	layout   layout                        // that it came in
	keys     *workingkey.Keys              // of its terminal, by which it was proved or else is answered; nil is none
	around   surroundings
	tries    pinTries // of its card
}

// pinBlock is an enciphered PIN as it came.
type pinBlock struct {
	block   card.Secret // 16 hexadecimal digits
	control string      // field 53
}

// IsZero reports that no PIN came.
func (p pinBlock) IsZero() bool { return p.block.IsZero() }

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

// readRequest understands a message by the layout that its spec has, or tells what is
// wrong with its form.
func readRequest(m *iso8583.Message) (request, error) {
	r := request{message: m, repeat: m.MTI() == m.MTI().Repeat(), layout: layoutOf(m.Spec())}
	err := r.layout.read(&r)
	return r, err
}

// originalTrace is the trace of the request that a void or a reversal names: of the
// same terminal, and of the same batch where the layout does not tell another.
func (r request) originalTrace() trace {
	k := trace{terminal: r.terminal, batch: r.batch, stan: r.original}
	if r.ofBatch != 0 {
		k.batch = r.ofBatch
	}
	return k
}

// digest stands for what a request for money asks and when it was begun, so that a
// repeat of it is told from another request under the same trace number: two tills may
// be set up with one terminal number, or one may lose its books and count anew.
func (r request) digest(key tokenKey) string {
	return key.digest(string(r.kind), key.token(r.card.pan), strconv.FormatInt(r.amount.Minor(), 10), r.amount.Currency().Code(),
		r.merchant, r.rrn, r.original.String(), r.sent, hex.EncodeToString(r.icc))
}
