package pages

import (
	"testing"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/styles"
)

// A code says how many seconds are left: by the gateway's word, else by the shop's
// patience, which is counted down tick by tick and never below nothing.
func TestSecondsLeft(t *testing.T) {
	for _, c := range []struct {
		name  string
		until time.Time
		ticks int
		want  string
	}{
		{"gateway", morning().Add(55 * time.Second), 3, "55 s left"},
		{"patience", time.Time{}, 3, "57 s left"},
		{"over", time.Time{}, 70, " 0 s left"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := work(desk{})
			w.Patience = time.Minute
			s := newScreen(t, paying(w, till.Ticket{Total: cny(1800)}), 80, 24, i18n.English, styles.Lines())
			order := &till.Order{Code: "https://pay.example/q/7F3K", ExpiresAt: c.until}
			s.send(common.Observed{Observation: register.Observation{What: register.CodeShown, Txn: till.Txn{Amount: cny(1800), Wallet: order}}})
			for range c.ticks {
				s.send(common.Tick{})
			}
			s.sees(c.want)
		})
	}
}
