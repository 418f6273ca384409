package pages

import (
	"context"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/components"
)

// MemberDesk finds customers who collect points.
type MemberDesk interface {
	FindMember(ctx context.Context, text string) (till.Member, error)
}

// newMember names the customer of a sale, and how many points are spent.
func newMember(w Work, asker token, b till.Basket) form {
	redeem := ""
	if b.Redeem > 0 {
		redeem = strconv.FormatInt(b.Redeem, 10)
	}
	return form{
		title: i18n.T("Member", "会员"),
		entries: []entry{
			{name: i18n.T("Number or phone", "会员号或手机号"), field: components.Field{Most: 40}.With(string(b.Member))},
			{name: i18n.T("Points to spend", "使用积分"), field: components.Field{Most: 12, Allow: components.Digits, Placeholder: "0"}.With(redeem)},
		},
		give: func(v []string) (tea.Msg, error) {
			points, err := parsePoints(v[1])
			if err != nil {
				return nil, err
			}
			return edited{asker, naming(w, v[0], points)}, nil
		},
	}
}

func parsePoints(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, wrong(i18n.T("%q is no number of points", "%q 不是积分数").With(text), i18n.T("such as 100", "例如 100").With())
	}
	return n, nil
}

// naming finds the member and puts them on the sale; an empty text takes the member off.
func naming(w Work, text string, points int64) change {
	return func(ctx context.Context, _ SaleDesk, b till.Basket) (step, error) {
		b.Member, b.Redeem = "", 0
		if text == "" {
			return step{basket: b}, nil
		}
		m, err := w.Desk.FindMember(ctx, text)
		if err != nil {
			return step{}, err
		}
		b.Member, b.Redeem = m.ID, points
		return step{basket: b}, nil
	}
}
