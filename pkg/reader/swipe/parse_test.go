package swipe_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/swipe"
)

// The tracks of published test cards, with zeros for what an issuer writes behind.
const (
	first  = "%B4111111111111111^TEST/CARD                 ^3112101000000000000000000000000?"
	second = ";4111111111111111=311210100000000000?"
	third  = "+014111111111111111=000000000?"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		want        error // nil: it is read
		track       int
		offset      int
	}{
		{"track 2 alone", second, nil, 0, 0},
		{"tracks 1 and 2", first + second, nil, 0, 0},
		{"all three", first + second + third, nil, 0, 0},
		{"track 3 that begins as track 2", first + second + ";014111111111111111=000?", nil, 0, 0},
		{"a line each", first + "\r\n" + second + "\r\n" + third + "\r\n", nil, 0, 0},
		{"the number of track 1 in groups", "%B4111 1111 1111 1111^A/B^3112101?" + second, nil, 0, 0},
		{"track 1 of another format", "%A000000?" + second, nil, 0, 0},
		{"track 1 not read", "%E?" + second, nil, 0, 0},
		{"track 2 not read", first + ";E?", swipe.ErrUnread, 2, len(first)},
		{"nothing read", "%E?;E?", swipe.ErrUnread, 2, 3},
		{"no track 2", first, swipe.ErrNoTrack2, 2, len(first)},
		{"two cards", "%B5555555555554444^A/B^3112101?" + second, swipe.ErrTwoCards, 1, 0},
		{"track 1 without a name", "%B4111111111111111?" + second, card.ErrTrack, 1, 0},
		{"no end sentinel", strings.TrimSuffix(second, "?"), swipe.ErrIncomplete, 2, 0},
		{"cut in track 1", first[:20], swipe.ErrIncomplete, 1, 0},
		{"somebody types", "hello", swipe.ErrNoSwipe, 0, 0},
		{"rubbish behind", second + "x", swipe.ErrNoSwipe, 0, len(second)},
		{"nothing", "", swipe.ErrNoSwipe, 0, 0},
		{"white space", " \r\n\t", swipe.ErrNoSwipe, 0, 4},
		{"letters in track 2", ";41111111x1111111=3112101?", card.ErrTrack, 2, 9},
		{"a track of a chip", ";4111111111111111D3112101F?", card.ErrTrack, 2, 17},
		{"no separator", ";41111111111111113112101?", card.ErrTrack, 2, 0},
		{"a month of 13", ";4111111111111111=3113101?", card.ErrTrack, 2, 0},
		{"a number too short", ";4111=3112101?", card.ErrPAN, 2, 0},
		{"too long", second + strings.Repeat(" ", swipe.MaxLength), swipe.ErrTooLong, 0, swipe.MaxLength},
	} {
		track, err := swipe.Parse([]byte(c.typed))
		if c.want == nil {
			if err != nil || track.PAN.LastFour() != "1111" || track.Expiry != "3112" || track.ServiceCode != "101" {
				t.Errorf("%s: %v, %v", c.name, track, err)
			}
			continue
		}
		var fault *swipe.Error
		if !errors.As(err, &fault) || !errors.Is(err, c.want) || !errors.Is(err, reader.ErrStripe) || fault.Track != c.track || fault.Offset != c.offset {
			t.Errorf("%s: %v, want track %d, offset %d, %v", c.name, err, c.track, c.offset, c.want)
		}
	}
}

// Whatever is typed, it is read or refused, and the error holds none of it.
func FuzzParse(f *testing.F) {
	for _, s := range []string{first, second, first + second + third, "%E?;E?", ";4111111111111111=31?", "%B^?;?", "x", ";=?", "%B4111111111111111^^?;4111111111111111=3112101?"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, typed []byte) {
		track, err := swipe.Parse(typed)
		var fault *swipe.Error
		switch {
		case err == nil && (track.IsZero() || track.PAN.Len() < 8):
			t.Fatal("neither a track nor an error")
		case err != nil && !errors.As(err, &fault):
			t.Fatalf("%T, want *swipe.Error", err)
		case err != nil && (fault.Offset < 0 || fault.Offset > len(typed)):
			t.Fatalf("offset %d of %d bytes", fault.Offset, len(typed))
		case err != nil && hasDigits(err.Error(), 5):
			t.Fatalf("the error holds what was read: %v", err)
		}
	})
}

// hasDigits reports n digits in a row.
func hasDigits(text string, n int) bool {
	run := 0
	for _, c := range text {
		run++
		if c < '0' || c > '9' {
			run = 0
		}
		if run == n {
			return true
		}
	}
	return false
}
