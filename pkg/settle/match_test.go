package settle_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/pkg/settle"
)

var update = flag.Bool("update", false, "write the golden files")

// match matches two lists of records and fails on an error.
func match(t testing.TB, ours, theirs []settle.Record, opt settle.Options) *settle.Result {
	t.Helper()
	if opt.Day.IsZero() {
		opt.Day = noon(6)
	}
	res, err := settle.Match(context.Background(), settle.Slice(ours), settle.Slice(theirs), opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// changed is a record with something done to it.
func changed(r settle.Record, f func(*settle.Record)) settle.Record {
	f(&r)
	return r
}

func withNet(gross, fee int64) func(*settle.Record) {
	return func(r *settle.Record) { r.Gross, r.Fee, r.Net = gross, fee, gross-fee }
}

// One fault at a time: what becomes of it, and what is said of it.
func TestReasons(t *testing.T) {
	a, b := sale(t, "000001", 1250, 8), sale(t, "000002", 2000, 12)
	type list = []settle.Record
	for name, c := range map[string]struct {
		ours, theirs list
		matched      int
		counts       map[settle.Reason]int
		en, zh       string
	}{
		"clean":            {list{a, b}, list{b, a}, 2, map[settle.Reason]int{}, "", ""},
		"nothing":          {nil, nil, 0, map[settle.Reason]int{}, "", ""},
		"zeros of a STAN":  {list{a}, list{changed(a, func(r *settle.Record) { r.STAN, r.Batch = "1", "0001" })}, 1, map[settle.Reason]int{}, "", ""},
		"missing theirs":   {list{a, b}, list{a}, 1, map[settle.Reason]int{settle.MissingTheirs: 1}, "in none of their files; a day old", "对方文件中没有;已1天"},
		"missing ours":     {list{a}, list{a, b}, 1, map[settle.Reason]int{settle.MissingOurs: 1}, "not in our records", "我方没有记录"},
		"amount":           {list{a}, list{changed(a, withNet(1260, 8))}, 0, map[settle.Reason]int{settle.AmountDiffers: 1}, "ours is 12.50 CNY and theirs 12.60 CNY, which is 0.10 CNY off", "相差0.10 CNY"},
		"fee":              {list{a}, list{changed(a, withNet(1250, 9))}, 0, map[settle.Reason]int{settle.FeeDiffers: 1}, "our fee is 0.08 CNY and theirs 0.09 CNY", "我方手续费0.08 CNY"},
		"fee is not said":  {list{changed(a, func(r *settle.Record) { r.Fee, r.Stated = 0, 0 })}, list{a}, 1, map[settle.Reason]int{}, "", ""},
		"currency":         {list{a}, list{changed(a, func(r *settle.Record) { r.Currency = currency(t, "USD") })}, 0, map[settle.Reason]int{settle.CurrencyDiffers: 1}, "ours is in CNY, theirs in USD", "币种"},
		"date":             {list{a}, list{changed(a, func(r *settle.Record) { r.Time = noon(8) })}, 0, map[settle.Reason]int{settle.DateDiffers: 1}, "ours is of 2026-10-05 and theirs of 2026-10-08", "日期"},
		"a day is nothing": {list{a}, list{changed(a, func(r *settle.Record) { r.Time = noon(7) })}, 1, map[settle.Reason]int{}, "", ""},
		"duplicate theirs": {list{a}, list{a, a}, 1, map[settle.Reason]int{settle.DuplicateTheirs: 1}, "the same terminal, batch, trace number, type", "重复"},
		"duplicate ours":   {list{a, a, a}, list{a}, 1, map[settle.Reason]int{settle.DuplicateOurs: 2}, "repeats", "重复"},
		"duplicate alone":  {list{a, a}, nil, 0, map[settle.Reason]int{settle.DuplicateOurs: 1, settle.MissingTheirs: 1}, "in none", "没有"},
		"duplicate that differs": {
			list{a}, list{changed(a, withNet(9900, 8)), a}, 1, map[settle.Reason]int{settle.DuplicateTheirs: 1}, "sale of 99.00 CNY", "消费 99.00 CNY",
		},
		"two faults of one": {
			list{a}, list{changed(a, withNet(1260, 9))}, 0, map[settle.Reason]int{settle.AmountDiffers: 1}, "0.10 CNY off; our fee is 0.08 CNY and theirs 0.09 CNY", "相差0.10 CNY;我方手续费",
		},
		"by likeness": {
			list{changed(a, func(r *settle.Record) { r.STAN = "" })}, list{changed(a, func(r *settle.Record) { r.STAN, r.Card, r.Time = "", "****1111", noon(6) })},
			1, map[settle.Reason]int{}, "", "",
		},
		"not alike enough": {
			list{changed(a, func(r *settle.Record) { r.STAN = "" })}, list{changed(a, func(r *settle.Record) { r.STAN, r.Time = "", noon(8) })},
			0, map[settle.Reason]int{settle.MissingOurs: 1, settle.MissingTheirs: 1}, "in none", "没有",
		},
		"fields run together": {
			list{changed(a, func(r *settle.Record) { r.Terminal, r.Batch, r.AuthCode = "1", "11", "" })}, list{changed(a, func(r *settle.Record) { r.Terminal, r.Batch, r.AuthCode = "11", "1", "" })},
			0, map[settle.Reason]int{settle.MissingOurs: 1, settle.MissingTheirs: 1}, "in none", "没有",
		},
		"nothing to know it by": {list{{Type: settle.Sale, Currency: a.Currency, Gross: 5, Net: 5}}, nil, 0, map[settle.Reason]int{settle.MissingTheirs: 1}, "sale of 0.05 CNY", "消费 0.05 CNY"},
		"payouts stand aside":   {nil, list{{Type: settle.Payout, Currency: a.Currency, Gross: -5, Net: -5}}, 0, map[settle.Reason]int{}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			res := match(t, c.ours, c.theirs, settle.Options{})
			if res.Matched != c.matched || !cmp.Equal(res.Counts, c.counts) {
				t.Fatalf("matched %d, %v; want %d, %v", res.Matched, res.Counts, c.matched, c.counts)
			}
			if c.en != "" && (!strings.Contains(said(res, "en"), c.en) || !strings.Contains(said(res, "zh"), c.zh)) {
				t.Errorf("said %q, %q\nwant %q, %q", said(res, "en"), said(res, "zh"), c.en, c.zh)
			}
			if res.Clean() != (len(c.counts) == 0) {
				t.Errorf("clean: %v", res.Clean())
			}
		})
	}
}

func said(r *settle.Result, lang string) string {
	var all []string
	for i := range r.Exceptions {
		all = append(all, r.Exceptions[i].Explain.In(lang))
	}
	return strings.Join(all, "\n")
}

// day is a day of a small shop: 20 sales and 2 refunds, and a processor's file with one
// fault of each kind.
func day(t testing.TB) (ours []settle.Record, theirs string) {
	var file []settle.Record
	for i := 1; i <= 20; i++ {
		r := sale(t, fmt.Sprintf("%06d", i), int64(i)*1000, int64(i)*6)
		ours = append(ours, changed(r, func(r *settle.Record) { r.Fee, r.Net, r.Stated = 0, r.Gross, 0 }))
		switch i {
		case 3: // left out
			continue
		case 5:
			withNet(r.Gross+100, r.Fee)(&r)
		case 7:
			withNet(r.Gross, r.Fee+1)(&r)
		case 9:
			r.Time = noon(9)
		case 11:
			file = append(file, r)
		}
		file = append(file, r)
	}
	for i := 21; i <= 22; i++ {
		r := sale(t, fmt.Sprintf("%06d", i), -500, 0)
		r.Type = settle.Refund
		ours, file = append(ours, changed(r, func(r *settle.Record) { r.Stated = 0 })), append(file, r)
	}
	file = append(file, sale(t, "000099", 7700, 46)) // ours has none
	return ours, hostFile(t, file...)
}

func dayRules(t testing.TB) settle.Rules {
	t.Helper()
	rules, err := settle.LoadRules([]byte("fees:\n  - {name: standard, when: {type: [sale]}, currency: CNY, percent: '0.6', min: 1, cap: 2000}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// A whole day, from a file with its totals to the exceptions in both languages, as bytes.
func TestGoldenDay(t *testing.T) {
	ours, theirs := day(t)
	for i := range ours {
		ours[i].Source.File = "journal"
	}
	res, err := settle.Match(context.Background(), settle.Slice(ours), settle.Files(settle.FileOf("day.csv", []byte(theirs), load(t, "till-host"))),
		settle.Options{Day: noon(8), Rules: dayRules(t)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := res.JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "day.json")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Error(d)
	}
	counts := map[settle.Reason]int{
		settle.AmountDiffers: 1, settle.FeeDiffers: 1, settle.DateDiffers: 1,
		settle.MissingTheirs: 1, settle.MissingOurs: 1, settle.DuplicateTheirs: 1,
	}
	if !cmp.Equal(res.Counts, counts) || res.Matched != 18 {
		t.Errorf("matched %d, %v", res.Matched, res.Counts)
	}
}

// The wrong totals of a file stop a match before a row is compared; told to, it goes on.
func TestTotalsFirst(t *testing.T) {
	ours, theirs := day(t)
	lie := strings.Replace(theirs, "TOTAL,CNY,23", "TOTAL,CNY,24", 1)
	side := func() settle.Side { return settle.Files(settle.FileOf("day.csv", []byte(lie), load(t, "till-host"))) }
	res, err := settle.Match(context.Background(), settle.Slice(ours), side(), settle.Options{Day: noon(8)})
	var totals *settle.TotalsError
	if !errors.As(err, &totals) || res != nil || totals.Got != 23 || totals.Want != 24 || totals.Line != 26 {
		t.Errorf("%+v, %v", totals, err)
	}
	if res, err := settle.Match(context.Background(), settle.Slice(ours), side(), settle.Options{Day: noon(8), Unproved: true}); err != nil || res.Matched == 0 {
		t.Errorf("%v", err)
	}
}

// Rows that cannot be read are told of with their places.
func TestUnreadRows(t *testing.T) {
	text := "order,amount,fee,date,kind\nA1,12.50,,2026-10-05,S\nA2,12.505,,2026-10-05,S\nA3,NaN,,2026-10-05,S\n"
	res, err := settle.Match(context.Background(), settle.Slice(nil), settle.Files(settle.FileOf("x.csv", []byte(text), shopWith(t))), settle.Options{Day: noon(6)})
	if err != nil || res.UnreadRows != 2 || len(res.Unread) != 2 || res.Unread[1].Line != 4 || res.Unread[1].Offset != 74 || res.Unread[0].Column != "amount" || res.Clean() {
		t.Errorf("%+v, %v", res, err)
	}
}

// What is no file of the format at all is an error, and so is the same file twice, one
// that cannot be opened, rules that mean nothing and a run without a day.
func TestMatchRefuses(t *testing.T) {
	f := load(t, "till-host")
	empty := settle.Slice(nil)
	one := settle.FileOf("a.csv", []byte(hostFile(t)), f)
	for name, c := range map[string]struct {
		side settle.Side
		opt  settle.Options
		says string
	}{
		"empty file":     {settle.Files(settle.FileOf("a.csv", nil, f)), settle.Options{Day: noon(5)}, "holds no byte"},
		"another file":   {settle.Files(settle.FileOf("a.csv", []byte("x\n"), f)), settle.Options{Day: noon(5)}, "no header line"},
		"twice":          {settle.Files(one, one), settle.Options{Day: noon(5)}, "the same file twice"},
		"gone":           {settle.Files(settle.FileAt(filepath.Join(t.TempDir(), "none"), f)), settle.Options{Day: noon(5)}, "none"},
		"no day":         {empty, settle.Options{}, "day of the run"},
		"rule no key":    {empty, settle.Options{Day: noon(5), Rules: settle.Rules{Match: []settle.Rule{{Name: "x"}}}}, "no field"},
		"rule bad key":   {empty, settle.Options{Day: noon(5), Rules: settle.Rules{Match: []settle.Rule{{Name: "x", Key: []settle.Field{"colour"}}}}}, "colour"},
		"no temp folder": {settle.Slice(many(t, 20000)), settle.Options{Day: noon(5), Memory: 1, TempDir: filepath.Join(t.TempDir(), "none")}, "temporary file"},
		"too many":       {settle.Slice(many(t, 100)), settle.Options{Day: noon(5), MaxExceptions: 99}, "too many differences"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := settle.Match(context.Background(), empty, c.side, c.opt)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want it to say %q", err, c.says)
			}
		})
	}
}

func many(t testing.TB, n int) []settle.Record {
	list := make([]settle.Record, n)
	for i := range list {
		list[i] = sale(t, fmt.Sprintf("%06d", i), int64(i)+1, 0)
	}
	return list
}

func TestMatchIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := settle.Match(ctx, settle.Slice(many(t, 10)), settle.Slice(nil), settle.Options{Day: noon(5)}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A file that changes between the two readings is not told of as if it had not.
func TestFileChanges(t *testing.T) {
	first, second := hostFile(t, sale(t, "000001", 1250, 8)), hostFile(t, sale(t, "000001", 1251, 8))
	opened := 0
	file := settle.FileOf("a.csv", nil, load(t, "till-host"))
	file.Open = func() (settle.Opened, error) {
		opened++
		if opened == 1 {
			return settle.FileOf("a.csv", []byte(first), nil).Open()
		}
		return settle.FileOf("a.csv", []byte(second), nil).Open()
	}
	_, err := settle.Match(context.Background(), settle.Slice(nil), settle.Files(file), settle.Options{Day: noon(5)})
	if !errors.Is(err, settle.ErrChanged) {
		t.Error(err)
	}
}

// A sale before the processor's cut-off and its row of the next day: open for a day,
// then closed by the next file.
func TestCarryForward(t *testing.T) {
	late, early := sale(t, "000002", 2000, 12), sale(t, "000001", 1250, 8)
	first := match(t, []settle.Record{early, late}, []settle.Record{early}, settle.Options{Day: noon(5)})
	if len(first.Open) != 1 || first.Open[0].Since != "2026-10-05" || first.Open[0].Side != settle.Ours || first.Open[0].ID != late.ID() {
		t.Fatalf("open: %+v", first.Open)
	}
	still := match(t, nil, nil, settle.Options{Day: noon(9), Open: first.Open})
	if len(still.Open) != 1 || still.Open[0].Since != "2026-10-05" || still.Exceptions[0].Days != 4 || still.Exceptions[0].Age != "4-7" ||
		!strings.Contains(still.Exceptions[0].Explain.EN, "open since the run of 2026-10-05") {
		t.Fatalf("still open: %+v", still.Exceptions)
	}
	second := match(t, nil, []settle.Record{late}, settle.Options{Day: noon(6), Open: first.Open})
	if second.Matched != 1 || len(second.Open) != 0 || len(second.Closed) != 1 || second.Closed[0].Rule != "stan" || second.Closed[0].Since != "2026-10-05" {
		t.Errorf("closed: %+v", second)
	}
}

// The same run again, with what it left open, changes nothing: the rows of the files are
// known to be the open items.
func TestRunAgain(t *testing.T) {
	ours := []settle.Record{sale(t, "000001", 1250, 8), sale(t, "000002", 2000, 12), {Type: settle.Sale, Currency: currency(t, "CNY"), Gross: 5, Net: 5}}
	theirs := []settle.Record{sale(t, "000001", 1250, 8), sale(t, "000003", 3000, 18)}
	first := match(t, ours, theirs, settle.Options{})
	again := match(t, ours, theirs, settle.Options{Open: first.Open})
	if d := cmp.Diff(first.Open, again.Open, cmp.Comparer(func(a, b settle.Record) bool { return a.ID() == b.ID() })); d != "" {
		t.Error(d)
	}
	if again.Repeated != 3 || again.Matched != first.Matched || !cmp.Equal(first.Counts, again.Counts) {
		t.Errorf("repeated %d, %v", again.Repeated, again.Counts)
	}
}

// A row that an earlier run matched, and that comes again in an overlapping file, is
// counted and not told of.
func TestDone(t *testing.T) {
	a, b := sale(t, "000001", 1250, 8), sale(t, "000002", 2000, 12)
	done := func(side settle.SideName, id string) bool { return side == settle.Theirs && id == a.ID() }
	res := match(t, []settle.Record{b}, []settle.Record{a, b}, settle.Options{Done: done})
	if !res.Clean() || res.Matched != 1 || res.Repeated != 1 {
		t.Errorf("%+v", res)
	}
}

func TestKeepPairs(t *testing.T) {
	a, b := sale(t, "000001", 1250, 8), sale(t, "000002", 2000, 12)
	res := match(t, []settle.Record{b, a}, []settle.Record{a, changed(b, withNet(1, 0))}, settle.Options{KeepPairs: true})
	if len(res.Pairs) != 1 || res.Pairs[0].Rule != "stan" || res.Pairs[0].Ours.STAN != "000001" {
		t.Fatalf("%+v", res.Pairs)
	}
	if got := res.Explain("000001", "en"); len(got) != 1 || !strings.Contains(got[0], "matched by rule stan") {
		t.Errorf("explained: %q", got)
	}
	if got := res.Explain("000002", "zh"); len(got) != 1 || !strings.Contains(got[0], "但") {
		t.Errorf("explained: %q", got)
	}
	if got := res.Explain("", "en"); got != nil {
		t.Errorf("explained nothing: %q", got)
	}
}

// A rule by likeness takes the nearest of several, each once.
func TestNearest(t *testing.T) {
	rules := settle.Rules{Match: []settle.Rule{{Name: "near", Key: []settle.Field{settle.FieldMerchant}, Like: true, Amount: 10, Days: 1}}}
	at := func(gross int64, hour int) settle.Record {
		return settle.Record{Type: settle.Sale, Currency: currency(t, "CNY"), Gross: gross, Net: gross, Merchant: "1", Order: fmt.Sprint(gross, hour), Time: noon(5).Add(time.Duration(hour) * time.Hour)}
	}
	res := match(t, []settle.Record{at(100, 0), at(100, 3), at(200, 0)}, []settle.Record{at(105, 0), at(100, 2), at(211, 0)}, settle.Options{Rules: rules, KeepPairs: true})
	var got []string
	for _, p := range res.Pairs {
		got = append(got, p.Ours.Order+" with "+p.Theirs.Order)
	}
	if want := []string{"100 0 with 105 0", "100 3 with 100 2"}; !cmp.Equal(got, want) || res.Matched != 2 {
		t.Errorf("%q, want %q", got, want)
	}
}

// Many of one key are paired without comparing each with each.
func TestManyAlike(t *testing.T) {
	rules := settle.Rules{Match: []settle.Rule{{Name: "near", Key: []settle.Field{settle.FieldMerchant}, Like: true, Amount: 0, Days: 0}}}
	var list []settle.Record
	for i := range 5000 {
		r := sale(t, fmt.Sprintf("%06d", i), 100, 0)
		r.Time = noon(5).Add(time.Duration(i) * time.Second)
		list = append(list, r)
	}
	start := time.Now()
	if res := match(t, list, list, settle.Options{Rules: rules}); res.Matched != 5000 {
		t.Errorf("matched %d", res.Matched)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %v", d)
	}
}

// A million copies of one row are a million duplicates, and take no longer than others.
func TestManyDuplicates(t *testing.T) {
	list := make([]settle.Record, 100_000)
	for i := range list {
		list[i] = sale(t, "000001", 1250, 8)
	}
	if res := match(t, list[:1], list, settle.Options{}); res.Matched != 1 || res.Counts[settle.DuplicateTheirs] != len(list)-1 {
		t.Errorf("matched %d, %v", res.Matched, res.Counts)
	}
}
