package sqlite_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Names are of all variants, of deleted items too; a SKU that has found another item is
// called as that one is.
func TestItemNames(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	if got, err := s.ItemNames(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("an empty shop has the names %v, %v", got, err)
	}
	item := func(id, name string, variants ...till.Variant) till.Item {
		for i := range variants {
			variants[i].Price = money.New(100, cny())
		}
		return till.Item{ID: till.ItemID(id), Name: name, Unit: till.Each, Variants: variants}
	}
	put := func(items ...till.Item) []till.Item {
		t.Helper()
		stored, err := s.PutItems(context.Background(), items, till.Change{})
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	stored := put(
		item("latte", "Latte 拿铁", till.Variant{SKU: "latte-s", Option: "small 小杯"}, till.Variant{SKU: "latte-l", Option: "large"}),
		item("tea", "Tea", till.Variant{SKU: "tea"}),
		item("mug", "Mug \"option\" \\ 'blue'", till.Variant{SKU: "mug"}),
		item("old", "Old bun", till.Variant{SKU: "bun"}, till.Variant{SKU: "bun-x", Option: "burnt"}),
		item("gone", "Gone", till.Variant{SKU: "gone"}))
	for i := range stored[3:] {
		stored[3+i].Deleted = true
	}
	put(stored[3:]...)
	put(item("new", "New bun", till.Variant{SKU: "bun"}))
	got, err := s.ItemNames(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[till.SKU]string{
		"latte-s": "Latte 拿铁 small 小杯", "latte-l": "Latte 拿铁 large", "tea": "Tea", "mug": "Mug \"option\" \\ 'blue'",
		"bun": "New bun", "bun-x": "Old bun burnt", "gone": "Gone",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("names (-want +got):\n%s", d)
	}
}
