package cli

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// cardFlags say how a card comes in.
type cardFlags struct {
	entry   string // "" is what the reader does
	track   string // file with track 2 of a swiped card, "-" is stdin
	card    string // file with a card that is keyed, "-" is stdin; "" asks at the terminal
	pin     string // file with the card's PIN, "-" is stdin; "" asks at the terminal
	trace   string // file that the conversation with the card goes to
	partial string // what to do with a part of the amount: ask, accept, refuse
}

// bindEntry gives a command that reads a card the flags of how it comes in.
func bindEntry(env *Env, c *cobra.Command, o *cardFlags) {
	bindSetting(env, c.Flags(), "reader", "reader.name", i18n.T(
		"wait at the card reader `NAME`; virtual is the built-in card", "使用读卡器 `NAME`；virtual 为内置虚拟卡"))
	f := c.Flags()
	f.StringVar(&o.entry, "entry", "", env.Say(i18n.T("how the card comes in, `ENTRY`: chip (the default), tap (held to the reader), swipe, fallback (the stripe of a chip that failed), or manual (keyed)", "卡片输入方式 `ENTRY`：chip（芯片，默认）、tap（挥卡）、swipe（磁条）、fallback（芯片失败后的磁条）或 manual（手工输入）")))
	f.StringVar(&o.track, "track-file", "", env.Say(i18n.T("read track 2 of a swiped card from `FILE`, - is standard input", "从 `FILE` 读取磁道 2，- 表示标准输入")))
	f.StringVar(&o.card, "card-file", "", env.Say(i18n.T(
		"read a card that is keyed from `FILE`, - is standard input: a line with the number, one with the expiry as MM/YY, one with the CVV2 where there is one; default: ask without echo",
		"从 `FILE` 读取手工输入的卡片，- 表示标准输入：依次为卡号、有效期（MM/YY）和 CVV2（如有），各占一行；默认在终端询问且不回显")))
	_ = c.MarkFlagFilename("card-file")
	bindCardPIN(env, c, &o.pin)
	bindTrace(env, c, &o.trace)
	_ = c.RegisterFlagCompletionFunc("entry", cobra.FixedCompletions([]string{"chip", "tap", "swipe", "fallback", "manual"}, cobra.ShellCompDirectiveNoFileComp))
}

// bindPartial gives a command the flag for a host that approves a part of the amount.
func bindPartial(env *Env, c *cobra.Command, o *cardFlags) {
	c.Flags().StringVar(&o.partial, "partial", "ask", env.Say(i18n.T(
		"where the host approves a part of the amount, `DO`: ask the shopper (at a terminal, else refuse), accept, or refuse it",
		"主机只批准部分金额时的处理 `DO`：ask（在终端询问，否则拒绝）、accept（接受）或 refuse（拒绝）")))
	_ = c.RegisterFlagCompletionFunc("partial", cobra.FixedCompletions([]string{"ask", "accept", "refuse"}, cobra.ShellCompDirectiveNoFileComp))
}

// how is the way in which the card comes in, by the flags and the reader.
func (o *cardFlags) how(env *Env) (till.Entry, error) {
	cfg, err := env.Config()
	switch {
	case err != nil:
		return till.NoEntry, err
	case o.entry == "" && o.card != "":
		o.entry = string(till.Manual)
	case o.entry == "" && isSwipe(cfg.Reader.Name):
		o.entry = string(till.Swipe) // such a reader can do nothing else
	case o.entry == "":
		o.entry = string(till.Chip)
	}
	return o.checkEntry(till.Entry(o.entry))
}

// checkEntry refuses a way in that is none, and a file of another.
func (o *cardFlags) checkEntry(e till.Entry) (till.Entry, error) {
	switch {
	case !slices.Contains(cardEntries(), e):
		return e, wrongWord("--entry", string(e), entryWords)
	case o.track != "" && e != till.Swipe && e != till.Fallback:
		return e, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("--track-file is the stripe of a card, but --entry is %s", "--track-file 为磁条数据，而 --entry 为 %s").With(string(e)),
			Hint: i18n.T("add --entry swipe", "请加上 --entry swipe").With(),
		}
	case o.card != "" && e != till.Manual:
		return e, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("--card-file is a card that is keyed, but --entry is %s", "--card-file 为手工输入的卡片，而 --entry 为 %s").With(string(e)),
			Hint: i18n.T("add --entry manual", "请加上 --entry manual").With(),
		}
	}
	return e, nil
}

// cardEntries are the ways in which a card may come in, entryWords their words.
func cardEntries() []till.Entry {
	return []till.Entry{till.Chip, till.Tap, till.Swipe, till.Fallback, till.Manual}
}

const entryWords = "chip, tap, swipe, fallback, manual"

// options are those of the shop for a card that comes in so.
func (o *cardFlags) options(ctx context.Context, env *Env, e till.Entry) (shopOptions, error) {
	part, err := o.part(env)
	if err != nil {
		return shopOptions{}, err
	}
	pad, err := env.pinPad(ctx, o.pin)
	return shopOptions{
		track: o.track, entry: e, pinPad: pad, choose: env.applicationChoice(), trace: o.trace, observe: progress(env),
		keyed: env.keyedCard(o.card), part: part,
	}, err
}

// part is who decides on a part of the amount; nil wants the whole or nothing.
func (o *cardFlags) part(env *Env) (func(ctx context.Context, approved, asked money.Amount) bool, error) {
	switch {
	case o.partial == "accept":
		return func(context.Context, money.Amount, money.Amount) bool { return true }, nil
	case o.partial == "ask" && env.CanAsk():
		return env.askPart, nil
	case o.partial != "ask" && o.partial != "refuse" && o.partial != "":
		return nil, wrongWord("--partial", o.partial, "ask, accept, refuse")
	}
	return nil, nil
}

// askPart asks the shopper whether to pay a part by this card. Silence is a refusal.
func (e *Env) askPart(ctx context.Context, approved, asked money.Amount) bool {
	cfg, err := e.Config()
	if err != nil {
		return false
	}
	asking, cancel := context.WithTimeout(ctx, cfg.Wallet.Patience)
	defer cancel()
	answer, err := e.ask(asking, i18n.T("the host approves %s of %s. Take that part (y), or nothing (Enter)? ", "主机批准 %[2]s 中的 %[1]s。接受该部分（y），或不收款（回车）？").With(approved, asked))
	if errors.Is(err, context.DeadlineExceeded) {
		_, _ = io.WriteString(e.Err, "\n")
		e.Note(i18n.T("no answer in %s: nothing is taken", "%s内无应答：不收款").With(cfg.Wallet.Patience))
	}
	return err == nil && (answer == "y" || answer == "Y" || answer == "yes")
}

// cardCommand is a command about one amount at a card.
type cardCommand = func(*shop, context.Context, register.Hold) (register.Result, error)

// atCard reads a card for an amount and does something with it.
func atCard(ctx context.Context, env *Env, o *holdOptions, do cardCommand) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	amount, err := parseAmount(o.amount, cfg.Shop.Currency)
	if err != nil {
		return err
	}
	entry, err := o.how(env)
	if err != nil {
		return err
	}
	options, err := o.options(ctx, env, entry)
	if err != nil {
		return err
	}
	return withShopAs(ctx, env, options, func(s *shop) error {
		res, err := do(s, ctx, register.Hold{Key: o.key, Amount: amount, Entry: entry})
		return s.show(env, &o.out, res, err)
	})
}
