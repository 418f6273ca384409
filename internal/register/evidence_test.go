package register_test

import (
	"fmt"
	"testing"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// holds makes every sale of the world read the same card, as it comes back to the shop.
func (w *world) holds(p virtual.Profile) {
	card := virtual.NewCard(p)
	w.cards = func() reader.Reader { return virtual.NewReader(card) }
}

// Cards of every scheme and cipher prove themselves to the host and the host to them,
// and the row of the journal that approves the sale says both.
func TestJournalSaysWhatWasVerified(t *testing.T) {
	for _, p := range []virtual.Profile{virtual.Visa(), virtual.Visa18(), virtual.MChip(), virtual.CCD(), virtual.CCDAES()} {
		t.Run(p.Name, func(t *testing.T) {
			w := newWorld(t)
			w.holds(p)
			x := w.mustTake(1250)
			if !x.Chip.ARQCVerified || !x.Chip.ARPCVerified || x.Chip.CryptogramType != "TC" {
				t.Errorf("evidence %+v", x.Chip)
			}
			history, err := w.store.History(t.Context(), x.ID)
			if err != nil || len(history) < 2 {
				t.Fatalf("history %v, %v", history, err)
			}
			first, last := history[0], history[len(history)-1]
			if first.ARQCVerified || first.ARPCVerified || last.State != till.Approved || !last.ARQCVerified || !last.ARPCVerified {
				t.Errorf("journal: first %+v, last %+v", first, last)
			}
		})
	}
}

// A host that declines has checked the card all the same; one whose issuer is down has
// not.
func TestVerifiedAndDeclined(t *testing.T) {
	for minor, want := range map[int64]bool{1051: true, 1091: false} {
		w := newWorld(t)
		res, err := w.take("", minor, till.Chip)
		if err != nil || res.Outcome != till.OutcomeDeclined || res.Txn.Chip == nil || res.Txn.Chip.ARQCVerified != want {
			t.Errorf("%d: %s, evidence %+v, %v, want verified %v", minor, res.Outcome, res.Txn.Chip, err, want)
		}
	}
}

// The scripts of the issuer run at the card, whichever form they have, and the journal
// keeps how they went.
func TestScriptsGoToTheJournal(t *testing.T) {
	for _, p := range []virtual.Profile{virtual.Visa(), virtual.Visa18(), virtual.MChip(), virtual.CCD(), virtual.CCDAES()} {
		for minor, want := range map[int64]string{
			1081: "72 00000051 1/1 2000000051", 1083: "72 00000053 1/1 2000000053", 1084: "71 00000054 2/2 2000000054", 1085: "72 00000055 0/1 1100000055",
		} {
			w := newWorld(t)
			w.holds(p)
			x := w.mustTake(minor)
			if len(x.Chip.Scripts) != 1 {
				t.Fatalf("%s %d: scripts %+v", p.Name, minor, x.Chip.Scripts)
			}
			s := x.Chip.Scripts[0]
			got := fmt.Sprintf("%s %s %d/%d %s", s.Template, s.ID, s.Done, s.Commands, s.Result)
			if got != want || s.Failed() != (minor == 1085) {
				t.Errorf("%s %d: got %s, failed %v, want %s", p.Name, minor, got, s.Failed(), want)
			}
			stored, err := w.store.Txn(t.Context(), x.ID)
			if err != nil || len(stored.Chip.Scripts) != 1 || stored.Chip.Scripts[0] != s {
				t.Errorf("%s %d: the store has %+v, %v", p.Name, minor, stored.Chip, err)
			}
		}
	}
}

// A card that its issuer blocked is of no use for the next sale, and nothing is charged.
func TestBlockedByScript(t *testing.T) {
	for _, minor := range []int64{1081, 1086} {
		w := newWorld(t)
		w.holds(virtual.Visa())
		w.mustTake(minor)
		res, err := w.take("", 1250, till.Chip)
		if err == nil && res.Outcome == till.OutcomeApproved {
			t.Errorf("%d: the next sale is %s", minor, res.Outcome)
		}
		if net := w.net(); net != minor {
			t.Errorf("%d: the host moved %d", minor, net)
		}
	}
}
