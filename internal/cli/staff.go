package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func newStaff(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "staff",
		short: i18n.T("Manage staff, sign in and clock in", "管理员工、登录与打卡"),
		long: i18n.T(
			"A shop without staff asks nobody who they are. From the first member on, who must be\nan admin, somebody must be signed in at each till, and roles say who may do what.\nWhere a role needs an approval, another member gives it in place with their PIN.",
			"没有员工的店铺不要求登录。添加第一位员工（须为管理员）之后，每台收银台须有人登录，\n由角色决定权限。需要授权的操作由另一位员工当场输入 PIN 批准。"),
		commands: []*cobra.Command{
			newStaffAdd(env, nil), newStaffEdit(env, nil), newStaffPIN(env, nil), newStaffUnlock(env, nil), newStaffLeave(env, nil),
			newStaffList(env, nil), newStaffShow(env, nil),
			newSignIn(env, nil), newSignOut(env, nil), newWhoAmI(env, nil),
			newClock(env), newHours(env, nil), newPermissions(env, nil),
		},
	})
}

type staffOptions struct {
	out     out.Output
	id      string
	name    string
	role    string
	pinFile string
	oldFile string
	left    bool
}

func newStaffAdd(env *Env, runF func(context.Context, *staffOptions) error) *cobra.Command {
	o := &staffOptions{}
	c := newLeaf(env, leaf{
		use:   "add ID",
		short: i18n.T("Take somebody on", "添加员工"),
		long: i18n.T(
			"Take somebody on under an ID of lower-case letters, digits, - and _. The PIN of 4 to\n12 digits is asked for without echo, or read from a file. The first member of a shop\nmust be an admin.",
			"以小写字母、数字、- 与 _ 组成的编号 ID 添加员工。PIN 为 4 至 12 位数字，在终端询问且\n不回显，或从文件读取。店铺的第一位员工须为管理员。"),
		examples: []example{
			{i18n.T("the first, who may do everything", "第一位员工，拥有全部权限"), `till staff add li_wei --name "Li Wei" --role admin`},
			{i18n.T("from a script", "供脚本使用"), "till staff add bob --name Bob --pin-file bob.pin"},
		},
		result: management.Profile{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, staffAddRun), o, &o.id),
	}, &o.out)
	bindRole(env, c, &o.role, string(till.Cashier))
	c.Flags().StringVar(&o.name, "name", "", env.Say(i18n.T("the `NAME` on reports and receipts; default: the id", "报表与小票上的姓名 `NAME`；默认为编号")))
	bindPIN(env, c, &o.pinFile, "pin-file", i18n.T("the PIN", "PIN"))
	return c
}

func bindRole(env *Env, c *cobra.Command, role *string, value string) {
	c.Flags().StringVar(role, "role", value, env.Say(i18n.T(
		"the `ROLE`: cashier, manager, admin, support or auditor", "角色 `ROLE`：cashier（收银员）、manager（店长）、admin（管理员）、support（技术支持）或 auditor（审计员）")))
	names := make([]string, 0, len(till.Roles()))
	for _, r := range till.Roles() {
		names = append(names, string(r))
	}
	_ = c.RegisterFlagCompletionFunc("role", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
}

func staffAddRun(ctx context.Context, env *Env, o *staffOptions) error {
	if o.name == "" {
		o.name = o.id
	}
	return withShop(ctx, env, func(s *shop) error {
		n := management.NewStaff{ID: till.StaffID(o.id), Name: o.name, Role: till.Role(o.role)}
		if err := s.shop.CheckNewStaff(ctx, n); err != nil {
			return err
		}
		var err error
		if n.PIN, err = env.newPIN(ctx, o.pinFile, o.id); err != nil {
			return err
		}
		p, err := s.shop.AddStaff(ctx, n)
		if err != nil {
			return err
		}
		if _, err := s.shop.Actor(ctx); err != nil {
			env.Note(i18n.T("from now on somebody must be signed in: till staff sign-in %s", "从现在起须登录后操作：till staff sign-in %s").With(p.ID))
		}
		return showProfile(env, &o.out, p)
	})
}

func newStaffEdit(env *Env, runF func(context.Context, *staffOptions) error) *cobra.Command {
	o := &staffOptions{}
	c := newLeaf(env, leaf{
		use:   "edit ID",
		short: i18n.T("Change a member's name or role", "修改员工的姓名或角色"),
		long: i18n.T(
			"Change a member's name or role. The last admin who can sign in keeps the role.",
			"修改员工的姓名或角色。最后一位可登录的管理员不能改为其他角色。"),
		examples: []example{
			{i18n.T("a cashier becomes a manager", "收银员升为店长"), "till staff edit bob --role manager"},
		},
		result: management.Profile{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, staffEditRun), o, &o.id),
	}, &o.out)
	bindRole(env, c, &o.role, "")
	c.Flags().StringVar(&o.name, "name", "", env.Say(i18n.T("the `NAME` from now on", "新的姓名 `NAME`")))
	return c
}

func staffEditRun(ctx context.Context, env *Env, o *staffOptions) error {
	var e management.StaffEdit
	if o.name != "" {
		e.Name = &o.name
	}
	if o.role != "" {
		role := till.Role(o.role)
		e.Role = &role
	}
	if e == (management.StaffEdit{}) {
		return nothingToChange("--name, --role")
	}
	return actAndShow(ctx, env, &o.out, showProfile, func(s *shop) (management.Profile, error) {
		return s.shop.EditStaff(ctx, till.StaffID(o.id), e)
	})
}

// nothingToChange tells that a command that edits was given nothing to edit.
func nothingToChange(flags string) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("there is nothing to change", "没有要修改的内容").With(),
		Hint: i18n.T("say what, with one of: %s", "请用以下标志之一指定：%s").With(flags),
	}
}

func newStaffLeave(env *Env, runF func(context.Context, *staffOptions) error) *cobra.Command {
	o := &staffOptions{}
	return newLeaf(env, leaf{
		use:   "leave ID",
		short: i18n.T("Take down that somebody works here no longer", "登记员工离职"),
		long: i18n.T(
			"Take down that somebody works here no longer. They cannot sign in again and their PIN\nis gone; what they did keeps their name. The last admin cannot leave.",
			"登记员工离职。离职员工不能再登录，其 PIN 被清除；历史记录保留其姓名。最后一位管理员\n不能离职。"),
		examples: []example{
			{i18n.T("somebody left", "员工离职"), "till staff leave bob"},
		},
		result: management.Profile{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, staffLeaveRun), o, &o.id),
	}, &o.out)
}

func staffLeaveRun(ctx context.Context, env *Env, o *staffOptions) error {
	return actAndShow(ctx, env, &o.out, showProfile, func(s *shop) (management.Profile, error) {
		return s.shop.LeaveStaff(ctx, till.StaffID(o.id))
	})
}

func newStaffList(env *Env, runF func(context.Context, *staffOptions) error) *cobra.Command {
	o := &staffOptions{}
	c := newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List the staff", "列出员工"),
		long:  i18n.T("List the staff with their roles, and who is clocked in or locked.", "列出员工及其角色，以及在岗与锁定情况。"),
		examples: []example{
			{i18n.T("everybody", "全部员工"), "till staff list"},
			{i18n.T("who is here now?", "现在谁在岗？"), "till staff list --jq '.[] | select(.clocked_in) | .id'"},
		},
		result: []management.Profile{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, staffListRun), o),
	}, &o.out)
	c.Flags().BoolVar(&o.left, "all", false, env.Say(i18n.T("those who left too", "包括已离职员工")))
	return c
}

func staffListRun(ctx context.Context, env *Env, o *staffOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		all, err := s.shop.AllStaff(ctx, o.left)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			env.Note(i18n.T("this shop has no staff: nobody is asked who they are. till staff add ID --role admin adds the first", "本店没有员工，无需登录。添加第一位：till staff add ID --role admin").With())
		}
		return env.Write(&o.out, out.Result{Value: all, Table: staffTable(env, all, s.cfg.Shop.Timezone)})
	})
}

func newStaffShow(env *Env, runF func(context.Context, *staffOptions) error) *cobra.Command {
	o := &staffOptions{}
	return newLeaf(env, leaf{
		use:   "show ID",
		short: i18n.T("Show a member of the staff", "显示一位员工"),
		long:  i18n.T("Show a member of the staff: name, role, and whether they are clocked in or locked.", "显示员工的姓名、角色，以及在岗与锁定情况。"),
		examples: []example{
			{i18n.T("is bob locked?", "bob 被锁定了吗？"), "till staff show bob --jq .locked"},
		},
		result: management.Profile{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, staffShowRun), o, &o.id),
	}, &o.out)
}

func staffShowRun(ctx context.Context, env *Env, o *staffOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		p, err := s.shop.OneStaff(ctx, till.StaffID(o.id))
		if err != nil {
			return err
		}
		return env.Write(&o.out, out.Result{Value: p, Table: staffTable(env, []management.Profile{p}, s.cfg.Shop.Timezone)})
	})
}

// showProfile writes a member after a change, for people as one line.
func showProfile(env *Env, o *out.Output, p management.Profile) error {
	line := i18n.T("%s  %s, %s", "%s  %s，%s").With(p.ID, p.Name, profileWords(p))
	return env.WriteLine(o, p, line)
}

// profileWords are a member's role and what is to be said of them.
func profileWords(p management.Profile) i18n.Text {
	if p.Gone {
		return i18n.T("gone", "已离职")
	}
	return p.Role.Text()
}

func staffTable(env *Env, all []management.Profile, zone *time.Location) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "id", Head: i18n.T("ID", "编号")},
		{Name: "name", Head: i18n.T("NAME", "姓名")},
		{Name: "role", Head: i18n.T("ROLE", "角色")},
		{Name: "standing", Head: i18n.T("STANDING", "状态")},
	}}
	for _, p := range all {
		table.Rows = append(table.Rows, []string{string(p.ID), p.Name, env.Say(p.Role.Text()), standing(env, p, zone)})
	}
	return table
}

// standing is what is to be said of a member beside the role.
func standing(env *Env, p management.Profile, zone *time.Location) string {
	var words []string
	say := func(m i18n.Message) { words = append(words, m.In(env.Lang())) }
	switch {
	case p.Gone:
		say(i18n.T("gone", "已离职").With())
	case !p.HasPIN:
		say(i18n.T("no PIN", "未设置 PIN").With())
	case p.Locked && p.LockedUntil.IsZero():
		say(i18n.T("locked until a new PIN is set", "已锁定，须重设 PIN").With())
	case p.Locked:
		say(i18n.T("locked until %s", "锁定至 %s").With(p.LockedUntil.In(zone).Format("15:04:05")))
	}
	if p.ClockedIn {
		say(i18n.T("here since %s", "%s 起在岗").With(p.ClockedAt.In(zone).Format("01-02 15:04")))
	}
	return strings.Join(words, ", ")
}
