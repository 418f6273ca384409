package faultscript

import (
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/i18n"
)

// Words are what a rule does, in a sentence.
func (r Rule) Words() i18n.Message {
	return i18n.T("%s: %s", "%s：%s").With(r.meets(), r.Fate.Words())
}

// meets says which messages meet the rule's fate.
func (r Rule) meets() i18n.Message {
	parts := r.When.parts()
	if r.Times > 0 {
		parts = append(parts, i18n.T("at most %d times", "最多 %d 次").With(r.Times))
	}
	return joined(parts)
}

// joined puts parts of a sentence one behind the other.
func joined(parts []i18n.Message) i18n.Message {
	all := parts[0]
	for _, part := range parts[1:] {
		all = i18n.T("%s, %s", "%s，%s").With(all, part)
	}
	return all
}

// parts are the conditions, in the order in which they are looked at. There is at least
// one.
func (w When) parts() []i18n.Message {
	parts := w.subjects()
	if len(w.Amounts) > 0 {
		parts = append(parts, i18n.T("of %s", "金额 %s").With(either(w.Amounts, AmountRange.words)))
	}
	if len(w.Cards) > 0 {
		parts = append(parts, i18n.T("card %s", "卡号 %s").With(either(w.Cards, CardMask.words)))
	}
	if len(w.Terminals) > 0 {
		parts = append(parts, i18n.T("terminal %s", "终端 %s").With(either(w.Terminals, plain[string])))
	}
	if len(w.STANs) > 0 {
		parts = append(parts, i18n.T("trace number %s", "流水号 %s").With(either(w.STANs, Span.words)))
	}
	return append(append(parts, w.window()...), w.counts()...)
}

// subjects are the kinds, types and processing codes.
func (w When) subjects() (parts []i18n.Message) {
	if len(w.Kinds) > 0 {
		parts = append(parts, either(w.Kinds, func(k Kind) i18n.Message { return k.Words().With() }))
	}
	if len(w.Messages) > 0 {
		parts = append(parts, i18n.T("message type %s", "报文类型 %s").With(either(w.Messages, plain[MessageType])))
	}
	if len(w.Processing) > 0 {
		parts = append(parts, i18n.T("processing code %s", "处理码 %s").With(either(w.Processing, plain[string])))
	}
	if len(parts) == 0 {
		parts = append(parts, i18n.T("any message", "任何报文").With())
	}
	return parts
}

func (w When) window() []i18n.Message {
	switch {
	case w.From > 0 && w.Until > 0:
		return []i18n.Message{i18n.T("from %s to %s after the start", "启动后 %s 至 %s").With(w.From, w.Until)}
	case w.From > 0:
		return []i18n.Message{i18n.T("from %s after the start on", "启动 %s 之后").With(w.From)}
	case w.Until > 0:
		return []i18n.Message{i18n.T("until %s after the start", "启动后 %s 之内").With(w.Until)}
	}
	return nil
}

func (w When) counts() (parts []i18n.Message) {
	if !w.Nth.isZero() {
		parts = append(parts, i18n.T("number %s of them", "其中第 %s 笔").With(w.Nth.words()))
	}
	if w.Every > 1 {
		parts = append(parts, i18n.T("one in every %d", "每 %d 笔一次").With(w.Every))
	}
	if w.Chance > 0 {
		parts = append(parts, i18n.T("with a probability of %s", "概率 %s").With(w.Chance.String()))
	}
	return parts
}

// either names one or more that will do.
func either[T any](list []T, words func(T) i18n.Message) i18n.Message {
	all := words(list[0])
	for _, v := range list[1:] {
		all = i18n.T("%s or %s", "%s 或 %s").With(all, words(v))
	}
	return all
}

func plain[T ~string](v T) i18n.Message { return i18n.Same(string(v)).With() }

func (r AmountRange) words() i18n.Message {
	switch {
	case r.Ending != "":
		return i18n.T("an amount that ends in %s", "末尾为 %s").With(r.Ending)
	case r.Low == nil:
		return i18n.T("at most %s", "不超过 %s").With(r.High)
	case r.High == nil:
		return i18n.T("at least %s", "不低于 %s").With(r.Low)
	case r.Low.compareTo(*r.High) == 0:
		return i18n.Same(r.Low.String()).With()
	}
	return i18n.T("%s to %s", "%s 至 %s").With(r.Low, r.High)
}

func (m CardMask) words() i18n.Message { return i18n.Same(m.First + "*" + m.Last).With() }

func (s Span) words() i18n.Message {
	switch s.Last {
	case 0:
		return i18n.T("%d and all after it", "%d 及以后").With(s.First)
	case s.First:
		return i18n.Same(strconv.Itoa(s.First)).With()
	}
	return i18n.T("%d to %d", "%d 至 %d").With(s.First, s.Last)
}

// String is the probability in percent, as it may stand in a script.
func (c Chance) String() string {
	text := Decimal{units: int64(c), digits: 4}.String()
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + "%"
}

// Words are what becomes of a message and its answer.
func (f Fate) Words() i18n.Message {
	parts := append(f.host(), f.answer()...)
	if f.Down > 0 {
		parts = append(parts, i18n.T("the host is down for %s", "主机停机 %s").With(f.Down))
	}
	if len(parts) == 0 {
		return i18n.T("answered as ever", "正常应答").With()
	}
	return joined(parts)
}

// host says what the host does with the request.
func (f Fate) host() (parts []i18n.Message) {
	switch {
	case f.Drop:
		parts = append(parts, i18n.T("the request never reaches the host", "请求未到达主机").With())
	case f.Code != "" && f.Posted:
		parts = append(parts, i18n.T("processed and posted, but answered with %s", "已处理并记账，但应答码为 %s").With(f.Code))
	case f.Code != "":
		parts = append(parts, i18n.T("answered with %s, and nothing is processed", "应答码为 %s，不作任何处理").With(f.Code))
	}
	if f.Rekey {
		parts = append(parts, i18n.T("the host has changed the terminal's working keys", "主机已更换终端工作密钥").With())
	}
	if f.Differ != (Difference{}) {
		parts = append(parts, i18n.T("the host counts %d debits more, and %s more in all", "主机多计 %d 笔借记，金额多 %s").With(f.Differ.Count, f.Differ.Amount))
	}
	if f.Batch > 0 {
		parts = append(parts, i18n.T("the answer names batch %06d", "应答中的批次号为 %06d").With(f.Batch))
	}
	if f.Wrong > 0 {
		parts = append(parts, i18n.T("the answer has a wrong %s", "应答中的%s有误").With(f.Wrong.words()))
	}
	return parts
}

func (w Wrong) words() i18n.Message {
	var list []i18n.Text
	for _, each := range []struct {
		bit  Wrong
		text i18n.Text
	}{
		{WrongSTAN, i18n.T("trace number", "流水号")}, {WrongTerminal, i18n.T("terminal", "终端号")},
		{WrongAmount, i18n.T("amount", "金额")}, {WrongMAC, i18n.T("MAC", " MAC ")},
	} {
		if w.Has(each.bit) {
			list = append(list, each.text)
		}
	}
	all := list[0].With()
	for _, text := range list[1:] {
		all = i18n.T("%s and a wrong %s", "%s和%s").With(all, text)
	}
	return all
}

// answer says what becomes of the answer.
func (f Fate) answer() (parts []i18n.Message) {
	switch f.Unsolicited {
	case StrayAnswer:
		parts = append(parts, i18n.T("an approval that nobody asked for comes first", "先收到一条无人请求的批准").With())
	case HostEcho:
		parts = append(parts, i18n.T("the host begins an echo test first", "主机先发起回响测试").With())
	case NoMessage:
	}
	if f.Delay > 0 {
		parts = append(parts, i18n.T("the answer waits for %s", "应答延迟 %s").With(f.Delay))
	}
	if f.Hold > 0 {
		parts = append(parts, i18n.T("the answer waits until another has gone, %s at most", "应答等另一应答先发出，最多 %s").With(f.Hold))
	}
	if f.Lose {
		parts = append(parts, i18n.T("the request is processed, its answer is lost", "请求已处理，应答丢失").With())
	}
	if f.Copies > 1 {
		parts = append(parts, i18n.T("the answer comes %d times", "应答发送 %d 次").With(f.Copies))
	}
	return append(parts, f.bytes()...)
}

// bytes says what becomes of the answer on the wire.
func (f Fate) bytes() (parts []i18n.Message) {
	switch {
	case f.Garble.Bytes > 0 && f.Garble.Any:
		parts = append(parts, i18n.T("%d bytes of the answer are flipped, anywhere", "应答中任意位置 %d 个字节被翻转").With(f.Garble.Bytes))
	case f.Garble.Bytes > 0:
		parts = append(parts, i18n.T("%d bytes of the answer are flipped, from byte %d on", "应答从第 %[2]d 字节起 %[1]d 个字节被翻转").With(f.Garble.Bytes, f.Garble.At))
	}
	switch {
	case f.Truncate.On && f.Truncate.Whole:
		parts = append(parts, i18n.T("the answer ends after %d bytes, though its length announces more", "应答在 %d 字节后中断，但长度声明更长").With(f.Truncate.Keep))
	case f.Truncate.On:
		parts = append(parts, i18n.T("the answer is cut to %d bytes", "应答截断为 %d 字节").With(f.Truncate.Keep))
	}
	switch {
	case f.Close.On && f.Close.After > 0:
		parts = append(parts, i18n.T("the connection is closed after %d bytes of the answer", "应答发出 %d 字节后连接关闭").With(f.Close.After))
	case f.Close.On:
		parts = append(parts, i18n.T("the connection is closed instead of an answer", "未应答即关闭连接").With())
	}
	return parts
}

// Words are the kind as people say it.
func (k Kind) Words() i18n.Text {
	switch k {
	case Sale:
		return i18n.T("sale", "消费")
	case Void:
		return i18n.T("void", "撤销")
	case Refund:
		return i18n.T("refund", "退货")
	case CashAdvance:
		return i18n.T("cash advance", "预借现金")
	case PreAuth:
		return i18n.T("pre-authorization", "预授权")
	case Increment:
		return i18n.T("incremental authorization", "追加预授权")
	case Completion:
		return i18n.T("completion", "预授权完成")
	case Tip:
		return i18n.T("tip", "小费")
	case Advice:
		return i18n.T("advice", "通知")
	case Reversal:
		return i18n.T("reversal", "冲正")
	case Balance, Reconcile, Upload, Trailer, Confirm, SignOn, SignOff, Echo, Download, Other:
	}
	return k.otherWords()
}

// otherWords are those of what moves no money.
func (k Kind) otherWords() i18n.Text {
	switch k {
	case Balance:
		return i18n.T("balance inquiry", "余额查询")
	case Reconcile:
		return i18n.T("batch totals", "批结算")
	case Upload:
		return i18n.T("record of a batch upload", "批上送")
	case Trailer:
		return i18n.T("end of a batch upload", "批上送结束")
	case Confirm:
		return i18n.T("confirmation", "结果通知")
	case SignOn:
		return i18n.T("sign-on", "签到")
	case SignOff:
		return i18n.T("sign-off", "签退")
	case Echo:
		return i18n.T("echo test", "回响测试")
	case Download:
		return i18n.T("parameter download", "参数下载")
	default:
		return i18n.T("message", "报文")
	}
}
