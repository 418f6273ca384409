package shop

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/nearest"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// Profile is a member of the staff as others may see them: nothing of their PIN.
type Profile struct {
	ID          till.StaffID `json:"id"`
	Name        string       `json:"name"`
	Role        till.Role    `json:"role"`
	HasPIN      bool         `json:"has_pin"`
	Gone        bool         `json:"gone,omitempty"`
	Locked      bool         `json:"locked,omitempty"`       // now, after wrong PINs
	LockedUntil time.Time    `json:"locked_until,omitzero"`  // zero of a locked one: until a new PIN is set
	ClockedIn   bool         `json:"clocked_in,omitempty"`   // now
	ClockedAt   time.Time    `json:"clocked_in_at,omitzero"` // of one who is
	Version     int          `json:"version"`
}

// NewStaff is a member to be.
type NewStaff struct {
	ID   till.StaffID
	Name string
	Role till.Role
	PIN  card.Secret
}

// AddStaff takes somebody on. The first of a shop must be an admin: from then on somebody
// must be signed in, and only an admin could add the others.
func (s *Shop) AddStaff(ctx context.Context, n NewStaff) (Profile, error) {
	ch, member, err := s.newStaff(ctx, n)
	if err != nil {
		return Profile{}, err
	}
	if err := checkNewPIN(n.PIN); err != nil {
		return Profile{}, err
	}
	if member.PINHash, err = s.hashPIN(member.ID, n.PIN); err != nil {
		return Profile{}, err
	}
	return s.putStaff(ctx, member, ch)
}

// CheckNewStaff tells before a PIN is asked for whether AddStaff would refuse the rest.
func (s *Shop) CheckNewStaff(ctx context.Context, n NewStaff) error {
	_, _, err := s.newStaff(ctx, n)
	return err
}

func (s *Shop) newStaff(ctx context.Context, n NewStaff) (till.Change, till.Staff, error) {
	ch, err := s.authorize(ctx, till.MayEditStaff, nil, "")
	if err != nil {
		return till.Change{}, till.Staff{}, err
	}
	member := till.Staff{ID: n.ID, Name: strings.TrimSpace(n.Name), Role: n.Role}
	if err := checkStaff(member); err != nil {
		return till.Change{}, till.Staff{}, err
	}
	return ch, member, s.checkFirst(ctx, member)
}

func (s *Shop) putStaff(ctx context.Context, member till.Staff, ch till.Change) (Profile, error) {
	stored, err := s.cfg.Store.PutStaff(ctx, member, ch)
	if err != nil {
		return Profile{}, err
	}
	return s.profile(ctx, stored)
}

// checkFirst refuses a first member who could not add the second.
func (s *Shop) checkFirst(ctx context.Context, member till.Staff) error {
	staffed, err := s.isStaffed(ctx)
	if err != nil || staffed || member.Role == till.Admin {
		return err
	}
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("the first member of a shop must be an admin, not %s", "店铺的第一位员工须为管理员，而非%s").With(member.Role.Text()),
		Hint: i18n.T("add an admin first: till staff add %s --role admin", "请先添加管理员：till staff add %s --role admin").With(member.ID),
	}
}

// StaffEdit is what is to be another from now on; nil stays.
type StaffEdit struct {
	Name *string
	Role *till.Role
}

// EditStaff changes a member's name or role.
func (s *Shop) EditStaff(ctx context.Context, id till.StaffID, e StaffEdit) (Profile, error) {
	return s.changeStaff(ctx, id, func(m *till.Staff) {
		if e.Name != nil {
			m.Name = strings.TrimSpace(*e.Name)
		}
		if e.Role != nil {
			m.Role = *e.Role
		}
	})
}

// LeaveStaff takes down that somebody works here no longer. They cannot sign in again;
// what they did keeps their name.
func (s *Shop) LeaveStaff(ctx context.Context, id till.StaffID) (Profile, error) {
	if err := s.checkLeaving(ctx, id); err != nil {
		return Profile{}, err
	}
	return s.changeStaff(ctx, id, func(m *till.Staff) { m.Gone, m.PINHash = true, "" })
}

// checkLeaving refuses somebody who has something open that only they, or an admin, can
// end: afterwards nobody would.
func (s *Shop) checkLeaving(ctx context.Context, id till.StaffID) error {
	if _, err := s.authorize(ctx, till.MayEditStaff, nil, ""); err != nil {
		return err
	}
	last, err := s.lastClocking(ctx, id)
	if err != nil {
		return err
	}
	if last.In {
		return &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("%s is clocked in", "%s 仍在岗").With(id),
			Hint: i18n.T("till staff clock out %s --note left", "till staff clock out %s --note 离职 可代为打卡").With(id),
		}
	}
	shifts, err := s.cfg.Store.Shifts(ctx, 0)
	if err != nil {
		return err
	}
	mine := func(sh till.Shift) bool { return sh.IsOpen() && sh.Staff == id }
	if i := slices.IndexFunc(shifts, mine); i >= 0 {
		return &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("shift %d of %s is open", "班次 %d（%s）仍在进行").With(shifts[i].Number, id),
			Hint: i18n.T("count its drawer and close it: till shift close %d --counted AMOUNT", "请清点钱箱并交班：till shift close %d --counted 金额").With(shifts[i].Number),
		}
	}
	return nil
}

// changeStaff reads, changes and stores a member. The store keeps the last admin who can
// sign in from being lost, since two tills may ask for it at once.
func (s *Shop) changeStaff(ctx context.Context, id till.StaffID, change func(*till.Staff)) (Profile, error) {
	ch, err := s.authorize(ctx, till.MayEditStaff, nil, "")
	if err != nil {
		return Profile{}, err
	}
	member, err := s.presentStaff(ctx, id)
	if err != nil {
		return Profile{}, err
	}
	change(&member)
	if err := checkStaff(member); err != nil {
		return Profile{}, err
	}
	return s.putStaff(ctx, member, ch)
}

// presentStaff is a member who works here.
func (s *Shop) presentStaff(ctx context.Context, id till.StaffID) (till.Staff, error) {
	member, err := s.cfg.Store.Staff(ctx, id)
	if err == nil && member.Gone {
		err = gone(member)
	}
	return member, err
}

func gone(member till.Staff) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s does not work here any more", "%s 已离职").With(member.ID),
		Hint: i18n.T("till staff list shows who does", "till staff list 可查看在职员工").With(),
	}
}

// AllStaff are the members; of those who left too where they are asked for.
func (s *Shop) AllStaff(ctx context.Context, left bool) ([]Profile, error) {
	if _, err := s.Actor(ctx); err != nil {
		return nil, err
	}
	all, err := s.cfg.Store.AllStaff(ctx)
	if err != nil {
		return nil, err
	}
	profiles := make([]Profile, 0, len(all))
	for _, m := range all {
		if m.Gone && !left {
			continue
		}
		p, err := s.profile(ctx, m)
		if err != nil {
			return nil, err
		}
		profiles = append(profiles, p)
	}
	return profiles, nil
}

// OneStaff is one member.
func (s *Shop) OneStaff(ctx context.Context, id till.StaffID) (Profile, error) {
	if _, err := s.Actor(ctx); err != nil {
		return Profile{}, err
	}
	member, err := s.cfg.Store.Staff(ctx, id)
	if err != nil {
		return Profile{}, err
	}
	return s.profile(ctx, member)
}

// profile leaves out what nobody may see and adds how the member stands now.
func (s *Shop) profile(ctx context.Context, m till.Staff) (Profile, error) {
	p := Profile{ID: m.ID, Name: m.Name, Role: m.Role, HasPIN: m.PINHash != "", Gone: m.Gone, Version: m.Version}
	if m.Gone {
		return p, nil
	}
	g, err := s.guardOf(ctx, m)
	if err != nil {
		return Profile{}, err
	}
	tries, err := s.cfg.Store.Tries(ctx, m.ID)
	if err != nil {
		return Profile{}, err
	}
	p.Locked, p.LockedUntil = g.standing(tries, s.cfg.Now())
	last, err := s.lastClocking(ctx, m.ID)
	if err != nil {
		return Profile{}, err
	}
	if last.In {
		p.ClockedIn, p.ClockedAt = true, last.At
	}
	return p, nil
}

// longestName is the longest name of a person, in characters.
const longestName = 60

// checkStaff refuses an id that is none, a name that breaks a line and a role that is none.
func checkStaff(m till.Staff) error {
	if !isStaffID(string(m.ID)) {
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%q is no id of a member of the staff", "%q 不是有效的员工编号").With(string(m.ID)),
			Hint: i18n.T("use up to 20 lower-case letters, digits, - and _, as in till staff add li_wei", "请使用最多 20 位小写字母、数字、- 或 _，例如 till staff add li_wei").With(),
		}
	}
	if m.Name == "" || !isName(m.Name) {
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("the name of %s must be one line of 1 to %d characters", "%s 的姓名须为 1 至 %d 个字符的一行文本").With(m.ID, longestName),
			Hint: i18n.T("give it with --name", "请用 --name 指定").With(),
		}
	}
	if !slices.Contains(till.Roles(), m.Role) {
		return unknownRole(m.Role)
	}
	return nil
}

func isStaffID(id string) bool {
	strange := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}
	return id != "" && len(id) <= 20 && id[0] != '-' && !strings.ContainsFunc(id, strange)
}

// isName reports at most longestName characters without control characters.
func isName(name string) bool {
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	return len([]rune(name)) <= longestName && !strings.ContainsFunc(name, control)
}

func unknownRole(r till.Role) error {
	names := make([]string, 0, len(till.Roles()))
	for _, known := range till.Roles() {
		names = append(names, string(known))
	}
	p := &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%q is no role", "%q 不是角色").With(string(r)),
		Hint: i18n.T("the roles are %s", "角色为 %s").With(strings.Join(names, ", ")),
	}
	if near := nearest.Of(string(r), names); near != "" {
		p.Hint = i18n.T("did you mean %s? The roles are %s", "是否指 %s？角色为 %s").With(near, strings.Join(names, ", "))
	}
	return p
}
