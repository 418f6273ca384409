package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func newSignIn(env *Env, runF func(context.Context, *staffOptions) error) *cobra.Command {
	o := &staffOptions{}
	c := newLeaf(env, leaf{
		use:   "sign-in ID",
		short: i18n.T("Sign in at this till", "登录本收银台"),
		long: i18n.T(
			"Sign in at this till by a PIN; whoever was signed in is no more. Five wrong PINs lock\na member for a minute and longer each time, ten until an admin sets a new one.",
			"以 PIN 登录本收银台；此前登录者随即退出。PIN 错误五次锁定一分钟并逐次加长，错误十次须由\n管理员重设。"),
		examples: []example{
			{i18n.T("at the terminal", "在终端登录"), "till staff sign-in bob"},
			{i18n.T("from a script", "供脚本使用"), "till staff sign-in bob --pin-file bob.pin"},
		},
		result: management.Presence{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, signInRun), o, &o.id),
	}, &o.out)
	bindPIN(env, c, &o.pinFile, "pin-file", i18n.T("the PIN", "PIN"))
	return c
}

func signInRun(ctx context.Context, env *Env, o *staffOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		pin, err := env.pin(ctx, o.pinFile, "--pin-file", i18n.T("PIN of %s: ", "%s 的 PIN：").With(o.id))
		if err != nil {
			return err
		}
		p, err := s.shop.SignIn(ctx, till.StaffID(o.id), pin)
		if err != nil {
			return err
		}
		return s.showPresence(env, &o.out, p)
	})
}

// signOutView is who was signed in.
type signOutView struct {
	Staff till.StaffID `json:"staff"`
}

func newSignOut(env *Env, runF func(context.Context, *staffOptions) error) *cobra.Command {
	o := &staffOptions{}
	return newLeaf(env, leaf{
		use:   "sign-out",
		short: i18n.T("Sign out at this till", "退出本收银台"),
		long:  i18n.T("Sign out whoever is signed in at this till. A shift that is open stays open.", "退出本收银台的当前登录者。进行中的班次不受影响。"),
		examples: []example{
			{i18n.T("before a break", "休息之前"), "till staff sign-out"},
		},
		result: signOutView{},
		run:    runWith(either(env, runF, signOutRun), o),
	}, &o.out)
}

func signOutRun(ctx context.Context, env *Env, o *staffOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		id, err := s.shop.SignOut(ctx)
		if err != nil {
			return err
		}
		line := i18n.T("%s is signed out", "%s 已退出").With(id)
		return env.WriteLine(&o.out, signOutView{id}, line)
	})
}

func newWhoAmI(env *Env, runF func(context.Context, *staffOptions) error) *cobra.Command {
	o := &staffOptions{}
	return newLeaf(env, leaf{
		use:   "whoami",
		short: i18n.T("Tell who is signed in at this till", "显示本收银台的登录者"),
		long:  i18n.T("Tell who is signed in at this till, since when, and which shift is open.", "显示本收银台的登录者、登录时间和进行中的班次。"),
		examples: []example{
			{i18n.T("who rings up?", "当前由谁收银？"), "till staff whoami --jq .staff"},
		},
		result: management.Presence{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, whoAmIRun), o),
	}, &o.out)
}

func whoAmIRun(ctx context.Context, env *Env, o *staffOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		p, err := s.shop.WhoAmI(ctx)
		if err != nil {
			return err
		}
		return s.showPresence(env, &o.out, p)
	})
}

func (s *shop) showPresence(env *Env, o *out.Output, p management.Presence) error {
	return env.Write(o, out.Result{Value: p, Text: func(out.Screen) string { return s.presenceLine(env, p) }})
}

func (s *shop) presenceLine(env *Env, p management.Presence) string {
	line := i18n.T("this shop has no staff: whoever is here may do everything", "本店没有员工：任何人可执行全部操作").With().In(env.Lang())
	if p.Staff != "" {
		line = i18n.T("%s (%s, %s) is signed in at %s since %s", "%s（%s，%s）已登录 %s，自 %s 起").
			With(p.Staff, p.Name, p.Role.Text(), p.Terminal, p.Since.In(s.cfg.Shop.Timezone).Format("2006-01-02 15:04")).In(env.Lang())
	}
	if p.Shift != 0 {
		line += i18n.T("; shift %d is open", "；班次 %d 进行中").With(p.Shift).In(env.Lang())
	}
	return line
}
