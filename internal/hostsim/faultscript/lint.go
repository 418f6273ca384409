package faultscript

import (
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
)

// lint finds rules that can never apply, and actions that can never be seen.
func (s *Script) lint() (found []Finding) {
	for i, rule := range s.Rules {
		for _, check := range []func(Rule) *Finding{contrary, countless, unseen} {
			if f := check(rule); f != nil {
				f.Line, f.Warning = rule.Line, true
				found = append(found, *f)
			}
		}
		if f := shadowed(s.Rules[:i], rule); f != nil {
			found = append(found, *f)
		}
	}
	return found
}

// contrary finds conditions that no message meets together.
func contrary(r Rule) *Finding {
	w := r.When
	never := func(why i18n.Message) *Finding {
		return &Finding{
			What: i18n.T("%s can never match: %s", "%s 永远不会匹配：%s").With(r.Name, why),
			Hint: i18n.T("take away one of the two conditions", "请去掉其中一个条件").With(),
		}
	}
	switch {
	case w.Until > 0 && w.From >= w.Until:
		return never(i18n.T("it begins at %s and ends at %s", "起始 %s，结束 %s").With(w.From, w.Until))
	case len(w.Kinds) > 0 && len(w.Messages) > 0 && !slices.ContainsFunc(w.Kinds, func(k Kind) bool { return possible(k, w.Messages) }):
		return never(i18n.T("no message of that type is of that kind", "该报文类型没有这种交易").With())
	case len(w.Processing) > 0 && len(w.Kinds) > 0 && !slices.ContainsFunc(w.Kinds, func(k Kind) bool { return k.hasProcessing(w.Processing) }):
		return never(i18n.T("that kind has another processing code", "该类交易的处理码不同").With())
	case len(w.Amounts) > 0 && none(w.Kinds, Kind.hasAmount):
		return never(i18n.T("messages of that kind have no amount", "该类报文没有金额").With())
	case len(w.Cards) > 0 && none(w.Kinds, Kind.hasCard):
		return never(i18n.T("messages of that kind have no card number", "该类报文没有卡号").With())
	}
	return nil
}

// none reports that there are kinds, and none of them has it.
func none(kinds []Kind, has func(Kind) bool) bool {
	return len(kinds) > 0 && !slices.ContainsFunc(kinds, has)
}

// countless finds counts that never come together.
func countless(r Rule) *Finding {
	w := r.When
	if w.Every <= 1 || w.Nth.isZero() || w.Nth.Last == 0 || w.Nth.First/w.Every < w.Nth.Last/w.Every || w.Nth.First%w.Every == 0 {
		return nil
	}
	return &Finding{
		What: i18n.T("%s can never match: none of its nth is one of every %d", "%s 永远不会匹配：nth 中没有 %d 的倍数").With(r.Name, w.Every),
		Hint: i18n.T("take away \"nth\" or \"every\"", "请去掉 nth 或 every").With(),
	}
}

// unseen finds actions that leave no trace in the messages that the rule is about.
func unseen(r Rule) *Finding {
	k, f := r.When.Kinds, r.Fate
	nothing := func(action, where string) *Finding {
		return &Finding{
			What: i18n.T("%s: %q shows in nothing but %s", "%s：%q 只对 %s 起作用").With(r.Name, action, where),
			Hint: i18n.T("say so in when: {kind: %s}", "请写 when: {kind: %s}").With(where),
		}
	}
	signOn := func(k Kind) bool { return k == SignOn }
	reconcile := func(k Kind) bool { return k == Reconcile || k == Trailer }
	switch {
	case f.Batch > 0 && (len(k) == 0 || none(k, signOn)):
		return nothing("batch", string(SignOn))
	case f.Differ != Difference{} && (len(k) == 0 || none(k, reconcile)):
		return nothing("differ", string(Reconcile))
	case f.Wrong == WrongAmount && none(k, Kind.hasAmount):
		return nothing("wrong: amount", string(Sale))
	}
	return nil
}

// shadowed finds an earlier rule that takes everything which this one would.
func shadowed(earlier []Rule, r Rule) *Finding {
	for _, e := range earlier {
		if e.takesAll() && e.When.covers(r.When) {
			return &Finding{
				Line: r.Line, Warning: true,
				What: i18n.T("%s can never match: %s in line %d takes all of its messages", "%s 永远不会匹配：第 %[3]d 行的 %[2]s 已处理其全部报文").With(r.Name, e.Name, e.Line),
				Hint: i18n.T("put it before that rule, or give that one a \"times\"", "请将其移到该规则之前，或为该规则设置 times").With(),
			}
		}
	}
	return nil
}

// takesAll reports that a rule lets nothing by that meets its conditions.
func (r Rule) takesAll() bool {
	w := r.When
	return r.Times == 0 && w.Nth.isZero() && w.Every <= 1 && (w.Chance == 0 || w.Chance == certain)
}

// covers reports that whatever meets o meets w. It may miss cases and is never wrong
// about one.
func (w When) covers(o When) bool {
	return covered(w.Messages, o.Messages, MessageType.covers) &&
		(covered(w.Kinds, o.Kinds, equal[Kind])) &&
		covered(w.Processing, o.Processing, func(a, b string) bool { return strings.HasPrefix(b, a) }) &&
		covered(w.Amounts, o.Amounts, AmountRange.covers) &&
		covered(w.Cards, o.Cards, func(a, b CardMask) bool {
			return strings.HasPrefix(b.First, a.First) && strings.HasSuffix(b.Last, a.Last)
		}) &&
		covered(w.Terminals, o.Terminals, equal[string]) &&
		covered(w.STANs, o.STANs, func(a, b Span) bool { return b.within(a) }) &&
		w.From <= o.From && (w.Until == 0 || o.Until != 0 && o.Until <= w.Until)
}

func equal[T comparable](a, b T) bool { return a == b }

// covered reports that each of theirs is covered by one of ours; no conditions of ours
// cover everything.
func covered[T any](ours, theirs []T, covers func(a, b T) bool) bool {
	if len(ours) == 0 {
		return true
	}
	if len(theirs) == 0 {
		return false
	}
	for _, b := range theirs {
		if !slices.ContainsFunc(ours, func(a T) bool { return covers(a, b) }) {
			return false
		}
	}
	return true
}

// covers reports that every type that o stands for is one of t's.
func (t MessageType) covers(o MessageType) bool {
	for i := range len(t) {
		if t[i] != 'x' && t[i] != o[i] {
			return false
		}
	}
	return true
}

func (r AmountRange) covers(o AmountRange) bool {
	if r.Ending != "" || o.Ending != "" {
		return r.Ending != "" && strings.HasSuffix(o.Ending, r.Ending)
	}
	low := r.Low == nil || o.Low != nil && r.Low.compareTo(*o.Low) <= 0
	high := r.High == nil || o.High != nil && r.High.compareTo(*o.High) >= 0
	return low && high
}

// possible reports that one of the message types can be of the kind.
func possible(k Kind, types []MessageType) bool {
	return slices.ContainsFunc(types, func(t MessageType) bool { return t[1] == 'x' || strings.IndexByte(k.classes(), t[1]) >= 0 })
}

// classes are the second digits that the message types of a kind have.
func (k Kind) classes() string {
	switch k {
	case Sale, Refund, CashAdvance, Completion, Tip:
		return "2"
	case Void, PreAuth, Increment, Balance, Advice:
		return "12"
	case Upload:
		return "3"
	case Confirm:
		return "36"
	case Reversal:
		return "4"
	case Reconcile, Trailer:
		return "5"
	case SignOn, SignOff, Echo, Download:
		return "8"
	case Other:
	}
	return "0123456789"
}

// hasProcessing reports that a kind can have one of the processing codes.
func (k Kind) hasProcessing(codes []string) bool {
	own := ""
	switch k {
	case CashAdvance:
		own = "01"
	case Void:
		own = "02"
	case Refund:
		own = "20"
	case PreAuth, Increment:
		own = "03"
	case Balance:
		own = "31"
	case Sale, Completion, Tip, Advice, Reversal, Reconcile, Upload, Trailer, Confirm, SignOn, SignOff, Echo, Download, Other:
		return true
	}
	return slices.ContainsFunc(codes, func(c string) bool { return strings.HasPrefix(c, own) || strings.HasPrefix(own, c) })
}

func (k Kind) hasAmount() bool { return strings.IndexByte("58", k.classes()[0]) < 0 }

func (k Kind) hasCard() bool { return strings.IndexByte("58", k.classes()[0]) < 0 }
