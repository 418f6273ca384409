package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/teatest/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/config"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// counterTop is the checkout screen of a small shop, worked by keys as a person would, with
// the real store, the real host over TCP and the real wallet gateway behind it.
type counterTop struct {
	t     *testing.T
	c     *checkout
	model *teatest.TestModel
	seen  *seen
}

// seen is the screen as it was last drawn.
type seen struct {
	mu   sync.Mutex
	text string
}

func (s *seen) set(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = text
}

func (s *seen) get() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text
}

// watched is the screen, with every state of it put where the test can see it. What the
// terminal is sent are differences, in which no text can be looked for.
type watched struct {
	tui.App

	seen *seen
}

func (w watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, cmd := w.App.Update(msg)
	w.App = next.(tui.App)
	w.seen.set(plainScreen(w.App.Content()))
	return w, cmd
}

func plainScreen(content string) string {
	lines := strings.Split(content, "\n")
	for i, l := range lines {
		lines[i] = cells.Plain(l)
	}
	return strings.Join(lines, "\n")
}

// openCounter opens a shop with a catalogue and shows the screen.
func openCounter(t *testing.T, settings string, prepare func(s *shop)) *counterTop {
	t.Helper()
	dir := t.TempDir()
	env := &Env{
		Out: Stream{Writer: &bytes.Buffer{}}, Err: Stream{Writer: &bytes.Buffer{}}, Now: time.Now, Random: rand.Reader,
		Environ: config.Environ{"HOME=" + dir, "LANG=en_US.UTF-8"}, Dir: dir, System: dir, lang: "en",
	}
	if err := os.WriteFile(filepath.Join(dir, "till.toml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &checkout{env: env, begun: time.Now()}
	s, err := openShop(t.Context(), env, shopOptions{dir: dir, embedded: !strings.Contains(settings, "host."), entry: till.Chip, timeout: 700 * time.Millisecond, observe: c.observe, part: c.askPart})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	c.shop = s
	stockShelf(t, s)
	if prepare != nil {
		prepare(s)
	}
	app, err := c.app(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	top := &counterTop{t: t, c: c, seen: &seen{}}
	top.model = teatest.NewTestModel(t, watched{app, top.seen}, teatest.WithInitialTermSize(100, 30))
	c.program.Store(&messenger{top.model.Send})
	return top
}

// stockShelf puts a few items on the shelf.
func stockShelf(t *testing.T, s *shop) {
	t.Helper()
	for _, i := range []struct {
		id, name, price string
	}{{"latte", "Latte 拿铁", "18.00"}, {"bun", "Steamed bun 肉包", "4.50"}, {"cake", "Cheesecake", "32.00"}, {"lost", "Lost answer", "10.68"}, {"refused", "Refused", "10.51"}, {"platter", "Platter", "50.10"}} {
		item := till.Item{ID: till.ItemID(i.id), Name: i.name, Unit: till.Each, Variants: []till.Variant{{SKU: till.SKU(i.id), Price: amountOf(t, s, i.price)}}}
		if _, err := s.store.PutItems(t.Context(), []till.Item{item}, till.Change{At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	move := till.StockMove{SKU: "bun", Quantity: till.Units(20), Reason: till.StockReceive, At: time.Now()}
	if err := s.store.MoveStock(t.Context(), []till.StockMove{move}, till.StockAllow); err != nil {
		t.Fatal(err)
	}
}

func amountOf(t *testing.T, s *shop, text string) money.Amount {
	t.Helper()
	a, err := money.Parse(text, s.cfg.Shop.Currency)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// keys presses keys by their names; what is no name is typed.
func (c *counterTop) keys(names ...string) {
	codes := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "delete": tea.KeyDelete, "space": tea.KeySpace,
		"f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6, "f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10,
	}
	for _, name := range names {
		if code, ok := codes[name]; ok {
			c.model.Send(tea.KeyPressMsg{Code: code})
			continue
		}
		for _, r := range name {
			c.model.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

// sees waits until the screen shows a text.
func (c *counterTop) sees(text string) {
	c.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if strings.Contains(c.seen.get(), text) {
			return
		}
	}
	c.t.Fatalf("the screen never showed %q:\n%s", text, c.seen.get())
}

// rings types codes and waits for each to be in the cart.
func (c *counterTop) rings(codes ...string) {
	c.t.Helper()
	for i, code := range codes {
		c.keys(code, "enter")
		c.sees("  " + string(rune('1'+i)) + " ")
	}
}

// toPay goes from the sale to its payment.
func (c *counterTop) toPay() {
	c.t.Helper()
	c.keys("f9")
	c.sees("To pay")
}

// leaves quits and waits for the end of the program.
func (c *counterTop) leaves() {
	c.t.Helper()
	c.model.Send(tea.KeyPressMsg{Code: 'q', Mod: tea.ModCtrl})
	c.model.WaitFinished(c.t, teatest.WithFinalTimeout(20*time.Second))
}

// journal is what the store holds at the end: the newest ticket with its transactions, and
// a journal that is whole.
func (c *counterTop) journal() management.Bill {
	c.t.Helper()
	ctx := c.t.Context()
	if _, err := c.c.shop.store.Verify(ctx); err != nil {
		c.t.Fatal(err)
	}
	tickets, err := c.c.shop.store.Tickets(ctx, till.TicketFilter{Limit: 1})
	if err != nil || len(tickets) == 0 {
		c.t.Fatalf("no ticket: %v", err)
	}
	txns, err := c.c.shop.store.TicketTxns(ctx, tickets[0].ID)
	if err != nil {
		c.t.Fatal(err)
	}
	return management.Bill{Ticket: tickets[0], Txns: txns}
}

// holds fails unless the newest ticket is in a state with transactions of these outcomes,
// in words such as "card APPROVED 22.50".
func (c *counterTop) holds(state till.TicketState, txns ...string) management.Bill {
	c.t.Helper()
	b := c.journal()
	var got []string
	for _, x := range b.Txns {
		got = append(got, string(x.Kind)+" "+string(x.Tender)+" "+string(x.State)+" "+x.Amount.Decimal())
	}
	if b.Ticket.State != state || strings.Join(got, ", ") != strings.Join(txns, ", ") {
		c.t.Errorf("the journal holds a ticket that is %s with %v, want %s with %v", b.Ticket.State, got, state, txns)
	}
	return b
}

func (c *counterTop) onHand(sku till.SKU, want int64) {
	c.t.Helper()
	levels, err := c.c.shop.store.StockLevels(c.t.Context(), sku)
	if err != nil || len(levels) != 1 || levels[0].OnHand != till.Units(want) {
		c.t.Errorf("on hand of %s: %+v, %v, want %d", sku, levels, err, want)
	}
}

func TestCheckoutByChip(t *testing.T) {
	c := openCounter(t, "", nil)
	c.sees("Scan the first item")
	c.rings("latte", "bun")
	c.sees("22.50")
	c.toPay()
	c.keys("f3")
	c.sees("PAID")
	c.sees("TEST - NO MONEY MOVES")
	c.keys("enter")
	c.sees("Scan the first item")
	c.leaves()
	c.holds(till.TicketDone, "sale card APPROVED 22.50")
	c.onHand("bun", 19)
}

// A card that is held to the reader is another card than the one that is in it.
func TestCheckoutByTap(t *testing.T) {
	c := openCounter(t, "", nil)
	for range 2 {
		c.rings("latte")
		c.toPay()
		c.keys("f5")
		c.sees("PAID")
		c.keys("enter")
		c.sees("Scan the first item")
	}
	c.leaves()
	txns, err := c.c.shop.store.Txns(t.Context(), till.Filter{})
	if err != nil || len(txns) != 2 {
		t.Fatalf("%d transactions, %v", len(txns), err)
	}
	for _, x := range txns {
		if x.Entry != till.Tap || x.State != till.Approved || !x.Chip.ARPCVerified {
			t.Errorf("%s: entry %s, %s, evidence %+v", x.ID, x.Entry, x.State, x.Chip)
		}
	}
}

func TestCheckoutByCode(t *testing.T) {
	c := openCounter(t, "", nil)
	c.rings("latte")
	c.toPay()
	c.keys("f4")
	c.sees("the shopper scans this code")
	c.sees("PAID") // the lab's gateway pays it after a moment
	c.leaves()
	c.holds(till.TicketDone, "sale qr APPROVED 18.00")
}

func TestCheckoutSplitWithChange(t *testing.T) {
	c := openCounter(t, "", nil)
	c.rings("cake")
	c.toPay()
	c.keys("10", "f2", "20", "enter")
	c.sees("22.00 CNY are still due")
	c.keys("f3")
	c.sees("PAID")
	c.sees("Change")
	c.leaves()
	b := c.holds(till.TicketDone, "sale cash APPROVED 10.00", "sale card APPROVED 22.00")
	if change := b.Txns[0].Change(); change.Decimal() != "10.00" {
		t.Errorf("change %s, want 10.00", change)
	}
}

func TestCheckoutDeclinedThenCash(t *testing.T) {
	c := openCounter(t, "", nil)
	c.rings("refused")
	c.toPay()
	c.keys("f3")
	c.sees("DECLINED")
	c.sees("Insufficient")
	c.keys("f2", "enter")
	c.sees("PAID")
	c.leaves()
	c.holds(till.TicketDone, "sale card DECLINED 10.51", "sale cash APPROVED 10.51")
}

func TestCheckoutUnknownAndReversed(t *testing.T) {
	c := openCounter(t, "", nil)
	c.rings("lost")
	c.toPay()
	c.keys("f3")
	c.sees("UNKNOWN")
	c.keys("f2", "enter") // settles what is in flight first
	c.sees("PAID")
	c.leaves()
	c.holds(till.TicketDone, "sale card REVERSED 10.68", "sale cash APPROVED 10.68")
}

func TestCheckoutHoldAndRecall(t *testing.T) {
	c := openCounter(t, "", nil)
	c.rings("latte")
	c.keys("f6")
	c.sees("Label")
	c.keys("table 4", "enter")
	c.sees("put aside as table 4")
	c.sees("Scan the first item")
	c.keys("f7")
	c.sees("table 4 ")
	c.keys("enter")
	c.sees("Sale table 4")
	c.sees("18.00")
	c.keys("bun", "enter")
	c.sees("22.50")
	c.toPay()
	c.keys("f2", "enter")
	c.sees("PAID")
	c.leaves()
	c.holds(till.TicketDone, "sale cash APPROVED 22.50")
}

func TestCheckoutReturnByReceipt(t *testing.T) {
	c := openCounter(t, "", nil)
	c.rings("3*bun")
	c.sees("13.50")
	c.toPay()
	c.keys("f2", "enter")
	c.sees("PAID")
	sold := c.journal().Ticket.ID
	c.keys("enter")
	c.sees("Scan the first item")
	c.keys(string(sold), "enter")
	c.sees("What comes back")
	c.keys("f2")
	c.sees("How much comes back?")
	c.keys("1", "enter")
	c.sees("  1       13.50")
	c.keys("f9")
	c.sees("PAID BACK")
	c.leaves()
	b := c.holds(till.TicketDone, "refund cash APPROVED 4.50")
	if b.Ticket.Kind != till.TicketReturn || b.Ticket.Original != sold {
		t.Errorf("the newest ticket is %s of %s, want a return of %s", b.Ticket.Kind, b.Ticket.Original, sold)
	}
	c.onHand("bun", 18)
}

// staffed hires an admin, a manager and a cashier.
func staffed(t *testing.T) func(s *shop) {
	return func(s *shop) {
		t.Helper()
		for _, m := range []management.NewStaff{
			{ID: "ann", Name: "Ann", Role: till.Admin, PIN: card.NewSecret("8306")}, {ID: "bob", Name: "Bob", Role: till.Manager, PIN: card.NewSecret("7205")}, {ID: "amy", Name: "Amy", Role: till.Cashier, PIN: card.NewSecret("2468")},
		} {
			if m.ID == "bob" {
				if _, err := s.shop.SignIn(t.Context(), "ann", card.NewSecret("8306")); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.shop.AddStaff(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.shop.SignOut(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCheckoutApproval(t *testing.T) {
	c := openCounter(t, "", staffed(t))
	c.sees("Who is at the till?")
	c.keys("amy", "enter", "2468", "enter")
	c.sees("Scan the first item")
	c.rings("cake")
	discount := func() {
		c.keys("f4")
		c.sees("Whole sale?")
		c.keys("10%", "tab", "regular", "tab", "y", "enter")
		c.sees("needs an approval")
	}
	discount()
	c.keys("amy", "enter", "2468", "enter")
	c.sees("cannot approve their own act")
	c.sees("32.00")
	discount()
	c.keys("bob", "enter", "7205", "enter")
	c.sees("28.80")
	c.toPay()
	c.keys("f2", "enter")
	c.sees("PAID")
	c.leaves()
	b := c.holds(till.TicketDone, "sale cash APPROVED 28.80")
	if r := b.Ticket.Lines[0].Reductions; b.Ticket.Staff != "amy" || len(r) != 1 || r[0].Approver != "bob" {
		t.Errorf("sold by %s with %+v, want amy and an approval of bob", b.Ticket.Staff, r)
	}
}

func TestCheckoutShiftWithDifference(t *testing.T) {
	c := openCounter(t, "", nil)
	c.keys("f10")
	c.sees("Open a shift")
	c.keys("enter")
	c.sees("Float in the drawer")
	c.keys("100", "enter")
	c.sees("shift 1 is open")
	c.keys("esc")
	c.rings("latte")
	c.toPay()
	c.keys("f2", "20", "enter")
	c.sees("PAID")
	c.keys("enter")
	c.sees("Scan the first item")
	c.keys("f10")
	c.sees("Count the drawer")
	c.keys("down", "enter")
	c.sees("Counted in the drawer")
	c.keys("117", "enter")
	c.sees("short by 1.00")
	c.keys("esc")
	c.leaves()
	sh, err := c.c.shop.store.Shift(t.Context(), 1)
	if err != nil || sh.IsOpen() || sh.Expected.Decimal() != "118.00" || sh.Over.Decimal() != "-1.00" {
		t.Errorf("shift 1 is %+v, %v, want closed, 118.00 expected and 1.00 short", sh, err)
	}
	c.holds(till.TicketDone, "sale cash APPROVED 18.00")
}

// What was rung up is never lost: leaving puts it aside.
func TestCheckoutLeavesNothingBehind(t *testing.T) {
	c := openCounter(t, "", nil)
	c.rings("latte")
	c.sees("18.00")
	c.leaves()
	c.holds(till.TicketOpen)
}

// Ctrl-C during a payment never drops the outcome: the program ends when it is known.
func TestCheckoutInterruptedPayment(t *testing.T) {
	c := openCounter(t, "", nil)
	c.rings("lost")
	c.toPay()
	c.keys("f3")
	c.sees("asking the bank")
	c.model.Send(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})
	c.model.WaitFinished(t, teatest.WithFinalTimeout(20*time.Second))
	b := c.journal()
	if len(b.Txns) != 1 || b.Txns[0].State != till.Reversed && b.Txns[0].State != till.Reversing {
		t.Errorf("the journal holds %+v, want one transaction that is undone", b.Txns)
	}
}

// A second till takes the last ones while they are in the cart: the first is told before
// anything is paid, and sells what is left.
func TestCheckoutSecondTillTakesTheLast(t *testing.T) {
	c := openCounter(t, "stock.policy = \"refuse\"\n", nil)
	c.rings("20*bun")
	c.sees("90.00")
	other := openSecond(t, c)
	sold, err := other.shop.Sell(t.Context(), management.SellRequest{
		Basket: till.Basket{Entries: []till.BasketEntry{{Code: "bun", Quantity: till.Units(19)}}}, Tenders: []management.Tendering{{Tender: till.Cash}},
	})
	if err != nil || sold.Ticket.State != till.TicketDone {
		t.Fatalf("the second till sold nothing: %+v, %v", sold.Ticket, err)
	}
	c.toPay()
	c.keys("f2", "enter")
	c.sees("bun: 20 wanted, 1 left")
	c.keys("esc", "esc")
	c.sees("  1 Steamed bun")
	c.keys("f2")
	c.sees("Quantity and price")
	c.keys("1", "enter")
	c.sees("TOTAL")
	c.sees(" 4.50 ")
	c.toPay()
	c.keys("f2", "enter")
	c.sees("PAID")
	c.leaves()
	c.holds(till.TicketDone, "sale cash APPROVED 4.50")
	c.onHand("bun", 0)
}

// openSecond opens the shop of a counter as another till would.
func openSecond(t *testing.T, c *counterTop) *shop {
	t.Helper()
	s, err := openShop(t.Context(), c.c.env, shopOptions{dir: c.c.shop.dir, embedded: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// The card is pulled while it is being read: nothing was sent, and the sale can be paid in
// another way.
func TestCheckoutCardPulled(t *testing.T) {
	c := openCounter(t, "", nil)
	card := virtual.NewCard(virtual.Visa())
	card.RemoveAt(7)
	c.c.shop.devices.contact = virtual.NewReader(card)
	c.rings("latte")
	c.toPay()
	c.keys("f3")
	c.sees("removed too early; nothing was sent")
	c.keys("f2", "enter")
	c.sees("PAID")
	c.leaves()
	c.holds(till.TicketDone, "sale cash APPROVED 18.00")
}

// A host that nobody answers at is told before anything is owed, and cash is still taken.
func TestCheckoutHostDown(t *testing.T) {
	c := openCounter(t, "host.address = \"127.0.0.1:1\"\n", nil)
	c.sees("host down")
	c.rings("latte")
	c.toPay()
	c.keys("f3")
	c.sees("no card host answers at 127.0.0.1:1")
	c.keys("f2", "enter")
	c.sees("PAID")
	c.leaves()
	c.holds(till.TicketDone, "sale cash APPROVED 18.00")
}

// A window that changes while the card is being asked neither stops the payment nor the
// screen.
func TestCheckoutResizedInMidPayment(t *testing.T) {
	c := openCounter(t, "", nil)
	c.rings("lost")
	c.toPay()
	c.keys("f3")
	c.sees("asking the bank")
	for _, size := range [][2]int{{20, 5}, {200, 60}, {40, 12}, {80, 24}} {
		c.model.Send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
	}
	c.sees("UNKNOWN")
	c.keys("f2", "enter")
	c.sees("PAID")
	c.leaves()
	c.holds(till.TicketDone, "sale card REVERSED 10.68", "sale cash APPROVED 10.68")
}
