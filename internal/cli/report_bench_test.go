package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/sample"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// BenchmarkReports times every report of a year as a whole process: the program as it is
// built, on a store of 5,000 items. TILL_BENCH_LINES is how many lines the year sells,
// roughly; TILL_BENCH_STORE is a folder in which the store is kept for the next time, as
// making a million lines takes a quarter of an hour.
func BenchmarkReports(b *testing.B) {
	program, dir, home := buildProgram(b), yearStore(b), b.TempDir()
	var lines [][]string
	for _, name := range management.AllReports() {
		line := []string{"report", string(name)}
		if slices.Contains(management.ReportNames(), name) {
			line = append(line, "--period", "2026")
			lines = append(lines, append(slices.Clip(line), "--compare", "2026-01..2026-06"))
		}
		lines = append(lines, line)
	}
	lines = append(lines,
		[]string{"report", "hours", "--heat", "--period", "2026"},
		[]string{"report", "items", "--period", "2026-01-15..2026-12-20"},
		[]string{"report", "items", "--period", "2026", "--by", "month"},
		[]string{"report", "items", "--period", "2026", "-o", filepath.Join(b.TempDir(), "items.xlsx")},
		[]string{"report", "items", "--period", "2026", "-o", filepath.Join(b.TempDir(), "items.html")},
		[]string{"report", "items", "--period", "2026", "--json"})
	for _, line := range lines {
		b.Run(strings.Join(line[1:min(len(line), 6)], " "), func(b *testing.B) {
			var runs []time.Duration
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), program, line...)
				cmd.Env = []string{"HOME=" + home, "TILL_DATA=" + dir, "TILL_SHOP_TIMEZONE=UTC"}
				began := time.Now()
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				runs = append(runs, time.Since(began))
			}
			slices.Sort(runs)
			b.ReportMetric(float64(runs[len(runs)/2].Microseconds())/1000, "p50-ms")
		})
	}
}

func buildProgram(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "till")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-o", path, "../../cmd/till").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// yearStore is a store with the sales of 2026.
func yearStore(b *testing.B) string {
	b.Helper()
	wanted, err := strconv.Atoi(os.Getenv("TILL_BENCH_LINES"))
	if err != nil {
		wanted = 20_000
	}
	dir := os.Getenv("TILL_BENCH_STORE")
	if dir == "" {
		dir = b.TempDir()
	}
	if _, err := os.Stat(filepath.Join(dir, "till.db")); err == nil {
		return dir
	}
	s, err := sqlite.Open(b.Context(), dir, sqlite.Options{Stock: till.StockAllow})
	if err != nil {
		b.Fatal(err)
	}
	h := sample.New(largeShop(b, s, wanted/365))
	if err := h.Fill(context.Background(), s, 20260101, 20261231); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d lines", h.Lines())
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return dir
}

// largeShop is a shop of 5,000 items in 25 categories, with staff, members and promotions.
func largeShop(b *testing.B, s *sqlite.Store, lines int) sample.Options {
	b.Helper()
	ctx, ch := b.Context(), till.Change{At: time.Date(2025, 12, 31, 8, 0, 0, 0, time.UTC)}
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	cny, err := money.CurrencyByCode("CNY")
	must(err)
	o := sample.Options{
		Currency: cny, Staff: []till.StaffID{"chen", "li", "mei", "sun"}, Terminal: "TILLLAB1", Merchant: "TILLLAB00000001", Lines: lines,
		Tax:     till.TaxRules{Inclusive: true, Classes: []till.TaxClass{{Code: "standard", Default: true, Rates: []till.TaxRate{{Name: "VAT", Rate: 130_000}}}}},
		Loyalty: till.LoyaltyRules{Spend: money.New(1000, cny), Value: money.New(10, cny)},
		Programmes: []till.Programme{{
			ID: "happy", Name: "Happy hour", FromClock: "15:00", ToClock: "17:00",
			Rule: till.PromoRule{Categories: []string{"category 03", "category 07"}}, Reward: till.PromoReward{Kind: till.RewardPercent, Percent: 100_000},
		}},
	}
	for i := range 5000 {
		sku := till.SKU(fmt.Sprintf("SKU%05d", i))
		o.Items = append(o.Items, till.Item{
			ID: till.ItemID(sku), Name: "Item number " + string(sku), Category: fmt.Sprintf("category %02d", i%25), Unit: till.Each,
			Variants: []till.Variant{{SKU: sku, Price: money.New(int64(500+i*7%6000), cny), Cost: money.New(int64(200+i*3%2000), cny), LowStock: till.Units(5)}},
		})
	}
	_, err = s.PutItems(ctx, o.Items, ch)
	must(err)
	_, err = s.PutProgramme(ctx, o.Programmes[0], ch)
	must(err)
	for i := range 50 {
		m := till.Member{ID: till.MemberID(strconv.Itoa(8001 + i)), Since: ch.At}
		_, err := s.PutMember(ctx, m, ch)
		must(err)
		o.Members = append(o.Members, m)
	}
	return o
}
