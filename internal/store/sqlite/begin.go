package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// Begin is commit 1: it makes a new transaction durable with the sealed image of its
// reversal, in the open batch of its terminal, under a trace number of its own and
// version 1. When it returns an error nothing is stored, and nothing may be sent.
//
// A known idempotency key is a *till.Replay with the stored transaction. A void or
// refund that its original does not allow is a *till.Problem of till.CodeNotPermitted,
// till.CodePending or till.CodeNotFound; two that want the same money at the same time
// are told apart here. Less than 16 MiB of room on the disk is one of till.CodeStore.
//
// A transaction that pays for a ticket brings it in the same commit, or names one that is
// stored. The ticket is PAYING from then on and what it sells is kept back; where the
// transaction is approved at once and covers it, it is DONE instead, with all that it
// moves. A ticket whose key is known is a *till.TicketReplay; one that wants more than is
// in stock (where Options.Stock refuses that), more points than there are or more money
// than is left to pay, a *till.Problem.
func (s *Store) Begin(ctx context.Context, n till.NewTxn) (till.Txn, error) {
	if err := store.CheckNew(n); err != nil {
		return till.Txn{}, err
	}
	if err := s.readyToBegin(); err != nil {
		return till.Txn{}, s.problem(err)
	}
	owner, err := s.ownerFor(n.Txn.State)
	if err != nil {
		return till.Txn{}, s.problem(err)
	}
	t := normal(n.Txn)
	err = s.write(ctx, func(c *commit) error {
		t, err = c.begin(t, n, owner)
		return err
	})
	if err != nil {
		return till.Txn{}, err
	}
	s.written.note(t)
	return t, nil
}

// readyToBegin makes sure that what is begun can also be finished.
func (s *Store) readyToBegin() error {
	if err := s.checkFree(); err != nil {
		return err
	}
	return s.keepReserve()
}

func (c *commit) begin(t till.Txn, n till.NewTxn, owner string) (till.Txn, error) {
	at, err := c.standing(t)
	if err != nil {
		return t, err
	}
	if at.isKnown {
		return t, c.replay(t.Key)
	}
	t.Batch, t.Shift = at.batch, at.shift
	if err := c.giveCurrency(t, at); err != nil {
		return t, err
	}
	if err := c.checkLimits(t, n.Limits); err != nil {
		return t, err
	}
	if err := c.checkOriginal(&t, n.Ticket, n.Limits); err != nil {
		return t, err
	}
	entered, err := c.enter(t, n.Ticket)
	if err != nil {
		return t, err
	}
	if err := c.checkDrawer(t); err != nil {
		return t, err
	}
	if t.STAN, err = c.nextSTAN(t.Terminal, at.counter); err != nil {
		return t, err
	}
	t.Version = 1
	c.date(&t)
	if err := c.insertTxn(t, owner, n.Image); err != nil {
		return t, fmt.Errorf("storing transaction %s: %w", t.ID, err)
	}
	if err := c.appendTxn(t); err != nil {
		return t, err
	}
	return t, c.settle(t, till.Txn{}, entered)
}

// standing is what a transaction meets at its terminal.
type standing struct {
	isKnown  bool   // its idempotency key was used
	currency string // of the open batch; empty before its first card transaction
	shift    int    // that is open; 0 is none
	counter
}

// standing reads all of it at once: a statement costs more than what it looks up. A
// terminal without an open batch gets one.
func (c *commit) standing(t till.Txn) (at standing, err error) {
	err = c.row(`SELECT EXISTS (SELECT 1 FROM txn WHERE idem_key = ?1), b.currency, b.number,
			coalesce((SELECT number FROM shift WHERE terminal = ?2 AND open = 1), 0), coalesce(s.stan, 0)
		FROM batch b LEFT JOIN session s ON s.terminal = b.terminal
		WHERE b.terminal = ?2 AND b.state = 'OPEN'`, t.Key, t.Terminal).
		Scan(&at.isKnown, &at.currency, &at.batch, &at.shift, &at.last)
	switch {
	case err == nil:
		return at, nil
	case !errors.Is(err, sql.ErrNoRows):
		return at, fmt.Errorf("reading how terminal %s stands: %w", t.Terminal, err)
	}
	if err := c.row(`SELECT EXISTS (SELECT 1 FROM txn WHERE idem_key = ?)`, t.Key).Scan(&at.isKnown); err != nil || at.isKnown {
		return at, err // and opens no batch for it
	}
	if _, err := c.openBatch(t.Terminal); err != nil {
		return at, err
	}
	return c.standing(t)
}

// replay is the transaction of a key that was used.
func (c *commit) replay(key string) error {
	known, err := scanTxn(c.row(`SELECT `+txnColumns+` FROM txn t WHERE t.idem_key = ?`, key))
	if err != nil {
		return fmt.Errorf("reading the transaction of an idempotency key: %w", err)
	}
	return &till.Replay{Txn: known}
}

// giveCurrency gives the open batch of a terminal the currency of its first card
// transaction.
func (c *commit) giveCurrency(t till.Txn, at standing) error {
	code := t.Amount.Currency().Code()
	if t.Tender != till.Card || at.currency == code {
		return nil
	}
	if at.currency != "" {
		return store.OtherCurrency(t.Batch, at.currency, code)
	}
	return c.exec(`UPDATE batch SET currency = ? WHERE number = ?`, code, t.Batch)
}

// checkLimits refuses what the open batch, or the wait for the host, has no room for.
func (c *commit) checkLimits(t till.Txn, l till.Limits) error {
	if l.Batch > 0 && t.Tender == till.Card && t.Kind != till.Void {
		var count int
		if err := c.row(`SELECT count(*) FROM txn WHERE batch = ? AND tender = 'card'`, t.Batch).Scan(&count); err != nil {
			return fmt.Errorf("counting batch %d: %w", t.Batch, err)
		}
		if err := store.CheckBatchSize(t.Batch, count, l); err != nil {
			return err
		}
	}
	if t.State != till.Advice || t.Notice != till.NoticeOffline {
		return nil
	}
	rows, err := c.rows(`SELECT `+txnColumns+` FROM txn t WHERE t.terminal = ? AND t.state = 'ADVICE' AND t.`+isOpen, t.Terminal)
	if err != nil {
		return err
	}
	waiting, err := scanTxns(rows)
	if err != nil {
		return fmt.Errorf("reading what waits for the host: %w", err)
	}
	return store.CheckOffline(t, waiting, l)
}

// checkOriginal holds a transaction that refers to another against that. A void has the
// ticket of what it undoes.
func (c *commit) checkOriginal(t *till.Txn, ticket *till.Ticket, limits till.Limits) error {
	if !t.Kind.Refers() {
		return nil
	}
	original, err := c.txn(t.Original)
	if err != nil {
		return err
	}
	if err := c.checkTicketOf(t, original, ticket); err != nil {
		return err
	}
	rows, err := c.rows(`SELECT `+txnColumns+` FROM txn t WHERE t.original = ?`, string(t.Original))
	if err != nil {
		return err
	}
	related, err := scanTxns(rows)
	if err != nil {
		return fmt.Errorf("reading what refers to %s: %w", t.Original, err)
	}
	return store.CheckOriginal(*t, original, related, limits)
}

// checkTicketOf holds a void or refund against the ticket of what it refers to.
func (c *commit) checkTicketOf(t *till.Txn, original till.Txn, ticket *till.Ticket) error {
	switch {
	case t.Kind == till.Void:
		t.Ticket = original.Ticket
		return c.checkUndo(original.Ticket)
	case t.Ticket == "" && original.Ticket == "", t.Kind != till.Refund: // a tip is no part of the lines
		return nil
	case t.Ticket == "":
		return store.RefundNeedsLines(original)
	case ticket == nil:
		stored, err := c.ticket(t.Ticket)
		if err != nil {
			return err
		}
		ticket = &stored
	}
	if ticket.Original != original.Ticket {
		return store.WrongOriginal(*ticket, original)
	}
	return nil
}

// checkUndo refuses the void of a part of a ticket that cannot be undone.
func (c *commit) checkUndo(id till.TicketID) error {
	if id == "" {
		return nil
	}
	t, err := c.ticket(id)
	if err != nil {
		return err
	}
	txns, err := ticketTxns(c, id)
	if err != nil {
		return err
	}
	returns, err := returnsOf(c, id)
	if err != nil {
		return err
	}
	return store.CheckUndo(t, txns, returns)
}

// txn reads a transaction inside a commit, as it was stored.
func (c *commit) txn(id till.TxnID) (till.Txn, error) {
	t, err := scanTxn(c.row(`SELECT `+storedTxn+` FROM txn t WHERE t.id = ?`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return t, store.NoTxn(id)
	}
	return t, err
}

func (c *commit) insertTxn(t till.Txn, owner string, image []byte) error {
	p, err := papersOf(t)
	if err != nil {
		return err
	}
	return c.exec(`INSERT INTO txn (id, idem_key, kind, tender, entry, state, minor, currency, terminal, merchant, batch, stan, at,
			rrn, auth_code, response_code, declined_by, card, chip, wallet, original, reason, attempts, version, owner, image,
			ticket, staff, approver, shift, given, rounding, day, hour, terms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, ?)`,
		string(t.ID), t.Key, string(t.Kind), string(t.Tender), string(t.Entry), string(t.State), t.Amount.Minor(), t.Amount.Currency().Code(),
		t.Terminal, t.Merchant, t.Batch, int(t.STAN), writeTime(t.At),
		t.RRN, t.AuthCode, t.ResponseCode, string(t.DeclinedBy), p.card, p.chip, p.wallet, string(t.Original), string(t.Reason), t.Attempts, t.Version, owner, image,
		string(t.Ticket), string(t.Staff), string(t.Approver), t.Shift, t.Given.Minor(), t.Rounding.Minor(), int(t.Day), t.Hour, p.terms)
}

// papers are the parts of a transaction that are kept as JSON.
type papers struct{ card, chip, wallet, terms string }

// terms are what only some transactions have. Amounts are minor units.
type terms struct {
	Asked    int64            `json:"asked,omitempty"`
	Cashback int64            `json:"cashback,omitempty"`
	Plan     *till.Plan       `json:"plan,omitempty"`
	Notice   till.Notice      `json:"notice,omitempty"`
	Decided  *till.Resolution `json:"decided,omitempty"`
}

// termsOf is nil where there are none.
func termsOf(t till.Txn) *terms {
	m := terms{Asked: t.Asked.Minor(), Cashback: t.Cashback.Minor(), Plan: t.Plan, Notice: t.Notice, Decided: t.Decided}
	if m == (terms{}) {
		return nil
	}
	return &m
}

// read puts the terms back into the transaction.
func (m *terms) read(t *till.Txn) {
	if m == nil {
		return
	}
	c := t.Amount.Currency()
	t.Asked, t.Cashback, t.Plan, t.Notice, t.Decided = amount(m.Asked, c), amount(m.Cashback, c), m.Plan, m.Notice, m.Decided
}

func papersOf(t till.Txn) (p papers, err error) {
	if p.card, err = writeJSON(t.Card); err != nil {
		return p, fmt.Errorf("card summary as JSON: %w", err)
	}
	if p.chip, err = writeJSON(t.Chip); err != nil {
		return p, fmt.Errorf("chip evidence as JSON: %w", err)
	}
	if p.wallet, err = writeJSON(t.Wallet); err != nil {
		return p, fmt.Errorf("wallet order as JSON: %w", err)
	}
	if p.terms, err = writeJSON(termsOf(t)); err != nil {
		return p, fmt.Errorf("terms as JSON: %w", err)
	}
	return p, nil
}

// read puts them back into the transaction.
func (p papers) read(t *till.Txn) (err error) {
	if t.Card, err = readJSON[till.CardSummary](p.card); err != nil {
		return fmt.Errorf("transaction %s: card: %w", t.ID, err)
	}
	if t.Chip, err = readJSON[till.ChipEvidence](p.chip); err != nil {
		return fmt.Errorf("transaction %s: chip: %w", t.ID, err)
	}
	if t.Wallet, err = readJSON[till.Order](p.wallet); err != nil {
		return fmt.Errorf("transaction %s: wallet order: %w", t.ID, err)
	}
	m, err := readJSON[terms](p.terms)
	if err != nil {
		return fmt.Errorf("transaction %s: terms: %w", t.ID, err)
	}
	m.read(t)
	return nil
}

func (c *commit) appendTxn(t till.Txn) error {
	body, err := store.TxnBody(t)
	if err != nil {
		return err
	}
	return c.append(store.AboutTxn, string(t.ID), body)
}
