package walletsim

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/gateway"
)

// delivery is what becomes of an answer on its way back.
type delivery int

const (
	delivered delivery = iota
	lost               // the connection ends without a word
	broken             // HTTP status 500
	withheld           // the connection stays open without a word, for a while
)

// ServeHTTP answers one question: see the package documentation.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := s.guard.Open(r)
	if err != nil {
		s.report(fmt.Errorf("refused a message: %w", err))
		w.WriteHeader(gateway.RefusalStatus(err))
		return
	}
	q, err := gateway.DecodeQuestion(body)
	if err != nil {
		s.report(err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	reply, d, err := s.handle(context.WithoutCancel(r.Context()), r.URL.Path, q)
	if err != nil {
		s.report(ledgerProblem(s.ledger.Path(), err))
		d = broken
	}
	s.deliver(w, r, reply, d)
}

// deliver sends a reply by its fate.
func (s *Sim) deliver(w http.ResponseWriter, r *http.Request, reply gateway.Reply, d delivery) {
	switch d {
	case broken:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case withheld:
		s.hold(r.Context())
		panic(http.ErrAbortHandler) // ends the connection, and is the documented way to
	case lost:
		panic(http.ErrAbortHandler)
	case delivered:
	}
	raw, err := json.Marshal(reply)
	if err == nil {
		err = s.key.WriteAnswer(w, r, http.StatusOK, raw, s.now())
	}
	if err != nil {
		s.report(fmt.Errorf("answering: %w", err))
	}
}

// hold waits until the while is over or the till has given up.
func (s *Sim) hold(ctx context.Context) {
	timer := time.NewTimer(s.silentFor)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// handle decides a question in one commit; its answer leaves after it.
func (s *Sim) handle(ctx context.Context, path string, q gateway.Question) (reply gateway.Reply, d delivery, err error) {
	if code := wellFormed(path, q); code != "" {
		return refusal(q, code), delivered, nil
	}
	err = s.ledger.Write(ctx, func(tx *sql.Tx) error {
		reply, d, err = s.decide(ctx, tx, path, q)
		return err
	})
	s.stir()
	return reply, d, err
}

func (s *Sim) decide(ctx context.Context, tx *sql.Tx, path string, q gateway.Question) (gateway.Reply, delivery, error) {
	switch path {
	case gateway.PathRefund:
		return s.refund(ctx, tx, q)
	case gateway.PathQueryRefund:
		return s.queryRefund(ctx, tx, q)
	}
	o, ok, err := orderByNumber(ctx, tx, q.Number)
	if err != nil {
		return gateway.Reply{}, delivered, err
	}
	if !ok {
		return s.unknownOrder(ctx, tx, path, q)
	}
	if o.merchant != q.Merchant {
		return refusal(q, "number_used"), delivered, nil
	}
	if err := s.ripen(ctx, tx, &o); err != nil {
		return gateway.Reply{}, delivered, err
	}
	return s.knownOrder(ctx, tx, path, q, o)
}

// unknownOrder answers a question about a number that no order has.
func (s *Sim) unknownOrder(ctx context.Context, tx *sql.Tx, path string, q gateway.Question) (gateway.Reply, delivery, error) {
	closed, err := isClosed(ctx, tx, q.Number)
	switch {
	case err != nil:
		return gateway.Reply{}, delivered, err
	case closed: // the tombstone: it can never stand
		return echo(q, wallet.Closed), delivered, nil
	case path == gateway.PathQuery:
		return echo(q, wallet.NotFound), delivered, nil
	case path == gateway.PathClose:
		return echo(q, wallet.Closed), delivered, closeNumber(ctx, tx, q.Number, s.now())
	}
	return s.begin(ctx, tx, path, q)
}

// begin makes an order of a Create or a Submit.
func (s *Sim) begin(ctx context.Context, tx *sql.Tx, path string, q gateway.Question) (gateway.Reply, delivery, error) {
	o, code := s.plan(path, q)
	if code != "" {
		return refusal(q, code), delivered, nil
	}
	if s.rule(o.amount.Minor(), false).Fate == BrokenOnce && path == gateway.PathCreate {
		first, err := once(ctx, tx, "broken "+o.number)
		if first || err != nil { // nothing is kept of it
			return gateway.Reply{}, broken, err
		}
	}
	if err := o.insert(ctx, tx); err != nil {
		return gateway.Reply{}, delivered, err
	}
	if err := s.forge(ctx, tx, o); err != nil {
		return gateway.Reply{}, delivered, err
	}
	if err := s.ripen(ctx, tx, &o); err != nil {
		return gateway.Reply{}, delivered, err
	}
	d, err := s.fateOfAnswer(ctx, tx, o, true)
	return o.reply(false), d, err
}

// plan is the order that a question asks for, with what its shopper will do; or the code
// of a refusal.
func (s *Sim) plan(path string, q gateway.Question) (order, string) {
	now := s.now()
	o := order{
		number: q.Number, merchant: q.Merchant, terminal: q.Terminal, batch: q.Batch, flow: q.Flow, amount: q.Amount,
		provider: labProvider, notify: q.NotifyURL, at: now, expires: q.ExpiresAt,
	}
	if path == gateway.PathSubmit {
		var ok bool
		if o.provider, ok = provider(q.PaymentCode); !ok {
			return order{}, "bad_payment_code"
		}
	}
	if !o.expires.IsZero() && !o.expires.After(now) {
		return order{}, "expired"
	}
	o.acts = now
	if q.Flow == wallet.Shown {
		o.acts = now.Add(s.payAfter)
	}
	switch rule := s.rule(q.Amount.Minor(), false); rule.Fate {
	case SlowPayment:
		o.acts, o.polls = time.Time{}, rule.Polls
	case NeverPaid, PaidAtClose, ForgedNotice:
		o.acts = time.Time{}
	case Refused:
		o.refuses = true
	case Normal, LostAnswer, TwoNotices, LateNotice, BrokenOnce, SilentForLong:
	}
	return o, ""
}

// knownOrder answers a question about an order that stands.
func (s *Sim) knownOrder(ctx context.Context, tx *sql.Tx, path string, q gateway.Question, o order) (gateway.Reply, delivery, error) {
	var err error
	asked := false
	switch path {
	case gateway.PathQuery:
		asked, err = s.query(ctx, tx, &o)
	case gateway.PathClose:
		err = s.end(ctx, tx, &o)
	default:
		if !o.sameAs(q) {
			return refusal(q, "number_used"), delivered, nil
		}
	}
	if err != nil {
		return gateway.Reply{}, delivered, err
	}
	d, err := s.fateOfAnswer(ctx, tx, o, false)
	return o.reply(asked), d, err
}

// query counts a query: after enough of them a slow shopper pays. It reports that the
// shopper is at it.
func (s *Sim) query(ctx context.Context, tx *sql.Tx, o *order) (bool, error) {
	if o.polls == 0 || o.isDecided() {
		return false, nil
	}
	n, err := count(ctx, tx, "order "+o.number)
	if err != nil || n <= o.polls {
		return true, err
	}
	return false, s.pay(ctx, tx, o, s.now())
}

// end closes an order that is not decided; or its shopper is a moment faster.
func (s *Sim) end(ctx context.Context, tx *sql.Tx, o *order) error {
	switch {
	case o.isDecided():
		return nil
	case s.rule(o.amount.Minor(), false).Fate == PaidAtClose:
		return s.pay(ctx, tx, o, s.now())
	}
	o.closed = true
	return closeNumber(ctx, tx, o.number, s.now())
}

// fateOfAnswer is what becomes of the answer about an order.
func (s *Sim) fateOfAnswer(ctx context.Context, tx *sql.Tx, o order, isFirst bool) (delivery, error) {
	switch s.rule(o.amount.Minor(), false).Fate {
	case SilentForLong:
		if s.now().Before(o.at.Add(s.silentFor)) {
			return withheld, nil
		}
	case LostAnswer:
		if isFirst {
			return lost, nil
		}
	case BrokenOnce:
		if isFirst && o.flow == wallet.Scanned {
			return broken, nil
		}
	case Normal, SlowPayment, TwoNotices, LateNotice, ForgedNotice, NeverPaid, PaidAtClose, Refused:
	}
	return delivered, nil
}

// reply tells how an order stands; isPaying is a shopper who has begun to pay a code.
func (o order) reply(isPaying bool) gateway.Reply {
	p := gateway.Reply{Number: o.number, Amount: o.amount, Provider: o.provider}
	if o.flow == wallet.Shown {
		p.Code = "https://pay.till.invalid/" + o.number // a name that no resolver has, by RFC 2606
	}
	switch {
	case o.payment != 0:
		p.Status, p.TradeNo, p.At = wallet.Paid, o.tradeNo(), o.paidAt
	case o.refused:
		p.Status, p.RefusedCode, p.RefusedWords = wallet.Failed, "insufficient_balance", refusalWords("insufficient_balance")
	case o.closed:
		p.Status = wallet.Closed
	case o.flow == wallet.Scanned, isPaying:
		p.Status = wallet.Pending
	default:
		p.Status = wallet.Unpaid
	}
	return p
}

// tradeNo is the wallet's own number of a payment.
func (o order) tradeNo() string {
	return fmt.Sprintf("P%s-%08d", o.paidAt.Format("060102"), o.payment)
}

// echo is a reply about something that the gateway does not have.
func echo(q gateway.Question, s wallet.Status) gateway.Reply {
	return gateway.Reply{Status: s, Number: q.Number, RefundNumber: q.RefundNumber, Amount: q.Amount}
}

func refusal(q gateway.Question, code string) gateway.Reply {
	p := echo(q, wallet.Failed)
	p.RefusedCode, p.RefusedWords = code, refusalWords(code)
	return p
}

// wellFormed is the code of a refusal that no look into the ledger can change, or "".
func wellFormed(path string, q gateway.Question) string {
	begins := path == gateway.PathCreate || path == gateway.PathSubmit
	wantFlow := map[string]wallet.Flow{gateway.PathCreate: wallet.Shown, gateway.PathSubmit: wallet.Scanned}[path]
	switch {
	case !isPath(path):
		return "no_such_service"
	case !isName(q.Number), q.RefundNumber != "" && !isName(q.RefundNumber), isRefundPath(path) && q.RefundNumber == "":
		return "bad_number"
	case q.Merchant == "" || q.Terminal == "":
		return "no_merchant"
	case begins && q.Flow != wantFlow:
		return "bad_flow"
	case (begins || path == gateway.PathRefund) && (!q.Amount.IsPositive() || q.Amount.Currency().IsZero() || q.Amount.Minor() > till.MaxMinor):
		return "bad_amount"
	case begins && q.NotifyURL != "" && !isLocalURL(q.NotifyURL):
		return "bad_notify_url"
	}
	return ""
}

func isPath(path string) bool {
	switch path {
	case gateway.PathCreate, gateway.PathSubmit, gateway.PathQuery, gateway.PathClose, gateway.PathRefund, gateway.PathQueryRefund:
		return true
	}
	return false
}

func isRefundPath(path string) bool {
	return path == gateway.PathRefund || path == gateway.PathQueryRefund
}

// isName reports an order or refund number as the wallets take it.
func isName(number string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	return len(number) >= 6 && len(number) <= 32 && strings.Trim(number, letters) == ""
}

// isLocalURL reports a URL to which the gateway of a lab may post: it must not be made to
// call strangers.
func isLocalURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.User != nil || len(text) > 512 {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.IsLoopback()
}
