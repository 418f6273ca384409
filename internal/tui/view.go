package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/keymap"
)

// The least that the screen can be shown in.
const (
	leastWidth  = 40
	leastHeight = 12
)

// View implements tea.Model.
func (a App) View() tea.View {
	v := tea.NewView(a.Content())
	v.AltScreen = true
	v.WindowTitle = "till"
	return v
}

// Content is the screen as lines, each at most as wide as the terminal.
func (a App) Content() string {
	f := a.frame()
	if a.width < leastWidth || a.height < leastHeight {
		return a.tooSmall(f)
	}
	told := a.tellLines(f)
	f.Height -= 3 + len(told)
	body := a.body(f)
	lines := make([]string, 0, a.height)
	lines = append(append(append(lines, a.titleBar(f)), body...), told...)
	return strings.Join(append(lines, a.hintLine(f), a.statusBar(f)), "\n")
}

// body is the page on top, or the help, in exactly the lines and at most the width that
// there are.
func (a App) body(f common.Frame) []string {
	text := ""
	if a.help {
		text = a.helpView(f)
	} else {
		text = a.top().View(f)
	}
	lines := Lines(text, f.Height)
	for i, l := range lines {
		lines[i] = cells.Truncate(l, f.Width)
	}
	return lines
}

func (a App) frame() common.Frame {
	return common.Frame{Width: a.width, Height: a.height, Lang: a.cfg.Lang, Styles: a.cfg.Styles, Keys: a.cfg.Keys, Now: a.now}
}

// tooSmall is all that is shown in a terminal that nothing fits into.
func (a App) tooSmall(f common.Frame) string {
	text := i18n.T("This window has %d x %d characters, the checkout needs %d x %d. Make it larger.", "窗口为 %d x %d 字符，收银界面至少需要 %d x %d，请放大窗口。").With(a.width, a.height, leastWidth, leastHeight).In(f.Lang)
	lines := Lines(strings.Join(cells.Wrap(text, max(a.width, 1)), "\n"), max(a.height, 1))
	for i, l := range lines {
		lines[i] = cells.Truncate(l, a.width)
	}
	return strings.Join(lines, "\n")
}

// titleBar is the page's name, the shop's, which gives way, and the clock.
func (a App) titleBar(f common.Frame) string {
	left := " till " + f.Styles.Border.Bullet + " " + f.Say(a.top().Title()) + " "
	clock := " " + a.now.Format("15:04") + " "
	shop := cells.Truncate(cells.Plain(a.status.Shop), max(f.Width-cells.Width(left)-cells.Width(clock), 0))
	return f.Styles.Title.Render(Ends(left, shop+clock, f.Width))
}

// tellMost is how many lines a notice may take of the page.
const tellMost = 3

// tellLines are what is told: one line at least, so that the page does not move with every
// word, and more where the words need them.
func (a App) tellLines(f common.Frame) []string {
	if a.told.Text.IsZero() {
		return []string{""}
	}
	sign, style := f.Styles.Border.Bullet, f.Styles.Text
	switch a.told.Tone {
	case common.Good:
		sign, style = f.Styles.Border.Check, f.Styles.Good
	case common.Warn:
		sign, style = f.Styles.Border.Warning, f.Styles.Warn
	case common.Bad:
		sign, style = f.Styles.Border.Cross, f.Styles.Bad
	case common.Plain:
	}
	text := cells.Plain(a.told.Text.In(f.Lang))
	if !a.told.Hint.IsZero() {
		text += f.Say(i18n.T("; ", "；")) + cells.Plain(a.told.Hint.In(f.Lang))
	}
	lines := cells.Wrap(text, f.Width-2)
	if len(lines) > tellMost {
		rest := strings.Join(lines[tellMost-1:], " ")
		lines = append(lines[:tellMost-1], cells.Truncate(rest, f.Width-2))
	}
	for i, l := range lines {
		lines[i] = style.Render(sign + " " + l)
		sign = " "
	}
	return lines
}

// hintLine names as many of the keys that are valid now as there is room for.
func (a App) hintLine(f common.Frame) string {
	var line strings.Builder
	used := 0
	for _, k := range append([]keymap.Key{a.cfg.Keys.Help}, a.top().Keys(a.cfg.Keys)...) {
		if k.Quiet {
			continue
		}
		name, label := k.Shown(), f.Say(k.Label)
		width := cells.Width(name) + 1 + cells.Width(label)
		if used+width > f.Width {
			break
		}
		line.WriteString(f.Styles.Key.Render(name) + " " + label + strings.Repeat(" ", min(2, f.Width-used-width)))
		used += width + 2
	}
	return line.String()
}

func (a App) statusBar(f common.Frame) string {
	s := a.status
	if !a.known {
		return f.Styles.Status.Render(strings.Repeat(" ", f.Width))
	}
	var parts []string
	if s.Staff != "" {
		parts = append(parts, cells.Plain(string(s.Staff)))
	}
	if s.Shift > 0 {
		parts = append(parts, i18n.T("shift %d", "班次 %d").With(s.Shift).In(f.Lang))
	}
	parts = append(parts, a.hostPart(f), a.readerPart(f))
	if s.Queue > 0 {
		parts = append(parts, f.Styles.Border.Warning+" "+i18n.T("%d to reverse", "待冲正 %d 笔").With(s.Queue).In(f.Lang))
	}
	right := ""
	if s.Held > 0 {
		right = i18n.T("%d held ", "挂单 %d ").With(s.Held).In(f.Lang)
	}
	return f.Styles.Status.Render(Ends(" "+strings.Join(parts, "  "), right, f.Width))
}

func (a App) hostPart(f common.Frame) string {
	if a.status.HostDown {
		return f.Styles.Border.Cross + " " + f.Say(i18n.T("host down", "主机断线"))
	}
	return f.Styles.Border.Check + " " + f.Say(i18n.T("host", "主机"))
}

func (a App) readerPart(f common.Frame) string {
	if a.status.NoReader {
		return f.Styles.Border.Cross + " " + f.Say(i18n.T("no reader", "无读卡器"))
	}
	return f.Styles.Border.Check + " " + cells.Plain(a.status.Reader)
}

// helpView lists every key that is valid now.
func (a App) helpView(f common.Frame) string {
	keys := a.validKeys()
	from := max(min(a.helpFrom, len(keys)-1), 0)
	room := f.Height - 4
	if room >= len(keys) {
		from = 0
	}
	foot := i18n.T("any key goes on", "按任意键继续")
	if room < len(keys) {
		foot = i18n.T("Down shows more, any other key goes on", "按 Down 查看更多，其他键继续")
	}
	lines := []string{"  " + f.Styles.Strong.Render(f.Say(i18n.T("Keys that are valid now", "当前可用按键"))), ""}
	for _, k := range keys[from:max(min(from+room, len(keys)), from)] {
		names := cells.Fit(k.Shown(), 7, cells.Left) + cells.Fit(k.Twin(), 8, cells.Left)
		lines = append(lines, "  "+f.Styles.Key.Render(names)+cells.Truncate(f.Say(k.Does), max(f.Width-18, 0)))
	}
	return strings.Join(append(lines, "", "  "+f.Say(foot)), "\n")
}

// validKeys are the page's and the frame's own.
func (a App) validKeys() []keymap.Key {
	keys := a.top().Keys(a.cfg.Keys)
	if a.cfg.Lock != nil && a.top().Traits().Locks {
		keys = append(keys, a.cfg.Keys.Lock)
	}
	return append(keys, a.cfg.Keys.Interrupt, a.cfg.Keys.Quit)
}

// Lines are exactly n lines of a text: cut, or filled with empty ones.
func Lines(text string, n int) []string {
	lines := strings.Split(text, "\n")
	if len(lines) > n {
		return lines[:n]
	}
	for len(lines) < n {
		lines = append(lines, "")
	}
	return lines
}

// Ends is a line with a text at each end; the left one gives way.
func Ends(left, right string, width int) string {
	room := width - cells.Width(right)
	if room < 0 {
		return cells.Fit(right, width, cells.Left)
	}
	return fmt.Sprint(cells.Fit(left, room, cells.Left), right)
}
