package config

import (
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// saleKeys are the settings of what is sold. They stand behind shop.currency, which the
// amounts among them are in.
func saleKeys() []Key {
	return []Key{
		{
			Name: "shop.day_start", Default: "00:00",
			Means: i18n.T("time of day at which a business day begins", "营业日的开始时刻"),
			Wants: i18n.T("a time such as 04:00", "时刻，例如 04:00"),
			set: func(c *Config, v string) bool {
				at, err := time.Parse("15:04", v)
				c.Shop.DayStart = at.Hour()*60 + at.Minute()
				return err == nil
			},
		},
		{
			Name: "tax.prices", Default: "inclusive",
			Means: i18n.T("whether prices hold their tax", "标价是否含税"),
			Wants: i18n.T("inclusive or exclusive", "inclusive（含税）或 exclusive（不含税）"),
			set: func(c *Config, v string) bool {
				c.Tax.Inclusive = v == "inclusive"
				return c.Tax.Inclusive || v == "exclusive"
			},
		},
		{
			Name: "tax.rounding", Default: "line",
			Means: i18n.T("what a tax is rounded over", "税额按行还是按整单舍入"),
			Wants: i18n.T("line or invoice", "line（按行）或 invoice（按整单）"),
			set: func(c *Config, v string) bool {
				c.Tax.ByInvoice = v == "invoice"
				return c.Tax.ByInvoice || v == "line"
			},
		},
		{
			Name: "tax.rounding_mode", Default: string(till.HalfUp),
			Means: i18n.T("how a tax is rounded", "税额的舍入方式"),
			Wants: i18n.T("half_up, half_down, half_even, half_odd, up, down or half_five", "half_up、half_down、half_even、half_odd、up、down 或 half_five"),
			set: func(c *Config, v string) bool {
				c.Tax.Rounding = till.Rounding(v)
				return slices.Contains(roundings(), v)
			},
		},
		{
			Name: "cash.coin", Default: "0",
			Means: i18n.T("smallest coin, to which the cash part of a sale is rounded; 0 rounds nothing", "最小硬币面值，现金部分按其舍入；0 为不舍入"),
			Wants: i18n.T("an amount such as 0.05", "金额，例如 0.05"),
			set:   func(c *Config, v string) bool { return setAmount(&c.Cash.Coin, c, v) },
		},
		{
			Name: "drawer.limit", Default: "0",
			Means: i18n.T("a drawer that differs by more than this needs a manager's approval; 0 needs none", "钱箱差额超过此数需经理批准；0 为不限制"),
			Wants: i18n.T("an amount such as 20", "金额，例如 20"),
			set:   func(c *Config, v string) bool { return setAmount(&c.Cash.Limit, c, v) },
		},
		{
			Name: "stock.policy", Default: string(till.StockAllow),
			Means: i18n.T("what happens where more is sold than is on hand", "库存不足时是否允许销售"),
			Wants: i18n.T("allow or refuse", "allow（允许）或 refuse（拒绝）"),
			set: func(c *Config, v string) bool {
				c.Stock = till.StockPolicy(v)
				return c.Stock == till.StockAllow || c.Stock == till.StockRefuse
			},
		},
		{
			Name: "loyalty.spend", Default: "",
			Means: i18n.T("what a member spends for one point; 0 gives none, empty is 1000 minor units", "会员每消费多少得一分；0 为不积分，留空为 1000 个最小货币单位"),
			Wants: i18n.T("an amount such as 10", "金额，例如 10"),
			set:   func(c *Config, v string) bool { return setAmountOr(&c.Loyalty.Spend, c, v, 1000) },
		},
		{
			Name: "loyalty.value", Default: "",
			Means: i18n.T("what one point takes off; 0 takes nothing, empty is 10 minor units", "一分抵扣多少；0 为不抵扣，留空为 10 个最小货币单位"),
			Wants: i18n.T("an amount such as 0.10", "金额，例如 0.10"),
			set:   func(c *Config, v string) bool { return setAmountOr(&c.Loyalty.Value, c, v, 10) },
		},
	}
}

// roundings are the names of the modes.
func roundings() []string {
	return []string{
		string(till.HalfUp), string(till.HalfDown), string(till.HalfEven), string(till.HalfOdd),
		string(till.Up), string(till.Down), string(till.HalfFive),
	}
}

// setAmount reads an amount of the shop's currency that is not negative.
func setAmount(into *money.Amount, c *Config, v string) bool {
	if c.Shop.Currency.IsZero() {
		return true // the currency is what is wrong, and is told
	}
	a, err := money.Parse(v, c.Shop.Currency)
	*into = a
	return err == nil && !strings.HasPrefix(v, "-")
}

// setAmountOr is minor units where nothing is said.
func setAmountOr(into *money.Amount, c *Config, v string, minor int64) bool {
	if v == "" {
		*into = money.New(minor, c.Shop.Currency)
		return true
	}
	return setAmount(into, c, v)
}
