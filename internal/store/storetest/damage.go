package storetest

import (
	"slices"
	"testing"

	"github.com/tillworks/till/internal/till"
)

func verifyPasses(t *testing.T, shop Shop) {
	s := open(t, shop)
	if rows := verify(t, s); rows != 0 {
		t.Errorf("%d journal rows in a new store, want none", rows)
	}
	fill(t, s)
	other := open(t, shop)
	if a, b := verify(t, s), verify(t, other); a != b || a == 0 {
		t.Errorf("%d journal rows by one program, %d by another", a, b)
	}
}

// Damage is found by the next opening or at the latest by a verification, and is a
// problem that names what to do.
func damageFound(t *testing.T, newShop func(*testing.T) Shop) {
	damages := []Damage{TxnChanged, TxnRemoved, JournalChanged, JournalRemoved, JournalCut, BatchChanged, SettlementForged, CheckpointForged}
	for _, d := range slices.Concat(damages, bookDamages(), dayDamages()) {
		t.Run(string(d), func(t *testing.T) {
			shop := newShop(t)
			s, err := shop.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			fill(t, s)
			verify(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			shop.Damage(t, d, "C")
			refused(t, openAndVerify(t, shop), till.CodeStore)
		})
	}
}

func openAndVerify(t *testing.T, shop Shop) error {
	s, err := shop.Open(t.Context())
	if err != nil {
		return err
	}
	_, err = s.Verify(t.Context())
	if closing := s.Close(); closing != nil {
		t.Error(closing)
	}
	return err
}

// fill is a short business day.
func fill(t fataler, s Store) {
	t.Helper()
	fillBooks(t, s)
	a := approve(t, s, sale("A", 1000))
	approve(t, s, refund("B", a, 10))
	c := approve(t, s, sale("C", 500))
	approve(t, s, void("D", c))
	closeBatch(t, s)
	settled(t, s, settlement(1, "aa", 1))
	fillDays(t, s)
	record(t, s, begin(t, s, sale("E", 1)), till.Reversing)
	begin(t, s, sale("F", 1))
}
