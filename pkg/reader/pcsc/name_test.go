package pcsc

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/reader"
)

func TestMatch(t *testing.T) {
	desk := []string{"Gemalto PC Twin Reader 00 00", "ACS ACR1252 [PICC] 00 00", "ACS ACR1252 [SAM] 00 01"}
	for _, c := range []struct {
		name    string
		readers []string
		want    string // the reader, or a part of the error after !
	}{
		{"Gemalto PC Twin Reader 00 00", desk, desk[0]},
		{"gemalto", desk, desk[0]},
		{"picc", desk, desk[1]},
		{"00 01", desk, desk[2]},
		{"ACS", desk, `!"ACS ACR1252 [PICC] 00 00", "ACS ACR1252 [SAM] 00 01"`},
		{"", desk, `!"Gemalto PC Twin Reader 00 00"`},
		{"", desk[:1], desk[0]},
		{"", nil, "!found none"},
		{"Omnikey", desk, `!named "Omnikey"`},
		{"Twin", []string{"Twin", "Twin 2"}, "Twin"},
	} {
		got, err := match(c.name, c.readers)
		part, fails := strings.CutPrefix(c.want, "!")
		switch {
		case !fails && (err != nil || got != c.want):
			t.Errorf("%q: got %q, %v, want %q", c.name, got, err, c.want)
		case fails && (!errors.Is(err, reader.ErrNoReader) || !strings.Contains(err.Error(), part)):
			t.Errorf("%q: got %q, %v, want ErrNoReader that tells %s", c.name, got, err, part)
		}
	}
}
