package sqlite

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// Tickets, shifts and Z reports have their bodies in the journal. What stands in their
// tables must be what the last of these say.

// bodied is a table whose bodies stand in the journal.
type bodied struct {
	about store.Subject
	table string
	id    string // column
	same  string // condition: the columns of t are what the body j.body says
}

func bodiedTables() []bodied {
	return []bodied{
		{store.AboutTicket, "ticket", "id", `t.idem_key = j.body ->> 'key' AND t.kind = j.body ->> 'kind' AND t.state = j.body ->> 'state' AND t.terminal = j.body ->> 'terminal'
			AND t.staff = coalesce(j.body ->> 'staff', '') AND t.member = coalesce(j.body ->> 'member', '') AND t.original IS (j.body ->> 'original')
			AND t.day = coalesce(j.body ->> 'day', 0) AND t.shift = coalesce(j.body ->> 'shift', 0) AND t.version = j.body ->> 'version'
			AND t.total = j.body ->> '$.total.minor' AND t.currency = j.body ->> '$.total.currency'`},
		{store.AboutShift, "shift", "number", `t.terminal = j.body ->> 'terminal' AND t.open = (j.body ->> 'closed_at' IS NULL) AND t.version = j.body ->> 'version'`},
		{store.AboutZ, "z", "number", `t.currency = j.body ->> 'currency' AND t.total = j.body ->> 'total' AND t.last_seq = j.body ->> 'last_seq' AND t.hash = j.body ->> 'hash'
			AND json(t.summary) = json_remove(json_set(j.body, '$.facts', json('null')), '$.shifts')`},
	}
}

// bodies holds each such table against the journal.
func (v *verification) bodies() error {
	for _, b := range bodiedTables() {
		if err := v.body(b); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) body(b bodied) error {
	var id string
	err := v.tx.QueryRowContext(v.ctx,
		`SELECT t.`+b.id+` FROM `+b.table+` t LEFT JOIN journal j ON j.seq = t.row
		WHERE NOT coalesce(j.subject = ?1 AND j.id = t.`+b.id+` AND t.row = (SELECT max(l.seq) FROM journal l WHERE l.subject = ?1 AND l.id = t.`+b.id+`)
			AND `+b.same+`, 0) LIMIT 1`, string(b.about)).Scan(&id)
	if err == nil {
		return &damaged{why: fmt.Sprintf("%s %s is not what the journal says", b.about, id)}
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("comparing each %s with the journal: %w", b.about, err)
	}
	var held, told int
	err = v.tx.QueryRowContext(v.ctx, `SELECT (SELECT count(*) FROM `+b.table+`), (SELECT count(DISTINCT id) FROM journal WHERE subject = ?)`, string(b.about)).Scan(&held, &told)
	if err == nil && held != told {
		err = &damaged{why: fmt.Sprintf("the store holds %d of kind %s, the journal knows %d", held, b.about, told)}
	}
	return err
}

// reservations are those of the tickets that are being paid, and no others.
func (v *verification) reservations() error {
	from := snapshot{v.ctx, v.tx}
	rows, err := from.rows(selectTicket + isPaying + ` AND t.kind = 'sale'`)
	if err != nil {
		return err
	}
	paying, err := scanTickets(rows)
	if err != nil {
		return err
	}
	want := 0
	for _, t := range paying {
		for _, m := range goods(t.Ticket, till.StockSale, t.At) {
			var kept till.Quantity
			if err := from.row(`SELECT coalesce(sum(quantity), 0) FROM reservation WHERE ticket = ? AND sku = ?`, string(t.ID), string(m.SKU)).Scan(&kept); err != nil {
				return err
			}
			if kept != -m.Quantity {
				return &damaged{why: fmt.Sprintf("ticket %s keeps back %s of %s, want %s", t.ID, kept, m.SKU, -m.Quantity)}
			}
			want++
		}
	}
	var held int
	if err := from.row(`SELECT count(*) FROM reservation`).Scan(&held); err != nil {
		return err
	}
	if held != want {
		return &damaged{why: fmt.Sprintf("%d reservations, want %d", held, want)}
	}
	return nil
}

// drawers holds what each closed shift was expected to hold against its cash and moves.
func (v *verification) drawers() error {
	from := snapshot{v.ctx, v.tx}
	closed, err := shiftsWhere(from, `s.open = ?`, 0)
	if err != nil {
		return err
	}
	for _, sh := range closed {
		d, err := drawerOf(from, sh)
		if err != nil {
			return err
		}
		if d.Expected.Minor() != sh.Expected.Minor() {
			return &damaged{why: fmt.Sprintf("shift %d closed over %s, its drawer comes to %s", sh.Number, sh.Expected, d.Expected)}
		}
	}
	return nil
}
