package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
)

func newStore(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:      "store",
		short:    i18n.T("Look after the shop's data", "维护店铺数据"),
		long:     i18n.T("The shop's data is one SQLite file with a chained journal.", "店铺数据保存在一个 SQLite 文件中，流水账以哈希链相连。"),
		commands: []*cobra.Command{newStoreSeed(env, nil), newStoreVerify(env, nil)},
	})
}

type storeOptions struct{ out out.Output }

type verifyView struct {
	Store string `json:"store"`
	Rows  int    `json:"rows"`
	Sound bool   `json:"sound"`
}

func newStoreVerify(env *Env, runF func(context.Context, *storeOptions) error) *cobra.Command {
	o := &storeOptions{}
	return newLeaf(env, leaf{
		use:   "verify",
		short: i18n.T("Check the whole journal", "校验全部流水账"),
		long: i18n.T(
			"Compute the hash chain of the whole journal again and compare every transaction with\nwhat the journal says of it. Opening checks only the newest rows.",
			"重新计算整个流水账的哈希链，并将每笔交易与流水账核对。平时打开时只校验最新的若干行。"),
		examples: []example{{i18n.T("before an audit", "审计之前"), "till store verify"}},
		result:   verifyView{},
		run:      runWith(either(env, runF, storeVerifyRun), o),
	}, &o.out)
}

func storeVerifyRun(ctx context.Context, env *Env, o *storeOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		rows, err := s.store.Verify(ctx)
		if err != nil {
			return err
		}
		line := i18n.T("%s is sound: %d journal rows", "%s 完好：流水账 %d 行").With(s.store.Path(), rows)
		return env.WriteLine(&o.out, verifyView{s.store.Path(), rows, true}, line)
	})
}
