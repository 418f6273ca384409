package receipt

import "github.com/tillworks/till/internal/i18n"

// ResponseText is the meaning of a response code, two characters: field 39 of
// ISO 8583:1987 (annex A, table of response codes) and the four codes that a terminal
// gives itself (EMV Book 4, annex A6). A code of a network's own is "Unlisted response
// code". The text is for a person and starts with a capital; it ends in no full stop.
func ResponseText(code string) i18n.Text {
	switch code {
	case "00":
		return i18n.T("Approved", "交易成功")
	case "01":
		return i18n.T("Refer to card issuer", "请联系发卡行")
	case "02":
		return i18n.T("Refer to card issuer, special condition", "请联系发卡行（特殊情况）")
	case "03":
		return i18n.T("Invalid merchant", "无效商户")
	case "04":
		return i18n.T("Pick up card", "没收卡")
	case "05":
		return i18n.T("Do not honour", "不予承兑")
	case "06":
		return i18n.T("Error", "出错")
	case "07":
		return i18n.T("Pick up card, special condition", "没收卡（特殊情况）")
	case "08":
		return i18n.T("Honour with identification", "凭身份证明承兑")
	case "09":
		return i18n.T("Request in progress", "正在处理")
	case "10":
		return i18n.T("Approved for part of the amount", "部分金额已批准")
	case "11":
		return i18n.T("Approved, VIP", "交易成功（贵宾）")
	case "12":
		return i18n.T("Invalid transaction", "无效交易")
	case "13":
		return i18n.T("Invalid amount", "无效金额")
	case "14":
		return i18n.T("No such card number", "无此卡号")
	case "15":
		return i18n.T("No such issuer", "无此发卡行")
	case "16":
		return i18n.T("Approved, update track 3", "交易成功，更新第三磁道")
	case "17":
		return i18n.T("Cancelled by customer", "顾客取消")
	case "18":
		return i18n.T("Disputed by customer", "顾客有争议")
	case "19":
		return i18n.T("Re-enter transaction", "请重新交易")
	case "20":
		return i18n.T("Invalid response", "无效应答")
	case "21":
		return i18n.T("No action taken", "未作任何处理")
	case "22":
		return i18n.T("Suspected malfunction", "怀疑操作故障")
	case "23":
		return i18n.T("Transaction fee not accepted", "手续费不可接受")
	case "24":
		return i18n.T("File update not supported", "接收方不支持文件更新")
	case "25":
		return i18n.T("Record not found", "找不到原记录")
	case "26":
		return i18n.T("Duplicate record, old one replaced", "重复记录，旧记录已替换")
	case "27":
		return i18n.T("File update field error", "文件更新字段有误")
	case "28":
		return i18n.T("File locked", "文件被锁定")
	case "29":
		return i18n.T("File update failed", "文件更新失败")
	case "30":
		return i18n.T("Format error", "报文格式错误")
	case "31":
		return i18n.T("Bank not supported", "不支持的银行")
	case "32":
		return i18n.T("Completed in part", "部分完成")
	case "33":
		return i18n.T("Expired card, pick up", "过期卡，没收")
	case "34":
		return i18n.T("Suspected fraud, pick up", "涉嫌欺诈，没收")
	case "35":
		return i18n.T("Call acquirer, pick up", "请联系收单机构，没收")
	case "36":
		return i18n.T("Restricted card, pick up", "受限卡，没收")
	case "37":
		return i18n.T("Call acquirer security, pick up", "请联系收单机构安全部门，没收")
	case "38":
		return i18n.T("PIN tries exceeded, pick up", "密码错误次数超限，没收")
	case "39":
		return i18n.T("No credit account", "无贷记账户")
	case "40":
		return i18n.T("Function not supported", "不支持的功能")
	case "41":
		return i18n.T("Lost card, pick up", "挂失卡，没收")
	case "42":
		return i18n.T("No universal account", "无通用账户")
	case "43":
		return i18n.T("Stolen card, pick up", "被窃卡，没收")
	case "44":
		return i18n.T("No investment account", "无投资账户")
	case "51":
		return i18n.T("Insufficient funds", "余额不足")
	case "52":
		return i18n.T("No cheque account", "无支票账户")
	case "53":
		return i18n.T("No savings account", "无储蓄账户")
	case "54":
		return i18n.T("Expired card", "卡已过期")
	case "55":
		return i18n.T("Incorrect PIN", "密码错误")
	case "56":
		return i18n.T("No card record", "无此卡记录")
	case "57":
		return i18n.T("Not permitted to cardholder", "不允许持卡人进行此交易")
	case "58":
		return i18n.T("Not permitted to terminal", "不允许终端进行此交易")
	case "59":
		return i18n.T("Suspected fraud", "涉嫌欺诈")
	case "60":
		return i18n.T("Call acquirer", "请联系收单机构")
	case "61":
		return i18n.T("Exceeds amount limit", "超出金额限制")
	case "62":
		return i18n.T("Restricted card", "受限卡")
	case "63":
		return i18n.T("Security violation", "违反安全规定")
	case "64":
		return i18n.T("Original amount incorrect", "原始金额不符")
	case "65":
		return i18n.T("Exceeds frequency limit", "超出次数限制")
	case "66":
		return i18n.T("Call acquirer security", "请联系收单机构安全部门")
	case "67":
		return i18n.T("Card to be captured by the machine", "机具吞卡")
	case "68":
		return i18n.T("Answer received too late", "应答超时")
	case "75":
		return i18n.T("PIN tries exceeded", "密码错误次数超限")
	case "90":
		return i18n.T("Cut-off in process", "系统正在日终处理")
	case "91":
		return i18n.T("Issuer or switch inoperative", "发卡行或交换中心故障")
	case "92":
		return i18n.T("No route to issuer", "无法路由至发卡行")
	case "93":
		return i18n.T("Cannot be completed, violation of law", "违法交易，不能完成")
	case "94":
		return i18n.T("Duplicate transmission", "重复交易")
	case "95":
		return i18n.T("Reconcile error", "对账不平")
	case "96":
		return i18n.T("System malfunction", "系统故障")
	case "Y1":
		return i18n.T("Approved offline", "脱机批准")
	case "Y3":
		return i18n.T("Unable to go online, approved offline", "无法联机，脱机批准")
	case "Z1":
		return i18n.T("Declined offline", "脱机拒绝")
	case "Z3":
		return i18n.T("Unable to go online, declined offline", "无法联机，脱机拒绝")
	}
	return unlisted()
}

func unlisted() i18n.Text { return i18n.T("Unlisted response code", "未列明的应答码") }

// IsListed reports a response code whose meaning [ResponseText] knows.
func IsListed(code string) bool { return ResponseText(code) != unlisted() }

// DeclineText is why the host declined, in words for whoever is at the counter: the code
// with its meaning, or that nobody lists it.
func DeclineText(code string) i18n.Message {
	if !IsListed(code) {
		return i18n.T("the host declined with response code %s, which no table lists: the acquirer knows what it means", "主机以应答码 %s 拒绝，该码未列明：请向收单机构询问其含义").With(code)
	}
	return i18n.T("the host declined: %s %s", "主机拒绝：%s %s").With(code, ResponseText(code))
}

// saysApproved reports a code whose words say that the host approved. Where the outcome
// is that a transaction was declined all the same, as by the card, these words do not
// stand on the paper: a shopper would read them as the outcome.
func saysApproved(code string) bool {
	switch code {
	case "00", "08", "10", "11", "16", "85", "Y1", "Y3":
		return true
	}
	return false
}
