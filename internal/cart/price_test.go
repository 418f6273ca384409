package cart_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// cafe is a shop of which prices hold 13 % or 6 % tax.
func cafe(t testing.TB) *shop {
	return openShop(t, "CNY", till.TaxRules{Inclusive: true, Classes: []till.TaxClass{
		class(t, "standard", "VAT=13"), class(t, "reduced", "VAT=6"), class(t, "exempt"),
	}}, `
		latte each 18.00 4.20 reduced  drinks
		bagel each  9.99 3.33 standard bakery
		ham   kg   88.80 51.5 standard deli
		gift  each  open 0    exempt   cards
		water each  0.00 0    standard drinks`)
}

// Tickets worked out by hand.
func TestPrice(t *testing.T) {
	us := till.TaxRules{Classes: []till.TaxClass{class(t, "goods", "State=6.625"), class(t, "standard", "GST=5", "PST=7"), class(t, "quebec", "GST=5", "QST=9.975+")}}
	usShop := func(t testing.TB) *shop {
		return openShop(t, "USD", us, "mug each 12.50 5 goods home\ncap each 19.99 8 goods home\ntea each 10.00 3 standard drinks\npie each 100.00 3 quebec bakery")
	}
	for _, c := range []struct {
		name    string
		shop    func(testing.TB) *shop
		entries []string
		change  func(*shop, *cart.Input)
		want    string
	}{
		{
			// 36 x 6/106 = 2.0377; 9.99 x 13/113 = 1.1493
			"inclusive", cafe, []string{"latte x2", "bagel"}, nil,
			"1 LATTE 2 x 18.00 = 36.00: 33.96 + 2.04 = 36.00\n2 BAGEL 1 x 9.99 = 9.99: 8.84 + 1.15 = 9.99\n" +
				"reduced VAT 2.04 of 33.96\nstandard VAT 1.15 of 8.84\n45.99 - 0.00: 42.80 + 3.19 = 45.99",
		}, {
			// 0.375 x 88.80 = 33.30; 0.333 x 88.80 = 29.5704; taxes 3.8309 and 3.4018
			"by weight", cafe, []string{"ham x0.375", "ham x0.333"}, nil,
			"1 HAM 0.375 x 88.80 = 33.30: 29.47 + 3.83 = 33.30\n2 HAM 0.333 x 88.80 = 29.57: 26.17 + 3.40 = 29.57\n" +
				"standard VAT 7.23 of 55.64\n62.87 - 0.00: 55.64 + 7.23 = 62.87",
		}, {
			// 10 % of 9.99 is 0.999; 1.50 of 36; taxes 8.99 x 13/113 = 1.0342, 34.50 x 6/106 = 1.9528
			"discounts on lines", cafe, []string{"bagel -10%", "latte x2 -1.50"}, nil,
			"1 BAGEL 1 x 9.99 = 9.99 -1.00 line: 7.96 + 1.03 = 8.99\n2 LATTE 2 x 18.00 = 36.00 -1.50 line: 32.55 + 1.95 = 34.50\n" +
				"reduced VAT 1.95 of 32.55\nstandard VAT 1.03 of 7.96\n45.99 - 2.50: 40.51 + 2.98 = 43.49",
		}, {
			// 1.00 over 18.00, 9.99 and 9.99: 0.474, 0.263, 0.263: 0.47 + 0.26 + 0.26, the
			// cent left over to the largest rest, 0.00395 of the latte against 0.0030
			"discount on the whole", cafe, []string{"bagel", "latte", "bagel"},
			func(s *shop, in *cart.Input) { in.Basket.Discount = s.discount("1.00") },
			"1 BAGEL 1 x 9.99 = 9.99 -0.26 ticket: 8.61 + 1.12 = 9.73\n2 LATTE 1 x 18.00 = 18.00 -0.48 ticket: 16.53 + 0.99 = 17.52\n" +
				"3 BAGEL 1 x 9.99 = 9.99 -0.26 ticket: 8.61 + 1.12 = 9.73\n" +
				"reduced VAT 0.99 of 16.53\nstandard VAT 2.24 of 17.22\n37.98 - 1.00: 33.75 + 3.23 = 36.98",
		}, {
			"open price, price by hand, something unknown", cafe, []string{"gift @50", "latte @15.00", "'repair @11.30", "water"}, nil,
			"1 GIFT 1 x 50.00 = 50.00: 50.00 + 0.00 = 50.00\n2 LATTE 1 x 15.00 = 15.00: 14.15 + 0.85 = 15.00\n" +
				"3 repair 1 x 11.30 = 11.30: 10.00 + 1.30 = 11.30\n4 WATER 1 x 0.00 = 0.00: 0.00 + 0.00 = 0.00\n" +
				"exempt  0.00 of 50.00\nreduced VAT 0.85 of 14.15\nstandard VAT 1.30 of 10.00\n76.30 - 0.00: 74.15 + 2.15 = 76.30",
		}, {
			// a tenth of a hundred points at 0.10, over 18.00 and 9.99: 6.43 and 3.57;
			// 17.99 earns one point for every 10.00
			"points", cafe, []string{"latte", "bagel"},
			func(_ *shop, in *cart.Input) {
				in.Member = &till.Member{ID: "7", Points: 120}
				in.Basket.Member, in.Basket.Redeem = "7", 100
			},
			"1 LATTE 1 x 18.00 = 18.00 -6.43 points: 10.92 + 0.65 = 11.57\n2 BAGEL 1 x 9.99 = 9.99 -3.57 points: 5.68 + 0.74 = 6.42\n" +
				"reduced VAT 0.65 of 10.92\nstandard VAT 0.74 of 5.68\n27.99 - 10.00: 16.60 + 1.39 = 17.99, points +1 -100",
		}, {
			// buy two get one free, then 10 % of what is left by hand
			"programme and discount on the whole", cafe, []string{"latte x3"},
			func(s *shop, in *cart.Input) {
				in.Programmes = []till.Programme{{ID: "b2g1", Name: "three for two", Rule: till.PromoRule{SKUs: []till.SKU{"latte"}},
					Reward: till.PromoReward{Kind: till.RewardBuyGet, Buy: 2, Get: 1, Percent: till.Whole}}}
				in.Basket.Discount = s.discount("10%")
			},
			"1 LATTE 3 x 18.00 = 54.00 -18.00 programme -3.60 ticket: 30.57 + 1.83 = 32.40\nreduced VAT 1.83 of 30.57\n54.00 - 21.60: 30.57 + 1.83 = 32.40",
		}, {
			// 12.50 x 6.625 % = 0.8281; 39.98 x 6.625 % = 2.6487
			"tax on top", usShop, []string{"mug", "cap x2"}, nil,
			"1 MUG 1 x 12.50 = 12.50: 12.50 + 0.83 = 13.33\n2 CAP 2 x 19.99 = 39.98: 39.98 + 2.65 = 42.63\n" +
				"goods State 3.48 of 52.48\n52.48 - 0.00: 52.48 + 3.48 = 55.96",
		}, {
			// 52.48 x 6.625 % = 3.4768
			"tax on top by invoice", usShop, []string{"mug", "cap x2"},
			func(_ *shop, in *cart.Input) { in.Tax.ByInvoice = true },
			"1 MUG 1 x 12.50 = 12.50: 12.50 + 0.83 = 13.33\n2 CAP 2 x 19.99 = 39.98: 39.98 + 2.65 = 42.63\n" +
				"goods State 3.48 of 52.48\n52.48 - 0.00: 52.48 + 3.48 = 55.96",
		}, {
			// 5.00 off 20.00 before tax: 15.00 x 5 %, 15.00 x 7 %
			"two taxes on what is left", usShop, []string{"tea x2 -5.00"}, nil,
			"1 TEA 2 x 10.00 = 20.00 -5.00 line: 15.00 + 1.80 = 16.80\nstandard GST 0.75 of 15.00\nstandard PST 1.05 of 15.00\n20.00 - 5.00: 15.00 + 1.80 = 16.80",
		}, {
			"compound", usShop, []string{"pie"}, nil,
			"1 PIE 1 x 100.00 = 100.00: 100.00 + 15.47 = 115.47\nquebec GST 5.00 of 100.00\nquebec QST 10.47 of 105.00\n100.00 - 0.00: 100.00 + 15.47 = 115.47",
		}, {
			// 0.5 kg at 333 is 166.5 yen: 167; x 8/108 = 12.37, cut
			"yen",
			func(t testing.TB) *shop {
				return openShop(t, "JPY", till.TaxRules{Inclusive: true, Rounding: till.Down, Classes: []till.TaxClass{class(t, "reduced", "消費税=8")}}, "rice kg 333 100 reduced food")
			},
			[]string{"rice x0.5"}, nil,
			"1 RICE 0.5 x 333 = 167: 155 + 12 = 167\nreduced 消費税 12 of 155\n167 - 0: 155 + 12 = 167",
		}, {
			// 1.5 x 1.255 = 1.8825; x 5 % = 0.09415
			"dinar",
			func(t testing.TB) *shop {
				return openShop(t, "KWD", till.TaxRules{Classes: []till.TaxClass{class(t, "standard", "VAT=5")}}, "oud m 1.255 0.1 standard scent")
			},
			[]string{"oud x1.5"}, nil,
			"1 OUD 1.5 x 1.255 = 1.883: 1.883 + 0.094 = 1.977\nstandard VAT 0.094 of 1.883\n1.883 - 0.000: 1.883 + 0.094 = 1.977",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.shop(t)
			in := s.input(c.entries...)
			if c.change != nil {
				c.change(s, &in)
			}
			if got := show(s.price(in)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// What a line keeps of the item as it was sold.
func TestLineOfAnItem(t *testing.T) {
	s := cafe(t)
	s.items[2].Variant.Option = "smoked"
	in := s.input("ham x0.5", "latte @20.00", "latte @18.00", "gift @5", "'repair @1.00 -0.10")
	in.Items[1].Variant.Untracked = true
	in.Basket.Entries[4].Category, in.Basket.Entries[4].Discount.Approver = "work", "boss"
	got := s.price(in)
	cny := func(text string) money.Amount { return amount(t, s.currency, text) }
	keep := func(l till.Line) till.Line {
		return till.Line{N: l.N, SKU: l.SKU, Name: l.Name, Category: l.Category, Unit: l.Unit, Price: l.Price, ListPrice: l.ListPrice,
			Cost: l.Cost, Tracked: l.Tracked, TaxClass: l.TaxClass, Reductions: l.Reductions}
	}
	want := []till.Line{
		{N: 1, SKU: "ham", Name: "HAM smoked", Category: "deli", Unit: till.Kilo, Price: cny("88.80"), Cost: cny("25.75"), Tracked: true, TaxClass: "standard"},
		{N: 2, SKU: "latte", Name: "LATTE", Category: "drinks", Unit: till.Each, Price: cny("20.00"), ListPrice: cny("18.00"), Cost: cny("4.20"), TaxClass: "reduced"},
		{N: 3, SKU: "latte", Name: "LATTE", Category: "drinks", Unit: till.Each, Price: cny("18.00"), Cost: cny("4.20"), Tracked: true, TaxClass: "reduced"},
		{N: 4, SKU: "gift", Name: "GIFT", Category: "cards", Unit: till.Each, Price: cny("5.00"), Tracked: true, TaxClass: "exempt"},
		{N: 5, Name: "repair", Category: "work", Unit: till.Each, Price: cny("1.00"), TaxClass: "standard",
			Reductions: []till.Reduction{{Source: till.ByHand, Amount: cny("0.10"), Reason: "friend", Approver: "boss"}}},
	}
	for i, l := range got.Lines {
		if diff := cmp.Diff(want[i], keep(l), cmp.Comparer(func(a, b money.Amount) bool { return a == b })); diff != "" {
			t.Errorf("line %d: %s", i+1, diff)
		}
	}
	if got.Kind != till.TicketSale || got.State != till.TicketOpen || !got.At.Equal(in.Moment.At) || len(got.Basket.Entries) != 5 {
		t.Errorf("ticket: %+v", got)
	}
}

// A ticket that was kept as JSON is the ticket that was priced.
func TestTicketAsJSON(t *testing.T) {
	s := cafe(t)
	want := s.price(s.input("latte x2 -10%", "gift @5", "water"))
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got till.Ticket
	if err = json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b money.Amount) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestPriceRefuses(t *testing.T) {
	usd := currency(t, "USD")
	for _, c := range []struct {
		name    string
		entries []string
		change  func(*shop, *cart.Input)
		code    till.Code
		text    string
	}{
		{"empty", nil, nil, till.CodeUsage, "the basket is empty"},
		{"unknown code", []string{"latte", "tea"}, nil, till.CodeNotFound, `entry 2 ("tea"): the catalogue does not know it`},
		{"neither code nor name", []string{"' @1.00"}, nil, till.CodeUsage, "entry 1: neither a code nor a name"},
		{"deleted", []string{"bagel", "latte"}, func(_ *shop, in *cart.Input) { in.Items[1].Item.Deleted = true }, till.CodeNotPermitted, "entry 2 (SKU latte): LATTE is no longer sold"},
		{"class of a known item", []string{"latte"}, func(_ *shop, in *cart.Input) { in.Basket.Entries[0].TaxClass = "exempt" }, till.CodeUsage, "entry 1 (SKU latte): an item of the catalogue keeps"},
		{"negative quantity", []string{"latte x-1"}, nil, till.CodeUsage, "entry 1 (SKU latte): quantity -1, want more than nothing"},
		{"half a piece", []string{"latte x0.5"}, nil, till.CodeUsage, "entry 1 (SKU latte): quantity 0.5 of something sold by the piece"},
		{"half of something unknown", []string{"'repair x0.5 @1"}, nil, till.CodeUsage, `entry 1 ("repair"): quantity 0.5 of`},
		{"a barcode as quantity", []string{"ham"}, func(_ *shop, in *cart.Input) { in.Basket.Entries[0].Quantity = till.MaxQuantity + 1 }, till.CodeUsage, "entry 1 (SKU ham): quantity 1000000.001, want 1000000 at most"},
		{"open price without one", []string{"gift"}, nil, till.CodeUsage, "entry 1 (SKU gift): no price"},
		{"unknown without a price", []string{"'repair"}, nil, till.CodeUsage, `entry 1 ("repair"): no price`},
		{"negative price", []string{"latte @-1.00"}, nil, till.CodeUsage, "entry 1 (SKU latte): -1.00 CNY is negative"},
		{"price in another currency", []string{"latte @1.00"}, func(_ *shop, in *cart.Input) { *in.Basket.Entries[0].Price = money.New(100, usd) }, till.CodeUsage, "entry 1 (SKU latte): 1.00 USD, want an amount in CNY"},
		{"catalogue in another currency", []string{"bagel", "latte"}, func(_ *shop, in *cart.Input) { in.Items[1].Variant.Price = money.New(100, usd) }, till.CodeUsage, "entry 2 (SKU latte): 1.00 USD, want an amount in CNY"},
		{"cost in another currency", []string{"latte"}, func(_ *shop, in *cart.Input) { in.Items[0].Variant.Cost = money.New(100, usd) }, till.CodeUsage, "entry 1 (SKU latte): 1.00 USD, want"},
		{"nothing of another currency", []string{"latte"}, func(_ *shop, in *cart.Input) { in.Items[0].Variant.Price = money.New(0, usd) }, till.CodeUsage, "entry 1 (SKU latte): 0.00 USD, want"},
		{"no reason", []string{"latte -10%"}, func(_ *shop, in *cart.Input) { in.Basket.Entries[0].Discount.Reason = " " }, till.CodeUsage, "entry 1 (SKU latte): a discount without a reason"},
		{"discount of both kinds", []string{"latte -10%"}, func(s *shop, in *cart.Input) { in.Basket.Entries[0].Discount.Amount = money.New(1, s.currency) }, till.CodeUsage, "entry 1 (SKU latte): a discount of 10% and of 0.01 CNY"},
		{"discount of nothing", []string{"latte -0%"}, nil, till.CodeUsage, "entry 1 (SKU latte): a discount of nothing"},
		{"over 100 %", []string{"latte -100.5%"}, nil, till.CodeUsage, "entry 1 (SKU latte): a discount of 100.5%, want 0% to 100%"},
		{"below 0 %", []string{"latte -1%"}, func(_ *shop, in *cart.Input) { in.Basket.Entries[0].Discount.Percent = -1 }, till.CodeUsage, "entry 1 (SKU latte): a discount of -0.0001%"},
		{"negative discount", []string{"latte --1.00"}, nil, till.CodeUsage, "entry 1 (SKU latte): -1.00 CNY is negative"},
		{"discount in another currency", []string{"latte -1.00"}, func(_ *shop, in *cart.Input) { in.Basket.Entries[0].Discount.Amount = money.New(1, usd) }, till.CodeUsage, "entry 1 (SKU latte): 0.01 USD, want"},
		{"above the line", []string{"latte", "latte -18.01"}, nil, till.CodeNotPermitted, "entry 2 (SKU latte): a discount of 18.01 CNY on 18.00 CNY"},
		{"above the whole", []string{"latte -1.00", "bagel"}, func(s *shop, in *cart.Input) { in.Basket.Discount = s.discount("27.00") }, till.CodeNotPermitted, "the discount on the whole: a discount of 27.00 CNY on 26.99 CNY"},
		{"whole without a reason", []string{"latte"}, func(_ *shop, in *cart.Input) { in.Basket.Discount = &till.Discount{Percent: 1} }, till.CodeUsage, "the discount on the whole: a discount without a reason"},
		{"line too large", []string{"latte @9999999999.99 x2"}, nil, till.CodeNotPermitted, "entry 1 (SKU latte): 9999999999.99 CNY times 2 is more"},
		{"ticket too large", []string{"latte @9999999999.99", "'bit @0.01"}, nil, till.CodeNotPermitted, `entry 2 ("bit"): the ticket comes to 10000000000.00 CNY, want 9999999999.99 CNY at most`},
		{"too large with tax", []string{"bagel @9999999999.99"}, func(_ *shop, in *cart.Input) { in.Tax.Inclusive = false }, till.CodeNotPermitted, "the ticket comes to 11299999999.99 CNY"},
		{"too large for any number", []string{"bagel @9999999999.99"}, func(s *shop, in *cart.Input) {
			in.Tax = till.TaxRules{Classes: []till.TaxClass{class(s.t, "standard", "A=1000", "B=1000+", "C=1000+", "D=1000+", "E=1000+", "F=1000+", "G=1000+")}}
		}, till.CodeNotPermitted, "the ticket comes with its tax to more than 9999999999.99 CNY"},
		{"unknown class", []string{"bagel", "latte"}, func(_ *shop, in *cart.Input) { in.Tax.Classes = in.Tax.Classes[:1] }, till.CodeNotFound, `entry 2 (SKU latte): there is no tax class "reduced"`},
		{"removed class", []string{"latte"}, func(_ *shop, in *cart.Input) {
			in.Tax.Classes = []till.TaxClass{{Code: "reduced", Gone: true}}
		}, till.CodeNotFound, `entry 1 (SKU latte): the tax class "reduced" was removed`},
		{"unknown coupon", []string{"latte"}, func(_ *shop, in *cart.Input) { in.Basket.Coupons = []string{"SPRING"} }, till.CodeNotFound, `no promotion asks for the coupon "SPRING"`},
		{"points of nobody", []string{"latte"}, func(_ *shop, in *cart.Input) { in.Basket.Redeem = 1 }, till.CodeUsage, "points to spend, and no member"},
		{"points of a member that is gone", []string{"latte"}, func(_ *shop, in *cart.Input) {
			in.Basket.Member, in.Member = "7", &till.Member{ID: "7", Gone: true}
		}, till.CodeNotFound, "member 7 was removed"},
		{"more points than there are", []string{"latte"}, func(_ *shop, in *cart.Input) {
			in.Basket.Member, in.Basket.Redeem, in.Member = "7", 11, &till.Member{ID: "7", Points: 10}
		}, till.CodeNotPermitted, "11 points to spend, the member has 10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := cafe(t)
			in := s.input(c.entries...)
			if c.change != nil {
				c.change(s, &in)
			}
			got, err := cart.Price(in)
			checkProblem(t, err, c.code, c.text)
			if got.Lines != nil {
				t.Errorf("half a ticket: %s", show(got))
			}
		})
	}
}

// A caller that hands in another member, other items or no currency has a fault: that is no
// problem of the user's.
func TestPriceOfAWrongInput(t *testing.T) {
	for name, change := range map[string]func(*cart.Input){
		"no currency":      func(in *cart.Input) { in.Currency = money.Currency{} },
		"too few items":    func(in *cart.Input) { in.Items = nil },
		"another member":   func(in *cart.Input) { in.Member = &till.Member{ID: "8"} },
		"member missing":   func(in *cart.Input) { in.Basket.Member = "7" },
		"unknown rounding": func(in *cart.Input) { in.Tax.Rounding = "best" },
	} {
		in := cafe(t).input("latte")
		change(&in)
		_, err := cart.Price(in)
		var p *till.Problem
		if err == nil || errors.As(err, &p) || !strings.HasPrefix(err.Error(), "pricing a basket") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A promotion and points never take more than there is.
func TestNothingBelowZero(t *testing.T) {
	s := cafe(t)
	in := s.input("latte", "bagel")
	in.Programmes = []till.Programme{{ID: "all", Name: "all", Stackable: true, Reward: till.PromoReward{Kind: till.RewardAmount, Amount: money.New(100_000, s.currency)}}}
	in.Basket.Member, in.Basket.Redeem, in.Member = "7", 100, &till.Member{ID: "7", Points: 100}
	in.Basket.Discount = s.discount("50%")
	got := s.price(in)
	if got.Total.Minor() != 0 || got.Redeemed != 0 || got.Discount != got.Gross || got.Promotions[0].Code != "cut" {
		t.Errorf("got %s, %+v", show(got), got.Promotions)
	}
}
