package till

import "github.com/tillworks/till/internal/i18n"

// Text is the trade's word for a kind of transaction.
func (k Kind) Text() i18n.Text {
	switch k {
	case Sale:
		return i18n.T("sale", "消费")
	case Void:
		return i18n.T("void", "撤销")
	case Refund:
		return i18n.T("refund", "退货")
	case PreAuth:
		return i18n.T("pre-authorization", "预授权")
	case Increment:
		return i18n.T("increment", "追加预授权")
	case Completion:
		return i18n.T("completion", "预授权完成")
	case CashAdvance:
		return i18n.T("cash advance", "取现")
	case Tip:
		return i18n.T("tip", "小费")
	}
	return i18n.T("transaction", "交易")
}

// Text is the word for a tender.
func (t Tender) Text() i18n.Text {
	switch t {
	case Cash:
		return i18n.T("cash", "现金")
	case QR:
		return i18n.T("wallet", "扫码")
	case Card:
	}
	return i18n.T("card", "银行卡")
}

// Text is the word for an outcome.
func (o Outcome) Text() i18n.Text {
	switch o {
	case OutcomeApproved:
		return i18n.T("approved", "已批准")
	case OutcomeDeclined:
		return i18n.T("declined", "已拒绝")
	case OutcomeReversed:
		return i18n.T("reversed", "已冲正")
	case OutcomeUnknown:
	}
	return i18n.T("unknown", "结果未知")
}

// OutcomeText is the word for the transaction as it stands, with what became of it
// since.
func (t Txn) OutcomeText() i18n.Text {
	switch {
	case t.VoidedBy != "":
		return i18n.T("approved, voided", "已批准，后撤销")
	case t.State == Exception:
		return i18n.T("exception", "异常")
	}
	return t.Outcome().Text()
}
