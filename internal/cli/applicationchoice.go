package cli

import (
	"context"
	"strconv"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/emv"
)

// applicationChoice is where a cardholder chooses among the applications of a card: the
// terminal, or nobody, and then the card's first is taken.
func (e *Env) applicationChoice() func(context.Context, []emv.Candidate) int {
	if !e.CanAsk() {
		return nil
	}
	return e.chooseApplication
}

// chooseApplication asks until a number of the list is typed; Enter alone takes the first.
func (e *Env) chooseApplication(ctx context.Context, from []emv.Candidate) int {
	for i, c := range from {
		e.Note(i18n.T("%d  %s", "%d  %s").With(i+1, c.Label))
	}
	for {
		line, err := e.ask(ctx, i18n.T("application of the card, 1 to %d (Enter alone: 1): ", "卡片应用，1 至 %d（直接回车：1）：").With(len(from)))
		if err != nil {
			return -1
		}
		if line == "" {
			return 0
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(from) {
			return n - 1
		}
	}
}
