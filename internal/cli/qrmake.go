package cli

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/qr"
	"github.com/tillworks/till/pkg/qr/symbol"
)

type qrMakeOptions struct {
	out      out.Output
	text     string // "" builds a merchant code of the flags
	merchant string
	city     string
	country  string
	mcc      string
	accounts []string // PATH=VALUE
	sets     []string // PATH=VALUE
	amount   string
	currency string // "" is the shop's
	dynamic  bool
	tip      bool
	fee      string
	lenient  bool
	level    string
	scale    int
	png, svg string
	light    bool
	built    bool // one of the flags that build a code was given
}

// qrMade is the code that was made.
type qrMade struct {
	Payload string   `json:"payload"` // masked where it holds a card number or is a shopper's code
	Scheme  string   `json:"scheme"`
	Version int      `json:"version"` // of the symbol, 1 to 40
	Level   string   `json:"level"`
	Modules int      `json:"modules"` // of a side, without the quiet zone
	Files   []string `json:"files"`
}

func newQRMake(env *Env, runF func(context.Context, *qrMakeOptions) error) *cobra.Command {
	o := &qrMakeOptions{}
	run := either(env, runF, qrMakeRun)
	var c *cobra.Command
	c = newLeaf(env, leaf{
		use:   "make [TEXT]",
		short: i18n.T("Make a payment code", "生成支付二维码"),
		long: i18n.T(
			"Make a payment code and show it, or write it as an image. TEXT is drawn as it is, a\nlink of a wallet for example; with --amount or --set it must be a merchant code, which\nis changed in these places alone and sealed anew. Without TEXT a merchant code by EMVCo\nis built of the flags, and what a wallet would refuse is refused. Every symbol is read\nback before it is shown.\n\nOn a terminal with colours the symbol sets black and white itself. Without colours it\nis drawn in the text's own colour for a dark background; --light is for a light one.",
			"生成支付二维码并显示，或写入图片文件。TEXT 按原样生成（例如钱包的链接）；与 --amount\n或 --set 同用时必须是商户码，仅修改相应位置并重新计算校验值。不给 TEXT 时由各标志\n生成 EMVCo 商户码，钱包会拒收的内容不予生成。每个二维码显示之前都会先回读验证。\n\n终端支持颜色时，二维码自行设定黑白两色；不支持颜色时以文字颜色绘制，适用于深色背景，\n浅色背景请加 --light。"),
		examples: []example{
			{i18n.T("a sticker for the counter", "柜台贴纸"), "till qr make --merchant Shop --city Wuhan --country CN --account 29.00=shop"},
			{i18n.T("one sale of 12.50 by that sticker", "由该贴纸生成一笔 12.50 的交易"), `till qr make "$(cat sticker.txt)" --amount 12.50`},
			{i18n.T("a link of a wallet", "钱包链接"), "till qr make 'weixin://wxpay/bizpayurl?pr=h7Ks2zQ' --png pay.png"},
		},
		result: qrMade{},
		run: func(ctx context.Context, args []string) error {
			if len(args) > 0 {
				o.text = args[0]
			}
			o.built = anyChanged(c.Flags(), "merchant", "city", "country", "mcc", "account", "currency", "dynamic", "tip", "fee", "lenient")
			return run(ctx, o)
		},
	}, &o.out)
	bindQRPayload(env, c, o)
	bindQRSymbol(env, c, o)
	return c
}

func bindQRPayload(env *Env, c *cobra.Command, o *qrMakeOptions) {
	f := c.Flags()
	f.StringVar(&o.merchant, "merchant", "", env.Say(i18n.T("name the merchant `NAME`, at most 25 characters of ASCII", "商户名称 `NAME`，最多 25 个 ASCII 字符")))
	f.StringVar(&o.city, "city", "", env.Say(i18n.T("name the merchant's city `NAME`, at most 15 characters of ASCII", "商户城市 `NAME`，最多 15 个 ASCII 字符")))
	f.StringVar(&o.country, "country", "", env.Say(i18n.T("the merchant's country `CC`, two letters", "商户所在国家或地区 `CC`，两个字母")))
	f.StringVar(&o.mcc, "mcc", "0000", env.Say(i18n.T("merchant category code `MCC`, four digits", "商户类别码 `MCC`，四位数字")))
	f.StringArrayVar(&o.accounts, "account", nil, env.Say(i18n.T(
		"where the money goes, `PATH=VALUE`: 29.00=com.example; again for each part", "收款账户 `PATH=VALUE`，例如 29.00=com.example；每部分各写一次")))
	f.StringArrayVar(&o.sets, "set", nil, env.Say(i18n.T(
		"any other object, `PATH=VALUE`: 62.05=ORDER7; PATH=@FILE reads the value from a file", "其他任意对象 `PATH=VALUE`，例如 62.05=ORDER7；PATH=@FILE 从文件读取值")))
	f.StringVar(&o.amount, "amount", "", env.Say(i18n.T("ask for an `AMOUNT`, such as 12.50; without it the shopper enters one", "收款金额 `AMOUNT`，例如 12.50；不给则由顾客输入")))
	f.StringVar(&o.currency, "currency", "", env.Say(i18n.T("currency `CODE`; default: the shop's", "币种 `CODE`；默认为店铺币种")))
	f.BoolVar(&o.dynamic, "dynamic", false, env.Say(i18n.T("for one payment only; an amount says so too", "仅限一次付款；给出金额时亦然")))
	f.BoolVar(&o.tip, "tip", false, env.Say(i18n.T("have the wallet ask for a tip", "由钱包询问小费")))
	f.StringVar(&o.fee, "fee", "", env.Say(i18n.T("add a `FEE`: an amount such as 1.00, or a percentage such as 0.7%", "加收手续费 `FEE`：金额（如 1.00）或百分比（如 0.7%）")))
	f.BoolVar(&o.lenient, "lenient", false, env.Say(i18n.T("build what strays from EMVCo's standard as national schemes do", "允许生成像某些国家方案那样偏离 EMVCo 标准的内容")))
}

func bindQRSymbol(env *Env, c *cobra.Command, o *qrMakeOptions) {
	f := c.Flags()
	f.StringVar(&o.level, "level", symbol.Medium.String(), env.Say(i18n.T("error correction `LEVEL`: L, M, Q or H, from 7 to 30 %", "纠错级别 `LEVEL`：L、M、Q 或 H（7% 至 30%）")))
	f.IntVar(&o.scale, "scale", 8, env.Say(i18n.T("draw a module of the PNG `PIXELS` wide", "PNG 中每个模块的像素数 `PIXELS`")))
	f.StringVar(&o.png, "png", "", env.Say(i18n.T("write a PNG to `FILE` and show no symbol", "写入 PNG 文件 `FILE`，不再显示二维码")))
	f.StringVar(&o.svg, "svg", "", env.Say(i18n.T("write an SVG to `FILE` and show no symbol", "写入 SVG 文件 `FILE`，不再显示二维码")))
	f.BoolVar(&o.light, "light", false, env.Say(i18n.T("without colours, draw for a light background", "无颜色时按浅色背景绘制")))
	_ = c.RegisterFlagCompletionFunc("level", cobra.FixedCompletions([]string{"L", "M", "Q", "H"}, cobra.ShellCompDirectiveNoFileComp))
}

func anyChanged(f *pflag.FlagSet, names ...string) bool {
	for _, n := range names {
		if f.Changed(n) {
			return true
		}
	}
	return false
}

func qrMakeRun(_ context.Context, env *Env, o *qrMakeOptions) error {
	level, err := symbol.ParseLevel(o.level)
	if err != nil {
		return wrongWord("--level", o.level, "L, M, Q, H")
	}
	text, err := o.payload(env)
	if err != nil {
		return err
	}
	s, err := symbol.New(text, level)
	if err != nil {
		return symbolProblem(err)
	}
	files, err := o.write(s)
	if err != nil {
		return err
	}
	x := qr.Explain(text, string(env.lang))
	made := qrMade{Payload: shownPayload(text, x), Scheme: x.Scheme, Version: s.Version(), Level: level.String(), Modules: s.Size(), Files: files}
	if err := env.Write(&o.out, out.Result{Value: made, Text: func(screen out.Screen) string { return o.show(screen, s, made) }}); err != nil {
		return err
	}
	o.advise(env, s, x)
	return nil
}

// shownPayload is the text without what may not be shown.
func shownPayload(text string, x qr.Explanation) string {
	if len(x.Fields) == 1 && (x.Scheme == qr.SchemePassive || x.Scheme == qr.SchemeLink || x.Scheme == qr.SchemeNone) {
		return x.Fields[0].Value
	}
	c, _ := qr.Parse(text)
	return c.Text()
}

// payload is the text to draw.
func (o *qrMakeOptions) payload(env *Env) (string, error) {
	switch {
	case o.text != "" && o.built:
		return "", &till.Problem{
			Code: till.CodeUsage, What: i18n.T("TEXT is a whole code, and the flags build another", "TEXT 已是完整内容，而标志又要生成另一个").With(),
			Hint: i18n.T("leave TEXT out, or change it with --amount and --set alone", "请去掉 TEXT，或只用 --amount 与 --set 修改它").With(),
		}
	case o.text == "":
		c, err := o.build(env)
		return c.Reveal(), err
	case o.amount == "" && len(o.sets) == 0:
		return o.text, nil
	}
	c, err := qr.Parse(o.text)
	if err != nil {
		return "", payloadProblem(env, err)
	}
	if o.amount != "" {
		if c, err = o.withAmount(env, c); err != nil {
			return "", err
		}
	}
	c, err = o.withSets(env, c)
	return c.Reveal(), err
}

func (o *qrMakeOptions) withAmount(env *Env, c qr.Code) (qr.Code, error) {
	if c.Currency().IsZero() {
		return c, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("the code names no currency, so it cannot ask for an amount", "该二维码没有币种，无法指定金额").With(),
			Hint: i18n.T("set one with --set 53=156, the number of ISO 4217", "请用 --set 53=156 指定 ISO 4217 币种数字代码").With(),
		}
	}
	amount, err := parseAmount(o.amount, c.Currency())
	if err != nil {
		return c, err
	}
	asking, err := c.WithAmount(amount)
	if err != nil {
		return c, payloadProblem(env, err)
	}
	return asking, nil
}

func (o *qrMakeOptions) withSets(env *Env, c qr.Code) (qr.Code, error) {
	for _, set := range o.sets {
		path, value, err := pathAndValue("--set", set)
		if err != nil {
			return c, err
		}
		changed, err := c.With(path, value)
		if err != nil {
			return c, payloadProblem(env, err)
		}
		c = changed
	}
	return c, nil
}

// build makes a merchant code of the flags.
func (o *qrMakeOptions) build(env *Env) (qr.Code, error) {
	currency, err := o.money(env)
	if err != nil {
		return qr.Code{}, err
	}
	b := new(qr.Builder).MCC(o.mcc).Currency(currency).Initiation(qr.Static)
	if o.lenient {
		b.Tolerate(qr.Scheme)
	}
	if o.dynamic || o.amount != "" {
		b.Initiation(qr.Dynamic)
	}
	if err := o.addSums(b, currency); err != nil {
		return qr.Code{}, err
	}
	if err := o.addMerchant(b); err != nil {
		return qr.Code{}, err
	}
	c, err := b.Build()
	if err != nil {
		return qr.Code{}, payloadProblem(env, err)
	}
	return o.withSets(env, c)
}

// money is the currency of the code.
func (o *qrMakeOptions) money(env *Env) (money.Currency, error) {
	if o.currency == "" {
		cfg, err := env.Config()
		return cfg.Shop.Currency, err
	}
	currency, err := money.CurrencyByCode(o.currency)
	if err != nil {
		return currency, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%q is no currency", "%q 不是币种").With(o.currency), Cause: err,
			Hint: i18n.T("give a code of ISO 4217, such as CNY", "请给出 ISO 4217 代码，例如 CNY").With(),
		}
	}
	return currency, nil
}

// addSums gives the builder amount, tip and fee.
func (o *qrMakeOptions) addSums(b *qr.Builder, currency money.Currency) error {
	if o.amount != "" {
		amount, err := parseAmount(o.amount, currency)
		if err != nil {
			return err
		}
		b.Amount(amount)
	}
	percent, isPercent := strings.CutSuffix(o.fee, "%")
	switch {
	case o.tip && o.fee != "":
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("a code asks for a tip or adds a fee, not both", "二维码只能询问小费或加收手续费之一").With(),
			Hint: i18n.T("leave out --tip or --fee", "请去掉 --tip 或 --fee").With(),
		}
	case o.tip:
		b.AskTip()
	case isPercent:
		hundredths, ok := qr.ParsePercent(strings.TrimSpace(percent))
		if !ok {
			return wrongWord("--fee", o.fee, "0.01% ... 99.99%, 1.00")
		}
		b.PercentFee(hundredths)
	case o.fee != "":
		fee, err := parseAmount(o.fee, currency)
		if err != nil {
			return err
		}
		b.FixedFee(fee)
	}
	return nil
}

func (o *qrMakeOptions) addMerchant(b *qr.Builder) error {
	if o.merchant != "" {
		b.Merchant(o.merchant)
	}
	if o.city != "" {
		b.City(o.city)
	}
	if o.country != "" {
		b.Country(o.country)
	}
	for _, a := range o.accounts {
		path, value, err := pathAndValue("--account", a)
		if err != nil {
			return err
		}
		b.Account(path, value)
	}
	return nil
}

// pathAndValue splits PATH=VALUE, and reads the value of PATH=@FILE from the file. A card
// number is not taken from the command line.
func pathAndValue(flag, text string) (path, value string, err error) {
	path, value, ok := strings.Cut(text, "=")
	if !ok {
		return "", "", &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%s wants PATH=VALUE", "%s 的形式为 PATH=VALUE").With(flag),
			Hint: i18n.T("such as %s 62.05=ORDER7", "例如 %s 62.05=ORDER7").With(flag),
		}
	}
	if card.IsNumber(value) {
		return "", "", &till.Problem{
			Code: till.CodeUsage, What: i18n.T("the value of %s is a card number; a card is never taken from the command line", "%s 的值是卡号；不接受命令行中的卡号").With(flag),
			Hint: i18n.T("put it into a file and write PATH=@FILE, and clear the line from your shell's history", "请存入文件并写成 PATH=@FILE，并从 shell 历史中清除该行").With(),
		}
	}
	if file, named := strings.CutPrefix(value, "@"); named {
		raw, err := bytesOfFile(file, maxCode)
		return path, strings.TrimRight(string(raw), "\r\n"), err
	}
	return path, value, nil
}

// payloadProblem says which object cannot be, where it has a flag by that flag.
func payloadProblem(env *Env, err error) error {
	var f qr.Finding
	if !errors.As(err, &f) {
		return err
	}
	flags := map[string]string{
		"": "--account", "52": "--mcc", "53": "--currency", "54": "--amount", "55": "--tip", "56": "--fee", "57": "--fee",
		"58": "--country", "59": "--merchant", "60": "--city",
	}
	what := i18n.T("object %s: %s", "对象 %s：%s").With(f.Path, f.Text(string(env.lang)))
	if f.Path == "" {
		what = i18n.T("%s", "%s").With(f.Text(string(env.lang)))
	}
	hint := i18n.T("till qr decode explains a code object by object", "till qr decode 可逐项解释二维码").With()
	if flag, ok := flags[f.Path]; ok {
		hint = i18n.T("see %s in till qr make --help; --lenient builds what national schemes leave out", "参见 till qr make --help 中的 %s；--lenient 可生成某些国家方案省略的内容").With(flag)
	}
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint, Cause: err}
}

func symbolProblem(err error) error {
	what := i18n.T("the text cannot be drawn", "该内容无法生成二维码").With()
	if errors.Is(err, symbol.ErrTooLong) {
		what = i18n.T("the text is too long for a symbol of this level", "内容过长，该纠错级别的二维码容纳不下").With()
	}
	return &till.Problem{
		Code: till.CodeUsage, What: what, Cause: err,
		Hint: i18n.T("a symbol takes at most 2953 bytes at --level L and 1273 at H, in UTF-8", "二维码最多容纳 2953 字节（--level L）或 1273 字节（H），UTF-8 编码").With(),
	}
}

// write writes the images that were asked for.
func (o *qrMakeOptions) write(s symbol.Symbol) ([]string, error) {
	files := []string{}
	if o.png != "" {
		raw, err := s.PNG(o.scale)
		if err != nil {
			return nil, wrongWord("--scale", strconv.Itoa(o.scale), "1 ... 64")
		}
		if err := writeWhole(o.png, raw); err != nil {
			return nil, err
		}
		files = append(files, o.png)
	}
	if o.svg != "" {
		if err := writeWhole(o.svg, s.SVG()); err != nil {
			return nil, err
		}
		files = append(files, o.svg)
	}
	return files, nil
}

// show is the symbol and its text, or the files that hold it.
func (o *qrMakeOptions) show(screen out.Screen, s symbol.Symbol, made qrMade) string {
	if len(made.Files) > 0 {
		return strings.Join(append(made.Files, made.Payload), "\n")
	}
	on := symbol.DarkBackground
	if o.light {
		on = symbol.LightBackground
	}
	picture := s.Text(on)
	if screen.Color && screen.Terminal {
		picture = s.ANSI()
	}
	return picture + made.Payload
}

// advise warns of a symbol that the terminal breaks, and of a text that wallets refuse.
func (o *qrMakeOptions) advise(env *Env, s symbol.Symbol, x qr.Explanation) {
	screen := env.Screen()
	if width := s.Size() + 2*symbol.Quiet; o.out.IsText() && len(o.png+o.svg) == 0 && screen.Terminal && width > screen.Width {
		env.Note(i18n.T("the symbol is %d columns wide and the terminal %d: widen it, or use --png", "二维码宽 %d 列而终端宽 %d 列：请加宽窗口，或使用 --png").With(width, screen.Width))
	}
	if !x.Valid && x.Scheme != qr.SchemeNone {
		env.Note(i18n.T("this is drawn as it is, but wallets will refuse it: %s", "已按原样生成，但钱包会拒收：%s").With(x.Findings[0].Text))
	}
}
