package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/money"
)

type balanceOptions struct {
	out out.Output
	cardFlags
}

// balanceView is what a card holds.
type balanceView struct {
	Available    money.Amount `json:"available"`
	Card         *txnCard     `json:"card,omitempty"`
	ResponseCode string       `json:"response_code"`
}

func newBalance(env *Env, runF func(context.Context, *balanceOptions) error) *cobra.Command {
	o := &balanceOptions{}
	c := newLeaf(env, leaf{
		use:   "balance",
		short: i18n.T("Ask what a card holds", "查询卡内余额"),
		long: i18n.T(
			"Ask the issuer what a card holds. Nothing is owed by the question and nothing of it is\nkept. An issuer that tells no balances refuses with its response code.",
			"向发卡行查询卡内可用余额。查询不产生欠账，也不保存记录。不提供余额的发卡行以应答码拒绝。"),
		examples: []example{
			{i18n.T("of the card in the reader", "读卡器中的卡"), "till balance"},
			{i18n.T("in minor units, for a script", "以分为单位，供脚本使用"), "till balance --jq .available.minor"},
		},
		result: balanceView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitNoDevice},
		run:    runWith(either(env, runF, balanceRun), o),
	}, &o.out)
	bindLine(env, c)
	bindEntry(env, c, &o.cardFlags)
	return c
}

func balanceRun(ctx context.Context, env *Env, o *balanceOptions) error {
	entry, err := o.how(env)
	if err != nil {
		return err
	}
	options, err := o.options(ctx, env, entry)
	if err != nil {
		return err
	}
	return withShopAs(ctx, env, options, func(s *shop) error {
		b, err := s.shop.Balance(ctx, entry)
		if err != nil {
			return err
		}
		v := balanceView{Available: b.Available, ResponseCode: b.ResponseCode}
		line := i18n.T("available: %s", "可用余额：%s").With(b.Available)
		if b.Card != nil {
			v.Card = &txnCard{Masked: b.Card.Masked, Brand: b.Card.Brand, Label: b.Card.Label, AID: b.Card.AID}
			line = i18n.T("%s  available: %s", "%s  可用余额：%s").With(b.Card.Masked, b.Available)
		}
		return env.WriteLine(&o.out, v, line)
	})
}
