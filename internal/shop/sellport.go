package shop

import (
	"context"

	"github.com/tillworks/till/internal/till"
)

// SaleBook is what sales and returns of lines ask of the books.
type SaleBook interface {
	PriceBook
	TicketBook
	TxnBook
}

// PriceBook knows what is sold at which price and by which rules.
type PriceBook interface {
	// ItemByCode finds by SKU or barcode; a deleted item is a *till.Problem of
	// till.CodeNotFound that says so.
	ItemByCode(ctx context.Context, code string) (till.Item, till.Variant, error)
	Programmes(ctx context.Context) ([]till.Programme, error)
	TaxClasses(ctx context.Context) ([]till.TaxClass, error)
	Member(ctx context.Context, id till.MemberID) (till.Member, error)
}

// TicketBook keeps sales and returns. A known idempotency key is a *till.TicketReplay.
type TicketBook interface {
	SaveTicket(ctx context.Context, t till.Ticket) (till.Ticket, error)
	CancelTicket(ctx context.Context, id till.TicketID, ch till.Change) (till.Ticket, error)
	CompleteTicket(ctx context.Context, t till.Ticket) (till.Ticket, error)
	Ticket(ctx context.Context, id till.TicketID) (till.Ticket, error)
	TicketByKey(ctx context.Context, key string) (till.Ticket, error)
	Tickets(ctx context.Context, f till.TicketFilter) ([]till.Ticket, error)
	// TicketTxns are the transactions of a ticket, first begun first.
	TicketTxns(ctx context.Context, id till.TicketID) ([]till.Txn, error)
}

// TxnBook reads the transactions that pay for tickets.
type TxnBook interface {
	Txn(ctx context.Context, id till.TxnID) (till.Txn, error)
	TxnByKey(ctx context.Context, key string) (till.Txn, error)
	Session(ctx context.Context, terminal string) (till.Session, error)
	Confirmations(ctx context.Context, terminal string) ([]till.Confirmation, error)
}
