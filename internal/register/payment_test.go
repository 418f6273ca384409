package register_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// take is a sale of minor units on the world's card.
func (w *world) take(key string, minor int64, entry till.Entry) (register.Result, error) {
	return w.reg.Take(context.Background(), register.Payment{
		Key: key, Amount: money.New(minor, cny(w.t)), Tender: till.Card, Entry: entry,
	})
}

// mustTake is a sale that has to be approved.
func (w *world) mustTake(minor int64) till.Txn {
	w.t.Helper()
	res, err := w.take("", minor, till.Chip)
	if err != nil || res.Outcome != till.OutcomeApproved {
		w.t.Fatalf("sale of %d: %s, %v", minor, res.Outcome, err)
	}
	return res.Txn
}

func TestChipSaleIsSignedByCardAndHost(t *testing.T) {
	w := newWorld(t)
	x := w.mustTake(1250)
	if x.Chip == nil || !x.Chip.ARPCVerified || x.Chip.CryptogramType != "TC" || len(x.Chip.ARQC) != 16 {
		t.Errorf("chip evidence: got %+v, want a verified ARPC, a TC and the ARQC", x.Chip)
	}
	if x.Card.Masked != "476173******0010" || x.AuthCode == "" || x.RRN == "" || x.ResponseCode != "00" {
		t.Errorf("got %+v", x)
	}
	if net := w.net(); net != 1250 {
		t.Errorf("the host moved %d, want 1250", net)
	}
}

func TestOutcomesByAmount(t *testing.T) {
	for minor, want := range map[int64]struct {
		outcome till.Outcome
		code    string
		net     int64
	}{
		1250: {till.OutcomeApproved, "00", 1250},
		1005: {till.OutcomeDeclined, "05", 0},
		1051: {till.OutcomeDeclined, "51", 0},
		1054: {till.OutcomeDeclined, "54", 0},
		1061: {till.OutcomeDeclined, "61", 0},
		1091: {till.OutcomeDeclined, "91", 0},
		1096: {till.OutcomeDeclined, "96", 0},
		1068: {till.OutcomeUnknown, "", 0},
	} {
		w := newWorld(t)
		res, err := w.take("", minor, till.Chip)
		if err != nil || res.Outcome != want.outcome || res.Txn.ResponseCode != want.code || w.net() != want.net {
			t.Errorf("%d: got %s, code %q, net %d, %v; want %+v", minor, res.Outcome, res.Txn.ResponseCode, w.net(), err, want)
		}
	}
}

func TestTwoCommitsAndNoThird(t *testing.T) {
	w := newWorld(t)
	w.plug.names = nil
	w.mustTake(1250)
	commits := 0
	for _, name := range w.plug.names {
		if name == "before commit 1" || name == "before commit APPROVED" {
			commits++
		}
	}
	if commits != 2 {
		t.Errorf("a sale made %d commits, want 2: %v", commits, w.plug.names)
	}
}

func TestCashNeedsNoHost(t *testing.T) {
	w := newWorld(t)
	w.line.down = true
	res, err := w.reg.Take(context.Background(), register.Payment{Amount: money.New(500, cny(t)), Tender: till.Cash})
	if err != nil || res.Outcome != till.OutcomeApproved || len(w.line.sent) != 0 {
		t.Errorf("got %s, %v, sent %v", res.Outcome, err, w.line.sent)
	}
}

// A host that is down is refused before anything is stored or sent.
func TestHostDown(t *testing.T) {
	w := newWorld(t)
	w.line.down = true
	_, err := w.take("", 1250, till.Chip)
	wantProblem(t, err, till.CodeHostDown)
	if txns, _ := w.store.Txns(context.Background(), till.Filter{}); len(txns) != 0 {
		t.Errorf("%d transactions were stored", len(txns))
	}
}

func TestIdempotency(t *testing.T) {
	w := newWorld(t)
	first, err := w.take("order-7", 1250, till.Chip)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.take("order-7", 1250, till.Chip)
	if err != nil || !again.Replayed || again.Txn.ID != first.Txn.ID || again.Outcome != till.OutcomeApproved {
		t.Errorf("again: got %+v, %v", again, err)
	}
	_, err = w.take("order-7", 1251, till.Chip)
	wantProblem(t, err, till.CodeConflict)
	if net := w.net(); net != 1250 {
		t.Errorf("the host moved %d, want 1250 once", net)
	}
}

func TestVoidAndRefund(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	sale, other := w.mustTake(1250), w.mustTake(800)
	refund := func(minor int64) (register.Result, error) {
		return w.reg.Refund(ctx, register.Undo{Original: sale.ID, Amount: money.New(minor, cny(t))})
	}
	if res, err := refund(250); err != nil || res.Outcome != till.OutcomeApproved {
		t.Fatalf("partial refund: %s, %v", res.Outcome, err)
	}
	_, err := refund(1001)
	wantProblem(t, err, till.CodeNotPermitted)
	rest, err := w.reg.Refund(ctx, register.Undo{Original: sale.ID})
	if err != nil || rest.Txn.Amount.Minor() != 1000 {
		t.Errorf("the rest: got %s, %v; want 10.00", rest.Txn.Amount, err)
	}
	_, err = w.reg.Refund(ctx, register.Undo{Original: sale.ID})
	wantProblem(t, err, till.CodeNotPermitted)
	if res, err := w.reg.Void(ctx, register.Undo{Original: other.ID}); err != nil || res.Outcome != till.OutcomeApproved {
		t.Fatalf("void: %s, %v", res.Outcome, err)
	}
	_, err = w.reg.Void(ctx, register.Undo{Original: other.ID})
	wantProblem(t, err, till.CodeNotPermitted)
	_, err = w.reg.Void(ctx, register.Undo{Original: "NOSUCH000000"})
	wantProblem(t, err, till.CodeNotFound)
	if net := w.net(); net != 0 {
		t.Errorf("the host moved %d in all, want 0", net)
	}
	b, err := w.reg.CloseBatch(ctx)
	if err != nil || b.State != till.BatchClosed || b.Ours.Net() != 0 || b.Ours.Debits != 2 || b.Ours.DebitReversals != 1 || b.Ours.Credits != 2 {
		t.Errorf("batch: got %+v, %v", b, err)
	}
}

// A refund of "all that is left" that is given again under its key is the same request,
// though by then nothing is left.
func TestRefundOfTheRestRepeats(t *testing.T) {
	w := newWorld(t)
	sale := w.mustTake(1250)
	for i, replayed := range []bool{false, true} {
		res, err := w.reg.Refund(context.Background(), register.Undo{Key: "refund-1", Original: sale.ID})
		if err != nil || res.Replayed != replayed || res.Txn.Amount.Minor() != 1250 {
			t.Errorf("time %d: got %s, replayed %v, %v", i+1, res.Txn.Amount, res.Replayed, err)
		}
	}
}

func TestAmountsThatNoSaleIsOf(t *testing.T) {
	usd, err := money.CurrencyByCode("USD")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	for _, a := range []money.Amount{money.New(0, cny(t)), money.New(-1, cny(t)), money.New(1_000_000_000_000, cny(t)), money.New(1250, usd)} {
		_, err := w.reg.Take(context.Background(), register.Payment{Amount: a, Tender: till.Card, Entry: till.Chip})
		wantProblem(t, err, till.CodeUsage)
	}
	if len(w.line.sent) != 0 {
		t.Errorf("sent %v", w.line.sent)
	}
}

// The service code decides whether a stripe may be taken, and the lab takes published
// test numbers alone.
func TestStripes(t *testing.T) {
	strangerTrack := "400000" + "1234567899" + "=31121010000"
	for name, c := range map[string]struct {
		track card.Track2
		entry till.Entry
		code  till.Code // "" is approved
	}{
		"no chip":             {virtual.PlainStripe(), till.Swipe, ""},
		"chip card":           {virtual.ChipStripe(), till.Swipe, till.CodeNotPermitted},
		"chip card, chip out": {virtual.ChipStripe(), till.Fallback, ""},
		"expired":             {stripe(t, "4111111111111111=20011010000"), till.Swipe, till.CodeNotPermitted},
		"not a test number":   {stripe(t, strangerTrack), till.Swipe, till.CodeNotPermitted},
		"chip was asked for":  {virtual.PlainStripe(), till.Chip, till.CodeNoDevice},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.cards = func() reader.Reader { return virtual.NewStripe(c.track) }
			res, err := w.take("", 800, c.entry)
			if c.code != "" {
				wantProblem(t, err, c.code)
				if txns, _ := w.store.Txns(context.Background(), till.Filter{}); len(txns) != 0 || len(w.line.sent) != 0 {
					t.Errorf("%d transactions stored, sent %v", len(txns), w.line.sent)
				}
				return
			}
			if err != nil || res.Outcome != till.OutcomeApproved {
				t.Errorf("got %s, %v", res.Outcome, err)
			}
		})
	}
}

// The card has the last word: one that does not accept the issuer's answer is not
// charged, though the host approved.
func TestCardRefusesTheIssuer(t *testing.T) {
	w := newWorld(t)
	w.cards = func() reader.Reader {
		p := virtual.Visa()
		for i := range p.Applications {
			p.Applications[i].IssuerAuth = virtual.IssuerAuthBroken
		}
		return virtual.NewReader(virtual.NewCard(p))
	}
	res, err := w.take("", 1250, till.Chip)
	if err != nil || res.Outcome != till.OutcomeDeclined || res.Txn.State != till.Reversed || res.Txn.DeclinedBy != till.ByCard {
		t.Errorf("got %s, state %s by %q, %v", res.Outcome, res.Txn.State, res.Txn.DeclinedBy, err)
	}
	if net := w.net(); net != 0 {
		t.Errorf("the host moved %d, want 0", net)
	}
}

// An operator who gives up after the request is out does not stop the answer: an
// approval that comes all the same is undone.
func TestCancelAfterSending(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(context.Background())
	w.line.fate = func(till.Request) fate {
		cancel()
		return arrives
	}
	res, err := w.reg.Take(ctx, register.Payment{Amount: money.New(1250, cny(t)), Tender: till.Card, Entry: till.Chip})
	if err != nil || res.Txn.State != till.Reversed || res.Txn.Reason != till.ReasonCanceled {
		t.Errorf("got %s for %q, %v", res.Txn.State, res.Txn.Reason, err)
	}
	if net := w.net(); net != 0 {
		t.Errorf("the host moved %d, want 0", net)
	}
}

// An answer that comes while its sale is being undone is written down and changes
// nothing.
func TestLateAnswer(t *testing.T) {
	w := newWorld(t)
	w.line.fate = func(q till.Request) fate {
		if q.Op == till.OpAuthorize {
			return answerLate
		}
		return arrives
	}
	res, err := w.take("", 1250, till.Chip)
	if err != nil || res.Outcome != till.OutcomeUnknown || res.Txn.State != till.Reversed {
		t.Errorf("got %s, state %s, %v", res.Outcome, res.Txn.State, err)
	}
}

// A reversal that the host answers with a code that ends nothing is an exception, and
// a batch does not close over it.
func TestException(t *testing.T) {
	w := newWorld(t)
	w.line.fate = func(q till.Request) fate {
		if q.Op == till.OpAuthorize {
			return answerLost
		}
		return arrives
	}
	w.line.profile.ReversalFinal = nil
	res, err := w.take("", 1250, till.Chip)
	if err != nil || res.Txn.State != till.Exception {
		t.Errorf("got %s, %v", res.Txn.State, err)
	}
	_, err = w.reg.CloseBatch(context.Background())
	wantProblem(t, err, till.CodePending)
}

// A manager ends an exception, with a reason, and with the reference number of what the
// acquirer has. What makes no sense changes nothing.
func TestDecide(t *testing.T) {
	w := newWorld(t)
	w.line.fate = func(q till.Request) fate {
		if q.Op == till.OpAuthorize {
			return answerLost
		}
		return arrives
	}
	w.line.profile.ReversalFinal = nil
	res, err := w.take("", 1250, till.Chip)
	if err != nil || res.Txn.State != till.Exception {
		t.Fatalf("got %s, %v", res.Txn.State, err)
	}
	const rrn = "633400000017"
	for name, d := range map[string]till.Resolution{
		"no reason":                           {As: till.ResolvedPosted, RRN: rrn},
		"a number of what is not posted":      {As: till.ResolvedNotPosted, Reason: "asked", RRN: rrn},
		"a number of what is sent again":      {As: till.ResolvedRetry, Reason: "asked", RRN: rrn},
		"a number that is too short":          {As: till.ResolvedPosted, Reason: "asked", RRN: rrn[1:]},
		"a number with what is no such digit": {As: till.ResolvedPosted, Reason: "asked", RRN: "6334-0000017"},
	} {
		_, err := w.reg.Decide(t.Context(), res.Txn.ID, d)
		wantProblem(t, err, till.CodeUsage)
		if now, err := w.store.Txn(t.Context(), res.Txn.ID); err != nil || now.State != till.Exception || now.RRN != "" {
			t.Errorf("%s: it is %s with %q, %v", name, now.State, now.RRN, err)
		}
	}
	now, err := w.reg.Decide(t.Context(), res.Txn.ID, till.Resolution{As: till.ResolvedPosted, Reason: "asked", RRN: rrn})
	if err != nil || now.State != till.Approved || now.RRN != rrn || now.Decided == nil || now.Decided.RRN != rrn {
		t.Errorf("got %s with %q, %+v, %v", now.State, now.RRN, now.Decided, err)
	}
	_, err = w.reg.Decide(t.Context(), res.Txn.ID, till.Resolution{As: till.ResolvedNotPosted, Reason: "again"})
	wantProblem(t, err, till.CodeNotPermitted)
}

// A batch that the host does not answer stays CLOSING and is sent again with the same
// totals; sales taken meanwhile are the next batch's.
func TestBatchWithoutAnswer(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.mustTake(1250)
	w.line.fate = func(q till.Request) fate {
		if q.Op == till.OpReconcile {
			return answerLost
		}
		return arrives
	}
	b, err := w.reg.CloseBatch(ctx)
	wantProblem(t, err, till.CodePending)
	if b.State != till.BatchClosing {
		t.Errorf("got %s, want CLOSING", b.State)
	}
	if next := w.mustTake(300); next.Batch != b.Number+1 {
		t.Errorf("a sale while batch %d closes went to batch %d", b.Number, next.Batch)
	}
	w.line.heal()
	again, err := w.reg.CloseBatch(ctx)
	if err != nil || again.State != till.BatchClosed || again.Number != b.Number || again.Ours != b.Ours || again.Attempts != 2 {
		t.Errorf("again: got %+v, %v", again, err)
	}
}

// A day without sales closes like any other, the first of a shop too.
func TestBatchWithoutSales(t *testing.T) {
	w := newWorld(t)
	for number := 1; number <= 2; number++ {
		b, err := w.reg.CloseBatch(context.Background())
		if err != nil || b.State != till.BatchClosed || b.Number != number || b.Ours.Net() != 0 {
			t.Errorf("batch %d: got %+v, %v, want it closed with nothing", number, b, err)
		}
	}
}

// A host whose books differ is shown, never closed over.
func TestBatchDiffers(t *testing.T) {
	w := newWorld(t)
	w.mustTake(1250)
	w.hostOnlySale()
	b, err := w.reg.CloseBatch(context.Background())
	if err != nil || b.State != till.BatchReconcileError || b.Theirs == nil || b.Theirs.Debits != 2 || b.Ours.Debits != 1 {
		t.Errorf("got %+v, %v", b, err)
	}
}

// hostOnlySale posts a sale at the host that the till knows nothing of.
func (w *world) hostOnlySale() {
	w.t.Helper()
	pan, err := card.ParsePAN("4111111111111111")
	if err != nil {
		w.t.Fatal(err)
	}
	q := till.Request{
		Op: till.OpAuthorize, Terminal: testTerminal, Merchant: testMerchant, STAN: 777777, Batch: 1, At: clock(),
		Txn:  till.Txn{Kind: till.Sale, Entry: till.Manual, Amount: money.New(999, cny(w.t)), Terminal: testTerminal, Merchant: testMerchant, STAN: 777777, Batch: 1},
		Card: till.CardData{PAN: pan, Expiry: "3112"},
	}
	m, err := w.line.profile.Request(q)
	if err != nil {
		w.t.Fatal(err)
	}
	if a := w.line.deliver(context.Background(), m); a == nil || a.Value("39") != "00" {
		w.t.Fatalf("the host did not post: %v", a)
	}
}

func wantProblem(t *testing.T, err error, code till.Code) {
	t.Helper()
	var p *till.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Errorf("got %v, want a problem of code %s", err, code)
	}
}

func stripe(t *testing.T, s string) card.Track2 {
	t.Helper()
	track, err := card.ParseTrack2(s)
	if err != nil {
		t.Fatal(err)
	}
	return track
}

// What the shopper hands over must do, be of the shop's money, and be cash.
func TestCashThatIsHandedOver(t *testing.T) {
	usd, err := money.CurrencyByCode("USD")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		tender till.Tender
		given  money.Amount
		change int64
		code   till.Code // "" is approved
	}{
		"enough":        {till.Cash, money.New(5000, cny(t)), 3750, ""},
		"just enough":   {till.Cash, money.New(1250, cny(t)), 0, ""},
		"not said":      {till.Cash, money.Amount{}, 0, ""},
		"too little":    {till.Cash, money.New(1249, cny(t)), 0, till.CodeUsage},
		"other money":   {till.Cash, money.New(5000, usd), 0, till.CodeUsage},
		"given by card": {till.Card, money.New(5000, cny(t)), 0, till.CodeUsage},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			res, err := w.reg.Take(context.Background(), register.Payment{
				Amount: money.New(1250, cny(t)), Tender: c.tender, Entry: till.Chip, Given: c.given,
			})
			if c.code != "" {
				wantProblem(t, err, c.code)
				if txns, _ := w.store.Txns(context.Background(), till.Filter{}); len(txns) != 0 || len(w.line.sent) != 0 {
					t.Errorf("%d transactions stored, sent %v", len(txns), w.line.sent)
				}
				return
			}
			if err != nil || res.Outcome != till.OutcomeApproved || res.Txn.Change().Minor() != c.change {
				t.Errorf("got %s, change %s, %v; want %d", res.Outcome, res.Txn.Change(), err, c.change)
			}
		})
	}
}
