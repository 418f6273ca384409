package register

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// inlineReversal bounds how long the shopper waits at the counter for a reversal to be
// acknowledged; what is not by then is worked later.
const inlineReversal = 5 * time.Second

// attempt is one run of a transaction through Step.
type attempt struct {
	r        *Register
	original *till.Txn
	undoes   *till.Txn    // what the original of a void itself names
	ticket   *till.Ticket // to be stored in commit 1
	offline  bool         // the host cannot be reached: the card decides
	pin      card.Secret  // for the issuer; in memory only
	silence  error        // why the last reversal or notice was not answered
	chip     *chipSession
	told     []till.Outcome
}

// run is the only loop with effects: it asks Step, performs the actions in their order
// and feeds back what came of each. A commit that fails ends it at once, whatever was
// to follow: what the store holds is then the truth, and the next start works on it.
func (a *attempt) run(ctx context.Context, s terminal.State, first terminal.Event) (terminal.State, error) {
	defer a.endCard()
	queue := []terminal.Event{first}
	for len(queue) > 0 {
		event := queue[0]
		queue = queue[1:]
		var actions []terminal.Action
		s, actions = a.r.step(s, event)
		for _, action := range actions {
			more, err := a.perform(ctx, s, action)
			if err != nil {
				return s, err
			}
			queue = append(queue, more...)
		}
	}
	return s, nil
}

// perform does one action and returns the events that came of it. After commit 1 the
// caller's context no longer ends anything: what is owed is seen through.
func (a *attempt) perform(ctx context.Context, s terminal.State, action terminal.Action) ([]terminal.Event, error) {
	seen := context.WithoutCancel(ctx)
	switch action := action.(type) {
	case terminal.ReadCard:
		return a.readCard(ctx, s)
	case terminal.Commit:
		return a.commit(ctx, s, action)
	case terminal.Send:
		return a.send(ctx, s)
	case terminal.CompleteCard:
		return a.completeCard(seen, s, action.Answer)
	case terminal.AskPartial:
		return []terminal.Event{a.askPartial(ctx, s, action.Approved)}, nil
	case terminal.SendReversal:
		return a.sendReversal(seen, s, action.Repeat)
	case terminal.SendAdvice:
		return a.sendAdvice(seen, s, action.Repeat)
	case terminal.Note:
		return nil, a.r.cfg.Store.Note(seen, s.Txn.ID, lateRemark(action.LateResponseCode))
	case terminal.Print:
		a.told = append(a.told, s.Txn.Outcome())
		a.r.observe(Told, s.Txn)
		return nil, nil
	}
	return nil, fmt.Errorf("internal error: no way to perform %T", action)
}

// commit makes the transaction durable: Begin for one that the store does not know
// yet, Record for every later state. Until Begin has returned, an interrupted caller
// owes nothing and may stop.
func (a *attempt) commit(ctx context.Context, s terminal.State, c terminal.Commit) ([]terminal.Event, error) {
	if c.Txn.Version == 0 {
		return a.begin(ctx, s, c)
	}
	t, err := a.r.cfg.Store.Record(context.WithoutCancel(ctx), c.Txn)
	if err != nil {
		return nil, fmt.Errorf("recording transaction %s as %s: %w", c.Txn.ID, c.Txn.State, err)
	}
	return []terminal.Event{terminal.Committed{Txn: t}}, nil
}

func (a *attempt) begin(ctx context.Context, s terminal.State, c terminal.Commit) ([]terminal.Event, error) {
	n := till.NewTxn{Txn: c.Txn, Ticket: a.ticket}
	if c.Txn.Tender == till.Card {
		b, err := a.r.bounds(ctx)
		if err != nil {
			return nil, err
		}
		n.Limits = b.limits
	}
	n.Txn.Card = s.Card.Summary(a.r.cfg.Vault.TokenKey())
	if n.Txn.Card == nil && a.original != nil {
		n.Txn.Card = a.original.Card
	}
	if c.WithImage && !s.Card.PAN.IsZero() {
		image, err := a.r.cfg.Vault.SealCard(c.Txn.ID, s.Card.PAN, s.Card.Expiry)
		if err != nil {
			return nil, fmt.Errorf("sealing the image of the reversal: %w", err)
		}
		n.Image = image
	}
	t, err := a.r.cfg.Store.Begin(ctx, n)
	if err != nil {
		return nil, err
	}
	if t.State == till.Intent {
		a.r.observe(IntentStored, t)
	}
	return []terminal.Event{terminal.Committed{Txn: t}}, nil
}

// send puts the request on the wire and waits for its answer or the deadline, even if
// the caller gives up meanwhile: Canceled is then among the events.
func (a *attempt) send(ctx context.Context, s terminal.State) ([]terminal.Event, error) {
	a.r.observe(RequestSent, s.Txn)
	answer, err := a.r.exchange(context.WithoutCancel(ctx), till.Request{
		Op: till.OpAuthorize, Terminal: s.Txn.Terminal, Merchant: s.Txn.Merchant, STAN: s.Txn.STAN, Batch: s.Txn.Batch, Txn: s.Txn, Card: s.Card,
		Original: a.original, Undoes: a.undoes,
	}, a.r.cfg.HostTimeout)
	var events []terminal.Event
	if ctx.Err() != nil {
		events = append(events, terminal.Canceled{})
	}
	if err != nil {
		a.r.giveUp(s.Txn)
		return append(events, terminal.NoAnswer{Reason: silenceReason(err)}), nil
	}
	return append(events, terminal.Answered{Answer: answer}), nil
}

// sendReversal needs the card number again only where the process that read it is no
// more; then the sealed image has it. Without a number the reversal still names the
// original by its STAN, terminal and date.
func (a *attempt) sendReversal(ctx context.Context, s terminal.State, repeat bool) ([]terminal.Event, error) {
	a.r.observe(ReversalSent, s.Txn)
	return a.settle(ctx, s, till.OpReverse, repeat)
}

// sendAdvice tells the host what was approved here. It carries what a reversal may, and
// the chip's last word, so that every repeat is the same message.
func (a *attempt) sendAdvice(ctx context.Context, s terminal.State, repeat bool) ([]terminal.Event, error) {
	a.r.observe(AdviceSent, s.Txn)
	return a.settle(ctx, s, till.OpAdvise, repeat)
}

// settle sends a message that is owed until it is acknowledged.
func (a *attempt) settle(ctx context.Context, s terminal.State, op till.Op, repeat bool) ([]terminal.Event, error) {
	q := till.Request{
		Op: op, Terminal: s.Txn.Terminal, Merchant: s.Txn.Merchant, STAN: s.Txn.STAN, Batch: s.Txn.Batch,
		Txn: s.Txn, Repeat: repeat, Original: a.original, Undoes: a.undoes, Card: s.Card.Forget(),
	}
	if q.Card.PAN.IsZero() {
		if err := a.openImage(ctx, &q); err != nil {
			return nil, err
		}
	}
	if err := chipData(&q); err != nil {
		return nil, err
	}
	var answer till.Answer
	answer, a.silence = a.r.exchange(ctx, q, min(a.r.cfg.HostTimeout, inlineReversal))
	a.r.noteTried(s.Txn.ID)
	if a.silence != nil {
		return []terminal.Event{terminal.NoAnswer{Reason: silenceReason(a.silence)}}, nil
	}
	return []terminal.Event{terminal.Answered{Answer: answer, Final: answer.Acknowledged}}, nil
}

// chipData puts the chip's last word, which the journal kept, into a notice.
func chipData(q *till.Request) error {
	if q.Op != till.OpAdvise || q.Txn.Chip == nil || q.Txn.Chip.Data == "" {
		return nil
	}
	icc, err := hex.DecodeString(q.Txn.Chip.Data)
	if err != nil {
		return fmt.Errorf("chip data of transaction %s: %w", q.Txn.ID, err)
	}
	q.Card.ICC, q.Card.PSN = icc, q.Txn.Card.PSN
	return nil
}

// askPartial asks the shopper whether to pay a part. Nobody to ask wants the whole.
func (a *attempt) askPartial(ctx context.Context, s terminal.State, approved money.Amount) terminal.Event {
	if a.r.cfg.Part == nil || ctx.Err() != nil || !s.Txn.Cashback.IsZero() {
		return terminal.PartialDecided{}
	}
	return terminal.PartialDecided{Accepted: a.r.cfg.Part(ctx, approved, s.Txn.Amount)}
}

func (a *attempt) openImage(ctx context.Context, q *till.Request) error {
	image, err := a.r.cfg.Store.Image(ctx, q.Txn.ID)
	if err != nil {
		return fmt.Errorf("reading the image of reversal %s: %w", q.Txn.ID, err)
	}
	if len(image) == 0 {
		return nil
	}
	q.Card.PAN, q.Card.Expiry, err = a.r.cfg.Vault.OpenCard(q.Txn.ID, image)
	if err != nil {
		return fmt.Errorf("opening the image of reversal %s: %w", q.Txn.ID, err)
	}
	return nil
}

// silenceReason is why there is no answer. A request that could not be built was never
// sent, and is undone like one whose link broke: the host then knows nothing of it,
// which is a final answer to a reversal.
func silenceReason(err error) till.Reason {
	var silence *till.NoAnswer
	switch {
	case errors.As(err, &silence):
		return silence.Reason
	case errors.Is(err, context.DeadlineExceeded):
		return till.ReasonTimeout
	}
	return till.ReasonLink
}

func lateRemark(responseCode string) string {
	return "late answer, response code " + responseCode
}
