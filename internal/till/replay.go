package till

import "fmt"

// TicketReplay tells that the idempotency key of a ticket is known already; Ticket is the
// stored one. Whoever gets it compares the requests.
type TicketReplay struct{ Ticket Ticket }

// Error implements error.
func (r *TicketReplay) Error() string {
	return fmt.Sprintf("idempotency key of ticket %s is taken", r.Ticket.ID)
}
