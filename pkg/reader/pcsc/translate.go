//go:build windows || (cgo && (darwin || pcsc))

package pcsc

import (
	"errors"
	"fmt"

	"github.com/ebfe/scard"

	"github.com/tillworks/till/pkg/reader"
)

// translate puts the error of package reader that callers match beside the one of the
// service. What has no match is wrapped as it is. A handle that is not valid any more
// belonged to a service that was stopped since.
func translate(doing string, err error) error {
	var said scard.Error
	if !errors.As(err, &said) {
		return fmt.Errorf("pc/sc: %s: %w", doing, err)
	}
	switch said {
	case scard.ErrNoService, scard.ErrServiceStopped, scard.ErrShutdown, scard.ErrInvalidHandle:
		return fmt.Errorf("pc/sc: %s: %w: %w (%w)", doing, reader.ErrNoReader, ErrNoService, err)
	case scard.ErrUnknownReader, scard.ErrReaderUnavailable, scard.ErrNoReadersAvailable:
		return fmt.Errorf("pc/sc: %s: %w (%w)", doing, reader.ErrNoReader, err)
	case scard.ErrRemovedCard, scard.ErrNoSmartcard, scard.ErrResetCard:
		return fmt.Errorf("pc/sc: %s: %w (%w)", doing, reader.ErrRemoved, err)
	case scard.ErrUnresponsiveCard, scard.ErrUnpoweredCard, scard.ErrInvalidAtr, scard.ErrProtoMismatch, scard.ErrUnsupportedCard, scard.ErrCardUnsupported:
		return fmt.Errorf("pc/sc: %s: %w (%w)", doing, reader.ErrMute, err)
	case scard.ErrSharingViolation:
		return fmt.Errorf("pc/sc: %s: %w by another program (%w)", doing, reader.ErrInUse, err)
	case scard.ErrReaderUnsupported, scard.ErrUnsupportedFeature:
		return fmt.Errorf("pc/sc: %s: %w (%w)", doing, reader.ErrNotSupported, err)
	default:
		return fmt.Errorf("pc/sc: %s: %w", doing, err)
	}
}
