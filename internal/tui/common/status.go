package common

import (
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Status is what the bar at the bottom tells.
type Status struct {
	Shop     string // name
	Staff    till.StaffID
	Role     till.Role
	Shift    int // 0 is none
	Currency money.Currency
	HostDown bool   // the host did not answer when it was last asked
	Host     string // its address, or empty for the embedded one
	Queue    int    // transactions whose reversal is still to be acknowledged
	Reader   string
	NoReader bool
	Held     int // tickets put aside
}

// StatusRead brings a new status.
type StatusRead struct{ Status Status }
