package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func newTerminal(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "terminal",
		short: i18n.T("How the terminal stands with its host", "终端与主机的状态"),
		long: i18n.T(
			"Sign-on with working keys and the host's clock, sign of life, parameters, and what waits\nto be told to the host. A sale signs on by itself; these are for who looks after tills.",
			"签到（工作密钥与主机时钟）、线路测试、参数下载，以及等待上送主机的内容。交易会自动签到；\n本组命令供终端维护人员使用。"),
		commands: []*cobra.Command{
			newTerminalStatus(env, nil), newTerminalSignOn(env, nil), newTerminalSignOff(env, nil), newTerminalEcho(env, nil), newTerminalDownload(env, nil),
		},
	})
}

type terminalOptions struct {
	out out.Output
}

// terminalView is how a terminal stands. Amounts are of the shop's currency.
type terminalView struct {
	Terminal   string `json:"terminal"`
	Merchant   string `json:"merchant"`
	Host       string `json:"host"` // "" is the embedded one
	Profile    string `json:"profile"`
	Batch      int    `json:"batch"`
	SignedOn   bool   `json:"signed_on"`
	HasKeys    bool   `json:"has_keys"`
	NeedsKeys  bool   `json:"needs_keys"`
	Parameters int    `json:"parameter_bytes"`

	BatchLimit        int          `json:"batch_limit"`
	CompletionPercent int          `json:"completion_percent"`
	TipPercent        int          `json:"tip_percent"`
	OfflineAmount     money.Amount `json:"offline_amount"`
	OfflineLimit      int          `json:"offline_limit"`
	OfflineSumLimit   money.Amount `json:"offline_sum_limit"`
	OfflineWaiting    int          `json:"offline_waiting"`
	OfflineSum        money.Amount `json:"offline_sum"`

	Notices    int `json:"notices"`
	Reversals  int `json:"reversals"`
	Exceptions int `json:"exceptions"`
	Scripts    int `json:"scripts"`
}

func newTerminalStatus(env *Env, runF func(context.Context, *terminalOptions) error) *cobra.Command {
	o := &terminalOptions{}
	return newLeaf(env, leaf{
		use:   "status",
		short: i18n.T("Tell how the terminal stands, without a word to the host", "显示终端状态（不联系主机）"),
		long: i18n.T(
			"Tell whether the terminal is signed on, whether it has working keys, which limits hold,\nand what waits to be told to the host: offline sales by count and sum against their\nlimits, reversals, exceptions. Nothing is sent.",
			"显示是否已签到、是否有工作密钥、生效的限额，以及等待上送主机的内容：脱机消费的笔数与\n合计及其限额、冲正、异常交易。不发送任何数据。"),
		examples: []example{
			{i18n.T("all of it", "全部状态"), "till terminal status"},
			{i18n.T("does anything wait?", "是否有待上送内容？"), "till terminal status --jq '.notices + .reversals + .exceptions'"},
		},
		result: terminalView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, terminalStatusRun), o),
	}, &o.out)
}

func terminalStatusRun(ctx context.Context, env *Env, o *terminalOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		st, err := s.shop.TerminalStatus(ctx)
		if err != nil {
			return err
		}
		v := s.viewTerminal(st)
		return env.Write(&o.out, out.Result{Value: v, Table: terminalTable(env, v)})
	})
}

func (s *shop) viewTerminal(st management.TerminalStatus) terminalView {
	c := s.cfg.Shop.Currency
	waiting, sum := st.OfflineWaiting()
	return terminalView{
		Terminal: s.cfg.Terminal.ID, Merchant: s.cfg.Merchant.ID, Host: s.cfg.Host.Address, Profile: s.cfg.Host.Profile,
		Batch: st.Session.Batch, SignedOn: st.Session.SignedOn, HasKeys: len(st.Session.Keys) > 0, NeedsKeys: s.policy.Keys,
		Parameters: len(st.Session.Parameters),
		BatchLimit: st.Limits.Batch, CompletionPercent: st.Limits.Completion, TipPercent: st.Limits.Tip,
		OfflineAmount: money.New(st.Offline.Minor(), c), OfflineLimit: st.Limits.OfflineCount, OfflineSumLimit: money.New(st.Limits.OfflineSum.Minor(), c),
		OfflineWaiting: waiting, OfflineSum: money.New(sum, c),
		Notices: len(st.Notices), Reversals: len(st.Reversals), Exceptions: len(st.Exceptions), Scripts: st.Scripts,
	}
}

func terminalTable(env *Env, v terminalView) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "name", Head: i18n.T("NAME", "名称")}, {Name: "value", Head: i18n.T("VALUE", "内容")},
	}}
	add := rowAdder(env, &table)
	add(i18n.T("terminal", "终端号"), v.Terminal)
	add(i18n.T("merchant", "商户号"), v.Merchant)
	host := v.Host
	if host == "" {
		host = env.Say(i18n.T("embedded", "内置主机"))
	}
	add(i18n.T("host", "主机"), host+" ("+v.Profile+")")
	add(i18n.T("batch", "批次"), strconv.Itoa(v.Batch))
	add(i18n.T("signed on", "已签到"), yesOrNo(env, v.SignedOn))
	add(i18n.T("working keys", "工作密钥"), keyWords(env, v))
	add(i18n.T("batch limit", "批次笔数上限"), ofLimit(env, v.BatchLimit, ""))
	add(i18n.T("completion up to", "预授权完成上限"), ofLimit(env, v.CompletionPercent, "%"))
	add(i18n.T("tips up to", "小费上限"), ofLimit(env, v.TipPercent, "%"))
	add(i18n.T("one offline sale up to", "单笔脱机上限"), v.OfflineAmount.String())
	add(i18n.T("offline sales that wait", "等待上送的脱机消费"), env.words(i18n.T("%d of %d, %s of %s", "%d 笔（上限 %d 笔），%s（上限 %s）").With(v.OfflineWaiting, v.OfflineLimit, v.OfflineSum, v.OfflineSumLimit)))
	add(i18n.T("notices that wait", "等待上送的通知"), strconv.Itoa(v.Notices))
	add(i18n.T("reversals that wait", "等待发送的冲正"), strconv.Itoa(v.Reversals))
	add(i18n.T("script results that wait", "等待上送的脚本结果"), strconv.Itoa(v.Scripts))
	add(i18n.T("exceptions for a manager", "等待主管的异常交易"), strconv.Itoa(v.Exceptions))
	add(i18n.T("downloaded parameters", "已下载参数"), env.words(i18n.T("%d bytes", "%d 字节").With(v.Parameters)))
	return table
}

// words are a message in the user's language.
func (e *Env) words(m i18n.Message) string { return m.In(e.lang) }

func yesOrNo(env *Env, yes bool) string {
	if yes {
		return env.Say(i18n.T("yes", "是"))
	}
	return env.Say(i18n.T("no", "否"))
}

func keyWords(env *Env, v terminalView) string {
	switch {
	case v.HasKeys:
		return env.Say(i18n.T("yes, under the master key", "有（主密钥加密保存）"))
	case v.NeedsKeys:
		return env.Say(i18n.T("none yet; the host takes nothing without: till terminal sign-on", "尚无；主机无密钥不受理：till terminal sign-on"))
	}
	return env.Say(i18n.T("none; this host needs none", "无；该主机不需要"))
}

func ofLimit(env *Env, n int, unit string) string {
	if n == 0 {
		return env.Say(i18n.T("not bounded", "不限制"))
	}
	return strconv.Itoa(n) + unit
}

// signOnView is how a sign-on went.
type signOnView struct {
	Terminal  string `json:"terminal"`
	Batch     int    `json:"batch"`
	SignedOn  bool   `json:"signed_on"`
	HasKeys   bool   `json:"has_keys"`
	ClockSkew int64  `json:"clock_skew_seconds"` // the host's clock less ours
}

func newTerminalSignOn(env *Env, runF func(context.Context, *terminalOptions) error) *cobra.Command {
	o := &terminalOptions{}
	c := newLeaf(env, leaf{
		use:   "sign-on",
		short: i18n.T("Sign on again, for new working keys and the host's clock", "重新签到，获取工作密钥与主机时钟"),
		long: i18n.T(
			"Sign on at the host, also where the terminal is signed on already: it gets working keys\nwhere the host has any, and is told how far the host's clock is from its own. Nothing is\nordered by either clock.",
			"向主机签到；已签到时重新签到：获取工作密钥（如主机下发），并得知主机时钟与本机的差距。\n交易先后不依赖任何时钟。"),
		examples: []example{
			{i18n.T("in the morning", "早上签到"), "till terminal sign-on"},
		},
		result: signOnView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, terminalSignOnRun), o),
	}, &o.out)
	bindLine(env, c)
	return c
}

func terminalSignOnRun(ctx context.Context, env *Env, o *terminalOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		session, skew, err := s.shop.TerminalSignOn(ctx)
		if err != nil {
			return err
		}
		v := viewSignOn(session, skew)
		line := i18n.T("terminal %s is signed on in batch %d; the host's clock is %s ahead", "终端 %s 已签到，批次 %d；主机时钟快 %s").With(v.Terminal, v.Batch, skew)
		if skew < 0 {
			line = i18n.T("terminal %s is signed on in batch %d; the host's clock is %s behind", "终端 %s 已签到，批次 %d；主机时钟慢 %s").With(v.Terminal, v.Batch, -skew)
		}
		return env.WriteLine(&o.out, v, line)
	})
}

func viewSignOn(s till.Session, skew time.Duration) signOnView {
	return signOnView{Terminal: s.Terminal, Batch: s.Batch, SignedOn: s.SignedOn, HasKeys: len(s.Keys) > 0, ClockSkew: int64(skew / time.Second)}
}

func newTerminalSignOff(env *Env, runF func(context.Context, *terminalOptions) error) *cobra.Command {
	o := &terminalOptions{}
	c := newLeaf(env, leaf{
		use:   "sign-off",
		short: i18n.T("Sign off; the next sale signs on again", "签退；下一笔交易会自动签到"),
		long:  i18n.T("Sign the terminal off at the host. The next message to the host signs it on again.", "终端向主机签退。下一次联系主机时会重新签到。"),
		examples: []example{
			{i18n.T("at night", "晚上签退"), "till terminal sign-off"},
		},
		result: signOnView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, terminalSignOffRun), o),
	}, &o.out)
	bindLine(env, c)
	return c
}

func terminalSignOffRun(ctx context.Context, env *Env, o *terminalOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		session, err := s.shop.TerminalSignOff(ctx)
		if err != nil {
			return err
		}
		return env.WriteLine(&o.out, viewSignOn(session, 0), i18n.T("terminal %s is signed off", "终端 %s 已签退").With(session.Terminal))
	})
}

// echoView is a sign of life.
type echoView struct {
	ResponseCode string `json:"response_code"`
	Milliseconds int64  `json:"milliseconds"`
}

func newTerminalEcho(env *Env, runF func(context.Context, *terminalOptions) error) *cobra.Command {
	o := &terminalOptions{}
	c := newLeaf(env, leaf{
		use:   "echo",
		short: i18n.T("Ask the host for a sign of life", "线路测试：向主机发送回响测试"),
		long:  i18n.T("Send an echo test (0800) to the host and tell how long its answer took.", "向主机发送回响测试（0800），并显示应答耗时。"),
		examples: []example{
			{i18n.T("does the line work?", "线路是否正常？"), "till terminal echo"},
		},
		result: echoView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, terminalEchoRun), o),
	}, &o.out)
	bindLine(env, c)
	return c
}

func terminalEchoRun(ctx context.Context, env *Env, o *terminalOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		begun := time.Now()
		answer, err := s.shop.TerminalEcho(ctx)
		if err != nil {
			return err
		}
		v := echoView{ResponseCode: answer.ResponseCode, Milliseconds: time.Since(begun).Milliseconds()}
		line := i18n.T("the host answers: response code %s after %d ms", "主机应答：应答码 %s，耗时 %d 毫秒").With(v.ResponseCode, v.Milliseconds)
		return env.WriteLine(&o.out, v, line)
	})
}

// downloadView is what a download brought.
type downloadView struct {
	Parts int `json:"parts"`
	terminalView
}

func newTerminalDownload(env *Env, runF func(context.Context, *terminalOptions) error) *cobra.Command {
	o := &terminalOptions{}
	c := newLeaf(env, leaf{
		use:   "download",
		short: i18n.T("Fetch the parameters that the host keeps for the terminal", "下载主机为终端设定的参数"),
		long: i18n.T(
			"Fetch the parameters that the host keeps for the terminal, part after part, and store\nthem when they are whole. The host's limits tighten those of the settings and never\nloosen them.",
			"逐段下载主机为终端设定的参数，完整后才保存。主机的限额只会收紧设置中的限额，绝不放宽。"),
		examples: []example{
			{i18n.T("after the acquirer changed something", "收单机构更改参数之后"), "till terminal download"},
		},
		result: downloadView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, terminalDownloadRun), o),
	}, &o.out)
	bindLine(env, c)
	return c
}

func terminalDownloadRun(ctx context.Context, env *Env, o *terminalOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		parts, err := s.shop.TerminalDownload(ctx)
		if err != nil {
			return err
		}
		st, err := s.shop.TerminalStatus(ctx)
		if err != nil {
			return err
		}
		v := s.viewTerminal(st)
		return env.Write(&o.out, out.Result{Value: downloadView{parts, v}, Table: terminalTable(env, v)})
	})
}
