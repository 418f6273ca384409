package receipt

import (
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// wallet is what finds a payment by code again: at the gateway and in the shopper's
// wallet.
func (s *sheet) wallet(t till.Txn) {
	o := t.Wallet
	if o == nil {
		return
	}
	s.row(i18n.T("WALLET", "钱包"), hideNumbers(o.Provider))
	s.row(i18n.T("ORDER NO", "商户订单号"), o.Number)
	s.row(i18n.T("REFUND NO", "退款单号"), o.RefundNumber)
	s.row(i18n.T("TRADE NO", "交易单号"), o.TradeNo)
}

// refusal is the gateway's code and words where it refused. The words are its own, in
// its language.
func (s *sheet) refusal(t till.Txn) {
	if t.Wallet == nil || t.State != till.Declined {
		return
	}
	s.row(i18n.T("RESPONSE", "应答码"), strings.TrimSpace(t.Wallet.RefusedCode+" "+hideNumbers(t.Wallet.RefusedWords)))
}

func walletTitle(k till.Kind) i18n.Text {
	switch k {
	case till.Void:
		return i18n.T("WALLET VOID", "扫码撤销")
	case till.Refund:
		return i18n.T("WALLET REFUND", "扫码退款")
	case till.Sale:
		return i18n.T("WALLET SALE", "扫码消费")
	case till.PreAuth, till.Increment, till.Completion, till.CashAdvance, till.Tip: // of cards alone
	}
	return i18n.T("TRANSACTION", "交易")
}

// walletReason is why an order was not let stand, or why nothing is known of it.
func walletReason(t till.Txn) i18n.Text {
	switch t.Reason {
	case till.ReasonTimeout:
		if isGivenUp(t.Wallet) {
			return i18n.T("It was not paid in time.", "未在规定时间内付款。")
		}
		return i18n.T("No answer came in time.", "网关未在规定时间内应答。")
	case till.ReasonLink:
		return i18n.T("The link to the wallet gateway broke.", "与钱包网关的连接中断。")
	case till.ReasonInvalid:
		return i18n.T("The gateway's answer was not valid.", "网关应答无效。")
	case till.ReasonRestart:
		return i18n.T("The till stopped before the payment was confirmed.", "收银机在付款确认前停止运行。")
	case till.ReasonCanceled:
		return i18n.T("Cancelled by the operator.", "操作员已取消。")
	case till.ReasonPaidAfterClosing:
		return i18n.T("It was paid after it was given up.", "放弃后仍被付款。")
	case till.ReasonCard, till.ReasonPartial, till.ReasonMAC:
	}
	return i18n.Text{}
}

func isGivenUp(o *till.Order) bool {
	if o == nil {
		return false
	}
	switch o.State {
	case till.OrderClosing, till.OrderClosed, till.OrderReversing, till.OrderReversed:
		return true
	default:
	}
	return false
}

// walletMeaning says what a verdict means for the shopper's money.
func walletMeaning(t till.Txn) i18n.Text {
	switch t.State {
	case till.Declined:
		if t.DeclinedBy == till.ByWallet {
			return i18n.T("Refused by the wallet: nothing moved.", "钱包拒绝，未发生资金变动。")
		}
		return i18n.T("The order is closed: nothing was charged, and it cannot be paid any more.", "订单已关闭：未扣款，且无法再支付。")
	case till.Reversing:
		return i18n.T("It is being undone: the gateway will be told until it confirms.", "正在撤销：将持续通知网关，直至其确认。")
	case till.Exception:
		return i18n.T("The gateway's answer is unclear. Ask it, with the numbers above.", "网关应答不明确，请凭以上号码联系网关。")
	case till.Reversed:
		return i18n.T("The gateway has undone this payment: nothing is charged.", "网关已撤销本次付款，未扣款。")
	case till.New, till.Intent:
		return i18n.T("The wallet has not confirmed yet. The till will find out the outcome.", "钱包尚未确认，收银机将查明结果。")
	case till.Approved, till.Advice:
	}
	return i18n.Text{}
}
