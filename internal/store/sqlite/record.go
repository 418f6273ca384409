package sqlite

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// Record is every later commit of a transaction: it stores t, raises its version, and
// wipes the image of the reversal if the state is final. It returns t as stored. It is
// not ended by the context: what happened must be written down. Only a transaction that
// is open changes, so none that is voided or refunded does.
//
// The commit that approves a transaction moves all that its ticket moves once that is
// paid: goods, points and the sums of the reports. The one that approves the void of the
// last of them moves it back, and the one after which nothing is paid and nothing is being
// paid of a ticket lets it fall back to OPEN.
//
// If the store holds another version than t names, nothing changes and the error
// wraps till.ErrStale. A full disk is met with the reserve.
func (s *Store) Record(ctx context.Context, t till.Txn) (till.Txn, error) {
	ctx = context.WithoutCancel(ctx)
	t = normal(t)
	record := func(c *commit) (err error) {
		t, err = c.record(t)
		return err
	}
	named, given := t, s.reserve.given()
	err := s.write(ctx, record)
	if s.isFull(err) && (s.giveUpReserve() || s.reserve.given() != given) { // one gives it up for all whose commit failed
		t = named
		err = s.write(ctx, record)
	}
	if err != nil {
		return till.Txn{}, err
	}
	s.written.note(t)
	return t, nil
}

func (c *commit) record(t till.Txn) (till.Txn, error) {
	held, err := c.held(t)
	if err != nil {
		return t, err
	}
	if held.Version != t.Version {
		return t, store.Stale(t.ID, t.Version, held.Version)
	}
	t.Shift, t.Day, t.Hour = held.Shift, held.Day, held.Hour // the store's, whatever a caller made of them
	if err := store.CheckMove(held, t); err != nil {
		return t, err
	}
	t.Version++
	c.date(&t)
	if err := c.updateTxn(t, held.Version); err != nil {
		return t, fmt.Errorf("storing transaction %s: %w", t.ID, err)
	}
	if err := c.appendTxn(t); err != nil {
		return t, err
	}
	if err := c.owesConfirmation(t); err != nil {
		return t, err
	}
	return t, c.settle(t, held, nil)
}

// held is the transaction as it is stored, or as this program wrote it last: where that is
// no longer what is stored, the update of this version finds nothing.
func (c *commit) held(t till.Txn) (till.Txn, error) {
	ours, known := c.s.written.get(t.ID)
	if !known || ours.Version != t.Version {
		return c.txn(t.ID)
	}
	return ours, nil
}

// updateTxn stores what has become of a transaction, unless another program has stored
// something since that version.
func (c *commit) updateTxn(t till.Txn, from int) error {
	p, err := papersOf(t)
	if err != nil {
		return err
	}
	changed, err := c.change(`UPDATE txn SET entry = ?, state = ?, rrn = ?, auth_code = ?, response_code = ?, declined_by = ?, card = ?, chip = ?, wallet = ?,
			reason = ?, attempts = ?, version = ?, day = ?, hour = ?, minor = ?, terms = ?,
			owner = CASE WHEN ? THEN '' ELSE owner END, image = CASE WHEN ? THEN NULL ELSE image END
		WHERE id = ? AND version = ?`,
		string(t.Entry), string(t.State), t.RRN, t.AuthCode, t.ResponseCode, string(t.DeclinedBy), p.card, p.chip, p.wallet,
		string(t.Reason), t.Attempts, t.Version, int(t.Day), t.Hour, t.Amount.Minor(), p.terms, t.State.IsFinal(), t.State.IsFinal(), string(t.ID), from)
	if err != nil || changed > 0 {
		return err
	}
	now, err := c.txn(t.ID)
	if err != nil {
		return err
	}
	return store.Stale(t.ID, from, now.Version)
}

// Note appends a remark on a transaction to the journal and changes nothing else. The
// remark must hold no card data.
func (s *Store) Note(ctx context.Context, id till.TxnID, remark string) error {
	body, err := store.NoteBody(remark)
	if err != nil {
		return err
	}
	return s.write(ctx, func(c *commit) error {
		if _, err := c.txn(id); err != nil {
			return err
		}
		return c.append(store.AboutNote, string(id), body)
	})
}
