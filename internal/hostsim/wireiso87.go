package hostsim

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
)

// totalFields are the totals of a 0500 in the fields of the standard.
type totalFields struct {
	Settlement string `iso8583:"50"`
	Credits    int    `iso8583:"74"`
	CreditRevs int    `iso8583:"75"`
	Debits     int    `iso8583:"76"`
	DebitRevs  int    `iso8583:"77"`
	CreditSum  int64  `iso8583:"86"`
	CreditRevM int64  `iso8583:"87"`
	DebitSum   int64  `iso8583:"88"`
	DebitRevM  int64  `iso8583:"89"`
	Net        string `iso8583:"97"`
}

// readISO87 reads the layout "iso87": batch in 60, original in 90, totals in 74 to 97,
// what is managed in 70.
func readISO87(r *request) error {
	if err := onlyDigits(r.message, "60", "70", "74", "75", "76", "77", "86", "87", "88", "89", "90"); err != nil {
		return err
	}
	f, err := r.readCommon()
	if err != nil {
		return err
	}
	mti := r.message.MTI()
	if r.op = operationOf(mti, f.Processing); r.op == "" && mti.Class() != '8' {
		return nil // answered as invalid
	}
	switch mti.Class() {
	case '1', '2':
		return errors.Join(r.readISO87Batch(), r.readMoney(f), r.readAdditional("48"), r.readISO87Kind(f))
	case '3', '6':
		return errors.Join(r.readISO87Batch(), r.readMoney(f), r.readISO87Record(f))
	case '4':
		return errors.Join(r.readISO87Batch(), r.readMoney(f), r.readISO87Undone(f))
	case '5':
		return errors.Join(r.readISO87Batch(), r.readISO87Totals())
	case '8':
		return r.readISO87Network()
	}
	return nil
}

func (r *request) readISO87Batch() error {
	return r.setBatch(r.message.Value("60"))
}

// readISO87Kind reads what is asked for or told, and what it refers to.
func (r *request) readISO87Kind(f common) error {
	if len(f.Processing) != 6 {
		return &formatError{"3", "missing"}
	}
	r.readWhat(f, r.message.Has("90"))
	switch {
	case r.op == till.OpBalance:
		return r.needsCard()
	case r.kind == "": // answered as an invalid transaction
		return nil
	case r.kind.Refers():
		return r.readISO87Original()
	}
	return r.needsCard()
}

// readISO87Record reads a record of a batch, or a confirmation, which is about the
// transaction of its own trace number.
func (r *request) readISO87Record(f common) error {
	r.script = r.message.MTI().Class() == '6'
	if r.op == till.OpConfirm {
		return nil
	}
	r.readWhat(f, false)
	return r.readISO87Original()
}

// readISO87Undone reads what a reversal undoes.
func (r *request) readISO87Undone(f common) error {
	r.readWhat(f, false)
	return r.readISO87Original()
}

// readISO87Original reads field 90: message type (4), trace number (6), date and time
// (10), acquirer (11) and forwarder (11) of the original.
func (r *request) readISO87Original() error {
	text := r.message.Value("90")
	if len(text) != 42 {
		return &formatError{"90", "missing"}
	}
	n, err := strconv.Atoi(text[4:10])
	if err != nil || n < 1 {
		return &formatError{"90", "the trace number of the original is no number"}
	}
	r.ofType, r.original, r.begun = text[:4], till.STAN(n), text[10:20]
	return nil
}

func (r *request) readISO87Totals() error {
	var f totalFields
	if err := r.message.Unmarshal(&f); err != nil {
		return fmt.Errorf("read %s: %w", r.message.MTI(), err)
	}
	c, err := currencyIn("50", f.Settlement)
	if err != nil {
		return err
	}
	r.net = f.Net
	r.theirs = till.Totals{
		Currency: c.Code(),
		Debits:   f.Debits, DebitMinor: f.DebitSum, DebitReversals: f.DebitRevs, DebitRevMinor: f.DebitRevM,
		Credits: f.Credits, CreditMinor: f.CreditSum, CreditReversals: f.CreditRevs, CreditRevMinor: f.CreditRevM,
	}
	return nil
}

// readISO87Network reads what a 0800 wants. Nobody needs a batch for it.
func (r *request) readISO87Network() error {
	r.network = r.message.Value("70")
	switch r.network {
	case "001":
		r.op = till.OpSignOn
	case "002":
		r.op = till.OpSignOff
	case "301":
		r.op = till.OpEcho
	case "162":
		r.op = till.OpDownload
		n, err := strconv.Atoi(r.message.Value("72"))
		if err != nil || n < 1 {
			return &formatError{"72", "want the number of a part, from 1"}
		}
		r.part = n
	}
	return nil
}

// onlyDigits refuses a message whose numbers hold anything else: a message that is read
// keeps whatever characters it came with.
func onlyDigits(m *iso8583.Message, paths ...string) error {
	for _, path := range paths {
		if strings.Trim(m.Value(path), "0123456789") != "" {
			return &formatError{path, "something that is no digit"}
		}
	}
	return nil
}

// answerISO87 writes what the layout has beside the fields of the standard.
func answerISO87(m *iso8583.Message, a answer) error {
	set := settings{m: m}
	if a.batch > 0 {
		set.text("60", fmt.Sprintf("%06d", a.batch))
	}
	if a.settlement != "" {
		set.text("66", a.settlement)
	}
	set.part(a, "62", "63")
	if a.totals != nil {
		set.standardTotals(*a.totals)
		set.text("63", listed(a.differs))
	}
	return set.err
}
