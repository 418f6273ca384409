package till

import "time"

// StaffID names a member of the staff: up to 20 lower-case letters, digits, '-' and '_'.
type StaffID string

// Role is what a member of the staff is.
type Role string

// The roles.
const (
	Cashier Role = "cashier"
	Manager Role = "manager"
	Admin   Role = "admin"
	Support Role = "support" // looks into transactions and devices, sells nothing
	Auditor Role = "auditor" // reads everything, changes nothing
)

// Roles are all roles.
func Roles() []Role { return []Role{Cashier, Manager, Admin, Support, Auditor} }

// Staff is a member of the staff.
type Staff struct {
	ID      StaffID `json:"id"`
	Name    string  `json:"name"`
	Role    Role    `json:"role"`
	PINHash string  `json:"pin_hash,omitempty"` // argon2id under a pepper that is not in the store; empty cannot sign in
	Gone    bool    `json:"gone,omitempty"`     // no longer works here; history keeps the name
	Version int     `json:"version"`
}

// PINTries are the wrong PINs of a member since the last right one.
type PINTries struct {
	Wrong  int       `json:"wrong"`
	LastAt time.Time `json:"last_at,omitzero"`
}

// Clocking is one clock in or out.
type Clocking struct {
	Seq   int64     `json:"seq,omitempty"`
	Staff StaffID   `json:"staff"`
	In    bool      `json:"in"`
	At    time.Time `json:"at"`
	By    StaffID   `json:"by,omitempty"`   // who put it in for another
	Note  string    `json:"note,omitempty"` // why it was put in later
}

// Actor is who does something. The zero Actor may do nothing.
type Actor struct {
	Staff StaffID `json:"staff,omitempty"` // empty for the owner of a shop without staff
	Role  Role    `json:"role,omitempty"`
}

// Owner is the actor of a shop that has no staff: there is nobody to tell apart.
func Owner() Actor { return Actor{Role: Admin} }
