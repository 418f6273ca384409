package shop

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// MemberBook keeps the customers who collect points, and their points.
type MemberBook interface {
	PutMember(ctx context.Context, m till.Member, ch till.Change) (till.Member, error)
	Member(ctx context.Context, id till.MemberID) (till.Member, error)
	Members(ctx context.Context, text string) ([]till.Member, error)
	AdjustPoints(ctx context.Context, m till.PointsMove) error
	PointsMoves(ctx context.Context, id till.MemberID) ([]till.PointsMove, error) // newest first
}

// AddMember takes a customer in. An empty id draws one of ten digits.
func (s *Shop) AddMember(ctx context.Context, m till.Member) (till.Member, error) {
	ch, err := s.authorize(ctx, till.MayEditMembers, nil, "")
	if err != nil {
		return till.Member{}, err
	}
	if m.ID == "" {
		if m.ID, err = s.drawMemberID(); err != nil {
			return till.Member{}, err
		}
	}
	m = till.Member{ID: m.ID, Name: strings.TrimSpace(m.Name), Phone: strings.TrimSpace(m.Phone), Since: ch.At}
	if err := checkMember(m); err != nil {
		return till.Member{}, err
	}
	return s.cfg.Store.PutMember(ctx, m, ch)
}

// drawMemberID is ten digits that do not begin with 0. Two alike are as good as never
// drawn, and the store would refuse the second.
func (s *Shop) drawMemberID() (till.MemberID, error) {
	var raw [10]byte
	if _, err := io.ReadFull(s.cfg.Random, raw[:]); err != nil {
		return "", fmt.Errorf("drawing a number: %w", err)
	}
	for i := range raw {
		raw[i] = '0' + raw[i]%10
	}
	raw[0] = '1' + (raw[0]-'0')%9
	return till.MemberID(raw[:]), nil
}

// MemberEdit is what is to be another from now on; nil stays.
type MemberEdit struct {
	Name  *string
	Phone *string
}

// EditMember changes a customer's name or phone number.
func (s *Shop) EditMember(ctx context.Context, id till.MemberID, e MemberEdit) (till.Member, error) {
	return s.changeMember(ctx, id, func(m *till.Member) {
		if e.Name != nil {
			m.Name = strings.TrimSpace(*e.Name)
		}
		if e.Phone != nil {
			m.Phone = strings.TrimSpace(*e.Phone)
		}
	})
}

// DeleteMember forgets a customer: name and phone number go, the number stays for what was
// bought with it.
func (s *Shop) DeleteMember(ctx context.Context, id till.MemberID) (till.Member, error) {
	return s.changeMember(ctx, id, func(m *till.Member) { m.Name, m.Phone, m.Gone = "", "", true })
}

func (s *Shop) changeMember(ctx context.Context, id till.MemberID, change func(*till.Member)) (till.Member, error) {
	ch, err := s.authorize(ctx, till.MayEditMembers, nil, "")
	if err != nil {
		return till.Member{}, err
	}
	m, err := s.presentMember(ctx, id)
	if err != nil {
		return till.Member{}, err
	}
	change(&m)
	if err := checkMember(m); err != nil {
		return till.Member{}, err
	}
	return s.cfg.Store.PutMember(ctx, m, ch)
}

// presentMember is a customer who was not deleted.
func (s *Shop) presentMember(ctx context.Context, id till.MemberID) (till.Member, error) {
	m, err := s.cfg.Store.Member(ctx, id)
	if err == nil && m.Gone {
		err = &till.Problem{
			Code: till.CodeNotFound,
			What: i18n.T("customer %s was deleted", "会员 %s 已删除").With(id),
			Hint: i18n.T("till customer list shows those who were not", "till customer list 可查看现有会员").With(),
		}
	}
	return m, err
}

// Member is a customer with their points. Everybody who works here may look one up.
func (s *Shop) Member(ctx context.Context, id till.MemberID) (till.Member, error) {
	if _, err := s.Actor(ctx); err != nil {
		return till.Member{}, err
	}
	return s.cfg.Store.Member(ctx, id)
}

// Members are the customers whose number, name or phone number holds the text.
func (s *Shop) Members(ctx context.Context, text string) ([]till.Member, error) {
	if _, err := s.Actor(ctx); err != nil {
		return nil, err
	}
	return s.cfg.Store.Members(ctx, text)
}

// PointsMoves is the ledger of a customer's points, oldest first.
func (s *Shop) PointsMoves(ctx context.Context, id till.MemberID) ([]till.PointsMove, error) {
	if _, err := s.Actor(ctx); err != nil {
		return nil, err
	}
	if _, err := s.cfg.Store.Member(ctx, id); err != nil {
		return nil, err
	}
	moves, err := s.cfg.Store.PointsMoves(ctx, id)
	slices.Reverse(moves)
	return moves, err
}

// AdjustPoints gives points by hand, or takes them where there are so many.
func (s *Shop) AdjustPoints(ctx context.Context, id till.MemberID, points int64, note string) (till.PointsMove, error) {
	ch, err := s.authorize(ctx, till.MayEditMembers, nil, note)
	if err != nil {
		return till.PointsMove{}, err
	}
	if err := checkAdjustment(points, note); err != nil {
		return till.PointsMove{}, err
	}
	if _, err := s.presentMember(ctx, id); err != nil {
		return till.PointsMove{}, err
	}
	m := till.PointsMove{Member: id, Points: points, Reason: till.PointsAdjust, At: ch.At, Staff: ch.Staff, Note: strings.TrimSpace(note)}
	return m, s.cfg.Store.AdjustPoints(ctx, m)
}

// mostPoints bounds an adjustment, so that no slip of a key makes a balance overflow.
const mostPoints = 1_000_000_000

func checkAdjustment(points int64, note string) error {
	switch {
	case points == 0 || points > mostPoints || points < -mostPoints:
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%d points cannot be given or taken", "无法调整 %d 积分").With(points),
			Hint: i18n.T("give a number such as 50 or -50", "请输入如 50 或 -50 的数字").With(),
		}
	case strings.TrimSpace(note) == "":
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("points are adjusted with a reason", "调整积分须注明原因").With(),
			Hint: i18n.T("add --note \"goodwill\"", "请加上 --note \"补偿\"").With(),
		}
	}
	return nil
}

func checkMember(m till.Member) error {
	p := &till.Problem{Code: till.CodeUsage}
	switch {
	case !isMemberID(string(m.ID)):
		p.What = i18n.T("%q is no customer's number", "%q 不是有效的会员号").With(string(m.ID))
		p.Hint = i18n.T("use up to 20 letters and digits, or none to have one drawn", "请使用最多 20 位字母或数字；留空则自动生成").With()
	case !isName(m.Name):
		p.What = i18n.T("the name is longer than %d characters or no single line", "姓名超过 %d 个字符或不是一行文本").With(longestName)
		p.Hint = i18n.T("give a shorter one with --name", "请用 --name 指定较短的姓名").With()
	case !isPhone(m.Phone):
		p.What = i18n.T("the phone number is none", "电话号码无效").With()
		p.Hint = i18n.T("use up to 20 digits, which may begin with + and hold spaces and -", "请使用最多 20 位数字，可以 + 开头，可含空格与 -").With()
	default:
		return nil
	}
	return p
}

func isMemberID(id string) bool {
	strange := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}
	return id != "" && len(id) <= 20 && !strings.ContainsFunc(id, strange)
}

func isPhone(phone string) bool {
	strange := func(r rune) bool { return (r < '0' || r > '9') && r != ' ' && r != '-' }
	return len(phone) <= 20 && !strings.ContainsFunc(strings.TrimPrefix(phone, "+"), strange)
}
