package tui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/internal/tui/styles"
)

// Config is what the frame of the screen works with. All fields without another word are
// needed.
type Config struct {
	First  common.Page // the page that it begins with
	Lang   i18n.Lang
	Styles styles.Styles
	Keys   keymap.Map

	Now   func() time.Time     // wall clock, shown and never computed with
	Since func() time.Duration // a clock that never goes back, for scans and the idle lock
	Code  func(string) bool    // what checks as a code that a scanner reads

	ScanGap time.Duration                                        // between two keys of a scan; 0 is the standard
	Idle    time.Duration                                        // locks after this long without a key; 0 never
	Lock    func() common.Page                                   // the page that locks; nil never
	Status  func(context.Context) (common.Status, error)         // asked every StatusEvery; nil shows none
	Every   func(time.Duration, func(time.Time) tea.Msg) tea.Cmd // nil is tea.Tick
}

// StatusEvery is how often the status bar asks the shop.
const StatusEvery = 5 * time.Second

// App is the frame of the screen: it holds the pages that lie over one another, tells
// scans from typing, shows what is told, and gives everything else to the page on top. It
// is a bubbletea model.
type App struct {
	cfg   Config
	pages []common.Page // the last is on top

	width, height int
	now           time.Time
	scanner       components.Scanner
	status        common.Status
	told          common.Tell
	help          bool
	leaving       bool // as soon as nothing is owed
	lastKey       time.Duration
	sinceStatus   time.Duration
}

// New makes the frame with its first page.
func New(cfg Config) App {
	if cfg.Every == nil {
		cfg.Every = tea.Tick
	}
	return App{
		cfg: cfg, pages: []common.Page{cfg.First}, width: 80, height: 24, now: cfg.Now(),
		scanner: components.NewScanner(cfg.ScanGap, cfg.Code), lastKey: cfg.Since(),
	}
}

// Init implements tea.Model.
func (a App) Init() tea.Cmd {
	return tea.Batch(a.top().Init(), a.tick(), a.readStatus())
}

// Update implements tea.Model.
func (a App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		return a, nil
	case tea.KeyPressMsg:
		return a.press(msg)
	case tea.PasteMsg:
		a.lastKey = a.cfg.Since()
		return a.give(msg)
	case tea.InterruptMsg:
		return a.leave()
	case common.Tick:
		return a.ticked()
	case common.StatusRead:
		a.status = msg.Status
		return a, nil
	case common.Tell:
		return a.tell(msg)
	case common.Failed:
		return a.tell(failure(msg.Err))
	case common.Left:
		return a.left()
	}
	if next, cmd, ok := a.turn(msg); ok {
		return next, cmd
	}
	return a.spread(msg)
}

// turn is a change of pages.
func (a App) turn(msg tea.Msg) (App, tea.Cmd, bool) {
	switch msg := msg.(type) {
	case common.Push:
		a.pages = append(slices.Clone(a.pages), msg.Page)
		return a, msg.Page.Init(), true
	case common.Replace:
		a.pages = append(slices.Clone(a.pages[:len(a.pages)-1]), msg.Page)
		return a, msg.Page.Init(), true
	case common.Reset:
		a.pages = []common.Page{msg.Page}
		return a, tea.Batch(msg.Page.Init(), a.readStatus()), true
	case common.Pop:
		next, cmd := a.pop(msg)
		return next, cmd, true
	}
	return a, nil, false
}

// pop takes the top page away; the last one stays.
func (a App) pop(msg common.Pop) (App, tea.Cmd) {
	if len(a.pages) > 1 {
		a.pages = slices.Clone(a.pages[:len(a.pages)-1])
	}
	if msg.Result == nil {
		return a, a.readStatus()
	}
	next, cmd := a.give(msg.Result)
	return next, tea.Batch(cmd, a.readStatus())
}

// press is a key: a scan's end, one of the frame's own, or the page's.
func (a App) press(k tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	a.lastKey = a.cfg.Since()
	a.told = common.Tell{}
	name := k.String()
	var scan components.Scan
	a.scanner, scan = a.scanner.Feed(components.ScanKey{Text: k.Text, Ends: name == "enter" || name == "tab", At: a.lastKey})
	switch {
	case scan.Found():
		return a.scanned(scan)
	case a.help:
		a.help = false
		return a, nil
	case a.cfg.Keys.Help.Is(name) || name == "?" && !a.top().Traits().Text:
		a.help = true
		return a, nil
	case a.cfg.Keys.Interrupt.Is(name) || a.cfg.Keys.Quit.Is(name):
		return a.leave()
	case a.cfg.Keys.Lock.Is(name):
		return a.lock()
	}
	return a.give(k)
}

// scanned gives a scan to a page that takes scans. Elsewhere it is refused, and its
// characters are taken out of wherever they were typed all the same.
func (a App) scanned(scan components.Scan) (tea.Model, tea.Cmd) {
	a.help = false
	if scan.Double || !a.top().Traits().Scans {
		next, cmd := a.give(common.Scanned{Typed: scan.Typed})
		if scan.Double {
			return next, cmd
		}
		return next, tea.Batch(cmd, common.Send(common.Tell{
			Text: i18n.T("scan refused: this page takes none", "扫描无效：当前页面不接受扫描").With(),
			Hint: i18n.T("go back to the sale first (Esc)", "请先返回收银页（Esc）").With(), Tone: common.Warn, Bell: true,
		}))
	}
	return a.give(common.Scanned{Code: scan.Code, Typed: scan.Typed})
}

// leave ends the program, or asks the pages that owe something to come to an end first.
func (a App) leave() (tea.Model, tea.Cmd) {
	for _, p := range a.pages {
		if p.Traits().Busy {
			a.leaving = true
			next, cmd := a.spread(common.Stop{})
			return next, tea.Batch(cmd, common.Send(common.Tell{
				Text: i18n.T("leaving as soon as nothing is owed", "处理完未决事项后即退出").With(), Tone: common.Warn,
			}))
		}
	}
	return a, tea.Quit
}

// left goes on with leaving, if that was asked for.
func (a App) left() (tea.Model, tea.Cmd) {
	if !a.leaving {
		return a, nil
	}
	busy := slices.ContainsFunc(a.pages, func(p common.Page) bool { return p.Traits().Busy })
	if busy {
		return a, nil
	}
	return a, tea.Quit
}

// lock puts the lock over the page, unless that one cannot be left or is the lock.
func (a App) lock() (tea.Model, tea.Cmd) {
	if a.cfg.Lock == nil || !a.top().Traits().Locks {
		return a, nil
	}
	page := a.cfg.Lock()
	a.pages = append(slices.Clone(a.pages), page)
	return a, page.Init()
}

func (a App) ticked() (tea.Model, tea.Cmd) {
	a.now = a.cfg.Now()
	cmds := []tea.Cmd{a.tick()}
	if since := a.cfg.Since(); since-a.sinceStatus >= StatusEvery {
		a.sinceStatus = since
		cmds = append(cmds, a.readStatus())
	}
	var next tea.Model = a
	if a.cfg.Idle > 0 && a.cfg.Since()-a.lastKey >= a.cfg.Idle {
		var cmd tea.Cmd
		next, cmd = a.lock()
		cmds = append(cmds, cmd)
	}
	next, cmd := next.(App).spread(common.Tick{})
	return next, tea.Batch(append(cmds, cmd)...)
}

func (a App) tick() tea.Cmd {
	return a.cfg.Every(time.Second, func(time.Time) tea.Msg { return common.Tick{} })
}

// readStatus asks the shop how it stands. What cannot be read is shown as it last was:
// whoever acts next is told why.
func (a App) readStatus() tea.Cmd {
	if a.cfg.Status == nil {
		return nil
	}
	return func() tea.Msg {
		status, err := a.cfg.Status(context.Background())
		if err != nil {
			return nil
		}
		return common.StatusRead{Status: status}
	}
}

func (a App) tell(t common.Tell) (tea.Model, tea.Cmd) {
	a.told = t
	if t.Bell {
		return a, tea.Raw("\a")
	}
	return a, nil
}

// failure is what an error is told as: a problem in its words, anything else as it is.
func failure(err error) common.Tell {
	var p *till.Problem
	if errors.As(err, &p) {
		return common.Tell{Text: p.What, Hint: p.Hint, Tone: common.Bad, Bell: true}
	}
	return common.Tell{Text: i18n.T("%s", "%s").With(err.Error()), Tone: common.Bad, Bell: true}
}

// give gives a message to the page on top.
func (a App) give(msg tea.Msg) (App, tea.Cmd) {
	next, cmd := a.top().Update(msg)
	a.pages = append(slices.Clone(a.pages[:len(a.pages)-1]), next)
	return a, cmd
}

// spread gives a message to every page: what a page has asked for may come when another
// one lies over it.
func (a App) spread(msg tea.Msg) (App, tea.Cmd) {
	pages := make([]common.Page, len(a.pages))
	cmds := make([]tea.Cmd, len(a.pages))
	for i, p := range a.pages {
		pages[i], cmds[i] = p.Update(msg)
	}
	a.pages = pages
	return a, tea.Batch(cmds...)
}

func (a App) top() common.Page { return a.pages[len(a.pages)-1] }

var _ tea.Model = App{}
