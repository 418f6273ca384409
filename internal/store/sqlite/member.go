package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// PutMember stores a customer, a new one with version 0, and returns it as stored. If the
// store holds another version, nothing changes and the error wraps till.ErrStale. Points
// are not stored by it: they are the sum of their ledger.
func (s *Store) PutMember(ctx context.Context, m till.Member, ch till.Change) (till.Member, error) {
	if m.ID == "" {
		return till.Member{}, errors.New("member lacks an id")
	}
	m.Since = m.Since.UTC().Round(0)
	err := s.edit(ctx, func(c *commit) (err error) {
		m, err = c.putMember(m, ch)
		return err
	})
	if err != nil {
		return till.Member{}, err
	}
	return m, nil
}

func (c *commit) putMember(m till.Member, ch till.Change) (till.Member, error) {
	version, err := c.nextVersion(store.AboutMember, `SELECT version FROM member WHERE id = ?`, string(m.ID), m.Version)
	if err != nil {
		return m, err
	}
	m.Version, m.Points = version, 0
	body, err := store.Body(store.AboutMember, string(m.ID), m)
	if err != nil {
		return m, err
	}
	err = c.row(`INSERT INTO member (id, search, phone, gone, points, version, body) VALUES (?, ?, ?, ?, 0, ?, ?)
		ON CONFLICT (id) DO UPDATE SET search = excluded.search, phone = excluded.phone, gone = excluded.gone, version = excluded.version, body = excluded.body
		RETURNING points`, string(m.ID), fold(m.Name), digits(m.Phone), m.Gone, m.Version, string(body)).Scan(&m.Points)
	if err != nil {
		return m, fmt.Errorf("storing member %s: %w", m.ID, err)
	}
	return m, c.appendChanged(store.AboutMember, string(m.ID), body, ch)
}

// Member reads a customer, one who is gone too. One that is not there is a *till.Problem
// of till.CodeNotFound.
func (s *Store) Member(ctx context.Context, id till.MemberID) (till.Member, error) {
	m, err := scanMember(s.reading.row(ctx, `SELECT points, body FROM member WHERE id = ?`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return m, store.NoNoun(store.AboutMember, string(id))
	}
	return m, s.problem(err)
}

// Members reads the customers who are not gone, by id: all of them, or those of whom a
// text is a part of the name, the number or, where it is one of a telephone number, of
// the telephone number, however either is spaced.
func (s *Store) Members(ctx context.Context, text string) (all []till.Member, err error) {
	name, phone := fold(text), ""
	if strings.Trim(name, "0123456789 +-()") == "" {
		phone = digits(name)
	}
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT points, body FROM member
		WHERE gone = 0 AND (instr(search, ?1) OR instr(lower(id), ?1) OR ?2 <> '' AND instr(phone, ?2)) ORDER BY id`, name, phone)
	if err != nil {
		return nil, s.problem(err)
	}
	err = each(rows, func(row rowScanner) error {
		m, err := scanMember(row)
		all = append(all, m)
		return err
	})
	return all, s.problem(err)
}

func scanMember(row rowScanner) (m till.Member, err error) {
	var points int64
	var body []byte
	if err := row.Scan(&points, &body); err != nil {
		return m, err
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return m, fmt.Errorf("member: %w", err)
	}
	m.Points = points
	return m, nil
}

// digits are those of a telephone number.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, fold(s))
}
