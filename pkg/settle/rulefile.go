package settle

import (
	"fmt"
	"slices"

	"github.com/govalues/decimal"

	"github.com/tillworks/till/pkg/money"
)

// rulesText is the form of rules in YAML.
type rulesText struct {
	Match []ruleText `yaml:"match"`
	Fees  []feeText  `yaml:"fees"`
}

type ruleText struct {
	Name   string   `yaml:"name"`
	Key    []string `yaml:"key"`
	Like   bool     `yaml:"like"`
	Amount int64    `yaml:"amount"`
	Days   *int     `yaml:"days"`
}

type feeText struct {
	Name     string              `yaml:"name"`
	When     map[string][]string `yaml:"when"`
	Currency string              `yaml:"currency"`
	Percent  string              `yaml:"percent"`
	Fixed    int64               `yaml:"fixed"`
	Min      *int64              `yaml:"min"`
	Cap      *int64              `yaml:"cap"`
	Round    string              `yaml:"round"`
	Refunds  string              `yaml:"refunds"`
}

// LoadRules reads rules from YAML:
//
//	match:
//	  - {name: stan, key: [terminal, batch, stan, type], amount: 0, days: 2}
//	  - {name: alike, like: true, key: [auth_code, card_last4, type], days: 1}
//	fees:
//	  - {name: debit, when: {type: [sale]}, currency: CNY, percent: "0.5", min: 1, cap: 2000, round: half-up, refunds: returned}
//
// Amounts are minor units; without days no dates are compared; without a list of match
// the default rules hold. What is wrong is a [SpecError] with the line.
func LoadRules(data []byte) (Rules, error) {
	var text rulesText
	doc, err := decodeYAML(data, &text, ErrRules)
	if err != nil {
		return Rules{}, err
	}
	c := &rulesCompiler{doc: doc}
	for i := range text.Match {
		c.rules.Match = append(c.rules.Match, c.rule(&text.Match[i]))
	}
	for i := range text.Fees {
		c.rules.Fees = append(c.rules.Fees, c.fee(fmt.Sprintf("$.fees[%d]", i), &text.Fees[i]))
	}
	if len(c.rules.Match) == 0 {
		c.rules.Match = DefaultRules().Match
	}
	if c.err == nil {
		c.err = c.rules.check(doc)
	}
	if c.err != nil {
		return Rules{}, c.err
	}
	return c.rules, nil
}

type rulesCompiler struct {
	doc   *document
	rules Rules
	err   error
}

func (c *rulesCompiler) fail(path, en, zh string, args ...any) {
	if c.err == nil {
		c.err = c.doc.fault(path, textf(en, zh, args...))
	}
}

func (c *rulesCompiler) rule(t *ruleText) Rule {
	r := Rule{Name: t.Name, Like: t.Like, Amount: t.Amount, Days: AnyDay}
	for _, k := range t.Key {
		r.Key = append(r.Key, Field(k))
	}
	if t.Days != nil {
		r.Days = *t.Days
	}
	return r
}

func (c *rulesCompiler) fee(path string, t *feeText) FeeRule {
	f := FeeRule{
		Name: t.Name, Currency: t.Currency, Fixed: t.Fixed, Min: t.Min, Cap: t.Cap,
		Round: Rounding(t.Round), Refunds: RefundFee(t.Refunds),
	}
	if t.Percent != "" {
		var err error
		if f.Percent, err = decimal.Parse(t.Percent); err != nil {
			c.fail(path+".percent", "percent: %s is no decimal", "percent:%s不是十进制数", quote(t.Percent))
		}
	}
	for _, k := range sortedKeys(t.When) {
		if f.When == nil {
			f.When = map[Field][]string{}
		}
		f.When[Field(k)] = t.When[k]
	}
	return f
}

// Check reports rules that cannot be used, as a [SpecError]; [Match] does so too.
func (r *Rules) Check() error { return r.check(&document{cause: ErrRules}) }

func (r *Rules) check(doc *document) error {
	c := &rulesCompiler{doc: doc}
	if len(r.Match) == 0 || len(r.Match) > MaxRules {
		c.fail("$.match", "match: got %d rules, want 1 to %d", "match:得到%d条规则,应为1到%d条", len(r.Match), MaxRules)
	}
	names := map[string]bool{}
	for i := range r.Match {
		c.checkRule(fmt.Sprintf("$.match[%d]", i), &r.Match[i], names)
	}
	for i := range r.Fees {
		c.checkFee(fmt.Sprintf("$.fees[%d]", i), &r.Fees[i])
	}
	return c.err
}

func (c *rulesCompiler) checkRule(path string, r *Rule, names map[string]bool) {
	if r.Name == "" || names[r.Name] {
		c.fail(path, "name: want one of its own, got %s", "name:每条规则要有自己的名称,得到%s", quote(r.Name))
	}
	names[r.Name] = true
	if len(r.Key) == 0 || !slices.ContainsFunc(r.Key, func(f Field) bool { return f != FieldRefund }) {
		c.fail(path+".key", "key: no field", "key:没有字段")
	}
	for i, k := range r.Key {
		if !slices.Contains(Fields(), k) || slices.Contains(r.Key[:i], k) {
			c.fail(fmt.Sprintf("%s.key[%d]", path, i), "key: no field %s, or twice", "key:没有字段%s,或重复", quote(string(k)))
		}
	}
	if r.Amount < 0 || r.Days < AnyDay || r.Days > 3650 {
		c.fail(path, "amount: want 0 or more; days: want 0 to 3650, or none", "amount 应不小于0;days 应为0到3650或不写")
	}
}

func (c *rulesCompiler) checkFee(path string, f *FeeRule) {
	if f.Name == "" {
		c.fail(path, "name: want one", "name:需要名称")
	}
	if f.Percent.IsNeg() || f.Percent.Scale() > 17 {
		c.fail(path+".percent", "percent: want 0 or more, at most 17 decimals", "percent:应不小于0,最多17位小数")
	}
	if _, err := money.CurrencyByCode(f.Currency); err != nil && (f.Currency != "" || f.Fixed != 0 || f.Min != nil || f.Cap != nil) {
		c.fail(path+".currency", "currency: minor units need one of ISO 4217, got %s", "currency:最小单位金额需要 ISO 4217 币种,得到%s", quote(f.Currency))
	}
	if f.Fixed < 0 || f.Min != nil && *f.Min < 0 || f.Cap != nil && (*f.Cap < 0 || f.Min != nil && *f.Cap < *f.Min) {
		c.fail(path, "fixed, min and cap: want 0 or more, and min at most cap", "fixed、min、cap 应不小于0,且 min 不大于 cap")
	}
	if !slices.Contains([]Rounding{"", RoundHalfUp, RoundHalfEven, RoundDown, RoundUp}, f.Round) {
		c.fail(path+".round", "round: got %s, want half-up, half-even, down or up", "round:得到%s,应为 half-up、half-even、down 或 up", quote(string(f.Round)))
	}
	if !slices.Contains([]RefundFee{"", RefundFree, RefundReturned, RefundCharged}, f.Refunds) {
		c.fail(path+".refunds", "refunds: got %s, want free, returned or charged", "refunds:得到%s,应为 free、returned 或 charged", quote(string(f.Refunds)))
	}
	for _, k := range sortedKeys(f.When) {
		if !slices.Contains(Fields(), k) || len(f.When[k]) == 0 {
			c.fail(path+".when", "when: no field %s, or no values", "when:没有字段%s,或没有取值", quote(string(k)))
		}
	}
}
