package shop_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// act is a use case that needs one permission. ready makes, as the boss, what it works on;
// do tells who was recorded to have approved it, where that is recorded.
type act struct {
	ready func(c *counter)
	do    func(c *counter, a *shop.Approval) (till.StaffID, error)
}

// acts are one act for each permission: whoever adds a permission adds its act.
func acts() map[till.Permission]act {
	var sold, stuck till.Txn
	sell := func(c *counter) { sold = c.sell("5.00") }
	without := func(do func(c *counter) error) act {
		return act{do: func(c *counter, _ *shop.Approval) (till.StaffID, error) { return "", do(c) }}
	}
	return map[till.Permission]act{
		till.MaySell: without(func(c *counter) error {
			_, err := c.Pay(c.ctx(), register.Payment{Amount: c.amount("1.00"), Tender: till.Cash})
			return err
		}),
		till.MayDiscount: {do: func(c *counter, a *shop.Approval) (till.StaffID, error) {
			b, err := c.Permit(c.ctx(), till.Basket{Discount: &till.Discount{Amount: c.amount("1.00"), Reason: "torn"}}, a)
			return b.Discount.Approver, err
		}},
		till.MayOverridePrice: {do: func(c *counter, a *shop.Approval) (till.StaffID, error) {
			price := c.amount("0.50")
			b, err := c.Permit(c.ctx(), till.Basket{Entries: []till.BasketEntry{{Code: "tea", Price: &price}}}, a)
			return b.Entries[0].Approver, err
		}},
		till.MaySellOpenItem: without(func(c *counter) error {
			price := c.amount("0.50")
			_, err := c.Permit(c.ctx(), till.Basket{Entries: []till.BasketEntry{{Name: "loose", Price: &price}}}, nil)
			return err
		}),
		till.MayReturn: {ready: sell, do: func(c *counter, a *shop.Approval) (till.StaffID, error) {
			res, err := c.Refund(c.ctx(), register.Undo{Original: sold.ID}, a)
			return res.Txn.Approver, err
		}},
		till.MayVoid: {ready: sell, do: func(c *counter, a *shop.Approval) (till.StaffID, error) {
			res, err := c.Void(c.ctx(), register.Undo{Original: sold.ID}, a)
			return res.Txn.Approver, err
		}},
		till.MayOpenDrawer: {do: func(c *counter, a *shop.Approval) (till.StaffID, error) {
			m, err := c.MoveCash(c.ctx(), shop.CashMove{Reason: till.DrawerPayIn, Amount: c.amount("1.00"), Note: "change"}, a)
			return m.Approver, err
		}},
		till.MayShift: without(func(c *counter) error {
			_, err := c.CountDrawer(c.ctx(), shop.Cash{Sum: c.amount("1.00")})
			return err
		}),
		till.MayCloseDay: without(func(c *counter) error {
			_, err := c.X(c.ctx())
			return err
		}),
		till.MayAdjustStock: without(func(c *counter) error { return c.Authorize(c.ctx(), till.MayAdjustStock) }),
		till.MayEditCatalogue: without(func(c *counter) error {
			_, err := c.SetTaxClass(c.ctx(), "reduced", shop.TaxClassEdit{Rates: []till.TaxRate{{Name: "VAT", Rate: 90000}}})
			return err
		}),
		till.MayEditMembers: without(func(c *counter) error {
			_, err := c.AddMember(c.ctx(), till.Member{Name: "Ann"})
			return err
		}),
		till.MayEditStaff: without(func(c *counter) error {
			name := "Bobby"
			_, err := c.EditStaff(c.ctx(), "bob", shop.StaffEdit{Name: &name})
			return err
		}),
		till.MayReadReports: without(func(c *counter) error {
			_, err := c.Hours(c.ctx(), shop.HoursQuery{From: 20260301, To: 20260302})
			return err
		}),
		till.MayReadTxns: {ready: sell, do: func(c *counter, _ *shop.Approval) (till.StaffID, error) {
			_, err := c.Status(c.ctx(), sold.ID)
			return "", err
		}},
		till.MayResolve: without(func(c *counter) error {
			_, err := c.Resolve(c.ctx())
			return err
		}),
		till.MayDecide: {ready: func(c *counter) { stuck = c.stuck("1.00") }, do: func(c *counter, a *shop.Approval) (till.StaffID, error) {
			t, err := c.Decide(c.ctx(), stuck.ID, till.Resolution{As: till.ResolvedPosted, Reason: "the acquirer says so"}, a)
			if t.Decided == nil {
				return "", err
			}
			return t.Decided.By, err
		}},
	}
}

// The table is what every use case does: it lets in, asks for an approval, or refuses.
func TestPermissionTable(t *testing.T) {
	c := staffed(t)
	c.be("boss")
	for _, r := range till.Roles() {
		c.must2(c.store.PutStaff(c.ctx(), till.Staff{ID: till.StaffID("the-" + r), Name: string(r), Role: r}, till.Change{At: c.now}))
	}
	c.must2(c.store.PutItems(c.ctx(), []till.Item{{ID: "tea", Name: "Tea", Unit: till.Each, Variants: []till.Variant{{SKU: "tea", Price: c.amount("2.00")}}}}, till.Change{At: c.now}))
	c.must2(c.OpenShift(c.ctx(), c.amount("100.00")))
	all := acts()
	for _, row := range till.PermissionTable() {
		a, ok := all[row.Permission]
		if !ok {
			t.Errorf("no act needs %s", row.Permission)
			continue
		}
		for _, role := range till.Roles() {
			t.Run(string(row.Permission)+"/"+string(role), func(t *testing.T) {
				c := &counter{Shop: c.Shop, t: t, store: c.store, now: c.now}
				c.be("boss")
				if a.ready != nil {
					a.ready(c)
				}
				c.be(till.StaffID("the-" + role))
				c.tries(a, row.Grants[role])
			})
		}
	}
}

// tries does an act of which the actor has a grant.
func (c *counter) tries(a act, g till.Grant) {
	c.t.Helper()
	_, err := a.do(c, nil)
	switch g {
	case till.Allow:
		c.must(err)
	case till.Approve:
		c.refused(err, till.CodeNotPermitted, "approval", "--approver")
		if !errors.Is(err, shop.ErrNeedsApproval) {
			c.t.Errorf("%v does not wrap ErrNeedsApproval", err)
		}
		approver, err := a.do(c, byBoss())
		c.must(err)
		if approver != "boss" {
			c.t.Errorf("approved by %q, want boss on record", approver)
		}
	case till.Deny:
		c.refused(err, till.CodeNotPermitted, "may not", "till staff permissions")
		if _, err := a.do(c, byBoss()); err == nil || errors.Is(err, shop.ErrNeedsApproval) {
			c.t.Errorf("with an approval: %v, want the same refusal", err)
		}
	default:
		c.t.Errorf("grant %q", g)
	}
}

// stuck is a notice that the host answered in a way nobody can act on.
func (c *counter) stuck(text string) till.Txn {
	c.t.Helper()
	id, err := till.NewID(rand.Reader)
	c.must(err)
	t, err := c.store.Begin(c.ctx(), till.NewTxn{Txn: till.Txn{
		ID: till.TxnID(id), Key: id, Kind: till.Sale, Tender: till.Card, Entry: till.Swipe, Notice: till.NoticeVoice, AuthCode: "123456",
		State: till.Advice, Amount: c.amount(text), Terminal: "TERM0001", Merchant: "MERCHANT0000001", At: c.now,
	}})
	c.must(err)
	t.State = till.Exception
	t, err = c.store.Record(c.ctx(), t)
	c.must(err)
	return t
}

// must2 is must for what gives a value too.
func (c *counter) must2(_ any, err error) {
	c.t.Helper()
	c.must(err)
}

// In a shop without staff everybody is the owner.
func TestOwner(t *testing.T) {
	c := newCounter(t)
	c.must2(c.OpenShift(c.ctx(), money.New(0, cny(t))))
	sold := c.sell("5.00")
	if sold.Staff != "" || sold.Approver != "" {
		t.Errorf("sold by %q, approved by %q, want nobody", sold.Staff, sold.Approver)
	}
	c.must2(c.Void(c.ctx(), register.Undo{Original: sold.ID}, nil))
	p, err := c.WhoAmI(c.ctx())
	c.must(err)
	if p.Staff != "" || p.Role != till.Admin || p.Shift != 1 {
		t.Errorf("got %+v, want the owner with shift 1", p)
	}
}

// As soon as there is one member, somebody must be signed in.
func TestNobody(t *testing.T) {
	c := newCounter(t)
	c.hire("boss", till.Admin, bossPIN)
	_, err := c.Pay(c.ctx(), register.Payment{Amount: c.amount("1.00"), Tender: till.Cash})
	c.refused(err, till.CodeNotPermitted, "nobody is signed in", "till staff sign-in")
	_, err = c.AllStaff(c.ctx(), false)
	c.refused(err, till.CodeNotPermitted, "nobody is signed in")
}

// What somebody did has their name.
func TestStaffOfTxn(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	sold := c.sell("5.00")
	void, err := c.Void(c.ctx(), register.Undo{Original: sold.ID}, byBoss())
	c.must(err)
	if sold.Staff != "bob" || void.Txn.Staff != "bob" || void.Txn.Approver != "boss" {
		t.Errorf("sold by %q, voided by %q with %q; want bob, bob and boss", sold.Staff, void.Txn.Staff, void.Txn.Approver)
	}
}
