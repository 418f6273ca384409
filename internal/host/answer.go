package host

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// InvalidAnswer is an answer that cannot be believed to belong to the request. The
// fields that it names are never card data.
type InvalidAnswer struct {
	Field string // "0" for the message type
	Got   string // empty where the field is missing
	Want  string
}

// Error names the field with what it holds and what it should.
func (e *InvalidAnswer) Error() string {
	if e.Got == "" {
		return fmt.Sprintf("invalid answer: field %s is missing, want %s", e.Field, e.Want)
	}
	return fmt.Sprintf("invalid answer: field %s is %q, want %s", e.Field, e.Got, e.Want)
}

// Answer reads the answer to r. An answer that does not belong to r, or that cannot
// mean anything, is an *[InvalidAnswer]. A response code that declines is no error.
func (p Profile) Answer(r till.Request, m *iso8583.Message) (till.Answer, error) {
	want, err := p.fields(r)
	if err != nil {
		return till.Answer{}, fmt.Errorf("%s %s: %w", r.Op, r.STAN, err)
	}
	if err := p.belongs(r, want, m); err != nil {
		return till.Answer{}, err
	}
	a := till.Answer{
		ResponseCode: value(m, "39"), RRN: value(m, "37"), AuthCode: value(m, "38"), ICC: m.Bytes("55"),
	}
	if len(a.ResponseCode) != 2 {
		return till.Answer{}, &InvalidAnswer{Field: "39", Got: a.ResponseCode, Want: "a response code of two characters"}
	}
	if r.Op == till.OpAuthorize && slices.Contains(p.Partial, a.ResponseCode) {
		return till.Answer{}, &InvalidAnswer{Field: "39", Got: a.ResponseCode, Want: "an approval of the whole amount or none"}
	}
	a.Approved = p.IsApproved(a.ResponseCode)
	a.Acknowledged = r.Op == till.OpReverse && p.IsReversalFinal(a.ResponseCode)
	switch r.Op {
	case till.OpAuthorize, till.OpReverse:
		a.Amount = r.Txn.Amount // field 4 and 49 say the same, or it would not belong
	case till.OpReconcile:
		err = p.reconciled(&a, r, m)
	case till.OpSignOn, till.OpEcho:
	}
	return a, err
}

// belongs compares the answer with the request that it claims to answer.
func (p Profile) belongs(r till.Request, want fields, m *iso8583.Message) error {
	mti := messageType(p.MessageTypes[r.Op], r.Repeat).Response()
	if m.MTI() != mti {
		return &InvalidAnswer{Field: "0", Got: string(m.MTI()), Want: string(mti)}
	}
	for _, f := range []struct{ path, want string }{
		{"3", want.Processing}, {"4", want.Amount}, {"11", want.STAN}, {"41", want.Terminal}, {"49", want.Currency},
	} {
		if f.want != "" && value(m, f.path) != trim(f.want) {
			return &InvalidAnswer{Field: f.path, Got: value(m, f.path), Want: trim(f.want)}
		}
	}
	if m.Has("42") && value(m, "42") != trim(want.Merchant) {
		return &InvalidAnswer{Field: "42", Got: value(m, "42"), Want: trim(want.Merchant)}
	}
	return nil
}

// reconciled reads whether the totals agree: by field 66 where the host sends it, and
// in any case no response code but an approval agrees. The host's own totals are taken
// where it sends them.
func (p Profile) reconciled(a *till.Answer, r till.Request, m *iso8583.Message) error {
	a.InBalance = a.Approved && (!m.Has("66") || slices.Contains(p.InBalanceCodes, value(m, "66")))
	if !m.Has("76") && !m.Has("88") {
		return nil
	}
	theirs, err := totals(m, r.Totals.Currency)
	if err != nil {
		return err
	}
	a.Theirs = &theirs
	return nil
}

// totals reads the host's totals; what it leaves out is zero, and so is a currency
// that it does not name ours.
func totals(m *iso8583.Message, ours string) (till.Totals, error) {
	t := till.Totals{Currency: ours}
	if m.Has("50") {
		c, err := money.CurrencyByNumber(value(m, "50"))
		if err != nil {
			return till.Totals{}, &InvalidAnswer{Field: "50", Got: value(m, "50"), Want: "a currency number of ISO 4217"}
		}
		t.Currency = c.Code()
	}
	err := errors.Join(
		count(m, "74", &t.Credits), count(m, "75", &t.CreditReversals), count(m, "76", &t.Debits), count(m, "77", &t.DebitReversals),
		sum(m, "86", &t.CreditMinor), sum(m, "87", &t.CreditRevMinor), sum(m, "88", &t.DebitMinor), sum(m, "89", &t.DebitRevMinor),
	)
	return t, err
}

func count(m *iso8583.Message, path string, to *int) error {
	var n int64
	err := sum(m, path, &n)
	*to = int(n)
	return err
}

func sum(m *iso8583.Message, path string, to *int64) error {
	if !m.Has(path) {
		return nil
	}
	n, err := strconv.ParseInt(value(m, path), 10, 64)
	if err != nil || n < 0 {
		return &InvalidAnswer{Field: path, Got: value(m, path), Want: "a number"}
	}
	*to = n
	return nil
}

// value is a field without the blanks that pad it.
func value(m *iso8583.Message, path string) string { return trim(m.Value(path)) }

func trim(s string) string { return strings.TrimRight(s, " ") }

var _ error = (*InvalidAnswer)(nil)
