package shop_test

import (
	"sync"
	"testing"

	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

func TestFirstMember(t *testing.T) {
	c := newCounter(t)
	for _, role := range []till.Role{till.Cashier, till.Manager, till.Support, till.Auditor} {
		_, err := c.AddStaff(c.ctx(), shop.NewStaff{ID: "li", Name: "Li", Role: role, PIN: card.NewSecret(bossPIN)})
		c.refused(err, till.CodeNotPermitted, "must be an admin", "till staff add li --role admin")
	}
	c.hire("li", till.Admin, bossPIN)
	if all, err := c.store.AllStaff(c.ctx()); err != nil || len(all) != 1 {
		t.Errorf("%d members (%v), want 1", len(all), err)
	}
}

func TestNewStaffRefused(t *testing.T) {
	c := staffed(t)
	for _, tc := range []struct {
		name string
		n    shop.NewStaff
		code till.Code
		says string
	}{
		{"no id", shop.NewStaff{Name: "X", Role: till.Cashier}, till.CodeUsage, "no id"},
		{"capital", shop.NewStaff{ID: "Bob", Name: "X", Role: till.Cashier}, till.CodeUsage, "lower-case"},
		{"flag", shop.NewStaff{ID: "-x", Name: "X", Role: till.Cashier}, till.CodeUsage, "no id"},
		{"long id", shop.NewStaff{ID: "a23456789012345678901", Name: "X", Role: till.Cashier}, till.CodeUsage, "20"},
		{"no name", shop.NewStaff{ID: "x", Name: " ", Role: till.Cashier}, till.CodeUsage, "name"},
		{"two lines", shop.NewStaff{ID: "x", Name: "a\nb", Role: till.Cashier}, till.CodeUsage, "one line"},
		{"role", shop.NewStaff{ID: "x", Name: "X", Role: "chasier"}, till.CodeUsage, "did you mean cashier"},
		{"taken", shop.NewStaff{ID: "bob", Name: "X", Role: till.Cashier}, till.CodeConflict, "bob exists already"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := &counter{Shop: c.Shop, t: t, store: c.store, now: c.now}
			tc.n.PIN = card.NewSecret(cashierPIN)
			_, err := c.AddStaff(c.ctx(), tc.n)
			c.refused(err, tc.code, tc.says)
		})
	}
}

// Whatever is done, somebody who can sign in may edit the staff.
func TestLastAdmin(t *testing.T) {
	c := staffed(t)
	c.must2(c.store.PutStaff(c.ctx(), till.Staff{ID: "nopin", Name: "No PIN", Role: till.Admin}, till.Change{At: c.now}))
	role := till.Manager
	_, err := c.EditStaff(c.ctx(), "boss", shop.StaffEdit{Role: &role})
	c.refused(err, till.CodeNotPermitted, "boss is the last admin", "till staff edit ID --role admin")
	_, err = c.LeaveStaff(c.ctx(), "boss")
	c.refused(err, till.CodeNotPermitted, "last admin")
	admin := till.Admin
	c.must2(c.EditStaff(c.ctx(), "bob", shop.StaffEdit{Role: &admin}))
	c.must2(c.LeaveStaff(c.ctx(), "boss"))
	c.be("bob")
	_, err = c.LeaveStaff(c.ctx(), "bob")
	c.refused(err, till.CodeNotPermitted, "last admin")
}

// Two admins who take each other's role at the same moment do not both succeed.
func TestLastAdminAtOnce(t *testing.T) {
	for range 4 {
		c := staffed(t)
		admin, cashier := till.Admin, till.Cashier
		c.must2(c.EditStaff(c.ctx(), "bob", shop.StaffEdit{Role: &admin}))
		var all sync.WaitGroup
		for _, id := range []till.StaffID{"boss", "bob"} {
			all.Go(func() { _, _ = c.EditStaff(c.ctx(), id, shop.StaffEdit{Role: &cashier}) })
		}
		all.Wait()
		left, err := c.store.AllStaff(c.ctx())
		c.must(err)
		if left[0].Role != till.Admin && left[1].Role != till.Admin {
			t.Fatal("no admin is left")
		}
	}
}

func TestLeave(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	c.must2(c.Clock(c.ctx(), shop.Stamp{In: true}))
	c.be("boss")
	_, err := c.LeaveStaff(c.ctx(), "bob")
	c.refused(err, till.CodeNotPermitted, "bob is clocked in", "till staff clock out bob")
	c.must2(c.Clock(c.ctx(), shop.Stamp{Staff: "bob", Note: "left"}))
	p, err := c.LeaveStaff(c.ctx(), "bob")
	c.must(err)
	if !p.Gone || p.HasPIN {
		t.Errorf("got %+v, want gone and no PIN", p)
	}
	c.refused(c.signIn("bob", cashierPIN), till.CodeNotPermitted, "does not work here")
	name := "Rob"
	_, err = c.EditStaff(c.ctx(), "bob", shop.StaffEdit{Name: &name})
	c.refused(err, till.CodeNotPermitted, "does not work here")
	here, err := c.AllStaff(c.ctx(), false)
	c.must(err)
	all, err := c.AllStaff(c.ctx(), true)
	c.must(err)
	if len(here) != 1 || len(all) != 2 {
		t.Errorf("%d here and %d in all, want 1 and 2", len(here), len(all))
	}
}

// Who is gone is signed in nowhere, even where they were when they left.
func TestGoneIsNobody(t *testing.T) {
	c := staffed(t)
	c.hire("eve", till.Admin, "2580")
	c.be("eve")
	c.must2(c.LeaveStaff(c.ctx(), "eve"))
	_, err := c.WhoAmI(c.ctx())
	c.refused(err, till.CodeNotPermitted, "nobody is signed in")
}

func TestOpenShiftKeepsMember(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	c.must2(c.OpenShift(c.ctx(), c.amount("0")))
	c.be("boss")
	_, err := c.LeaveStaff(c.ctx(), "bob")
	c.refused(err, till.CodeNotPermitted, "shift 1 of bob is open", "till shift close 1")
}
