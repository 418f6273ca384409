package pages

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/styles"
)

// cashier is somebody at the whole screen: a person who types, a scanner that types, and
// a shop that answers when it likes. It counts what the basket must hold.
type cashier struct {
	t    *rapid.T
	s    *screen
	sale *Sale
	want map[string]till.Quantity
	box  string // what a person has typed since the last scan

	last   string // code of the last scan
	lastAt time.Duration
}

func newCashier(t *rapid.T, tb testing.TB) *cashier {
	s, sale := till80(tb, fake{}, till.Basket{})
	s.slow = true
	s.at = time.Second
	return &cashier{t: t, s: s, sale: sale, want: map[string]till.Quantity{}}
}

// human is the time between two keys of a person.
func (c *cashier) human() time.Duration {
	return time.Duration(rapid.IntRange(31, 1500).Draw(c.t, "human")) * time.Millisecond
}

// wedge is the time between two keys of a scanner.
func (c *cashier) wedge() time.Duration {
	return time.Duration(rapid.IntRange(0, 30).Draw(c.t, "wedge")) * time.Millisecond
}

func (c *cashier) types(text string) {
	for _, r := range text {
		c.s.press(c.human(), tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// scans scans a code and reports that it counts: the same one a moment ago was this scan.
func (c *cashier) scans(code string) bool {
	prefix := rapid.SampledFrom([]string{"", "", "]E0", "\x02", "~"}).Draw(c.t, "prefix")
	c.s.at += 31 * time.Millisecond
	c.s.scan(prefix+code, c.wedge)
	counts := c.last != code || c.s.at-c.lastAt >= components.ScanRepeat
	c.last, c.lastAt = code, c.s.at
	return counts
}

// wait lets the shop answer some of what waits, in any order that it likes.
func (c *cashier) wait() {
	for range rapid.IntRange(0, 4).Draw(c.t, "answers") {
		if n := len(c.s.pending); n > 0 {
			c.s.catchUp(rapid.IntRange(0, n-1).Draw(c.t, "answer"))
		}
	}
}

func (c *cashier) item() string { return ean(rapid.IntRange(1, 4).Draw(c.t, "item")) }

// ring scans an item, as many as were typed before with a star.
func (c *cashier) ring(*rapid.T) {
	code := c.item()
	if !c.scans(code) {
		return
	}
	quantity, _ := splitQuantity(c.box)
	c.want[code] += one(quantity)
	c.box = ""
}

// number types how many are to come.
func (c *cashier) number(*rapid.T) {
	text := fmt.Sprintf("%d*", rapid.IntRange(1, 99).Draw(c.t, "number"))
	c.closeHelp()
	c.press("esc")
	c.types(text)
	c.box = text
}

// stray types something that is no quantity; the next scan takes none of it.
func (c *cashier) stray(*rapid.T) {
	c.closeHelp()
	c.press("esc")
	c.types(rapid.SampledFrom([]string{"2", "69012345", "lat", "1.5", "拿铁"}).Draw(c.t, "stray"))
	c.box = ""
}

// look moves about without changing anything.
func (c *cashier) look(*rapid.T) {
	c.press(rapid.SampledFrom([]string{"up", "down", "pgdown", "f3", "f1"}).Draw(c.t, "key"))
}

// elsewhere scans on a page that takes no scan.
func (c *cashier) elsewhere(*rapid.T) {
	key := rapid.SampledFrom([]string{"f5", "f7", "f8", "f10"}).Draw(c.t, "page")
	c.settle()
	c.press(key)
	c.box = ""
	c.settle()
	rung := c.s.rung
	counts := c.scans(c.item())
	c.s.drain()
	if counts && c.s.rung != rung+1 {
		c.t.Fatalf("a scan on another page rang the bell %d times", c.s.rung-rung)
	}
	c.press("esc")
	c.settle()
}

// edit opens the dialog of the selected line, types how many, and ends it by Enter or by
// a scan, which commits the number and counts once itself.
func (c *cashier) edit(*rapid.T) {
	c.settle()
	i, ok := c.sale.lines.Selected()
	if !ok {
		return
	}
	code := c.sale.basket.Entries[i].Code
	c.press("f2")
	c.box = ""
	quantity := rapid.IntRange(1, 50).Draw(c.t, "quantity")
	c.types(fmt.Sprint(quantity))
	if rapid.Bool().Draw(c.t, "by Enter") {
		c.want[code] = till.Units(int64(quantity))
		c.press("enter")
		return
	}
	if scanned := c.item(); c.scans(scanned) {
		c.want[code] = till.Units(int64(quantity))
		c.want[scanned] += till.One
		c.box = ""
		return
	}
	c.press("esc")
}

func (c *cashier) closeHelp() {
	if strings.Contains(c.s.plain(), "Keys that are valid now") {
		c.press("f1")
	}
}

func (c *cashier) press(name string) {
	k, _ := special(name)
	c.s.press(c.human(), k)
}

// settle waits until the shop has answered everything, and goes back to the sale.
func (c *cashier) settle() {
	c.s.drain()
	c.closeHelp()
	if c.sale.finding {
		c.press("esc")
		c.box = ""
	}
	c.s.drain()
}

func (c *cashier) check() {
	c.s.drain()
	if got := counts(c.sale.basket); !maps.Equal(got, c.want) {
		c.t.Fatalf("the basket holds %v, want %v", got, c.want)
	}
	if strings.Contains(c.sale.box.Value(), "690") && !strings.HasPrefix(c.sale.box.Value(), "69012345") {
		c.t.Fatalf("a scan was left in the box: %q", c.sale.box.Value())
	}
}

// Whatever is typed and scanned, however fast, and however slowly the shop answers: the
// basket holds exactly the scans that were made, but for doubles, each with the quantity
// that was typed for it and no other.
func TestBasketHoldsTheScans(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newCashier(rt, t)
		acts := []func(*rapid.T){c.ring, c.ring, c.ring, c.number, c.stray, c.look, c.edit, c.elsewhere}
		for range rapid.IntRange(1, 14).Draw(rt, "acts") {
			rapid.SampledFrom(acts).Draw(rt, "act")(rt)
			c.wait()
		}
		c.check()
	})
}

// What is scanned before the payment is asked for is rung up before it is paid, and what
// is scanned after is refused, however slow the shop is.
func TestScanAroundPaying(t *testing.T) {
	s, sale := till80(t, fake{}, till.Basket{})
	s.slow = true
	fast := func() time.Duration { return time.Millisecond }
	s.scan(ean(1), fast)
	s.keys("f9")
	s.at += time.Second
	s.scan(ean(2), fast)
	s.seesNot("Payment")
	s.drain()
	s.sees("Payment", "To pay CNY", "scan refused")
	if got := counts(sale.basket); len(got) != 1 || got[ean(1)] != till.One || s.rung != 1 {
		t.Fatalf("the basket holds %v, the bell rang %d times", got, s.rung)
	}
}

// elsewhere are the pages that take no scan, each with something typed.
func elsewhere() map[string]func(s *screen) {
	return map[string]func(s *screen){
		"pay":          func(s *screen) { s.keys("f9", "12") },
		"cash":         func(s *screen) { s.keys("f9", "f2", "12") },
		"discount":     func(s *screen) { s.keys("f4", "10") },
		"reason":       func(s *screen) { s.keys("f4", "tab", "7 friends") },
		"member":       func(s *screen) { s.keys("f5", "1001") },
		"points":       func(s *screen) { s.keys("f5", "tab", "12") },
		"hold":         func(s *screen) { s.keys("f6", "3") },
		"held":         func(s *screen) { s.keys("f7") },
		"transactions": func(s *screen) { s.keys("f8", "down") },
		"receipt":      func(s *screen) { s.keys("f8", "f5") },
		"menu":         func(s *screen) { s.keys("f10", "down") },
		"count":        func(s *screen) { s.keys("f10", "down", "enter", "350") },
		"approval id":  func(s *screen) { s.keys("f4", "10%", "tab", "friend", "tab", "y", "enter", "b2") },
		"approval PIN": func(s *screen) { s.keys("f4", "10%", "tab", "friend", "tab", "y", "enter", "bob", "enter", "24") },
		"lock":         func(s *screen) { s.keys("f12", "24") },
		"help on pay":  func(s *screen) { s.keys("f9", "12") },
	}
}

// On a page that takes no scan one is refused by a sign and the bell, and leaves nothing
// behind: neither in the field that was being typed into nor in the cart.
func TestScanElsewhere(t *testing.T) {
	for name, go2 := range elsewhere() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				s, sale := till80(t, fake{}, basket())
				go2(s)
				before, held, rung := s.plain(), counts(sale.basket), s.rung
				s.at += time.Second
				prefix := rapid.SampledFrom([]string{"", "]E0", "~"}).Draw(rt, "prefix")
				s.scan(prefix+ean(7), func() time.Duration {
					return time.Duration(rapid.IntRange(0, 30).Draw(rt, "gap")) * time.Millisecond
				})
				if s.rung != rung+1 {
					rt.Fatalf("the bell rang %d times, want once", s.rung-rung)
				}
				s.sees("scan refused: this page takes none")
				if got := counts(sale.basket); !maps.Equal(got, held) {
					rt.Fatalf("the basket holds %v, want %v", got, held)
				}
				if after := withoutTell(s.plain()); after != withoutTell(before) {
					rt.Fatalf("the page changed:\n%s\nbefore:\n%s", after, before)
				}
			})
		})
	}
}

// withoutTell is a screen of 24 lines without the line of notices.
func withoutTell(screen string) string {
	lines := strings.Split(screen, "\n")
	return strings.Join(append(lines[:21:21], lines[22:]...), "\n")
}

// A PIN that is interrupted by a scan is still the PIN.
func TestScanIntoPIN(t *testing.T) {
	s := newScreen(t, NewSignIn(work(desk{})), 80, 24, i18n.English, styles.Lines())
	s.keys("amy", "enter", "24")
	s.scan(ean(3), func() time.Duration { return 5 * time.Millisecond })
	s.keys("68", "enter")
	s.sees("till • Sale ")
	if s.rung != 1 {
		t.Fatalf("the bell rang %d times, want once", s.rung)
	}
}

// A scan while the help is open closes it and is rung up, and takes nothing out of the box
// that was typed before.
func TestScanOverHelp(t *testing.T) {
	s, sale := till80(t, fake{}, till.Basket{})
	s.keys("3*", "f1")
	s.scan(ean(3), func() time.Duration { return time.Millisecond })
	s.seesNot("Keys that are valid now")
	if got := counts(sale.basket)[ean(3)]; got != till.Units(3) {
		t.Fatalf("the basket holds %s of it, want 3", got)
	}
}

// A page that comes up in the middle of a scan refuses it, and the part that was typed
// before it is taken out of the page below.
func TestScanOverTwoPages(t *testing.T) {
	refusing := func(b till.Basket, a *shop.Approval) (till.Basket, error) {
		if a == nil {
			return b, wants("amy needs an approval")
		}
		return b, nil
	}
	s, sale := till80(t, fake{permit: refusing}, till.Basket{})
	s.slow = true
	s.drain()
	fast := func() time.Duration { return time.Millisecond }
	s.scan(ean(1), fast)
	s.at += time.Second
	code := ean(2)
	for i, r := range code {
		s.press(time.Millisecond, tea.KeyPressMsg{Code: r, Text: string(r)})
		if i == 5 {
			s.drain() // the first scan wants an approval: its page comes up
			s.sees("Approval")
		}
	}
	s.press(time.Millisecond, tea.KeyPressMsg{Code: tea.KeyEnter})
	s.drain()
	s.sees("scan refused", "Staff   [ ")
	if !sale.box.IsEmpty() {
		t.Fatalf("the box holds %q of the scan", sale.box.Value())
	}
}

// What is scanned while a sale is put aside is of the next one, and what was scanned just
// before is of this one.
func TestScanWhileHolding(t *testing.T) {
	var held till.Basket
	s, sale := till80(t, fake{hold: func(q shop.HoldRequest) (till.Ticket, error) {
		held = q.Basket
		return till.Ticket{ID: "A", Label: q.Label}, nil
	}}, till.Basket{})
	s.slow = true
	fast := func() time.Duration { return time.Millisecond }
	s.scan(ean(1), fast)
	s.at += time.Second
	s.scan(ean(2), fast)
	s.drain()
	s.keys("f6", "3", "enter")
	s.at += time.Second
	s.scan(ean(3), fast)
	s.drain()
	if got := counts(held); len(got) != 2 || got[ean(3)] != 0 {
		t.Fatalf("%v were put aside", got)
	}
	if got := counts(sale.basket); len(got) != 1 || got[ean(3)] != till.One {
		t.Fatalf("the next sale holds %v", got)
	}
}

var _ common.Page = watched{}
