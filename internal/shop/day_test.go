package shop_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// closeShift counts what is given as a sum.
func (c *counter) closeShift(sum string) {
	c.t.Helper()
	c.must2(c.CloseShift(c.ctx(), shop.Closing{Cash: shop.Cash{Sum: c.amount(sum)}}, nil))
}

// An X tells what a Z would, and changes nothing.
func TestX(t *testing.T) {
	c := staffed(t)
	c.must2(c.OpenShift(c.ctx(), c.amount("100.00")))
	c.sell("30.00")
	first, err := c.X(c.ctx())
	c.must(err)
	again, err := c.X(c.ctx())
	c.must(err)
	amounts := cmp.AllowUnexported(money.Amount{}, money.Currency{})
	if diff := cmp.Diff(first, again, amounts); diff != "" {
		t.Errorf("the second X differs (-first +second):\n%s", diff)
	}
	if first.Total != 3000 || first.GrandTotal != 3000 || first.NextZ != 1 || first.Day != 20260302 || len(first.Shifts) != 1 {
		t.Errorf("got %+v, want 30.00 before Z 1 with one shift", first)
	}
	if len(first.Drawers) != 1 || first.Drawers[0].Expected != c.amount("130.00") {
		t.Errorf("drawers %+v, want one with 130.00", first.Drawers)
	}
	c.closeShift("130.00")
	before, err := c.X(c.ctx())
	c.must(err)
	z, err := c.CloseDay(c.ctx())
	c.must(err)
	if z.Total != before.Total || z.GrandTotal != before.GrandTotal || len(z.Shifts) != len(before.Shifts) {
		t.Errorf("Z %+v, X %+v: they differ", z, before)
	}
	if diff := cmp.Diff(before.Facts, z.Facts); diff != "" {
		t.Errorf("facts of X and Z differ:\n%s", diff)
	}
}

// Z reports are numbered and chained, add up, hold each shift once and never change.
func TestZ(t *testing.T) {
	c := staffed(t)
	for n, sum := range []string{"10.00", "20.00", "30.00"} {
		c.must2(c.OpenShift(c.ctx(), c.amount("0")))
		c.sell(sum)
		c.closeShift(sum)
		c.must2(c.CloseDay(c.ctx()))
		c.now = c.now.AddDate(0, 0, 1)
		z, err := c.Z(c.ctx(), n+1)
		c.must(err)
		if z.Number != n+1 || len(z.Shifts) != 1 || z.Shifts[0].Number != n+1 || z.Staff != "boss" {
			t.Errorf("got %+v, want Z %d with shift %d", z, n+1, n+1)
		}
	}
	third, err := c.Z(c.ctx(), 3)
	c.must(err)
	second, err := c.Z(c.ctx(), 2)
	c.must(err)
	if third.Total != 3000 || third.GrandTotal != 6000 || third.Previous != second.Hash || third.FirstSeq != second.LastSeq+2 && third.FirstSeq != second.LastSeq+1 {
		t.Errorf("got %+v behind %+v, want 30.00, 60.00 in all, chained", third, second)
	}
	x, err := c.X(c.ctx())
	c.must(err)
	if x.Total != 0 || x.GrandTotal != 6000 || x.NextZ != 4 || len(x.Shifts) != 0 {
		t.Errorf("got %+v, want an empty day before Z 4", x)
	}
	_, err = c.Z(c.ctx(), 4)
	c.refused(err, till.CodeNotFound, "4")
}

func TestZRefusedWhileShiftIsOpen(t *testing.T) {
	c := staffed(t)
	c.must2(c.OpenShift(c.ctx(), c.amount("0")))
	_, err := c.CloseDay(c.ctx())
	c.refused(err, till.CodePending, "shift 1", "till shift close")
}

// A day without a sale, and one with refunds only.
func TestZOfOddDays(t *testing.T) {
	c := staffed(t)
	z, err := c.CloseDay(c.ctx())
	c.must(err)
	if z.Number != 1 || z.Total != 0 {
		t.Errorf("got %+v, want an empty Z 1", z)
	}
	sold := c.sell("8.00")
	c.must2(c.CloseDay(c.ctx()))
	c.must2(c.Refund(c.ctx(), whole(sold), nil))
	z, err = c.CloseDay(c.ctx())
	c.must(err)
	if z.Total != -800 || z.GrandTotal != 0 {
		t.Errorf("got %+v, want -8.00 and nothing in all", z)
	}
}

func TestOverShorts(t *testing.T) {
	c := staffed(t)
	for _, tc := range []struct{ by, sum string }{{"bob", "9.50"}, {"boss", "11.00"}, {"bob", "10.25"}} {
		c.be(till.StaffID(tc.by))
		c.must2(c.OpenShift(c.ctx(), c.amount("10.00")))
		c.closeShift(tc.sum)
	}
	c.be("boss")
	x, err := c.X(c.ctx())
	c.must(err)
	got := shop.OverShorts(x.Shifts)
	want := []shop.OverShort{{Staff: "bob", Shifts: 2, Over: c.amount("0.25").Neg()}, {Staff: "boss", Shifts: 1, Over: c.amount("1.00")}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(money.Amount{}, money.Currency{})); diff != "" {
		t.Errorf("over and short differ (-want +got):\n%s", diff)
	}
}
