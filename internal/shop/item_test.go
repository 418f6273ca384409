package shop_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/catalogue"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// shelfWorld is an empty shop over a real store.
type shelfWorld struct {
	*shop.Shop
	t     *testing.T
	store *sqlite.Store
	now   time.Time
}

func newShelfWorld(t *testing.T, policy till.StockPolicy) *shelfWorld {
	t.Helper()
	w := &shelfWorld{t: t, now: time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)}
	now := func() time.Time { return w.now }
	store, err := sqlite.Open(context.Background(), t.TempDir(), sqlite.Options{Now: now, Stock: policy})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	w.store = store
	w.Shop = shop.New(shop.Config{
		Store: store, Pepper: func() ([]byte, error) { return make([]byte, 32), nil },
		Terminal: "TERM0001", Currency: yuan(t, 0).Currency(), Stock: policy,
		Now: now, Random: rand.NewChaCha8([32]byte{7}),
	})
	return w
}

func (w *shelfWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// latte puts an item with two variants into the shop.
func (w *shelfWorld) latte() {
	w.t.Helper()
	_, err := w.AddItem(context.Background(), till.Item{ID: "latte", Name: "Latte 拿铁", Category: "coffee", Variants: []till.Variant{
		{SKU: "latte-s", Option: "small", Price: yuan(w.t, 1800), Barcodes: []string{"0036000291452"}},
		{SKU: "latte-l", Option: "large", Price: yuan(w.t, 2200)},
	}})
	w.must(err)
}

func TestAddItem(t *testing.T) {
	ctx := context.Background()
	w := newShelfWorld(t, till.StockRefuse)
	w.latte()
	item, err := w.store.Item(ctx, "latte")
	w.must(err)
	if item.Unit != till.Each || item.Variants[0].Barcodes[0] != "036000291452" {
		t.Errorf("%+v", item)
	}
	for name, bad := range map[string]till.Item{
		"id taken":        {ID: "latte", Name: "Latte", Variants: []till.Variant{{SKU: "l2", Price: yuan(t, 1)}}},
		"SKU taken":       {ID: "l2", Name: "Latte", Variants: []till.Variant{{SKU: "latte-s", Price: yuan(t, 1)}}},
		"barcode taken":   {ID: "l2", Name: "Latte", Variants: []till.Variant{{SKU: "l2", Price: yuan(t, 1), Barcodes: []string{"036000291452"}}}},
		"check digit":     {ID: "l2", Name: "Latte", Variants: []till.Variant{{SKU: "l2", Price: yuan(t, 1), Barcodes: []string{"6901234567890"}}}},
		"spreadsheet SKU": {ID: "l2", Name: "Latte", Variants: []till.Variant{{SKU: "6E12", Price: yuan(t, 1)}}},
		"no name":         {ID: "l2", Variants: []till.Variant{{SKU: "l2", Price: yuan(t, 1)}}},
		"unknown class":   {ID: "l2", Name: "Latte", TaxClass: "luxury", Variants: []till.Variant{{SKU: "l2", Price: yuan(t, 1)}}},
		"negative price":  {ID: "l2", Name: "Latte", Variants: []till.Variant{{SKU: "l2", Price: yuan(t, -1)}}},
		"no variant":      {ID: "l2", Name: "Latte"},
		"strange id":      {ID: "l 2", Name: "Latte", Variants: []till.Variant{{SKU: "l2", Price: yuan(t, 1)}}},
		"foreign currecy": {ID: "l2", Name: "Latte", Variants: []till.Variant{{SKU: "l2", Price: money.New(1, mustCurrency(t, "USD"))}}},
	} {
		var p *till.Problem
		if _, err := w.AddItem(ctx, bad); !errors.As(err, &p) || p.Code != till.CodeUsage && p.Code != till.CodeConflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n, err := w.store.CountItems(ctx, till.ItemFilter{}); n != 1 || err != nil {
		t.Errorf("%d items (%v)", n, err)
	}
	if _, err := w.AddVariant(ctx, "latte", till.Variant{SKU: "latte-xl", Option: "huge", Price: yuan(t, 2600)}); err != nil {
		t.Error(err)
	}
	_, err = w.AddVariant(ctx, "latte", till.Variant{SKU: "latte-x", Option: "huge", Price: yuan(t, 2600)})
	wantProblem(t, err, till.CodeConflict)
	_, err = w.AddVariant(ctx, "latte", till.Variant{SKU: "6E12", Option: "tiny", Price: yuan(t, 900)})
	wantProblem(t, err, till.CodeUsage)
}

func mustCurrency(t *testing.T, code string) money.Currency {
	t.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// An article is found by its id, its SKU and every form of its barcode.
func TestFindItem(t *testing.T) {
	ctx := context.Background()
	w := newShelfWorld(t, till.StockRefuse)
	w.latte()
	for code, sku := range map[string]till.SKU{
		"latte": "", "latte-s": "latte-s", "036000291452": "latte-s", "0036000291452": "latte-s", "]E00036000291452": "latte-s",
		"(01)00036000291452(10)A": "latte-s", "latte-l": "latte-l",
	} {
		f, err := w.FindItem(ctx, code)
		if err != nil || f.Item.ID != "latte" || f.Variant.SKU != sku {
			t.Errorf("%s: %s %s (%v)", code, f.Item.ID, f.Variant.SKU, err)
		}
	}
	_, err := w.VariantByCode(ctx, "latte")
	wantProblem(t, err, till.CodeUsage)
	_, err = w.FindItem(ctx, "nobody")
	wantProblem(t, err, till.CodeNotFound)
	_, err = w.FindItem(ctx, "6901234567890")
	wantProblem(t, err, till.CodeUsage)
	items, err := w.Items(ctx, till.ItemFilter{Text: "00036000291452"})
	if err != nil || len(items) != 1 {
		t.Errorf("%v (%v)", items, err)
	}
}

func TestEditItem(t *testing.T) {
	ctx := context.Background()
	w := newShelfWorld(t, till.StockRefuse)
	w.latte()
	price, name := yuan(t, 2000), "Caffè latte"
	w.now = w.now.Add(time.Hour)
	e, err := w.EditItem(ctx, "036000291452", shop.ItemEdit{Name: &name, Price: &price, AddCodes: []string{"96385074"}, DropCodes: []string{"0036000291452"}})
	w.must(err)
	want := []catalogue.Change{
		{Field: "name", From: "Latte 拿铁", To: "Caffè latte"},
		{Field: "latte-s barcodes", From: "036000291452", To: "96385074"}, {Field: "latte-s price", From: "18.00", To: "20.00"},
	}
	if diff := cmp.Diff(want, catalogue.Changes(e.Before, e.After)); diff != "" {
		t.Error(diff)
	}
	_, prices, err := w.Prices(ctx, "latte-s")
	w.must(err)
	if len(prices) != 2 || prices[0].Price == prices[1].Price {
		t.Errorf("%+v", prices)
	}
	_, err = w.EditItem(ctx, "latte", shop.ItemEdit{Price: &price})
	wantProblem(t, err, till.CodeUsage)
	_, err = w.EditItem(ctx, "latte-s", shop.ItemEdit{DropCodes: []string{"036000291452"}})
	wantProblem(t, err, till.CodeNotFound)
}

func TestDeleteAndRestore(t *testing.T) {
	ctx := context.Background()
	w := newShelfWorld(t, till.StockRefuse)
	w.latte()
	item, err := w.DeleteItem(ctx, "latte-l")
	if err != nil || len(item.Variants) != 1 || item.Deleted {
		t.Fatalf("%+v (%v)", item, err)
	}
	item, err = w.DeleteItem(ctx, "latte")
	if err != nil || !item.Deleted {
		t.Fatalf("%+v (%v)", item, err)
	}
	_, err = w.FindItem(ctx, "latte-s")
	wantProblem(t, err, till.CodeNotFound)
	_, err = w.AddItem(ctx, till.Item{ID: "latte", Name: "Latte", Variants: []till.Variant{{SKU: "x", Price: yuan(t, 1)}}})
	wantProblem(t, err, till.CodeConflict)
	if item, err = w.RestoreItem(ctx, "latte"); err != nil || item.Deleted {
		t.Errorf("%+v (%v)", item, err)
	}
	_, err = w.RestoreItem(ctx, "latte")
	wantProblem(t, err, till.CodeConflict)
}

// Codes of the shop's own are the next that are free, and a scale can put a weight in.
func TestMakeBarcode(t *testing.T) {
	ctx := context.Background()
	w := newShelfWorld(t, till.StockRefuse)
	w.latte()
	_, err := w.AddItem(ctx, till.Item{ID: "ham", Name: "Ham 火腿", Unit: till.Kilo, Variants: []till.Variant{{SKU: "ham", Price: yuan(t, 9800)}}})
	w.must(err)
	for _, want := range []string{"2000000000015", "2000000000022"} {
		if _, made, err := w.MakeBarcode(ctx, "latte-l", 0); err != nil || made != want {
			t.Errorf("%s (%v), want %s", made, err, want)
		}
	}
	f, made, err := w.MakeBarcode(ctx, "ham", 0)
	w.must(err)
	label, err := barcode.Usual()[0].Make("00001", 375)
	w.must(err)
	scanned, err := w.ItemByCode(ctx, label)
	if err != nil || scanned.Item.ID != "ham" || scanned.Scanned.Quantity != 375 || f.Variant.Barcodes[0] != made {
		t.Errorf("%s is %+v (%v)", label, scanned, err)
	}
	for code, prefix := range map[string]int{"ham": 31, "latte-l": 21, "latte-s": 19} {
		_, _, err = w.MakeBarcode(ctx, code, prefix)
		wantProblem(t, err, till.CodeUsage)
	}
	if _, made, err := w.MakeBarcode(ctx, "ham", 21); err != nil || made != "2100002000003" {
		t.Errorf("%s (%v)", made, err)
	}
}

func TestImportItems(t *testing.T) {
	ctx := context.Background()
	w := newShelfWorld(t, till.StockRefuse)
	w.latte()
	file := "id,name,sku,option,barcodes,price,quantity\n" +
		"tea,龙井茶,tea,,96385074,12.00,10\n" +
		"latte,Latte 拿铁,latte-l,large,,24.00,3\n"
	broken := file + "cake,Cake,cake,,,£3,\n"
	dry, err := w.ImportItems(ctx, strings.NewReader(file), shop.ImportOptions{DryRun: true})
	w.must(err)
	if dry.Count(catalogue.New) != 1 || dry.Count(catalogue.Edit) != 1 {
		t.Errorf("%+v", dry.Rows)
	}
	p, err := w.ImportItems(ctx, strings.NewReader(broken), shop.ImportOptions{})
	wantProblem(t, err, till.CodeUsage)
	if len(p.Rows) != 3 {
		t.Errorf("%+v", p.Rows)
	}
	if n, _ := w.store.CountItems(ctx, till.ItemFilter{}); n != 1 {
		t.Fatalf("%d items after a dry run and a refused file", n)
	}
	_, err = w.ImportItems(ctx, strings.NewReader(broken), shop.ImportOptions{SkipRefused: true, Document: "items.csv"})
	w.must(err)
	levels, err := w.store.StockLevels(ctx, "tea")
	if err != nil || levels[0].OnHand != till.Units(10) {
		t.Errorf("%+v (%v)", levels, err)
	}
	moves, err := w.store.StockMoves(ctx, "tea", 0)
	if err != nil || len(moves) != 1 || moves[0].Reason != till.StockReceive || moves[0].Document != "items.csv" {
		t.Errorf("%+v (%v)", moves, err)
	}
	again, err := w.ImportItems(ctx, strings.NewReader(file), shop.ImportOptions{})
	if err != nil || again.Count(catalogue.Same) != 2 {
		t.Errorf("%+v (%v)", again.Rows, err)
	}
	var out bytes.Buffer
	items, onHand, err := w.ExportItems(ctx, till.ItemFilter{})
	w.must(err)
	w.must(catalogue.Write(&out, items, onHand))
	whole, err := w.ImportItems(ctx, &out, shop.ImportOptions{})
	if err != nil || whole.Count(catalogue.Same) != len(whole.Rows) || len(whole.Rows) != 3 {
		t.Errorf("%+v (%v)", whole.Rows, err)
	}
	if _, err := w.store.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// Stock that cannot be moved takes the items of its commit with it.
func TestImportIsOneCommit(t *testing.T) {
	ctx := context.Background()
	w := newShelfWorld(t, till.StockRefuse)
	item := till.Item{ID: "tea", Name: "Tea", Unit: till.Each, Variants: []till.Variant{{SKU: "tea", Price: yuan(t, 1200)}}}
	move := till.StockMove{SKU: "nobody", Quantity: till.One, Reason: till.StockReceive, At: w.now}
	_, err := w.store.ImportItems(ctx, []till.Item{item}, []till.StockMove{move}, till.Change{At: w.now})
	wantProblem(t, err, till.CodeNotFound)
	if n, _ := w.store.CountItems(ctx, till.ItemFilter{}); n != 0 {
		t.Errorf("%d items of a commit that failed", n)
	}
}

func TestStock(t *testing.T) {
	ctx := context.Background()
	w := newShelfWorld(t, till.StockRefuse)
	w.latte()
	lines := func(code string, q till.Quantity) shop.StockEntry {
		return shop.StockEntry{Lines: []shop.StockLine{{Code: code, Quantity: q}}, Document: "D-17", Note: "by hand"}
	}
	_, err := w.ReceiveStock(ctx, shop.StockEntry{Lines: []shop.StockLine{{"0036000291452", till.Units(10)}, {"latte-l", till.Units(4)}}, Document: "D-17"})
	w.must(err)
	_, err = w.WasteStock(ctx, lines("latte-s", till.Units(2)))
	w.must(err)
	_, err = w.AdjustStock(ctx, lines("latte-s", -500))
	w.must(err)
	f, moves, err := w.StockMoves(ctx, "latte-s", 0)
	w.must(err)
	if f.Item.ID != "latte" || len(moves) != 3 || moves[0].Quantity != -500 || moves[1].Reason != till.StockWaste || moves[2].Document != "D-17" {
		t.Errorf("%+v", moves)
	}
	for name, try := range map[string]func() error{
		"waste of more than there is": func() error { _, err := w.WasteStock(ctx, lines("latte-l", till.Units(5))); return err },
		"a negative delivery":         func() error { _, err := w.ReceiveStock(ctx, lines("latte-l", -till.One)); return err },
		"nothing":                     func() error { _, err := w.ReceiveStock(ctx, lines("latte-l", 0)); return err },
		"no reason": func() error {
			_, err := w.AdjustStock(ctx, shop.StockEntry{Lines: []shop.StockLine{{"latte-l", 1}}})
			return err
		},
		"an item of two variants": func() error { _, err := w.ReceiveStock(ctx, lines("latte", till.One)); return err },
	} {
		var p *till.Problem
		if err := try(); !errors.As(err, &p) || p.Hint.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
	low := till.Units(4)
	_, err = w.EditItem(ctx, "latte-l", shop.ItemEdit{LowStock: &low})
	w.must(err)
	rows, err := w.StockLevels(ctx, shop.StockFilter{Low: true})
	if err != nil || len(rows) != 1 || rows[0].Variant.SKU != "latte-l" || rows[0].Level.OnHand != till.Units(4) {
		t.Errorf("%+v (%v)", rows, err)
	}
	if rows, err = w.StockLevels(ctx, shop.StockFilter{}); err != nil || len(rows) != 2 || rows[0].Level.OnHand != 7500 {
		t.Errorf("%+v (%v)", rows, err)
	}
}

func TestStocktake(t *testing.T) {
	ctx := context.Background()
	w := newShelfWorld(t, till.StockRefuse)
	_, err := w.StartStocktake(ctx, "")
	wantProblem(t, err, till.CodeUsage)
	w.latte()
	_, err = w.AddItem(ctx, till.Item{ID: "cake", Name: "Cake", Category: "bakery", Variants: []till.Variant{{SKU: "cake", Price: yuan(t, 900)}}})
	w.must(err)
	_, err = w.ReceiveStock(ctx, shop.StockEntry{Lines: []shop.StockLine{{"latte-s", till.Units(10)}, {"cake", till.Units(3)}}})
	w.must(err)
	_, err = w.EnterCounts(ctx, "", []shop.StockLine{{"latte-s", till.One}}, false)
	wantProblem(t, err, till.CodeNotFound)

	sheet, err := w.StartStocktake(ctx, "coffee")
	w.must(err)
	if sheet.ID != "2026-11-23-1" || len(sheet.Rows) != 2 {
		t.Errorf("%+v", sheet)
	}
	_, err = w.EnterCounts(ctx, "", []shop.StockLine{{"cake", till.One}}, false)
	wantProblem(t, err, till.CodeUsage)
	_, err = w.EnterCounts(ctx, "", []shop.StockLine{{"latte-s", -till.One}}, false)
	wantProblem(t, err, till.CodeUsage)
	_, err = w.EnterCounts(ctx, "", []shop.StockLine{{"latte-s", till.Units(4)}}, false)
	w.must(err)
	sheet, err = w.EnterCounts(ctx, "", []shop.StockLine{{"036000291452", till.Units(5)}}, true)
	w.must(err)
	if c := sheet.Rows[0].Counted; c == nil || c.Counted != till.Units(9) || c.Variance() != -till.One || sheet.Rows[1].Counted != nil {
		t.Errorf("%+v", sheet.Rows)
	}
	second, err := w.StartStocktake(ctx, "bakery")
	w.must(err)
	_, err = w.PostStocktake(ctx, "", "")
	wantProblem(t, err, till.CodeUsage)
	_, err = w.CancelStocktake(ctx, second.ID, "not today")
	w.must(err)
	_, err = w.PostStocktake(ctx, "", "monthly")
	w.must(err)
	levels, err := w.store.StockLevels(ctx, "latte-s", "latte-l", "cake")
	if err != nil || levels[0].OnHand != till.Units(9) || levels[1].OnHand != 0 || levels[2].OnHand != till.Units(3) {
		t.Errorf("%+v (%v)", levels, err)
	}
	_, err = w.PostStocktake(ctx, sheet.ID, "")
	wantProblem(t, err, till.CodeNotPermitted)
	if all, err := w.Stocktakes(ctx); err != nil || len(all) != 2 {
		t.Errorf("%+v (%v)", all, err)
	}
	if last, err := w.StocktakeSheet(ctx, sheet.ID); err != nil || last.Posted == nil {
		t.Errorf("%+v (%v)", last, err)
	}
	if _, err := w.store.Verify(ctx); err != nil {
		t.Error(err)
	}
}

func TestSeed(t *testing.T) {
	ctx := context.Background()
	w := newShelfWorld(t, till.StockRefuse)
	_, err := w.Seed(ctx, "caffe")
	wantProblem(t, err, till.CodeUsage)
	done, err := w.Seed(ctx, "cafe")
	w.must(err)
	if done.Items < 38 || done.Variants < 45 || done.Members != 3 || done.Programmes != 4 || done.TaxClasses != 3 || len(done.Staff) != len(till.Roles()) {
		t.Errorf("%+v", done)
	}
	_, err = w.Items(ctx, till.ItemFilter{})
	wantProblem(t, err, till.CodeNotPermitted)
	_, err = w.SignIn(ctx, done.Staff[0].ID, done.Staff[0].PIN)
	w.must(err)
	items, err := w.Items(ctx, till.ItemFilter{})
	w.must(err)
	for _, item := range items {
		for _, v := range item.Variants {
			for _, code := range v.Barcodes {
				if _, err := w.ItemByCode(ctx, code); err != nil {
					t.Errorf("%s: %v", code, err)
				}
			}
		}
	}
	low, err := w.StockLevels(ctx, shop.StockFilter{Low: true})
	if err != nil || len(low) == 0 {
		t.Errorf("nothing is low (%v): a shop to try things out in has something to order", err)
	}
	_, err = w.Seed(ctx, "cafe")
	wantProblem(t, err, till.CodeNotPermitted)
	if _, err := w.store.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// The example is whole in a currency without decimals and in one with three.
func TestSeedInOtherCurrencies(t *testing.T) {
	for _, code := range []string{"JPY", "KWD"} {
		store, err := sqlite.Open(context.Background(), t.TempDir(), sqlite.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		s := shop.New(shop.Config{
			Store: store, Pepper: func() ([]byte, error) { return make([]byte, 32), nil },
			Terminal: "TERM0001", Currency: mustCurrency(t, code), Stock: till.StockAllow, Now: time.Now, Random: rand.NewChaCha8([32]byte{9}),
		})
		if _, err := s.Seed(context.Background(), "cafe"); err != nil {
			t.Errorf("%s: %v", code, err)
		}
		_ = store.Close()
	}
}
