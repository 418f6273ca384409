package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/hostsim/faultlink"
	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583/link"
)

func newHost(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "host",
		short: i18n.T("Run the simulated card host", "运行模拟收单主机"),
		long: i18n.T(
			"The acquirer and the issuer in one process, with a durable ledger: the same host that\nevery command uses where no other is configured.",
			"收单行与发卡行合一的进程，账目持久化：与未配置主机时各命令所用的主机相同。"),
		commands: []*cobra.Command{newHostServe(env, nil), newHostScript(env), newHostUnblock(env, nil)},
	})
}

type hostServeOptions struct {
	out    out.Output
	listen string
	script string
}

// hostView is where the host listens.
type hostView struct {
	Address string `json:"address"`
	Profile string `json:"profile"`
	Framing string `json:"framing"`
	Ledger  string `json:"ledger"`
	Script  string `json:"script,omitempty"` // of faults
}

func newHostServe(env *Env, runF func(context.Context, *hostServeOptions) error) *cobra.Command {
	o := &hostServeOptions{}
	c := newLeaf(env, leaf{
		use:   "serve",
		short: i18n.T("Answer terminals until interrupted", "应答终端直至被中断"),
		long: i18n.Join(i18n.T(
			"Answer terminals over TCP until interrupted. It checks cryptograms, refuses\nduplicates, keeps every reversal as a tombstone and settles batches. Sales fail on\npurpose by the last two digits of their amount:\n",
			"通过 TCP 应答终端，直至被中断。主机校验密文、拒绝重复交易、为每笔冲正留存记录并结算\n批次。消费按金额末两位数字有意失败：\n"), ruleTable()),
		examples: []example{
			{i18n.T("a host for other programs to test against", "供其他程序测试的主机"), "till host serve --listen 127.0.0.1:8583"},
			{i18n.T("a free port, told as JSON; then, elsewhere: till pay 12.50 --host ADDRESS", "使用空闲端口并以 JSON 输出；随后在别处运行：till pay 12.50 --host 地址"), "till host serve --listen 127.0.0.1:0 --json"},
			{i18n.T("the answer to the first sale is lost; till host script list has more of the kind", "第一笔消费的应答丢失；更多示例见 till host script list"), "till host serve --script lost-answer"},
		},
		result: hostView{},
		run:    runWith(either(env, runF, hostServeRun), o),
	}, &o.out)
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8583", env.Say(i18n.T("listen at `ADDR`, host:port; port 0 lets the system choose", "监听地址 `ADDR`，host:port；端口 0 由系统选择")))
	c.Flags().StringVar(&o.script, "script", "", env.Say(i18n.T("go wrong as `FILE` says, or a shipped script by its name: till host script", "按 `FILE` 出错，或使用随程序提供的脚本名称：till host script")))
	_ = c.RegisterFlagCompletionFunc("script", completeScripts)
	bindSetting(env, c.Flags(), "host-profile", "host.profile", i18n.Join(i18n.T("speak `PROFILE`: ", "报文规范 `PROFILE`："), i18n.Same(strings.Join(host.Names(), ", "))))
	return c
}

// ruleTable lists the amounts that fail on purpose.
func ruleTable() i18n.Text {
	table := i18n.Same("")
	for _, r := range hostsim.Rules() {
		table = i18n.Join(table, i18n.Same(fmt.Sprintf("\n  .%02d  ", r.Minor)), r.Meaning)
	}
	return table
}

func hostServeRun(ctx context.Context, env *Env, o *hostServeOptions) (err error) {
	p, err := planHost(ctx, env, o)
	if err != nil {
		return err
	}
	sim, err := hostsim.Open(ctx, hostsim.Config{Dir: p.dir, Now: env.Now, Random: env.Random, Master: p.profile.Master(), Report: env.warn})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sim.Close()) }()
	l, err := listenAt(ctx, o.listen)
	if err != nil {
		return err
	}
	view := hostView{Address: l.Addr().String(), Profile: p.profile.Name, Framing: p.profile.Framing, Ledger: p.dir, Script: o.script}
	line := i18n.T("listening at %s, profile %s, ledger in %s; Ctrl-C ends it", "正在监听 %s，规范 %s，账目位于 %s；按 Ctrl-C 结束").With(view.Address, view.Profile, view.Ledger)
	if err := env.WriteLine(&o.out, view, line); err != nil {
		return errors.Join(err, l.Close())
	}
	return p.serve(ctx, env, sim, l)
}

// hostPlan is how a host speaks, where its ledger is, and what it is to get wrong.
type hostPlan struct {
	dir     string
	profile host.Profile
	framing link.Framing
	script  *faultscript.Script // nil is nothing
}

func planHost(ctx context.Context, env *Env, o *hostServeOptions) (p hostPlan, err error) {
	cfg, err := env.Config()
	if err != nil {
		return p, err
	}
	dir, err := env.DataDir()
	if err != nil {
		return p, err
	}
	p.dir = filepath.Join(dir, hostFolder)
	if p.profile, err = hostProfile(cfg); err != nil {
		return p, err
	}
	if p.framing, err = p.profile.Wire(); err != nil {
		return p, err
	}
	p.script, err = faultsOf(ctx, env, o.script)
	return p, err
}

// serve answers until ctx ends, with the faults of the script between.
func (p hostPlan) serve(ctx context.Context, env *Env, sim *hostsim.Host, l net.Listener) error {
	if p.script == nil {
		return sim.Serve(ctx, l, p.profile.Spec, p.framing)
	}
	return faultlink.New(faultlink.Config{
		Host: sim, Fates: faultscript.NewPlayer(p.script), Spec: p.profile.Spec, Framing: p.framing, Report: env.warn,
		Told: func(d faultlink.Done) { env.Note(d.Line()) },
	}).Serve(ctx, l)
}

// faultsOf is the script of a name; nil where none is named.
func faultsOf(ctx context.Context, env *Env, name string) (*faultscript.Script, error) {
	if name == "" {
		return nil, nil
	}
	return hostScript(ctx, env, name)
}

func listenAt(ctx context.Context, addr string) (net.Listener, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, &till.Problem{
			Code: till.CodeFailure, Cause: err,
			What: i18n.T("cannot listen at %s", "无法监听 %s").With(addr),
			Hint: i18n.T("choose a free port: --listen 127.0.0.1:0", "请选择空闲端口：--listen 127.0.0.1:0").With(),
		}
	}
	return l, nil
}

// completeScripts completes the names of shipped scripts, and files.
func completeScripts(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return faultscript.Examples(), cobra.ShellCompDirectiveDefault
}
