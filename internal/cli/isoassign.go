package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// splitWords reads [MTI] FIELD=VALUE..., values of files apart from those that were typed.
func splitWords(ctx context.Context, env *Env, words []string) (mti iso8583.MTI, typed, read []iso8583.Assignment, err error) {
	for i, word := range words {
		path, value, ok := strings.Cut(word, "=")
		if !ok && i == 0 {
			if mti, err = iso8583.ParseMTI(word); err != nil {
				return "", nil, nil, badType()
			}
			continue
		}
		if !ok || !isPath(path) {
			return "", nil, nil, notAssignment(i + 1)
		}
		a := iso8583.Assignment{Path: path, Value: value}
		file, named := strings.CutPrefix(value, "@")
		switch {
		case named && strings.HasPrefix(file, "@"):
			a.Value = file
			typed = append(typed, a)
		case named:
			text, err := readInput(ctx, env, file, maxDump)
			if err != nil {
				return "", nil, nil, err
			}
			a.Value = strings.TrimRight(string(text), "\r\n")
			read = append(read, a)
		default:
			typed = append(typed, a)
		}
	}
	return mti, typed, read, nil
}

// isPath reports what can name an element: nothing that may be a card number passes.
func isPath(text string) bool {
	first, rest, _ := strings.Cut(text, ".")
	if len(first) == 0 || len(first) > 3 || strings.Trim(first, "0123456789") != "" || len(rest) > 40 {
		return false
	}
	for step := range strings.SplitSeq(rest, ".") {
		name, _, _ := strings.Cut(step, "#")
		if len(name) > 8 || strings.Trim(step, "0123456789abcdefABCDEF#") != "" {
			return false
		}
	}
	return true
}

// The problems of words tell their place and never repeat them: they may be a card's.

func badType() error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("argument 1 is no message type: want four digits", "第 1 个参数不是报文类型：应为四位数字").With(),
		Hint: i18n.T("such as 0200, and then FIELD=VALUE", "例如 0200，随后为 FIELD=VALUE").With(),
	}
}

func notAssignment(place int) error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("argument %d is not FIELD=VALUE", "第 %d 个参数不是 FIELD=VALUE").With(place),
		Hint: i18n.T("such as 4=12.50, 127.2=… or 55.9F26=…; quote values with blanks in them", "例如 4=12.50、127.2=… 或 55.9F26=…；含空格的值请加引号").With(),
	}
}

// refuseTyped refuses card data on the command line, where the shell's history has it,
// unless it is published for tests.
func refuseTyped(m *iso8583.Message, typed []iso8583.Assignment, fallback money.Currency) error {
	alone := m.Spec().NewMessage(m.MTI())
	for _, a := range typed {
		_ = alone.Assign([]iso8583.Assignment{a}, fallback) // the whole message took it; what needs the rest of it is no card's
	}
	raw, err := alone.Pack()
	if err != nil {
		return nil //nolint:nilerr // a message that cannot be packed is refused elsewhere, with its reason
	}
	d := cardDataOf(m.Spec(), raw)
	if d.IsTest() {
		return nil
	}
	path := d.Strange
	what := i18n.T("field %s: a card number that is not published for tests; a secret is never taken from a flag", "域 %s：不是公开的测试卡号；命令行不接受机密数据")
	if path == "" {
		path, what = d.Secret, i18n.T("field %s: a secret that belongs to no published test card; it is never taken from a flag", "域 %s：机密数据不属于任何公开的测试卡；命令行不接受")
	}
	return &till.Problem{
		Code: till.CodeUsage, What: what.With(path),
		Hint: i18n.T("put it into a file and write %s=@FILE, or --from FILE, and clear the line from your shell's history", "请存入文件并写成 %s=@FILE，或使用 --from FILE，并从 shell 历史中清除该行").With(path),
	}
}

// currencyOfFlag is the currency of --currency; none is none.
func currencyOfFlag(code string) (money.Currency, error) {
	if code == "" {
		return money.Currency{}, nil
	}
	c, err := money.CurrencyByCode(code)
	if err != nil {
		c, err = money.CurrencyByNumber(code)
	}
	if err != nil {
		return c, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("--currency %q is no currency", "--currency %q 不是币种").With(code), Cause: err,
			Hint: i18n.T("give a code of ISO 4217, such as CNY or 156", "请给出 ISO 4217 代码，例如 CNY 或 156").With(),
		}
	}
	return c, nil
}

// fieldProblem says which field cannot be, what it takes and what to do.
func fieldProblem(env *Env, spec *iso8583.Spec, err error) error {
	var e *iso8583.Error
	if !errors.As(err, &e) {
		return err
	}
	name, text := spec.FieldName(e.Path, string(env.lang)), e.In(string(env.lang))
	what := i18n.T("field %s (%s): %s", "域 %s（%s）：%s").With(e.Path, name, text)
	switch {
	case strings.HasPrefix(e.Path, "r"): // "rest", "raw 35"
		what = i18n.T("%q of the JSON: %s", "JSON 的 %q：%s").With(e.Path, text)
	case name == "":
		what = i18n.T("field %s: %s", "域 %s：%s").With(e.Path, text)
	}
	hint := i18n.T("till iso specs show %s lists the fields and what they take", "till iso specs show %s 可查看各域及其格式").With(spec.Name())
	switch {
	case errors.Is(err, iso8583.ErrNoCurrency):
		hint = i18n.T("add 49=156 or another currency number, or --currency CNY; or give minor units without a point", "请加上 49=156 等币种数字代码，或 --currency CNY；也可不带小数点以最小单位给出").With()
	case errors.Is(err, iso8583.ErrAmount):
		hint = i18n.T("an amount is never rounded: give no more decimals than the currency has, or minor units without a point", "金额绝不舍入：小数位不得多于币种的小数位，或不带小数点以最小单位给出").With()
	case errors.Is(err, iso8583.ErrMasked):
		hint = i18n.T("till iso convert --unmask=yes writes a document that converts back", "till iso convert --unmask=yes 可输出能够还原的 JSON").With()
	default:
		if takes := notationAt(spec, e.Path); takes != "" {
			hint = i18n.T("it takes %s; till iso specs show %s lists all fields", "格式为 %s；till iso specs show %s 可查看所有域").With(takes, spec.Name())
		}
	}
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint}
}

// documentProblem says what is wrong with the JSON of a message.
func documentProblem(file string, err error) error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("%s is no message as JSON: %s", "%s 不是 JSON 形式的报文：%s").With(file, strings.TrimPrefix(err.Error(), iso8583.ErrDocument.Error()+": ")),
		Hint: i18n.T(`it looks like {"mti":"0800","fields":{"11":"000001","70":"301"}}; till iso convert writes it`, `形式如 {"mti":"0800","fields":{"11":"000001","70":"301"}}；可由 till iso convert 生成`).With(),
	}
}
