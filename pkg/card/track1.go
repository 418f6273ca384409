package card

import (
	"fmt"
	"log/slog"
	"strings"
)

// Track1 is track 1 of ISO/IEC 7813, format B, or EMV's track 1 data (tags 56 and 5F21).
// The number, the name and the whole track cannot be printed.
type Track1 struct {
	PAN         PAN
	Name        Secret // of the cardholder, "SURNAME/FIRST"; none where the card has blanks
	Expiry      Expiry // empty where the card leaves it out
	ServiceCode ServiceCode
	whole       Secret
}

// track1Longest is the most characters of track 1 without sentinels.
const track1Longest = 76

// ParseTrack1 reads "BPAN^NAME^YYMMSSSdiscretionary", with or without the sentinels '%' and
// '?' and what follows the end. Expiry and service code may each be a '^' alone, as the
// standard has them where a card has none. The error tells the part that is wrong and never
// the text.
func ParseTrack1(s string) (Track1, error) {
	s = strings.TrimPrefix(s, "%")
	s, _, _ = strings.Cut(s, "?")
	if !strings.HasPrefix(s, "B") {
		return Track1{}, fmt.Errorf("%w: %d characters do not begin with format code B", ErrTrack, len(s))
	}
	if len(s) > track1Longest {
		return Track1{}, fmt.Errorf("%w: %d characters, at most %d fit track 1", ErrTrack, len(s), track1Longest)
	}
	number, rest, ok := strings.Cut(s[1:], "^")
	name, rest, named := strings.Cut(rest, "^")
	if !ok || !named {
		return Track1{}, fmt.Errorf("%w: no two separators in %d characters, want BPAN^NAME^YYMM…", ErrTrack, len(s))
	}
	pan, err := ParsePAN(number)
	if err != nil {
		return Track1{}, fmt.Errorf("%w: %w", ErrTrack, err)
	}
	if i := strings.IndexFunc(name+rest, func(r rune) bool { return r < ' ' || r > '_' && (r < 'a' || r > 'z') }); i >= 0 || len(name) > 26 {
		return Track1{}, fmt.Errorf("%w: a name of %d characters, want at most 26 of the stripe's alphabet", ErrTrack, len(name))
	}
	t := Track1{PAN: pan, Name: NewSecret(strings.Trim(name, " /")), whole: NewSecret(s)}
	if err := t.parseDates(rest); err != nil {
		return Track1{}, err
	}
	return t, nil
}

// parseDates reads the expiry and the service code behind the name.
func (t *Track1) parseDates(rest string) error {
	if after, absent := strings.CutPrefix(rest, "^"); absent {
		rest = after
	} else {
		expiry, err := ParseExpiry(rest[:min(4, len(rest))])
		if err != nil {
			return fmt.Errorf("%w: %w", ErrTrack, err)
		}
		t.Expiry, rest = expiry, rest[4:]
	}
	if strings.HasPrefix(rest, "^") {
		return nil
	}
	if len(rest) < 3 || !allDigits(rest[:3]) {
		return fmt.Errorf("%w: %d characters after the expiry, want a service code of three digits", ErrTrack, len(rest))
	}
	t.ServiceCode = ServiceCode(rest[:3])
	return nil
}

// Reveal is the whole track without sentinels. Whoever calls it must be on the list in
// internal/tidy.
func (t Track1) Reveal() string { return t.whole.Reveal() }

// IsZero reports that no track was read.
func (t Track1) IsZero() bool { return t.PAN.IsZero() }

// String is the mask of the number and no more: "B476173******0010^[hidden]".
func (t Track1) String() string {
	if t.IsZero() {
		return ""
	}
	return "B" + t.PAN.Masked() + "^" + t.whole.String()
}

// Format implements fmt.Formatter for every verb, filled to the verb's width.
func (t Track1) Format(f fmt.State, _ rune) { writePadded(f, t.String()) }

// GoString implements fmt.GoStringer.
func (t Track1) GoString() string { return t.String() }

// MarshalJSON implements json.Marshaler: the mask as a string.
func (t Track1) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (t Track1) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// LogValue implements slog.LogValuer.
func (t Track1) LogValue() slog.Value { return slog.StringValue(t.String()) }

var _ hidden = Track1{}
