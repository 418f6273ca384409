package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/tillworks/till/internal/wallet"
)

// Receiver takes notifications: an http.Handler for the URL that an order names. It
// answers 200 to every notification that the gateway signed, whatever it says, so that
// the gateway stops repeating it, and tells nothing of the order to anybody.
type Receiver struct {
	guard  *Guard
	notice func(wallet.Notice)
	report func(error)
}

// NewReceiver makes a receiver. notice gets what the gateway said, from many goroutines,
// and must not block for long: gateways wait five seconds. report gets an error for what
// was refused, with nothing of it; nil drops them.
func NewReceiver(key []byte, now func() time.Time, notice func(wallet.Notice), report func(error)) (*Receiver, error) {
	k, err := NewKey(key)
	if err != nil {
		return nil, shortKey(err)
	}
	if report == nil {
		report = func(error) {}
	}
	return &Receiver{guard: NewGuard(k, now), notice: notice, report: report}, nil
}

// ServeHTTP implements http.Handler.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := r.guard.Open(req)
	if err != nil {
		r.report(err)
		w.WriteHeader(RefusalStatus(err))
		return
	}
	var n Notification
	if json.Unmarshal(body, &n) != nil {
		r.report(errors.New("a signed notification that is no JSON of one"))
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.notice(n.notice())
	w.WriteHeader(http.StatusOK)
}

// RefusalStatus is the HTTP status that tells why [Guard.Open] refused a message.
func RefusalStatus(err error) int {
	switch {
	case errors.Is(err, ErrTooLong):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrCrowded):
		return http.StatusTooManyRequests
	case errors.Is(err, ErrSignature), errors.Is(err, ErrTimestamp), errors.Is(err, ErrReplayed):
		return http.StatusUnauthorized
	}
	return http.StatusBadRequest
}

var _ http.Handler = (*Receiver)(nil)
