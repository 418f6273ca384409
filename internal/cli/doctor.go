package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// health is how one check ended.
type health string

// The healths.
const (
	healthOK   health = "ok"
	healthWarn health = "warn" // works, but look at it
	healthFail health = "fail" // a sale would fail
)

// check looks at one thing that a sale needs and changes nothing.
type check struct {
	name string // for programs
	head i18n.Text
	look func(ctx context.Context, env *Env) finding
}

// finding is what a check saw. Fix is the next step where something is wrong.
type finding struct {
	health health
	what   i18n.Message
	fix    i18n.Message
}

// checks are what `till doctor` looks at, in order: what others need comes first.
func checks() []check {
	return []check{
		{"language", i18n.T("language", "语言"), checkLanguage},
		{"config", i18n.T("settings", "设置"), checkConfig},
		{"data_folder", i18n.T("data folder", "数据文件夹"), checkDataFolder},
		{"free_space", i18n.T("free space", "可用空间"), checkFreeSpace},
		{"store", i18n.T("store", "数据库"), checkStore},
		{"host", i18n.T("card host", "收单主机"), checkHost},
		{"wallet", i18n.T("wallet gateway", "钱包网关"), checkWallet},
		{"scheme_keys", i18n.T("scheme keys", "卡组织公钥"), checkSchemeKeys},
		{"pcsc", i18n.T("PC/SC", "PC/SC 服务"), checkPCSC},
		{"reader", i18n.T("card reader", "读卡器"), checkReader},
	}
}

type doctorOptions struct{ out out.Output }

// doctorRow is one check as the command shows it.
type doctorRow struct {
	Check  string `json:"check"`
	Status health `json:"status"` // ok, warn or fail
	What   string `json:"what"`
	Fix    string `json:"fix"`
}

func newDoctor(env *Env, runF func(context.Context, *doctorOptions) error) *cobra.Command {
	o := &doctorOptions{}
	return newLeaf(env, leaf{
		use:   "doctor",
		short: i18n.T("Check all that a sale needs", "检查收款所需的一切"),
		long: i18n.T(
			"Look at everything that a sale needs and say of each whether it is well, and what to\ndo where it is not. Nothing is changed. The command fails if a sale would.",
			"检查收款所需的各个部分，说明其是否正常以及异常时的处理方法。不做任何更改。\n若收款将会失败，则命令以失败结束。"),
		examples: []example{
			{i18n.T("why does no sale work?", "为什么无法收款？"), "till doctor"},
			{i18n.T("for a monitor: what is wrong", "供监控使用：列出异常项"), `till doctor --jq '.[] | select(.status != "ok") | .what'`},
		},
		result: []doctorRow{},
		run:    runWith(either(env, runF, doctorRun), o),
	}, &o.out)
}

func doctorRun(ctx context.Context, env *Env, o *doctorOptions) error {
	var rows []doctorRow
	failed := false
	for _, c := range checks() {
		f := c.look(ctx, env)
		failed = failed || f.health == healthFail
		rows = append(rows, doctorRow{Check: c.name, Status: f.health, What: f.what.In(env.lang), Fix: f.fix.In(env.lang)})
	}
	err := env.Write(&o.out, out.Result{Value: rows, Table: doctorTable(env, rows), Text: doctorText(rows)})
	if err == nil && failed {
		return exitError{exitFailure}
	}
	return err
}

func doctorTable(_ *Env, rows []doctorRow) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "check", Head: i18n.T("CHECK", "检查项")},
		{Name: "status", Head: i18n.T("STATUS", "状态")},
		{Name: "what", Head: i18n.T("FOUND", "结果")},
		{Name: "fix", Head: i18n.T("WHAT TO DO", "处理方法")},
	}}
	for _, r := range rows {
		t.Rows = append(t.Rows, []string{r.Check, string(r.Status), r.What, r.Fix})
	}
	return t
}

// doctorText is a line a check, and a line below where something is to be done.
func doctorText(rows []doctorRow) func(out.Screen) string {
	return func(s out.Screen) string {
		var text string
		for i, c := range checks() {
			text += fmt.Sprintf("%s  %s: %s\n", mark(s, rows[i].Status), c.head.In(s.Lang), rows[i].What)
			if rows[i].Fix != "" {
				text += "      " + rows[i].Fix + "\n"
			}
		}
		return text
	}
}

func mark(s out.Screen, h health) string {
	switch h {
	case healthOK:
		return s.Green("ok  ")
	case healthWarn:
		return s.Yellow("warn")
	case healthFail:
	}
	return s.Red("fail")
}

func checkLanguage(_ context.Context, env *Env) finding {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		locale := env.Getenv(name)
		if _, known := i18n.ParseLang(locale); locale == "" || locale == "C" || locale == "POSIX" || locale == "C.UTF-8" || known {
			continue
		}
		return finding{
			healthWarn, i18n.T("%s is %s, which till does not speak; it speaks English", "%s 为 %s，till 不支持，将使用英文").With(name, locale),
			i18n.T("set TILL_LANG to en or zh", "请将 TILL_LANG 设为 en 或 zh").With(),
		}
	}
	return finding{health: healthOK, what: i18n.T("English", "简体中文").With()}
}

func checkConfig(_ context.Context, env *Env) finding {
	cfg, err := env.Config()
	if err != nil {
		return failing(err)
	}
	if cfg.Profile == config.Live {
		return finding{health: healthOK, what: i18n.T("profile live, real cards", "live 模式，接受真实卡").With()}
	}
	return finding{health: healthOK, what: i18n.T("profile lab, published test cards only", "lab 模式，只接受公开的测试卡").With()}
}

// checkDataFolder looks for a folder that this user and nobody else can read and
// write. A folder that does not exist yet is made by the first sale; then its parent
// counts.
func checkDataFolder(_ context.Context, env *Env) finding {
	dir, err := env.DataDir()
	if err != nil {
		return failing(err)
	}
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := probe(existing(dir)); err != nil {
			return unwritable(existing(dir), err)
		}
		return finding{health: healthOK, what: i18n.T("%s, made by the first sale", "%s，将在第一笔交易时创建").With(dir)}
	}
	if err != nil || !info.IsDir() {
		return unwritable(dir, err)
	}
	if err := probe(dir); err != nil {
		return unwritable(dir, err)
	}
	if open := info.Mode().Perm() & 0o077; open != 0 && hasPermissions() {
		return finding{
			healthWarn, i18n.T("%s can be read by other users (mode %03o)", "%s 可被其他用户访问（权限 %03o）").With(dir, info.Mode().Perm()),
			i18n.T("run chmod 700 %s", "请运行 chmod 700 %s").With(dir),
		}
	}
	return finding{health: healthOK, what: i18n.T("%s", "%s").With(dir)}
}

// existing is the nearest folder above a path that exists.
func existing(dir string) string {
	for {
		parent := filepath.Dir(dir)
		if _, err := os.Stat(dir); err == nil || parent == dir {
			return dir
		}
		dir = parent
	}
}

// probe writes a file into the folder and takes it away again: permissions, quotas and
// read-only mounts all show.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".till-doctor-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString("x")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func unwritable(dir string, err error) finding {
	what := i18n.T("%s cannot be written", "无法写入 %s").With(dir)
	if err == nil {
		what = i18n.T("%s is no folder", "%s 不是文件夹").With(dir)
	}
	return finding{healthFail, what, i18n.T("make it writable, or name another with --data DIR", "请使其可写，或用 --data DIR 指定其他文件夹").With()}
}

// The store's journal grows by a few KiB a sale; below these a day's trade is at risk.
const (
	spaceFail = 16 << 20
	spaceWarn = 256 << 20
)

func checkFreeSpace(_ context.Context, env *Env) finding {
	dir, err := env.DataDir()
	if err != nil {
		return failing(err)
	}
	free, err := freeBytes(existing(dir))
	if err != nil {
		return finding{health: healthWarn, what: i18n.T("the free space of %s is not known", "无法得知 %s 的可用空间").With(dir)}
	}
	what := i18n.T("%d MiB", "%d MiB").With(free >> 20)
	fix := i18n.T("free space, or name another folder with --data DIR", "请腾出空间，或用 --data DIR 指定其他文件夹").With()
	switch {
	case free < spaceFail:
		return finding{healthFail, what, fix}
	case free < spaceWarn:
		return finding{healthWarn, what, fix}
	}
	return finding{health: healthOK, what: what}
}

// failing makes a finding of an error.
func failing(err error) finding {
	p := problemOf(err)
	f := finding{health: healthFail, what: p.What, fix: p.Hint}
	var problem *till.Problem
	if !errors.As(err, &problem) {
		f.fix = i18n.Message{}
	}
	return f
}
