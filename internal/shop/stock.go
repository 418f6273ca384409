package shop

import (
	"context"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// StockLine is so much of something, by its SKU, barcode or the id of an item with one
// variant.
type StockLine struct {
	Code     string
	Quantity till.Quantity
}

// StockEntry is what is moved by hand, all of it in one commit.
type StockEntry struct {
	Lines    []StockLine
	Document string // such as the delivery note
	Note     string // why; an adjustment and waste want one
}

// ReceiveStock takes a delivery in.
func (s *Shop) ReceiveStock(ctx context.Context, e StockEntry) ([]till.StockMove, error) {
	return s.moveStock(ctx, e, till.StockReceive, 1)
}

// WasteStock writes off what is broken, spoilt or stolen. Its quantities are what is gone,
// positive.
func (s *Shop) WasteStock(ctx context.Context, e StockEntry) ([]till.StockMove, error) {
	if err := needsNote(e); err != nil {
		return nil, err
	}
	return s.moveStock(ctx, e, till.StockWaste, -1)
}

// AdjustStock puts the books right by what a quantity says, up or down.
func (s *Shop) AdjustStock(ctx context.Context, e StockEntry) ([]till.StockMove, error) {
	if err := needsNote(e); err != nil {
		return nil, err
	}
	return s.moveStock(ctx, e, till.StockAdjust, 0)
}

// moveStock moves all lines in one commit; sign 0 takes quantities as they are, any other
// wants them positive and gives them its direction.
func (s *Shop) moveStock(ctx context.Context, e StockEntry, reason till.StockReason, sign till.Quantity) ([]till.StockMove, error) {
	ch, err := s.authorize(ctx, till.MayAdjustStock, nil, e.Note)
	if err != nil {
		return nil, err
	}
	moves := make([]till.StockMove, len(e.Lines))
	for i, l := range e.Lines {
		quantity, err := directed(l, sign)
		if err != nil {
			return nil, err
		}
		found, err := s.VariantByCode(ctx, l.Code)
		if err != nil {
			return nil, err
		}
		moves[i] = till.StockMove{
			SKU: found.Variant.SKU, Quantity: quantity, Reason: reason, At: ch.At, Staff: ch.Staff,
			Document: strings.TrimSpace(e.Document), Note: strings.TrimSpace(e.Note),
		}
	}
	return moves, s.cfg.Store.MoveStock(ctx, moves, s.cfg.Stock)
}

func directed(l StockLine, sign till.Quantity) (till.Quantity, error) {
	switch {
	case l.Quantity == 0:
		return 0, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%s: nothing is moved by 0", "%s：数量为 0").With(l.Code),
			Hint: i18n.T("leave the line out, or say how many", "请删除该项或填写数量").With(),
		}
	case sign != 0 && l.Quantity < 0:
		return 0, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%s: the quantity %s is negative", "%s：数量 %s 为负").With(l.Code, l.Quantity),
			Hint: i18n.T("say how many; till stock adjust takes some away", "请填写正数；减少库存请用 till stock adjust").With(),
		}
	case sign == 0:
		return l.Quantity, nil
	}
	return sign * l.Quantity, nil
}

func needsNote(e StockEntry) error {
	if strings.TrimSpace(e.Note) != "" {
		return nil
	}
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("no reason is given", "未说明原因").With(),
		Hint: i18n.T("add --reason TEXT; it stays in the ledger", "请加上 --reason 说明；将记入流水").With(),
	}
}

// StockFilter selects variants that stock is kept of.
type StockFilter struct {
	till.ItemFilter
	Low bool // at or below what is low alone
}

// StockRow is a variant with what is on hand of it.
type StockRow struct {
	Item    till.Item
	Variant till.Variant
	Level   till.StockLevel
}

// IsLow reports that no more is there than what counts as low.
func (r StockRow) IsLow() bool { return r.Level.Available() <= r.Variant.LowStock }

// StockLevels is what is on hand, in the order of the items.
func (s *Shop) StockLevels(ctx context.Context, f StockFilter) ([]StockRow, error) {
	items, err := s.Items(ctx, f.ItemFilter)
	if err != nil {
		return nil, err
	}
	levels, err := s.cfg.Store.StockLevels(ctx)
	if err != nil {
		return nil, err
	}
	bySKU := make(map[till.SKU]till.StockLevel, len(levels))
	for _, l := range levels {
		bySKU[l.SKU] = l
	}
	var rows []StockRow
	for _, item := range items {
		for _, v := range item.Variants {
			row := StockRow{Item: item, Variant: v, Level: bySKU[v.SKU]}
			row.Level.SKU = v.SKU
			if !v.Untracked && (row.IsLow() || !f.Low) {
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// StockMoves are the newest moves of a variant, newest first; a limit of 0 is all.
func (s *Shop) StockMoves(ctx context.Context, code string, limit int) (Found, []till.StockMove, error) {
	f, err := s.VariantByCode(ctx, code)
	if err != nil {
		return Found{}, nil, err
	}
	moves, err := s.cfg.Store.StockMoves(ctx, f.Variant.SKU, limit)
	return f, moves, err
}
