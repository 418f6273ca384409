package hostsim

import (
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Fate is what becomes of an answer on its way back.
type Fate int

// The fates.
const (
	Answered Fate = iota // the answer goes out at once
	Lost                 // the request is processed and posted; the answer never goes out
	Late                 // the request is processed and posted; the answer goes out after Config.LateBy
)

// Rule makes a sale fail in one way, so that a shop can see every outcome without a
// special card. It is chosen by the last two digits of field 4: in a currency with two
// decimals 10.51 and 3.51 are both refused with 51.
type Rule struct {
	Minor    int64     // last two digits of the amount in minor units
	Code     string    // response code; empty where the sale is approved
	Fate     Fate      // of the answer
	Settled  Settled   // what the settlement file says of it
	Acquirer bool      // decided before the issuer is asked: the answer carries no issuer authentication data
	Meaning  i18n.Text // for help texts
}

// Rules are the rules of the lab. They hold for sales (0200 with processing code 00)
// and for nothing else: a reversal, void or refund of a sale whose amount ends in .68
// is answered like any other.
func Rules() []Rule {
	return []Rule{
		{Minor: 5, Code: codeDoNotHonour, Meaning: i18n.T("declined: do not honour", "拒绝：不予承兑")},
		{Minor: 41, Settled: SettledNever, Meaning: i18n.T("approved, but missing from the settlement file", "批准，但清算文件中缺失")},
		{Minor: 42, Settled: SettledTwice, Meaning: i18n.T("approved, but twice in the settlement file", "批准，但清算文件中重复")},
		{Minor: 43, Settled: SettledChanged, Meaning: i18n.T("approved, but with another amount in the settlement file", "批准，但清算文件中金额不符")},
		{Minor: 44, Settled: SettledLate, Meaning: i18n.T("approved, but in the settlement file of the next batch", "批准，但出现在下一批次的清算文件中")},
		{Minor: 51, Code: "51", Meaning: i18n.T("declined: insufficient funds", "拒绝：余额不足")},
		{Minor: 54, Code: codeExpired, Meaning: i18n.T("declined: expired card", "拒绝：卡已过期")},
		{Minor: 55, Code: "55", Meaning: i18n.T("declined: wrong PIN", "拒绝：密码错误")},
		{Minor: 61, Code: "61", Meaning: i18n.T("declined: over the card's limit", "拒绝：超出金额限制")},
		{Minor: 68, Fate: Lost, Meaning: i18n.T("charged, but the answer is lost: the till must reverse it",
			"已记账，但应答丢失：终端必须冲正")},
		{Minor: 69, Fate: Late, Meaning: i18n.T("charged, but the answer comes after the time-out: the till must reverse it",
			"已记账，但应答在超时后才到：终端必须冲正")},
		{Minor: 91, Code: "91", Acquirer: true, Meaning: i18n.T("declined: the issuer is down", "拒绝：发卡方不可用")},
		{Minor: 96, Code: codeMalfunction, Acquirer: true, Meaning: i18n.T("declined: system malfunction", "拒绝：系统故障")},
	}
}

// rule is the rule that holds for a request; the zero Rule approves.
func (h *Host) rule(r request) Rule {
	if r.kind != till.Sale {
		return Rule{}
	}
	for _, rule := range h.rules {
		if r.amount.Minor()%100 == rule.Minor {
			return rule
		}
	}
	return Rule{}
}

// defaultLateBy is longer than any till waits by default.
const defaultLateBy = 45 * time.Second
