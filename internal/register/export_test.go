package register

import "github.com/tillworks/till/internal/terminal"

// SetStep puts a mutant in the place of terminal.Step, for the tests that prove that
// the crash schedules bite.
func SetStep(r *Register, step func(terminal.State, terminal.Event) (terminal.State, []terminal.Action)) {
	r.step = step
}
