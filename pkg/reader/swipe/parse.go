package swipe

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/reader"
)

// The causes of an [Error].
var (
	// ErrNoSwipe: text that does not begin with the start sentinel of a track.
	ErrNoSwipe = errors.New("not a swipe")
	// ErrIncomplete: the text ends before the end sentinel of a track.
	ErrIncomplete = errors.New("the swipe is incomplete")
	// ErrTooLong: more than MaxLength bytes without an end.
	ErrTooLong = errors.New("too long for a swipe")
	// ErrUnread: the device says that it could not read the track.
	ErrUnread = errors.New("the device could not read the track")
	// ErrNoTrack2: there is no track 2, without which there is no payment.
	ErrNoTrack2 = errors.New("track 2 is missing")
	// ErrTwoCards: the tracks are those of two cards.
	ErrTwoCards = errors.New("track 1 and track 2 tell of different cards")
)

// Error says what is wrong with a swipe, and never what was read. It wraps
// [reader.ErrStripe] and its cause: one of the above, or card.ErrTrack or card.ErrPAN
// with the part of the track that is wrong.
type Error struct {
	// Track is 1, 2 or 3, or 0 where it is not known.
	Track int
	// Offset is the place of the fault from the first byte of the swipe, from 0.
	Offset int
	Err    error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Track == 0 {
		return fmt.Sprintf("%v: at offset %d: %v", reader.ErrStripe, e.Offset, e.Err)
	}
	return fmt.Sprintf("%v: track %d at offset %d: %v", reader.ErrStripe, e.Track, e.Offset, e.Err)
}

// Unwrap gives the causes.
func (e *Error) Unwrap() []error { return []error{reader.ErrStripe, e.Err} }

// MaxLength is how many bytes a swipe has at most: the 79, 40 and 107 characters of the
// three tracks with their sentinels, and what separates them.
const MaxLength = 256

// Parse reads one swipe, as it is typed, and gives its track 2. White space around and
// between the tracks is passed over. The error is an *Error.
func Parse(typed []byte) (card.Track2, error) {
	if len(typed) > MaxLength {
		return card.Track2{}, &Error{Offset: MaxLength, Err: fmt.Errorf("%w: %d bytes, at most %d", ErrTooLong, len(typed), MaxLength)}
	}
	found, err := split(typed)
	if err != nil {
		return card.Track2{}, err
	}
	second, ok := found[2]
	if !ok {
		return card.Track2{}, &Error{Track: 2, Offset: len(typed), Err: ErrNoTrack2}
	}
	track, err := second.parse()
	if err != nil {
		return card.Track2{}, err
	}
	if first, ok := found[1]; ok {
		return track, first.agrees(track)
	}
	return track, nil
}

// section is one track between its sentinels.
type section struct {
	track, offset int // offset of the start sentinel
	text          string
}

// split finds the tracks. Some devices begin track 3 as track 2 does, so a second one
// with that sentinel is the third.
func split(typed []byte) (map[int]section, error) {
	found := map[int]section{}
	for pos := 0; pos < len(typed); {
		if isSpace(typed[pos]) {
			pos++
			continue
		}
		track := trackOf(typed[pos])
		if track == 0 {
			return nil, &Error{Offset: pos, Err: ErrNoSwipe}
		}
		size := bytes.IndexByte(typed[pos:], '?')
		if size < 0 {
			return nil, &Error{Track: track, Offset: pos, Err: ErrIncomplete}
		}
		if _, again := found[track]; again {
			track = 3
		}
		found[track] = section{track: track, offset: pos, text: string(typed[pos+1 : pos+size])}
		pos += size + 1
	}
	if len(found) == 0 {
		return nil, &Error{Offset: len(typed), Err: ErrNoSwipe}
	}
	return found, nil
}

// trackOf is the track that a start sentinel begins, 0 for none.
func trackOf(sentinel byte) int {
	switch sentinel {
	case '%':
		return 1
	case ';':
		return 2
	case '+', '!', '#':
		return 3
	}
	return 0
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// parse reads track 2.
func (s section) parse() (card.Track2, error) {
	if isUnread(s.text) {
		return card.Track2{}, &Error{Track: s.track, Offset: s.offset, Err: ErrUnread}
	}
	// The form of EMV, with D between and F behind, is on no stripe.
	if i := strings.IndexFunc(s.text, func(r rune) bool { return r != '=' && (r < '0' || r > '9') }); i >= 0 {
		return card.Track2{}, &Error{Track: s.track, Offset: s.offset + 1 + i, Err: fmt.Errorf("%w: neither a digit nor =", card.ErrTrack)}
	}
	track, err := card.ParseTrack2(s.text)
	if err != nil {
		return card.Track2{}, &Error{Track: s.track, Offset: s.offset, Err: err}
	}
	return track, nil
}

// isUnread reports what devices type for a track that they could not read.
func isUnread(text string) bool { return text == "E" || text == "e" }

// agrees checks that track 1 is of the card of track 2. One that could not be read, or
// is not of format B, says nothing of the card.
func (s section) agrees(track card.Track2) error {
	if isUnread(s.text) || !strings.HasPrefix(s.text, "B") {
		return nil
	}
	number, _, ok := strings.Cut(s.text[1:], "^")
	pan, err := card.ParsePAN(strings.ReplaceAll(number, " ", "")) // some issuers write it in groups
	if !ok || err != nil {
		return &Error{Track: s.track, Offset: s.offset, Err: fmt.Errorf("%w: want B, the number and ^", card.ErrTrack)}
	}
	if !pan.Equal(track.PAN) {
		return &Error{Track: s.track, Offset: s.offset, Err: ErrTwoCards}
	}
	return nil
}
