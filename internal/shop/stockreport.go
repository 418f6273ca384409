package shop

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
)

// LevelBook knows what is in stock.
type LevelBook interface {
	StockLevels(ctx context.Context, skus ...till.SKU) ([]till.StockLevel, error) // none: of all that is kept
	Items(ctx context.Context, f till.ItemFilter) ([]till.Item, error)
}

// StockReport is what the shop has on hand now and what it cost.
func (s *Shop) StockReport(ctx context.Context, lowOnly bool) (reports.Table, error) {
	if _, err := s.authorize(ctx, till.MayReadReports, nil, ""); err != nil {
		return reports.Table{}, err
	}
	levels, items, err := s.levelsAndItems(ctx)
	if err != nil {
		return reports.Table{}, err
	}
	return stockTable(levels, items, lowOnly, s.cfg.Currency), nil
}

// levelsAndItems reads both at once: of a large shop each takes about as long.
func (s *Shop) levelsAndItems(ctx context.Context) (levels []till.StockLevel, items []till.Item, err error) {
	var reading sync.WaitGroup
	var failed error
	reading.Go(func() { items, failed = s.cfg.Store.Items(ctx, till.ItemFilter{Deleted: true}) })
	levels, err = s.cfg.Store.StockLevels(ctx)
	reading.Wait()
	return levels, items, errors.Join(err, failed)
}

// stocked is a variant with what there is of it.
type stocked struct {
	item    till.Item
	variant till.Variant
	level   till.StockLevel
}

func (s stocked) isLow() bool {
	return s.variant.LowStock > 0 && s.level.Available() <= s.variant.LowStock || s.level.OnHand < 0
}

// stockTable lists levels by category and name, as the store gives the items.
func stockTable(levels []till.StockLevel, items []till.Item, lowOnly bool, c money.Currency) reports.Table {
	t := reports.Table{
		Name: "stock", Title: reports.Text{EN: "Stock", ZH: "库存"}, Chart: reports.NoChart,
		Columns: []reports.Column{
			{Key: "sku", Title: reports.Text{EN: "SKU", ZH: "货号"}, Kind: reports.Code},
			{Key: "item", Title: reports.Text{EN: "Item", ZH: "商品"}, Kind: reports.Words, Label: true},
			{Key: "category", Title: reports.Text{EN: "Category", ZH: "分类"}, Kind: reports.Words},
			{Key: "on_hand", Title: reports.Text{EN: "On hand", ZH: "现有"}, Kind: reports.Thousandths},
			{Key: "reserved", Title: reports.Text{EN: "Reserved", ZH: "占用"}, Kind: reports.Thousandths},
			{Key: "low", Title: reports.Text{EN: "Low at", ZH: "预警线"}, Kind: reports.Thousandths},
			{Key: "state", Title: reports.Text{EN: "State", ZH: "状态"}, Kind: reports.Words},
			{Key: "value", Title: reports.Text{EN: "Value at cost", ZH: "成本金额"}, Kind: reports.Money},
		},
	}
	var shown []stocked
	for _, x := range joinStock(levels, items) {
		if !lowOnly || x.isLow() {
			shown = append(shown, x)
		}
	}
	for _, held := range byCostCurrency(shown, c) {
		t.Sections = append(t.Sections, stockSection(held.stock, held.currency))
	}
	return t
}

// costed is what was bought in one currency.
type costed struct {
	currency money.Currency
	stock    []stocked
}

// byCostCurrency parts the stock by the currency that it was bought in: amounts of two are
// never added. What has no cost counts as the shop's own, which comes first and is there
// even where there is nothing.
func byCostCurrency(all []stocked, shop money.Currency) []costed {
	parts := []costed{{currency: shop}}
	for _, x := range all {
		c := x.variant.Cost.Currency()
		if c.IsZero() {
			c = shop
		}
		i := slices.IndexFunc(parts, func(p costed) bool { return p.currency == c })
		if i < 0 {
			i, parts = len(parts), append(parts, costed{currency: c})
		}
		parts[i].stock = append(parts[i].stock, x)
	}
	return parts
}

// stockSection is the stock of one currency with its total.
func stockSection(all []stocked, c money.Currency) reports.Section {
	section := reports.Section{Currency: c}
	var value int64
	for _, x := range all {
		worth, _ := till.MulDiv(x.variant.Cost.Minor(), int64(x.level.OnHand), int64(till.One))
		value += worth
		section.Rows = append(section.Rows, stockRow(x, worth))
	}
	if len(all) > 0 {
		onHand, reserved := stockSums(all)
		section.Total = &reports.Row{Kind: reports.Sum, Cells: []reports.Cell{
			reports.ID(""), reports.Say("total", reports.Text{EN: "Total", ZH: "合计"}), reports.ID(""), onHand, reserved, reports.ID(""), reports.ID(""), reports.Number(value),
		}}
	}
	return section
}

// stockSums are what is on hand and kept back of all: kilos and pieces have no sum.
func stockSums(all []stocked) (onHand, reserved reports.Cell) {
	var sum till.StockLevel
	for _, x := range all {
		if x.item.Unit != all[0].item.Unit {
			return reports.ID(""), reports.ID("")
		}
		sum.OnHand, sum.Reserved = sum.OnHand+x.level.OnHand, sum.Reserved+x.level.Reserved
	}
	return reports.Number(int64(sum.OnHand)), reports.Number(int64(sum.Reserved))
}

func stockRow(x stocked, worth int64) reports.Row {
	low := reports.None()
	if x.variant.LowStock > 0 {
		low = reports.Number(int64(x.variant.LowStock))
	}
	state := reports.Text{}
	switch {
	case x.level.OnHand < 0:
		state = reports.Text{EN: "below zero", ZH: "负库存"}
	case x.isLow():
		state = reports.Text{EN: "low", ZH: "偏低"}
	}
	return reports.Row{Cells: []reports.Cell{
		reports.ID(string(x.level.SKU)), reports.Say(string(x.level.SKU), reports.Same(x.item.Label(x.variant))), reports.Say(x.item.Category, reports.Same(x.item.Category)),
		reports.Number(int64(x.level.OnHand)), reports.Number(int64(x.level.Reserved)), low, reports.Say("", state), reports.Number(worth),
	}}
}

// joinStock puts levels and variants together, in the order of the items. What a deleted
// item still has in stock is listed; what it has not is not.
func joinStock(levels []till.StockLevel, items []till.Item) []stocked {
	bySKU := make(map[till.SKU]till.StockLevel, len(levels))
	for _, l := range levels {
		bySKU[l.SKU] = l
	}
	var rows []stocked
	for _, i := range items {
		for _, v := range i.Variants {
			level, known := bySKU[v.SKU]
			if !known || i.Deleted && level.OnHand == 0 {
				continue
			}
			delete(bySKU, v.SKU)
			rows = append(rows, stocked{i, v, level})
		}
	}
	return rows
}
