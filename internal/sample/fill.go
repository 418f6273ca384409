package sample

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tillworks/till/internal/till"
)

// Books take the history in. A store does.
type Books interface {
	Import(ctx context.Context, tickets []till.Past) error
	MoveStock(ctx context.Context, moves []till.StockMove, policy till.StockPolicy) error
	CloseDay(ctx context.Context, ch till.Change) (till.ZReport, error)
	StartClose(ctx context.Context, terminal string) (till.Batch, error)
	RecordBatch(ctx context.Context, b till.Batch) error
}

// Fill takes the days from one to the other into the books, both included, each in one
// commit. At half past nine in the evening its batch of cards is closed, and it gets its
// Z report. What a month has sold is delivered on its last day. The goods are in the books
// already.
func (h *History) Fill(ctx context.Context, b Books, from, to till.Day) error {
	sold := map[till.SKU]till.Quantity{}
	for day := from; day <= to; day = dayAfter(day) {
		tickets, err := h.Day(day)
		if err != nil {
			return err
		}
		if err := b.Import(ctx, tickets); err != nil {
			return fmt.Errorf("importing %s: %w", day, err)
		}
		evening := h.moment(day, 21, 1, 2)
		takeStock(sold, tickets)
		if next := dayAfter(day); next.Month() != day.Month() || day == to {
			if err := b.MoveStock(ctx, delivery(sold, evening), till.StockAllow); err != nil {
				return fmt.Errorf("delivery of %s: %w", day, err)
			}
			clear(sold)
		}
		if err := h.close(ctx, b, evening); err != nil {
			return fmt.Errorf("closing %s: %w", day, err)
		}
	}
	return nil
}

// close closes the batch of cards, with which its host agrees, and the day.
func (h *History) close(ctx context.Context, b Books, at time.Time) error {
	batch, err := b.StartClose(ctx, h.o.Terminal)
	if err != nil {
		return err
	}
	batch.State, batch.ClosedAt, batch.Attempts = till.BatchClosed, at, 1
	if err := b.RecordBatch(ctx, batch); err != nil {
		return err
	}
	_, err = b.CloseDay(ctx, till.Change{At: at})
	return err
}

func dayAfter(day till.Day) till.Day {
	year, month, date := day.Date()
	return till.DayOf(time.Date(year, month, date+1, 12, 0, 0, 0, time.UTC).Date())
}

// takeStock adds what tickets took off the shelf, less what came back.
func takeStock(sold map[till.SKU]till.Quantity, tickets []till.Past) {
	for _, p := range tickets {
		for _, l := range p.Ticket.Lines {
			switch {
			case !l.Tracked:
			case p.Ticket.Kind == till.TicketReturn:
				sold[l.SKU] -= l.Quantity
			default:
				sold[l.SKU] += l.Quantity
			}
		}
	}
}

func delivery(sold map[till.SKU]till.Quantity, at time.Time) []till.StockMove {
	var moves []till.StockMove
	for _, sku := range slices.Sorted(maps.Keys(sold)) {
		if q := sold[sku]; q > 0 {
			moves = append(moves, till.StockMove{SKU: sku, Quantity: q, Reason: till.StockReceive, At: at.UTC(), Document: at.Format("DN-200601")})
		}
	}
	return moves
}
