package shop

import (
	"context"

	"github.com/tillworks/till/internal/till"
)

// ItemBook keeps the catalogue.
type ItemBook interface {
	PutItems(ctx context.Context, items []till.Item, ch till.Change) ([]till.Item, error)
	// ImportItems puts items and the stock that they begin with in one commit.
	ImportItems(ctx context.Context, items []till.Item, opening []till.StockMove, ch till.Change) ([]till.Item, error)
	Item(ctx context.Context, id till.ItemID) (till.Item, error) // a deleted one too
	ItemByCode(ctx context.Context, code string) (till.Item, till.Variant, error)
	Items(ctx context.Context, f till.ItemFilter) ([]till.Item, error)
	CountItems(ctx context.Context, f till.ItemFilter) (int, error)
	Categories(ctx context.Context) ([]string, error)
	Prices(ctx context.Context, sku till.SKU) ([]till.PriceChange, error)
}

// StockBook keeps what is on hand.
type StockBook interface {
	MoveStock(ctx context.Context, moves []till.StockMove, policy till.StockPolicy) error
	StockLevels(ctx context.Context, skus ...till.SKU) ([]till.StockLevel, error) // of none: of all that is tracked
	StockMoves(ctx context.Context, sku till.SKU, limit int) ([]till.StockMove, error)
}

// StocktakeBook keeps counts of the stock.
type StocktakeBook interface {
	PutStocktake(ctx context.Context, t till.Stocktake) (till.Stocktake, error)
	PostStocktake(ctx context.Context, id string, ch till.Change) (till.Stocktake, error)
	Stocktake(ctx context.Context, id string) (till.Stocktake, error)
	Stocktakes(ctx context.Context) ([]till.Stocktake, error)
}
