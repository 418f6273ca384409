package store

import (
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// CheckItem reports what an item lacks that is to be stored. Such an error is a fault of
// the program and no text for a user.
func CheckItem(i till.Item) error {
	if i.ID == "" || i.Name == "" || i.Unit == "" || len(i.Variants) == 0 {
		return fmt.Errorf("item %q lacks an id, a name, a unit or a variant", i.ID)
	}
	currency := i.Variants[0].Price.Currency()
	for _, v := range i.Variants {
		switch {
		case v.SKU == "":
			return fmt.Errorf("item %s: a variant lacks its SKU", i.ID)
		case v.Price.Currency().IsZero() || v.Price.Minor() < 0:
			return fmt.Errorf("item %s: SKU %s: price %s, want one in a currency, not negative", i.ID, v.SKU, v.Price)
		case v.Price.Currency() != currency, !v.Cost.IsZero() && v.Cost.Currency() != currency:
			return fmt.Errorf("item %s: SKU %s: price %s and cost %s, want all in %s", i.ID, v.SKU, v.Price, v.Cost, currency)
		}
	}
	return nil
}

// NoCode is the problem of a SKU or barcode that no item has.
func NoCode(code string) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("no item has the SKU or barcode %q", "没有商品使用货号或条码 %q").With(code),
		Hint: i18n.T("till item list finds an item by a part of its name, till item add makes one", "till item list 可按名称查找，till item add 可添加").With(),
	}
}

// CodeOfDeleted is the problem of a SKU or barcode that only a deleted item had.
func CodeOfDeleted(code string, item till.ItemID, name string) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("%q was the code of %s (%s), which is deleted", "%q 原属商品 %s（%s），该商品已删除").With(code, item, name),
		Hint: i18n.T("till item restore %s brings it back", "till item restore %s 可恢复该商品").With(item),
	}
}

// CodeTaken is the problem of a SKU or barcode that two items want.
func CodeTaken(code string, holder, wanting till.ItemID) error {
	return &till.Problem{
		Code: till.CodeConflict,
		What: i18n.T("%q is a code of item %s and cannot be one of %s too", "%q 已是商品 %s 的编码，不能同时用于 %s").With(code, holder, wanting),
		Hint: i18n.T("till item show %s tells whose it is; nothing was stored", "till item show %s 可查看该编码所属商品；未保存任何内容").With(holder),
	}
}

// CheckMoveFromOutside reports a stock move that only a ticket makes, or that moves
// nothing. Such an error is a fault of the program and no text for a user.
func CheckMoveFromOutside(m till.StockMove) error {
	switch m.Reason {
	case till.StockReceive, till.StockAdjust, till.StockWaste, till.StockCount:
	case till.StockSale, till.StockReturn, till.StockVoid:
		return fmt.Errorf("stock move of %s: reason %s is a ticket's alone", m.SKU, m.Reason)
	default:
		return fmt.Errorf("stock move of %s: unknown reason %q", m.SKU, m.Reason)
	}
	if m.Seq != 0 {
		return fmt.Errorf("stock move of %s: number %d, want none", m.SKU, m.Seq)
	}
	return CheckQuantity(m)
}

// CheckQuantity reports a stock move that moves nothing, or more than can be.
func CheckQuantity(m till.StockMove) error {
	if m.SKU == "" || m.Quantity == 0 || m.Quantity > till.MaxQuantity || m.Quantity < -till.MaxQuantity {
		return fmt.Errorf("stock move of %q: quantity %s, want one of a SKU, not 0, up to %s", m.SKU, m.Quantity, till.MaxQuantity)
	}
	return nil
}

// NotTracked is the problem of a stock move of something that no stock is kept of.
func NotTracked(sku till.SKU) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("no stock is kept of %s", "%s 不记库存").With(sku),
		Hint: i18n.T("till item show %s tells how it is kept", "till item show %s 可查看其设置").With(sku),
	}
}

// NotInStock is the problem of more being wanted than may be taken.
func NotInStock(sku till.SKU, wanted, left till.Quantity) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s: %s wanted, %s left", "%s：需要 %s，仅剩 %s").With(sku, wanted, left),
		Hint: i18n.T("till stock moves %s lists its moves; till stock receive puts in what was delivered", "till stock moves %s 可列出其变动；到货请用 till stock receive 入库").With(sku),
	}
}

// StocktakeEnded is the problem of a stocktake that was posted or canceled.
func StocktakeEnded(t till.Stocktake) error {
	p := &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("stocktake %s is posted and cannot be changed", "盘点 %s 已过账，不能更改").With(t.ID),
		Hint: i18n.T("begin another: till stock count start", "请新建盘点：till stock count start").With(),
	}
	if t.Canceled != nil {
		p.What = i18n.T("stocktake %s is canceled and cannot be changed", "盘点 %s 已取消，不能更改").With(t.ID)
	}
	return p
}

// NothingCounted is the problem of a stocktake that is posted without a count.
func NothingCounted(id string) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("nothing is counted in stocktake %s", "盘点 %s 尚无盘点数据").With(id),
		Hint: i18n.T("count first: till stock count enter SKU=QUANTITY --id %s", "请先盘点：till stock count enter SKU=数量 --id %s").With(id),
	}
}

// CheckStocktake reports what a stocktake lacks that is to be stored. Such an error is a
// fault of the program and no text for a user.
func CheckStocktake(t till.Stocktake) error {
	if t.ID == "" {
		return errors.New("stocktake lacks an id")
	}
	if t.Posted != nil {
		return fmt.Errorf("stocktake %s: it is posted by PostStocktake alone", t.ID)
	}
	seen := map[till.SKU]bool{}
	for _, c := range t.Counts {
		if c.SKU == "" || c.Counted < 0 || c.Counted > till.MaxQuantity || seen[c.SKU] {
			return fmt.Errorf("stocktake %s: SKU %q counted %s, want each SKU once and 0 to %s", t.ID, c.SKU, c.Counted, till.MaxQuantity)
		}
		seen[c.SKU] = true
	}
	return nil
}
