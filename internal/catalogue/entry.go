package catalogue

import (
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// The longest texts of an article, in characters.
const (
	maxName   = 120
	maxOption = 60
)

// entry is what one line says.
type entry struct {
	row    Row
	group  string         // what makes lines one article
	said   map[field]bool // what the line says, and what it leaves as it is
	head   bool           // names an article and says nothing of a variant
	values                // of what is said
}

type values struct {
	name      string
	category  string
	unit      till.Unit
	taxClass  string
	variant   till.Variant
	quantity  till.Quantity
	taxRate   *till.Rate
	taxColumn string
}

// lineReader reads the lines of a file one by one.
type lineReader struct {
	layout
	o     Options
	above *entry // the last line that named an article
}

// entry reads a line.
func (r *lineReader) entry(l sheetLine) *entry {
	e := &entry{row: Row{Line: l.number}, said: map[field]bool{}}
	switch {
	case l.broken != nil:
		e.add("", issue(BrokenQuotes, i18n.T("the quotation marks of the line are broken", "该行的引号不匹配").With(),
			i18n.T("close the mark; one within a text is doubled (\"\")", "请补上引号；文本中的引号应写两次（\"\"）").With()))
		return e
	case len(l.cells) > len(r.heads) && strings.Join(l.cells[len(r.heads):], "") != "":
		e.add("", issue(ColumnCount, i18n.T("the line has %d cells, the head %d", "该行有 %d 个单元格，表头有 %d 个").With(len(l.cells), len(r.heads)),
			i18n.T("put quotation marks around a text with a comma in it", "含逗号的文本请加引号").With()))
		return e
	}
	var options []string
	for i, f := range r.fields {
		if f == "" || i >= len(l.cells) {
			continue
		}
		text := r.undone(e, i, l.cells[i])
		if f == fOption && text != "" && !strings.EqualFold(text, r.plain) {
			options = append(options, text)
		}
		if text != "" || r.name == Own {
			e.said[f] = true
			r.read(e, f, i, text)
		}
	}
	r.option(e, options)
	r.finish(e)
	return e
}

// undone is a text without the apostrophe that keeps a spreadsheet from running it.
func (r *lineReader) undone(e *entry, column int, text string) string {
	if len(text) < 2 || text[0] != '\'' || !isFormula(text[1:]) {
		return text
	}
	if r.name != Own {
		e.add(r.heads[column], notice(FormulaUndone, i18n.T("the apostrophe in front was taken off", "已去除前面的单引号").With(), i18n.Message{}))
	}
	return text[1:]
}

// isFormula reports a text that a spreadsheet may run, or that a quoted one may be taken
// for.
func isFormula(text string) bool { return text != "" && strings.IndexByte("=+-@\t\r'", text[0]) >= 0 }

// add notes an issue of a column.
func (e *entry) add(column string, i *Issue) {
	if i != nil {
		i.Column = column
		e.row.Issues = append(e.row.Issues, *i)
	}
}

// read takes a cell in.
func (r *lineReader) read(e *entry, f field, column int, text string) {
	var i *Issue
	switch f {
	case fID:
		i = r.readID(e, text)
	case fName:
		e.name, i = readText(text, maxName)
	case fCategory:
		e.category, i = readText(text, maxName)
	case fUnit:
		i = e.readUnit(text)
	case fByWeight:
		i = e.readByWeight(text)
	case fSKU:
		i = r.readSKU(e, text)
	case fBarcodes:
		e.variant.Barcodes, i = readBarcodes(text)
	case fPrice:
		i = r.readPrice(e, text)
	case fCost:
		if text != "" {
			e.variant.Cost, i = readPrice(text, r.o.Currency)
		}
	case fLow:
		i = e.readLow(text)
	case fQuantity:
		i = e.readStock(text)
	case fOpenPrice:
		e.variant.OpenPrice, i = readFlag(text)
	case fUntracked:
		e.variant.Untracked, i = readFlag(text)
	case fTracked:
		i = e.readTracked(text)
	case fTaxClass, fTaxRate, fTaxable, fTaxFlag:
		i = r.readTax(e, f, column, text)
	case fOption:
	}
	e.add(r.heads[column], i)
}

// readID takes the number or handle that makes lines one article. Ours is the item's id
// itself; those of others are only a name.
func (r *lineReader) readID(e *entry, text string) *Issue {
	e.group = text
	if r.name != Own || text == "" {
		return nil
	}
	if !IsID(text) {
		return issue(BadID, i18n.T("%q is no id of an item", "%q 不是有效的商品编号").With(clip(text, 40)), idHint())
	}
	e.row.Item = till.ItemID(text)
	return nil
}

func (e *entry) readUnit(text string) (i *Issue) {
	if text == "" {
		e.unit = till.Each
		return nil
	}
	e.unit, i = readUnit(text)
	return i
}

func (e *entry) readByWeight(text string) *Issue {
	weighed, i := readFlag(text)
	e.said[fUnit], e.unit = true, till.Each
	if weighed {
		e.unit = till.Kilo
	}
	return i
}

// readSKU reads a SKU. Those of others may hold what ours cannot; that is replaced, and
// said.
func (r *lineReader) readSKU(e *entry, text string) (i *Issue) {
	if text == "" {
		delete(e.said, fSKU)
		return nil
	}
	e.row.SKU, i = readSKU(text)
	if i != nil && i.Code == BadSKU && r.name != Own {
		if e.row.SKU = till.SKU(slug(text)); e.row.SKU != "" {
			return notice(SKUMade, i18n.T("the SKU %q is kept as %s", "货号 %q 改存为 %s").With(clip(text, 40), e.row.SKU), idHint())
		}
	}
	return i
}

// readPrice reads a price; what others call a variable one is asked for at the till.
func (r *lineReader) readPrice(e *entry, text string) (i *Issue) {
	switch {
	case text == "":
		delete(e.said, fPrice)
		return nil
	case r.name != Own && strings.EqualFold(text, "variable"):
		delete(e.said, fPrice)
		e.said[fOpenPrice], e.variant.OpenPrice = true, true
		return nil
	}
	e.variant.Price, i = readPrice(text, r.o.Currency)
	return i
}

func (e *entry) readLow(text string) (i *Issue) {
	if text == "" {
		return nil
	}
	if e.variant.LowStock, i = readQuantity(text); i == nil && e.variant.LowStock < 0 {
		i = issue(BadQuantity, i18n.T("%s is negative", "%s 为负数").With(text), i18n.T("write 0 or leave the cell empty", "请写 0 或留空").With())
	}
	return i
}

// readStock reads what is on hand. What is not said is not zero.
func (e *entry) readStock(text string) (i *Issue) {
	if text == "" {
		delete(e.said, fQuantity)
		return nil
	}
	e.quantity, i = readQuantity(text)
	return i
}

func (e *entry) readTracked(text string) *Issue {
	tracked, i := readFlag(text)
	e.said[fUntracked], e.variant.Untracked = true, !tracked
	return i
}

// readTax takes what a column says of the tax: our class, a rate, or that there is none.
func (r *lineReader) readTax(e *entry, f field, column int, text string) (i *Issue) {
	switch f {
	case fTaxClass:
		if text != "" {
			e.taxClass, i = readTaxClass(text, r.o.TaxClasses)
		}
		return i
	case fTaxable:
		taxed, bad := readFlag(text)
		if bad != nil || taxed {
			return bad
		}
		text = "0"
	case fTaxFlag:
		applies, bad := readFlag(text)
		if bad != nil || !applies {
			return bad
		}
		text = rateOf(r.heads[column])
	default:
	}
	return r.readRate(e, column, text)
}

// readRate finds the class of a rate. Two rates of one line are two taxes, which no single
// class is guessed for.
func (r *lineReader) readRate(e *entry, column int, text string) *Issue {
	rate, err := till.ParseRate(text)
	if err != nil || rate > till.Whole {
		return issue(UnknownTax, i18n.T("%q is no tax rate", "%q 不是税率").With(clip(text, 24)),
			i18n.T("a rate is a percentage from 0 to 100, as 13 or 6.625", "税率为 0 到 100 的百分数，例如 13 或 6.625").With())
	}
	class, ok := classOfRate(rate, r.o.TaxClasses)
	if !ok || e.taxRate != nil {
		e.taxClass = ""
		delete(e.said, fTaxClass)
		return notice(TaxUnmapped, i18n.T("no tax class of the shop has %s alone; the default class applies", "店铺没有仅含 %s 的税类；将使用默认税类").With(rate),
			i18n.T("make one with till tax set and set it with till item edit --tax", "可用 till tax set 新增，并用 till item edit --tax 设置").With())
	}
	e.taxRate, e.taxColumn, e.taxClass, e.said[fTaxClass] = &rate, r.heads[column], class, true
	return nil
}

// rateOf is the percentage that a head ends in: "Tax - Sales Tax (6.625%)".
func rateOf(head string) string {
	_, rate, _ := strings.Cut(head[max(0, strings.LastIndexByte(head, '(')):], "(")
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(rate), ")"), "%"))
}

func (r *lineReader) option(e *entry, options []string) {
	var i *Issue
	e.variant.Option, i = readText(strings.Join(options, " / "), maxOption)
	if len(options) > 0 || r.has(fOption) {
		e.said[fOption] = true
	}
	e.add("", i)
}

// finish settles what the line belongs to. A line without a name belongs to the article
// above it where the format has it so.
func (r *lineReader) finish(e *entry) {
	e.row.Name = e.name
	if r.carry && e.name == "" && r.above != nil {
		e.group = r.above.group
		return
	}
	if e.group == "" {
		e.group = e.ownName(r.name)
	}
	e.head = !e.said[fPrice] && !e.said[fSKU] && !e.said[fBarcodes] && !e.said[fOpenPrice] && !e.row.refused()
	r.above = e
}

// ownName is what a line without a handle is known by: in our format its SKU, else its
// name, so that lines of one name are one article.
func (e *entry) ownName(format string) string {
	switch {
	case e.row.SKU != "" && (format == Own || e.name == ""):
		return string(e.row.SKU)
	case e.name != "":
		return e.name
	}
	return strings.Join(e.variant.Barcodes, " ")
}
