package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// History reads what the journal says of a transaction, oldest first: one row for each
// commit of it and each remark on it.
func (s *Store) History(ctx context.Context, id till.TxnID) (history []till.JournalRow, err error) {
	const about = `SELECT seq, at, subject, body FROM journal WHERE id = ? AND subject IN ('txn', 'note') ORDER BY seq`
	rows, err := s.reading.pool.QueryContext(ctx, about, string(id))
	if err != nil {
		return nil, s.problem(err)
	}
	err = each(rows, func(row rowScanner) error {
		var seq int64
		var at, subject, body string
		if err := row.Scan(&seq, &at, &subject, &body); err != nil {
			return err
		}
		said, err := journalRow(seq, at, store.Subject(subject), body)
		history = append(history, said)
		return err
	})
	return history, s.problem(err)
}

func journalRow(seq int64, at string, subject store.Subject, body string) (till.JournalRow, error) {
	row := till.JournalRow{Seq: seq, Kind: string(subject)}
	var said struct {
		State  till.State        `json:"state"`
		Remark string            `json:"remark"`
		Chip   till.ChipEvidence `json:"chip"`
	}
	if err := json.Unmarshal([]byte(body), &said); err != nil {
		return row, fmt.Errorf("journal row %d: %w", seq, err)
	}
	when, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return row, fmt.Errorf("journal row %d: %w", seq, err)
	}
	row.At, row.State, row.Remark = when, said.State, said.Remark
	row.ARQCVerified, row.ARPCVerified = said.Chip.ARQCVerified, said.Chip.ARPCVerified
	return row, nil
}
