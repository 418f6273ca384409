package host

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

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
// mean anything, is an *[InvalidAnswer]; one without the right message authentication code,
// of a host that has them, is [ErrMAC]; one that wants the terminal to sign on again is
// [ErrSignOn], but to what only asks, which it declines: what is told is still owed. A
// response code that declines is no error.
func (p Profile) Answer(r till.Request, m *iso8583.Message) (till.Answer, error) {
	row, want, err := p.fields(r)
	if err != nil {
		return till.Answer{}, fmt.Errorf("%s %s: %w", r.Op, r.STAN, err)
	}
	signOn := p.wantsSignOn(r, value(m, "39"))
	if err := p.proves(r, row, m); err != nil {
		if signOn {
			err = fmt.Errorf("%w, %w", ErrSignOn, err)
		}
		return till.Answer{}, fmt.Errorf("%s %s: %w", r.Op, r.STAN, err)
	}
	a := till.Answer{
		Proved: p.Code.covers(row), SignOn: signOn,
		ResponseCode: value(m, "39"), RRN: value(m, "37"), AuthCode: value(m, "38"), ICC: m.Bytes("55"),
	}
	if len(a.ResponseCode) != 2 {
		return till.Answer{}, &InvalidAnswer{Field: "39", Got: a.ResponseCode, Want: "a response code of two characters"}
	}
	a.Partial = r.Op == till.OpAuthorize && slices.Contains(p.Partial, a.ResponseCode)
	if err := p.belongs(r, row, want, m, a.Partial); err != nil {
		return till.Answer{}, err
	}
	if signOn && !asks(r.Op) {
		return till.Answer{}, fmt.Errorf("%s %s: %w", r.Op, r.STAN, ErrSignOn)
	}
	if err := p.decided(&a, r, m); err != nil {
		return till.Answer{}, err
	}
	if err := p.layout.read(p, &a, r, m); err != nil {
		return till.Answer{}, err
	}
	return a, nil
}

// decided reads what the response code means, and what the fields of the standard say
// beside it.
func (p Profile) decided(a *till.Answer, r till.Request, m *iso8583.Message) error {
	a.Approved = p.IsApproved(a.ResponseCode)
	switch r.Op {
	case till.OpAuthorize:
		a.Referral = slices.Contains(p.Referral, a.ResponseCode)
		a.ARQCVerified = len(r.Card.ICC) > 0 && p.cardAuthenticated(m.Value("44"))
		return errors.Join(approvedAmount(a, r, m), available(a, r, m))
	case till.OpBalance:
		return available(a, r, m)
	case till.OpReverse:
		a.Acknowledged, a.Amount = p.IsReversalFinal(a.ResponseCode), r.Txn.Amount
	case till.OpAdvise:
		a.Acknowledged, a.Amount = slices.Contains(p.AdviceFinal, a.ResponseCode), r.Txn.Amount
	case till.OpConfirm:
		a.Acknowledged = slices.Contains(p.ConfirmFinal, a.ResponseCode)
	case till.OpUpload:
		a.Recorded = recorded(r, m)
	case till.OpSignOn, till.OpSignOff, till.OpEcho, till.OpDownload, till.OpReconcile, till.OpTrailer:
	}
	return nil
}

// approvedAmount is what was asked, or the part of it that a partial approval names in
// field 4: more than nothing and less than the whole.
func approvedAmount(a *till.Answer, r till.Request, m *iso8583.Message) error {
	a.Amount = r.Txn.Amount
	if !a.Partial {
		return nil
	}
	var minor int64
	if err := sum(m, "4", &minor); err != nil {
		return err
	}
	if minor <= 0 || minor >= r.Txn.Amount.Minor() {
		return &InvalidAnswer{Field: "4", Got: value(m, "4"), Want: "a part of what was asked"}
	}
	a.Amount = money.New(minor, r.Txn.Amount.Currency())
	return nil
}

// recorded is the host's own amount of a record, where the answer has one.
func recorded(r till.Request, m *iso8583.Message) money.Amount {
	minor, err := strconv.ParseInt(value(m, "4"), 10, 64)
	if err != nil || minor < 0 {
		return money.Amount{}
	}
	return money.New(minor, r.Txn.Amount.Currency())
}

// available reads field 54: of its amounts, of twenty characters each, that of type 02 is
// what the card holds; C or D says who owes whom.
func available(a *till.Answer, r till.Request, m *iso8583.Message) error {
	const length = 20
	text := value(m, "54")
	if len(text)%length != 0 {
		return &InvalidAnswer{Field: "54", Got: strconv.Itoa(len(text)) + " characters", Want: "amounts of twenty characters"}
	}
	for ; text != ""; text = text[length:] {
		if text[2:4] != "02" {
			continue
		}
		c, err := money.CurrencyByNumber(text[4:7])
		minor, bad := strconv.ParseUint(text[8:length], 10, 63)
		if err != nil || bad != nil || text[7] != 'C' && text[7] != 'D' {
			return &InvalidAnswer{Field: "54", Got: "an amount of type 02", Want: "a currency, C or D, and twelve digits"}
		}
		if a.Available = money.New(int64(minor), c); text[7] == 'D' {
			a.Available = a.Available.Neg()
		}
	}
	return nil
}

// cardAuthenticated reads the card authentication result in field 44, where hosts of
// Visa's kind have it at position 8: 2, the cryptogram was checked and is right.
func (p Profile) cardAuthenticated(field44 string) bool {
	return p.CardAuthAt > 0 && len(field44) >= p.CardAuthAt && field44[p.CardAuthAt-1:p.CardAuthAt] == p.CardAuthPassed
}

// belongs compares the answer with the request that it claims to answer. A partial
// approval has an amount of its own, and so may the answer to a record.
func (p Profile) belongs(r till.Request, row Row, want fields, m *iso8583.Message, partial bool) error {
	mti := iso8583.MTI(row.MTI).Response()
	if m.MTI() != mti {
		return &InvalidAnswer{Field: "0", Got: string(m.MTI()), Want: string(mti)}
	}
	if partial || r.Op == till.OpUpload {
		want.Amount = ""
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

// clock is the moment that fields 13 (MMDD) and 12 (hhmmss) name in the terminal's zone,
// in the year that brings it next to now; zero where they name none.
func clock(date, daytime string, now time.Time) time.Time {
	at, err := time.ParseInLocation("20060102150405", strconv.Itoa(now.Year())+date+daytime, now.Location())
	if err != nil {
		return time.Time{}
	}
	const half = 183 * 24 * time.Hour
	switch ahead := at.Sub(now); {
	case ahead > half:
		return at.AddDate(-1, 0, 0)
	case ahead < -half:
		return at.AddDate(1, 0, 0)
	}
	return at
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
	return differences(a, r, value(m, "63"))
}

// differences reads what the answer to a trailer tells: of each record that only the host
// has, trace number (6), processing code (6) and amount (12).
func differences(a *till.Answer, r till.Request, text string) error {
	const length = 24
	if r.Op != till.OpTrailer || a.Approved || text == "" {
		return nil
	}
	c, err := money.CurrencyByCode(a.Theirs.Currency)
	if err != nil || len(text)%length != 0 || strings.Trim(text, "0123456789") != "" {
		return &InvalidAnswer{Field: "63", Got: strconv.Itoa(len(text)) + " characters", Want: "records of 24 digits each"}
	}
	for ; text != ""; text = text[length:] {
		stan, _ := strconv.Atoi(text[:6])
		minor, _ := strconv.ParseInt(text[12:length], 10, 64)
		a.Differs = append(a.Differs, till.Difference{
			STAN: till.STAN(stan), Kind: kindOf(text[6:12]), Theirs: money.New(minor, c),
		})
	}
	return nil
}

// kindOf is the kind that a processing code of the standard names, whatever the profile's
// own codes: a tip or a completion is told as the sale that it is a part of.
func kindOf(processing string) till.Kind {
	switch processing[:2] {
	case "00":
		return till.Sale
	case "01":
		return till.CashAdvance
	case "02":
		return till.Void
	case "20":
		return till.Refund
	}
	return ""
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
