package hostsim

import (
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Fate is what becomes of an answer on its way back.
type Fate int

// The fates.
const (
	Answered Fate = iota // the answer goes out at once
	Lost                 // the request is processed and posted; the answer never goes out
	Late                 // the request is processed and posted; the answer goes out after Config.LateBy
)

// Rule makes a transaction fail in one way, so that a shop can see every outcome without a
// special card. It is chosen by the last two digits of field 4: in a currency with two
// decimals 10.51 and 3.51 are both refused with 51.
type Rule struct {
	Minor    int64     // last two digits of the amount in minor units
	Code     string    // response code; empty where the sale is approved
	Fate     Fate      // of the answer
	Settled  Settled   // what the settlement file says of it
	Script   Script    // for the chip that asked, whatever is decided
	Partial  bool      // half of the amount is approved
	Counted  Counted   // how a sale counts at settlement
	Acquirer bool      // decided before the issuer is asked: the answer carries no issuer authentication data
	Meaning  i18n.Text // for help texts
}

// Rules are the rules of the lab. They hold for what asks the issuer of a card: a sale, a
// pre-authorization, a cash advance. What is told, and what refers to another transaction,
// is answered by the books alone: a reversal, void or refund of a sale whose amount ends in
// .68 is answered like any other.
func Rules() []Rule {
	return []Rule{
		{Minor: 1, Code: codeReferral, Meaning: i18n.T("referral: call the issuer for an authorization code", "电话授权：请致电发卡行索取授权码")},
		{Minor: 5, Code: codeDoNotHonour, Meaning: i18n.T("declined: do not honour", "拒绝：不予承兑")},
		{Minor: 10, Partial: true, Meaning: i18n.T("half of the amount is approved", "仅批准一半金额")},
		{Minor: 41, Settled: SettledNever, Meaning: i18n.T("approved, but missing from the settlement file", "批准，但清算文件中缺失")},
		{Minor: 42, Settled: SettledTwice, Meaning: i18n.T("approved, but twice in the settlement file", "批准，但清算文件中重复")},
		{Minor: 43, Settled: SettledChanged, Meaning: i18n.T("approved, but with another amount in the settlement file", "批准，但清算文件中金额不符")},
		{Minor: 44, Settled: SettledLate, Meaning: i18n.T("approved, but in the settlement file of the next batch", "批准，但出现在下一批次的清算文件中")},
		{Minor: 45, Counted: CountedLate, Meaning: i18n.T("approved, but missing from the host's totals until the batch is uploaded", "批准，但在批上送之前主机总计中缺失")},
		{Minor: 46, Counted: CountedMore, Meaning: i18n.T("approved, but one minor unit more in the host's totals: the batch stays open", "批准，但主机总计多一个最小货币单位：批次无法结平")},
		{Minor: 51, Code: "51", Meaning: i18n.T("declined: insufficient funds", "拒绝：余额不足")},
		{Minor: 54, Code: codeExpired, Meaning: i18n.T("declined: expired card", "拒绝：卡已过期")},
		{Minor: 55, Code: "55", Meaning: i18n.T("declined: wrong PIN", "拒绝：密码错误")},
		{Minor: 61, Code: "61", Meaning: i18n.T("declined: over the card's limit", "拒绝：超出金额限制")},
		{Minor: 68, Fate: Lost, Meaning: i18n.T("charged, but the answer is lost: the till must reverse it",
			"已记账，但应答丢失：终端必须冲正")},
		{Minor: 69, Fate: Late, Meaning: i18n.T("charged, but the answer comes after the time-out: the till must reverse it",
			"已记账，但应答在超时后才到：终端必须冲正")},
		{Minor: 81, Script: BlockApplication, Meaning: i18n.T("approved, and the chip's application is blocked by an issuer script", "批准，并以发卡行脚本锁定芯片应用")},
		{Minor: 82, Script: UnblockPIN, Meaning: i18n.T("approved, and the PIN tries are given back: the chip's by a script, and the issuer's", "批准，并恢复密码尝试次数：芯片（以脚本）与发卡行")},
		{Minor: 83, Script: ChangePIN, Meaning: i18n.T("approved, and the chip's PIN is changed to 4321 by a script", "批准，并以脚本将芯片密码改为 4321")},
		{Minor: 84, Script: SetLimits, Meaning: i18n.T("approved, and the chip's offline limits are set by a script of two commands", "批准，并以两条命令的脚本设置芯片脱机限额")},
		{Minor: 85, Script: SpoiltScript, Meaning: i18n.T("approved, with a script that no issuer signed: the chip must refuse it", "批准，但脚本并非发卡行签发：芯片必须拒绝")},
		{Minor: 86, Script: BlockCard, Meaning: i18n.T("approved, and the card is blocked by a script", "批准，并以脚本锁定卡片")},
		{Minor: 89, Code: "Q9", Meaning: i18n.T("declined with a response code that no till knows", "拒绝：终端不认识的应答码")},
		{Minor: 91, Code: "91", Acquirer: true, Meaning: i18n.T("declined: the issuer is down", "拒绝：发卡方不可用")},
		{Minor: 96, Code: codeMalfunction, Acquirer: true, Meaning: i18n.T("declined: system malfunction", "拒绝：系统故障")},
	}
}

// rule is the rule that holds for a request; the zero Rule approves.
func (h *Host) rule(r request) Rule {
	if r.op != till.OpAuthorize {
		return Rule{}
	}
	return h.ruleOf(r.kind, r.amount)
}

// ruleOf is the rule of a kind and an amount.
func (h *Host) ruleOf(kind till.Kind, amount money.Amount) Rule {
	if kind != till.Sale && kind != till.PreAuth && kind != till.CashAdvance {
		return Rule{}
	}
	for _, rule := range h.rules {
		if amount.Minor()%100 == rule.Minor {
			return rule
		}
	}
	return Rule{}
}

// defaultLateBy is longer than any till waits by default.
const defaultLateBy = 45 * time.Second
