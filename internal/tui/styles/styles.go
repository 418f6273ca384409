// Package styles holds how the checkout screen looks: a few named styles in the sixteen
// colours that every terminal has, so that nothing must be asked of it before the first
// frame, and borders that hold where ambiguous characters are two cells wide.
//
// No style says by colour alone what a word or a sign does not say too.
package styles

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Styles are the styles of everything on the screen.
type Styles struct {
	Title    lipgloss.Style // the bar at the top
	Status   lipgloss.Style // the bar at the bottom
	Text     lipgloss.Style
	Muted    lipgloss.Style // what may be overlooked
	Strong   lipgloss.Style // headings and names
	Total    lipgloss.Style // what is to be paid
	Selected lipgloss.Style // the line that keys act on
	Key      lipgloss.Style // the name of a key
	Good     lipgloss.Style
	Warn     lipgloss.Style
	Bad      lipgloss.Style
	Border   Border
}

// New are the styles with a border.
func New(b Border) Styles {
	plain := lipgloss.NewStyle()
	return Styles{
		Title:    plain.Reverse(true).Bold(true),
		Status:   plain.Reverse(true),
		Text:     plain,
		Muted:    plain.Faint(true),
		Strong:   plain.Bold(true),
		Total:    plain.Bold(true),
		Selected: plain.Reverse(true),
		Key:      plain.Bold(true).Foreground(lipgloss.Cyan),
		Good:     plain.Bold(true).Foreground(lipgloss.Green),
		Warn:     plain.Bold(true).Foreground(lipgloss.Yellow),
		Bad:      plain.Bold(true).Foreground(lipgloss.Red),
		Border:   b,
	}
}

// Border are the characters that boxes are drawn with, and the signs that go with words.
type Border struct {
	Horizontal, Vertical                         string
	TopLeft, TopRight, BottomLeft, BottomRight   string
	Bullet, Check, Cross, Warning, Filled, Empty string
	Left, Right, Up, Down, More                  string
}

// Blocks reports that half blocks can be drawn with, each one cell wide.
func (b Border) Blocks() bool { return b.Filled == Lines().Filled }

// Lines are borders of box-drawing characters, each one cell wide.
func Lines() Border {
	return Border{
		Horizontal: "─", Vertical: "│", TopLeft: "┌", TopRight: "┐", BottomLeft: "└", BottomRight: "┘",
		Bullet: "•", Check: "✓", Cross: "✗", Warning: "!", Filled: "█", Empty: "░",
		Left: "←", Right: "→", Up: "↑", Down: "↓", More: "…",
	}
}

// ASCII are borders for terminals that draw ambiguous characters two cells wide, as those
// of China, Japan and Korea may, and for those that have no others.
func ASCII() Border {
	return Border{
		Horizontal: "-", Vertical: "|", TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+",
		Bullet: "*", Check: "+", Cross: "x", Warning: "!", Filled: "#", Empty: ".",
		Left: "<", Right: ">", Up: "^", Down: "v", More: "~",
	}
}

// The settings of the border.
const (
	Auto        = "auto"
	AlwaysASCII = "ascii"
	Unicode     = "unicode"
)

// Choose is the border that fits a terminal. By itself it is ASCII where the locale is of
// China, Japan or Korea, whose terminals may draw ambiguous characters two cells wide,
// unless the terminal has confirmed by its report on mode 2027 that it does not.
func Choose(setting, locale string, confirmed bool) Border {
	switch setting {
	case AlwaysASCII:
		return ASCII()
	case Unicode:
		return Lines()
	}
	if isWide(locale) && !confirmed {
		return ASCII()
	}
	return Lines()
}

// isWide reports a locale, such as zh_CN.UTF-8, in which ambiguous characters may be wide.
func isWide(locale string) bool {
	language, _, _ := strings.Cut(strings.ToLower(locale), "_")
	language, _, _ = strings.Cut(language, "-")
	language, _, _ = strings.Cut(language, ".")
	return language == "zh" || language == "ja" || language == "ko"
}
