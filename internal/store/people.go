package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// CheckStaff reports what a member of the staff lacks that is to be stored. Such an error
// is a fault of the program and no text for a user.
func CheckStaff(s till.Staff) error {
	if s.ID == "" || !slices.Contains(till.Roles(), s.Role) {
		return fmt.Errorf("staff %q: role %q, want an id and a known role", s.ID, s.Role)
	}
	return nil
}

// CountAdmins counts the members who can sign in and edit the staff.
func CountAdmins(all []till.Staff) int {
	n := 0
	for _, m := range all {
		if !m.Gone && m.PINHash != "" && m.Role.Grant(till.MayEditStaff) == till.Allow {
			n++
		}
	}
	return n
}

// NoAdminLeft is the problem of a change after which nobody could edit the staff.
func NoAdminLeft(id till.StaffID) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s is the last admin: without one nobody could edit the staff", "%s 是最后一位管理员：没有管理员将无人能管理员工").With(id),
		Hint: i18n.T("make another one first: till staff edit ID --role admin", "请先指定另一位：till staff edit ID --role admin").With(),
	}
}

// CheckClocking reports whether a clocking may follow the last one of the same member,
// which is nil before the first. The error is a *till.Problem.
func CheckClocking(c till.Clocking, last *till.Clocking) error {
	switch {
	case last == nil && !c.In:
		return refuseClocking(i18n.T("%s has not clocked in", "%s 尚未上班打卡").With(c.Staff))
	case last == nil:
		return nil
	case last.In && c.In:
		return refuseClocking(i18n.T("%s has clocked in already, at %s", "%s 已于 %s 上班打卡").With(c.Staff, clock(last.At)))
	case !last.In && !c.In:
		return refuseClocking(i18n.T("%s has clocked out already, at %s", "%s 已于 %s 下班打卡").With(c.Staff, clock(last.At)))
	case c.At.Before(last.At):
		return refuseClocking(i18n.T("%s is before the last clocking of %s, at %s", "%s 早于 %s 的上次打卡 %s").With(clock(c.At), c.Staff, clock(last.At)))
	}
	return nil
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

func refuseClocking(what i18n.Message) error {
	return &till.Problem{
		Code: till.CodeNotPermitted, What: what,
		Hint: i18n.T("till staff hours lists the clockings", "till staff hours 可列出打卡记录").With(),
	}
}

// StaffGone is the problem of somebody who no longer works here.
func StaffGone(id till.StaffID) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s does not work here any more", "%s 已离职").With(id),
		Hint: i18n.T("till staff list shows who does", "till staff list 可列出在职员工").With(),
	}
}

// CheckAdjustment reports a move of points that only a ticket makes, or that moves
// nothing. Such an error is a fault of the program and no text for a user.
func CheckAdjustment(m till.PointsMove) error {
	if m.Reason != till.PointsAdjust || m.Seq != 0 || m.Ticket != "" {
		return fmt.Errorf("points of %s: reason %q, number %d, ticket %q; want %s alone", m.Member, m.Reason, m.Seq, m.Ticket, till.PointsAdjust)
	}
	return CheckPoints(m)
}

// CheckPoints reports a move of points that moves nothing, or more than can be.
func CheckPoints(m till.PointsMove) error {
	const most = 1_000_000_000_000
	if m.Member == "" || m.Points == 0 || m.Points > most || m.Points < -most {
		return fmt.Errorf("points of %q: %d, want some of a member, up to %d", m.Member, m.Points, int64(most))
	}
	return nil
}

// NotEnoughPoints is the problem of more points being taken than there are.
func NotEnoughPoints(id till.MemberID, wanted, held int64) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s has %d points, %d are to be taken", "%s 有 %d 积分，要扣 %d").With(id, held, wanted),
		Hint: i18n.T("till customer points %s lists how they came", "till customer points %s 可查看积分明细").With(id),
	}
}
