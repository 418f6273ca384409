package shop

import (
	"context"
	"time"

	"github.com/tillworks/till/internal/till"
)

// Store is all that the use cases ask of the books. Each method that writes is one commit;
// what is not there is a *till.Problem of till.CodeNotFound; a version that is not the
// stored one wraps till.ErrStale.
type Store interface {
	StaffBook
	PINBook
	Desk
	TimeBook
	DrawerBook
	DayBook
	MemberBook
	ProgrammeBook
	TaxBook
	SaleBook
	FactBook
	LevelBook
	SettlementBook
	TxnList
	ItemBook
	StockBook
	StocktakeBook
}

// StaffBook keeps the members of the staff.
type StaffBook interface {
	// PutStaff refuses what would leave nobody who can sign in and edit the staff, where
	// somebody could.
	PutStaff(ctx context.Context, s till.Staff, ch till.Change) (till.Staff, error)
	Staff(ctx context.Context, id till.StaffID) (till.Staff, error)
	AllStaff(ctx context.Context) ([]till.Staff, error)
}

// PINBook counts PINs that were tried.
type PINBook interface {
	Tries(ctx context.Context, id till.StaffID) (till.PINTries, error)
	// CountTry counts one more and gives the sum with it.
	CountTry(ctx context.Context, id till.StaffID, at time.Time) (till.PINTries, error)
	ClearTries(ctx context.Context, id till.StaffID) error
}

// Desk knows who is signed in at a terminal.
type Desk interface {
	SignIn(ctx context.Context, terminal string, id till.StaffID, at time.Time) error // an empty id signs out
	SignedIn(ctx context.Context, terminal string) (till.StaffID, time.Time, error)   // an empty id is nobody
}
