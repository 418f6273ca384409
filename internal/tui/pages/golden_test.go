package pages

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/internal/tui/styles"
)

var update = flag.Bool("update", false, "write the goldens anew")

// screen is the whole frame with a page in it, driven without a terminal. Every command
// is performed at once and its message fed back, or, where it is slow, when the test says.
type screen struct {
	t       testing.TB
	app     tea.Model
	at      time.Duration // what the clock says; each key comes a second later
	slow    bool
	pending []tea.Cmd
	rung    int // how often the bell rang
	left    bool
}

func newScreen(t testing.TB, page common.Page, width, height int, lang i18n.Lang, b styles.Border) *screen {
	t.Helper()
	s := &screen{t: t}
	s.app = tui.New(tui.Config{
		First: page, Lang: lang, Styles: styles.New(b), Keys: keymap.Standard(), Now: morning,
		Since: func() time.Duration { return s.at },
		Code:  isCode,
		Every: func(time.Duration, func(time.Time) tea.Msg) tea.Cmd { return nil },
		Lock:  func() common.Page { return NewLock(work(desk{}), "amy") },
		Status: func(context.Context) (common.Status, error) {
			return common.Status{Shop: "Corner Cafe 街角咖啡", Staff: "amy", Role: till.Cashier, Shift: 7, Currency: cny(0).Currency(), Reader: "virtual", Queue: 1, Held: 2}, nil
		},
	})
	s.send(tea.WindowSizeMsg{Width: width, Height: height})
	s.run(s.app.Init())
	return s
}

// isCode checks an EAN-13 by its check digit, with no code of the program's own.
func isCode(code string) bool {
	if len(code) != 13 || strings.Trim(code, "0123456789") != "" {
		return false
	}
	sum := 0
	for i, r := range code {
		sum += int(r-'0') * (1 + 2*(i%2))
	}
	return sum%10 == 0
}

func (s *screen) send(msgs ...tea.Msg) {
	for _, msg := range msgs {
		var cmd tea.Cmd
		s.app, cmd = s.app.Update(msg)
		s.run(cmd)
	}
}

// run performs a command and what comes of it.
func (s *screen) run(cmd tea.Cmd) {
	switch {
	case cmd == nil:
		return
	case s.slow:
		s.pending = append(s.pending, cmd)
		return
	}
	s.came(cmd())
}

func (s *screen) came(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.QuitMsg:
		s.left = true
	case tea.RawMsg:
		s.rung++
	case tea.BatchMsg:
		for _, c := range msg {
			s.run(c)
		}
	default:
		s.send(msg)
	}
}

// catchUp performs the i-th of the commands that wait.
func (s *screen) catchUp(i int) {
	cmd := s.pending[i]
	s.pending = slices.Delete(s.pending, i, i+1)
	s.came(cmd())
}

// drain performs all that waits.
func (s *screen) drain() {
	for len(s.pending) > 0 {
		s.catchUp(0)
	}
}

// press presses one key, a while after the one before.
func (s *screen) press(after time.Duration, k tea.KeyPressMsg) {
	s.at += after
	s.send(k)
}

// scan is a scanner that types a code with Enter, a gap before each key.
func (s *screen) scan(code string, gap func() time.Duration) {
	for _, r := range code {
		s.press(gap(), tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	s.press(gap(), tea.KeyPressMsg{Code: tea.KeyEnter})
}

// keys presses keys by their names, a second apart; what is no name is typed.
func (s *screen) keys(names ...string) {
	for _, name := range names {
		if k, ok := special(name); ok {
			s.press(time.Second, k)
			continue
		}
		for _, r := range name {
			s.press(time.Second, tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

func special(name string) (tea.KeyPressMsg, bool) {
	codes := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "delete": tea.KeyDelete, "space": tea.KeySpace, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "backspace": tea.KeyBackspace, "left": tea.KeyLeft,
		"f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6, "f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10, "f12": tea.KeyF12,
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModCtrl}, true
	}
	code, ok := codes[name]
	return tea.KeyPressMsg{Code: code}, ok
}

func (s *screen) content() string { return s.app.(tui.App).Content() }

// plain is the content without anything but text.
func (s *screen) plain() string { return ansi.Strip(s.content()) }

// sees fails unless all of these stand on the screen.
func (s *screen) sees(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.plain(), text) {
			s.t.Fatalf("%q is not on the screen:\n%s", text, s.plain())
		}
	}
}

// seesNot fails if this stands on the screen.
func (s *screen) seesNot(text string) {
	s.t.Helper()
	if strings.Contains(s.plain(), text) {
		s.t.Fatalf("%q is on the screen:\n%s", text, s.plain())
	}
}

// scene is a page in a state worth seeing.
type scene struct {
	name string
	page func() common.Page
	act  func(s *screen)
}

func scenes() []scene {
	w := work(desk{})
	sale := func() common.Page { s := NewSale(w); s.basket = basket(); return s }
	sold, _ := desk{}.Quote(context.Background(), basket())
	sold.ID, sold.State, sold.DoneAt = "3K8ZQ0V7M2XD", till.TicketDone, morning()
	nothing := func(*screen) {}
	bill := shop.Bill{Ticket: sold, Txns: []till.Txn{{ID: "A", Kind: till.Sale, Tender: till.Cash, State: till.Approved, Amount: sold.Total, Given: cny(20000)}}}
	return []scene{
		{"signin", func() common.Page { return NewSignIn(w) }, func(s *screen) { s.keys("amy", "enter", "246") }},
		{"lock", func() common.Page { return NewLock(w, "amy") }, func(s *screen) { s.keys("1111", "enter") }},
		{"sale-empty", func() common.Page { return NewSale(w) }, nothing},
		{"sale", sale, nothing},
		{"sale-find", sale, func(s *screen) { s.keys("lat", "f3") }},
		{"sale-unknown", sale, func(s *screen) { s.keys("4006381333931", "enter") }},
		{"help", sale, func(s *screen) { s.keys("f1") }},
		{"edit", sale, func(s *screen) { s.keys("f2", "3") }},
		{"discount", sale, func(s *screen) { s.keys("f4", "10%", "tab", "friend", "tab", "y") }},
		{"approval", sale, func(s *screen) { s.keys("f4", "10%", "tab", "friend", "tab", "y", "enter", "bob", "enter", "99") }},
		{"member", sale, func(s *screen) { s.keys("f5", "1001") }},
		{"hold", sale, func(s *screen) { s.keys("f6", "三号桌") }},
		{"held", sale, func(s *screen) { s.keys("f7") }},
		{"transactions", sale, func(s *screen) { s.keys("f8", "down") }},
		{"receipt", sale, func(s *screen) { s.keys("f8", "f5") }},
		{"menu", sale, func(s *screen) { s.keys("f10", "down") }},
		{"shift-close", sale, func(s *screen) { s.keys("f10", "down", "enter", "350.5") }},
		{"pay", sale, func(s *screen) { s.keys("f9") }},
		{"pay-cash", sale, func(s *screen) { s.keys("f9", "f2", "200") }},
		{"pay-card", func() common.Page { return paying(w, sold) }, observing},
		{"pay-part", func() common.Page { return paying(w, sold) }, offering},
		{"pay-code", func() common.Page { return paying(w, sold) }, showing},
		{"result", func() common.Page { return NewResult(w, bill) }, nothing},
		{"return", func() common.Page { return NewReturn(w, sold) }, func(s *screen) { s.keys("space") }},
		{"return-search", func() common.Page { return NewReturnSearch(w, false) }, func(s *screen) { s.keys("3K8Z", "enter") }},
	}
}

// paying is the page while a payment is under way.
func paying(w Work, t till.Ticket) common.Page {
	p := NewPay(w, newToken(), basket(), "", t)
	p.busy, p.cancel = true, func() {}
	return p
}

func observing(s *screen) {
	for _, what := range []register.What{register.WaitingForCard, register.CardIsRead, register.IntentStored, register.RequestSent} {
		s.send(common.Observed{Observation: register.Observation{What: what, Txn: till.Txn{Amount: cny(10250)}}})
	}
}

func offering(s *screen) {
	observing(s)
	s.send(common.PartAsked{Approved: cny(5125), Asked: cny(10250), Decide: func(bool) {}})
}

func showing(s *screen) {
	order := &till.Order{Code: "https://pay.example/q/7F3K", ExpiresAt: morning().Add(55 * time.Second)}
	s.send(common.Observed{Observation: register.Observation{What: register.CodeShown, Txn: till.Txn{Amount: cny(10250), Wallet: order}}})
}

// Every page looks as it did when somebody last looked at it: at the least size and at a
// larger one, in both languages, with colours and without.
func TestGoldens(t *testing.T) {
	for _, sc := range scenes() {
		for _, size := range [][2]int{{80, 24}, {120, 40}} {
			for _, lang := range []i18n.Lang{i18n.English, i18n.Chinese} {
				name := fmt.Sprintf("%s.%dx%d.%s", sc.name, size[0], size[1], lang)
				t.Run(name, func(t *testing.T) {
					s := newScreen(t, sc.page(), size[0], size[1], lang, styles.Lines())
					sc.act(s)
					content := s.content()
					checkShape(t, content, size[0], size[1])
					golden(t, name+".ansi", content)
					golden(t, name+".txt", colorless(t, content))
				})
			}
		}
	}
}

// checkShape holds every line to the width of the terminal, and all of them to its height.
func checkShape(t *testing.T, content string, width, height int) {
	t.Helper()
	lines := strings.Split(content, "\n")
	if len(lines) != height {
		t.Errorf("%d lines, want %d", len(lines), height)
	}
	for i, l := range lines {
		if w := cells.Width(l); w > width {
			t.Errorf("line %d has %d cells, want at most %d: %q", i+1, w, width, l)
		}
	}
}

// colorless is what a terminal gets that has no colours (NO_COLOR).
func colorless(t *testing.T, content string) string {
	t.Helper()
	var b strings.Builder
	w := colorprofile.Writer{Forward: &b, Profile: colorprofile.ASCII}
	if _, err := w.WriteString(content); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not what it was:\n%s", name, got)
	}
}
