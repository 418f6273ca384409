package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

const entryColumns = `seq, at, subject, id, body, prev, hash`

// verifyTail checks the journal from its last checkpoint on, so that a store opens as
// quickly after a million rows as after a thousand.
func verifyTail(ctx context.Context, db *sql.DB) error {
	chain, err := lastCheckpoint(ctx, db)
	if err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, `SELECT `+entryColumns+` FROM journal WHERE seq > ? ORDER BY seq`, chain.Seq)
	if err != nil {
		return fmt.Errorf("reading the journal's tail: %w", err)
	}
	return checkEntries(rows, &chain, goOn)
}

// lastCheckpoint is where the journal stood when its last checkpoint was made.
func lastCheckpoint(ctx context.Context, db *sql.DB) (chain store.Chain, err error) {
	const last = `SELECT c.seq, c.hash, j.hash FROM checkpoint c LEFT JOIN journal j ON j.seq = c.seq ORDER BY c.seq DESC LIMIT 1`
	var noted, held []byte
	err = db.QueryRowContext(ctx, last).Scan(&chain.Seq, &noted, &held)
	if errors.Is(err, sql.ErrNoRows) {
		return chain, nil
	}
	if err != nil {
		return chain, fmt.Errorf("reading the last checkpoint: %w", err)
	}
	if !bytes.Equal(noted, held) {
		return chain, &store.BrokenChain{Seq: chain.Seq, Why: "it does not match its checkpoint"}
	}
	copy(chain.Head[:], noted)
	return chain, nil
}

// checkEntries checks that the rows continue the chain, and closes them; seen sees every
// row that did.
func checkEntries(rows *sql.Rows, chain *store.Chain, seen func(store.Entry) error) error {
	return each(rows, func(row rowScanner) error {
		e, err := scanEntry(row)
		if err != nil {
			return fmt.Errorf("journal row after %d: %w", chain.Seq, err)
		}
		if err := chain.Check(e); err != nil {
			return err
		}
		return seen(e)
	})
}

// goOn sees an entry and has nothing to say.
func goOn(store.Entry) error { return nil }

func scanEntry(row rowScanner) (e store.Entry, err error) {
	var prev, hash sql.RawBytes
	var body sql.RawBytes
	if err := row.Scan(&e.Seq, &e.At, &e.Subject, &e.ID, &body, &prev, &hash); err != nil {
		return e, err
	}
	e.Body = bytes.Clone(body)
	copy(e.Prev[:], prev)
	copy(e.Hash[:], hash)
	return e, nil
}

// Verify checks everything that can be checked: the pages and indexes of the file, the
// whole chain of the journal with its checkpoints, that each transaction, batch,
// reconciliation and noun of the shop's books is what the journal says last about it, that
// each line of a ledger is what the journal says, and that every sum is that of its
// ledger. It returns the number of journal rows that it saw; the error names the first
// thing that is wrong.
func (s *Store) Verify(ctx context.Context) (rows int, err error) {
	tx, err := s.reading.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one snapshot: others may go on writing
	if err != nil {
		return 0, s.problem(err)
	}
	defer func() { err = s.problem(errors.Join(err, tx.Rollback())) }()
	v := verification{ctx: ctx, tx: tx}
	for _, check := range []func() error{
		v.pages, v.chain, v.txns, v.batches, v.settlements,
		v.items, v.prices, v.stock, v.stocktakes, v.staff, v.clockings, v.members, v.programmes, v.taxClasses,
		v.bodies, v.reservations, v.drawerMoves, v.drawers, v.facts,
	} {
		if err := check(); err != nil {
			return v.seen, err
		}
	}
	return v.seen, nil
}

// verification is one full check in one snapshot.
type verification struct {
	ctx  context.Context
	tx   *sql.Tx
	seen int
}

// pages has SQLite check the file. Its check of the search index believes what the
// connection remembers of the index, and calls it damaged where another connection has
// merged it since; a look into it makes the connection forget.
func (v *verification) pages() error {
	if _, err := v.firstOf(`SELECT rowid FROM item_gram LIMIT 1`); err != nil {
		return fmt.Errorf("looking into the search index: %w", err)
	}
	var verdict string
	if err := v.tx.QueryRowContext(v.ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return fmt.Errorf("checking the file: %w", err)
	}
	if verdict != "ok" {
		return &damaged{why: verdict}
	}
	return nil
}

func (v *verification) chain() error {
	checkpoints, err := v.checkpoints()
	if err != nil {
		return fmt.Errorf("reading the checkpoints: %w", err)
	}
	rows, err := v.tx.QueryContext(v.ctx, `SELECT `+entryColumns+` FROM journal ORDER BY seq`)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	var chain store.Chain
	err = checkEntries(rows, &chain, func(e store.Entry) error {
		v.seen++
		noted, ok := checkpoints[e.Seq]
		delete(checkpoints, e.Seq)
		if due := e.Seq%store.CheckpointEvery == 0; due != ok || ok && noted != e.Hash {
			return &store.BrokenChain{Seq: e.Seq, Why: "it does not match its checkpoint"}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for seq := range checkpoints {
		return &store.BrokenChain{Seq: seq, Why: "the row is missing, its checkpoint is there"}
	}
	return nil
}

func (v *verification) checkpoints() (map[int64]store.Hash, error) {
	rows, err := v.tx.QueryContext(v.ctx, `SELECT seq, hash FROM checkpoint`)
	if err != nil {
		return nil, err
	}
	all := map[int64]store.Hash{}
	err = each(rows, func(row rowScanner) error {
		var seq int64
		var hash []byte
		if err := row.Scan(&seq, &hash); err != nil {
			return err
		}
		var h store.Hash
		copy(h[:], hash)
		all[seq] = h
		return nil
	})
	return all, err
}

// lastSaid is what the journal says last about each thing of a kind.
const lastSaid = `SELECT id, body FROM journal WHERE seq IN (SELECT max(seq) FROM journal WHERE subject = ? GROUP BY id)`

// txns compiles its statement once: doing so takes longer than reading a transaction.
func (v *verification) txns() (err error) {
	one, err := v.tx.PrepareContext(v.ctx, `SELECT `+txnColumns+` FROM txn t WHERE t.id = ?`)
	if err != nil {
		return fmt.Errorf("reading transactions: %w", err)
	}
	defer func() { err = errors.Join(err, one.Close()) }()
	return v.compare(store.AboutTxn, `SELECT count(*) FROM txn`, func(id string, said []byte) error {
		t, err := scanTxn(one.QueryRowContext(v.ctx, id))
		if err != nil {
			return err
		}
		held, err := store.TxnBody(t)
		if err != nil {
			return err
		}
		var journaled till.Txn
		return sameJSON(held, said, &journaled)
	})
}

func (v *verification) batches() error {
	return v.compare(store.AboutBatch, `SELECT count(*) FROM batch`, func(id string, said []byte) error {
		row, err := scanBatch(v.tx.QueryRowContext(v.ctx, `SELECT `+batchColumns+` FROM batch WHERE number = CAST(? AS INTEGER)`, id))
		if err != nil {
			return err
		}
		held, err := batchBody(row)
		if err != nil {
			return err
		}
		var journaled batchJSON
		return sameJSON(held, said, &journaled)
	})
}

// compare holds each thing of a kind against what the journal says last about it, and
// makes sure that there is none that the journal does not know.
func (v *verification) compare(subject store.Subject, count string, same func(id string, said []byte) error) error {
	rows, err := v.tx.QueryContext(v.ctx, lastSaid, string(subject))
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	told, held := 0, 0
	err = each(rows, func(row rowScanner) error {
		told++
		var id string
		var said []byte
		if err := row.Scan(&id, &said); err != nil {
			return err
		}
		if err := same(id, said); err != nil {
			return &damaged{why: fmt.Sprintf("%s %s is not what the journal says: %v", subject, id, err)}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := v.tx.QueryRowContext(v.ctx, count).Scan(&held); err != nil {
		return err
	}
	if held != told {
		return &damaged{why: "the store holds " + strconv.Itoa(held) + " of kind " + string(subject) + ", the journal knows " + strconv.Itoa(told)}
	}
	return nil
}

// sameJSON compares what is held with a journal body by way of the type of both, since
// a later program may write a field that an earlier one did not know.
func sameJSON[T any](held, said []byte, into *T) error {
	if err := json.Unmarshal(said, into); err != nil {
		return fmt.Errorf("journal body: %w", err)
	}
	again, err := json.Marshal(into)
	if err != nil {
		return err
	}
	if !bytes.Equal(held, again) {
		return errors.New("the row was changed")
	}
	return nil
}
