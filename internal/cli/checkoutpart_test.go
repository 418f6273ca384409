package cli

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/teatest/v2"

	"github.com/tillworks/till/internal/till"
)

// toPart goes to the question about a part: the lab's host halves amounts that end in .10.
func toPart(t *testing.T, settings string) *counterTop {
	t.Helper()
	c := openCounter(t, settings, nil)
	c.rings("platter")
	c.toPay()
	c.keys("f3")
	c.sees("The bank approves 25.05 CNY of the 50.10 CNY asked.")
	return c
}

func TestCheckoutPartTaken(t *testing.T) {
	c := toPart(t, "")
	c.keys("f9")
	c.sees("25.05 CNY of 50.10 CNY are taken, 25.05 CNY are still due")
	c.keys("f2", "30", "enter")
	c.sees("PAID")
	c.leaves()
	b := c.holds(till.TicketDone, "sale card APPROVED 25.05", "sale cash APPROVED 25.05")
	if b.Txns[0].Asked.Decimal() != "50.10" {
		t.Errorf("asked %s, want 50.10", b.Txns[0].Asked)
	}
}

func TestCheckoutPartRefused(t *testing.T) {
	c := toPart(t, "")
	c.keys("esc")
	c.sees("nothing is taken; the part was given back, 50.10 CNY are due")
	c.keys("f2", "enter")
	c.sees("PAID")
	c.leaves()
	c.holds(till.TicketDone, "sale card REVERSED 50.10", "sale cash APPROVED 50.10")
}

// Silence is a refusal: the card is not kept waiting for longer than the shop is patient.
func TestCheckoutPartUnanswered(t *testing.T) {
	c := toPart(t, "wallet.patience = \"1s\"\n")
	c.sees("nothing is taken; the part was given back, 50.10 CNY are due")
	c.leaves()
	c.holds(till.TicketOpen, "sale card REVERSED 50.10")
}

// Ctrl+C while the shopper is asked: the part is given back before the program ends.
func TestCheckoutPartInterrupted(t *testing.T) {
	c := toPart(t, "")
	c.model.Send(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})
	c.model.WaitFinished(t, teatest.WithFinalTimeout(20*time.Second))
	c.holds(till.TicketOpen, "sale card REVERSED 50.10")
}
