package settle_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/settle"
	"github.com/tillworks/till/pkg/settle/formats"
)

// A format is a spec; this one is of a processor that nobody knows.
func ExampleLoadSpec() {
	f, err := settle.LoadSpec([]byte(`
name: corner-bank
title: {en: Corner Bank, zh: 街角银行}
kind: csv
separator: ";"
currency: EUR
columns:
  - {to: order, header: [Reference], required: true}
  - {to: gross, header: [Amount], required: true}
  - {to: time, header: [Date], layouts: ["02.01.2006"]}
totals:
  - {line: '^TOTAL;(?P<count>[0-9]+);(?P<gross>-?[0-9.]+)', required: true}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	file := "Reference;Amount;Date\nA1;12.50;05.10.2026\nA2;3.999;05.10.2026\nTOTAL;2;16.50\n"
	for r, err := range f.Read(strings.NewReader(file), settle.ReadOptions{File: "corner.csv"}) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(r.Source, r.Order, r.GrossAmount(), r.Time.Format(time.DateOnly))
	}
	// Output:
	// corner.csv:2 A1 12.50 EUR 2026-10-05
	// corner.csv:3 at byte 42: Amount: amount is not exact in minor units of its currency: got "3.999"
	// corner.csv:4: file disagrees with its own totals: count: rows give 1, the file says 2 (1 rows could not be read)
	// corner.csv:4: file disagrees with its own totals: gross: rows give 12.50 EUR, the file says 16.50 EUR (1 rows could not be read)
}

// A day of two sales: one is in the processor's file with another amount, one is not
// there at all.
func ExampleMatch() {
	cny, _ := money.CurrencyByCode("CNY")
	day := time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC)
	journal := []settle.Record{
		{Type: settle.Sale, Currency: cny, Gross: 1250, Net: 1250, Terminal: "10000001", Batch: "1", STAN: "000001", Time: day},
		{Type: settle.Sale, Currency: cny, Gross: 2000, Net: 2000, Terminal: "10000001", Batch: "1", STAN: "000002", Time: day},
	}
	var file strings.Builder
	w, _ := settle.NewHostWriter(&file, "104290053110021", day)
	theirs := journal[0]
	theirs.Merchant, theirs.Gross, theirs.Net = "104290053110021", 1260, 1260
	if err := w.Write(theirs); err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}

	f, _ := formats.Load("till-host")
	res, err := settle.Match(context.Background(), settle.Slice(journal),
		settle.Files(settle.FileOf("1005.csv", []byte(file.String()), f)), settle.Options{Day: day})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("matched", res.Matched)
	for i := range res.Exceptions {
		fmt.Println(res.Exceptions[i].Reason, "-", res.Exceptions[i].Explain.In("en"))
	}
	// Output:
	// matched 0
	// amount_differs - sale of 12.50 CNY (terminal 10000001, batch 1, trace number 000001) has the same terminal, batch, trace number, type in 1005.csv line 3, but ours is 12.50 CNY and theirs 12.60 CNY, which is 0.10 CNY off
	// missing_theirs - sale of 20.00 CNY (terminal 10000001, batch 1, trace number 000002) is in our records and in none of their files
}

// 0.6 percent, at least 0.10, at most 20.00.
func ExampleFeeRule_Fee() {
	rules, err := settle.LoadRules([]byte(`
fees:
  - {name: standard, currency: CNY, percent: "0.6", min: 10, cap: 2000}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	rule := rules.Fees[0]
	fmt.Println(rule.Describe("en"))
	for _, gross := range []int64{500, 1250, 10_000_000} {
		fee, err := rule.Fee(gross)
		fmt.Println(gross, fee, err)
	}
	// Output:
	// standard (0.6%, at least 0.10 CNY, at most 20.00 CNY)
	// 500 10 <nil>
	// 1250 10 <nil>
	// 10000000 2000 <nil>
}
