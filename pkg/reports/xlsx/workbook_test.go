package xlsx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
	"github.com/tillworks/till/pkg/reports/xlsx"
)

var update = flag.Bool("update", false, "write the golden files anew")

func currency(tb testing.TB, code string) money.Currency {
	tb.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// document is two tables of one title: sums in two currencies, and a list made by hand.
func document(tb testing.TB) reports.Document {
	tb.Helper()
	cny, jpy := currency(tb, "CNY"), currency(tb, "JPY")
	line := func(c money.Currency, item string, net int64) reports.Line {
		return reports.Line{Day: 20260301, Currency: c, Labels: reports.Labels{Item: item}, Sums: reports.Sums{Sales: 1, Quantity: 1500, Net: net, Cost: net / 3}}
	}
	items, err := reports.Tabulate(reports.Lines(
		line(cny, "00012345678905", 123456), line(cny, "=1+1", -50), line(cny, "@SUM(A1)", 7), line(jpy, "+86", 1200),
	), reports.Spec{
		Name: "items", Title: reports.Text{EN: "Items [1/2]: all", ZH: "商品"}, Rows: []reports.Dimension{reports.ByItem},
		Measures: []reports.Measure{reports.Sales, reports.Quantity, reports.Net, reports.MarginPercent}, Share: reports.Net,
	})
	if err != nil {
		tb.Fatal(err)
	}
	stock := reports.Table{
		Name: "stock", Title: reports.Text{EN: "Items [1/2]: all", ZH: "商品"},
		Columns: []reports.Column{
			{Key: "sku", Title: reports.Text{EN: "SKU", ZH: "货号"}, Kind: reports.Code, Label: true},
			{Key: "worth", Title: reports.Text{EN: "Worth", ZH: "金额"}, Kind: reports.Money, Currency: currency(tb, "KWD")},
		},
		Sections: []reports.Section{{Rows: []reports.Row{
			{Cells: []reports.Cell{reports.ID("9007199254740993"), reports.Number(1<<63 - 1)}},
			{Cells: []reports.Cell{reports.ID("-1"), reports.None()}},
			{Cells: []reports.Cell{reports.ID("7"), reports.Number(1001)}},
		}}},
		Notes: []reports.Text{{EN: "=Counted", ZH: "=盘点"}},
	}
	empty := reports.Table{Title: reports.Text{EN: "Nothing", ZH: "空表"}, Columns: stock.Columns}
	return reports.Document{Title: reports.Text{EN: "Both", ZH: "两者"}, Tables: []reports.Table{items, stock, empty}}
}

func workbook(tb testing.TB, src reports.Source, o reports.Options, limit int) (*excelize.File, []byte) {
	tb.Helper()
	var b bytes.Buffer
	if err := xlsx.WriteLimited(&b, src, o, limit); err != nil {
		tb.Fatal(err)
	}
	raw := bytes.Clone(b.Bytes())
	f, err := excelize.OpenReader(&b)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	return f, raw
}

// dump is every cell with its type, its raw value and what is shown.
func dump(tb testing.TB, f *excelize.File) string {
	tb.Helper()
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		fmt.Fprintf(&b, "[%s]\n", sheet)
		rows, err := f.GetRows(sheet)
		if err != nil {
			tb.Fatal(err)
		}
		for r, row := range rows {
			for c, shown := range row {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				raw, _ := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
				kind, _ := f.GetCellType(sheet, at)
				formula, _ := f.GetCellFormula(sheet, at)
				name := "number"
				if kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
					name = "text"
				}
				if shown != "" || raw != "" {
					fmt.Fprintf(&b, "%s\t%s\t%s\t%s%s\n", at, name, raw, shown, formula)
				}
			}
		}
	}
	return b.String()
}

// A workbook that is read back has what the table has, in both languages: numbers as
// numbers with the decimals of their currency, identifiers and formulas as text.
func TestWriteReadBack(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		f, _ := workbook(t, document(t), reports.Options{Lang: lang}, 1000)
		got, path := dump(t, f), filepath.Join("testdata", "book."+lang+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
	}
}

// No part of the file is a formula, a macro or a link, and the same table makes the same
// sheets.
func TestNothingRuns(t *testing.T) {
	_, raw := workbook(t, document(t), reports.Options{}, 1000)
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(part.Name, "worksheets/") && (bytes.Contains(content, []byte("<f>")) || bytes.Contains(content, []byte("<hyperlink"))) {
			t.Errorf("%s has a formula or a link", part.Name)
		}
		if strings.Contains(part.Name, "vba") || strings.Contains(part.Name, "externalLinks") {
			t.Errorf("part %s", part.Name)
		}
	}
}

// A table that is longer than a sheet goes on in the next, and loses no row.
func TestSheetsSplit(t *testing.T) {
	table := reports.Table{
		Title:   reports.Same("A long list of things 这是一张很长很长的表 of 31 letters"),
		Columns: []reports.Column{{Key: "n", Title: reports.Same("N"), Kind: reports.Count}},
	}
	var s reports.Section
	for i := range 25 {
		s.Rows = append(s.Rows, reports.Row{Cells: []reports.Cell{reports.Number(int64(i))}})
	}
	table.Sections = []reports.Section{s}
	f, _ := workbook(t, table, reports.Options{}, 10)
	var seen []string
	for i, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		skip := 1
		if i == 0 {
			skip = 3 // title, empty row, header
		}
		if len(rows) > 10 {
			t.Errorf("%s has %d rows", sheet, len(rows))
		}
		for _, row := range rows[skip:] {
			seen = append(seen, row[0])
		}
	}
	if len(seen) != 25 || seen[0] != "0" || seen[24] != "24" || len(f.GetSheetList()) != 3 {
		t.Errorf("%d sheets with %v, want 3 with 0 to 24", len(f.GetSheetList()), seen)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("no room")

func TestWriteTellsOfErrors(t *testing.T) {
	if err := xlsx.Write(full{}, document(t), reports.Options{}); !errors.Is(err, errFull) {
		t.Errorf("%v, want %v", err, errFull)
	}
}

// The titles of the columns stay in sight, below the title and the period.
func TestTitlesStay(t *testing.T) {
	f, _ := workbook(t, document(t), reports.Options{}, 1000)
	for i, want := range []int{4, 3, 3} {
		panes, err := f.GetPanes(f.GetSheetList()[i])
		if err != nil || !panes.Freeze || panes.YSplit != want {
			t.Errorf("sheet %d: %+v, %v, want %d rows", i, panes, err, want)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	table := reports.Table{Title: reports.Same("Lines")}
	for i := range 6 {
		table.Columns = append(table.Columns, reports.Column{Key: fmt.Sprint(i), Title: reports.Same("Net"), Kind: reports.Money, Currency: currency(b, "CNY")})
	}
	var s reports.Section
	for i := range 20_000 {
		row := reports.Row{}
		for j := range 6 {
			row.Cells = append(row.Cells, reports.Number(int64(i*100+j)))
		}
		s.Rows = append(s.Rows, row)
	}
	table.Sections = []reports.Section{s}
	for b.Loop() {
		if err := xlsx.Write(io.Discard, table, reports.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(20_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func ExampleWrite() {
	table := reports.Table{
		Title:    reports.Text{EN: "Stock", ZH: "库存"},
		Columns:  []reports.Column{{Key: "sku", Title: reports.Text{EN: "SKU", ZH: "货号"}, Kind: reports.Code, Label: true}},
		Sections: []reports.Section{{Rows: []reports.Row{{Cells: []reports.Cell{reports.ID("00042")}}}}},
	}
	var file bytes.Buffer
	if err := xlsx.Write(&file, table, reports.Options{Lang: "zh"}); err != nil {
		fmt.Println(err)
		return
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, _ := book.GetRows("库存")
	fmt.Println(rows)
	// Output: [[库存] [] [货号] [00042]]
}
