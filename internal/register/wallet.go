package register

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/pkg/card"
)

// undoPatience is how long a program goes on closing or reversing an order that was
// given up before it leaves the rest to the next start.
const undoPatience = 5 * time.Second

// order is one run of a wallet payment or refund through wallet.Step.
type order struct {
	r       *Register
	gateway wallet.Gateway
	txn     till.Txn
	ticket  *till.Ticket // to be stored in commit 1
	code    card.Secret  // the shopper's payment code, until it is handed in
	resumed bool         // nobody waits at the counter
	missing bool         // of one that is resumed: the gateway is there, and has not what it was asked about
	prodded bool         // and what came of that answer is done without waiting
	told    []till.Outcome

	deadline <-chan time.Time // the shop's patience
	end      <-chan time.Time // of the program's own, once it was given up
	given    bool             // Deadline or Canceled was said

	notices <-chan wallet.Notice // of this order, from the gateway
}

// payByWallet runs a sale by code, or the refund of one.
func (r *Register) payByWallet(ctx context.Context, t till.Txn, flow till.Flow, w wish) (Result, error) {
	if original := w.original; original != nil && original.Kind != till.Sale {
		return Result{}, noWayBack(*original)
	}
	gateway, err := r.wallet(ctx)
	if err != nil {
		return Result{}, err
	}
	o, err := r.newOrder(t, flow, w.original)
	if err != nil {
		return Result{}, err
	}
	r.cfg.Claims.claim(t.ID)
	defer r.cfg.Claims.release(t.ID)
	run := &order{r: r, gateway: gateway, txn: t, ticket: w.ticket, code: w.code, deadline: r.after(r.cfg.Patience)}
	var deaf func()
	run.notices, deaf = r.listen(o.Number)
	defer deaf()
	err = run.run(ctx, wallet.Begin(o, w.code), wallet.Start{})
	var taken *till.Replay
	switch {
	case errors.As(err, &taken):
		return r.replay(ctx, t, taken.Txn)
	case err != nil && run.txn.Version == 0:
		return Result{}, err
	}
	return run.result(), err
}

// noWayBack refuses to void a refund: a wallet takes nothing back that it has paid out,
// and one more refund would pay the shopper twice.
func noWayBack(original till.Txn) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s is a %s by wallet, and what a wallet has paid back cannot be taken back", "%s 为扫码%s，已退回钱包的款项无法收回").With(original.ID, original.Kind.Text()),
		Hint: i18n.T("take a new payment instead: till pay %s --tender qr", "请重新收款：till pay %s --tender qr").With(original.Amount.Decimal()),
	}
}

// newOrder is the order of a transaction: with a number of its own, or for a refund
// with that of the order that was paid and a number for the refund.
func (r *Register) newOrder(t till.Txn, flow till.Flow, original *till.Txn) (till.Order, error) {
	number, err := wallet.NewNumber(r.cfg.Random)
	if err != nil {
		return till.Order{}, err
	}
	o := till.Order{Number: number, Flow: flow, Amount: t.Amount}
	if flow == till.FlowRefund {
		if original == nil || original.Wallet == nil {
			return till.Order{}, fmt.Errorf("internal error: refund %s without the order of its original", t.ID)
		}
		o.Number, o.RefundNumber = original.Wallet.Number, number
	}
	return o, nil
}

// resumeOrder gives an order that a dead program left its next attempt. Nobody waits at
// the counter for it any more, so it ends paid only if it was paid already.
func (r *Register) resumeOrder(ctx context.Context, t till.Txn) (till.Txn, error) {
	gateway, err := r.wallet(ctx)
	if err != nil {
		return t, nil //nolint:nilerr // without a gateway it stays as it is, and the next start tries again
	}
	run := &order{r: r, gateway: gateway, txn: t, resumed: true}
	err = run.run(ctx, wallet.Resume(*t.Wallet), wallet.Restarted{}, wallet.Deadline{})
	return run.txn, err
}

// run is the loop with effects of a wallet order, as attempt.run is of a card's.
func (o *order) run(ctx context.Context, s wallet.State, first ...wallet.Event) error {
	queue := first
	for len(queue) > 0 {
		event := queue[0]
		queue = queue[1:]
		var actions []wallet.Action
		s, actions = wallet.Step(s, event)
		for _, action := range actions {
			more, stop, err := o.perform(ctx, s, action)
			if err != nil || stop {
				return err
			}
			queue = append(queue, more...)
		}
	}
	return nil
}

// perform does one action. stop leaves the rest to the next start: what the store holds
// is resumed.
func (o *order) perform(ctx context.Context, s wallet.State, action wallet.Action) (events []wallet.Event, stop bool, err error) {
	seen := context.WithoutCancel(ctx)
	switch action := action.(type) {
	case wallet.Commit:
		events, err = o.commit(ctx, action.Order)
	case wallet.Wait:
		return o.wait(ctx, action.Pause)
	case wallet.Show:
		o.r.observe(CodeShown, o.txn)
	case wallet.Note:
		err = o.r.cfg.Store.Note(seen, o.txn.ID, action.Remark)
	case wallet.Print:
		o.told = append(o.told, o.txn.Outcome())
		o.r.observe(Told, o.txn)
	default:
		events = o.call(ctx, s, action)
	}
	return events, false, err
}

// commit makes the order durable inside its transaction.
func (o *order) commit(ctx context.Context, next till.Order) ([]wallet.Event, error) {
	t := o.txn
	t.Wallet, t.State, t.Reason, t.ResponseCode = &next, next.State.Txn(), next.Reason, next.RefusedCode
	if next.State == till.OrderFailed {
		t.DeclinedBy = till.ByWallet
	}
	var err error
	if t.Version == 0 {
		t, err = o.r.cfg.Store.Begin(ctx, till.NewTxn{Txn: t, Ticket: o.ticket})
	} else {
		t, err = o.r.cfg.Store.Record(context.WithoutCancel(ctx), t)
	}
	if err != nil {
		return nil, err
	}
	o.txn = t
	return []wallet.Event{wallet.Committed{Order: *t.Wallet}}, nil
}

// call asks the gateway and waits for its answer, also when the operator gives up
// meanwhile.
func (o *order) call(ctx context.Context, s wallet.State, action wallet.Action) []wallet.Event {
	calling, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.r.cfg.HostTimeout)
	defer cancel()
	q := wallet.Request{Order: s.Order, Merchant: o.r.cfg.Merchant, Terminal: o.r.cfg.Terminal, Batch: o.txn.Batch, NotifyURL: o.r.notifyURL()}
	answer, err := o.ask(calling, q, action)
	var events []wallet.Event
	if ctx.Err() != nil && !o.given {
		o.giveUp()
		events = append(events, wallet.Canceled{})
	}
	var silence *till.NoAnswer
	switch {
	case err == nil:
		o.missing = answer.Status == wallet.NotFound
		return append(events, wallet.Answered{Answer: answer})
	case errors.As(err, &silence):
		return append(events, wallet.NoAnswer{Reason: silence.Reason, NotSent: silence.NotSent})
	}
	return append(events, wallet.NoAnswer{Reason: silenceReason(err)})
}

func (o *order) ask(ctx context.Context, q wallet.Request, action wallet.Action) (wallet.Answer, error) {
	switch action := action.(type) {
	case wallet.Create:
		return o.gateway.Create(ctx, q)
	case wallet.Submit:
		q.PaymentCode = action.PaymentCode
		return o.gateway.Submit(ctx, q)
	case wallet.Query:
		return o.gateway.Query(ctx, q)
	case wallet.Close:
		return o.gateway.Close(ctx, q)
	case wallet.Refund:
		return o.gateway.Refund(ctx, q)
	case wallet.QueryRefund:
		return o.gateway.QueryRefund(ctx, q)
	}
	return wallet.Answer{}, fmt.Errorf("internal error: no way to perform %T", action)
}

// wait waits for what comes first. Where nobody waits at the counter, and where undoing
// takes longer than the operator can be kept, the rest is the next start's. But what an
// answer calls for is done at once, or each start would hear that the gateway has no such
// refund and none would ask for it.
func (o *order) wait(ctx context.Context, pause time.Duration) (events []wallet.Event, stop bool, err error) {
	if o.resumed && o.missing && !o.prodded {
		o.prodded = true
		return []wallet.Event{wallet.Due{}}, false, nil
	}
	if o.resumed {
		return nil, true, nil
	}
	canceled := ctx.Done()
	if o.given {
		canceled = nil // it was said once
	}
	select {
	case <-o.r.after(pause):
		return []wallet.Event{wallet.Due{}}, false, nil
	case <-canceled:
		o.giveUp()
		return []wallet.Event{wallet.Canceled{}}, false, nil
	case n := <-o.notices:
		return []wallet.Event{wallet.Notified{Notice: n}}, false, nil
	case <-o.deadline:
		o.giveUp()
		return []wallet.Event{wallet.Deadline{}}, false, nil
	case <-o.end:
		return nil, true, nil
	}
}

func (o *order) giveUp() {
	o.given, o.deadline, o.end = true, nil, o.r.after(undoPatience)
}

func (o *order) result() Result {
	res := Result{Txn: o.txn, Outcome: o.txn.Outcome()}
	if len(o.told) > 0 {
		res.Outcome = o.told[0]
	}
	return res
}

// wallet is the gateway, dialled once.
func (r *Register) wallet(ctx context.Context) (wallet.Gateway, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gateway != nil {
		return r.gateway, nil
	}
	if r.cfg.Wallet == nil {
		return nil, &till.Problem{
			Code: till.CodeHostDown,
			What: i18n.T("this till takes no payment codes: no wallet gateway is set up", "本终端不支持扫码付款：未设置钱包网关").With(),
			Hint: i18n.T("till config list shows what can be set", "till config list 可列出各项设置").With(),
		}
	}
	g, err := r.cfg.Wallet(ctx)
	if err != nil {
		return nil, hostDown(err)
	}
	r.gateway = g
	return g, nil
}

// after is time.After, or what a test has put in its place.
func (r *Register) after(d time.Duration) <-chan time.Time {
	if r.cfg.After != nil {
		return r.cfg.After(d)
	}
	return time.After(d)
}
