// Command samplestore sells three months of an example shop into its store, for pictures:
// first till store seed --example cafe --data DIR, then samplestore DIR. The days are
// those of the first quarter of 2026, on a clock of UTC.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/tillworks/till/internal/sample"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "samplestore:", err)
		os.Exit(1) //nolint:forbidigo // a program of its own, with nothing to close
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("name the folder of a seeded shop: samplestore DIR")
	}
	return fill(context.Background(), args[0])
}

func fill(ctx context.Context, dir string) (err error) {
	s, err := sqlite.Open(ctx, dir, sqlite.Options{Stock: till.StockAllow})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	o, err := shopOf(ctx, s)
	if err != nil {
		return err
	}
	return sample.New(o).Fill(ctx, s, till.DayOf(2026, 1, 1), till.DayOf(2026, 3, 31))
}

// shopOf is the shop as its store knows it.
func shopOf(ctx context.Context, s *sqlite.Store) (o sample.Options, err error) {
	o = sample.Options{Terminal: "TILLLAB1", Merchant: "TILLLAB00000001", Lines: 420}
	if o.Items, err = s.Items(ctx, till.ItemFilter{}); err != nil {
		return o, err
	}
	if len(o.Items) == 0 {
		return o, errors.New("the shop has no items: till store seed --example cafe")
	}
	o.Currency = o.Items[0].Variants[0].Price.Currency()
	if o.Programmes, err = s.Programmes(ctx); err != nil {
		return o, err
	}
	if o.Members, err = s.Members(ctx, ""); err != nil {
		return o, err
	}
	o.Tax.Inclusive = true
	if o.Tax.Classes, err = s.TaxClasses(ctx); err != nil {
		return o, err
	}
	staff, err := s.AllStaff(ctx)
	for _, m := range staff {
		if m.Role.Grant(till.MaySell) == till.Allow {
			o.Staff = append(o.Staff, m.ID)
		}
	}
	return o, err
}
