package promo

import (
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Explain says why a programme was applied to a ticket, or why it was not. A code that
// it does not know, of a newer program, is said as it stands.
func Explain(n till.PromoNote) i18n.Message {
	switch n.Code {
	case CodeApplied, CodeCut, CodeCapped:
		return explainApplied(n)
	case CodeNotBegun, CodeEnded, CodeWeekday, CodeHours:
		return explainMoment(n)
	case CodeQuantity, CodeAmount, CodeTaken, CodeNoItems, CodeNothing:
		return explainBasket(n)
	case CodePaused:
		return i18n.T("not applied: it is paused", "未生效：活动已暂停").With()
	case CodeInvalid:
		return i18n.T("not applied: the programme contradicts itself or its amounts are in another currency", "未生效：活动设置自相矛盾，或金额币种与本单不同").With()
	case CodeCoupon:
		return i18n.T("not applied: its coupon was not shown", "未生效：未出示优惠券").With()
	case CodeMember:
		return i18n.T("not applied: it is for members, and the sale has none", "未生效：仅限会员，本单没有会员").With()
	}
	return i18n.Same(n.Code).With()
}

func explainApplied(n till.PromoNote) i18n.Message {
	lines := linesText(n.Got)
	switch n.Code {
	case CodeCut:
		return i18n.T("took %s off %s: it gives %s, but they were worth no more", "%[2]s减免 %[1]s：应减 %[3]s，但已减至零").With(n.Amount, lines, n.Want)
	case CodeCapped:
		return i18n.T("took %s off %s, the most it gives on a sale", "%[2]s减免 %[1]s，已达每单上限").With(n.Amount, lines)
	}
	return i18n.T("took %s off %s", "%[2]s减免 %[1]s").With(n.Amount, lines)
}

// linesText names the lines of a note.
func linesText(numbers string) i18n.Message {
	spaced := strings.ReplaceAll(numbers, ",", ", ")
	if strings.Contains(numbers, ",") {
		return i18n.T("lines %s", "第 %s 行").With(spaced)
	}
	return i18n.T("line %s", "第 %s 行").With(spaced)
}

func explainMoment(n till.PromoNote) i18n.Message {
	switch n.Code {
	case CodeNotBegun:
		return i18n.T("not applied: it begins on %[2]s, the sale was on %[1]s", "未生效：%[2]s 开始，本单日期为 %[1]s").With(n.Got, n.Want)
	case CodeEnded:
		return i18n.T("not applied: it ended on %[2]s, the sale was on %[1]s", "未生效：已于 %[2]s 结束，本单日期为 %[1]s").With(n.Got, n.Want)
	case CodeWeekday:
		return i18n.T("not applied: it runs on %[2]s, the sale was on %[1]s", "未生效：仅限%[2]s，本单为%[1]s").With(weekdaysOf(n.Got), weekdaysOf(n.Want))
	}
	return i18n.T("not applied: it runs %[2]s, the sale was at %[1]s", "未生效：时段为 %[2]s，本单时间为 %[1]s").With(n.Got, n.Want)
}

func explainBasket(n till.PromoNote) i18n.Message {
	switch n.Code {
	case CodeQuantity:
		return i18n.T("not applied: %s of %s bought", "未生效：已购 %s，需满 %s").With(n.Got, n.Want)
	case CodeAmount:
		return i18n.T("not applied: %s of %s spent", "未生效：已消费 %s，需满 %s").With(n.Got, n.Want)
	case CodeTaken:
		return i18n.T("not applied: %s has the lines and cannot be combined with it", "未生效：%s 已用于这些商品，不可同享").With(n.Got)
	case CodeNoItems:
		return i18n.T("not applied: nothing in the basket is one of its items", "未生效：购物篮中没有活动商品").With()
	}
	return i18n.T("not applied: there is nothing to take off, the price is as low already", "未生效：价格已不高于活动价，无可减免").With()
}

// weekdaysOf reads the weekdays of a note.
func weekdaysOf(numbers string) i18n.Text {
	var days []int
	for _, s := range strings.Split(numbers, ",") {
		if n, err := strconv.Atoi(s); err == nil {
			days = append(days, n)
		}
	}
	return Weekdays(days)
}
