package common

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/internal/tui/styles"
)

// Frame is the space that a view is drawn into and how.
type Frame struct {
	Width, Height int
	Lang          i18n.Lang
	Styles        styles.Styles
	Keys          keymap.Map
	Now           time.Time // as of the last tick, for clocks and seconds left
}

// Say is a text in the user's language.
func (f Frame) Say(t i18n.Text) string { return t.In(f.Lang) }

// Page is one page of the screen. It is a value: Update returns the next one, and View is
// a pure function of the page and the frame.
type Page interface {
	// Init is what the page has done when it comes up.
	Init() tea.Cmd
	// Update takes a key, a scan or an answer. Its commands are Send, Say and Do, and
	// batches of them.
	Update(msg tea.Msg) (Page, tea.Cmd)
	// View is Height lines of at most Width cells, without the bars above and below.
	View(f Frame) string
	Title() i18n.Text
	// Keys are valid now, the most used first: the line of hints and the help show them.
	Keys(m keymap.Map) []keymap.Key
	// Traits say how the frame treats the page.
	Traits() Traits
}

// Traits are what the frame must know of a page.
type Traits struct {
	Scans  bool // takes scans; elsewhere one is refused with a sign and the bell
	Text   bool // a field is being typed into, so that '?' is a character
	Secret bool // what is typed is a PIN
	Busy   bool // something is owed: it cannot be left, only asked to stop
	Locks  bool // the idle lock may come over it
	Waits  bool // a key has asked for another page, which has yet to come up: keys are kept for it
}
