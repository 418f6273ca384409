package pcsctest

import "sync"

// At is a card to whose n-th command since it was powered up somebody else answers. The
// first command is 1; under T=0 a GET RESPONSE counts as any other. The card itself does
// not get the command. What answer gives is sent as it is, so that it can be another
// status, nonsense, or what a card that was slipped in its place says; nil takes the
// card out, and an answer that does not return is a card that hangs.
func At(card Card, n int, answer func(command []byte) []byte) Card {
	return &mishap{Card: card, at: n, answer: answer}
}

type mishap struct {
	Card
	at     int
	answer func([]byte) []byte

	mu    sync.Mutex
	count int
}

func (m *mishap) Reset() {
	m.mu.Lock()
	m.count = 0
	m.mu.Unlock()
	m.Card.Reset()
}

func (m *mishap) Exec(apdu []byte) []byte {
	m.mu.Lock()
	m.count++
	due := m.count == m.at
	m.mu.Unlock()
	if due {
		return m.answer(apdu)
	}
	return m.Card.Exec(apdu)
}

// Held is a card that is held to a contactless reader, not put into one. A reader makes
// up the answer to reset of such a card (PC/SC part 3, 3.1.3.2.3), here without
// historical bytes, and answers commands of the class FF itself: FF CA 00 00, get the
// identifier, with uid (3.2.2.1.3), any other with 6A81. The card gets the rest; it must
// speak T=1, as no other carries what ISO/IEC 14443-4 does.
func Held(card Card, uid []byte) Card { return held{Card: card, uid: uid} }

type held struct {
	Card
	uid []byte
}

func (held) ATR() []byte { return []byte{0x3B, 0x80, 0x80, 0x01, 0x01} }

func (h held) Exec(apdu []byte) []byte {
	switch {
	case len(apdu) < 4 || apdu[0] != 0xFF:
		return h.Card.Exec(apdu)
	case len(apdu) == 5 && apdu[1] == 0xCA && apdu[2] == 0 && apdu[3] == 0:
		return append(append([]byte(nil), h.uid...), 0x90, 0x00)
	}
	return []byte{0x6A, 0x81}
}
