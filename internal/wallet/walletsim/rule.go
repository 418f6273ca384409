package walletsim

import (
	"github.com/tillworks/till/internal/i18n"
)

// Fate is what becomes of an order, of its answers or of its notifications.
type Fate int

// The fates. A rule has one.
const (
	Normal        Fate = iota
	SlowPayment        // pending for Rule.Polls queries, then paid
	LostAnswer         // the first answer never leaves, though what it tells has happened
	TwoNotices         // the notification comes twice
	LateNotice         // the notification comes long after the payment
	ForgedNotice       // a notification that nobody signed says paid, and nobody ever pays
	NeverPaid          // the shopper walks away
	PaidAtClose        // the shopper pays in the moment in which the order is closed
	Refused            // the wallet refuses the payment, or the gateway the refund
	BrokenOnce         // the first answer is an HTTP status 500
	SilentForLong      // no answer for a while, though everything happens
)

// Rule makes an order go wrong in one way, so that a shop can see every outcome without
// a special wallet. It is chosen by the last two digits of the amount in minor units: in
// a currency with two decimals 10.76 and 3.76 are both never paid.
type Rule struct {
	Minor   int64 // last two digits of the amount in minor units
	Refund  bool  // it holds for refunds of this amount; otherwise for orders
	Fate    Fate
	Polls   int       // of SlowPayment: queries that are answered pending
	Meaning i18n.Text // for help texts
}

// Rules are the rules of the lab. Those of orders hold in both flows; what undoes an
// order is never in their way.
func Rules() []Rule {
	return []Rule{
		{Minor: 71, Fate: SlowPayment, Polls: 3, Meaning: i18n.T("pending for three queries, then paid", "查询三次均为支付中，随后支付成功")},
		{Minor: 72, Fate: LostAnswer, Meaning: i18n.T("the answer is lost after it has succeeded: the till must query", "已成功但应答丢失：终端必须查询")},
		{Minor: 73, Fate: TwoNotices, Meaning: i18n.T("paid, and notified twice", "支付成功，通知重复两次")},
		{Minor: 74, Fate: LateNotice, Meaning: i18n.T("paid, and notified late", "支付成功，通知迟到")},
		{Minor: 75, Fate: ForgedNotice, Meaning: i18n.T("never paid, but a forged notification says so: the till must ignore it", "从未支付，但有伪造的支付成功通知：终端必须忽略")},
		{Minor: 76, Fate: NeverPaid, Meaning: i18n.T("the shopper never pays: the till gives up and closes or reverses", "顾客始终不支付：终端超时后关单或撤销")},
		{Minor: 77, Fate: PaidAtClose, Meaning: i18n.T("paid just as the till closes it: it must refund itself", "关单瞬间顾客完成支付：终端必须自动退款")},
		{Minor: 78, Fate: Refused, Meaning: i18n.T("refused: insufficient balance", "支付失败：余额不足")},
		{Minor: 79, Fate: BrokenOnce, Meaning: i18n.T("HTTP status 500 once, then fine", "返回一次 HTTP 500，随后恢复正常")},
		{Minor: 80, Fate: SilentForLong, Meaning: i18n.T("paid, but no answer for a while", "支付成功，但一段时间内没有任何应答")},
		{Minor: 81, Refund: true, Fate: SlowPayment, Polls: 3, Meaning: i18n.T("refund: pending for three queries, then done", "退款：查询三次均为处理中，随后成功")},
		{Minor: 82, Refund: true, Fate: LostAnswer, Meaning: i18n.T("refund: done, but the answer is lost", "退款：已成功但应答丢失")},
		{Minor: 83, Refund: true, Fate: Refused, Meaning: i18n.T("refund: refused", "退款：被拒绝")},
	}
}

// rule is the rule that holds for an amount; the zero Rule is normal.
func (s *Sim) rule(minor int64, refund bool) Rule {
	for _, r := range s.rules {
		if r.Refund == refund && minor%100 == r.Minor {
			return r
		}
	}
	return Rule{}
}
