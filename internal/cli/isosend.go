package cli

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/bulk"
	"github.com/tillworks/till/pkg/iso8583/link"
)

type isoSendOptions struct {
	out      out.Output
	addr     string
	words    []string // the message: digits, or [MTI] FIELD=VALUE...; none is the file
	file     string
	from     string
	spec     string
	framing  string // "" is that of the message, else binary2
	tpdu     string
	currency string
	tls      isoTLS
	expect   []string
	timeout  time.Duration
	count    int
}

// isoSent is what became of a message that was sent.
type isoSent struct {
	Address  string               `json:"address"`
	Dialect  string               `json:"dialect"`
	Framing  string               `json:"framing"`
	TLS      string               `json:"tls,omitempty"` // version
	MTI      iso8583.MTI          `json:"mti"`           // of the request
	Sent     int                  `json:"sent"`
	Failed   int                  `json:"failed"` // answers that are not what was expected
	Connect  float64              `json:"connect_ms"`
	Secure   float64              `json:"tls_ms,omitempty"`
	Times    bulk.Times           `json:"times"` // from the request to its answer
	Expected []isoExpected        `json:"expected,omitempty"`
	Answer   *iso8583.Explanation `json:"answer"` // the first that is not what was expected, else the last
}

func newISOSend(env *Env, runF func(context.Context, *isoSendOptions) error) *cobra.Command {
	o := &isoSendOptions{}
	run := either(env, runF, isoSendRun)
	c := newLeaf(env, leaf{
		use:   "send ADDR [MESSAGE...]",
		short: i18n.T("Send a message to a host and show the answer", "向主机发送报文并显示应答"),
		long: i18n.T(
			"Send a message to a host at ADDR, host:port, and show the answer and the times: to\nconnect, for TLS, and from request to answer. The message is hexadecimal digits, a type\nand FIELD=VALUE as till iso build takes them, the JSON of --from, or a file; bytes go as\nthey are. The answer is the one with the type that answers, the terminal (41) and the\ntrace number (11) of the request.\n\nWith --expect the command ends with 7 where the answer is otherwise, so that a host can\nbe tested by a script. With --count the message goes several times, one after the other,\neach with the next trace number.\n\nNothing is kept and nothing is reversed: money is moved by till pay. In the lab card\nnumbers that are not published for tests are refused; in live use card data goes over\nTLS alone.",
			"将报文发送到 ADDR（host:port）的主机，显示应答及各项耗时：连接、TLS、请求到应答。报文可为\n十六进制数字、till iso build 所用的类型与 FIELD=VALUE、--from 的 JSON 或文件；字节按原样发送。\n应答按类型、终端（域 41）和流水号（域 11）与请求匹配。\n\n给出 --expect 时，应答不符则以 7 退出，便于脚本测试主机。--count 依次发送多次，流水号逐一递增。\n\n不保存也不冲正：收款请用 till pay。实验（lab）模式拒绝非公开测试卡号；生产（live）模式下\n卡数据仅经 TLS 发送。"),
		examples: []example{
			{i18n.T("is the host there?", "主机是否在线"), "till iso send 127.0.0.1:8583 0800 7=1123023000 11=000001 70=301 --expect 39=00"},
			{i18n.T("a sale that must be declined, over TLS", "经 TLS 发送一笔应被拒绝的消费"), "till iso send host.example:8583 --from sale.json --tls --ca ca.pem --expect 39=51"},
			{i18n.T("how fast it answers", "测量应答速度"), "till iso send 127.0.0.1:8583 --file echo.bin --count 1000 --json=times"},
		},
		result: isoSent{},
		exits:  []exitCode{exitNotPermitted, exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.addr, o.words = args[0], args[1:]
			return run(ctx, o)
		},
	}, &o.out)
	f := c.Flags()
	f.StringVar(&o.file, "file", "", env.Say(i18n.T("read the message from a `FILE`, - is standard input", "从 `FILE` 读取报文，- 表示标准输入")))
	f.StringVar(&o.from, "from", "", env.Say(i18n.T("send the message in a JSON `FILE`, with FIELD=VALUE over it", "发送 JSON 文件 `FILE` 中的报文，可用 FIELD=VALUE 覆盖")))
	bindISOMaking(env, c, &o.spec, &o.framing)
	c.Flags().Lookup("spec").Usage = env.Say(i18n.T(
		"dialect of the message and its answer, or the `SPEC` in a file; default: found, or iso87-ascii where it is made here",
		"报文及其应答的方言，或文件中的规范 `SPEC`；默认自动识别，由参数生成时为 iso87-ascii"))
	c.Flags().Lookup("framing").Usage = i18n.T(
		"put this `FRAMING` around it: %s; default: that of the message, else binary2",
		"封装 `FRAMING`：%s；默认与报文相同，否则为 binary2").With(strings.Join(link.FramingNames(), ", ")).In(env.lang)
	f.StringVar(&o.tpdu, "tpdu", "", env.Say(i18n.T("with a TPDU of ten `DIGITS`, such as 6000030000", "附加 TPDU，十位十六进制数字 `DIGITS`，例如 6000030000")))
	f.StringVar(&o.currency, "currency", "", env.Say(i18n.T("currency `CODE` of amounts for which the message names none", "报文未指明币种时金额所用的币种 `CODE`")))
	f.StringArrayVar(&o.expect, "expect", nil, env.Say(i18n.T("want the answer to have `FIELD=VALUE`: 39=00, mti=0210; FIELD alone is any value; again for each", "期望应答含有 `FIELD=VALUE`：39=00、mti=0210；只写 FIELD 表示任意值；每项各写一次")))
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, env.Say(i18n.T("wait `TIME` for each answer, such as 10s", "等待每个应答的时间 `TIME`，例如 10s")))
	f.IntVar(&o.count, "count", 1, env.Say(i18n.T("send it `N` times, with trace numbers that count up", "发送 `N` 次，流水号递增")))
	bindISOTLS(env, c, &o.tls)
	return c
}

func isoSendRun(ctx context.Context, env *Env, o *isoSendOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	r, err := o.request(ctx, env)
	if err != nil {
		return err
	}
	want, err := expectations(env, r.message, o.expect)
	if err != nil {
		return err
	}
	if err := o.permit(env, r); err != nil {
		return err
	}
	sent, err := o.exchange(ctx, env, r, want)
	if err != nil {
		return err
	}
	result := out.Result{Value: sent, Text: func(s out.Screen) string { return sentText(s, sent) }}
	if err := env.Write(&o.out, result); err != nil || sent.Failed == 0 {
		return err
	}
	return exitError{exitDifferences}
}

// check refuses flags that make no sense before anything is read.
func (o *isoSendOptions) check() error {
	if _, port, err := net.SplitHostPort(o.addr); err != nil || port == "" {
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%q is no address", "%q 不是地址").With(o.addr),
			Hint: i18n.T("give host and port: 127.0.0.1:8583; till host serve runs a host for tests", "请给出主机和端口：127.0.0.1:8583；till host serve 可运行测试主机").With(),
		}
	}
	if o.count < 1 || o.count > 1_000_000 {
		return wrongWord("--count", strconv.Itoa(o.count), "1 ... 1000000")
	}
	if o.timeout <= 0 {
		return wrongWord("--timeout", o.timeout.String(), "10s, 500ms")
	}
	return nil
}

// isoRequest is a message that is ready to go.
type isoRequest struct {
	message *iso8583.Message
	raw     []byte // the bytes as they were given; nil where they were made of the message
	framing string
}

// request makes or reads the message.
func (o *isoSendOptions) request(ctx context.Context, env *Env) (isoRequest, error) {
	r, err := o.message(ctx, env)
	if err != nil {
		return r, err
	}
	switch {
	case !r.message.MTI().IsRequest():
		return r, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("a message of type %s asks for no answer", "类型为 %s 的报文不需要应答").With(r.message.MTI()),
			Hint: i18n.T("send a request, such as 0800 or 0200", "请发送请求报文，例如 0800 或 0200").With(),
		}
	case !r.message.Has("11"):
		return r, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("the message has no trace number (field 11), so its answer could not be told from others", "报文没有流水号（域 11），无法识别其应答").With(),
			Hint: i18n.T("add 11=000001", "请加上 11=000001").With(),
		}
	}
	if o.framing != "" {
		r.framing = o.framing
	}
	if r.framing == "" || r.framing == noFraming {
		r.framing = "binary2"
	}
	if o.tpdu != "" {
		base, _, _ := strings.Cut(r.framing, "+tpdu")
		r.framing = base + "+tpdu:" + o.tpdu
	}
	return r, nil
}

func (o *isoSendOptions) message(ctx context.Context, env *Env) (isoRequest, error) {
	if o.from != "" || isAssignments(o.words) {
		m, err := buildMessage(ctx, env, isoMaking{words: o.words, from: o.from, spec: o.spec, currency: o.currency})
		return isoRequest{message: m}, err
	}
	in := isoInput{isoReading: isoReading{spec: o.spec}, words: o.words}
	if o.file != "" {
		in.files = []string{o.file}
	}
	found, err := in.one(ctx, env)
	if err != nil {
		return isoRequest{}, err
	}
	m, err := found.spec.Unpack(found.body())
	if err != nil {
		return isoRequest{}, brokenMessage(env, err)
	}
	return isoRequest{message: m, raw: found.body(), framing: wireFraming(found)}, nil
}

// isAssignments reports words that till iso build takes: digits of a whole message have
// no = in them and are more than four.
func isAssignments(words []string) bool {
	if len(words) == 0 {
		return false
	}
	_, err := iso8583.ParseMTI(words[0])
	return strings.Contains(words[0], "=") || err == nil && (len(words) == 1 || strings.Contains(words[1], "="))
}

// wireFraming is the framing of a message that was read, with the TPDU that it had, as
// package link names it; "" where link has no such framing.
func wireFraming(m isoMessage) string {
	name, before, _ := m.around()
	const tpdu = 5
	if base, ok := strings.CutSuffix(name, "+tpdu"); ok && len(before) >= tpdu {
		name = base + "+tpdu:" + upperHex(before[len(before)-tpdu:])
	}
	if _, err := link.FramingByName(name); err != nil {
		return ""
	}
	return name
}

// permit refuses card data that the profile does not let out: other people's cards in the
// lab, and any in clear in live use.
func (o *isoSendOptions) permit(env *Env, r isoRequest) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	raw, err := r.message.Pack()
	if err != nil {
		return fieldProblem(env, r.message.Spec(), err)
	}
	d := cardDataOf(r.message.Spec(), raw)
	switch {
	case cfg.Profile == config.Lab && d.Strange != "":
		return &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("field %s holds a card number that is not published for tests, and the lab profile sends no others", "域 %s 含有非公开测试卡号，实验（lab）模式不予发送").With(d.Strange),
			Hint: i18n.T("use a published test card; real ones need the live profile and TLS: till config list", "请使用公开的测试卡；真实卡需要 live 模式及 TLS：till config list").With(),
		}
	case cfg.Profile == config.Live && !o.tls.wanted() && (d.Numbers > 0 || d.Secret != ""):
		return &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("the message holds card data, and it would go in clear", "报文含有卡数据，且将以明文传输").With(),
			Hint: i18n.T("add --tls, and --ca FILE for an authority of the host's own", "请加上 --tls；主机使用自有证书机构时另加 --ca FILE").With(),
		}
	}
	return nil
}

// sendProblem says why there is no answer, and whether the host may have the message.
func (o *isoSendOptions) sendProblem(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, link.ErrNotSent):
		return &till.Problem{
			Code: till.CodeHostDown, Cause: err, What: i18n.T("nothing was sent to %s", "未向 %s 发送任何数据").With(o.addr),
			Hint: i18n.T("is the host there, and is it %s? till host serve runs one for tests", "主机是否在线，地址是否为 %s？till host serve 可运行测试主机").With(o.addr),
		}
	case errors.Is(err, context.DeadlineExceeded):
		return &till.Problem{
			Code: till.CodeFailure, What: i18n.T("no answer within %s; the host may have the message", "%s 内未收到应答；主机可能已收到报文").With(o.timeout),
			Hint: i18n.T("look at the host before it is sent again; a host that is silent to everything may want another --framing, --tpdu or --spec; --timeout waits longer", "重发前请先查看主机；若主机对所有报文均无应答，可能需要其他 --framing、--tpdu 或 --spec；--timeout 可延长等待").With(),
		}
	}
	return &till.Problem{
		Code: till.CodeFailure, Cause: err, What: i18n.T("the connection broke before an answer came; the host may have the message", "收到应答前连接中断；主机可能已收到报文").With(),
		Hint: i18n.T("look at the host before it is sent again; a host that hangs up at once may want another --framing, or --tls", "重发前请先查看主机；若主机立即断开，可能需要其他 --framing 或 --tls").With(),
	}
}
