package common

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/pkg/money"
)

// Push lays a page over the one that stands.
type Push struct{ Page Page }

// Pop takes the page away that asks for it. Every other page is given Result, if there is
// one: it says itself whom it is for. A scan that ended the page goes on, after that, to
// the page below.
type Pop struct {
	Result tea.Msg
	Scan   string // its code
}

// Replace puts a page in the place of the one that stands.
type Replace struct{ Page Page }

// Reset leaves this page alone on the screen.
type Reset struct{ Page Page }

// Scanned tells the page of a scan. Typed characters of it stand in the page's field and
// are to be taken out.
type Scanned struct {
	Code  string
	Typed int
}

// Leave asks the frame to come to an end, as Ctrl+C does: what a signal to the program is
// turned into. (A tea.InterruptMsg ends a program without asking it.)
type Leave struct{}

// Stop asks a busy page to come to an end: the user wants to leave. It answers with Left
// when nothing is owed any more and it is not busy, or with Stays.
type Stop struct{}

// Left tells the frame that a busy page has come to its end.
type Left struct{}

// Stays tells the frame that a page could not come to its end, and that the user stays to
// see to it.
type Stays struct{}

// Drop forgets the keys that were kept for a page which does not come up after all.
type Drop struct{}

// Tone is how a notice is meant.
type Tone int

// The tones.
const (
	Plain Tone = iota
	Good
	Warn
	Bad
)

// Tell puts a line above the status bar until the next key.
type Tell struct {
	Text i18n.Message
	Hint i18n.Message
	Tone Tone
	Bell bool
}

// Failed tells that an action ended with an error; the frame tells a *till.Problem in its
// words.
type Failed struct{ Err error }

// Tick comes every second.
type Tick struct{}

// Task is work that takes its time. The frame has it done beside the screen and gives what
// comes of it to every page.
type Task func() tea.Msg

// Do is the command that has a task done. It is the only command of a page that may take
// its time: every other one is performed at once and in order, before the next key, so
// that no key goes to a page that was meant to be gone.
func Do(t Task) tea.Cmd { return func() tea.Msg { return t } }

// Send is a command that only gives a message.
func Send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }

// Say is a command that tells something.
func Say(tone Tone, text i18n.Message) tea.Cmd { return Send(Tell{Text: text, Tone: tone}) }

// PartAsked asks whether Approved, a part of Asked, is paid by this card. Decide takes the
// word on it and never waits; whoever asked waits for as long as the shop is patient, and
// takes silence for a refusal.
type PartAsked struct {
	Approved, Asked money.Amount
	Decide          func(accepted bool)
}

// Observed tells what the register is doing, while it does it.
type Observed struct{ Observation register.Observation }
