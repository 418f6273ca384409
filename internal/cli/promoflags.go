package cli

import (
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// promoOptions are the flags of a promotion as they were typed.
type promoOptions struct {
	out   out.Output
	id    string
	given map[string]bool // the flags that were given

	name, coupon           string
	members, stackable     bool
	priority               int
	since, until           string
	from, to, weekdays     string
	categories, skus       []string
	over, least            string
	percent, amount, price string
	buy, get               int
	cheapest               bool
	most                   string
}

func (o *promoOptions) bind(env *Env, c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.name, "name", "", env.Say(i18n.T("its `NAME` on the receipt", "小票上的名称 `NAME`")))
	f.StringVar(&o.percent, "percent", "", env.Say(i18n.T("take `PERCENT` off; with --buy and --get, off the pieces that are got", "减免百分比 `PERCENT`；与 --buy、--get 合用时针对所送的商品")))
	f.StringVar(&o.amount, "amount", "", env.Say(i18n.T("take `AMOUNT` off the items together", "对所选商品共减 `AMOUNT`")))
	f.StringVar(&o.price, "price", "", env.Say(i18n.T("sell each at `PRICE`", "每件特价 `PRICE`")))
	f.IntVar(&o.buy, "buy", 0, env.Say(i18n.T("for every `N` bought …", "每购买 `N` 件……")))
	f.IntVar(&o.get, "get", 0, env.Say(i18n.T("… `N` more are free, the cheapest, or at --percent off", "……另外 `N` 件（最便宜者）免费，或按 --percent 减免")))
	f.BoolVar(&o.cheapest, "cheapest", false, env.Say(i18n.T("give it on the cheapest piece alone", "仅用于最便宜的一件")))
	f.StringVar(&o.most, "max", "", env.Say(i18n.T("give no more than `AMOUNT` on a sale; 0 is no limit", "每单最多优惠 `AMOUNT`；0 为不限")))
	f.StringSliceVar(&o.categories, "category", nil, env.Say(i18n.T("on items of `CATEGORY`; may be repeated", "适用类别 `CATEGORY`；可重复")))
	f.StringSliceVar(&o.skus, "sku", nil, env.Say(i18n.T("on the item of `SKU` or barcode; may be repeated", "适用商品的 `SKU` 或条码；可重复")))
	f.StringVar(&o.over, "over", "", env.Say(i18n.T("from `AMOUNT` spent on these items on, before discounts", "所选商品消费满 `AMOUNT`（折扣前）")))
	f.StringVar(&o.least, "least", "", env.Say(i18n.T("from `QUANTITY` of these items on", "所选商品满 `QUANTITY` 件")))
	f.StringVar(&o.from, "from", "", env.Say(i18n.T("happy hours from `TIME` on, as 15:00", "时段开始 `TIME`，如 15:00")))
	f.StringVar(&o.to, "to", "", env.Say(i18n.T("up to `TIME`, which may be past midnight", "时段结束 `TIME`，可跨午夜")))
	f.StringVar(&o.weekdays, "weekdays", "", env.Say(i18n.T("on these `DAYS`, as mon-fri or sat,sun", "适用星期 `DAYS`，如 mon-fri 或 周六,周日")))
	f.StringVar(&o.since, "since", "", env.Say(i18n.T("from business `DAY` on, as 2026-03-01", "自营业日 `DAY` 起，如 2026-03-01")))
	f.StringVar(&o.until, "until", "", env.Say(i18n.T("up to and with business `DAY`", "至营业日 `DAY`（含）")))
	f.StringVar(&o.coupon, "coupon", "", env.Say(i18n.T("only with coupon `CODE`", "须凭优惠券 `CODE`")))
	f.BoolVar(&o.members, "members", false, env.Say(i18n.T("only for members", "仅限会员")))
	f.IntVar(&o.priority, "priority", 0, env.Say(i18n.T("the lower `N` is tried first", "`N` 越小越优先")))
	f.BoolVar(&o.stackable, "stackable", false, env.Say(i18n.T("may share a line with others that may", "可与其他可叠加促销同享")))
}

// givenFlags are the flags of a command itself that were given; those of the output and
// of the whole program change nothing.
func givenFlags(c *cobra.Command) map[string]bool {
	given := map[string]bool{}
	c.Flags().Visit(func(f *pflag.Flag) {
		isOutput := slices.Contains([]string{"json", "jq", "output", "out"}, f.Name)
		if !isOutput && c.InheritedFlags().Lookup(f.Name) == nil {
			given[f.Name] = true
		}
	})
	return given
}

// change makes a promotion what the flags say. What no flag names stays.
func (o *promoOptions) change(p *till.Programme, c money.Currency) error {
	o.changeWords(p)
	if err := o.changeTime(p); err != nil {
		return err
	}
	if err := o.changeRule(&p.Rule, c); err != nil {
		return err
	}
	return o.changeReward(&p.Reward, c)
}

func (o *promoOptions) changeWords(p *till.Programme) {
	setGiven(o.given["name"], &p.Name, o.name)
	setGiven(o.given["coupon"], &p.Coupon, o.coupon)
	setGiven(o.given["members"], &p.Members, o.members)
	setGiven(o.given["priority"], &p.Priority, o.priority)
	setGiven(o.given["stackable"], &p.Stackable, o.stackable)
	setGiven(o.given["from"], &p.FromClock, o.from)
	setGiven(o.given["to"], &p.ToClock, o.to)
}

// setGiven gives a field the value of a flag that was given.
func setGiven[T any](given bool, field *T, value T) {
	if given {
		*field = value
	}
}

func (o *promoOptions) changeTime(p *till.Programme) error {
	since, err := parseDayFlag("--since", o.since, 0)
	if err != nil {
		return err
	}
	until, err := parseDayFlag("--until", o.until, 0)
	if err != nil {
		return err
	}
	setGiven(o.given["since"], &p.From, since)
	setGiven(o.given["until"], &p.To, until)
	for _, text := range []string{o.from, o.to} {
		if _, err := time.Parse(time.DateOnly, text); err == nil {
			return dateForClock(text)
		}
	}
	if !o.given["weekdays"] {
		return nil
	}
	p.Weekdays, err = promoWeekdays(o.weekdays)
	return err
}

func dateForClock(text string) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%s is a day, and --from and --to are times of the day", "%s 是日期，而 --from 与 --to 为时刻").With(text),
		Hint: i18n.T("days go in --since and --until", "日期请用 --since 与 --until").With(),
	}
}

// promoWeekdays reads days of the week; an empty text is none, which is every day.
func promoWeekdays(text string) ([]int, error) {
	if text == "" {
		return nil, nil
	}
	days, err := promo.ParseWeekdays(text)
	if err != nil {
		return nil, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("--weekdays %q is not understood", "--weekdays %q 无法识别").With(text),
			Hint: i18n.T("write mon-fri, or sat,sun", "请写作 mon-fri 或 周六,周日").With(),
		}
	}
	if len(days) == 7 {
		return nil, nil
	}
	return days, nil
}

func (o *promoOptions) changeRule(r *till.PromoRule, c money.Currency) (err error) {
	if o.given["category"] {
		r.Categories = o.categories
	}
	if o.given["sku"] {
		r.SKUs = nil
		for _, s := range o.skus {
			r.SKUs = append(r.SKUs, till.SKU(s))
		}
	}
	if o.given["over"] {
		if r.MinAmount, err = promoLimit("--over", o.over, c); err != nil {
			return err
		}
	}
	if o.given["least"] {
		r.MinQty, err = promoLeast(o.least)
	}
	return err
}

// promoLimit reads an amount from zero on; an empty text is zero, which is no limit.
func promoLimit(flag, text string, c money.Currency) (money.Amount, error) {
	if text == "" {
		return money.Amount{}, nil
	}
	a, err := promoAmount(flag, text, c)
	if err != nil || a.IsZero() {
		return money.Amount{}, err
	}
	return a, nil
}

// promoAmount reads an amount from zero on.
func promoAmount(flag, text string, c money.Currency) (money.Amount, error) {
	a, err := money.Parse(text, c)
	if err == nil && a.Minor() >= 0 && a.Minor() <= till.MaxMinor {
		return a, nil
	}
	what := i18n.T("%s %q is not an amount", "%s %q 不是金额").With(flag, text)
	if errors.Is(err, money.ErrDecimals) {
		what = i18n.T("%s %q has more decimals than %s has (%d)", "%s %q 的小数位多于 %s 的小数位（%d）").With(flag, text, c, c.Exponent())
	}
	return money.Amount{}, &till.Problem{
		Code: till.CodeUsage, What: what,
		Hint: i18n.T("give an amount in %s such as 12.50: digits and one point, no sign", "请以 %s 给出金额，如 12.50：仅限数字和一个小数点，不含符号").With(c),
	}
}

func promoLeast(text string) (till.Quantity, error) {
	if text == "" {
		return 0, nil
	}
	q, err := till.ParseQuantity(text)
	if err != nil || q < 0 {
		return 0, &till.Problem{
			Code: till.CodeUsage, Cause: err,
			What: i18n.T("--least %q is no quantity", "--least %q 不是数量").With(text),
			Hint: i18n.T("give a number such as 3, or 0.5 of what is weighed", "请给出数字，如 3；称重商品如 0.5").With(),
		}
	}
	return q, nil
}

// changeReward sets what is given. Another kind of reward takes the place of the one
// that was.
func (o *promoOptions) changeReward(r *till.PromoReward, c money.Currency) (err error) {
	kind, err := o.rewardKind(r.Kind)
	if err != nil {
		return err
	}
	if kind != r.Kind {
		*r = till.PromoReward{Kind: kind, Max: r.Max, Cheapest: r.Cheapest && kind != till.RewardBuyGet}
	}
	setGiven(o.given["buy"], &r.Buy, o.buy)
	setGiven(o.given["get"], &r.Get, o.get)
	setGiven(o.given["cheapest"], &r.Cheapest, o.cheapest)
	if o.given["percent"] {
		if r.Percent, err = percentFlag("--percent", o.percent); err != nil {
			return err
		}
	}
	if o.given["max"] {
		if r.Max, err = promoLimit("--max", o.most, c); err != nil {
			return err
		}
	}
	switch {
	case o.given["amount"]:
		r.Amount, err = promoAmount("--amount", o.amount, c)
	case o.given["price"]:
		r.Amount, err = promoAmount("--price", o.price, c)
	}
	return err
}

// rewardKind is the one that the flags name, or the one that was. A percentage beside
// pieces to be got is theirs.
func (o *promoOptions) rewardKind(was till.RewardKind) (till.RewardKind, error) {
	counted := o.given["buy"] || o.given["get"]
	percent := o.given["percent"] && !counted && was != till.RewardBuyGet
	named := 0
	for _, given := range []bool{counted, percent, o.given["amount"], o.given["price"]} {
		if given {
			named++
		}
	}
	if named > 1 || o.given["percent"] && named == 1 && !percent && !counted {
		return "", severalRewards()
	}
	switch {
	case counted:
		return till.RewardBuyGet, nil
	case percent:
		return till.RewardPercent, nil
	case o.given["amount"]:
		return till.RewardAmount, nil
	case o.given["price"]:
		return till.RewardPrice, nil
	case was == "":
		return "", noReward()
	}
	return was, nil
}

func severalRewards() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("a promotion gives one thing, and several are named", "一项促销只能给一种优惠，但指定了多种").With(),
		Hint: i18n.T("give one of --percent, --amount, --price, or --buy with --get; a second promotion with --stackable adds to it", "请只用 --percent、--amount、--price 或 --buy 加 --get 之一；可另建 --stackable 促销叠加").With(),
	}
}

func noReward() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the promotion gives nothing", "促销没有优惠内容").With(),
		Hint: i18n.T("give one of --percent, --amount, --price, or --buy with --get", "请使用 --percent、--amount、--price 或 --buy 加 --get 之一").With(),
	}
}

// percentFlag reads a percentage.
func percentFlag(flag, text string) (till.Rate, error) {
	r, err := till.ParseRate(text)
	if err != nil {
		return 0, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%s %q is no percentage", "%s %q 不是百分比").With(flag, text),
			Hint: i18n.T("give one such as 20 or 6.625, with at most four decimals", "请给出如 20 或 6.625 的百分比，最多四位小数").With(),
		}
	}
	return r, nil
}
