package cli

import (
	"errors"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsc"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// virtualName is the reader that is always there: a card of software with published
// test data. "virtual:NAME" puts another of its cards in.
const virtualName = "virtual"

// openReader opens a card reader by its name.
func openReader(name string) (reader.Reader, error) {
	if isVirtual(name) {
		p, err := virtualProfile(name)
		if err != nil {
			return nil, err
		}
		return virtual.NewReader(virtual.NewCard(p)), nil
	}
	device, err := pcsc.Open(name)
	if err != nil {
		return nil, readerProblem(name, err)
	}
	return device, nil
}

func isVirtual(name string) bool {
	return name == virtualName || strings.HasPrefix(name, virtualName+":")
}

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
	case errors.Is(err, reader.ErrInUse):
		p.What = i18n.T("the reader %s is in use by another program", "读卡器 %s 正被其他程序使用").With(name)
	}
	return p
}
