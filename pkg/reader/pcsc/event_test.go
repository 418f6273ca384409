package pcsc

import (
	"slices"
	"testing"
)

// A card that is changed between two looks is told as one that left and one that came.
func TestChanges(t *testing.T) {
	atr := []byte{0x3B, 0x60, 0x00, 0x00}
	in := func(counter uint32) seat { return seat{card: true, counter: counter, atr: atr} }
	for _, c := range []struct {
		name        string
		before, now seat
		want        []Change
	}{
		{"nothing", seat{}, seat{}, nil},
		{"the same card", in(1), in(1), nil},
		{"a card comes", seat{}, in(1), []Change{CardInserted}},
		{"a card goes", in(1), seat{counter: 2}, []Change{CardRemoved}},
		{"another card", in(1), in(3), []Change{CardRemoved, CardInserted}},
		{"came and went unseen", seat{counter: 2}, seat{counter: 4}, nil},
		{"a mute card", seat{}, seat{card: true, counter: 1}, []Change{CardInserted}},
	} {
		var got []Change
		for _, e := range c.before.changes("R", c.now) {
			got = append(got, e.Change)
			if e.Reader != "R" || e.Change == CardInserted && (!slices.Equal(e.ATR, c.now.atr) || e.IsMute() != (c.now.atr == nil)) {
				t.Errorf("%s: %+v", c.name, e)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
