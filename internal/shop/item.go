package shop

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/catalogue"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// AddItem takes a new item into the catalogue. Its barcodes may be in any form; they are
// kept in the one of barcode.Code.Normal.
func (s *Shop) AddItem(ctx context.Context, item till.Item) (till.Item, error) {
	ch, err := s.authorize(ctx, till.MayEditCatalogue, nil, "")
	if err != nil {
		return till.Item{}, err
	}
	if err := s.checkNewID(ctx, item.ID); err != nil {
		return till.Item{}, err
	}
	for _, v := range item.Variants {
		if err := catalogue.CheckSKU(v.SKU); err != nil {
			return till.Item{}, err
		}
	}
	return s.putItem(ctx, item, ch)
}

// checkNewID refuses an id that an item has or had.
func (s *Shop) checkNewID(ctx context.Context, id till.ItemID) error {
	held, err := s.cfg.Store.Item(ctx, id)
	switch {
	case isNotFound(err):
		return nil
	case err != nil:
		return err
	}
	return itemExists(held)
}

// AddVariant takes a new variant of an item in.
func (s *Shop) AddVariant(ctx context.Context, id till.ItemID, v till.Variant) (till.Item, error) {
	return s.changeItem(ctx, id, func(item *till.Item) error {
		if err := catalogue.CheckSKU(v.SKU); err != nil {
			return err
		}
		for _, other := range item.Variants {
			if other.Option == v.Option {
				return sameOption(item.ID, other)
			}
		}
		item.Variants = append(item.Variants, v)
		return nil
	})
}

// putItem checks and stores one item.
func (s *Shop) putItem(ctx context.Context, item till.Item, ch till.Change) (till.Item, error) {
	item, err := s.checkItem(ctx, item)
	if err != nil {
		return till.Item{}, err
	}
	stored, err := s.cfg.Store.PutItems(ctx, []till.Item{item}, ch)
	if err != nil {
		return till.Item{}, err
	}
	return stored[0], nil
}

// checkItem brings an item into the form in which it is kept, and refuses what the
// catalogue cannot hold.
func (s *Shop) checkItem(ctx context.Context, item till.Item) (till.Item, error) {
	classes, err := s.cfg.Store.TaxClasses(ctx)
	if err != nil {
		return item, err
	}
	if item.Unit == "" {
		item.Unit = till.Each
	}
	item.Variants = slices.Clone(item.Variants)
	for i := range item.Variants {
		v := &item.Variants[i]
		if v.Price.IsZero() {
			v.Price = money.New(0, s.cfg.Currency)
		}
		if v.Barcodes, err = normalCodes(v.Barcodes); err != nil {
			return item, err
		}
	}
	return item, catalogue.Check(item, classes, s.cfg.Currency)
}

// normalCodes are barcodes as the catalogue keeps them.
func normalCodes(codes []string) ([]string, error) {
	var normal []string
	for _, text := range codes {
		c, err := barcode.Parse(text)
		if err != nil {
			return nil, err
		}
		normal = append(normal, c.Normal())
	}
	return normal, nil
}

// ItemEdit is what is to be another from now on; nil stays. The fields of a variant are
// those of the one that was named, or of the only one.
type ItemEdit struct {
	Name, Category, TaxClass *string
	Unit                     *till.Unit

	Option              *string
	Price, Cost         *money.Amount
	LowStock            *till.Quantity
	OpenPrice           *bool
	Untracked           *bool
	AddCodes, DropCodes []string
}

// ofVariant reports an edit that is about one variant.
func (e ItemEdit) ofVariant() bool {
	return e.Option != nil || e.Price != nil || e.Cost != nil || e.LowStock != nil || e.OpenPrice != nil || e.Untracked != nil ||
		len(e.AddCodes) > 0 || len(e.DropCodes) > 0
}

// Edited is an item before and after a change.
type Edited struct {
	Before, After till.Item
}

// EditItem changes an item, or the variant of it that code names: by id, SKU or barcode.
func (s *Shop) EditItem(ctx context.Context, code string, e ItemEdit) (Edited, error) {
	found, err := s.FindItem(ctx, code)
	if err != nil {
		return Edited{}, err
	}
	if e.ofVariant() && found.Variant.SKU == "" {
		return Edited{}, whichVariant(found.Item)
	}
	after, err := s.changeItem(ctx, found.Item.ID, func(item *till.Item) error { return e.apply(item, found.Variant.SKU) })
	return Edited{Before: found.Item, After: after}, err
}

// changeItem reads, changes and stores an item.
func (s *Shop) changeItem(ctx context.Context, id till.ItemID, change func(*till.Item) error) (till.Item, error) {
	ch, err := s.authorize(ctx, till.MayEditCatalogue, nil, "")
	if err != nil {
		return till.Item{}, err
	}
	item, err := s.cfg.Store.Item(ctx, id)
	if err != nil {
		return till.Item{}, err
	}
	if item.Deleted {
		return till.Item{}, itemExists(item)
	}
	item.Variants = slices.Clone(item.Variants)
	if err := change(&item); err != nil {
		return till.Item{}, err
	}
	return s.putItem(ctx, item, ch)
}

func (e ItemEdit) apply(item *till.Item, sku till.SKU) error {
	set(&item.Name, e.Name)
	set(&item.Category, e.Category)
	set(&item.TaxClass, e.TaxClass)
	set(&item.Unit, e.Unit)
	at := slices.IndexFunc(item.Variants, func(v till.Variant) bool { return v.SKU == sku })
	if at < 0 {
		return nil
	}
	v := &item.Variants[at]
	set(&v.Option, e.Option)
	set(&v.Price, e.Price)
	set(&v.Cost, e.Cost)
	set(&v.LowStock, e.LowStock)
	set(&v.OpenPrice, e.OpenPrice)
	set(&v.Untracked, e.Untracked)
	return e.applyCodes(v)
}

// applyCodes takes barcodes off and puts others on; one that is not there cannot be taken
// off.
func (e ItemEdit) applyCodes(v *till.Variant) error {
	drop, err := normalCodes(e.DropCodes)
	if err != nil {
		return err
	}
	codes := slices.Clone(v.Barcodes)
	for _, code := range drop {
		i := slices.Index(codes, code)
		if i < 0 {
			return noSuchCode(v.SKU, code)
		}
		codes = slices.Delete(codes, i, i+1)
	}
	v.Barcodes = append(codes, e.AddCodes...)
	return nil
}

func set[T any](into *T, to *T) {
	if to != nil {
		*into = *to
	}
}

// DeleteItem takes an item out of sale, or one variant where code is the SKU or a barcode
// of one among several. What was sold keeps its name, and an item can be restored.
func (s *Shop) DeleteItem(ctx context.Context, code string) (till.Item, error) {
	found, err := s.FindItem(ctx, code)
	if err != nil {
		return till.Item{}, err
	}
	return s.changeItem(ctx, found.Item.ID, func(item *till.Item) error {
		if len(item.Variants) > 1 && found.Variant.SKU != "" {
			item.Variants = slices.DeleteFunc(item.Variants, func(v till.Variant) bool { return v.SKU == found.Variant.SKU })
			return nil
		}
		item.Deleted = true
		return nil
	})
}

// RestoreItem brings a deleted item back into sale.
func (s *Shop) RestoreItem(ctx context.Context, id till.ItemID) (till.Item, error) {
	ch, err := s.authorize(ctx, till.MayEditCatalogue, nil, "")
	if err != nil {
		return till.Item{}, err
	}
	item, err := s.cfg.Store.Item(ctx, id)
	if err != nil {
		return till.Item{}, err
	}
	if !item.Deleted {
		return till.Item{}, itemExists(item)
	}
	item.Deleted = false
	return s.putItem(ctx, item, ch)
}

// Items are the items that a filter selects. A text that is a barcode finds the item in
// whatever form it is typed.
func (s *Shop) Items(ctx context.Context, f till.ItemFilter) ([]till.Item, error) {
	if _, err := s.Actor(ctx); err != nil {
		return nil, err
	}
	items, err := s.cfg.Store.Items(ctx, f)
	if err != nil || len(items) > 0 || f.Text == "" {
		return items, err
	}
	c, bad := barcode.Parse(f.Text)
	if bad != nil || c.Normal() == f.Text {
		return items, nil
	}
	f.Text = c.Normal()
	return s.cfg.Store.Items(ctx, f)
}

// Categories are the categories in use, by name.
func (s *Shop) Categories(ctx context.Context) ([]string, error) {
	if _, err := s.Actor(ctx); err != nil {
		return nil, err
	}
	return s.cfg.Store.Categories(ctx)
}

// Found is what a code stands for.
type Found struct {
	Item    till.Item
	Variant till.Variant     // zero where the code is the id of an item with several
	Scanned till.BasketEntry // the weight, count or price that stands in the code
	Code    *barcode.Code    // nil where the code is a SKU or an id
}

// ItemByCode finds what a scanner typed: a SKU, or a barcode in every form, with the
// weight or price in it.
func (s *Shop) ItemByCode(ctx context.Context, code string) (Found, error) {
	if _, err := s.Actor(ctx); err != nil {
		return Found{}, err
	}
	entry, item, variant, err := s.Scanned(ctx, code)
	if err != nil {
		return Found{}, err
	}
	f := Found{Item: item, Variant: variant, Scanned: entry}
	if c, bad := barcode.Parse(code); bad == nil && till.SKU(code) != variant.SKU {
		f.Code = &c
	}
	return f, nil
}

// FindItem finds an item by its id, or a variant by its SKU or barcode. Of an item with
// one variant it is found too.
func (s *Shop) FindItem(ctx context.Context, code string) (Found, error) {
	if _, err := s.Actor(ctx); err != nil {
		return Found{}, err
	}
	item, err := s.cfg.Store.Item(ctx, till.ItemID(code))
	switch {
	case isNotFound(err), err == nil && item.Deleted:
		return s.ItemByCode(ctx, code)
	case err != nil:
		return Found{}, err
	}
	f := Found{Item: item}
	if len(item.Variants) == 1 {
		f.Variant = item.Variants[0]
	}
	return f, nil
}

// VariantByCode is FindItem of something of which there is one variant.
func (s *Shop) VariantByCode(ctx context.Context, code string) (Found, error) {
	f, err := s.FindItem(ctx, code)
	if err == nil && f.Variant.SKU == "" {
		err = whichVariant(f.Item)
	}
	return f, err
}

// ItemByID reads an item by its id, whether or not it is still sold.
func (s *Shop) ItemByID(ctx context.Context, id till.ItemID) (till.Item, error) {
	if _, err := s.Actor(ctx); err != nil {
		return till.Item{}, err
	}
	return s.cfg.Store.Item(ctx, id)
}

// Prices are the prices that a variant has had, as the books have them.
func (s *Shop) Prices(ctx context.Context, code string) (till.Variant, []till.PriceChange, error) {
	f, err := s.VariantByCode(ctx, code)
	if err != nil {
		return till.Variant{}, nil, err
	}
	prices, err := s.cfg.Store.Prices(ctx, f.Variant.SKU)
	return f.Variant, prices, err
}

// MakeBarcode gives a variant a barcode of the shop's own, with a prefix from 20 to 29 and
// the next number that is free; of what is weighed, one that a scale can put a weight in.
// A prefix of 0 is the usual one: 20, or 21 for what is weighed.
func (s *Shop) MakeBarcode(ctx context.Context, code string, prefix int) (Found, string, error) {
	f, err := s.VariantByCode(ctx, code)
	if err != nil {
		return Found{}, "", err
	}
	items, err := s.cfg.Store.Items(ctx, till.ItemFilter{})
	if err != nil {
		return Found{}, "", err
	}
	made, err := nextCode(items, f.Item.Unit, prefix)
	if err != nil {
		return Found{}, "", err
	}
	e := ItemEdit{AddCodes: []string{made}}
	f.Item, err = s.changeItem(ctx, f.Item.ID, func(item *till.Item) error { return e.apply(item, f.Variant.SKU) })
	f.Variant, _ = f.Item.Variant(f.Variant.SKU)
	return f, made, err
}

// nextCode is the first code of the shop's own that no item has.
func nextCode(items []till.Item, unit till.Unit, prefix int) (string, error) {
	taken := map[string]bool{}
	for _, item := range items {
		for _, v := range item.Variants {
			for _, code := range v.Barcodes {
				taken[code] = true
			}
		}
	}
	for n := int64(1); ; n++ {
		made, err := ownCode(unit, prefix, n)
		if err != nil || !taken[made] {
			return made, err
		}
	}
}

// ownCode is the code of a number: what is weighed has the scale's pattern with no weight.
// A prefix that scales print is for nothing else, or its codes would be read as weights.
func ownCode(unit till.Unit, prefix int, n int64) (string, error) {
	switch {
	case prefix == 0 && unit == till.Kilo:
		prefix = 21
	case prefix == 0:
		prefix = 20
	}
	scale, scaled := barcode.Usual().Of(strconv.Itoa(prefix))
	switch {
	case scaled && unit == till.Kilo && scale.Value == barcode.ByWeight:
		return scale.Base(n)
	case scaled:
		return "", scalesPrefix(prefix)
	}
	made, err := barcode.Make(prefix, n)
	if errors.Is(err, barcode.ErrForm) {
		return "", ownPrefix(prefix)
	}
	return made, err
}

func scalesPrefix(prefix int) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("codes with the prefix %d are printed by scales, with a weight or a price in them", "前缀 %d 用于秤打印的含重量或价格的条码").With(prefix),
		Hint: i18n.T("leave --prefix out, or take 20 or one from 24 to 29", "请去掉 --prefix，或使用 20、24 至 29").With(),
	}
}

func ownPrefix(prefix int) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%d is no prefix of a barcode of one's own", "%d 不是店内码前缀").With(prefix),
		Hint: i18n.T("take one from 20 to 29", "请使用 20 到 29").With(),
	}
}

func itemExists(item till.Item) error {
	if item.Deleted {
		return &till.Problem{
			Code: till.CodeConflict,
			What: i18n.T("item %s (%s) is deleted", "商品 %s（%s）已删除").With(item.ID, item.Name),
			Hint: i18n.T("till item restore %s brings it back; a new item needs another id", "till item restore %s 可恢复；新商品请使用其他编号").With(item.ID),
		}
	}
	return &till.Problem{
		Code: till.CodeConflict,
		What: i18n.T("there is an item %s already (%s)", "已有商品 %s（%s）").With(item.ID, item.Name),
		Hint: i18n.T("till item edit %s changes it; till item add %s --sku NEW --option NAME adds a variant", "till item edit %s 可修改；till item add %s --sku 新货号 --option 名称 可添加规格").With(item.ID, item.ID),
	}
}

func sameOption(id till.ItemID, v till.Variant) error {
	return &till.Problem{
		Code: till.CodeConflict,
		What: i18n.T("%s has a variant with the option %q already: %s", "%s 已有规格 %q：%s").With(id, v.Option, v.SKU),
		Hint: i18n.T("name the new one with another --option", "请为新规格指定不同的 --option").With(),
	}
}

func whichVariant(item till.Item) error {
	skus := make([]string, len(item.Variants))
	for i, v := range item.Variants {
		skus[i] = string(v.SKU)
	}
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%s has %d variants", "%s 有 %d 个规格").With(item.ID, len(item.Variants)),
		Hint: i18n.T("name one by its SKU: %s", "请用货号指定其一：%s").With(strings.Join(skus, ", ")),
	}
}

func noSuchCode(sku till.SKU, code string) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("%s has no barcode %s", "%s 没有条码 %s").With(sku, code),
		Hint: i18n.T("till item show %s lists those it has", "till item show %s 可列出其条码").With(sku),
	}
}
