package shop_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// notes are so many of a value.
func (c *counter) notes(value string, n int) till.Denomination {
	return till.Denomination{Value: c.amount(value), Count: n}
}

// A shift from float to count: what was sold, refunded, voided, paid in and out is what
// the drawer must hold.
func TestShift(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	sh, err := c.OpenShift(c.ctx(), c.amount("100.00"))
	c.must(err)
	if sh.Number != 1 || sh.Staff != "bob" || sh.Terminal != counterTerminal || !sh.IsOpen() {
		t.Errorf("got %+v, want shift 1 of bob", sh)
	}
	c.sell("30.00")
	refunded, voided := c.sell("20.00"), c.sell("7.00")
	c.must2(c.Refund(c.ctx(), register.Undo{Original: refunded.ID, Amount: c.amount("5.00")}, byBoss()))
	c.must2(c.Void(c.ctx(), whole(voided), byBoss()))
	c.must2(c.MoveCash(c.ctx(), shop.CashMove{Reason: till.DrawerPayIn, Amount: c.amount("50.00"), Note: "change"}, byBoss()))
	c.must2(c.MoveCash(c.ctx(), shop.CashMove{Reason: till.DrawerPayOut, Amount: c.amount("10.00"), Note: "cleaner"}, byBoss()))
	c.be("boss")
	v, err := c.Shift(c.ctx(), 0)
	c.must(err)
	want := &till.Drawer{
		Shift: 1, Float: c.amount("100.00"), Sales: c.amount("57.00"), Refunds: c.amount("5.00"), Voids: c.amount("7.00"),
		PayIns: c.amount("50.00"), PayOuts: c.amount("10.00"), ByCard: c.amount("0.00"), Expected: c.amount("185.00"),
	}
	if diff := cmp.Diff(want, v.Drawer, cmp.AllowUnexported(money.Amount{}, money.Currency{})); diff != "" {
		t.Errorf("drawer differs (-want +got):\n%s", diff)
	}
	if len(v.Moves) != 3 || v.Moves[1].Approver != "boss" || v.Moves[1].Staff != "bob" {
		t.Errorf("moves %+v, want float, pay in and pay out, approved by boss", v.Moves)
	}
	c.be("bob")
	closed, err := c.CloseShift(c.ctx(), shop.Closing{Cash: shop.Cash{Coins: []till.Denomination{c.notes("100.00", 1), c.notes("20.00", 4), c.notes("0.50", 9)}}}, nil)
	c.must(err)
	if closed.Counted != c.amount("184.50") || closed.Expected != c.amount("185.00") || closed.Over != c.amount("0.50").Neg() || closed.Closer != "bob" {
		t.Errorf("got %+v, want 184.50 of 185.00: 0.50 short", closed)
	}
	_, err = c.CurrentShift(c.ctx())
	c.refused(err, till.CodeNotFound, "no shift is open", "till shift open")
}

func TestShiftRefused(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	close := func(cl shop.Closing) error {
		_, err := c.CloseShift(c.ctx(), cl, nil)
		return err
	}
	c.refused(close(shop.Closing{Cash: shop.Cash{Sum: c.amount("1.00")}}), till.CodeNotFound, "no shift is open")
	_, err := c.MoveCash(c.ctx(), shop.CashMove{Reason: till.DrawerPayIn, Amount: c.amount("1.00"), Note: "x"}, byBoss())
	c.refused(err, till.CodeNotFound, "no shift is open")
	_, err = c.OpenShift(c.ctx(), c.amount("5.00").Neg())
	c.refused(err, till.CodeUsage, "-5.00")
	c.must2(c.OpenShift(c.ctx(), c.amount("100.00")))
	_, err = c.OpenShift(c.ctx(), c.amount("100.00"))
	c.refused(err, till.CodeNotPermitted, "shift 1 is open", "since 2026-03-02 09:", "till shift close")
	for _, m := range []shop.CashMove{
		{Reason: till.DrawerPayOut, Amount: c.amount("0"), Note: "x"},
		{Reason: till.DrawerPayOut, Amount: c.amount("1.00").Neg(), Note: "x"},
		{Reason: till.DrawerPayOut, Amount: c.amount("1.00"), Note: " "},
	} {
		_, err = c.MoveCash(c.ctx(), m, byBoss())
		c.refused(err, till.CodeUsage)
	}
	_, err = c.MoveCash(c.ctx(), shop.CashMove{Reason: till.DrawerPayOut, Amount: c.amount("100.01"), Note: "x"}, byBoss())
	c.refused(err, till.CodeNotPermitted, "100.01", "100.00")
	c.refused(close(shop.Closing{Cash: shop.Cash{Sum: c.amount("1.00").Neg()}}), till.CodeUsage, "-1.00")
	c.refused(close(shop.Closing{Cash: shop.Cash{Coins: []till.Denomination{c.notes("1.00", -1)}}}), till.CodeUsage, "-1 times")
	c.refused(close(shop.Closing{Cash: shop.Cash{Coins: []till.Denomination{c.notes("9999999999.99", 2)}}}), till.CodeUsage, "cannot be in a drawer")
	c.refused(close(shop.Closing{Shift: 7}), till.CodeNotFound, "7")
}

// The shift of another is closed by who may close the day.
func TestShiftOfAnother(t *testing.T) {
	c := staffed(t)
	c.hire("eve", till.Cashier, "2580")
	c.be("bob")
	c.must2(c.OpenShift(c.ctx(), c.amount("10.00")))
	closing := shop.Closing{Shift: 1, Cash: shop.Cash{Sum: c.amount("10.00")}}
	c.be("eve")
	_, err := c.CloseShift(c.ctx(), closing, byBoss())
	c.refused(err, till.CodeNotPermitted, "shift 1 is that of bob")
	c.be("boss")
	sh, err := c.CloseShift(c.ctx(), closing, nil)
	c.must(err)
	if sh.Staff != "bob" || sh.Closer != "boss" {
		t.Errorf("got %+v, want bob's, closed by boss", sh)
	}
	_, err = c.CloseShift(c.ctx(), closing, nil)
	c.refused(err, till.CodeNotPermitted, "shift 1 is closed")
}

// A difference above the limit is approved, up to it is not; and who must approve is not
// told what the drawer should hold.
func TestDrawerLimit(t *testing.T) {
	c := staffed(t, func(cfg *shop.Config) { cfg.DrawerLimit = money.New(200, cfg.Currency) })
	for _, tc := range []struct {
		counted string
		needs   bool
	}{{"100.00", false}, {"98.00", false}, {"102.00", false}, {"97.99", true}, {"102.01", true}, {"0", true}} {
		c.be("bob")
		c.must2(c.OpenShift(c.ctx(), c.amount("100.00")))
		closing := shop.Closing{Cash: shop.Cash{Sum: c.amount(tc.counted)}, Note: "see slip"}
		sh, err := c.CloseShift(c.ctx(), closing, nil)
		if !tc.needs {
			c.must(err)
			continue
		}
		c.refused(err, till.CodeNotPermitted, "differs from the books by more than 2.00", "--approver")
		if sh, err = c.CloseShift(c.ctx(), closing, byBoss()); err != nil || sh.Approver != "boss" || sh.Note != "see slip" {
			t.Errorf("%s: got %+v (%v), want it approved by boss", tc.counted, sh, err)
		}
	}
}

// A cashier counts blind.
func TestBlindCount(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	c.must2(c.OpenShift(c.ctx(), c.amount("100.00")))
	cash := shop.Cash{Coins: []till.Denomination{c.notes("50.00", 1)}}
	blind, err := c.CountDrawer(c.ctx(), cash)
	c.must(err)
	v, err := c.Shift(c.ctx(), 0)
	c.must(err)
	if blind.Counted != c.amount("50.00") || blind.Expected != nil || blind.Over != nil || v.Drawer != nil {
		t.Errorf("got %+v and drawer %+v, want the sum alone", blind, v.Drawer)
	}
	c.be("boss")
	seen, err := c.CountDrawer(c.ctx(), cash)
	c.must(err)
	if seen.Expected == nil || *seen.Expected != c.amount("100.00") || *seen.Over != c.amount("50.00").Neg() {
		t.Errorf("got %+v, want 50.00 short of 100.00", seen)
	}
	if sh, err := c.CurrentShift(c.ctx()); err != nil || sh.Number != 1 || sh.Version != 1 {
		t.Errorf("got %+v (%v): counting changes nothing", sh, err)
	}
}
