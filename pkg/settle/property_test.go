package settle_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/settle"
)

// anyRecord draws a record from a small world, so that keys meet often.
func anyRecord(t *rapid.T, tb testing.TB) settle.Record {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	gross := rapid.Int64Range(1, 4).Draw(t, "gross") * 100
	r := settle.Record{
		Type: settle.Sale, Currency: currency(tb, pick("currency", "CNY", "CNY", "CNY", "JPY")), Gross: gross, Net: gross,
		Terminal: pick("terminal", "T1", "T2", ""), Batch: pick("batch", "1", "001"), STAN: pick("stan", "000001", "2", "3", "4", ""),
		Order: pick("order", "", "A1", "A2"), AuthCode: pick("auth", "", "X", "Y"), Card: pick("card", "411111******1111", "****1111", ""),
	}
	if rapid.Bool().Draw(t, "fee") {
		r.Fee = rapid.Int64Range(0, 1).Draw(t, "amount of fee")
		r.Net, r.Stated = gross-r.Fee, settle.FeeStated
	}
	switch pick("type", "sale", "sale", "refund", "payout") {
	case "refund":
		r.Type, r.Gross, r.Net = settle.Refund, -r.Gross, -r.Gross-r.Fee
	case "payout":
		r.Type, r.Gross, r.Net = settle.Payout, -r.Gross, -r.Gross-r.Fee
	}
	if rapid.Bool().Draw(t, "dated") {
		r.Time = noon(1 + rapid.IntRange(0, 4).Draw(t, "day"))
	}
	if rapid.Bool().Draw(t, "placed") {
		r.Source = settle.Source{File: pick("file", "a", "b"), Line: rapid.IntRange(1, 9).Draw(t, "line")}
	}
	return r
}

func anySide(t *rapid.T, tb testing.TB, name string) []settle.Record {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) settle.Record { return anyRecord(t, tb) }), 0, 30).Draw(t, name)
}

// anyOpen are items that earlier runs left open, some of them rows that come again.
func anyOpen(t *rapid.T, tb testing.TB, ours, theirs []settle.Record) []settle.OpenItem {
	var items []settle.OpenItem
	seen := map[string]bool{}
	for i := range rapid.IntRange(0, 4).Draw(t, "open items") {
		item := settle.OpenItem{Side: settle.Ours, Reason: settle.MissingTheirs, Since: "2026-10-01", Record: anyRecord(t, tb)}
		side := ours
		if i%2 == 1 {
			item.Side, item.Reason, side = settle.Theirs, settle.MissingOurs, theirs
		}
		if len(side) > 0 && rapid.Bool().Draw(t, "comes again") {
			item.Record = side[0]
		}
		if item.Record.Type == settle.Payout {
			continue
		}
		if item.ID = item.Record.ID(); !seen[string(item.Side)+item.ID] {
			seen[string(item.Side)+item.ID] = true
			items = append(items, item)
		}
	}
	return items
}

func outcome(t *rapid.T, ours, theirs []settle.Record, opt settle.Options) (*settle.Result, []byte) {
	res, err := settle.Match(context.Background(), settle.Slice(ours), settle.Slice(theirs), opt)
	if err != nil {
		t.Fatal(err)
	}
	b, err := res.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return res, b
}

// Whatever the records: each is in exactly one pair or exception, or aside or repeated;
// and neither the order of the input, nor memory, nor the number of workers changes a
// byte of the outcome.
func TestMatchProperties(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		ours, theirs := anySide(rt, t, "ours"), anySide(rt, t, "theirs")
		opt := settle.Options{Day: noon(6), KeepPairs: true, Open: anyOpen(rt, t, ours, theirs)}
		res, want := outcome(rt, ours, theirs, opt)
		account(rt, res, len(ours)+len(theirs)+len(opt.Open))

		shuffled := opt
		shuffled.Workers = rapid.IntRange(1, 3).Draw(rt, "workers")
		shuffled.Open = rapid.Permutation(opt.Open).Draw(rt, "open items in another order")
		_, got := outcome(rt, rapid.Permutation(ours).Draw(rt, "ours in another order"), rapid.Permutation(theirs).Draw(rt, "theirs in another order"), shuffled)
		if !bytes.Equal(got, want) {
			rt.Fatalf("another order gives\n%s\nnot\n%s", got, want)
		}

		small := opt
		small.Memory, small.TempDir = rapid.Int64Range(1, 10000).Draw(rt, "memory"), dir
		if _, got := outcome(rt, ours, theirs, small); !bytes.Equal(got, want) {
			rt.Fatalf("%d bytes of memory give\n%s\nnot\n%s", small.Memory, got, want)
		}
	})
}

// account counts the records of a result.
func account(t *rapid.T, r *settle.Result, records int) {
	n := r.Repeated + 2*len(r.Pairs)
	for _, s := range r.Aside {
		n += s.Count
	}
	for i := range r.Exceptions {
		e := &r.Exceptions[i]
		if e.Ours != nil {
			n++
		}
		if e.Theirs != nil {
			n++
		}
		if e.Explain.EN == "" || e.Explain.ZH == "" {
			t.Fatalf("an exception without a word: %+v", e)
		}
	}
	if n != records || len(r.Pairs) != r.Matched {
		t.Fatalf("%d records accounted for, %d given; %d pairs, %d matched", n, records, len(r.Pairs), r.Matched)
	}
}

// A second run with what the first left open, and with what it matched known as done,
// finds nothing new and leaves the same open.
func TestRunTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ours, theirs := anySide(rt, t, "ours"), anySide(rt, t, "theirs")
		first, _ := outcome(rt, ours, theirs, settle.Options{Day: noon(6), KeepPairs: true})
		again, _ := outcome(rt, ours, theirs, settle.Options{Day: noon(6), KeepPairs: true, Open: first.Open})
		if a, b := openText(first.Open), openText(again.Open); a != b {
			rt.Fatalf("open after the first run %s\nafter the second %s", a, b)
		}
		if first.Matched != again.Matched || fmt.Sprint(first.Counts) != fmt.Sprint(again.Counts) || again.Repeated != len(first.Open) {
			rt.Fatalf("matched %d, %v, then %d, %v; %d repeated", first.Matched, first.Counts, again.Matched, again.Counts, again.Repeated)
		}
	})
}

func openText(items []settle.OpenItem) string {
	var b bytes.Buffer
	for _, i := range items {
		fmt.Fprintln(&b, i.Side, i.ID, i.Reason, i.Since)
	}
	return b.String()
}

// Faults that are planted are found: so many, of the kind, and nothing else, with memory
// for all and for next to nothing.
func TestPlantedFaults(t *testing.T) {
	ours, theirs, faults := generate(t, t.TempDir(), 20_000)
	f := load(t, "till-host")
	for _, memory := range []int64{0, 200 << 10} {
		res, err := settle.Match(context.Background(), settle.Files(settle.FileAt(ours, f)), settle.Files(settle.FileAt(theirs, f)),
			settle.Options{Day: time.Unix(1780000000, 0), Memory: memory, TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		c := res.Counts
		got := planted{c[settle.MissingTheirs], c[settle.MissingOurs], c[settle.AmountDiffers], c[settle.DuplicateTheirs], c[settle.FeeDiffers]}
		if got != faults || len(res.Exceptions) != 100 || res.Matched != 20_000-80 {
			t.Errorf("found %+v, planted %+v; %d exceptions, %d matched", got, faults, len(res.Exceptions), res.Matched)
		}
		if spilled := res.SpilledBytes > 0; spilled != (memory > 0) {
			t.Errorf("memory %d: %d bytes written out", memory, res.SpilledBytes)
		}
	}
}
