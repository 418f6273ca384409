package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader/pcsc"
)

// checkPCSC says by what this program reaches PC/SC, whether the service answers, and how
// each reader stands, without touching a card. Where the configured reader is none of
// PC/SC, no sale would fail for it.
func checkPCSC(_ context.Context, env *Env) finding {
	cfg, err := env.Config()
	if err != nil {
		return failing(err)
	}
	all, err := pcsc.Readers()
	return pcscFinding(env.lang, isPCSC(cfg.Reader.Name), all, err)
}

// isPCSC reports the name of a reader on PC/SC.
func isPCSC(name string) bool { return !isVirtual(name) && !isSwipe(name) && !isReplay(name) }

// pcscFinding judges what PC/SC said. needed tells that a sale would want it.
func pcscFinding(lang i18n.Lang, needed bool, all []pcsc.Status, err error) finding {
	health := healthOK
	if needed {
		health = healthFail
	}
	switch {
	case err != nil:
		what, fix := pcscFault(err)
		return finding{health, what, fix}
	case len(all) == 0:
		return finding{
			health, i18n.T("%s: the service answers, no reader is plugged in", "%s：服务正常，未接入读卡器").With(pcsc.Provider()),
			i18n.T("plug one in; one that stays unseen needs its driver (libccid for most), and lsusb tells whether the system sees it", "请接入读卡器；若仍未识别，请安装驱动（多数为 libccid），并用 lsusb 确认系统可见").With(),
		}
	}
	f := finding{health: healthOK, what: i18n.T("%s: the service answers; %s", "%s：服务正常；%s").With(pcsc.Provider(), statusList(lang, all))}
	if slices.ContainsFunc(all, func(s pcsc.Status) bool { return s.Mute }) {
		f.health = healthWarn
		f.fix = i18n.T("turn the card that does not answer round, chip first and up; clean its contacts", "请将无应答的卡片换向插入（芯片朝前朝上），并清洁触点").With()
	}
	return f
}

// pcscFault is what is wrong with PC/SC and the cure.
func pcscFault(err error) (what, fix i18n.Message) {
	switch {
	case errors.Is(err, pcsc.ErrNotBuilt):
		return i18n.T("not compiled in: there are no readers but virtual, swipe and replay", "未编译：只有 virtual、swipe 和 replay 读卡器").With(),
			i18n.T("build with make build where libpcsclite-dev is installed (or go build -tags pcsc)", "请在装有 libpcsclite-dev 的机器上 make build（或 go build -tags pcsc）").With()
	case errors.Is(err, pcsc.ErrDenied):
		return i18n.T("%s: the service refuses this user", "%s：服务拒绝当前用户").With(pcsc.Provider()),
			i18n.T("allow org.debian.pcsc-lite.access_pcsc by a rule of polkit, or run this program in the user's own session", "请以 polkit 规则允许 org.debian.pcsc-lite.access_pcsc，或在用户本地会话中运行本程序").With()
	case errors.Is(err, pcsc.ErrNoService):
		return i18n.T("%s: the smart card service does not answer", "%s：智能卡服务无应答").With(pcsc.Provider()), serviceFix()
	}
	return i18n.T("%s: %v", "%s：%v").With(pcsc.Provider(), err),
		i18n.T("start the service again: systemctl restart pcscd; after an upgrade it may be of another version than libpcsclite", "请重启服务：systemctl restart pcscd；升级后其版本可能与 libpcsclite 不一致").With()
}

// pcscSocket is where pcscd listens.
const pcscSocket = "/run/pcscd/pcscd.comm"

// serviceFix is the cure for a service that does not answer.
func serviceFix() i18n.Message {
	switch runtime.GOOS {
	case "windows":
		return i18n.T("start the service \"Smart Card\" (SCardSvr); Windows runs it while a reader is plugged in", "请启动服务“Smart Card”（SCardSvr）；接入读卡器时 Windows 才会运行它").With()
	case "darwin":
		return i18n.T("plug a reader in; macOS starts the service by itself", "请接入读卡器；macOS 会自动启动该服务").With()
	}
	_, missing := exec.LookPath("pcscd")
	if _, err := os.Stat("/usr/sbin/pcscd"); err == nil {
		missing = nil
	}
	_, gone := os.Stat(pcscSocket)
	switch {
	case missing != nil:
		return i18n.T("install it: apt-get install pcscd libccid", "请安装：apt-get install pcscd libccid").With()
	case gone == nil:
		return i18n.T("its socket is there and nobody listens: systemctl restart pcscd", "其套接字存在但无人监听：systemctl restart pcscd").With()
	}
	return i18n.T("start it: systemctl start pcscd, or pcscd -f in a container", "请启动：systemctl start pcscd，容器中可用 pcscd -f").With()
}

// statusList says how the readers stand, one after the other.
func statusList(lang i18n.Lang, all []pcsc.Status) string {
	said := make([]string, len(all))
	for i, s := range all {
		said[i] = s.Name + ": " + statusText(lang, s)
	}
	return strings.Join(said, "; ")
}

// statusText says how one reader stands, with the answer to reset of the card in it.
func statusText(lang i18n.Lang, s pcsc.Status) string {
	switch {
	case s.Mute:
		return i18n.T("a card that does not answer", "卡片无应答").In(lang)
	case !s.Card:
		return i18n.T("empty", "空").In(lang)
	}
	text := strings.ToUpper(hex.EncodeToString(s.ATR)) + " " + emv.ATRSummary(s.ATR, string(lang))
	if s.InUse {
		text += i18n.T(", in use", "，使用中").In(lang)
	}
	return text
}

// checkReader looks for the configured reader without touching a card.
func checkReader(_ context.Context, env *Env) finding {
	cfg, err := env.Config()
	if err != nil {
		return failing(err)
	}
	name := cfg.Reader.Name
	switch {
	case isVirtual(name):
		if _, err := virtualProfile(name); err != nil {
			return failing(err)
		}
		return finding{health: healthOK, what: i18n.T("%s, a card of software", "%s，软件模拟卡").With(name)}
	case isReplay(name):
		if _, err := readTrace(strings.TrimPrefix(name, replayName+":")); err != nil {
			return failing(err)
		}
		return finding{health: healthOK, what: i18n.T("%s, a recorded card", "%s，录制的卡片").With(name)}
	case isSwipe(name):
		return checkSwipe(name)
	}
	names, err := pcsc.List()
	if err != nil {
		return failing(readerProblem(name, err))
	}
	if !slices.ContainsFunc(names, func(n string) bool { return strings.Contains(strings.ToLower(n), strings.ToLower(name)) }) {
		return finding{
			healthFail, i18n.T("there is no reader %q", "没有读卡器 %q").With(name),
			i18n.T("till card list shows the readers; --reader virtual needs none", "till card list 列出读卡器；--reader virtual 无需设备").With(),
		}
	}
	return finding{health: healthOK, what: i18n.T("%s", "%s").With(name)}
}

// checkSwipe looks whether the line of a stripe reader can be opened.
func checkSwipe(name string) finding {
	file, named := strings.CutPrefix(name, swipeName+":")
	if !named {
		return finding{health: healthOK, what: i18n.T("%s, a stripe reader that types", "%s，键盘式磁条阅读器").With(name)}
	}
	if _, err := os.Stat(file); err != nil {
		return finding{
			healthFail, i18n.T("%s: there is no such line", "%s：该线路不存在").With(name),
			i18n.T("plug the stripe reader in and name its device, such as swipe:/dev/ttyUSB0", "请接入磁条阅读器并指定其设备，例如 swipe:/dev/ttyUSB0").With(),
		}
	}
	return finding{health: healthOK, what: i18n.T("%s, a stripe reader on a line of its own", "%s，独立线路的磁条阅读器").With(name)}
}
