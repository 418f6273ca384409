package till

import "time"

// Disclosure says that card data was shown in clear: when, by which command, to whom and
// of how many messages. It holds none of it.
type Disclosure struct {
	At       time.Time `json:"at"`
	Command  string    `json:"command"`         // "till iso explain"
	User     string    `json:"user"`            // of the operating system
	Staff    StaffID   `json:"staff,omitempty"` // who is signed in at the terminal, if anybody
	Messages int       `json:"messages"`        // shown; 0 in the row that is written before the first is
}
