package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// The headers of every message. The signature is hexadecimal.
const (
	HeaderTimestamp = "Till-Timestamp" // seconds since 1970, decimal
	HeaderNonce     = "Till-Nonce"     // 32 characters, hexadecimal; of an answer: that of its request
	HeaderSignature = "Till-Signature" // HMAC-SHA256, 64 characters, hexadecimal
)

// Limits of the protocol.
const (
	MaxBody    = 64 << 10        // bytes of a request, an answer or a notification
	MinKey     = 16              // bytes of a key
	Window     = 5 * time.Minute // how far a timestamp may lie from the receiver's clock
	nonceBytes = 16
)

// Errors of messages that are not what they should be; match with errors.Is. None holds
// anything of the message.
var (
	ErrSignature = errors.New("the signature is missing or wrong")
	ErrTimestamp = errors.New("the timestamp is missing or outside the window")
	ErrReplayed  = errors.New("the nonce is missing or was used before")
	ErrTooLong   = errors.New("the body is longer than a message may be")
	ErrCrowded   = errors.New("too many messages within the window")
)

// Key signs and verifies. It never shows itself: fmt reads the unexported fields of a
// struct by reflection, and of a pointer to a string it shows the address alone.
type Key struct{ secret *string }

// NewKey takes a shared key of at least MinKey bytes; the bytes are copied.
func NewKey(secret []byte) (Key, error) {
	if len(secret) < MinKey {
		return Key{}, fmt.Errorf("key of %d bytes, want %d or more", len(secret), MinKey)
	}
	own := string(secret)
	return Key{secret: &own}, nil
}

// Format shows no key, whatever the verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[key]") }

// requestSignature covers the direction, the method and path, the time, the nonce and
// the body, each ended by a line end that none of them but the last can hold.
func (k Key) requestSignature(r *http.Request, timestamp, nonce string, body []byte) []byte {
	path := r.URL.EscapedPath()
	if path == "" { // it goes over the wire as this
		path = "/"
	}
	return k.mac("request", r.Method, path, timestamp, nonce, string(body))
}

// answerSignature covers the nonce of the request, so that an answer belongs to one
// question, and the HTTP status.
func (k Key) answerSignature(status int, timestamp, nonce string, body []byte) []byte {
	return k.mac("answer", strconv.Itoa(status), timestamp, nonce, string(body))
}

func (k Key) mac(lines ...string) []byte {
	var secret string
	if k.secret != nil {
		secret = *k.secret
	}
	mac := hmac.New(sha256.New, []byte(secret))
	for _, line := range lines {
		_, _ = io.WriteString(mac, line)
		_, _ = io.WriteString(mac, "\n")
	}
	return mac.Sum(nil)
}

// verify compares in constant time. A key that was never made verifies nothing.
func (k Key) verify(want []byte, header string) bool {
	got, err := hex.DecodeString(header)
	return k.secret != nil && err == nil && hmac.Equal(want, got)
}

// SignRequest signs a request with its body; random gives the nonce.
func (k Key) SignRequest(r *http.Request, body []byte, now time.Time, random io.Reader) error {
	var raw [nonceBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return fmt.Errorf("drawing a nonce: %w", err)
	}
	nonce, timestamp := hex.EncodeToString(raw[:]), strconv.FormatInt(now.Unix(), 10)
	r.Header.Set(HeaderTimestamp, timestamp)
	r.Header.Set(HeaderNonce, nonce)
	r.Header.Set(HeaderSignature, hex.EncodeToString(k.requestSignature(r, timestamp, nonce, body)))
	return nil
}

// WriteAnswer answers a request that was opened by [Guard.Open] with a signed body.
func (k Key) WriteAnswer(w http.ResponseWriter, r *http.Request, status int, body []byte, now time.Time) error {
	timestamp, nonce := strconv.FormatInt(now.Unix(), 10), r.Header.Get(HeaderNonce)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set(HeaderTimestamp, timestamp)
	h.Set(HeaderNonce, nonce)
	h.Set(HeaderSignature, hex.EncodeToString(k.answerSignature(status, timestamp, nonce, body)))
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}

// openAnswer verifies an answer to the request that carried nonce, and returns its body.
func (k Key) openAnswer(resp *http.Response, nonce string, now time.Time) ([]byte, error) {
	body, err := readAll(resp.Body)
	if err != nil {
		return nil, err
	}
	timestamp := resp.Header.Get(HeaderTimestamp)
	switch want := k.answerSignature(resp.StatusCode, timestamp, nonce, body); {
	case !k.verify(want, resp.Header.Get(HeaderSignature)):
		return nil, ErrSignature
	case !isRecent(timestamp, now):
		return nil, ErrTimestamp
	}
	return body, nil
}

// isRecent reports a timestamp within the window.
func isRecent(timestamp string, now time.Time) bool {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return false
	}
	limit := int64(Window / time.Second)
	return seconds >= now.Unix()-limit && seconds <= now.Unix()+limit
}

// readAll reads a body that may be as long as a message and no longer.
func readAll(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxBody+1))
	if err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	if len(body) > MaxBody {
		return nil, ErrTooLong
	}
	return body, nil
}

var _ fmt.Formatter = Key{}
