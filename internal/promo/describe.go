package promo

import (
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Gives says what a programme gives: "20% off", "buy 2 get 1 free".
func Gives(r till.PromoReward) i18n.Message {
	parts := []i18n.Message{gives(r)}
	if r.Max.IsPositive() {
		parts = append(parts, i18n.T("at most %s", "最多 %s").With(r.Max))
	}
	return list(parts)
}

func gives(r till.PromoReward) i18n.Message {
	switch {
	case r.Kind == till.RewardBuyGet && getPercent(r) == till.Whole:
		return i18n.T("buy %d get %d free", "买 %d 送 %d").With(r.Buy, r.Get)
	case r.Kind == till.RewardBuyGet:
		return i18n.T("buy %d get %d at %s off", "买 %d，另 %d 件减 %s").With(r.Buy, r.Get, r.Percent)
	case r.Kind == till.RewardPercent && r.Cheapest:
		return i18n.T("%s off the cheapest one", "最便宜的一件减 %s").With(r.Percent)
	case r.Kind == till.RewardPercent:
		return i18n.T("%s off", "减 %s").With(r.Percent)
	case r.Kind == till.RewardPrice && r.Amount.IsZero() && r.Cheapest:
		return i18n.T("the cheapest one free", "最便宜的一件免费").With()
	case r.Kind == till.RewardPrice && r.Amount.IsZero():
		return i18n.T("free", "免费").With()
	case r.Kind == till.RewardPrice && r.Cheapest:
		return i18n.T("the cheapest one at %s", "最便宜的一件 %s").With(r.Amount)
	case r.Kind == till.RewardPrice:
		return i18n.T("each at %s", "每件 %s").With(r.Amount)
	case r.Cheapest:
		return i18n.T("%s off the cheapest one", "最便宜的一件减 %s").With(r.Amount)
	}
	return i18n.T("%s off together", "共减 %s").With(r.Amount)
}

// On says which items a programme is about, by category and SKU.
func On(r till.PromoRule) i18n.Message {
	names := slices.Clone(r.Categories)
	for _, sku := range r.SKUs {
		names = append(names, string(sku))
	}
	if len(names) == 0 {
		return i18n.T("everything", "全部商品").With()
	}
	return i18n.Same("%s").With(strings.Join(names, ", "))
}

// Asks says what a programme asks of a sale: how much is bought, a member, a coupon. It
// is empty where it asks for nothing.
func Asks(p till.Programme) i18n.Message {
	var parts []i18n.Message
	if p.Rule.MinQty > 0 {
		parts = append(parts, i18n.T("%s at least", "满 %s 件").With(p.Rule.MinQty))
	}
	if p.Rule.MinAmount.IsPositive() {
		parts = append(parts, i18n.T("%s spent", "满 %s").With(p.Rule.MinAmount))
	}
	if p.Members {
		parts = append(parts, i18n.T("a member", "会员").With())
	}
	if p.Coupon != "" {
		parts = append(parts, i18n.T("coupon %s", "优惠券 %s").With(p.Coupon))
	}
	return list(parts)
}

// When says when a programme runs: its dates, its days of the week, its hours.
func When(p till.Programme) i18n.Message {
	var parts []i18n.Message
	switch {
	case p.From != 0 && p.To != 0:
		parts = append(parts, i18n.T("%s to %s", "%s 至 %s").With(p.From, p.To))
	case p.From != 0:
		parts = append(parts, i18n.T("from %s on", "%s 起").With(p.From))
	case p.To != 0:
		parts = append(parts, i18n.T("until %s", "至 %s").With(p.To))
	}
	if len(p.Weekdays) > 0 {
		parts = append(parts, Weekdays(p.Weekdays).With())
	}
	if p.FromClock != "" || p.ToClock != "" {
		from, to := clockSpan(p)
		parts = append(parts, i18n.Same("%s").With(clock(from)+"-"+clock(to)))
	}
	if len(parts) == 0 {
		return i18n.T("always", "始终").With()
	}
	return list(parts)
}

// list puts messages one behind the other; none is the empty message.
func list(parts []i18n.Message) i18n.Message {
	if len(parts) == 0 {
		return i18n.Message{}
	}
	all := parts[0]
	for _, p := range parts[1:] {
		all = i18n.T("%s, %s", "%s，%s").With(all, p)
	}
	return all
}
