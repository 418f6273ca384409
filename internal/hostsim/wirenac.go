package hostsim

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
)

// readNAC reads the layout of terminals behind a TPDU: batch in 60, invoice in 62, totals
// in 63, and what is managed in the processing code.
func readNAC(r *request) error {
	if err := onlyDigits(r.message, "60"); err != nil {
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
		return errors.Join(r.setBatch(r.message.Value("60")), r.readMoney(f), r.readAdditional("48"), r.readNACKind(f))
	case '3', '6':
		return errors.Join(r.readNACRecord(), r.readMoney(f), r.readNACAbout(f))
	case '4':
		r.original, r.begun = r.stan, r.sent
		return errors.Join(r.setBatch(r.message.Value("60")), r.readMoney(f), r.readNACAbout(f))
	case '5':
		return errors.Join(r.setBatch(r.message.Value("60")), r.readNACTotals(f))
	case '8':
		return r.readNACNetwork(f)
	}
	return nil
}

func (r *request) readNACKind(f common) error {
	if len(f.Processing) != 6 {
		return &formatError{"3", "missing"}
	}
	r.readWhat(f, r.rrn != "")
	switch {
	case r.op == till.OpBalance:
		return r.needsCard()
	case r.kind == "":
		return nil
	case r.kind.Refers():
		n, err := strconv.Atoi(r.message.Value("62"))
		if err != nil || n < 1 {
			return &formatError{"62", "want the invoice of the original"}
		}
		r.original = till.STAN(n)
		return nil
	}
	return r.needsCard()
}

// readNACRecord reads field 60 of a record: message type, trace number and batch.
func (r *request) readNACRecord() error {
	text := r.message.Value("60")
	if r.op == till.OpUpload {
		if len(text) != 16 || text[4:10] != r.stan.String() {
			return &formatError{"60", "want type, trace number and batch of the record"}
		}
		r.ofType, text = text[:4], text[10:]
	}
	return r.setBatch(text)
}

func (r *request) readNACAbout(f common) error {
	r.script = r.message.MTI().Class() == '6'
	if r.op != till.OpConfirm {
		r.readWhat(f, false)
	}
	return nil
}

// readNACTotals reads field 63: number and sum of sales and of refunds, net of voids.
func (r *request) readNACTotals(f common) error {
	c, err := currencyIn("49", f.Currency)
	if err != nil {
		return err
	}
	text := r.message.Value("63")
	if len(text) != 90 || strings.Trim(text, "0123456789") != "" {
		return &formatError{"63", "want totals of 90 digits"}
	}
	r.coarse = netOfVoids
	r.theirs = till.Totals{
		Currency: c.Code(),
		Debits:   int(digitsOf(text[:3])), DebitMinor: digitsOf(text[3:15]),
		Credits: int(digitsOf(text[15:18])), CreditMinor: digitsOf(text[18:30]),
	}
	return nil
}

// digitsOf reads digits that were checked to be such.
func digitsOf(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// netOfVoids are totals as terminals behind a TPDU tell them.
func netOfVoids(t till.Totals) till.Totals {
	return till.Totals{
		Currency: t.Currency,
		Debits:   t.Debits - t.DebitReversals, DebitMinor: t.DebitMinor - t.DebitRevMinor,
		Credits: t.Credits - t.CreditReversals, CreditMinor: t.CreditMinor - t.CreditRevMinor,
	}
}

func (r *request) readNACNetwork(f common) error {
	switch f.Processing {
	case "920000":
		r.op = till.OpSignOn
	case "980000":
		r.op = till.OpSignOff
	case "990000":
		r.op = till.OpEcho
	case "930000":
		r.op = till.OpDownload
		return r.readPart("63", r.message.Value("63"))
	}
	return nil
}

func (r *request) readPart(path, text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return &formatError{path, "want the number of a part, from 1"}
	}
	r.part = n
	return nil
}

// answerNAC writes what the layout has beside the fields of the standard.
func answerNAC(m *iso8583.Message, a answer) error {
	set := settings{m: m}
	if a.batch > 0 {
		set.text("60", fmt.Sprintf("%06d", a.batch))
	}
	set.bytes("62", a.keys)
	set.part(a, "62", "63")
	if a.totals != nil {
		t := netOfVoids(*a.totals)
		text := fmt.Sprintf("%03d%012d%03d%012d", t.Debits, t.DebitMinor, t.Credits, t.CreditMinor)
		set.text("63", text+strings.Repeat("0", 90-len(text))+listed(a.differs))
	}
	return set.err
}
