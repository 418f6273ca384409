package hostsim

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
)

// readUnionPay reads the layout of UnionPay's terminals: type, batch and network code in
// 60, the original in 61, totals in 48.
func readUnionPay(r *request) error {
	if err := onlyDigits(r.message, "60", "61"); err != nil {
		return err
	}
	f, err := r.readCommon()
	if err != nil {
		return err
	}
	mti := r.message.MTI()
	r.network = r.message.Value("60.3")
	r.op = unionPayOperation(mti, f.Processing, r.network)
	switch {
	case r.op == "":
		return nil // answered as invalid
	case mti.Class() == '8':
		return r.readUnionPayNetwork()
	case mti.Class() == '5':
		return errors.Join(r.setBatch(r.message.Value("60.2")), r.readSides(f))
	}
	if err := errors.Join(r.setBatch(r.message.Value("60.2")), r.readMoney(f)); err != nil {
		return err
	}
	return r.readUnionPayKind(f)
}

// unionPayOperation is what a message asks, by its type and by its network code.
func unionPayOperation(mti iso8583.MTI, processing, network string) till.Op {
	op := operationOf(mti, processing)
	switch {
	case op == till.OpUpload && (network == "203" || network == "204"):
		return till.OpConfirm
	case op == till.OpReconcile && (network == "202" || network == "207"):
		return till.OpTrailer
	case mti.Class() != '8':
		return op
	}
	switch network {
	case "001", "003", "004":
		return till.OpSignOn
	case "002":
		return till.OpSignOff
	case "301":
		return till.OpEcho
	case "360":
		return till.OpDownload
	}
	return ""
}

func (r *request) readUnionPayNetwork() error {
	r.operator = strings.TrimRight(r.message.Value("63.1"), " ")
	if r.op == till.OpDownload {
		return r.readPart("62", r.message.Value("62"))
	}
	return nil
}

// readUnionPayKind reads what is asked for, told, undone or recorded.
func (r *request) readUnionPayKind(f common) error {
	r.script = r.message.MTI().Class() == '6'
	if r.op == till.OpConfirm {
		return nil
	}
	r.readWhat(f, r.message.Has("61"))
	if kind := unionPayKind(r.message.Value("60.1")); kind != "" {
		r.kind = kind
	}
	switch {
	case r.op == till.OpReverse:
		r.begun = r.sent
		return r.readEarlier()
	case r.op == till.OpUpload, r.kind == "" && r.op != till.OpBalance:
		return nil
	case r.kind.Refers() && r.op != till.OpBalance:
		return r.readEarlier()
	}
	return errors.Join(r.needsCard(), r.readAdditional("62"))
}

// unionPayKind is the kind of a type of field 60.1 that processing codes do not tell;
// empty where they do.
func unionPayKind(code string) till.Kind {
	switch code {
	case "11", "21", "23":
		return till.Void
	case "20", "24":
		return till.Completion
	case "25":
		return till.Refund
	case "34":
		return till.Tip
	}
	return ""
}

// readEarlier reads field 61: batch (6), trace number (6) and date (4) of the original.
func (r *request) readEarlier() error {
	ofBatch, badBatch := strconv.Atoi(r.message.Value("61.1"))
	n, badSTAN := strconv.Atoi(r.message.Value("61.2"))
	if badBatch != nil || badSTAN != nil || n < 1 || ofBatch < 1 {
		return &formatError{"61", "want batch and trace number of the original"}
	}
	r.ofBatch, r.original = ofBatch, till.STAN(n)
	return nil
}

// readSides reads field 48: sum and number of what was charged to cards and of what was
// given back.
func (r *request) readSides(f common) error {
	c, err := currencyIn("49", f.Currency)
	if err != nil {
		return err
	}
	text := r.message.Value("48")
	if len(text) != 62 || strings.Trim(text, "0123456789") != "" {
		return &formatError{"48", "want totals of 62 digits"}
	}
	r.coarse = bySide
	r.theirs = till.Totals{
		Currency:   c.Code(),
		DebitMinor: digitsOf(text[:12]), Debits: int(digitsOf(text[12:15])),
		CreditMinor: digitsOf(text[15:27]), Credits: int(digitsOf(text[27:30])),
	}
	return nil
}

// bySide are totals as UnionPay's terminals tell them: the void of a refund charges a card,
// the void of a sale gives back.
func bySide(t till.Totals) till.Totals {
	return till.Totals{
		Currency: t.Currency,
		Debits:   t.Debits + t.CreditReversals, DebitMinor: t.DebitMinor + t.CreditRevMinor,
		Credits: t.Credits + t.DebitReversals, CreditMinor: t.CreditMinor + t.DebitRevMinor,
	}
}

// answerUnionPay writes what the layout has beside the fields of the standard. Totals that
// agree are said by the result in 48 alone; field 62 of a download begins with 1 where
// another part follows, and else with 0.
func answerUnionPay(m *iso8583.Message, a answer) error {
	set := settings{m: m}
	if a.batch > 0 {
		set.text("60.2", fmt.Sprintf("%06d", a.batch))
	}
	set.bytes("62", a.keys)
	if a.parameters != nil {
		status := byte('0')
		if a.more {
			status = '1'
		}
		set.bytes("62", append([]byte{status}, a.parameters...))
	}
	if a.settlement == "" {
		return set.err
	}
	var t till.Totals
	if a.totals != nil {
		t = bySide(*a.totals)
	}
	set.text("48", fmt.Sprintf("%012d%03d%012d%03d%s", t.DebitMinor, t.Debits, t.CreditMinor, t.Credits, a.settlement)+strings.Repeat("0", 31))
	set.text("62", listed(a.differs))
	return set.err
}
