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
	return []i18n.Text{reasonText(t.Reason), meaning(t)}
}

// response is the host's code, with its words where it declined.
func (s *sheet) response(t till.Txn) {
	if t.Tender == till.QR {
		s.refusal(t)
		return
	}
	code := t.ResponseCode
	if t.State == till.Declined && code != "" {
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
	case till.Sale:
	}
	return i18n.T("PAID", "已付款")
}

// meaning says what a verdict means where the word alone may mislead.
func meaning(t till.Txn) i18n.Text {
	switch t.State {
	case till.Advice:
		return i18n.T("Approved offline by the card.", "已由卡片脱机批准。")
	case till.Declined:
		if t.DeclinedBy == till.ByCard {
			return i18n.T("Declined by the card.", "卡片拒绝交易。")
		}
	case till.Reversing:
		return i18n.T("A reversal is queued: the host will be told to undo this until it confirms.",
			"冲正已排队：将持续通知主机撤销，直至其确认。")
	case till.Exception:
		return i18n.T("The host's answer to the reversal is unclear. Ask the acquirer, with the numbers above.",
			"主机对冲正的应答不明确，请凭以上号码联系收单机构。")
	case till.Reversed:
		return undone(t.Kind)
	case till.New, till.Intent:
		return i18n.T("The host has not answered yet. The till will find out the outcome.",
			"主机尚未应答，收银机将查明结果。")
	case till.Approved:
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
	case till.Sale:
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
	case till.ReasonPaidAfterClosing: // of a wallet alone
	}
	return i18n.Text{}
}
