package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsc"
	"github.com/tillworks/till/pkg/reader/replay"
	"github.com/tillworks/till/pkg/reader/swipe"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// The names of readers that are none of PC/SC. The virtual one is always there, a card of
// software with published test data; "virtual:NAME" puts another of its cards in. A
// stripe reader types, here or, as "swipe:FILE", on a line of its own. "replay:FILE" is a
// trace.
const (
	virtualName = "virtual"
	swipeName   = "swipe"
	replayName  = "replay"
)

// openReader opens a card reader by its name. ctx is that of the command.
func openReader(ctx context.Context, env *Env, name string) (reader.Reader, error) {
	switch {
	case isVirtual(name):
		p, err := virtualProfile(name)
		if err != nil {
			return nil, err
		}
		return virtual.NewReader(virtual.NewCard(p)), nil
	case isSwipe(name):
		return openSwipe(ctx, env, name)
	case isReplay(name):
		return openReplay(name)
	}
	device, err := pcsc.Open(name)
	if err != nil {
		return nil, readerProblem(name, err)
	}
	return device, nil
}

func isVirtual(name string) bool { return isNamed(name, virtualName) }
func isSwipe(name string) bool   { return isNamed(name, swipeName) }
func isReplay(name string) bool  { return strings.HasPrefix(name, replayName+":") }

// isNamed reports a name, alone or with something behind a colon.
func isNamed(name, kind string) bool { return name == kind || strings.HasPrefix(name, kind+":") }

// virtualProfile is the card of software that a virtual reader's name asks for.
func virtualProfile(name string) (virtual.Profile, error) {
	profile, named := strings.CutPrefix(name, virtualName+":")
	if !named {
		return virtual.Visa(), nil
	}
	p, known := virtual.ProfileByName(profile)
	if !known {
		return virtual.Profile{}, readerProblem(name, reader.ErrNoReader)
	}
	return p, nil
}

// openSwipe is the stripe reader that types into this terminal, without an echo, or into
// the pipe behind it; with a file in its name, that one.
func openSwipe(ctx context.Context, env *Env, name string) (reader.Reader, error) {
	if file, named := strings.CutPrefix(name, swipeName+":"); named {
		f, err := os.Open(file)
		if err != nil {
			return nil, readerProblem(name, errors.Join(reader.ErrNoReader, err))
		}
		return swipe.NewReader(f, swipe.Options{Name: name}), nil
	}
	if env.In.Terminal && env.In.Secret != nil {
		return swipe.NewReader(newHiddenLines(ctx, env.In.Secret), swipe.Options{Name: name}), nil
	}
	return swipe.NewReader(onlyReader{env.In.Reader}, swipe.Options{Name: name}), nil
}

// onlyReader keeps standard input open.
type onlyReader struct{ io.Reader }

// hiddenLines reads lines that are typed without showing them.
type hiddenLines struct {
	ctx    context.Context
	cancel context.CancelFunc
	secret func(context.Context) ([]byte, error)
	mu     sync.Mutex // held while the terminal has no echo
	rest   []byte
}

func newHiddenLines(ctx context.Context, secret func(context.Context) ([]byte, error)) *hiddenLines {
	h := &hiddenLines{secret: secret}
	h.ctx, h.cancel = context.WithCancel(ctx)
	return h
}

// Read implements io.Reader.
func (h *hiddenLines) Read(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.rest) == 0 {
		line, err := h.secret(h.ctx)
		if err != nil {
			return 0, err
		}
		h.rest = append(line, '\n')
	}
	n := copy(b, h.rest)
	h.rest = h.rest[n:]
	return n, nil
}

// Close ends the waiting, and comes back when the terminal has its echo again.
func (h *hiddenLines) Close() error {
	h.cancel()
	h.mu.Lock()
	defer h.mu.Unlock()
	return nil
}

// openReplay is the trace in a file.
func openReplay(name string) (reader.Reader, error) {
	file := strings.TrimPrefix(name, replayName+":")
	trace, err := readTrace(file)
	if err != nil {
		return nil, err
	}
	return replay.NewReader(trace, replay.Options{Name: name}), nil
}

// readTrace reads a trace from a file.
func readTrace(file string) (*replay.Trace, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	trace, err := replay.Parse(f)
	if err != nil {
		return nil, &till.Problem{
			Code: till.CodeUsage, Cause: err,
			What: i18n.T("%s is no trace of a card", "%s 不是卡片跟踪文件").With(file),
			Hint: i18n.T("till card trace FILE and till pay --trace FILE record one", "till card trace FILE 或 till pay --trace FILE 可录制跟踪").With(),
		}
	}
	return trace, nil
}

// readerProblem says why there is no reader or no card, and what to do.
func readerProblem(name string, err error) error {
	p := &till.Problem{
		Code: till.CodeNoDevice, Cause: err,
		What: i18n.T("the reader %s cannot be used", "无法使用读卡器 %s").With(name),
		Hint: i18n.T("till card list shows the readers; --reader virtual needs none", "till card list 列出读卡器；--reader virtual 无需设备").With(),
	}
	switch {
	case errors.Is(err, pcsc.ErrNotBuilt):
		p.Cause = nil
		p.What = i18n.T("this till was built without PC/SC: there is no reader but the virtual one", "此 till 未包含 PC/SC：只有虚拟读卡器").With()
		p.Hint = i18n.T("build it with make build where libpcsclite-dev is installed, or use --reader virtual", "请在装有 libpcsclite-dev 的机器上 make build，或使用 --reader virtual").With()
	case errors.Is(err, pcsc.ErrNoService):
		p.What = i18n.T("the smart card service does not run", "智能卡服务未运行").With()
		p.Hint = i18n.T("start pcscd (systemctl start pcscd)", "请启动 pcscd（systemctl start pcscd）").With()
	case errors.Is(err, pcsc.ErrDenied):
		p.What = i18n.T("the smart card service refuses this user", "智能卡服务拒绝当前用户").With()
		p.Hint = i18n.T("allow org.debian.pcsc-lite.access_pcsc by a rule of polkit, or run this program in the user's own session", "请以 polkit 规则允许 org.debian.pcsc-lite.access_pcsc，或在用户本地会话中运行本程序").With()
	case errors.Is(err, reader.ErrNoReader):
		p.Cause = nil
		p.What = i18n.T("there is no reader %q", "没有读卡器 %q").With(name)
	case errors.Is(err, reader.ErrNoCard):
		p.Cause = nil
		p.What = i18n.T("no card came to %s", "%s 中没有卡片").With(name)
		p.Hint = i18n.T("put the card in with the chip first, or wait longer with --wait", "请将芯片一端插入，或用 --wait 延长等待").With()
	case errors.Is(err, reader.ErrMute):
		p.What = i18n.T("the chip of the card does not answer", "卡片芯片无应答").With()
		p.Hint = i18n.T("turn the card round; where it still does not answer, use its stripe", "请换个方向插入；仍无应答时请刷磁条").With()
	case errors.Is(err, reader.ErrStripe):
		p.What = i18n.T("the stripe of the card could not be read", "无法读取卡片磁条").With()
		p.Hint = i18n.T("draw it through again, evenly and with the stripe to the mark", "请将磁条朝向标记，匀速重新刷卡").With()
	case errors.Is(err, reader.ErrInUse):
		p.What = i18n.T("the reader %s is in use by another program", "读卡器 %s 正被其他程序使用").With(name)
	}
	return p
}
