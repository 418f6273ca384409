package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func newCustomer(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "customer",
		short: i18n.T("Manage customers and their points", "管理会员与积分"),
		long: i18n.T(
			"Customers who collect points. What they earn and spend is a ledger that is only ever\nadded to: a return or a void moves it back.",
			"收集积分的会员。积分的获得与使用记入只增不改的账本，退货与撤销会相应冲回。"),
		commands: []*cobra.Command{
			newCustomerAdd(env, nil), newCustomerEdit(env, nil), newCustomerDelete(env, nil),
			newCustomerShow(env, nil), newCustomerList(env, nil),
			newCustomerPoints(env, nil), newCustomerAdjust(env, nil),
		},
	})
}

type customerOptions struct {
	out    out.Output
	id     string
	name   string
	phone  string
	text   string
	points string
	note   string
	given  func(flag string) bool // was the flag given, were it empty
}

// customerView is a customer as commands show it: of the phone number only what tells two
// people apart.
type customerView struct {
	ID      till.MemberID `json:"id"`
	Name    string        `json:"name"`
	Phone   string        `json:"phone"`
	Points  int64         `json:"points"`
	Since   time.Time     `json:"since"`
	Deleted bool          `json:"deleted,omitempty"`
}

func viewCustomer(m till.Member) customerView {
	return customerView{ID: m.ID, Name: m.Name, Phone: m.MaskedPhone(), Points: m.Points, Since: m.Since, Deleted: m.Gone}
}

func newCustomerAdd(env *Env, runF func(context.Context, *customerOptions) error) *cobra.Command {
	o := &customerOptions{}
	c := newLeaf(env, leaf{
		use:   "add [ID]",
		short: i18n.T("Take a customer in", "添加会员"),
		long: i18n.T(
			"Take a customer in under a number of up to 20 letters and digits, such as that of a\nprinted card; without ID ten digits are drawn.",
			"以最多 20 位字母或数字的会员号（例如会员卡号）添加会员；省略 ID 时自动生成十位数字。"),
		examples: []example{
			{i18n.T("with a drawn number", "自动生成会员号"), `till customer add --name "Wang Fang" --phone 13800138000`},
			{i18n.T("with that of a card", "使用会员卡号"), "till customer add A1042 --name Ann"},
		},
		result: customerView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, customerAddRun), o, &o.id),
	}, &o.out)
	bindCustomer(env, c, o)
	return c
}

func bindCustomer(env *Env, c *cobra.Command, o *customerOptions) {
	c.Flags().StringVar(&o.name, "name", "", env.Say(i18n.T("the customer's `NAME`", "会员姓名 `NAME`")))
	c.Flags().StringVar(&o.phone, "phone", "", env.Say(i18n.T("phone `NUMBER` to be found by", "用于查找的电话号码 `NUMBER`")))
	o.given = c.Flags().Changed
}

func customerAddRun(ctx context.Context, env *Env, o *customerOptions) error {
	return actAndShow(ctx, env, &o.out, showCustomer, func(s *shop) (till.Member, error) {
		return s.shop.AddMember(ctx, till.Member{ID: till.MemberID(o.id), Name: o.name, Phone: o.phone})
	})
}

func newCustomerEdit(env *Env, runF func(context.Context, *customerOptions) error) *cobra.Command {
	o := &customerOptions{}
	c := newLeaf(env, leaf{
		use:   "edit ID",
		short: i18n.T("Change a customer's name or phone number", "修改会员姓名或电话"),
		long:  i18n.T("Change a customer's name or phone number. An empty one is taken away.", "修改会员的姓名或电话；给出空值即清除。"),
		examples: []example{
			{i18n.T("another number", "更换号码"), "till customer edit A1042 --phone 13900139000"},
		},
		result: customerView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, customerEditRun), o, &o.id),
	}, &o.out)
	bindCustomer(env, c, o)
	return c
}

func customerEditRun(ctx context.Context, env *Env, o *customerOptions) error {
	var e management.MemberEdit
	if o.given("name") {
		e.Name = &o.name
	}
	if o.given("phone") {
		e.Phone = &o.phone
	}
	if e == (management.MemberEdit{}) {
		return nothingToChange("--name, --phone")
	}
	return actAndShow(ctx, env, &o.out, showCustomer, func(s *shop) (till.Member, error) {
		return s.shop.EditMember(ctx, till.MemberID(o.id), e)
	})
}

func newCustomerDelete(env *Env, runF func(context.Context, *customerOptions) error) *cobra.Command {
	o := &customerOptions{}
	return newLeaf(env, leaf{
		use:   "delete ID",
		short: i18n.T("Forget a customer", "删除会员"),
		long: i18n.T(
			"Forget a customer: name and phone number are no longer shown or found, and no points\nare collected any more. The number and its ledger stay for what was bought with it.",
			"删除会员：姓名与电话不再显示或可查，也不再积分。会员号及其账本随历史交易保留。"),
		examples: []example{
			{i18n.T("a customer asks for it", "应会员要求"), "till customer delete A1042"},
		},
		result: customerView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, customerDeleteRun), o, &o.id),
	}, &o.out)
}

func customerDeleteRun(ctx context.Context, env *Env, o *customerOptions) error {
	return actAndShow(ctx, env, &o.out, showCustomer, func(s *shop) (till.Member, error) {
		return s.shop.DeleteMember(ctx, till.MemberID(o.id))
	})
}

func newCustomerShow(env *Env, runF func(context.Context, *customerOptions) error) *cobra.Command {
	o := &customerOptions{}
	return newLeaf(env, leaf{
		use:   "show ID",
		short: i18n.T("Show a customer", "显示会员"),
		long:  i18n.T("Show a customer with the points that are left.", "显示会员及其剩余积分。"),
		examples: []example{
			{i18n.T("how many points?", "有多少积分？"), "till customer show A1042 --jq .points"},
		},
		result: customerView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, customerShowRun), o, &o.id),
	}, &o.out)
}

func customerShowRun(ctx context.Context, env *Env, o *customerOptions) error {
	return actAndShow(ctx, env, &o.out, showCustomer, func(s *shop) (till.Member, error) {
		return s.shop.Member(ctx, till.MemberID(o.id))
	})
}

// showCustomer writes one customer, for people as one line.
func showCustomer(env *Env, o *out.Output, m till.Member) error {
	v := viewCustomer(m)
	line := i18n.T("%s  %s  %s  points: %d", "%s  %s  %s  积分：%d").With(v.ID, v.Name, v.Phone, v.Points)
	if v.Deleted {
		line = i18n.T("%s  deleted", "%s  已删除").With(v.ID)
	}
	return env.WriteLine(o, v, line)
}

func newCustomerList(env *Env, runF func(context.Context, *customerOptions) error) *cobra.Command {
	o := &customerOptions{}
	return newLeaf(env, leaf{
		use:   "list [TEXT]",
		short: i18n.T("List customers", "列出会员"),
		long:  i18n.T("List customers; with TEXT those whose number, name or phone number holds it.", "列出会员；给出 TEXT 时仅列出会员号、姓名或电话含该文本者。"),
		examples: []example{
			{i18n.T("by the end of a phone number", "按电话尾号查找"), "till customer list 8000"},
		},
		result: []customerView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, customerListRun), o, &o.text),
	}, &o.out)
}

func customerListRun(ctx context.Context, env *Env, o *customerOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		all, err := s.shop.Members(ctx, o.text)
		if err != nil {
			return err
		}
		views := []customerView{}
		table := out.Table{Columns: []out.Column{
			{Name: "id", Head: i18n.T("ID", "会员号")},
			{Name: "name", Head: i18n.T("NAME", "姓名")},
			{Name: "phone", Head: i18n.T("PHONE", "电话")},
			{Name: "points", Head: i18n.T("POINTS", "积分"), Align: cells.Right},
		}}
		for _, m := range all {
			v := viewCustomer(m)
			views = append(views, v)
			table.Rows = append(table.Rows, []string{string(v.ID), v.Name, v.Phone, strconv.FormatInt(v.Points, 10)})
		}
		return env.Write(&o.out, out.Result{Value: views, Table: table})
	})
}
