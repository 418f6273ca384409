package catalogue

import (
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// field is what a column says of an article.
type field string

// The fields. The names of those that our own format has are its heads.
const (
	fID        field = "id"
	fName      field = "name"
	fCategory  field = "category"
	fUnit      field = "unit"
	fTaxClass  field = "tax_class"
	fSKU       field = "sku"
	fOption    field = "option" // several are joined
	fBarcodes  field = "barcodes"
	fPrice     field = "price"
	fCost      field = "cost"
	fLow       field = "low_stock"
	fQuantity  field = "quantity"
	fOpenPrice field = "open_price"
	fUntracked field = "untracked"

	fTracked  field = "tracked"   // the contrary of fUntracked
	fByWeight field = "by_weight" // Y is the kilogram
	fTaxRate  field = "tax_rate"  // percent
	fTaxable  field = "taxable"   // N is no tax
	fTaxFlag  field = "tax_flag"  // Y is the tax whose rate the head names
)

// ownFields are the columns of our own format in their order.
func ownFields() []field {
	return []field{
		fID, fName, fCategory, fUnit, fTaxClass, fSKU, fOption, fBarcodes, fPrice, fCost, fLow, fQuantity, fOpenPrice, fUntracked,
	}
}

// Own is the name of our own format.
const Own = "till"

// format is one kind of file. Heads are compared without regard to case; one that ends in
// * is the beginning of a head, and one that ends in [] is one for each location.
type format struct {
	name    string
	need    []string // heads that only it has, all of them
	columns []column
	plain   string // an option that means none: "Regular", "Default Title"
	group   field  // whose equal values make lines one article
	carry   bool   // a line without a name belongs to the article above it
}

type column struct {
	head  string
	field field
}

// formats are all formats that are known.
func formats() []format {
	return []format{ownFormat(), square(), loyverse(), shopify(), openSourcePOS(), sumUp()}
}

// Formats are the names of the formats, ours first.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

func ownFormat() format {
	f := format{name: Own, group: fID}
	for _, name := range ownFields() {
		f.columns = append(f.columns, column{string(name), name})
	}
	f.columns = append(f.columns,
		column{"编号", fID}, column{"名称", fName}, column{"商品名称", fName}, column{"类别", fCategory}, column{"分类", fCategory},
		column{"单位", fUnit}, column{"税类", fTaxClass}, column{"货号", fSKU}, column{"规格", fOption}, column{"条码", fBarcodes},
		column{"barcode", fBarcodes}, column{"售价", fPrice}, column{"价格", fPrice}, column{"成本", fCost}, column{"进价", fCost},
		column{"库存下限", fLow}, column{"库存", fQuantity}, column{"数量", fQuantity})
	return f
}

func square() format {
	return format{name: "square", need: []string{"item name", "variation name"}, plain: "regular", group: fID, columns: []column{
		{"reference handle", fID}, {"item name", fName}, {"variation name", fOption}, {"sku", fSKU},
		{"category", fCategory}, {"categories", fCategory}, {"gtin", fBarcodes}, {"price", fPrice}, {"default unit cost", fCost},
		{"current quantity []", fQuantity}, {"stock alert count []", fLow}, {"tax - *", fTaxFlag},
	}}
}

func loyverse() format {
	return format{name: "loyverse", need: []string{"handle", "sold by weight"}, group: fID, columns: []column{
		{"handle", fID}, {"sku", fSKU}, {"name", fName}, {"category", fCategory}, {"sold by weight", fByWeight},
		{"option 1 value", fOption}, {"option 2 value", fOption}, {"option 3 value", fOption}, {"cost", fCost}, {"barcode", fBarcodes},
		{"track stock", fTracked}, {"price []", fPrice}, {"default price", fPrice}, {"in stock []", fQuantity}, {"low stock []", fLow},
	}}
}

func shopify() format {
	return format{name: "shopify", need: []string{"handle", "variant price"}, plain: "default title", group: fID, columns: []column{
		{"handle", fID}, {"title", fName}, {"type", fCategory}, {"option1 value", fOption}, {"option2 value", fOption}, {"option3 value", fOption},
		{"variant sku", fSKU}, {"variant inventory qty", fQuantity}, {"variant price", fPrice}, {"variant taxable", fTaxable},
		{"variant barcode", fBarcodes}, {"cost per item", fCost},
	}}
}

func openSourcePOS() format {
	return format{name: "opensourcepos", need: []string{"item name", "unit price"}, group: fID, columns: []column{
		{"id", fID}, {"barcode", fBarcodes}, {"item name", fName}, {"category", fCategory}, {"cost price", fCost}, {"unit price", fPrice},
		{"tax 1 percent", fTaxRate}, {"reorder level", fLow}, {"location_[]", fQuantity},
	}}
}

func sumUp() format {
	return format{name: "sumup", need: []string{"item name", "variations"}, group: fID, carry: true, columns: []column{
		{"item name", fName}, {"variations", fOption}, {"option 1", fOption}, {"option 2", fOption}, {"option 3", fOption}, {"option 4", fOption},
		{"price", fPrice}, {"cost price", fCost}, {"variable price?*", fOpenPrice}, {"tax rate (%)", fTaxRate}, {"unit", fUnit},
		{"track inventory?*", fTracked}, {"quantity", fQuantity}, {"low stock threshold", fLow}, {"sku", fSKU}, {"barcode", fBarcodes},
		{"category", fCategory}, {"item id*", fID},
	}}
}

// layout is a format laid over the head of a file: which column says what.
type layout struct {
	format
	heads   []string
	fields  []field  // by column; "" is ignored
	ignored []string // heads that nothing is made of
}

// has reports that the file says something of a field.
func (l layout) has(f field) bool { return slices.Contains(l.fields, f) }

// recognize finds the format whose columns fit most of the head, and lays it over.
func recognize(head []string, location string) (layout, error) {
	var best layout
	most := 0
	for _, f := range formats() {
		l := f.over(head, location)
		if n := len(head) - len(l.ignored); n > most && f.fits(head) {
			best, most = l, n
		}
	}
	if most < 2 || !best.names() {
		return layout{}, unknownFormat(head)
	}
	return best, best.oneEach()
}

// fits reports that the heads that only this format has are there.
func (f format) fits(head []string) bool {
	for _, need := range f.need {
		if !slices.ContainsFunc(head, func(h string) bool { return strings.EqualFold(h, need) }) {
			return false
		}
	}
	return true
}

// names reports that lines can be told apart: an article has a SKU, a name or a number.
func (l layout) names() bool {
	return l.has(fSKU) || l.has(fName) || l.has(fID) || l.has(fBarcodes)
}

func (f format) over(head []string, location string) layout {
	l := layout{format: f, heads: head, fields: make([]field, len(head))}
	for i, h := range head {
		if l.fields[i] = f.fieldOf(h, location); l.fields[i] == "" && h != "" {
			l.ignored = append(l.ignored, h)
		}
	}
	return l
}

// fieldOf is what a head says, "" for nothing.
func (f format) fieldOf(head, location string) field {
	head = strings.ToLower(head)
	for _, c := range f.columns {
		if _, ok := c.matches(head, location); ok {
			return c.field
		}
	}
	return ""
}

// matches reports that a head is the column's, and of which location it is.
func (c column) matches(head, location string) (string, bool) {
	if stem, ok := strings.CutSuffix(c.head, "*"); ok {
		return "", strings.HasPrefix(head, stem)
	}
	stem, located := strings.CutSuffix(c.head, "[]")
	if !located {
		return "", head == c.head
	}
	place, ok := strings.CutPrefix(head, strings.TrimSpace(stem))
	place = strings.Trim(place, " []()<>")
	return place, ok && (location == "" || strings.EqualFold(place, location))
}

// oneEach refuses a file that says one thing of an article in two columns, as that of
// several shops does.
func (l layout) oneEach() error {
	seen := map[field]int{}
	for i, f := range l.fields {
		first, twice := seen[f]
		if f == "" || f == fOption || f == fTaxFlag || !twice {
			seen[f] = i
			continue
		}
		return l.twoColumns(first, i)
	}
	return nil
}

func (l layout) twoColumns(first, second int) error {
	p := &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the columns %q and %q say the same thing of an article", "列 %q 与 %q 表示同一内容").With(l.heads[first], l.heads[second]),
		Hint: i18n.T("take one of them out", "请去掉其中一列").With(),
	}
	if places := l.locations(); len(places) > 1 {
		p.Hint = i18n.T("the file is that of several shops: name yours with --location, one of %s", "文件包含多个门店：请用 --location 指定其一：%s").With(strings.Join(places, ", "))
	}
	return p
}

// locations are the shops that the heads name.
func (l layout) locations() []string {
	var places []string
	for _, h := range l.heads {
		for _, c := range l.columns {
			if place, ok := c.matches(strings.ToLower(h), ""); ok && place != "" && !slices.Contains(places, place) {
				places = append(places, place)
			}
		}
	}
	return places
}

func unknownFormat(head []string) error {
	own := make([]string, len(ownFields()))
	for i, f := range ownFields() {
		own[i] = string(f)
	}
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("no known file has the columns %s", "没有已知的文件格式包含这些列：%s").With(clip(strings.Join(head, ","), 120)),
		Hint: i18n.T("our own columns are %s; files of %s are known by theirs", "till 的列为 %s；也可识别 %s 的导出文件").With(strings.Join(own, ","), strings.Join(Formats()[1:], ", ")),
	}
}

// clip keeps a text short enough for a line of a problem.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
