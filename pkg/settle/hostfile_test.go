package settle_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/settle"
)

// What the writer writes, the format reads as it was.
func TestHostFileRoundTrip(t *testing.T) {
	refund := sale(t, "000002", -300, 0)
	refund.Type = settle.Refund
	yen := sale(t, "000003", 1000, 10)
	yen.Currency = currency(t, "JPY")
	want := []settle.Record{sale(t, "000001", 1250, 8), refund, yen}
	text := hostFile(t, want...)
	got, faults := readAll(load(t, "till-host"), text)
	if len(faults) > 0 {
		t.Fatalf("%v\n%s", faults, text)
	}
	same := cmp.Comparer(func(a, b money.Currency) bool { return a == b })
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(settle.Record{}, "Source"), same); d != "" {
		t.Error(d)
	}
	if got[1].Source != (settle.Source{File: "f", Line: 4, Offset: int64(strings.Index(text, "000002")) - int64(len("104290053110021,10000001,1,"))}) {
		t.Errorf("second record at %+v", got[1].Source)
	}
}

func TestHostFileOfNothing(t *testing.T) {
	records, faults := readAll(load(t, "till-host"), hostFile(t))
	if len(records) != 0 || len(faults) != 0 {
		t.Errorf("%v, %v", records, faults)
	}
}

// A card number in clear is masked by the writer, whoever forgot it.
func TestHostFileMasks(t *testing.T) {
	r := sale(t, "000001", 1250, 8)
	r.Card = "4111111111111111"
	if text := hostFile(t, r); strings.Contains(text, r.Card) || !strings.Contains(text, "411111******1111") {
		t.Error("the card number is not masked")
	}
}

func TestHostWriterRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*settle.Record)
		want  error
	}{
		"separator":    {func(r *settle.Record) { r.RRN = "1,2" }, settle.ErrEncoding},
		"quote":        {func(r *settle.Record) { r.RRN = `1"2` }, settle.ErrEncoding},
		"line end":     {func(r *settle.Record) { r.AuthCode = "1\n2" }, settle.ErrEncoding},
		"formula":      {func(r *settle.Record) { r.AuthCode = "=1+1" }, settle.ErrFormula},
		"no terminal":  {func(r *settle.Record) { r.Terminal = "" }, settle.ErrMissing},
		"no type":      {func(r *settle.Record) { r.Type = settle.Unknown }, settle.ErrType},
		"sign":         {func(r *settle.Record) { r.Gross = -1250 }, settle.ErrSign},
		"net":          {func(r *settle.Record) { r.Net++ }, settle.ErrNet},
		"no time":      {func(r *settle.Record) { r.Time = time.Time{} }, settle.ErrDate},
		"two money":    {func(r *settle.Record) { r.Settled = currency(t, "USD") }, settle.ErrCurrency},
		"endless text": {func(r *settle.Record) { r.RRN = strings.Repeat("1", 1000) }, settle.ErrLong},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := settle.NewHostWriter(&strings.Builder{}, "1", noon(5))
			if err != nil {
				t.Fatal(err)
			}
			r := sale(t, "000001", 1250, 8)
			c.spoil(&r)
			if err := w.Write(r); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestHostWriterFails(t *testing.T) {
	w, err := settle.NewHostWriter(full{}, "1", noon(5))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(sale(t, "000001", 1250, 8)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("close: %v", err)
	}
}

// Every way to lie in a settlement file, on a file of three sales and a refund. Lines:
// 1 version, 2 names, 3 to 6 rows, 7 TOTAL, 8 END.
func TestHostFileLies(t *testing.T) {
	refund := sale(t, "000004", -500, 0)
	refund.Type = settle.Refund
	text := hostFile(t, sale(t, "000001", 1250, 8), sale(t, "000002", 2000, 12), sale(t, "000003", 3000, 18), refund)
	cut := func(line int) string {
		return strings.Join(strings.SplitAfter(text, "\n")[:line], "")
	}
	swap := func(old, with string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("nothing to swap: %s", old)
		}
		return strings.Replace(text, old, with, 1)
	}
	for name, c := range map[string]struct {
		text string
		kind error
		line int
	}{
		"total of gross":       {swap("TOTAL,CNY,4,5750", "TOTAL,CNY,4,5751"), settle.ErrTotals, 7},
		"total count":          {swap("TOTAL,CNY,4", "TOTAL,CNY,5"), settle.ErrTotals, 7},
		"count at the end":     {swap("END,4", "END,3"), settle.ErrTotals, 8},
		"a byte changed":       {swap("A00002", "A00009"), settle.ErrTotals, 8},
		"amounts that balance": {swap("1250,8,1242", "1260,18,1242"), settle.ErrTotals, 8},
		"no end mark":          {cut(7), settle.ErrTruncated, 8},
		"no totals":            {cut(6), settle.ErrTruncated, 7},
		"cut inside a row":     {text[:len(cut(5))+30], settle.ErrColumns, 6},
		"row after the end":    {text + "104290053110021,10000001,1,000009,,,sale,,1,0,1,CNY,2026-10-05T12:00:00Z\n", settle.ErrAfterEnd, 9},
		"another version":      {swap("TILL-HOST,1", "TILL-HOST,2"), settle.ErrHeader, 1},
		"another header":       {swap("gross_minor", "gross"), settle.ErrHeader, 9},
		"decimals":             {swap("1250,8,1242", "12.50,8,1242"), settle.ErrDecimals, 3},
		"exponent":             {swap("1250,8,1242", "1E-80000000,8,1242"), settle.ErrAmount, 3},
		"not a number":         {swap("1250,8,1242", "NaN,8,1242"), settle.ErrAmount, 3},
		"long amount":          {swap("1250,8,1242", strings.Repeat("1", 2000)+",8,1242"), settle.ErrAmount, 3},
		"amount too great":     {swap("1250,8,1242", "9223372036854775808,8,1242"), settle.ErrOverflow, 3},
		"sign":                 {swap("1250,8,1242", "-1250,8,-1258"), settle.ErrSign, 3},
		"net":                  {swap("1250,8,1242", "1250,8,1243"), settle.ErrNet, 3},
		"sign of a refund":     {swap("-500,0,-500", "500,0,500"), settle.ErrSign, 6},
		"currency":             {swap("CNY,2026", "ZZZ,2026"), settle.ErrCurrency, 3},
		"date":                 {swap("2026-10-05T12:00:00Z", "2026-02-30T12:00:00Z"), settle.ErrDate, 3},
		"hour":                 {swap("2026-10-05T12:00:00Z", "2026-10-05T24:00:00Z"), settle.ErrDate, 3},
		"type":                 {swap("sale", "gift"), settle.ErrType, 3},
		"empty trace number":   {swap(",000001,", ",,"), settle.ErrMissing, 3},
		"formula":              {swap("A00001", "=HYPERLINK(1)"), settle.ErrFormula, 3},
		"formula with a sign":  {swap("A00001", "-1+cmd|'x'!A1"), settle.ErrFormula, 3},
		"at formula":           {swap("A00001", "@SUM(1)"), settle.ErrFormula, 3},
		"too few cells":        {swap(",CNY,2026", ",2026"), settle.ErrColumns, 3},
		"wrong encoding":       {swap("A00001", "\xB2\xE2"), settle.ErrEncoding, 3},
		"zero byte":            {swap("A00001", "A\x00"), settle.ErrBinary, 3},
		"open quote":           {swap("A00001", `"A`), settle.ErrQuote, 3},
	} {
		t.Run(name, func(t *testing.T) {
			records, faults := readAll(load(t, "till-host"), c.text)
			wantFault(t, faults, c.kind, c.line)
			var row *settle.RowError
			if errors.As(faults[0], &row) && !errors.Is(c.kind, settle.ErrHeader) && c.line < 7 && len(records) < 2 {
				t.Errorf("reading did not go on: %d records", len(records))
			}
			for _, err := range faults {
				if s := err.Error(); len(s) > 400 || strings.Contains(s, "1250,") {
					t.Errorf("error of %d characters", len(s))
				}
			}
		})
	}
}

// A row that could not be read leaves the totals unproved, and the error says why.
func TestTotalsWithUnreadRows(t *testing.T) {
	text := strings.Replace(hostFile(t, sale(t, "000001", 1250, 8), sale(t, "000002", 2000, 12)), "A00001", "=1", 1)
	_, faults := readAll(load(t, "till-host"), text)
	var totals *settle.TotalsError
	found := false
	for _, err := range faults {
		if errors.As(err, &totals) && totals.Name == "gross" {
			found = true
			if totals.Got != 2000 || totals.Want != 3250 || totals.Unread != 1 || totals.Currency.Code() != "CNY" {
				t.Errorf("%+v", totals)
			}
			if zh := totals.In("zh"); !strings.Contains(zh, "32.50 CNY") || !strings.Contains(zh, "1行无法读取") {
				t.Errorf("in Chinese: %s", zh)
			}
		}
	}
	if !found {
		t.Errorf("no totals error in %v", faults)
	}
}

func TestEmptyFile(t *testing.T) {
	for _, name := range []string{"till-host", "wechat-bill", "unionpay-zm", "stripe-payout"} {
		_, faults := readAll(load(t, name), "")
		if len(faults) != 1 || !errors.Is(faults[0], settle.ErrEmpty) {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

// FuzzHostFile reads any bytes as a settlement file: no panic, no endless reading, no error without
// a place, and as many errors and records as a file can have.
func FuzzHostFile(f *testing.F) {
	f.Add([]byte(hostFile(f, sale(f, "000001", 1250, 8))))
	f.Add([]byte("TILL-HOST,1,x,2026-10-05\nmerchant,terminal\n"))
	format := load(f, "till-host")
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := strings.Count(string(text), "\n") + 1
		seen := 0
		for r, err := range format.Read(strings.NewReader(string(text)), settle.ReadOptions{File: "f"}) {
			if seen++; seen > 20*lines+20 {
				t.Fatal("more results than lines can give")
			}
			if err != nil && !strings.HasPrefix(err.Error(), "f:") {
				t.Fatalf("error without a place: %v", err)
			}
			if err == nil && r.Gross-r.Fee != r.Net {
				t.Fatalf("net %d is not gross %d less fee %d", r.Net, r.Gross, r.Fee)
			}
			if len(r.Card) >= 13 && strings.Trim(r.Card[6:len(r.Card)-4], "*") != "" {
				t.Fatal("a card that is not masked")
			}
		}
	})
}

// A file of a million totals is wrong, and does not take the memory of a million.
func TestManyTotals(t *testing.T) {
	text := strings.Replace(hostFile(t, sale(t, "000001", 1250, 8)), "END,", strings.Repeat("TOTAL,CNY,1,1250,8,1242\n", 100_000)+"END,", 1)
	_, faults := readAll(load(t, "till-host"), text)
	if len(faults) == 0 || len(faults) > 4 || !errors.Is(faults[0], settle.ErrTotals) {
		t.Errorf("%d faults", len(faults))
	}
}
