package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func newStaffPIN(env *Env, runF func(context.Context, *staffOptions) error) *cobra.Command {
	o := &staffOptions{}
	c := newLeaf(env, leaf{
		use:   "pin [ID]",
		short: i18n.T("Set a PIN", "设置 PIN"),
		long: i18n.T(
			"Set a PIN of 4 to 12 digits, without ID one's own. An admin sets anybody's, which ends\na lock; everybody else changes their own by telling the old one. PINs are asked for\nwithout echo, or read from files.",
			"设置 4 至 12 位数字的 PIN；省略 ID 时为自己的。管理员可为任何人设置，并解除锁定；其他\n员工须输入旧 PIN 才能更改自己的。PIN 在终端询问且不回显，或从文件读取。"),
		examples: []example{
			{i18n.T("one's own", "更改自己的 PIN"), "till staff pin"},
			{i18n.T("an admin, for somebody who is locked", "管理员为被锁定的员工重设"), "till staff pin bob"},
			{i18n.T("from a script", "供脚本使用"), "till staff pin bob --pin-file new.pin"},
		},
		result: management.Profile{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, staffPINRun), o, &o.id),
	}, &o.out)
	bindPIN(env, c, &o.pinFile, "pin-file", i18n.T("the new PIN", "新 PIN"))
	bindPIN(env, c, &o.oldFile, "old-pin-file", i18n.T("the old PIN", "旧 PIN"))
	return c
}

func staffPINRun(ctx context.Context, env *Env, o *staffOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		change := management.PINChange{Staff: till.StaffID(o.id)}
		who, err := s.shop.CheckPINChange(ctx, change.Staff)
		if err != nil && !errors.Is(err, management.ErrNeedsOldPIN) {
			return err
		}
		if err != nil {
			if change.Old, err = env.pin(ctx, o.oldFile, "--old-pin-file", i18n.T("old PIN of %s: ", "%s 的旧 PIN：").With(who)); err != nil {
				return err
			}
		}
		if change.New, err = env.newPIN(ctx, o.pinFile, who); err != nil {
			return err
		}
		p, err := s.shop.SetPIN(ctx, change)
		if err != nil {
			return err
		}
		return showProfile(env, &o.out, p)
	})
}

func newStaffUnlock(env *Env, runF func(context.Context, *staffOptions) error) *cobra.Command {
	o := &staffOptions{}
	return newLeaf(env, leaf{
		use:   "unlock ID",
		short: i18n.T("Let somebody who mistyped their PIN try again", "解除因输错 PIN 造成的锁定"),
		long: i18n.T(
			"End the waiting of a member after five or more wrong PINs. After ten only a new PIN\nends the lock: till staff pin ID.",
			"解除员工输错五次以上 PIN 后的等待。输错十次后须设置新 PIN 才能解锁：till staff pin ID。"),
		examples: []example{
			{i18n.T("bob mistyped", "bob 输错了"), "till staff unlock bob"},
		},
		result: management.Profile{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, staffUnlockRun), o, &o.id),
	}, &o.out)
}

func staffUnlockRun(ctx context.Context, env *Env, o *staffOptions) error {
	return actAndShow(ctx, env, &o.out, showProfile, func(s *shop) (management.Profile, error) {
		return s.shop.UnlockStaff(ctx, till.StaffID(o.id))
	})
}
