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
	code   string   // the shopper's payment code, "-" is stdin; "" shows a code
	cardFlags

	named func(flag string) bool // whether the command line names a flag
}

// bindTenders gives a command the flags of paying, and those of what it pays by.
func bindTenders(env *Env, c *cobra.Command, o *tenderFlags) {
	bindLine(env, c)
	bindWallet(env, c)
	bindEntry(env, c, &o.cardFlags)
	bindPartial(env, c, &o.cardFlags)
	f := c.Flags()
	o.named = f.Changed
	f.StringVar(&o.tender, "tender", string(till.Card), env.Say(i18n.T("pay all that is due by `TENDER`: card, cash or qr", "以 `TENDER` 支付全部应付款：card、cash 或 qr")))
	f.StringVar(&o.given, "given", "", env.Say(i18n.T("of --tender cash: the `AMOUNT` that the shopper hands over; the change is told", "--tender cash 时顾客支付的现金 `AMOUNT`；会告知找零")))
	f.StringArrayVar(&o.pay, "pay", nil, env.Say(i18n.T("pay a part by `TENDER[=AMOUNT]`, such as cash=20; without an amount the rest; may be repeated", "以 `TENDER[=AMOUNT]` 支付一部分，例如 cash=20；省略金额即为余款；可重复")))
	f.StringVar(&o.code, "code", "", env.Say(i18n.T("hand in the `SCANNED` payment code of the shopper's wallet, - is standard input", "提交扫描到的顾客付款码 `SCANNED`，- 表示标准输入")))
	_ = c.RegisterFlagCompletionFunc("tender", cobra.FixedCompletions([]string{"card", "cash", "qr"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("pay", cobra.FixedCompletions([]string{"card", "cash=", "qr"}, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace))
}

// options are those of the shop for paying so.
func (o *tenderFlags) options(ctx context.Context, env *Env) (shopOptions, error) {
	entry, err := o.how(env)
	if err != nil {
		return shopOptions{}, err
	}
	return o.cardFlags.options(ctx, env, entry)
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
	options, err := o.options(ctx, env)
	if err != nil {
		return err
	}
	return withShopAs(ctx, env, options, func(s *shop) error { return do(s, tenders) })
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
	entry, err := o.how(env)
	return entry, card.Secret{}, err
}

func twoWays(one, other string) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%s and %s say two things at once", "%s 与 %s 相互矛盾").With(one, other),
		Hint: i18n.T("use one of them", "请只用其中一个").With(),
	}
}
