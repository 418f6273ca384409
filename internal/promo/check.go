package promo

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// The limits of a programme.
const (
	idMost     = 40   // characters of an id
	nameMost   = 60   // characters of a name, which is printed
	couponMost = 40   // characters of a coupon
	piecesMost = 1000 // of Buy and of Get
	itemsMost  = 1000 // SKUs and categories of a rule
)

// Check looks for everything in which a programme contradicts itself or cannot be
// applied. The error is nil or a *till.Problem of till.CodeUsage that tells every fault.
func Check(p till.Programme) error {
	found := faults(p)
	if len(found) == 0 {
		return nil
	}
	what := found[0]
	for _, f := range found[1:] {
		what = i18n.T("%s; %s", "%s；%s").With(what, f)
	}
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("promotion %q: %s", "促销 %q：%s").With(cutText(string(p.ID)), what),
		Hint: i18n.T("correct it; till promo add --help tells what goes together", "请更正；till promo add --help 说明各项如何搭配").With(),
	}
}

// faults are all of them, in the order of the fields.
func faults(p till.Programme) []i18n.Message {
	return slices.Concat(nameFaults(p), timeFaults(p), ruleFaults(p.Rule), rewardFaults(p.Reward), currencyFaults(p))
}

func nameFaults(p till.Programme) []i18n.Message {
	var f []i18n.Message
	if !isID(string(p.ID)) {
		f = append(f, i18n.T("the id must be 1 to %d letters, digits, '-', '_' or '.', beginning with a letter or digit", "编号须为 1 至 %d 个字母、数字、“-”“_”“.”，以字母或数字开头").With(idMost))
	}
	if !isPlain(p.Name, nameMost) {
		f = append(f, i18n.T("the name must be at most %d characters without control characters", "名称最多 %d 个字符，且不含控制字符").With(nameMost))
	}
	if !isPlain(p.Coupon, couponMost) || strings.ContainsFunc(p.Coupon, unicode.IsSpace) {
		f = append(f, i18n.T("the coupon must be at most %d characters without spaces", "优惠券代码最多 %d 个字符，且不含空格").With(couponMost))
	}
	return f
}

func timeFaults(p till.Programme) []i18n.Message {
	var f []i18n.Message
	for _, d := range []till.Day{p.From, p.To} {
		if d != 0 && !isDay(d) {
			f = append(f, i18n.T("%s is no date", "%s 不是日期").With(d))
		}
	}
	if p.From != 0 && p.To != 0 && p.To < p.From {
		f = append(f, i18n.T("it ends on %s, before it begins on %s", "结束日 %s 早于开始日 %s").With(p.To, p.From))
	}
	if slices.ContainsFunc(p.Weekdays, func(d int) bool { return d < 0 || d > 6 }) {
		f = append(f, i18n.T("weekdays are 0 for Sunday to 6 for Saturday, got %v", "星期为 0（周日）至 6（周六），得到 %v").With(p.Weekdays))
	}
	return append(f, clockFaults(p)...)
}

func clockFaults(p till.Programme) []i18n.Message {
	var f []i18n.Message
	for _, c := range []string{p.FromClock, p.ToClock} {
		if _, ok := ParseClock(c); c != "" && !ok {
			f = append(f, i18n.T("%q is no time of day, want such as 15:00", "%q 不是时刻，应如 15:00").With(cutText(c)))
		}
	}
	from, to := clockSpan(p)
	switch {
	case len(f) > 0:
	case from == dayMinutes:
		f = append(f, i18n.T("hours cannot begin at 24:00", "时段不能从 24:00 开始").With())
	case from == to:
		f = append(f, i18n.T("its hours begin and end at %s", "时段的开始与结束同为 %s").With(clock(from)))
	}
	return f
}

func ruleFaults(r till.PromoRule) []i18n.Message {
	var f []i18n.Message
	if len(r.SKUs)+len(r.Categories) > itemsMost {
		f = append(f, i18n.T("it names %d items and categories, at most %d", "指定了 %d 个商品和类别，最多 %d 个").With(len(r.SKUs)+len(r.Categories), itemsMost))
	}
	if i := slices.IndexFunc(r.SKUs, func(s till.SKU) bool { return !isID(string(s)) }); i >= 0 {
		f = append(f, i18n.T("%q is no SKU", "%q 不是 SKU").With(cutText(string(r.SKUs[i]))))
	}
	if slices.ContainsFunc(r.Categories, func(c string) bool { return c == "" || !isPlain(c, nameMost) }) {
		f = append(f, i18n.T("a category is empty, too long or has control characters", "类别为空、过长或含控制字符").With())
	}
	if r.MinQty < 0 || r.MinQty > till.MaxQuantity {
		f = append(f, i18n.T("the least quantity %s is not between 0 and %s", "最低数量 %s 不在 0 与 %s 之间").With(r.MinQty, till.MaxQuantity))
	}
	if r.MinAmount.Minor() < 0 {
		f = append(f, i18n.T("the least amount %s is below zero", "最低金额 %s 小于零").With(r.MinAmount))
	}
	return f
}

func rewardFaults(r till.PromoReward) []i18n.Message {
	var f []i18n.Message
	switch r.Kind {
	case till.RewardPercent:
		f = percentFaults(r, 1)
	case till.RewardBuyGet:
		f = slices.Concat(percentFaults(r, 0), buyGetFaults(r))
	case till.RewardAmount, till.RewardPrice:
		f = amountFaults(r)
	default:
		f = append(f, i18n.T("it gives nothing: want percent, amount, price or buy_get, got %q", "没有优惠内容：应为 percent、amount、price 或 buy_get，得到 %q").With(cutText(string(r.Kind))))
	}
	if r.Max.Minor() < 0 {
		f = append(f, i18n.T("the most on a sale, %s, is below zero", "每单上限 %s 小于零").With(r.Max))
	}
	return f
}

// percentFaults checks a reward of a share, which has no amount.
func percentFaults(r till.PromoReward, least till.Rate) []i18n.Message {
	var f []i18n.Message
	if r.Percent < least || r.Percent > till.Whole {
		f = append(f, i18n.T("%s is taken off, want above 0%% up to 100%%", "减免 %s，应大于 0%%、不超过 100%%").With(r.Percent))
	}
	if !r.Amount.IsZero() {
		f = append(f, i18n.T("it has an amount (%s) beside a percentage", "既有百分比又有金额（%s）").With(r.Amount))
	}
	if r.Kind == till.RewardPercent {
		f = append(f, countFaults(r)...)
	}
	return f
}

// amountFaults checks a reward of an amount, which has no percentage. A price of nothing
// has no currency once it was stored.
func amountFaults(r till.PromoReward) []i18n.Message {
	f := countFaults(r)
	switch {
	case r.Amount.Currency().IsZero() && !r.Amount.IsZero():
		f = append(f, i18n.T("the amount has no currency", "金额没有币种").With())
	case r.Kind == till.RewardAmount && !r.Amount.IsPositive():
		f = append(f, i18n.T("the amount %s must be above zero", "金额 %s 必须大于零").With(r.Amount))
	case r.Amount.Minor() < 0:
		f = append(f, i18n.T("the price %s is below zero", "价格 %s 小于零").With(r.Amount))
	}
	if r.Percent != 0 {
		f = append(f, i18n.T("it has a percentage (%s) beside an amount", "既有金额又有百分比（%s）").With(r.Percent))
	}
	return f
}

// countFaults checks a reward that does not count what is bought.
func countFaults(r till.PromoReward) []i18n.Message {
	if r.Buy == 0 && r.Get == 0 {
		return nil
	}
	return []i18n.Message{i18n.T("buy %d get %d goes with the reward buy_get alone", "买 %d 送 %d 只能用于 buy_get 优惠").With(r.Buy, r.Get)}
}

func buyGetFaults(r till.PromoReward) []i18n.Message {
	var f []i18n.Message
	switch {
	case r.Buy < 1 || r.Buy > piecesMost:
		f = append(f, i18n.T("buy %d, want 1 to %d", "买 %d，应为 1 至 %d").With(r.Buy, piecesMost))
	case r.Get < 1 || r.Get > piecesMost:
		f = append(f, i18n.T("buy %d without a get of 1 to %d, got %d", "买 %[1]d 送 %[3]d，送的数量应为 1 至 %[2]d").With(r.Buy, piecesMost, r.Get))
	}
	if r.Cheapest {
		f = append(f, i18n.T("buy_get takes the cheapest of each group already", "buy_get 本就减免每组中最便宜的").With())
	}
	return f
}

// currencyFaults checks that the amounts can be compared.
func currencyFaults(p till.Programme) []i18n.Message {
	all := amounts(p)
	for _, a := range all {
		if a.Currency() != all[0].Currency() {
			return []i18n.Message{i18n.T("%s and %s are of different currencies", "%s 与 %s 币种不同").With(all[0], a)}
		}
	}
	return nil
}

// Currency is the currency of the amounts of a programme; false where it has none.
func Currency(p till.Programme) (money.Currency, bool) {
	all := amounts(p)
	if len(all) == 0 {
		return money.Currency{}, false
	}
	return all[0].Currency(), true
}

// amounts are those that the programme has.
func amounts(p till.Programme) []money.Amount {
	all := []money.Amount{p.Rule.MinAmount, p.Reward.Amount, p.Reward.Max}
	return slices.DeleteFunc(all, func(a money.Amount) bool { return a.IsZero() && a.Currency().IsZero() })
}

// isID reports a name of the alphabet of till.ItemID.
func isID(s string) bool {
	if s == "" || len(s) > idMost {
		return false
	}
	for i, r := range s {
		isAlnum := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		if !isAlnum && (i == 0 || !strings.ContainsRune("-_.", r)) {
			return false
		}
	}
	return true
}

// isPlain reports a text that may be printed.
func isPlain(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}

func isDay(d till.Day) bool {
	return d > 0 && shift(d, 0) == d
}

// cutText keeps a strange text short enough for a line of an error.
func cutText(s string) string {
	const most = 24
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
