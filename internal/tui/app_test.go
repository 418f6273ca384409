package tui_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/internal/tui/styles"
)

// page is a page that shows what it was given and does what a test says.
type page struct {
	name   string
	traits common.Traits
	got    string // keys and messages, one behind the other
	on     map[string]tea.Cmd
	stops  bool // comes to its end when it is asked
}

func (p page) Init() tea.Cmd { return nil }

func (p page) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		p.got += msg.String()
		return p, p.on[msg.String()]
	case common.Scanned:
		p.got += "<" + msg.Code + "-" + strings.Repeat("x", msg.Typed) + ">"
	case tea.PasteMsg:
		p.got += "{" + msg.Content + "}"
	case answer:
		p.got += "(" + string(msg) + ")"
		return p, p.on[string(msg)]
	case common.Stop:
		p.got += "!"
		if p.stops {
			p.traits.Busy = false
			return p, common.Send(common.Left{})
		}
	}
	return p, nil
}

type answer string

func (p page) View(common.Frame) string          { return p.name + ":" + p.got }
func (p page) Title() i18n.Text                  { return i18n.Same(p.name) }
func (p page) Keys(m keymap.Map) []keymap.Key    { return []keymap.Key{m.Pay, m.Back} }
func (p page) Traits() common.Traits             { return p.traits }
func (p page) with(key string, msg tea.Msg) page { return p.do(key, common.Send(msg)) }
func (p page) do(key string, cmd tea.Cmd) page {
	on := map[string]tea.Cmd{key: cmd}
	for k, c := range p.on {
		on[k] = c
	}
	p.on = on
	return p
}

// frame is the frame without a terminal.
type frame struct {
	t     *testing.T
	app   tui.App
	at    time.Duration
	later []tea.Cmd
	left  bool
	rung  int
}

func newFrame(t *testing.T, first common.Page, change func(*tui.Config)) *frame {
	t.Helper()
	f := &frame{t: t}
	cfg := tui.Config{
		First: first, Lang: i18n.English, Styles: styles.New(styles.Lines()), Keys: keymap.Standard(),
		Now: func() time.Time { return time.Date(2026, 3, 1, 9, 41, 0, 0, time.UTC) }, Since: func() time.Duration { return f.at },
		Code:  func(code string) bool { return code == "690123" },
		Every: func(time.Duration, func(time.Time) tea.Msg) tea.Cmd { return nil },
	}
	if change != nil {
		change(&cfg)
	}
	f.app = tui.New(cfg)
	return f
}

func (f *frame) send(msg tea.Msg) {
	next, cmd := f.app.Update(msg)
	f.app = next.(tui.App)
	f.came(cmd)
}

// came sorts what the frame leaves to the program: leaving, the bell, and tasks.
func (f *frame) came(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			f.came(c)
		}
	case tea.QuitMsg:
		f.left = true
	case tea.RawMsg:
		f.rung++
	case nil:
	default:
		f.later = append(f.later, func() tea.Msg { return msg })
	}
}

// answers gives back what tasks came to.
func (f *frame) answers() {
	for len(f.later) > 0 {
		cmd := f.later[0]
		f.later = f.later[1:]
		f.send(cmd())
	}
}

func (f *frame) keys(names ...string) {
	for _, name := range names {
		f.at += time.Second
		f.send(press(name))
	}
}

func press(name string) tea.KeyPressMsg {
	codes := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "f1": tea.KeyF1, "f9": tea.KeyF9, "f12": tea.KeyF12, "down": tea.KeyDown, "kp7": tea.KeyKp7, "kp*": tea.KeyKpMultiply}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	return tea.KeyPressMsg{Code: rune(name[0]), Text: name}
}

func (f *frame) scan(code, end string) {
	f.at += time.Second
	for _, r := range code {
		f.at += 5 * time.Millisecond
		f.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	f.at += 5 * time.Millisecond
	f.send(press(end))
}

func (f *frame) sees(texts ...string) {
	f.t.Helper()
	for _, text := range texts {
		if !strings.Contains(ansi.Strip(f.app.Content()), text) {
			f.t.Fatalf("%q is not on the screen:\n%s", text, ansi.Strip(f.app.Content()))
		}
	}
}

// Pages lie over one another, and each change is there before the next key.
func TestPagesStack(t *testing.T) {
	top := page{name: "top"}.with("z", common.Pop{Result: answer("done")}).with("r", common.Replace{Page: page{name: "other"}})
	low := page{name: "low"}.with("a", common.Push{Page: top}).with("n", common.Reset{Page: page{name: "new"}}).with("p", common.Pop{})
	f := newFrame(t, low, nil)
	f.keys("a", "b")
	f.sees("top:b")
	f.keys("z", "c")
	f.sees("low:a(done)c")
	f.keys("p")
	f.sees("low:a(done)cp")
	f.keys("a", "r", "x")
	f.sees("other:x")
	f.keys("esc")
	f = newFrame(t, low, nil)
	f.keys("n", "q")
	f.sees("new:q")
}

// An answer reaches the page that asked, whatever lies over it by then.
func TestAnswersFindTheirPage(t *testing.T) {
	low := page{name: "low"}.do("a", tea.Batch(
		common.Do(func() tea.Msg { return answer("late") }), common.Send(common.Push{Page: page{name: "top"}.with("z", common.Pop{})})))
	f := newFrame(t, low, nil)
	f.keys("a")
	f.sees("top:")
	f.answers()
	f.keys("z")
	f.sees("low:a(late)")
}

// What is told stands until the next key, with its hint, and rings where it must.
func TestTelling(t *testing.T) {
	problem := &till.Problem{What: i18n.T("the reader is gone", "读卡器断开").With(), Hint: i18n.T("plug it in", "请接好").With()}
	low := page{name: "low"}.with("a", common.Failed{Err: problem}).with("b", common.Failed{Err: errors.New("odd")}).
		with("c", common.Tell{Text: i18n.T("x %s", "x %s").With(strings.Repeat("word ", 60)), Tone: common.Good})
	f := newFrame(t, low, nil)
	f.keys("a")
	f.sees("✗ the reader is gone; plug it in")
	f.keys("b")
	f.sees("✗ odd")
	f.keys("c")
	f.sees("✓ x word", "w..\n")
	if n := strings.Count(f.app.Content(), "\n") + 1; n != 24 || f.rung != 2 {
		t.Fatalf("%d lines, rang %d times", n, f.rung)
	}
	f.keys("d")
	if strings.Contains(f.app.Content(), "word") {
		t.Fatal("it is told for ever")
	}
}

// The help lists the keys of the page and goes with the next one, which does nothing else.
func TestHelp(t *testing.T) {
	f := newFrame(t, page{name: "low"}, nil)
	f.keys("?")
	f.sees("take the payment", "leave the checkout")
	f.keys("x", "y")
	f.sees("low:y")
	f.keys("f1", "ctrl+c")
	if !f.left {
		t.Fatal("Ctrl+C does not leave while the help is open")
	}
	f = newFrame(t, page{name: "low", traits: common.Traits{Text: true}}, nil)
	f.keys("?")
	f.sees("low:?")
}

// Idle time locks, but not a page that is under way, and its end begins the time anew. No
// answer that comes meanwhile opens the lock.
func TestLock(t *testing.T) {
	lock := page{name: "lock", traits: common.Traits{Text: true}}.with("o", common.Pop{})
	low := page{name: "low", traits: common.Traits{Locks: true}}.
		do("a", common.Do(func() tea.Msg { return answer("reset") })).with("reset", common.Reset{Page: page{name: "new"}}).
		do("b", common.Do(func() tea.Msg { return answer("push") })).with("push", common.Push{Page: page{name: "pushed"}}).
		do("c", common.Do(func() tea.Msg { return answer("replace") })).with("replace", common.Replace{Page: page{name: "replaced"}})
	locking := func(c *tui.Config) { c.Idle, c.Lock = time.Minute, func() common.Page { return lock } }
	for key, want := range map[string]string{"a": "new:", "b": "pushed:", "c": "replaced:"} {
		f := newFrame(t, low, locking)
		f.keys(key)
		f.at += 61 * time.Second
		f.send(common.Tick{})
		f.sees("lock:")
		f.send(common.Tick{})
		f.answers()
		f.sees("lock:")
		f.keys("f12", "o")
		f.sees(want)
	}
	f := newFrame(t, page{name: "busy", traits: common.Traits{Busy: true}}.with("f", common.Replace{Page: low}), locking)
	f.at = time.Hour
	f.send(common.Tick{})
	f.sees("busy:")
	f.keys("f12")
	f.sees("busy:", "not now")
	f.send(common.Tick{})
	f.at += time.Hour
	f.send(common.Tick{})
	f.send(answer("f"))
	f.send(common.Tick{})
	f.sees("low:")
	f = newFrame(t, low, nil)
	f.keys("f12")
	f.sees("nobody who could unlock")
}

// Nothing owed leaves at once. What is owed is asked to end from the top, one page after
// another; a page that stays keeps the program.
func TestLeaving(t *testing.T) {
	f := newFrame(t, page{name: "low"}, nil)
	f.send(common.Leave{})
	if !f.left {
		t.Fatal("it does not leave")
	}
	busy := common.Traits{Busy: true}
	top := page{name: "top", traits: busy}.with("e", common.Left{}).with("s", common.Stays{}).with("t", common.Tell{Text: i18n.T("paid", "已付").With()})
	low := page{name: "low", traits: busy, stops: true}.with("a", common.Push{Page: top})
	f = newFrame(t, low, nil)
	f.keys("a", "ctrl+c")
	f.sees("top:!", "leaving as soon as nothing is owed")
	f.keys("s")
	f.send(common.Left{})
	if f.left {
		t.Fatal("it left although the page stays")
	}
	ended := page{name: "top", traits: busy, stops: true}
	f = newFrame(t, page{name: "low", traits: busy, stops: true}.with("a", common.Push{Page: ended}), nil)
	f.keys("a", "ctrl+q")
	if !f.left {
		t.Fatal("it did not leave when both had ended")
	}
	f = newFrame(t, low, nil)
	f.keys("a", "ctrl+c", "t")
	if got := strings.Join(f.app.Parting(), ","); got != "paid" {
		t.Fatalf("it parts with %q", got)
	}
}

// A scan goes to a page that takes it, by Enter, Tab or line feed, and is refused elsewhere.
func TestScans(t *testing.T) {
	for _, end := range []string{"enter", "tab", "ctrl+j"} {
		f := newFrame(t, page{name: "low", traits: common.Traits{Scans: true}}, nil)
		f.scan("690123", end)
		f.keys("ctrl+j", "x")
		f.sees("low:690123<690123-xxxxxx>x")
		f = newFrame(t, page{name: "low"}, nil)
		f.scan("690123", end)
		f.keys("ctrl+j")
		f.sees("low:690123<-xxxxxx>", "scan refused")
		if f.rung != 1 {
			t.Fatalf("rang %d times", f.rung)
		}
	}
}

// The same code at once is one scan; what is pasted is none.
func TestDoublesAndPastes(t *testing.T) {
	f := newFrame(t, page{name: "p", traits: common.Traits{Scans: true}}, nil)
	f.scan("690123", "enter")
	f.at -= time.Second
	f.scan("690123", "enter")
	f.sees("p:690123<690123-xxxxxx>690123<-xxxxxx>")
	f.send(tea.PasteMsg{Content: "690123"})
	f.keys("enter")
	f.sees("{690123}enter")
}

// Keys are kept for a page that has yet to come up, and told apart by the times at which
// they came.
func TestKeptKeys(t *testing.T) {
	waiting := page{name: "low", traits: common.Traits{Waits: true}}.with("up", common.Replace{Page: page{name: "high", traits: common.Traits{Scans: true}}}).with("down", common.Drop{})
	f := newFrame(t, waiting, nil)
	f.scan("690123", "enter")
	f.keys("6", "9")
	f.sees("low:")
	f.send(answer("up"))
	f.sees("high:690123<690123-xxxxxx>69")
	f = newFrame(t, waiting, nil)
	f.keys("6")
	f.send(answer("down"))
	f.send(answer("up"))
	f.sees("high:")
	f = newFrame(t, waiting, nil)
	f.keys("6", "ctrl+c")
	if !f.left {
		t.Fatal("it does not leave")
	}
}

// The number block types what is printed on it.
func TestKeypad(t *testing.T) {
	f := newFrame(t, page{name: "low"}, nil)
	f.keys("kp7", "kp*")
	f.sees("low:7*")
}

// The border changes when the terminal has confirmed how wide it draws, and only then.
func TestBorderIsConfirmed(t *testing.T) {
	for _, c := range []struct {
		report tea.ModeReportMsg
		sign   string
	}{
		{tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset}, "till • low"},
		{tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeSet}, "till • low"},
		{tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModePermanentlySet}, "till • low"},
		{tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeNotRecognized}, "till * low"},
		{tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModePermanentlyReset}, "till * low"},
		{tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset}, "till * low"},
		{tea.ModeReportMsg{}, "till * low"},
	} {
		f := newFrame(t, page{name: "low"}, func(cfg *tui.Config) {
			cfg.Border = func(ok bool) styles.Border { return styles.Choose(styles.Auto, "zh_CN.UTF-8", ok) }
			cfg.Styles = styles.New(cfg.Border(false))
		})
		f.sees("till * low")
		f.send(c.report)
		f.sees(c.sign)
	}
}
