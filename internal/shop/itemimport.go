package shop

import (
	"context"
	"io"

	"github.com/tillworks/till/internal/catalogue"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// ImportOptions is how a file of items is taken.
type ImportOptions struct {
	DryRun      bool // compares and stores nothing
	SkipRefused bool // takes the lines that can be taken
	Encoding    string
	Location    string
	Document    string // on the moves of the opening stock, such as the name of the file
}

// ImportItems compares a CSV file with the catalogue and takes it in with the stock that
// new items begin with: all of it in one commit, or nothing. A file with lines that are
// refused is taken with SkipRefused alone; else the preview comes with a *till.Problem.
func (s *Shop) ImportItems(ctx context.Context, in io.Reader, o ImportOptions) (catalogue.Preview, error) {
	ch, err := s.authorize(ctx, till.MayEditCatalogue, nil, "")
	if err != nil {
		return catalogue.Preview{}, err
	}
	against, err := s.compared(ctx)
	if err != nil {
		return catalogue.Preview{}, err
	}
	against.Encoding, against.Location = o.Encoding, o.Location
	p, err := catalogue.Read(in, against)
	if err != nil {
		return p, err
	}
	if refused := p.Count(catalogue.Refuse); refused > 0 && !o.SkipRefused {
		return p, linesRefused(refused, len(p.Rows))
	}
	if o.DryRun || len(p.Items) == 0 {
		return p, nil
	}
	_, err = s.cfg.Store.ImportItems(ctx, p.Items, openingMoves(p.Opening, o.Document, ch), ch)
	return p, err
}

// compared is the catalogue as a file is compared with it.
func (s *Shop) compared(ctx context.Context) (o catalogue.Options, err error) {
	o.Currency = s.cfg.Currency
	if o.Items, err = s.cfg.Store.Items(ctx, till.ItemFilter{Deleted: true}); err != nil {
		return o, err
	}
	if o.TaxClasses, err = s.cfg.Store.TaxClasses(ctx); err != nil {
		return o, err
	}
	o.OnHand, err = s.onHand(ctx)
	return o, err
}

// onHand is the stock of all that is tracked.
func (s *Shop) onHand(ctx context.Context) (map[till.SKU]till.Quantity, error) {
	levels, err := s.cfg.Store.StockLevels(ctx)
	onHand := make(map[till.SKU]till.Quantity, len(levels))
	for _, l := range levels {
		onHand[l.SKU] = l.OnHand
	}
	return onHand, err
}

// openingMoves are deliveries of what new variants begin with.
func openingMoves(opening []catalogue.Opening, document string, ch till.Change) []till.StockMove {
	var moves []till.StockMove
	for _, o := range opening {
		moves = append(moves, till.StockMove{
			SKU: o.SKU, Quantity: o.Quantity, Reason: till.StockReceive, At: ch.At, Staff: ch.Staff, Document: document,
		})
	}
	return moves
}

// ExportItems are the items of the shop with their stock, for catalogue.Write.
func (s *Shop) ExportItems(ctx context.Context, f till.ItemFilter) ([]till.Item, map[till.SKU]till.Quantity, error) {
	items, err := s.Items(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	onHand, err := s.onHand(ctx)
	return items, onHand, err
}

func linesRefused(refused, all int) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%d of %d lines are refused; nothing was imported", "%[2]d 行中有 %[1]d 行被拒绝；未导入任何内容").With(refused, all),
		Hint: i18n.T("put them right in the file, or take the others with --skip-refused", "请在文件中更正，或用 --skip-refused 仅导入其余各行").With(),
	}
}
