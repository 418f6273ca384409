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
	f.Height -= 4
	body := a.top().View(f)
	if a.help {
		body = a.helpView(f)
	}
	lines := append([]string{a.titleBar(f)}, Lines(body, f.Height)...)
	return strings.Join(append(lines, a.tellLine(f), a.hintLine(f), a.statusBar(f)), "\n")
}

func (a App) frame() common.Frame {
	return common.Frame{Width: a.width, Height: a.height, Lang: a.cfg.Lang, Styles: a.cfg.Styles, Keys: a.cfg.Keys, Now: a.now}
}

// tooSmall is all that is shown in a terminal that nothing fits into.
func (a App) tooSmall(f common.Frame) string {
	text := i18n.T("This window has %d×%d characters, the checkout needs %d×%d. Make it larger.", "窗口为 %d×%d 字符，收银界面至少需要 %d×%d，请放大窗口。").With(a.width, a.height, leastWidth, leastHeight).In(f.Lang)
	return strings.Join(Lines(strings.Join(cells.Wrap(text, max(a.width, 1)), "\n"), max(a.height, 1)), "\n")
}

func (a App) titleBar(f common.Frame) string {
	left := " till " + f.Styles.Border.Bullet + " " + f.Say(a.top().Title())
	right := a.status.Shop + "  " + a.now.Format("15:04") + " "
	return f.Styles.Title.Render(Ends(left, right, f.Width))
}

func (a App) tellLine(f common.Frame) string {
	if a.told.Text.IsZero() {
		return ""
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
	text := sign + " " + a.told.Text.In(f.Lang)
	if !a.told.Hint.IsZero() {
		text += ": " + a.told.Hint.In(f.Lang)
	}
	return style.Render(cells.Truncate(cells.Plain(text), f.Width))
}

// hintLine names as many of the keys that are valid now as there is room for.
func (a App) hintLine(f common.Frame) string {
	var line strings.Builder
	used := 0
	for _, k := range append([]keymap.Key{a.cfg.Keys.Help}, a.top().Keys(a.cfg.Keys)...) {
		name, label := k.Shown(), f.Say(k.Label)
		width := cells.Width(name) + cells.Width(label) + 3
		if used+width > f.Width {
			break
		}
		line.WriteString(f.Styles.Key.Render(name) + " " + label + "  ")
		used += width
	}
	return line.String()
}

func (a App) statusBar(f common.Frame) string {
	s := a.status
	var parts []string
	if s.Staff != "" {
		parts = append(parts, string(s.Staff))
	}
	if s.Shift > 0 {
		parts = append(parts, i18n.T("shift %d", "班次 %d").With(s.Shift).In(f.Lang))
	}
	parts = append(parts, a.hostPart(f), a.readerPart(f))
	if s.Queue > 0 {
		parts = append(parts, i18n.T("%d to reverse", "待冲正 %d 笔").With(s.Queue).In(f.Lang))
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
	return f.Styles.Border.Check + " " + a.status.Reader
}

// helpView lists every key that is valid now.
func (a App) helpView(f common.Frame) string {
	lines := []string{"", "  " + f.Styles.Strong.Render(f.Say(i18n.T("Keys that are valid now", "当前可用按键"))), ""}
	keys := append(a.top().Keys(a.cfg.Keys), a.cfg.Keys.Lock, a.cfg.Keys.Quit)
	for _, k := range keys {
		names := cells.Fit(k.Shown(), 7, cells.Left) + cells.Fit(k.Twin(), 8, cells.Left)
		lines = append(lines, "  "+f.Styles.Key.Render(names)+cells.Truncate(f.Say(k.Does), max(f.Width-18, 0)))
	}
	return strings.Join(append(lines, "", "  "+f.Say(i18n.T("any key goes on", "按任意键继续"))), "\n")
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
