package hostsim

import (
	"fmt"

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
	settlement string       // 66: 1 in balance, 2 out of balance
	totals     *till.Totals // 74 to 77, 86 to 89, 97 and 50: the host's own, where they differ
}

// echoed are the fields of a request that its answer repeats, so that a terminal knows
// it for its own. Field 2 is not among them: an answer needs no card number.
func echoed() []string {
	return []string{"3", "4", "7", "11", "12", "13", "41", "42", "49", "50", "60", "70"}
}

// said are the fields that the host adds.
type said struct {
	RRN        string `iso8583:"37"`
	AuthCode   string `iso8583:"38"`
	Code       string `iso8583:"39"`
	ICC        []byte `iso8583:"55"`
	Settlement string `iso8583:"66"`
}

// reply builds the answer to a request, in the request's own spec. A field that holds
// what it must not is not repeated: its request was refused, or did not need it.
func reply(req *iso8583.Message, a answer) (*iso8583.Message, error) {
	m := req.Spec().NewMessage(req.MTI().Response())
	for _, path := range echoed() {
		if req.Has(path) {
			_ = m.Set(path, req.Value(path))
		}
	}
	err := m.Marshal(said{RRN: a.rrn, AuthCode: a.auth, Code: a.code, ICC: a.icc, Settlement: a.settlement})
	if err != nil {
		return nil, fmt.Errorf("answer %s: %w", m.MTI(), err)
	}
	if a.totals != nil {
		if err := setTotals(m, *a.totals); err != nil {
			return nil, fmt.Errorf("answer %s: %w", m.MTI(), err)
		}
	}
	return m, nil
}

// setTotals writes the totals, zeros included.
func setTotals(m *iso8583.Message, t till.Totals) error {
	c, err := money.CurrencyByCode(t.Currency)
	if err != nil {
		return err
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
		if err := m.Set(f.path, f.value); err != nil {
			return err
		}
	}
	return nil
}
