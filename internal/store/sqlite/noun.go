package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// nextVersion compares the version that a caller names of a noun with the one that is
// held, 0 for none, and gives the one to store. versions reads the held one by id.
func (c *commit) nextVersion(about store.Subject, versions, id string, named int) (int, error) {
	held := 0
	err := c.row(versions, id).Scan(&held)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("looking for %s %s: %w", about, id, err)
	}
	if held != named {
		return 0, store.StaleNoun(about, id, named, held)
	}
	return held + 1, nil
}

// nextLiving is nextVersion for a noun of which one that is gone may be begun anew.
// versions reads the held version by id, and whether it is gone.
func (c *commit) nextLiving(about store.Subject, versions, id string, named int) (int, error) {
	held, gone := 0, false
	err := c.row(versions, id).Scan(&held, &gone)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("looking for %s %s: %w", about, id, err)
	}
	if held != named && (named != 0 || !gone) {
		return 0, store.StaleNoun(about, id, named, held)
	}
	return held + 1, nil
}

// appendChanged writes the body of a noun to the journal with who changed it.
func (c *commit) appendChanged(about store.Subject, id string, body []byte, ch till.Change) error {
	said, err := store.Changed(body, ch)
	if err != nil {
		return err
	}
	return c.append(about, id, said)
}

// scanNoun reads a row whose one column is the body of a noun.
func scanNoun[T any](row rowScanner) (T, error) {
	var noun T
	var body []byte
	if err := row.Scan(&body); err != nil {
		return noun, err
	}
	if err := json.Unmarshal(body, &noun); err != nil {
		return noun, fmt.Errorf("body of %T: %w", noun, err)
	}
	return noun, nil
}

// scanNouns reads all rows of scanNoun and closes them.
func scanNouns[T any](rows *sql.Rows) (all []T, err error) {
	err = each(rows, func(row rowScanner) error {
		noun, err := scanNoun[T](row)
		all = append(all, noun)
		return err
	})
	return all, err
}

// edit runs a change of the books in one commit, where there is room enough that what is
// owed can still be written after it.
func (s *Store) edit(ctx context.Context, change func(c *commit) error) error {
	if err := s.readyToBegin(); err != nil {
		return s.problem(err)
	}
	return s.write(ctx, change)
}

// sameColumns is the error of a row whose columns do not agree with its body.
func sameColumns(same bool) error {
	if !same {
		return errors.New("its columns were changed")
	}
	return nil
}

// asStored is a noun as it is read back: what its JSON does not keep is gone.
func asStored[T any](body []byte) (T, error) {
	var noun T
	err := json.Unmarshal(body, &noun)
	return noun, err
}
