package cart

import (
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/loyalty"
	"github.com/tillworks/till/internal/till"
)

// checkMember refuses points of nobody, and a caller that looked up another member.
func (p *pricing) checkMember() error {
	b, m := p.in.Basket, p.in.Member
	switch {
	case m == nil && b.Redeem != 0:
		return refuse(till.CodeUsage, i18n.T("points to spend, and no member to spend them", "使用积分但没有会员").With(),
			i18n.T("name the member: till customer list", "请指定会员：till customer list").With())
	case m == nil && b.Member != "", m != nil && m.ID != b.Member:
		return fmt.Errorf("pricing a basket of member %q with another's points", b.Member)
	case m != nil && m.Gone:
		return refuse(till.CodeNotFound, i18n.T("member %s was removed", "会员 %s 已被删除").With(m.ID),
			i18n.T("sell without a member, or make a new one: till customer add", "请不用会员销售，或新建会员：till customer add").With())
	}
	return nil
}

// redeem takes off what the points to spend are worth, spread over the lines.
func (p *pricing) redeem() error {
	if p.in.Basket.Redeem == 0 {
		return nil
	}
	used, off, err := loyalty.Redeem(p.in.Basket.Redeem, p.in.Member.Points, p.amount(p.left()), p.in.Loyalty)
	if err != nil {
		return err
	}
	p.redeemed = used
	p.spread(till.Reduction{Source: till.ByPoints}, off.Minor())
	return nil
}

// earn writes whose ticket it is and what its total earns.
func (p *pricing) earn(t *till.Ticket) {
	if p.in.Member != nil {
		t.Member, t.Earned = p.in.Member.ID, loyalty.Earned(t.Total, p.in.Loyalty)
	}
}
