package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

type seedOptions struct {
	out     out.Output
	example string
}

// seedView is what an example shop was filled with.
type seedView struct {
	Example    string          `json:"example"`
	Items      int             `json:"items"`
	Variants   int             `json:"variants"`
	Members    int             `json:"members"`
	Programmes int             `json:"programmes"`
	TaxClasses int             `json:"tax_classes"`
	Staff      []seedStaffView `json:"staff"`
}

// seedStaffView is a member of the staff with the PIN that everybody who has the program
// can read.
type seedStaffView struct {
	ID      till.StaffID `json:"id"`
	Name    string       `json:"name"`
	Role    till.Role    `json:"role"`
	DemoPIN string       `json:"demo_pin"`
}

func newStoreSeed(env *Env, runF func(context.Context, *seedOptions) error) *cobra.Command {
	o := &seedOptions{}
	c := newLeaf(env, leaf{
		use:   "seed",
		short: i18n.T("Fill an empty shop with an example", "用示例数据填充空店铺"),
		long: i18n.T(
			"Fill an empty shop with an example to try things out in: items with variants, goods by\nweight and opening stock, tax classes, members, promotions and staff of every role. The\nPINs of that staff are the same for everybody and are shown once; they protect nothing.\nA shop in which anything stands is refused.",
			"用示例数据填充空店铺以供试用：多规格商品、称重商品、期初库存、税类、会员、促销及各角色员工。\n员工 PIN 对所有人相同，仅显示一次，不具保护作用。店铺中已有任何内容时拒绝执行。"),
		examples: []example{
			{i18n.T("a cafe in a folder of its own", "在独立目录中建立咖啡店"), "till store seed --example cafe --data ./cafe"},
		},
		result: seedView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, storeSeedRun), o),
	}, &o.out)
	c.Flags().StringVar(&o.example, "example", "cafe", env.Say(i18n.T("the example shop `NAME`", "示例店铺 `NAME`")))
	_ = c.RegisterFlagCompletionFunc("example", cobra.FixedCompletions(management.Examples(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func storeSeedRun(ctx context.Context, env *Env, o *seedOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		done, err := s.shop.Seed(ctx, o.example)
		if err != nil {
			return err
		}
		view := viewSeed(done)
		text := func(screen out.Screen) string {
			return i18n.T("%s: %d items in %d variants, %d tax classes, %d members, %d promotions", "%s：商品 %d 件、规格 %d 个，税类 %d 个，会员 %d 人，促销 %d 项").With(
				view.Example, view.Items, view.Variants, view.TaxClasses, view.Members, view.Programmes).In(env.Lang()) + "\n" + seedTable(env, view).Text(screen)
		}
		if err := env.Write(&o.out, out.Result{Value: view, Table: seedTable(env, view), Text: text}); err != nil {
			return err
		}
		env.Note(i18n.T("these PINs are published: for a real shop, begin with an empty one\ntill staff sign-in %s, then till sell latte-l", "这些 PIN 是公开的：真实店铺请从空店铺开始\n先 till staff sign-in %s，再 till sell latte-l").With(view.Staff[0].ID))
		return nil
	})
}

func viewSeed(done management.Seeded) seedView {
	v := seedView{
		Example: done.Example, Items: done.Items, Variants: done.Variants, Members: done.Members,
		Programmes: done.Programmes, TaxClasses: done.TaxClasses, Staff: []seedStaffView{},
	}
	for _, m := range done.Staff {
		v.Staff = append(v.Staff, seedStaffView{ID: m.ID, Name: m.Name, Role: m.Role, DemoPIN: m.PIN.Reveal()})
	}
	return v
}

func seedTable(env *Env, v seedView) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "id", Head: i18n.T("STAFF", "员工")}, {Name: "name", Head: i18n.T("NAME", "姓名")},
		{Name: "role", Head: i18n.T("ROLE", "角色")}, {Name: "demo_pin", Head: i18n.T("PIN", "演示 PIN")},
	}}
	for _, m := range v.Staff {
		t.Rows = append(t.Rows, []string{string(m.ID), m.Name, env.Say(m.Role.Text()), fmt.Sprint(m.DemoPIN)})
	}
	return t
}
