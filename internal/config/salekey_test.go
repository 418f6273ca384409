package config_test

import (
	"errors"
	"testing"

	"github.com/tillworks/till/internal/till"
)

// The settings of a sale are amounts of the shop's currency, whatever that is.
func TestSaleKeys(t *testing.T) {
	p := newPlaces(t)
	p.write(t, p.projectFile(), "shop.currency = \"JPY\"\nshop.day_start = \"04:30\"\ntax.prices = \"exclusive\"\ntax.rounding = \"invoice\"\ncash.coin = \"10\"\nstock.policy = \"refuse\"\n")
	c, err := p.config(t)
	if err != nil {
		t.Fatal(err)
	}
	rules := c.TaxRules(nil)
	if rules.Inclusive || !rules.ByInvoice || rules.Rounding != till.HalfUp || rules.Coin != 10 {
		t.Errorf("tax rules %+v", rules)
	}
	if c.Shop.Calendar().Cutoff != 270 || c.Stock != till.StockRefuse {
		t.Errorf("cut-off %d and policy %s, want 270 and refuse", c.Shop.DayStart, c.Stock)
	}
	if got := c.Loyalty.Spend.String() + " " + c.Loyalty.Value.String(); got != "1000 JPY 10 JPY" {
		t.Errorf("loyalty %s, want 1000 JPY and 10 JPY", got)
	}
}

func TestSaleKeysRefused(t *testing.T) {
	for _, line := range []string{
		`shop.day_start = "4 o'clock"`, `tax.prices = "maybe"`, `tax.rounding = "sale"`, `tax.rounding_mode = "nearest"`,
		`cash.coin = "-0.05"`, `cash.coin = "0.005"`, `stock.policy = "warn"`, `loyalty.spend = "ten"`, `drawer.limit = "-1"`,
	} {
		p := newPlaces(t)
		p.write(t, p.projectFile(), line+"\n")
		var refused *till.Problem
		if _, err := p.config(t); !errors.As(err, &refused) || refused.Code != till.CodeUsage {
			t.Errorf("%s: got %v, want a problem of usage", line, err)
		}
	}
}
