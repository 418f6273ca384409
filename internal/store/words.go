package store

import (
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// kindText is the trade's word for a kind of transaction.
func kindText(k till.Kind) i18n.Text {
	switch k {
	case till.Sale:
		return i18n.T("sale", "消费")
	case till.Void:
		return i18n.T("void", "撤销")
	case till.Refund:
		return i18n.T("refund", "退货")
	}
	return i18n.T("transaction", "交易")
}

func outcomeText(s till.State) i18n.Text {
	switch s.Outcome() {
	case till.OutcomeApproved:
		return i18n.T("approved", "已批准")
	case till.OutcomeDeclined:
		return i18n.T("declined", "已拒绝")
	case till.OutcomeReversed:
		return i18n.T("reversed", "已冲正")
	}
	return i18n.T("unknown", "结果未知")
}

func tenderText(t till.Tender) i18n.Text {
	if t == till.Cash {
		return i18n.T("cash", "现金")
	}
	return i18n.T("card", "银行卡")
}
