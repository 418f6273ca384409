package gateway

import (
	"net/http"
	"sync"
	"time"
)

// maxNonces bounds the memory of a guard: a till asks a few times a second, so this is
// hours of it within a window of minutes.
const maxNonces = 100_000

// Guard lets in requests that are signed, recent and new. It is safe for concurrent use.
type Guard struct {
	key Key
	now func() time.Time

	mu   sync.Mutex
	seen map[string]time.Time // nonce to the end of its window
	next time.Time            // when the old ones are swept out
}

// NewGuard makes a guard. now is the clock that timestamps are compared with.
func NewGuard(key Key, now func() time.Time) *Guard {
	return &Guard{key: key, now: now, seen: map[string]time.Time{}}
}

// Open reads the body of a request, no more than MaxBody bytes of it, and verifies it.
// The error is ErrSignature, ErrTimestamp, ErrReplayed, ErrCrowded, ErrTooLong or one of
// reading. A nonce is only remembered once the signature is right: whoever has no key
// cannot fill the memory.
func (g *Guard) Open(r *http.Request) ([]byte, error) {
	body, err := readAll(r.Body)
	if err != nil {
		return nil, err
	}
	timestamp, nonce := r.Header.Get(HeaderTimestamp), r.Header.Get(HeaderNonce)
	switch want := g.key.requestSignature(r, timestamp, nonce, body); {
	case !g.key.verify(want, r.Header.Get(HeaderSignature)):
		return nil, ErrSignature
	case !isRecent(timestamp, g.now()):
		return nil, ErrTimestamp
	case len(nonce) != 2*nonceBytes:
		return nil, ErrReplayed
	}
	return body, g.remember(nonce)
}

// remember notes a nonce until no timestamp of its time is recent any more.
func (g *Guard) remember(nonce string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if now.After(g.next) || len(g.seen) >= maxNonces {
		g.sweep(now)
	}
	if _, again := g.seen[nonce]; again {
		return ErrReplayed
	}
	if len(g.seen) >= maxNonces {
		return ErrCrowded
	}
	g.seen[nonce] = now.Add(2 * Window) // a timestamp may lie a window ahead
	return nil
}

func (g *Guard) sweep(now time.Time) {
	for nonce, end := range g.seen {
		if now.After(end) {
			delete(g.seen, nonce)
		}
	}
	g.next = now.Add(Window)
}
