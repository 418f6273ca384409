package detect

import (
	"fmt"
	"strings"
)

// saying is what a piece of evidence says.
type saying uint8

const (
	saysLengthFits saying = iota
	saysLengthRare
	saysLengthCut
	saysLengthMore
	saysLengthWrong
	saysTPDU
	saysTPDUOdd
	saysHeader
	saysHeaderStrange
	saysVisaFits
	saysVisaWrong
	saysUsualBehind
	saysUnusualBehind
	saysHeaderMissing
	saysType
	saysTypeOdd
	saysTypeUndefined
	saysVersionOther
	saysBitsNeeded
	saysBitsMissing
	saysBitsForbidden
	saysBitsRare
	saysBitsQuiet
	saysHexBitmap
	saysCoded
	saysCharacter
	saysFault
	saysCut
	saysClosed
	saysTrailing
	saysRepacked
	saysRepackedOther
	saysParts
	saysLuhn
	saysLuhnOff
	saysNumberLength
	saysSecondBitmap
	saysProcessing
	saysProcessingOdd
	saysAmount
	saysAmountHuge
	saysMoment
	saysMomentOff
	saysTimeTwice
	saysCurrency
	saysCurrencyOff
	saysCountry
	saysCountryOff
	saysEntry
	saysEntryOff
	saysTrack
	saysTrackOff
	saysPrintable
	saysUnprintable
	saysBlankInFront
	saysResponse
	saysNetwork
	saysNetworkOff
	saysTags
	saysTagsNone
	saysTagsBroken
	saysUnread
	saysNotTLV
	saysBalances
	saysOriginal
	saysOriginalOff
	saysFunction
	saysResponseOdd
	saysFunctionOff
	saysVariant
)

// In says the evidence in "en" or "zh", without its place and its points.
func (e Evidence) In(lang string) string {
	en, zh := e.said.texts()
	text := en
	if strings.HasPrefix(strings.ToLower(lang), "zh") {
		text = zh
	}
	if !strings.Contains(text, "%[") {
		return text
	}
	return fmt.Sprintf(text, e.a, e.b, e.name)
}

// texts are the two languages; %[1]d and %[2]d are figures, %[3]s a name.
func (s saying) texts() (en, zh string) {
	switch s {
	case saysLengthFits:
		return "the length (%[3]s) counts exactly the bytes that follow", "长度(%[3]s)与其后的字节数完全一致"
	case saysLengthRare:
		return "few links have such a length (%[3]s)", "使用这种长度(%[3]s)的链路较少"
	case saysLengthCut:
		return "the length (%[3]s) speaks of %[1]d bytes and %[2]d are there", "长度(%[3]s)为%[1]d字节，实有%[2]d字节"
	case saysLengthMore:
		return "%[2]d bytes follow those that the length (%[3]s) counts", "长度(%[3]s)所计字节之后还有%[2]d字节"
	case saysLengthWrong:
		return "the length (%[3]s) would be wrong by %[2]d bytes", "长度(%[3]s)相差%[2]d字节"
	case saysTPDU:
		return "a TPDU: an identifier and two addresses in digits", "TPDU:标识与两个数字地址"
	case saysTPDUOdd:
		return "a TPDU whose addresses are no digits", "TPDU的地址不是数字"
	case saysHeader:
		return "a header of the form %[3]s", "报文头符合%[3]s的格式"
	case saysHeaderStrange:
		return "a header of %[1]d bytes that nothing is known of", "%[1]d字节的未知报文头"
	case saysVisaFits:
		return "the length in the header counts exactly header and message", "报文头内的长度与报文头加报文完全一致"
	case saysVisaWrong:
		return "the length in the header speaks of %[1]d bytes and %[2]d are there", "报文头内的长度为%[1]d字节，实有%[2]d字节"
	case saysUsualBehind:
		return "the dialect usually comes behind such a header", "该方言通常使用这种报文头"
	case saysUnusualBehind:
		return "the dialect does not usually come behind such a header", "该方言通常不使用这种报文头"
	case saysHeaderMissing:
		return "the dialect usually comes behind a header of its own", "该方言通常带有专用报文头"
	}
	return s.messageTexts()
}

// messageTexts are those about the message as a whole.
func (s saying) messageTexts() (en, zh string) {
	switch s {
	case saysType:
		return "a message type that networks use", "网络实际使用的报文类型"
	case saysTypeOdd:
		return "a message type that the standard defines and that is rare", "标准定义但少见的报文类型"
	case saysTypeUndefined:
		return "the standard defines no such message type", "标准没有定义该报文类型"
	case saysVersionOther:
		return "the message type is of another edition than the dialect", "报文类型的版本与方言不符"
	case saysVariant:
		return "the dialect is a rarer way of writing the same fields", "该方言是同样域的较少见写法"
	case saysBitsNeeded:
		return "%[1]d fields are there that such a message has", "含有此类报文应有的%[1]d个域"
	case saysBitsMissing:
		return "%[1]d fields are missing that such a message has", "缺少此类报文应有的%[1]d个域"
	case saysBitsForbidden:
		return "%[1]d fields are there that such a message does not have", "含有此类报文不应有的%[1]d个域"
	case saysBitsRare:
		return "%[1]d fields are there that are rarely used", "含有%[1]d个少用的域"
	case saysBitsQuiet:
		return "of the fields that are rarely used nearly none is announced", "位图几乎没有置少用的域"
	case saysHexBitmap:
		return "the bitmap is %[1]d hexadecimal characters", "位图为%[1]d个十六进制字符"
	case saysCoded:
		return "%[1]d fields hold the kinds of characters that they should", "%[1]d个域的字符类型正确"
	case saysCharacter:
		return "character %[1]d is not of the kind that the field holds", "第%[1]d个字符不属于该域的类型"
	case saysFault:
		return "the field cannot be read here", "该域在此处无法读取"
	case saysCut:
		return "the message ends inside the field: %[1]d bytes are wanted, %[2]d are left", "报文在该域中间结束:需要%[1]d字节，剩余%[2]d字节"
	case saysClosed:
		return "the last field ends exactly where the message does", "最后一个域恰好在报文末尾结束"
	case saysTrailing:
		return "%[1]d bytes are left over after the last field", "最后一个域之后多出%[1]d字节"
	case saysRepacked:
		return "packed again it is the same bytes", "重新打包后字节完全相同"
	case saysRepackedOther:
		return "packed again it is other bytes", "重新打包后字节不同"
	case saysParts:
		return "the field divides into its %[1]d parts without a rest", "该域恰好分成%[1]d个子域"
	}
	return s.fieldTexts()
}

// fieldTexts are those about one field.
func (s saying) fieldTexts() (en, zh string) {
	switch s {
	case saysLuhn:
		return "the check digit fits", "校验位正确"
	case saysLuhnOff:
		return "the check digit does not fit", "校验位不符"
	case saysNumberLength:
		return "a card number does not have %[1]d digits", "卡号不会是%[1]d位"
	case saysSecondBitmap:
		return "no card number: what stands there may be a second bitmap", "没有卡号:此处可能是第二位图"
	case saysProcessing:
		return "a processing code that the standard knows", "标准定义的处理码"
	case saysProcessingOdd:
		return "a processing code that the standard does not know", "标准未定义的处理码"
	case saysAmount:
		return "an amount with zeros in front", "金额有前导零"
	case saysAmountHuge:
		return "an amount of all its digits", "金额没有前导零"
	case saysMoment:
		return "a date or time that exists", "日期或时间有效"
	case saysMomentOff:
		return "no date or time that exists", "日期或时间无效"
	case saysTimeTwice:
		return "the date and the time agree with field %[1]d", "日期时间与域%[1]d一致"
	case saysCurrency:
		return "a currency of ISO 4217", "ISO 4217的货币代码"
	case saysCurrencyOff:
		return "no currency of ISO 4217", "不是ISO 4217的货币代码"
	case saysCountry:
		return "a country of ISO 3166", "ISO 3166的国家代码"
	case saysCountryOff:
		return "no country of ISO 3166", "不是ISO 3166的国家代码"
	case saysEntry:
		return "an entry mode that the standard knows", "标准定义的输入方式"
	case saysEntryOff:
		return "no entry mode that the standard knows", "标准未定义的输入方式"
	case saysTrack:
		return "a track: number, separator, month of expiry", "磁道:卡号、分隔符、有效月份"
	case saysTrackOff:
		return "no track: a number, a separator and a month are not there", "不是磁道:没有卡号、分隔符和月份"
	case saysPrintable:
		return "an identifier in printable characters", "可打印字符的标识"
	case saysUnprintable:
		return "character %[1]d cannot be printed", "第%[1]d个字符不可打印"
	case saysBlankInFront:
		return "an identifier with blanks in front of it", "标识前有空格"
	case saysResponse:
		return "a response code of the usual form", "应答码形式正确"
	case saysResponseOdd:
		return "a response code that the standard does not know", "标准未定义的应答码"
	case saysNetwork:
		return "a network management code that the standard knows", "标准定义的网络管理码"
	case saysNetworkOff:
		return "a network management code that the standard does not know", "标准未定义的网络管理码"
	case saysTags:
		return "BER-TLV that closes exactly, %[1]d of its %[2]d tags known to EMV", "BER-TLV恰好闭合，%[2]d个标签中%[1]d个为EMV标签"
	case saysTagsBroken:
		return "BER-TLV that breaks off, %[1]d of its %[2]d tags known to EMV", "BER-TLV中断，%[2]d个标签中%[1]d个为EMV标签"
	case saysUnread:
		return "chip data that the dialect takes for bytes of any kind", "芯片数据在该方言中只是任意字节"
	case saysTagsNone:
		return "BER-TLV without one tag that EMV knows", "BER-TLV中没有EMV标签"
	case saysNotTLV:
		return "text where chip data is expected", "应为芯片数据却是文本"
	case saysBalances:
		return "amounts of twenty characters each", "每组20个字符的金额"
	case saysOriginal:
		return "original data: a message type, a trace number, a time", "原交易数据:类型、跟踪号、时间"
	case saysOriginalOff:
		return "no original data: a message type and a time are not there", "不是原交易数据:没有类型和时间"
	case saysFunction:
		return "a function code of the message's class", "功能码与报文类别一致"
	case saysFunctionOff:
		return "no function code of the 1993 edition", "不是1993版的功能码"
	}
	return "", ""
}
