package sqlite

import (
	"context"
	"fmt"
	"strconv"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

const drawerColumns = `seq, shift, reason, minor, currency, at, staff, approver, note`

// MoveCash puts cash into the drawer of an open shift or takes it out, and returns the
// move as stored. Taking out more than the drawer holds, and another currency than it is
// counted in, is a *till.Problem of till.CodeNotPermitted.
func (s *Store) MoveCash(ctx context.Context, m till.DrawerMove) (till.DrawerMove, error) {
	if err := store.CheckDrawerMove(m); err != nil {
		return till.DrawerMove{}, err
	}
	err := s.edit(ctx, func(c *commit) (err error) {
		m, err = c.moveCash(m)
		return err
	})
	if err != nil {
		return till.DrawerMove{}, err
	}
	return m, nil
}

func (c *commit) moveCash(m till.DrawerMove) (till.DrawerMove, error) {
	sh, err := c.openShiftOf(m.Shift)
	if err != nil {
		return m, err
	}
	if m.Amount.Currency() != sh.Float.Currency() {
		return m, store.ShiftCurrency(sh.Number, sh.Float.Currency(), m.Amount.Currency())
	}
	d, err := drawerOf(c, sh)
	if err != nil {
		return m, err
	}
	if m.Reason == till.DrawerPayOut && m.Amount.Minor() > d.Expected.Minor() {
		return m, store.DrawerTooLow(sh.Number, m.Amount, d.Expected)
	}
	if m.At.IsZero() {
		m.At = c.now()
	}
	return c.addDrawerMove(m)
}

// addDrawerMove adds a move to the ledger and to the journal.
func (c *commit) addDrawerMove(m till.DrawerMove) (till.DrawerMove, error) {
	m.At = m.At.UTC().Round(0)
	err := c.row(`INSERT INTO drawer_move (`+drawerColumns+`) VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM drawer_move), ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
		m.Shift, string(m.Reason), m.Amount.Minor(), m.Amount.Currency().Code(), writeTime(m.At), string(m.Staff), string(m.Approver), m.Note).Scan(&m.Seq)
	if err != nil {
		return m, fmt.Errorf("moving cash of shift %d: %w", m.Shift, err)
	}
	id := strconv.FormatInt(m.Seq, 10)
	body, err := store.Body(store.AboutDrawer, id, m)
	if err != nil {
		return m, err
	}
	return m, c.append(store.AboutDrawer, id, body)
}

// DrawerMoves reads the ledger of a shift's drawer beside its sales, oldest first.
func (s *Store) DrawerMoves(ctx context.Context, shift int) (all []till.DrawerMove, err error) {
	rows, err := s.asking(ctx).rows(`SELECT `+drawerColumns+` FROM drawer_move WHERE shift = ? ORDER BY seq`, shift)
	if err != nil {
		return nil, s.problem(err)
	}
	err = each(rows, func(row rowScanner) error {
		m, err := scanDrawerMove(row)
		all = append(all, m)
		return err
	})
	return all, s.problem(err)
}

func scanDrawerMove(row rowScanner) (m till.DrawerMove, err error) {
	var minor int64
	var code, at string
	if err := row.Scan(&m.Seq, &m.Shift, &m.Reason, &minor, &code, &at, &m.Staff, &m.Approver, &m.Note); err != nil {
		return m, err
	}
	currency, err := money.CurrencyByCode(code)
	if err != nil {
		return m, fmt.Errorf("drawer move %d: %w", m.Seq, err)
	}
	m.Amount = money.New(minor, currency)
	m.At, err = readTime(at)
	return m, err
}

// Drawer is what the drawer of a shift must hold and where it came from; of a closed shift
// what it had to hold.
func (s *Store) Drawer(ctx context.Context, shift int) (till.Drawer, error) {
	from := s.asking(ctx)
	sh, err := shiftOf(from, shift)
	if err != nil {
		return till.Drawer{}, s.problem(err)
	}
	d, err := drawerOf(from, sh)
	return d, s.problem(err)
}

// drawerQuery sums the cash of a shift in its currency. A void counts in the shift that
// gave the money back, which need not be the one that took it.
const drawerQuery = `SELECT
	coalesce(sum(t.minor) FILTER (WHERE t.kind = 'sale'), 0),
	coalesce(sum(t.minor) FILTER (WHERE t.kind = 'refund'), 0),
	coalesce(sum(CASE o.kind WHEN 'refund' THEN -t.minor ELSE t.minor END) FILTER (WHERE t.kind = 'void'), 0)
	FROM txn t LEFT JOIN txn o ON o.id = t.original
	WHERE t.shift <> 0 AND t.shift = ?1 AND t.tender = 'cash' AND t.state IN ('APPROVED', 'ADVICE') AND t.currency = ?2`

// handedQuery sums the cash that a shift handed out against cards, in its currency: what
// is approved, less what was undone in the shift, whoever had handed it out; and what is
// being asked for, which must not be handed out twice.
const handedQuery = `WITH handed AS (SELECT t.kind, t.state,
		CASE coalesce(o.kind, t.kind) WHEN 'cash_advance' THEN t.minor ELSE coalesce(json_extract(nullif(coalesce(o.terms, t.terms), ''), '$.cashback'), 0) END AS minor
	FROM txn t LEFT JOIN txn o ON o.id = t.original AND t.kind = 'void'
	WHERE t.shift <> 0 AND t.shift = ?1 AND t.tender = 'card' AND t.currency = ?2 AND t.kind IN ('sale', 'cash_advance', 'void'))
	SELECT coalesce(sum(CASE kind WHEN 'void' THEN -minor ELSE minor END) FILTER (WHERE state IN ('APPROVED', 'ADVICE')), 0),
		coalesce(sum(minor) FILTER (WHERE state = 'INTENT' AND kind <> 'void'), 0), 0 FROM handed`

const drawerMoveQuery = `SELECT
	coalesce(sum(minor) FILTER (WHERE reason = 'float'), 0),
	coalesce(sum(minor) FILTER (WHERE reason = 'pay_in'), 0),
	coalesce(sum(minor) FILTER (WHERE reason = 'pay_out'), 0)
	FROM drawer_move WHERE shift = ?`

// drawerOf adds up the drawer of a shift.
func drawerOf(from source, sh till.Shift) (d till.Drawer, err error) {
	currency := sh.Float.Currency()
	d.Shift = sh.Number
	if err := scanAmounts(from.row(drawerQuery, sh.Number, currency.Code()), currency, &d.Sales, &d.Refunds, &d.Voids); err != nil {
		return d, fmt.Errorf("cash of shift %d: %w", sh.Number, err)
	}
	if err := scanAmounts(from.row(drawerMoveQuery, sh.Number), currency, &d.Float, &d.PayIns, &d.PayOuts); err != nil {
		return d, fmt.Errorf("drawer of shift %d: %w", sh.Number, err)
	}
	if d.ByCard, _, err = handedOut(from, sh); err != nil {
		return d, err
	}
	d.Expected = store.DrawerSum(d)
	return d, nil
}

// handedOut is the cash that a shift handed out against cards, and what more is asked for.
func handedOut(from source, sh till.Shift) (handed, asked money.Amount, err error) {
	var none money.Amount
	err = scanAmounts(from.row(handedQuery, sh.Number, sh.Float.Currency().Code()), sh.Float.Currency(), &handed, &asked, &none)
	if err != nil {
		err = fmt.Errorf("cash that shift %d handed out: %w", sh.Number, err)
	}
	return handed, asked, err
}

// checkDrawer refuses to hand out more cash against a card than the drawer of the open
// shift holds. Without a shift nobody counts the drawer.
func (c *commit) checkDrawer(t till.Txn) error {
	out := store.HandsOut(t)
	if out == 0 || t.Shift == 0 || t.Kind == till.Void {
		return nil
	}
	sh, err := shiftOf(c, t.Shift)
	if err != nil || sh.Float.Currency() != t.Amount.Currency() {
		return err
	}
	d, err := drawerOf(c, sh)
	if err != nil {
		return err
	}
	_, asked, err := handedOut(c, sh)
	if err != nil {
		return err
	}
	if left := d.Expected.Minor() - asked.Minor(); out > left {
		return store.DrawerTooLow(sh.Number, money.New(out, t.Amount.Currency()), money.New(left, t.Amount.Currency()))
	}
	return nil
}

// scanAmounts reads a row of three sums in minor units.
func scanAmounts(row rowScanner, currency money.Currency, a, b, c *money.Amount) error {
	var minor [3]int64
	if err := row.Scan(&minor[0], &minor[1], &minor[2]); err != nil {
		return err
	}
	*a, *b, *c = money.New(minor[0], currency), money.New(minor[1], currency), money.New(minor[2], currency)
	return nil
}

// drawerMoves holds the ledger of the drawers against the journal.
func (v *verification) drawerMoves() error {
	return v.compare(store.AboutDrawer, `SELECT count(*) FROM drawer_move`, func(id string, said []byte) error {
		m, err := scanDrawerMove(v.tx.QueryRowContext(v.ctx, `SELECT `+drawerColumns+` FROM drawer_move WHERE seq = CAST(? AS INTEGER)`, id))
		if err != nil {
			return err
		}
		held, err := store.Body(store.AboutDrawer, id, m)
		if err != nil {
			return err
		}
		var journaled till.DrawerMove
		return sameJSON(held, said, &journaled)
	})
}
