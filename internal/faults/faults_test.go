package faults

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	seeds = flag.Int("seeds", 60, "how many schedules to run")
	seed  = flag.Uint64("seed", 0, "the one schedule to run, and to tell; 0 runs many")
)

// perWorld is how many schedules a world serves before it has grown too large.
const perWorld = 50

// shrinkTries is how many runs the shrinking of a failing seed may take.
const shrinkTries = 300

// template is the folder of a shop that was founded and has done nothing else.
var template string

func TestMain(m *testing.M) { os.Exit(withTemplate(m)) }

func withTemplate(m *testing.M) int {
	dir, err := os.MkdirTemp(inMemory(), "till-faults-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		err = found(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	template = dir
	return m.Run()
}

// inMemory is a folder in memory where the system has one, else that of what is temporary.
func inMemory() string {
	const folder = "/dev/shm"
	if info, err := os.Stat(folder); err == nil && info.IsDir() {
		return folder
	}
	return os.TempDir()
}

func TestSchedules(t *testing.T) {
	if *seed != 0 {
		y := newYard(t, mutant{})
		s := y.run(trial{seed: *seed})
		fmt.Println(s.tale())
		if len(s.wrong) > 0 {
			t.Error(y.shrink(trial{seed: *seed}, shrinkTries).report())
		}
		y.leave()
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // there is memory, and what is alive is little
	began := time.Now()
	var next atomic.Uint64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			y := newYard(t, mutant{})
			defer y.leave()
			for !t.Failed() {
				n := next.Add(1)
				if n > uint64(*seeds) {
					return
				}
				if s := y.run(trial{seed: n}); len(s.wrong) > 0 {
					t.Error(y.shrink(trial{seed: n}, shrinkTries).report())
				}
			}
		})
	}
	workers.Wait()
	took, ran := time.Since(began), min(int(next.Load()), *seeds)
	t.Logf("%d schedules of %d commands in %v: %.0f commands a second", ran, commands, took.Round(time.Millisecond),
		float64(ran*commands)/took.Seconds())
}

// Each of the bugs must be caught within a hundred seeds, or the schedules prove nothing; and
// not where nothing goes wrong, or they catch something else.
func TestMutantsAreCaught(t *testing.T) {
	const within = 100
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	for _, mu := range mutants() {
		t.Run(mu.name, func(t *testing.T) {
			t.Parallel()
			y := newYard(t, mu)
			defer y.leave()
			if s := y.run(trial{seed: 1, fair: true}); len(s.wrong) > 0 && !mu.always {
				t.Errorf("without any fault: %s", s.wrong[0])
			}
			for n := uint64(1); n <= within; n++ {
				if s := y.run(trial{seed: n}); len(s.wrong) > 0 {
					t.Logf("caught by seed %d: %s", n, s.wrong[0])
					return
				}
			}
			t.Errorf("a till or host with this bug passed %d schedules", within)
		})
	}
}

// A seed tells the same story whenever it is run, and in whatever world.
func TestSameSeedSameStory(t *testing.T) {
	y := newYard(t, mutant{})
	defer y.leave()
	for n := uint64(1); n <= 5; n++ {
		first, second := y.run(trial{seed: n}).tale(), y.run(trial{seed: n}).tale()
		if first != second {
			t.Errorf("seed %d:\n%s\nand then\n%s", n, first, second)
		}
	}
}

// What looks for card numbers finds them.
func TestCardNumbersAreFound(t *testing.T) {
	for _, pan := range cardNumbers() {
		for name, form := range formsOf(pan) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "dump"), append([]byte("junk"), form...), 0o600); err != nil {
				t.Fatal(err)
			}
			if noCardNumbers(dir) == nil {
				t.Errorf("a card number as %s was not found", name)
			}
		}
	}
}

// yard is where a worker keeps its world, and gets the next.
type yard struct {
	t      *testing.T
	mutant mutant
	w      *world
	served int
	spoilt bool // something was wrong in it
}

func newYard(t *testing.T, mu mutant) *yard { return &yard{t: t, mutant: mu} }

// run plays a schedule in the world that stands, or in a new one.
func (y *yard) run(tr trial) *schedule {
	if y.w == nil {
		w, err := newWorld(y.mutant)
		if err != nil {
			y.t.Fatal(err)
		}
		y.w, y.served = w, 0
	}
	s := y.w.run(y.t, tr)
	y.served, y.spoilt = y.served+1, len(s.wrong) > 0
	if y.spoilt || y.served >= perWorld {
		y.leave()
	}
	return s
}

// leave verifies the world as a whole, unless something was wrong in it before, and takes
// it away.
func (y *yard) leave() {
	if y.w == nil {
		return
	}
	if y.mutant.name == "" && !y.spoilt {
		for _, wrong := range y.w.verify() {
			y.t.Errorf("after %d schedules: %s", y.served, wrong)
		}
	}
	if err := y.w.close(); err != nil {
		y.t.Error(err)
	}
	y.w = nil
}
