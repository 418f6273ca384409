package sqlite

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// OpenTxns are the ids of all open transactions, whoever works on them, in no order.
func (s *Store) OpenTxns(ctx context.Context) ([]till.TxnID, error) {
	rows, err := s.reading.rows(ctx, `SELECT id FROM txn WHERE `+isOpen)
	if err != nil {
		return nil, s.problem(err)
	}
	var ids []till.TxnID
	err = each(rows, func(row rowScanner) error {
		var id till.TxnID
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, s.problem(err)
}

// Adopt takes over the open transactions whose program is no more, and returns all open
// transactions that belong to this one, oldest first: those adopted and those that it
// began itself. A transaction of a program that lives is never taken.
//
// It comes before every payment by card and mostly finds nothing; then it writes nothing.
func (s *Store) Adopt(ctx context.Context) (mine []till.Txn, err error) {
	var open bool
	if err := s.reading.row(ctx, `SELECT EXISTS (SELECT 1 FROM txn WHERE `+isOpen+`)`).Scan(&open); err != nil || !open {
		return nil, s.problem(err)
	}
	me, err := s.ownerName()
	if err != nil {
		return nil, s.problem(err)
	}
	err = s.write(ctx, func(c *commit) error {
		if err := c.adoptAll(me); err != nil {
			return fmt.Errorf("adopting open transactions: %w", err)
		}
		mine, err = c.ownedBy(me)
		return err
	})
	if err != nil {
		return nil, err
	}
	return mine, nil
}

func (c *commit) adoptAll(me string) error {
	others, err := c.otherOwners(me)
	if err != nil {
		return err
	}
	for _, name := range others {
		if err := c.adopt(name, me); err != nil {
			return err
		}
	}
	return nil
}

func (c *commit) adopt(name, me string) error {
	dead, err := sweep(c.s.path(ownersName), name)
	if err != nil || !dead {
		return err
	}
	return c.exec(`UPDATE txn SET owner = ? WHERE owner = ? AND `+isOpen, me, name)
}

// otherOwners are the owners of open transactions beside this program.
func (c *commit) otherOwners(me string) ([]string, error) {
	rows, err := c.rows(`SELECT DISTINCT owner FROM txn WHERE `+isOpen+` AND owner <> ?`, me)
	if err != nil {
		return nil, err
	}
	var names []string
	err = each(rows, func(row rowScanner) error {
		var name string
		err := row.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, err
}

func (c *commit) ownedBy(me string) ([]till.Txn, error) {
	// The plus keeps SQLite from walking all transactions by seq, to spare the sorting of none or one.
	rows, err := c.rows(`SELECT `+txnColumns+` FROM txn t WHERE t.owner = ? AND t.`+isOpen+` ORDER BY +t.seq`, me)
	if err != nil {
		return nil, err
	}
	return scanTxns(rows)
}
