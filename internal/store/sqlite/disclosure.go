package sqlite

import (
	"context"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// Disclose appends to the journal that card data is shown, or was shown, in clear, and
// changes nothing else. At is the store's clock, whatever a caller made of it.
func (s *Store) Disclose(ctx context.Context, d till.Disclosure) error {
	return s.write(ctx, func(c *commit) error {
		d.At = c.now()
		body, err := store.DisclosureBody(d)
		if err != nil {
			return err
		}
		return c.append(store.AboutDisclosure, d.Command, body)
	})
}

// Disclosures reads what the journal says of card data shown in clear, oldest first.
func (s *Store) Disclosures(ctx context.Context) ([]till.Disclosure, error) {
	const about = `SELECT body FROM journal WHERE subject = ? ORDER BY seq`
	rows, err := s.reading.pool.QueryContext(ctx, about, string(store.AboutDisclosure))
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := scanNouns[till.Disclosure](rows)
	return all, s.problem(err)
}
