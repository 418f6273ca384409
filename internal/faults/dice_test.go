package faults

import (
	"fmt"
	"math/rand/v2"
)

// what names a kind of decision. Each command of a schedule has a stream of decisions of
// each kind, so that one that is taken away changes none of the others.
type what byte

const (
	planned  what = 'p' // what the shop does
	delayed  what = 'd' // how long a message takes
	request  what = 'q' // the fate of a message to the host
	answer   what = 'a' // the fate of a message from the host
	deciding what = 'h' // what goes wrong in the host
	counting what = 'n' // whether the host miscounts a batch
	refusing what = 'r' // whether the host refuses what is owed
	giving   what = 'g' // whether the operator gives up
	dialling what = 'l' // whether the host takes a connection
	crashing what = 'c' // whether the power goes
	storing  what = 's' // whether the disk takes a commit
	jumping  what = 'j' // whether the wall clock jumps
	lasting  what = 'k' // whether a power cut lasts
)

// fault is a decision that went against the shop: the n-th of its kind of a command.
type fault struct {
	command int
	what    what
	n       int
}

func (f fault) String() string { return fmt.Sprintf("%d%c%d", f.command, f.what, f.n) }

// dice decide. They keep which faults there were, and leave out those that are forgiven.
type dice struct {
	seed     uint64
	healed   bool
	fair     bool // nothing goes wrong from the start
	forgiven map[fault]bool
	thrown   map[fault]int // by fault with n 0: how often
	faults   []fault
}

func newDice(seed uint64, forgiven map[fault]bool) *dice {
	return &dice{seed: seed, forgiven: forgiven, thrown: map[fault]int{}}
}

// throw is the next decision of a kind of a command. It must repeat, not surprise.
func (d *dice) throw(command int, w what) (fault, *rand.Rand) {
	of := fault{command: command, what: w}
	n := d.thrown[of]
	d.thrown[of] = n + 1
	of.n = n
	return of, rand.New(rand.NewPCG(d.seed, uint64(command)<<32|uint64(w)<<24|uint64(n)))
}

// fate picks one of a kind's outcomes by its chances in a thousand; 0 is that all is well.
func (d *dice) fate(command int, w what, chances []int) (int, *rand.Rand) {
	f, r := d.throw(command, w)
	if d.healed || d.fair {
		return 0, r
	}
	left := r.IntN(1000)
	for i, chance := range chances {
		if left -= chance; left >= 0 {
			continue
		}
		if d.forgiven[f] {
			return 0, r
		}
		d.faults = append(d.faults, f)
		return i + 1, r
	}
	return 0, r
}
