package html_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/reports"
)

// The page is as it was, in both languages.
func TestWriteGolden(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		golden(t, "page."+lang+".html", page(t, document(t), reports.Options{Lang: lang}))
	}
}

// elements parses a page as XML, which is stricter than any browser, and gives the names
// of its elements and the text of its table cells.
func elements(t *testing.T, raw []byte) (names map[string]int, cells []string) {
	t.Helper()
	names = map[string]int{}
	d := xml.NewDecoder(bytes.NewReader(raw))
	var cell *strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names, cells
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			names[e.Name.Local]++
			if e.Name.Local == "td" || e.Name.Local == "th" {
				cell = &strings.Builder{}
			}
		case xml.CharData:
			if cell != nil {
				cell.Write(e)
			}
		case xml.EndElement:
			if cell != nil && (e.Name.Local == "td" || e.Name.Local == "th") {
				cells, cell = append(cells, cell.String()), nil
			}
		}
	}
}

// The page is well-formed, needs nothing from elsewhere, runs nothing, and its tables
// have every number as text.
func TestPageIsWhole(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		raw := page(t, document(t), reports.Options{Lang: lang})
		for _, never := range []string{"http", "<script", "javascript", "url(", "@import", "<link", "<img", " on"} {
			if never == " on" {
				if strings.Contains(string(raw), " onload") || strings.Contains(string(raw), " onclick") {
					t.Error("the page has a handler")
				}
				continue
			}
			if bytes.Contains(bytes.ToLower(raw), []byte(never)) {
				t.Errorf("the page has %q", never)
			}
		}
		names, cells := elements(t, raw)
		if names["svg"] != 4 || names["table"] != 4 || names["h1"] != 1 {
			t.Errorf("%d charts, %d tables and %d headings, want 4, 4, 1", names["svg"], names["table"], names["h1"])
		}
		want := shown(document(t), lang)
		if strings.Join(cells, "\n") != strings.Join(want, "\n") {
			t.Errorf("the cells are\n%q\nwant\n%q", cells, want)
		}
	}
}

// shown is every text of every table, titles first.
func shown(doc reports.Document, lang string) []string {
	var texts []string
	for i := range doc.Tables {
		t := &doc.Tables[i]
		for j := range t.Sections {
			for _, c := range t.Columns {
				texts = append(texts, c.Title.In(lang))
			}
			for _, r := range t.Sections[j].AllRows(reports.Options{}) {
				for k := range r.Cells {
					texts = append(texts, t.Show(k, &t.Sections[j], &r.Cells[k], lang))
				}
			}
		}
	}
	return texts
}

// The language and the style for dark rooms and for paper are declared.
func TestPageDeclares(t *testing.T) {
	raw := string(page(t, document(t), reports.Options{Lang: "zh-CN"}))
	for _, want := range []string{`<html lang="zh-Hans">`, "prefers-color-scheme:dark", "@media print", `role="img"`, "<title>拿铁", `scope="row"`, "街角咖啡"} {
		if !strings.Contains(raw, want) {
			t.Errorf("no %s", want)
		}
	}
}

// Text of strangers stays text: in titles, names, labels of charts and notes.
func TestHostileText(t *testing.T) {
	evil := reports.Same("</title><script>alert(1)</script>\x00\x1b[31m\xff\"'&")
	table := reports.Table{
		Title: evil, Chart: reports.BarChart, Notes: []reports.Text{evil},
		Columns:  []reports.Column{{Key: "a", Title: evil, Label: true}, {Key: "b", Title: evil, Kind: reports.Count, Bar: true}},
		Sections: []reports.Section{{Title: evil, Rows: []reports.Row{{Cells: []reports.Cell{reports.Say("", evil), reports.Number(5)}}}}},
	}
	raw := page(t, table, reports.Options{})
	if names, _ := elements(t, raw); names["script"] > 0 {
		t.Error("a script came through")
	}
}

// Numbers at the ends of 64 bits, nothing but refunds, and nothing at all are drawn.
func TestExtremes(t *testing.T) {
	for name, values := range map[string][]int64{
		"ends": {-1 << 63, 1<<63 - 1, 0, 1}, "refunds": {-5, -7, -1}, "zero": {0, 0, 0}, "one": {5}, "many": make([]int64, 500),
	} {
		for _, chart := range []reports.Chart{reports.BarChart, reports.LineChart, reports.HeatChart} {
			table := reports.Table{Chart: chart, Columns: []reports.Column{
				{Key: "a", Label: true}, {Key: "b", Kind: reports.Count, Bar: true, Heat: true}, {Key: "b_before", Kind: reports.Count},
			}, Sections: []reports.Section{{}}}
			for _, v := range values {
				table.Sections[0].Rows = append(table.Sections[0].Rows, reports.Row{Cells: []reports.Cell{reports.Say("", reports.Same("x")), reports.Number(v), reports.None()}})
			}
			t.Run(name, func(t *testing.T) { elements(t, page(t, table, reports.Options{})) })
		}
	}
}
