package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/till"
)

func staffKept(t *testing.T, shop Shop) {
	s := open(t, shop)
	want := staff("bob")
	got := putStaff(t, s, want)
	want.Version = 1
	same(t, got, want)
	putStaff(t, s, staff("ann"))
	want.Role, want.PINHash, want.Gone = till.Manager, "", true
	putStaff(t, s, want)
	want.Version = 2
	other := open(t, shop)
	read, err := other.Staff(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	same(t, read, want)
	ann := staff("ann")
	ann.Version = 1
	all, err := other.AllStaff(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, all, []till.Staff{ann, want})
	for _, version := range []int{0, 1, 3} {
		want.Version = version
		if _, err := s.PutStaff(t.Context(), want, by("ann")); !errors.Is(err, till.ErrStale) {
			t.Errorf("version %d: got error %v, want till.ErrStale", version, err)
		}
	}
	for _, bad := range []till.Staff{{Role: till.Cashier}, {ID: "x"}, {ID: "x", Role: "owner"}} {
		if _, err := s.PutStaff(t.Context(), bad, by("ann")); err == nil {
			t.Errorf("stored %+v", bad)
		}
	}
	verify(t, s)
}

// Two admins who take each other's role away at once leave one of them.
func lastAdminStays(t *testing.T, shop Shop) {
	s := open(t, shop)
	admins := []till.Staff{staff("ann"), staff("bob")}
	for i := range admins {
		admins[i].Role = till.Admin
		admins[i] = putStaff(t, s, admins[i])
	}
	errs := atOnce(t, shop, len(admins), func(i int, s Store) error {
		m := admins[i]
		m.Role = till.Cashier
		_, err := s.PutStaff(context.Background(), m, by("ann"))
		return err
	})
	if n := succeeded(errs); n != 1 {
		t.Fatalf("%d of 2 admins were made cashiers, want 1: %v", n, errs)
	}
	for _, err := range errs {
		if err != nil {
			refused(t, err, till.CodeNotPermitted)
		}
	}
}

func triesCounted(t *testing.T, shop Shop) {
	s := open(t, shop)
	putStaff(t, s, staff("ann"))
	putStaff(t, s, staff("bob"))
	for i := range 3 {
		at := noon().Add(time.Duration(i) * time.Minute)
		got, err := s.CountTry(t.Context(), "ann", at)
		if err != nil || got != (till.PINTries{Wrong: i + 1, LastAt: at}) {
			t.Errorf("try %d is counted as %+v, %v", i+1, got, err)
		}
		if held, err := open(t, shop).Tries(t.Context(), "ann"); err != nil || held != got {
			t.Errorf("another program counts %+v, %v", held, err)
		}
	}
	if err := s.ClearTries(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Tries(t.Context(), "ann"); err != nil || got != (till.PINTries{}) {
		t.Errorf("after a right one: %+v, %v", got, err)
	}
	seen := make([]int, 8)
	atOnce(t, shop, len(seen), func(i int, s Store) error {
		got, err := s.CountTry(context.Background(), "bob", noon())
		seen[i] = got.Wrong
		return err
	})
	slices.Sort(seen)
	if !slices.Equal(seen, []int{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Errorf("programs that try at once count %v, want each its own", seen)
	}
}

func signInLife(t *testing.T, shop Shop) {
	s := open(t, shop)
	ann := putStaff(t, s, staff("ann"))
	putStaff(t, s, staff("bob"))
	sign := func(terminal string, id till.StaffID, at time.Time) {
		t.Helper()
		if err := s.SignIn(t.Context(), terminal, id, at); err != nil {
			t.Fatal(err)
		}
	}
	signed := func(terminal string, want till.StaffID, since time.Time) {
		t.Helper()
		id, at, err := open(t, shop).SignedIn(t.Context(), terminal)
		if err != nil || id != want || !at.Equal(since) {
			t.Errorf("%s: %q since %s, %v; want %q since %s", terminal, id, at, err, want, since)
		}
	}
	signed("T1", "", time.Time{})
	sign("T1", "ann", noon())
	sign("T2", "ann", noon())
	sign("T1", "bob", noon().Add(time.Second))
	signed("T1", "bob", noon().Add(time.Second))
	signed("T2", "ann", noon())
	sign("T1", "", noon())
	sign("T1", "", noon())
	signed("T1", "", time.Time{})
	ann.Gone = true
	putStaff(t, s, ann)
	refused(t, s.SignIn(t.Context(), "T1", "ann", noon()), till.CodeNotPermitted)
}

func clockingsAlternate(t *testing.T, shop Shop) {
	s := open(t, shop)
	for _, id := range []till.StaffID{"ann", "bob"} {
		putStaff(t, s, staff(id))
	}
	at := func(minutes int) time.Time { return noon().Add(time.Duration(minutes) * time.Minute) }
	refuse := func(id till.StaffID, in bool, minutes int) {
		t.Helper()
		refused(t, s.Clock(t.Context(), till.Clocking{Staff: id, In: in, At: at(minutes)}), till.CodeNotPermitted)
	}
	refuse("ann", false, 0)
	clock(t, s, "ann", true, at(0))
	refuse("ann", true, 1)
	clock(t, s, "bob", true, at(5))
	refuse("ann", false, -1) // before she came
	late := till.Clocking{Staff: "ann", At: at(60), By: "bob", Note: "forgot"}
	if err := s.Clock(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	refuse("ann", false, 61)
	clock(t, s, "ann", true, at(60))

	late.Seq = 3
	in, again := till.Clocking{Seq: 1, Staff: "ann", In: true, At: at(0)}, till.Clocking{Seq: 4, Staff: "ann", In: true, At: at(60)}
	bob := till.Clocking{Seq: 2, Staff: "bob", In: true, At: at(5)}
	for _, tc := range []struct {
		id       till.StaffID
		from, to time.Time
		want     []till.Clocking
	}{
		{"ann", time.Time{}, time.Time{}, []till.Clocking{in, late, again}},
		{"", time.Time{}, time.Time{}, []till.Clocking{in, bob, late, again}},
		{"", at(0), at(60), []till.Clocking{in, bob}},
		{"ann", at(1), time.Time{}, []till.Clocking{late, again}},
		{"bob", at(6), time.Time{}, nil},
	} {
		got, err := s.Clockings(t.Context(), tc.id, tc.from, tc.to)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, tc.want)
	}
	errs := atOnce(t, shop, 4, func(_ int, s Store) error {
		return s.Clock(context.Background(), till.Clocking{Staff: "bob", At: at(90)})
	})
	if n := succeeded(errs); n != 1 {
		t.Errorf("clocked out %d times: %v", n, errs)
	}
	verify(t, s)
}

func memberKept(t *testing.T, shop Shop) {
	s := open(t, shop)
	want := till.Member{ID: "M1", Name: "王小明", Phone: "+86 138-0000-0001", Since: noon().Add(7)}
	asking := want
	asking.Points = 1000 // points come by their ledger alone
	got := putMember(t, s, asking)
	want.Version = 1
	same(t, got, want)
	adjust(t, s, "M1", 30)
	want.Name = "Wang"
	got = putMember(t, s, want)
	want.Version, want.Points = 2, 30
	same(t, got, want)
	read, err := open(t, shop).Member(t.Context(), "M1")
	if err != nil {
		t.Fatal(err)
	}
	same(t, read, want)
	for _, version := range []int{0, 1, 3} {
		want.Version = version
		if _, err := s.PutMember(t.Context(), want, by("ann")); !errors.Is(err, till.ErrStale) {
			t.Errorf("version %d: got error %v, want till.ErrStale", version, err)
		}
	}
	verify(t, s)
}

func membersFound(t *testing.T, shop Shop) {
	s := open(t, shop)
	for _, m := range []till.Member{
		{ID: "M3", Name: "王小明", Phone: "+86 138-0013-8000"},
		{ID: "M1", Name: "Anna Smith", Phone: "(555) 010 0138"},
		{ID: "A138", Name: "Bob"},
		{ID: "M4", Name: "Anna Gone", Gone: true, Phone: "138"},
	} {
		m.Since = noon()
		putMember(t, s, m)
	}
	for text, want := range map[string]string{
		"": "A138 M1 M3", "王": "M3", "小明": "M3", "ANNA": "M1", "ａｎｎａ": "M1", "na sm": "M1", "13800138": "M3", "138 0013": "M3", "138-0013": "M3", "+86138": "M3",
		"138": "A138 M1 M3", "m3": "M3", "555 010": "M1", "999": "", "%": "", "a1": "A138",
	} {
		members, err := s.Members(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, m := range members {
			ids = append(ids, string(m.ID))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func pointsAdjusted(t *testing.T, shop Shop) {
	s := open(t, shop)
	putMember(t, s, till.Member{ID: "M1", Since: noon()})
	adjust(t, s, "M1", 50)
	adjust(t, s, "M1", -20)
	err := s.AdjustPoints(t.Context(), adjustment("M1", -31))
	if refused(t, err, till.CodeNotPermitted); !strings.Contains(err.Error(), "30 points, 31 are to be taken") {
		t.Errorf("says %q, want what there is and what was wanted", err)
	}
	for _, spoil := range []func(*till.PointsMove){
		func(m *till.PointsMove) { m.Points = 0 },
		func(m *till.PointsMove) { m.Reason = till.PointsEarn },
		func(m *till.PointsMove) { m.Reason = till.PointsReturn },
		func(m *till.PointsMove) { m.Ticket = "T" },
		func(m *till.PointsMove) { m.Seq = 9 },
	} {
		m := adjustment("M1", 1)
		spoil(&m)
		if err := s.AdjustPoints(t.Context(), m); err == nil {
			t.Errorf("adjusted by %+v", m)
		}
	}
	got, err := s.PointsMoves(t.Context(), "M1")
	if err != nil {
		t.Fatal(err)
	}
	first, second := adjustment("M1", 50), adjustment("M1", -20)
	first.Seq, second.Seq = 1, 2
	same(t, got, []till.PointsMove{second, first})
	errs := atOnce(t, shop, 4, func(_ int, s Store) error {
		return s.AdjustPoints(context.Background(), adjustment("M1", -20))
	})
	if n := succeeded(errs); n != 1 || pointsOf(t, s, "M1") != 10 {
		t.Errorf("20 of 30 points were taken %d times, %d are left; want once and 10", n, pointsOf(t, s, "M1"))
	}
	verify(t, s)
}

// Points are the sum of their ledger.
func pointsSum(t *testing.T, shop Shop) {
	s := open(t, shop)
	members := []till.MemberID{"M1", "M2"}
	for _, id := range members {
		putMember(t, s, till.Member{ID: id, Since: noon()})
	}
	held := map[till.MemberID]int64{}
	rapid.Check(t, func(rt *rapid.T) {
		id := rapid.SampledFrom(members).Draw(rt, "member")
		n := rapid.Int64Range(-50, 50).Filter(func(n int64) bool { return n != 0 }).Draw(rt, "points")
		allowed := n > 0 || held[id]+n >= 0
		if err := s.AdjustPoints(t.Context(), adjustment(id, n)); (err == nil) != allowed {
			rt.Fatalf("%d of %d: got error %v, allowed %t", n, held[id], err, allowed)
		}
		if allowed {
			held[id] += n
		}
		moves, err := s.PointsMoves(t.Context(), id)
		if err != nil {
			rt.Fatal(err)
		}
		var sum int64
		for _, m := range moves {
			sum += m.Points
		}
		if got := pointsOf(rt, s, id); got != held[id] || got != sum {
			rt.Fatalf("%s has %d points, want %d, the sum of its moves %d", id, got, held[id], sum)
		}
	})
	verify(t, s)
}

func programmesKept(t *testing.T, shop Shop) {
	s := open(t, shop)
	full := till.Programme{
		ID: "P1", Name: "Happy hour", From: 20260101, To: 20261231, Weekdays: []int{1, 5}, FromClock: "15:00", ToClock: "17:00", Coupon: "HH", Members: true, Priority: 3, Stackable: true,
		Rule:   till.PromoRule{SKUs: []till.SKU{"A"}, Categories: []string{"drinks"}, MinQty: 2500, MinAmount: cny(500)},
		Reward: till.PromoReward{Kind: till.RewardBuyGet, Percent: till.Whole / 2, Amount: cny(100), Buy: 2, Get: 1, Max: cny(1000), Cheapest: true}, Paused: true,
	}
	got := putProgramme(t, s, full)
	full.Version = 1
	same(t, got, full)
	other := putProgramme(t, s, till.Programme{ID: "P0", Name: "Other"})
	list := func(want ...till.Programme) {
		t.Helper()
		got, err := open(t, shop).Programmes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
	}
	list(full, other)
	if _, err := s.PutProgramme(t.Context(), till.Programme{ID: "P1"}, by("ann")); !errors.Is(err, till.ErrStale) {
		t.Errorf("got error %v, want till.ErrStale", err)
	}
	full.Gone = true
	putProgramme(t, s, full)
	list(other)
	anew := putProgramme(t, s, till.Programme{ID: "P1", Name: "Anew"})
	if anew.Version != 3 {
		t.Errorf("begun anew as version %d, want 3", anew.Version)
	}
	list(anew, other)
	verify(t, s)
}

func taxClassesKept(t *testing.T, shop Shop) {
	s := open(t, shop)
	standard := till.TaxClass{Code: "standard", Name: "Standard", Default: true, Rates: []till.TaxRate{{Name: "State", Rate: 66_250}, {Name: "County", Rate: 10_000, Compound: true}}}
	got := putTaxClass(t, s, standard)
	standard.Version = 1
	same(t, got, standard)
	exempt := putTaxClass(t, s, till.TaxClass{Code: "exempt"})
	exempt.Default = true
	exempt = putTaxClass(t, s, exempt)
	standard.Default, standard.Version = false, 2 // there is one default
	list := func(want ...till.TaxClass) {
		t.Helper()
		got, err := open(t, shop).TaxClasses(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
	}
	list(standard, exempt)
	stale := standard
	stale.Version = 1
	if _, err := s.PutTaxClass(t.Context(), stale, by("ann")); !errors.Is(err, till.ErrStale) {
		t.Errorf("got error %v, want till.ErrStale", err)
	}
	standard.Gone = true
	putTaxClass(t, s, standard)
	list(exempt)
	for _, bad := range []till.TaxClass{{}, {Code: "x", Default: true, Gone: true}} {
		if _, err := s.PutTaxClass(t.Context(), bad, by("ann")); err == nil {
			t.Errorf("stored %+v", bad)
		}
	}
	verify(t, s)
}
