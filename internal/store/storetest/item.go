package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func itemKept(t *testing.T, shop Shop) {
	s := open(t, shop)
	want := till.Item{
		ID: "SHIRT", Name: "T-shirt 短袖", Category: "clothes", Unit: till.Each, TaxClass: "reduced",
		Variants: []till.Variant{
			{SKU: "SHIRT-S", Option: "small", Barcodes: []string{"6901234567892", "00012345678905"}, Price: cny(4900), Cost: cny(2100), LowStock: till.Units(3)},
			{SKU: "SHIRT-L", Option: "large", Price: cny(0), OpenPrice: true, Untracked: true},
		},
	}
	got := putItems(t, s, want)[0]
	want.Version = 1
	same(t, got, want)
	same(t, itemOf(t, open(t, shop), "SHIRT"), want)

	want.Name = "T-shirt"
	want.Variants = want.Variants[:1]
	putItems(t, s, want)
	want.Version = 2
	same(t, itemOf(t, s, "SHIRT"), want)
	_, _, err := s.ItemByCode(t.Context(), "SHIRT-L")
	refused(t, err, till.CodeNotFound)
}

func itemsAllOrNone(t *testing.T, shop Shop) {
	s := open(t, shop)
	putItems(t, s, item("A", 100, "1111"))
	rows := verify(t, s)
	_, err := s.PutItems(t.Context(), []till.Item{item("B", 100), item("C", 100, "1111"), item("D", 100)}, by("ann"))
	refused(t, err, till.CodeConflict)
	if n := countItems(t, s, till.ItemFilter{Deleted: true}); n != 1 {
		t.Errorf("%d items, want the first alone", n)
	}
	if again := verify(t, s); again != rows {
		t.Errorf("%d journal rows, want %d as before", again, rows)
	}
	for what, spoil := range map[string]func(*till.Item){
		"no name":            func(i *till.Item) { i.Name = "" },
		"no variant":         func(i *till.Item) { i.Variants = nil },
		"no SKU":             func(i *till.Item) { i.Variants[0].SKU = "" },
		"no currency":        func(i *till.Item) { i.Variants[0].Price = money.Amount{} },
		"a negative price":   func(i *till.Item) { i.Variants[0].Price = cny(-1) },
		"cost in another":    func(i *till.Item) { i.Variants[0].Cost = in("USD", 1) },
		"two of one barcode": func(i *till.Item) { i.Variants[0].Barcodes = []string{"22", "22"} },
	} {
		bad := item("E", 100)
		spoil(&bad)
		if _, err := s.PutItems(t.Context(), []till.Item{bad}, by("ann")); err == nil {
			t.Errorf("%s: stored", what)
		}
	}
	if _, err := s.PutItems(t.Context(), []till.Item{item("F", 1), item("F", 2)}, by("ann")); err == nil {
		t.Error("one item twice: stored")
	}
}

func itemStale(t *testing.T, shop Shop) {
	s := open(t, shop)
	first := putItems(t, s, item("A", 100))[0]
	putItems(t, s, first)
	for _, version := range []int{0, 1, 3} {
		stale := first
		stale.Version = version
		if _, err := s.PutItems(t.Context(), []till.Item{stale}, by("ann")); !errors.Is(err, till.ErrStale) {
			t.Errorf("version %d: got error %v, want till.ErrStale", version, err)
		}
	}
	held := itemOf(t, s, "A")
	errs := atOnce(t, shop, 4, func(i int, s Store) error {
		mine := held
		mine.Name = name("by ", i)
		_, err := s.PutItems(context.Background(), []till.Item{mine}, by("ann"))
		return err
	})
	if n := succeeded(errs); n != 1 || itemOf(t, s, "A").Version != 3 {
		t.Errorf("%d changes of one version went through, want 1: %v", n, errs)
	}
}

func codesUnique(t *testing.T, shop Shop) {
	s := open(t, shop)
	putItems(t, s, item("A", 100, "1111", "2222"))
	for _, taking := range []till.Item{
		item("B", 100, "2222"), // a barcode of another
		item("B", 100, "A"),    // a barcode that is another's SKU
		{ID: "B", Name: "B", Unit: till.Each, Variants: []till.Variant{{SKU: "A", Price: cny(1)}}},
		{ID: "B", Name: "B", Unit: till.Each, Variants: []till.Variant{{SKU: "1111", Price: cny(1)}}}, // a SKU that is another's barcode
	} {
		_, err := s.PutItems(t.Context(), []till.Item{taking}, by("ann"))
		refused(t, err, till.CodeConflict)
		if !strings.Contains(err.Error(), "item A ") || !strings.Contains(err.Error(), "of B ") {
			t.Errorf("says %q, want both items named", err)
		}
	}
	putItems(t, s, item("C", 100, "C")) // its own SKU may be its barcode
	errs := atOnce(t, shop, 4, func(i int, s Store) error {
		_, err := s.PutItems(context.Background(), []till.Item{item(name("R", i), 100, "3333")}, by("ann"))
		return err
	})
	if n := succeeded(errs); n != 1 {
		t.Errorf("%d items got one barcode: %v", n, errs)
	}
}

func codesSwapped(t *testing.T, shop Shop) {
	s := open(t, shop)
	both := putItems(t, s, item("A", 100, "1111"), item("B", 200, "2222"))
	both[0].Variants[0].Barcodes, both[1].Variants[0].Barcodes = both[1].Variants[0].Barcodes, both[0].Variants[0].Barcodes
	putItems(t, s, both...)
	if got := scanned(t, s, "1111"); got != "B" {
		t.Errorf("1111 is %s, want B", got)
	}
	verify(t, s)
}

func itemDeleted(t *testing.T, shop Shop) {
	s := open(t, shop)
	a := putItems(t, s, item("A", 100, "1111"))[0]
	a.Deleted = true
	a = putItems(t, s, a)[0]
	for _, code := range []string{"A", "1111"} {
		_, _, err := s.ItemByCode(t.Context(), code)
		refused(t, err, till.CodeNotFound)
		if !strings.Contains(err.Error(), "deleted") {
			t.Errorf("says %q, want that it is deleted", err)
		}
	}
	_, _, err := s.ItemByCode(t.Context(), "9999")
	refused(t, err, till.CodeNotFound)
	if strings.Contains(err.Error(), "deleted") {
		t.Errorf("says %q of a code that nobody had", err)
	}
	same(t, itemOf(t, s, "A"), a)
	if n := countItems(t, s, till.ItemFilter{}); n != 0 {
		t.Errorf("%d items are listed, want none", n)
	}
	verify(t, s)

	b := putItems(t, s, item("B", 200, "1111"))[0]
	if got := scanned(t, s, "1111"); got != "B" {
		t.Errorf("1111 is %s, want B", got)
	}
	a.Deleted = false
	_, err = s.PutItems(t.Context(), []till.Item{a}, by("ann"))
	refused(t, err, till.CodeConflict)
	b.Variants[0].Barcodes = nil
	putItems(t, s, b, a)
	if got := scanned(t, s, "1111"); got != "A" {
		t.Errorf("1111 is %s, want A, which is back", got)
	}
	verify(t, s)
}

func itemByCode(t *testing.T, shop Shop) {
	s := open(t, shop)
	shirt := item("SHIRT", 100, "1111")
	shirt.Variants = append(shirt.Variants, till.Variant{SKU: "shirt", Option: "large", Price: cny(200), Barcodes: []string{"02222"}})
	shirt = putItems(t, s, shirt)[0]
	for code, sku := range map[string]till.SKU{"SHIRT": "SHIRT", "shirt": "shirt", "1111": "SHIRT", "02222": "shirt"} {
		got, v, err := s.ItemByCode(t.Context(), code)
		if err != nil || v.SKU != sku {
			t.Errorf("%s is %s, %v, want %s", code, v.SKU, err, sku)
		}
		same(t, got, shirt)
	}
	for _, code := range []string{"Shirt", "2222", "111", ""} {
		_, _, err := s.ItemByCode(t.Context(), code)
		refused(t, err, till.CodeNotFound)
	}
}

func pricesKept(t *testing.T, shop Shop) {
	s := open(t, shop)
	a := item("A", 100)
	put := func(ch till.Change) {
		t.Helper()
		stored, err := s.PutItems(t.Context(), []till.Item{a}, ch)
		if err != nil {
			t.Fatal(err)
		}
		a = stored[0]
	}
	var want []till.PriceChange
	step := func(staff till.StaffID, hours int, change func(), changed bool) {
		t.Helper()
		change()
		ch := till.Change{Staff: staff, At: noon().Add(time.Duration(hours) * time.Hour)}
		put(ch)
		if changed {
			want = append(want, till.PriceChange{SKU: "A", At: ch.At, Price: a.Variants[0].Price, Cost: a.Variants[0].Cost, Staff: staff})
		}
	}
	step("ann", 0, func() {}, true)
	step("bob", 1, func() { a.Name = "another name" }, false)
	step("bob", 2, func() { a.Variants[0].Price = cny(120) }, true)
	step("ann", 3, func() { a.Variants[0].Cost = cny(70) }, true)
	step("ann", 4, func() { a.Deleted = true; a.Variants[0].Price = cny(1) }, false)
	step("ann", 5, func() { a.Deleted = false; a.Variants[0].Price = cny(120) }, false)
	step("bob", 6, func() { a.Variants[0].Price = cny(100) }, true)
	got, err := s.Prices(t.Context(), "A")
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
	if none, err := s.Prices(t.Context(), "B"); err != nil || len(none) != 0 {
		t.Errorf("prices of nothing: %v, %v", none, err)
	}
	verify(t, s)
}

func itemsListed(t *testing.T, shop Shop) {
	s := open(t, shop)
	for _, i := range []struct{ id, name, category string }{
		{"D1", "Cola", "drinks"}, {"F1", "Bread", "food"}, {"D2", "Beer", "drinks"}, {"X1", "Bag", ""}, {"F2", "Apple", "food"}, {"Z1", "Old", "attic"},
	} {
		one := item(i.id, 100)
		one.Name, one.Category, one.Deleted = i.name, i.category, i.category == "attic"
		putItems(t, s, one)
	}
	for _, tc := range []struct {
		f    till.ItemFilter
		want string
		all  int
	}{
		{till.ItemFilter{}, "X1 D2 D1 F2 F1", 5},
		{till.ItemFilter{Deleted: true}, "X1 Z1 D2 D1 F2 F1", 6},
		{till.ItemFilter{Category: "food"}, "F2 F1", 2},
		{till.ItemFilter{Category: "attic"}, "", 0},
		{till.ItemFilter{Limit: 2}, "X1 D2", 5},
		{till.ItemFilter{Limit: 2, Offset: 3}, "F2 F1", 5},
		{till.ItemFilter{Offset: 4}, "F1", 5},
		{till.ItemFilter{Offset: 9}, "", 5},
	} {
		if got := foundBy(t, s, tc.f); got != tc.want || countItems(t, s, tc.f) != tc.all {
			t.Errorf("%+v: got %q of %d, want %q of %d", tc.f, got, countItems(t, s, tc.f), tc.want, tc.all)
		}
	}
	categories, err := s.Categories(t.Context())
	if err != nil || !slices.Equal(categories, []string{"drinks", "food"}) {
		t.Errorf("categories %q, %v; want drinks and food", categories, err)
	}
}

func itemsSearched(t *testing.T, shop Shop) {
	s := open(t, shop)
	latte, tea, old := item("CF-01", 100, "6901234567892"), item("TE-02", 100, "6909999999990"), item("OL-03", 100, "6908888888883")
	latte.Name, tea.Name, old.Name, old.Deleted = "Latte 拿铁咖啡", `50% "Earl" Grey_茶 Ä`, "Latte old", true
	latte.Variants = append(latte.Variants, till.Variant{SKU: "CF-01L", Option: "大杯", Price: cny(100)})
	putItems(t, s, latte, tea, old)
	for text, want := range map[string]string{
		"拿铁": "CF-01", "铁": "CF-01", "铁咖": "CF-01", "咖啡": "CF-01", "大杯": "CF-01", "大杯 拿铁": "CF-01", "拿 杯": "CF-01", "拿咖": "", "杯大": "",
		"la": "CF-01", "LATTE": "CF-01", "ｌａｔｔｅ": "CF-01", " latte  拿 ": "CF-01", "ttel": "", "e": "CF-01 TE-02", "cf-01l": "CF-01", "F-0": "CF-01", "-0": "CF-01 TE-02",
		"茶": "TE-02", "y_茶": "TE-02", `"earl"`: "TE-02", `"`: "TE-02", "%": "TE-02", "50%": "TE-02", "_": "TE-02", "'": "", "*": "", "ä": "TE-02", "earl AND grey": "", "NOT": "",
		"6901234567892": "CF-01", " 6901234567892 ": "CF-01", "690123456789": "", "6908888888883": "", "": "TE-02 CF-01", "  ": "TE-02 CF-01",
	} {
		got := foundBy(t, s, till.ItemFilter{Text: text})
		if n := countItems(t, s, till.ItemFilter{Text: text}); got != want || n != len(strings.Fields(want)) {
			t.Errorf("%q: got %q of %d, want %q", text, got, n, want)
		}
	}
	for text, want := range map[string]string{"latte": "CF-01 OL-03", "6908888888883": "OL-03"} {
		if got := foundBy(t, s, till.ItemFilter{Text: text, Deleted: true}); got != want {
			t.Errorf("%q, deleted too: got %q, want %q", text, got, want)
		}
	}
	latte = itemOf(t, s, "CF-01")
	latte.Name = "Mocha"
	putItems(t, s, latte)
	if got := foundBy(t, s, till.ItemFilter{Text: "拿铁"}) + foundBy(t, s, till.ItemFilter{Text: "moch"}); got != "CF-01" {
		t.Errorf("after a change of name: got %q", got)
	}
}

// A search finds what a look at each name would.
func searchAgrees(t *testing.T, shop Shop) {
	s := open(t, shop)
	letters := rapid.StringOfN(rapid.SampledFrom([]rune("ab9拿铁 -ü")), 1, 8, -1)
	names := map[string]string{}
	rapid.Check(t, func(rt *rapid.T) {
		one := item(fmt.Sprintf("%d", len(names)+1_000_000), 1)
		one.Name = "x" + letters.Draw(rt, "name")
		putItems(rt, s, one)
		names[string(one.ID)] = strings.Join(strings.Fields(one.Name), " ") + " " + string(one.ID)
		text := letters.Draw(rt, "text")
		var want []string
		for id, n := range names {
			if !slices.ContainsFunc(strings.Fields(text), func(part string) bool { return !strings.Contains(n, part) }) {
				want = append(want, id)
			}
		}
		slices.Sort(want)
		got := strings.Fields(foundBy(rt, s, till.ItemFilter{Text: text}))
		slices.Sort(got)
		if !slices.Equal(got, want) {
			rt.Fatalf("%q: got %v, want %v", text, got, want)
		}
	})
}

func countItems(t fataler, s Books, f till.ItemFilter) int {
	t.Helper()
	n, err := s.CountItems(t.Context(), f)
	if err != nil {
		t.Fatalf("count items %+v: %v", f, err)
	}
	return n
}

// foundBy are the ids of what a filter selects, in their order.
func foundBy(t fataler, s Books, f till.ItemFilter) string {
	t.Helper()
	items, err := s.Items(t.Context(), f)
	if err != nil {
		t.Fatalf("items %+v: %v", f, err)
	}
	var ids []string
	for _, i := range items {
		ids = append(ids, string(i.ID))
	}
	return strings.Join(ids, " ")
}

// scanned is the item of a code.
func scanned(t fataler, s Books, code string) till.ItemID {
	t.Helper()
	i, _, err := s.ItemByCode(t.Context(), code)
	if err != nil {
		t.Fatalf("code %s: %v", code, err)
	}
	return i.ID
}
