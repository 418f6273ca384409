package cli

import (
	"context"
	"errors"
	"testing"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

// Card data is shown in clear only to eyes or where that is said, and never without the
// journal knowing.
func TestUnmask(t *testing.T) {
	for name, tt := range map[string]struct {
		wish     string
		terminal bool
		want     bool
		refused  bool
	}{
		"not asked for":    {},
		"to a terminal":    {wish: unmaskHere, terminal: true, want: true},
		"into a pipe":      {wish: unmaskHere, refused: true},
		"into a pipe, yes": {wish: unmaskYes, want: true},
		"misspelt":         {wish: "please", terminal: true, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			con := newConsole(t)
			con.lang = "en"
			con.Out.Terminal = tt.terminal
			u := unmask{wish: tt.wish}
			got, err := u.granted(t.Context(), con.Env, &out.Output{}, "till iso test")
			var p *till.Problem
			if got != tt.want || tt.refused != (errors.As(err, &p) && p.Code == till.CodeUsage) {
				t.Fatalf("granted %v, %v", got, err)
			}
			if err := u.shown(t.Context(), con.Env, 3); err != nil {
				t.Fatal(err)
			}
			told := disclosures(t, con)
			if !tt.want {
				if len(told) != 0 {
					t.Errorf("the journal tells of %d", len(told))
				}
				return
			}
			if len(told) != 2 || told[0].Command != "till iso test" || told[0].User == "" || told[0].Messages != 0 || told[1].Messages != 3 {
				t.Errorf("the journal tells %+v", told)
			}
		})
	}
}

// disclosures is what the journal of a console's store tells of card data in clear.
func disclosures(t *testing.T, con *console) []till.Disclosure {
	t.Helper()
	dir, err := con.DataDir()
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(context.Background(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	all, err := s.Disclosures(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return all
}
