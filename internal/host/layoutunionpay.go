package host

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// layoutUnionPay is that of UnionPay's terminals: 60 is the type of transaction (2), the
// batch (6) and the network code (3); 61 the batch (6), trace number (6) and date (4) of
// what is voided, refunded, completed or undone; 48 the totals; 62 the working keys of a
// sign-on, a part of a download and its number, and what a sale has beside its amount; 63
// the operator. There is no field 7: 12 and 13 are the shop's time of the transaction.
type layoutUnionPay struct{}

// noOperator signs on a terminal where nobody works yet.
const noOperator = "001"

func (layoutUnionPay) put(p Profile, f *fields, r till.Request, row Row) error {
	network := row.Network
	if network == "" {
		network = "000"
	}
	f.Sent, f.Batch = "", row.Type+batch(r.Batch)+network
	f.Invoice, f.Additional = f.Additional, "" // 48 holds digits alone
	if !f.PINBlock.IsZero() {
		f.PINLength = "12"
	}
	switch r.Op {
	case till.OpAuthorize, till.OpAdvise:
		if r.Original != nil {
			f.Earlier = earlier(*r.Original)
		}
	case till.OpReverse:
		f.ofIts(r.Txn)
		f.Earlier = earlier(r.Txn)
	case till.OpConfirm:
		f.ofIts(r.Txn)
	case till.OpReconcile, till.OpTrailer:
		return f.setSides(r.Totals)
	case till.OpSignOn:
		if f.Further = r.Operator; f.Further == "" {
			f.Further = noOperator
		}
		f.Further = fmt.Sprintf("%-3.3s", f.Further)
	case till.OpDownload:
		return f.setPartIn(&f.Invoice, r.Part)
	case till.OpBalance, till.OpUpload, till.OpSignOff, till.OpEcho:
	}
	return nil
}

// earlier is field 61 of a message that refers to t.
func earlier(t till.Txn) string { return batch(t.Batch) + t.STAN.String() + t.At.Format("0102") }

// Field 48 of totals is 62 digits: of domestic cards the sum (12) and number (3) of what
// was charged to cards and of what was given back, and the result (1); of foreign cards the
// same, here zeros.
const (
	sideLength   = 15
	resultAt     = 2 * sideLength
	sidesLength  = 62
	resultAgrees = "1"
)

// setSides sets the totals by what moved which way: a sale charges a card, and so does the
// void of a refund; a refund gives back, and so does the void of a sale.
func (f *fields) setSides(t till.Totals) error {
	c, err := money.CurrencyByCode(t.Currency)
	if err != nil {
		return fmt.Errorf("totals: %w", err)
	}
	f.Currency = c.Number()
	var text strings.Builder
	for _, side := range []counted{
		{"debits", t.Debits + t.CreditReversals, t.DebitMinor + t.CreditRevMinor},
		{"credits", t.Credits + t.DebitReversals, t.CreditMinor + t.DebitRevMinor},
	} {
		minor, err := digits("sum of "+side.name, side.minor, 12)
		if err != nil {
			return err
		}
		n, err := digits("number of "+side.name, int64(side.count), 3)
		if err != nil {
			return err
		}
		text.WriteString(minor + n)
	}
	f.Additional = text.String() + strings.Repeat("0", sidesLength-text.Len())
	return nil
}

func (layoutUnionPay) read(p Profile, a *till.Answer, r till.Request, m *iso8583.Message) error {
	switch r.Op {
	case till.OpSignOn:
		return readSignOn(p, a, r, m, m.Value("60.2"))
	case till.OpDownload:
		return readStatus(a, m)
	case till.OpReconcile, till.OpTrailer:
		return readSides(p, a, r, m)
	case till.OpAuthorize, till.OpAdvise, till.OpReverse, till.OpBalance, till.OpSignOff, till.OpEcho, till.OpConfirm, till.OpUpload:
	}
	return nil
}

// readStatus reads field 62 of a download: 1 where another part follows, 0 where none
// does, and the part.
func readStatus(a *till.Answer, m *iso8583.Message) error {
	if !a.Approved {
		return nil
	}
	text := m.Bytes("62")
	if len(text) == 0 || text[0] != '0' && text[0] != '1' {
		return &InvalidAnswer{Field: "62", Got: strconv.Itoa(len(text)) + " characters", Want: "0 or 1, and a part of the parameters"}
	}
	a.Parameters, a.More = text[1:], text[0] == '1'
	return nil
}

// readSides reads the answer to totals: it agrees only by an approval that says so in 48.
// Where it does not, 48 has the host's own totals, and 62 the records that only the host
// has.
func readSides(p Profile, a *till.Answer, r till.Request, m *iso8583.Message) error {
	text := m.Value("48")
	if text == "" {
		return nil
	}
	if len(text) != sidesLength || strings.Trim(text, "0123456789") != "" {
		return &InvalidAnswer{Field: "48", Got: strconv.Itoa(len(text)) + " characters", Want: "totals of 62 digits"}
	}
	if a.InBalance = a.Approved && text[resultAt:resultAt+1] == resultAgrees; a.InBalance {
		return nil
	}
	a.Theirs = &till.Totals{
		Currency:   r.Totals.Currency,
		DebitMinor: number(text[:12]), Debits: int(number(text[12:15])),
		CreditMinor: number(text[15:27]), Credits: int(number(text[27:30])),
	}
	return differences(a, r, string(m.Bytes("62")))
}

func (layoutUnionPay) operation(p Profile, m *iso8583.Message) till.Op {
	return p.byNetwork(m, m.Value("60.3"))
}
