package shop

import (
	"context"
	"time"

	"github.com/tillworks/till/internal/till"
)

// Authorize asks for a permission whose use case is tested elsewhere.
func (s *Shop) Authorize(ctx context.Context, p till.Permission) error {
	_, err := s.authorize(ctx, p, nil, "")
	return err
}

// HoursOf adds up one member's clockings.
func HoursOf(id till.StaffID, all []till.Clocking, c till.Calendar, now time.Time, q HoursQuery) []DayHours {
	return hoursOf(id, all, c, now, q)
}
