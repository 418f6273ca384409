package shop_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// happy is 20 % off drinks from three to five in the afternoon.
func happy() till.Programme {
	return till.Programme{
		ID: "happy", Name: " Happy hour ", FromClock: "15:00", ToClock: "17:00",
		Rule:   till.PromoRule{Categories: []string{"Drinks"}},
		Reward: till.PromoReward{Kind: till.RewardPercent, Percent: till.Whole / 5},
	}
}

// A promotion from its beginning to its end, and what a sale makes of it each time.
func TestProgrammeLife(t *testing.T) {
	w, ctx := newCounterWorld(t), context.Background()
	total := func(want int64) {
		t.Helper()
		q, err := w.shop.Quote(ctx, basket("latte"))
		w.must(err)
		if q.Total.Minor() != want {
			t.Errorf("a latte costs %s, want %d", q.Total, want)
		}
	}
	p, err := w.shop.AddProgramme(ctx, happy())
	w.must(err)
	if p.Name != "Happy hour" || p.Version != 1 {
		t.Errorf("stored as %+v", p)
	}
	total(2800) // half past ten in the shop
	if n := w.shop.RunsAt(p); n == nil || n.Code != promo.CodeHours {
		t.Errorf("in the morning: %+v", n)
	}
	w.now = w.now.Add(5 * time.Hour)
	total(2240)
	if n := w.shop.RunsAt(p); n != nil {
		t.Errorf("in the afternoon: %+v", n)
	}
	_, err = w.shop.EditProgramme(ctx, "happy", func(p *till.Programme) error {
		p.Reward.Percent = till.Whole / 2
		p.ID, p.Version, p.Gone = "other", 77, true // what an edit cannot change
		return nil
	})
	w.must(err)
	total(1400)
	_, err = w.shop.PauseProgramme(ctx, "happy")
	w.must(err)
	total(2800)
	again, err := w.shop.PauseProgramme(ctx, "happy")
	w.must(err)
	if again.Version != 3 {
		t.Errorf("pausing what is paused makes version %d", again.Version)
	}
	_, err = w.shop.ResumeProgramme(ctx, "happy")
	w.must(err)
	total(1400)
	_, err = w.shop.EndProgramme(ctx, "happy")
	w.must(err)
	total(2800)
	_, err = w.shop.EndProgramme(ctx, "happy")
	wantProblem(t, err, till.CodeNotFound)
	if all, err := w.shop.Programmes(ctx); err != nil || len(all) != 0 {
		t.Errorf("%d are left (%v)", len(all), err)
	}
	_, err = w.shop.AddProgramme(ctx, happy()) // the id begins another one
	w.must(err)
	total(2240)
	w.check()
}

// What cannot begin, and what an edit cannot make.
func TestProgrammeRefused(t *testing.T) {
	w, ctx := newCounterWorld(t), context.Background()
	_, err := w.shop.AddProgramme(ctx, happy())
	w.must(err)
	jpy, err := money.CurrencyByCode("JPY")
	w.must(err)
	for name, c := range map[string]struct {
		change func(*till.Programme)
		code   till.Code
		says   string
	}{
		"the same id":      {func(p *till.Programme) { p.ID = "happy" }, till.CodeConflict, "already"},
		"a contradiction":  {func(p *till.Programme) { p.Reward.Percent = 0 }, till.CodeUsage, "0%"},
		"another currency": {func(p *till.Programme) { p.Reward.Max = money.New(100, jpy) }, till.CodeUsage, "in JPY"},
		"an unknown SKU":   {func(p *till.Programme) { p.Rule.SKUs = []till.SKU{"late"} }, till.CodeNotFound, "late"},
	} {
		p := happy()
		p.ID = "second"
		c.change(&p)
		_, err := w.shop.AddProgramme(ctx, p)
		wantProblem(t, err, c.code)
		if err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q in it", name, err, c.says)
		}
	}
	_, err = w.shop.EditProgramme(ctx, "none", func(*till.Programme) error { return nil })
	wantProblem(t, err, till.CodeNotFound)
	_, err = w.shop.EditProgramme(ctx, "happy", func(p *till.Programme) error { p.FromClock = "3pm"; return nil })
	wantProblem(t, err, till.CodeUsage)
	stop := errors.New("stop")
	if _, err = w.shop.EditProgramme(ctx, "happy", func(*till.Programme) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want what the change said", err)
	}
	_, err = w.shop.Programme(ctx, "none")
	wantProblem(t, err, till.CodeNotFound)
}

// Barcodes become SKUs, each once; one whose item was deleted since may stay.
func TestProgrammeSKUs(t *testing.T) {
	w, ctx := newCounterWorld(t), context.Background()
	p := happy()
	p.Rule = till.PromoRule{SKUs: []till.SKU{"6901234567892", "tea", "latte"}}
	p, err := w.shop.AddProgramme(ctx, p)
	w.must(err)
	if !slices.Equal(p.Rule.SKUs, []till.SKU{"latte", "tea"}) {
		t.Errorf("got %v, want latte and tea", p.Rule.SKUs)
	}
	item, _, err := w.store.ItemByCode(ctx, "tea")
	w.must(err)
	item.Deleted = true
	_, err = w.store.PutItems(ctx, []till.Item{item}, till.Change{At: w.now})
	w.must(err)
	_, err = w.shop.EditProgramme(ctx, "happy", func(p *till.Programme) error { p.Priority = 1; return nil })
	w.must(err)
}

// A category that no item is in is told, with the one that may be meant.
func TestIdleCategories(t *testing.T) {
	w, ctx := newCounterWorld(t), context.Background()
	p := happy()
	p.Rule.Categories = []string{"DRINKS", "drnks", "bakery"}
	idle, err := w.shop.IdleCategories(ctx, p)
	w.must(err)
	if len(idle) != 2 || idle["drnks"] != "drinks" || idle["bakery"] != "" {
		t.Errorf("got %v", idle)
	}
}

// Programmes stand in the order in which they are tried.
func TestProgrammesInOrder(t *testing.T) {
	w, ctx := newCounterWorld(t), context.Background()
	for id, priority := range map[till.ProgrammeID]int{"c": -1, "b": 0, "a": 0, "d": 5} {
		p := happy()
		p.ID, p.Priority = id, priority
		_, err := w.shop.AddProgramme(ctx, p)
		w.must(err)
	}
	all, err := w.shop.Programmes(ctx)
	w.must(err)
	var ids string
	for _, p := range all {
		ids += string(p.ID)
	}
	if ids != "cabd" {
		t.Errorf("got %s, want cabd", ids)
	}
}

// Tax classes from the first, which is the default, to the last.
func TestTaxClassLife(t *testing.T) {
	w, ctx := newCounterWorld(t), context.Background()
	vat := func(percent int64) []till.TaxRate {
		return []till.TaxRate{{Name: "VAT", Rate: till.Rate(percent * 10000)}}
	}
	c, err := w.shop.SetTaxClass(ctx, "standard", shop.TaxClassEdit{Rates: vat(10)})
	w.must(err)
	if !c.Default || c.Rates[0].Rate != 100000 {
		t.Errorf("got %+v, want 10%% and still the default", c)
	}
	name := "Food"
	c, err = w.shop.SetTaxClass(ctx, "reduced", shop.TaxClassEdit{Rates: vat(6), Name: &name, Default: true})
	w.must(err)
	if c.Name != "Food" || !c.Default {
		t.Errorf("got %+v", c)
	}
	if c, err = w.shop.TaxClass(ctx, "standard"); err != nil || c.Default {
		t.Errorf("two defaults, or %v", err)
	}
	c, err = w.shop.SetTaxClass(ctx, "reduced", shop.TaxClassEdit{Rates: []till.TaxRate{}})
	w.must(err)
	if len(c.Rates) != 0 || c.Name != "Food" || !c.Default {
		t.Errorf("got %+v, want exempt and the rest as it was", c)
	}

	_, err = w.shop.DropTaxClass(ctx, "reduced") // the default
	wantProblem(t, err, till.CodeNotPermitted)
	_, err = w.shop.DropTaxClass(ctx, "standard") // items are of it
	wantProblem(t, err, till.CodeNotPermitted)
	_, err = w.shop.DropTaxClass(ctx, "none")
	wantProblem(t, err, till.CodeNotFound)
	_, err = w.shop.SetTaxClass(ctx, "zero", shop.TaxClassEdit{Rates: vat(0)})
	w.must(err)
	c, err = w.shop.DropTaxClass(ctx, "zero")
	w.must(err)
	if !c.Gone {
		t.Errorf("got %+v, want it gone", c)
	}
	if all, err := w.shop.TaxClasses(ctx); err != nil || len(all) != 2 {
		t.Errorf("%d classes (%v), want 2", len(all), err)
	}
	w.check()
}

// What a tax class cannot be.
func TestTaxClassRefused(t *testing.T) {
	w, ctx := newCounterWorld(t), context.Background()
	long := strings.Repeat("x", 200)
	for name, c := range map[string]struct {
		code string
		edit shop.TaxClassEdit
	}{
		"new without rates": {"zero", shop.TaxClassEdit{Default: true}},
		"an empty code":     {"", shop.TaxClassEdit{Rates: []till.TaxRate{}}},
		"a code of words":   {"the law", shop.TaxClassEdit{Rates: []till.TaxRate{}}},
		"a long name":       {"zero", shop.TaxClassEdit{Rates: []till.TaxRate{}, Name: &long}},
		"an escape":         {"zero", shop.TaxClassEdit{Rates: []till.TaxRate{{Name: "\x1b[1m", Rate: 1}}}},
		"a nameless rate":   {"zero", shop.TaxClassEdit{Rates: []till.TaxRate{{Rate: 1}}}},
		"compound first":    {"zero", shop.TaxClassEdit{Rates: []till.TaxRate{{Name: "a", Rate: 1, Compound: true}}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.shop.SetTaxClass(ctx, c.code, c.edit)
			wantProblem(t, err, till.CodeUsage)
		})
	}
}

// The first class of a shop is its default, and the last may go though it is.
func TestFirstAndLastTaxClass(t *testing.T) {
	w, ctx := newCounterWorld(t), context.Background()
	books := func() []till.TaxClass {
		all, err := w.shop.TaxClasses(ctx)
		w.must(err)
		return all
	}
	items, err := w.store.Items(ctx, till.ItemFilter{})
	w.must(err)
	for i := range items {
		items[i].TaxClass = ""
	}
	_, err = w.store.PutItems(ctx, items, till.Change{At: w.now})
	w.must(err)
	_, err = w.shop.DropTaxClass(ctx, "standard")
	w.must(err)
	if len(books()) != 0 {
		t.Errorf("left: %v", books())
	}
	c, err := w.shop.SetTaxClass(ctx, "gst", shop.TaxClassEdit{Rates: []till.TaxRate{{Name: "GST", Rate: 90000}}})
	w.must(err)
	if !c.Default {
		t.Error("the first class is not the default")
	}
}

// Only who may edit the catalogue changes promotions and taxes; everybody reads them.
func TestCatalogueRights(t *testing.T) {
	w, ctx := newCounterWorld(t), context.Background()
	_, err := w.shop.AddProgramme(ctx, happy())
	w.must(err)
	w.hire("boss", till.Admin, "271828")
	w.signIn("boss", "271828")
	w.hire("bob", till.Cashier, "314159")
	w.signIn("bob", "314159")
	nothing := func(*till.Programme) error { return nil }
	for name, act := range map[string]func() error{
		"add":    func() error { _, err := w.shop.AddProgramme(ctx, happy()); return err },
		"edit":   func() error { _, err := w.shop.EditProgramme(ctx, "happy", nothing); return err },
		"pause":  func() error { _, err := w.shop.PauseProgramme(ctx, "happy"); return err },
		"resume": func() error { _, err := w.shop.ResumeProgramme(ctx, "happy"); return err },
		"end":    func() error { _, err := w.shop.EndProgramme(ctx, "happy"); return err },
		"set":    func() error { _, err := w.shop.SetTaxClass(ctx, "standard", shop.TaxClassEdit{}); return err },
		"drop":   func() error { _, err := w.shop.DropTaxClass(ctx, "standard"); return err },
	} {
		t.Run(name, func(t *testing.T) { wantProblem(t, act(), till.CodeNotPermitted) })
	}
	_, err = w.shop.Programme(ctx, "happy")
	w.must(err)
	_, err = w.shop.TaxClass(ctx, "standard")
	w.must(err)
}
