package settle_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/settle"
	"github.com/tillworks/till/pkg/settle/formats"
)

// shop is a small CSV format of nobody's; tests put other lines in its place.
const shop = `name: shop
title: {en: shop, zh: 商店}
kind: csv
currency: CNY
zone: "+08:00"
columns:
  - {to: order, header: [order, 单号], required: true}
  - {to: gross, header: [amount]}
  - {to: fee, header: [fee]}
  - {to: time, header: [date], layouts: ["2006-01-02"]}
  - {id: kind, header: [kind]}
types:
  - {type: refund, when: {kind: [R]}}
  - {type: sale, when: {kind: [S]}}
`

func shopWith(t testing.TB, changes ...string) *settle.Format {
	t.Helper()
	f, err := settle.LoadSpec([]byte(strings.NewReplacer(changes...).Replace(shop)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Every fault of a spec is refused with the line it is on.
func TestSpecLint(t *testing.T) {
	for name, c := range map[string]struct {
		old, with string
		line      int
		says      string
	}{
		"name":                   {"name: shop", "name: My Shop", 1, "lower case"},
		"title":                  {"title: {en: shop, zh: 商店}", "title: {en: shop}", 2, "en and zh"},
		"kind":                   {"kind: csv", "kind: xls", 3, "csv or fixed"},
		"unknown key":            {"kind: csv", "kind: csv\ncolour: red", 4, "colour"},
		"key twice":              {"kind: csv", "kind: csv\nkind: csv", 4, "kind"},
		"encoding":               {"kind: csv", "kind: csv\nencoding: ebcdic", 4, "gbk"},
		"separator":              {"kind: csv", "kind: csv\nseparator: '||'", 4, "one ASCII character"},
		"guard":                  {"kind: csv", "kind: csv\nguard: ','", 4, "guard"},
		"currency":               {"currency: CNY", "currency: RMB", 4, "ISO 4217"},
		"zone":                   {`zone: "+08:00"`, "zone: Mars", 5, "zone"},
		"local zone":             {`zone: "+08:00"`, "zone: Local", 5, "zone"},
		"no such field":          {"to: gross", "to: grosz", 8, "no field"},
		"sign":                   {"header: [amount]", "header: [amount], sign: minus", 8, "sign"},
		"sign without column":    {"header: [amount]", "header: [amount], sign: column", 8, "sign_from"},
		"sign of no column":      {"header: [amount]", "header: [amount], sign: column, sign_from: x", 8, "no column"},
		"decimals":               {"header: [amount]", "header: [amount], decimals: 2", 8, "decimals"},
		"no header name":         {"to: gross, header: [amount]", "to: gross", 8, "no name"},
		"width in csv":           {"to: gross, header: [amount]", "to: gross, header: [amount], width: 3", 8, "fixed"},
		"no layout":              {`, layouts: ["2006-01-02"]`, "", 10, "layouts"},
		"layout of an amount":    {"header: [fee]", `header: [fee], layouts: ["2006"]`, 9, "layouts"},
		"no gross":               {"to: gross", "id: gross", 7, "gross"},
		"name taken":             {"id: kind, header", "id: order, header", 11, "taken"},
		"no such type":           {"type: refund", "type: repay", 13, "no type"},
		"rule of no column":      {"{kind: [R]}", "{sort: [R]}", 13, "no column"},
		"rule without value":     {"{kind: [R]}", "{kind: []}", 13, "no values"},
		"gross of no column":     {"when: {kind: [R]}", "when: {kind: [R]}, gross: back", 13, "no column"},
		"total without line":     {"types:", "totals:\n  - {required: true}\ntypes:", 13, "line, header"},
		"total of no expression": {"types:", "totals:\n  - {line: 'SUM (', required: true}\ntypes:", 13, "regular expression"},
		"total without letters":  {"types:", "totals:\n  - {line: '(?P<count>.*)'}\ntypes:", 13, "begin with"},
		"total without group":    {"types:", "totals:\n  - {line: 'SUM'}\ntypes:", 13, "no group"},
		"total of no measure":    {"types:", "totals:\n  - {line: 'SUM (?P<weight>.*)'}\ntypes:", 13, "weight"},
		"date without clock":     {"to: time", "to: date", 7, "date and clock"},
		"alias":                  {"title: {en: shop, zh: 商店}", "title: &t {en: shop, zh: 商店}", 2, "anchors"},
		"no YAML":                {"kind: csv", "kind: [csv", 0, ""},
		"two documents":          {"kind: csv", "kind: csv\n---\nkind: csv", 0, ""},
		"list for text":          {"kind: csv", "kind: [csv]", 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(shop, c.old) {
				t.Fatal("nothing to change")
			}
			_, err := settle.LoadSpec([]byte(strings.Replace(shop, c.old, c.with, 1)))
			var fault *settle.SpecError
			if !errors.As(err, &fault) || !errors.Is(err, settle.ErrSpec) {
				t.Fatalf("%v", err)
			}
			if c.line > 0 && fault.Line != c.line {
				t.Errorf("line %d, want %d: %v", fault.Line, c.line, err)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want it to say %q", err, c.says)
			}
			if fault.In("zh") == fault.In("en") {
				t.Errorf("the same in Chinese: %s", fault.In("zh"))
			}
		})
	}
}

func TestSpecTooLong(t *testing.T) {
	if _, err := settle.LoadSpec([]byte("name: " + strings.Repeat("x", 300<<10))); !errors.Is(err, settle.ErrSpec) {
		t.Error(err)
	}
	if _, err := settle.LoadSpec(nil); !errors.Is(err, settle.ErrSpec) {
		t.Error(err)
	}
}

// What a format can say of columns, one at a time.
func TestColumns(t *testing.T) {
	cny, usd := currency(t, "CNY"), currency(t, "USD")
	shanghai := time.FixedZone("+08:00", 8*3600)
	base := settle.Record{Type: settle.Sale, Currency: cny, Gross: 1250, Net: 1250, Order: "A1", Time: time.Date(2026, 10, 5, 0, 0, 0, 0, shanghai)}
	with := func(f func(*settle.Record)) settle.Record { r := base; f(&r); return r }
	for name, c := range map[string]struct {
		changes []string
		text    string
		want    settle.Record
	}{
		"as it is":           {nil, "order,amount,fee,date,kind\nA1,12.50,,2026-10-05,S\n", base},
		"in another order":   {nil, "kind,date,order,amount,more\nS,2026-10-05,A1,12.50,x\n", base},
		"other header":       {nil, "单号,amount,fee,date,kind\nA1,12.50,,2026-10-05,S\n", base},
		"lines above header": {nil, "Report of October\n\norder,amount,fee,date,kind\nA1,12.50,,2026-10-05,S\n", base},
		"byte order mark":    {nil, "\xEF\xBB\xBForder,amount,fee,date,kind\nA1,12.50,,2026-10-05,S\n", base},
		"crlf":               {nil, "order,amount,fee,date,kind\r\nA1,12.50,,2026-10-05,S\r\n", base},
		"quotes and blanks":  {nil, "\"order\",amount,fee,date,kind\n \"A1\",\t12.50 ,,2026-10-05,S\n", with(func(r *settle.Record) { r.Order = `"A1"` })},
		"quoted":             {nil, "order,amount,fee,date,kind\n\"A1\",\"12.50\",\"\",\"2026-10-05\",\"S\"\n", base},
		"text as formula":    {nil, "order,amount,fee,date,kind\n\"=\"\"0012\"\"\",12.50,,2026-10-05,S\n", with(func(r *settle.Record) { r.Order = "0012" })},
		"fee":                {nil, "order,amount,fee,date,kind\nA1,12.50,0.08,2026-10-05,S\n", with(func(r *settle.Record) { r.Fee, r.Net, r.Stated = 8, 1242, settle.FeeStated })},
		"refund":             {nil, "order,amount,fee,date,kind\nA1,-12.50,,2026-10-05,R\n", with(func(r *settle.Record) { r.Type, r.Gross, r.Net = settle.Refund, -1250, -1250 })},
		"unsigned refund":    {[]string{"header: [amount]", "header: [amount], sign: unsigned"}, "order,amount,fee,date,kind\nA1,12.50,,2026-10-05,R\n", with(func(r *settle.Record) { r.Type, r.Gross, r.Net = settle.Refund, -1250, -1250 })},
		"negated":            {[]string{"header: [fee]", "header: [fee], sign: negated"}, "order,amount,fee,date,kind\nA1,12.50,-0.08,2026-10-05,S\n", with(func(r *settle.Record) { r.Fee, r.Net, r.Stated = 8, 1242, settle.FeeStated })},
		"letter":             {[]string{"header: [amount]", "header: [amount], sign: cd, decimals: minor"}, "order,amount,fee,date,kind\nA1,D000000001250,,2026-10-05,R\n", with(func(r *settle.Record) { r.Type, r.Gross, r.Net = settle.Refund, -1250, -1250 })},
		"CR and DR":          {[]string{"header: [amount]", "header: [amount], sign: column, sign_from: kind", "[R]", "[DR]", "[S]", "[CR]"}, "order,amount,fee,date,kind\nA1,12.50,,2026-10-05,DR\n", with(func(r *settle.Record) { r.Type, r.Gross, r.Net = settle.Refund, -1250, -1250 })},
		"own currency":       {[]string{"to: fee, header: [fee]", "to: currency, header: [fee]"}, "order,amount,fee,date,kind\nA1,12.50,usd,2026-10-05,S\n", with(func(r *settle.Record) { r.Currency = usd })},
		"currency by number": {[]string{"to: fee, header: [fee]", "to: currency, header: [fee]"}, "order,amount,fee,date,kind\nA1,12.50,840,2026-10-05,S\n", with(func(r *settle.Record) { r.Currency = usd })},
		"card is masked":     {[]string{"to: fee, header: [fee]", "to: card, header: [fee]"}, "order,amount,fee,date,kind\nA1,12.50,4111111111111111,2026-10-05,S\n", with(func(r *settle.Record) { r.Card = "411111******1111" })},
		"full-width colons":  {[]string{`["2006-01-02"]`, `["2006-01-02 15:04:05"]`}, "order,amount,fee,date,kind\nA1,12.50,,2026-10-05 00：00：00,S\n", base},
		"two layouts":        {[]string{`["2006-01-02"]`, `["2006-01-02", "02 Jan 2006"]`}, "order,amount,fee,date,kind\nA1,12.50,,05 Oct 2026,S\n", base},
		"latin1":             {[]string{"kind: csv", "kind: csv\nencoding: latin1"}, "order,amount,fee,date,kind\nA\xE9,12.50,,2026-10-05,S\n", with(func(r *settle.Record) { r.Order = "Aé" })},
		"gbk and a bar":      {[]string{"kind: csv", "kind: csv\nencoding: gbk\nseparator: '|'"}, "order|amount|fee|date|kind\n\x81|A|12.50||2026-10-05|S\n", with(func(r *settle.Record) { r.Order = "亅A" })},
		"semicolons":         {[]string{"kind: csv", "kind: csv\nseparator: ';'"}, "order;amount;fee;date;kind\nA1;12.50;;2026-10-05;S\n", base},
		"skipped rows":       {[]string{"types:", "types:\n  - {skip: true, when: {kind: [X]}}"}, "order,amount,fee,date,kind\nA0,1.00,,2026-10-05,X\nA1,12.50,,2026-10-05,S\n", base},
	} {
		t.Run(name, func(t *testing.T) {
			records, faults := readAll(shopWith(t, c.changes...), c.text)
			if len(records) != 1 || len(faults) != 0 {
				t.Fatalf("%d records, %v", len(records), faults)
			}
			got, want := records[0], c.want
			if got.Source.Line == 0 || !got.Time.Equal(want.Time) {
				t.Errorf("at %v, %v", got.Source, got.Time)
			}
			got.Source, got.Time, want.Time = settle.Source{}, time.Time{}, time.Time{}
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

// Dates without a year are of the year that brings them nearest to the day of the file.
func TestYearlessDates(t *testing.T) {
	f := shopWith(t, `["2006-01-02"]`, `["01-02"]`)
	for day, c := range map[string]struct {
		near time.Time
		want string
	}{
		"12-31": {time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), "2026-12-31"},
		"01-01": {time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), "2027-01-01"},
		"10-05": {noon(5), "2026-10-05"},
		"02-29": {time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC), "2028-02-29"},
	} {
		text := "order,amount,fee,date,kind\nA1,12.50,," + day + ",S\n"
		for r, err := range f.Read(strings.NewReader(text), settle.ReadOptions{Day: c.near}) {
			if err != nil || r.Time.Format(time.DateOnly) != c.want {
				t.Errorf("%s near %v: %v, %v", day, c.near, r.Time, err)
			}
		}
	}
	_, faults := readAll(f, "order,amount,fee,date,kind\nA1,12.50,,10-05,S\n")
	wantFault(t, faults, settle.ErrDate, 2)
}

// Fixed width counts bytes: a Chinese name in GBK moves nothing.
func TestFixedWidth(t *testing.T) {
	f, err := settle.LoadSpec([]byte(`name: fixed
title: {en: fixed, zh: 定长}
kind: fixed
encoding: gbk
gap: true
filler: 3
currency: CNY
columns:
  - {to: order, width: 6, required: true}
  - {to: merchant, width: 8}
  - {to: gross, width: 6, decimals: minor}
`))
	if err != nil {
		t.Fatal(err)
	}
	records, faults := readAll(f, "A00001 \xB2\xE2\xCA\xD4     001250   \r\nA00002 shop     002000\nA00003 shop     0020\nA00004 shop   0002000  \nA00005 shop    0002000\nA00006 shop     0020.0\n")
	if len(records) != 2 || records[0].Merchant != "测试" || records[0].Gross != 1250 || records[1].Order != "A00002" {
		t.Fatalf("%+v", records)
	}
	wantFault(t, faults, settle.ErrWidth, 3)
	wantFault(t, faults, settle.ErrGap, 5)
	wantFault(t, faults, settle.ErrDecimals, 6)
}

// FuzzSpec loads any text as a spec and as rules, and reads with what loads.
func FuzzSpec(f *testing.F) {
	f.Add([]byte(shop))
	for _, name := range formats.Names() {
		text, err := formats.Spec(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("match:\n  - {name: a, key: [stan]}\nfees:\n  - {name: f, percent: '0.6', currency: CNY, min: 1}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var fault *settle.SpecError
		if _, err := settle.LoadRules(text); err != nil && !errors.As(err, &fault) {
			t.Fatalf("rules: %v", err)
		}
		format, err := settle.LoadSpec(text)
		if err != nil {
			if !errors.As(err, &fault) {
				t.Fatalf("spec: %v", err)
			}
			return
		}
		for range format.Read(strings.NewReader(shop), settle.ReadOptions{}) {
			continue
		}
		format.Name()
	})
}

// FuzzFixed reads any bytes as rows of fixed width in GBK.
func FuzzFixed(f *testing.F) {
	format := load(f, "unionpay-zm")
	f.Add([]byte(strings.Repeat("0", 607) + "\n"))
	f.Add([]byte("S22 49000000    48200000    000001 1104101500"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for r, err := range format.Read(strings.NewReader(string(text)), settle.ReadOptions{File: "f"}) {
			if err == nil && (r.Gross-r.Fee != r.Net || r.Trade == "") {
				t.Fatalf("%+v", r)
			}
		}
	})
}
