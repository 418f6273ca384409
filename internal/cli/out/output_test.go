package out_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

type amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

type sale struct {
	ID     string `json:"id"`
	Amount amount `json:"amount"`
	Note   string `json:"note,omitempty"`
	hidden string
}

func sales() []sale {
	return []sale{
		{ID: "A1", Amount: amount{1250, "CNY"}, hidden: "never"},
		{ID: "B2", Amount: amount{9007199254740993, "CNY"}, Note: "a,b|c"},
	}
}

func table() out.Table {
	return out.Table{
		Columns: []out.Column{
			{Name: "id", Head: i18n.T("ID", "编号")},
			{Name: "amount", Head: i18n.T("AMOUNT", "金额"), Align: cells.Right},
			{Name: "note", Head: i18n.T("NOTE", "备注")},
		},
		Rows: [][]string{{"A1", "12.50", "茶"}, {"B2", "-3.00", "=1+1"}, {"C3"}},
	}
}

// bound is an Output whose flags were parsed from args.
func bound(t *testing.T, args ...string) *out.Output {
	t.Helper()
	o := &out.Output{}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	o.Bind(flags, i18n.English)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return o
}

// written is what a result looks like with these flags.
func written(t *testing.T, s out.Screen, r out.Result, args ...string) string {
	t.Helper()
	var b bytes.Buffer
	s.Writer = &b
	o := bound(t, args...)
	if err := o.Check(r.Value); err != nil {
		t.Fatal(err)
	}
	if err := o.Write(s, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteFormats(t *testing.T) {
	result := out.Result{Value: sales(), Table: table(), Text: func(out.Screen) string { return "two sales" }}
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "two sales\n"},
		{[]string{"-O", "table"}, "ID  AMOUNT  NOTE\nA1   12.50  茶\nB2   -3.00  =1+1\nC3\n"},
		{[]string{"-O", "csv"}, "id,amount,note\nA1,12.50,茶\nB2,-3.00,'=1+1\nC3,,\n"},
		{[]string{"-O", "TSV"}, "id\tamount\tnote\nA1\t12.50\t茶\nB2\t-3.00\t=1+1\nC3\t\t\n"},
		{[]string{"-O", "md"}, "| ID | AMOUNT | NOTE |\n| --- | ---: | --- |\n| A1 | 12.50 | 茶 |\n| B2 | -3.00 | =1+1 |\n| C3 |  |  |\n"},
		{[]string{"--json"}, `[{"id":"A1","amount":{"minor":1250,"currency":"CNY"}},{"id":"B2","amount":{"minor":9007199254740993,"currency":"CNY"},"note":"a,b|c"}]` + "\n"},
		{[]string{"--json=note,id"}, `[{"note":null,"id":"A1"},{"note":"a,b|c","id":"B2"}]` + "\n"},
		{[]string{"-O", "ndjson", "--json=id"}, `{"id":"A1"}` + "\n" + `{"id":"B2"}` + "\n"},
		{[]string{"--jq", ".[].amount.minor"}, "1250\n9007199254740993\n"},
		{[]string{"--jq", ".[0].id"}, "A1\n"},
		{[]string{"--jq", ".id", "-O", "ndjson"}, "A1\nB2\n"},
		{[]string{"--json=id", "--jq", ".[1]"}, `{"id":"B2"}` + "\n"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			if got := written(t, out.Screen{}, result, c.args...); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestWriteOneObject(t *testing.T) {
	one := out.Result{Value: sales()[0]}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--json"}, `{"id":"A1","amount":{"minor":1250,"currency":"CNY"}}` + "\n"},
		{[]string{"--json=amount"}, `{"amount":{"minor":1250,"currency":"CNY"}}` + "\n"},
		{[]string{"-O", "csv"}, "id,amount.minor,amount.currency\nA1,1250,CNY\n"},
		{nil, "id  amount.minor  amount.currency\nA1  1250          CNY\n"},
	} {
		if got := written(t, out.Screen{}, one, c.args...); got != c.want {
			t.Errorf("%v: got %q, want %q", c.args, got, c.want)
		}
	}
}

// An empty list is a list and not null, and its table still has its heads.
func TestWriteEmptyList(t *testing.T) {
	empty := out.Result{Value: []sale(nil)}
	if got := written(t, out.Screen{}, empty, "--json"); got != "[]\n" {
		t.Errorf("bare --json of no sales = %q, want []", got)
	}
	if got := written(t, out.Screen{}, empty, "--json=id"); got != "[]\n" {
		t.Errorf("--json of no sales = %q, want []", got)
	}
	if got := written(t, out.Screen{}, empty, "-O", "csv"); got != "id,amount,note\n" {
		t.Errorf("csv of no sales = %q, want the heads", got)
	}
}

func TestJSONIndentsForPeople(t *testing.T) {
	got := written(t, out.Screen{Terminal: true}, out.Result{Value: sales()[:1]}, "--json=id")
	if want := "[\n  {\n    \"id\": \"A1\"\n  }\n]\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestChineseHeads(t *testing.T) {
	got := written(t, out.Screen{Lang: i18n.Chinese}, out.Result{Table: table()})
	if want := "编号   金额  备注\nA1    12.50  茶\nB2    -3.00  =1+1\nC3\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// On a terminal the last column folds at words; in a pipe a row is a line.
func TestLongLastColumn(t *testing.T) {
	long := out.Table{
		Columns: []out.Column{{Name: "id"}, {Name: "meaning"}},
		Rows:    [][]string{{"A1", "one two three four five six seven"}, {"B2", "short"}},
	}
	if got, want := written(t, out.Screen{Terminal: true, Width: 30}, out.Result{Table: long}),
		"id  meaning\nA1  one two three four five\n    six seven\nB2  short\n"; got != want {
		t.Errorf("on a terminal\n%s\nwant\n%s", got, want)
	}
	for _, s := range []out.Screen{{Width: 30}, {Terminal: true, Width: 10}, {Terminal: true, Width: 80}} {
		if got, want := written(t, s, out.Result{Table: long}), "id  meaning\nA1  one two three four five six seven\nB2  short\n"; got != want {
			t.Errorf("on %+v\n%s\nwant\n%s", s, got, want)
		}
	}
}

// No escape byte reaches anything but a terminal, whether it is ours or a value's.
func TestEscapeBytes(t *testing.T) {
	evil := out.Table{Columns: []out.Column{{Name: "label"}}, Rows: [][]string{{"VISA\x1b]0;owned\x07\x1b[31m\r\n"}}}
	text := func(s out.Screen) string {
		return s.Bold("head") + s.Green("ok") + s.Red("no") + s.Yellow("?") + s.Faint("-")
	}
	for _, s := range []out.Screen{{}, {Terminal: true}, {Color: true}} {
		for _, r := range []out.Result{{Table: evil}, {Text: text}} {
			for _, f := range []string{"", "table", "csv", "tsv", "md"} {
				got := written(t, s, r, "-O", f)
				if strings.Contains(got, "\x1b") {
					t.Errorf("-O %q to %+v holds an escape: %q", f, s, got)
				}
			}
		}
	}
	if got := written(t, out.Screen{Terminal: true, Color: true}, out.Result{Text: text}); !strings.Contains(got, "\x1b[1mhead") {
		t.Errorf("a terminal with colours gets none: %q", got)
	}
	if got := written(t, out.Screen{Terminal: true, Color: true}, out.Result{Table: evil}); strings.Contains(got, "\x1b]0;") || strings.Contains(got, "\x1b[31m") {
		t.Errorf("a value drives the terminal: %q", got)
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, c := range []struct {
		args       []string
		what, hint string
	}{
		{[]string{"--json=id,typo"}, `--json: no field "typo"`, "id, amount, note"},
		{[]string{"--jq", ".["}, `--jq ".[" is no jq expression`, "--jq ."},
		{[]string{"-O", "xml"}, "-O xml: no such format", "table, csv, tsv, json, ndjson, md"},
		{[]string{"-O", "csv", "--json"}, "-O csv and --json or --jq", "leave one"},
		{[]string{"-o", filepath.Join(t.TempDir(), "no", "such.csv")}, "cannot be written", "folder that exists"},
	} {
		err := bound(t, c.args...).Check(sales())
		var p *till.Problem
		if !errors.As(err, &p) {
			t.Errorf("%v: %v, want a problem", c.args, err)
			continue
		}
		if !strings.Contains(p.What.String(), c.what) || !strings.Contains(p.Hint.String(), c.hint) {
			t.Errorf("%v: %q, hint %q", c.args, p.What, p.Hint)
		}
		if p.What.In(i18n.Chinese) == p.What.In(i18n.English) {
			t.Errorf("%v: %q has no Chinese", c.args, p.What)
		}
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sales.csv")
	if got := written(t, out.Screen{Terminal: true, Color: true}, out.Result{Value: sales(), Table: table()}, "-o", path); got != "" {
		t.Errorf("the screen got %q", got)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "id,amount,note\n"; !strings.HasPrefix(string(raw), want) {
		t.Errorf("file begins %.30q, want %q", raw, want)
	}
	if info, _ := os.Stat(path); info.Mode().Perm()&0o077 != 0 {
		t.Errorf("a new file has mode %o, want it for its owner alone", info.Mode().Perm())
	}
	onlyFile(t, dir, "sales.csv")
}

// A command that fails leaves the old file as it was, and nothing beside it.
func TestFileOfFailedCommand(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sales.json")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	o := bound(t, "-o", path)
	if err := o.Check(sales()); err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if raw, _ := os.ReadFile(path); string(raw) != "old" {
		t.Errorf("the file holds %q", raw)
	}
	onlyFile(t, dir, "sales.json")
}

func TestFileKeepsItsMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sales.txt")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	written(t, out.Screen{}, out.Result{Table: table()}, "-o", path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v; want 0644", info.Mode(), err)
	}
	if raw, _ := os.ReadFile(path); !strings.HasPrefix(string(raw), "ID  AMOUNT") {
		t.Errorf(".txt holds %.20q, want the table for people", raw)
	}
}

func onlyFile(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("folder holds %v (%v), want %s alone", entries, err, name)
	}
}

func TestFields(t *testing.T) {
	type base struct {
		Exit int `json:"exit"`
	}
	type row struct {
		base
		Name   string
		Hidden int `json:"-"`
		*sale
	}
	got := strings.Join(out.Fields([]row{}), " ")
	if want := "exit Name id amount note"; got != want {
		t.Errorf("Fields = %q, want %q", got, want)
	}
	if got := out.Fields(nil); got != nil {
		t.Errorf("Fields(nil) = %q", got)
	}
}

// Formulas are defused in CSV; plain numbers stay numbers.
func TestFormulas(t *testing.T) {
	for value, want := range map[string]string{
		"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
		"@SUM(A1)":           "'@SUM(A1)",
		"+1+2":               "'+1+2",
		"-2+3":               "'-2+3",
		"-12.50":             "-12.50",
		"+86":                "+86",
		"-":                  "'-",
		"-1.2.3":             "'-1.2.3",
		"tea":                "tea",
		"":                   "",
	} {
		tbl := out.Table{Columns: []out.Column{{Name: "a"}, {Name: "b"}}, Rows: [][]string{{"x", value}}}
		got := written(t, out.Screen{}, out.Result{Table: tbl}, "-O", "csv")
		if got != "a,b\nx,"+want+"\n" {
			t.Errorf("%q becomes %q", value, got)
		}
	}
}

// A command may take formats of its own, which then also the ending of a file names, and
// its own writer goes before everything but a choice of fields.
func TestOwnFormats(t *testing.T) {
	page := func(s out.Screen) error { _, err := io.WriteString(s, "<page>"); return err }
	write := func(args ...string) (string, error) {
		o := &out.Output{}
		o.Also(out.HTML)
		flags := pflag.NewFlagSet("t", pflag.ContinueOnError)
		o.Bind(flags, i18n.English)
		if err := flags.Parse(args); err != nil {
			t.Fatal(err)
		}
		if err := o.Check(sale{}); err != nil {
			return "", err
		}
		var b strings.Builder
		err := o.Write(out.Screen{Writer: &b}, out.Result{Value: sale{ID: "A1"}, Writers: map[out.Format]func(out.Screen) error{out.HTML: page, out.JSON: page}})
		return b.String(), err
	}
	for _, c := range []struct {
		args []string
		want string
	}{{[]string{"-O", "html"}, "<page>"}, {[]string{"--json"}, "<page>"}, {[]string{"--json=id"}, `"A1"`}, {[]string{"--jq", ".id"}, "A1"}} {
		if got, err := write(c.args...); err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%v: %q, %v, want %q", c.args, got, err, c.want)
		}
	}
	file := filepath.Join(t.TempDir(), "day.html")
	if _, err := write("-o", file); err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(file); err != nil || string(raw) != "<page>" {
		t.Errorf("%s holds %q, %v", file, raw, err)
	}
}
