package tui

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

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

	// Border is asked again when the terminal has confirmed that it draws characters as
	// wide as we count them (mode 2027); nil leaves the border of Styles.
	Border func(confirmed bool) styles.Border

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
	cfg    Config
	layers []layer // the last is on top
	lastID int

	width, height int
	now           time.Time
	scanner       components.Scanner
	status        common.Status
	known         bool // the status was read
	told          common.Tell
	help          bool
	helpFrom      int  // line that the help begins with
	leaving       bool // as soon as nothing is owed
	parting       []common.Tell
	kept          []kept
	lastKey       time.Duration
	sinceStatus   time.Duration
}

// kept is a key or a paste that waits for the page it is meant for.
type kept struct {
	msg tea.Msg
	at  time.Duration
}

// layer is a page where it lies.
type layer struct {
	id    int
	page  common.Page
	lock  bool // it lies over all others, whatever they ask for
	typed int  // characters that it was given of what may be a scan
}

// New makes the frame with its first page.
func New(cfg Config) App {
	if cfg.Every == nil {
		cfg.Every = tea.Tick
	}
	return App{
		cfg: cfg, layers: []layer{{page: cfg.First}}, width: 80, height: 24, now: cfg.Now(),
		scanner: components.NewScanner(cfg.ScanGap, cfg.Code), lastKey: cfg.Since(),
	}
}

// Init implements tea.Model.
func (a App) Init() tea.Cmd {
	return tea.Batch(a.top().Init(), a.tick(), a.readStatus())
}

// Update implements tea.Model.
func (a App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	a, cmd := a.update(msg)
	a, more := a.replay()
	return a, tea.Batch(cmd, more)
}

// Parting is what was told after the user asked to leave, in the user's language: the
// screen is gone by then, so whoever showed it says it again.
func (a App) Parting() []string {
	lines := make([]string, len(a.parting))
	for i, t := range a.parting {
		lines[i] = t.Text.In(a.cfg.Lang)
	}
	return lines
}

func (a App) update(msg tea.Msg) (App, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return a.arrive(components.Keypad(msg))
	case tea.PasteMsg:
		return a.arrive(msg)
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		return a, nil
	case tea.ModeReportMsg:
		return a.reported(msg), nil
	case common.Task:
		return a, tea.Cmd(msg)
	case common.Leave:
		return a.leave()
	case common.Left:
		return a.left()
	case common.Stays:
		a.leaving, a.parting = false, nil
		return a, nil
	case common.Drop:
		a.kept = nil
		return a, nil
	}
	return a.shown(msg)
}

// shown takes what the frame itself shows, and gives the rest to every page: what a page
// has asked for may come when another one lies over it.
func (a App) shown(msg tea.Msg) (App, tea.Cmd) {
	switch msg := msg.(type) {
	case common.Tick:
		return a.ticked()
	case common.StatusRead:
		a.status, a.known = msg.Status, true
		return a, nil
	case common.Tell:
		return a.tell(msg)
	case common.Failed:
		return a.tell(failure(msg.Err))
	}
	return a.spread(msg)
}

// reported takes the terminal's word on how wide it draws.
func (a App) reported(m tea.ModeReportMsg) App {
	const unicodeCore = 2027 // characters are as wide as their grapheme clusters
	confirmed := m.Value.IsSet() || m.Value.IsReset() && !m.Value.IsPermanentlyReset()
	if m.Mode != nil && m.Mode.Mode() == unicodeCore && confirmed && a.cfg.Border != nil {
		a.cfg.Styles.Border = a.cfg.Border(true)
	}
	return a
}

// arrive takes what was typed or pasted now, or keeps it for a page that is to come up.
// What was scanned is told by the times at which the keys came, whenever they are used.
func (a App) arrive(msg tea.Msg) (App, tea.Cmd) {
	a.lastKey = a.cfg.Since()
	const most = 1024 // far more than a person or a scanner types while a shop answers
	k, isKey := msg.(tea.KeyPressMsg)
	leaves := isKey && (a.cfg.Keys.Interrupt.Is(k.String()) || a.cfg.Keys.Quit.Is(k.String()))
	if a.top().Traits().Waits && !leaves {
		if len(a.kept) < most {
			a.kept = append(slices.Clone(a.kept), kept{msg, a.lastKey})
		}
		return a, nil
	}
	return a.use(kept{msg, a.lastKey})
}

// replay uses what was kept, as long as no page is waited for again.
func (a App) replay() (App, tea.Cmd) {
	var cmds []tea.Cmd
	for len(a.kept) > 0 && !a.top().Traits().Waits {
		first := a.kept[0]
		a.kept = a.kept[1:]
		var cmd tea.Cmd
		a, cmd = a.use(first)
		cmds = append(cmds, cmd)
	}
	return a, tea.Batch(cmds...)
}

func (a App) use(k kept) (App, tea.Cmd) {
	if key, ok := k.msg.(tea.KeyPressMsg); ok {
		return a.press(key, k.at)
	}
	return a.paste(k.msg, k.at)
}

// paste gives pasted text to the page: it is never a scan.
func (a App) paste(msg tea.Msg, at time.Duration) (App, tea.Cmd) {
	a.help = false
	a, _ = a.watch("", false, at)
	return a.give(msg)
}

// press is a key: a scan's end, one of the frame's own, or the page's.
func (a App) press(k tea.KeyPressMsg, at time.Duration) (App, tea.Cmd) {
	name := k.String()
	const lineFeed = "ctrl+j" // some scanners send it behind Enter, or in its place
	a, scan := a.watch(k.Text, name == "enter" || name == "tab" || name == lineFeed, at)
	if name == lineFeed && !scan.Found() {
		return a, nil
	}
	a.told = common.Tell{}
	switch {
	case scan.Found():
		return a.scanned(scan)
	case a.cfg.Keys.Interrupt.Is(name) || a.cfg.Keys.Quit.Is(name):
		return a.leave()
	case a.help:
		return a.pressHelp(name), nil
	case a.cfg.Keys.Help.Is(name) || name == "?" && !a.top().Traits().Text:
		a.help, a.helpFrom = true, 0
		return a, nil
	case a.cfg.Keys.Lock.Is(name):
		return a.lock(true)
	}
	return a.count(k.Text).give(k)
}

// pressHelp moves the help where there is more of it than room; any other key ends it.
func (a App) pressHelp(name string) App {
	switch {
	case a.cfg.Keys.Down.Is(name) || a.cfg.Keys.PageDown.Is(name):
		a.helpFrom++
	case a.cfg.Keys.Up.Is(name) || a.cfg.Keys.PageUp.Is(name):
		a.helpFrom = max(a.helpFrom-1, 0)
	default:
		a.help = false
	}
	return a
}

// watch shows a key to the scanner. Where nothing came close before it, what was counted
// belongs to no scan.
func (a App) watch(text string, ends bool, at time.Duration) (App, components.Scan) {
	var scan components.Scan
	a.scanner, scan = a.scanner.Feed(components.ScanKey{Text: text, Ends: ends, At: at})
	if !ends && a.scanner.Length() <= utf8.RuneCountInString(text) {
		a = a.forget()
	}
	return a, scan
}

// count notes that the page on top is given characters that may belong to a scan: they
// may have to be taken out of more pages than one, where another one came up meanwhile.
func (a App) count(text string) App {
	a.layers = slices.Clone(a.layers)
	a.layers[len(a.layers)-1].typed += utf8.RuneCountInString(text)
	return a
}

// forget begins to count anew.
func (a App) forget() App {
	a.layers = slices.Clone(a.layers)
	for i := range a.layers {
		a.layers[i].typed = 0
	}
	return a
}

// scanned takes the characters of a scan out of wherever they were typed, and gives it to
// a page that takes scans. Elsewhere it is refused.
func (a App) scanned(scan components.Scan) (App, tea.Cmd) {
	a.help = false
	top, left := len(a.layers)-1, scan.Typed
	refused := !a.top().Traits().Scans && !scan.Double
	given := common.Scanned{}
	if !refused && !scan.Double {
		given.Code = scan.Code
	}
	given.Typed = min(left, a.layers[top].typed)
	left -= given.Typed
	var cmds []tea.Cmd
	for i := top - 1; i >= 0 && left > 0; i-- {
		share, cmd := min(left, a.layers[i].typed), tea.Cmd(nil)
		a, cmd = a.giveTo(a.layers[i].id, common.Scanned{Typed: share})
		left -= share
		cmds = append(cmds, cmd)
	}
	a, cmd := a.forget().give(given)
	cmds = append(cmds, cmd)
	if refused {
		a, cmd = a.tell(scanRefused())
		cmds = append(cmds, cmd)
	}
	return a, tea.Batch(cmds...)
}

func scanRefused() common.Tell {
	return common.Tell{
		Text: i18n.T("scan refused: this page takes none", "扫描无效：当前页面不接受扫描").With(),
		Hint: i18n.T("go back to the sale first (Esc)", "请先返回收银页（Esc）").With(), Tone: common.Warn, Bell: true,
	}
}

// leave ends the program. Where pages owe something it asks them to come to an end first,
// one after another from the top: what lies below may depend on how that ended.
func (a App) leave() (App, tea.Cmd) {
	a.kept = nil
	for _, l := range slices.Backward(a.layers) {
		if !l.page.Traits().Busy {
			continue
		}
		if !a.leaving {
			a.leaving = true
			a.told = common.Tell{Text: i18n.T("leaving as soon as nothing is owed", "处理完未决事项后即退出").With(), Tone: common.Warn}
		}
		return a.giveTo(l.id, common.Stop{})
	}
	return a, tea.Quit
}

// left goes on with leaving, if that was asked for.
func (a App) left() (App, tea.Cmd) {
	if !a.leaving {
		return a, nil
	}
	return a.leave()
}

// lock puts the lock over the page, unless that one cannot be left or is the lock.
func (a App) lock(asked bool) (App, tea.Cmd) {
	traits := a.top().Traits()
	switch {
	case a.cfg.Lock == nil && asked:
		return a.tell(common.Tell{Text: i18n.T("a shop without staff has nobody who could unlock the screen", "店铺没有员工，锁定后无人可解锁").With()})
	case traits.Busy && !traits.Locks && asked:
		return a.tell(common.Tell{Text: i18n.T("not now: something is under way", "有事项正在处理，暂不能锁定").With(), Tone: common.Warn})
	case a.cfg.Lock == nil || !traits.Locks:
		return a, nil
	}
	a.help = false
	return a.add(a.cfg.Lock(), true)
}

// ticked is a second that went by. Nobody is idle while something is under way: the time
// counts from its end.
func (a App) ticked() (App, tea.Cmd) {
	a.now = a.cfg.Now()
	since := a.cfg.Since()
	cmds := []tea.Cmd{a.tick()}
	if since-a.sinceStatus >= StatusEvery {
		a.sinceStatus = since
		cmds = append(cmds, a.readStatus())
	}
	if !a.top().Traits().Locks {
		a.lastKey = since
	}
	var cmd tea.Cmd
	if a.cfg.Idle > 0 && since-a.lastKey >= a.cfg.Idle {
		a, cmd = a.lock(false)
		cmds = append(cmds, cmd)
	}
	a, cmd = a.spread(common.Tick{})
	return a, tea.Batch(append(cmds, cmd)...)
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

func (a App) tell(t common.Tell) (App, tea.Cmd) {
	a.told = t
	if a.leaving {
		a.parting = append(slices.Clone(a.parting), t)
	}
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

var _ tea.Model = App{}
