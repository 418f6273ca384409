package shop_test

import (
	"testing"

	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func TestMember(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	m, err := c.AddMember(c.ctx(), till.Member{Name: "Wang Fang", Phone: "138 0013 8000"})
	c.must(err)
	if len(m.ID) != 10 || m.ID[0] == '0' || !m.Since.Equal(c.now) {
		t.Errorf("got %+v, want a number of ten digits", m)
	}
	c.must2(c.AddMember(c.ctx(), till.Member{ID: "A1042", Name: "Ann"}))
	_, err = c.AddMember(c.ctx(), till.Member{ID: "A1042", Name: "Eve"})
	c.refused(err, till.CodeConflict, "A1042")
	for text, want := range map[string]int{"": 2, "fang": 1, "8000": 1, "a1042": 1, "zzz": 0} {
		if found, err := c.Members(c.ctx(), text); err != nil || len(found) != want {
			t.Errorf("%q finds %d (%v), want %d", text, len(found), err, want)
		}
	}
	phone := ""
	c.must2(c.EditMember(c.ctx(), m.ID, shop.MemberEdit{Phone: &phone}))
	gone, err := c.DeleteMember(c.ctx(), m.ID)
	c.must(err)
	if !gone.Gone || gone.Name != "" || gone.Phone != "" {
		t.Errorf("got %+v, want nothing of the person", gone)
	}
	_, err = c.EditMember(c.ctx(), m.ID, shop.MemberEdit{Phone: &phone})
	c.refused(err, till.CodeNotFound, "deleted")
	if found, err := c.Members(c.ctx(), ""); err != nil || len(found) != 1 {
		t.Errorf("%d customers (%v), want one", len(found), err)
	}
}

func TestMemberRefused(t *testing.T) {
	c := staffed(t)
	long := string(make([]rune, 61))
	for _, m := range []till.Member{
		{ID: "a b"}, {ID: "a23456789012345678901"}, {ID: "会员"},
		{Name: long}, {Name: "a\nb"}, {Phone: "abc"}, {Phone: "123456789012345678901"}, {Phone: "1+2"},
	} {
		_, err := c.AddMember(c.ctx(), m)
		c.refused(err, till.CodeUsage)
	}
}

func TestAdjustPoints(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	c.must2(c.AddMember(c.ctx(), till.Member{ID: "A1"}))
	c.must2(c.AdjustPoints(c.ctx(), "A1", 50, "goodwill"))
	c.must2(c.AdjustPoints(c.ctx(), "A1", -20, "mistake"))
	_, err := c.AdjustPoints(c.ctx(), "A1", -31, "mistake")
	c.refused(err, till.CodeNotPermitted, "30", "31")
	m, err := c.Member(c.ctx(), "A1")
	c.must(err)
	moves, err := c.PointsMoves(c.ctx(), "A1")
	c.must(err)
	if m.Points != 30 || len(moves) != 2 || moves[0].Staff != "bob" || moves[0].Note != "goodwill" {
		t.Errorf("%d points by %+v, want 30 by two moves of bob", m.Points, moves)
	}
	for _, points := range []int64{0, 1_000_000_001, -1 << 63} {
		_, err := c.AdjustPoints(c.ctx(), "A1", points, "x")
		c.refused(err, till.CodeUsage)
	}
	_, err = c.AdjustPoints(c.ctx(), "A1", 1, " ")
	c.refused(err, till.CodeUsage, "reason")
	_, err = c.AdjustPoints(c.ctx(), "A2", 1, "x")
	c.refused(err, till.CodeNotFound, "A2")
	_, err = c.PointsMoves(c.ctx(), "A2")
	c.refused(err, till.CodeNotFound, "A2")
}
