package html_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/reports"
	"github.com/tillworks/till/pkg/reports/html"
)

func ExampleWrite() {
	table := reports.Table{
		Title: reports.Text{EN: "Stock", ZH: "库存"}, Chart: reports.BarChart,
		Columns: []reports.Column{
			{Key: "item", Title: reports.Text{EN: "Item", ZH: "商品"}, Label: true},
			{Key: "on_hand", Title: reports.Text{EN: "On hand", ZH: "现存"}, Kind: reports.Count, Bar: true},
		},
		Sections: []reports.Section{{Rows: []reports.Row{{Cells: []reports.Cell{reports.Say("TEA", reports.Text{EN: "Tea", ZH: "茶"}), reports.Number(7)}}}}},
	}
	var page bytes.Buffer
	if err := html.Write(&page, table, reports.Options{Lang: "zh"}); err != nil {
		fmt.Println(err)
		return
	}
	for l := range strings.Lines(page.String()) {
		if strings.Contains(l, "<html") || strings.Contains(l, "<td") {
			fmt.Print(l)
		}
	}
	// Output:
	// <html lang="zh-Hans">
	// <tr><th scope="row">茶</th><td class="num">7</td></tr>
}
