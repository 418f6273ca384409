package reports_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
)

// Every writer writes every shape of table in both languages as it did.
func TestWritersGolden(t *testing.T) {
	writers := map[string]func(io.Writer, reports.Source, reports.Options) error{
		"txt": reports.WriteTerminal, "csv": reports.WriteCSV, "tsv": reports.WriteTSV,
		"json": reports.WriteJSON, "ndjson": reports.WriteNDJSON, "md": reports.WriteMarkdown,
	}
	for name, src := range samples(t) {
		for ext, write := range writers {
			for _, lang := range []string{"en", "zh"} {
				t.Run(name+"."+lang+"."+ext, func(t *testing.T) {
					golden(t, name+"."+lang+"."+ext, written(t, write, src, reports.Options{Lang: lang}))
				})
			}
		}
		golden(t, name+".ascii.txt", written(t, reports.WriteTerminal, src, reports.Options{ASCII: true, Width: 72}))
	}
}

// What is written as CSV is read back by another reader, field by field: numbers as they
// are, text without the power to run.
func TestCSVRoundTrip(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(rt *rapid.T) {
		table := reports.Table{Columns: []reports.Column{
			{Key: "a", Title: reports.Same(rapid.String().Draw(rt, "title")), Label: true}, {Key: "b", Kind: reports.Code}, {Key: "c", Kind: reports.Money},
		}}
		s := reports.Section{Currency: cny}
		for range rapid.IntRange(0, 5).Draw(rt, "rows") {
			s.Rows = append(s.Rows, reports.Row{Cells: []reports.Cell{
				reports.Say("", reports.Same(rapid.String().Draw(rt, "text"))), reports.ID(rapid.StringMatching(`[-=+@\t"a,;\n]{0,4}`).Draw(rt, "code")), reports.Number(rapid.Int64().Draw(rt, "v")),
			}})
		}
		table.Sections = []reports.Section{s}
		rows, err := csv.NewReader(bytes.NewReader(written(t, reports.WriteCSV, table, reports.Options{}))).ReadAll()
		if err != nil || len(rows) != len(s.Rows)+1 {
			rt.Fatalf("%d rows, %v, want %d", len(rows), err, len(s.Rows)+1)
		}
		for i, r := range s.Rows {
			got := rows[i+1]
			want := []string{"CNY", reports.Defuse(reports.Clean(r.Cells[0].Text.EN)), reports.Defuse(reports.Clean(r.Cells[1].Key)), money.New(r.Cells[2].Value, cny).Decimal()}
			if !slices.Equal(got, want) {
				rt.Fatalf("%q, want %q", got, want)
			}
			for _, field := range got[:3] {
				if strings.ContainsAny(field[:min(1, len(field))], "=+-@\t\r") {
					rt.Fatalf("%q would run", field)
				}
			}
		}
	})
}

func TestDefuse(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a=1": "a=1", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "＝1": "'＝1", "'=1": "'=1", "茶": "茶",
	} {
		if got := reports.Defuse(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Every line of JSON is an object whose whole numbers are those of its decimals.
func TestJSONAgrees(t *testing.T) {
	for name, src := range samples(t) {
		var doc struct {
			Tables []struct {
				Sections []struct{ Rows []map[string]any }
			}
		}
		if err := json.Unmarshal(written(t, reports.WriteJSON, src, reports.Options{NoTotals: true}), &doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var rows []map[string]any
		for _, table := range doc.Tables {
			for _, s := range table.Sections {
				rows = append(rows, s.Rows...)
			}
		}
		lines := bytes.Split(bytes.TrimSpace(written(t, reports.WriteNDJSON, src, reports.Options{NoTotals: true})), []byte("\n"))
		if len(rows) == 0 {
			lines = nil
		}
		if len(lines) != len(rows) {
			t.Fatalf("%s: %d lines, %d rows", name, len(lines), len(rows))
		}
		for i, raw := range lines {
			var got map[string]any
			if err := json.Unmarshal(raw, &got); err != nil {
				t.Fatal(err)
			}
			delete(got, "table")
			delete(got, "currency")
			if d := cmp.Diff(rows[i], got); d != "" {
				t.Errorf("%s: row %d differs between JSON and NDJSON:\n%s", name, i, d)
			}
			for key, v := range got {
				decimal, _ := got[strings.TrimSuffix(key, "_minor")].(string)
				if whole, ok := v.(float64); ok && strings.HasSuffix(key, "_minor") && strings.ReplaceAll(decimal, ".", "") != "" {
					digits := strings.ReplaceAll(decimal, ".", "")
					if n, err := strconv.ParseInt(digits, 10, 64); err != nil || n != int64(whole) {
						t.Errorf("%s: %s is %s and %v", name, key, decimal, whole)
					}
				}
			}
		}
	}
}

// Lines of a terminal table are lined up by cells, fit the width that was asked for, and
// hold no control character, whatever the names are.
func TestTerminalLinedUp(t *testing.T) {
	for name, src := range samples(t) {
		for _, o := range []reports.Options{{}, {Lang: "zh"}, {Lang: "zh", Width: 100}, {ASCII: true}} {
			raw := string(written(t, reports.WriteTerminal, src, o))
			if strings.ContainsFunc(strings.ReplaceAll(raw, "\n", ""), unicode.IsControl) {
				t.Errorf("%s: a control character in\n%s", name, raw)
			}
			if o.ASCII && strings.ContainsAny(raw, "█▏▎░▒▓▁▂") {
				t.Errorf("%s: a block in\n%s", name, raw)
			}
			if o.Width == 100 && (name == "items" || name == "days") {
				for l := range strings.Lines(raw) {
					if w := ansi.StringWidth(strings.TrimSuffix(l, "\n")); w > 100 {
						t.Errorf("%s: %d cells: %s", name, w, l)
					}
				}
			}
		}
	}
	evil := reports.Table{Columns: []reports.Column{{Key: "a", Label: true}, {Key: "b", Kind: reports.Count}}, Sections: []reports.Section{{Rows: []reports.Row{
		{Cells: []reports.Cell{reports.Say("", reports.Same("\x1b[31mred\x07\u202etxt\nline")), reports.Number(1)}},
		{Cells: []reports.Cell{reports.Say("", reports.Same(strings.Repeat("很长的名字", 20))), reports.Number(22)}},
	}}}}
	raw := string(written(t, reports.WriteTerminal, evil, reports.Options{Width: 40}))
	if strings.ContainsFunc(strings.ReplaceAll(raw, "\n", ""), unicode.IsControl) || strings.Contains(raw, "\u202e") {
		t.Errorf("%q", raw)
	}
	lines := strings.Split(strings.TrimSpace(raw), "\n")
	if a, b := ansi.StringWidth(lines[len(lines)-1]), ansi.StringWidth(lines[len(lines)-2]); a != b || a != 40 {
		t.Errorf("rows of %d and %d cells, want 40:\n%s", b, a, raw)
	}
}

// Bars and sparklines stand numbers at the ends of 64 bits.
func TestDrawExtremes(t *testing.T) {
	table := reports.Table{Chart: reports.LineChart, Columns: []reports.Column{{Key: "n", Title: reports.Same("n"), Kind: reports.Count, Bar: true}}}
	var s reports.Section
	for _, v := range append([]int64{-1 << 63, 1<<63 - 1, 0, 1, -1}, make([]int64, 200)...) {
		s.Rows = append(s.Rows, reports.Row{Cells: []reports.Cell{reports.Number(v)}})
	}
	table.Sections = []reports.Section{s}
	if raw := string(written(t, reports.WriteTerminal, table, reports.Options{})); !strings.Contains(raw, "▒") || !strings.Contains(raw, "█") || !strings.Contains(raw, "-9,223,372,036,854,775,808") {
		t.Error(raw)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("no room")

func TestWritersTellOfErrors(t *testing.T) {
	for name, write := range map[string]func(io.Writer, reports.Source, reports.Options) error{
		"terminal": reports.WriteTerminal, "csv": reports.WriteCSV, "tsv": reports.WriteTSV,
		"json": reports.WriteJSON, "ndjson": reports.WriteNDJSON, "markdown": reports.WriteMarkdown,
	} {
		if err := write(full{}, samples(t)["items"], reports.Options{BOM: true}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want %v", name, err, errFull)
		}
	}
}

func TestOptions(t *testing.T) {
	items := samples(t)["items"]
	raw := string(written(t, reports.WriteCSV, items, reports.Options{BOM: true, NoTotals: true}))
	if !strings.HasPrefix(raw, "\ufeffCurrency,") || strings.Contains(raw, "Total") {
		t.Error(raw)
	}
	if raw := string(written(t, reports.WriteMarkdown, items, reports.Options{NoTotals: true, Lang: "zh-CN"})); strings.Contains(raw, "合计") || !strings.Contains(raw, `\=蛋糕`) && !strings.Contains(raw, `=蛋糕\|\<b\>`) {
		t.Error(raw)
	}
}
