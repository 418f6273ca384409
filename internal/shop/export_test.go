package shop

import (
	"context"

	"github.com/tillworks/till/internal/till"
)

// Authorize asks for a permission whose use case is tested elsewhere.
func (s *Shop) Authorize(ctx context.Context, p till.Permission) error {
	_, err := s.authorize(ctx, p, nil, "")
	return err
}
