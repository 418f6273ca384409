package till

import "github.com/tillworks/till/internal/i18n"

// Text is the word for a kind of ticket.
func (k TicketKind) Text() i18n.Text {
	if k == TicketReturn {
		return i18n.T("return", "退货")
	}
	return i18n.T("sale", "销售")
}

// Text is the word for where a ticket stands.
func (s TicketState) Text() i18n.Text {
	switch s {
	case TicketOpen:
		return i18n.T("held", "挂单")
	case TicketPaying:
		return i18n.T("partly paid", "付款中")
	case TicketDone:
		return i18n.T("done", "已完成")
	case TicketVoided:
		return i18n.T("voided", "已撤销")
	case TicketCanceled:
		return i18n.T("canceled", "已取消")
	}
	return i18n.Same(string(s))
}

// Text is the word for where something taken off comes from.
func (s ReductionSource) Text() i18n.Text {
	switch s {
	case ByHand:
		return i18n.T("by hand, on a line", "手工，单行")
	case ByHandWhole:
		return i18n.T("by hand, on the whole", "手工，整单")
	case ByProgramme:
		return i18n.T("promotions", "促销")
	case ByPoints:
		return i18n.T("points", "积分")
	}
	return i18n.Same(string(s))
}
