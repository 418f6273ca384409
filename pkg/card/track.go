package card

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// ErrTrack is the cause of every refused track; its text never holds what was read.
var ErrTrack = errors.New("not a card track")

// Expiry is the month a card runs out, as tracks and messages write it: "YYMM".
// Empty is unknown.
type Expiry string

// ParseExpiry reads YYMM with a month of 01 to 12.
func ParseExpiry(yymm string) (Expiry, error) {
	if len(yymm) != 4 || !allDigits(yymm) || yymm[2:] < "01" || yymm[2:] > "12" {
		return "", fmt.Errorf("expiry of %d characters: want YYMM with a month of 01 to 12", len(yymm))
	}
	return Expiry(yymm), nil
}

// Before reports whether the card ran out before the given year and month (a card is
// good to the last day of its month). Years 00 to 99 are 2000 to 2099.
func (e Expiry) Before(year, month int) bool {
	if len(e) != 4 {
		return false
	}
	y, m := 2000+int(e[0]-'0')*10+int(e[1]-'0'), int(e[2]-'0')*10+int(e[3]-'0')
	return y < year || (y == year && m < month)
}

// ServiceCode is the three digits of ISO/IEC 7813 that say where a card works and
// what it wants: interchange and chip, authorization, services and PIN.
type ServiceCode string

// HasChip reports that the first digit, 2 or 6, says that the card carries a chip:
// a terminal that can read chips must not take its stripe unless the chip failed.
func (s ServiceCode) HasChip() bool { return len(s) == 3 && (s[0] == '2' || s[0] == '6') }

// International reports interchange outside the card's country (first digit 1 or 2).
func (s ServiceCode) International() bool { return len(s) == 3 && (s[0] == '1' || s[0] == '2') }

// AlwaysOnline reports that the issuer must authorize every use (second digit 2 or 4).
func (s ServiceCode) AlwaysOnline() bool { return len(s) == 3 && (s[1] == '2' || s[1] == '4') }

// PINRequired reports that the third digit, 0, 3 or 5, asks for a PIN.
func (s ServiceCode) PINRequired() bool {
	return len(s) == 3 && (s[2] == '0' || s[2] == '3' || s[2] == '5')
}

// Track2 is track 2 of ISO/IEC 7813, or EMV's track 2 equivalent data (tag 57). The
// number and the whole track cannot be printed.
type Track2 struct {
	PAN         PAN
	Expiry      Expiry
	ServiceCode ServiceCode
	whole       Secret
}

// ParseTrack2 reads "PAN=YYMMSSSdiscretionary" with '=' or 'D' between, with or
// without the sentinels ';' and '?', and with EMV's padding 'F' at the end. The error
// tells the part that is wrong and never the text.
func ParseTrack2(s string) (Track2, error) {
	s = strings.TrimPrefix(s, ";")
	s, _, _ = strings.Cut(s, "?")
	s = strings.TrimSuffix(strings.TrimSuffix(s, "F"), "f")
	sep := strings.IndexAny(s, "=Dd")
	if sep < 0 {
		return Track2{}, fmt.Errorf("%w: no separator in %d characters, want PAN=YYMM…", ErrTrack, len(s))
	}
	if len(s) > 37 {
		return Track2{}, fmt.Errorf("%w: %d characters, at most 37 fit track 2", ErrTrack, len(s))
	}
	pan, err := ParsePAN(s[:sep])
	if err != nil {
		return Track2{}, fmt.Errorf("%w: %w", ErrTrack, err)
	}
	rest := s[sep+1:]
	if len(rest) < 7 || !allDigits(rest) {
		return Track2{}, fmt.Errorf("%w: %d characters after the separator, want at least YYMM and a service code, all digits", ErrTrack, len(rest))
	}
	exp, err := ParseExpiry(rest[:4])
	if err != nil {
		return Track2{}, fmt.Errorf("%w: %w", ErrTrack, err)
	}
	whole := NewSecret(s[:sep] + "=" + rest)
	return Track2{PAN: pan, Expiry: exp, ServiceCode: ServiceCode(rest[4:7]), whole: whole}, nil
}

// Reveal is the whole track as field 35 carries it, with '=' between. Whoever calls
// it must be on the list in internal/tidy.
func (t Track2) Reveal() string { return t.whole.Reveal() }

// IsZero reports that no track was read.
func (t Track2) IsZero() bool { return t.PAN.IsZero() }

// String is the mask of the number and no more: "476173******0010=[hidden]".
func (t Track2) String() string {
	if t.IsZero() {
		return ""
	}
	return t.PAN.Masked() + "=" + t.whole.String()
}

// Format implements fmt.Formatter for every verb, filled to the verb's width.
func (t Track2) Format(f fmt.State, _ rune) { writePadded(f, t.String()) }

// GoString implements fmt.GoStringer.
func (t Track2) GoString() string { return t.String() }

// MarshalJSON implements json.Marshaler: the mask as a string.
func (t Track2) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (t Track2) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// LogValue implements slog.LogValuer.
func (t Track2) LogValue() slog.Value { return slog.StringValue(t.String()) }

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

var _ hidden = Track2{}
