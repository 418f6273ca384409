package loyalty_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/loyalty"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func amount(tb testing.TB, minor int64, code string) money.Amount {
	tb.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		tb.Fatal(err)
	}
	return money.New(minor, c)
}

// usual is a point for every 10.00, worth 0.50.
func usual(tb testing.TB) till.LoyaltyRules {
	return till.LoyaltyRules{Spend: amount(tb, 1000, "CNY"), Value: amount(tb, 50, "CNY")}
}

func TestEarned(t *testing.T) {
	for _, c := range []struct {
		name  string
		total money.Amount
		rules till.LoyaltyRules
		want  int64
	}{
		{"whole", amount(t, 5000, "CNY"), usual(t), 5},
		{"a cent short", amount(t, 4999, "CNY"), usual(t), 4},
		{"too little", amount(t, 999, "CNY"), usual(t), 0},
		{"nothing", amount(t, 0, "CNY"), usual(t), 0},
		{"below zero", amount(t, -5000, "CNY"), usual(t), 0},
		{"another currency", amount(t, 5000, "JPY"), usual(t), 0},
		{"no points in this shop", amount(t, 5000, "CNY"), till.LoyaltyRules{}, 0},
		{"the largest amount", amount(t, math.MaxInt64, "CNY"), till.LoyaltyRules{Spend: amount(t, 1, "CNY")}, math.MaxInt64},
	} {
		if got := loyalty.Earned(c.total, c.rules); got != c.want {
			t.Errorf("%s: %d points, want %d", c.name, got, c.want)
		}
	}
}

func TestWorth(t *testing.T) {
	for _, c := range []struct {
		points int64
		rules  till.LoyaltyRules
		want   money.Amount
	}{
		{10, usual(t), amount(t, 500, "CNY")},
		{0, usual(t), amount(t, 0, "CNY")},
		{-1, usual(t), amount(t, 0, "CNY")},
		{10, till.LoyaltyRules{}, money.Amount{}},
		{math.MaxInt64, usual(t), amount(t, math.MaxInt64, "CNY")},
	} {
		if got := loyalty.Worth(c.points, c.rules); got != c.want {
			t.Errorf("%d points are worth %s, want %s", c.points, got, c.want)
		}
	}
}

func TestRedeem(t *testing.T) {
	for _, c := range []struct {
		name            string
		points, balance int64
		due             money.Amount
		rules           till.LoyaltyRules
		used, off       int64
		want            string // a part of the problem
	}{
		{"some", 10, 100, amount(t, 5000, "CNY"), usual(t), 10, 500, ""},
		{"all", 100, 100, amount(t, 5000, "CNY"), usual(t), 100, 5000, ""},
		{"worth more than is due", 100, 100, amount(t, 1000, "CNY"), usual(t), 20, 1000, ""},
		{"no point for less than its worth", 100, 100, amount(t, 1049, "CNY"), usual(t), 20, 1000, ""},
		{"a point is worth more than is due", 1, 100, amount(t, 49, "CNY"), usual(t), 0, 0, ""},
		{"nothing is due", 10, 100, amount(t, 0, "CNY"), usual(t), 0, 0, ""},
		{"none", 0, 100, amount(t, 5000, "CNY"), usual(t), 0, 0, ""},
		{"none, in a shop without points", 0, 0, amount(t, 5000, "CNY"), till.LoyaltyRules{}, 0, 0, ""},
		{"more than there are", 101, 100, amount(t, 5000, "CNY"), usual(t), 0, 0, "101 points to spend, the member has 100"},
		{"below zero", -1, 100, amount(t, 5000, "CNY"), usual(t), 0, 0, "-1 points cannot be spent"},
		{"points are worth nothing", 10, 100, amount(t, 5000, "CNY"), till.LoyaltyRules{Spend: amount(t, 1000, "CNY")}, 0, 0, "no value of a point is set"},
		{"another currency", 10, 100, amount(t, 5000, "JPY"), usual(t), 0, 0, "a point is worth 0.50 CNY and 5000 JPY is due"},
		{"a great many", math.MaxInt64, math.MaxInt64, amount(t, math.MaxInt64, "CNY"), usual(t), math.MaxInt64 / 50, math.MaxInt64 / 50 * 50, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			used, off, err := loyalty.Redeem(c.points, c.balance, c.due, c.rules)
			if used != c.used || off.Minor() != c.off || off.Currency() != c.due.Currency() {
				t.Errorf("%d used for %s, want %d for %d", used, off, c.used, c.off)
			}
			checkProblem(t, err, c.want)
		})
	}
}

func checkProblem(t *testing.T, err error, want string) {
	t.Helper()
	var p *till.Problem
	switch {
	case want == "" && err != nil:
		t.Errorf("got %v, want none", err)
	case want == "":
	case !errors.As(err, &p):
		t.Errorf("got %v, want a problem: %s", err, want)
	case !strings.Contains(p.What.String(), want) || p.Hint.IsZero() || p.What.In(i18n.Chinese) == p.What.String():
		t.Errorf("got %q, %q, hint %q; want %q", p.What, p.What.In(i18n.Chinese), p.Hint, want)
	}
}

func TestReversal(t *testing.T) {
	cny := func(minor int64) money.Amount { return amount(t, minor, "CNY") }
	for _, c := range []struct {
		name               string
		earned, redeemed   int64
		sold, before, now  int64
		takeBack, giveBack int64
	}{
		{"all at once", 5, 20, 5000, 0, 5000, 5, 20},
		{"a fifth", 5, 20, 5000, 0, 1000, 1, 4},
		{"a fifth again", 5, 20, 5000, 1000, 1000, 1, 4},
		{"halves go up", 5, 0, 5000, 0, 500, 1, 0},
		{"and are made good by the next", 5, 0, 5000, 500, 500, 0, 0},
		{"the rest", 5, 20, 5000, 1000, 4000, 4, 16},
		{"nothing", 5, 20, 5000, 1000, 0, 0, 0},
		{"more than was sold", 5, 20, 5000, 4000, 9000, 1, 4},
		{"a sale of nothing", 5, 20, 0, 0, 0, 0, 0},
		{"no points", 0, 0, 5000, 0, 5000, 0, 0},
		{"the largest amounts", 5, 20, math.MaxInt64, math.MaxInt64 - 1, math.MaxInt64, 0, 0},
	} {
		take, give := loyalty.Reversal(c.earned, c.redeemed, cny(c.sold), cny(c.before), cny(c.now))
		if take != c.takeBack || give != c.giveBack {
			t.Errorf("%s: takes back %d and gives back %d, want %d and %d", c.name, take, give, c.takeBack, c.giveBack)
		}
	}
}

// In whatever pieces a sale comes back, all its points move back in the end, and never
// the other way in between.
func TestReturnedInPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.Int64Range(0, 5000), 1, 12).Draw(t, "pieces")
		earned, redeemed := rapid.Int64Range(0, 900).Draw(t, "earned"), rapid.Int64Range(0, 900).Draw(t, "redeemed")
		var sold int64 = 1 // the last cent comes alone
		for _, p := range pieces {
			sold += p
		}
		var before, taken, given int64
		for _, p := range append(pieces, 1) {
			take, give := loyalty.Reversal(earned, redeemed, money.New(sold, money.Currency{}), money.New(before, money.Currency{}), money.New(p, money.Currency{}))
			if take < 0 || give < 0 {
				t.Fatalf("a piece of %d moves %d and %d", p, take, give)
			}
			before, taken, given = before+p, taken+take, given+give
		}
		if taken != earned || given != redeemed {
			t.Fatalf("took back %d of %d, gave back %d of %d", taken, earned, given, redeemed)
		}
	})
}

// What is taken off is never more than is due, and what is used is worth exactly that.
func TestRedeemIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := money.Currency{}
		rules := till.LoyaltyRules{Value: money.New(rapid.Int64Range(1, 500).Draw(t, "value"), c)}
		balance := rapid.Int64Range(0, 10000).Draw(t, "balance")
		points := rapid.Int64Range(0, balance).Draw(t, "points")
		due := money.New(rapid.Int64Range(0, 100000).Draw(t, "due"), c)
		used, off, err := loyalty.Redeem(points, balance, due, rules)
		if err != nil {
			t.Fatal(err)
		}
		if used > points || off.Minor() > due.Minor() || off != loyalty.Worth(used, rules) {
			t.Fatalf("%d of %d points took %s off %s", used, points, off, due)
		}
		if used < points && loyalty.Worth(used+1, rules).Minor() <= due.Minor() {
			t.Fatalf("%d of %d points used, one more would fit %s", used, points, due)
		}
	})
}
