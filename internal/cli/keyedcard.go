package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// longestCardFile is more bytes than a file with a keyed card has: three short lines.
const longestCardFile = 128

// keyedCard takes a card that is not read: from a file, else from the keyboard without
// echo; nil where neither is there. Nothing of it comes from the command line, and the
// CVV2 is in memory alone.
func (e *Env) keyedCard(file string) func(context.Context) (till.CardData, error) {
	switch {
	case file != "":
		return func(ctx context.Context) (till.CardData, error) { return e.cardOfFile(ctx, file) }
	case e.CanAsk() && e.In.Secret != nil:
		return e.askCard
	}
	return nil
}

func (e *Env) cardOfFile(ctx context.Context, file string) (till.CardData, error) {
	raw, err := readInput(ctx, e, file, longestCardFile)
	if err != nil {
		return till.CardData{}, err
	}
	defer clear(raw)
	if e.isOpenToOthers(file) {
		e.Note(i18n.T("%s can be read by other users of this machine: chmod 600 %s", "本机其他用户可读取 %s：请执行 chmod 600 %s").With(file, file))
	}
	lines := bytes.Split(bytes.TrimSpace(raw), []byte("\n"))
	if len(lines) < 2 || len(lines) > 3 {
		return till.CardData{}, badCard(i18n.T("%s has %d lines, want the number, the expiry and, where there is one, the CVV2", "%s 有 %d 行，应为卡号、有效期和 CVV2（如有）").With(file, len(lines)))
	}
	var cvv2 []byte
	if len(lines) == 3 {
		cvv2 = lines[2]
	}
	return keyed(lines[0], lines[1], cvv2)
}

// askCard asks for a card at the terminal.
func (e *Env) askCard(ctx context.Context) (till.CardData, error) {
	number, err := e.askHidden(ctx, i18n.T("card number: ", "卡号：").With())
	if err != nil {
		return till.CardData{}, err
	}
	defer clear(number)
	expiry, err := e.ask(ctx, i18n.T("expiry, MM/YY: ", "有效期（MM/YY）：").With())
	if err != nil {
		return till.CardData{}, err
	}
	cvv2, err := e.askHidden(ctx, i18n.T("CVV2 (Enter alone: none): ", "CVV2（直接回车：无）：").With())
	if err != nil {
		return till.CardData{}, err
	}
	defer clear(cvv2)
	return keyed(number, []byte(expiry), cvv2)
}

// askHidden asks on standard error and reads what is typed without showing it. The bytes
// are the caller's to clear.
func (e *Env) askHidden(ctx context.Context, ask i18n.Message) ([]byte, error) {
	_, _ = io.WriteString(e.Err, cells.Plain(ask.In(e.lang)))
	raw, err := e.In.Secret(ctx)
	_, _ = io.WriteString(e.Err, "\n")
	if err != nil {
		clear(raw)
		return nil, fmt.Errorf("reading a card: %w", err)
	}
	return raw, nil
}

// keyed makes a card of what was keyed. No message repeats any of it.
func keyed(number, expiry, cvv2 []byte) (till.CardData, error) {
	pan, err := card.ParsePAN(strings.ReplaceAll(string(bytes.TrimSpace(number)), " ", ""))
	if err != nil || !pan.LuhnValid() {
		return till.CardData{}, badCard(i18n.T("what was keyed is no card number", "输入的不是卡号").With())
	}
	month, year, ok := strings.Cut(string(bytes.TrimSpace(expiry)), "/")
	exp, err := card.ParseExpiry(year + month)
	if !ok || err != nil {
		return till.CardData{}, badCard(i18n.T("what was keyed is no expiry: want MM/YY as the card has it", "输入的不是有效期：应为卡面的 MM/YY").With())
	}
	c := till.CardData{PAN: pan, Expiry: exp}
	code := string(bytes.TrimSpace(cvv2))
	if code != "" && !isDigits(code, 3, 4) {
		return till.CardData{}, badCard(i18n.T("what was keyed is no CVV2: want three digits, or four", "输入的不是 CVV2：应为三位或四位数字").With())
	}
	if code != "" {
		c.CVV2 = card.NewSecret(code)
	}
	return c, nil
}

func badCard(what i18n.Message) error {
	return &till.Problem{
		Code: till.CodeUsage, What: what,
		Hint: i18n.T("nothing was sent; key it again, or give --card-file FILE with a line each for number, MM/YY and CVV2", "未发送任何数据；请重新输入，或用 --card-file FILE 依次按行给出卡号、MM/YY 和 CVV2").With(),
	}
}
