package catalogue_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/catalogue"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func currency(t testing.TB, code string) money.Currency {
	t.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// options are those of a shop with one item and three classes.
func options(t testing.TB) catalogue.Options {
	cny := currency(t, "CNY")
	return catalogue.Options{
		Currency: cny,
		Items: []till.Item{{
			ID: "latte", Name: "Latte", Category: "drinks", Unit: till.Each, Version: 3,
			Variants: []till.Variant{
				{SKU: "latte-s", Option: "small", Price: money.New(1800, cny), Barcodes: []string{"2000000000015"}},
				{SKU: "latte-l", Option: "large", Price: money.New(2200, cny), Cost: money.New(600, cny), LowStock: till.Units(2)},
			},
		}, {
			ID: "mocha", Name: "Mocha", Unit: till.Each, Deleted: true, Version: 2,
			Variants: []till.Variant{{SKU: "mocha", Price: money.New(2000, cny)}},
		}},
		OnHand: map[till.SKU]till.Quantity{"latte-s": till.Units(5), "latte-l": -till.Units(1)},
		TaxClasses: []till.TaxClass{
			{Code: "standard", Name: "标准", Rates: []till.TaxRate{{Name: "VAT", Rate: 130_000}}, Default: true},
			{Code: "reduced", Rates: []till.TaxRate{{Name: "VAT", Rate: 90_000}}},
			{Code: "zero", Rates: []till.TaxRate{{Name: "VAT", Rate: 0}}},
		},
	}
}

func read(t testing.TB, text string, o catalogue.Options) catalogue.Preview {
	t.Helper()
	p, err := catalogue.Read(strings.NewReader(text), o)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return p
}

func ExampleRead() {
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		fmt.Println(err)
		return
	}
	file := "sku,name,price\nlatte,Latte,18.00\ntea,Tea,\"12,00\"\n"
	p, err := catalogue.Read(strings.NewReader(file), catalogue.Options{Currency: cny})
	for _, row := range p.Rows {
		fmt.Println(row.Line, row.Action, row.SKU, len(row.Issues))
	}
	fmt.Println(p.Rows[1].Issues[0].Code, "-", p.Rows[1].Issues[0].Hint)
	fmt.Println(len(p.Items), err)
	// Output:
	// 2 new latte 0
	// 3 refuse tea 1
	// price_comma - write 12.00 if that is meant
	// 1 <nil>
}

// codes are the issues of a row in words: "duplicate_sku sku_made".
func codes(r catalogue.Row) string {
	var list []string
	for _, i := range r.Issues {
		list = append(list, string(i.Code))
	}
	return strings.Join(list, " ")
}

// One line of our own format each, and what becomes of it.
func TestLines(t *testing.T) {
	head := "id,name,category,unit,tax_class,sku,option,barcodes,price,cost,low_stock,quantity"
	for _, c := range []struct {
		line   string
		action catalogue.Action
		codes  string
	}{
		{"tea,Tea,drinks,each,standard,tea,,6901234567892,12.00,3,2,10", catalogue.New, ""},
		{"tea,Tea,drinks,each,标准,tea,,6901234567892 96385074,12,3,2,10", catalogue.New, ""},
		{"ham,火腿,deli,千克,,ham,,2100042000001,88.00,,0.5,3.25", catalogue.New, ""},
		{"latte,Latte,drinks,each,,latte-s,small,2000000000015,18.00,,,5", catalogue.Same, ""},
		{"latte,Latte,drinks,each,,latte-s,small,2000000000015,18.00,,,-5", catalogue.Same, "stock_ignored"},
		{"latte,Latte,drinks,each,,latte-l,large,,22.00,6.00,2,-1", catalogue.Same, ""},
		{"latte,Latte,drinks,each,,latte-l,large,,23.00,6.00,2,", catalogue.Edit, ""},
		{"latte,Café Latte,drinks,each,,latte-l,large,,22.00,6.00,2,", catalogue.Edit, ""},
		{"latte,Latte,drinks,each,,latte-xl,huge,,26.00,7.00,,4", catalogue.New, ""},
		{"latte,Latte,drinks,each,,,large,,24.00,6.00,2,", catalogue.Edit, ""},
		{"latte,Latte,drinks,each,,,giant,,30.00,6.00,2,", catalogue.New, "sku_made"},
		{"tea,,drinks,each,,tea,,,12.00,,,", catalogue.Refuse, "missing_name"},
		{"tea,Tea,drinks,each,,tea,,,,,,", catalogue.Refuse, "missing_price"},
		{"tea,Tea,drinks,each,,tea,,,-12,,,", catalogue.Refuse, "price_negative"},
		{"tea,Tea,drinks,each,,tea,,,¥12.00,,,", catalogue.Refuse, "price_currency_sign"},
		{"tea,Tea,drinks,each,,tea,,,12.00 CNY,,,", catalogue.Refuse, "price_currency_sign"},
		{"tea,Tea,drinks,each,,tea,,,12元,,,", catalogue.Refuse, "price_currency_sign"},
		{`tea,Tea,drinks,each,,tea,,,"4,250.00",,,`, catalogue.Refuse, "price_thousands_separator"},
		{`tea,Tea,drinks,each,,tea,,,"4.250,00",,,`, catalogue.Refuse, "price_thousands_separator"},
		{`tea,Tea,drinks,each,,tea,,,"£4,250.00",,,`, catalogue.Refuse, "price_currency_sign"},
		{`tea,Tea,drinks,each,,tea,,,"12,50",,,`, catalogue.Refuse, "price_comma"},
		{"tea,Tea,drinks,each,,tea,,,12.005,,,", catalogue.Refuse, "price_decimals"},
		{"tea,Tea,drinks,each,,tea,,,1.2E+1,,,", catalogue.Refuse, "scientific_notation"},
		{"tea,Tea,drinks,each,,tea,,,NaN,,,", catalogue.Refuse, "not_a_number"},
		{"tea,Tea,drinks,each,,tea,,,-Infinity,,,", catalogue.Refuse, "not_a_number"},
		{"tea,Tea,drinks,each,,tea,,,#REF!,,,", catalogue.Refuse, "not_a_number"},
		{"tea,Tea,drinks,each,,tea,,,１２,,,", catalogue.Refuse, "price_form"},
		{"tea,Tea,drinks,each,,tea,,,+12,,,", catalogue.Refuse, "price_form"},
		{"tea,Tea,drinks,each,,tea,,,99999999999999999999,,,", catalogue.Refuse, "price_form"},
		{"tea,Tea,drinks,each,,tea,,,12,-3,,", catalogue.Refuse, "price_negative"},
		{"tea,Tea,drinks,each,,tea,,,12,,-1,", catalogue.Refuse, "bad_quantity"},
		{"tea,Tea,drinks,each,,tea,,,12,,,a few", catalogue.Refuse, "bad_quantity"},
		{"tea,Tea,drinks,each,,tea,,,12,,,NaN", catalogue.Refuse, "not_a_number"},
		{"tea,Tea,drinks,each,,tea,,,12,,,-4", catalogue.New, "negative_stock"},
		{"tea,Tea,drinks,each,,1.2346E+10,,,12,,,", catalogue.Refuse, "scientific_notation"},
		{"tea,Tea,drinks,each,,5449000000996.0,,,12,,,", catalogue.Refuse, "scientific_notation"},
		{"tea,Tea,drinks,each,,tea cup,,,12,,,", catalogue.Refuse, "bad_sku"},
		{"te a,Tea,drinks,each,,tea,,,12,,,", catalogue.Refuse, "bad_id"},
		{"tea,Tea,drinks,each,,tea,,6901234567890,12,,,", catalogue.Refuse, "wrong_check_digit"},
		{"tea,Tea,drinks,each,,tea,,36000291452,12,,,", catalogue.Refuse, "lost_zeros"},
		{"tea,Tea,drinks,each,,tea,,6.90123E+12,12,,,", catalogue.Refuse, "bad_barcode"},
		{"tea,Tea,drinks,each,,tea,,2000000000015,12,,,", catalogue.Refuse, "duplicate_barcode"},
		{"tea,Tea,drinks,each,,tea,,96385074 96385074,12,,,", catalogue.Refuse, "duplicate_barcode"},
		{"tea,Tea,drinks,each,,latte-s,,,12,,,", catalogue.Refuse, "duplicate_sku"},
		{"tea,Tea,drinks,each,,2000000000015,,,12,,,", catalogue.Refuse, "duplicate_sku"},
		{"tea,Tea,drinks,each,,tea,,latte-s,12,,,", catalogue.Refuse, "duplicate_barcode"},
		{"tea,Tea,drinks,each,,6901234567892,,6901234567892,12,,,", catalogue.New, ""},
		{"tea,Tea,drinks,gallon,,tea,,,12,,,", catalogue.Refuse, "unknown_unit"},
		{"tea,Tea,drinks,each,standart,tea,,,12,,,", catalogue.Refuse, "unknown_tax_class"},
		{"mocha,Mocha,drinks,each,,mocha,,,12,,,", catalogue.Refuse, "deleted_item"},
		{"tea,Tea\x07,drinks,each,,tea,,,12,,,", catalogue.Refuse, "bad_text"},
		{"tea," + strings.Repeat("T", 121) + ",drinks,each,,tea,,,12,,,", catalogue.Refuse, "bad_text"},
		{`tea,Te"a,drinks,each,,tea,,,12,,,`, catalogue.Refuse, "broken_quotes"},
		{"tea,Tea,drinks,each,,tea,,,12,50,,,,", catalogue.New, ""},
		{"tea,Tea,drinks,each,,tea,,,12,50,,,1", catalogue.Refuse, "column_count"},
		{"tea,Tea,drinks,each,,tea,,,12", catalogue.New, ""},
		{"tea,'=1+1,drinks,each,,tea,,,12,,,", catalogue.New, ""},
	} {
		p := read(t, head+"\n"+c.line+"\n", options(t))
		if len(p.Rows) != 1 || p.Rows[0].Action != c.action || codes(p.Rows[0]) != c.codes {
			t.Errorf("%s\n  %+v\n  want %s %q", c.line, p.Rows, c.action, c.codes)
			continue
		}
		for _, i := range p.Rows[0].Issues {
			if i.Refuses && (i.Message.In(i18n.Chinese) == i.Message.String() || i.Hint.In(i18n.Chinese) == i.Hint.String()) {
				t.Errorf("%s: said in one language: %s; %s", c.line, i.Message, i.Hint)
			}
		}
		if kept := len(p.Items); (kept == 1) != (c.action == catalogue.New || c.action == catalogue.Edit) {
			t.Errorf("%s: %d items to be put", c.line, kept)
		}
	}
}

// A price that no amount can hold is told from one that is no number.
func TestPriceTooLarge(t *testing.T) {
	o := options(t)
	if _, err := catalogue.ParsePrice("99999999999999999999", o.Currency); err == nil || !strings.Contains(err.Error(), "more than any amount") {
		t.Errorf("got %v", err)
	}
}

// What a refused price may have been is said in its hint.
func TestPriceHints(t *testing.T) {
	for price, want := range map[string]string{
		`"£4,250.00"`: "4250.00", `"4.250,00"`: "4250.00", `"12,50"`: "12.50", "¥12": "12.00", `"1 234,5"`: "1234.50", "1'250.00": "1250.00",
	} {
		p := read(t, "sku,name,price\ntea,Tea,"+price+"\n", options(t))
		if hint := p.Rows[0].Issues[0].Hint.String(); p.Rows[0].Action != catalogue.Refuse || !strings.Contains(hint, want) {
			t.Errorf("%s: %s %q, want %s", price, p.Rows[0].Action, hint, want)
		}
	}
}

func TestDoublesInTheFile(t *testing.T) {
	p := read(t, `sku,name,price,barcodes
tea,Tea,12,96385074
tea,Tea,13,
cake,Cake,20,0096385074
cup,Cup,5,00000096385074
96385074,Mug,5,
can,Can,5,tea
`, options(t))
	want := []string{"", "duplicate_sku", "lost_zeros", "duplicate_barcode", "duplicate_sku", "duplicate_barcode"}
	for i, r := range p.Rows {
		if codes(r) != want[i] {
			t.Errorf("line %d: %q, want %q", r.Line, codes(r), want[i])
		}
	}
	if p.Count(catalogue.New) != 1 || p.Count(catalogue.Refuse) != 5 || len(p.Items) != 1 {
		t.Errorf("%d new, %d refused, %d items", p.Count(catalogue.New), p.Count(catalogue.Refuse), len(p.Items))
	}
}

// Lines of one item make its variants; what they say of the whole must be one.
func TestVariants(t *testing.T) {
	p := read(t, `id,name,sku,option,price,category
tee,T-shirt,tee-s,S,50,clothes
cap,Cap,cap,,30,clothes
tee,T-shirt,tee-m,M,50,clothes
tee,Shirt,tee-l,L,50,clothes
tee,T-shirt,tee-x,M,55,clothes
`, options(t))
	if got := codes(p.Rows[3]) + "|" + codes(p.Rows[4]); got != "contradiction|duplicate_option" {
		t.Errorf("issues %s", got)
	}
	if len(p.Items) != 2 || len(p.Items[0].Variants) != 2 || p.Items[0].Variants[1].Option != "M" || p.Items[1].ID != "cap" {
		t.Errorf("%+v", p.Items)
	}
}

// A file of few columns changes those alone.
func TestFewColumns(t *testing.T) {
	p := read(t, "sku;price\r\nlatte-l;24.50\r\n", options(t))
	want := []catalogue.Change{{Field: "price", From: "22.00", To: "24.50"}}
	if diff := cmp.Diff(want, p.Rows[0].Changes); diff != "" || p.Rows[0].Name != "Latte" || p.Rows[0].Item != "latte" {
		t.Errorf("%+v %s", p.Rows[0], diff)
	}
	v, _ := p.Items[0].Variant("latte-l")
	if v.Cost.Minor() != 600 || v.LowStock != till.Units(2) || p.Items[0].Version != 3 || len(p.Items[0].Variants) != 2 {
		t.Errorf("%+v", p.Items[0])
	}
	byCode := read(t, "barcode,price\n2000000000015,19\n", options(t))
	if byCode.Rows[0].SKU != "latte-s" || byCode.Rows[0].Action != catalogue.Edit {
		t.Errorf("%+v", byCode.Rows[0])
	}
	missing := read(t, "sku,price\nnobody,1\n", options(t))
	if codes(missing.Rows[0]) != "missing_name" {
		t.Errorf("%+v", missing.Rows[0])
	}
}

func TestEncodings(t *testing.T) {
	text := "货号,名称,售价,类别\ntea,龙井茶,12.00,饮料\nbun,豆沙包,3.50,点心\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(text, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{"utf-8": "\ufeff" + text, "gb18030": gb, "utf-16": wide} {
		p := read(t, raw, options(t))
		if p.Encoding != name || p.Items[0].Name != "龙井茶" || p.Items[1].Category != "点心" || p.Count(catalogue.New) != 2 {
			t.Errorf("%s: %s %+v", name, p.Encoding, p.Items)
		}
	}
	if _, err := catalogue.Read(strings.NewReader("sku,name,price\ntea,Th\xe9 cr\xe8me,3\n"), options(t)); err == nil || !strings.Contains(err.Error(), "GB18030") {
		t.Errorf("Western text in one byte a letter: %v", err)
	}
	o := options(t)
	o.Encoding = "windows-1252"
	if p := read(t, "sku,name,price\ntea,Th\xe9 cr\xe8me,3\n", o); p.Items[0].Name != "Thé crème" {
		t.Errorf("%+v", p.Items)
	}
	o.Encoding = "utf-8"
	if _, err := catalogue.Read(strings.NewReader(gb), o); err == nil {
		t.Error("GB18030 taken for UTF-8")
	}
	o.Encoding = "ebcdic"
	if _, err := catalogue.Read(strings.NewReader(text), o); err == nil || !strings.Contains(err.Error(), `"ebcdic" is no encoding`) {
		t.Errorf("an encoding that nobody knows: %v", err)
	}
}

func TestFilesRefused(t *testing.T) {
	for text, says := range map[string]string{
		"":                       "no articles",
		"\n\n":                   "no articles",
		"sku,name,price\n":       "no articles",
		"a,b,c\n1,2,3\n":         "no known file",
		"price,cost\n1,2\n":      "no known file",
		"sku,name,name\na,b,c\n": "same thing",
		"sku,name,price\n\"tea,Tea,12\ncake,Cake,20\n": "line 2",
	} {
		_, err := catalogue.Read(strings.NewReader(text), options(t))
		var p *till.Problem
		if !errors.As(err, &p) || !strings.Contains(err.Error(), says) || p.Hint.IsZero() {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
	if _, err := catalogue.Read(&failing{}, options(t)); !errors.Is(err, errBroken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

var errBroken = errors.New("broken")

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errBroken }

// A broken line does not spoil the next one.
func TestBrokenQuotesEndWithTheirLine(t *testing.T) {
	p := read(t, "sku,name,price\ntea,Te\"a,12\ncake,Cake,20\n", options(t))
	if p.Rows[0].Action != catalogue.Refuse || p.Rows[1].Action != catalogue.New || p.Rows[1].Line != 3 {
		t.Errorf("%+v", p.Rows)
	}
}

// What other programs export, told by their heads.
func TestFormats(t *testing.T) {
	for _, c := range []struct {
		format, text, ignored string
		want                  []string // SKU, item, name, option, unit, class, codes, price, issues
		opening               string
	}{
		{
			"square", "\ufeffToken,Item Name,Variation Name,SKU,Description,Category,Price,GTIN,Current Quantity Main St,Stock Alert Count Main St,Tax - Sales Tax (13%)\n" +
				"A1,Flat White,Regular,FW 1,milk,Coffee,20.00,036000291452,4,2,Y\n" +
				"A2,Bagel,Plain,BG-P,,Food,9.00,,-2,,N\nA2,Bagel,Sesame,,,Food,variable,,,,N\n",
			"Token,Description",
			[]string{
				"FW-1|Flat-White|Flat White||each|standard|036000291452|20.00|sku_made id_made",
				"BG-P|Bagel|Bagel|Plain|each|||9.00|negative_stock",
				"Bagel-Sesame|Bagel|Bagel|Sesame|each|||0.00|sku_made",
			}, "FW-1=4",
		},
		{
			"loyverse", "Handle,SKU,Name,Category,Sold by weight,Option 1 name,Option 1 value,Cost,Barcode,Track stock,Available for sale [Cafe],Price [Cafe],In stock [Cafe],Low stock [Cafe]\n" +
				"tea,10001,Tea,Drinks,N,Size,S,3,,Y,Y,12,7,2\ntea,10002,,,,,L,4,,Y,Y,16,1,2\nham,10003,Ham,Deli,Y,,,40,,N,Y,88.00,5,\n",
			"Option 1 name,Available for sale [Cafe]",
			[]string{
				"10001|tea|Tea|S|each|||12.00|", "10002|tea|Tea|L|each|||16.00|", "10003|ham|Ham||kg|||88.00|stock_ignored",
			}, "10001=7 10002=1",
		},
		{
			"shopify", "Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Variant Taxable,Variant Barcode,Image Src,Cost per item\n" +
				"mug,Mug,Us,Ware,Title,Default Title,MUG,3,45.00,true,6901234567892,a.png,20\nmug,,,,,,,,,,,b.png,\n" +
				"tee,Tee,Us,Wear,Size,S,TEE-S,,99.00,false,,,\ntee,,,,,M,TEE-M,,99.00,false,,,\n",
			"Vendor,Option1 Name,Image Src",
			[]string{
				"MUG|mug|Mug||each||6901234567892|45.00|", "TEE-S|tee|Tee|S|each|zero||99.00|", "TEE-M|tee|Tee|M|each|zero||99.00|",
			}, "MUG=3",
		},
		{
			"opensourcepos", "\ufeffId,Barcode,\"Item Name\",Category,\"Supplier ID\",\"Cost Price\",\"Unit Price\",\"Tax 1 Name\",\"Tax 1 Percent\",\"Reorder Level\",Description,location_stock\n" +
				"7,96385074,Soap,Bath,,1.5,3.5,VAT,9,4,,12\n8,,Towel,Bath,,1,3,VAT,1900,,,\n9,,Comb,Bath,,1,3,VAT,5,,,\n",
			"Supplier ID,Tax 1 Name,Description",
			[]string{"7|7|Soap||each|reduced|96385074|3.50|sku_made", "||Towel||||||unknown_tax_class", "9|9|Comb||each|||3.00|tax_unmapped sku_made"},
			"7=12",
		},
		{
			"sumup", "Item name,Variations,Option set 1,Price,Cost price,Tax rate (%),Unit,Track inventory? (Yes/No),Quantity,SKU,Barcode,Category,Item id (Do not change),Variant id (Do not change)\n" +
				"Cappuccino,,,32.00,1.10,13,pcs,No,,SU-1,,Kaffee,1001,2001\nKuchen,,,,,9,pcs,,,,,Kuchen,1002,\n,Apfel,,38.00,,,,Yes,4,SU-2,,,,2002\n,Mohn,,39.00,,,,Yes,5,SU-3,,,,2003\n",
			"Option set 1,Variant id (Do not change)",
			[]string{
				"SU-1|1001|Cappuccino||each|standard||32.00|", "SU-2|1002|Kuchen|Apfel|each|reduced||38.00|", "SU-3|1002|Kuchen|Mohn|each|reduced||39.00|",
			}, "SU-2=4 SU-3=5",
		},
	} {
		p := read(t, c.text, options(t))
		if p.Format != c.format || strings.Join(p.Ignored, ",") != c.ignored {
			t.Errorf("%s: %s, ignored %q", c.format, p.Format, p.Ignored)
		}
		var got []string
		for _, r := range p.Rows {
			got = append(got, told(p, r))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.format, diff)
		}
		var opening []string
		for _, o := range p.Opening {
			opening = append(opening, fmt.Sprintf("%s=%s", o.SKU, o.Quantity))
		}
		if strings.Join(opening, " ") != c.opening {
			t.Errorf("%s: opening %v, want %s", c.format, opening, c.opening)
		}
	}
}

// told is a row with the variant that it made.
func told(p catalogue.Preview, r catalogue.Row) string {
	var item till.Item
	var v till.Variant
	price := ""
	for _, i := range p.Items {
		if found, ok := i.Variant(r.SKU); ok && i.ID == r.Item {
			item, v, price = i, found, found.Price.Decimal()
		}
	}
	return fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s|%s|%s", r.SKU, r.Item, r.Name, v.Option, item.Unit, item.TaxClass, strings.Join(v.Barcodes, " "), price, codes(r))
}

// A file of several shops wants to know which; the same file twice is no change.
func TestLocations(t *testing.T) {
	text := "Handle,SKU,Name,Sold by weight,Price [North],Price [South]\ntea,1,Tea,N,12,14\n"
	_, err := catalogue.Read(strings.NewReader(text), options(t))
	var p *till.Problem
	if !errors.As(err, &p) || !strings.Contains(p.Hint.String(), "north, south") {
		t.Errorf("two shops: %v", err)
	}
	o := options(t)
	o.Location = "south"
	if p := read(t, text, o); p.Items[0].Variants[0].Price.Decimal() != "14.00" {
		t.Errorf("%+v", p.Items)
	}
}

// What others export is the same when it is read again.
func TestForeignAgainIsNoChange(t *testing.T) {
	text := "Handle,SKU,Name,Category,Sold by weight,Option 1 value,Price [A],In stock [A]\ntea,,Tea,Drinks,N,S,12,\ntea,,,,,L,16,\n咖啡,,咖啡,,N,,20,\n"
	o := options(t)
	first := read(t, text, o)
	o.Items = append(o.Items, first.Items...)
	if again := read(t, text, o); again.Count(catalogue.Same) != 3 || len(again.Items) != 0 {
		t.Errorf("%+v", again.Rows)
	}
}

// What Write writes, Read finds to be no change, whatever the texts are.
func TestRoundTrip(t *testing.T) {
	o := options(t)
	rapid.Check(t, func(t *rapid.T) {
		items, onHand := drawItems(t, o.Currency)
		var file bytes.Buffer
		if err := catalogue.Write(&file, items, onHand); err != nil {
			t.Fatal(err)
		}
		o := o
		o.Items, o.OnHand = items, onHand
		raw := file.Bytes()
		p, err := catalogue.Read(bytes.NewReader(raw), o)
		if err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		for _, r := range p.Rows {
			if r.Action != catalogue.Same || len(r.Issues) > 0 || len(r.Changes) > 0 {
				t.Fatalf("line %d: %+v\n%s", r.Line, r, raw)
			}
		}
		lines, err := csv.NewReader(&file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range slices.Concat(lines...) {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Fatalf("a spreadsheet could run %q", cell)
			}
		}
		o.Items, o.OnHand = nil, nil
		p, err = catalogue.Read(bytes.NewReader(raw), o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fmt.Sprint(items), fmt.Sprint(p.Items)); diff != "" || p.Count(catalogue.New) != len(p.Rows) {
			t.Fatalf("into an empty shop: %s\n%+v", diff, p.Rows)
		}
	})
}

// drawItems are items as a shop may have them, with ids, SKUs and barcodes of their own.
func drawItems(t *rapid.T, c money.Currency) ([]till.Item, map[till.SKU]till.Quantity) {
	text := rapid.StringMatching(`[=+@'\-"]?[A-Za-z拿铁é][A-Za-z =+@'",;拿铁\-]{0,10}[A-Za-z茶!]`)
	onHand := map[till.SKU]till.Quantity{}
	var items []till.Item
	number := int64(0)
	for i := range rapid.IntRange(1, 4).Draw(t, "items") {
		item := till.Item{
			ID: till.ItemID(fmt.Sprintf("i%d", i)), Name: text.Draw(t, "name"), Category: text.Draw(t, "category"),
			Unit: rapid.SampledFrom(catalogue.Units()).Draw(t, "unit"), TaxClass: rapid.SampledFrom([]string{"", "standard", "zero"}).Draw(t, "class"),
		}
		for n := range rapid.IntRange(1, 3).Draw(t, "variants") {
			number++
			code, err := barcode.Make(20, number)
			if err != nil {
				t.Fatal(err)
			}
			v := till.Variant{
				SKU: till.SKU(fmt.Sprintf("%s-%d", item.ID, n)), Option: fmt.Sprint(n), Barcodes: []string{code, fmt.Sprintf("T-%d", number)},
				Price:    money.New(rapid.Int64Range(0, 1_000_000).Draw(t, "price"), c),
				LowStock: till.Quantity(rapid.Int64Range(0, 5000).Draw(t, "low")), OpenPrice: rapid.Bool().Draw(t, "open"),
			}
			if cost := rapid.Int64Range(0, 1000).Draw(t, "cost"); cost > 0 {
				v.Cost = money.New(cost, c)
			}
			if v.Untracked = rapid.Bool().Draw(t, "untracked"); !v.Untracked {
				onHand[v.SKU] = till.Quantity(rapid.Int64Range(1, 9000).Draw(t, "stock"))
			}
			item.Variants = append(item.Variants, v)
		}
		items = append(items, item)
	}
	return items, onHand
}

func TestCheck(t *testing.T) {
	o := options(t)
	good := func() till.Item {
		return till.Item{ID: "tea", Name: "Tea", Unit: till.Each, TaxClass: "standard", Variants: []till.Variant{
			{SKU: "tea", Price: money.New(1200, o.Currency), Barcodes: []string{"6901234567892"}},
		}}
	}
	if err := catalogue.Check(good(), o.TaxClasses, o.Currency); err != nil {
		t.Fatal(err)
	}
	for says, spoil := range map[string]func(*till.Item){
		"no id or SKU":        func(i *till.Item) { i.ID = "-tea" },
		"no name":             func(i *till.Item) { i.Name = "" },
		"cannot be printed":   func(i *till.Item) { i.Name = "a\nb" },
		"120 characters":      func(i *till.Item) { i.Category = strings.Repeat("x", 121) },
		"unit \"oz":           func(i *till.Item) { i.Unit = "oz" },
		"tax class":           func(i *till.Item) { i.TaxClass = "luxury" },
		"tax class \"STAND":   func(i *till.Item) { i.TaxClass = "STANDARD" },
		"no variant":          func(i *till.Item) { i.Variants = nil },
		"SKU tea is there":    func(i *till.Item) { i.Variants = append(i.Variants, i.Variants[0]) },
		"\"\" is no id":       func(i *till.Item) { i.Variants[0].SKU = "" },
		"-1.00 is negative":   func(i *till.Item) { i.Variants[0].Price = money.New(-100, o.Currency) },
		"currency CNY":        func(i *till.Item) { i.Variants[0].Cost = money.New(100, currency(t, "USD")) },
		"low stock of -0.001": func(i *till.Item) { i.Variants[0].LowStock = -1 },
		"check digit":         func(i *till.Item) { i.Variants[0].Barcodes = []string{"6901234567890"} },
		"kept as 96385074":    func(i *till.Item) { i.Variants[0].Barcodes = []string{"00000096385074"} },
		"96385074 is there":   func(i *till.Item) { i.Variants[0].Barcodes = []string{"96385074", "96385074"} },
		"6901234567892 is th": func(i *till.Item) { v := i.Variants[0]; v.SKU = "tea2"; i.Variants = append(i.Variants, v) },
	} {
		item := good()
		spoil(&item)
		var p *till.Problem
		if err := catalogue.Check(item, o.TaxClasses, o.Currency); !errors.As(err, &p) || !strings.Contains(err.Error(), says) || p.Hint.IsZero() {
			t.Errorf("%v, want %q and a hint", err, says)
		}
	}
}

func TestChanges(t *testing.T) {
	before := options(t).Items[0]
	after := before
	after.Name = "Caffè latte"
	after.Variants = append([]till.Variant{}, before.Variants...)
	after.Variants[0].Price = money.New(1900, currency(t, "CNY"))
	want := []catalogue.Change{{Field: "name", From: "Latte", To: "Caffè latte"}, {Field: "latte-s price", From: "18.00", To: "19.00"}}
	if diff := cmp.Diff(want, catalogue.Changes(before, after)); diff != "" {
		t.Error(diff)
	}
}

// Whatever a file holds, each line is told of once, and what is put passes the check.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"sku,name,price\ntea,Tea,12\n", "id,name,sku,option,price\na,A,s,x,1\na,,t,y,2\n",
		"Handle,SKU,Name,Sold by weight,Price [A]\n茶,,茶,Y,1\n", "Item name,Variations,Price\nCake,,\n,A,3\n,B,4\n",
		"Item Name,Variation Name,Price,Tax - X (9%)\nA,Regular,variable,Y\n", "\xff\xfes\x00k\x00u\x00", "\xc2\xed,\xb5\xa5\n1,2\n",
		"sku,name,price,quantity,barcodes\n'=a,\"x\ny\",1e3,-4,04252614|1\n", "Handle,Variant Price,Title\na,,\na,1,b\n",
		"编号,名称,售价\n,茶,3\n,茶,4\n", "sku,name,price\n\"a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := options(t)
		p, err := catalogue.Read(strings.NewReader(text), o)
		if err != nil {
			var problem *till.Problem
			if !errors.As(err, &problem) || problem.Hint.IsZero() {
				t.Fatalf("%q: %v tells no next step", text, err)
			}
			return
		}
		lines := map[int]bool{}
		for _, r := range p.Rows {
			if lines[r.Line] || r.Action == "" || (r.Action == catalogue.Refuse) != refused(r) {
				t.Fatalf("%q: %+v", text, r)
			}
			lines[r.Line] = true
		}
		for _, item := range p.Items {
			if err := catalogue.Check(item, o.TaxClasses, o.Currency); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}

func refused(r catalogue.Row) bool {
	for _, i := range r.Issues {
		if i.Refuses {
			return true
		}
	}
	return false
}
