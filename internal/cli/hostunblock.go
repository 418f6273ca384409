package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/i18n"
)

type hostUnblockOptions struct{ out out.Output }

// hostUnblockView is whose PIN tries were given back.
type hostUnblockView struct {
	Cards int `json:"cards"` // that had used some of theirs
}

func newHostUnblock(env *Env, runF func(context.Context, *hostUnblockOptions) error) *cobra.Command {
	o := &hostUnblockOptions{}
	return newLeaf(env, leaf{
		use:   "unblock",
		short: i18n.T("Give every card its PIN tries back", "恢复所有卡的密码尝试次数"),
		long: i18n.Join(i18n.T("The simulated issuer refuses any PIN of a card after ", "模拟发卡行在密码连续错误 "), i18n.Same(fmt.Sprint(hostsim.MostPINTries)), i18n.T(
			" wrong ones, with response\ncode 75, until its tries are given back. Nothing else is changed, and what was wrong stays\nin the ledger. A host that runs on the ledger need not be stopped. It knows cards by tokens\nalone, so it is all of them.",
			" 次后拒绝该卡的任何密码（应答码\n75），直至恢复尝试次数。其他内容不变，错误记录保留在账目中；正在使用该账目的主机无需停止。\n主机只以令牌识别卡片，因此一次恢复所有卡。")),
		examples: []example{
			{i18n.T("after a test of wrong PINs", "测试错误密码之后"), "till host unblock"},
			{i18n.T("how many cards it was", "共有几张卡"), "till host unblock --jq .cards"},
		},
		result: hostUnblockView{},
		run:    runWith(either(env, runF, hostUnblockRun), o),
	}, &o.out)
}

func hostUnblockRun(ctx context.Context, env *Env, o *hostUnblockOptions) (err error) {
	p, err := planHost(ctx, env, &hostServeOptions{})
	if err != nil {
		return err
	}
	sim, err := hostsim.Open(ctx, hostsim.Config{Dir: p.dir, Now: env.Now, Random: env.Random, Master: p.profile.Master(), Report: env.warn})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sim.Close()) }()
	n, err := sim.GiveBackPINs(ctx)
	if err != nil {
		return err
	}
	return env.WriteLine(&o.out, hostUnblockView{Cards: n}, i18n.T("cards whose PIN tries were given back: %d", "已恢复密码尝试次数的卡：%d 张").With(n))
}
