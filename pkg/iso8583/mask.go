package iso8583

import (
	"bytes"

	"github.com/tillworks/till/pkg/card"
)

// maskClass masks a text form in its place by the class of its data. Characters stay
// where they are, so that the mask of a text is also a mask of its bytes.
func maskClass(c class, text []byte) {
	switch c {
	case classOpen:
	case classPAN, classAccount:
		maskNumber(text)
	case classTrack:
		maskTrack(text)
	default:
		stars(text)
	}
}

// maskNumber masks a card or account number that may be filled with F, as in BCD.
func maskNumber(text []byte) { card.MaskBytes(bytes.TrimRight(text, "Ff")) }

// maskTrack shows first six and last four of the number that a track starts with, and
// the separator; all else of a track, and a track that is not of that form, is hidden.
func maskTrack(text []byte) {
	sep := bytes.IndexAny(text, "=DdF^")
	if sep < 0 {
		maskNumberOnly(text)
		return
	}
	head := bytes.TrimPrefix(text[:sep], []byte("B")) // format code of track 1
	if len(head) < 8 || len(head) > 19 || !digitsOnly(head) {
		stars(text)
		return
	}
	card.MaskBytes(head)
	stars(text[sep+1:])
}

// maskNumberOnly masks a track with no separator: hidden whole unless it can be no
// more than a number.
func maskNumberOnly(text []byte) {
	if len(text) > panMost || !digitsOnly(text) {
		stars(text)
		return
	}
	card.MaskBytes(text)
}

func stars(text []byte) {
	for i := range text {
		text[i] = '*'
	}
}
