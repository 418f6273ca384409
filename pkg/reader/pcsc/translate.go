//go:build windows || (cgo && (darwin || pcsc))

package pcsc

import (
	"errors"
	"fmt"

	"github.com/ebfe/scard"

	"github.com/tillworks/till/pkg/reader"
)

// establish connects to the service. libpcsclite calls every connection that the service
// closes a violation of security: at the first word it is a refusal, later an end.
func establish() (*scard.Context, error) {
	session, err := scard.EstablishContext()
	switch {
	case errors.Is(err, scard.ErrSecurityViolation):
		return nil, fmt.Errorf("pc/sc: connect to the service: %w: %w (%w)", reader.ErrNoReader, ErrDenied, err)
	case err != nil:
		return nil, translate("connect to the service", err)
	}
	return session, nil
}

// translate puts the error of package reader that callers match beside the one of the
// service. What has no match is wrapped as it is. A handle that is not valid any more
// belonged to a service that was stopped since, as did a line that broke.
func translate(doing string, err error) error {
	var said scard.Error
	if !errors.As(err, &said) {
		return fmt.Errorf("pc/sc: %s: %w", doing, err)
	}
	switch said {
	case scard.ErrNoService, scard.ErrServiceStopped, scard.ErrShutdown, scard.ErrInvalidHandle, scard.ErrCommError, scard.ErrSecurityViolation:
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
