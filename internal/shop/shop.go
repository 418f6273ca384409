package shop

import (
	"io"
	"time"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Config is what a shop works with. All fields without another word are needed.
type Config struct {
	Store    Store
	Register *register.Register
	Pepper   func() ([]byte, error) // 32 bytes that are not in the store; the caller owns what it gets

	Terminal string // field 41, of the till that this process is
	Currency money.Currency
	Calendar till.Calendar
	Tax      till.TaxRules // without classes: those are in the store
	Loyalty  till.LoyaltyRules
	Stock    till.StockPolicy

	// DrawerLimit is how far a counted drawer may be from the books before somebody who
	// may open it must approve; the zero amount asks for no approval.
	DrawerLimit money.Amount

	Now    func() time.Time
	Random io.Reader
}

// Shop performs the use cases. It may be used by several goroutines at once.
type Shop struct{ cfg Config }

// New makes a shop.
func New(cfg Config) *Shop { return &Shop{cfg: cfg} }

// zone is the shop's, of what is told of the clock.
func (s *Shop) zone() *time.Location {
	if s.cfg.Calendar.Zone == nil {
		return time.UTC
	}
	return s.cfg.Calendar.Zone
}
