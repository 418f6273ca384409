package cli

import (
	"context"
	"io"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/qr"
	"github.com/tillworks/till/pkg/qr/symbol"
)

// codeLimit is more than any payment code has digits.
const codeLimit = 128

// byCode completes a payment by a wallet: a code to show, or the shopper's own.
func (o *payOptions) byCode(ctx context.Context, env *Env, p register.Payment) (register.Payment, error) {
	p.Entry = till.Shown
	if o.code != "" {
		p.Entry = till.Scanned
	}
	if o.entry != "" && o.entry != string(p.Entry) || o.track != "" || o.card != "" {
		return p, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("--tender qr reads no card, so it takes no --entry and no --track-file", "--tender qr 不读卡，不接受 --entry 和 --track-file").With(),
			Hint: i18n.T("leave them out; --code hands in the shopper's payment code, and without it a code is shown", "请去掉这些标志；--code 提交顾客付款码，不带则显示二维码").With(),
		}
	}
	if o.code == "" {
		return p, nil
	}
	code, err := o.paymentCode(ctx, env)
	p.PaymentCode = code
	return p, err
}

// paymentCode reads the shopper's payment code. It is as good as cash for a minute, so
// no message repeats it.
func (o *payOptions) paymentCode(ctx context.Context, env *Env) (card.Secret, error) {
	text := o.code
	if text == "-" {
		raw, err := readInput(ctx, env, "-", codeLimit)
		if err != nil {
			return card.Secret{}, err
		}
		text = string(raw)
	}
	code, err := qr.ParsePassive(strings.TrimSpace(text))
	if err != nil {
		return card.Secret{}, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("what --code holds is no payment code of a wallet that is known here", "--code 的内容不是可识别的付款码").With(),
			Hint: i18n.T("scan the code that the wallet shows under \"pay\": 16 to 24 digits; nothing was written", "请扫描钱包“付款”页面的付款码：16 至 24 位数字；未写入任何数据").With(),
		}
	}
	return card.NewSecret(code.Reveal()), nil
}

func codeWithout(t till.Tender) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("--code is a wallet's payment code, but the tender is %s", "--code 为钱包付款码，而付款方式为 %s").With(string(t)),
		Hint: i18n.T("add --tender qr", "请加上 --tender qr").With(),
	}
}

// showCode shows the shopper what to scan: the line for whoever reads standard error by
// program, and before it the symbol where a person looks at it.
func showCode(env *Env, t till.Txn) {
	if t.Wallet == nil || t.Wallet.Code == "" {
		return
	}
	if env.Err.Terminal {
		drawCode(env, t.Wallet.Code)
	}
	env.Note(i18n.T("scan to pay: %s", "请扫码付款：%s").With(t.Wallet.Code))
}

// drawCode draws the symbol. What cannot be drawn is still in the line below it.
func drawCode(env *Env, payload string) {
	s, err := symbol.New(payload, symbol.Medium)
	if err != nil {
		return
	}
	if env.wantsColor() {
		_, _ = io.WriteString(env.Err, s.ANSI())
		return
	}
	_, _ = io.WriteString(env.Err, s.Text(symbol.DarkBackground))
}

// adviseOrder says the next step after a payment by code that did not end paid.
func adviseOrder(env *Env, t till.Txn) {
	switch {
	case t.Kind != till.Sale && t.State.IsOpen():
		env.Note(i18n.T("the wallet is still paying it back: till txn status %s tells when it is done", "钱包正在退款：till txn status %s 可查询是否完成").With(t.ID))
	case t.State == till.Reversed && t.Wallet != nil && t.Wallet.RefundNumber != "":
		env.Note(i18n.T("it was paid after it was given up, and was paid back: nothing is charged", "放弃后仍被付款，已退还：未扣款").With())
	case t.State == till.Reversed, t.Wallet != nil && t.Wallet.State == till.OrderClosed:
		env.Note(i18n.T("the order is closed and cannot be paid any more: it is safe to try again", "订单已关闭，无法再支付：可放心重试").With())
	case t.State.IsOpen():
		env.Note(i18n.T("the wallet has not confirmed; do not charge again yet: till txn status %s", "钱包尚未确认；请勿重复收款：till txn status %s").With(t.ID))
	}
}
