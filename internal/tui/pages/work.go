package pages

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/pkg/money"
)

// Work is what every page works with.
type Work struct {
	// Context ends when the program does; a use case that has begun to owe something sees
	// that through whatever becomes of it.
	Context  context.Context
	Desk     Desk
	Currency money.Currency
	Keys     keymap.Map

	// Patience is how long a shopper may take to pay a code; 0 is not said.
	Patience time.Duration

	// Notes stand on the page that asks who is there, such as the PINs of an example.
	Notes []i18n.Message

	// Home is the page that a finished act comes back to.
	Home func(Work) common.Page
}

// Desk is every use case that the screen calls: those that the commands call.
type Desk interface {
	SignInDesk
	SaleDesk
	MemberDesk
	PayDesk
	ReceiptDesk
	HeldDesk
	ReturnDesk
	TxnDesk
	ShiftDesk
}

// token tells the answer to a page's own question from those of other pages.
type token = *byte

func newToken() token { return new(byte) }

// done is what a use case came to.
type done[T any] struct {
	asker token
	value T
	err   error
}

// ask calls a use case beside the screen. Its end comes as a done.
func ask[T any](w Work, asker token, do func(context.Context) (T, error)) tea.Cmd {
	return common.Do(func() tea.Msg {
		value, err := do(w.Context)
		return done[T]{asker: asker, value: value, err: err}
	})
}

// failed tells an error, if there is one.
func failed(err error) tea.Cmd {
	if err == nil {
		return nil
	}
	return common.Send(common.Failed{Err: err})
}
