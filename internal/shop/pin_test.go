package shop_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// signIn tries a PIN.
func (c *counter) signIn(id till.StaffID, pin string) error {
	_, err := c.SignIn(c.ctx(), id, card.NewSecret(pin))
	return err
}

func TestSignIn(t *testing.T) {
	c := staffed(t)
	c.must(c.signIn("bob", cashierPIN))
	p, err := c.WhoAmI(c.ctx())
	c.must(err)
	if p.Staff != "bob" || p.Role != till.Cashier || !p.Since.Equal(c.now) || p.Terminal != counterTerminal {
		t.Errorf("got %+v, want bob, a cashier, since now", p)
	}
	c.refused(c.signIn("nobody", cashierPIN), till.CodeNotFound, "nobody")
	id, err := c.SignOut(c.ctx())
	c.must(err)
	if id != "bob" {
		t.Errorf("%q was signed out, want bob", id)
	}
	_, err = c.WhoAmI(c.ctx())
	c.refused(err, till.CodeNotPermitted, "nobody is signed in")
	_, err = c.SignOut(c.ctx())
	c.refused(err, till.CodeUsage, "nobody is signed in")
}

// What ten wrong PINs come to, one after another: how long each locks, that a locked
// member is not counted, and that the right PIN does not open a lock.
func TestTenWrongPINs(t *testing.T) {
	c := staffed(t)
	for i, want := range []struct {
		wait time.Duration
		says string
	}{
		{0, "4 more and it is locked"}, {0, "3 more"}, {0, "2 more"}, {0, "1 more"},
		{time.Minute, "locked"}, {2 * time.Minute, "locked"}, {4 * time.Minute, "locked"},
		{8 * time.Minute, "locked"}, {15 * time.Minute, "locked"},
	} {
		err := c.signIn("bob", wrongPIN)
		c.refused(err, till.CodeNotPermitted, want.says)
		if want.wait == 0 {
			continue
		}
		until := c.now.Add(want.wait).Format("2006-01-02 15:04:05")
		c.refused(err, till.CodeNotPermitted, until)
		c.now = c.now.Add(want.wait - time.Second)
		c.refused(c.signIn("bob", cashierPIN), till.CodeNotPermitted, "locked", until, "till staff unlock bob")
		if tries, err := c.store.Tries(c.ctx(), "bob"); err != nil || tries.Wrong != i+1 {
			t.Errorf("%d wrong PINs on record (%v), want %d: a locked member is not counted", tries.Wrong, err, i+1)
		}
		c.now = c.now.Add(time.Second)
	}
	c.refused(c.signIn("bob", wrongPIN), till.CodeNotPermitted, "locked after 10 wrong PINs", "till staff pin bob")
	c.now = c.now.AddDate(1, 0, 0)
	c.refused(c.signIn("bob", cashierPIN), till.CodeNotPermitted, "locked after 10")
	_, err := c.UnlockStaff(c.ctx(), "bob")
	c.refused(err, till.CodeNotPermitted, "till staff pin bob")
	c.must2(c.SetPIN(c.ctx(), shop.PINChange{Staff: "bob", New: card.NewSecret("8642")}))
	c.must(c.signIn("bob", "8642"))
}

// The right PIN forgets the wrong ones before it.
func TestRightPINClears(t *testing.T) {
	c := staffed(t)
	for range 3 {
		for range 4 {
			c.refused(c.signIn("bob", wrongPIN), till.CodeNotPermitted)
		}
		c.must(c.signIn("bob", cashierPIN))
	}
}

func TestUnlock(t *testing.T) {
	c := staffed(t)
	for range 5 {
		c.refused(c.signIn("bob", wrongPIN), till.CodeNotPermitted)
	}
	p, err := c.OneStaff(c.ctx(), "bob")
	c.must(err)
	if !p.Locked || !p.LockedUntil.Equal(c.now.Add(time.Minute)) {
		t.Errorf("got %+v, want locked for a minute", p)
	}
	p, err = c.UnlockStaff(c.ctx(), "bob")
	c.must(err)
	if p.Locked {
		t.Errorf("got %+v, want it unlocked", p)
	}
	c.must(c.signIn("bob", cashierPIN))
}

// The only admin is never locked for good: nobody could set another PIN. A day is as good
// against somebody who tries them all.
func TestLoneAdminIsLockedForADay(t *testing.T) {
	c := staffed(t)
	for range 10 {
		c.refused(c.signIn("boss", wrongPIN), till.CodeNotPermitted)
		c.now = c.now.Add(15 * time.Minute)
	}
	c.refused(c.signIn("boss", bossPIN), till.CodeNotPermitted, "locked", "until")
	c.now = c.now.Add(24 * time.Hour)
	c.must(c.signIn("boss", bossPIN))
}

// An approval is a try as any other.
func TestApprovalCounts(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	wrong := &shop.Approval{Staff: "boss", PIN: card.NewSecret(wrongPIN)}
	sold := c.sell("5.00")
	for range 5 {
		_, err := c.Void(c.ctx(), whole(sold), wrong)
		c.refused(err, till.CodeNotPermitted, "boss")
	}
	_, err := c.Void(c.ctx(), whole(sold), byBoss())
	c.refused(err, till.CodeNotPermitted, "boss is locked")
}

func TestApprovalRefused(t *testing.T) {
	c := staffed(t)
	c.hire("eve", till.Cashier, "2580")
	c.hire("otto", till.Auditor, "5588")
	c.hire("max", till.Manager, "7319")
	c.must2(c.LeaveStaff(c.ctx(), "max"))
	c.be("bob")
	sold := c.sell("5.00")
	for _, tc := range []struct {
		by   till.StaffID
		pin  string
		code till.Code
		says string
	}{
		{"bob", cashierPIN, till.CodeNotPermitted, "cannot approve their own act"},
		{"eve", "2580", till.CodeNotPermitted, "eve (cashier) may not approve"},
		{"otto", "5588", till.CodeNotPermitted, "otto (auditor) may not approve"},
		{"max", "7319", till.CodeNotPermitted, "max does not work here"},
		{"nobody", "1593", till.CodeNotFound, "nobody"},
		{"boss", wrongPIN, till.CodeNotPermitted, "the PIN of boss is wrong"},
		{"boss", "", till.CodeNotPermitted, "the PIN of boss is wrong"},
	} {
		_, err := c.Void(c.ctx(), whole(sold), &shop.Approval{Staff: tc.by, PIN: card.NewSecret(tc.pin)})
		c.refused(err, tc.code, tc.says)
	}
	for _, id := range []till.StaffID{"bob", "eve", "otto"} {
		if tries, err := c.store.Tries(c.ctx(), id); err != nil || tries.Wrong != 0 {
			t.Errorf("%d tries of %s (%v): what is refused without a PIN is no try", tries.Wrong, id, err)
		}
	}
	if got, err := c.store.Txn(c.ctx(), sold.ID); err != nil || got.VoidedBy != "" {
		t.Errorf("voided by %q (%v), want it to stand", got.VoidedBy, err)
	}
}

func TestNewPIN(t *testing.T) {
	c := staffed(t)
	for _, tc := range []struct{ pin, says string }{
		{"", "4 to 12 digits"}, {"123", "4 to 12"}, {"1234567890123", "4 to 12"}, {"12a4", "4 to 12"}, {"٣١٤١", "4 to 12"}, {" 3141", "4 to 12"},
		{"1111", "anybody would try"}, {"1234", "anybody"}, {"4321", "anybody"}, {"7890", "anybody"}, {"0987", "anybody"}, {"000000000000", "anybody"},
	} {
		_, err := c.SetPIN(c.ctx(), shop.PINChange{Staff: "bob", New: card.NewSecret(tc.pin)})
		c.refused(err, till.CodeUsage, tc.says)
		if tc.pin != "" && strings.Contains(err.Error(), tc.pin) {
			t.Errorf("%q tells the PIN", err)
		}
	}
	for _, pin := range []string{"1212", "1123", "0110", "135790864213"} {
		c.must2(c.SetPIN(c.ctx(), shop.PINChange{Staff: "bob", New: card.NewSecret(pin)}))
		c.must(c.signIn("bob", pin))
		c.be("boss")
	}
}

// One's own PIN is changed by telling the old one, that of others by an admin alone.
func TestOwnPIN(t *testing.T) {
	c := staffed(t)
	c.be("bob")
	_, err := c.SetPIN(c.ctx(), shop.PINChange{New: card.NewSecret("8642")})
	c.refused(err, till.CodeUsage, "old PIN", "--old-pin-file")
	if !errors.Is(err, shop.ErrNeedsOldPIN) {
		t.Errorf("%v does not wrap ErrNeedsOldPIN", err)
	}
	_, err = c.SetPIN(c.ctx(), shop.PINChange{Old: card.NewSecret(wrongPIN), New: card.NewSecret("8642")})
	c.refused(err, till.CodeNotPermitted, "wrong")
	_, err = c.SetPIN(c.ctx(), shop.PINChange{Staff: "boss", Old: card.NewSecret(bossPIN), New: card.NewSecret("8642")})
	c.refused(err, till.CodeNotPermitted, "may not")
	c.must2(c.SetPIN(c.ctx(), shop.PINChange{Old: card.NewSecret(cashierPIN), New: card.NewSecret("8642")}))
	c.must(c.signIn("bob", "8642"))
	c.refused(c.signIn("bob", cashierPIN), till.CodeNotPermitted, "wrong")
}

// A hash that somebody copies to another row of the store opens nothing there, nor does
// one whose cost nobody would pay.
func TestHashOfAnother(t *testing.T) {
	c := staffed(t)
	boss, err := c.store.Staff(c.ctx(), "boss")
	c.must(err)
	bob, err := c.store.Staff(c.ctx(), "bob")
	c.must(err)
	bossHash := boss.PINHash
	boss.PINHash = bob.PINHash
	boss, err = c.store.PutStaff(c.ctx(), boss, till.Change{At: c.now})
	c.must(err)
	c.refused(c.signIn("boss", cashierPIN), till.CodeNotPermitted, "wrong")
	for _, hash := range []string{
		strings.Replace(bossHash, "m=47104", "m=4294967295", 1),
		strings.Replace(bossHash, "t=1", "t=99", 1),
		strings.Replace(bossHash, "argon2id", "argon2i", 1),
		bossHash + "x", bossHash[:40], "plain",
	} {
		boss.PINHash = hash
		boss, err = c.store.PutStaff(c.ctx(), boss, till.Change{At: c.now})
		c.must(err)
		c.must(c.store.ClearTries(c.ctx(), "boss"))
		c.refused(c.signIn("boss", bossPIN), till.CodeStore, "cannot be read", "till staff pin boss")
	}
}

// A try counts before the PIN is looked at: a program that ends in between has not tried
// for nothing.
func TestTryThatIsCutShort(t *testing.T) {
	broken := errors.New("the key is on a disk that was pulled")
	works := true
	c := staffed(t, func(cfg *shop.Config) {
		pepper := cfg.Pepper
		cfg.Pepper = func() ([]byte, error) {
			if !works {
				return nil, broken
			}
			return pepper()
		}
	})
	works = false
	if err := c.signIn("bob", cashierPIN); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	if tries, err := c.store.Tries(c.ctx(), "bob"); err != nil || tries.Wrong != 1 {
		t.Errorf("%d tries (%v), want 1", tries.Wrong, err)
	}
}

// Programs that try at the same moment get no more tries than one would.
func TestTriesAtOnce(t *testing.T) {
	var looked atomic.Int32
	c := staffed(t, func(cfg *shop.Config) {
		pepper := cfg.Pepper
		cfg.Pepper = func() ([]byte, error) {
			looked.Add(1)
			return pepper()
		}
	})
	looked.Store(0)
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() { _ = c.signIn("bob", wrongPIN) })
	}
	all.Wait()
	if n := looked.Load(); n > 5 {
		t.Errorf("%d PINs were looked at, want 5 at most", n)
	}
	c.refused(c.signIn("bob", cashierPIN), till.CodeNotPermitted, "locked")
}

// journal is all that stands in the journal.
func (c *counter) journal() (bodies []byte) {
	c.t.Helper()
	db, err := sql.Open("sqlite", c.store.Path())
	c.must(err)
	defer func() { c.must(db.Close()) }()
	rows, err := db.QueryContext(c.ctx(), `SELECT body FROM journal`)
	c.must(err)
	defer func() { c.must(rows.Close()) }()
	for rows.Next() {
		var body []byte
		c.must(rows.Scan(&body))
		bodies = append(bodies, body...)
	}
	c.must(rows.Err())
	return bodies
}

// Nothing that the shop writes holds a PIN, and only the store itself a hash.
func TestNoPINAnywhere(t *testing.T) {
	c := staffed(t)
	c.refused(c.signIn("bob", wrongPIN), till.CodeNotPermitted)
	c.must(c.signIn("bob", cashierPIN))
	bob, err := c.store.Staff(c.ctx(), "bob")
	c.must(err)
	bodies := c.journal()
	for _, secret := range []string{bossPIN, cashierPIN, wrongPIN} {
		if bytes.Contains(bodies, []byte(`"`+secret+`"`)) {
			t.Errorf("the journal holds the PIN %s", secret)
		}
	}
	if bytes.Contains(bodies, []byte(bob.PINHash)) || bytes.Contains(bodies, []byte("argon2")) {
		t.Error("the journal holds the hash of a PIN")
	}
	c.must(filepath.WalkDir(c.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(bossPIN)) {
			t.Errorf("%s holds the PIN of boss", path)
		}
		return err
	}))
}
