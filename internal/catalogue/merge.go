package catalogue

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// merger lays what a file says over what the shop has.
type merger struct {
	layout
	o Options

	byID   map[till.ItemID]till.Item
	bySKU  map[till.SKU]till.ItemID
	byCode map[string]till.SKU

	skuLine  map[till.SKU]int // lines of the file, to find doubles
	codeLine map[string]int
	idGroup  map[till.ItemID]string

	rows    []Row
	items   []till.Item
	opening []Opening
}

func newMerger(l layout, o Options) *merger {
	m := &merger{
		layout: l, o: o,
		byID: map[till.ItemID]till.Item{}, bySKU: map[till.SKU]till.ItemID{}, byCode: map[string]till.SKU{},
		skuLine: map[till.SKU]int{}, codeLine: map[string]int{}, idGroup: map[till.ItemID]string{},
	}
	for _, item := range o.Items {
		m.byID[item.ID] = item
		for _, v := range item.Variants {
			if item.Deleted {
				continue
			}
			m.bySKU[v.SKU] = item.ID
			for _, code := range v.Barcodes {
				m.byCode[code] = v.SKU
			}
		}
	}
	return m
}

// merge takes the lines article by article, and leaves their rows in the order of the
// file.
func (m *merger) merge(entries []*entry) {
	var order []string
	groups := map[string][]*entry{}
	for _, e := range entries {
		if _, seen := groups[e.group]; !seen {
			order = append(order, e.group)
		}
		groups[e.group] = append(groups[e.group], e)
	}
	for _, name := range order {
		m.article(name, groups[name])
	}
	for _, e := range entries {
		m.rows = append(m.rows, e.row)
	}
}

// article merges the lines of one article.
func (m *merger) article(group string, entries []*entry) {
	if allRefused(entries) {
		refuse(entries)
		return
	}
	for _, e := range entries {
		m.recognizeVariant(e)
	}
	item, known := m.target(group, entries)
	options := map[string]*entry{}
	for i, e := range entries {
		e.row.Item = item.ID
		m.checkTarget(e, item, known)
		m.giveSKU(e, item, i)
		m.checkDoubles(e)
		m.checkPrice(e, item)
		checkOption(e, options)
	}
	if allRefused(entries) {
		refuse(entries)
		return
	}
	m.build(item, known, entries)
}

func allRefused(entries []*entry) bool {
	return !slices.ContainsFunc(entries, func(e *entry) bool { return !e.row.refused() })
}

func refuse(entries []*entry) {
	for _, e := range entries {
		e.row.Action = Refuse
	}
}

// recognizeVariant finds the variant of a line without a SKU by its barcodes.
func (m *merger) recognizeVariant(e *entry) {
	if e.row.SKU != "" || e.row.refused() {
		return
	}
	for _, code := range e.variant.Barcodes {
		if sku, ok := m.byCode[code]; ok {
			e.row.SKU = sku
			return
		}
	}
}

// target is the item that lines belong to: the one with the id of our own format, the one
// that has one of their SKUs, the one with their handle as its id; or a new one.
func (m *merger) target(group string, entries []*entry) (till.Item, bool) {
	if m.name == Own && entries[0].row.Item != "" {
		return m.itemOf(entries[0].row.Item)
	}
	for _, e := range entries {
		if id, ok := m.bySKU[e.row.SKU]; ok {
			return m.itemOf(id)
		}
	}
	return m.itemOf(m.makeID(group, entries[0]))
}

func (m *merger) itemOf(id till.ItemID) (till.Item, bool) {
	if item, ok := m.byID[id]; ok {
		item.Variants = slices.Clone(item.Variants)
		return item, true
	}
	return till.Item{ID: id, Unit: till.Each}, false
}

// makeID makes an id of a handle, a name or a SKU, whichever has letters that an id can
// have; of none of them, a short hash of the name, which is the same the next time.
func (m *merger) makeID(group string, e *entry) till.ItemID {
	id := slug(group)
	if id == "" {
		id = slug(string(e.row.SKU))
	}
	if id == "" {
		sum := sha256.Sum256([]byte(group))
		id = "item-" + hex.EncodeToString(sum[:4])
	}
	base := id[:min(len(id), 36)]
	for n := 2; ; n++ {
		other, taken := m.idGroup[till.ItemID(id)]
		if !taken || other == group {
			break
		}
		id = fmt.Sprintf("%s-%d", base, n)
	}
	m.idGroup[till.ItemID(id)] = group
	if id != group && e.row.SKU != till.SKU(id) {
		e.add("", notice(IDMade, i18n.T("the item is kept as %s", "商品编号记为 %s").With(id), i18n.Message{}))
	}
	return till.ItemID(id)
}

// slug is a text as an id can hold it: what it cannot becomes a hyphen.
func slug(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r == '.', r == '_':
			b.WriteRune(r)
		case r < 0x80 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := strings.Trim(b.String(), "-_.")
	return strings.Trim(s[:min(len(s), 40)], "-_.")
}

// checkTarget refuses a line whose SKU or id means another item, or one that is gone.
func (m *merger) checkTarget(e *entry, item till.Item, known bool) {
	if known && item.Deleted {
		e.add("", issue(DeletedItem, i18n.T("%s was deleted from the shop", "%s 已从店铺删除").With(item.ID),
			i18n.T("till item restore %s takes it back", "till item restore %s 可恢复").With(item.ID)))
	}
	if id, ok := m.bySKU[e.row.SKU]; ok && id != item.ID {
		e.add("", issue(DuplicateSKU, i18n.T("the SKU %s belongs to %s in the shop, here to %s", "货号 %s 在店铺中属于 %s，文件中属于 %s").With(e.row.SKU, id, item.ID),
			i18n.T("give this line another SKU, or the id %s", "请更换该行货号，或将编号改为 %s").With(id)))
	}
}

// giveSKU gives a line without one the SKU of the variant with its option, or a new one.
func (m *merger) giveSKU(e *entry, item till.Item, n int) {
	if e.row.SKU != "" || e.row.refused() {
		return
	}
	for _, v := range item.Variants {
		if v.Option == e.variant.Option {
			e.row.SKU = v.SKU
			return
		}
	}
	sku := string(item.ID)
	if e.variant.Option != "" || n > 0 {
		tail := slug(e.variant.Option)
		if tail == "" {
			tail = fmt.Sprint(n + 1)
		}
		sku = sku[:min(len(sku), 39-min(len(tail), 20))] + "-" + tail[:min(len(tail), 20)]
	}
	e.row.SKU = till.SKU(sku)
	e.add("", notice(SKUMade, i18n.T("the line has no SKU and is kept as %s", "该行没有货号，记为 %s").With(sku), i18n.Message{}))
	if id, ok := m.bySKU[e.row.SKU]; ok && id != item.ID {
		m.checkTarget(e, item, false)
	}
}

// checkDoubles refuses a SKU or a barcode that another line or another variant has. What
// is scanned must mean one thing, so that a SKU is no other variant's barcode either.
func (m *merger) checkDoubles(e *entry) {
	if e.row.SKU == "" {
		return
	}
	line, twice := m.skuLine[e.row.SKU]
	if coded, ok := m.codeLine[string(e.row.SKU)]; ok && !twice {
		line, twice = coded, true
	}
	if owner, ok := m.byCode[string(e.row.SKU)]; ok && owner != e.row.SKU {
		e.add("", skuTaken(e.row.SKU, owner))
	}
	if twice {
		e.add("", issue(DuplicateSKU, i18n.T("the SKU %s stands in line %d already", "货号 %s 已出现在第 %d 行").With(e.row.SKU, line),
			i18n.T("give each variant a SKU of its own", "每个规格需使用不同的货号").With()))
	} else {
		m.skuLine[e.row.SKU] = e.row.Line
	}
	for _, code := range e.variant.Barcodes {
		m.checkCode(e, code)
	}
}

func skuTaken(sku, owner till.SKU) *Issue {
	return issue(DuplicateSKU, i18n.T("the SKU %s is a barcode of %s in the shop", "货号 %s 是店铺中 %s 的条码").With(sku, owner),
		i18n.T("give each variant a SKU of its own", "每个规格需使用不同的货号").With())
}

// checkCode refuses a barcode that means another variant.
func (m *merger) checkCode(e *entry, code string) {
	line, twice := m.codeLine[code]
	if sold, ok := m.skuLine[till.SKU(code)]; ok && !twice && till.SKU(code) != e.row.SKU {
		line, twice = sold, true
	}
	owner, owned := m.byCode[code]
	if _, isSKU := m.bySKU[till.SKU(code)]; isSKU && !owned {
		owner, owned = till.SKU(code), true
	}
	switch {
	case twice:
		e.add("", issue(DuplicateCode, i18n.T("the barcode %s stands in line %d already", "条码 %s 已出现在第 %d 行").With(code, line),
			i18n.T("a barcode names one variant; take it out of one of them", "一个条码只能对应一个规格；请删除其一").With()))
	case owned && owner != e.row.SKU:
		e.add("", issue(DuplicateCode, i18n.T("the barcode %s belongs to %s in the shop, here to %s", "条码 %s 在店铺中属于 %s，文件中属于 %s").With(code, owner, e.row.SKU),
			i18n.T("take it from there with till item edit first, or out of the file", "请先用 till item edit 移除，或从文件中删除").With()))
	default:
		m.codeLine[code] = e.row.Line
	}
}

// checkPrice refuses a new variant without a price.
func (m *merger) checkPrice(e *entry, item till.Item) {
	_, has := item.Variant(e.row.SKU)
	if has || e.row.refused() || e.said[fPrice] || e.said[fOpenPrice] && e.variant.OpenPrice {
		return
	}
	e.add("", issue(MissingPrice, i18n.T("%s has no price", "%s 没有价格").With(e.row.SKU),
		i18n.T("put one in; 0 is a price too", "请填写价格；0 也是价格").With()))
}

// checkOption refuses a second variant with the same option: nobody could tell the two
// apart.
func checkOption(e *entry, options map[string]*entry) {
	other, taken := options[e.variant.Option]
	switch {
	case e.row.refused():
	case !taken || other.row.SKU == e.row.SKU:
		options[e.variant.Option] = e
	default:
		e.add("", issue(DuplicateOption, i18n.T("the item has the option %q in line %d already", "该商品的规格 %q 已出现在第 %d 行").With(e.variant.Option, other.row.Line),
			i18n.T("name the options differently, or give the lines ids of their own", "请使用不同的规格名称，或为各行使用不同的商品编号").With()))
	}
}

// build lays the lines over the item and keeps it where anything became of it.
func (m *merger) build(item till.Item, known bool, entries []*entry) {
	before := item
	stated := m.whole(&item, entries)
	changes := itemChanges(before, item)
	touched := false
	for _, e := range entries {
		m.complete(e, item, stated)
		if e.row.refused() {
			e.row.Action = Refuse
			continue
		}
		m.lay(&item, e)
		if e.row.Action != New && known {
			e.row.Changes = append(slices.Clone(changes), e.row.Changes...)
			changes = nil
		}
		if e.row.Action == Same && len(e.row.Changes) > 0 {
			e.row.Action = Edit
		}
		touched = touched || e.row.Action != Same
		e.row.Name = item.Name
	}
	if touched {
		m.items = append(m.items, item)
	}
}

// wholeFields are what lines say of the item and not of its variant.
func wholeFields() []field { return []field{fName, fCategory, fUnit, fTaxClass} }

// whole sets what lines say of the item as a whole: the first that says it decides. It
// returns the line that decided each field.
func (m *merger) whole(item *till.Item, entries []*entry) map[field]*entry {
	stated := map[field]*entry{}
	for _, e := range entries {
		if e.row.refused() {
			continue
		}
		for _, f := range wholeFields() {
			if _, done := stated[f]; !done && e.said[f] {
				stated[f] = e
				e.setWhole(item, f)
			}
		}
	}
	return stated
}

func (e *entry) setWhole(item *till.Item, f field) {
	switch f {
	case fName:
		item.Name = e.name
	case fCategory:
		item.Category = e.category
	case fUnit:
		item.Unit = e.unit
	case fTaxClass:
		item.TaxClass = e.taxClass
	default:
	}
}

// complete refuses a line that leaves out what an article must have, or that says of the
// whole item something other than the line that decided it.
func (m *merger) complete(e *entry, item till.Item, stated map[field]*entry) {
	if e.row.refused() {
		return
	}
	if item.Name == "" {
		e.add("", issue(MissingName, i18n.T("the article has no name", "商品没有名称").With(), i18n.T("put one into the column of names", "请填写名称列").With()))
	}
	for _, f := range wholeFields() {
		by := stated[f]
		if by == nil || !e.said[f] {
			continue
		}
		var own, theirs till.Item
		e.setWhole(&own, f)
		by.setWhole(&theirs, f)
		if len(itemChanges(theirs, own)) > 0 {
			e.add(string(f), issue(Contradiction, i18n.T("the %s of %s is another one in line %d", "%[2]s 的 %[1]s 与第 %[3]d 行不一致").With(string(f), item.ID, by.row.Line),
				i18n.T("lines of one item say the same of it", "同一商品的各行应一致").With()))
		}
	}
}

// lay sets what a line says of its variant, and tells what became of it.
func (m *merger) lay(item *till.Item, e *entry) {
	at := slices.IndexFunc(item.Variants, func(v till.Variant) bool { return v.SKU == e.row.SKU })
	if at < 0 {
		v := e.over(till.Variant{SKU: e.row.SKU, Price: money.New(0, m.o.Currency)})
		e.row.Action = New
		item.Variants = append(item.Variants, v)
		m.openWith(e, v)
		return
	}
	before := item.Variants[at]
	after := e.over(before)
	item.Variants[at] = after
	e.row.Action, e.row.Changes = Same, variantChanges(before, after)
	m.compareStock(e, after)
}

// over is a variant with what the line says laid over it.
func (e *entry) over(v till.Variant) till.Variant {
	set := map[field]func(){
		fOption:    func() { v.Option = e.variant.Option },
		fBarcodes:  func() { v.Barcodes = e.variant.Barcodes },
		fPrice:     func() { v.Price = e.variant.Price },
		fCost:      func() { v.Cost = e.variant.Cost },
		fLow:       func() { v.LowStock = e.variant.LowStock },
		fOpenPrice: func() { v.OpenPrice = e.variant.OpenPrice },
		fUntracked: func() { v.Untracked = e.variant.Untracked },
	}
	for f, do := range set {
		if e.said[f] {
			do()
		}
	}
	return v
}

// openWith takes the stock that a new variant begins with.
func (m *merger) openWith(e *entry, v till.Variant) {
	switch {
	case !e.said[fQuantity] || e.quantity == 0:
	case v.Untracked:
		e.add("", notice(StockIgnored, i18n.T("no stock is kept of %s; %s is left out", "%s 不管理库存；忽略数量 %s").With(v.SKU, e.quantity), i18n.Message{}))
	case e.quantity < 0:
		e.add("", notice(NegativeStock, i18n.T("the stock %s is below nothing; %s begins with none", "库存 %[1]s 为负；%[2]s 从零开始").With(e.quantity, v.SKU),
			i18n.T("count it with till stock count start", "请用 till stock count start 盘点").With()))
	default:
		m.opening = append(m.opening, Opening{v.SKU, e.quantity})
	}
}

// compareStock says where the file has another stock than the books, which an import does
// not touch.
func (m *merger) compareStock(e *entry, v till.Variant) {
	if !e.said[fQuantity] || e.quantity == m.o.OnHand[v.SKU] || v.Untracked && e.quantity == 0 {
		return
	}
	e.add("", notice(StockIgnored, i18n.T("the books have %s of %s and the file %s; an import does not change stock", "账面有 %s 件 %s，文件为 %s；导入不改变库存").With(m.o.OnHand[v.SKU], v.SKU, e.quantity),
		i18n.T("till stock adjust puts it right, till stock count start counts it again", "可用 till stock adjust 调整，或用 till stock count start 重新盘点").With()))
}
