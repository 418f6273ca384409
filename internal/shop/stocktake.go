package shop

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// CountSheet is a stocktake with what is to be counted and is not yet.
type CountSheet struct {
	till.Stocktake
	Rows []CountRow
}

// CountRow is one line of a count sheet.
type CountRow struct {
	Item    till.Item
	Variant till.Variant
	Counted *till.StockCounted // nil is not counted yet
}

// StartStocktake begins to count what is tracked, or a category of it. Sales go on: what
// is sold between the count of a variant and the posting is taken into account by neither,
// so count what is on the shelf when nothing of it is being sold.
func (s *Shop) StartStocktake(ctx context.Context, category string) (CountSheet, error) {
	ch, err := s.authorize(ctx, till.MayAdjustStock, nil, "")
	if err != nil {
		return CountSheet{}, err
	}
	all, err := s.cfg.Store.Stocktakes(ctx)
	if err != nil {
		return CountSheet{}, err
	}
	t := till.Stocktake{ID: s.nextCount(all, ch), Opened: ch, Category: category}
	sheet, err := s.sheet(ctx, t)
	if err != nil {
		return CountSheet{}, err
	}
	if len(sheet.Rows) == 0 {
		return CountSheet{}, nothingToCount(category)
	}
	sheet.Stocktake, err = s.cfg.Store.PutStocktake(ctx, t)
	return sheet, err
}

// nextCount names a stocktake by its business day and how many there were on it.
func (s *Shop) nextCount(all []till.Stocktake, ch till.Change) string {
	day, _ := s.cfg.Calendar.At(ch.At)
	for n := 1; ; n++ {
		id := fmt.Sprintf("%s-%d", day, n)
		if !slices.ContainsFunc(all, func(t till.Stocktake) bool { return t.ID == id }) {
			return id
		}
	}
}

// EnterCounts takes counts in: each is what was found, or with add what was found besides
// what was counted before, as on a second shelf. An empty id is the stocktake that is open.
func (s *Shop) EnterCounts(ctx context.Context, id string, lines []StockLine, add bool) (CountSheet, error) {
	if _, err := s.authorize(ctx, till.MayAdjustStock, nil, ""); err != nil {
		return CountSheet{}, err
	}
	t, err := s.openStocktake(ctx, id)
	if err != nil {
		return CountSheet{}, err
	}
	t.Counts = slices.Clone(t.Counts)
	for _, l := range lines {
		if err := s.enterCount(ctx, &t, l, add); err != nil {
			return CountSheet{}, err
		}
	}
	if t, err = s.cfg.Store.PutStocktake(ctx, t); err != nil {
		return CountSheet{}, err
	}
	return s.sheet(ctx, t)
}

func (s *Shop) enterCount(ctx context.Context, t *till.Stocktake, l StockLine, add bool) error {
	found, err := s.VariantByCode(ctx, l.Code)
	switch {
	case err != nil:
		return err
	case l.Quantity < 0:
		return negativeCount(l)
	case t.Category != "" && found.Item.Category != t.Category:
		return otherCategory(*t, found)
	}
	at := slices.IndexFunc(t.Counts, func(c till.StockCounted) bool { return c.SKU == found.Variant.SKU })
	if at < 0 {
		t.Counts = append(t.Counts, till.StockCounted{SKU: found.Variant.SKU, Counted: l.Quantity})
		return nil
	}
	if add {
		l.Quantity += t.Counts[at].Counted
	}
	t.Counts[at].Counted = l.Quantity
	return nil
}

// StocktakeSheet is a stocktake with what is still to be counted; an empty id is the one
// that is open.
func (s *Shop) StocktakeSheet(ctx context.Context, id string) (CountSheet, error) {
	if _, err := s.Actor(ctx); err != nil {
		return CountSheet{}, err
	}
	t, err := s.stocktake(ctx, id)
	if err != nil {
		return CountSheet{}, err
	}
	return s.sheet(ctx, t)
}

// Stocktakes are all stocktakes, the newest first.
func (s *Shop) Stocktakes(ctx context.Context) ([]till.Stocktake, error) {
	if _, err := s.Actor(ctx); err != nil {
		return nil, err
	}
	return s.cfg.Store.Stocktakes(ctx)
}

// PostStocktake moves the stock of what was counted to its count. What was not counted
// stays as the books have it.
func (s *Shop) PostStocktake(ctx context.Context, id, note string) (CountSheet, error) {
	ch, err := s.authorize(ctx, till.MayAdjustStock, nil, strings.TrimSpace(note))
	if err != nil {
		return CountSheet{}, err
	}
	t, err := s.openStocktake(ctx, id)
	if err != nil {
		return CountSheet{}, err
	}
	if t, err = s.cfg.Store.PostStocktake(ctx, t.ID, ch); err != nil {
		return CountSheet{}, err
	}
	return s.sheet(ctx, t)
}

// CancelStocktake ends a stocktake without moving anything.
func (s *Shop) CancelStocktake(ctx context.Context, id, note string) (CountSheet, error) {
	ch, err := s.authorize(ctx, till.MayAdjustStock, nil, strings.TrimSpace(note))
	if err != nil {
		return CountSheet{}, err
	}
	t, err := s.openStocktake(ctx, id)
	if err != nil {
		return CountSheet{}, err
	}
	t.Canceled = &ch
	if t, err = s.cfg.Store.PutStocktake(ctx, t); err != nil {
		return CountSheet{}, err
	}
	return s.sheet(ctx, t)
}

// sheet lays a stocktake beside the catalogue: what is tracked of its category now, and
// what was counted and is no longer sold.
func (s *Shop) sheet(ctx context.Context, t till.Stocktake) (CountSheet, error) {
	items, err := s.cfg.Store.Items(ctx, till.ItemFilter{Category: t.Category})
	if err != nil {
		return CountSheet{}, err
	}
	sheet := CountSheet{Stocktake: t}
	counts := map[till.SKU]till.StockCounted{}
	for _, c := range t.Counts {
		counts[c.SKU] = c
	}
	for _, item := range items {
		for _, v := range item.Variants {
			c, counted := counts[v.SKU]
			delete(counts, v.SKU)
			row := CountRow{Item: item, Variant: v}
			if counted {
				row.Counted = &c
			}
			if counted || !v.Untracked {
				sheet.Rows = append(sheet.Rows, row)
			}
		}
	}
	for _, c := range t.Counts {
		if _, left := counts[c.SKU]; left {
			sheet.Rows = append(sheet.Rows, CountRow{Variant: till.Variant{SKU: c.SKU}, Counted: &c})
		}
	}
	return sheet, nil
}

// stocktake reads a stocktake; an empty id is the one that is open, or the newest where
// none is.
func (s *Shop) stocktake(ctx context.Context, id string) (till.Stocktake, error) {
	if id != "" {
		return s.cfg.Store.Stocktake(ctx, id)
	}
	all, err := s.cfg.Store.Stocktakes(ctx)
	if err != nil {
		return till.Stocktake{}, err
	}
	open := slices.DeleteFunc(slices.Clone(all), func(t till.Stocktake) bool { return t.Posted != nil || t.Canceled != nil })
	switch {
	case len(open) == 1:
		return open[0], nil
	case len(open) > 1:
		return till.Stocktake{}, whichStocktake(open)
	case len(all) > 0:
		return all[0], nil
	}
	return till.Stocktake{}, noStocktake()
}

// openStocktake is a stocktake that can still be changed.
func (s *Shop) openStocktake(ctx context.Context, id string) (till.Stocktake, error) {
	t, err := s.stocktake(ctx, id)
	if err == nil && id == "" && (t.Posted != nil || t.Canceled != nil) {
		err = noStocktake()
	}
	return t, err
}

func noStocktake() error {
	return &till.Problem{
		Code: till.CodeNotFound, What: i18n.T("no stocktake is open", "没有进行中的盘点").With(),
		Hint: i18n.T("till stock count start begins one", "till stock count start 可开始盘点").With(),
	}
}

func whichStocktake(open []till.Stocktake) error {
	ids := make([]string, len(open))
	for i, t := range open {
		ids[i] = t.ID
	}
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("%d stocktakes are open", "有 %d 个盘点正在进行").With(len(open)),
		Hint: i18n.T("name one with --id: %s", "请用 --id 指定其一：%s").With(strings.Join(ids, ", ")),
	}
}

func nothingToCount(category string) error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("nothing that stock is kept of is in the category %q", "类别 %q 中没有需要盘点的商品").With(category),
		Hint: i18n.T("till stock list shows what there is", "till stock list 可查看库存").With(),
	}
}

func negativeCount(l StockLine) error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("%s: %s cannot be counted", "%s：盘点数不能为 %s").With(l.Code, l.Quantity),
		Hint: i18n.T("a count is what is there, 0 or more", "盘点数为实际数量，不小于 0").With(),
	}
}

func otherCategory(t till.Stocktake, f Found) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%s is of the category %q; stocktake %s counts %q", "%s 属于类别 %q；盘点 %s 的类别为 %q").With(f.Variant.SKU, f.Item.Category, t.ID, t.Category),
		Hint: i18n.T("leave it out, or count it in another stocktake", "请去掉该项，或在另一盘点中录入").With(),
	}
}
