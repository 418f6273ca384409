// Package loyalty reckons with the points of members: what a sale earns, what points are
// worth, how many can be spent, and how many move back with a return.
//
// All of it is pure arithmetic on whole points and minor units. The ledger of points is
// the store's.
package loyalty

import (
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Earned is how many points a total earns: one for every whole Spend in it. A total of
// zero or less, of another currency, or a shop without a Spend earns none.
func Earned(total money.Amount, rules till.LoyaltyRules) int64 {
	if !rules.Spend.IsPositive() || !total.IsPositive() || total.Currency() != rules.Spend.Currency() {
		return 0
	}
	return total.Minor() / rules.Spend.Minor()
}

// Worth is what points take off, in the currency of rules.Value; nothing where points
// cannot be spent, and the largest amount there is where it would not fit.
func Worth(points int64, rules till.LoyaltyRules) money.Amount {
	currency := rules.Value.Currency()
	if points <= 0 || !rules.Value.IsPositive() {
		return money.New(0, currency)
	}
	worth, ok := till.MulDiv(points, rules.Value.Minor(), 1)
	if !ok {
		worth = 1<<63 - 1
	}
	return money.New(worth, currency)
}

// Redeem is how many of the points that a member wants to spend are used for what is due
// and what they take off. No point is spent for less than it is worth: of points worth
// more than is due, only as many are used as fit into it whole. An error is a
// *till.Problem: of points below zero, of more than the balance, or where points cannot
// be spent on what is due.
func Redeem(points, balance int64, due money.Amount, rules till.LoyaltyRules) (used int64, off money.Amount, err error) {
	if err := checkRedeem(points, balance, due, rules); err != nil {
		return 0, money.New(0, due.Currency()), err
	}
	if points == 0 || !due.IsPositive() {
		return 0, money.New(0, due.Currency()), nil
	}
	used = min(points, due.Minor()/rules.Value.Minor())
	return used, Worth(used, rules), nil
}

func checkRedeem(points, balance int64, due money.Amount, rules till.LoyaltyRules) error {
	switch {
	case points == 0:
		return nil
	case points < 0:
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%d points cannot be spent", "不能使用 %d 积分").With(points),
			Hint: i18n.T("say how many to spend, as --redeem 100", "请给出要使用的积分数，如 --redeem 100").With(),
		}
	case !rules.Value.IsPositive():
		return &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("points cannot be spent in this shop: no value of a point is set", "本店积分不能抵扣：未设置积分价值").With(),
			Hint: i18n.T("put value = \"0.01\" under [loyalty] in till.toml; till config get loyalty.value shows it", "请在 till.toml 的 [loyalty] 下写入 value = \"0.01\"；till config get loyalty.value 可查看").With(),
		}
	case rules.Value.Currency() != due.Currency():
		return &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("a point is worth %s and %s is due: different currencies", "每积分价值 %s，应付 %s：币种不同").With(rules.Value, due),
			Hint: i18n.T("both are settings of the shop: till config list --origin says where they come from", "两者均为店铺设置：till config list --origin 可查看来源").With(),
		}
	case points > balance:
		return &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("%d points to spend, the member has %d", "要使用 %d 积分，会员只有 %d 积分").With(points, balance),
			Hint: i18n.T("spend %d at most; till customer points shows them", "最多使用 %d 积分；till customer points 查看积分").With(max(balance, 0)),
		}
	}
	return nil
}

// Reversal is how many points move when a part of a sale comes back: takeBack of those
// that it earned, giveBack of those that were spent on it. Each is what the returns so
// far and this one account for together, less what those so far did, so that returning
// all of it in any pieces moves back exactly what the sale had moved.
//
// The three amounts measure the sale and its parts in any one way: what was paid for the
// earned points; where points paid for some of it, [Share] measures the two apart.
func Reversal(earned, redeemed int64, soldTotal, returnedBefore, returnedNow money.Amount) (takeBack, giveBack int64) {
	return Share(earned, soldTotal, returnedBefore, returnedNow), Share(redeemed, soldTotal, returnedBefore, returnedNow)
}

// Share is the part of the points of a whole that belongs to a piece of it, after the
// pieces before: the shares of all pieces sum to the points, in whatever pieces. Points
// are rounded to the nearest, halves up. A whole of zero or less has no shares, and
// nothing beyond the whole counts.
func Share(points int64, whole, before, now money.Amount) int64 {
	return cumulative(points, whole, plus(before.Minor(), now.Minor())) - cumulative(points, whole, before.Minor())
}

// cumulative is what a part of the whole accounts for.
func cumulative(points int64, whole money.Amount, part int64) int64 {
	if points <= 0 || !whole.IsPositive() || part <= 0 {
		return 0
	}
	n, _ := till.MulDiv(points, min(part, whole.Minor()), whole.Minor())
	return n
}

// plus adds two parts of a whole and stays at the top where the sum does not fit.
func plus(a, b int64) int64 {
	sum, err := money.New(a, money.Currency{}).Add(money.New(b, money.Currency{}))
	if err != nil {
		return 1<<63 - 1
	}
	return sum.Minor()
}
