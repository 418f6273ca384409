package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// tenderFlags say how a sale of lines is paid.
type tenderFlags struct {
	tender string
	given  string
	pay    []string // "cash=20", "card"
	entry  string
	track  string
	code   string // the shopper's payment code, "-" is stdin; "" shows a code

	named func(flag string) bool // whether the command line names a flag
}

// bindTenders gives a command the flags of paying, and those of what it pays by.
func bindTenders(env *Env, c *cobra.Command, o *tenderFlags) {
	bindLine(env, c)
	bindWallet(env, c)
	bindSetting(env, c.Flags(), "reader", "reader.name", i18n.T(
		"wait at the card reader `NAME`; virtual is the built-in card", "使用读卡器 `NAME`；virtual 为内置虚拟卡"))
	f := c.Flags()
	o.named = f.Changed
	f.StringVar(&o.tender, "tender", string(till.Card), env.Say(i18n.T("pay all that is due by `TENDER`: card, cash or qr", "以 `TENDER` 支付全部应付款：card、cash 或 qr")))
	f.StringVar(&o.given, "given", "", env.Say(i18n.T("of --tender cash: the `AMOUNT` that the shopper hands over; the change is told", "--tender cash 时顾客支付的现金 `AMOUNT`；会告知找零")))
	f.StringArrayVar(&o.pay, "pay", nil, env.Say(i18n.T("pay a part by `TENDER[=AMOUNT]`, such as cash=20; without an amount the rest; may be repeated", "以 `TENDER[=AMOUNT]` 支付一部分，例如 cash=20；省略金额即为余款；可重复")))
	f.StringVar(&o.entry, "entry", "", env.Say(i18n.T("how the card is read, `ENTRY`: chip (the default), swipe, or fallback", "读卡方式 `ENTRY`：chip（芯片，默认）、swipe（磁条）或 fallback")))
	f.StringVar(&o.code, "code", "", env.Say(i18n.T("hand in the `SCANNED` payment code of the shopper's wallet, - is standard input", "提交扫描到的顾客付款码 `SCANNED`，- 表示标准输入")))
	f.StringVar(&o.track, "track-file", "", env.Say(i18n.T("read track 2 of a swiped card from `FILE`, - is standard input", "从 `FILE` 读取磁道 2，- 表示标准输入")))
	_ = c.RegisterFlagCompletionFunc("tender", cobra.FixedCompletions([]string{"card", "cash", "qr"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("pay", cobra.FixedCompletions([]string{"card", "cash=", "qr"}, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace))
	_ = c.RegisterFlagCompletionFunc("entry", cobra.FixedCompletions([]string{"chip", "swipe", "fallback"}, cobra.ShellCompDirectiveNoFileComp))
}

// options are those of the shop for paying so.
func (o *tenderFlags) options(env *Env) shopOptions {
	entry := till.Entry(o.entry)
	if entry == till.NoEntry {
		entry = till.Chip
	}
	return shopOptions{track: o.track, entry: entry, observe: progress(env)}
}

// withShop reads the flags and opens the shop to take what they name.
func (o *tenderFlags) withShop(ctx context.Context, env *Env, do func(*shop, []management.Tendering) error) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	tenders, err := o.tenderings(ctx, env, cfg.Shop.Currency)
	if err != nil {
		return err
	}
	return withShopAs(ctx, env, o.options(env), func(s *shop) error { return do(s, tenders) })
}

// tenderings checks the words of the flags before anything is opened.
func (o *tenderFlags) tenderings(ctx context.Context, env *Env, c money.Currency) ([]management.Tendering, error) {
	words := o.pay
	switch {
	case len(words) == 0:
		words = []string{o.tender}
	case o.named("tender"):
		return nil, twoWays("--pay", "--tender")
	case o.given != "":
		return nil, twoWays("--pay", "--given")
	}
	all := make([]management.Tendering, 0, len(words))
	for _, w := range words {
		t, err := o.tendering(ctx, env, w, c)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

func (o *tenderFlags) tendering(ctx context.Context, env *Env, word string, c money.Currency) (t management.Tendering, err error) {
	name, amount, hasAmount := strings.Cut(word, "=")
	t.Tender = till.Tender(name)
	if !slices.Contains([]till.Tender{till.Card, till.Cash, till.QR}, t.Tender) {
		return t, wrongWord("--tender, --pay", name, "card, cash, qr")
	}
	if hasAmount {
		if t.Amount, err = parseAmount(amount, c); err != nil {
			return t, err
		}
	}
	if o.given != "" {
		if t.Given, err = parseAmount(o.given, c); err != nil {
			return t, err
		}
	}
	t.Entry, t.PaymentCode, err = o.entryOf(ctx, env, t.Tender)
	return t, err
}

// entryOf is how a tender comes in, by the rules of till pay.
func (o *tenderFlags) entryOf(ctx context.Context, env *Env, t till.Tender) (till.Entry, card.Secret, error) {
	if t == till.Cash {
		return till.NoEntry, card.Secret{}, nil
	}
	if t == till.QR {
		p, err := (&payOptions{code: o.code}).byCode(ctx, env, register.Payment{})
		return p.Entry, p.PaymentCode, err
	}
	entry := till.Entry(o.entry)
	if entry == till.NoEntry {
		entry = till.Chip
	}
	if !slices.Contains([]till.Entry{till.Chip, till.Swipe, till.Fallback}, entry) {
		return entry, card.Secret{}, wrongWord("--entry", o.entry, "chip, swipe, fallback")
	}
	return entry, card.Secret{}, nil
}

func twoWays(one, other string) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%s and %s say two things at once", "%s 与 %s 相互矛盾").With(one, other),
		Hint: i18n.T("use one of them", "请只用其中一个").With(),
	}
}
