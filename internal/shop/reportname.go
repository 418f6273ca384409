package shop

import (
	"context"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reports"
)

// reportNames tells the names of labels, of those that facts of the kind have.
func (s *Shop) reportNames(ctx context.Context, kind till.FactKind) (func(reports.Dimension, string) reports.Text, error) {
	names, err := s.namesOf(ctx, kind)
	if err != nil {
		return nil, err
	}
	return func(d reports.Dimension, key string) reports.Text {
		if text, ok := knownKey(d, key); ok {
			return text
		}
		if d == reports.ByPromotion {
			return names.discount(key)
		}
		return reports.Same(names[named{d, key}])
	}, nil
}

// named is a key of a dimension.
type named struct {
	by  reports.Dimension
	key string
}

// labelNames are the names that people gave.
type labelNames map[named]string

// namesOf reads those of the kind.
func (s *Shop) namesOf(ctx context.Context, kind till.FactKind) (labelNames, error) {
	switch kind {
	case till.FactItem:
		return s.itemNames(ctx)
	case till.FactStaff:
		return s.staffNames(ctx)
	case till.FactDiscount:
		return s.discountNames(ctx)
	default:
	}
	return nil, nil
}

func (s *Shop) itemNames(ctx context.Context) (labelNames, error) {
	items, err := s.cfg.Store.ItemNames(ctx)
	names := make(labelNames, len(items))
	for sku, name := range items {
		names[named{reports.ByItem, string(sku)}] = name
	}
	return names, err
}

func (s *Shop) staffNames(ctx context.Context) (labelNames, error) {
	staff, err := s.cfg.Store.AllStaff(ctx)
	names := labelNames{}
	for _, m := range staff {
		names[named{reports.ByStaff, string(m.ID)}] = m.Name
	}
	return names, err
}

// discountNames are those of promotions and of whoever may have approved.
func (s *Shop) discountNames(ctx context.Context) (labelNames, error) {
	names, err := s.staffNames(ctx)
	if err != nil {
		return nil, err
	}
	programmes, err := s.cfg.Store.Programmes(ctx)
	for _, p := range programmes {
		names[named{reports.ByPromotion, string(p.ID)}] = p.Name
	}
	return names, err
}

// discount is what something was taken off for: the promotion, or the reason with the
// name of whoever approved. The key of a reason has a slash, that of a promotion none.
func (n labelNames) discount(key string) reports.Text {
	at := strings.LastIndexByte(key, '/')
	if at < 0 {
		return reports.Same(n[named{reports.ByPromotion, key}])
	}
	reason, approver := key[:at], key[at+1:]
	name, known := n[named{reports.ByStaff, approver}]
	switch {
	case approver == "":
		return reports.Same(reason)
	case !known:
		return reports.Same(key) // a slash of the reason's own
	case name == "":
		name = approver
	}
	return both(i18n.T("%s (approved by %s)", "%s（%s 批准）").With(reason, name))
}

func both(m i18n.Message) reports.Text {
	return reports.Text{EN: m.In(i18n.English), ZH: m.In(i18n.Chinese)}
}

// knownKey is the name of a key that the program gives and no user.
func knownKey(d reports.Dimension, key string) (reports.Text, bool) {
	is := func(t i18n.Text) (reports.Text, bool) { return both(t.With()), true }
	switch {
	case key == till.KeyOpen:
		return is(i18n.T("open amount", "未分类金额"))
	case key == till.KeyRounding:
		return is(i18n.T("cash rounding", "现金舍入"))
	case key == till.KeyTip:
		return is(i18n.T("tips", "小费"))
	case key == till.KeyAdvance:
		return is(i18n.T("cash advances", "取现"))
	case key == "" && d == reports.ByStaff:
		return is(i18n.T("owner", "店主"))
	case key == "" && d == reports.ByCategory:
		return is(i18n.T("no category", "未分类"))
	case key == "" && d == reports.ByTax:
		return is(i18n.T("untaxed", "不计税"))
	case key == "":
		return is(i18n.Same("-"))
	case d == reports.ByTender:
		return is(till.Tender(key).Text())
	case d == reports.ByBrand:
		return providerText(key)
	case d == reports.ByReason:
		return is(reasonText(key))
	}
	return reports.Text{}, false
}

// providerText is what people call the wallets that they know.
func providerText(key string) (reports.Text, bool) {
	switch strings.ToLower(key) {
	case "alipay":
		return reports.Text{EN: "Alipay", ZH: "支付宝"}, true
	case "wechat", "wechatpay":
		return reports.Text{EN: "WeChat Pay", ZH: "微信支付"}, true
	case "unionpay":
		return reports.Text{EN: "UnionPay", ZH: "银联"}, true
	}
	return reports.Text{}, false
}

// reasonText is what a discount or a move of points is called.
func reasonText(key string) i18n.Text {
	switch key {
	case string(till.ByHand):
		return i18n.T("discount on a line", "单行折扣")
	case string(till.ByHandWhole):
		return i18n.T("discount on the whole", "整单折扣")
	case string(till.ByProgramme):
		return i18n.T("promotion", "促销")
	case string(till.ByPoints):
		return i18n.T("points spent", "积分抵扣")
	case string(till.PointsEarn):
		return i18n.T("earned", "获得")
	case string(till.PointsRedeem):
		return i18n.T("spent", "使用")
	case string(till.PointsReturn):
		return i18n.T("by returns", "退货调整")
	case string(till.PointsVoid):
		return i18n.T("by voids", "撤销调整")
	case string(till.PointsAdjust):
		return i18n.T("put right by hand", "手工调整")
	}
	return i18n.Same(key)
}
