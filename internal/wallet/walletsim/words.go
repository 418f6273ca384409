package walletsim

// refusalWords are the words of a refusal, in both languages as the till prints what a
// gateway says word by word.
func refusalWords(code string) string {
	switch code {
	case "insufficient_balance":
		return "insufficient balance / 余额不足"
	case "bad_payment_code":
		return "not a payment code / 付款码无效"
	case "number_used":
		return "the order number was used for another order / 订单号重复"
	case "refund_number_used":
		return "the refund number was used for another refund / 退款单号重复"
	case "bad_amount":
		return "the amount cannot be paid / 金额无效"
	case "expired":
		return "the order has expired / 订单已过期"
	case "no_such_order":
		return "no such order / 订单不存在"
	case "not_paid":
		return "the order is not paid / 订单未支付"
	case "too_much":
		return "more than is left of the payment / 超出可退金额"
	case "other_currency":
		return "the currency is not that of the payment / 币种不符"
	case "refund_refused":
		return "the refund was refused / 退款被拒绝"
	}
	return "the request makes no sense / 请求无效"
}
