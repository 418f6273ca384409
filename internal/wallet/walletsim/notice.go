package walletsim

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/gateway"
)

// maxTries is how often a notification is sent to somebody who does not take it.
const maxTries = 5

// announce writes down the notifications that tell of a payment.
func (s *Sim) announce(ctx context.Context, tx *sql.Tx, o order) error {
	due, copies := s.now(), 1
	switch s.rule(o.amount.Minor(), false).Fate {
	case TwoNotices:
		copies = 2
	case LateNotice:
		due = due.Add(s.lateBy)
	case SilentForLong:
		due = o.at.Add(s.silentFor)
	case Normal, SlowPayment, LostAnswer, ForgedNotice, NeverPaid, PaidAtClose, Refused, BrokenOnce:
	}
	for range copies {
		if err := plant(ctx, tx, o, due, false); err != nil {
			return err
		}
	}
	return nil
}

// forge writes down the notification of somebody who has no key, where the rule wants
// one.
func (s *Sim) forge(ctx context.Context, tx *sql.Tx, o order) error {
	if s.rule(o.amount.Minor(), false).Fate != ForgedNotice {
		return nil
	}
	return plant(ctx, tx, o, s.now(), true)
}

func plant(ctx context.Context, tx *sql.Tx, o order, due time.Time, forged bool) error {
	if o.notify == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO notice (number, event, forged, due) VALUES (?, ?, ?, ?)",
		o.number, "paid-"+o.number, forged, nanos(due))
	if err != nil {
		return fmt.Errorf("write notice: %w", err)
	}
	return nil
}

// stir wakes the worker: something may be due earlier than it thought.
func (s *Sim) stir() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// work lets shoppers pay in time and sends what is due, until ctx ends.
func (s *Sim) work(ctx context.Context) {
	for ctx.Err() == nil {
		pause, err := s.tick(ctx)
		if err != nil && ctx.Err() == nil {
			s.report(ledgerProblem(s.ledger.Path(), err))
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-s.wake:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// longestNap is how long the worker sleeps when nothing is due: another process on the
// folder may have left something behind.
const longestNap = 2 * time.Second

// tick does what is due and returns how long to sleep.
func (s *Sim) tick(ctx context.Context) (time.Duration, error) {
	if err := s.ripenAll(ctx); err != nil {
		return longestNap, err
	}
	if err := s.sendDue(ctx); err != nil {
		return longestNap, err
	}
	var next sql.NullInt64
	err := s.ledger.DB.QueryRowContext(ctx, `
		SELECT min(t) FROM (SELECT min(acts) AS t FROM undecided UNION ALL SELECT min(expires) FROM undecided UNION ALL SELECT min(due) FROM notice)`).Scan(&next)
	if err != nil || !next.Valid {
		return longestNap, err
	}
	return min(max(moment(next.Int64).Sub(s.now()), time.Millisecond), longestNap), nil
}

// ripenAll decides every order whose time has come.
func (s *Sim) ripenAll(ctx context.Context) error {
	var due bool
	now := nanos(s.now())
	err := s.ledger.DB.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM undecided WHERE acts <= ?1 OR expires <= ?1)", now).Scan(&due)
	if err != nil || !due {
		return err
	}
	return s.ledger.Write(ctx, func(tx *sql.Tx) error {
		ripe, err := orders(ctx, tx, "WHERE o.number IN (SELECT number FROM undecided WHERE acts <= ?1 OR expires <= ?1)", now)
		for i := range ripe {
			err = errors.Join(err, s.ripen(ctx, tx, &ripe[i]))
		}
		return err
	})
}

// notice is a row of the table of the same name, with its order.
type notice struct {
	id     int64
	event  string
	forged bool
	tries  int
	order  order
}

// sendDue sends every notification that is due. Each try is counted before it is made, so
// that of two processes one makes it.
func (s *Sim) sendDue(ctx context.Context) error {
	due, err := s.dueNotices(ctx)
	if err != nil {
		return err
	}
	for _, n := range due {
		mine, err := s.claim(ctx, n)
		if err != nil {
			return err
		}
		if mine {
			s.send(ctx, n)
		}
	}
	return nil
}

// dueRows are the notices whose time has come, with the number of their order alone.
func (s *Sim) dueRows(ctx context.Context) (list []notice, err error) {
	rows, err := s.ledger.DB.QueryContext(ctx, "SELECT id, number, event, forged, tries FROM notice WHERE due <= ? ORDER BY due, id LIMIT 100", nanos(s.now()))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n notice
		if err := rows.Scan(&n.id, &n.order.number, &n.event, &n.forged, &n.tries); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}

func (s *Sim) dueNotices(ctx context.Context) (list []notice, err error) {
	if list, err = s.dueRows(ctx); err != nil {
		return nil, err
	}
	for i, n := range list {
		if list[i].order, _, err = orderByNumber(ctx, s.ledger.DB, n.order.number); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// claim counts a try; false if another process has made it. After the last one nothing
// is due any more.
func (s *Sim) claim(ctx context.Context, n notice) (bool, error) {
	next := sql.NullInt64{Int64: nanos(s.now().Add(time.Second << n.tries)), Valid: n.tries+1 < maxTries}
	result, err := s.ledger.DB.ExecContext(ctx, "UPDATE notice SET tries = tries + 1, due = ? WHERE id = ? AND tries = ? AND due IS NOT NULL", next, n.id, n.tries)
	if err != nil {
		return false, fmt.Errorf("claim notice: %w", err)
	}
	changed, err := result.RowsAffected()
	return changed == 1, err
}

// send posts a notification; one that is taken, or forged and refused, is at its end.
func (s *Sim) send(ctx context.Context, n notice) {
	if err := s.post(ctx, n); err != nil && !n.forged {
		s.report(fmt.Errorf("notification: %w", err))
		return
	}
	if _, err := s.ledger.DB.ExecContext(ctx, "UPDATE notice SET due = NULL WHERE id = ?", n.id); err != nil && ctx.Err() == nil {
		s.report(ledgerProblem(s.ledger.Path(), err))
	}
}

func (s *Sim) post(ctx context.Context, n notice) (err error) {
	o := n.order
	told := gateway.Notification{ID: n.event, Number: o.number, Status: wallet.Paid, Amount: o.amount, TradeNo: o.tradeNo(), At: o.paidAt}
	if n.forged {
		told.At = s.now()
	}
	body, err := json.Marshal(told)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.notify, bytes.NewReader(body))
	if err != nil {
		return errors.New("the URL of an order cannot be used")
	}
	req.Header.Set("Content-Type", "application/json")
	if err := s.signNotice(req, body, n.forged); err != nil {
		return err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP status %d, want 200", resp.StatusCode)
	}
	return nil
}

// signNotice signs with the shared key; a forger has only one of his own.
func (s *Sim) signNotice(req *http.Request, body []byte, forged bool) error {
	key := s.key
	if forged {
		own := make([]byte, gateway.MinKey)
		if _, err := io.ReadFull(s.random, own); err != nil {
			return fmt.Errorf("random key: %w", err)
		}
		var err error
		if key, err = gateway.NewKey(own); err != nil {
			return err
		}
	}
	return key.SignRequest(req, body, s.now(), s.random)
}

// newMessenger is the client of notifications: five seconds for each, as the wallets
// give, and no redirects.
func newMessenger() *http.Client {
	return &http.Client{
		Timeout:       5 * time.Second,
		Transport:     &http.Transport{MaxIdleConns: 4, IdleConnTimeout: 10 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
