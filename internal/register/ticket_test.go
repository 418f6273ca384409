package register_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// The shelf of the template, and what the sale of lines earns.
const (
	shelfSKU    till.SKU      = "latte"
	shelfMember till.MemberID = "8001"
	shelfPoints               = 12
)

// fillShelf puts ten of something and a member into the books.
func (w *world) fillShelf() error {
	ctx, ch := context.Background(), till.Change{At: clock()}
	item := till.Item{ID: "latte", Name: "Latte", Unit: till.Each, Variants: []till.Variant{{SKU: shelfSKU, Price: money.New(1250, cny(w.t))}}}
	_, err := w.store.PutItems(ctx, []till.Item{item}, ch)
	moved := w.store.MoveStock(ctx, []till.StockMove{{SKU: shelfSKU, Quantity: till.Units(10), Reason: till.StockReceive, At: clock()}}, till.StockRefuse)
	_, joined := w.store.PutMember(ctx, till.Member{ID: shelfMember, Since: clock()}, ch)
	return errors.Join(err, moved, joined)
}

// ticket is the sale of one latte to a member, 12.50.
func ticket(t testing.TB) till.Ticket {
	price, none := money.New(1250, cny(t)), money.New(0, cny(t))
	return till.Ticket{
		ID: "T1CKET000001", Key: "ticket-1", Kind: till.TicketSale, State: till.TicketOpen, Terminal: testTerminal, Member: shelfMember,
		At: clock(), Inclusive: true, Earned: shelfPoints,
		Lines: []till.Line{{
			N: 1, SKU: shelfSKU, Name: "Latte", Unit: till.Each, Quantity: till.One, Price: price, Tracked: true,
			Gross: price, Net: price, Tax: none, Total: price,
		}},
		Gross: price, Discount: none, Net: price, Tax: none, Total: price,
	}
}

// The proof of I7, for one sale of lines: the power is cut at every point under every fate
// of its messages, as for a sale of an amount, and after everything healed stock, points,
// the ticket and what the reports add up have moved if and only if the sale is approved.
func TestEveryCrashOfOneTicket(t *testing.T) {
	schedule{lines: true}.walk(t, fates(), []fate{arrives, answerLost})
}

// Cash has one commit: before it nothing is there, after it everything is.
func TestEveryCrashOfOneCashTicket(t *testing.T) {
	s := schedule{request: arrives, reversal: arrives, tender: till.Cash, lines: true}
	points := s.play(t, -1, nil, nil)
	for at := range points {
		s.play(t, at, nil, nil)
	}
	if len(points) < 4 {
		t.Errorf("a cash sale passed %d points, want both sides of its commit and of its paper", len(points))
	}
}

// A till that moves the goods in a commit of their own, after that of the outcome, must be
// caught by the same schedules, and by a power cut alone: without one it looks right.
func TestCrashesCatchStockMovedInAnotherCommit(t *testing.T) {
	s := schedule{request: arrives, reversal: arrives, lines: true, wrap: moveGoodsLater}
	caught := 0
	complain := func(format string, _ ...any) {
		if strings.HasPrefix(format, "stock") {
			caught++
		}
	}
	points := s.play(t, -1, complain, nil)
	if caught != 0 {
		t.Errorf("without a cut the mutant was caught %d times: the test sees something else", caught)
	}
	for at := range points {
		s.play(t, at, complain, nil)
	}
	if caught == 0 {
		t.Error("a till that moves stock in another commit passed every cut")
	}
	t.Logf("caught %d times", caught)
}

// checkGoods holds stock and points against what is approved.
func (w *world) checkGoods(complain func(string, ...any), approved int64) {
	ctx := context.Background()
	sold, earned := till.Quantity(0), int64(0)
	if approved > 0 {
		sold, earned = till.One, shelfPoints
	}
	levels, err := w.store.StockLevels(ctx, shelfSKU)
	if err != nil || len(levels) != 1 {
		complain("reading the stock: %v, %v", levels, err)
		return
	}
	if l := levels[0]; l.OnHand != till.Units(10)-sold || l.Reserved != 0 {
		complain("stock: %s on hand and %s reserved, with %d approved", l.OnHand, l.Reserved, approved)
	}
	m, err := w.store.Member(ctx, shelfMember)
	if err != nil || m.Points != earned {
		complain("points: the member has %d, want %d (%v)", m.Points, earned, err)
	}
}

// checkTicket holds the ticket and the reports against the transaction that pays for it.
func (w *world) checkTicket(complain func(string, ...any), txns []till.Txn) {
	ctx := context.Background()
	total := int64(0)
	for _, x := range txns {
		want := till.TicketOpen
		if x.State == till.Approved {
			want, total = till.TicketDone, x.Amount.Minor()
		}
		t, err := w.store.Ticket(ctx, "T1CKET000001")
		if err != nil || t.State != want || x.Ticket != t.ID {
			complain("the ticket is %s while its transaction is %s, want %s (%v)", t.State, x.State, want, err)
		}
	}
	facts, err := w.store.DayFacts(ctx)
	if err != nil {
		complain("reading the facts of the day: %v", err)
	}
	for _, f := range facts {
		if f.Kind == till.FactSum {
			total -= f.Sums.Total
		}
	}
	if total != 0 {
		complain("the reports are %d short of what is approved", total)
	}
	if err := w.store.VerifyFacts(ctx); err != nil {
		complain("verifying the reports: %v", err)
	}
}

// lateGoods is the mutant: it keeps the ticket from the store, and moves the goods itself
// once the outcome is stored.
type lateGoods struct {
	register.Store
	w *world
}

func moveGoodsLater(w *world, s register.Store) register.Store { return &lateGoods{s, w} }

func (s *lateGoods) Begin(ctx context.Context, n till.NewTxn) (till.Txn, error) {
	n.Ticket, n.Txn.Ticket = nil, ""
	return s.Store.Begin(ctx, n)
}

func (s *lateGoods) Record(ctx context.Context, x till.Txn) (till.Txn, error) {
	x, err := s.Store.Record(ctx, x)
	if err == nil && x.State == till.Approved {
		err = s.w.store.MoveStock(ctx, []till.StockMove{{SKU: shelfSKU, Quantity: -till.One, Reason: till.StockAdjust, At: clock(), Note: "sold"}}, till.StockRefuse)
	}
	return x, err
}
