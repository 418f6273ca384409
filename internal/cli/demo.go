package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

type demoOptions struct {
	out  out.Output
	keep string
}

// demoView is the day in figures, for programs.
type demoView struct {
	Sales        []saleRow   `json:"sales"`        // and returns, in the order of the day
	Transactions []txnView   `json:"transactions"` // in the order of the day
	Batch        batchView   `json:"batch"`
	Z            dayView     `json:"z"`
	Host         till.Totals `json:"host"`  // what the host's own ledger comes to
	Agree        bool        `json:"agree"` // journal, batch and host to the last minor unit
	Settlement   settleView  `json:"settlement"`
	JournalRows  int         `json:"journal_rows"`
	Messages     int         `json:"messages"`
	Seconds      float64     `json:"seconds"`
	Store        string      `json:"store"`
	Kept         bool        `json:"kept"`
}

func newDemo(env *Env, runF func(context.Context, *demoOptions) error) *cobra.Command {
	o := &demoOptions{}
	c := newLeaf(env, leaf{
		use:   "demo",
		short: i18n.T("Play one business day: sales, a lost answer, a return, the Z", "演示一个营业日：销售、应答丢失、退货、日结"),
		long: i18n.T(
			"Play one business day of a small cafe and tell what happens: staff, lines with a\npromotion and points, tenders, a return, the count of the drawer, the Z. Only the card,\nthe wallet and the bank are made of software: every message goes over TCP to a host that\nchecks the card's cryptogram, a wallet's payment over signed HTTP to a gateway, and\nevery amount lands in a SQLite file.",
			"演示一家小咖啡店的一个营业日并逐步讲解：员工、含优惠与积分的商品销售、各种付款、退货、\n清点钱箱、日结。只有卡片、钱包和银行由软件模拟：每条报文都经 TCP 发往会校验卡片密文\n的主机，扫码付款经签名 HTTP 发往网关，每笔金额都写入 SQLite 文件。"),
		examples: []example{
			{i18n.T("in a folder that is removed at the end", "使用临时文件夹，结束后删除"), "till demo"},
			{i18n.T("keep the day and look around in it", "保留数据以便查看"), "till demo --keep ./day"},
		},
		result: demoView{},
		exits:  []exitCode{exitDifferences},
		run:    runWith(either(env, runF, demoRun), o),
	}, &o.out)
	c.Flags().StringVar(&o.keep, "keep", "", env.Say(i18n.T("keep the day's data in the new folder `DIR`", "将当日数据保存在新文件夹 `DIR`")))
	return c
}

func demoRun(ctx context.Context, env *Env, o *demoOptions) (err error) {
	dir, done, err := demoFolder(o.keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	d := &demoDay{env: env, tale: newTale(env), kept: o.keep != ""}
	if d.shop, err = openDemoShop(ctx, env, dir, d.tale); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.shop.Close()) }()
	view, err := d.play(ctx)
	if err != nil {
		return err
	}
	if err := env.Write(&o.out, out.Result{Value: view, Text: func(out.Screen) string { return d.tale.String() }}); err != nil {
		return err
	}
	if !view.Agree {
		return exitError{exitDifferences}
	}
	return nil
}

// demoTimeout is how long the demo waits for an answer that never comes: long enough
// for a busy machine, short enough for a day of a few seconds.
const demoTimeout = 500 * time.Millisecond

// demoShopper is how long the demo's shopper takes to pay a code.
const demoShopper = 200 * time.Millisecond

func openDemoShop(ctx context.Context, env *Env, dir string, t *tale) (*shop, error) {
	s, err := openShop(ctx, env, shopOptions{
		dir: dir, embedded: true, timeout: demoTimeout, tap: t.message, observe: t.observe,
	})
	if err != nil {
		return nil, err
	}
	if s.wallets != nil {
		s.wallets.takes = demoShopper
	}
	profile, err := hostProfile(s.cfg)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	t.spec = profile.Spec
	return s, nil
}

// demoFolder makes the folder of the day. A kept one must be new, or its totals would
// not be the day's.
func demoFolder(keep string) (dir string, done func() error, err error) {
	if keep == "" {
		if dir, err = os.MkdirTemp("", "till-demo-"); err != nil {
			return "", nil, demoFolderProblem(os.TempDir(), err)
		}
		return dir, func() error { return os.RemoveAll(dir) }, nil
	}
	if dir, err = filepath.Abs(keep); err != nil {
		return "", nil, demoFolderProblem(keep, err)
	}
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return "", nil, demoFolderProblem(dir, errors.New("the folder is not empty"))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, demoFolderProblem(dir, err)
	}
	return dir, func() error { return nil }, nil
}

func demoFolderProblem(dir string, cause error) error {
	return &till.Problem{
		Code: till.CodeUsage, Cause: cause,
		What: i18n.T("the demo cannot keep its day in %s", "演示无法使用文件夹 %s").With(dir),
		Hint: i18n.T("name a new folder: till demo --keep ./day", "请指定新文件夹：till demo --keep ./day").With(),
	}
}
