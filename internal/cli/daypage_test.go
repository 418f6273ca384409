package cli

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// dayZ is a Z with everything in it: two currencies, names of all widths, a drawer short.
func dayZ(t *testing.T) till.ZReport {
	t.Helper()
	amount := func(text string) money.Amount {
		c, err := money.CurrencyByCode("CNY")
		if err != nil {
			t.Fatal(err)
		}
		a, err := money.Parse(text, c)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	fact := func(kind till.FactKind, a, b, currency string, s till.Sums) till.Fact {
		return till.Fact{Kind: kind, A: a, B: b, Currency: currency, Sums: s}
	}
	opened := time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)
	return till.ZReport{
		Number: 7, At: time.Date(2026, 3, 1, 14, 10, 5, 0, time.UTC), Day: 20260301, Staff: "li_wei", Currency: "CNY",
		FirstSeq: 812, LastSeq: 1034, Head: strings.Repeat("0a", 32), Previous: strings.Repeat("1b", 32), Hash: strings.Repeat("2c", 32),
		Total: 1234567, GrandTotal: 98765432,
		Facts: []till.Fact{
			fact(till.FactSum, "sale", "", "CNY", till.Sums{Count: 120, Gross: 1300000, Discount: 45433, Net: 1110236, Tax: 144331, Total: 1254567}),
			fact(till.FactSum, "return", "", "CNY", till.Sums{Returns: 3, Returned: 20000, Net: -17699, Tax: -2301, Total: -20000}),
			fact(till.FactSum, "void", "", "CNY", till.Sums{Count: 2}),
			fact(till.FactSum, "sale", "", "JPY", till.Sums{Count: 1, Net: 1500, Total: 1500}),
			fact(till.FactItem, till.KeyRounding, "", "CNY", till.Sums{Count: 4, Net: -7, Total: -7}),
			fact(till.FactItem, "latte", "", "CNY", till.Sums{Count: 100, Total: 1000000}),
			fact(till.FactTax, "standard", "VAT 13%", "CNY", till.Sums{Net: 1000000, Tax: 130000}),
			fact(till.FactTax, "生鲜农产品", "增值税 9% 这是一个特别特别长的税率名称需要截断", "CNY", till.Sums{Net: 92537, Tax: 12030}),
			fact(till.FactTender, "card", "visa", "CNY", till.Sums{Count: 60, Returns: 1, Total: 700000}),
			fact(till.FactTender, "cash", "", "CNY", till.Sums{Count: 40, Total: 434567}),
			fact(till.FactTender, "qr", "wechat", "CNY", till.Sums{Count: 22, Returns: 2, Total: 100000}),
			fact(till.FactTender, "cash", "", "JPY", till.Sums{Count: 1, Total: 1500}),
			fact(till.FactDiscount, "line", "torn/bo", "CNY", till.Sums{Count: 2, Discount: 433}),
			fact(till.FactDiscount, "line", "late/bo", "CNY", till.Sums{Count: 1, Discount: 5000}),
			fact(till.FactDiscount, "programme", "happy", "CNY", till.Sums{Count: 30, Discount: 40000}),
		},
		Shifts: []till.Shift{
			{Number: 12, Staff: "bob", OpenedAt: opened, ClosedAt: opened.Add(time.Hour), Float: amount("100.00"), Expected: amount("2345.67"), Counted: amount("2345.17"), Over: amount("0.50").Neg()},
			{Number: 13, Staff: "averylongstaffname_20", OpenedAt: opened, ClosedAt: opened.Add(time.Hour), Float: amount("100.00"), Expected: amount("200.00"), Counted: amount("200.00")},
		},
	}
}

// The page of a Z is as it was, fits 80 cells in both languages, and says each number of
// the JSON.
func TestDayPage(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []i18n.Lang{i18n.English, i18n.Chinese} {
		got := dayPage(viewZ(dayZ(t), cny), lang, shanghai)
		for line := range strings.Lines(got) {
			if width := cells.Width(strings.TrimSuffix(line, "\n")); width > 80 || strings.HasSuffix(line, " \n") {
				t.Errorf("%s: a line of %d cells: %q", lang, width, line)
			}
		}
		path := filepath.Join("testdata", "zpage."+string(lang)+".txt")
		if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: the page differs from %s:\n%s", lang, path, got)
		}
	}
}
