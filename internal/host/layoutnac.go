package host

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// layoutNAC is that of terminals behind a TPDU: 60 is the batch, and of a record its
// message type, trace number and batch; 62 is the invoice, which is the trace number of
// what is sold; 63 is the totals, and the part of a download. What is undone is named by
// field 11 of its own, what is voided or refunded by 37 and its invoice. There is no
// field 7: 12 and 13 are the shop's time of the transaction.
type layoutNAC struct{}

// network24 is field 24, the network international identifier.
const network24 = "001"

func (layoutNAC) put(p Profile, f *fields, r till.Request, _ Row) error {
	f.Sent, f.Network24, f.Batch = "", network24, batch(r.Batch)
	switch r.Op {
	case till.OpAuthorize, till.OpAdvise:
		f.Invoice = r.STAN.String()
		if r.Original != nil {
			f.Invoice = r.Original.STAN.String()
		}
	case till.OpReverse, till.OpConfirm:
		f.ofIts(r.Txn)
		f.Invoice = r.Txn.STAN.String()
	case till.OpUpload:
		row, err := p.named(r.Txn, r.Original)
		if err != nil {
			return err
		}
		f.Batch, f.Invoice = row.MTI+r.Txn.STAN.String()+f.Batch, r.Txn.STAN.String()
	case till.OpReconcile, till.OpTrailer:
		return f.setNetTotals(r.Totals)
	case till.OpDownload:
		return f.setPartIn(&f.Further, r.Part)
	case till.OpBalance, till.OpSignOn, till.OpSignOff, till.OpEcho:
	}
	return nil
}

// ofIts gives a message the trace number and the time of the transaction that it is about.
func (f *fields) ofIts(t till.Txn) {
	f.STAN = t.STAN.String()
	if !t.At.IsZero() {
		f.setTime(t.At)
		f.Sent = ""
	}
}

func (f *fields) setPartIn(to *string, part int) (err error) {
	*to, err = digits("part", int64(part), 3)
	return err
}

// netLength is how long the totals in field 63 are; zeros fill them.
const netLength = 90

// setNetTotals sets the totals net of voids: number and sum of sales, number and sum of
// refunds, and zeros.
func (f *fields) setNetTotals(t till.Totals) error {
	c, err := money.CurrencyByCode(t.Currency)
	if err != nil {
		return fmt.Errorf("totals: %w", err)
	}
	f.Currency = c.Number()
	text, err := countsAndSums(
		counted{"sales", t.Debits - t.DebitReversals, t.DebitMinor - t.DebitRevMinor},
		counted{"refunds", t.Credits - t.CreditReversals, t.CreditMinor - t.CreditRevMinor},
	)
	f.Further = text + strings.Repeat("0", netLength-len(text))
	return err
}

// countLimit is how many transactions three digits count. A batch with more could never be
// closed.
const countLimit = 999

// counted is a number and a sum of transactions.
type counted struct {
	name  string
	count int
	minor int64
}

// countsAndSums writes three digits of number and twelve of sum for each.
func countsAndSums(list ...counted) (string, error) {
	var text strings.Builder
	for _, c := range list {
		n, err := digits("number of "+c.name, int64(c.count), 3)
		if err != nil {
			return "", err
		}
		minor, err := digits("sum of "+c.name, c.minor, 12)
		if err != nil {
			return "", err
		}
		text.WriteString(n + minor)
	}
	return text.String(), nil
}

func (layoutNAC) read(p Profile, a *till.Answer, r till.Request, m *iso8583.Message) error {
	switch r.Op {
	case till.OpSignOn:
		return readSignOn(p, a, r, m, value(m, "60"))
	case till.OpDownload:
		readPart(a, m)
	case till.OpReconcile, till.OpTrailer:
		return readNetTotals(p, a, r, m)
	case till.OpAuthorize, till.OpAdvise, till.OpReverse, till.OpBalance, till.OpSignOff, till.OpEcho, till.OpConfirm, till.OpUpload:
	}
	return nil
}

// readNetTotals reads the answer to totals: the response code alone says whether they
// agree, and 63 has the host's own where they do not, with the records that only the host
// has behind them.
func readNetTotals(p Profile, a *till.Answer, r till.Request, m *iso8583.Message) error {
	a.InBalance = a.Approved
	text := value(m, "63")
	if a.Approved || text == "" {
		return nil
	}
	if len(text) < netLength || strings.Trim(text, "0123456789") != "" {
		return &InvalidAnswer{Field: "63", Got: strconv.Itoa(len(text)) + " characters", Want: "totals of 90 digits"}
	}
	a.Theirs = &till.Totals{
		Currency: r.Totals.Currency,
		Debits:   int(number(text[:3])), DebitMinor: number(text[3:15]),
		Credits: int(number(text[15:18])), CreditMinor: number(text[18:30]),
	}
	return differences(a, r, text[netLength:])
}

// number reads digits that were checked to be such.
func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

func (layoutNAC) operation(p Profile, m *iso8583.Message) till.Op { return p.byNetwork(m, "") }
