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

	"github.com/tillworks/till/internal/host"
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

// A seed tells the same story whenever it is run, and in whatever world, at every kind of
// host.
func TestSameSeedSameStory(t *testing.T) {
	y := newYard(t, mutant{})
	defer y.leave()
	kinds := uint64(len(host.Names()))
	for n := uint64(1); n <= 2*kinds; n++ {
		first, second := y.run(trial{seed: n}).tale(), y.run(trial{seed: n}).tale()
		if first != second {
			t.Errorf("seed %d at %s:\n%s\nand then\n%s", n, profileOf(n), first, second)
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

// yard is where a worker keeps its worlds, one for each kind of host.
type yard struct {
	t      *testing.T
	mutant mutant
	homes  map[string]*home
}

// home is a world with what it has been through.
type home struct {
	w      *world
	served int
}

func newYard(t *testing.T, mu mutant) *yard {
	return &yard{t: t, mutant: mu, homes: map[string]*home{}}
}

// run plays a schedule in the world of its kind of host that stands, or in a new one. One
// in which something was wrong is of no more use.
func (y *yard) run(tr trial) *schedule {
	profile := profileOf(tr.seed)
	h := y.homes[profile]
	if h == nil {
		w, err := newWorld(profile, y.mutant)
		if err != nil {
			y.t.Fatal(err)
		}
		h = &home{w: w}
		y.homes[profile] = h
	}
	s := h.w.run(y.t, tr)
	h.served++
	switch {
	case len(s.wrong) > 0:
		y.raze(profile)
	case h.served >= perWorld:
		y.verify(profile)
		y.raze(profile)
	}
	return s
}

// leave verifies the worlds that stand, and takes them away.
func (y *yard) leave() {
	for profile := range y.homes {
		y.verify(profile)
		y.raze(profile)
	}
}

// verify holds a world as a whole against what must be true of it.
func (y *yard) verify(profile string) {
	if y.mutant.name != "" {
		return
	}
	h := y.homes[profile]
	for _, wrong := range h.w.verify() {
		y.t.Errorf("after %d schedules at %s: %s", h.served, profile, wrong)
	}
}

func (y *yard) raze(profile string) {
	if err := y.homes[profile].w.close(); err != nil {
		y.t.Error(err)
	}
	delete(y.homes, profile)
}
