package promo_test

import (
	"testing"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
)

// A programme in words: what it gives, on what, for what, and when.
func TestDescribe(t *testing.T) {
	half := till.Whole / 2
	for _, c := range []struct {
		programme        till.Programme
		english, chinese string
	}{
		{percent("p", 20, "drinks"), "20% off | drinks |  | always", "减 20% | drinks |  | 始终"},
		{with(percent("p", 20), func(p *till.Programme) {
			p.Reward.Cheapest, p.Reward.Max = true, cny(t, "5.00")
			p.FromClock, p.ToClock, p.Weekdays = "15:00", "17:00", []int{1, 2, 3, 4, 5}
		}), "20% off the cheapest one, at most 5.00 CNY | everything |  | Monday to Friday, 15:00-17:00", "最便宜的一件减 20%，最多 5.00 CNY | 全部商品 |  | 周一至周五，15:00-17:00"},
		{with(off(t, "a", "5.00"), func(p *till.Programme) {
			p.Rule.MinAmount, p.Members, p.Coupon = cny(t, "50.00"), true, "TEA5"
			p.From, p.To = 20260301, 20260331
		}), "5.00 CNY off together | everything | 50.00 CNY spent, a member, coupon TEA5 | 2026-03-01 to 2026-03-31", "共减 5.00 CNY | 全部商品 | 满 50.00 CNY，会员，优惠券 TEA5 | 2026-03-01 至 2026-03-31"},
		{with(off(t, "a", "5.00"), func(p *till.Programme) { p.Reward.Cheapest, p.From = true, 20260301 }), "5.00 CNY off the cheapest one | everything |  | from 2026-03-01 on", "最便宜的一件减 5.00 CNY | 全部商品 |  | 2026-03-01 起"},
		{with(priced(t, "x", "4.00", "latte", "tea"), func(p *till.Programme) { p.To, p.Rule.MinQty = 20260331, till.Units(2) }), "each at 4.00 CNY | latte, tea | 2 at least | until 2026-03-31", "每件 4.00 CNY | latte, tea | 满 2 件 | 至 2026-03-31"},
		{with(priced(t, "x", "4.00"), func(p *till.Programme) { p.Reward.Cheapest, p.ToClock = true, "9:30" }), "the cheapest one at 4.00 CNY | everything |  | 00:00-09:30", "最便宜的一件 4.00 CNY | 全部商品 |  | 00:00-09:30"},
		{priced(t, "x", "0"), "free | everything |  | always", "免费 | 全部商品 |  | 始终"},
		{with(priced(t, "x", "0"), func(p *till.Programme) { p.Reward.Cheapest = true }), "the cheapest one free | everything |  | always", "最便宜的一件免费 | 全部商品 |  | 始终"},
		{buyGet("b", 2, 1), "buy 2 get 1 free | everything |  | always", "买 2 送 1 | 全部商品 |  | 始终"},
		{with(buyGet("b", 1, 1, "50% cotton"), func(p *till.Programme) { p.Reward.Percent = half }), "buy 1 get 1 at 50% off | 50% cotton |  | always", "买 1，另 1 件减 50% | 50% cotton |  | 始终"},
	} {
		p := c.programme
		for lang, want := range map[i18n.Lang]string{i18n.English: c.english, i18n.Chinese: c.chinese} {
			got := promo.Gives(p.Reward).In(lang) + " | " + promo.On(p.Rule).In(lang) + " | " + promo.Asks(p).In(lang) + " | " + promo.When(p).In(lang)
			if got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		}
	}
}
