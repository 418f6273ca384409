package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

func newClock(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "clock",
		short: i18n.T("Clock in and out", "上下班打卡"),
		long: i18n.T(
			"Clock in and out: whoever is signed in for themselves, anybody else by their PIN. An\nadmin puts in what was forgotten, with a note.",
			"上下班打卡：登录者为自己打卡，其他人以 PIN 打卡。漏打的卡由管理员补打并注明原因。"),
		commands: []*cobra.Command{newClockIn(env, nil), newClockOut(env, nil)},
	})
}

type clockOptions struct {
	out     out.Output
	in      bool
	id      string
	at      string
	note    string
	pinFile string
}

func newClockIn(env *Env, runF func(context.Context, *clockOptions) error) *cobra.Command {
	return newClocking(env, runF, &clockOptions{in: true}, leaf{
		use:   "in [ID]",
		short: i18n.T("Clock in", "上班打卡"),
		long: i18n.T(
			"Clock in: without ID whoever is signed in, with ID by the PIN of that member.",
			"上班打卡：省略 ID 时为登录者本人；指定 ID 时须输入该员工的 PIN。"),
		examples: []example{
			{i18n.T("bob comes", "bob 上班"), "till staff clock in bob"},
			{i18n.T("an admin puts in what was forgotten", "管理员补打卡"), `till staff clock in bob --at "2026-03-02 09:00" --note "till was down"`},
		},
	})
}

func newClockOut(env *Env, runF func(context.Context, *clockOptions) error) *cobra.Command {
	return newClocking(env, runF, &clockOptions{}, leaf{
		use:   "out [ID]",
		short: i18n.T("Clock out", "下班打卡"),
		long: i18n.T(
			"Clock out: without ID whoever is signed in, with ID by the PIN of that member.",
			"下班打卡：省略 ID 时为登录者本人；指定 ID 时须输入该员工的 PIN。"),
		examples: []example{
			{i18n.T("whoever is signed in goes", "登录者下班"), "till staff clock out"},
			{i18n.T("an admin puts in what was forgotten", "管理员补打卡"), `till staff clock out bob --at "2026-03-02 18:00" --note "forgot"`},
		},
	})
}

func newClocking(env *Env, runF func(context.Context, *clockOptions) error, o *clockOptions, l leaf) *cobra.Command {
	l.result, l.exits = till.Clocking{}, []exitCode{exitNotPermitted}
	l.run = runWith(either(env, runF, clockRun), o, &o.id)
	c := newLeaf(env, l, &o.out)
	c.Flags().StringVar(&o.at, "at", "", env.Say(i18n.T("the `TIME` of what was forgotten, as 2006-01-02 15:04; default: now", "补打卡的时间 `TIME`（2006-01-02 15:04）；默认为现在")))
	c.Flags().StringVar(&o.note, "note", "", env.Say(i18n.T("say why in a `NOTE`", "补打卡的原因 `NOTE`")))
	bindPIN(env, c, &o.pinFile, "pin-file", i18n.T("the PIN", "PIN"))
	return c
}

func clockRun(ctx context.Context, env *Env, o *clockOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		st := management.Stamp{In: o.in, Staff: till.StaffID(o.id), Note: o.note}
		var err error
		if o.at != "" {
			if st.At, err = parseTime(o.at, s.cfg.Shop.Timezone); err != nil {
				return err
			}
		} else if st.PIN, err = s.clockPIN(ctx, env, o); err != nil {
			return err
		}
		c, err := s.shop.Clock(ctx, st)
		if err != nil {
			return err
		}
		word := i18n.T("%s is clocked out, %s", "%s 已下班打卡，%s")
		if c.In {
			word = i18n.T("%s is clocked in, %s", "%s 已上班打卡，%s")
		}
		line := word.With(c.Staff, c.At.In(s.cfg.Shop.Timezone).Format("2006-01-02 15:04"))
		return env.WriteLine(&o.out, c, line)
	})
}

// clockPIN is the PIN of whoever clocks and is not signed in here.
func (s *shop) clockPIN(ctx context.Context, env *Env, o *clockOptions) (card.Secret, error) {
	if o.id == "" || o.note != "" {
		return card.Secret{}, nil
	}
	if actor, err := s.shop.Actor(ctx); err == nil && o.pinFile == "" && actor.Staff == till.StaffID(o.id) {
		return card.Secret{}, nil
	}
	return env.pin(ctx, o.pinFile, "--pin-file", i18n.T("PIN of %s: ", "%s 的 PIN：").With(o.id))
}

// parseTime reads a time of the shop's clock, by the minute.
func parseTime(text string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		return time.Time{}, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%q is no time", "%q 不是时间").With(text),
			Hint: i18n.T("write it as \"2026-03-02 18:00\", on the shop's clock", "请按店铺时间写作 \"2026-03-02 18:00\"").With(),
		}
	}
	return t, nil
}

type hoursOptions struct {
	out  out.Output
	id   string
	from string
	to   string
}

func newHours(env *Env, runF func(context.Context, *hoursOptions) error) *cobra.Command {
	o := &hoursOptions{}
	c := newLeaf(env, leaf{
		use:   "hours [ID]",
		short: i18n.T("Tell how long somebody worked", "查询工时"),
		long: i18n.T(
			"Tell how long members worked, by business day: the time that passed, whatever the\nclocks were set to in between. Without ID it is everybody's, which needs the right to\nread reports.",
			"按营业日查询工时：以实际经过的时间计，不受期间调整时钟影响。省略 ID 时为全部员工，需要\n查看报表的权限。"),
		examples: []example{
			{i18n.T("one's own of this month", "自己本月的工时"), "till staff hours bob"},
			{i18n.T("everybody's of a week, for the accountant", "全员一周工时，供会计使用"), "till staff hours --from 2026-03-02 --to 2026-03-08 -O csv"},
		},
		result: []management.DayHours{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, hoursRun), o, &o.id),
	}, &o.out)
	c.Flags().StringVar(&o.from, "from", "", env.Say(i18n.T("first business `DAY`, 2006-01-02; default: the first of the month", "起始营业日 `DAY`（2006-01-02）；默认为本月首日")))
	c.Flags().StringVar(&o.to, "to", "", env.Say(i18n.T("last business `DAY`; default: today", "截止营业日 `DAY`；默认为今天")))
	return c
}

func hoursRun(ctx context.Context, env *Env, o *hoursOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		today, _ := s.cfg.Shop.Calendar().At(env.Now())
		q := management.HoursQuery{Staff: till.StaffID(o.id), From: today.Month() + 1, To: today}
		var err error
		if q.From, err = parseDayFlag("--from", o.from, q.From); err != nil {
			return err
		}
		if q.To, err = parseDayFlag("--to", o.to, q.To); err != nil {
			return err
		}
		rows, err := s.shop.Hours(ctx, q)
		if err != nil {
			return err
		}
		return env.Write(&o.out, out.Result{
			Value: rows, Table: hoursTable(env, rows, false),
			Text: func(screen out.Screen) string { return hoursTable(env, rows, true).Text(screen) },
		})
	})
}

// parseDayFlag reads a business day; an empty text is the default.
func parseDayFlag(flag, text string, otherwise till.Day) (till.Day, error) {
	if text == "" {
		return otherwise, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%s %q is no day", "%s %q 不是日期").With(flag, text),
			Hint: i18n.T("write it as 2026-03-01", "请写作 2026-03-01").With(),
		}
	}
	return till.DayOf(t.Date()), nil
}

// hoursTable lists the days and, for people, below those of each member their sum.
func hoursTable(env *Env, rows []management.DayHours, sums bool) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "staff", Head: i18n.T("STAFF", "员工")},
		{Name: "day", Head: i18n.T("DAY", "日期")},
		{Name: "worked", Head: i18n.T("WORKED", "工时"), Align: cells.Right},
		{Name: "note", Head: i18n.T("NOTE", "备注")},
	}}
	var sum time.Duration
	for i, r := range rows {
		note := ""
		if r.Open {
			note = env.Say(i18n.T("still here", "在岗"))
		}
		table.Rows = append(table.Rows, []string{string(r.Staff), r.Day.String(), r.Worked, note})
		sum += r.Length
		if sums && (i+1 == len(rows) || rows[i+1].Staff != r.Staff) {
			table.Rows = append(table.Rows, []string{string(r.Staff), env.Say(i18n.T("together", "合计")), management.HoursText(sum), ""})
			sum = 0
		}
	}
	return table
}
