package hostsim

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// answer is what the host says beside what it repeats of the request.
type answer struct {
	code       string       // field 39
	rrn        string       // 37
	auth       string       // 38
	icc        []byte       // 55
	chip       string       // 44, position 8: card authentication result, 1 failed, 2 passed
	settlement string       // 66: 1 in balance, 2 out of balance
	totals     *till.Totals // 74 to 77, 86 to 89, 97 and 50: the host's own, where they differ

	amount     money.Amount      // field 4 where it is not the request's: the part that is approved, or what the host has of a record
	available  money.Amount      // 54, type 02: what the card holds; the zero value says nothing
	differs    []till.Difference // of a trailer: the records that only the host has
	batch      int               // 60 of a sign-on: the host's batch; 0 repeats the terminal's
	keys       []byte            // 62 of a sign-on: working keys under the terminal's master key
	clock      time.Time         // 12 and 13 of a sign-on; zero repeats the terminal's
	parameters []byte            // 62 of a download: this part
	more       bool              // 63 of a download: another part follows
}

// said are the fields that the host adds and that mean the same in every layout.
type said struct {
	RRN        string `iso8583:"37"`
	AuthCode   string `iso8583:"38"`
	Code       string `iso8583:"39"`
	Additional string `iso8583:"44"`
	Amounts    string `iso8583:"54"`
	ICC        []byte `iso8583:"55"`
}

// reply builds the answer to a request, in the request's own spec and layout. A field that
// holds what it must not is not repeated: its request was refused, or did not need it.
func reply(req *iso8583.Message, a answer) (*iso8583.Message, error) {
	l := layoutOf(req.Spec())
	m := req.Spec().NewMessage(req.MTI().Response())
	for _, path := range l.echoed {
		if req.Has(path) {
			_ = m.Set(path, req.Value(path))
		}
	}
	err := m.Marshal(said{
		RRN: a.rrn, AuthCode: a.auth, Code: a.code, Additional: a.additional(), Amounts: a.amounts(), ICC: a.icc,
	})
	if err != nil {
		return nil, fmt.Errorf("answer %s: %w", m.MTI(), err)
	}
	set := settings{m: m}
	if !a.amount.Currency().IsZero() {
		set.text("4", fmt.Sprintf("%012d", a.amount.Minor()))
	}
	if !a.clock.IsZero() {
		set.text("12", a.clock.Format("150405"))
		set.text("13", a.clock.Format("0102"))
	}
	if err := errors.Join(set.err, l.answer(m, a)); err != nil {
		return nil, fmt.Errorf("answer %s: %w", m.MTI(), err)
	}
	return m, nil
}

// additional is field 44, additional response data, in the positions of Visa's: the
// eighth is the card authentication result code.
func (a answer) additional() string {
	if a.chip == "" {
		return ""
	}
	return strings.Repeat(" ", 7) + a.chip
}

// amounts is field 54: type 02 is what the card holds, D where it owes.
func (a answer) amounts() string {
	if a.available.Currency().IsZero() {
		return ""
	}
	sign, minor := "C", a.available.Minor()
	if minor < 0 {
		sign, minor = "D", -minor
	}
	return "0002" + a.available.Currency().Number() + sign + fmt.Sprintf("%012d", minor)
}

// settings sets one field after the other until one fails.
type settings struct {
	m   *iso8583.Message
	err error
}

// text sets a field; an empty one is left out.
func (s *settings) text(path, value string) {
	if s.err == nil && value != "" {
		s.err = s.m.Set(path, value)
	}
}

// bytes sets a field of bytes; an empty one is left out.
func (s *settings) bytes(path string, value []byte) {
	if s.err == nil && len(value) > 0 {
		s.err = s.m.SetBytes(path, value)
	}
}

// part sets a part of the parameters, and whether another one follows.
func (s *settings) part(a answer, path, more string) {
	if a.parameters == nil {
		return
	}
	s.bytes(path, a.parameters)
	s.text(more, map[bool]string{true: "1", false: "0"}[a.more])
}

// standardTotals sets the totals in the fields of the standard, zeros included.
func (s *settings) standardTotals(t till.Totals) {
	c, err := money.CurrencyByCode(t.Currency)
	if err != nil {
		s.err = errors.Join(s.err, err)
		return
	}
	for _, f := range []struct{ path, value string }{
		{"50", c.Number()},
		{"74", fmt.Sprintf("%010d", t.Credits)},
		{"75", fmt.Sprintf("%010d", t.CreditReversals)},
		{"76", fmt.Sprintf("%010d", t.Debits)},
		{"77", fmt.Sprintf("%010d", t.DebitReversals)},
		{"86", fmt.Sprintf("%016d", t.CreditMinor)},
		{"87", fmt.Sprintf("%016d", t.CreditRevMinor)},
		{"88", fmt.Sprintf("%016d", t.DebitMinor)},
		{"89", fmt.Sprintf("%016d", t.DebitRevMinor)},
		{"97", netField(t)},
	} {
		s.text(f.path, f.value)
	}
}

// mostListed is how many records an answer lists: more do not fit its field.
const mostListed = 20

// listed are the records that only the host has: trace number (6), processing code (6)
// and amount (12) of each.
func listed(differs []till.Difference) string {
	var text strings.Builder
	for _, d := range differs[:min(len(differs), mostListed)] {
		fmt.Fprintf(&text, "%s%s%012d", d.STAN, processingOf(d.Kind), d.Theirs.Minor())
	}
	return text.String()
}

// processingOf is the processing code by which the standard names a kind.
func processingOf(k till.Kind) string {
	switch k {
	case till.Void:
		return "020000"
	case till.Refund:
		return "200000"
	case till.CashAdvance:
		return "010000"
	case till.PreAuth, till.Increment:
		return "030000"
	case till.Sale, till.Completion, till.Tip:
	}
	return "000000"
}
