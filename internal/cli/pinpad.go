package cli

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
)

// bindCardPIN gives a command the flag that the cardholder's PIN may come from.
func bindCardPIN(env *Env, c *cobra.Command, file *string) {
	c.Flags().StringVar(file, "pin-file", "", env.Say(i18n.T(
		"read the card's PIN from `FILE`, - is standard input: a line each time it is asked for, an empty one gives none; default: ask without echo",
		"从 `FILE` 读取卡片 PIN，- 表示标准输入：每询问一次读一行，空行表示不输入；默认在终端询问且不回显")))
	_ = c.MarkFlagFilename("pin-file")
}

// cardPINs is more than any file with a card's PINs holds: a dozen lines of twelve digits.
const cardPINs = 256

// pinPad is where a cardholder enters a PIN for the card to check: a file, else the
// terminal. It is nil where neither is there. A keyboard is no PIN pad: it protects
// nothing of what is typed, and so takes the PINs of test cards alone.
func (e *Env) pinPad(ctx context.Context, file string) (register.PINPad, error) {
	cfg, err := e.Config()
	if err != nil {
		return nil, err
	}
	switch {
	case file != "" && cfg.Profile != config.Lab:
		return nil, &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("the PIN of a real card is entered at a PIN pad, never through a computer; nothing was sent", "真实卡的 PIN 只能在密码键盘上输入，绝不经过计算机；未发送任何数据").With(),
			Hint: i18n.T("leave --pin-file out; the lab profile takes the PINs of test cards", "请去掉 --pin-file；lab 模式可使用测试卡的 PIN").With(),
		}
	case file != "":
		return e.pinsOfFile(ctx, file)
	case cfg.Profile == config.Lab && e.CanAsk() && e.In.Secret != nil:
		return e.keyboard(isVirtual(cfg.Reader.Name)), nil
	}
	return nil, nil
}

// pinsOfFile is a cardholder who enters the lines of a file, one each time, and gives up
// behind the last: a PIN that was wrong is not tried again.
func (e *Env) pinsOfFile(ctx context.Context, file string) (register.PINPad, error) {
	raw, err := readInput(ctx, e, file, cardPINs)
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	var lines []card.Secret
	for line := range bytes.Lines(raw) {
		lines = append(lines, card.NewSecret(string(bytes.TrimRight(line, "\r\n"))))
	}
	return func(context.Context, register.PINRequest) (card.Secret, emv.PINEntry) {
		if len(lines) == 0 {
			return card.Secret{}, emv.PINCancelled
		}
		pin := lines[0]
		lines = lines[1:]
		return pin, enteredOrNot(pin)
	}, nil
}

func enteredOrNot(pin card.Secret) emv.PINEntry {
	if pin.IsZero() {
		return emv.PINBypassed
	}
	return emv.PINEntered
}

// keyboard is the terminal as a PIN pad. Who pays with a card of software is told its PIN,
// which is published.
func (e *Env) keyboard(software bool) register.PINPad {
	return func(ctx context.Context, q register.PINRequest) (card.Secret, emv.PINEntry) {
		if software && !q.Again {
			e.Note(i18n.T("the PIN of the virtual cards is 1234", "虚拟卡的 PIN 为 1234").With())
		}
		return e.askCardPIN(ctx, q)
	}
}

// askCardPIN asks at the terminal until what is typed can be a PIN. Enter alone gives none.
func (e *Env) askCardPIN(ctx context.Context, q register.PINRequest) (card.Secret, emv.PINEntry) {
	if q.Again {
		e.Note(i18n.T("the PIN was wrong", "PIN 错误").With())
	}
	for {
		pin, err := e.askSecret(ctx, pinPrompt(q))
		switch {
		case ctx.Err() != nil:
			return card.Secret{}, emv.PINCancelled
		case err != nil:
			return card.Secret{}, emv.PINUnavailable
		case pin.IsZero() || emv.CheckPIN(pin) == nil:
			return pin, enteredOrNot(pin)
		}
		e.Note(i18n.T("a PIN is 4 to 12 digits", "PIN 为 4 至 12 位数字").With())
	}
}

func pinPrompt(q register.PINRequest) i18n.Message {
	switch {
	case q.Issuer:
		return i18n.T("PIN for %s, which the bank checks (Enter alone: none): ", "%s 的密码，由银行校验（直接回车：不输入）：").With(q.Amount)
	case q.TriesLeft == 1:
		return i18n.T("card PIN for %s, the last try (Enter alone: none): ", "%s 的卡片 PIN，最后一次机会（直接回车：不输入）：").With(q.Amount)
	case q.TriesLeft > 1:
		return i18n.T("card PIN for %s, %d tries (Enter alone: none): ", "%s 的卡片 PIN，可试 %d 次（直接回车：不输入）：").With(q.Amount, q.TriesLeft)
	}
	return i18n.T("card PIN for %s (Enter alone: none): ", "%s 的卡片 PIN（直接回车：不输入）：").With(q.Amount)
}
