package faults

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// shrink takes away commands and faults for as long as something stays wrong, and returns
// the schedule that is left. tries bounds the runs that it may take.
func (y *yard) shrink(tr trial, tries int) *schedule {
	k := &shrinking{y: y, tries: tries}
	k.best = y.run(tr)
	k.trial = tr
	k.commands()
	k.faults()
	k.commands()
	return k.best
}

type shrinking struct {
	y     *yard
	tries int
	trial trial
	best  *schedule // that is wrong
}

// fails runs a smaller trial and keeps it if something is wrong in it too.
func (k *shrinking) fails(tr trial) bool {
	if k.tries == 0 {
		return false
	}
	k.tries--
	s := k.y.run(tr)
	if len(s.wrong) == 0 {
		return false
	}
	k.trial, k.best = tr, s
	return true
}

// commands takes away commands, many at a time as long as that goes well.
func (k *shrinking) commands() {
	for size := commands / 2; size > 0; size /= 2 {
		for from := 1; from <= commands; from += size {
			left := maps.Clone(k.trial.left)
			if left == nil {
				left = map[int]bool{}
			}
			before := len(left)
			for n := from; n < from+size; n++ {
				left[n] = true
			}
			if len(left) > before {
				k.fails(trial{seed: k.trial.seed, left: left, forgiven: k.trial.forgiven})
			}
		}
	}
}

// faults forgives faults, many at a time too. Without one others may come to be.
func (k *shrinking) faults() {
	for size := (len(k.best.dice.faults) + 1) / 2; size > 0; size /= 2 {
		for from := 0; from < len(k.best.dice.faults); {
			forgiven := maps.Clone(k.trial.forgiven)
			if forgiven == nil {
				forgiven = map[fault]bool{}
			}
			for _, f := range k.best.dice.faults[from:min(from+size, len(k.best.dice.faults))] {
				forgiven[f] = true
			}
			if !k.fails(trial{seed: k.trial.seed, left: k.trial.left, forgiven: forgiven}) {
				from += size
			}
		}
	}
}

// report is what a person reads of a failing seed.
func (s *schedule) report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, %d commands and %d faults are left:\n", s.seed, commands-len(s.left), len(s.dice.faults))
	fmt.Fprintln(&b, strings.Join(s.story, "\n"))
	fmt.Fprintln(&b, "what is wrong:")
	for _, w := range slices.Compact(s.wrong) {
		fmt.Fprintln(&b, "  "+w)
	}
	fmt.Fprintf(&b, "again: make faults SEED=%d\n", s.seed)
	return b.String()
}
