package sqlite_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// catalogue is a large shop: n items with English and Chinese names, each with a SKU and
// a barcode.
func catalogue(n int) []till.Item {
	kinds := []string{"Latte 拿铁", "Espresso 浓缩咖啡", "Green Tea 绿茶", "Sparkling Water 气泡水", "Dark Chocolate 黑巧克力", "Rice Noodles 米粉", "Shampoo 洗发水", "Notebook 笔记本"}
	makers := []string{"Harbour", "Lantern", "Juniper", "Meridian", "Bluestone", "Quartz", "Willow", "Summit", "Ember", "Orchard"}
	items := make([]till.Item, n)
	for i := range items {
		id := fmt.Sprintf("I%06d", i)
		items[i] = till.Item{
			ID: till.ItemID(id), Name: fmt.Sprintf("%s %s No %d", makers[i/8%10], kinds[i%8], i/80), Category: fmt.Sprintf("category %02d", i%40), Unit: till.Each,
			Variants: []till.Variant{{SKU: till.SKU(id), Barcodes: []string{fmt.Sprintf("69%011d", i)}, Price: money.New(int64(100+i%5000), cny())}},
		}
	}
	return items
}

// BenchmarkPutItems stores a catalogue in one commit.
func BenchmarkPutItems(b *testing.B) {
	const items = 100_000
	all := catalogue(items)
	for b.Loop() {
		b.StopTimer()
		s := open(b, b.TempDir(), sqlite.Options{})
		b.StartTimer()
		if _, err := s.PutItems(b.Context(), all, till.Change{At: time.Unix(1_800_000_000, 0)}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/items, "ns/item")
}

// BenchmarkSearch is what a till waits for at each key in its search line, among 100,000
// items.
func BenchmarkSearch(b *testing.B) {
	s := open(b, b.TempDir(), sqlite.Options{})
	if _, err := s.PutItems(b.Context(), catalogue(100_000), till.Change{}); err != nil {
		b.Fatal(err)
	}
	for _, f := range []till.ItemFilter{
		{Text: "拿铁"}, {Text: "拿"}, {Text: "笔记 9"}, {Text: "la"}, {Text: "l"}, {Text: "latte"}, {Text: "lantern chocolate"}, {Text: "No 1249"}, {Text: "I099999"},
		{Text: "6900000099999"}, {Text: "铁观音"}, {Text: "zz"}, {Text: "z"}, {Text: "q"}, {Text: "@"}, {Text: "chocolate 铁"}, {Text: "latte 1249"}, {}, {Category: "category 07"},
	} {
		f.Limit = 50
		b.Run(fmt.Sprintf("%q,%s", f.Text, f.Category), func(b *testing.B) {
			n := 0
			for b.Loop() {
				found, err := s.Items(context.Background(), f)
				if err != nil {
					b.Fatal(err)
				}
				n = len(found)
			}
			b.ReportMetric(float64(n), "found")
		})
	}
}

// BenchmarkItemByCode is a scan.
func BenchmarkItemByCode(b *testing.B) {
	s := open(b, b.TempDir(), sqlite.Options{})
	if _, err := s.PutItems(b.Context(), catalogue(10_000), till.Change{}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.ItemByCode(b.Context(), "6900000005000"); err != nil {
			b.Fatal(err)
		}
	}
}
