package nearest_test

import (
	"testing"

	"github.com/tillworks/till/internal/nearest"
)

func TestOf(t *testing.T) {
	names := []string{"refund", "receipt", "txn", "pay", "host.address", "host.timeout"}
	for typed, want := range map[string]string{
		"refnud":       "refund", // neighbours swapped
		"refun":        "refund",
		"refundd":      "refund",
		"REFUND":       "refund",
		"pya":          "pay",
		"rec":          "receipt", // a beginning
		"hostaddress":  "host.address",
		"host.timeuot": "host.timeout",
		"x":            "",
		"":             "",
		"zzzzzz":       "",
		"ab":           "", // two edits make anything of two letters
	} {
		if got := nearest.Of(typed, names); got != want {
			t.Errorf("Of(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestOfNoNames(t *testing.T) {
	if got := nearest.Of("pay", nil); got != "" {
		t.Errorf("Of without names = %q, want nothing", got)
	}
}
