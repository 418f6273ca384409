package settle

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Explain says in words why the two are one transaction, in "en" or "zh".
func (p *Pair) Explain(lang string) string {
	return textf("%s: matched by rule %s with %s", "%s:按规则%s与%s匹配",
		describe(&p.Ours), p.Rule, placeOf(&p.Theirs)).In(lang)
}

// explain says an exception in words.
func (b *reporter) explain(e *Exception, rule int) Text {
	switch e.Reason {
	case MissingTheirs:
		return b.withAge(e, textf("%s is in our records and in none of their files", "%s:我方有记录,对方文件中没有", describe(e.Ours)))
	case MissingOurs:
		return b.withAge(e, textf("%s is in their file and not in our records", "%s:对方文件中有,我方没有记录", describe(e.Theirs)))
	case DuplicateOurs, DuplicateTheirs:
		return textf("%s repeats %s: the same %s", "%s与%s重复:%s相同", describe(e.Record()), placeOf(e.Of), b.keyText(rule))
	}
	parts := make([]Text, 0, 2)
	for _, reason := range append([]Reason{e.Reason}, e.Also...) {
		parts = append(parts, b.difference(e, reason))
	}
	what := joinText(parts, "; ", ";")
	return textf("%s has the same %s in %s, but %s", "%s:与%[3]s的%[2]s相同,但%[4]s", describe(e.Ours), b.keyText(rule), placeOf(e.Theirs), what)
}

// withAge adds how long an item has been open.
func (b *reporter) withAge(e *Exception, t Text) Text {
	if e.Days > 0 {
		age := textf("; %d days old", ";已%d天", e.Days)
		if e.Days == 1 {
			age.EN = "; a day old"
		}
		t = Text{t.EN + age.EN, t.ZH + age.ZH}
	}
	if e.Since != "" {
		since := textf("; open since the run of %s", ";自%s对账起未了结", e.Since)
		t = Text{t.EN + since.EN, t.ZH + since.ZH}
	}
	return t
}

// difference says one difference of a pair.
func (b *reporter) difference(e *Exception, reason Reason) Text {
	o, t := e.Ours, e.Theirs
	switch reason {
	case CurrencyDiffers:
		return textf("ours is in %s, theirs in %s", "我方币种%s,对方币种%s", o.Currency, t.Currency)
	case AmountDiffers:
		return textf("ours is %s and theirs %s, which is %s off", "我方%s,对方%s,相差%s",
			o.GrossAmount(), t.GrossAmount(), amountText(t.Gross-o.Gross, o.Currency))
	case TypeDiffers:
		return textf("ours is a %s and theirs a %s", "我方为%s,对方为%s", o.Type, t.Type)
	case FeeDiffers:
		return b.feeText(e)
	case DateDiffers:
		return textf("ours is of %s and theirs of %s", "我方日期%s,对方日期%s", b.date(o), b.date(t))
	default:
		return Text{string(reason), string(reason)}
	}
}

// feeText says which fee is another: from ours, or from the rules of fees.
func (b *reporter) feeText(e *Exception) Text {
	if e.FeeWant == nil {
		return textf("our fee is %s and theirs %s", "我方手续费%s,对方手续费%s", e.Ours.FeeAmount(), e.Theirs.FeeAmount())
	}
	i := slices.IndexFunc(b.m.opt.Rules.Fees, func(f FeeRule) bool { return f.Name == e.FeeRule })
	rule := &b.m.opt.Rules.Fees[i]
	c := e.Theirs.Settlement()
	return textf("their fee is %s, by the rule %s it is %s", "对方手续费%s,按规则%s应为%s",
		e.Theirs.FeeAmount(), Text{rule.Describe("en"), rule.Describe("zh")}, amountText(*e.FeeWant, c))
}

func (b *reporter) date(r *Record) string { return r.Time.In(b.m.opt.Zone).Format(time.DateOnly) }

// keyText names the fields of a rule's key.
func (b *reporter) keyText(rule int) Text {
	if rule < 0 {
		return Text{"content", "内容"}
	}
	parts := make([]Text, 0, 4)
	for _, f := range b.m.opt.Rules.Match[rule].Key {
		parts = append(parts, f.name())
	}
	return joinText(parts, ", ", "、")
}

// name is a field for people.
func (f Field) name() Text {
	switch f {
	case FieldMerchant:
		return Text{"merchant", "商户号"}
	case FieldTerminal:
		return Text{"terminal", "终端号"}
	case FieldBatch:
		return Text{"batch", "批次号"}
	case FieldSTAN:
		return Text{"trace number", "凭证号"}
	case FieldRRN:
		return Text{"reference number", "参考号"}
	case FieldAuthCode:
		return Text{"authorization code", "授权码"}
	case FieldOrder:
		return Text{"order number", "订单号"}
	case FieldTrade:
		return Text{"trade number", "交易号"}
	case FieldRefund:
		return Text{"refund number", "退款单号"}
	case FieldOriginal:
		return Text{"original reference", "原交易号"}
	case FieldCard:
		return Text{"card", "卡号"}
	case FieldLastFour:
		return Text{"last four digits", "卡号后四位"}
	case FieldType:
		return Text{"type", "类型"}
	case FieldCurrency:
		return Text{"currency", "币种"}
	case FieldGross:
		return Text{"amount", "金额"}
	case FieldDay:
		return Text{"day", "日期"}
	}
	return Text{string(f), string(f)}
}

// describe names a record for people: type, amount, references, card and place.
func describe(r *Record) Text {
	refs := make([]Text, 0, 4)
	for _, x := range []struct {
		field Field
		value string
	}{
		{FieldOrder, r.Order}, {FieldTrade, r.Trade}, {FieldRefund, r.Refund}, {FieldTerminal, r.Terminal},
		{FieldBatch, r.Batch}, {FieldSTAN, r.STAN}, {FieldRRN, r.RRN}, {FieldCard, r.Card},
	} {
		if x.value != "" {
			refs = append(refs, textf("%s %s", "%s%s", x.field.name(), sweep(x.value)))
		}
	}
	t := textf("%s of %s", "%s %s", r.Type, r.GrossAmount())
	if len(refs) > 0 {
		list := joinText(refs, ", ", ",")
		t = Text{t.EN + " (" + list.EN + ")", t.ZH + "(" + list.ZH + ")"}
	}
	if r.Source != (Source{}) {
		at := textf(" at %s", ",位于%s", placeOf(r))
		t = Text{t.EN + at.EN, t.ZH + at.ZH}
	}
	return t
}

// placeOf says where a record stands.
func placeOf(r *Record) Text {
	switch {
	case r.Source.Line > 0:
		line := strconv.Itoa(r.Source.Line)
		return textf("%s line %s", "%s第%s行", r.Source.File, line)
	case r.Source.File != "":
		return Text{r.Source.File, r.Source.File}
	case strings.TrimSpace(r.Reference()) != "":
		return textf("the record %s", "记录%s", r.Reference())
	}
	return Text{"the other record", "另一条记录"}
}
