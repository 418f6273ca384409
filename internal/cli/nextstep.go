package cli

import (
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/till"
)

// isDeclinedByHost reports a transaction that ended by a response code of the host.
func isDeclinedByHost(t till.Txn) bool {
	return t.State == till.Declined && t.DeclinedBy == till.ByHost && t.ResponseCode != ""
}

// declined says why the host declined, and what can be done instead.
func declined(t till.Txn) i18n.Message {
	why := receipt.DeclineText(t.ResponseCode)
	switch {
	case t.Kind == till.Sale && isReferral(t.ResponseCode) && t.Cashback.IsZero():
		return i18n.T("%s; nothing is charged. Call the issuer; with the code that it gives: till pay %s --entry fallback --auth-code CODE. Else take another card or cash", "%s；未扣款。请致电发卡行，取得授权码后：till pay %s --entry fallback --auth-code 授权码；否则请换卡或收现金").With(why, t.Amount.Decimal())
	case t.Kind == till.Sale:
		return i18n.T("%s; nothing is charged. Take another card or cash", "%s；未扣款。请换卡或收现金").With(why)
	case t.Kind == till.PreAuth, t.Kind == till.CashAdvance:
		return i18n.T("%s; nothing is held or charged. Try another card", "%s；未冻结也未扣款。请换卡").With(why)
	}
	return i18n.T("%s; what it was about stays as it is: till txn show %s", "%s；原交易保持不变：till txn show %s").With(why, t.Original)
}

// isPlainDecline reports a code of which the receipt says all that there is to say: its
// meaning, and no way on but another card or cash.
func isPlainDecline(code string) bool { return receipt.IsListed(code) && !isReferral(code) }

// isReferral reports a code by which the issuer wants to be called before it approves.
func isReferral(code string) bool { return code == "01" || code == "02" }

// stuck says that nobody but a manager can end a transaction.
func stuck(t till.Txn) i18n.Message {
	if t.Reason == "" {
		return i18n.T("the host answered %s to the notice of %s, on which the till cannot act: a manager decides, till txn exceptions lists it", "主机对 %[2]s 的通知应答 %[1]s，收银机无法据此处理：须由主管裁定，见 till txn exceptions").With(t.ResponseCode, t.ID)
	}
	return i18n.T("the host answered %s to the reversal of %s, on which the till cannot act: a manager decides, till txn exceptions lists it. Do not charge again before", "主机对 %[2]s 的冲正应答 %[1]s，收银机无法据此处理：须由主管裁定，见 till txn exceptions。在此之前请勿重复收款").With(t.ResponseCode, t.ID)
}
