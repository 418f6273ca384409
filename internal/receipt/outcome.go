package receipt

import (
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// outcome is the verdict in a frame, then why, and what it means for the shopper's
// money.
func (s *sheet) outcome(t till.Txn) {
	verdict := t.Outcome()
	if verdict == till.OutcomeUnknown {
		s.banner(verdictText(t), i18n.T("DO NOT RETRY", "请勿重试"))
	} else {
		s.banner(verdictText(t))
	}
	s.response(t)
	for _, n := range notes(t) {
		s.note(n)
	}
	s.since(t)
}

// notes are why, and what it means.
func notes(t till.Txn) []i18n.Text {
	if t.Tender == till.QR {
		return []i18n.Text{walletReason(t), walletMeaning(t)}
	}
	return []i18n.Text{reasonText(t.Reason), meaning(t), moves(t)}
}

// response is the host's code, with its words where it declined.
func (s *sheet) response(t till.Txn) {
	if t.Tender == till.QR {
		s.refusal(t)
		return
	}
	code := t.ResponseCode
	if t.State == till.Declined && code != "" && !saysApproved(code) {
		code += " " + s.say(ResponseText(code))
	}
	s.row(i18n.T("RESPONSE", "应答码"), code)
}

// since is what became of an approved transaction before this reprint.
func (s *sheet) since(t till.Txn) {
	if t.VoidedBy != "" {
		s.note(i18n.T("THIS TRANSACTION WAS VOIDED.", "本交易已被撤销。"))
		s.row(i18n.T("VOIDED BY TXN", "撤销交易号"), string(t.VoidedBy))
	}
	if t.CompletedBy != "" {
		s.row(i18n.T("COMPLETED BY TXN", "完成交易号"), string(t.CompletedBy))
	}
	if t.Incremented.IsPositive() {
		s.row(i18n.T("HELD IN ALL", "累计冻结"), t.Whole().String())
	}
	if t.Tipped.IsPositive() {
		s.row(i18n.T("TIPS SO FAR", "累计小费"), t.Tipped.String())
	}
	if t.Decided != nil && t.Decided.As != till.ResolvedRetry {
		s.note(i18n.T("Decided by a manager.", "由主管裁定。"))
	}
	if t.Refunded.IsPositive() {
		s.row(i18n.T("REFUNDED SO FAR", "累计已退"), t.Refunded.String())
	}
}

// verdictText is the word in the frame. Cash has no host that approves: its words say
// what happened to the money.
func verdictText(t till.Txn) i18n.Text {
	switch t.Outcome() {
	case till.OutcomeApproved:
		if t.Tender == till.Cash {
			return cashText(t.Kind)
		}
		return i18n.T("APPROVED", "交易成功")
	case till.OutcomeDeclined:
		return i18n.T("DECLINED", "交易拒绝")
	case till.OutcomeReversed:
		return i18n.T("REVERSED", "已冲正")
	case till.OutcomeUnknown:
	}
	return i18n.T("OUTCOME UNKNOWN", "结果未知")
}

func cashText(k till.Kind) i18n.Text {
	switch k {
	case till.Refund:
		return i18n.T("REFUNDED", "已退款")
	case till.Void:
		return i18n.T("VOIDED", "已撤销")
	case till.Sale, till.PreAuth, till.Increment, till.Completion, till.CashAdvance, till.Tip: // in cash there is a sale alone
	}
	return i18n.T("PAID", "已付款")
}

// meaning says what a verdict means where the word alone may mislead.
func meaning(t till.Txn) i18n.Text {
	switch t.State {
	case till.Advice:
		return told(t.Notice)
	case till.Declined:
		if t.DeclinedBy == till.ByCard {
			return i18n.T("Declined by the card.", "卡片拒绝交易。")
		}
	case till.Reversing:
		return i18n.T("A reversal is queued: the host will be told to undo this until it confirms.",
			"冲正已排队：将持续通知主机撤销，直至其确认。")
	case till.Exception:
		if t.Reason == "" {
			return i18n.T("The host's answer to this notice is unclear. Ask the acquirer, with the numbers above.",
				"主机对本通知的应答不明确，请凭以上号码联系收单机构。")
		}
		return i18n.T("The host's answer to the reversal is unclear. Ask the acquirer, with the numbers above.",
			"主机对冲正的应答不明确，请凭以上号码联系收单机构。")
	case till.Reversed:
		return undone(t.Kind)
	case till.New, till.Intent:
		return i18n.T("The host has not answered yet. The till will find out the outcome.",
			"主机尚未应答，收银机将查明结果。")
	case till.Approved:
		if t.Notice == till.NoticeOffline {
			return i18n.T("Approved offline by the card.", "已由卡片脱机批准。")
		}
	}
	return i18n.Text{}
}

// told says how a notice was approved while the host has not heard of it.
func told(n till.Notice) i18n.Text {
	switch n {
	case till.NoticeVoice:
		return i18n.T("Approved by telephone; the host will be told.", "已获电话授权，将上送主机。")
	case till.NoticeDone:
		return i18n.T("The host will be told.", "将上送主机。")
	case till.NoticeOffline, till.NoNotice:
	}
	return i18n.T("Approved offline by the card.", "已由卡片脱机批准。")
}

// moves says what a kind does with the shopper's money where the word alone may mislead.
func moves(t till.Txn) i18n.Text {
	switch {
	case t.Outcome() != till.OutcomeApproved:
	case t.Kind.IsHold():
		return i18n.T("No money has moved: the amount is held on the card until it is captured or released.",
			"未发生扣款：金额冻结于卡内，直至完成或撤销。")
	case t.Kind == till.CashAdvance:
		return i18n.T("Cash was handed out for this amount.", "已支付等额现金。")
	}
	return i18n.Text{}
}

// undone says what a reversed transaction leaves behind.
func undone(k till.Kind) i18n.Text {
	switch k {
	case till.Refund:
		return i18n.T("The host has undone this refund: nothing was paid back.", "主机已撤销本次退货，款项未退回。")
	case till.Void:
		return i18n.T("The host has undone this void: the original transaction stands.", "主机已取消本次撤销，原交易仍然有效。")
	case till.PreAuth, till.Increment:
		return i18n.T("The host has undone this: nothing is held by it.", "主机已撤销本次交易，未冻结金额。")
	case till.CashAdvance:
		return i18n.T("The host has undone this cash advance: nothing is charged, no cash goes out.", "主机已撤销本次取现，未扣款，不付现金。")
	case till.Tip:
		return i18n.T("This tip was not taken: nothing is charged.", "本次小费未受理，未扣款。")
	case till.Sale, till.Completion:
	}
	return i18n.T("The host has undone this sale: nothing is charged.", "主机已撤销本次消费，未扣款。")
}

// reasonText is why a transaction was not let stand.
func reasonText(r till.Reason) i18n.Text {
	switch r {
	case till.ReasonTimeout:
		return i18n.T("No answer came in time.", "主机未在规定时间内应答。")
	case till.ReasonLink:
		return i18n.T("The link to the host broke.", "与主机的连接中断。")
	case till.ReasonInvalid:
		return i18n.T("The host's answer was not valid.", "主机应答无效。")
	case till.ReasonCard:
		return i18n.T("The card refused or was removed.", "卡片拒绝交易或被提前取出。")
	case till.ReasonRestart:
		return i18n.T("The till stopped before the answer came.", "收银机在收到应答前停止运行。")
	case till.ReasonCanceled:
		return i18n.T("Cancelled by the operator.", "操作员已取消。")
	case till.ReasonPartial:
		return i18n.T("The host approved a part, which the shopper did not want.", "主机只批准部分金额，顾客未接受。")
	case till.ReasonMAC:
		return i18n.T("The host's answer could not be authenticated.", "主机应答未通过认证。")
	case till.ReasonPaidAfterClosing: // of a wallet alone
	}
	return i18n.Text{}
}
