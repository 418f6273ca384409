package storetest

import (
	"testing"

	"github.com/tillworks/till/internal/till"
)

func disclosureTold(t *testing.T, shop Shop) {
	s := open(t, shop)
	held := approve(t, s, sale("A", 100))
	before := verify(t, s)
	want := []till.Disclosure{
		{Command: "till iso explain", User: "ming"},
		{Command: "till iso explain", User: "ming", Staff: "S1", Messages: 3},
	}
	for _, d := range want {
		if err := s.Disclose(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Disclosures(t.Context())
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d disclosures, %v, want %d", len(got), err, len(want))
	}
	for i, d := range got {
		if d.At.IsZero() {
			t.Errorf("disclosure %d has no time", i)
		}
		want[i].At = d.At
		if d != want[i] {
			t.Errorf("disclosure %d is %+v, want %+v", i, d, want[i])
		}
	}
	same(t, read(t, s, "A"), held)
	if after := verify(t, s); after != before+len(want) {
		t.Errorf("%d journal rows after %d, want %d more", after, before, len(want))
	}
}
