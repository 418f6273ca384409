package register_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
)

// newKeyedWorld is the world of a host that hands out working keys; its till has signed on.
func newKeyedWorld(t *testing.T, name string) *world {
	t.Helper()
	p, err := host.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, dir: t.TempDir(), plug: &plug{at: -1}, cards: chipCard, line: &line{profile: p},
		policy: register.Policy{Keys: true, PIN: true},
	}
	copyFolder(t, templateFolder, w.dir) // it has signed on, and has no keys yet
	w.start()
	t.Cleanup(w.stop)
	if err := w.reg.SignOn(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.line.sent = nil
	return w
}

// keyed runs a test in the world of each profile with working keys.
func keyed(t *testing.T, run func(*testing.T, *world)) {
	for _, name := range []string{"nac-pos", "unionpay-pos"} {
		t.Run(name, func(t *testing.T) { run(t, newKeyedWorld(t, name)) })
	}
}

// wantSent compares the messages since the last time.
func (w *world) wantSent(want ...string) {
	w.t.Helper()
	if !slices.Equal(w.line.sent, want) {
		w.t.Errorf("sent %v, want %v", w.line.sent, want)
	}
	w.line.sent = nil
}

// resolve works on what is open once, and wants the transaction to be in a state.
func (w *world) resolve(id till.TxnID, want till.State) {
	w.t.Helper()
	_, err := w.reg.Resolve(w.t.Context())
	t, readErr := w.store.Txn(w.t.Context(), id)
	if err != nil || readErr != nil || t.State != want {
		w.t.Errorf("%s is %s (%v, %v), want %s", id, t.State, err, readErr, want)
	}
}

// forget is a host that has lost all it ever knew, its keys among it.
func (w *world) forget() {
	w.t.Helper()
	dir := filepath.Join(w.dir, "host")
	if err := w.sim.Close(); err != nil {
		w.t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		w.t.Fatal(err)
	}
	var err error
	if w.sim, err = hostsim.Open(w.t.Context(), hostsim.Config{Dir: dir, Unsynced: true, Now: clock, Random: random()}); err != nil {
		w.t.Fatal(err)
	}
	w.line.sim = w.sim
}

// A host that changed or lost its keys says so. The sale that found out is undone, under
// keys that the terminal gets at once, and the next sale is taken.
func TestHostWithOtherKeys(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"changed": func(w *world) { w.line.orders = hostsim.Orders{Rekey: true} },
		"lost":    (*world).forget,
	} {
		t.Run(name, func(t *testing.T) {
			keyed(t, func(t *testing.T, w *world) {
				spoil(w)
				res, err, _ := w.sale("first")
				if err != nil || res.Outcome != till.OutcomeUnknown || res.Txn.State != till.Reversed || res.Txn.Reason != till.ReasonMAC {
					t.Errorf("the sale is %s, %s for %q (%v), want it unknown and reversed", res.Outcome, res.Txn.State, res.Txn.Reason, err)
				}
				w.wantSent("0200", "0800", "0400")
				if res, err, _ = w.sale("second"); err != nil || res.Outcome != till.OutcomeApproved {
					t.Errorf("the next sale is %s (%v)", res.Outcome, err)
				}
				w.wantSent("0200")
				if w.net() != 1250 {
					t.Errorf("the host moved %d, want 1250", w.net())
				}
			})
		})
	}
}

// One answer that does not prove itself is noise. Two in a row are other keys, though the
// host has said nothing: the terminal signs on, and the reversal goes out again later.
func TestAnswersThatDoNotProveThemselves(t *testing.T) {
	keyed(t, func(t *testing.T, w *world) {
		spoilt := 1
		w.line.fate = func(till.Request) fate {
			if spoilt--; spoilt >= 0 {
				return otherMAC
			}
			return arrives
		}
		res, _, _ := w.sale("one")
		w.wantSent("0200", "0400")
		if res.Txn.State != till.Reversed {
			t.Errorf("the sale is %s, want it reversed", res.Txn.State)
		}
		spoilt = 2
		res, _, _ = w.sale("two")
		w.wantSent("0200", "0400", "0800")
		if res.Txn.State != till.Reversing {
			t.Errorf("the sale is %s, want its reversal to wait", res.Txn.State)
		}
		w.resolve(res.Txn.ID, till.Reversed)
		w.wantSent("0401")
		if w.net() != 0 {
			t.Errorf("the host moved %d", w.net())
		}
	})
}

// Where nothing ever proves itself, the terminal signs on once and then waits for a person,
// or for the next program. When the line is sound again everything is undone.
func TestSignOnIsNoLoop(t *testing.T) {
	keyed(t, func(t *testing.T, w *world) {
		w.line.fate = func(q till.Request) fate {
			if q.Op == till.OpSignOn {
				return arrives
			}
			return otherMAC
		}
		res, _, _ := w.sale("first")
		for range 5 {
			w.resolve(res.Txn.ID, till.Reversing)
		}
		if n := count(w.line.sent, "0800"); n != 1 {
			t.Errorf("signed on %d times, want once: %v", n, w.line.sent)
		}
		w.restartTill()
		for range 5 {
			w.resolve(res.Txn.ID, till.Reversing)
		}
		if n := count(w.line.sent, "0800"); n != 2 {
			t.Errorf("signed on %d times after a restart, want once more: %v", n, w.line.sent)
		}
		w.line.sent = nil
		if err := w.reg.SignOnAgain(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.line.heal()
		w.resolve(res.Txn.ID, till.Reversed)
		w.wantSent("0800", "0401")
		if w.net() != 0 {
			t.Errorf("the host moved %d", w.net())
		}
	})
}

// A host may change its keys again before any answer has proved itself. The terminal waits
// before it signs on once more, and what it owes does not wait for ever.
func TestKeysThatChangeTwice(t *testing.T) {
	keyed(t, func(t *testing.T, w *world) {
		var passed time.Duration
		w.elapsed = func() time.Duration { return passed }
		w.restartTill()
		w.line.orders = hostsim.Orders{Rekey: true}
		w.line.fate = func(q till.Request) fate {
			if q.Op == till.OpReverse {
				return requestLost
			}
			return arrives
		}
		res, _, _ := w.sale("first")
		w.wantSent("0200", "0800", "0400")
		w.line.heal()
		w.line.orders = hostsim.Orders{Rekey: true}
		w.resolve(res.Txn.ID, till.Reversing)
		w.wantSent("0401")
		passed += time.Minute
		w.resolve(res.Txn.ID, till.Reversing)
		w.wantSent("0401", "0800")
		w.resolve(res.Txn.ID, till.Reversed)
		w.wantSent("0401")
		if w.net() != 0 {
			t.Errorf("the host moved %d", w.net())
		}
	})
}

func count(list []string, of string) (n int) {
	for _, s := range list {
		if s == of {
			n++
		}
	}
	return n
}

// A sign-on that gets no answer undoes nothing and is no error of the sale. The next use
// case signs on before it does anything else, and the reversal goes out under the new keys.
func TestSignOnThatIsNotAnswered(t *testing.T) {
	keyed(t, func(t *testing.T, w *world) {
		w.line.orders = hostsim.Orders{Rekey: true}
		w.line.fate = func(q till.Request) fate {
			if q.Op == till.OpSignOn {
				return answerLost
			}
			return arrives
		}
		res, err, _ := w.sale("first")
		if err != nil || res.Outcome != till.OutcomeUnknown || res.Txn.State != till.Reversing {
			t.Errorf("the sale is %s, %s (%v), want it unknown, and its reversal to wait", res.Outcome, res.Txn.State, err)
		}
		w.wantSent("0200", "0800", "0400")
		w.line.heal()
		w.restartTill()
		if res, err, _ = w.sale("second"); err != nil || res.Outcome != till.OutcomeApproved {
			t.Errorf("the next sale is %s (%v)", res.Outcome, err)
		}
		w.wantSent("0800", "0401", "0200")
		if w.net() != 1250 {
			t.Errorf("the host moved %d, want 1250", w.net())
		}
	})
}

// A till that undoes what another one of the shop left behind signs on in that till's name,
// where the host has changed the other's keys: nobody else may ever do it.
func TestKeysOfAnotherTill(t *testing.T) {
	keyed(t, func(t *testing.T, w *world) {
		w.line.fate = func(till.Request) fate { return answerLost }
		res, err, _ := w.sale("left behind")
		if err != nil || res.Txn.State != till.Reversing {
			t.Fatalf("%s, %v", res.Txn.State, err)
		}
		w.line.heal()
		w.terminal = "OTHER001"
		w.restartTill()
		if err := w.reg.SignOn(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.line.sent, w.line.orders = nil, hostsim.Orders{Rekey: true}
		w.resolve(res.Txn.ID, till.Reversing)
		w.resolve(res.Txn.ID, till.Reversed)
		w.wantSent("0401", "0800", "0401")
		if w.net() != 0 {
			t.Errorf("the host moved %d", w.net())
		}
		if res, err, _ = w.sale("its own"); err != nil || res.Outcome != till.OutcomeApproved {
			t.Errorf("its own sale is %s (%v)", res.Outcome, err)
		}
		w.wantSent("0200")
	})
}

// A batch is closed by an answer that proves itself, where the profile has one: any other
// leaves it where it is. Then the terminal signs on and settles.
func TestSettlementProvesItself(t *testing.T) {
	w := newKeyedWorld(t, "nac-pos")
	if _, err, _ := w.sale("sale"); err != nil {
		t.Fatal(err)
	}
	w.line.fate = func(q till.Request) fate {
		if q.Op == till.OpReconcile {
			return otherMAC
		}
		return arrives
	}
	w.line.sent = nil
	for range 3 {
		if b, err := w.reg.CloseBatch(t.Context()); err == nil || b.State == till.BatchClosed {
			t.Fatalf("the batch is %s (%v), want it open", b.State, err)
		}
	}
	w.wantSent("0500", "0800", "0500", "0500", "0800") // the first sign-on is that of the next batch
	w.line.heal()
	b, err := w.reg.CloseBatch(t.Context())
	if err != nil || b.State != till.BatchClosed {
		t.Errorf("the batch is %s (%v), want it closed", b.State, err)
	}
}

// The host has changed its keys, and the power goes at any moment of the sale that finds out
// and of its undoing. The next program ends with nothing charged and nothing owed.
func TestPowerCutsAtOtherKeys(t *testing.T) {
	keyed(t, func(t *testing.T, first *world) {
		first.line.orders = hostsim.Orders{Rekey: true}
		first.plug.names, first.plug.passed = nil, 0
		if _, err, _ := first.sale("sale"); err != nil {
			t.Fatal(err)
		}
		for at := range first.plug.passed {
			name := first.plug.names[at]
			w := newKeyedWorld(t, first.line.profile.Name)
			w.line.orders = hostsim.Orders{Rekey: true}
			w.plug.names, w.plug.passed, w.plug.at = nil, 0, at
			if _, _, cut := w.sale("sale"); !cut {
				t.Fatalf("%s: the power stayed", name)
			}
			w.restartTill()
			w.line.orders = hostsim.Orders{} // what was on its way is gone
			for range 3 {
				if _, err := w.reg.Resolve(context.Background()); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			res, err, _ := w.sale("next")
			if err != nil || res.Outcome != till.OutcomeApproved || w.net() != 1250 {
				t.Errorf("cut %s: the next sale is %s (%v), the host moved %d, want 1250", name, res.Outcome, err, w.net())
			}
			for _, txn := range w.txns() {
				if txn.State.IsOpen() {
					t.Errorf("cut %s: %s is still %s", name, txn.Key, txn.State)
				}
			}
		}
	})
}

// What waits for the host does not wait for the next sale to sign the terminal on: where the
// sign-on between two messages was not answered, it is tried again before the reversal.
func TestWhatWaitsSignsOnFirst(t *testing.T) {
	keyed(t, func(t *testing.T, w *world) {
		w.line.orders = hostsim.Orders{Rekey: true}
		w.line.fate = func(q till.Request) fate {
			if q.Op == till.OpSignOn {
				return answerLost
			}
			return arrives
		}
		res, err, _ := w.sale("first")
		if err != nil || res.Txn.State != till.Reversing {
			t.Fatalf("the sale is %s (%v), want it to wait for its reversal", res.Txn.State, err)
		}
		w.wantSent("0200", "0800", "0400")
		w.line.heal()
		w.resolve(res.Txn.ID, till.Reversed)
		w.wantSent("0800", "0401")
	})
}

// fullDisk has no room for the next sign-off.
type fullDisk struct {
	register.Store
	full *bool
}

// SignedOn implements register.Batches.
func (d fullDisk) SignedOn(ctx context.Context, terminal string, on bool) error {
	if *d.full && !on {
		*d.full = false
		return errors.New("no space left on device")
	}
	return d.Store.SignedOn(ctx, terminal, on)
}

// Where the disk cannot take that the terminal must sign on, the next answer that says so is
// heard as the first was.
func TestSignOnThatCouldNotBeNoted(t *testing.T) {
	keyed(t, func(t *testing.T, w *world) {
		full := true
		w.wrap = func(_ *world, s register.Store) register.Store { return fullDisk{s, &full} }
		w.restartTill()
		w.line.orders = hostsim.Orders{Rekey: true}
		res, err, _ := w.sale("first")
		if err != nil || res.Txn.State != till.Reversing || full {
			t.Fatalf("the sale is %s (%v), want it to wait for its reversal", res.Txn.State, err)
		}
		w.resolve(res.Txn.ID, till.Reversed)
		if res, err, _ := w.sale("second"); err != nil || res.Outcome != till.OutcomeApproved {
			t.Errorf("the next sale is %s (%v)", res.Outcome, err)
		}
	})
}
