package reader

import (
	"sync"

	"github.com/tillworks/till/pkg/card"
)

// NewStripe makes a [Stripe] of a track, for those who write a [Reader]. The first Close
// calls closed, which may be nil; later ones do nothing.
func NewStripe(track card.Track2, closed func()) Stripe {
	return &stripe{track: track, closed: closed}
}

// stripe is a card that was drawn through.
type stripe struct {
	track  card.Track2
	closed func()
	once   sync.Once
}

// Track2 implements [Stripe].
func (s *stripe) Track2() card.Track2 { return s.track }

// Close implements [Card].
func (s *stripe) Close() error {
	s.once.Do(func() {
		if s.closed != nil {
			s.closed()
		}
	})
	return nil
}
