package host

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/iso8583"
)

// Request is the message that asks the host for r. An error is a request that does not
// fit the message (an amount of more than twelve digits, a terminal of more than eight
// characters) or the profile, or one that needs working keys and has none ([ErrNoKeys]);
// it holds no card data.
func (p Profile) Request(r till.Request) (*iso8583.Message, error) {
	row, f, err := p.fields(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Op, r.STAN, err)
	}
	m := p.Spec.NewMessage(messageType(row.MTI, r.Repeat))
	if err := m.Marshal(f); err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Op, r.STAN, err)
	}
	if err := p.authenticate(r, row, m); err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Op, r.STAN, err)
	}
	return m, nil
}

func messageType(mti string, repeat bool) iso8583.MTI {
	if repeat {
		return iso8583.MTI(mti).Repeat()
	}
	return iso8583.MTI(mti)
}

// fields are the fields of r by its operation, without its code.
func (p Profile) fields(r till.Request) (Row, fields, error) {
	row, err := p.row(r)
	if err != nil {
		return Row{}, fields{}, err
	}
	f, err := p.common(r)
	if err != nil {
		return Row{}, fields{}, err
	}
	f.Processing, f.Condition = row.Processing, row.Condition
	if err := p.fill(&f, r); err != nil {
		return Row{}, fields{}, err
	}
	return row, f, p.layout.put(p, &f, r, row)
}

// fill sets what the operation means in the fields of the standard.
func (p Profile) fill(f *fields, r till.Request) error {
	switch r.Op {
	case till.OpAuthorize, till.OpAdvise:
		return p.ask(f, r)
	case till.OpBalance:
		return p.inquire(f, r)
	case till.OpReverse:
		return p.reverse(f, r)
	case till.OpConfirm:
		return p.confirm(f, r)
	case till.OpUpload:
		return p.record(f, r)
	case till.OpReconcile, till.OpTrailer, till.OpSignOn, till.OpSignOff, till.OpEcho, till.OpDownload:
	}
	return nil
}

// common is what every request carries.
func (p Profile) common(r till.Request) (fields, error) {
	if r.STAN < 1 || r.STAN > till.MaxSTAN {
		return fields{}, fmt.Errorf("trace number %d, want 1 to %d", r.STAN, till.MaxSTAN)
	}
	if r.Batch < 1 || r.Batch > 999999 {
		return fields{}, fmt.Errorf("batch %d, want 1 to 999999", r.Batch)
	}
	if strings.TrimSpace(r.Terminal) == "" {
		return fields{}, fmt.Errorf("no terminal")
	}
	f := fields{STAN: r.STAN.String(), Terminal: r.Terminal, Merchant: r.Merchant}
	f.setTime(r.At)
	return f, nil
}

// ask sets what is asked, or told afterwards: a notice is the same each time.
func (p Profile) ask(f *fields, r till.Request) error {
	if err := p.money(f, r.Txn); err != nil {
		return err
	}
	if !r.Txn.At.IsZero() {
		f.setTime(r.Txn.At) // what field 90 of a later message will name it by
	}
	if r.Txn.Kind.Refers() && r.Original == nil {
		return fmt.Errorf("a %s without its original", r.Txn.Kind)
	}
	if r.Original != nil {
		f.RRN, f.AuthCode = r.Original.RRN, ""
		if r.Txn.Kind == till.Completion {
			f.AuthCode = r.Original.AuthCode
		}
	} else {
		f.setCard(r)
	}
	switch r.Txn.Notice {
	case till.NoticeOffline:
		f.Reason = r.Txn.ResponseCode
		if f.Reason != "Y1" && f.Reason != "Y3" {
			f.Reason = "Y1"
		}
	case till.NoticeVoice:
		f.AuthCode = r.Txn.AuthCode
	case till.NoNotice, till.NoticeDone:
	}
	if err := f.setTerms(r); err != nil {
		return err
	}
	return p.setPIN(f, r)
}

// inquire asks what the card holds: no amount.
func (p Profile) inquire(f *fields, r till.Request) error {
	if err := p.money(f, r.Txn); err != nil {
		return err
	}
	f.Amount = ""
	f.setCard(r)
	return p.setPIN(f, r)
}

func (p Profile) reverse(f *fields, r till.Request) error {
	if err := p.money(f, r.Txn); err != nil {
		return err
	}
	reason, ok := p.Reasons[r.Txn.Reason]
	if !ok {
		return fmt.Errorf("host profile %s: no code for the reason %q of a reversal", p.Name, r.Txn.Reason)
	}
	f.PAN, f.Expiry = r.Card.PAN, r.Card.Expiry
	f.Reason, f.RRN = reason, r.Txn.RRN
	return nil
}

// record is the transaction as it stands, without anything of the card.
func (p Profile) record(f *fields, r till.Request) error {
	if err := p.money(f, r.Txn); err != nil {
		return err
	}
	if !r.Txn.At.IsZero() {
		f.setTime(r.Txn.At)
	}
	f.RRN, f.AuthCode, f.Reason = r.Txn.RRN, r.Txn.AuthCode, r.Txn.ResponseCode
	if r.Original != nil { // a record names itself by its trace number, and its original here
		f.RRN = r.Original.RRN
	}
	return nil
}

// confirm tells the chip's last word, and of a script what became of it.
func (p Profile) confirm(f *fields, r till.Request) error {
	if err := p.money(f, r.Txn); err != nil {
		return err
	}
	if r.Txn.Chip == nil {
		return fmt.Errorf("a confirmation of %s, which read no chip", r.Txn.ID)
	}
	icc, err := hex.DecodeString(r.Txn.Chip.Data)
	if err != nil {
		return fmt.Errorf("chip data of %s: no hexadecimal digits", r.Txn.ID)
	}
	if r.Script {
		if icc, err = scriptResults(icc, r.Txn.Chip.Scripts); err != nil {
			return err
		}
	}
	f.RRN, f.AuthCode, f.ICC = r.Txn.RRN, r.Txn.AuthCode, icc
	return nil
}

func scriptResults(icc []byte, scripts []till.ScriptResult) ([]byte, error) {
	var results []byte
	for _, s := range scripts {
		b, err := hex.DecodeString(s.Result)
		if err != nil {
			return nil, fmt.Errorf("result of script %s: no hexadecimal digits", s.ID)
		}
		results = append(results, b...)
	}
	return emv.AppendTLV(icc, emv.TagScriptResults, results), nil
}

// money sets what a request for money and its reversal have in common.
func (p Profile) money(f *fields, t till.Txn) error {
	var ok bool
	if f.Entry, ok = p.EntryModes[t.Entry]; !ok {
		return fmt.Errorf("host profile %s: no entry mode for %q", p.Name, t.Entry)
	}
	return f.setMoney(t)
}
