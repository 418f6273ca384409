package promo_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Every code in both languages.
func TestExplain(t *testing.T) {
	five := cny(t, "5.00")
	for _, c := range []struct {
		note             till.PromoNote
		english, chinese string
	}{
		{till.PromoNote{Code: promo.CodeApplied, Amount: five, Got: "1"}, "took 5.00 CNY off line 1", "第 1 行减免 5.00 CNY"},
		{till.PromoNote{Code: promo.CodeApplied, Amount: five, Got: "1,3"}, "took 5.00 CNY off lines 1, 3", "第 1, 3 行减免 5.00 CNY"},
		{till.PromoNote{Code: promo.CodeCut, Amount: five, Got: "2", Want: "8.00"}, "took 5.00 CNY off line 2: it gives 8.00, but they were worth no more", "第 2 行减免 5.00 CNY：应减 8.00，但已减至零"},
		{till.PromoNote{Code: promo.CodeCapped, Amount: five, Got: "2", Want: "5.00"}, "took 5.00 CNY off line 2, the most it gives on a sale", "第 2 行减免 5.00 CNY，已达每单上限"},
		{till.PromoNote{Code: promo.CodePaused}, "not applied: it is paused", "未生效：活动已暂停"},
		{till.PromoNote{Code: promo.CodeInvalid}, "not applied: the programme contradicts itself or its amounts are in another currency", "未生效：活动设置自相矛盾，或金额币种与本单不同"},
		{till.PromoNote{Code: promo.CodeNotBegun, Got: "2026-03-05", Want: "2026-03-06"}, "not applied: it begins on 2026-03-06, the sale was on 2026-03-05", "未生效：2026-03-06 开始，本单日期为 2026-03-05"},
		{till.PromoNote{Code: promo.CodeEnded, Got: "2026-03-07", Want: "2026-03-06"}, "not applied: it ended on 2026-03-06, the sale was on 2026-03-07", "未生效：已于 2026-03-06 结束，本单日期为 2026-03-07"},
		{till.PromoNote{Code: promo.CodeWeekday, Got: "0", Want: "1,2,3,4,5"}, "not applied: it runs on Monday to Friday, the sale was on Sunday", "未生效：仅限周一至周五，本单为周日"},
		{till.PromoNote{Code: promo.CodeHours, Got: "14:59", Want: "15:00-17:00"}, "not applied: it runs 15:00-17:00, the sale was at 14:59", "未生效：时段为 15:00-17:00，本单时间为 14:59"},
		{till.PromoNote{Code: promo.CodeCoupon}, "not applied: its coupon was not shown", "未生效：未出示优惠券"},
		{till.PromoNote{Code: promo.CodeMember}, "not applied: it is for members, and the sale has none", "未生效：仅限会员，本单没有会员"},
		{till.PromoNote{Code: promo.CodeNoItems}, "not applied: nothing in the basket is one of its items", "未生效：购物篮中没有活动商品"},
		{till.PromoNote{Code: promo.CodeQuantity, Got: "2", Want: "3"}, "not applied: 2 of 3 bought", "未生效：已购 2，需满 3"},
		{till.PromoNote{Code: promo.CodeAmount, Got: "45.00", Want: "50.00"}, "not applied: 45.00 of 50.00 spent", "未生效：已消费 45.00，需满 50.00"},
		{till.PromoNote{Code: promo.CodeTaken, Got: "Happy hour"}, "not applied: Happy hour has the lines and cannot be combined with it", "未生效：Happy hour 已用于这些商品，不可同享"},
		{till.PromoNote{Code: promo.CodeNothing}, "not applied: there is nothing to take off, the price is as low already", "未生效：价格已不高于活动价，无可减免"},
		{till.PromoNote{Code: "of_the_future"}, "of_the_future", "of_the_future"},
		{till.PromoNote{Code: promo.CodeTaken, Got: "100%d"}, "not applied: 100%d has the lines and cannot be combined with it", "未生效：100%d 已用于这些商品，不可同享"},
	} {
		m := promo.Explain(c.note)
		if got := m.In(i18n.English); got != c.english {
			t.Errorf("%s: %q, want %q", c.note.Code, got, c.english)
		}
		if got := m.In(i18n.Chinese); got != c.chinese {
			t.Errorf("%s: %q, want %q", c.note.Code, got, c.chinese)
		}
	}
}

// Every contradiction is found and told in both languages.
func TestCheck(t *testing.T) {
	jpy := till.PromoReward{Kind: till.RewardAmount, Amount: cny(t, "5.00")}
	for _, c := range []struct {
		name   string
		change func(*till.Programme)
		want   string // a part of the English; empty is no fault
	}{
		{"a percentage", func(*till.Programme) {}, ""},
		{"all of it", func(p *till.Programme) { p.Reward.Percent = till.Whole }, ""},
		{"everything at once", func(p *till.Programme) {
			p.Name, p.Coupon, p.Members, p.Priority, p.Stackable = "欢乐时光", "TEA-5", true, -3, true
			p.From, p.To, p.FromClock, p.ToClock, p.Weekdays = 20260301, 20260301, "22:00", "02:00", []int{0, 6}
			p.Rule = till.PromoRule{SKUs: []till.SKU{"latte"}, Categories: []string{"热饮"}, MinQty: 1, MinAmount: cny(t, "0.01")}
			p.Reward.Max = cny(t, "10.00")
		}, ""},
		{"a price of nothing", func(p *till.Programme) {
			p.Reward = till.PromoReward{Kind: till.RewardPrice, Amount: cny(t, "0")}
		}, ""},
		{"a price of nothing, as it was stored", func(p *till.Programme) { p.Reward = till.PromoReward{Kind: till.RewardPrice} }, ""},
		{"free", func(p *till.Programme) { p.Reward = till.PromoReward{Kind: till.RewardBuyGet, Buy: 2, Get: 1} }, ""},

		{"no id", func(p *till.Programme) { p.ID = "" }, "the id must be 1 to 40"},
		{"an id with a space", func(p *till.Programme) { p.ID = "happy hour" }, "the id must be"},
		{"an id that begins with a sign", func(p *till.Programme) { p.ID = "-happy" }, "the id must be"},
		{"an id beyond ASCII", func(p *till.Programme) { p.ID = "欢乐" }, "the id must be"},
		{"a long id", func(p *till.Programme) { p.ID = till.ProgrammeID(strings.Repeat("a", 41)) }, "the id must be"},
		{"a name with an escape", func(p *till.Programme) { p.Name = "\x1b[31mred" }, "the name must be"},
		{"a long name", func(p *till.Programme) { p.Name = strings.Repeat("长", 61) }, "the name must be"},
		{"a name that is no text", func(p *till.Programme) { p.Name = "\xff" }, "the name must be"},
		{"a coupon with a space", func(p *till.Programme) { p.Coupon = "TEA 5" }, "the coupon must be"},
		{"no such day", func(p *till.Programme) { p.From = 20260230 }, "2026-02-30 is no date"},
		{"a day below zero", func(p *till.Programme) { p.To = -1 }, "is no date"},
		{"the end before the beginning", func(p *till.Programme) { p.From, p.To = 20260302, 20260301 }, "it ends on 2026-03-01, before it begins on 2026-03-02"},
		{"an eighth weekday", func(p *till.Programme) { p.Weekdays = []int{7} }, "weekdays are 0"},
		{"no clock", func(p *till.Programme) { p.FromClock = "3pm" }, `"3pm" is no time of day`},
		{"no minute", func(p *till.Programme) { p.ToClock = "15:60" }, `"15:60" is no time of day`},
		{"hours of no length", func(p *till.Programme) { p.FromClock, p.ToClock = "15:00", "15:00" }, "its hours begin and end at 15:00"},
		{"hours that end at midnight's beginning", func(p *till.Programme) { p.ToClock = "00:00" }, "its hours begin and end at 00:00"},
		{"hours from the end of the day", func(p *till.Programme) { p.FromClock, p.ToClock = "24:00", "02:00" }, "hours cannot begin at 24:00"},
		{"an empty category", func(p *till.Programme) { p.Rule.Categories = []string{""} }, "a category is empty"},
		{"a strange SKU", func(p *till.Programme) { p.Rule.SKUs = []till.SKU{"latte", "a b"} }, `"a b" is no SKU`},
		{"too many SKUs", func(p *till.Programme) { p.Rule.SKUs = manySKUs(1001) }, "it names 1001 items and categories"},
		{"a least quantity below zero", func(p *till.Programme) { p.Rule.MinQty = -1 }, "the least quantity -0.001"},
		{"a least amount below zero", func(p *till.Programme) { p.Rule.MinAmount = cny(t, "-1.00") }, "the least amount -1.00 CNY is below zero"},
		{"no reward", func(p *till.Programme) { p.Reward = till.PromoReward{} }, "it gives nothing"},
		{"an unknown reward", func(p *till.Programme) { p.Reward.Kind = "gift" }, `got "gift"`},
		{"a percentage of nothing", func(p *till.Programme) { p.Reward.Percent = 0 }, "0% is taken off"},
		{"above all of it", func(p *till.Programme) { p.Reward.Percent = till.Whole + 1 }, "100.0001% is taken off"},
		{"a percentage and an amount", func(p *till.Programme) { p.Reward.Amount = cny(t, "5.00") }, "it has an amount (5.00 CNY) beside a percentage"},
		{"a percentage and a count", func(p *till.Programme) { p.Reward.Buy = 2 }, "buy 2 get 0 goes with"},
		{"an amount and a percentage", func(p *till.Programme) { p.Reward = jpy; p.Reward.Percent = 1 }, "it has a percentage (0.0001%) beside an amount"},
		{"an amount of nothing", func(p *till.Programme) { p.Reward = jpy; p.Reward.Amount = cny(t, "0") }, "the amount 0.00 CNY must be above zero"},
		{"an amount below zero", func(p *till.Programme) { p.Reward = jpy; p.Reward.Amount = cny(t, "-1") }, "the amount -1.00 CNY must be above zero"},
		{"a price below zero", func(p *till.Programme) {
			p.Reward = till.PromoReward{Kind: till.RewardPrice, Amount: cny(t, "-1")}
		}, "the price -1.00 CNY is below zero"},
		{"an amount without a currency", func(p *till.Programme) {
			p.Reward = till.PromoReward{Kind: till.RewardPrice, Amount: money.New(5, money.Currency{})}
		}, "the amount has no currency"},
		{"buy without get", func(p *till.Programme) { p.Reward = till.PromoReward{Kind: till.RewardBuyGet, Buy: 2} }, "buy 2 without a get"},
		{"get without buy", func(p *till.Programme) { p.Reward = till.PromoReward{Kind: till.RewardBuyGet, Get: 2} }, "buy 0, want 1 to 1000"},
		{"buy too many", func(p *till.Programme) { p.Reward = till.PromoReward{Kind: till.RewardBuyGet, Buy: 1001, Get: 1} }, "buy 1001"},
		{"the cheapest twice", func(p *till.Programme) {
			p.Reward = till.PromoReward{Kind: till.RewardBuyGet, Buy: 2, Get: 1, Cheapest: true}
		}, "the cheapest of each group already"},
		{"a most below zero", func(p *till.Programme) { p.Reward.Max = cny(t, "-1") }, "the most on a sale, -1.00 CNY"},
		{"two currencies", func(p *till.Programme) {
			p.Rule.MinAmount, p.Reward.Max = cny(t, "50.00"), cny(t, "5.00")
			p.Reward = till.PromoReward{Kind: till.RewardAmount, Amount: yen(t, "500")}
		}, "50.00 CNY and 500 JPY are of different currencies"},
		{"two faults at once", func(p *till.Programme) { p.ID, p.Reward.Percent = "", 0 }, "beginning with a letter or digit; 0% is taken off"},
	} {
		t.Run(c.name, func(t *testing.T) { checkFault(t, with(percent("p", 10), c.change), c.want) })
	}
}

func checkFault(t *testing.T, p till.Programme, want string) {
	t.Helper()
	err := promo.Check(p)
	if want == "" {
		if err != nil {
			t.Errorf("got %v, want no fault", err)
		}
		return
	}
	var problem *till.Problem
	if !errors.As(err, &problem) {
		t.Fatalf("got %v, want a problem: %s", err, want)
	}
	if got := problem.What.In(i18n.English); !strings.Contains(got, want) || strings.Contains(got, "%!") {
		t.Errorf("got %q, want %q in it", got, want)
	}
	if got := problem.What.In(i18n.Chinese); !strings.ContainsFunc(got, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.Contains(got, "%!") {
		t.Errorf("in Chinese: %q", got)
	}
	if problem.Code != till.CodeUsage || problem.Hint.IsZero() {
		t.Errorf("code %s, hint %q", problem.Code, problem.Hint)
	}
}

func manySKUs(n int) []till.SKU {
	skus := make([]till.SKU, n)
	for i := range skus {
		skus[i] = "a"
	}
	return skus
}

// The currency of a programme is that of any of its amounts.
func TestCurrency(t *testing.T) {
	if c, ok := promo.Currency(percent("p", 10)); ok {
		t.Errorf("a percentage is in %s", c)
	}
	limited := with(percent("p", 10), func(p *till.Programme) { p.Reward.Max = cny(t, "5.00") })
	if c, ok := promo.Currency(limited); !ok || c.Code() != "CNY" {
		t.Errorf("got %s, %v", c, ok)
	}
}
